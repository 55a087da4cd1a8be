/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Text as search sees it. A unit is a word (letters and digits of scripts that put spaces between words, folded to
 * lower case without accents) or one character of Chinese, Japanese or Korean writing, folded to half width. What
 * lies between is not seen.
 */

#define WIRE_UNIT_MAX_BYTES \
  64 /* of a folded word: what is longer is cut, there and in queries alike */

typedef struct {
  char text[WIRE_UNIT_MAX_BYTES + 8]; /* NUL-terminated */
  guint8 text_bytes;
  gboolean is_cjk;
  gsize begin, end; /* in bytes of the source */
} WireUnit;

typedef struct {
  const char *text;
  gsize n_bytes;
  gsize at;
} WireUnits;

/** wire_units_init: @text need not be valid UTF-8: a bad byte ends a word */
void wire_units_init (WireUnits  *self,
                      const char *text,
                      gsize       n_bytes);

/** wire_units_next: FALSE at the end */
gboolean wire_units_next (WireUnits *self,
                          WireUnit  *ret_unit);

G_END_DECLS
