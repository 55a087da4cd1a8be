/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-stats.h"

#include "gate-metric-table.h"

/* The gauges of `SYSTEMS.md` 5.1. Given when something has changed, so that an idle gateway sleeps. */

#define MILLION 1000000

void
gate_stats_wake (GateCore *core)
{
  core->stats_due_ms = MIN (core->stats_due_ms, core->now_ms + GATE_STATS_MS);
}

void
gate_stats_count (GateCore               *core,
                  const GateConversation *conv,
                  int                     change)
{
  guint channel = MIN (conv->row.channel, GATE_N_CHANNELS - 1);

  core->n_by_channel[conv->row.state][channel] += (guint) change;
  gate_stats_wake (core);
}

static void
give_at (GateCore *core,
         guint     metric,
         guint     label,
         gint64    value)
{
  if (core->remote.gauge_at != NULL)
    core->remote.gauge_at (core->remote_data, metric, label, value);
}

static void
give_conversations (GateCore *core)
{
  for (guint state = 1; state < GATE_N_STATES; state++) {
    for (guint channel = 0; channel < GATE_N_CHANNELS; channel++) {
      /* How many closed ones happen to be in memory says nothing. */
      gint64 n = state == GATE__V1__STATE__ST_CLOSED ? 0 : core->n_by_channel[state][channel];

      give_at (core, GATE_METRIC_CONVERSATIONS, GATE_LABEL_CONVERSATION (state, channel), n);
    }
  }
}

static void
give_agents (GateCore *core)
{
  guint n_by_status[GATE__V1__STATUS__SS_INVISIBLE + 1] = { 0 };

  for (guint i = 0; i < core->agent_array->len; i++)
    n_by_status[((GateAgent *) g_ptr_array_index (core->agent_array, i))->status]++;
  for (guint i = 0; i < G_N_ELEMENTS (n_by_status); i++)
    give_at (core, GATE_METRIC_AGENTS, i, n_by_status[i]);
}

/* Slots in use over slots there are, of the agents who serve the queue and are here. */
static gint64
capacity_used (GateCore        *core,
               const GateQueue *queue)
{
  guint64 load = 0;
  guint64 capacity = 0;

  for (guint i = 0; i < core->agent_array->len; i++) {
    const GateAgent *agent = g_ptr_array_index (core->agent_array, i);

    if (agent->n_links == 0 || !(agent->serves & (G_GUINT64_CONSTANT (1) << queue->index)))
      continue;
    load += agent->load;
    capacity += 2 * (guint64) agent->capacity;
  }
  return capacity > 0 ? (gint64) (load * MILLION / capacity) : 0;
}

static gboolean
give_queue (GateCore  *core,
            GateQueue *queue)
{
  gint length = g_sequence_get_length (queue->waiters);
  gint64 oldest_us = 0;

  if (length > 0) {
    const GateConversation *first = g_sequence_get (g_sequence_get_begin_iter (queue->waiters));

    oldest_us = (core->wall_ms - (gint64) first->row.enqueued_at) * 1000;
  }
  gate_core_gauge (core, GATE_METRIC_QUEUE_LENGTH, queue->name, length);
  gate_core_gauge (core, GATE_METRIC_QUEUE_OLDEST_WAIT, queue->name, MAX (oldest_us, 0));
  gate_core_gauge (core, GATE_METRIC_AGENT_CAPACITY_USED, queue->name, capacity_used (core, queue));
  return length > 0;
}

void
gate_stats_give (GateCore *core)
{
  gboolean has_waiters = FALSE;

  core->stats_due_ms = G_MAXINT64;
  give_conversations (core);
  give_agents (core);
  for (guint i = 0; i < core->queues->len; i++)
    has_waiters |= give_queue (core, g_ptr_array_index (core->queues, i));
  if (has_waiters) /* the oldest grows older by itself */
    gate_stats_wake (core);
}
