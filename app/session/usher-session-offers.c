/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include <glib/gi18n-lib.h>

#include "usher-session-private.h"
#include "wire-frame.h"

/* Offered → accepted, passed, or gone. */

/* The gateway says when an offer is over; without it (a lost connection) it is over this long after its deadline. */
#define LATE_US ((gint64) 2 * G_USEC_PER_SEC)

typedef struct {
  UsherSession *session; /* borrowed: it owns the source */
  guint64 conv;
} Deadline;

void
usher_session_drop_offer (UsherSession *self,
                          UsherHolding *holding)
{
  g_clear_handle_id (&holding->offer_id, g_source_remove);
  usher_conversation_set_offer_deadline_us (holding->conversation, 0);
  usher_conversation_set_offer_reason (holding->conversation, NULL);
  usher_conversation_set_offer_note (holding->conversation, NULL);
  usher_session_place (self, holding);
}

static gboolean
deadline_cb (gpointer user_data)
{
  Deadline *deadline = user_data;
  UsherHolding *holding = usher_session_peek_holding (deadline->session, deadline->conv);

  if (holding == NULL)
    return G_SOURCE_REMOVE;
  holding->offer_id = 0;
  usher_session_drop_offer (deadline->session, holding);
  return G_SOURCE_REMOVE;
}

static void
arm_deadline (UsherSession *self,
              UsherHolding *holding,
              gint64        deadline_us)
{
  Deadline *deadline = g_new (Deadline, 1);
  gint64 left_us = MAX (deadline_us - g_get_real_time (), 0) + LATE_US;

  *deadline = (Deadline){ self, usher_conversation_get_conv (holding->conversation) };
  g_clear_handle_id (&holding->offer_id, g_source_remove);
  holding->offer_id = g_timeout_add_full (G_PRIORITY_DEFAULT, (guint) (left_us / 1000), deadline_cb,
                                          deadline, g_free);
}

static void
handle_offer (const Gate__V1__Frame *frame,
              gpointer               user_data)
{
  UsherSession *self = user_data;
  const Gate__V1__Offer *offer = frame->offer;
  UsherHolding *holding = usher_session_get_holding (self, offer->conv);
  UsherConversation *conversation = holding->conversation;
  gint64 deadline_us = MAX (usher_session_local_us (self, offer->deadline), 1);
  gboolean is_known = usher_conversation_get_offer_deadline_us (conversation) != 0;
  g_autofree char *reason =
    usher_text_of_offer (offer, offer->from_agent != 0 && offer->from_agent == self->agent,
                         usher_session_name_of_agent (self, offer->from_agent));

  if (offer->row != NULL && offer->row->conv == offer->conv)
    usher_session_apply_row (self, holding, offer->row);
  usher_conversation_set_epoch (conversation, offer->epoch);
  usher_conversation_set_state (conversation, USHER_STATE_OFFERED);
  usher_conversation_set_offer_reason (conversation, reason);
  usher_conversation_set_offer_note (conversation, *offer->note != '\0' ? offer->note : NULL);
  usher_conversation_set_offer_deadline_us (conversation, deadline_us);
  arm_deadline (self, holding, deadline_us);
  usher_session_place (self, holding);
  if (!is_known)
    usher_session_emit_offered (self, conversation);
}

static void
handle_offer_gone (const Gate__V1__Frame *frame,
                   gpointer               user_data)
{
  UsherHolding *holding = usher_session_peek_holding (user_data, frame->offer_gone->conv);

  if (holding != NULL)
    usher_session_drop_offer (user_data, holding);
}

typedef struct {
  UsherSession *session; /* borrowed: it owns the dispatcher that owns this */
  guint64 conv;
} Answer;

static void
answered_cb (const Gate__V1__Frame *frame,
             gpointer               user_data)
{
  Answer *answer = user_data;
  UsherHolding *holding = usher_session_peek_holding (answer->session, answer->conv);

  if (frame == NULL || holding == NULL)
    return; /* not known: the next connection says how it stands */
  if (frame->body_case != GATE__V1__FRAME__BODY_ERROR)
    return;
  usher_session_drop_offer (answer->session, holding);
  usher_session_notice (answer->session, USHER_NOTICE_WARNING,
                        usher_text_of_slug (frame->error->slug), frame->error->slug);
}

static void
answer_offer (UsherSession      *self,
              UsherConversation *conversation,
              gboolean           accept,
              const char        *reason)
{
  Gate__V1__OfferAnswer body = GATE__V1__OFFER_ANSWER__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (OFFER_ANSWER, offer_answer, &body);
  Answer *answer = g_new (Answer, 1);

  body.conv = usher_conversation_get_conv (conversation);
  body.epoch = usher_conversation_get_epoch (conversation);
  body.accept = accept;
  body.reason = (char *) (reason != NULL ? reason : "");
  *answer = (Answer){ self, body.conv };
  if (!usher_session_ask (self, &frame, answered_cb, answer, g_free))
    usher_session_notice (self, USHER_NOTICE_WARNING,
                          _ ("There is no connection to the gateway right now."), "offline");
}

void
usher_session_accept (UsherSession      *self,
                      UsherConversation *conversation)
{
  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  if (usher_conversation_get_offer_deadline_us (conversation) != 0)
    answer_offer (self, conversation, TRUE, NULL);
}

void
usher_session_pass (UsherSession      *self,
                    UsherConversation *conversation,
                    const char        *reason)
{
  UsherHolding *holding;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  holding = usher_session_holding_of (self, conversation);
  if (holding == NULL || usher_conversation_get_offer_deadline_us (conversation) == 0)
    return;
  answer_offer (self, conversation, FALSE, reason);
  usher_session_drop_offer (self, holding);
}

void
usher_session_offers_init (UsherSession *self)
{
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_OFFER, handle_offer, self);
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_OFFER_GONE, handle_offer_gone,
                           self);
}
