/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-close-dialog.h"

#include <glib/gi18n.h>

#include "usher-conversation.h"
#include "usher-wrapup-clock.h"

struct _UsherCloseDialog {
  AdwMessageDialog parent_instance;

  AdwComboRow *code;
  AdwComboRow *result;
  GtkEditable *summary;
  GtkSwitch *ask_rating;
  UsherWrapupClock *clock;
  GtkLabel *time;

  UsherSession *session;
  UsherConversation *conversation;
  char **codes;      /* in the order of the list */
  gboolean had_time; /* the gateway has said when it closes by itself */
};

/* In the order of the list in the template; what goes to the gateway. */
static const char *const results[] = { "solved", "unsolved", "follow_up" };

G_DEFINE_FINAL_TYPE (UsherCloseDialog, usher_close_dialog, ADW_TYPE_MESSAGE_DIALOG)

static const char *
get_code (UsherCloseDialog *self)
{
  guint selected = adw_combo_row_get_selected (self->code);

  return selected < g_strv_length (self->codes) ? self->codes[selected] : NULL;
}

static gboolean
has_ended (UsherCloseDialog *self)
{
  UsherState state = usher_conversation_get_state (self->conversation);

  return state == USHER_STATE_WRAPUP || state == USHER_STATE_CLOSED;
}

static const char *
describe_time (UsherCloseDialog *self)
{
  UsherState state = usher_conversation_get_state (self->conversation);

  if (state == USHER_STATE_WRAPUP &&
      usher_conversation_get_wrapup_until_us (self->conversation) != 0)
    return _ ("When this time is over, the chat closes without a reason.");
  if (state != USHER_STATE_CLOSED)
    return NULL;
  return self->had_time ? _ ("The time is over: the chat was closed without a reason. What you "
                             "choose here can still be saved, once.")
                        : _ ("The chat was closed meanwhile.");
}

/* The visitor may end it, and its time may be over, while somebody writes. The gateway gives no more of it, but takes the form once. */
static void
update (UsherCloseDialog *self)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);
  const char *text;

  self->had_time |= usher_conversation_get_wrapup_until_us (self->conversation) != 0;
  text = describe_time (self);
  gtk_widget_set_visible (GTK_WIDGET (self->time), text != NULL);
  gtk_label_set_text (self->time, text != NULL ? text : "");
  if (!has_ended (self))
    return;
  adw_message_dialog_set_heading (dialog, _ ("How Did It Go?"));
  adw_message_dialog_set_response_label (dialog, "close", _ ("_Save"));
}

static void
usher_close_dialog_response (AdwMessageDialog *dialog,
                             const char       *response)
{
  UsherCloseDialog *self = USHER_CLOSE_DIALOG (dialog);
  guint result = adw_combo_row_get_selected (self->result);
  g_autofree char *summary = NULL;

  if (!g_str_equal (response, "close"))
    return;
  summary = g_strstrip (g_strdup (gtk_editable_get_text (self->summary)));
  if (!has_ended (self))
    usher_session_close_conversation (self->session, self->conversation);
  usher_session_wrap_up (self->session, self->conversation, get_code (self),
                         results[MIN (result, G_N_ELEMENTS (results) - 1)], summary,
                         !gtk_switch_get_active (self->ask_rating));
}

static void
usher_close_dialog_dispose (GObject *object)
{
  UsherCloseDialog *self = USHER_CLOSE_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_CLOSE_DIALOG);
  g_clear_pointer (&self->codes, g_strfreev);
  g_clear_object (&self->session);
  g_clear_object (&self->conversation);
  G_OBJECT_CLASS (usher_close_dialog_parent_class)->dispose (object);
}

static void
usher_close_dialog_class_init (UsherCloseDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (USHER_TYPE_WRAPUP_CLOCK);
  G_OBJECT_CLASS (klass)->dispose = usher_close_dialog_dispose;
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = usher_close_dialog_response;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-close-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherCloseDialog, code);
  gtk_widget_class_bind_template_child (widget_class, UsherCloseDialog, result);
  gtk_widget_class_bind_template_child (widget_class, UsherCloseDialog, summary);
  gtk_widget_class_bind_template_child (widget_class, UsherCloseDialog, ask_rating);
  gtk_widget_class_bind_template_child (widget_class, UsherCloseDialog, clock);
  gtk_widget_class_bind_template_child (widget_class, UsherCloseDialog, time);
}

static void
usher_close_dialog_init (UsherCloseDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
fill (UsherCloseDialog *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint n;
  const UsherDisposition *dispositions =
    usher_session_get_dispositions (self->session, self->conversation, &n);

  /* Kept: the list may change while somebody chooses. */
  self->codes = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++) {
    self->codes[i] = g_strdup (dispositions[i].code);
    gtk_string_list_append (titles, dispositions[i].title);
  }
  adw_combo_row_set_model (self->code, G_LIST_MODEL (titles));
}

GtkWidget *
usher_close_dialog_new (GtkWindow         *parent,
                        UsherSession      *session,
                        UsherConversation *conversation)
{
  UsherCloseDialog *self = g_object_new (USHER_TYPE_CLOSE_DIALOG, "transient-for", parent, NULL);

  self->session = g_object_ref (session);
  self->conversation = g_object_ref (conversation);
  fill (self);
  usher_wrapup_clock_set_conversation (self->clock, conversation);
  g_signal_connect_object (conversation, "notify::state", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (conversation, "notify::wrapup-until-us", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
  /* Both choices have a sensible value; a line of summary and Enter, or just Enter. */
  gtk_widget_grab_focus (GTK_WIDGET (self->summary));
  return GTK_WIDGET (self);
}
