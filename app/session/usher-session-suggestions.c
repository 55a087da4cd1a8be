/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include <string.h>

#include "usher-session-private.h"
#include "wire-frame.h"

/*
 * Replies that the gateway's language worker suggests to the last line of a chat (PROTOCOLS.md 2d.7). They are gone when anything else is said. What became of each is
 * told to the gateway when the agent answers: taken as it was, taken and changed, or passed over; of what nobody answered nothing is told, and nothing is queued
 * for a connection that is away: it is a statistic.
 */

#define MAX_SUGGESTIONS 3u
#define MAX_ID_BYTES    128u

typedef enum {
  ACTION_ACCEPTED = 1,
  ACTION_EDITED = 2,
  ACTION_IGNORED = 3,
} Action;

static GListStore *
visible_of (UsherHolding *holding)
{
  if (holding->suggestions == NULL)
    holding->suggestions = g_list_store_new (USHER_TYPE_SUGGESTION);
  return holding->suggestions;
}

/* @suggestions: (nullable): these and no others are shown */
static void
show (UsherHolding *holding,
      GPtrArray    *suggestions)
{
  GListStore *visible = visible_of (holding);

  g_list_store_splice (visible, 0, g_list_model_get_n_items (G_LIST_MODEL (visible)),
                       suggestions != NULL ? suggestions->pdata : NULL,
                       suggestions != NULL ? suggestions->len : 0);
}

static void
forget (UsherHolding *holding)
{
  g_clear_pointer (&holding->offered, g_ptr_array_unref);
  g_clear_object (&holding->taken);
  if (holding->suggestions != NULL)
    g_list_store_remove_all (holding->suggestions);
}

/* --- What came of them ------------------------------------------------------------------------------------------ */

static void
told_cb (const Gate__V1__Frame *answer,
         gpointer               user_data)
{
  if (answer != NULL && answer->body_case == GATE__V1__FRAME__BODY_ERROR)
    g_debug ("feedback: %s", answer->error->slug);
}

static void
tell (UsherSession    *self,
      UsherHolding    *holding,
      UsherSuggestion *suggestion,
      Action           action)
{
  Gate__V1__Feedback body = GATE__V1__FEEDBACK__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (FEEDBACK, feedback, &body);

  body.conv = usher_conversation_get_conv (holding->conversation);
  body.seq = usher_suggestion_get_seq (suggestion);
  body.suggestion = (char *) usher_suggestion_get_id (suggestion);
  body.action = action;
  if (!usher_session_ask (self, &frame, told_cb, NULL, NULL))
    g_debug ("feedback: not connected");
}

/* Those that were not taken: some are no longer on the screen, and were passed over all the same. */
static void
tell_ignored (UsherSession *self,
              UsherHolding *holding)
{
  for (guint i = 0; holding->offered != NULL && i < holding->offered->len; i++)
    if (holding->offered->pdata[i] != holding->taken)
      tell (self, holding, holding->offered->pdata[i], ACTION_IGNORED);
}

void
usher_session_answer_suggestions (UsherSession *self,
                                  UsherHolding *holding,
                                  const char   *text)
{
  if (holding->taken != NULL)
    tell (self, holding, holding->taken,
          g_str_equal (usher_suggestion_get_text (holding->taken), text) ? ACTION_ACCEPTED
                                                                         : ACTION_EDITED);
  tell_ignored (self, holding);
  forget (holding);
}

/* --- What the agent does ---------------------------------------------------------------------------------------- */

GListModel *
usher_session_get_suggestions (UsherSession      *self,
                               UsherConversation *conversation)
{
  UsherHolding *holding;

  g_return_val_if_fail (USHER_IS_SESSION (self), NULL);
  g_return_val_if_fail (USHER_IS_CONVERSATION (conversation), NULL);

  holding = usher_session_holding_of (self, conversation);
  return holding != NULL ? G_LIST_MODEL (visible_of (holding)) : NULL;
}

void
usher_session_take_suggestion (UsherSession      *self,
                               UsherConversation *conversation,
                               UsherSuggestion   *suggestion)
{
  UsherHolding *holding;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));
  g_return_if_fail (USHER_IS_SUGGESTION (suggestion));

  holding = usher_session_holding_of (self, conversation);
  if (holding == NULL)
    return;
  g_set_object (&holding->taken, suggestion);
  show (holding, NULL);
}

void
usher_session_put_suggestion_back (UsherSession *self,
                                   UsherHolding *holding)
{
  if (holding->taken == NULL)
    return;
  g_clear_object (&holding->taken);
  show (holding, holding->offered);
}

void
usher_session_dismiss_suggestions (UsherSession      *self,
                                   UsherConversation *conversation)
{
  UsherHolding *holding;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  holding = usher_session_holding_of (self, conversation);
  if (holding == NULL)
    return;
  tell_ignored (self, holding);
  forget (holding);
}

/* --- What comes -------------------------------------------------------------------------------------------------- */

/* What stands in the composer stays there. */
void
usher_session_age_suggestions (UsherSession *self,
                               UsherHolding *holding,
                               guint64       seq)
{
  UsherSuggestion *first = holding->offered != NULL ? holding->offered->pdata[0] : NULL;

  holding->said_seq = MAX (holding->said_seq, seq);
  if (first == NULL || seq <= usher_suggestion_get_seq (first))
    return;
  g_clear_pointer (&holding->offered, g_ptr_array_unref);
  show (holding, NULL);
}

/* (nullable): %NULL: it is not fit to be offered */
static UsherSuggestion *
suggestion_from (const Gate__V1__Suggestion *item,
                 guint64                     seq)
{
  g_autofree char *text = g_strstrip (g_strdup (item->text));
  UsherSuggestion *suggestion;

  if (*item->id == '\0' || strlen (item->id) > MAX_ID_BYTES || *text == '\0' ||
      g_utf8_strlen (text, -1) > WIRE_MAX_TEXT_CHARACTERS)
    return NULL;
  suggestion = usher_suggestion_new (item->id);
  usher_suggestion_set_seq (suggestion, seq);
  usher_suggestion_set_text (suggestion, text);
  usher_suggestion_set_source (suggestion, item->source);
  usher_suggestion_set_percent (suggestion, MIN (item->confidence_bp, 10000) / 100);
  return suggestion;
}

/* What was suggested to an earlier line comes too late. */
static void
handle_suggestions (const Gate__V1__Frame *frame,
                    gpointer               user_data)
{
  UsherSession *self = user_data;
  const Gate__V1__Suggestions *body = frame->suggestions;
  UsherHolding *holding = usher_session_peek_holding (self, body->conv);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  if (holding == NULL || body->seq < holding->said_seq)
    return;
  for (gsize i = 0; i < body->n_items && items->len < MAX_SUGGESTIONS; i++) {
    UsherSuggestion *suggestion = suggestion_from (body->items[i], body->seq);

    if (suggestion != NULL)
      g_ptr_array_add (items, suggestion);
  }
  g_clear_pointer (&holding->offered, g_ptr_array_unref);
  show (holding, items);
  if (items->len > 0)
    holding->offered = g_steal_pointer (&items);
}

void
usher_session_suggestions_init (UsherSession *self)
{
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_SUGGESTIONS, handle_suggestions,
                           self);
}
