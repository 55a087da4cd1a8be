/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

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
handle_contact (const Gate__V1__Frame *frame,
                gpointer               user_data)
{
  UsherSession *self = user_data;
  const Gate__V1__Contact *from = frame->contact;
  UsherContact *contact = find_contact (self, from->visitor);
  g_autofree char *attrs = g_strndup ((const char *) from->attrs.data, from->attrs.len);

  usher_contact_set_name (contact, from->name);
  usher_contact_set_email (contact, from->email);
  usher_contact_set_phone (contact, from->phone);
  usher_contact_set_is_verified (contact, from->verified);
  usher_contact_set_locale (contact, from->locale);
  usher_contact_set_tz (contact, from->tz);
  usher_contact_set_user_agent (contact, from->user_agent);
  usher_contact_set_place (contact, from->place);
  usher_contact_set_visits (contact, from->visits);
  usher_contact_set_first_seen_us (contact, (gint64) from->first_seen * 1000);
  usher_contact_set_attrs (contact, attrs);
  if (from->n_trail > 0) {
    const Gate__V1__PageView *page = from->trail[from->n_trail - 1];

    usher_contact_set_page_url (contact, page->url);
    usher_contact_set_page_title (contact, page->title);
  }
  fill_earlier (self, contact, from);
}

static void
answered_cb (const Gate__V1__Frame *answer,
             gpointer               user_data)
{
  if (answer != NULL && answer->body_case == GATE__V1__FRAME__BODY_ERROR)
    g_debug ("no contact: %s", answer->error->slug);
}

UsherContact *
usher_session_get_contact (UsherSession      *self,
                           UsherConversation *conversation)
{
  Gate__V1__ContactReq request = GATE__V1__CONTACT_REQ__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (CONTACT_REQ, contact_req, &request);
  UsherContact *contact;

  g_return_val_if_fail (USHER_IS_SESSION (self), NULL);
  g_return_val_if_fail (USHER_IS_CONVERSATION (conversation), NULL);

  request.visitor = usher_conversation_get_visitor (conversation);
  request.conv = usher_conversation_get_conv (conversation);
  contact = find_contact (self, request.visitor);
  if (usher_contact_get_name (contact) == NULL)
    usher_contact_set_name (contact, usher_conversation_get_name (conversation));
  usher_session_ask (self, &frame, answered_cb, NULL, NULL);
  return contact;
}

void
usher_session_contacts_init (UsherSession *self)
{
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_CONTACT, handle_contact, self);
}
