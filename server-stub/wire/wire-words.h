/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-arena.h"

#include <glib.h>

G_BEGIN_DECLS

#define WIRE_SNIPPET_MAX_CHARACTERS 160
#define WIRE_SNIPPET_MAX_MARKS      32
#define WIRE_WORDS_MAX              16 /* of a query; further ones are not looked for */

/**
 * WireWords:
 *
 * What a person typed into the search field, cut at spaces: every word must be in a line. A word of several units
 * ("退款申请", "e-mail") is a phrase. The last word counts as begun only, if it is Latin, has three letters and more,
 * and no space behind it.
 */
typedef struct _WireWords WireWords;

WireWords *wire_words_new (const char *query) G_GNUC_WARN_UNUSED_RESULT;
void wire_words_free (WireWords *self);
gboolean wire_words_is_empty (const WireWords *self);

/** wire_words_dup_match: (transfer full): the query in FTS5's language; nothing in it is syntax of the peer's */
char *wire_words_dup_match (const WireWords *self) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  const char *text;
  const guint32 *marks; /* begin, length pairs in code points of @text */
  guint n_marks;        /* pairs */
} WireSnippet;

/** wire_words_cut: one line of at most 160 characters of @text around the first place where a word stands */
WireSnippet wire_words_cut (const WireWords *self,
                            const char      *text,
                            WireArena       *arena);

/**
 * wire_words_find:
 * @text: valid UTF-8
 * @ret_marks: begin, end pairs in bytes of @text, rising
 *
 * Returns: how many pairs: the first places where words stand
 */
guint wire_words_find (const WireWords *self,
                       const char      *text,
                       gsize            ret_marks[2 *WIRE_SNIPPET_MAX_MARKS]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WireWords, wire_words_free)

G_END_DECLS
