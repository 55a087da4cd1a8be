/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-window.h"

#include <glib/gi18n.h>

#include "usher-contact.h"
#include "usher-conversation-list.h"
#include "usher-conversation.h"
#include "usher-window-private.h"

/* The same sentence is not shown twice within this time. */
#define NOTICE_REPEAT_US ((gint64) 3 * G_USEC_PER_SEC)

static const char *const section_sources[] = {
  [USHER_SECTION_OFFERED] = "offered", [USHER_SECTION_MINE] = "mine",
  [USHER_SECTION_QUEUE] = "queue",     [USHER_SECTION_BOT] = "bot",
  [USHER_SECTION_SNOOZED] = "snoozed", [USHER_SECTION_WATCHING] = "watching",
  [USHER_SECTION_CLOSED] = "closed",
};

G_DEFINE_FINAL_TYPE (UsherWindow, usher_window, ADW_TYPE_APPLICATION_WINDOW)

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
update_conversation (UsherWindow *self)
{
  usher_window_update_title (self);
  usher_window_update_clock (self);
  usher_window_update_actions (self);
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
  if (conversation != NULL && self->session != NULL)
    contact = usher_session_get_contact (self->session, conversation);
  usher_conversation_view_set_conversation (self->view, conversation);
  usher_conversation_view_set_contact (self->view, contact);
  usher_visitor_pane_set (self->visitor_pane, contact, conversation);
  gtk_stack_set_visible_child_name (self->chat_stack, conversation == NULL ? "empty" : "chat");
  gtk_widget_set_sensitive (GTK_WIDGET (self->visitor_toggle), contact != NULL);
  update_conversation (self);
  tell_seen (self);
}

static void
selected_cb (UsherWindow *self)
{
  UsherConversation *conversation = usher_sidebar_get_conversation (self->sidebar);

  show_conversation (self, conversation);
  if (conversation != NULL)
    adw_leaflet_set_visible_child (self->leaflet, self->chat_pane);
}

void
usher_window_select (UsherWindow       *self,
                     UsherConversation *conversation)
{
  usher_sidebar_set_conversation (self->sidebar, conversation);
  if (self->conversation == NULL)
    return;
  adw_leaflet_set_visible_child (self->leaflet, self->chat_pane);
  usher_conversation_view_focus (self->view);
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

static void
conversation_notify_cb (UsherWindow *self)
{
  update_conversation (self);
}

/* --- From the parts -------------------------------------------------------------------------------------------------- */

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
session_notice_cb (UsherWindow *self,
                   guint        level,
                   const char  *text,
                   const char  *slug)
{
  usher_window_notice (self, level, text);
}

static void
undo_dismissed_cb (UsherWindow *self,
                   AdwToast    *toast)
{
  if (self->undo_toast != toast)
    return;
  self->undo_toast = NULL;
  g_clear_pointer (&self->undo, g_closure_unref);
}

static AdwToast *
toast_new (const char *text)
{
  /* The title of a toast is markup. */
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  return adw_toast_new (escaped);
}

static void
undoable_cb (UsherWindow *self,
             const char  *text,
             GClosure    *undo)
{
  AdwToast *toast = toast_new (text);

  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_timeout (toast, 8);
  g_signal_connect_closure (toast, "button-clicked", undo, FALSE);
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (undo_dismissed_cb), self,
                           G_CONNECT_SWAPPED);
  g_clear_pointer (&self->undo, g_closure_unref);
  self->undo = g_closure_ref (undo);
  self->undo_toast = toast;
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static gboolean
tick_cb (gpointer user_data)
{
  UsherWindow *self = user_data;

  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    usher_window_update_clock (self);
  return G_SOURCE_CONTINUE;
}

static void
reply_target_cb (UsherWindow *self)
{
  usher_sidebar_set_reply_target (self->sidebar,
                                  g_settings_get_uint (self->settings, "reply-target-s"));
  usher_window_update_clock (self);
}

/* --- Window ------------------------------------------------------------------------------------------------------------ */

static void
usher_window_dispose (GObject *object)
{
  UsherWindow *self = USHER_WINDOW (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  if (self->session != NULL)
    usher_window_set_session (self, NULL);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->conversation_signals);
  g_clear_object (&self->offer_signals);
  g_clear_object (&self->notifier_signals);
  g_clear_object (&self->actions);
  g_clear_pointer (&self->undo, g_closure_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_WINDOW);
  g_clear_object (&self->conversation);
  g_clear_object (&self->previous);
  g_clear_object (&self->canned);
  g_clear_object (&self->settings);
  g_clear_object (&self->notifier);
  G_OBJECT_CLASS (usher_window_parent_class)->dispose (object);
}

static void
usher_window_finalize (GObject *object)
{
  g_free (USHER_WINDOW (object)->noticed);
  G_OBJECT_CLASS (usher_window_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/usher_desk/Usher/ui/usher-window.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, sign_in);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, list_pane);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, chat_pane);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, accepting);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, accepting_icon);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, accepting_label);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, step);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, title);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, clock);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, visitor_toggle);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, offer_bar);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, chat_stack);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, view);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, visitor_pane);
  gtk_widget_class_bind_template_child (widget_class, UsherWindow, chat_menu);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, visible_child_cb);
  gtk_widget_class_bind_template_callback (widget_class, undoable_cb);
  gtk_widget_class_bind_template_callback (widget_class, problem_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);
}

static void
usher_window_class_init (UsherWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = usher_window_dispose;
  object_class->finalize = usher_window_finalize;
  g_type_ensure (USHER_TYPE_SIGN_IN);
  g_type_ensure (USHER_TYPE_STEP_INDICATOR);
  g_type_ensure (USHER_TYPE_SIDEBAR);
  g_type_ensure (USHER_TYPE_WAITING_CLOCK);
  g_type_ensure (USHER_TYPE_OFFER_BAR);
  g_type_ensure (USHER_TYPE_CONVERSATION_VIEW);
  g_type_ensure (USHER_TYPE_VISITOR_PANE);
  bind_template (GTK_WIDGET_CLASS (klass));
  usher_window_install_actions (GTK_WIDGET_CLASS (klass));
  usher_window_alerts_install (GTK_WIDGET_CLASS (klass));
}

static void
make_actions (UsherWindow *self)
{
  g_autoptr (GMenuModel) menu = usher_conversation_menu_new ();

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
  self->conversation_signals = g_signal_group_new (USHER_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->conversation_signals, "notify",
                                  G_CALLBACK (conversation_notify_cb), self);
  self->offer_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_data (self->offer_signals, "items-changed", G_CALLBACK (offers_changed_cb),
                               self, NULL, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (tell_seen), NULL);
  self->tick_id = g_timeout_add_seconds (1, tick_cb, self);
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
  self->canned = usher_canned_list_new (settings);
  usher_composer_set_canned (usher_conversation_view_get_composer (self->view), self->canned);
  g_settings_bind (settings, "enter-sends", usher_conversation_view_get_composer (self->view),
                   "enter-sends", G_SETTINGS_BIND_GET);
  g_signal_connect_object (settings, "changed::reply-target-s", G_CALLBACK (reply_target_cb), self,
                           G_CONNECT_SWAPPED);
  reply_target_cb (self);
  show_conversation (self, NULL);
  usher_window_update_accepting (self);
  update_conversation (self);
  return GTK_WIDGET (self);
}

void
usher_window_set_session (UsherWindow  *self,
                          UsherSession *session)
{
  g_return_if_fail (USHER_IS_WINDOW (self));
  if (self->session == session)
    return;
  usher_sidebar_set_conversation (self->sidebar, NULL);
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
  usher_sidebar_set_session (self->sidebar, session);
  usher_conversation_actions_set_session (self->actions, session);
  usher_conversation_view_set_session (self->view, session);
  usher_step_indicator_set_session (self->step, session);
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
  gint64 now_us = g_get_monotonic_time ();
  AdwToast *toast;

  g_return_if_fail (USHER_IS_WINDOW (self));
  if (g_strcmp0 (self->noticed, text) == 0 && now_us - self->noticed_us < NOTICE_REPEAT_US)
    return;
  g_free (self->noticed);
  self->noticed = g_strdup (text);
  self->noticed_us = now_us;
  toast = toast_new (text);
  adw_toast_set_priority (toast, level >= 2 ? ADW_TOAST_PRIORITY_HIGH : ADW_TOAST_PRIORITY_NORMAL);
  adw_toast_set_timeout (toast, level >= 2 ? 8 : 4);
  adw_toast_overlay_add_toast (self->toasts, toast);
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
