/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-window.h"

#include <glib/gi18n.h>

#include "usher-contact.h"
#include "usher-conversation-list.h"
#include "usher-conversation.h"
#include "usher-keys.h"
#include "usher-window-private.h"

static const char *const section_sources[] = {
  [USHER_SECTION_OFFERED] = "offered", [USHER_SECTION_MINE] = "mine",
  [USHER_SECTION_QUEUE] = "queue",     [USHER_SECTION_BOT] = "bot",
  [USHER_SECTION_SNOOZED] = "snoozed", [USHER_SECTION_WATCHING] = "watching",
  [USHER_SECTION_CLOSED] = "closed",
};

static UsherConversationView *
host_get_view (UsherChatHost *host)
{
  return USHER_WINDOW (host)->view;
}

static UsherNotices *
host_get_notices (UsherChatHost *host)
{
  return USHER_WINDOW (host)->notices;
}

static void
host_init (UsherChatHostInterface *iface)
{
  iface->get_view = host_get_view;
  iface->get_notices = host_get_notices;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (UsherWindow,
                               usher_window,
                               ADW_TYPE_APPLICATION_WINDOW,
                               G_IMPLEMENT_INTERFACE (USHER_TYPE_CHAT_HOST, host_init))

/* --- The conversation shown --------------------------------------------------------------------------------------- */

/* What is on screen in the active window need not be announced any longer. */
static void
tell_seen (UsherWindow *self)
{
  if (self->notifier != NULL && self->conversation != NULL &&
      gtk_window_is_active (GTK_WINDOW (self)))
    usher_notifier_seen (self->notifier, self->conversation);
}

static void
show_conversation (UsherWindow       *self,
                   UsherConversation *conversation)
{
  UsherContact *contact = NULL;

  if (self->conversation == conversation)
    return;
  if (conversation != NULL)
    g_set_object (&self->previous, self->conversation);
  g_set_object (&self->conversation, conversation);
  g_signal_group_set_target (self->conversation_signals, conversation);
  usher_conversation_actions_set_target (self->actions, conversation);
  usher_narrator_set_conversation (self->narrator, conversation);
  if (conversation != NULL && self->session != NULL)
    contact = usher_session_get_contact (self->session, conversation);
  usher_chat_title_set_conversation (self->title, conversation);
  usher_visitor_pane_set (self->visitor_pane, self->session, contact, conversation);
  gtk_widget_set_sensitive (GTK_WIDGET (self->visitor_toggle), contact != NULL);
  tell_seen (self);
}

static void
problem_cb (UsherWindow *self,
            const char  *text)
{
  usher_window_notice (self, 2, text);
}

static void
next_cb (UsherWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "conversation.next-waiting", NULL);
}

static void
tiles_changed_cb (UsherWindow *self)
{
  UsherConversation *conversation = usher_tiles_get_conversation (self->tiles);

  self->view = usher_tiles_get_view (self->tiles);
  show_conversation (self, conversation);
  usher_sidebar_set_conversation (self->sidebar, conversation);
  usher_window_update_actions (self);
}

void
usher_window_set_up_view (UsherWindow           *self,
                          UsherConversationView *view)
{
  UsherComposer *composer = usher_conversation_view_get_composer (view);

  usher_conversation_view_set_session (view, self->session);
  usher_composer_set_canned (composer, self->canned);
  usher_composer_set_spelling (composer, USHER_SPELLING (self->dictionaries));
  usher_composer_set_macros (composer, usher_macro_runner_get_macros (self->macros));
  g_settings_bind (self->settings, "enter-sends", composer, "enter-sends", G_SETTINGS_BIND_GET);
  usher_keys_show (GTK_WIDGET (view));
}

static void
view_added_cb (UsherWindow           *self,
               UsherConversationView *view)
{
  usher_window_set_up_view (self, view);
  g_signal_connect_object (view, "problem", G_CALLBACK (problem_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "next", G_CALLBACK (next_cb), self, G_CONNECT_SWAPPED);
}

static void
selected_cb (UsherWindow *self)
{
  UsherConversation *conversation = usher_sidebar_get_conversation (self->sidebar);

  usher_tiles_show (self->tiles, conversation, usher_window_is_elsewhere (self, conversation));
  if (conversation != NULL)
    adw_leaflet_set_visible_child (self->leaflet, self->chat_pane);
}

void
usher_window_select (UsherWindow       *self,
                     UsherConversation *conversation)
{
  if (usher_window_go_elsewhere (self, conversation))
    return;
  usher_sidebar_set_conversation (self->sidebar, conversation);
  if (self->conversation == NULL)
    return;
  adw_leaflet_set_visible_child (self->leaflet, self->chat_pane);
  usher_tiles_focus (self->tiles);
}

/* Going back to the list on a narrow window lets go of the chat: what cannot be seen is not read. */
static void
visible_child_cb (UsherWindow *self)
{
  if (adw_leaflet_get_folded (self->leaflet) &&
      adw_leaflet_get_visible_child (self->leaflet) == self->list_pane)
    usher_sidebar_set_conversation (self->sidebar, NULL);
}

static void
open_cb (UsherWindow       *self,
         UsherConversation *earlier)
{
  UsherConversation *known =
    usher_session_find (self->session, usher_conversation_get_conv (earlier));

  usher_window_select (self, known != NULL ? known : earlier);
}

/* --- Offers -------------------------------------------------------------------------------------------------------- */

/* The chosen chat when it is one, else the one whose time ends first. */
UsherConversation *
usher_window_get_offer (UsherWindow *self)
{
  if (self->conversation != NULL &&
      usher_conversation_get_state (self->conversation) == USHER_STATE_OFFERED &&
      usher_conversation_get_offer_deadline_us (self->conversation) > 0)
    return self->conversation;
  return usher_sidebar_get_first_offer (self->sidebar);
}

static void
offers_changed_cb (UsherWindow *self)
{
  usher_offer_bar_set_conversation (self->offer_bar, usher_window_get_offer (self));
  usher_window_update_actions (self);
}

/* --- From the parts -------------------------------------------------------------------------------------------------- */

static void
session_notice_cb (UsherWindow *self,
                   guint        level,
                   const char  *text,
                   const char  *slug)
{
  usher_window_notice (self, level, text);
}

/* Its page may be closed: then it is said here. */
static void
handover_cb (UsherWindow *self)
{
  UsherHandoverStage stage;

  usher_window_update_accepting (self);
  g_object_get (self->session, "handover-stage", &stage, NULL);
  if (stage == USHER_HANDOVER_DONE && self->handover == NULL)
    usher_window_notice (self, 1, _ ("Everything is handed over."));
}

static void
undoable_cb (UsherWindow *self,
             const char  *text,
             GClosure    *undo)
{
  usher_notices_offer_undo (self->notices, text, undo);
}

static void
reply_target_cb (UsherWindow *self)
{
  guint target_s = g_settings_get_uint (self->settings, "reply-target-s");

  usher_sidebar_set_reply_target (self->sidebar, target_s);
  usher_tiles_set_reply_target (self->tiles, target_s);
  g_object_set (self->title, "reply-target-s", target_s, NULL);
}

/* --- Window ------------------------------------------------------------------------------------------------------------ */

static void
usher_window_dispose (GObject *object)
{
  UsherWindow *self = USHER_WINDOW (object);

  if (self->torn != NULL)
    usher_window_close_torn (self);
  if (self->session != NULL)
    usher_window_set_session (self, NULL);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->conversation_signals);
  g_clear_object (&self->offer_signals);
  g_clear_object (&self->notifier_signals);
  g_clear_object (&self->actions);
  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_WINDOW);
  g_clear_object (&self->conversation);
  g_clear_object (&self->previous);
  g_clear_object (&self->narrator);
  g_clear_object (&self->notices);
  g_clear_pointer (&self->torn, g_ptr_array_unref);
  g_clear_object (&self->canned);
  g_clear_object (&self->dictionaries);
  g_clear_object (&self->macros);
  g_clear_object (&self->settings);
  g_clear_object (&self->notifier);
  G_OBJECT_CLASS (usher_window_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/usher_desk/Usher/ui/usher-window.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, overlay);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, sign_in);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, list_pane);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, chat_pane);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, accepting);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, accepting_icon);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, accepting_label);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, step);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, presence_button);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, presence);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, title);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, visitor_toggle);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, offer_bar);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, tiles);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, visitor_pane);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, chat_menu);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, visible_child_cb);
  gtk_widget_class_bind_template_callback (widget_class, undoable_cb);
  gtk_widget_class_bind_template_callback (widget_class, tiles_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, view_added_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);
}

static void
usher_window_class_init (UsherWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = usher_window_dispose;
  g_type_ensure (USHER_TYPE_SIGN_IN);
  g_type_ensure (USHER_TYPE_PRESENCE);
  g_type_ensure (USHER_TYPE_STEP_INDICATOR);
  g_type_ensure (USHER_TYPE_SIDEBAR);
  g_type_ensure (USHER_TYPE_CHAT_TITLE);
  g_type_ensure (USHER_TYPE_OFFER_BAR);
  g_type_ensure (USHER_TYPE_TILES);
  g_type_ensure (USHER_TYPE_VISITOR_PANE);
  bind_template (GTK_WIDGET_CLASS (klass));
  usher_window_install_actions (GTK_WIDGET_CLASS (klass));
  usher_window_alerts_install (GTK_WIDGET_CLASS (klass));
  usher_window_tiles_install (GTK_WIDGET_CLASS (klass));
  usher_chat_host_install_actions (GTK_WIDGET_CLASS (klass));
}

static void
make_actions (UsherWindow *self)
{
  g_autoptr (GMenuModel) menu = usher_chat_host_menu_new ();

  self->actions = usher_conversation_actions_new (GTK_WIDGET (self));
  g_signal_connect_object (self->actions, "undoable", G_CALLBACK (undoable_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "conversation",
                                  usher_conversation_actions_get_group (self->actions));
  gtk_menu_button_set_menu_model (self->chat_menu, menu);
}

static void
usher_window_init (UsherWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->view = usher_tiles_get_view (self->tiles);
  self->torn = g_ptr_array_new_with_free_func (g_object_unref);
  self->notices = usher_notices_new (self->overlay);
  self->narrator = usher_narrator_new (GTK_WINDOW (self), self->notices);
  make_actions (self);
  usher_window_alerts_init (self);
  self->session_signals = g_signal_group_new (USHER_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals, "notice", G_CALLBACK (session_notice_cb),
                                  self);
  g_signal_group_connect_swapped (self->session_signals, "notify::is-accepting",
                                  G_CALLBACK (usher_window_update_accepting), self);
  g_signal_group_connect_swapped (self->session_signals, "notify::load",
                                  G_CALLBACK (usher_window_update_accepting), self);
  g_signal_group_connect_swapped (self->session_signals, "notify::capacity",
                                  G_CALLBACK (usher_window_update_accepting), self);
  g_signal_group_connect_swapped (self->session_signals, "notify::handover-stage",
                                  G_CALLBACK (handover_cb), self);
  self->conversation_signals = g_signal_group_new (USHER_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->conversation_signals, "notify",
                                  G_CALLBACK (usher_window_update_actions), self);
  self->offer_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_data (self->offer_signals, "items-changed", G_CALLBACK (offers_changed_cb),
                               self, NULL, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (tell_seen), NULL);
}

static void
set_up_macros (UsherWindow *self)
{
  g_autoptr (UsherMacroList) macros = usher_macro_list_new (self->settings);

  self->canned = usher_canned_list_new (self->settings);
  self->macros = usher_macro_runner_new (macros, self->canned);
  usher_conversation_actions_set_macros (self->actions, self->macros);
  usher_sidebar_set_macros (self->sidebar, self->macros);
}

GtkWidget *
usher_window_new (GtkApplication *application,
                  GSettings      *settings)
{
  UsherWindow *self = g_object_new (USHER_TYPE_WINDOW, "application", application, NULL);
  g_autoptr (GSettings) state = g_settings_get_child (settings, "state");

  self->settings = g_object_ref (settings);
  usher_sidebar_set_settings (self->sidebar, settings);
  g_settings_bind (settings, "run-in-background", self, "hide-on-close", G_SETTINGS_BIND_GET);
  g_settings_bind (state, "width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (state, "height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (state, "maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (state, "show-visitor-pane", self->flap, "reveal-flap", G_SETTINGS_BIND_DEFAULT);
  self->dictionaries = usher_dictionaries_new (settings);
  set_up_macros (self);
  view_added_cb (self, self->view);
  g_signal_connect_object (settings, "changed::reply-target-s", G_CALLBACK (reply_target_cb), self,
                           G_CONNECT_SWAPPED);
  reply_target_cb (self);
  tiles_changed_cb (self);
  usher_window_update_accepting (self);
  usher_keys_set_command (GTK_WIDGET (self->visitor_toggle), "pane.toggle-visitor");
  usher_keys_show (GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

static void
set_team_canned (UsherWindow *self)
{
  g_autoptr (GListModel) team = NULL;

  if (self->session != NULL)
    g_object_get (self->session, "canned", &team, NULL);
  usher_canned_list_set_team (self->canned, team);
}

void
usher_window_set_session (UsherWindow  *self,
                          UsherSession *session)
{
  g_return_if_fail (USHER_IS_WINDOW (self));
  if (self->session == session)
    return;
  usher_window_close_torn (self);
  if (self->handover != NULL)
    gtk_window_destroy (GTK_WINDOW (self->handover));
  usher_tiles_reset (self->tiles);
  g_clear_object (&self->previous);
  g_set_object (&self->session, session);
  g_signal_group_set_target (self->session_signals, session);
  for (guint i = 0; i < G_N_ELEMENTS (section_sources); i++) {
    g_autoptr (GListModel) model = NULL;

    if (session != NULL)
      g_object_get (session, section_sources[i], &model, NULL);
    usher_sidebar_set_source (self->sidebar, (UsherSectionKind) i, model);
    if (i == USHER_SECTION_OFFERED)
      g_signal_group_set_target (self->offer_signals, model);
  }
  set_team_canned (self);
  usher_sidebar_set_session (self->sidebar, session);
  usher_conversation_actions_set_session (self->actions, session);
  usher_conversation_view_set_session (self->view, session);
  usher_step_indicator_set_session (self->step, session);
  usher_presence_set_session (self->presence, session);
  usher_narrator_set_session (self->narrator, session);
  usher_window_update_accepting (self);
  offers_changed_cb (self);
}

void
usher_window_set_notifier (UsherWindow   *self,
                           UsherNotifier *notifier)
{
  g_return_if_fail (USHER_IS_WINDOW (self));
  g_set_object (&self->notifier, notifier);
  g_signal_group_set_target (self->notifier_signals, notifier);
  usher_window_update_alerts (self);
}

void
usher_window_show_desk (UsherWindow *self)
{
  g_return_if_fail (USHER_IS_WINDOW (self));
  gtk_stack_set_visible_child_name (self->pages, "desk");
}

UsherSignIn *
usher_window_show_sign_in (UsherWindow *self)
{
  g_return_val_if_fail (USHER_IS_WINDOW (self), NULL);
  gtk_stack_set_visible_child_name (self->pages, "sign-in");
  gtk_widget_grab_focus (GTK_WIDGET (self->sign_in));
  return self->sign_in;
}

void
usher_window_show_conversation (UsherWindow       *self,
                                UsherConversation *conversation)
{
  g_return_if_fail (USHER_IS_WINDOW (self));
  gtk_window_present (GTK_WINDOW (self));
  if (conversation != NULL)
    usher_window_select (self, conversation);
}

void
usher_window_notice (UsherWindow *self,
                     guint        level,
                     const char  *text)
{
  g_return_if_fail (USHER_IS_WINDOW (self));
  usher_notices_say (self->notices, level, text);
}

gboolean
usher_window_save_png (UsherWindow *self,
                       const char  *path)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (self));
  int width = gdk_paintable_get_intrinsic_width (paintable);
  int height = gdk_paintable_get_intrinsic_height (paintable);
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  gtk_snapshot_scale (snapshot, (float) scale, (float) scale);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL) /* never drawn yet */
    return FALSE;
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (self)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, (float) (width * scale),
                                                              (float) (height * scale)));
  return gdk_texture_save_to_png (texture, path);
}
