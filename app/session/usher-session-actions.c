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

/* A wrap-up that waits for the close it belongs to: the close changes the epoch. */
struct _UsherWrapup {
  char *code;
  char *result;
  char *summary;
  gboolean skip_rating;
};

void
usher_wrapup_free (UsherWrapup *wrapup)
{
  g_free (wrapup->code);
  g_free (wrapup->result);
  g_free (wrapup->summary);
  g_free (wrapup);
}

/* A transfer, or snoozing, that waits for what was said before it. */
struct _UsherLeaving {
  guint64 to_agent;
  char *to_queue; /* "" with no agent: it is snoozed */
  char *note;
  gint64 until_us;
};

void
usher_leaving_free (UsherLeaving *leaving)
{
  g_free (leaving->to_queue);
  g_free (leaving->note);
  g_free (leaving);
}

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

void
usher_session_notice_offline (UsherSession *self)
{
  usher_session_notice (self, USHER_NOTICE_WARNING,
                        _ ("There is no connection to the gateway right now."), "offline");
}

static gboolean
act_then (UsherSession     *self,
          guint64           conv,
          ProtobufCMessage *body,
          UsherAnswerFunc   func)
{
  Gate__V1__Frame frame = wire_frame_for (body);
  Action *action = g_new (Action, 1);

  *action = (Action){ self, conv };
  if (usher_session_ask (self, &frame, func, action, g_free))
    return TRUE;
  usher_session_notice_offline (self);
  return FALSE;
}

gboolean
usher_session_act (UsherSession     *self,
                   guint64           conv,
                   ProtobufCMessage *body)
{
  return act_then (self, conv, body, acted_cb);
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
  usher_session_act (self, claim.conv, &claim.base);
}

/* To a colleague's side or in their place; both need the right to take over, and the gateway keeps a record of it. */
static void
joined_cb (const Gate__V1__Frame *answer,
           gpointer               user_data)
{
  Action *action = user_data;
  UsherHolding *holding = usher_session_peek_holding (action->session, action->conv);

  if (holding != NULL && answer != NULL && answer->body_case == GATE__V1__FRAME__BODY_ASSIGNMENT) {
    usher_conversation_set_is_joined (holding->conversation, TRUE);
    usher_session_place (action->session, holding);
  }
  acted_cb (answer, user_data);
}

void
usher_session_join (UsherSession      *self,
                    UsherConversation *conversation)
{
  Gate__V1__Claim claim = GATE__V1__CLAIM__INIT;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  claim.conv = usher_conversation_get_conv (conversation);
  claim.epoch = usher_conversation_get_epoch (conversation);
  claim.mode = GATE__V1__CLAIM_MODE__CL_JOIN;
  act_then (self, claim.conv, &claim.base, joined_cb);
}

void
usher_session_take_over (UsherSession      *self,
                         UsherConversation *conversation)
{
  Gate__V1__Claim claim = GATE__V1__CLAIM__INIT;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  claim.conv = usher_conversation_get_conv (conversation);
  claim.epoch = usher_conversation_get_epoch (conversation);
  claim.mode = GATE__V1__CLAIM_MODE__CL_TAKEOVER;
  usher_session_act (self, claim.conv, &claim.base);
}

void
usher_session_set_hold (UsherSession      *self,
                        UsherConversation *conversation,
                        gboolean           is_held)
{
  Gate__V1__Hold hold = GATE__V1__HOLD__INIT;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  hold.conv = usher_conversation_get_conv (conversation);
  hold.epoch = usher_conversation_get_epoch (conversation);
  hold.on = is_held;
  usher_session_act (self, hold.conv, &hold.base);
}

void
usher_session_wake (UsherSession      *self,
                    UsherConversation *conversation)
{
  Gate__V1__Snooze snooze = GATE__V1__SNOOZE__INIT;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  snooze.conv = usher_conversation_get_conv (conversation);
  snooze.epoch = usher_conversation_get_epoch (conversation);
  snooze.wake = TRUE;
  usher_session_act (self, snooze.conv, &snooze.base);
}

static void
send_snooze (UsherSession      *self,
             UsherConversation *conversation,
             gint64             until_us)
{
  Gate__V1__Snooze snooze = GATE__V1__SNOOZE__INIT;

  snooze.conv = usher_conversation_get_conv (conversation);
  snooze.epoch = usher_conversation_get_epoch (conversation);
  snooze.until = usher_session_gateway_ms (self, until_us);
  usher_session_act (self, snooze.conv, &snooze.base);
}

static void
send_transfer (UsherSession       *self,
               UsherConversation  *conversation,
               const UsherLeaving *leaving)
{
  Gate__V1__Transfer transfer = GATE__V1__TRANSFER__INIT;

  transfer.conv = usher_conversation_get_conv (conversation);
  transfer.epoch = usher_conversation_get_epoch (conversation);
  transfer.to_agent = leaving->to_agent;
  transfer.to_queue = leaving->to_queue;
  transfer.note = leaving->note;
  usher_outbox_hurry (self->outbox, transfer.conv);
  usher_session_act (self, transfer.conv, &transfer.base);
}

/* Takes @leaving. */
static void
send_leaving (UsherSession      *self,
              UsherConversation *conversation,
              UsherLeaving      *leaving)
{
  if (leaving->to_agent == 0 && *leaving->to_queue == '\0')
    send_snooze (self, conversation, leaving->until_us);
  else
    send_transfer (self, conversation, leaving);
  usher_leaving_free (leaving);
}

/* Takes @leaving. What was said a moment ago is on its way to the disk, and goes first. */
static void
leave (UsherSession      *self,
       UsherConversation *conversation,
       UsherLeaving      *leaving)
{
  UsherHolding *holding = usher_session_holding_of (self, conversation);

  if (holding == NULL ||
      usher_session_n_unqueued (self, usher_conversation_get_conv (conversation)) == 0) {
    send_leaving (self, conversation, leaving);
    return;
  }
  g_clear_pointer (&holding->leaving, usher_leaving_free);
  holding->leaving = leaving;
}

void
usher_session_snooze (UsherSession      *self,
                      UsherConversation *conversation,
                      gint64             until_us)
{
  UsherLeaving *leaving;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  usher_conversation_set_until_us (conversation, until_us);
  leaving = g_new (UsherLeaving, 1);
  *leaving = (UsherLeaving){ 0, g_strdup (""), NULL, until_us };
  leave (self, conversation, leaving);
}

void
usher_session_transfer (UsherSession      *self,
                        UsherConversation *conversation,
                        guint64            to_agent,
                        const char        *to_queue,
                        const char        *note)
{
  UsherLeaving *leaving;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));
  g_return_if_fail ((to_agent != 0) != (to_queue != NULL && *to_queue != '\0'));

  leaving = g_new (UsherLeaving, 1);
  *leaving = (UsherLeaving){ to_agent, g_strdup (to_queue != NULL ? to_queue : ""),
                             g_strdup (note != NULL ? note : ""), 0 };
  leave (self, conversation, leaving);
}

static void
send_wrapup (UsherSession      *self,
             UsherHolding      *holding,
             const UsherWrapup *from)
{
  Gate__V1__Wrapup wrapup = GATE__V1__WRAPUP__INIT;

  wrapup.conv = usher_conversation_get_conv (holding->conversation);
  wrapup.epoch = usher_conversation_get_epoch (holding->conversation);
  wrapup.code = from->code;
  wrapup.result = from->result;
  wrapup.summary = from->summary;
  wrapup.skip_rating = from->skip_rating;
  usher_session_act (self, wrapup.conv, &wrapup.base);
}

static void
close_answered_cb (const Gate__V1__Frame *answer,
                   gpointer               user_data)
{
  Action *action = user_data;
  UsherHolding *holding = usher_session_peek_holding (action->session, action->conv);
  UsherWrapup *wrapup;

  acted_cb (answer, user_data);
  if (holding == NULL)
    return;
  holding->is_closing = FALSE;
  wrapup = g_steal_pointer (&holding->wrapup);
  if (wrapup == NULL)
    return;
  if (answer != NULL && answer->body_case == GATE__V1__FRAME__BODY_ACK)
    send_wrapup (action->session, holding, wrapup);
  usher_wrapup_free (wrapup);
}

static void
send_close (UsherSession *self,
            UsherHolding *holding)
{
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;

  holding->waits_to_close = FALSE;
  close.conv = usher_conversation_get_conv (holding->conversation);
  close.epoch = usher_conversation_get_epoch (holding->conversation);
  close.reason = GATE__V1__CLOSE_REASON__CR_SOLVED;
  holding->is_closing = act_then (self, close.conv, &close.base, close_answered_cb);
}

static gboolean
is_said (UsherSession *self,
         guint64       conv)
{
  return usher_outbox_n_waiting (self->outbox, conv) == 0 &&
         usher_session_n_unqueued (self, conv) == 0;
}

void
usher_session_leave_if_said (UsherSession *self,
                             UsherHolding *holding)
{
  guint64 conv = usher_conversation_get_conv (holding->conversation);

  if (holding->leaving != NULL && usher_session_n_unqueued (self, conv) == 0)
    send_leaving (self, holding->conversation, g_steal_pointer (&holding->leaving));
  if (!holding->waits_to_close)
    return;
  usher_outbox_hurry (self->outbox, conv);
  if (holding->waits_to_close && is_said (self, conv))
    send_close (self, holding);
}

void
usher_session_close_conversation (UsherSession      *self,
                                  UsherConversation *conversation)
{
  UsherHolding *holding;
  guint64 conv;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  holding = usher_session_holding_of (self, conversation);
  if (holding == NULL || holding->is_closing)
    return;
  /* What was said goes first, or it would find the chat closed. */
  conv = usher_conversation_get_conv (conversation);
  usher_outbox_hurry (self->outbox, conv);
  holding->waits_to_close = self->link_state != USHER_LINK_OFFLINE && !is_said (self, conv);
  if (holding->waits_to_close)
    holding->is_closing = TRUE;
  else
    send_close (self, holding);
}

void
usher_session_wrap_up (UsherSession      *self,
                       UsherConversation *conversation,
                       const char        *code,
                       const char        *result,
                       const char        *summary,
                       gboolean           skip_rating)
{
  UsherHolding *holding;
  UsherWrapup *wrapup;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  holding = usher_session_holding_of (self, conversation);
  if (holding == NULL)
    return;
  wrapup = g_new (UsherWrapup, 1);
  wrapup->code = g_strdup (code != NULL ? code : "");
  wrapup->result = g_strdup (result != NULL ? result : "");
  wrapup->summary = g_strdup (summary != NULL ? summary : "");
  wrapup->skip_rating = skip_rating;
  g_clear_pointer (&holding->wrapup, usher_wrapup_free);
  if (holding->is_closing) {
    holding->wrapup = wrapup;
    return;
  }
  send_wrapup (self, holding, wrapup);
  usher_wrapup_free (wrapup);
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
  usher_session_act (self, reopen.conv, &reopen.base);
}
