/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-framing.h"

#include "wire-record.h"

static GateIncomingKind
kind_of (WireWebsocketOpcode opcode)
{
  if (opcode == WIRE_WEBSOCKET_PING)
    return GATE_INCOMING_PING;
  if (opcode == WIRE_WEBSOCKET_PONG)
    return GATE_INCOMING_PONG;
  return opcode == WIRE_WEBSOCKET_CLOSE ? GATE_INCOMING_CLOSE : GATE_INCOMING_FRAME;
}

static WireStatus
websocket_next (GateReader              *reader,
                const GateFramingLimits *limits,
                WireSpan                *in,
                GateIncoming            *ret_incoming)
{
  WireWebsocketLimits own = { limits->max_bytes, limits->max_fragments, TRUE };
  WireWebsocketMessage message;

  WIRE_TRY (wire_websocket_next (&reader->websocket, &own, &reader->partial, in, &message));
  *ret_incoming = (GateIncoming){ kind_of (message.opcode), message.opcode == WIRE_WEBSOCKET_TEXT,
                                  message.payload, message.n_bytes };
  return WIRE_OK;
}

static gsize
websocket_write_header (guint8   *ret_header,
                        gboolean  is_text,
                        gsize     payload_bytes)
{
  return wire_websocket_write_header (ret_header,
                                      is_text ? WIRE_WEBSOCKET_TEXT : WIRE_WEBSOCKET_BINARY,
                                      payload_bytes);
}

static WireStatus
record_next (GateReader              *reader,
             const GateFramingLimits *limits,
             WireSpan                *in,
             GateIncoming            *ret_incoming)
{
  WireSpan record;

  WIRE_TRY (wire_record_next (&reader->partial, limits->max_bytes, in, &record));
  *ret_incoming = (GateIncoming){ GATE_INCOMING_FRAME, FALSE, record.data, record.n_bytes };
  return WIRE_OK;
}

static guint
record_close_code (WireStatus status)
{
  return status == WIRE_TOO_LARGE ? 1009 : 1002;
}

static gsize
record_write_header (guint8   *ret_header,
                     gboolean  is_text,
                     gsize     payload_bytes)
{
  return wire_record_write_header (ret_header, payload_bytes);
}

const GateFraming gate_framings[GATE_N_FRAMINGS] = {
  [GATE_FRAMING_RECORD] = { record_next, record_close_code, record_write_header, NULL },
  [GATE_FRAMING_WEBSOCKET] = { websocket_next, wire_websocket_close_code, websocket_write_header,
                               wire_websocket_write_close },
};
