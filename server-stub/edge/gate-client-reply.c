/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the edge itself answers while it reads from a client: all replies to one read leave in one write, at once, while what
 * is known of the client is still in the processor's cache. Nothing is queued for them unless the socket is full.
 */
#include "config.h"

#include "gate-client.h"

/* In order behind what waits already, or else directly. */
static gboolean
is_direct (const GateClient *self)
{
  return self->edge->reading == self && self->outbox == NULL && self->codec != GATE_CODEC_UNDECIDED;
}

void
gate_client_reply (GateClient            *self,
                   const Gate__V1__Frame *frame)
{
  GateEdge *edge = self->edge;

  if (self->is_dead || self->stage == GATE_CLIENT_CLOSING)
    return;
  if (is_direct (self)) {
    gate_client_frame_own (self, frame, &edge->replies);
    return;
  }
  edge->packed.n_bytes = 0;
  wire_frame_pack (frame, &edge->packed);
  gate_client_push (self, &(GatePacked){ edge->packed.data, edge->packed.n_bytes });
}

void
gate_client_reply_bytes (GateClient   *self,
                         const guint8 *bytes,
                         gsize         n_bytes)
{
  if (is_direct (self))
    wire_buffer_append (&self->edge->replies, bytes, n_bytes);
  else
    gate_client_push_bytes (self, bytes, n_bytes);
}

void
gate_client_begin_reading (GateClient *self)
{
  self->edge->reading = self;
  self->edge->is_flush_due = FALSE;
  self->edge->replies.n_bytes = 0;
}

void
gate_client_end_reading (GateClient *self)
{
  GateEdge *edge = self->edge;

  edge->reading = NULL;
  if (self->is_dead)
    return;
  if (edge->replies.n_bytes > 0)
    gate_client_write_replies (self);
  else if (edge->is_flush_due)
    gate_client_flush (self);
}
