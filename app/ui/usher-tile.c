/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-tile.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "usher-chat-title.h"
#include "usher-conversation.h"
#include "usher-keys.h"
#include "usher-widget.h"

struct _UsherTile {
  GtkWidget parent_instance;

  GtkWidget *strip;
  UsherChatTitle *title;
  GtkLabel *unread;
  GtkStack *pages;
  UsherConversationView *view;
  AdwStatusPage *empty_page;
  GtkWidget *close_button;
  GtkWidget *go_button;

  UsherConversation *conversation;
  GSignalGroup *signals;
};

enum {
  SIGNAL_ENTERED,
  SIGNAL_CLOSE_ASKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherTile, usher_tile, GTK_TYPE_WIDGET)

static void
update_name (UsherTile *self)
{
  g_autofree char *name =
    self->conversation == NULL ? NULL : usher_chat_title_dup_name (self->conversation);
  /* Translators: a screen reader says it of one of several chats side by side; %s is the visitor's name */
  g_autofree char *label = name == NULL ? NULL : g_strdup_printf (_ ("Chat with %s"), name);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label == NULL ? _ ("No chat chosen") : label, -1);
}

static void
update_unread (UsherTile *self)
{
  guint n = self->conversation == NULL ? 0 : usher_conversation_get_unread (self->conversation);
  g_autofree char *number = g_strdup_printf (n > 99 ? "99+" : "%u", n);
  g_autofree char *words = g_strdup_printf (ngettext ("%u unread line", "%u unread lines", n), n);

  gtk_label_set_text (self->unread, number);
  gtk_widget_set_visible (GTK_WIDGET (self->unread), n > 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->unread), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  words, -1);
}

static void
notify_cb (UsherTile  *self,
           GParamSpec *pspec)
{
  if (g_str_equal (pspec->name, "unread"))
    update_unread (self);
  else if (g_str_equal (pspec->name, "name"))
    update_name (self);
}

static void
close_cb (UsherTile *self)
{
  g_signal_emit (self, signals[SIGNAL_CLOSE_ASKED], 0);
}

static void
entered_cb (UsherTile *self)
{
  g_signal_emit (self, signals[SIGNAL_ENTERED], 0);
}

/* The keys may have changed since it was on the screen. */
static void
usher_tile_map (GtkWidget *widget)
{
  UsherTile *self = USHER_TILE (widget);
  g_autofree char *label = usher_keys_dup_label ("conversation.next-waiting");
  /* Translators: %s is a key, such as Ctrl+J */
  g_autofree char *hint =
    label == NULL ? NULL : g_strdup_printf (_ ("%s goes to whoever has waited longest."), label);
  /* A description is markup. */
  g_autofree char *escaped = hint == NULL ? NULL : g_markup_escape_text (hint, -1);

  adw_status_page_set_description (self->empty_page, escaped);
  usher_keys_show (self->strip);
  GTK_WIDGET_CLASS (usher_tile_parent_class)->map (widget);
}

static void
usher_tile_dispose (GObject *object)
{
  UsherTile *self = USHER_TILE (object);

  g_clear_object (&self->signals);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_TILE);
  g_clear_object (&self->conversation);
  G_OBJECT_CLASS (usher_tile_parent_class)->dispose (object);
}

static void
usher_tile_class_init (UsherTileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_tile_dispose;
  widget_class->map = usher_tile_map;
  signals[SIGNAL_ENTERED] =
    g_signal_new ("entered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CLOSE_ASKED] =
    g_signal_new ("close-asked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (USHER_TYPE_CHAT_TITLE);
  g_type_ensure (USHER_TYPE_CONVERSATION_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/usher_desk/Usher/ui/usher-tile.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherTile, strip);
  gtk_widget_class_bind_template_child (widget_class, UsherTile, title);
  gtk_widget_class_bind_template_child (widget_class, UsherTile, unread);
  gtk_widget_class_bind_template_child (widget_class, UsherTile, pages);
  gtk_widget_class_bind_template_child (widget_class, UsherTile, view);
  gtk_widget_class_bind_template_child (widget_class, UsherTile, go_button);
  gtk_widget_class_bind_template_child (widget_class, UsherTile, empty_page);
  gtk_widget_class_bind_template_child (widget_class, UsherTile, close_button);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "tile");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
usher_tile_init (UsherTile *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  usher_chat_title_set_is_compact (self->title, TRUE);
  usher_keys_set_command (self->close_button, "tile.close");
  self->signals = g_signal_group_new (USHER_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->signals, "notify", G_CALLBACK (notify_cb), self);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (entered_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  /* Before the lines see it: a click anywhere means this chat, whatever else it does. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (entered_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

GtkWidget *
usher_tile_new (void)
{
  return g_object_new (USHER_TYPE_TILE, NULL);
}

void
usher_tile_set_conversation (UsherTile         *self,
                             UsherConversation *conversation,
                             gboolean           is_elsewhere)
{
  const char *page = is_elsewhere ? "elsewhere" : "chat";

  g_return_if_fail (USHER_IS_TILE (self));
  g_set_object (&self->conversation, conversation);
  g_signal_group_set_target (self->signals, conversation);
  usher_conversation_view_set_conversation (self->view, is_elsewhere ? NULL : conversation);
  usher_chat_title_set_conversation (self->title, conversation);
  gtk_stack_set_visible_child_name (self->pages, conversation == NULL ? "empty" : page);
  update_name (self);
  update_unread (self);
}

UsherConversation *
usher_tile_get_conversation (UsherTile *self)
{
  g_return_val_if_fail (USHER_IS_TILE (self), NULL);
  return self->conversation;
}

UsherConversationView *
usher_tile_get_view (UsherTile *self)
{
  g_return_val_if_fail (USHER_IS_TILE (self), NULL);
  return self->view;
}

void
usher_tile_set_is_current (UsherTile *self,
                           gboolean   is_current)
{
  g_return_if_fail (USHER_IS_TILE (self));
  if (is_current)
    gtk_widget_add_css_class (GTK_WIDGET (self), "current");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "current");
  usher_conversation_view_set_is_current (self->view, is_current);
}

void
usher_tile_set_has_strip (UsherTile *self,
                          gboolean   has_strip)
{
  g_return_if_fail (USHER_IS_TILE (self));
  gtk_widget_set_visible (self->strip, has_strip);
}

void
usher_tile_set_reply_target (UsherTile *self,
                             guint      target_s)
{
  g_return_if_fail (USHER_IS_TILE (self));
  g_object_set (self->title, "reply-target-s", target_s, NULL);
}

void
usher_tile_focus (UsherTile *self)
{
  const char *page;

  g_return_if_fail (USHER_IS_TILE (self));
  page = gtk_stack_get_visible_child_name (self->pages);
  if (g_str_equal (page, "elsewhere"))
    gtk_widget_grab_focus (self->go_button);
  else if (g_str_equal (page, "chat"))
    usher_conversation_view_focus (self->view);
  else if (gtk_widget_get_root (GTK_WIDGET (self)) != NULL)
    /* What is typed now must not go to the chat that had the focus before. */
    gtk_root_set_focus (gtk_widget_get_root (GTK_WIDGET (self)), NULL);
}
