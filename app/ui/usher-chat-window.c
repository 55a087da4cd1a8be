/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-chat-window.h"

#include "usher-chat-host.h"
#include "usher-chat-title.h"
#include "usher-conversation-actions.h"
#include "usher-conversation.h"
#include "usher-keys.h"
#include "usher-narrator.h"
#include "usher-visitor-pane.h"

struct _UsherChatWindow {
  AdwApplicationWindow parent_instance;

  GtkOverlay *overlay;
  UsherChatTitle *title;
  GtkMenuButton *chat_menu;
  GtkWidget *visitor_toggle;
  AdwFlap *flap;
  UsherConversationView *view;
  UsherVisitorPane *visitor_pane;

  GtkWindow *desk; /* borrowed: it closes us first */
  UsherNotices *notices;
  UsherNarrator *narrator;
  UsherConversationActions *actions;
  UsherConversation *conversation;
  UsherNotifier *notifier;
  GSignalGroup *signals;
};

enum {
  SIGNAL_NEXT,
  SIGNAL_OPEN,
  SIGNAL_BRING_BACK,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static UsherConversationView *
host_get_view (UsherChatHost *host)
{
  return USHER_CHAT_WINDOW (host)->view;
}

static UsherNotices *
host_get_notices (UsherChatHost *host)
{
  return USHER_CHAT_WINDOW (host)->notices;
}

static void
host_init (UsherChatHostInterface *iface)
{
  iface->get_view = host_get_view;
  iface->get_notices = host_get_notices;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (UsherChatWindow,
                               usher_chat_window,
                               ADW_TYPE_APPLICATION_WINDOW,
                               G_IMPLEMENT_INTERFACE (USHER_TYPE_CHAT_HOST, host_init))

/* --- Commands --------------------------------------------------------------------------------------------------- */

/* The commands of the desk, with the type of their target. */
static const struct {
  const char *name;
  const char *type;
} of_desk[] = {
  { "palette.open", NULL },
  { "palette.search", NULL },
  { "offer.accept", NULL },
  { "offer.pass", NULL },
  { "alert.go", NULL },
  { "alert.hush", NULL },
  { "conversation.next-waiting", NULL },
  { "conversation.go-to-mine", "i" },
  { "conversation.select-last", NULL },
  { "composer.show-canned", NULL },
  { "composer.show-macros", NULL },
  { "session.toggle-accepting", NULL },
};

/* What the desk can do and stay where it is. */
static gboolean
stays_here (const char *name)
{
  return g_str_equal (name, "session.toggle-accepting") || g_str_equal (name, "alert.hush") ||
         g_str_equal (name, "offer.pass");
}

static void
ask_desk (GtkWidget  *widget,
          const char *name,
          GVariant   *target)
{
  UsherChatWindow *self = USHER_CHAT_WINDOW (widget);

  if (!stays_here (name))
    gtk_window_present (self->desk);
  gtk_widget_activate_action_variant (GTK_WIDGET (self->desk), name, target);
}

static void
close_tile (GtkWidget  *widget,
            const char *name,
            GVariant   *target)
{
  gtk_window_close (GTK_WINDOW (widget));
}

static void
bring_back (GtkWidget  *widget,
            const char *name,
            GVariant   *target)
{
  g_signal_emit (widget, signals[SIGNAL_BRING_BACK], 0);
}

static void
focus_composer (GtkWidget  *widget,
                const char *name,
                GVariant   *target)
{
  usher_conversation_view_focus (USHER_CHAT_WINDOW (widget)->view);
}

static void
toggle_visitor (GtkWidget  *widget,
                const char *name,
                GVariant   *target)
{
  AdwFlap *flap = USHER_CHAT_WINDOW (widget)->flap;

  adw_flap_set_reveal_flap (flap, !adw_flap_get_reveal_flap (flap));
}

/* Two panes: the other one. */
static void
other_pane (GtkWidget  *widget,
            const char *name,
            GVariant   *target)
{
  UsherChatWindow *self = USHER_CHAT_WINDOW (widget);
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  GtkWidget *pane = GTK_WIDGET (self->visitor_pane);
  gboolean is_there = focus != NULL && gtk_widget_is_ancestor (focus, pane);

  if (is_there || !gtk_widget_get_mapped (pane) ||
      !gtk_widget_child_focus (pane, GTK_DIR_TAB_FORWARD))
    usher_conversation_view_focus (self->view);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  usher_chat_host_install_actions (widget_class);
  for (gsize i = 0; i < G_N_ELEMENTS (of_desk); i++)
    gtk_widget_class_install_action (widget_class, of_desk[i].name, of_desk[i].type, ask_desk);
  gtk_widget_class_install_action (widget_class, "tile.close", NULL, close_tile);
  gtk_widget_class_install_action (widget_class, "tile.tear-off", NULL, bring_back);
  gtk_widget_class_install_action (widget_class, "composer.focus", NULL, focus_composer);
  gtk_widget_class_install_action (widget_class, "pane.next", NULL, other_pane);
  gtk_widget_class_install_action (widget_class, "pane.previous", NULL, other_pane);
  gtk_widget_class_install_action (widget_class, "pane.toggle-visitor", NULL, toggle_visitor);
}

/* --- What it shows ------------------------------------------------------------------------------------------------ */

static void
tell_seen (UsherChatWindow *self)
{
  if (self->notifier != NULL && self->conversation != NULL &&
      gtk_window_is_active (GTK_WINDOW (self)))
    usher_notifier_seen (self->notifier, self->conversation);
}

static void
update (UsherChatWindow *self)
{
  g_autofree char *name =
    self->conversation == NULL ? NULL : usher_chat_title_dup_name (self->conversation);

  gtk_window_set_title (GTK_WINDOW (self), name == NULL ? "" : name);
  usher_chat_host_update_actions (USHER_CHAT_HOST (self));
}

static void
problem_cb (UsherChatWindow *self,
            const char      *text)
{
  usher_notices_say (self->notices, 2, text);
}

static void
next_cb (UsherChatWindow *self)
{
  g_signal_emit (self, signals[SIGNAL_NEXT], 0);
}

static void
open_cb (UsherChatWindow   *self,
         UsherConversation *earlier)
{
  g_signal_emit (self, signals[SIGNAL_OPEN], 0, earlier);
}

static void
usher_chat_window_dispose (GObject *object)
{
  UsherChatWindow *self = USHER_CHAT_WINDOW (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->actions);
  if (self->view != NULL)
    usher_conversation_view_set_conversation (self->view, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_CHAT_WINDOW);
  g_clear_object (&self->narrator);
  g_clear_object (&self->notices);
  g_clear_object (&self->notifier);
  g_clear_object (&self->conversation);
  G_OBJECT_CLASS (usher_chat_window_parent_class)->dispose (object);
}

static void
usher_chat_window_class_init (UsherChatWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_chat_window_dispose;
  signals[SIGNAL_NEXT] =
    g_signal_new ("next", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_OPEN] = g_signal_new ("open", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, USHER_TYPE_CONVERSATION);
  signals[SIGNAL_BRING_BACK] =
    g_signal_new ("bring-back", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (USHER_TYPE_CHAT_TITLE);
  g_type_ensure (USHER_TYPE_CONVERSATION_VIEW);
  g_type_ensure (USHER_TYPE_VISITOR_PANE);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-chat-window.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherChatWindow, overlay);
  gtk_widget_class_bind_template_child (widget_class, UsherChatWindow, title);
  gtk_widget_class_bind_template_child (widget_class, UsherChatWindow, chat_menu);
  gtk_widget_class_bind_template_child (widget_class, UsherChatWindow, visitor_toggle);
  gtk_widget_class_bind_template_child (widget_class, UsherChatWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, UsherChatWindow, view);
  gtk_widget_class_bind_template_child (widget_class, UsherChatWindow, visitor_pane);
  gtk_widget_class_bind_template_callback (widget_class, problem_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);
  install_actions (widget_class);
}

static void
usher_chat_window_init (UsherChatWindow *self)
{
  g_autoptr (GMenuModel) menu = usher_chat_host_menu_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->notices = usher_notices_new (self->overlay);
  self->narrator = usher_narrator_new (GTK_WINDOW (self), self->notices);
  self->actions = usher_conversation_actions_new (GTK_WIDGET (self));
  g_signal_connect_object (self->actions, "undoable", G_CALLBACK (usher_notices_offer_undo),
                           self->notices, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->visitor_pane, "undoable", G_CALLBACK (usher_notices_offer_undo),
                           self->notices, G_CONNECT_SWAPPED);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "conversation",
                                  usher_conversation_actions_get_group (self->actions));
  gtk_menu_button_set_menu_model (self->chat_menu, menu);
  self->signals = g_signal_group_new (USHER_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->signals, "notify", G_CALLBACK (update), self);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (tell_seen), NULL);
}

GtkWidget *
usher_chat_window_new (GtkWindow *desk,
                       GSettings *settings)
{
  UsherChatWindow *self =
    g_object_new (USHER_TYPE_CHAT_WINDOW, "application", gtk_window_get_application (desk), NULL);

  self->desk = desk;
  g_settings_bind (settings, "reply-target-s", self->title, "reply-target-s", G_SETTINGS_BIND_GET);
  usher_keys_set_command (self->visitor_toggle, "pane.toggle-visitor");
  usher_keys_show (GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

void
usher_chat_window_set_macros (UsherChatWindow  *self,
                              UsherMacroRunner *macros)
{
  g_return_if_fail (USHER_IS_CHAT_WINDOW (self));
  usher_conversation_actions_set_macros (self->actions, macros);
}

UsherConversationView *
usher_chat_window_get_view (UsherChatWindow *self)
{
  g_return_val_if_fail (USHER_IS_CHAT_WINDOW (self), NULL);
  return self->view;
}

void
usher_chat_window_show (UsherChatWindow   *self,
                        UsherSession      *session,
                        UsherNotifier     *notifier,
                        UsherConversation *conversation)
{
  g_return_if_fail (USHER_IS_CHAT_WINDOW (self));
  g_set_object (&self->notifier, notifier);
  g_set_object (&self->conversation, conversation);
  g_signal_group_set_target (self->signals, conversation);
  usher_narrator_set_session (self->narrator, session);
  usher_narrator_set_conversation (self->narrator, conversation);
  usher_conversation_actions_set_session (self->actions, session);
  usher_conversation_actions_set_target (self->actions, conversation);
  usher_chat_title_set_conversation (self->title, conversation);
  usher_conversation_view_set_conversation (self->view, conversation);
  usher_visitor_pane_set (self->visitor_pane, session,
                          usher_session_get_contact (session, conversation), conversation);
  update (self);
}

UsherConversation *
usher_chat_window_get_conversation (UsherChatWindow *self)
{
  g_return_val_if_fail (USHER_IS_CHAT_WINDOW (self), NULL);
  return self->conversation;
}
