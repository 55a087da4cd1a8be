/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "usher-session-private.h"
#include "wire-frame.h"

/* Changes of state as lines of the conversation, in words. The gateway tells its newest two hundred when asked; that is done when a
 * window opens and again whenever the epoch has moved on, so what is seen live and what is read later is the same. */

/* Of a moment there may be one change for each epoch. */
#define EPOCHS_A_MS 64

typedef struct {
  const char *name;
  const char *text; /* NULL: a line for everybody says it already */
  const char *bare; /* (nullable): when there is no reason to be told */
} Sentence;

/* In braces: {who} did it, {agent} has it afterwards, {queue} it stands in, {reason} (a code, a time). */
static const Sentence sentences[] = {
  { "open_bot", N_ ("The bot answers"), NULL },
  { "open_queue", N_ ("Waiting in {queue}"), NULL },
  { "open_offline", N_ ("Came outside opening hours"), NULL },
  { "hours_open", N_ ("Open again: waiting in {queue}"), NULL },
  { "handover", N_ ("From the bot to {queue}: {reason}"), N_ ("From the bot to {queue}") },
  { "step_in", N_ ("{who}: stepped in for the bot"), NULL },
  { "bot_error", N_ ("The bot failed: waiting in {queue}"), NULL },
  { "bot_lapsed", N_ ("Closed: the visitor no longer answered the bot"), NULL },
  { "bot_solved", N_ ("Closed: solved by the bot"), NULL },
  { "abandon", N_ ("Closed: the visitor left while waiting"), NULL },
  { "abandon_known", N_ ("The visitor left while waiting; an answer can follow later"), NULL },
  { "overflow", N_ ("Waited too long: moved to {queue}"), NULL },
  { "max_wait_bot", N_ ("Waited too long: the bot answers"), NULL },
  { "max_wait_form", N_ ("Waited too long: an answer can follow later"), NULL },
  { "offer", N_ ("Offered to {agent}"), NULL },
  { "pull", N_ ("{who}: took the chat"), NULL },
  { "accept", N_ ("{agent}: accepted the chat"), NULL },
  { "pass", N_ ("{who}: passed the chat ({reason})"), N_ ("{who}: passed the chat") },
  { "offer_expired", N_ ("Not accepted in time: waiting in {queue}"), NULL },
  { "offer_link_lost", N_ ("The agent's connection was lost: waiting in {queue}"), NULL },
  { "transfer_agent", N_ ("{who}: transferred to {agent}"), NULL },
  { "transfer_queue", N_ ("{who}: transferred to {queue}"), NULL },
  { "hold", N_ ("{who}: asked the visitor to wait"), NULL },
  { "resume", N_ ("{who}: resumed the chat"), NULL },
  { "snooze", N_ ("{who}: snoozed until {reason}"),
    N_ ("{who}: snoozed until the visitor writes") },
  { "snooze_over", N_ ("No longer snoozed: offered to {agent}"), NULL },
  { "snooze_over_queued", N_ ("No longer snoozed: waiting in {queue}"), NULL },
  { "wake", N_ ("{who}: woke the chat up"), NULL },
  { "idle", N_ ("Ended: the visitor no longer answered"), NULL },
  { "agent_ended", N_ ("{who}: ended the chat"), NULL },
  { "visitor_ended", N_ ("The visitor ended the chat"), NULL },
  { "wrapup", N_ ("{who}: closed with “{reason}”"), N_ ("{who}: closed the chat") },
  { "wrapup_late", N_ ("{who}: set the code “{reason}”"), N_ ("{who}: finished the form") },
  { "uncoded", N_ ("Closed without a code: the time for it was over"), NULL },
  { "reopen", N_ ("{who}: reopened the chat"), NULL },
  { "visitor_back", N_ ("The visitor came back"), NULL },
  { "visitor_back_queued", N_ ("The visitor came back: waiting in {queue}"), NULL },
  { "remove", N_ ("{who}: removed the chat"), NULL },
  { "owner_lost", NULL, NULL },
  { "takeover", NULL, NULL },
  { "join", NULL, NULL },
};

static const char *
name_of_actor (UsherSession              *self,
               const Gate__V1__ConvEvent *event)
{
  const char *name;

  if (event->actor_role == GATE__V1__ROLE__VISITOR)
    return _ ("The visitor");
  if (event->actor_role != GATE__V1__ROLE__AGENT)
    return _ ("The gateway");
  name = usher_session_name_of_agent (self, event->actor);
  return name != NULL ? name : _ ("A colleague");
}

static const char *
name_of_owner (UsherSession              *self,
               const Gate__V1__ConvEvent *event)
{
  const char *name = usher_session_name_of_agent (self, event->agent);

  return name != NULL ? name : _ ("A colleague");
}

static const char *
title_of_queue (UsherSession *self,
                const char   *name)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->queues));

  for (guint i = 0; i < n_items; i++) {
    g_autoptr (UsherQueue) queue = g_list_model_get_item (G_LIST_MODEL (self->queues), i);

    if (g_strcmp0 (usher_queue_get_name (queue), name) == 0)
      return usher_queue_get_title (queue); /* the store holds it */
  }
  return name;
}

/* The end of a snooze is told in milliseconds, a code as the word agents choose. */
static char *
dup_reason (UsherSession              *self,
            const Gate__V1__ConvEvent *event)
{
  const char *title = usher_session_title_of_code (self, event->reason);

  if (g_str_equal (event->name, "snooze") && *event->reason != '\0') {
    g_autoptr (GDateTime) utc =
      g_date_time_new_from_unix_utc (g_ascii_strtoll (event->reason, NULL, 10) / 1000);
    g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

    /* Translators: a short date and the time, in strftime's form */
    return local != NULL ? g_date_time_format (local, _ ("%-d %b, %H:%M")) : g_strdup ("");
  }
  return g_strdup (title != NULL ? title : event->reason);
}

/* Names may hold braces: each is put in once, and what was put in is not looked at again. */
static char *
fill_in (UsherSession              *self,
         const char                *text,
         const Gate__V1__ConvEvent *event,
         const char                *reason)
{
  GString *filled = g_string_new (NULL);

  while (*text != '\0') {
    const char *end = *text == '{' ? strchr (text, '}') : NULL;

    if (end == NULL)
      g_string_append_c (filled, *text);
    else if (g_str_has_prefix (text, "{who}"))
      g_string_append (filled, name_of_actor (self, event));
    else if (g_str_has_prefix (text, "{agent}"))
      g_string_append (filled, name_of_owner (self, event));
    else if (g_str_has_prefix (text, "{queue}"))
      g_string_append (filled, title_of_queue (self, event->queue));
    else
      g_string_append (filled, reason);
    text = end == NULL ? text + 1 : end + 1;
  }
  return g_string_free (filled, FALSE);
}

/* A name nobody knows is better shown as it is than hidden. */
static char *
dup_sentence (UsherSession              *self,
              const Gate__V1__ConvEvent *event)
{
  g_autofree char *reason = dup_reason (self, event);

  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++) {
    const Sentence *sentence = &sentences[i];
    gboolean is_bare = *reason == '\0' && sentence->bare != NULL;

    if (!g_str_equal (sentence->name, event->name))
      continue;
    if (sentence->text == NULL)
      return NULL;
    return fill_in (self, is_bare ? _ (sentence->bare) : _ (sentence->text), event, reason);
  }
  return g_strdup (event->name);
}

static UsherMessage *
message_from_event (UsherSession              *self,
                    guint64                    conv,
                    const Gate__V1__ConvEvent *event)
{
  g_autofree char *text = dup_sentence (self, event);
  UsherMessage *message;

  if (text == NULL)
    return NULL;
  message = usher_message_new (conv, event->ts * EPOCHS_A_MS + event->epoch % EPOCHS_A_MS,
                               USHER_MESSAGE_CHANGE, text);
  usher_message_set_role (message, USHER_ROLE_SYSTEM);
  usher_message_set_ts_us (message, (gint64) event->ts * 1000);
  return message;
}

/* What became of an offer says that there was one. */
static gboolean
is_told_by_next (const Gate__V1__HistoryPage *page,
                 gsize                        i)
{
  return g_str_equal (page->events[i]->name, "offer") && i + 1 < page->n_events;
}

void
usher_session_take_changes (UsherSession                *self,
                            UsherHolding                *holding,
                            const Gate__V1__HistoryPage *page)
{
  if (page->n_events == 0 || usher_conversation_peek_messages (holding->conversation) == NULL)
    return;
  g_clear_pointer (&holding->changes, g_ptr_array_unref);
  holding->changes = g_ptr_array_new_with_free_func (g_object_unref);
  for (gsize i = 0; i < page->n_events; i++) {
    UsherMessage *message =
      is_told_by_next (page, i)
        ? NULL
        : message_from_event (self, usher_conversation_get_conv (holding->conversation),
                              page->events[i]);

    if (message != NULL)
      g_ptr_array_add (holding->changes, message);
  }
}

/* Whether the window reaches over that moment, so that no line which belongs beside it is missing. */
static gboolean
is_within (UsherMessageList *list,
           UsherMessage     *change)
{
  guint n_items = usher_message_list_get_n_items (list);
  gint64 ts_us = usher_message_get_ts_us (change);

  if (usher_message_list_get_has_older (list) &&
      (n_items == 0 || ts_us < usher_message_get_ts_us (usher_message_list_peek (list, 0))))
    return FALSE;
  return !usher_message_list_get_has_newer (list) ||
         (n_items > 0 &&
          ts_us <= usher_message_get_ts_us (usher_message_list_peek (list, n_items - 1)));
}

void
usher_session_show_changes (UsherHolding *holding)
{
  UsherMessageList *list = usher_conversation_peek_messages (holding->conversation);
  g_autoptr (GPtrArray) within = g_ptr_array_new ();

  if (list == NULL || holding->changes == NULL)
    return;
  for (guint i = 0; i < holding->changes->len; i++)
    if (is_within (list, g_ptr_array_index (holding->changes, i)))
      g_ptr_array_add (within, g_ptr_array_index (holding->changes, i));
  /* Where the agent reads nothing may leave: rows go at the end that is further away. */
  usher_message_list_insert_page (list, (UsherMessage *const *) within->pdata, within->len,
                                  usher_message_list_get_has_newer (list) ? USHER_LIST_OLDER
                                                                          : USHER_LIST_NEWER);
}

static void
answered_cb (const Gate__V1__Frame *answer,
             gpointer               user_data)
{
  if (answer != NULL && answer->body_case == GATE__V1__FRAME__BODY_ERROR)
    g_debug ("no changes: %s", answer->error->slug);
}

/* A page behind the last line: no lines, the newest changes. */
void
usher_session_ask_changes (UsherSession *self,
                           UsherHolding *holding)
{
  Gate__V1__HistoryReq request = GATE__V1__HISTORY_REQ__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (HISTORY_REQ, history_req, &request);
  guint epoch = usher_conversation_get_epoch (holding->conversation);

  if (usher_conversation_peek_messages (holding->conversation) == NULL || epoch == 0 ||
      epoch == holding->changes_epoch)
    return;
  request.conv = usher_conversation_get_conv (holding->conversation);
  request.after = G_MAXINT32; /* no conversation is that long */
  request.limit = 1;
  if (usher_session_ask (self, &frame, answered_cb, NULL, NULL))
    holding->changes_epoch = epoch;
}
