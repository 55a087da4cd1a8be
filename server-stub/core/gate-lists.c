/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-lists.h"

#include "gate-agent.h"
#include "gate-conversation.h"
#include "gate-list-rows.h"
#include "gate-outgoing.h"
#include "gate-queue.h"

#define PAGE_ROWS 100

static gboolean
has_list (const GateSession  *session,
          Gate__V1__ListKind  kind)
{
  return session->console != NULL && (session->console->lists & (1u << kind)) != 0;
}

/* --- Which rows stand in which list --------------------------------------------------------------------- */

static gboolean
serves (const GateAgent *agent,
        const GateQueue *queue)
{
  return (agent->rights & GATE_RIGHT_FLOOR) ||
         (queue != NULL && (agent->serves & (G_GUINT64_CONSTANT (1) << queue->index)) != 0);
}

static gboolean
is_in (const GateAgent    *agent,
       Gate__V1__ListKind  kind,
       const char         *queue,
       const GateListed   *listed)
{
  guint state = listed->state;

  if (!gate_text_is_empty (queue) &&
      (listed->queue == NULL || strcmp (listed->queue->name, queue) != 0))
    return FALSE;
  if (kind == GATE__V1__LIST_KIND__LI_MINE)
    return listed->agent == agent->id &&
           (state == GATE__V1__STATE__ST_ACTIVE || state == GATE__V1__STATE__ST_HELD ||
            state == GATE__V1__STATE__ST_WRAPUP);
  if (kind == GATE__V1__LIST_KIND__LI_QUEUE)
    return (state == GATE__V1__STATE__ST_QUEUED || state == GATE__V1__STATE__ST_OFFERED) &&
           serves (agent, listed->queue);
  if (kind == GATE__V1__LIST_KIND__LI_BOT)
    return state == GATE__V1__STATE__ST_BOT && serves (agent, listed->queue);
  if (kind == GATE__V1__LIST_KIND__LI_SNOOZED)
    return state == GATE__V1__STATE__ST_SNOOZED && listed->agent == agent->id;
  if (kind == GATE__V1__LIST_KIND__LI_CLOSED)
    return state == GATE__V1__STATE__ST_CLOSED &&
           (listed->last_agent == agent->id || serves (agent, listed->queue));
  return kind == GATE__V1__LIST_KIND__LI_ALL && state != 0 && state != GATE__V1__STATE__ST_CLOSED &&
         (agent->rights & GATE_RIGHT_FLOOR);
}

static gboolean
is_watching (const GateConversation *conv,
             const GateSession      *session)
{
  for (guint i = 0; conv->watchers != NULL && i < conv->watchers->len; i++) {
    if (g_array_index (conv->watchers, GateWatcher, i).session == session->id)
      return TRUE;
  }
  return gate_conversation_has_joined (conv, session->self);
}

static GateListed
listed_now (const GateConversation *conv)
{
  return (GateListed){ conv->shown.state, conv->shown.agent, conv->shown.last_agent, conv->queue };
}

/* --- Marking ---------------------------------------------------------------------------------------------- */

static void
wake (GateCore *core)
{
  core->lists_due_ms = MIN (core->lists_due_ms, core->now_ms + GATE_LIST_GATHER_MS);
}

void
gate_lists_mark (GateCore         *core,
                 GateConversation *conv)
{
  if (core->n_subscriptions == 0) {
    conv->listed = listed_now (conv);
    return;
  }
  if (conv->is_dirty)
    return;
  conv->is_dirty = TRUE;
  g_ptr_array_add (core->dirty, conv);
  wake (core);
}

void
gate_lists_mark_agent (GateCore  *core,
                       GateAgent *agent)
{
  if (core->n_subscriptions == 0)
    return;
  agent->is_dirty = TRUE;
  core->has_dirty_agents = TRUE;
  wake (core);
}

void
gate_lists_mark_queue (GateCore  *core,
                       GateQueue *queue)
{
  if (queue == NULL || core->n_subscriptions == 0)
    return;
  queue->is_dirty = TRUE;
  core->has_dirty_queues = TRUE;
  wake (core);
}

/* --- Sending changes ----------------------------------------------------------------------------------------- */

static void
send_list (GateCore       *core,
           GateSession    *session,
           Gate__V1__List *list)
{
  if (list->n_convs + list->n_gone + list->n_agents + list->n_queues == 0)
    return;
  gate_send (core, session, &list->base);
  list->n_convs = list->n_gone = 0;
}

static void
send_changes (GateCore           *core,
              GateSession        *session,
              Gate__V1__ListKind  kind)
{
  Gate__V1__List list = GATE__V1__LIST__INIT;
  const char *queue = session->console->list_queues[kind];
  Gate__V1__ConvRow *rows[PAGE_ROWS];
  guint64 gone[PAGE_ROWS];

  list.list = kind;
  list.convs = rows;
  list.gone = gone;
  for (guint i = 0; i < core->dirty->len; i++) {
    GateConversation *conv = g_ptr_array_index (core->dirty, i);
    GateListed now = listed_now (conv);
    gboolean is_watched = kind == GATE__V1__LIST_KIND__LI_WATCHED;

    if (is_watched ? is_watching (conv, session) : is_in (session->agent, kind, queue, &now))
      rows[list.n_convs++] = gate_lists_conv_row (core, conv, core->scratch);
    else if (!is_watched && is_in (session->agent, kind, queue, &conv->listed))
      gone[list.n_gone++] = conv->row.conv;
    if (list.n_convs == PAGE_ROWS || list.n_gone == PAGE_ROWS)
      send_list (core, session, &list);
  }
  send_list (core, session, &list);
}

static void
send_agents (GateCore    *core,
             GateSession *session)
{
  Gate__V1__List list = GATE__V1__LIST__INIT;

  list.list = GATE__V1__LIST_KIND__LI_AGENTS;
  list.agents = wire_arena_alloc0 (core->scratch, (core->agent_array->len + 1) * sizeof (gpointer));
  for (guint i = 0; i < core->agent_array->len; i++) {
    GateAgent *agent = g_ptr_array_index (core->agent_array, i);

    if (agent->is_dirty)
      list.agents[list.n_agents++] = gate_lists_agent_row (core, agent, core->scratch);
  }
  send_list (core, session, &list);
}

static void
send_queues (GateCore    *core,
             GateSession *session)
{
  Gate__V1__List list = GATE__V1__LIST__INIT;

  list.list = GATE__V1__LIST_KIND__LI_QUEUES;
  list.queues = wire_arena_alloc0 (core->scratch, core->queues->len * sizeof (gpointer));
  for (guint i = 0; i < core->queues->len; i++) {
    GateQueue *queue = g_ptr_array_index (core->queues, i);

    if (queue->is_dirty)
      list.queues[list.n_queues++] = gate_lists_queue_row (core, queue, core->scratch);
  }
  send_list (core, session, &list);
}

static void
send_to_session (GateCore    *core,
                 GateSession *session)
{
  for (guint kind = GATE__V1__LIST_KIND__LI_MINE; kind <= GATE__V1__LIST_KIND__LI_ALL; kind++) {
    if (has_list (session, (Gate__V1__ListKind) kind) && core->dirty->len > 0)
      send_changes (core, session, (Gate__V1__ListKind) kind);
  }
  if (core->has_dirty_agents && has_list (session, GATE__V1__LIST_KIND__LI_AGENTS))
    send_agents (core, session);
  if (core->has_dirty_queues && has_list (session, GATE__V1__LIST_KIND__LI_QUEUES))
    send_queues (core, session);
}

static void
clean (GateCore *core)
{
  for (guint i = 0; i < core->dirty->len; i++) {
    GateConversation *conv = g_ptr_array_index (core->dirty, i);

    conv->listed = listed_now (conv);
    conv->is_dirty = FALSE;
  }
  g_ptr_array_set_size (core->dirty, 0);
  for (guint i = 0; i < core->agent_array->len; i++)
    ((GateAgent *) g_ptr_array_index (core->agent_array, i))->is_dirty = FALSE;
  for (guint i = 0; i < core->queues->len; i++)
    ((GateQueue *) g_ptr_array_index (core->queues, i))->is_dirty = FALSE;
  core->has_dirty_agents = core->has_dirty_queues = FALSE;
}

void
gate_lists_flush (GateCore *core)
{
  core->lists_due_ms = G_MAXINT64;
  for (guint i = 0; i < core->agent_array->len && core->n_subscriptions > 0; i++) {
    GateAgent *agent = g_ptr_array_index (core->agent_array, i);

    for (GateSession *session = agent->sessions; session != NULL; session = session->next) {
      if (session->console->lists != 0 && session->head.conn != 0)
        send_to_session (core, session);
    }
  }
  clean (core);
}

/* --- Subscriptions ----------------------------------------------------------------------------------------------- */

void
gate_lists_subscribe (GateCore           *core,
                      GateSession        *session,
                      Gate__V1__ListKind  kind,
                      const char         *queue)
{
  if (!has_list (session, kind)) {
    session->console->lists |= 1u << kind;
    core->n_subscriptions++;
  }
  gate_text_set ((const char **) &session->console->list_queues[kind], queue);
}

void
gate_lists_unsubscribe (GateCore           *core,
                        GateSession        *session,
                        Gate__V1__ListKind  kind)
{
  if (!has_list (session, kind))
    return;
  session->console->lists &= ~(1u << kind);
  core->n_subscriptions--;
}

void
gate_lists_drop_session (GateCore    *core,
                         GateSession *session)
{
  for (guint kind = 0; session->console != NULL && kind <= GATE__V1__LIST_KIND__LI_QUEUES; kind++)
    gate_lists_unsubscribe (core, session, (Gate__V1__ListKind) kind);
}

/* Pages: the first one is the answer, the others follow without an id. */
static void
send_pages (GateCore           *core,
            const GateCall     *call,
            Gate__V1__ListKind  kind,
            GPtrArray          *rows,
            guint               limit,
            gboolean            more)
{
  Gate__V1__List list = GATE__V1__LIST__INIT;
  guint n_rows = limit != 0 ? MIN (limit, rows->len) : rows->len;
  guint at = 0;

  list.list = kind;
  list.reset = TRUE;
  list.total = rows->len;
  do {
    guint n = MIN (n_rows - at, PAGE_ROWS);

    if (n > 0)
      list.convs = (Gate__V1__ConvRow **) rows->pdata + at;
    list.n_convs = n;
    at += n;
    list.more = at < n_rows || more || n_rows < rows->len;
    if (list.reset)
      gate_answer (core, &call->asker, &list.base);
    else if (call->session != NULL)
      gate_send (core, call->session, &list.base);
    list.reset = FALSE;
  } while (at < n_rows);
}

static void
send_whole_convs (GateCore           *core,
                  const GateCall     *call,
                  Gate__V1__ListKind  kind,
                  const char         *queue,
                  guint               limit)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  GateTableIter iter;
  guint64 *key;

  gate_table_iter_init (&iter, core->conversations);
  while ((key = gate_table_iter_next (&iter)) != NULL) {
    GateConversation *conv = gate_container_of (key, GateConversation, row.conv);
    GateListed now = listed_now (conv);
    gboolean is_wanted = kind == GATE__V1__LIST_KIND__LI_WATCHED
                           ? call->session != NULL && is_watching (conv, call->session)
                           : is_in (call->agent, kind, queue, &now);

    if (is_wanted)
      g_ptr_array_add (rows, gate_lists_conv_row (core, conv, core->scratch));
  }
  send_pages (core, call, kind, rows, limit, FALSE);
}

static void
answer_agents (GateCore       *core,
               const GateCall *call)
{
  Gate__V1__List list = GATE__V1__LIST__INIT;

  list.list = GATE__V1__LIST_KIND__LI_AGENTS;
  list.reset = TRUE;
  list.agents = wire_arena_alloc0 (core->scratch, (core->agent_array->len + 1) * sizeof (gpointer));
  for (guint i = 0; i < core->agent_array->len; i++)
    list.agents[list.n_agents++] =
      gate_lists_agent_row (core, g_ptr_array_index (core->agent_array, i), core->scratch);
  list.total = (guint32) list.n_agents;
  gate_answer (core, &call->asker, &list.base);
}

static void
answer_queues (GateCore       *core,
               const GateCall *call)
{
  Gate__V1__List list = GATE__V1__LIST__INIT;

  list.list = GATE__V1__LIST_KIND__LI_QUEUES;
  list.reset = TRUE;
  list.queues = wire_arena_alloc0 (core->scratch, core->queues->len * sizeof (gpointer));
  for (guint i = 0; i < core->queues->len; i++)
    list.queues[list.n_queues++] =
      gate_lists_queue_row (core, g_ptr_array_index (core->queues, i), core->scratch);
  list.total = (guint32) list.n_queues;
  gate_answer (core, &call->asker, &list.base);
}

void
gate_lists_send_whole (GateCore           *core,
                       const GateCall     *call,
                       Gate__V1__ListKind  kind,
                       const char         *queue,
                       guint               limit)
{
  if (kind == GATE__V1__LIST_KIND__LI_AGENTS)
    answer_agents (core, call);
  else if (kind == GATE__V1__LIST_KIND__LI_QUEUES)
    answer_queues (core, call);
  else
    send_whole_convs (core, call, kind, queue, limit);
}

void
gate_lists_send_closed (GateCore        *core,
                        const GateCall  *call,
                        const GateQuery *query)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();

  for (guint i = 0; i < query->n_convs; i++)
    g_ptr_array_add (rows, gate_lists_stored_row (core, &query->convs[i], core->scratch));
  send_pages (core, call, GATE__V1__LIST_KIND__LI_CLOSED, rows, 0, query->more);
}

void
gate_lists_send_watched (GateCore         *core,
                         GateSession      *session,
                         GateConversation *conv,
                         gboolean          is_watching_now)
{
  Gate__V1__List list = GATE__V1__LIST__INIT;
  Gate__V1__ConvRow *row;

  if (!has_list (session, GATE__V1__LIST_KIND__LI_WATCHED))
    return;
  list.list = GATE__V1__LIST_KIND__LI_WATCHED;
  if (is_watching_now) {
    row = gate_lists_conv_row (core, conv, core->scratch);
    list.convs = &row;
    list.n_convs = 1;
  } else {
    list.gone = &conv->row.conv;
    list.n_gone = 1;
  }
  gate_send (core, session, &list.base);
}
