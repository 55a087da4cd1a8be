/* SPDX-License-Identifier: GPL-3.0-or-later */
/* However the bytes are cut: the same messages, the same end. The first byte of the input says how. */
#include "config.h"

#include "wire-websocket.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

static const WireWebsocketLimits limits = { 4096, 16, TRUE };

typedef struct {
  WireStatus status;
  guint n_messages;
  guint hash;
} Result;

static void
note (Result                     *self,
      const WireWebsocketMessage *message)
{
  self->n_messages++;
  self->hash = self->hash * 31 + message->opcode;
  for (gsize i = 0; i < message->n_bytes; i++)
    self->hash = self->hash * 31 + message->payload[i];
  g_assert_cmpuint (message->n_bytes, <=, limits.max_message_bytes);
}

static Result
read_all (const guint8 *data,
          gsize         n_bytes,
          gsize         chunk_bytes)
{
  g_auto (WireBuffer) partial = WIRE_BUFFER_INIT;
  WireWebsocket websocket = { 0 };
  Result result = { WIRE_NEED_MORE };

  for (gsize at = 0; at < n_bytes && result.status == WIRE_NEED_MORE; at += chunk_bytes) {
    gsize n = MIN (chunk_bytes, n_bytes - at);
    g_autofree guint8 *copy = g_memdup2 (data + at, n);
    WireSpan in = { copy, n };
    WireWebsocketMessage message;

    while ((result.status = wire_websocket_next (&websocket, &limits, &partial, &in, &message)) ==
           WIRE_OK)
      note (&result, &message);
    g_assert_cmpuint (partial.n_bytes, <=, limits.max_message_bytes + 125);
  }
  return result;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  Result whole;
  Result cut;

  if (n_bytes < 2)
    return 0;
  whole = read_all (data + 1, n_bytes - 1, n_bytes);
  cut = read_all (data + 1, n_bytes - 1, 1 + data[0] % 32);
  g_assert_cmpint (whole.status, ==, cut.status);
  g_assert_cmpuint (whole.n_messages, ==, cut.n_messages);
  g_assert_cmpuint (whole.hash, ==, cut.hash);
  return 0;
}
