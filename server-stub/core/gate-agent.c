/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-agent.h"

#include "gate-commit.h"
#include "gate-conversation.h"
#include "gate-identity.h"
#include "gate-json.h"
#include "gate-lists.h"
#include "gate-outgoing.h"
#include "gate-queue.h"
#include "gate-router.h"
#include "gate-session.h"
#include "gate-stats.h"

#define ASSIGNMENTS_PER_HOUR 100
#define MISSES_ALLOWED       2
#define MINUTE_MS            60000

/* --- Rights ------------------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  guint right;
} right_names[] = {
  { "chat", GATE_RIGHT_CHAT },       { "pull", GATE_RIGHT_PULL },
  { "monitor", GATE_RIGHT_MONITOR }, { "takeover", GATE_RIGHT_TAKEOVER },
  { "floor", GATE_RIGHT_FLOOR },     { "config", GATE_RIGHT_CONFIG },
  { "agents", GATE_RIGHT_AGENTS },   { "audit", GATE_RIGHT_AUDIT },
  { "export", GATE_RIGHT_EXPORT },
};

guint
gate_rights_of_role (const char *role)
{
  guint agent = GATE_RIGHT_CHAT | GATE_RIGHT_PULL;
  guint supervisor = agent | GATE_RIGHT_MONITOR | GATE_RIGHT_TAKEOVER | GATE_RIGHT_FLOOR;

  if (g_strcmp0 (role, "agent") == 0)
    return agent;
  if (g_strcmp0 (role, "supervisor") == 0)
    return supervisor;
  if (g_strcmp0 (role, "auditor") == 0)
    return GATE_RIGHT_FLOOR | GATE_RIGHT_AUDIT;
  if (g_strcmp0 (role, "admin") == 0)
    return supervisor | GATE_RIGHT_CONFIG | GATE_RIGHT_AGENTS | GATE_RIGHT_AUDIT |
           GATE_RIGHT_EXPORT;
  return 0;
}

char **
gate_rights_names (WireArena *arena,
                   guint      rights,
                   gsize     *ret_n_names)
{
  char **names = wire_arena_alloc0 (arena, (G_N_ELEMENTS (right_names) + 1) * sizeof (char *));
  gsize n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (right_names); i++) {
    if (rights & right_names[i].right)
      names[n++] = (char *) right_names[i].name;
  }
  *ret_n_names = n;
  return names;
}

/* --- Who they are -------------------------------------------------------------------------------------- */

GateAgent *
gate_agent_find (GateCore *core,
                 guint64   id)
{
  guint64 *key = gate_table_find (core->agents, id);

  return key != NULL ? gate_container_of (key, GateAgent, id) : NULL;
}

GateAgent *
gate_agent_find_login (GateCore   *core,
                       const char *login)
{
  g_autofree char *folded = g_ascii_strdown (login, -1);

  return g_hash_table_lookup (core->agents_login, folded);
}

static void
set_strings (char       ***field,
             const char   *json)
{
  g_strfreev (*field);
  *field = gate_json_read_strings (json);
}

static guint64
queues_served (GateCore        *core,
               const GateAgent *self)
{
  guint64 serves = 0;

  for (guint i = 0; i < core->queues->len; i++) {
    GateQueue *queue = g_ptr_array_index (core->queues, i);
    gboolean by_agent =
      self->queues[0] == NULL || g_strv_contains ((const char *const *) self->queues, queue->name);
    gboolean by_queue = queue->agents == NULL || queue->agents[0] == NULL ||
                        g_strv_contains ((const char *const *) queue->agents, self->login);

    if (by_agent && by_queue)
      serves |= G_GUINT64_CONSTANT (1) << queue->index;
  }
  return serves;
}

static void grace_cb (GateTimer *timer);

static GateAgent *
agent_new (GateCore           *core,
           const GateAgentRow *row)
{
  GateAgent *self = g_new0 (GateAgent, 1);

  self->core = core;
  self->id = row->agent;
  self->grace.fired = grace_cb;
  self->present = TRUE;
  self->since = core->wall_ms;
  gate_table_add (core->agents, &self->id);
  g_ptr_array_add (core->agent_array, self);
  return self;
}

void
gate_agent_free (GateAgent *self)
{
  g_free (self->login);
  g_free (self->name);
  g_free (self->role);
  g_free (self->password);
  g_free (self->avatar);
  g_free (self->reason);
  g_strfreev (self->queues);
  g_strfreev (self->skills);
  g_free (self);
}

static void
set_text (char       **field,
          const char  *value)
{
  gate_text_set ((const char **) field, value);
}

static void
take_row (GateCore           *core,
          GateAgent          *self,
          const GateAgentRow *row)
{
  if (self->login != NULL) {
    g_autofree char *folded = g_ascii_strdown (self->login, -1);

    g_hash_table_remove (core->agents_login, folded);
  }
  set_text (&self->login, row->login);
  set_text (&self->name, row->name);
  set_text (&self->role, row->role);
  set_text (&self->password, row->password);
  set_text (&self->avatar, row->avatar);
  set_strings (&self->queues, row->queues);
  set_strings (&self->skills, row->skills);
  self->rights = gate_rights_of_role (row->role);
  self->must_change = row->must_change;
  self->is_disabled = row->is_disabled;
  self->created_at = row->created_at;
  if (self->capacity_row != row->capacity || self->capacity == 0) {
    self->capacity_row = row->capacity;
    gate_agent_set_capacity (self, 0);
  }
  self->serves = queues_served (core, self);
  g_hash_table_insert (core->agents_login, g_ascii_strdown (row->login, -1), self);
}

void
gate_agent_load_rows (GateCore           *core,
                      const GateAgentRow *rows,
                      guint               n_rows)
{
  for (guint i = 0; i < n_rows; i++) {
    GateAgent *self = gate_agent_find (core, rows[i].agent);
    gboolean password_changed;

    if (self == NULL)
      self = agent_new (core, &rows[i]);
    password_changed = self->password != NULL && g_strcmp0 (self->password, rows[i].password) != 0;
    take_row (core, self, &rows[i]);
    if (self->is_disabled || password_changed) {
      gate_identity_forget (core, self->id);
      gate_session_end_agent (core, self, 0);
    }
    gate_agent_refresh (core, self);
  }
  core->must_match = TRUE;
  for (guint i = 0; i < core->agent_array->len; i++)
    gate_lists_mark_agent (core, g_ptr_array_index (core->agent_array, i));
}

static const char *
dup_or_empty (WireArena  *arena,
              const char *text)
{
  return text != NULL ? wire_arena_strdup (arena, text) : "";
}

void
gate_agent_fill_row (const GateAgent *self,
                     WireArena       *arena,
                     GateAgentRow    *row)
{
  g_autofree char *queues = gate_json_write_strings (self->queues);
  g_autofree char *skills = gate_json_write_strings (self->skills);

  row->agent = self->id;
  row->login = dup_or_empty (arena, self->login);
  row->name = dup_or_empty (arena, self->name);
  row->role = dup_or_empty (arena, self->role);
  row->password = dup_or_empty (arena, self->password);
  row->queues = wire_arena_strdup (arena, queues);
  row->skills = wire_arena_strdup (arena, skills);
  row->avatar = dup_or_empty (arena, self->avatar);
  row->capacity = self->capacity_row;
  row->must_change = self->must_change;
  row->is_disabled = self->is_disabled;
  row->created_at = self->created_at;
}

/* --- Status: three facts and what follows ----------------------------------------------------------------- */

static Gate__V1__Status
derive (const GateAgent *self)
{
  if (self->invisible)
    return GATE__V1__STATUS__SS_INVISIBLE;
  if (self->n_links == 0)
    return GATE__V1__STATUS__SS_OFFLINE;
  if (!self->present)
    return GATE__V1__STATUS__SS_AWAY;
  return self->accepting ? GATE__V1__STATUS__SS_ONLINE : GATE__V1__STATUS__SS_BUSY;
}

/* To a visitor an agent who hides from colleagues is simply there. */
static Gate__V1__Status
seen_by_visitor (const GateAgent *self)
{
  if (self->n_links == 0)
    return GATE__V1__STATUS__SS_OFFLINE;
  return self->present ? GATE__V1__STATUS__SS_ONLINE : GATE__V1__STATUS__SS_AWAY;
}

static void
tell_visitors (GateCore  *core,
               GateAgent *self)
{
  Gate__V1__Presence presence = GATE__V1__PRESENCE__INIT;

  presence.role = GATE__V1__ROLE__AGENT;
  presence.who = self->id;
  presence.state = seen_by_visitor (self);
  presence.last_seen = (guint64) core->wall_ms;
  for (GateConversation *conv = self->convs; conv != NULL; conv = conv->agent_next) {
    if (conv->shown.agent != self->id || !gate_conversation_is_owned (&conv->shown) ||
        conv->shown.state == GATE__V1__STATE__ST_WRAPUP)
      continue;
    presence.conv = conv->row.conv;
    gate_tell_visitor (core, conv, 0, &presence.base);
  }
}

void
gate_agent_refresh (GateCore  *core,
                    GateAgent *self)
{
  Gate__V1__Status status = derive (self);
  Gate__V1__AgentStatus body = GATE__V1__AGENT_STATUS__INIT;

  gate_lists_mark_agent (core, self);
  if (status == self->status)
    return;
  gate_stats_wake (core);
  self->status = status;
  self->since = core->wall_ms;
  if (status == GATE__V1__STATUS__SS_ONLINE)
    core->must_match = TRUE;
  tell_visitors (core, self);
  gate_agent_fill_status (self, &body);
  gate_send_all (core, self->sessions, G_MAXUINT64, &body.base);
}

void
gate_agent_fill_status (const GateAgent       *self,
                        Gate__V1__AgentStatus *body)
{
  body->agent = self->id;
  body->status = (Gate__V1__Status) self->status;
  body->capacity = self->capacity;
  body->load = (self->load + 1) / 2;
  body->link = self->n_links > 0;
  body->present = self->present;
  body->accepting = self->accepting;
  body->invisible = self->invisible;
  body->since = (guint64) self->since;
  if (self->reason != NULL)
    body->reason = self->reason;
}

/* --- Load --------------------------------------------------------------------------------------------------- */

void
gate_agent_allow (GateAgent *self)
{
  self->load_limit = MAX (self->load_limit, self->load);
}

void
gate_agent_settle (GateAgent *self)
{
  if (self->load <= self->load_limit)
    self->load_limit = MAX (self->capacity * 2, self->load);
}

void
gate_agent_set_capacity (GateAgent *self,
                         guint      capacity)
{
  self->capacity = capacity != 0 ? MIN (capacity, 100) : MAX (self->capacity_row, 1);
  self->load_limit = MAX (self->capacity * 2, self->load);
}

void
gate_agent_add_load (GateCore  *core,
                     GateAgent *self,
                     int        change)
{
  if (change == 0)
    return;
  g_assert (change > 0 || self->load >= (guint) -change);
  self->load = (guint) ((int) self->load + change);
  if (change < 0)
    core->must_match = TRUE;
  gate_lists_mark_agent (core, self);
}

gboolean
gate_agent_has_room (const GateAgent *self,
                     guint            weight)
{
  return self->status == GATE__V1__STATUS__SS_ONLINE && self->load + weight <= self->capacity * 2;
}

static void
turn_minutes (GateCore  *core,
              GateAgent *self)
{
  gint64 minute = core->now_ms / MINUTE_MS;
  gint64 n = MIN (minute - self->assigned_minute, (gint64) G_N_ELEMENTS (self->assigned));

  for (gint64 i = 0; i < n; i++)
    self->assigned[(minute - i) % (gint64) G_N_ELEMENTS (self->assigned)] = 0;
  self->assigned_minute = minute;
}

void
gate_agent_assigned (GateCore  *core,
                     GateAgent *self)
{
  guint8 *slot;

  turn_minutes (core, self);
  slot = &self->assigned[self->assigned_minute % (gint64) G_N_ELEMENTS (self->assigned)];
  if (*slot < G_MAXUINT8)
    (*slot)++;
  self->last_assigned_ms = core->now_ms;
}

gboolean
gate_agent_is_limited (GateCore  *core,
                       GateAgent *self)
{
  guint sum = 0;

  turn_minutes (core, self);
  for (guint i = 0; i < G_N_ELEMENTS (self->assigned); i++)
    sum += self->assigned[i];
  return sum >= ASSIGNMENTS_PER_HOUR;
}

/* --- Links ---------------------------------------------------------------------------------------------------- */

static void
take_back_offers (GateCore  *core,
                  GateAgent *self)
{
  GateConversation *next;

  for (GateConversation *conv = self->convs; conv != NULL; conv = next) {
    GateChange change = { .event = GATE_EVENT_OFFER_LINK_LOST,
                          .actor_role = GATE__V1__ROLE__SYSTEM };

    next = conv->agent_next;
    if (conv->row.state == GATE__V1__STATE__ST_OFFERED)
      gate_conversation_change (core, conv, &change);
  }
}

static void
grace_cb (GateTimer *timer)
{
  GateAgent *self = gate_container_of (timer, GateAgent, grace);
  GateCore *core = self->core;
  GateConversation *next;

  self->grace_ms = 0;
  if (self->n_links > 0)
    return;
  gate_commit_begin (core);
  take_back_offers (core, self);
  for (GateConversation *conv = self->convs; conv != NULL; conv = next) {
    GateChange change = { .event = GATE_EVENT_OWNER_LOST, .actor_role = GATE__V1__ROLE__SYSTEM };

    next = conv->agent_next;
    if (gate_conversation_can (core, conv, &change))
      gate_conversation_change (core, conv, &change);
  }
}

void
gate_agent_start_grace (GateCore  *core,
                        GateAgent *self)
{
  if (self->n_links > 0 || self->convs == NULL || self->grace_ms != 0)
    return;
  self->grace_ms = core->now_ms + core->settings.owner_grace_ms;
  gate_core_arm (core, &self->grace, core->settings.owner_grace_ms);
}

void
gate_agent_linked (GateCore  *core,
                   GateAgent *self)
{
  self->n_links++;
  self->grace_ms = 0;
  gate_core_disarm (core, &self->grace);
  gate_agent_refresh (core, self);
}

void
gate_agent_unlinked (GateCore  *core,
                     GateAgent *self)
{
  g_assert (self->n_links > 0);
  self->n_links--;
  if (self->n_links == 0) {
    take_back_offers (core, self);
    gate_agent_start_grace (core, self);
  }
  gate_agent_refresh (core, self);
}

/* --- Offers ------------------------------------------------------------------------------------------------------ */

void
gate_agent_missed (GateCore         *core,
                   GateConversation *conv)
{
  GateAgent *self = gate_agent_find (core, conv->row.agent);
  GateChange change = { .event = GATE_EVENT_OFFER_EXPIRED, .actor_role = GATE__V1__ROLE__SYSTEM };

  gate_router_decline (core, conv, conv->row.agent);
  gate_conversation_change (core, conv, &change);
  if (self == NULL || ++self->misses < MISSES_ALLOWED)
    return;
  self->misses = 0;
  self->accepting = FALSE;
  gate_agent_refresh (core, self);
  gate_agent_notice (core, self, 2, "accepting_off", "Two offers were not answered.");
}

void
gate_agent_fill_offer (GateCore         *core,
                       GateConversation *conv,
                       Gate__V1__Offer  *body)
{
  body->conv = conv->shown.conv;
  body->epoch = conv->shown.epoch;
  body->deadline = conv->shown.due;
  body->why = (Gate__V1__Why) conv->shown.why;
  body->row = gate_lists_conv_row (core, conv, core->scratch);
  if (gate_text_is_empty (conv->shown.brief) && conv->shown.why != GATE__V1__WHY__WHY_TRANSFERRED)
    return;
  body->from_agent = conv->shown.last_agent;
  body->note = (char *) (conv->shown.brief != NULL ? conv->shown.brief : "");
}

void
gate_agent_send_offers (GateCore    *core,
                        GateSession *session)
{
  for (GateConversation *conv = session->agent->convs; conv != NULL; conv = conv->agent_next) {
    Gate__V1__Offer offer = GATE__V1__OFFER__INIT;

    if (conv->shown.state != GATE__V1__STATE__ST_OFFERED || conv->shown.agent != session->agent->id)
      continue;
    gate_agent_fill_offer (core, conv, &offer);
    gate_send (core, session, &offer.base);
  }
}

void
gate_agent_notice (GateCore   *core,
                   GateAgent  *self,
                   guint       level,
                   const char *slug,
                   const char *text)
{
  Gate__V1__Notice notice = GATE__V1__NOTICE__INIT;

  notice.level = level;
  notice.slug = (char *) slug;
  notice.text = (char *) text;
  gate_send_all (core, self->sessions, G_MAXUINT64, &notice.base);
}
