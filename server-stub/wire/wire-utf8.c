/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grammar of RFC 3629 section 4 as a small automaton: a state says which range the next byte must be in
 * and what is due after it. One comparison of eight bytes skips ASCII, one of three skips a character of
 * Chinese; the automaton does the rest and what is cut by the end of a buffer.
 */
#define G_LOG_DOMAIN "wire-utf8"

#include "config.h"

#include "wire-utf8.h"

#include <string.h>

#define HIGH_BITS G_GUINT64_CONSTANT (0x8080808080808080)

enum {
  START = WIRE_UTF8_START,
  ONE_DUE,
  TWO_DUE,
  THREE_DUE,
  AFTER_E0, /* A0..BF: a shorter form exists below */
  AFTER_ED, /* 80..9F: surrogates above */
  AFTER_F0, /* 90..BF: a shorter form exists below */
  AFTER_F4, /* 80..8F: beyond U+10FFFF above */
  INVALID,
};

typedef struct {
  guint8 low;
  guint8 high;
  guint8 next;
} Due;

static const Due dues[] = {
  [ONE_DUE] = { 0x80, 0xBF, START },     [TWO_DUE] = { 0x80, 0xBF, ONE_DUE },
  [THREE_DUE] = { 0x80, 0xBF, TWO_DUE }, [AFTER_E0] = { 0xA0, 0xBF, ONE_DUE },
  [AFTER_ED] = { 0x80, 0x9F, ONE_DUE },  [AFTER_F0] = { 0x90, 0xBF, TWO_DUE },
  [AFTER_F4] = { 0x80, 0x8F, TWO_DUE },
};

static guint8
state_after_lead (guint8 lead)
{
  if (lead < 0x80)
    return START;
  if (lead < 0xC2 || lead > 0xF4)
    return INVALID;
  if (lead < 0xE0)
    return ONE_DUE;
  if (lead < 0xF0)
    return lead == 0xE0 ? AFTER_E0 : lead == 0xED ? AFTER_ED : TWO_DUE;
  return lead == 0xF0 ? AFTER_F0 : lead == 0xF4 ? AFTER_F4 : THREE_DUE;
}

static gboolean
is_plain_three (const guint8 *at)
{
  return at[0] > 0xE0 && at[0] < 0xF0 && at[0] != 0xED && (at[1] & 0xC0) == 0x80 &&
         (at[2] & 0xC0) == 0x80;
}

/* Skips whole characters that need no automaton. */
static const guint8 *
skip_plain (const guint8 *at,
            const guint8 *end)
{
  while (end - at >= 8) {
    guint64 eight;

    memcpy (&eight, at, sizeof eight);
    if ((eight & HIGH_BITS) == 0)
      at += 8;
    else if (*at < 0x80)
      at += 1;
    else if (is_plain_three (at))
      at += 3;
    else
      break;
  }
  return at;
}

gboolean
wire_utf8_feed (WireUtf8     *self,
                const guint8 *data,
                gsize         n_bytes)
{
  const guint8 *at = data;
  const guint8 *end;
  guint8 state = *self;

  if (n_bytes == 0)
    return TRUE;
  end = data + n_bytes;
  while (at < end) {
    if (state == START) {
      at = skip_plain (at, end);
      if (at == end)
        break;
      state = state_after_lead (*at++);
      if (state == INVALID)
        return FALSE;
      continue;
    }
    if (*at < dues[state].low || *at > dues[state].high)
      return FALSE;
    state = dues[state].next;
    at++;
  }
  *self = state;
  return TRUE;
}

gboolean
wire_utf8_is_valid (const void *data,
                    gsize       n_bytes)
{
  WireUtf8 state = WIRE_UTF8_START;

  return n_bytes == 0 || (wire_utf8_feed (&state, data, n_bytes) && state == WIRE_UTF8_START);
}

gsize
wire_utf8_count (const void *data,
                 gsize       n_bytes)
{
  const guint8 *bytes = data;
  gsize n_characters = 0;

  for (gsize i = 0; i < n_bytes; i++)
    n_characters += (bytes[i] & 0xC0) != 0x80;
  return n_characters;
}
