/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-websocket"

#include "config.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>

#include "wire-websocket.h"

#define MAX_REASON_BYTES (WIRE_WEBSOCKET_MAX_CONTROL_BYTES - 2)

gsize
wire_websocket_write_header (guint8              *ret_header,
                             WireWebsocketOpcode  opcode,
                             gsize                payload_bytes)
{
  guint n_length_bytes = payload_bytes < 126 ? 0 : payload_bytes <= G_MAXUINT16 ? 2 : 8;
  guint64 rest = payload_bytes;

  ret_header[0] = (guint8) (0x80 | opcode);
  ret_header[1] = n_length_bytes == 0 ? (guint8) payload_bytes : n_length_bytes == 2 ? 126 : 127;
  for (guint i = n_length_bytes; i > 0; i--, rest >>= 8)
    ret_header[1 + i] = (guint8) rest;
  return 2 + n_length_bytes;
}

static gsize
cut_at_character (const char *text)
{
  gsize n_bytes = strlen (text);

  if (n_bytes <= MAX_REASON_BYTES)
    return n_bytes;
  for (n_bytes = MAX_REASON_BYTES; n_bytes > 0 && ((guint8) text[n_bytes] & 0xC0) == 0x80;)
    n_bytes--;
  return n_bytes;
}

void
wire_websocket_write_close (WireBuffer *out,
                            guint       code,
                            const char *reason)
{
  gsize reason_bytes = reason != NULL ? cut_at_character (reason) : 0;
  guint8 *header = wire_buffer_reserve (out, WIRE_WEBSOCKET_MAX_HEADER_BYTES);

  out->n_bytes += wire_websocket_write_header (header, WIRE_WEBSOCKET_CLOSE, 2 + reason_bytes);
  wire_buffer_append_byte (out, (guint8) (code >> 8));
  wire_buffer_append_byte (out, (guint8) code);
  wire_buffer_append (out, reason, reason_bytes);
}

void
wire_websocket_write_client (WireBuffer          *out,
                             WireWebsocketOpcode  opcode,
                             gboolean             is_final,
                             const guint8         mask[4],
                             gconstpointer        payload,
                             gsize                payload_bytes)
{
  guint8 rotating[4];
  guint8 *header = wire_buffer_reserve (out, WIRE_WEBSOCKET_MAX_HEADER_BYTES);
  gsize header_bytes = wire_websocket_write_header (header, opcode, payload_bytes);

  if (!is_final)
    header[0] &= 0x7F;
  header[1] |= 0x80;
  out->n_bytes += header_bytes;
  wire_buffer_append (out, mask, 4);
  wire_buffer_append (out, payload, payload_bytes);
  memcpy (rotating, mask, sizeof rotating);
  if (payload_bytes > 0)
    wire_websocket_unmask (out->data + out->n_bytes - payload_bytes, payload_bytes, rotating);
}

void
wire_websocket_accept_key (WireText key,
                           char     ret_accept[WIRE_WEBSOCKET_ACCEPT_CHARS + 1])
{
  static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; /* RFC 6455 1.3 */
  guint8 text[64 + sizeof guid];
  guint8 digest[SHA_DIGEST_LENGTH];

  /* wire_http_upgrade() lets only keys of 24 characters through. */
  g_assert (key.n_bytes <= 64);
  memcpy (text, key.data, key.n_bytes);
  memcpy (text + key.n_bytes, guid, sizeof guid - 1);
  SHA1 (text, key.n_bytes + sizeof guid - 1, digest);
  EVP_EncodeBlock ((unsigned char *) ret_accept, digest, sizeof digest);
}
