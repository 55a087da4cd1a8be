/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include "usher-session-private.h"
#include "wire-frame.h"

/* Read marks and typing, in both directions: PROTOCOLS.md 2d.5 points 9 and 10. */

#define MARKS_MS        1000 /* at most one Read a second */
#define TYPING_EVERY_US ((gint64) 3 * G_USEC_PER_SEC)
#define TYPING_FADES_MS 8000 /* a visitor who goes on typing says so every 3 s */

typedef struct {
  UsherSession *session; /* borrowed: it owns the source */
  guint64 conv;
} Fade;

/* --- Ours -------------------------------------------------------------------------------------------- */

static gboolean
has_news (UsherHolding *holding)
{
  return usher_conversation_get_is_mine (holding->conversation) &&
         (holding->held_seq > holding->told_received_seq ||
          holding->read_seq > holding->told_read_seq);
}

static void
send_marks (UsherSession *self,
            UsherHolding *holding)
{
  Gate__V1__Read read = GATE__V1__READ__INIT;

  read.conv = usher_conversation_get_conv (holding->conversation);
  read.role = GATE__V1__ROLE__AGENT;
  read.seq = holding->read_seq;
  read.received = holding->held_seq;
  if (!usher_session_send (self, &read.base))
    return;
  holding->told_read_seq = holding->read_seq;
  holding->told_received_seq = holding->held_seq;
}

/* All conversations share the second: whoever has news when it is over says it then. */
static gboolean
send_all_marks (UsherSession *self)
{
  gboolean is_any = FALSE;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    if (!has_news (value))
      continue;
    send_marks (self, value);
    is_any = TRUE;
  }
  return is_any;
}

static void
marks_cb (gpointer user_data)
{
  UsherSession *self = user_data;

  self->marks_id = 0;
  if (send_all_marks (self))
    self->marks_id = g_timeout_add_once (MARKS_MS, marks_cb, self);
}

/* Seen is what stands in the window while the agent is at it and it is at the end. */
static void
see (UsherSession *self,
     UsherHolding *holding)
{
  UsherConversation *conversation = holding->conversation;
  UsherMessageList *list = usher_conversation_peek_messages (conversation);

  if (!holding->is_attended || list == NULL || usher_message_list_get_has_newer (list))
    return;
  if (holding->read_seq < holding->held_seq) {
    holding->read_seq = holding->held_seq;
    usher_session_touch (self, holding);
  }
  usher_conversation_set_unread (conversation, 0);
}

void
usher_session_mark (UsherSession *self,
                    UsherHolding *holding)
{
  see (self, holding);
  if (self->marks_id != 0 || !has_news (holding))
    return;
  send_marks (self, holding);
  self->marks_id = g_timeout_add_once (MARKS_MS, marks_cb, self);
}

void
usher_session_set_typing (UsherSession      *self,
                          UsherConversation *conversation,
                          gboolean           is_typing)
{
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;
  UsherHolding *holding;
  gint64 now_us = g_get_monotonic_time ();

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  holding = usher_session_holding_of (self, conversation);
  if (holding == NULL || !usher_conversation_may_write (conversation))
    return;
  if (is_typing ? now_us - holding->typed_at_us < TYPING_EVERY_US && holding->typed_at_us != 0
                : holding->typed_at_us == 0)
    return;
  typing.conv = usher_conversation_get_conv (conversation);
  typing.role = GATE__V1__ROLE__AGENT;
  typing.on = is_typing;
  usher_session_send (self, &typing.base);
  holding->typed_at_us = is_typing ? now_us : 0;
}

/* --- The visitor's ----------------------------------------------------------------------------------- */

UsherDelivery
usher_session_delivery_of (UsherHolding *holding,
                           guint64       seq)
{
  if (seq <= usher_conversation_get_visitor_read_seq (holding->conversation))
    return USHER_DELIVERY_READ;
  if (seq <= usher_conversation_get_visitor_received_seq (holding->conversation))
    return USHER_DELIVERY_DELIVERED;
  return USHER_DELIVERY_STORED;
}

/* From the end: once a line stands as it should, those before it do. */
void
usher_session_update_deliveries (UsherSession *self,
                                 UsherHolding *holding)
{
  UsherMessageList *list = usher_conversation_peek_messages (holding->conversation);
  guint n_items = list != NULL ? usher_message_list_get_n_items (list) : 0;

  for (guint i = n_items; i > 0; i--) {
    UsherMessage *message = usher_message_list_peek (list, i - 1);
    UsherDelivery delivery;

    if (!usher_message_get_is_own (message) || usher_message_get_seq (message) == 0 ||
        usher_message_get_kind (message) == USHER_MESSAGE_NOTE)
      continue;
    delivery = usher_session_delivery_of (holding, usher_message_get_seq (message));
    if (delivery == USHER_DELIVERY_READ &&
        usher_message_get_delivery (message) == USHER_DELIVERY_READ)
      return;
    usher_message_set_delivery (message, delivery);
  }
}

static void
handle_read (const Gate__V1__Frame *frame,
             gpointer               user_data)
{
  UsherSession *self = user_data;
  const Gate__V1__Read *read = frame->read;
  UsherHolding *holding = usher_session_peek_holding (self, read->conv);
  UsherConversation *conversation;

  if (holding == NULL || read->role != GATE__V1__ROLE__VISITOR)
    return;
  conversation = holding->conversation;
  if (read->seq > usher_conversation_get_visitor_read_seq (conversation))
    usher_conversation_set_visitor_read_seq (conversation, read->seq);
  if (MAX (read->received, read->seq) > usher_conversation_get_visitor_received_seq (conversation))
    usher_conversation_set_visitor_received_seq (conversation, MAX (read->received, read->seq));
  usher_session_update_deliveries (self, holding);
  usher_session_touch (self, holding);
}

static gboolean
fade_cb (gpointer user_data)
{
  Fade *fade = user_data;
  UsherHolding *holding = usher_session_peek_holding (fade->session, fade->conv);

  if (holding == NULL)
    return G_SOURCE_REMOVE;
  holding->typing_id = 0;
  usher_conversation_set_typing_text (holding->conversation, NULL);
  return G_SOURCE_REMOVE;
}

static void
handle_typing (const Gate__V1__Frame *frame,
               gpointer               user_data)
{
  const Gate__V1__Typing *typing = frame->typing;
  UsherHolding *holding = usher_session_peek_holding (user_data, typing->conv);
  Fade *fade;

  if (holding == NULL || typing->role != GATE__V1__ROLE__VISITOR)
    return;
  g_clear_handle_id (&holding->typing_id, g_source_remove);
  usher_conversation_set_typing_text (holding->conversation, typing->on ? typing->preview : NULL);
  if (!typing->on)
    return;
  fade = g_new (Fade, 1);
  *fade = (Fade){ user_data, typing->conv };
  holding->typing_id =
    g_timeout_add_full (G_PRIORITY_DEFAULT, TYPING_FADES_MS, fade_cb, fade, g_free);
}

void
usher_session_marks_init (UsherSession *self)
{
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_READ, handle_read, self);
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_TYPING, handle_typing, self);
}
