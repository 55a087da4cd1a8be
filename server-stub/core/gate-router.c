/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-router.h"

#include "gate-agent.h"
#include "gate-conversation.h"
#include "gate-metric-table.h"
#include "gate-queue.h"

/*
 * `SYSTEMS.md` 4.2. A pass over the waiters of all queues in order (queue priority, then key) while somebody has
 * room. Cost: nothing without free agents; else the waiters that are looked at times the free agents, which is small
 * because a waiter without an eligible agent is the exception.
 */

gboolean
gate_router_is_eligible (GateCore               *core,
                         const GateConversation *conv,
                         GateAgent              *agent)
{
  if (!gate_agent_has_room (agent, gate_conversation_weight (conv)) ||
      !(agent->rights & GATE_RIGHT_CHAT))
    return FALSE;
  if (!(agent->serves & (G_GUINT64_CONSTANT (1) << conv->queue->index)))
    return FALSE;
  for (guint i = 0; conv->declined != NULL && i < conv->declined->len; i++) {
    const GateDeclined *declined = &g_array_index (conv->declined, GateDeclined, i);

    if (declined->agent == agent->id && declined->until_ms > core->now_ms)
      return FALSE;
  }
  return !gate_agent_is_limited (core, agent);
}

void
gate_router_decline (GateCore         *core,
                     GateConversation *conv,
                     guint64           agent)
{
  GateDeclined declined = { agent, core->now_ms + GATE_DECLINED_MS };

  if (conv->declined == NULL)
    conv->declined = g_array_new (FALSE, FALSE, sizeof (GateDeclined));
  for (guint i = conv->declined->len; i > 0; i--) {
    const GateDeclined *old = &g_array_index (conv->declined, GateDeclined, i - 1);

    if (old->until_ms <= core->now_ms || old->agent == agent)
      g_array_remove_index (conv->declined, i - 1);
  }
  if (conv->declined->len >= GATE_MAX_DECLINED)
    g_array_remove_index (conv->declined, 0);
  g_array_append_val (conv->declined, declined);
}

/* Load over capacity, then longest since the last assignment, then id. */
static gboolean
is_better (const GateAgent *a,
           const GateAgent *b)
{
  guint64 ratio_a = (guint64) a->load * b->capacity;
  guint64 ratio_b = (guint64) b->load * a->capacity;

  if (ratio_a != ratio_b)
    return ratio_a < ratio_b;
  if (a->last_assigned_ms != b->last_assigned_ms)
    return a->last_assigned_ms < b->last_assigned_ms;
  return a->id < b->id;
}

static GateAgent *
choose (GateCore         *core,
        GateConversation *conv,
        GPtrArray        *pool)
{
  GateAgent *best = NULL;

  for (guint i = 0; i < pool->len; i++) {
    GateAgent *agent = g_ptr_array_index (pool, i);

    if (gate_router_is_eligible (core, conv, agent) && (best == NULL || is_better (agent, best)))
      best = agent;
  }
  return best;
}

/* Whom they talked with last, if that agent can; TRUE with no agent: online but full, worth a little wait. */
static gboolean
prefer_last (GateCore          *core,
             GateConversation  *conv,
             GateAgent        **ret_agent)
{
  GateAgent *agent = conv->sticky != 0 ? gate_agent_find (core, conv->sticky) : NULL;

  if (agent == NULL)
    return FALSE;
  if (gate_router_is_eligible (core, conv, agent)) {
    *ret_agent = agent;
    return TRUE;
  }
  return agent->status == GATE__V1__STATUS__SS_ONLINE &&
         !gate_agent_has_room (agent, gate_conversation_weight (conv)) &&
         core->now_ms < conv->sticky_until_ms;
}

/* Nobody who has waited longer with the same priority and could have had this agent is passed over. */
static void
check_order (GateCore         *core,
             GateConversation *conv,
             GateAgent        *agent)
{
  GSequenceIter *iter = conv->waiter;

  while (!g_sequence_iter_is_begin (iter)) {
    GateConversation *earlier;

    iter = g_sequence_iter_prev (iter);
    earlier = g_sequence_get (iter);
    g_assert (earlier->is_lost || !gate_router_is_eligible (core, earlier, agent) ||
              (earlier->sticky != 0 && core->now_ms < earlier->sticky_until_ms));
  }
}

static void
offer (GateCore         *core,
       GateConversation *conv,
       GateAgent        *agent,
       gboolean          is_sticky)
{
  GateChange change = { .event = GATE_EVENT_OFFER,
                        .actor_role = GATE__V1__ROLE__SYSTEM,
                        .agent = agent->id };

  change.why = is_sticky ? GATE__V1__WHY__WHY_STICKY : GATE__V1__WHY__WHY_ROUTED;
  if (!is_sticky && conv->row.why == GATE__V1__WHY__WHY_OVERFLOW)
    change.why = GATE__V1__WHY__WHY_OVERFLOW;
  if (core->is_checked)
    check_order (core, conv, agent);
  g_assert (gate_agent_has_room (agent, gate_conversation_weight (conv)));
  gate_queue_assigned (core, conv->queue);
  gate_conversation_change (core, conv, &change);
}

static gboolean
route (GateCore         *core,
       GateConversation *conv,
       GPtrArray        *pool)
{
  GateAgent *agent = NULL;
  gboolean is_sticky = prefer_last (core, conv, &agent);

  if (!is_sticky)
    agent = choose (core, conv, pool);
  gate_core_count (core, GATE_METRIC_ROUTE_DECISIONS,
                   GATE_LABEL_ROUTE (GATE_POLICY_LEAST_LOADED,
                                     agent != NULL ? GATE_ROUTED_OFFERED : GATE_ROUTED_NOBODY));
  if (agent == NULL)
    return FALSE;
  offer (core, conv, agent, is_sticky);
  if (!gate_agent_has_room (agent, 1))
    g_ptr_array_remove (pool, agent);
  return TRUE;
}

static GPtrArray *
agents_with_room (GateCore *core,
                  guint64  *ret_serves)
{
  GPtrArray *pool = g_ptr_array_new ();

  for (guint i = 0; i < core->agent_array->len; i++) {
    GateAgent *agent = g_ptr_array_index (core->agent_array, i);

    if (!gate_agent_has_room (agent, 1))
      continue;
    g_ptr_array_add (pool, agent);
    *ret_serves |= agent->serves;
  }
  return pool;
}

/* The waiter that is next in order over all queues somebody with room serves. */
static GateConversation *
next_waiter (GateCore       *core,
             GSequenceIter **heads,
             guint64         serves)
{
  GateConversation *best = NULL;

  for (guint i = 0; i < core->queues->len; i++) {
    GateConversation *conv;

    if (!(serves & (G_GUINT64_CONSTANT (1) << i)) || g_sequence_iter_is_end (heads[i]))
      continue;
    conv = g_sequence_get (heads[i]);
    if (best == NULL || conv->queue->priority > best->queue->priority ||
        (conv->queue->priority == best->queue->priority && gate_queue_compare (conv, best) < 0))
      best = conv;
  }
  return best;
}

static void
match (GateCore  *core,
       GPtrArray *pool,
       guint64    serves)
{
  GSequenceIter *heads[GATE_MAX_QUEUES];

  for (guint i = 0; i < core->queues->len; i++)
    heads[i] =
      g_sequence_get_begin_iter (((GateQueue *) g_ptr_array_index (core->queues, i))->waiters);
  while (pool->len > 0) {
    GateConversation *conv = next_waiter (core, heads, serves);

    if (conv == NULL)
      return;
    /* First on: an offer takes the waiter out of the sequence. */
    heads[conv->queue->index] = g_sequence_iter_next (heads[conv->queue->index]);
    if (!conv->is_lost)
      route (core, conv, pool);
  }
}

void
gate_router_match (GateCore *core)
{
  guint64 serves = 0;
  g_autoptr (GPtrArray) pool = NULL;

  if (!core->must_match || core->is_draining)
    return;
  core->must_match = FALSE;
  pool = agents_with_room (core, &serves);
  if (pool->len > 0)
    match (core, pool, serves);
  core->must_match = FALSE; /* what was offered has changed loads, but frees nothing */
}

void
gate_router_tick (GateCore *core)
{
  gboolean has_waiters = FALSE;

  for (guint i = 0; i < core->queues->len && !has_waiters; i++) {
    GateQueue *queue = g_ptr_array_index (core->queues, i);

    has_waiters = g_sequence_get_length (queue->waiters) > 0;
  }
  core->must_match |= has_waiters;
}
