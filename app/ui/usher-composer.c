/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-composer.h"

#include <string.h>
#include <glib/gi18n.h>

#include "usher-composer-private.h"
#include "usher-conversation.h"
#include "usher-keys.h"
#include "usher-widget.h"

/* A reply and a note have drafts of their own: changing the mode changes the text, and no text goes from one to the other by itself. */

/* A draft is in the local store this long after the last key: often enough to survive kill -9, rarely enough for the disk. */
#define DRAFT_MS 200
/* The visitor is told again while typing goes on, and told of its end after a pause. */
#define TYPING_REPEAT_US ((gint64) 3 * G_USEC_PER_SEC)
#define TYPING_PAUSE_MS  5000
#define MAX_LINES        6

enum {
  PROP_0,
  PROP_ENTER_SENDS,
  PROP_IS_NOTE,
  PROP_CAN_REPLY,
  N_PROPS,
};

enum {
  SIGNAL_SENT,
  SIGNAL_NEXT,
  SIGNAL_PROBLEM,
  N_SIGNALS,
};

static GParamSpec *pspecs[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherComposer, usher_composer, GTK_TYPE_WIDGET)

static char *
dup_text (UsherComposer *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  return gtk_text_buffer_get_text (self->buffer, &start, &end, FALSE);
}

static gboolean
is_empty (UsherComposer *self)
{
  return gtk_text_buffer_get_char_count (self->buffer) == 0;
}

void
usher_composer_report (UsherComposer *self,
                       const char    *text)
{
  g_signal_emit (self, signals[SIGNAL_PROBLEM], 0, text);
}

void
usher_composer_tell_sent (UsherComposer *self)
{
  g_signal_emit (self, signals[SIGNAL_SENT], 0);
}

/* --- How it looks -------------------------------------------------------------------------------------------- */

void
usher_composer_update (UsherComposer *self)
{
  gboolean can_send = !is_empty (self) || usher_composer_has_files (self);

  gtk_widget_set_visible (GTK_WIDGET (self->placeholder), is_empty (self) && !self->has_preedit);
  gtk_widget_set_sensitive (GTK_WIDGET (self->send_button),
                            can_send && (self->is_note || self->can_reply));
}

void
usher_composer_update_mode (UsherComposer *self)
{
  const char *label =
    self->is_note ? _ ("Write a note. Only staff can read it.") : _ ("Write to the visitor");
  const char *tip = self->enter_sends ? _ ("Enter") : _ ("Ctrl+Enter");
  g_autofree char *send_tip =
    g_strdup_printf ("%s (%s)", self->is_note ? _ ("Add the note") : _ ("Send the reply"), tip);

  gtk_toggle_button_set_active (self->note_mode, self->is_note);
  gtk_toggle_button_set_active (self->reply_mode, !self->is_note);
  gtk_widget_set_sensitive (GTK_WIDGET (self->reply_mode), self->can_reply);
  gtk_widget_set_sensitive (self->attach_button, !self->is_note && self->can_reply);
  usher_composer_update_record_button (self);
  gtk_widget_set_visible (self->note_hint, self->is_note);
  gtk_widget_remove_css_class (GTK_WIDGET (self), self->is_note ? "reply" : "note");
  gtk_widget_add_css_class (GTK_WIDGET (self), self->is_note ? "note" : "reply");
  gtk_label_set_text (self->placeholder, label);
  gtk_button_set_label (self->send_button, self->edited != NULL ? C_ ("button", "Change")
                                           : self->is_note      ? C_ ("button", "Add Note")
                                                                : C_ ("button", "Send"));
  usher_widget_set_tooltip (GTK_WIDGET (self->send_button), send_tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  self->is_note ? C_ ("composer", "Note")
                                                : C_ ("composer", "Message"),
                                  -1);
  usher_composer_show_chips (self);
  usher_composer_update_suggestions (self);
}

static void
mode_toggled_cb (UsherComposer   *self,
                 GtkToggleButton *button)
{
  usher_composer_set_is_note (self, gtk_toggle_button_get_active (self->note_mode));
}

/* --- Draft and typing ------------------------------------------------------------------------------------------- */

void
usher_composer_save_draft (UsherComposer *self)
{
  g_autofree char *text = NULL;

  g_clear_handle_id (&self->draft_id, g_source_remove);
  if (self->conversation == NULL || self->session == NULL || self->edited != NULL)
    return;
  text = usher_composer_dup_draft (self);
  usher_session_set_draft (self->session, self->conversation, text, self->is_note);
}

static void
draft_cb (gpointer user_data)
{
  UsherComposer *self = user_data;

  self->draft_id = 0;
  usher_composer_save_draft (self);
}

static void
stop_typing (UsherComposer *self)
{
  g_clear_handle_id (&self->typing_id, g_source_remove);
  if (self->is_typing && self->session != NULL && self->conversation != NULL)
    usher_session_set_typing (self->session, self->conversation, FALSE);
  self->is_typing = FALSE;
}

static void
typing_cb (gpointer user_data)
{
  UsherComposer *self = user_data;

  self->typing_id = 0;
  stop_typing (self);
}

/* Of a note the visitor hears nothing, not even that somebody types. */
static void
tell_typing (UsherComposer *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->is_note || is_empty (self) || self->session == NULL || !self->can_reply) {
    stop_typing (self);
    return;
  }
  g_clear_handle_id (&self->typing_id, g_source_remove);
  self->typing_id = g_timeout_add_once (TYPING_PAUSE_MS, typing_cb, self);
  if (self->is_typing && now_us - self->typing_sent_us < TYPING_REPEAT_US)
    return;
  self->is_typing = TRUE;
  self->typing_sent_us = now_us;
  usher_session_set_typing (self->session, self->conversation, TRUE);
}

static void
buffer_changed_cb (UsherComposer *self)
{
  usher_composer_update (self);
  if (self->is_loading || self->conversation == NULL || self->edited != NULL)
    return;
  if (self->draft_id == 0)
    self->draft_id = g_timeout_add_once (DRAFT_MS, draft_cb, self);
  tell_typing (self);
  usher_composer_update_canned (self);
}

void
usher_composer_set_text (UsherComposer *self,
                         const char    *text)
{
  self->is_loading = TRUE;
  usher_composer_forget_word (self);
  /* Undo must not bring back the draft of another chat, nor a note into a reply. */
  gtk_text_buffer_set_enable_undo (self->buffer, FALSE);
  usher_composer_show_draft (self, text == NULL ? "" : text);
  gtk_text_buffer_set_enable_undo (self->buffer, TRUE);
  self->is_loading = FALSE;
}

static const char *
get_draft (UsherComposer *self,
           gboolean       is_note)
{
  if (self->session == NULL || self->conversation == NULL)
    return NULL;
  return usher_session_get_draft (self->session, self->conversation, is_note);
}

void
usher_composer_load_text (UsherComposer *self)
{
  usher_composer_set_text (self, get_draft (self, self->is_note));
}

/* A chat opens where something has been begun; when nothing has, with the reply. */
static void
load_draft (UsherComposer *self)
{
  self->is_note =
    !self->can_reply || (get_draft (self, FALSE) == NULL && get_draft (self, TRUE) != NULL);
  usher_composer_set_text (self, get_draft (self, self->is_note));
  usher_composer_update_mode (self);
}

/* --- Enter ---------------------------------------------------------------------------------------------------------- */

UsherEnter
usher_composer_decide_enter (GdkModifierType state,
                             gboolean        enter_sends,
                             gboolean        has_preedit)
{
  gboolean has_control = (state & GDK_CONTROL_MASK) != 0;
  gboolean has_shift = (state & GDK_SHIFT_MASK) != 0;

  if (has_preedit)
    return USHER_ENTER_COMMIT;
  if (has_control)
    return has_shift ? USHER_ENTER_SEND_AND_NEXT : USHER_ENTER_SEND;
  return enter_sends && !has_shift ? USHER_ENTER_SEND : USHER_ENTER_NEW_LINE;
}

static void
insert_new_line (UsherComposer *self)
{
  gtk_text_buffer_delete_selection (self->buffer, TRUE, TRUE);
  gtk_text_buffer_insert_interactive_at_cursor (self->buffer, "\n", 1, TRUE);
  gtk_text_view_scroll_mark_onscreen (self->view, gtk_text_buffer_get_insert (self->buffer));
}

/*
 * The order matters. The input method sees the key first; what it consumes is its own. If it did not consume it, but is in the middle of a
 * word (some do not take Enter), the word is committed and nothing sent. Preedit-end and commit come in different orders from
 * different input methods, so neither is relied on: only whether the preedit is empty now.
 */
static gboolean
key_pressed_cb (UsherComposer         *self,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        state,
                GtkEventControllerKey *keys)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (keys));

  usher_composer_prepare_menu (self, keyval, state);
  if (usher_composer_take_canned_key (self, keyval, state) ||
      usher_composer_take_edit_key (self, keyval, state))
    return GDK_EVENT_STOP;
  if (keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter && keyval != GDK_KEY_ISO_Enter)
    return GDK_EVENT_PROPAGATE;
  if (event != NULL && gtk_text_view_im_context_filter_keypress (self->view, event))
    return GDK_EVENT_STOP;
  switch (usher_composer_decide_enter (state, self->enter_sends, self->has_preedit)) {
  case USHER_ENTER_COMMIT:
    gtk_text_view_reset_im_context (self->view);
    break;
  case USHER_ENTER_NEW_LINE:
    insert_new_line (self);
    break;
  case USHER_ENTER_SEND:
    usher_composer_send (self);
    break;
  case USHER_ENTER_SEND_AND_NEXT:
  default:
    usher_composer_send (self);
    g_signal_emit (self, signals[SIGNAL_NEXT], 0);
  }
  return GDK_EVENT_STOP;
}

static void
preedit_changed_cb (UsherComposer *self,
                    const char    *preedit)
{
  self->has_preedit = preedit != NULL && *preedit != '\0';
  if (self->spell_check != NULL)
    usher_spell_check_set_preedit (self->spell_check, self->has_preedit);
  usher_composer_update (self);
}

/* --- Widget --------------------------------------------------------------------------------------------------------- */

static void
realize_cb (UsherComposer *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self->view));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int line_px = PANGO_PIXELS_CEIL (pango_font_metrics_get_height (metrics));
  int margins_px =
    gtk_text_view_get_top_margin (self->view) + gtk_text_view_get_bottom_margin (self->view);

  pango_font_metrics_unref (metrics);
  gtk_scrolled_window_set_max_content_height (self->scroller, MAX_LINES * line_px + margins_px);
}

static void
emoji_clicked_cb (UsherComposer *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  g_signal_emit_by_name (self->view, "insert-emoji");
}

static void
send_clicked_cb (UsherComposer *self)
{
  usher_composer_send (self);
  usher_composer_focus (self);
}

static void
usher_composer_get_property (GObject    *object,
                             guint       prop,
                             GValue     *value,
                             GParamSpec *pspec)
{
  UsherComposer *self = USHER_COMPOSER (object);

  switch (prop) {
  case PROP_ENTER_SENDS:
    g_value_set_boolean (value, self->enter_sends);
    break;
  case PROP_IS_NOTE:
    g_value_set_boolean (value, self->is_note);
    break;
  case PROP_CAN_REPLY:
    g_value_set_boolean (value, self->can_reply);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop, pspec);
  }
}

static void
usher_composer_set_property (GObject      *object,
                             guint         prop,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  UsherComposer *self = USHER_COMPOSER (object);

  switch (prop) {
  case PROP_ENTER_SENDS:
    if (self->enter_sends == g_value_get_boolean (value))
      return;
    self->enter_sends = g_value_get_boolean (value);
    usher_composer_update_mode (self);
    g_object_notify_by_pspec (object, pspec);
    break;
  case PROP_IS_NOTE:
    usher_composer_set_is_note (self, g_value_get_boolean (value));
    break;
  case PROP_CAN_REPLY:
    usher_composer_set_can_reply (self, g_value_get_boolean (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop, pspec);
  }
}

static void
usher_composer_dispose (GObject *object)
{
  UsherComposer *self = USHER_COMPOSER (object);

  if (self->conversation != NULL)
    usher_composer_set_conversation (self, NULL);
  g_cancellable_cancel (self->cancellable);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  if (self->canned_popover != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->canned_popover));
  g_clear_pointer (&self->word_popover, gtk_widget_unparent);
  g_clear_object (&self->spell_check);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_COMPOSER);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (usher_composer_parent_class)->dispose (object);
}

static void
usher_composer_finalize (GObject *object)
{
  UsherComposer *self = USHER_COMPOSER (object);

  g_hash_table_unref (self->attachments);
  g_clear_object (&self->canned);
  g_clear_object (&self->macros);
  g_clear_object (&self->canned_found);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (usher_composer_parent_class)->finalize (object);
}

static void
install_signals (GType type)
{
  signals[SIGNAL_SENT] =
    g_signal_new ("sent", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_NEXT] =
    g_signal_new ("next", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PROBLEM] = g_signal_new ("problem", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  pspecs[PROP_ENTER_SENDS] = g_param_spec_boolean ("enter-sends", NULL, NULL, TRUE, flags);
  pspecs[PROP_IS_NOTE] = g_param_spec_boolean ("is-note", NULL, NULL, FALSE, flags);
  pspecs[PROP_CAN_REPLY] = g_param_spec_boolean ("can-reply", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, pspecs);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (USHER_TYPE_RECORDER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/usher_desk/Usher/ui/usher-composer.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, reply_mode);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, note_mode);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, note_hint);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, edit_bar);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, suggestion_bar);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, chips);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, entry_row);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, attach_button);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, record_button);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, scroller);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, view);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, buffer);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, placeholder);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, send_button);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, recorder);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, keys);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, canned_popover);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, canned_list);
  gtk_widget_class_bind_template_child (widget_class, UsherComposer, canned_selection);
  gtk_widget_class_bind_template_callback (widget_class, usher_composer_canned_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, usher_composer_canned_setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, usher_composer_canned_bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, mode_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, buffer_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, preedit_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, realize_cb);
  gtk_widget_class_bind_template_callback (widget_class, send_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, usher_composer_paste_cb);
  gtk_widget_class_bind_template_callback (widget_class, usher_composer_attach);
  gtk_widget_class_bind_template_callback (widget_class, usher_composer_record);
  gtk_widget_class_bind_template_callback (widget_class, usher_composer_recorded_cb);
  gtk_widget_class_bind_template_callback (widget_class, usher_composer_report);
  gtk_widget_class_bind_template_callback (widget_class, emoji_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, usher_composer_recall_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, usher_composer_cancel_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, usher_composer_suggestion_taken_cb);
  gtk_widget_class_bind_template_callback (widget_class, usher_composer_suggestions_dismissed_cb);
}

static void
usher_composer_class_init (UsherComposerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = usher_composer_get_property;
  object_class->set_property = usher_composer_set_property;
  object_class->dispose = usher_composer_dispose;
  object_class->finalize = usher_composer_finalize;
  g_type_ensure (USHER_TYPE_SUGGESTION_BAR);
  install_properties (object_class);
  install_signals (G_TYPE_FROM_CLASS (klass));
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "composer");
}

static void
usher_composer_init (UsherComposer *self)
{
  self->enter_sends = TRUE;
  self->can_reply = TRUE;
  self->cancellable = g_cancellable_new ();
  self->attachments =
    g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  usher_keys_set_command (GTK_WIDGET (self->reply_mode), "composer.toggle-note");
  usher_keys_set_command (GTK_WIDGET (self->note_mode), "composer.toggle-note");
  usher_keys_set_command (self->attach_button, "composer.attach");
  usher_composer_init_record_button (self);
  gtk_widget_set_parent (GTK_WIDGET (self->canned_popover), GTK_WIDGET (self));
  usher_composer_spelling_init (self);
  self->canned_found =
    g_list_store_new (G_TYPE_OBJECT); /* UsherCanned, UsherPaletteEntry, UsherColleague */
  gtk_single_selection_set_model (self->canned_selection, G_LIST_MODEL (self->canned_found));
  usher_composer_update_mode (self);
}

GtkWidget *
usher_composer_new (void)
{
  return g_object_new (USHER_TYPE_COMPOSER, NULL);
}

void
usher_composer_set_session (UsherComposer *self,
                            UsherSession  *session)
{
  g_return_if_fail (USHER_IS_COMPOSER (self));
  g_set_object (&self->session, session);
}

void
usher_composer_set_conversation (UsherComposer     *self,
                                 UsherConversation *conversation)
{
  g_return_if_fail (USHER_IS_COMPOSER (self));
  if (self->conversation == conversation)
    return;
  usher_composer_keep_recording (self);
  usher_composer_end_edit (self);
  if (self->draft_id != 0)
    usher_composer_save_draft (self);
  stop_typing (self);
  g_set_object (&self->conversation, conversation);
  load_draft (self);
}

gboolean
usher_composer_get_is_note (UsherComposer *self)
{
  g_return_val_if_fail (USHER_IS_COMPOSER (self), FALSE);
  return self->is_note;
}

void
usher_composer_set_is_note (UsherComposer *self,
                            gboolean       is_note)
{
  g_return_if_fail (USHER_IS_COMPOSER (self));
  is_note = is_note || !self->can_reply;
  if (self->is_note == is_note) {
    usher_composer_update_mode (self);
    return;
  }
  usher_composer_keep_recording (self);
  usher_composer_end_edit (self);
  usher_composer_save_draft (self);
  stop_typing (self);
  self->is_note = is_note;
  usher_composer_set_text (self, get_draft (self, is_note));
  usher_composer_update_mode (self);
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[PROP_IS_NOTE]);
}

/*
 * When replying becomes impossible the mode goes to Note. It goes back by itself only while nothing is written: a note must not
 * turn into a reply because the state of the chat changed under it.
 */
void
usher_composer_set_can_reply (UsherComposer *self,
                              gboolean       can_reply)
{
  g_return_if_fail (USHER_IS_COMPOSER (self));
  if (self->can_reply == can_reply)
    return;
  self->can_reply = can_reply;
  if (!can_reply)
    usher_composer_set_is_note (self, TRUE);
  else if (is_empty (self))
    load_draft (self);
  usher_composer_update_mode (self);
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[PROP_CAN_REPLY]);
}

gboolean
usher_composer_send (UsherComposer *self)
{
  g_autofree char *text = NULL;
  gboolean was_sent;

  g_return_val_if_fail (USHER_IS_COMPOSER (self), FALSE);
  if (self->conversation == NULL || self->session == NULL || (!self->is_note && !self->can_reply))
    return FALSE;
  if (usher_composer_has_blank (self))
    return FALSE;
  text = g_strstrip (dup_text (self));
  if (usher_composer_finish_edit (self, text))
    return TRUE;
  was_sent = usher_composer_send_files (self);
  if (*text != '\0') {
    if (self->is_note)
      usher_session_send_note (self->session, self->conversation, text);
    else
      usher_session_send_text (self->session, self->conversation, text);
    was_sent = TRUE;
  }
  usher_composer_set_text (self, NULL);
  stop_typing (self);
  usher_composer_save_draft (self);
  if (was_sent)
    usher_composer_tell_sent (self);
  return was_sent;
}

void
usher_composer_focus (UsherComposer *self)
{
  g_return_if_fail (USHER_IS_COMPOSER (self));
  gtk_widget_grab_focus (usher_recorder_get_is_recording (self->recorder)
                           ? GTK_WIDGET (self->recorder)
                           : GTK_WIDGET (self->view));
}
