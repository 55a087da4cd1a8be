/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-handler.h"

#include "gate-commit.h"
#include "gate-conversation.h"
#include "gate-json.h"
#include "gate-lists.h"
#include "gate-outgoing.h"
#include "gate-park.h"
#include "gate-session.h"

/* ContactReq, ContactEdit: what is known of a visitor, and what staff says of them. Keys and KeysReq belong to sealed conversations, which come later. */

#define MAX_FIELD_CHARS 200
#define MAX_NOTE_CHARS  4000
/* Further than the calendar of a database: for good. */
#define MAX_BLOCK_MS G_GUINT64_CONSTANT (253402300799000)

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

/* What staff has set or taken away is not what a visit says. */
static char *
said_of (const GateVisitor    *visitor,
         const char           *present,
         const GateVisitorRow *row,
         const char           *stored,
         guint                 field)
{
  if (visitor->has_row)
    return first_of (present, NULL);
  return (row->edited & field) != 0 ? first_of (NULL, stored) : first_of (present, stored);
}

/* The present session says it better than the last visit did. */
static void
fill_person (const GateVisitor    *visitor,
             const GateVisitorRow *row,
             WireArena            *arena,
             Gate__V1__Contact    *body)
{
  static const GateVisitorRow nobody = { 0 };
  static const GateVisitor nowhere = { 0 };
  g_autofree char *attrs = NULL;

  row = row != NULL ? row : &nobody;
  visitor = visitor != NULL ? visitor : &nowhere;
  attrs = gate_visitor_dup_attrs (visitor, row);
  body->name = said_of (visitor, visitor->name, row, row->name, GATE_CONTACT_NAME);
  body->email = said_of (visitor, visitor->email, row, row->email, GATE_CONTACT_EMAIL);
  body->phone = said_of (visitor, visitor->phone, row, row->phone, GATE_CONTACT_PHONE);
  body->verified = visitor->is_verified || row->is_verified;
  body->locale = first_of (visitor->locale, row->locale);
  body->tz = first_of (visitor->tz, row->tz);
  body->user_agent = first_of (visitor->user_agent, row->user_agent);
  body->place = first_of (NULL, row->place);
  body->visits = row->visits;
  body->first_seen = row->first_seen;
  body->attrs.data = (guint8 *) wire_arena_strdup (arena, first_of (attrs, NULL));
  body->note = said_of (visitor, visitor->note, row, row->note, 0);
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
  fill_person (visitor, query->visitor_row, core->scratch, &body);
  body.blocked_until = gate_visitor_blocked_until (core, query->visitor);
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

/* --- What staff says of them --------------------------------------------------------------------- */

static gboolean
is_good_edit (const Gate__V1__ContactEdit *body)
{
  return body->fields != 0 && (body->fields & ~(guint32) GATE_CONTACT_ALL) == 0 &&
         !gate_text_is_longer (body->name, MAX_FIELD_CHARS) &&
         !gate_text_is_longer (body->email, MAX_FIELD_CHARS) &&
         !gate_text_is_longer (body->phone, MAX_FIELD_CHARS) &&
         !gate_text_is_longer (body->note, MAX_NOTE_CHARS) &&
         body->attrs.len <= GATE_MAX_ATTRS_BYTES && body->blocked_until <= MAX_BLOCK_MS;
}

static gboolean
set_attrs (GateVisitor                 *visitor,
           const Gate__V1__ContactEdit *body)
{
  g_autofree char *json = g_strndup ((const char *) body->attrs.data, body->attrs.len);

  return gate_visitor_set_attrs (visitor, json);
}

static void
set_field (char       **field,
           const char  *value)
{
  g_free (*field);
  *field = gate_text_is_empty (value) ? NULL : g_strdup (value);
}

static void
end_sessions (GateCore *core,
              guint64   visitor)
{
  GateSession *session;

  while ((session = gate_session_first_of_visitor (core, visitor)) != NULL)
    gate_session_end (core, session, 4009);
}

static void
apply_edit (GateCore                    *core,
            GateConversation            *conv,
            GateVisitor                 *visitor,
            const Gate__V1__ContactEdit *body)
{
  if ((body->fields & GATE_CONTACT_NAME) != 0) {
    set_field (&visitor->name, body->name);
    gate_text_set (&conv->row.visitor_name, body->name);
  }
  if ((body->fields & GATE_CONTACT_EMAIL) != 0)
    set_field (&visitor->email, body->email);
  if ((body->fields & GATE_CONTACT_PHONE) != 0)
    set_field (&visitor->phone, body->phone);
  if ((body->fields & GATE_CONTACT_NOTE) != 0)
    set_field (&visitor->note, body->note);
  if ((body->fields & GATE_CONTACT_BLOCK) != 0)
    gate_visitor_block (core, visitor->id, body->blocked_until);
  visitor->edited |= body->fields & GATE_CONTACT_KEPT;
}

static void
edit_contact (GateCore                    *core,
              GateCall                    *call,
              GateConversation            *conv,
              const GateQuery             *query,
              const Gate__V1__ContactEdit *body)
{
  GateVisitor *visitor = conv->visitor;

  if (query->visitor_row != NULL)
    gate_visitor_take_row (visitor, query->visitor_row);
  visitor->has_row = TRUE;
  if ((body->fields & GATE_CONTACT_ATTRS) != 0 && !set_attrs (visitor, body)) {
    gate_call_refuse (core, call, 422, "invalid", NULL);
    return;
  }
  apply_edit (core, conv, visitor, body);
  gate_visitor_keep (core, visitor);
  if ((body->fields & GATE_CONTACT_BLOCK) != 0)
    gate_call_audit (core, call, body->blocked_until != 0 ? "contact.block" : "contact.unblock",
                     conv->row.conv, call->self);
  gate_conversation_save (core, conv, TRUE);
  gate_ack_epoch_held (core, &call->asker, conv);
  gate_tell_presence (core, conv); /* who has the chat too has something to ask for */
  if (gate_visitor_blocked_until (core, visitor->id) != 0)
    end_sessions (core, visitor->id);
}

void
gate_handle_contact_edit (GateCore *core,
                          GateCall *call)
{
  const Gate__V1__ContactEdit *body = call->frame->contact_edit;
  GateConversation *conv = gate_call_conversation (core, call, body->conv);
  GateQuery *query = gate_call_found (call, GATE_QUERY_CONTACT);

  if (conv == NULL || ((call->rights & GATE_RIGHT_FLOOR) == 0 &&
                       conv->row.last_agent != call->self && !gate_call_owns (core, call, conv)))
    return;
  if (!is_good_edit (body)) {
    gate_call_refuse (core, call, 422, "invalid", NULL);
    return;
  }
  if (query == NULL) {
    query = gate_query_new (GATE_QUERY_CONTACT);
    query->visitor = conv->row.visitor;
    gate_call_wait (core, call, query);
    return;
  }
  if (!gate_call_failed (core, call, query))
    edit_contact (core, call, conv, query, body);
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
