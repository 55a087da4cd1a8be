/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-chat-host.h"

#include <glib/gi18n.h>

#include "usher-audio.h"
#include "usher-conversation-actions.h"
#include "usher-conversation-rights.h"

G_DEFINE_INTERFACE (UsherChatHost, usher_chat_host, GTK_TYPE_WIDGET)

static void
usher_chat_host_default_init (UsherChatHostInterface *iface)
{
}

static UsherConversationView *
get_view (GtkWidget *widget)
{
  return USHER_CHAT_HOST_GET_IFACE (widget)->get_view (USHER_CHAT_HOST (widget));
}

static UsherNotices *
get_notices (GtkWidget *widget)
{
  return USHER_CHAT_HOST_GET_IFACE (widget)->get_notices (USHER_CHAT_HOST (widget));
}

UsherConversationView *
usher_chat_host_get_view (UsherChatHost *self)
{
  g_return_val_if_fail (USHER_IS_CHAT_HOST (self), NULL);
  return get_view (GTK_WIDGET (self));
}

UsherNotices *
usher_chat_host_get_notices (UsherChatHost *self)
{
  g_return_val_if_fail (USHER_IS_CHAT_HOST (self), NULL);
  return get_notices (GTK_WIDGET (self));
}

static void
toggle_note (GtkWidget  *widget,
             const char *name,
             GVariant   *target)
{
  UsherComposer *composer = usher_conversation_view_get_composer (get_view (widget));

  usher_composer_set_is_note (composer, !usher_composer_get_is_note (composer));
  usher_composer_focus (composer);
}

static void
attach (GtkWidget  *widget,
        const char *name,
        GVariant   *target)
{
  usher_composer_attach (usher_conversation_view_get_composer (get_view (widget)));
}

static void
record (GtkWidget  *widget,
        const char *name,
        GVariant   *target)
{
  usher_composer_record (usher_conversation_view_get_composer (get_view (widget)));
}

static void
correct (GtkWidget  *widget,
         const char *name,
         GVariant   *target)
{
  usher_composer_correct (usher_conversation_view_get_composer (get_view (widget)));
}

static void
take_suggestion (GtkWidget  *widget,
                 const char *name,
                 GVariant   *target)
{
  usher_composer_take_suggestion (usher_conversation_view_get_composer (get_view (widget)),
                                  (guint) g_variant_get_int32 (target));
}

static void
unfold_earlier (GtkWidget  *widget,
                const char *name,
                GVariant   *target)
{
  usher_conversation_view_unfold_earlier (get_view (widget));
}

static void
copy_chat (GtkWidget  *widget,
           const char *name,
           GVariant   *target)
{
  guint n_lines = usher_conversation_view_copy (get_view (widget));
  g_autofree char *text = g_strdup_printf (ngettext ("%u line copied, without notes",
                                                     "%u lines copied, without notes", n_lines),
                                           n_lines);

  if (n_lines > 0)
    usher_notices_say (get_notices (widget), 1, text);
}

static void
find (GtkWidget  *widget,
      const char *name,
      GVariant   *target)
{
  usher_conversation_view_find (get_view (widget));
}

static void
go_to_date (GtkWidget  *widget,
            const char *name,
            GVariant   *target)
{
  usher_conversation_view_go_to_date (get_view (widget));
}

static void
find_next (GtkWidget  *widget,
           const char *name,
           GVariant   *target)
{
  usher_conversation_view_find_next (get_view (widget), 1);
}

static void
find_previous (GtkWidget  *widget,
               const char *name,
               GVariant   *target)
{
  usher_conversation_view_find_next (get_view (widget), -1);
}

static void
undo (GtkWidget  *widget,
      const char *name,
      GVariant   *target)
{
  usher_notices_undo (get_notices (widget));
}

void
usher_chat_host_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "composer.toggle-note", NULL, toggle_note);
  gtk_widget_class_install_action (widget_class, "composer.attach", NULL, attach);
  gtk_widget_class_install_action (widget_class, "composer.record", NULL, record);
  gtk_widget_class_install_action (widget_class, "composer.correct", NULL, correct);
  gtk_widget_class_install_action (widget_class, "composer.take-suggestion", "i", take_suggestion);
  gtk_widget_class_install_action (widget_class, "transcript.copy", NULL, copy_chat);
  gtk_widget_class_install_action (widget_class, "transcript.unfold-earlier", NULL, unfold_earlier);
  gtk_widget_class_install_action (widget_class, "transcript.find", NULL, find);
  gtk_widget_class_install_action (widget_class, "transcript.go-to-date", NULL, go_to_date);
  gtk_widget_class_install_action (widget_class, "transcript.find-next", NULL, find_next);
  gtk_widget_class_install_action (widget_class, "transcript.find-previous", NULL, find_previous);
  gtk_widget_class_install_action (widget_class, "window.undo", NULL, undo);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "composer.focus", NULL);
}

GMenuModel *
usher_chat_host_menu_new (void)
{
  g_autoptr (GMenuModel) conversation = usher_conversation_menu_new ();
  g_autoptr (GMenu) lines = g_menu_new ();
  GMenu *menu = g_menu_new ();

  g_menu_append (lines, _ ("_Find…"), "transcript.find");
  g_menu_append (lines, _ ("_Go to Date…"), "transcript.go-to-date");
  g_menu_append (lines, _ ("C_opy with Names and Times"), "transcript.copy");
  g_menu_append_section (menu, NULL, conversation);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (lines));
  return G_MENU_MODEL (menu);
}

void
usher_chat_host_update_actions (UsherChatHost *self)
{
  UsherConversation *shown =
    usher_conversation_view_get_conversation (get_view (GTK_WIDGET (self)));
  gboolean may_write = shown != NULL && usher_may_reply (NULL, shown);
  GtkWidget *widget = GTK_WIDGET (self);

  gtk_widget_action_set_enabled (widget, "composer.toggle-note", may_write);
  gtk_widget_action_set_enabled (widget, "composer.attach", may_write);
  gtk_widget_action_set_enabled (widget, "composer.record",
                                 may_write && usher_audio_is_available ());
  gtk_widget_action_set_enabled (widget, "composer.correct", may_write);
  gtk_widget_action_set_enabled (widget, "composer.take-suggestion", may_write);
  gtk_widget_action_set_enabled (widget, "transcript.find", shown != NULL);
  gtk_widget_action_set_enabled (widget, "transcript.go-to-date", shown != NULL);
  gtk_widget_action_set_enabled (widget, "transcript.find-next", shown != NULL);
  gtk_widget_action_set_enabled (widget, "transcript.find-previous", shown != NULL);
}
