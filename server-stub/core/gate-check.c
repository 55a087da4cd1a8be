/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-agent.h"
#include "gate-conversation.h"
#include "gate-queue.h"
#include "gate-session.h"

#include <stdlib.h>

/*
 * The invariants of `PRODUCT.md` 5.2 as far as they can be read off the state: exactly one owner; the queue in order;
 * slots within caps; every state has an exit without a human. What runs over time (order of offers, seq without gaps, no
 * visitor-visible event with a note, replay) is checked by the router in checked mode and by the simulator.
 */

static void G_GNUC_NORETURN
broken (const GateConversation *conv,
        const char             *what)
{
  if (conv != NULL)
    g_printerr ("conversation %" G_GUINT64_FORMAT ": state %u epoch %u agent %" G_GUINT64_FORMAT
                " last %" G_GUINT64_FORMAT " queue %s due %" G_GUINT64_FORMAT
                " seq %" G_GUINT64_FORMAT " pending %u shown %u/%u\n",
                conv->row.conv, conv->row.state, conv->row.epoch, conv->row.agent,
                conv->row.last_agent, conv->row.queue != NULL ? conv->row.queue : "-",
                conv->row.due, conv->shown.last_seq, conv->n_pending, conv->shown.state,
                conv->shown.epoch);
  g_printerr ("invariant broken: %s\n", what);
  abort ();
}

#define CHECK(condition, conv, what) \
  G_STMT_START                       \
  {                                  \
    if (!(condition))                \
      broken ((conv), (what));       \
  }                                  \
  G_STMT_END

static gboolean
needs_agent (guint state)
{
  return state == GATE__V1__STATE__ST_ACTIVE || state == GATE__V1__STATE__ST_HELD ||
         state == GATE__V1__STATE__ST_SNOOZED || state == GATE__V1__STATE__ST_WRAPUP ||
         state == GATE__V1__STATE__ST_OFFERED;
}

/* Some clock or loss that the core sees by itself leads out of every state but CLOSED. */
static gboolean
has_exit (GateCore               *core,
          const GateConversation *conv)
{
  const GateConvRow *row = &conv->row;
  const GateAgent *owner = row->agent != 0 ? gate_agent_find (core, row->agent) : NULL;

  if (row->state == GATE__V1__STATE__ST_CLOSED || row->state == GATE__V1__STATE__ST_BOT)
    return TRUE; /* the bot's silence timer comes with the bot */
  if (row->state == GATE__V1__STATE__ST_QUEUED)
    return conv->waiter != NULL && (conv->is_visitor_here || conv->grace.link != NULL);
  if (row->state == GATE__V1__STATE__ST_ACTIVE || row->state == GATE__V1__STATE__ST_HELD)
    return owner != NULL && (owner->n_links > 0 || owner->grace.link != NULL) &&
           (row->state == GATE__V1__STATE__ST_HELD || core->settings.idle_close_ms < 0 ||
            core->settings.idle_slot_ms < 0 || conv->timer.link != NULL);
  return row->due != 0 && conv->timer.link != NULL;
}

static void
check_conversation (GateCore               *core,
                    const GateConversation *conv)
{
  const GateConvRow *row = &conv->row;

  CHECK (row->state != 0 || conv->n_pending > 0, conv, "NEW never stays");
  CHECK (needs_agent (row->state) == (row->agent != 0), conv, "exactly one owner");
  CHECK ((conv->waiter != NULL) == (row->state == GATE__V1__STATE__ST_QUEUED), conv,
         "who waits stands in the queue");
  CHECK (conv->queue != NULL && g_strcmp0 (conv->queue->name, row->queue) == 0, conv, "its queue");
  CHECK (row->state == GATE__V1__STATE__ST_CLOSED || conv->visitor->conv == conv, conv,
         "one open conversation a visitor");
  CHECK (has_exit (core, conv), conv, "an exit without a human");
  CHECK (conv->n_pending > 0 ||
           (conv->shown.state == row->state && conv->shown.epoch == row->epoch &&
            conv->shown.agent == row->agent),
         conv, "what is shown is what was committed");
  CHECK (conv->shown.epoch <= row->epoch, conv, "epochs only grow");
  CHECK (conv->n_pending > 0 || conv->n_pending_staff == 0, conv, "pending lines are counted");
  CHECK (conv->shown.staff_seq <= conv->shown.last_seq &&
           conv->shown.visitor_read <= conv->shown.last_seq &&
           conv->shown.staff_read <= conv->shown.last_seq,
         conv, "marks within the log");
}

static void
check_agent (GateCore        *core,
             const GateAgent *agent)
{
  GateTableIter iter;
  guint64 *key;
  guint load = 0;
  guint n_links = 0;

  gate_table_iter_init (&iter, core->conversations);
  while ((key = gate_table_iter_next (&iter)) != NULL)
    load +=
      gate_conversation_loads (gate_container_of (key, GateConversation, row.conv), agent->id);
  CHECK (load == agent->load, NULL, "the load of an agent is the sum over conversations");
  CHECK (agent->load <= agent->load_limit, NULL, "load within capacity, but for explicit pulls");
  for (const GateSession *session = agent->sessions; session != NULL; session = session->next)
    n_links += session->head.conn != 0;
  CHECK (n_links == agent->n_links, NULL, "links of an agent");
}

static void
check_queue (const GateQueue *queue)
{
  GSequenceIter *iter = g_sequence_get_begin_iter (queue->waiters);
  const GateConversation *before = NULL;

  for (; !g_sequence_iter_is_end (iter); iter = g_sequence_iter_next (iter)) {
    const GateConversation *conv = g_sequence_get (iter);

    CHECK (before == NULL || gate_queue_compare (before, conv) < 0, conv, "the queue is in order");
    before = conv;
  }
}

static void
check_sessions (GateCore *core)
{
  GateTableIter iter;
  guint64 *key;

  gate_table_iter_init (&iter, core->sessions);
  while ((key = gate_table_iter_next (&iter)) != NULL) {
    const GateSession *session = gate_container_of (key, GateSession, id);

    CHECK (session->head.conn == 0 || gate_conn_find (core, session->head.conn) == &session->head,
           NULL, "a session's connection is its own");
  }
}

void
gate_core_check_step (GateCore *self)
{
  guint n = MIN (self->n_changed, G_N_ELEMENTS (self->changed));

  for (guint i = 0; i < n; i++) {
    GateConversation *conv = gate_conversation_find (self, self->changed[i]);

    if (conv != NULL)
      check_conversation (self, conv);
  }
  self->n_changed = 0;
}

void
gate_core_check (GateCore *self)
{
  GateTableIter iter;
  guint64 *key;
  guint n_by_state[16] = { 0 };

  gate_table_iter_init (&iter, self->conversations);
  while ((key = gate_table_iter_next (&iter)) != NULL) {
    GateConversation *conv = gate_container_of (key, GateConversation, row.conv);

    check_conversation (self, conv);
    n_by_state[conv->row.state]++;
  }
  CHECK (memcmp (n_by_state, self->n_by_state, sizeof n_by_state) == 0, NULL, "states are counted");
  for (guint i = 0; i < self->agent_array->len; i++)
    check_agent (self, g_ptr_array_index (self->agent_array, i));
  for (guint i = 0; i < self->queues->len; i++)
    check_queue (g_ptr_array_index (self->queues, i));
  check_sessions (self);
}

void
gate_core_set_checked (GateCore *self,
                       gboolean  is_checked)
{
  self->is_checked = is_checked;
}
