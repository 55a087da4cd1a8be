/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include "usher-session-private.h"
#include "wire-frame.h"

/*
 * Who looks at a conversation. The gateway is told of what is on screen here, of what the agent follows and of what they hand over (Watch); it tells who else
 * does, and who of them is writing (Viewers). A conversation that is followed stands among the watched; one that is only looked at stays
 * where it is.
 */

/* Where the followed ones are kept between two starts: numbers with spaces. */
#define META_WATCHED "watched"

typedef struct {
  UsherSession *session; /* borrowed: it owns the dispatcher that owns this */
  guint64 conv;
} Question;

static gboolean
is_to_be_watched (UsherSession *self,
                  UsherHolding *holding)
{
  UsherConversation *conversation = holding->conversation;

  return usher_conversation_get_state (conversation) != USHER_STATE_CLOSED &&
         (usher_conversation_get_is_watched (conversation) || holding->is_shown ||
          usher_session_is_handing_over (self, conversation));
}

/* --- Who else is there --------------------------------------------------------------------------------- */

static char **
names_of (UsherSession  *self,
          const guint64 *agents,
          gsize          n_agents)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (gsize i = 0; i < n_agents; i++) {
    const char *name = usher_session_name_of_agent (self, agents[i]);

    if (agents[i] != self->agent && name != NULL)
      g_strv_builder_add (names, name);
  }
  return g_strv_builder_end (names);
}

void
usher_session_set_viewers (UsherSession  *self,
                           UsherHolding  *holding,
                           const guint64 *agents,
                           gsize          n_agents)
{
  g_auto (GStrv) names = names_of (self, agents, n_agents);

  usher_conversation_set_viewers (holding->conversation, (const char *const *) names);
  if (names[0] == NULL)
    usher_conversation_set_writers (holding->conversation, (const char *const *) names);
}

static void
handle_viewers (const Gate__V1__Frame *frame,
                gpointer               user_data)
{
  UsherSession *self = user_data;
  const Gate__V1__Viewers *viewers = frame->viewers;
  UsherHolding *holding = usher_session_peek_holding (self, viewers->conv);
  g_auto (GStrv) writers = NULL;

  if (holding == NULL)
    return;
  writers = names_of (self, viewers->typing, viewers->n_typing);
  usher_session_set_viewers (self, holding, viewers->agents, viewers->n_agents);
  usher_conversation_set_writers (holding->conversation, (const char *const *) writers);
}

/* --- Telling that we look ------------------------------------------------------------------------------ */

static void
keep_watched (UsherSession *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    UsherConversation *conversation = ((UsherHolding *) value)->conversation;

    if (usher_conversation_get_is_watched (conversation))
      g_string_append_printf (text, "%" G_GUINT64_FORMAT " ",
                              usher_conversation_get_conv (conversation));
  }
  usher_store_set_meta (self->store, META_WATCHED, text->str);
}

/* Looking at one that may not be watched is no fault; following it was asked for, and the agent hears that it does not happen. */
static void
watched_cb (const Gate__V1__Frame *answer,
            gpointer               user_data)
{
  Question *question = user_data;
  UsherSession *self = question->session;
  UsherHolding *holding = usher_session_peek_holding (self, question->conv);

  if (answer == NULL || answer->body_case != GATE__V1__FRAME__BODY_ERROR || holding == NULL)
    return;
  holding->is_watch_told = FALSE;
  if (!usher_conversation_get_is_watched (holding->conversation))
    return;
  usher_conversation_set_is_watched (holding->conversation, FALSE);
  keep_watched (self);
  usher_session_place (self, holding);
  usher_session_notice (self, USHER_NOTICE_WARNING, usher_text_of_slug (answer->error->slug),
                        answer->error->slug);
}

void
usher_session_update_watch (UsherSession *self,
                            UsherHolding *holding)
{
  Gate__V1__Watch watch = GATE__V1__WATCH__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (WATCH, watch, &watch);
  gboolean is_on = is_to_be_watched (self, holding);
  Question *question;

  if (holding->is_watch_told == is_on || self->link_state < USHER_LINK_CATCHING_UP)
    return;
  watch.conv = usher_conversation_get_conv (holding->conversation);
  watch.on = is_on;
  question = g_new (Question, 1);
  *question = (Question){ self, watch.conv };
  if (!usher_session_ask (self, &frame, watched_cb, question, g_free))
    return;
  holding->is_watch_told = is_on;
  if (!is_on)
    usher_conversation_set_writers (holding->conversation, NULL);
}

/* A session that was resumed is still counted where it looked before; a frame may have been lost with the connection. */
void
usher_session_watch_again (UsherSession *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    UsherHolding *holding = value;

    if (self->is_fresh)
      holding->is_watch_told = FALSE;
    else if (holding->is_watch_told || is_to_be_watched (self, holding))
      holding->is_watch_told = !is_to_be_watched (self, holding);
    usher_session_update_watch (self, holding);
  }
}

void
usher_session_set_watching (UsherSession      *self,
                            UsherConversation *conversation,
                            gboolean           is_watching)
{
  UsherHolding *holding;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  holding = usher_session_holding_of (self, conversation);
  if (holding == NULL || usher_conversation_get_is_watched (conversation) == is_watching)
    return;
  usher_conversation_set_is_watched (conversation, is_watching);
  keep_watched (self);
  usher_session_update_watch (self, holding);
  usher_session_place (self, holding);
}

void
usher_session_load_watched (UsherSession *self,
                            const char   *text)
{
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", " ", 0);

  for (guint i = 0; words[i] != NULL; i++) {
    UsherHolding *holding =
      usher_session_peek_holding (self, g_ascii_strtoull (words[i], NULL, 10));

    if (holding != NULL)
      usher_conversation_set_is_watched (holding->conversation, TRUE);
  }
}

void
usher_session_watch_init (UsherSession *self)
{
  usher_dispatcher_handle (self->dispatcher, GATE__V1__FRAME__BODY_VIEWERS, handle_viewers, self);
}
