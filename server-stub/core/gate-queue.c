/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-queue.h"

#include "gate-conversation.h"
#include "gate-lists.h"
#include "gate-outgoing.h"

/* The estimate, `SYSTEMS.md` 4.2: position × EWMA of the interval between assignments. */
#define ALPHA       0.2
#define MIN_SAMPLES 5
#define MIN_ETA_S   5
#define MAX_ETA_S   3600

/* Far behind, every single step forward is not worth a frame. */
#define NEAR_POSITIONS 20

static const gint64 head_start_ms[] = { 600000, 120000, 0, -120000 };

static GateQueue *
queue_new (GateCore            *core,
           const GateCoreQueue *settings)
{
  GateQueue *self = g_new0 (GateQueue, 1);

  self->name = g_strdup (settings->name);
  self->title = g_strdup (gate_text_is_empty (settings->title) ? settings->name : settings->title);
  self->priority = settings->priority;
  self->agents = g_strdupv (settings->agents);
  self->index = core->queues->len;
  self->waiters = g_sequence_new (NULL);
  g_ptr_array_add (core->queues, self);
  return self;
}

void
gate_queue_load (GateCore            *core,
                 const GateCoreQueue *queues,
                 guint                n_queues)
{
  static const GateCoreQueue fallback = { .name = "default", .title = "Default" };

  for (guint i = 0; i < n_queues && core->queues->len < GATE_MAX_QUEUES; i++)
    queue_new (core, &queues[i]);
  if (core->queues->len == 0)
    queue_new (core, &fallback);
}

void
gate_queue_free (GateQueue *self)
{
  g_free (self->name);
  g_free (self->title);
  g_strfreev (self->agents);
  g_sequence_free (self->waiters);
  g_free (self);
}

GateQueue *
gate_queue_find_exact (GateCore   *core,
                       const char *name)
{
  for (guint i = 0; !gate_text_is_empty (name) && i < core->queues->len; i++) {
    GateQueue *queue = g_ptr_array_index (core->queues, i);

    if (strcmp (queue->name, name) == 0)
      return queue;
  }
  return NULL;
}

GateQueue *
gate_queue_find (GateCore   *core,
                 const char *name)
{
  GateQueue *queue = gate_queue_find_exact (core, name);

  return queue != NULL ? queue : g_ptr_array_index (core->queues, 0);
}

/* --- Order ------------------------------------------------------------------------------------------------- */

gint64
gate_queue_key (const GateConversation *conv)
{
  gint32 priority = CLAMP (conv->row.priority, 0, (gint32) G_N_ELEMENTS (head_start_ms) - 1);

  return (gint64) conv->row.enqueued_at - head_start_ms[priority];
}

int
gate_queue_compare (const GateConversation *a,
                    const GateConversation *b)
{
  gint64 key_a = gate_queue_key (a);
  gint64 key_b = gate_queue_key (b);

  if (key_a != key_b)
    return key_a < key_b ? -1 : 1;
  return a->row.conv < b->row.conv ? -1 : a->row.conv > b->row.conv;
}

static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer      user_data)
{
  return gate_queue_compare (a, b);
}

void
gate_queue_push (GateCore         *core,
                 GateConversation *conv)
{
  g_assert (conv->waiter == NULL);
  conv->waiter = g_sequence_insert_sorted (conv->queue->waiters, conv, compare, NULL);
  conv->queue->is_moved = TRUE;
  core->must_match = TRUE;
  gate_lists_mark_queue (core, conv->queue);
}

void
gate_queue_remove (GateCore         *core,
                   GateConversation *conv)
{
  g_sequence_remove (conv->waiter);
  conv->waiter = NULL;
  conv->queue->is_moved = TRUE;
  gate_lists_mark_queue (core, conv->queue);
}

/* --- The estimate -------------------------------------------------------------------------------------------- */

void
gate_queue_assigned (GateCore  *core,
                     GateQueue *self)
{
  double interval_ms = (double) (core->now_ms - self->last_assigned_ms);

  if (self->last_assigned_ms != 0) {
    self->interval_ms =
      self->n_samples == 0 ? interval_ms : ALPHA * interval_ms + (1 - ALPHA) * self->interval_ms;
    self->n_samples++;
  }
  self->last_assigned_ms = core->now_ms;
}

guint
gate_queue_eta_s (const GateQueue *self,
                  guint            position)
{
  double eta_s = self->interval_ms * position / 1000;

  if (self->n_samples < MIN_SAMPLES || position == 0)
    return 0;
  return (guint) CLAMP (eta_s, MIN_ETA_S, MAX_ETA_S);
}

guint
gate_queue_position (const GateConversation *conv)
{
  return conv->waiter != NULL ? (guint) g_sequence_iter_get_position (conv->waiter) + 1 : 1;
}

/* --- Telling --------------------------------------------------------------------------------------------------- */

void
gate_queue_send_position (GateCore         *core,
                          GateConversation *conv,
                          GateSession      *session)
{
  Gate__V1__QueueUpdate update = GATE__V1__QUEUE_UPDATE__INIT;
  guint position = gate_queue_position (conv);

  if (!gate_conversation_is_waiting (&conv->shown) || conv->queue == NULL)
    return;
  update.conv = conv->row.conv;
  update.position = position;
  update.eta_s = gate_queue_eta_s (conv->queue, position);
  update.queue = conv->queue->name;
  update.size = (guint) MAX (g_sequence_get_length (conv->queue->waiters), (gint) position);
  if (session != NULL) {
    gate_send (core, session, &update.base);
    return;
  }
  conv->position_sent = position;
  gate_tell_visitor (core, conv, 0, &update.base);
}

static gboolean
is_news (guint sent,
         guint position)
{
  if (position <= NEAR_POSITIONS)
    return sent != position;
  return sent == 0 || sent < position || sent - position >= position / 10;
}

static void
send_moved (GateCore  *core,
            GateQueue *self)
{
  GSequenceIter *iter = g_sequence_get_begin_iter (self->waiters);

  for (guint position = 1; !g_sequence_iter_is_end (iter); position++) {
    GateConversation *conv = g_sequence_get (iter);

    if (is_news (conv->position_sent, position) && gate_conversation_is_waiting (&conv->shown))
      gate_queue_send_position (core, conv, NULL);
    iter = g_sequence_iter_next (iter);
  }
}

void
gate_queue_send_moved (GateCore *core)
{
  for (guint i = 0; i < core->queues->len; i++) {
    GateQueue *queue = g_ptr_array_index (core->queues, i);

    if (!queue->is_moved)
      continue;
    queue->is_moved = FALSE;
    send_moved (core, queue);
  }
}
