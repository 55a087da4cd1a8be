/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-handler.h"

#include "gate-json.h"
#include "gate-lists.h"
#include "gate-park.h"
#include "gate-session.h"

/* ContactReq: what is known of a visitor. Keys and KeysReq belong to sealed conversations, which come later. */

static char *
first_of (const char *present,
          const char *stored)
{
  if (!gate_text_is_empty (present))
    return (char *) present;
  return (char *) (stored != NULL ? stored : "");
}

static void
fill_trail (const GateVisitor *visitor,
            WireArena         *arena,
            Gate__V1__Contact *body)
{
  body->trail = wire_arena_alloc0 (arena, GATE_MAX_TRAIL * sizeof (gpointer));
  for (guint i = 0; i < visitor->n_pages; i++) {
    const GatePage *page = &visitor->pages[(visitor->first_page + i) % GATE_MAX_TRAIL];
    Gate__V1__PageView *view = wire_arena_new0 (arena, Gate__V1__PageView);

    gate__v1__page_view__init (view);
    view->url = page->url;
    view->title = page->title;
    view->referrer = page->referrer;
    view->ts = page->ts;
    body->trail[body->n_trail++] = view;
  }
}

/* The present session says it better than the last visit did. */
static void
fill_person (const GateVisitor    *visitor,
             const GateVisitorRow *row,
             Gate__V1__Contact    *body)
{
  static const GateVisitorRow nobody = { 0 };
  static const GateVisitor nowhere = { 0 };

  row = row != NULL ? row : &nobody;
  visitor = visitor != NULL ? visitor : &nowhere;
  body->name = first_of (visitor->name, row->name);
  body->email = first_of (visitor->email, row->email);
  body->phone = first_of (visitor->phone, row->phone);
  body->verified = visitor->is_verified || row->is_verified;
  body->locale = first_of (visitor->locale, row->locale);
  body->tz = first_of (visitor->tz, row->tz);
  body->user_agent = first_of (visitor->user_agent, row->user_agent);
  body->place = first_of (NULL, row->place);
  body->visits = row->visits;
  body->first_seen = row->first_seen;
  body->attrs.data = (guint8 *) first_of (visitor->attrs, row->attrs);
  body->attrs.len = strlen ((const char *) body->attrs.data);
}

static gboolean
may_read_row (GateCore          *core,
              const GateCall    *call,
              const GateConvRow *row)
{
  GateConversation *conv = gate_conversation_find (core, row->conv);

  if (conv != NULL)
    return gate_conversation_may_read (core, conv, call->agent);
  return (call->rights & GATE_RIGHT_FLOOR) != 0 || row->last_agent == call->self;
}

static void
answer_contact (GateCore         *core,
                GateCall         *call,
                GateConversation *conv,
                const GateQuery  *query)
{
  Gate__V1__Contact body = GATE__V1__CONTACT__INIT;
  GateVisitor *visitor = gate_visitor_find (core, query->visitor);

  body.visitor = query->visitor;
  fill_person (visitor, query->visitor_row, &body);
  if (visitor != NULL)
    fill_trail (visitor, core->scratch, &body);
  body.earlier = wire_arena_alloc0 (core->scratch, (query->n_convs + 1) * sizeof (gpointer));
  for (guint i = 0; i < query->n_convs; i++) {
    const GateConvRow *row = &query->convs[i];

    if (row->conv == conv->row.conv)
      continue;
    /* That there was one may be known; what was said in it only to those who may read it. */
    body.earlier[body.n_earlier] = gate_lists_stored_row (row, core->scratch);
    if (!may_read_row (core, call, row))
      body.earlier[body.n_earlier]->last_text = (char *) "";
    body.n_earlier++;
  }
  gate_answer (core, &call->asker, &body.base);
}

/* By conversation, or by a visitor one has a conversation with now. */
void
gate_handle_contact (GateCore *core,
                     GateCall *call)
{
  const Gate__V1__ContactReq *body = call->frame->contact_req;
  GateVisitor *visitor = body->visitor != 0 ? gate_visitor_find (core, body->visitor) : NULL;
  guint64 number = body->conv;
  GateConversation *conv;
  GateQuery *query = gate_call_found (call, GATE_QUERY_CONTACT);

  if (number == 0 && visitor != NULL && visitor->conv != NULL)
    number = visitor->conv->row.conv;
  conv = gate_call_conversation (core, call, number);
  if (conv == NULL)
    return;
  if (query == NULL) {
    query = gate_query_new (GATE_QUERY_CONTACT);
    query->visitor = conv->row.visitor;
    gate_call_wait (core, call, query);
    return;
  }
  if (!gate_call_failed (core, call, query))
    answer_contact (core, call, conv, query);
}

void
gate_handle_keys (GateCore *core,
                  GateCall *call)
{
  gate_call_refuse (core, call, 415, "unsupported_content", "sealed conversations are not on");
}

/* Nobody has published keys, and that is the answer. */
void
gate_handle_keys_req (GateCore *core,
                      GateCall *call)
{
  const Gate__V1__KeysReq *body = call->frame->keys_req;
  Gate__V1__Keys keys = GATE__V1__KEYS__INIT;

  keys.conv = body->conv;
  keys.who = body->who;
  keys.role = body->role;
  gate_answer (core, &call->asker, &keys.base);
}
