/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-words.h"

#include <string.h>

static gboolean
is_spaceless (gunichar c)
{
  switch ((int) g_unichar_get_script (c)) {
  case G_UNICODE_SCRIPT_HAN:
  case G_UNICODE_SCRIPT_HIRAGANA:
  case G_UNICODE_SCRIPT_KATAKANA:
  case G_UNICODE_SCRIPT_HANGUL:
  case G_UNICODE_SCRIPT_BOPOMOFO:
  case G_UNICODE_SCRIPT_THAI:
  case G_UNICODE_SCRIPT_LAO:
  case G_UNICODE_SCRIPT_KHMER:
  case G_UNICODE_SCRIPT_MYANMAR:
  case G_UNICODE_SCRIPT_TIBETAN:
    return TRUE;
  default:
    return FALSE;
  }
}

/* Full-width signs (“，” “。” “ー”) separate as the characters between which they stand. */
static gboolean
is_wide_sign (gunichar c)
{
  return (c >= 0x3000 && c <= 0x30ff) || (c >= 0xff00 && c <= 0xffef);
}

gboolean
usher_words_is_border (gunichar c)
{
  return c == 0 || g_unichar_isspace (c) || is_wide_sign (c) || is_spaceless (c);
}

static gboolean
is_letter (gunichar c)
{
  return g_unichar_isalpha (c) || g_unichar_ismark (c);
}

/* Where the piece that begins at @at ends: a border or the end. */
static gsize
end_of_piece (const char *text,
              gsize       at)
{
  const char *p = text + at;

  while (!usher_words_is_border (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  return (gsize) (p - text);
}

/* @at is where a piece begins, not in the middle of one whose first words were found already. */
static gboolean
is_new_piece (const char *text,
              gsize       at)
{
  return at == 0 || usher_words_is_border (g_utf8_get_char (g_utf8_prev_char (text + at)));
}

/* “shop.example”, “a@shop.example”, “list.pdf”, “a/b”: a dot or one of the others with something like a word on both sides. */
static gboolean
has_joint (const char *piece,
           gsize       n_bytes)
{
  for (gsize i = 1; i + 1 < n_bytes; i++)
    if (strchr (".@:/\\_=&#", piece[i]) != NULL && g_ascii_isalnum (piece[i - 1]) &&
        (g_ascii_isalnum (piece[i + 1]) || piece[i + 1] == '/'))
      return TRUE;
  return FALSE;
}

/* Nothing in it is a word. */
static gboolean
is_name (const char *piece,
         gsize       n_bytes,
         gboolean    is_line_start)
{
  return piece[0] == '@' || (piece[0] == '/' && is_line_start) || has_joint (piece, n_bytes);
}

static gboolean
is_apostrophe (gunichar c)
{
  return c == '\'' || c == 0x2019;
}

static gboolean
is_digit (gunichar c)
{
  return g_unichar_isdigit (c) || c == '_';
}

/* Letters and digits, and apostrophes between letters. */
static const char *
end_of_run (const char *p,
            gboolean   *ret_has_digit)
{
  *ret_has_digit = FALSE;
  for (;; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (usher_words_is_border (c))
      return p;
    if (is_digit (c))
      *ret_has_digit = TRUE;
    else if (!is_letter (c) &&
             !(is_apostrophe (c) && is_letter (g_utf8_get_char (g_utf8_next_char (p)))))
      return p;
  }
}

/* The next word before @end, where its piece ends. */
static gboolean
find_word (const char *text,
           gsize       end,
           gsize      *at,
           UsherWord  *ret_word)
{
  const char *p = text + *at;

  while (p < text + end) {
    const char *begin = p;
    gunichar c = g_utf8_get_char (p);
    gboolean has_digit;

    if (!is_letter (c) && !is_digit (c)) {
      p = g_utf8_next_char (p);
      continue;
    }
    p = end_of_run (p, &has_digit);
    *at = (gsize) (p - text);
    *ret_word = (UsherWord){ (gsize) (begin - text), (gsize) (p - begin) };
    if (!has_digit)
      return TRUE;
  }
  *at = end;
  return FALSE;
}

gboolean
usher_words_next (const char *text,
                  gboolean    is_line_start,
                  gsize      *at,
                  UsherWord  *ret_word)
{
  while (text[*at] != '\0') {
    const char *p = text + *at;
    gsize end = end_of_piece (text, *at);

    if (end == *at)
      *at += (gsize) (g_utf8_next_char (p) - p);
    else if (is_new_piece (text, *at) && is_name (p, end - *at, is_line_start && *at == 0))
      *at = end;
    else if (find_word (text, end, at, ret_word))
      return TRUE;
  }
  return FALSE;
}
