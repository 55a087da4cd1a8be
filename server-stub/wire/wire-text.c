/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-text"

#include "config.h"

#include "wire-text.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64url_digits[] =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
wire_hex_encode (const guint8 *data,
                 gsize         n_bytes,
                 char         *ret_text)
{
  for (gsize i = 0; i < n_bytes; i++) {
    ret_text[2 * i] = hex_digits[data[i] >> 4];
    ret_text[2 * i + 1] = hex_digits[data[i] & 15];
  }
  ret_text[2 * n_bytes] = '\0';
}

gboolean
wire_hex_decode (const char *text,
                 gsize       n_chars,
                 guint8     *ret_data,
                 gsize       n_bytes)
{
  if (n_chars % 2 != 0 || n_chars / 2 != n_bytes)
    return FALSE;
  for (gsize i = 0; i < n_bytes; i++) {
    int high = g_ascii_xdigit_value (text[2 * i]);
    int low = g_ascii_xdigit_value (text[2 * i + 1]);

    if (high < 0 || low < 0)
      return FALSE;
    ret_data[i] = (guint8) (high << 4 | low);
  }
  return TRUE;
}

void
wire_base64url_encode (const guint8 *data,
                       gsize         n_bytes,
                       char         *ret_text)
{
  guint32 bits = 0;
  guint n_bits = 0;

  for (gsize i = 0; i < n_bytes; i++) {
    bits = bits << 8 | data[i];
    for (n_bits += 8; n_bits >= 6; n_bits -= 6)
      *ret_text++ = base64url_digits[bits >> (n_bits - 6) & 63];
  }
  if (n_bits > 0)
    *ret_text++ = base64url_digits[bits << (6 - n_bits) & 63];
  *ret_text = '\0';
}

static int
base64url_value (char digit)
{
  if (digit >= 'A' && digit <= 'Z')
    return digit - 'A';
  if (digit >= 'a' && digit <= 'z')
    return digit - 'a' + 26;
  if (digit >= '0' && digit <= '9')
    return digit - '0' + 52;
  return digit == '-' ? 62 : digit == '_' ? 63 : -1;
}

gboolean
wire_base64url_decode (const char *text,
                       gsize       n_chars,
                       guint8     *ret_data,
                       gsize      *ret_n_bytes)
{
  guint32 bits = 0;
  guint n_bits = 0;
  gsize n_bytes = 0;

  if (n_chars % 4 == 1)
    return FALSE;
  for (gsize i = 0; i < n_chars; i++) {
    int value = base64url_value (text[i]);

    if (value < 0)
      return FALSE;
    bits = bits << 6 | (guint32) value;
    n_bits += 6;
    if (n_bits >= 8) {
      n_bits -= 8;
      ret_data[n_bytes++] = (guint8) (bits >> n_bits);
    }
  }
  if ((bits & ((1u << n_bits) - 1)) != 0)
    return FALSE;
  *ret_n_bytes = n_bytes;
  return TRUE;
}
