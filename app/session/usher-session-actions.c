/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include <glib/gi18n-lib.h>

#include "usher-session-private.h"
#include "wire-frame.h"

/* What an agent does with a conversation. Every one carries the epoch it was decided on; when that is no longer true the gateway
 * refuses, and the agent decides again on what is true now. */

typedef struct {
  UsherSession *session; /* borrowed: it owns the dispatcher that owns this */
  guint64 conv;
} Action;

static void
take_error (UsherSession          *self,
            UsherHolding          *holding,
            const Gate__V1__Error *error)
{
  if (error->epoch > usher_conversation_get_epoch (holding->conversation))
    usher_conversation_set_epoch (holding->conversation, error->epoch);
  usher_session_notice (self, USHER_NOTICE_WARNING, usher_text_of_slug (error->slug), error->slug);
}

static void
acted_cb (const Gate__V1__Frame *answer,
          gpointer               user_data)
{
  Action *action = user_data;
  UsherSession *self = action->session;
  UsherHolding *holding = usher_session_peek_holding (self, action->conv);

  if (holding == NULL)
    return;
  if (answer == NULL) {
    usher_session_notice (
      self, USHER_NOTICE_WARNING,
      _ ("The connection was lost before the gateway answered. Please check whether it was done."),
      "unanswered");
    return;
  }
  if (answer->body_case == GATE__V1__FRAME__BODY_ERROR)
    take_error (self, holding, answer->error);
  else if (answer->body_case == GATE__V1__FRAME__BODY_ACK && answer->ack->epoch != 0)
    usher_conversation_set_epoch (holding->conversation, answer->ack->epoch);
}

static void
act (UsherSession     *self,
     guint64           conv,
     ProtobufCMessage *body)
{
  Gate__V1__Frame frame = wire_frame_for (body);
  Action *action = g_new (Action, 1);

  *action = (Action){ self, conv };
  if (!usher_session_ask (self, &frame, acted_cb, action, g_free))
    usher_session_notice (self, USHER_NOTICE_WARNING,
                          _ ("There is no connection to the gateway right now."), "offline");
}

void
usher_session_claim (UsherSession      *self,
                     UsherConversation *conversation)
{
  Gate__V1__Claim claim = GATE__V1__CLAIM__INIT;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  claim.conv = usher_conversation_get_conv (conversation);
  claim.epoch = usher_conversation_get_epoch (conversation);
  claim.mode = usher_conversation_get_state (conversation) == USHER_STATE_BOT
                 ? GATE__V1__CLAIM_MODE__CL_STEP_IN
                 : GATE__V1__CLAIM_MODE__CL_PULL;
  act (self, claim.conv, &claim.base);
}

void
usher_session_transfer (UsherSession      *self,
                        UsherConversation *conversation,
                        guint64            to_agent,
                        const char        *to_queue,
                        const char        *note)
{
  Gate__V1__Transfer transfer = GATE__V1__TRANSFER__INIT;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));
  g_return_if_fail ((to_agent != 0) != (to_queue != NULL && *to_queue != '\0'));

  transfer.conv = usher_conversation_get_conv (conversation);
  transfer.epoch = usher_conversation_get_epoch (conversation);
  transfer.to_agent = to_agent;
  transfer.to_queue = (char *) (to_queue != NULL ? to_queue : "");
  transfer.note = (char *) (note != NULL ? note : "");
  act (self, transfer.conv, &transfer.base);
}

void
usher_session_close_conversation (UsherSession      *self,
                                  UsherConversation *conversation)
{
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  close.conv = usher_conversation_get_conv (conversation);
  close.epoch = usher_conversation_get_epoch (conversation);
  close.reason = GATE__V1__CLOSE_REASON__CR_SOLVED;
  act (self, close.conv, &close.base);
}

void
usher_session_wrap_up (UsherSession      *self,
                       UsherConversation *conversation,
                       const char        *code,
                       const char        *result,
                       const char        *summary,
                       gboolean           skip_rating)
{
  Gate__V1__Wrapup wrapup = GATE__V1__WRAPUP__INIT;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  wrapup.conv = usher_conversation_get_conv (conversation);
  wrapup.epoch = usher_conversation_get_epoch (conversation);
  wrapup.code = (char *) (code != NULL ? code : "");
  wrapup.result = (char *) (result != NULL ? result : "");
  wrapup.summary = (char *) (summary != NULL ? summary : "");
  wrapup.skip_rating = skip_rating;
  act (self, wrapup.conv, &wrapup.base);
}

void
usher_session_reopen (UsherSession      *self,
                      UsherConversation *conversation)
{
  Gate__V1__Reopen reopen = GATE__V1__REOPEN__INIT;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  reopen.conv = usher_conversation_get_conv (conversation);
  reopen.epoch = usher_conversation_get_epoch (conversation);
  act (self, reopen.conv, &reopen.base);
}
