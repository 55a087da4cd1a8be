/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-status.h"

#include <glib.h>

G_BEGIN_DECLS

/* The grammar of RFC 8259, one function per rule; private to wire/. Every function moves @self only over valid text and
 * allocates nothing. */

typedef struct {
  const char *at;
  const char *end;
  guint max_depth;
} WireJsonLexer;

/** WireJsonString: what stands between the quotes, still escaped. */
typedef struct {
  WireText raw;
  gboolean has_escapes;
} WireJsonString;

void wire_json_skip_blanks (WireJsonLexer *self);

/** wire_json_take: whether the next character (blanks skipped) is @wanted; moves over it if so. */
gboolean wire_json_take (WireJsonLexer *self,
                         char           wanted);

/** wire_json_peek: the next character, blanks skipped; NUL at the end. */
char wire_json_peek (WireJsonLexer *self);

WireStatus wire_json_read_string (WireJsonLexer  *self,
                                  WireJsonString *ret_string);

/** wire_json_unescape: @ret_text has room for raw.n_bytes + 1; returns the length; NUL-terminated. */
gsize wire_json_unescape (const WireJsonString *string,
                          char                 *ret_text);

/** wire_json_read_integer: an integer without fraction or exponent; magnitude below 2^53. */
WireStatus wire_json_read_integer (WireJsonLexer *self,
                                   gint64        *ret_value);

/** wire_json_read_word: %TRUE when the next characters are @word (`true`, `false`, `null`). */
gboolean wire_json_read_word (WireJsonLexer *self,
                              const char    *word);

/** wire_json_skip_value: any value; @depth is the depth of what it stands in. @ret_raw (nullable): its text. */
WireStatus wire_json_skip_value (WireJsonLexer *self,
                                 guint          depth,
                                 WireText      *ret_raw);

/**
 * wire_json_next_key:
 * @is_first: %TRUE right behind the brace; set to %FALSE
 *
 * The next key of an object, its colon included. @ret_key's `data` is %NULL at the closing brace.
 */
WireStatus wire_json_next_key (WireJsonLexer  *self,
                               gboolean       *is_first,
                               WireJsonString *ret_key);

/** wire_json_next_item: the same for an array: @ret_is_item tells whether one follows. */
WireStatus wire_json_next_item (WireJsonLexer *self,
                                gboolean      *is_first,
                                gboolean      *ret_is_item);

/** wire_json_key_text: @key unescaped where need be, in @buffer; a key longer than that is cut and so unknown. */
WireText wire_json_key_text (const WireJsonString *key,
                             char                  buffer[64]);

/** wire_json_find_member: how often the object @text (already scanned) has a member @name; the last one's text. */
guint wire_json_find_member (WireText    text,
                             const char *name,
                             WireText   *ret_value);

G_END_DECLS
