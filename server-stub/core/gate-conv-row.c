/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-conv-row.h"

static const guint16 text_offsets[] = {
  G_STRUCT_OFFSET (GateConvRow, app),
  G_STRUCT_OFFSET (GateConvRow, visitor_name),
  G_STRUCT_OFFSET (GateConvRow, locale),
  G_STRUCT_OFFSET (GateConvRow, queue),
  G_STRUCT_OFFSET (GateConvRow, subject),
  G_STRUCT_OFFSET (GateConvRow, tags),
  G_STRUCT_OFFSET (GateConvRow, attrs),
  G_STRUCT_OFFSET (GateConvRow, disposition),
  G_STRUCT_OFFSET (GateConvRow, result),
  G_STRUCT_OFFSET (GateConvRow, summary),
  G_STRUCT_OFFSET (GateConvRow, rating_comment),
  G_STRUCT_OFFSET (GateConvRow, brief),
};

static const char **
text_at (GateConvRow *row,
         guint        i)
{
  return G_STRUCT_MEMBER_P (row, text_offsets[i]);
}

/* Every number of the core's part. */
static void
copy_numbers (GateConvRow       *self,
              const GateConvRow *from)
{
  self->conv = from->conv;
  self->visitor = from->visitor;
  memcpy (self->visitor_digest, from->visitor_digest, GATE_DIGEST_BYTES);
  self->channel = from->channel;
  self->state = from->state;
  self->why = from->why;
  self->close_reason = from->close_reason;
  self->epoch = from->epoch;
  self->agent = from->agent;
  self->last_agent = from->last_agent;
  self->priority = from->priority;
  self->opened_at = from->opened_at;
  self->enqueued_at = from->enqueued_at;
  self->offered_at = from->offered_at;
  self->accepted_at = from->accepted_at;
  self->closed_at = from->closed_at;
  self->due = from->due;
  self->rating_score = from->rating_score;
  self->rating_scale = from->rating_scale;
  self->previous = from->previous;
}

void
gate_conv_row_assign (GateConvRow       *self,
                      const GateConvRow *from)
{
  copy_numbers (self, from);
  for (guint i = 0; i < G_N_ELEMENTS (text_offsets); i++)
    gate_text_set (text_at (self, i), *text_at ((GateConvRow *) from, i));
}

void
gate_conv_row_assign_kept (GateConvRow       *self,
                           const GateConvRow *from)
{
  self->last_seq = from->last_seq;
  self->last_note = from->last_note;
  self->last_ts = from->last_ts;
  self->last_role = from->last_role;
  self->staff_seq = from->staff_seq;
  self->staff_sender = from->staff_sender;
  self->waiting_since = from->waiting_since;
  self->visitor_read = from->visitor_read;
  self->visitor_received = from->visitor_received;
  self->staff_read = from->staff_read;
  self->staff_received = from->staff_received;
  gate_text_set (&self->last_text, from->last_text);
}

void
gate_conv_row_save (GateConvRow       *self,
                    const GateConvRow *from,
                    WireArena         *arena)
{
  copy_numbers (self, from);
  for (guint i = 0; i < G_N_ELEMENTS (text_offsets); i++) {
    const char *text = *text_at ((GateConvRow *) from, i);

    *text_at (self, i) = text != NULL ? wire_arena_strdup (arena, text) : "";
  }
}

void
gate_conv_row_clear (GateConvRow *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (text_offsets); i++)
    g_free ((gpointer) *text_at (self, i));
  g_free ((gpointer) self->last_text);
}
