/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-frame.h"
#include "wire-zd1.h"

G_BEGIN_DECLS

/** GatePacked: one packed frame as the link carries it, or a payload that may hold one. */
typedef struct {
  const guint8 *bytes; /* borrowed */
  gsize n_bytes;
} GatePacked;

/** GateCodecTools: what the connections of an edge share for reading and writing frames. */
typedef struct {
  WireArena *arena; /* borrowed */
  WireZd1 *zd1;     /* (nullable): made for the first connection that speaks it */
  WireBuffer batch; /* one Batch before it is compressed */
} GateCodecTools;

void gate_codec_tools_clear (GateCodecTools *self);

/**
 * GateCodec:
 *
 * How a client writes frames. On the link and in the outbox a frame is always packed protobuf; only here do the other
 * forms exist.
 */
typedef struct {
  const char *name;
  gboolean is_text;

  /* Largest text in relation to the packed frame, for choosing what goes into one Batch. */
  guint expansion;

  /* @payload: in; out, whatever the status, the same without compression, for peek_id(). */
  WireStatus (*decode) (GateCodecTools *tools,
                        GatePacked *payload,
                        gsize max_bytes,
                        Gate__V1__Frame **ret_frame);
  guint32 (*peek_id) (const guint8 *data, gsize n_bytes);
  void (*encode) (GateCodecTools *tools, const GatePacked *frame, WireBuffer *out);

  /* A frame of the edge's own, which was never packed. */
  void (*encode_own) (const Gate__V1__Frame *frame, WireBuffer *out);
  void (*encode_batch) (GateCodecTools *tools,
                        const GatePacked *frames,
                        guint n_frames,
                        WireBuffer *out);
} GateCodec;

typedef enum {
  GATE_CODEC_UNDECIDED,
  GATE_CODEC_PB,
  GATE_CODEC_JSON,
  GATE_CODEC_ZD1, /* pb, compressed where that is shorter; agreed on with Welcome */
  GATE_N_CODECS,
} GateCodecId;

/** gate_codecs: by %GateCodecId; the first is empty. */
extern const GateCodec gate_codecs[GATE_N_CODECS];

/** gate_codec_with_zd1: the codec of a connection from now on that spoke @codec and agreed on zd1: the text form has none. */
GateCodecId gate_codec_with_zd1 (GateCodecTools *tools,
                                 GateCodecId     codec);

/** gate_packed_peek: id and body of a packed frame that we or the core made. */
void
gate_packed_peek (const GatePacked *frame, guint32 *ret_id, Gate__V1__Frame__BodyCase *ret_body);

G_END_DECLS
