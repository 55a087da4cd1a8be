/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Downwards: link → outbox → codec → framing → one write a turn. Nothing is encoded before it can be written, so a frame
 * that waits for a slow client can still be replaced by a newer one.
 */
#include "config.h"

#include "gate-client.h"

#include <errno.h>

#define CHUNK_BYTES   65536 /* framed ahead of the socket */
#define BATCH_FRAMES  64
#define IDLE_OUTBOXES 32

/* What a client may have unsent at any time, beyond the limit that it may exceed for 10 s. */
#define HARD_LIMIT(limit) ((gsize) (limit) + (limit) / 16)

static void
schedule (GateClient *self)
{
  GateEdge *edge = self->edge;

  if (self->is_to_flush)
    return;
  if (edge->reading == self) { /* at the end of this read: sooner than the turn's */
    edge->is_flush_due = TRUE;
    return;
  }
  self->is_to_flush = TRUE;
  g_array_append_val (edge->to_flush, self->number);
  gate_loop_at_turn_end (edge->loop, &edge->turn_end);
}

static void
schedule_later (GateClient *self)
{
  GateEdge *edge = self->edge;

  if (self->is_waiting || self->is_to_flush)
    return;
  self->is_waiting = TRUE;
  if (edge->waiting->len == 0)
    edge->waiting_due_us =
      gate_loop_get_now_us (edge->loop) + (gint64) edge->settings.flush_ms * 1000;
  g_array_append_val (edge->waiting, self->number);
}

static void
slow_fired (GateTimer *timer)
{
  GateOutbox *outbox =
    (GateOutbox *) (gpointer) ((guint8 *) timer - G_STRUCT_OFFSET (GateOutbox, slow));
  GateClient *self = outbox->owner;

  gate_outbox_drop_all (outbox);
  gate_client_close (self, 4008, "slow consumer");
}

static GateOutbox *
need_outbox (GateClient *self)
{
  GPtrArray *idle = self->edge->idle_outboxes;

  if (self->outbox != NULL)
    return self->outbox;
  self->outbox =
    idle->len > 0 ? g_ptr_array_steal_index_fast (idle, idle->len - 1) : gate_outbox_new ();
  self->outbox->slow.fired = slow_fired;
  self->outbox->owner = self;
  if (self->edge->reading == self && self->edge->replies.n_bytes > 0) {
    wire_buffer_append (&self->outbox->wire, self->edge->replies.data, self->edge->replies.n_bytes);
    self->edge->replies.n_bytes = 0;
    schedule (self);
  }
  return self->outbox;
}

void
gate_client_drop_outbox (GateClient *self)
{
  GateOutbox *outbox = g_steal_pointer (&self->outbox);
  GPtrArray *idle = self->edge->idle_outboxes;

  if (outbox == NULL)
    return;
  gate_loop_disarm (self->edge->loop, &outbox->slow);
  self->edge->send_buffer_bytes -= outbox->counted_bytes;
  if (idle->len >= IDLE_OUTBOXES) {
    gate_outbox_free (outbox);
    return;
  }
  gate_outbox_clear (outbox);
  g_ptr_array_add (idle, outbox);
}

/* Over the limit a client has 10 s to catch up, is not read from meanwhile, and has a little room on top. */
static void
check_backlog (GateClient *self)
{
  GateOutbox *outbox = self->outbox;
  gsize n_bytes = gate_outbox_get_bytes (outbox);
  guint limit = self->limits->send_buffer_bytes;
  gboolean is_over = limit > 0 && n_bytes > limit;

  self->edge->send_buffer_bytes += n_bytes - outbox->counted_bytes;
  outbox->counted_bytes = n_bytes;
  if (is_over != self->is_reading_stopped) {
    self->is_reading_stopped = is_over;
    gate_client_update_events (self);
  }
  if (!is_over)
    gate_loop_disarm (self->edge->loop, &outbox->slow);
  else if (!gate_timer_is_armed (&outbox->slow))
    gate_loop_arm (self->edge->loop, &outbox->slow, GATE_EDGE_SLOW_MS);
  if (is_over && n_bytes > HARD_LIMIT (limit) && self->stage != GATE_CLIENT_CLOSING) {
    gate_outbox_drop_all (outbox);
    gate_client_close (self, 4008, "slow consumer");
  }
}

static gboolean
is_over_limit (const GateClient *self)
{
  guint limit = self->limits->send_buffer_bytes;

  return limit > 0 && gate_outbox_get_bytes (self->outbox) > limit;
}

void
gate_client_push (GateClient       *self,
                  const GatePacked *frame)
{
  if (self->is_dead || self->stage == GATE_CLIENT_CLOSING || frame->n_bytes == 0)
    return;
  gate_outbox_push (need_outbox (self), frame, self->limits->max_frame_bytes, self->edge->arena);
  if (gate_frame_can_wait (frame))
    schedule_later (self);
  else
    schedule (self);
  /* A client that keeps up has its frames gathered until the end of the turn; one with a backlog is looked at now. */
  if (self->is_write_blocked || is_over_limit (self))
    gate_client_flush (self);
}

static void
pack_error (WireBuffer *out,
            guint32     id,
            guint       code,
            const char *slug,
            guint       retry_after_ms,
            gboolean    is_fatal)
{
  Gate__V1__Error error = GATE__V1__ERROR__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (ERROR, error, &error);

  frame.id = id;
  error.code = code;
  error.slug = (char *) slug;
  error.retry_after_ms = retry_after_ms;
  error.fatal = is_fatal;
  wire_frame_pack (&frame, out);
}

void
gate_client_push_error (GateClient *self,
                        guint32     id,
                        guint       code,
                        const char *slug,
                        guint       retry_after_ms)
{
  g_auto (WireBuffer) packed = WIRE_BUFFER_INIT;

  pack_error (&packed, id, code, slug, retry_after_ms, FALSE);
  gate_client_push (self, &(GatePacked){ packed.data, packed.n_bytes });
}

void
gate_client_queue_last_error (GateClient *self,
                              guint       code,
                              const char *slug)
{
  g_auto (WireBuffer) packed = WIRE_BUFFER_INIT;

  pack_error (&packed, 0, code, slug, 0, TRUE);
  gate_outbox_push (need_outbox (self), &(GatePacked){ packed.data, packed.n_bytes },
                    self->limits->max_frame_bytes, self->edge->arena);
}

void
gate_client_push_bytes (GateClient   *self,
                        const guint8 *bytes,
                        gsize         n_bytes)
{
  if (self->is_dead)
    return;
  wire_buffer_append (&need_outbox (self)->wire, bytes, n_bytes);
  schedule (self);
}

/* What was encoded, with the header of the framing. */
static void
append_encoded (GateClient *self,
                WireBuffer *out)
{
  const WireBuffer *encoded = &self->edge->encoded;
  guint8 header[GATE_FRAMING_MAX_HEADER_BYTES];

  wire_buffer_append (out, header,
                      gate_framings[self->framing].write_header (header,
                                                                 gate_codecs[self->codec].is_text,
                                                                 encoded->n_bytes));
  wire_buffer_append (out, encoded->data, encoded->n_bytes);
}

void
gate_client_frame (GateClient       *self,
                   const GatePacked *frames,
                   guint             n_frames,
                   WireBuffer       *out)
{
  const GateCodec *codec = &gate_codecs[self->codec];
  WireBuffer *encoded = &self->edge->encoded;

  encoded->n_bytes = 0;
  if (n_frames > 1)
    codec->encode_batch (&self->edge->codec_tools, frames, n_frames, encoded);
  else
    codec->encode (&self->edge->codec_tools, &frames[0], encoded);
  append_encoded (self, out);
}

void
gate_client_frame_own (GateClient            *self,
                       const Gate__V1__Frame *frame,
                       WireBuffer            *out)
{
  self->edge->encoded.n_bytes = 0;
  gate_codecs[self->codec].encode_own (frame, &self->edge->encoded);
  append_encoded (self, out);
}

/* Encodes and frames the oldest frames, as one Batch where the client takes those; FALSE when there are none. */
static gboolean
frame_some (GateClient *self,
            WireBuffer *out)
{
  gsize max_bytes = self->limits->max_frame_bytes / gate_codecs[self->codec].expansion * 3 / 4;
  GatePacked frames[BATCH_FRAMES];
  guint n_frames =
    gate_outbox_peek (self->outbox, frames, self->limits->has_batch ? BATCH_FRAMES : 1, max_bytes);

  if (n_frames == 0)
    return FALSE;
  gate_client_frame (self, frames, n_frames, out);
  gate_outbox_drop (self->outbox, n_frames);
  return TRUE;
}

void
gate_client_frame_all (GateClient *self)
{
  if (self->outbox == NULL || self->codec == GATE_CODEC_UNDECIDED)
    return;
  while (frame_some (self, &self->outbox->wire)) {
  }
}

typedef enum {
  WRITE_DONE,
  WRITE_BLOCKED,
  WRITE_FAILED,
} WriteResult;

static WriteResult
write_bytes (GateClient   *self,
             const guint8 *bytes,
             gsize         n_bytes,
             gsize        *ret_n_written)
{
  struct iovec piece = { (gpointer) bytes, n_bytes };
  gssize n_written = gate_transports[self->transport].write (self, &piece, 1);

  *ret_n_written = n_written > 0 ? (gsize) n_written : 0;
  if (n_written == (gssize) n_bytes)
    return WRITE_DONE;
  return n_written >= 0 || errno == EAGAIN || errno == EINTR ? WRITE_BLOCKED : WRITE_FAILED;
}

void
gate_client_write_replies (GateClient *self)
{
  WireBuffer *replies = &self->edge->replies;
  gsize n_written;
  WriteResult result = write_bytes (self, replies->data, replies->n_bytes, &n_written);

  if (result == WRITE_FAILED)
    gate_client_lose (self, 0);
  else if (result == WRITE_BLOCKED)
    gate_client_push_bytes (self, replies->data + n_written, replies->n_bytes - n_written);
}

static WriteResult
write_wire (GateClient *self)
{
  GateOutbox *outbox = self->outbox;
  gsize n_written;
  WriteResult result = write_bytes (self, outbox->wire.data + outbox->wire_sent,
                                    outbox->wire.n_bytes - outbox->wire_sent, &n_written);

  outbox->wire_sent += n_written;
  if (result == WRITE_DONE) {
    outbox->wire.n_bytes = 0;
    outbox->wire_sent = 0;
  }
  return result;
}

/* Frames at most a chunk into the shared buffer and writes it; only what the socket does not take is kept. */
static WriteResult
write_frames (GateClient *self)
{
  WireBuffer *framed = &self->edge->framed;
  gsize n_written;
  WriteResult result;

  framed->n_bytes = 0;
  while (framed->n_bytes < CHUNK_BYTES && frame_some (self, framed)) {
  }
  if (framed->n_bytes == 0)
    return WRITE_DONE;
  result = write_bytes (self, framed->data, framed->n_bytes, &n_written);
  if (result == WRITE_BLOCKED)
    wire_buffer_append (&self->outbox->wire, framed->data + n_written, framed->n_bytes - n_written);
  return result;
}

static WriteResult
write_all (GateClient *self)
{
  WriteResult result = WRITE_DONE;
  gboolean has_frames = TRUE;

  while (result == WRITE_DONE && has_frames) {
    if (self->outbox->wire.n_bytes > 0)
      result = write_wire (self);
    has_frames = self->codec != GATE_CODEC_UNDECIDED && gate_outbox_has_frames (self->outbox);
    if (result == WRITE_DONE && has_frames)
      result = write_frames (self);
  }
  return result;
}

static void
flushed (GateClient *self)
{
  gate_client_drop_outbox (self);
  if (self->is_reading_stopped) {
    self->is_reading_stopped = FALSE;
    gate_client_update_events (self);
  }
  if (self->stage == GATE_CLIENT_CLOSING && !self->is_shut) {
    self->is_shut = TRUE;
    gate_transports[self->transport].shut (self);
  }
}

void
gate_client_flush (GateClient *self)
{
  WriteResult result;

  if (self->is_dead || self->outbox == NULL)
    return;
  result = write_all (self);
  if (result == WRITE_FAILED) {
    gate_client_lose (self, 0);
    return;
  }
  if (self->is_write_blocked != (result == WRITE_BLOCKED)) {
    self->is_write_blocked = result == WRITE_BLOCKED;
    gate_client_update_events (self);
  }
  if (result == WRITE_DONE)
    flushed (self);
  else
    check_backlog (self);
}

static void
flush_numbers (GateEdge *edge,
               GArray   *numbers)
{
  /* Closing one connection may schedule it again: the array may grow meanwhile. */
  for (guint i = 0; i < numbers->len; i++) {
    GateClient *client = gate_client_find (edge, g_array_index (numbers, guint32, i));

    if (client == NULL)
      continue;
    client->is_to_flush = FALSE;
    client->is_waiting = FALSE;
    gate_client_flush (client);
  }
  g_array_set_size (numbers, 0);
}

void
gate_edge_flush (GateEdge *edge)
{
  flush_numbers (edge, edge->to_flush);
  if (edge->waiting->len > 0 && gate_loop_get_now_us (edge->loop) >= edge->waiting_due_us)
    flush_numbers (edge, edge->waiting);
  for (guint i = 0; i < edge->dead->len; i++)
    gate_slab_give_back (edge->clients, g_array_index (edge->dead, guint, i));
  if (edge->dead->len > 0) {
    g_array_set_size (edge->dead, 0);
    gate_listener_update (&edge->listener);
  }
}

void
gate_edge_resume_reading (GateEdge *edge)
{
  edge->is_link_over = FALSE;
  for (guint i = 0; i < edge->paused->len; i++) {
    GateClient *client = gate_client_find (edge, g_array_index (edge->paused, guint32, i));

    if (client == NULL)
      continue;
    client->is_paused = FALSE;
    gate_client_update_events (client);
  }
  g_array_set_size (edge->paused, 0);
}
