/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes as text: hexadecimal and base64url without padding (RFC 4648 section 5). */

/** WIRE_BASE64URL_CHARS: characters that @n bytes take, without padding. */
#define WIRE_BASE64URL_CHARS(n) (((n) *4 + 2) / 3)

/** wire_hex_encode: @ret_text has room for 2 @n_bytes + 1; lower case, NUL-terminated. */
void wire_hex_encode (const guint8 *data,
                      gsize         n_bytes,
                      char         *ret_text);

/** wire_hex_decode: exactly @n_bytes from 2 @n_bytes digits; %FALSE when @text is anything else. Both cases are read. */
gboolean wire_hex_decode (const char *text,
                          gsize       n_chars,
                          guint8     *ret_data,
                          gsize       n_bytes);

/** wire_base64url_encode: @ret_text has room for WIRE_BASE64URL_CHARS (@n_bytes) + 1; NUL-terminated. */
void wire_base64url_encode (const guint8 *data,
                            gsize         n_bytes,
                            char         *ret_text);

/**
 * wire_base64url_decode:
 * @ret_data: room for @n_chars * 3 / 4 bytes
 *
 * Strict: no padding, no other character, and the unused bits of the last character are zero, so that one
 * value has one text.
 */
gboolean
wire_base64url_decode (const char *text, gsize n_chars, guint8 *ret_data, gsize *ret_n_bytes);

G_END_DECLS
