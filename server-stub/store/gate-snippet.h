/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-arena.h"

#include <glib.h>

G_BEGIN_DECLS

#define GATE_SNIPPET_MAX_CHARACTERS 160
#define GATE_SNIPPET_MAX_MARKS      32
#define GATE_SEARCH_MAX_WORDS       16 /* of a query; further ones are not looked for */

/**
 * GateWords:
 *
 * What a person typed into the search field, cut at spaces: every word must be in a line. A word of several units
 * ("退款申请", "e-mail") is a phrase. The last word counts as begun only, if it is Latin, has three letters and more,
 * and no space behind it.
 */
typedef struct _GateWords GateWords;

GateWords *gate_words_new (const char *query) G_GNUC_WARN_UNUSED_RESULT;
void gate_words_free (GateWords *self);
gboolean gate_words_is_empty (const GateWords *self);

/** gate_words_dup_match: (transfer full): the query in FTS5's language; nothing in it is syntax of the peer's */
char *gate_words_dup_match (const GateWords *self) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  const char *text;
  const guint32 *marks; /* begin, length pairs in code points of @text */
  guint n_marks;        /* pairs */
} GateSnippet;

/** gate_words_cut: one line of at most 160 characters of @text around the first place where a word stands */
GateSnippet gate_words_cut (const GateWords *self,
                            const char      *text,
                            WireArena       *arena);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GateWords, gate_words_free)

G_END_DECLS
