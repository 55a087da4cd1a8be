/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-json"

#include "config.h"

#include "wire-json-lexer.h"

#include <math.h>
#include <string.h>

#include "wire-json.h"
#include "wire-utf8.h"

#define EACH_BYTE(byte)   (G_GUINT64_CONSTANT (0x0101010101010101) * (guint64) (byte))
#define HAS_BELOW(v, low) (((v) -EACH_BYTE (low)) & ~(v) &EACH_BYTE (0x80))
#define MAX_NUMBER_CHARS  64u

void
wire_json_skip_blanks (WireJsonLexer *self)
{
  while (self->at < self->end &&
         (*self->at == ' ' || *self->at == '\n' || *self->at == '\r' || *self->at == '\t'))
    self->at++;
}

char
wire_json_peek (WireJsonLexer *self)
{
  wire_json_skip_blanks (self);
  if (self->at == self->end)
    return '\0';
  return *self->at;
}

gboolean
wire_json_take (WireJsonLexer *self,
                char           wanted)
{
  if (wire_json_peek (self) != wanted || self->at == self->end)
    return FALSE;
  self->at++;
  return TRUE;
}

/* The end of a run of characters that stand for themselves; eight bytes at a time. */
static const char *
plain_end (const char *at,
           const char *end,
           gboolean   *ret_is_ascii)
{
  guint64 seen = 0;

  while (end - at >= 8) {
    guint64 eight;

    memcpy (&eight, at, sizeof eight);
    if ((HAS_BELOW (eight, 0x20) | HAS_BELOW (eight ^ EACH_BYTE ('"'), 1) |
         HAS_BELOW (eight ^ EACH_BYTE ('\\'), 1)) != 0)
      break;
    seen |= eight;
    at += 8;
  }
  for (; at < end && *at != '"' && *at != '\\' && (guint8) *at >= 0x20; at++)
    seen |= (guint8) *at;
  *ret_is_ascii = (seen & EACH_BYTE (0x80)) == 0;
  return at;
}

static WireStatus
read_hex4 (WireJsonLexer *self,
           guint32       *ret_unit)
{
  guint32 unit = 0;

  if (self->end - self->at < 4)
    return WIRE_BAD_FRAME;
  for (guint i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value (self->at[i]);

    if (digit < 0)
      return WIRE_BAD_FRAME;
    unit = unit << 4 | (guint32) digit;
  }
  self->at += 4;
  *ret_unit = unit;
  return WIRE_OK;
}

/* Behind `\u`. NUL would end the text in C, and half a surrogate pair is no character. */
static WireStatus
read_unicode (WireJsonLexer *self,
              gunichar      *ret_character)
{
  guint32 high;
  guint32 low;

  WIRE_TRY (read_hex4 (self, &high));
  if (high == 0 || (high >= 0xDC00 && high < 0xE000))
    return WIRE_BAD_FRAME;
  *ret_character = high;
  if (high < 0xD800 || high >= 0xE000)
    return WIRE_OK;
  if (self->end - self->at < 2 || self->at[0] != '\\' || self->at[1] != 'u')
    return WIRE_BAD_FRAME;
  self->at += 2;
  WIRE_TRY (read_hex4 (self, &low));
  if (low < 0xDC00 || low >= 0xE000)
    return WIRE_BAD_FRAME;
  *ret_character = 0x10000 + ((high - 0xD800) << 10 | (low - 0xDC00));
  return WIRE_OK;
}

static char
simple_escape (char letter)
{
  switch (letter) {
  case '"':
  case '\\':
  case '/':
    return letter;
  case 'b':
    return '\b';
  case 'f':
    return '\f';
  case 'n':
    return '\n';
  case 'r':
    return '\r';
  case 't':
    return '\t';
  default:
    return '\0';
  }
}

static WireStatus
skip_escape (WireJsonLexer *self)
{
  gunichar character;

  self->at++;
  if (self->at == self->end)
    return WIRE_BAD_FRAME;
  if (*self->at++ == 'u')
    return read_unicode (self, &character);
  return simple_escape (self->at[-1]) != '\0' ? WIRE_OK : WIRE_BAD_FRAME;
}

WireStatus
wire_json_read_string (WireJsonLexer  *self,
                       WireJsonString *ret_string)
{
  WireJsonString string = { .has_escapes = FALSE };
  const char *start;

  if (!wire_json_take (self, '"'))
    return WIRE_BAD_FRAME;
  start = self->at;
  for (;;) {
    gboolean is_ascii;
    const char *run_end = plain_end (self->at, self->end, &is_ascii);

    if (!is_ascii && !wire_utf8_is_valid (self->at, (gsize) (run_end - self->at)))
      return WIRE_BAD_UTF8;
    self->at = run_end;
    if (self->at == self->end || (guint8) *self->at < 0x20)
      return WIRE_BAD_FRAME;
    if (*self->at == '"')
      break;
    string.has_escapes = TRUE;
    WIRE_TRY (skip_escape (self));
  }
  string.raw = (WireText){ start, (gsize) (self->at - start) };
  self->at++;
  *ret_string = string;
  return WIRE_OK;
}

gsize
wire_json_unescape (const WireJsonString *string,
                    char                 *ret_text)
{
  WireJsonLexer in = { string->raw.data, string->raw.data + string->raw.n_bytes, 0 };
  char *out = ret_text;

  while (in.at < in.end) {
    gunichar character = 0;
    const char *backslash = memchr (in.at, '\\', (gsize) (in.end - in.at));
    const char *run_end = backslash != NULL ? backslash : in.end;

    memcpy (out, in.at, (gsize) (run_end - in.at));
    out += run_end - in.at;
    in.at = run_end;
    if (backslash == NULL)
      break;
    in.at += 2;
    if (in.at[-1] != 'u')
      *out++ = simple_escape (in.at[-1]);
    else if (read_unicode (&in, &character) == WIRE_OK)
      out += g_unichar_to_utf8 (character, out);
  }
  *out = '\0';
  return (gsize) (out - ret_text);
}

static const char *
skip_digits (const char *at,
             const char *end)
{
  while (at < end && g_ascii_isdigit (*at))
    at++;
  return at;
}

WireStatus
wire_json_read_integer (WireJsonLexer *self,
                        gint64        *ret_value)
{
  gboolean is_negative = wire_json_peek (self) == '-';
  const char *digits = self->at + (is_negative ? 1 : 0);
  const char *end = skip_digits (digits, self->end);
  guint64 value = 0;

  /* 2^53 has 16 digits. */
  if (end == digits || end - digits > 16 || (*digits == '0' && end - digits > 1))
    return WIRE_BAD_FRAME;
  if (end < self->end && (*end == '.' || *end == 'e' || *end == 'E'))
    return WIRE_BAD_FRAME;
  for (const char *at = digits; at < end; at++)
    value = value * 10 + (guint64) (*at - '0');
  if (value > WIRE_MAX_ID)
    return WIRE_BAD_FRAME;
  self->at = end;
  *ret_value = is_negative ? -(gint64) value : (gint64) value;
  return WIRE_OK;
}

/* json-glib wraps integers beyond 64 bits and takes 1e400: both have no value we could pass on. */
static gboolean
number_has_value (const char *text,
                  gsize       n_chars,
                  gboolean    is_integer)
{
  char copy[MAX_NUMBER_CHARS + 1];

  if (n_chars > MAX_NUMBER_CHARS)
    return FALSE;
  memcpy (copy, text, n_chars);
  copy[n_chars] = '\0';
  if (is_integer)
    return g_ascii_string_to_signed (copy, 10, G_MININT64, G_MAXINT64, NULL, NULL);
  return isfinite (g_ascii_strtod (copy, NULL)) != 0;
}

static WireStatus
skip_number (WireJsonLexer *self)
{
  const char *start = self->at;
  const char *at = start + (*start == '-' ? 1 : 0);
  const char *digits = at;
  gboolean is_integer = TRUE;

  at = skip_digits (at, self->end);
  if (at == digits || (*digits == '0' && at - digits > 1))
    return WIRE_BAD_FRAME;
  if (at < self->end && *at == '.') {
    digits = at + 1;
    at = skip_digits (digits, self->end);
    is_integer = FALSE;
    if (at == digits)
      return WIRE_BAD_FRAME;
  }
  if (at < self->end && (*at == 'e' || *at == 'E')) {
    at++;
    if (at < self->end && (*at == '+' || *at == '-'))
      at++;
    digits = at;
    at = skip_digits (digits, self->end);
    is_integer = FALSE;
    if (at == digits)
      return WIRE_BAD_FRAME;
  }
  if (!number_has_value (start, (gsize) (at - start), is_integer))
    return WIRE_BAD_FRAME;
  self->at = at;
  return WIRE_OK;
}

gboolean
wire_json_read_word (WireJsonLexer *self,
                     const char    *word)
{
  gsize n_chars = strlen (word);

  wire_json_skip_blanks (self);
  if ((gsize) (self->end - self->at) < n_chars || memcmp (self->at, word, n_chars) != 0)
    return FALSE;
  self->at += n_chars;
  return TRUE;
}

WireStatus
wire_json_next_key (WireJsonLexer  *self,
                    gboolean       *is_first,
                    WireJsonString *ret_key)
{
  gboolean was_first = *is_first;

  *is_first = FALSE;
  if (wire_json_take (self, '}')) {
    ret_key->raw = (WireText){ NULL, 0 };
    return WIRE_OK;
  }
  if (!was_first && !wire_json_take (self, ','))
    return WIRE_BAD_FRAME;
  WIRE_TRY (wire_json_read_string (self, ret_key));
  return wire_json_take (self, ':') ? WIRE_OK : WIRE_BAD_FRAME;
}

WireStatus
wire_json_next_item (WireJsonLexer *self,
                     gboolean      *is_first,
                     gboolean      *ret_is_item)
{
  gboolean was_first = *is_first;

  *is_first = FALSE;
  *ret_is_item = !wire_json_take (self, ']');
  if (*ret_is_item && !was_first && !wire_json_take (self, ','))
    return WIRE_BAD_FRAME;
  return WIRE_OK;
}

static WireStatus
skip_object (WireJsonLexer *self,
             guint          depth)
{
  gboolean is_first = TRUE;
  WireJsonString key;

  for (;;) {
    WIRE_TRY (wire_json_next_key (self, &is_first, &key));
    if (key.raw.data == NULL)
      return WIRE_OK;
    WIRE_TRY (wire_json_skip_value (self, depth, NULL));
  }
}

static WireStatus
skip_array (WireJsonLexer *self,
            guint          depth)
{
  gboolean is_first = TRUE;
  gboolean is_item;

  for (;;) {
    WIRE_TRY (wire_json_next_item (self, &is_first, &is_item));
    if (!is_item)
      return WIRE_OK;
    WIRE_TRY (wire_json_skip_value (self, depth, NULL));
  }
}

static WireStatus
skip_word (WireJsonLexer *self)
{
  if (wire_json_read_word (self, "true") || wire_json_read_word (self, "false") ||
      wire_json_read_word (self, "null"))
    return WIRE_OK;
  return WIRE_BAD_FRAME;
}

WireStatus
wire_json_skip_value (WireJsonLexer *self,
                      guint          depth,
                      WireText      *ret_raw)
{
  char first = wire_json_peek (self);
  const char *start = self->at;
  WireJsonString string;

  if (first == '{' || first == '[') {
    if (depth >= self->max_depth)
      return WIRE_BAD_FRAME;
    self->at++;
    WIRE_TRY ((first == '{' ? skip_object : skip_array) (self, depth + 1));
  } else if (first == '"') {
    WIRE_TRY (wire_json_read_string (self, &string));
  } else if (first == '-' || g_ascii_isdigit (first)) {
    WIRE_TRY (skip_number (self));
  } else {
    WIRE_TRY (skip_word (self));
  }
  if (ret_raw != NULL)
    *ret_raw = (WireText){ start, (gsize) (self->at - start) };
  return WIRE_OK;
}

WireText
wire_json_key_text (const WireJsonString *key,
                    char                  buffer[64])
{
  if (!key->has_escapes)
    return key->raw;
  /* No name of ours is that long, escaped or not: unknown, whatever it says. */
  if (key->raw.n_bytes > 63)
    return (WireText){ "", 0 };
  return (WireText){ buffer, wire_json_unescape (key, buffer) };
}

guint
wire_json_find_member (WireText    text,
                       const char *name,
                       WireText   *ret_value)
{
  WireJsonLexer in = { text.data, text.data + text.n_bytes, WIRE_JSON_MAX_SCAN_DEPTH };
  gboolean is_first = TRUE;
  guint n_found = 0;
  WireJsonString key;
  char buffer[64];

  if (!wire_json_take (&in, '{'))
    return 0;
  while (wire_json_next_key (&in, &is_first, &key) == WIRE_OK && key.raw.data != NULL) {
    WireText value;

    if (wire_json_skip_value (&in, 1, &value) != WIRE_OK)
      return 0;
    if (!wire_text_equals (wire_json_key_text (&key, buffer), name))
      continue;
    *ret_value = value;
    n_found++;
  }
  return n_found;
}
