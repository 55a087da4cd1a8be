/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reading half of RFC 6455. What is remembered between two reads is in WireWebsocket; bytes are only kept
 * when a message does not lie in one piece in what was read. `partial` then holds
 *
 *   [ fragments of the open message: kept_bytes ][ what came of a control frame in between ]
 *
 * so that a ping between two fragments, itself cut in two, needs no second buffer.
 */
#define G_LOG_DOMAIN "wire-websocket"

#include "config.h"

#include "wire-websocket.h"

#include <string.h>

#include "wire-utf8.h"

#define FIN_BIT    0x80
#define RSV_BITS   0x70
#define MASK_BIT   0x80
#define IS_CONTROL 0x08 /* bit of the opcode */

void
wire_websocket_unmask (guint8 *data,
                       gsize   n_bytes,
                       guint8  mask[4])
{
  guint32 four;
  guint64 eight_of_mask;
  guint8 rotated[4];
  gsize i = 0;

  memcpy (&four, mask, sizeof four);
  eight_of_mask = (guint64) four << 32 | four;
  for (; n_bytes - i >= 8; i += 8) {
    guint64 eight;

    memcpy (&eight, data + i, sizeof eight);
    eight ^= eight_of_mask;
    memcpy (data + i, &eight, sizeof eight);
  }
  for (; i < n_bytes; i++)
    data[i] ^= mask[i & 3];
  for (gsize k = 0; k < 4; k++)
    rotated[k] = mask[(k + n_bytes) & 3];
  memcpy (mask, rotated, sizeof rotated);
}

/* Moves bytes into header[] until it holds @n_bytes. */
static gboolean
fill_header (WireWebsocket *self,
             WireSpan      *in,
             guint          n_bytes)
{
  while (self->header_bytes < n_bytes && in->n_bytes > 0) {
    self->header[self->header_bytes++] = *in->data++;
    in->n_bytes--;
  }
  return self->header_bytes >= n_bytes;
}

static WireStatus
check_control (const WireWebsocket *self)
{
  guint8 opcode = self->header[0] & 0x0F;

  if (opcode > WIRE_WEBSOCKET_PONG || (self->header[0] & FIN_BIT) == 0)
    return WIRE_BAD_FRAME;
  return (self->header[1] & 0x7F) <= WIRE_WEBSOCKET_MAX_CONTROL_BYTES ? WIRE_OK : WIRE_BAD_FRAME;
}

/* A continuation needs an open message, anything else needs none. */
static WireStatus
check_data (const WireWebsocket *self)
{
  guint8 opcode = self->header[0] & 0x0F;

  if (opcode > WIRE_WEBSOCKET_BINARY)
    return WIRE_BAD_FRAME;
  if ((opcode == WIRE_WEBSOCKET_CONTINUATION) != (self->message_opcode != 0))
    return WIRE_BAD_FRAME;
  return WIRE_OK;
}

/* What the first two bytes say is judged before the rest is waited for. */
static WireStatus
check_start (const WireWebsocket       *self,
             const WireWebsocketLimits *limits)
{
  gboolean is_masked = (self->header[1] & MASK_BIT) != 0;

  if ((self->header[0] & RSV_BITS) != 0 || is_masked != !!limits->expects_masked)
    return WIRE_BAD_FRAME;
  return (self->header[0] & IS_CONTROL) != 0 ? check_control (self) : check_data (self);
}

static guint
length_bytes (guint8 length7)
{
  return length7 == 126 ? 2 : length7 == 127 ? 8 : 0;
}

/* RFC 6455 5.2: the shortest form only, and the top bit of the long one is zero. */
static WireStatus
read_length (const WireWebsocket *self,
             guint64             *ret_length)
{
  guint8 length7 = self->header[1] & 0x7F;
  guint n_bytes = length_bytes (length7);
  guint64 length = n_bytes == 0 ? length7 : 0;

  for (guint i = 0; i < n_bytes; i++)
    length = length << 8 | self->header[2 + i];
  if ((n_bytes == 2 && length < 126) || (n_bytes == 8 && length <= G_MAXUINT16))
    return WIRE_BAD_FRAME;
  if (length >> 63 != 0)
    return WIRE_BAD_FRAME;
  *ret_length = length;
  return WIRE_OK;
}

static WireStatus
start_data (WireWebsocket             *self,
            const WireWebsocketLimits *limits,
            guint64                    length)
{
  if (self->frame_opcode != WIRE_WEBSOCKET_CONTINUATION) {
    self->message_opcode = self->frame_opcode;
    self->message_bytes = 0;
    self->n_fragments = 0;
    self->utf8 = WIRE_UTF8_START;
  }
  if (self->message_bytes + length > limits->max_message_bytes ||
      self->n_fragments >= limits->max_fragments)
    return WIRE_TOO_LARGE;
  self->message_bytes += (guint32) length;
  self->n_fragments++;
  return WIRE_OK;
}

static WireStatus
start_frame (WireWebsocket             *self,
             const WireWebsocketLimits *limits)
{
  guint n_mask_bytes = limits->expects_masked ? 4 : 0;
  guint64 length;

  WIRE_TRY (read_length (self, &length));
  self->frame_opcode = self->header[0] & 0x0F;
  self->is_final = (self->header[0] & FIN_BIT) != 0;
  if ((self->frame_opcode & IS_CONTROL) == 0)
    WIRE_TRY (start_data (self, limits, length));
  if (n_mask_bytes > 0)
    memcpy (self->mask, self->header + self->header_bytes - n_mask_bytes, n_mask_bytes);
  self->remaining_bytes = (guint32) length;
  self->header_bytes = 0;
  self->is_in_frame = TRUE;
  return WIRE_OK;
}

static WireStatus
read_header (WireWebsocket             *self,
             const WireWebsocketLimits *limits,
             WireSpan                  *in)
{
  guint n_bytes = 2;

  if (!fill_header (self, in, n_bytes))
    return self->header_bytes > 0 && (self->header[0] & RSV_BITS) != 0 ? WIRE_BAD_FRAME
                                                                       : WIRE_NEED_MORE;
  WIRE_TRY (check_start (self, limits));
  n_bytes += length_bytes (self->header[1] & 0x7F) + (limits->expects_masked ? 4 : 0);
  if (!fill_header (self, in, n_bytes))
    return WIRE_NEED_MORE;
  return start_frame (self, limits);
}

/* RFC 6455 7.4: what may stand in a close frame. */
static gboolean
close_code_is_valid (guint code)
{
  if (code >= 3000 && code < 5000)
    return TRUE;
  return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

static WireStatus
check_close (WireSpan payload)
{
  if (payload.n_bytes == 0)
    return WIRE_OK;
  if (payload.n_bytes == 1 || !close_code_is_valid ((guint) payload.data[0] << 8 | payload.data[1]))
    return WIRE_BAD_FRAME;
  return wire_utf8_is_valid (payload.data + 2, payload.n_bytes - 2) ? WIRE_OK : WIRE_BAD_UTF8;
}

/* Hands out @last alone, or what @partial holds from @from on with @last behind it. */
static WireSpan
gather (WireWebsocket *self,
        WireBuffer    *partial,
        gsize          from,
        WireSpan       last)
{
  if (partial->n_bytes == from)
    return last;
  wire_buffer_append (partial, last.data, last.n_bytes);
  self->is_kept = TRUE;
  return (WireSpan){ partial->data + from, partial->n_bytes - from };
}

static WireStatus
end_control (WireWebsocket        *self,
             WireBuffer           *partial,
             WireSpan              last,
             WireWebsocketMessage *ret_message)
{
  WireSpan whole = gather (self, partial, self->kept_bytes, last);

  if (self->frame_opcode == WIRE_WEBSOCKET_CLOSE) {
    WIRE_TRY (check_close (whole));
    self->is_closed = TRUE;
  }
  *ret_message = (WireWebsocketMessage){ self->frame_opcode, whole.data, whole.n_bytes };
  return WIRE_OK;
}

static WireStatus
end_message (WireWebsocket        *self,
             WireBuffer           *partial,
             WireSpan              last,
             WireWebsocketMessage *ret_message)
{
  WireSpan whole = gather (self, partial, 0, last);

  if (self->message_opcode == WIRE_WEBSOCKET_TEXT && self->utf8 != WIRE_UTF8_START)
    return WIRE_BAD_UTF8;
  *ret_message = (WireWebsocketMessage){ self->message_opcode, whole.data, whole.n_bytes };
  self->kept_bytes = 0;
  self->message_opcode = 0;
  return WIRE_OK;
}

static void
keep (WireWebsocket *self,
      WireBuffer    *partial,
      WireSpan       piece)
{
  wire_buffer_append (partial, piece.data, piece.n_bytes);
  if ((self->frame_opcode & IS_CONTROL) == 0)
    self->kept_bytes += (guint32) piece.n_bytes;
}

/* Takes what is there of the present frame. NEED_MORE: the message goes on, in this frame or the next. */
static WireStatus
read_payload (WireWebsocket             *self,
              const WireWebsocketLimits *limits,
              WireBuffer                *partial,
              WireSpan                  *in,
              WireWebsocketMessage      *ret_message)
{
  WireSpan piece = { in->data, MIN (in->n_bytes, self->remaining_bytes) };
  gboolean is_control = (self->frame_opcode & IS_CONTROL) != 0;

  in->data += piece.n_bytes;
  in->n_bytes -= piece.n_bytes;
  self->remaining_bytes -= (guint32) piece.n_bytes;
  if (limits->expects_masked)
    wire_websocket_unmask (piece.data, piece.n_bytes, self->mask);
  if (!is_control && self->message_opcode == WIRE_WEBSOCKET_TEXT &&
      !wire_utf8_feed (&self->utf8, piece.data, piece.n_bytes))
    return WIRE_BAD_UTF8;

  self->is_in_frame = self->remaining_bytes > 0;
  if (!self->is_in_frame && is_control)
    return end_control (self, partial, piece, ret_message);
  if (!self->is_in_frame && self->is_final)
    return end_message (self, partial, piece, ret_message);
  keep (self, partial, piece);
  return WIRE_NEED_MORE;
}

WireStatus
wire_websocket_next (WireWebsocket             *self,
                     const WireWebsocketLimits *limits,
                     WireBuffer                *partial,
                     WireSpan                  *in,
                     WireWebsocketMessage      *ret_message)
{
  WireStatus status;

  if (self->is_kept) {
    partial->n_bytes = self->kept_bytes;
    self->is_kept = FALSE;
  }
  if (self->is_closed)
    *in = (WireSpan){ NULL, 0 };
  /* A frame without payload has ended with its header: nothing is due that needs no byte. */
  if (in->n_bytes == 0)
    return WIRE_NEED_MORE;
  do {
    if (!self->is_in_frame)
      WIRE_TRY (read_header (self, limits, in));
    status = read_payload (self, limits, partial, in, ret_message);
  } while (status == WIRE_NEED_MORE && in->n_bytes > 0);
  return status;
}

gboolean
wire_websocket_is_idle (const WireWebsocket *self)
{
  return !self->is_in_frame && self->header_bytes == 0 && self->message_opcode == 0;
}

guint
wire_websocket_close_code (WireStatus status)
{
  if (status == WIRE_BAD_UTF8)
    return 1007;
  return status == WIRE_TOO_LARGE ? 1009 : 1002;
}

void
wire_websocket_parse_close (const WireWebsocketMessage *message,
                            guint                      *ret_code,
                            WireText                   *ret_reason)
{
  gboolean has_code = message->n_bytes >= 2;

  *ret_code = has_code ? (guint) message->payload[0] << 8 | message->payload[1] : 1005;
  *ret_reason = has_code ? (WireText){ (const char *) message->payload + 2, message->n_bytes - 2 }
                         : (WireText){ "", 0 };
}
