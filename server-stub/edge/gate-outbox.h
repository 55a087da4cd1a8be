/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-codec.h"

#include "gate-loop.h"
#include "wire-buffer.h"

G_BEGIN_DECLS

/**
 * GateOutbox:
 *
 * What waits to be written to one client: packed frames that can still be replaced by newer ones of their kind, and the
 * bytes of those that are framed already. A connection has one only while something waits.
 */
typedef struct {
  WireBuffer frames; /* packed frames, one behind the other */
  GArray *items;     /* Item */
  guint first;       /* of @items that is not written yet */
  gsize gone_bytes;  /* of @frames that belong to nobody any more */
  WireBuffer wire;   /* framed and partly written */
  gsize wire_sent;
  GateTimer slow;      /* armed while more than the limit waits */
  gpointer owner;      /* the connection, for @slow */
  gsize counted_bytes; /* as the edge counts it in gate_send_buffer_bytes */
} GateOutbox;

GateOutbox *gate_outbox_new (void) G_GNUC_WARN_UNUSED_RESULT;
void gate_outbox_free (GateOutbox *self);

/** gate_outbox_clear: as new; keeps a little memory for the next use. */
void gate_outbox_clear (GateOutbox *self);

/** gate_frame_can_wait: whether nobody waits for this frame: typing, presence, queue position, viewers, list rows, unasked. */
gboolean gate_frame_can_wait (const GatePacked *frame);

/**
 * gate_outbox_push:
 * @max_bytes: of a frame for this client; two lists are not merged beyond it
 *
 * Takes a copy of @frame. One that can wait replaces the one of the same kind, about the same thing, that is still here;
 * rows of a list are merged, since each list frame carries only what changed.
 */
void
gate_outbox_push (GateOutbox *self, const GatePacked *frame, gsize max_bytes, WireArena *arena);

/**
 * gate_outbox_peek:
 * @frames: room for @max_frames
 * @max_bytes: of all of them, beside the first
 *
 * The oldest frames that wait, in order. Returns: how many
 */
guint
gate_outbox_peek (const GateOutbox *self, GatePacked *frames, guint max_frames, gsize max_bytes);

/** gate_outbox_drop: forgets the @n_frames that were peeked. */
void gate_outbox_drop (GateOutbox *self,
                       guint       n_frames);

/** gate_outbox_drop_all: forgets everything that is not framed yet. */
void gate_outbox_drop_all (GateOutbox *self);
gboolean gate_outbox_has_frames (const GateOutbox *self);

/** gate_outbox_get_bytes: unsent in all, and what keeping it costs. */
gsize gate_outbox_get_bytes (const GateOutbox *self);

G_END_DECLS
