/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-handler.h"

#include "gate-commit.h"
#include "gate-contact.h"
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

/* Of the device at the other end of the conversation. The present session says it better than the last visit did. */
static void
fill_device (const GateVisitor    *visitor,
             const GateVisitorRow *row,
             Gate__V1__Contact    *body)
{
  static const GateVisitorRow nobody = { 0 };
  static const GateVisitor nowhere = { 0 };

  row = row != NULL ? row : &nobody;
  visitor = visitor != NULL ? visitor : &nowhere;
  body->verified = visitor->is_verified || row->is_verified;
  body->locale = first_of (visitor->locale, row->locale);
  body->tz = first_of (visitor->tz, row->tz);
  body->user_agent = first_of (visitor->user_agent, row->user_agent);
  body->place = first_of (visitor->place, row->place);
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
fill_earlier (GateCore          *core,
              GateCall          *call,
              const GateQuery   *query,
              guint64            present,
              Gate__V1__Contact *body)
{
  body->earlier = wire_arena_alloc0 (core->scratch, (query->n_convs + 1) * sizeof (gpointer));
  for (guint i = 0; i < query->n_convs; i++) {
    const GateConvRow *row = &query->convs[i];

    if (row->conv == present)
      continue;
    /* That there was one may be known; what was said in it only to those who may read it. */
    body->earlier[body->n_earlier] = gate_lists_stored_row (core, row, core->scratch);
    if (!may_read_row (core, call, row))
      body->earlier[body->n_earlier]->last_text = (char *) "";
    body->n_earlier++;
  }
}

static void
answer_contact (GateCore         *core,
                GateCall         *call,
                GateConversation *conv,
                const GateQuery  *query)
{
  Gate__V1__Contact body = GATE__V1__CONTACT__INIT;
  GatePerson people[GATE_MAX_MERGED];
  guint64 own = conv->row.visitor;
  GateVisitor *visitor = gate_visitor_find (core, own);

  gate_people_fill (core, query, people);
  gate_person_unite (people, query->n_visitors, core->scratch, &body);
  gate_people_fill_merged (core, people, query->n_visitors, core->scratch, &body);
  body.visitor = own;
  fill_device (visitor, gate_people_row (query, own), &body);
  body.blocked_until = gate_visitor_blocked_until (core, own);
  if (visitor != NULL)
    fill_trail (visitor, core->scratch, &body);
  fill_earlier (core, call, query, conv->row.conv, &body);
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
  guint64 visitors[GATE_MAX_MERGED];
  GateQuery *query;

  if (number == 0 && visitor != NULL && visitor->conv != NULL)
    number = visitor->conv->row.conv;
  conv = gate_call_conversation (core, call, number);
  if (conv == NULL)
    return;
  query =
    gate_call_people (core, call, visitors, gate_contact_list (core, conv->row.visitor, visitors));
  if (query != NULL)
    answer_contact (core, call, conv, query);
}

/* --- What staff says of them --------------------------------------------------------------------- */

/* Or nothing is said of them. */
static gboolean
are_good_attrs (const Gate__V1__ContactEdit *body)
{
  g_autofree char *json = g_strndup ((const char *) body->attrs.data, body->attrs.len);
  g_autofree char *alone = gate_json_merge (NULL, json);

  return (body->fields & GATE_CONTACT_ATTRS) == 0 || alone != NULL;
}

static gboolean
is_good_edit (const Gate__V1__ContactEdit *body)
{
  return body->fields != 0 && (body->fields & ~(guint32) GATE_CONTACT_ALL) == 0 &&
         !gate_text_is_longer (body->name, MAX_FIELD_CHARS) &&
         !gate_text_is_longer (body->email, MAX_FIELD_CHARS) &&
         !gate_text_is_longer (body->phone, MAX_FIELD_CHARS) &&
         !gate_text_is_longer (body->note, MAX_NOTE_CHARS) &&
         body->attrs.len <= GATE_MAX_ATTRS_BYTES && are_good_attrs (body) &&
         body->blocked_until <= MAX_BLOCK_MS;
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

/* What is said of the contact is said of the visitor whose contact it is. */
static void
apply_edit (GateVisitor                 *visitor,
            const Gate__V1__ContactEdit *body)
{
  if ((body->fields & GATE_CONTACT_NAME) != 0)
    set_field (&visitor->name, body->name);
  if ((body->fields & GATE_CONTACT_EMAIL) != 0)
    set_field (&visitor->email, body->email);
  if ((body->fields & GATE_CONTACT_PHONE) != 0)
    set_field (&visitor->phone, body->phone);
  if ((body->fields & GATE_CONTACT_NOTE) != 0)
    set_field (&visitor->note, body->note);
  visitor->edited |= body->fields & GATE_CONTACT_KEPT;
}

/* The note is written whole: what was in those of the merged is in it, or is not wanted. */
static void
tell_notes (GateCore        *core,
            const GateQuery *query)
{
  for (guint i = 1; i < query->n_visitors; i++) {
    const GateMergeRow *merge = gate_contact_merge (core, query->visitors[i]);
    GateMergeRow *row;

    if (merge == NULL || merge->is_note_told)
      continue;
    row = &gate_commit_write (core, GATE_WRITE_MERGE)->row.merge;
    *row = *merge;
    row->is_note_told = TRUE;
    gate_contact_set (core, row);
  }
}

/* Whoever is kept out is kept out on each of their devices. */
static void
block_all (GateCore                    *core,
           const GateQuery             *query,
           const Gate__V1__ContactEdit *body)
{
  for (guint i = 0; i < query->n_visitors; i++)
    gate_visitor_block (core, query->visitors[i], body->blocked_until);
  for (guint i = 1; i < query->n_visitors; i++) {
    GateVisitor *each = gate_people_take (core, query, query->visitors[i]);

    gate_visitor_keep (core, each);
    gate_visitor_release (core, each);
  }
}

static void
edit_contact (GateCore                    *core,
              GateCall                    *call,
              GateConversation            *conv,
              const GateQuery             *query,
              const Gate__V1__ContactEdit *body)
{
  GateVisitor *visitor = gate_people_take (core, query, query->visitors[0]);

  if ((body->fields & GATE_CONTACT_ATTRS) != 0 && !set_attrs (visitor, body)) {
    gate_call_refuse (core, call, 413, "too_large", NULL);
    gate_visitor_release (core, visitor);
    return;
  }
  apply_edit (visitor, body);
  if ((body->fields & GATE_CONTACT_NOTE) != 0)
    tell_notes (core, query);
  if ((body->fields & GATE_CONTACT_BLOCK) != 0)
    block_all (core, query, body);
  gate_visitor_keep (core, visitor);
  if ((body->fields & GATE_CONTACT_NAME) != 0 && visitor == conv->visitor)
    gate_text_set (&conv->row.visitor_name, body->name);
  if ((body->fields & GATE_CONTACT_BLOCK) != 0)
    gate_call_audit (core, call, body->blocked_until != 0 ? "contact.block" : "contact.unblock",
                     conv->row.conv, call->self);
  gate_conversation_save (core, conv, TRUE);
  gate_ack_epoch_held (core, &call->asker, conv);
  gate_contact_tell (core, visitor->id); /* who has the chat too has something to ask for */
  gate_visitor_release (core, visitor);
  for (guint i = 0; i < query->n_visitors; i++) {
    if (gate_visitor_blocked_until (core, query->visitors[i]) != 0)
      end_sessions (core, query->visitors[i]);
  }
}

void
gate_handle_contact_edit (GateCore *core,
                          GateCall *call)
{
  const Gate__V1__ContactEdit *body = call->frame->contact_edit;
  GateConversation *conv = gate_call_conversation (core, call, body->conv);
  guint64 visitors[GATE_MAX_MERGED];
  GateQuery *query;

  if (conv == NULL || !gate_call_may_edit (core, call, conv))
    return;
  if (!is_good_edit (body)) {
    gate_call_refuse (core, call, 422, "invalid", NULL);
    return;
  }
  query =
    gate_call_people (core, call, visitors, gate_contact_list (core, conv->row.visitor, visitors));
  if (query != NULL)
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
