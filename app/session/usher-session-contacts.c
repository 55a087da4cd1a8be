/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include "usher-page-view.h"
#include "usher-session-private.h"
#include "wire-frame.h"

/* Who the visitor is: asked for when somebody looks, filled when the answer comes. */

static UsherContact *
find_contact (UsherSession *self,
              guint64       visitor)
{
  UsherContact *contact = g_hash_table_lookup (self->contacts, &visitor);

  if (contact != NULL)
    return contact;
  contact = usher_contact_new (visitor);
  g_hash_table_insert (self->contacts, g_memdup2 (&visitor, sizeof visitor), contact);
  return contact;
}

static void
fill_earlier (UsherSession            *self,
              UsherContact            *contact,
              const Gate__V1__Contact *frame)
{
  GListStore *earlier = usher_contact_get_earlier (contact);
  g_autoptr (GPtrArray) conversations = g_ptr_array_new ();

  for (gsize i = 0; i < frame->n_earlier; i++) {
    const Gate__V1__ConvRow *row = frame->earlier[i];
    UsherHolding *holding = usher_session_get_holding (self, row->conv);

    usher_session_apply_row (self, holding, row);
    g_ptr_array_add (conversations, holding->conversation);
  }
  g_list_store_splice (earlier, 0, g_list_model_get_n_items (G_LIST_MODEL (earlier)),
                       conversations->pdata, conversations->len);
}

static void
fill_trail (UsherSession            *self,
            UsherContact            *contact,
            const Gate__V1__Contact *frame)
{
  GListStore *trail = usher_contact_get_trail (contact);
  g_autoptr (GPtrArray) pages = g_ptr_array_new_with_free_func (g_object_unref);

  for (gsize i = 0; i < frame->n_trail; i++) {
    UsherPageView *page = usher_page_view_new (frame->trail[i]->url);

    usher_page_view_set_title (page, frame->trail[i]->title);
    usher_page_view_set_ts_us (page, usher_session_local_us (self, frame->trail[i]->ts));
    g_ptr_array_add (pages, page);
  }
  g_list_store_splice (trail, 0, g_list_model_get_n_items (G_LIST_MODEL (trail)), pages->pdata,
                       pages->len);
  if (frame->n_trail == 0)
    return;
  usher_contact_set_page_url (contact, frame->trail[frame->n_trail - 1]->url);
  usher_contact_set_page_title (contact, frame->trail[frame->n_trail - 1]->title);
  usher_contact_set_came_from (contact, frame->trail[0]->referrer);
}

static void
fill_merged (UsherSession            *self,
             UsherContact            *contact,
             const Gate__V1__Contact *frame)
{
  GListStore *merged = usher_contact_get_merged (contact);
  g_autoptr (GPtrArray) contacts = g_ptr_array_new_with_free_func (g_object_unref);

  usher_contact_set_contact (contact, frame->contact);
  for (gsize i = 0; i < frame->n_merged; i++) {
    const Gate__V1__MergedContact *from = frame->merged[i];
    UsherContact *one = usher_contact_new (from->visitor);

    usher_contact_set_name (one, from->name);
    usher_contact_set_email (one, from->email);
    usher_contact_set_phone (one, from->phone);
    usher_contact_set_is_verified (one, from->verified);
    usher_contact_set_contact (one, from->into);
    usher_contact_set_merged_us (one, usher_session_local_us (self, from->ts));
    g_ptr_array_add (contacts, one);
  }
  g_list_store_splice (merged, 0, g_list_model_get_n_items (G_LIST_MODEL (merged)), contacts->pdata,
                       contacts->len);
}

/* What is known of a person, whatever they are asked for. */
static void
fill_person (UsherContact            *contact,
             const Gate__V1__Contact *from)
{
  g_autofree char *attrs = g_strndup ((const char *) from->attrs.data, from->attrs.len);

  usher_contact_set_name (contact, from->name);
  usher_contact_set_email (contact, from->email);
  usher_contact_set_phone (contact, from->phone);
  usher_contact_set_is_verified (contact, from->verified);
  usher_contact_set_visits (contact, from->visits);
  usher_contact_set_first_seen_us (contact, (gint64) from->first_seen * 1000);
  usher_contact_set_last_seen_us (contact, (gint64) from->last_seen * 1000);
  usher_contact_set_attrs (contact, attrs);
  usher_contact_set_note (contact, from->note);
}

UsherContact *
usher_session_contact_from (UsherSession            *self,
                            const Gate__V1__Contact *frame)
{
  UsherContact *contact = usher_contact_new (frame->visitor);

  fill_person (contact, frame);
  fill_merged (self, contact, frame);
  return contact;
}

static void
handle_contact (const Gate__V1__Frame *frame,
                gpointer               user_data)
{
  UsherSession *self = user_data;
  const Gate__V1__Contact *from = frame->contact;
  UsherContact *contact = find_contact (self, from->visitor);

  fill_person (contact, from);
  usher_contact_set_locale (contact, from->locale);
  usher_contact_set_tz (contact, from->tz);
  usher_contact_set_user_agent (contact, from->user_agent);
  usher_contact_set_place (contact, from->place);
  usher_contact_set_blocked_until_us (contact,
                                      (gint64) from->blocked_until * 1000 >= USHER_BLOCK_FOR_GOOD
                                        ? USHER_BLOCK_FOR_GOOD
                                        : (from->blocked_until == 0
                                             ? 0
                                             : (gint64) from->blocked_until * 1000 -
                                                 self->skew_us));
  fill_trail (self, contact, from);
  fill_earlier (self, contact, from);
  fill_merged (self, contact, from);
}

typedef struct {
  UsherSession *session; /* borrowed: it owns the dispatcher that owns this */
  guint64 conv;
} Question;

static void ask (UsherSession *self,
                 UsherHolding *holding);

/* However often the visitor turns the page, one question is on its way. */
static void
answered_cb (const Gate__V1__Frame *answer,
             gpointer               user_data)
{
  Question *question = user_data;
  UsherHolding *holding = usher_session_peek_holding (question->session, question->conv);
  gboolean asks_again = holding != NULL && holding->asks_contact_again;

  if (answer != NULL && answer->body_case == GATE__V1__FRAME__BODY_ERROR)
    g_debug ("no contact: %s", answer->error->slug);
  if (holding == NULL)
    return;
  holding->is_contact_asked = holding->asks_contact_again = FALSE;
  if (asks_again && answer != NULL)
    ask (question->session, holding);
}

static void
ask (UsherSession *self,
     UsherHolding *holding)
{
  Gate__V1__ContactReq request = GATE__V1__CONTACT_REQ__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (CONTACT_REQ, contact_req, &request);
  Question *question;

  holding->asks_contact_again = holding->is_contact_asked;
  if (holding->is_contact_asked)
    return;
  request.visitor = usher_conversation_get_visitor (holding->conversation);
  request.conv = usher_conversation_get_conv (holding->conversation);
  question = g_new (Question, 1);
  *question = (Question){ self, request.conv };
  holding->is_contact_asked = usher_session_ask (self, &frame, answered_cb, question, g_free);
}

void
usher_session_visitor_moved (UsherSession *self,
                             UsherHolding *holding)
{
  if (holding->is_shown)
    ask (self, holding);
}

UsherContact *
usher_session_get_contact (UsherSession      *self,
                           UsherConversation *conversation)
{
  UsherHolding *holding;
  UsherContact *contact;

  g_return_val_if_fail (USHER_IS_SESSION (self), NULL);
  g_return_val_if_fail (USHER_IS_CONVERSATION (conversation), NULL);

  holding = usher_session_holding_of (self, conversation);
  contact = find_contact (self, usher_conversation_get_visitor (conversation));
  if (usher_contact_get_name (contact) == NULL)
    usher_contact_set_name (contact, usher_conversation_get_name (conversation));
  if (holding != NULL)
    ask (self, holding);
  return contact;
}

void
usher_session_contacts_init (UsherSession *self)
{
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_CONTACT, handle_contact, self);
}
