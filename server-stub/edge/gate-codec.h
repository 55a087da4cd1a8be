/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-frame.h"

G_BEGIN_DECLS

/** GatePacked: one packed frame as the link carries it. */
typedef struct {
  const guint8 *bytes; /* borrowed */
  gsize n_bytes;
} GatePacked;

/**
 * GateCodec:
 *
 * How a client writes frames. On the link and in the outbox a frame is always packed protobuf; only here does the other
 * form exist.
 */
typedef struct {
  const char *name;
  gboolean is_text;

  /* Largest text in relation to the packed frame, for choosing what goes into one Batch. */
  guint expansion;
  WireStatus (*decode) (WireArena *arena,
                        const guint8 *data,
                        gsize n_bytes,
                        gsize max_bytes,
                        Gate__V1__Frame **ret_frame);
  guint32 (*peek_id) (const guint8 *data, gsize n_bytes);
  void (*encode) (WireArena *arena, const GatePacked *frame, WireBuffer *out);
  void (*encode_batch) (WireArena *arena,
                        const GatePacked *frames,
                        guint n_frames,
                        WireBuffer *out);
} GateCodec;

typedef enum {
  GATE_CODEC_UNDECIDED,
  GATE_CODEC_PB,
  GATE_CODEC_JSON,
  GATE_N_CODECS,
} GateCodecId;

/** gate_codecs: by %GateCodecId; the first is empty. */
extern const GateCodec gate_codecs[GATE_N_CODECS];

/** gate_packed_peek: id and body of a packed frame that we or the core made. */
void
gate_packed_peek (const GatePacked *frame, guint32 *ret_id, Gate__V1__Frame__BodyCase *ret_body);

G_END_DECLS
