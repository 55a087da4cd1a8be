/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "usher-conversation.h"
#include "usher-window-private.h"

/* Several chats at once. A chat has one place: a tile, or a window that was torn off; a tile that would show it too points there. */

/* --- Windows of their own ---------------------------------------------------------------------------------------- */

static UsherChatWindow *
find_torn (UsherWindow       *self,
           UsherConversation *conversation)
{
  for (guint i = 0; conversation != NULL && i < self->torn->len; i++)
    if (usher_chat_window_get_conversation (g_ptr_array_index (self->torn, i)) == conversation)
      return g_ptr_array_index (self->torn, i);
  return NULL;
}

gboolean
usher_window_is_elsewhere (UsherWindow       *self,
                           UsherConversation *conversation)
{
  return find_torn (self, conversation) != NULL;
}

gboolean
usher_window_go_elsewhere (UsherWindow       *self,
                           UsherConversation *conversation)
{
  UsherChatWindow *torn = find_torn (self, conversation);

  if (torn == NULL)
    return FALSE;
  gtk_window_present (GTK_WINDOW (torn));
  usher_conversation_view_focus (usher_chat_window_get_view (torn));
  return TRUE;
}

/* The tile that pointed to it shows it again. */
static void
let_go (UsherWindow     *self,
        UsherChatWindow *torn)
{
  g_autoptr (UsherConversation) conversation = NULL;

  g_set_object (&conversation, usher_chat_window_get_conversation (torn));
  usher_conversation_view_set_conversation (usher_chat_window_get_view (torn), NULL);
  g_ptr_array_remove (self->torn, torn);
  usher_tiles_set_is_elsewhere (self->tiles, conversation, FALSE);
  usher_window_update_actions (self);
}

static gboolean
torn_closed_cb (UsherWindow     *self,
                UsherChatWindow *torn)
{
  let_go (self, torn);
  return GDK_EVENT_PROPAGATE;
}

static void
bring_back_cb (UsherWindow     *self,
               UsherChatWindow *torn)
{
  g_autoptr (UsherConversation) conversation = NULL;

  g_set_object (&conversation, usher_chat_window_get_conversation (torn));
  gtk_window_close (GTK_WINDOW (torn));
  usher_window_show_conversation (self, conversation);
}

void
usher_window_close_torn (UsherWindow *self)
{
  while (self->torn->len > 0) {
    g_autoptr (UsherChatWindow) torn = g_object_ref (g_ptr_array_index (self->torn, 0));

    let_go (self, torn);
    gtk_window_destroy (GTK_WINDOW (torn));
  }
}

static void
torn_next_cb (UsherWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "conversation.next-waiting", NULL);
}

static void
torn_open_cb (UsherWindow       *self,
              UsherConversation *earlier)
{
  UsherConversation *known =
    usher_session_find (self->session, usher_conversation_get_conv (earlier));

  usher_window_show_conversation (self, known != NULL ? known : earlier);
}

static void
tear_off_current (UsherWindow *self)
{
  UsherConversation *conversation = self->conversation;
  UsherChatWindow *torn =
    USHER_CHAT_WINDOW (usher_chat_window_new (GTK_WINDOW (self), self->settings));

  g_ptr_array_add (self->torn, g_object_ref (torn));
  usher_window_set_up_view (self, usher_chat_window_get_view (torn));
  usher_chat_window_set_macros (torn, self->macros);
  g_signal_connect_object (torn, "close-request", G_CALLBACK (torn_closed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (torn, "bring-back", G_CALLBACK (bring_back_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (torn, "next", G_CALLBACK (torn_next_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (torn, "open", G_CALLBACK (torn_open_cb), self, G_CONNECT_SWAPPED);
  /* The tile lets go of it before the window takes it: nobody is told that it is hidden after it was shown. */
  usher_tiles_set_is_elsewhere (self->tiles, conversation, TRUE);
  usher_chat_window_show (torn, self->session, self->notifier, conversation);
  /* A tile that only points somewhere is of no use. */
  usher_tiles_close_current (self->tiles);
  gtk_window_present (GTK_WINDOW (torn));
  usher_conversation_view_focus (usher_chat_window_get_view (torn));
}

/* --- Commands ------------------------------------------------------------------------------------------------------ */

static gboolean
is_free (UsherWindow       *self,
         UsherConversation *conversation)
{
  return conversation != NULL && !usher_tiles_has (self->tiles, conversation) &&
         !usher_window_is_elsewhere (self, conversation);
}

/* Beside the current one: who waits, else what was looked at before, else a place for what is chosen next. */
static void
split (GtkWidget  *widget,
       const char *name,
       GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);
  UsherConversation *beside = usher_sidebar_get_next_waiting (self->sidebar);

  if (!is_free (self, beside))
    beside = is_free (self, self->previous) ? self->previous : NULL;
  if (!usher_tiles_split (self->tiles, beside))
    usher_window_notice (self, 1, _ ("Four chats are as many as fit. Close a tile first."));
  usher_tiles_focus (self->tiles);
  if (self->conversation == NULL) /* it is chosen from the list */
    gtk_widget_child_focus (GTK_WIDGET (self->sidebar), GTK_DIR_TAB_FORWARD);
}

static void
tear_off (GtkWidget  *widget,
          const char *name,
          GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);

  if (self->conversation != NULL && !usher_window_go_elsewhere (self, self->conversation))
    tear_off_current (self);
}

static void
close_tile (GtkWidget  *widget,
            const char *name,
            GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);

  if (usher_tiles_close_current (self->tiles))
    usher_tiles_focus (self->tiles);
}

static void
go_there (GtkWidget  *widget,
          const char *name,
          GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);

  usher_window_go_elsewhere (self, self->conversation);
}

static void
bring_back (GtkWidget  *widget,
            const char *name,
            GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);
  UsherChatWindow *torn = find_torn (self, self->conversation);

  if (torn != NULL)
    bring_back_cb (self, torn);
}

void
usher_window_tiles_install (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "tile.split", NULL, split);
  gtk_widget_class_install_action (widget_class, "tile.tear-off", NULL, tear_off);
  gtk_widget_class_install_action (widget_class, "tile.close", NULL, close_tile);
  gtk_widget_class_install_action (widget_class, "tile.go-there", NULL, go_there);
  gtk_widget_class_install_action (widget_class, "tile.bring-back", NULL, bring_back);
}

void
usher_window_update_tiles (UsherWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_widget_action_set_enabled (widget, "tile.split", self->session != NULL);
  gtk_widget_action_set_enabled (widget, "tile.tear-off", self->conversation != NULL);
  gtk_widget_action_set_enabled (widget, "tile.close", usher_tiles_get_n (self->tiles) > 1);
}
