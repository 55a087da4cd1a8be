/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-conversation.h"

#include "gate-agent.h"
#include "gate-commit.h"
#include "gate-conv-row.h"
#include "gate-lists.h"
#include "gate-outgoing.h"
#include "gate-park.h"
#include "gate-queue.h"
#include "gate-session.h"
#include "gate-stats.h"

#define STICKY_WAIT_MS 30000
#define UNSAFE_MS      10000 /* an answer of the store may be so old */
#define CLOSED_KEPT_MS ((gint64) 5 * 60 * 1000)
#define SNOOZE_LONGEST (G_GUINT64_CONSTANT (30) * 24 * 3600 * 1000)
#define REREAD_MS      1000

gboolean
gate_conversation_is_owned (const GateConvRow *row)
{
  return row->agent != 0 &&
         (row->state == GATE__V1__STATE__ST_ACTIVE || row->state == GATE__V1__STATE__ST_HELD ||
          row->state == GATE__V1__STATE__ST_SNOOZED || row->state == GATE__V1__STATE__ST_WRAPUP);
}

gboolean
gate_conversation_is_waiting (const GateConvRow *row)
{
  return row->state == GATE__V1__STATE__ST_QUEUED || row->state == GATE__V1__STATE__ST_OFFERED;
}

gboolean
gate_conversation_has_joined (const GateConversation *conv,
                              guint64                 agent)
{
  for (guint i = 0; i < conv->n_joined; i++) {
    if (conv->joined[i] == agent)
      return TRUE;
  }
  return FALSE;
}

guint
gate_conversation_weight (const GateConversation *conv)
{
  guint channel = conv->row.channel;

  return channel >= GATE__V1__CHANNEL__CH_WECHAT_MP && channel <= GATE__V1__CHANNEL__CH_FEISHU ? 1
                                                                                               : 2;
}

guint
gate_conversation_loads (const GateConversation *conv,
                         guint64                 agent)
{
  const GateConvRow *row = &conv->row;

  if (agent == 0)
    return 0;
  if (row->agent == agent)
    return row->state == GATE__V1__STATE__ST_OFFERED || row->state == GATE__V1__STATE__ST_HELD ||
               row->state == GATE__V1__STATE__ST_WRAPUP ||
               (row->state == GATE__V1__STATE__ST_ACTIVE && !conv->is_idle)
             ? gate_conversation_weight (conv)
             : 0;
  /* Who handed it to a colleague keeps the slot until the colleague has accepted. */
  return row->last_agent == agent && row->state == GATE__V1__STATE__ST_OFFERED &&
             row->why == GATE__V1__WHY__WHY_TRANSFERRED
           ? gate_conversation_weight (conv)
           : 0;
}

gboolean
gate_conversation_may_read (GateCore               *core,
                            const GateConversation *conv,
                            const GateAgent        *agent)
{
  if (agent->rights & GATE_RIGHT_FLOOR)
    return TRUE;
  if (conv->row.agent == agent->id || conv->row.last_agent == agent->id ||
      conv->shown.agent == agent->id || gate_conversation_has_joined (conv, agent->id))
    return TRUE;
  if (conv->queue != NULL && (agent->serves & (G_GUINT64_CONSTANT (1) << conv->queue->index)))
    return TRUE;
  for (guint i = 0; conv->watchers != NULL && i < conv->watchers->len; i++) {
    if (g_array_index (conv->watchers, GateWatcher, i).agent == agent->id)
      return TRUE;
  }
  for (guint i = 0; conv->readers != NULL && i < conv->readers->len; i++) {
    if (g_array_index (conv->readers, guint64, i) == agent->id)
      return TRUE;
  }
  return FALSE;
}

void
gate_conversation_add_reader (GateConversation *conv,
                              guint64           agent)
{
  if (conv->readers == NULL)
    conv->readers = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint i = 0; i < conv->readers->len; i++) {
    if (g_array_index (conv->readers, guint64, i) == agent)
      return;
  }
  if (conv->readers->len >= GATE_MAX_READERS)
    g_array_remove_index (conv->readers, 0);
  g_array_append_val (conv->readers, agent);
}

/* --- The indices: pure functions of the row ----------------------------------------------------------- */

static void
link_agent (GateConversation *conv,
            GateAgent        *agent)
{
  conv->agent_next = agent->convs;
  conv->agent_link = &agent->convs;
  if (agent->convs != NULL)
    agent->convs->agent_link = &conv->agent_next;
  agent->convs = conv;
}

static void
unlink_agent (GateConversation *conv)
{
  if (conv->agent_link == NULL)
    return;
  *conv->agent_link = conv->agent_next;
  if (conv->agent_next != NULL)
    conv->agent_next->agent_link = conv->agent_link;
  conv->agent_link = NULL;
  conv->agent_next = NULL;
}

static gboolean
is_on_queue (guint state)
{
  return state == GATE__V1__STATE__ST_ACTIVE || state == GATE__V1__STATE__ST_HELD;
}

static void
arm_state_timer (GateCore         *core,
                 GateConversation *conv)
{
  guint state = conv->row.state;

  if (conv->row.due != 0)
    gate_core_arm (core, &conv->timer, (gint64) conv->row.due - core->wall_ms);
  else if (state == GATE__V1__STATE__ST_ACTIVE && core->settings.idle_slot_ms > 0)
    gate_core_arm (core, &conv->timer, core->settings.idle_slot_ms);
}

static void
arm_grace (GateCore         *core,
           GateConversation *conv)
{
  gboolean is_needed = conv->row.state == GATE__V1__STATE__ST_QUEUED && !conv->is_visitor_here;

  if (!is_needed) {
    gate_core_disarm (core, &conv->grace);
    conv->grace_ms = 0;
    return;
  }
  if (conv->grace_ms == 0)
    conv->grace_ms = core->now_ms + core->settings.visitor_grace_ms;
  gate_core_arm (core, &conv->grace, conv->grace_ms - core->now_ms);
}

static void
attach (GateCore         *core,
        GateConversation *conv)
{
  GateAgent *agent = conv->row.agent != 0 ? gate_agent_find (core, conv->row.agent) : NULL;
  GateAgent *last = conv->row.last_agent != 0 && conv->row.last_agent != conv->row.agent
                      ? gate_agent_find (core, conv->row.last_agent)
                      : NULL;

  g_assert (!conv->is_attached);
  conv->is_attached = TRUE;
  core->n_by_state[conv->row.state]++;
  gate_stats_count (core, conv, 1);
  if (agent != NULL) {
    link_agent (conv, agent);
    gate_agent_add_load (core, agent, (int) gate_conversation_loads (conv, agent->id));
    gate_agent_settle (agent);
    gate_agent_start_grace (core, agent); /* if they are not here */
  }
  if (last != NULL) {
    gate_agent_add_load (core, last, (int) gate_conversation_loads (conv, last->id));
    gate_agent_settle (last);
  }
  if (conv->row.state == GATE__V1__STATE__ST_QUEUED)
    gate_queue_push (core, conv);
  if (conv->queue != NULL && is_on_queue (conv->row.state))
    conv->queue->n_active++;
  if (conv->row.state != GATE__V1__STATE__ST_CLOSED)
    conv->visitor->conv = conv;
  arm_state_timer (core, conv);
  arm_grace (core, conv);
}

static void
detach (GateCore         *core,
        GateConversation *conv)
{
  GateAgent *agent = conv->row.agent != 0 ? gate_agent_find (core, conv->row.agent) : NULL;
  GateAgent *last = conv->row.last_agent != 0 && conv->row.last_agent != conv->row.agent
                      ? gate_agent_find (core, conv->row.last_agent)
                      : NULL;

  g_assert (conv->is_attached);
  conv->is_attached = FALSE;
  core->n_by_state[conv->row.state]--;
  gate_stats_count (core, conv, -1);
  unlink_agent (conv);
  if (agent != NULL)
    gate_agent_add_load (core, agent, -(int) gate_conversation_loads (conv, agent->id));
  if (last != NULL)
    gate_agent_add_load (core, last, -(int) gate_conversation_loads (conv, last->id));
  if (conv->waiter != NULL)
    gate_queue_remove (core, conv);
  if (conv->queue != NULL && is_on_queue (conv->row.state))
    conv->queue->n_active--;
  if (conv->visitor->conv == conv)
    conv->visitor->conv = NULL;
  gate_core_disarm (core, &conv->timer);
}

static void
allow_loads (GateCore         *core,
             GateConversation *conv)
{
  guint64 agents[] = { conv->row.agent, conv->row.last_agent };

  for (guint i = 0; i < G_N_ELEMENTS (agents); i++) {
    GateAgent *agent = agents[i] != 0 ? gate_agent_find (core, agents[i]) : NULL;

    if (agent != NULL)
      gate_agent_allow (agent);
  }
}

/* --- Timers -------------------------------------------------------------------------------------------- */

static void
system_change (GateConversation *conv,
               GateConvEvent     event)
{
  GateChange change = { .event = event, .actor_role = GATE__V1__ROLE__SYSTEM };

  gate_conversation_change (conv->core, conv, &change);
}

/* Nobody has written for a while and nobody waits: first the slot is freed, in the end it is wrapped up. */
static void
idle_timer (GateCore         *core,
            GateConversation *conv)
{
  gint64 quiet_ms = core->wall_ms - (gint64) MAX (conv->shown.last_ts, conv->row.accepted_at);
  gint64 lapse_ms = core->settings.idle_close_ms;
  gint64 next_ms = core->settings.idle_slot_ms - quiet_ms;

  if (conv->shown.waiting_since != 0 || conv->n_pending > 0 || next_ms > 0) {
    gate_core_arm (core, &conv->timer, next_ms > 0 ? next_ms : core->settings.idle_slot_ms);
    return;
  }
  if (lapse_ms > 0 && quiet_ms >= lapse_ms) {
    system_change (conv, GATE_EVENT_IDLE);
    return;
  }
  gate_conversation_set_idle (core, conv, TRUE);
  if (lapse_ms > 0)
    gate_core_arm (core, &conv->timer, lapse_ms - quiet_ms);
}

static void
state_timer_cb (GateTimer *timer)
{
  GateConversation *conv = gate_container_of (timer, GateConversation, timer);
  GateCore *core = conv->core;
  guint state = conv->row.state;

  gate_commit_begin (core);
  if (state == GATE__V1__STATE__ST_ACTIVE)
    idle_timer (core, conv);
  else if (state == GATE__V1__STATE__ST_OFFERED)
    gate_agent_missed (core, conv);
  else if (state == GATE__V1__STATE__ST_WRAPUP)
    system_change (conv, GATE_EVENT_WRAPUP_TIMER);
  else if (state == GATE__V1__STATE__ST_SNOOZED)
    system_change (conv, GATE_EVENT_SNOOZE_OVER);
  else if (state == GATE__V1__STATE__ST_OFFLINE)
    system_change (conv, GATE_EVENT_HOURS_OPEN);
}

static void
grace_timer_cb (GateTimer *timer)
{
  GateConversation *conv = gate_container_of (timer, GateConversation, grace);

  conv->grace_ms = 0;
  if (conv->row.state != GATE__V1__STATE__ST_QUEUED || conv->is_visitor_here)
    return;
  gate_commit_begin (conv->core);
  system_change (conv, GATE_EVENT_ABANDON);
}

/* --- Life in memory ------------------------------------------------------------------------------------- */

GateConversation *
gate_conversation_find (GateCore *core,
                        guint64   number)
{
  guint64 *key = gate_table_find (core->conversations, number);

  return key != NULL ? gate_container_of (key, GateConversation, row.conv) : NULL;
}

static GateConversation *
conversation_new (GateCore    *core,
                  GateVisitor *visitor,
                  guint64      number)
{
  GateConversation *conv = g_new0 (GateConversation, 1);

  conv->core = core;
  conv->visitor = visitor;
  visitor->n_convs++;
  visitor->newest = MAX (visitor->newest, number);
  conv->row.conv = conv->shown.conv = number;
  conv->row.visitor = conv->shown.visitor = visitor->id;
  conv->timer.fired = state_timer_cb;
  conv->grace.fired = grace_timer_cb;
  conv->is_visitor_here = gate_session_first_of_visitor (core, visitor->id) != NULL &&
                          gate_session_visitor_is_here (core, visitor->id);
  gate_table_add (core->conversations, &conv->row.conv);
  return conv;
}

GateConversation *
gate_conversation_adopt (GateCore          *core,
                         const GateConvRow *row)
{
  GateConversation *conv = gate_conversation_find (core, row->conv);
  GateVisitor *visitor;

  if (conv != NULL || g_hash_table_contains (core->lost, &row->conv))
    return conv;
  visitor = gate_visitor_get (core, row->visitor);
  gate_visitor_learn (visitor, row);
  conv = conversation_new (core, visitor, row->conv);
  gate_conv_row_assign (&conv->row, row);
  gate_conv_row_assign (&conv->shown, row);
  gate_conv_row_assign_kept (&conv->row, row);
  gate_conv_row_assign_kept (&conv->shown, row);
  conv->last_line = row->last_seq;
  conv->queue = gate_queue_find (core, row->queue);
  attach (core, conv);
  allow_loads (core, conv); /* it was theirs before */
  conv->listed =
    (GateListed){ conv->shown.state, conv->shown.agent, conv->shown.last_agent, conv->queue };
  gate_conversation_touch (core, conv);
  return conv;
}

GateConversation *
gate_conversation_open (GateCore    *core,
                        GateVisitor *visitor,
                        guint8       channel,
                        GateQueue   *queue,
                        const char  *subject)
{
  GateConversation *conv = conversation_new (core, visitor, core->next_conv++);

  memcpy (conv->row.visitor_digest, visitor->digest, GATE_DIGEST_BYTES);
  conv->row.channel = channel;
  conv->row.priority = 2;
  conv->row.opened_at = (guint64) core->wall_ms;
  gate_text_set (&conv->row.app, visitor->app);
  gate_text_set (&conv->row.visitor_name, visitor->name);
  gate_text_set (&conv->row.locale, visitor->locale);
  gate_text_set (&conv->row.subject, subject);
  gate_text_set (&conv->row.queue, queue->name);
  conv->queue = queue;
  attach (core, conv);
  return conv;
}

static void
unkeep (GateCore         *core,
        GateConversation *conv)
{
  if (!conv->is_kept)
    return;
  *(conv->kept_older != NULL ? &conv->kept_older->kept_newer : &core->oldest_kept) =
    conv->kept_newer;
  *(conv->kept_newer != NULL ? &conv->kept_newer->kept_older : &core->newest_kept) =
    conv->kept_older;
  conv->kept_older = conv->kept_newer = NULL;
  conv->is_kept = FALSE;
  core->n_kept--;
}

void
gate_conversation_touch (GateCore         *core,
                         GateConversation *conv)
{
  conv->touched_ms = core->now_ms;
  unkeep (core, conv);
  if (conv->row.state != GATE__V1__STATE__ST_CLOSED)
    return;
  conv->kept_older = core->newest_kept;
  *(core->newest_kept != NULL ? &core->newest_kept->kept_newer : &core->oldest_kept) = conv;
  core->newest_kept = conv;
  conv->is_kept = TRUE;
  core->n_kept++;
}

void
gate_conversation_free (GateConversation *conv)
{
  gate_conv_row_clear (&conv->row);
  gate_conv_row_clear (&conv->shown);
  g_clear_pointer (&conv->watchers, g_array_unref);
  g_clear_pointer (&conv->declined, g_array_unref);
  g_clear_pointer (&conv->readers, g_array_unref);
  g_free (conv);
}

static void
forget (GateCore         *core,
        GateConversation *conv)
{
  GateVisitor *visitor = conv->visitor;

  detach (core, conv);
  gate_core_disarm (core, &conv->grace);
  unkeep (core, conv);
  if (conv->is_dirty)
    g_ptr_array_remove_fast (core->dirty, conv);
  gate_table_remove (core->conversations, conv->row.conv);
  gate_conversation_free (conv);
  visitor->n_convs--;
  gate_visitor_release (core, visitor);
}

void
gate_conversation_trim (GateCore *core)
{
  GateConversation *next;

  for (GateConversation *conv = core->oldest_kept; conv != NULL; conv = next) {
    gint64 age_ms = core->now_ms - conv->touched_ms;

    next = conv->kept_newer;
    if (age_ms <= UNSAFE_MS || (age_ms <= CLOSED_KEPT_MS && core->n_kept <= GATE_MAX_CLOSED_KEPT))
      return;
    if (conv->n_pending == 0 && !conv->is_dirty &&
        (conv->watchers == NULL || conv->watchers->len == 0))
      forget (core, conv);
  }
}

void
gate_conversation_lose (GateCore         *core,
                        GateConversation *conv)
{
  guint64 *number = g_new (guint64, 1);

  *number = conv->row.conv;
  g_hash_table_add (core->lost, number);
  gate_park_reread (core, *number);
  forget (core, conv);
}

gboolean
gate_conversation_visitor_moved (GateCore         *core,
                                 GateConversation *conv,
                                 gboolean          is_here)
{
  if (conv->is_visitor_here == is_here)
    return FALSE;
  conv->is_visitor_here = is_here;
  conv->grace_ms = 0;
  arm_grace (core, conv);
  gate_lists_mark (core, conv);
  return TRUE;
}

void
gate_conversation_set_idle (GateCore         *core,
                            GateConversation *conv,
                            gboolean          is_idle)
{
  GateAgent *agent = gate_agent_find (core, conv->row.agent);

  if (conv->is_idle == is_idle)
    return;
  if (agent != NULL)
    gate_agent_add_load (core, agent, -(int) gate_conversation_loads (conv, agent->id));
  conv->is_idle = is_idle;
  if (agent != NULL) {
    gate_agent_add_load (core, agent, (int) gate_conversation_loads (conv, agent->id));
    gate_agent_allow (agent); /* waking may overshoot */
  }
  if (!is_idle && conv->row.state == GATE__V1__STATE__ST_ACTIVE)
    arm_state_timer (core, conv);
}

void
gate_conversation_set_priority (GateCore         *core,
                                GateConversation *conv,
                                gint32            priority)
{
  if (conv->row.priority == priority)
    return;
  if (conv->waiter == NULL) {
    conv->row.priority = priority;
    return;
  }
  gate_queue_remove (core, conv);
  conv->row.priority = priority;
  gate_queue_push (core, conv);
}

/* --- Writing ---------------------------------------------------------------------------------------------- */

GateWrite *
gate_conversation_write (GateCore         *core,
                         GateConversation *conv,
                         GateWriteKind     kind)
{
  GateWrite *write = gate_commit_write (core, kind);

  write->user_data = conv;
  conv->n_pending++;
  return write;
}

static GateWrite *
write_row (GateCore         *core,
           GateConversation *conv)
{
  GateWrite *write = gate_conversation_write (core, conv, GATE_WRITE_CONV);

  gate_conv_row_save (&write->row.conv, &conv->row, gate_commit_arena (core));
  return write;
}

typedef struct {
  GateEffect effect;
  GateConversation *conv;
  GateWrite *write;
  gboolean tell;
} SaveEffect;

static void
save_release (GateCore   *core,
              GateEffect *effect)
{
  SaveEffect *self = (SaveEffect *) effect;
  Gate__V1__ConvUpdate update = GATE__V1__CONV_UPDATE__INIT;

  gate_conv_row_assign (&self->conv->shown, &self->write->row.conv);
  gate_lists_mark (core, self->conv);
  if (!self->tell)
    return;
  gate_fill_update (self->conv, &update);
  gate_tell_visitor (core, self->conv, 0, &update.base);
  gate_tell_staff (core, self->conv, 0, 0, &update.base);
}

void
gate_conversation_save (GateCore         *core,
                        GateConversation *conv,
                        gboolean          tell)
{
  GateWrite *write = write_row (core, conv);
  SaveEffect *self = gate_commit_effect (core, sizeof (SaveEffect), save_release, NULL);

  self->conv = conv;
  self->write = write;
  self->tell = tell;
}

/* --- The one way to change the state ------------------------------------------------------------------------ */

typedef struct {
  GateEffect effect;
  GateConversation *conv;
  GateWrite *write;
  const GateTransition *transition;
  GateChange change;
} ChangeEffect;

static void
change_release (GateCore   *core,
                GateEffect *effect)
{
  ChangeEffect *self = (ChangeEffect *) effect;
  GateConvRow before = self->conv->shown; /* only its numbers: texts are replaced below */

  gate_conv_row_assign (&self->conv->shown, &self->write->row.conv);
  gate_announce (core, self->conv, &before, self->transition, &self->change);
  gate_conversation_touch (core, self->conv);
}

static const GateTransition *
find_transition (GateCore         *core,
                 GateConversation *conv,
                 const GateChange *change)
{
  GateAgent *owner = conv->row.agent != 0 ? gate_agent_find (core, conv->row.agent) : NULL;

  return gate_transition_find (conv->row.state, change->event, change->agent != 0,
                               owner != NULL && owner->status == GATE__V1__STATUS__SS_ONLINE,
                               owner != NULL && owner->n_links > 0);
}

gboolean
gate_conversation_can (GateCore         *core,
                       GateConversation *conv,
                       const GateChange *change)
{
  return find_transition (core, conv, change) != NULL;
}

static void
move_owner (GateConversation     *conv,
            const GateTransition *transition,
            const GateChange     *change)
{
  GateConvRow *row = &conv->row;
  guint64 owner = gate_conversation_is_owned (row) ? row->agent : 0;

  if (owner != 0)
    gate_conversation_add_reader (conv, owner);
  switch ((GateOwnerRule) transition->owner) {
  case GATE_OWNER_KEEP:
    return;
  case GATE_OWNER_SAME:
    if (owner != 0)
      row->last_agent = owner;
    return;
  case GATE_OWNER_OFFER:
  case GATE_OWNER_AGENT:
    if (owner != 0 && owner != change->agent)
      row->last_agent = owner;
    row->agent = change->agent;
    return;
  case GATE_OWNER_NONE:
  case GATE_OWNER_BOT:
  case GATE_OWNER_QUEUE:
  default:
    if (owner != 0)
      row->last_agent = owner;
    row->agent = 0;
    return;
  }
}

static void
move_queue (GateCore             *core,
            GateConversation     *conv,
            const GateTransition *transition,
            const GateChange     *change)
{
  GateConvRow *row = &conv->row;

  if (change->queue != NULL) {
    conv->queue = change->queue;
    gate_text_set (&row->queue, change->queue->name);
  }
  if (row->enqueued_at == 0 || row->state == GATE__V1__STATE__ST_CLOSED)
    row->enqueued_at = (guint64) core->wall_ms;
  if (transition->event == GATE_EVENT_TRANSFER_QUEUE && row->priority > 0)
    row->priority--;
}

static guint64
due_of (GateCore             *core,
        const GateTransition *transition,
        const GateChange     *change)
{
  guint64 now = (guint64) core->wall_ms;

  if (transition->due == GATE_DUE_OFFER)
    return now + (guint64) core->settings.offer_ms;
  if (transition->due == GATE_DUE_WRAPUP)
    return now + (guint64) core->settings.wrapup_ms;
  if (transition->due == GATE_DUE_GIVEN)
    return change->due != 0 ? MIN (change->due, now + SNOOZE_LONGEST) & ~GATE_DUE_OPEN
                            : (now + SNOOZE_LONGEST) | GATE_DUE_OPEN;
  return 0;
}

static void
stamp (GateCore             *core,
       GateConvRow          *row,
       const GateTransition *transition,
       const GateChange     *change)
{
  guint64 now = (guint64) core->wall_ms;

  row->state = transition->to;
  row->epoch++;
  row->due = due_of (core, transition, change);
  if (transition->why != 0 || change->why != 0)
    row->why = transition->why != 0 ? transition->why : change->why;
  if (transition->close_reason != 0 || change->close_reason != 0)
    row->close_reason =
      transition->close_reason != 0 ? transition->close_reason : change->close_reason;
  if (transition->to == GATE__V1__STATE__ST_OFFERED)
    row->offered_at = now;
  if (transition->to == GATE__V1__STATE__ST_ACTIVE && transition->owner >= GATE_OWNER_SAME)
    row->accepted_at = now;
  if (transition->to == GATE__V1__STATE__ST_CLOSED && transition->from != transition->to)
    row->closed_at = now;
}

static void
append_event (GateCore             *core,
              GateConversation     *conv,
              const GateTransition *transition,
              const GateChange     *change)
{
  GateEventRow *event = &gate_conversation_write (core, conv, GATE_WRITE_EVENT)->row.event;
  WireArena *arena = gate_commit_arena (core);

  event->conv = conv->row.conv;
  event->epoch = conv->row.epoch;
  event->ts = (guint64) core->wall_ms;
  event->from = transition->from;
  event->to = transition->to;
  event->name = transition->name;
  event->actor = change->actor;
  event->actor_role = (guint8) change->actor_role;
  event->queue = wire_arena_strdup (arena, conv->row.queue != NULL ? conv->row.queue : "");
  event->agent = transition->event == GATE_EVENT_JOIN ? change->agent : conv->row.agent;
  event->reason = wire_arena_strdup (arena, change->reason != NULL ? change->reason : "");
}

static void
hold_change (GateCore             *core,
             GateConversation     *conv,
             const GateTransition *transition,
             const GateChange     *change)
{
  GateWrite *write = write_row (core, conv);
  WireArena *arena = gate_commit_arena (core);
  ChangeEffect *self = gate_commit_effect (core, sizeof (ChangeEffect), change_release, NULL);

  self->conv = conv;
  self->write = write;
  self->transition = transition;
  self->change = *change;
  self->change.reason = wire_arena_strdup (arena, change->reason);
  self->change.note = NULL; /* it is in the row */
}

/* The new one counts from now on; what was decided was decided without it. */
static void
weigh_agent (GateCore               *core,
             const GateConversation *conv,
             const GateTransition   *transition,
             GateChange             *change)
{
  guint64 id = change->agent != 0 ? change->agent : conv->row.agent;
  const GateAgent *agent =
    transition->to == GATE__V1__STATE__ST_OFFERED ? gate_agent_find (core, id) : NULL;

  if (agent == NULL)
    return;
  change->load = agent->load / 2;
  change->capacity = agent->capacity;
  if (agent->last_assigned_ms != 0)
    change->idle_s = (guint32) ((core->now_ms - agent->last_assigned_ms) / 1000);
}

/* Before the batch is known to be kept, only what decisions need: everything told waits in the effect. */
static void
settle_decision (GateCore             *core,
                 GateConversation     *conv,
                 const GateTransition *transition,
                 const GateChange     *change,
                 gboolean              was_idle)
{
  GateAgent *agent = conv->row.agent != 0 ? gate_agent_find (core, conv->row.agent) : NULL;

  /* An idle chat that wakes, in whatever way, may overshoot too. */
  if (transition->may_overshoot || change->is_forced || was_idle)
    allow_loads (core, conv);
  if (agent != NULL &&
      (transition->to == GATE__V1__STATE__ST_OFFERED || transition->event == GATE_EVENT_PULL))
    gate_agent_assigned (core, agent);
  /* Not their fault: when they are back in time they get it back. */
  if (transition->to == GATE__V1__STATE__ST_QUEUED &&
      (transition->event == GATE_EVENT_OWNER_LOST || transition->event == GATE_EVENT_SNOOZE_OVER)) {
    conv->sticky = conv->row.last_agent;
    conv->sticky_until_ms = core->now_ms + STICKY_WAIT_MS;
  }
  if (transition->line != NULL)
    gate_line_append_event (core, conv, transition->line);
}

/* What a transfer says goes on until somebody has taken it: whoever is asked after a pass, or from the queue, reads it too. */
static void
move_brief (GateConvRow      *row,
            const GateChange *change)
{
  if (change->note != NULL)
    gate_text_set (&row->brief, change->note);
  else if (!gate_conversation_is_waiting (row))
    gate_text_set (&row->brief, NULL);
}

GateChangeStatus
gate_conversation_change (GateCore         *core,
                          GateConversation *conv,
                          const GateChange *change)
{
  const GateTransition *transition;
  gboolean was_idle = conv->is_idle != 0;
  GateChange weighed = *change;

  if (change->epoch != 0 && change->epoch != conv->row.epoch)
    return GATE_CHANGE_STALE;
  transition = find_transition (core, conv, change);
  if (transition == NULL)
    return GATE_CHANGE_ILLEGAL;

  weigh_agent (core, conv, transition, &weighed);
  detach (core, conv);
  conv->is_idle = FALSE;
  move_owner (conv, transition, change);
  if (transition->to == GATE__V1__STATE__ST_QUEUED || change->queue != NULL ||
      transition->to == GATE__V1__STATE__ST_OFFLINE)
    move_queue (core, conv, transition, change);
  stamp (core, &conv->row, transition, change);
  move_brief (&conv->row, change);
  if (transition->to == GATE__V1__STATE__ST_CLOSED)
    conv->n_joined = 0;
  attach (core, conv);

  core->changed[core->n_changed++ % G_N_ELEMENTS (core->changed)] = conv->row.conv;
  hold_change (core, conv, transition, &weighed);
  append_event (core, conv, transition, change);
  settle_decision (core, conv, transition, change, was_idle);
  return GATE_CHANGE_OK;
}
