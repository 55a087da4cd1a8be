/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-handler.h"

#include "gate-commit.h"
#include "gate-metric-table.h"
#include "gate-park.h"
#include "gate-queue.h"
#include "gate-session.h"

#include "wire-visitor.h"

#define V          GATE_FROM_VISITOR
#define A          GATE_FROM_AGENT
#define BODY(name) GATE__V1__FRAME__BODY_##name
#define CONV(Type) G_STRUCT_OFFSET (Gate__V1__##Type, conv)
#define CHAT       GATE_RIGHT_CHAT

/* PROTOCOLS.md 2d.7: who may send what. An auditor reads and writes nothing. */
/* clang-format off */
static const GateHandler handlers[] = {
  { BODY (OPEN),         V,     0,    TRUE,  0,                  gate_handle_open },
  { BODY (MESSAGE),      V | A, CHAT, TRUE,  CONV (Message),     gate_handle_message },
  { BODY (HANDOVER),     V,     0,    TRUE,  0,                  gate_handle_handover },
  { BODY (RATING),       V,     0,    TRUE,  0,                  gate_handle_rating },
  { BODY (FEEDBACK),     V | A, 0,    TRUE,  CONV (Feedback),    gate_handle_feedback },
  { BODY (TYPING),       V | A, CHAT, FALSE, CONV (Typing),      gate_handle_typing },
  { BODY (READ),         V | A, CHAT, FALSE, CONV (Read),        gate_handle_read },
  { BODY (PAGE_VIEW),    V,     0,    FALSE, 0,                  gate_handle_page_view },
  { BODY (PING),         V | A, 0,    FALSE, 0,                  gate_handle_ping },
  { BODY (HISTORY_REQ),  V | A, 0,    FALSE, 0,                  gate_handle_history },
  { BODY (SEARCH_REQ),   A,     0,    FALSE, 0,                  gate_handle_search },
  { BODY (UPLOAD_REQ),   V | A, CHAT, FALSE, 0,                  gate_handle_upload },
  { BODY (AGENT_STATUS), A,     0,    FALSE, 0,                  gate_handle_status },
  { BODY (SUBSCRIBE),    A,     0,    FALSE, 0,                  gate_handle_subscribe },
  { BODY (WATCH),        A,     0,    TRUE,  CONV (Watch),       gate_handle_watch },
  { BODY (OFFER_ANSWER), A,     CHAT, TRUE,  CONV (OfferAnswer), gate_handle_offer_answer },
  { BODY (CLAIM),        A,     CHAT, TRUE,  CONV (Claim),       gate_handle_claim },
  { BODY (TRANSFER),     A,     CHAT, TRUE,  CONV (Transfer),    gate_handle_transfer },
  { BODY (HOLD),         A,     CHAT, TRUE,  CONV (Hold),        gate_handle_hold },
  { BODY (SNOOZE),       A,     CHAT, TRUE,  CONV (Snooze),      gate_handle_snooze },
  { BODY (REOPEN),       A,     CHAT, TRUE,  CONV (Reopen),      gate_handle_reopen },
  { BODY (CONV_UPDATE),  A,     CHAT, TRUE,  CONV (ConvUpdate),  gate_handle_update },
  { BODY (CLOSE),        V | A, CHAT, TRUE,  CONV (Close),       gate_handle_close },
  { BODY (WRAPUP),       A,     CHAT, TRUE,  CONV (Wrapup),      gate_handle_wrapup },
  { BODY (NOTE),         A,     CHAT, TRUE,  CONV (Note),        gate_handle_note },
  { BODY (CONTACT_REQ),  A,     0,    FALSE, 0,                  gate_handle_contact },
  { BODY (CONTACT_EDIT), A,     CHAT, TRUE,  CONV (ContactEdit), gate_handle_contact_edit },
  { BODY (CONTACT_MERGE), A,    CHAT, TRUE,  CONV (ContactMerge), gate_handle_contact_merge },
  { BODY (CONTACT_FIND), A,     CHAT, FALSE, 0,                  gate_handle_contact_find },
  { BODY (KEYS),         V | A, CHAT, FALSE, 0,                  gate_handle_keys },
  { BODY (KEYS_REQ),     V | A, CHAT, FALSE, 0,                  gate_handle_keys_req },
};
/* clang-format on */

const GateHandler *
gate_handler_find (Gate__V1__Frame__BodyCase body_case)
{
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++) {
    if (handlers[i].body_case == body_case)
      return &handlers[i];
  }
  return NULL;
}

static gboolean
is_allowed (const GateHandler *handler,
            const GateCall    *call)
{
  if (call->role == GATE__V1__ROLE__VISITOR)
    return (handler->from & GATE_FROM_VISITOR) != 0;
  return (handler->from & GATE_FROM_AGENT) != 0 &&
         (call->rights & handler->right) == handler->right;
}

static guint64
conv_of (const GateHandler *handler,
         const GateCall    *call)
{
  const ProtobufCMessage *body = wire_frame_body (call->frame);

  return handler->conv_offset != 0
           ? *(const guint64 *) (gconstpointer) ((const char *) body + handler->conv_offset)
           : 0;
}

static guint64
key_of (const GateHandler *handler,
        const GateCall    *call)
{
  if (!handler->is_ordered)
    return 0;
  return call->role == GATE__V1__ROLE__VISITOR ? gate_park_key_of_visitor (call->self)
                                               : gate_park_key_of_conv (conv_of (handler, call));
}

void
gate_dispatch (GateCore *core,
               GateCall *call)
{
  const GateHandler *handler = gate_handler_find (call->frame->body_case);

  if (handler == NULL || !is_allowed (handler, call)) {
    gate_core_count (core, GATE_METRIC_FRAMES_REJECTED, GATE_REJECTED_FORBIDDEN);
    gate_refuse (core, &call->asker, 403, "forbidden", NULL);
    return;
  }
  if (!gate_park_behind (core, call, key_of (handler, call)))
    handler->handle (core, call);
}

void
gate_dispatch_again (GateCore *core,
                     GateCall *call)
{
  gate_commit_begin (core);
  gate_handler_find (call->frame->body_case)->handle (core, call);
}

/* --- For handlers ------------------------------------------------------------------------------------------- */

void
gate_call_refuse (GateCore   *core,
                  GateCall   *call,
                  guint       code,
                  const char *slug,
                  const char *detail)
{
  gate_refuse (core, &call->asker, code, slug, detail);
}

void
gate_call_wait (GateCore  *core,
                GateCall  *call,
                GateQuery *query)
{
  const GateHandler *handler = gate_handler_find (call->frame->body_case);

  gate_park_wait (core, call, key_of (handler, call), query);
}

void
gate_call_wait_commit (GateCore *core,
                       GateCall *call)
{
  const GateHandler *handler = gate_handler_find (call->frame->body_case);

  call->n_waits++;
  gate_park_wait_commit (core, call, key_of (handler, call));
}

static gboolean
is_about (const GateQuery *query,
          const guint64   *visitors,
          guint            n_visitors)
{
  return query->n_visitors == n_visitors &&
         memcmp (query->visitors, visitors, n_visitors * sizeof *visitors) == 0;
}

GateQuery *
gate_call_people (GateCore      *core,
                  GateCall      *call,
                  const guint64 *visitors,
                  guint          n_visitors)
{
  GateQuery *query = gate_call_found (call, GATE_QUERY_PEOPLE);

  /* Who stands in a contact may have changed while the store was asked. */
  if (query != NULL && is_about (query, visitors, n_visitors))
    return gate_call_failed (core, call, query) ? NULL : query;
  query = gate_query_new (GATE_QUERY_PEOPLE);
  query->visitors = wire_arena_memdup (query->arena, visitors, n_visitors * sizeof *visitors);
  query->n_visitors = n_visitors;
  gate_call_wait (core, call, query);
  return NULL;
}

gboolean
gate_call_may_edit (GateCore         *core,
                    GateCall         *call,
                    GateConversation *conv)
{
  return (call->rights & GATE_RIGHT_FLOOR) != 0 || conv->row.last_agent == call->self ||
         gate_call_owns (core, call, conv);
}

void
gate_call_limit_query (GateCore       *core,
                       const GateCall *call,
                       GateQuery      *query)
{
  const char **names;
  guint n = 0;

  if ((call->rights & GATE_RIGHT_FLOOR) != 0)
    return;
  names = wire_arena_alloc0 (query->arena, (core->queues->len + 1) * sizeof (char *));
  for (guint i = 0; i < core->queues->len; i++) {
    if (call->agent->serves & (G_GUINT64_CONSTANT (1) << i))
      names[n++] = ((GateQueue *) g_ptr_array_index (core->queues, i))->name;
  }
  query->agent = call->self;
  query->queues = names;
}

gboolean
gate_call_failed (GateCore  *core,
                  GateCall  *call,
                  GateQuery *query)
{
  if (query->status == GATE_STORE_OK)
    return FALSE;
  gate_refuse_status (core, &call->asker, GATE_STORE_FAILED);
  return TRUE;
}

/* The log of changes says who has owned it; asked only of those who may not read it for any other reason. */
static gboolean
owned_once (GateCore         *core,
            GateCall         *call,
            GateConversation *conv,
            gboolean         *ret_is_waiting)
{
  GateQuery *query = gate_call_found (call, GATE_QUERY_HISTORY);
  gboolean is_owner = FALSE;

  if (query == NULL) {
    query = gate_query_new (GATE_QUERY_HISTORY);
    query->conv = conv->row.conv;
    query->before = 1; /* no lines */
    query->limit = 1;
    query->notes_after = G_MAXUINT64;
    query->with_events = TRUE;
    query->max_bytes = GATE_MAX_EVENTS_BYTES;
    gate_call_wait (core, call, query);
    *ret_is_waiting = TRUE;
    return FALSE;
  }
  for (guint i = 0; i < query->n_events && !is_owner; i++)
    is_owner =
      query->events[i].agent == call->self && query->events[i].to != GATE__V1__STATE__ST_OFFERED;
  if (is_owner)
    gate_conversation_add_reader (conv, call->self);
  /* The slot is for the handler's own question. */
  gate_query_free (query);
  call->found[GATE_QUERY_HISTORY] = NULL;
  return is_owner;
}

static gboolean
may_see (GateCore         *core,
         GateCall         *call,
         GateConversation *conv)
{
  gboolean is_waiting = FALSE;

  if (call->role == GATE__V1__ROLE__VISITOR) {
    if (conv->row.visitor == call->self)
      return TRUE;
    /* Whether a number exists is nobody's business but its visitor's. */
    gate_call_refuse (core, call, 404, "no_conversation", NULL);
    return FALSE;
  }
  if (gate_conversation_may_read (core, conv, call->agent))
    return TRUE;
  if (owned_once (core, call, conv, &is_waiting) || is_waiting)
    return !is_waiting;
  gate_call_refuse (core, call, 403, "forbidden", NULL);
  return FALSE;
}

static void
ask_store (GateCore *core,
           GateCall *call,
           guint64   number)
{
  GateQuery *query = gate_call_found (call, GATE_QUERY_CONV);

  if (query == NULL || query->conv != number) {
    query = gate_query_new (GATE_QUERY_CONV);
    query->conv = number;
    gate_call_wait (core, call, query);
    return;
  }
  if (gate_call_failed (core, call, query))
    return;
  if (query->n_convs == 0)
    gate_call_refuse (core, call, 404, "no_conversation", NULL);
  else /* it was lost to a failing store this moment, and is being read again */
    gate_refuse_status (core, &call->asker, GATE_STORE_FAILED);
}

GateConversation *
gate_call_conversation (GateCore *core,
                        GateCall *call,
                        guint64   number)
{
  GateConversation *conv;

  if (number == 0 && call->role == GATE__V1__ROLE__VISITOR)
    return gate_call_last (core, call);
  if (number == 0) {
    gate_call_refuse (core, call, 404, "no_conversation", NULL);
    return NULL;
  }
  conv = gate_conversation_find (core, number);
  if (conv == NULL)
    ask_store (core, call, number);
  if (conv == NULL || !may_see (core, call, conv))
    return NULL;
  gate_conversation_touch (core, conv);
  return conv;
}

GateConversation *
gate_call_last (GateCore *core,
                GateCall *call)
{
  GateVisitor *visitor = gate_visitor_find (core, call->self);
  GateQuery *query = gate_call_found (call, GATE_QUERY_VISITOR_LAST);
  GateConversation *conv = NULL;

  if (visitor != NULL && visitor->conv != NULL)
    return visitor->conv;
  if (query == NULL) {
    query = gate_query_new (GATE_QUERY_VISITOR_LAST);
    query->visitor = call->self;
    gate_call_wait (core, call, query);
    return NULL;
  }
  if (gate_call_failed (core, call, query))
    return NULL;
  if (query->n_convs > 0)
    conv = gate_conversation_find (core, query->convs[0].conv);
  if (query->n_convs == 0)
    gate_call_refuse (core, call, 404, "no_conversation", NULL);
  else if (conv == NULL)
    gate_refuse_status (core, &call->asker, GATE_STORE_FAILED);
  return conv;
}

gboolean
gate_call_owns (GateCore         *core,
                GateCall         *call,
                GateConversation *conv)
{
  if ((gate_conversation_is_owned (&conv->row) && conv->row.agent == call->self) ||
      gate_conversation_has_joined (conv, call->self))
    return TRUE;
  gate_refuse_conv (core, &call->asker, 403, "not_owner", conv);
  return FALSE;
}

gboolean
gate_call_change (GateCore         *core,
                  GateCall         *call,
                  GateConversation *conv,
                  GateChange       *change)
{
  GateChangeStatus status;

  change->actor = call->self;
  change->actor_role = call->role;
  status = gate_conversation_change (core, conv, change);
  if (status == GATE_CHANGE_OK)
    return TRUE;
  if (status == GATE_CHANGE_STALE)
    gate_refuse_conv (core, &call->asker, 409, "stale_epoch", conv);
  else if (conv->row.state == GATE__V1__STATE__ST_CLOSED)
    gate_refuse_conv (core, &call->asker, 410, "closed", conv);
  else
    gate_refuse_conv (core, &call->asker, 422, "invalid", conv);
  return FALSE;
}

void
gate_call_audit (GateCore   *core,
                 GateCall   *call,
                 const char *action,
                 guint64     conv,
                 guint64     agent)
{
  char detail[96];

  g_snprintf (detail, sizeof detail,
              "{\"conv\":%" G_GUINT64_FORMAT ",\"agent\":%" G_GUINT64_FORMAT "}", conv, agent);
  gate_call_audit_detail (core, call, action, detail);
}

void
gate_call_audit_detail (GateCore   *core,
                        GateCall   *call,
                        const char *action,
                        const char *detail)
{
  GateAuditRow *row = &gate_commit_write (core, GATE_WRITE_AUDIT)->row.audit;

  row->ts = (guint64) core->wall_ms;
  row->actor = call->self;
  row->action = action;
  row->detail = wire_arena_strdup (gate_commit_arena (core), detail);
}
