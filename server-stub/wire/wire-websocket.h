/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-buffer.h"
#include "wire-status.h"

#include <glib.h>

G_BEGIN_DECLS

/* RFC 6455 framing. */

typedef enum {
  WIRE_WEBSOCKET_CONTINUATION = 0,
  WIRE_WEBSOCKET_TEXT = 1,
  WIRE_WEBSOCKET_BINARY = 2,
  WIRE_WEBSOCKET_CLOSE = 8,
  WIRE_WEBSOCKET_PING = 9,
  WIRE_WEBSOCKET_PONG = 10,
} WireWebsocketOpcode;

#define WIRE_WEBSOCKET_MAX_HEADER_BYTES  14u
#define WIRE_WEBSOCKET_MAX_CONTROL_BYTES 125u
#define WIRE_WEBSOCKET_MAX_FRAGMENTS     128u

/** WireWebsocketLimits: the same for many connections, so it is not kept in each. */
typedef struct {
  gsize max_message_bytes; /* of a whole message, over its fragments; below 2^31 */
  guint max_fragments;     /* of one message */
  gboolean expects_masked; /* TRUE: we are the server */
} WireWebsocketLimits;

/**
 * WireWebsocket:
 *
 * The reading half of one connection: all that is remembered between two reads. Embedded; all zero is the start.
 * The bytes are parsed and unmasked where they lie, in the caller's shared read buffer.
 */
typedef struct {
  guint32 remaining_bytes; /* of the present frame's payload */
  guint32 message_bytes;   /* of the fragments so far, this frame's included */
  guint8 mask[4];          /* rotated so that mask[0] is for the next byte */
  guint32 n_fragments : 24;
  guint32 header_bytes : 8; /* of a header that is not complete, in header[] */
  guint8 header[WIRE_WEBSOCKET_MAX_HEADER_BYTES];
  guint8 frame_opcode;   /* of the present frame */
  guint8 message_opcode; /* of the message its fragments belong to; 0 = none open */
  guint8 utf8;           /* WireUtf8 over the text so far */
  guint8 is_final : 1;
  guint8 is_in_frame : 1;
  guint8 is_kept : 1;   /* the message handed out last lies in `partial` */
  guint8 is_closed : 1; /* a close frame was read: nothing may follow */
  guint32 kept_bytes;   /* of the open message in `partial` */
} WireWebsocket;

/** WireWebsocketMessage: one whole message or control frame. */
typedef struct {
  WireWebsocketOpcode opcode; /* never CONTINUATION */
  guint8 *payload; /* borrowed; in the input or in `partial`, valid until the next call */
  gsize n_bytes;
} WireWebsocketMessage;

/**
 * wire_websocket_next:
 * @partial: where a message that does not lie in one piece in @in is gathered; owned by the connection, empty (and without
 *   memory, after wire_buffer_clear()) while it is idle
 * @in: the bytes read; moves over what was used
 * @ret_message: set for %WIRE_OK
 *
 * Call until it does not return %WIRE_OK. A message that lies in @in as a whole is handed out where it lies. Memory grows
 * with the bytes that came, never with the length a header claims; that length is checked first. Text is checked as it
 * comes, so bad UTF-8 is found inside a frame.
 *
 * Returns: %WIRE_OK: @ret_message is one message; %WIRE_NEED_MORE: everything in @in was used; when @partial is empty
 *   then, clear it. Else close the connection with wire_websocket_close_code().
 */
WireStatus wire_websocket_next (WireWebsocket             *self,
                                const WireWebsocketLimits *limits,
                                WireBuffer                *partial,
                                WireSpan                  *in,
                                WireWebsocketMessage      *ret_message) G_GNUC_WARN_UNUSED_RESULT;

/** wire_websocket_is_idle: nothing of a message is half read. */
gboolean wire_websocket_is_idle (const WireWebsocket *self);

/** wire_websocket_close_code: 1002, 1007 or 1009 for a status of wire_websocket_next(). */
guint wire_websocket_close_code (WireStatus status);

/**
 * wire_websocket_parse_close:
 * @ret_code: 1005 when the payload is empty
 * @ret_reason: (out): borrowed from @message
 *
 * Reads the payload of a close frame; wire_websocket_next() has checked it: the code may be sent (RFC 6455 7.4), the reason
 * is UTF-8.
 */
void wire_websocket_parse_close (const WireWebsocketMessage *message,
                                 guint                      *ret_code,
                                 WireText                   *ret_reason);

/**
 * wire_websocket_write_header:
 * @ret_header: room for %WIRE_WEBSOCKET_MAX_HEADER_BYTES
 *
 * The header of one unfragmented, unmasked frame, as a server sends it. Returns: its bytes, 2 to 10.
 */
gsize
wire_websocket_write_header (guint8 *ret_header, WireWebsocketOpcode opcode, gsize payload_bytes);

/** wire_websocket_write_close: a whole close frame; @reason (nullable) is cut to 123 bytes at a character. */
void wire_websocket_write_close (WireBuffer *out,
                                 guint       code,
                                 const char *reason);

/** wire_websocket_write_client: a whole masked frame, as a client sends it (tests, bench, usherctl). */
void wire_websocket_write_client (WireBuffer          *out,
                                  WireWebsocketOpcode  opcode,
                                  gboolean             is_final,
                                  const guint8         mask[4],
                                  gconstpointer        payload,
                                  gsize                payload_bytes);

/** wire_websocket_unmask: exclusive-or with @mask, in place, 8 bytes at a time; @mask is rotated for what follows. */
void wire_websocket_unmask (guint8 *data,
                            gsize   n_bytes,
                            guint8  mask[4]);

#define WIRE_WEBSOCKET_ACCEPT_CHARS 28u

/** wire_websocket_accept_key: `Sec-WebSocket-Accept` for a key (RFC 6455 4.2.2); @ret_accept is NUL-terminated. */
void wire_websocket_accept_key (WireText key,
                                char     ret_accept[WIRE_WEBSOCKET_ACCEPT_CHARS + 1]);

G_END_DECLS
