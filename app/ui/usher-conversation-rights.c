/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-conversation-rights.h"

#include "usher-conversation.h"

static gboolean
is_live (UsherConversation *conversation)
{
  UsherState state = usher_conversation_get_state (conversation);

  return state == USHER_STATE_ACTIVE || state == USHER_STATE_HELD;
}

gboolean
usher_may_claim (UsherSession      *session,
                 UsherConversation *conversation)
{
  UsherState state = usher_conversation_get_state (conversation);

  return (state == USHER_STATE_QUEUED || state == USHER_STATE_BOT ||
          state == USHER_STATE_OFFLINE) &&
         usher_session_has_right (session, "pull");
}

gboolean
usher_may_transfer (UsherSession      *session,
                    UsherConversation *conversation)
{
  return is_live (conversation) && (usher_conversation_get_is_mine (conversation) ||
                                    usher_session_has_right (session, "floor"));
}

gboolean
usher_may_close (UsherSession      *session,
                 UsherConversation *conversation)
{
  UsherState state = usher_conversation_get_state (conversation);

  return usher_conversation_get_is_mine (conversation) &&
         (is_live (conversation) || state == USHER_STATE_WRAPUP || state == USHER_STATE_SNOOZED);
}

gboolean
usher_may_reopen (UsherSession      *session,
                  UsherConversation *conversation)
{
  return usher_conversation_get_state (conversation) == USHER_STATE_CLOSED;
}

gboolean
usher_may_snooze (UsherSession      *session,
                  UsherConversation *conversation)
{
  return usher_conversation_get_is_mine (conversation) &&
         usher_conversation_get_state (conversation) == USHER_STATE_ACTIVE;
}

gboolean
usher_may_wake (UsherSession      *session,
                UsherConversation *conversation)
{
  return usher_conversation_get_is_mine (conversation) &&
         usher_conversation_get_state (conversation) == USHER_STATE_SNOOZED;
}

gboolean
usher_may_hold (UsherSession      *session,
                UsherConversation *conversation)
{
  return usher_conversation_get_is_mine (conversation) && is_live (conversation);
}

gboolean
usher_may_join (UsherSession      *session,
                UsherConversation *conversation)
{
  return !usher_conversation_may_write (conversation) && is_live (conversation) &&
         usher_session_has_right (session, "takeover");
}

gboolean
usher_may_take_over (UsherSession      *session,
                     UsherConversation *conversation)
{
  return !usher_conversation_get_is_mine (conversation) &&
         (is_live (conversation) ||
          usher_conversation_get_state (conversation) == USHER_STATE_SNOOZED) &&
         usher_session_has_right (session, "takeover");
}

gboolean
usher_may_watch (UsherSession      *session,
                 UsherConversation *conversation)
{
  UsherState state = usher_conversation_get_state (conversation);

  return !usher_conversation_get_is_mine (conversation) && state != USHER_STATE_CLOSED &&
         state != USHER_STATE_UNKNOWN;
}

gboolean
usher_may_label (UsherSession      *session,
                 UsherConversation *conversation)
{
  return usher_session_has_right (session, "floor") ||
         (usher_conversation_may_write (conversation) &&
          usher_conversation_get_state (conversation) != USHER_STATE_CLOSED);
}

gboolean
usher_may_reply (UsherSession      *session,
                 UsherConversation *conversation)
{
  return usher_conversation_may_write (conversation) && is_live (conversation);
}

gboolean
usher_may_note (UsherSession      *session,
                UsherConversation *conversation)
{
  return usher_may_reply (session, conversation) ||
         (usher_conversation_get_is_mine (conversation) &&
          usher_conversation_get_state (conversation) == USHER_STATE_WRAPUP);
}

gboolean
usher_is_closed_by_me (UsherSession      *session,
                       UsherConversation *conversation)
{
  UsherState state = usher_conversation_get_state (conversation);

  return state == USHER_STATE_CLOSED ||
         (state == USHER_STATE_WRAPUP && usher_conversation_get_is_mine (conversation));
}
