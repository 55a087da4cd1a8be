/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-list-rows.h"

#include "gate-agent.h"
#include "gate-contact.h"
#include "gate-conversation.h"
#include "gate-json.h"
#include "gate-lists.h"
#include "gate-queue.h"

static char *
text_of (const char *text)
{
  return (char *) (text != NULL ? text : "");
}

static void
fill_tags (Gate__V1__ConvRow *self,
           const char        *json,
           WireArena         *arena)
{
  g_auto (GStrv) tags = NULL;
  guint n;

  if (gate_text_is_empty (json) || strcmp (json, "[]") == 0)
    return;
  tags = gate_json_read_strings (json);
  n = g_strv_length (tags);
  self->tags = wire_arena_alloc0 (arena, (n + 1) * sizeof (char *));
  for (guint i = 0; i < n; i++)
    self->tags[self->n_tags++] = wire_arena_strdup (arena, tags[i]);
}

Gate__V1__ConvRow *
gate_lists_stored_row (GateCore          *core,
                       const GateConvRow *row,
                       WireArena         *arena)
{
  Gate__V1__ConvRow *self = wire_arena_new0 (arena, Gate__V1__ConvRow);
  const char *name = gate_contact_name (core, row->visitor);
  guint64 seen = MAX (row->staff_read, row->staff_seq);

  gate__v1__conv_row__init (self);
  self->conv = row->conv;
  self->state = (Gate__V1__State) row->state;
  self->epoch = row->epoch;
  self->channel = (Gate__V1__Channel) row->channel;
  self->visitor = row->visitor;
  self->name = wire_arena_strdup (arena, text_of (name != NULL ? name : row->visitor_name));
  self->queue = text_of (row->queue);
  self->agent = row->agent;
  self->priority = (guint32) row->priority;
  self->last_seq = row->last_seq;
  self->last_text = wire_arena_strdup (arena, text_of (row->last_text));
  self->last_role = (Gate__V1__Role) row->last_role;
  self->last_ts = row->last_ts;
  self->waiting_since = row->waiting_since;
  self->unread = row->last_seq > seen ? (guint32) (row->last_seq - seen) : 0;
  self->opened_at = row->opened_at;
  self->enqueued_at = row->enqueued_at;
  self->due = row->due;
  self->until =
    row->state == GATE__V1__STATE__ST_SNOOZED && !(row->due & GATE_DUE_OPEN) ? row->due : 0;
  self->subject = text_of (row->subject);
  self->note = row->last_note;
  fill_tags (self, row->tags, arena);
  return self;
}

Gate__V1__ConvRow *
gate_lists_conv_row (GateCore         *core,
                     GateConversation *conv,
                     WireArena        *arena)
{
  Gate__V1__ConvRow *self = gate_lists_stored_row (core, &conv->shown, arena);
  guint n_watchers = conv->watchers != NULL ? conv->watchers->len : 0;

  self->visitor_state =
    conv->is_visitor_here ? GATE__V1__STATUS__SS_ONLINE : GATE__V1__STATUS__SS_OFFLINE;
  self->verified = conv->visitor->is_verified;
  if (n_watchers > 0)
    self->viewers = wire_arena_alloc0 (arena, n_watchers * sizeof (guint64));
  for (guint i = 0; i < n_watchers; i++) {
    const GateWatcher *watcher = &g_array_index (conv->watchers, GateWatcher, i);

    if (!watcher->is_silent)
      self->viewers[self->n_viewers++] = watcher->agent;
  }
  return self;
}

Gate__V1__AgentRow *
gate_lists_agent_row (GateCore  *core,
                      GateAgent *agent,
                      WireArena *arena)
{
  Gate__V1__AgentRow *self = wire_arena_new0 (arena, Gate__V1__AgentRow);
  guint64 longest = 0;

  gate__v1__agent_row__init (self);
  self->status = wire_arena_new0 (arena, Gate__V1__AgentStatus);
  gate__v1__agent_status__init (self->status);
  gate_agent_fill_status (agent, self->status);
  self->name = text_of (agent->name != NULL ? agent->name : agent->login);
  self->avatar = text_of (agent->avatar);
  self->role = text_of (agent->role);
  self->queues = agent->queues;
  self->n_queues = g_strv_length (agent->queues);
  self->skills = agent->skills;
  self->n_skills = g_strv_length (agent->skills);
  self->closed_today = agent->closed_today;
  for (GateConversation *conv = agent->convs; conv != NULL; conv = conv->agent_next) {
    if (conv->shown.waiting_since != 0 && (longest == 0 || conv->shown.waiting_since < longest))
      longest = conv->shown.waiting_since;
  }
  self->longest_wait_since = longest;
  return self;
}

static void
count_agents (GateCore           *core,
              const GateQueue    *queue,
              Gate__V1__QueueRow *self)
{
  for (guint i = 0; i < core->agent_array->len; i++) {
    const GateAgent *agent = g_ptr_array_index (core->agent_array, i);

    if (!(agent->serves & (G_GUINT64_CONSTANT (1) << queue->index)) || agent->n_links == 0)
      continue;
    self->agents_on++;
    if (gate_agent_has_room (agent, 2))
      self->agents_free++;
  }
}

Gate__V1__QueueRow *
gate_lists_queue_row (GateCore  *core,
                      GateQueue *queue,
                      WireArena *arena)
{
  Gate__V1__QueueRow *self = wire_arena_new0 (arena, Gate__V1__QueueRow);
  guint waiting = (guint) g_sequence_get_length (queue->waiters);

  gate__v1__queue_row__init (self);
  self->queue = queue->name;
  self->title = queue->title;
  self->waiting = waiting;
  self->active = queue->n_active;
  self->eta_s = gate_queue_eta_s (queue, waiting + 1);
  self->open = TRUE;
  self->abandoned_today = queue->abandoned_today;
  if (waiting > 0) {
    GateConversation *first = g_sequence_get (g_sequence_get_begin_iter (queue->waiters));

    self->oldest_since = first->row.enqueued_at;
  }
  count_agents (core, queue, self);
  return self;
}
