/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-handler.h"

#include "gate-agent.h"
#include "gate-commit.h"
#include "gate-lists.h"
#include "gate-park.h"
#include "gate-queue.h"
#include "gate-session.h"

/* What consoles tell and ask about the floor: AgentStatus, Subscribe, Watch, Note. */

/* An auditor sees the floor and changes nothing on it. */
#define STEERS           (GATE_RIGHT_FLOOR | GATE_RIGHT_CHAT)
#define MAX_REASON_BYTES 200
#define MAX_NOTE_CHARS   4096
#define MAX_MENTIONS     16
#define CLOSED_ROWS      50
#define MAX_CLOSED_ROWS  100

/* --- AgentStatus ------------------------------------------------------------------------------------------------ */

static void
take_status (GateCore                    *core,
             GateCall                    *call,
             GateAgent                   *agent,
             const Gate__V1__AgentStatus *body)
{
  gboolean was_accepting = agent->accepting;

  agent->present = body->present;
  agent->accepting = body->accepting;
  agent->invisible = body->invisible;
  if (agent->accepting && !was_accepting)
    agent->misses = 0;
  gate_text_set ((const char **) &agent->reason, body->reason);
  gate_agent_set_capacity (agent, body->capacity);
  core->must_match = TRUE;
  gate_agent_refresh (core, agent);
  if (agent != call->agent)
    gate_call_audit (core, call, "agent_status", 0, agent->id);
}

void
gate_handle_status (GateCore *core,
                    GateCall *call)
{
  const Gate__V1__AgentStatus *body = call->frame->agent_status;
  gboolean is_other = body->agent != 0 && body->agent != call->self;
  GateAgent *agent = is_other ? gate_agent_find (core, body->agent) : call->agent;
  Gate__V1__AgentStatus answer = GATE__V1__AGENT_STATUS__INIT;

  if (is_other && (call->rights & STEERS) != STEERS) {
    gate_call_refuse (core, call, 403, "forbidden", NULL);
    return;
  }
  if (agent == NULL || strlen (body->reason) > MAX_REASON_BYTES) {
    gate_call_refuse (core, call, 422, "invalid", NULL);
    return;
  }
  take_status (core, call, agent, body);
  gate_agent_fill_status (agent, &answer);
  gate_answer (core, &call->asker, &answer.base);
}

/* --- Subscribe ---------------------------------------------------------------------------------------------------- */

static const char **
names_of_queues (GateCore  *core,
                 GateAgent *agent,
                 WireArena *arena)
{
  const char **names = wire_arena_alloc0 (arena, (core->queues->len + 1) * sizeof (char *));
  guint n = 0;

  for (guint i = 0; i < core->queues->len; i++) {
    if (agent->serves & (G_GUINT64_CONSTANT (1) << i))
      names[n++] = ((GateQueue *) g_ptr_array_index (core->queues, i))->name;
  }
  return names;
}

static void
answer_closed (GateCore                  *core,
               GateCall                  *call,
               const Gate__V1__Subscribe *body)
{
  GateQuery *query = gate_call_found (call, GATE_QUERY_CLOSED);
  gboolean sees_all = (call->rights & GATE_RIGHT_FLOOR) != 0;

  if (query != NULL) {
    if (!gate_call_failed (core, call, query))
      gate_lists_send_closed (core, call, query);
    return;
  }
  query = gate_query_new (GATE_QUERY_CLOSED);
  query->agent = sees_all ? 0 : call->self;
  query->queues = sees_all ? NULL : names_of_queues (core, call->agent, query->arena);
  if (!gate_text_is_empty (body->queue)) {
    query->queues = wire_arena_alloc0 (query->arena, 2 * sizeof (char *));
    query->queues[0] = wire_arena_strdup (query->arena, body->queue);
  }
  query->before_ts = body->before;
  query->limit = body->limit != 0 ? MIN (body->limit, MAX_CLOSED_ROWS) : CLOSED_ROWS;
  gate_call_wait (core, call, query);
}

static gboolean
may_list (const GateCall            *call,
          const Gate__V1__Subscribe *body)
{
  if (body->list <= GATE__V1__LIST_KIND__LI_UNSPECIFIED ||
      body->list > GATE__V1__LIST_KIND__LI_QUEUES)
    return FALSE;
  return body->list != GATE__V1__LIST_KIND__LI_ALL || (call->rights & GATE_RIGHT_FLOOR) != 0;
}

/* Others' closed conversations by naming their queue: only of queues one serves. */
static gboolean
may_see_queue (GateCore       *core,
               const GateCall *call,
               const char     *name)
{
  GateQueue *queue = gate_queue_find_exact (core, name);

  return gate_text_is_empty (name) || (call->rights & GATE_RIGHT_FLOOR) != 0 ||
         (queue != NULL && (call->agent->serves & (G_GUINT64_CONSTANT (1) << queue->index)) != 0);
}

void
gate_handle_subscribe (GateCore *core,
                       GateCall *call)
{
  const Gate__V1__Subscribe *body = call->frame->subscribe;
  Gate__V1__List empty = GATE__V1__LIST__INIT;

  if (!may_list (call, body) || !may_see_queue (core, call, body->queue)) {
    gate_call_refuse (core, call, 403, "forbidden", NULL);
    return;
  }
  if (body->off) {
    if (call->session != NULL)
      gate_lists_unsubscribe (core, call->session, body->list);
    empty.list = body->list;
    empty.reset = TRUE;
    gate_answer (core, &call->asker, &empty.base);
    return;
  }
  if (call->session != NULL)
    gate_lists_subscribe (core, call->session, body->list, body->queue);
  if (body->list == GATE__V1__LIST_KIND__LI_CLOSED)
    answer_closed (core, call, body);
  else
    gate_lists_send_whole (core, call, body->list, body->queue, body->limit);
}

/* --- Watch ---------------------------------------------------------------------------------------------------------- */

static GateWatcher *
find_watcher (GateConversation *conv,
              guint64           session)
{
  for (guint i = 0; conv->watchers != NULL && i < conv->watchers->len; i++) {
    GateWatcher *watcher = &g_array_index (conv->watchers, GateWatcher, i);

    if (watcher->session == session)
      return watcher;
  }
  return NULL;
}

static void
fill_viewers (GateConversation  *conv,
              WireArena         *arena,
              Gate__V1__Viewers *body)
{
  guint n = conv->watchers != NULL ? conv->watchers->len : 0;

  body->conv = conv->row.conv;
  body->agents = wire_arena_alloc0 (arena, (n + 1) * sizeof (guint64));
  body->typing = wire_arena_alloc0 (arena, (n + 1) * sizeof (guint64));
  for (guint i = 0; i < n; i++) {
    const GateWatcher *watcher = &g_array_index (conv->watchers, GateWatcher, i);
    gboolean is_known = FALSE;

    for (gsize k = 0; k < body->n_agents; k++)
      is_known |= body->agents[k] == watcher->agent;
    if (!watcher->is_silent && !is_known)
      body->agents[body->n_agents++] = watcher->agent;
    if (!watcher->is_silent && watcher->is_typing)
      body->typing[body->n_typing++] = watcher->agent;
  }
}

static void
tell_viewers (GateCore         *core,
              GateConversation *conv,
              GateConnId        except)
{
  Gate__V1__Viewers viewers = GATE__V1__VIEWERS__INIT;

  fill_viewers (conv, core->scratch, &viewers);
  gate_tell_staff (core, conv, except, 0, &viewers.base);
}

static void
unwatch (GateCore         *core,
         GateConversation *conv,
         guint64           session)
{
  GateWatcher *watcher = find_watcher (conv, session);

  if (watcher == NULL)
    return;
  g_array_remove_index (conv->watchers,
                        (guint) (watcher - &g_array_index (conv->watchers, GateWatcher, 0)));
  gate_lists_mark (core, conv);
}

static gboolean
watch (GateCore              *core,
       GateCall              *call,
       GateConversation      *conv,
       const Gate__V1__Watch *body)
{
  GateWatcher watcher = { call->session->id, call->self, body->silent, FALSE };
  GateWatcher *known = find_watcher (conv, call->session->id);

  if (known != NULL) {
    known->is_silent = body->silent;
    return TRUE;
  }
  if (conv->watchers == NULL)
    conv->watchers = g_array_new (FALSE, FALSE, sizeof (GateWatcher));
  if (conv->watchers->len >= GATE_MAX_WATCHERS) {
    gate_call_refuse (core, call, 429, "rate_limited", "too many watch already");
    return FALSE;
  }
  g_array_append_val (conv->watchers, watcher);
  call->session->console->n_watched++;
  gate_lists_mark (core, conv);
  return TRUE;
}

void
gate_handle_watch (GateCore *core,
                   GateCall *call)
{
  const Gate__V1__Watch *body = call->frame->watch;
  GateConversation *conv = gate_call_conversation (core, call, body->conv);
  Gate__V1__Viewers viewers = GATE__V1__VIEWERS__INIT;

  if (conv == NULL)
    return;
  if (call->session == NULL) {
    gate_call_refuse (core, call, 422, "invalid", "only on a connection");
    return;
  }
  if (body->silent && (call->rights & GATE_RIGHT_MONITOR) == 0) {
    gate_call_refuse (core, call, 403, "forbidden", NULL);
    return;
  }
  if (body->on && !watch (core, call, conv, body))
    return;
  if (!body->on)
    unwatch (core, conv, call->session->id);
  if (body->on && body->silent)
    gate_call_audit (core, call, "monitor", conv->row.conv, conv->row.agent);
  gate_lists_send_watched (core, call->session, conv, body->on);
  fill_viewers (conv, core->scratch, &viewers);
  gate_answer (core, &call->asker, &viewers.base);
  if (!body->silent)
    tell_viewers (core, conv, call->asker.conn);
}

void
gate_watch_drop_session (GateCore    *core,
                         GateSession *session)
{
  GateTableIter iter;
  guint64 *key;

  if (session->console == NULL || session->console->n_watched == 0)
    return;
  session->console->n_watched = 0;
  gate_table_iter_init (&iter, core->conversations);
  while ((key = gate_table_iter_next (&iter)) != NULL) {
    GateConversation *conv = gate_container_of (key, GateConversation, row.conv);
    GateWatcher *watcher = find_watcher (conv, session->id);
    gboolean was_seen = watcher != NULL && !watcher->is_silent;

    unwatch (core, conv, session->id);
    if (was_seen)
      tell_viewers (core, conv, 0);
  }
}

gboolean
gate_watch_set_typing (GateCore         *core,
                       GateConversation *conv,
                       GateSession      *session,
                       gboolean          is_typing)
{
  GateWatcher *watcher = find_watcher (conv, session->id);

  if (watcher == NULL || watcher->is_typing == is_typing)
    return FALSE;
  watcher->is_typing = is_typing;
  if (!watcher->is_silent)
    tell_viewers (core, conv, session->head.conn);
  return TRUE;
}

/* --- Note --------------------------------------------------------------------------------------------------------------- */

static gboolean
note_is_good (GateCore             *core,
              GateCall             *call,
              const Gate__V1__Note *body)
{
  gboolean is_empty = gate_text_is_empty (body->text) && body->media == NULL;

  if (gate_text_is_longer (body->text, MAX_NOTE_CHARS)) {
    gate_call_refuse (core, call, 413, "too_large", NULL);
    return FALSE;
  }
  if (is_empty || body->n_mentions > MAX_MENTIONS) {
    gate_call_refuse (core, call, 422, "invalid", NULL);
    return FALSE;
  }
  if (body->whisper && (call->rights & GATE_RIGHT_MONITOR) == 0) {
    gate_call_refuse (core, call, 403, "forbidden", NULL);
    return FALSE;
  }
  return TRUE;
}

void
gate_handle_note (GateCore *core,
                  GateCall *call)
{
  const Gate__V1__Note *body = call->frame->note;
  GateConversation *conv = gate_call_conversation (core, call, body->conv);
  Gate__V1__Note copy = *body;
  Gate__V1__Media media = GATE__V1__MEDIA__INIT;
  GateNote note = { .asker = call->asker,
                    .role = GATE__V1__ROLE__AGENT,
                    .author = call->self,
                    .note = &copy };

  if (conv == NULL || !note_is_good (core, call, body))
    return;
  if (body->media != NULL) {
    const GateMediaRow *row = gate_media_known (core, call, body->media);

    if (row == NULL)
      return;
    media = *body->media;
    gate_media_take_facts (&media, row);
    copy.media = &media;
  }
  gate_note_append (core, conv, &note);
}
