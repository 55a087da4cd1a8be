/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-narrator.h"

#include <glib/gi18n.h>

#include "usher-message.h"
#include "usher-step-indicator.h"
#include "usher-text.h"

/* A sentence is not cut off by the next one, and who listens keeps up. */
#define TURN_MS    1200
#define MAX_QUEUED 4
#define LINE_CHARS 200
#define NAME_CHARS 40

struct _UsherNarrator {
  GObject parent_instance;

  GtkWindow *window; /* borrowed: it owns us */
  UsherConversation *conversation;
  GSignalGroup *signals;     /* of the session */
  GSignalGroup *suggestions; /* of those to the chat */
  GQueue queued;             /* of char *, what was said first first */
  guint turn_id;             /* running: something has just been said */
  GHashTable *elsewhere;     /* of guint64: chats with new lines */
  guint n_elsewhere;         /* lines in them */
  UsherLinkState link;
};

G_DEFINE_FINAL_TYPE (UsherNarrator, usher_narrator, G_TYPE_OBJECT)

static const char *
get_title (UsherNarrator *self)
{
  const char *title = gtk_window_get_title (self->window);

  return title == NULL ? "" : title;
}

/* GTK sets it to each new title too. */
static void
set_name (UsherNarrator *self,
          const char    *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->window), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name, -1);
}

static void
speak (UsherNarrator *self,
       const char    *text)
{
#if GTK_CHECK_VERSION(4, 14, 0)
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  gtk_accessible_announce (GTK_ACCESSIBLE (self->window), text,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
  G_GNUC_END_IGNORE_DEPRECATIONS
#else
  g_autofree char *name = g_strdup_printf ("%s – %s", text, get_title (self));

  set_name (self, name);
#endif
}

static char *
dup_elsewhere (UsherNarrator *self)
{
  guint n_chats = g_hash_table_size (self->elsewhere);
  g_autofree char *lines = NULL;

  lines = g_strdup_printf (ngettext ("%u new line", "%u new lines", self->n_elsewhere),
                           self->n_elsewhere);
  /* Translators: %1$s is “3 new lines”, %2$u how many chats they are in */
  return g_strdup_printf (ngettext ("%1$s in %2$u other chat", "%1$s in %2$u other chats", n_chats),
                          lines, n_chats);
}

static void
forget_elsewhere (UsherNarrator *self)
{
  g_hash_table_remove_all (self->elsewhere);
  self->n_elsewhere = 0;
}

/* (transfer full) (nullable): what is said now */
static char *
take_next (UsherNarrator *self)
{
  char *next = g_queue_pop_head (&self->queued);

  if (next != NULL || self->n_elsewhere == 0)
    return next;
  next = dup_elsewhere (self);
  forget_elsewhere (self);
  return next;
}

static void take_turn (UsherNarrator *self);

static void
turn_over_cb (gpointer user_data)
{
  UsherNarrator *self = user_data;

  self->turn_id = 0;
  take_turn (self);
}

static void
take_turn (UsherNarrator *self)
{
  g_autofree char *text = self->turn_id == 0 ? take_next (self) : NULL;

  if (text == NULL)
    return;
  speak (self, text);
  self->turn_id = g_timeout_add_once (TURN_MS, turn_over_cb, self);
}

/* --- What happens ------------------------------------------------------------------------------------------ */

static char *
dup_name (UsherConversation *conversation)
{
  g_autofree char *name =
    usher_text_to_line (usher_conversation_get_name (conversation), NAME_CHARS);

  return *name == '\0' ? g_strdup (_ ("Visitor")) : g_steal_pointer (&name);
}

static char *
dup_sender (UsherConversation *conversation,
            UsherMessage      *message)
{
  g_autofree char *name = NULL;

  if (usher_message_get_role (message) == USHER_ROLE_VISITOR)
    return dup_name (conversation);
  name = usher_text_to_line (usher_message_get_sender_name (message), NAME_CHARS);
  if (*name == '\0' && usher_message_get_role (message) == USHER_ROLE_BOT)
    return g_strdup (_ ("Bot"));
  return g_steal_pointer (&name);
}

/* A picture or a file has no text; the list has words for it. */
static char *
dup_said (UsherConversation *conversation,
          UsherMessage      *message)
{
  g_autofree char *text = usher_text_to_line (usher_message_get_text (message), LINE_CHARS);

  return *text != '\0'
           ? g_steal_pointer (&text)
           : usher_text_to_line (usher_conversation_get_last_text (conversation), LINE_CHARS);
}

static void
say_line (UsherNarrator     *self,
          UsherConversation *conversation,
          UsherMessage      *message)
{
  g_autofree char *sender = dup_sender (conversation, message);
  g_autofree char *said = dup_said (conversation, message);
  g_autofree char *text = NULL;

  if (*sender == '\0')
    text = g_strdup (said);
  else if (usher_message_get_kind (message) == USHER_MESSAGE_NOTE)
    /* Translators: %1$s is who wrote a note for staff, %2$s what it says */
    text = g_strdup_printf (_ ("Note by %1$s: %2$s"), sender, said);
  else
    /* Translators: %1$s is who said %2$s */
    text = g_strdup_printf (_ ("%1$s: %2$s"), sender, said);
  usher_narrator_say (self, text);
}

static void
line_cb (UsherNarrator     *self,
         UsherConversation *conversation,
         UsherMessage      *message)
{
  guint64 conv = usher_conversation_get_conv (conversation);

  if (!gtk_window_is_active (self->window) || usher_message_get_is_own (message))
    return;
  if (conversation == self->conversation) {
    say_line (self, conversation, message);
    return;
  }
  g_hash_table_add (self->elsewhere, g_memdup2 (&conv, sizeof conv));
  self->n_elsewhere++;
  take_turn (self);
}

static void
offered_cb (UsherNarrator     *self,
            UsherConversation *conversation)
{
  g_autofree char *name = dup_name (conversation);
  g_autofree char *said =
    usher_text_to_line (usher_conversation_get_last_text (conversation), LINE_CHARS);
  /* Translators: a chat is offered to the agent; %1$s is the visitor, %2$s what was said last */
  g_autofree char *text = g_strdup_printf (_ ("Offered: %1$s. %2$s"), name, said);

  usher_narrator_say (self, text);
}

/* That there are some; which, whoever listens reads when they want one. */
static void
suggested_cb (UsherNarrator *self,
              guint          position,
              guint          n_removed,
              guint          n_added)
{
  g_autofree char *text = NULL;

  if (n_added == 0)
    return;
  text =
    g_strdup_printf (ngettext ("%u suggested reply", "%u suggested replies", n_added), n_added);
  usher_narrator_say (self, text);
}

/* Lost, and whole again; the steps between are of no interest to who does not look. */
static void
link_cb (UsherNarrator *self,
         GParamSpec    *pspec,
         UsherSession  *session)
{
  UsherLinkState link;

  g_object_get (session, "link-state", &link, NULL);
  if (link == self->link || (link != USHER_LINK_OFFLINE && link != USHER_LINK_IN_STEP))
    return;
  self->link = link;
  usher_narrator_say (self, link == USHER_LINK_OFFLINE ? usher_link_state_get_tip (link)
                                                       : usher_link_state_get_text (link));
}

/* What was not said is not said later: whoever comes back looks for themselves. */
static void
active_cb (UsherNarrator *self)
{
  if (gtk_window_is_active (self->window))
    return;
  g_queue_clear_full (&self->queued, g_free);
  forget_elsewhere (self);
  set_name (self, get_title (self));
}

static void
usher_narrator_dispose (GObject *object)
{
  UsherNarrator *self = USHER_NARRATOR (object);

  g_clear_handle_id (&self->turn_id, g_source_remove);
  g_clear_object (&self->signals);
  g_clear_object (&self->suggestions);
  g_clear_object (&self->conversation);
  g_queue_clear_full (&self->queued, g_free);
  g_clear_pointer (&self->elsewhere, g_hash_table_unref);
  G_OBJECT_CLASS (usher_narrator_parent_class)->dispose (object);
}

static void
usher_narrator_class_init (UsherNarratorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = usher_narrator_dispose;
}

static void
usher_narrator_init (UsherNarrator *self)
{
  g_queue_init (&self->queued);
  self->link = USHER_LINK_IN_STEP;
  self->elsewhere = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->signals = g_signal_group_new (USHER_TYPE_SESSION);
  g_signal_group_connect_swapped (self->signals, "line", G_CALLBACK (line_cb), self);
  g_signal_group_connect_swapped (self->signals, "offered", G_CALLBACK (offered_cb), self);
  g_signal_group_connect_swapped (self->signals, "notify::link-state", G_CALLBACK (link_cb), self);
  self->suggestions = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->suggestions, "items-changed", G_CALLBACK (suggested_cb),
                                  self);
}

UsherNarrator *
usher_narrator_new (GtkWindow    *window,
                    UsherNotices *notices)
{
  UsherNarrator *self = g_object_new (USHER_TYPE_NARRATOR, NULL);

  self->window = window;
  g_signal_connect_object (window, "notify::is-active", G_CALLBACK (active_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (notices, "said", G_CALLBACK (usher_narrator_say), self,
                           G_CONNECT_SWAPPED);
  return self;
}

void
usher_narrator_set_session (UsherNarrator *self,
                            UsherSession  *session)
{
  g_return_if_fail (USHER_IS_NARRATOR (self));
  g_signal_group_set_target (self->signals, session);
}

void
usher_narrator_set_conversation (UsherNarrator     *self,
                                 UsherConversation *conversation)
{
  g_autoptr (UsherSession) session = NULL;

  g_return_if_fail (USHER_IS_NARRATOR (self));
  g_set_object (&self->conversation, conversation);
  session = g_signal_group_dup_target (self->signals);
  g_signal_group_set_target (self->suggestions,
                             session != NULL && conversation != NULL
                               ? usher_session_get_suggestions (session, conversation)
                               : NULL);
}

void
usher_narrator_say (UsherNarrator *self,
                    const char    *text)
{
  g_return_if_fail (USHER_IS_NARRATOR (self));
  if (!gtk_window_is_active (self->window) || text == NULL || *text == '\0')
    return;
  if (self->queued.length == MAX_QUEUED)
    g_free (g_queue_pop_head (&self->queued));
  g_queue_push_tail (&self->queued, g_strdup (text));
  take_turn (self);
}
