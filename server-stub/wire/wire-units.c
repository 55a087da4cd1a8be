/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "wire-units.h"

#include <string.h>

/* One pass over the text; O(bytes). ASCII is handled apart: it is most of what a shop's log holds. */

typedef struct {
  gunichar first, last;
} Range;

/* Writing without spaces, plus Hangul: its words carry endings, so pieces of them must be found too. */
static const Range cjk_ranges[] = {
  { 0x2E80, 0x2FDF },   /* radicals */
  { 0x3005, 0x3007 },   /* 々 〆 〇 */
  { 0x3021, 0x3029 },   /* Hangzhou numerals */
  { 0x3041, 0x3096 },   /* Hiragana */
  { 0x309D, 0x309F },   /* its iteration marks */
  { 0x30A1, 0x30FA },   /* Katakana */
  { 0x30FC, 0x30FF },   /* its length and iteration marks */
  { 0x3105, 0x312F },   /* Bopomofo */
  { 0x3131, 0x318E },   /* Hangul letters */
  { 0x31A0, 0x31BF },   /* Bopomofo, more */
  { 0x31F0, 0x31FF },   /* Katakana, more */
  { 0x3400, 0x4DBF },   /* ideographs, extension A */
  { 0x4E00, 0x9FFF },   /* ideographs */
  { 0xAC00, 0xD7A3 },   /* Hangul syllables */
  { 0xF900, 0xFAFF },   /* compatibility ideographs */
  { 0x1B000, 0x1B16F }, /* Kana, more */
  { 0x20000, 0x323AF }, /* ideographs, extensions B to H */
};

static gboolean
is_cjk (gunichar c)
{
  if (c < cjk_ranges[0].first)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (cjk_ranges); i++)
    if (c >= cjk_ranges[i].first && c <= cjk_ranges[i].last)
      return TRUE;
  return FALSE;
}

/* Full-width Latin letters and digits (１００, ＶＩＰ) are the same words as ASCII ones; half-width Katakana is left. */
static gunichar
narrow (gunichar c)
{
  return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
}

static gboolean
is_word (gunichar c)
{
  return c < 0x80 ? g_ascii_isalnum ((char) c) : g_unichar_isalnum (c) || g_unichar_ismark (c);
}

/* Decodes one character; a bad byte counts as a space, one byte long. */
static gunichar
decode (const char *text,
        gsize       n_bytes,
        gsize      *ret_bytes)
{
  gunichar c;

  *ret_bytes = 1;
  if ((guchar) *text < 0x80)
    return (guchar) *text;
  c = g_utf8_get_char_validated (text, (gssize) n_bytes);
  if (c == (gunichar) -1 || c == (gunichar) -2)
    return ' ';
  *ret_bytes = (gsize) (g_utf8_skip[(guchar) *text]);
  return c;
}

/* Appends @c in lower case without accents. What does not fit is left out. */
static void
append_folded (WireUnit *unit,
               gunichar  c)
{
  gunichar parts[4];
  gsize n_parts;

  if (c < 0x80) {
    if (unit->text_bytes < WIRE_UNIT_MAX_BYTES)
      unit->text[unit->text_bytes++] = g_ascii_tolower ((char) c);
    return;
  }
  n_parts = g_unichar_fully_decompose (c, TRUE, parts, G_N_ELEMENTS (parts));
  for (gsize i = 0; i < MIN (n_parts, G_N_ELEMENTS (parts)); i++) {
    if (g_unichar_ismark (parts[i]) || unit->text_bytes + 6 > WIRE_UNIT_MAX_BYTES)
      continue;
    unit->text_bytes +=
      (guint8) g_unichar_to_utf8 (g_unichar_tolower (parts[i]), unit->text + unit->text_bytes);
  }
}

static void
take_cjk (WireUnit *unit,
          gunichar  c,
          gsize     begin,
          gsize     n_bytes)
{
  unit->is_cjk = TRUE;
  unit->begin = begin;
  unit->end = begin + n_bytes;
  unit->text_bytes = (guint8) g_unichar_to_utf8 (c, unit->text);
  unit->text[unit->text_bytes] = '\0';
}

/* A word that folds to nothing (marks only) leaves text_bytes 0 and is skipped. */
static void
take_word (WireUnits *self,
           WireUnit  *unit)
{
  gsize n_bytes;

  unit->is_cjk = FALSE;
  unit->begin = self->at;
  unit->text_bytes = 0;
  while (self->at < self->n_bytes) {
    gunichar c = narrow (decode (self->text + self->at, self->n_bytes - self->at, &n_bytes));

    if (!is_word (c) || is_cjk (c))
      break;
    append_folded (unit, c);
    self->at += n_bytes;
  }
  unit->end = self->at;
  unit->text[unit->text_bytes] = '\0';
}

void
wire_units_init (WireUnits  *self,
                 const char *text,
                 gsize       n_bytes)
{
  self->text = text;
  self->n_bytes = n_bytes;
  self->at = 0;
}

gboolean
wire_units_next (WireUnits *self,
                 WireUnit  *ret_unit)
{
  while (self->at < self->n_bytes) {
    gsize n_bytes;
    gunichar c = narrow (decode (self->text + self->at, self->n_bytes - self->at, &n_bytes));

    if (is_cjk (c)) {
      take_cjk (ret_unit, c, self->at, n_bytes);
      self->at += n_bytes;
      return TRUE;
    }
    if (!is_word (c)) {
      self->at += n_bytes;
      continue;
    }
    take_word (self, ret_unit);
    if (ret_unit->text_bytes > 0)
      return TRUE;
  }
  return FALSE;
}
