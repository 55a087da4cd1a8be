/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-buffer.h"
#include "wire-status.h"
#include "wire-websocket.h"

G_BEGIN_DECLS

/** GateIncomingKind: what one unit of a framing is. */
typedef enum {
  GATE_INCOMING_FRAME,
  GATE_INCOMING_PING,
  GATE_INCOMING_PONG,
  GATE_INCOMING_CLOSE,
} GateIncomingKind;

typedef struct {
  GateIncomingKind kind;
  gboolean is_text;
  guint8 *payload; /* borrowed; until the next call */
  gsize n_bytes;
} GateIncoming;

/** GateReader: what a framing remembers between two reads. All zero is the start. */
typedef struct {
  WireWebsocket websocket; /* records need none */
  WireBuffer partial;
} GateReader;

/** GateFramingLimits: checked on a header, before there is memory for what it announces. */
typedef struct {
  gsize max_bytes;     /* of one frame, over its fragments */
  guint max_fragments; /* where the framing knows any */
} GateFramingLimits;

#define GATE_FRAMING_MAX_HEADER_BYTES WIRE_WEBSOCKET_MAX_HEADER_BYTES

/** GateFraming: how frames are told from one another in a stream of bytes. */
typedef struct {
  WireStatus (*next) (GateReader *reader,
                      const GateFramingLimits *limits,
                      WireSpan *in,
                      GateIncoming *ret_incoming);

  /* The close code for a status of next(). */
  guint (*close_code) (WireStatus status);
  gsize (*write_header) (guint8 *ret_header, gboolean is_text, gsize payload_bytes);

  /* (nullable): the framing itself can say why it ends. */
  void (*write_close) (WireBuffer *out, guint code, const char *reason);
} GateFraming;

typedef enum {
  GATE_FRAMING_NONE,
  GATE_FRAMING_RECORD,
  GATE_FRAMING_WEBSOCKET,
  GATE_N_FRAMINGS,
} GateFramingId;

/** gate_framings: by %GateFramingId; the first is empty. */
extern const GateFraming gate_framings[GATE_N_FRAMINGS];

G_END_DECLS
