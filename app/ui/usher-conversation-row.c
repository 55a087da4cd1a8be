/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-conversation-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "usher-chips.h"
#include "usher-closures.h"
#include "usher-conversation.h"
#include "usher-text.h"
#include "usher-waiting-clock.h"
#include "usher-widget.h"

#define NAME_CHARS 60
#define TEXT_CHARS 120
#define N_CHIPS    1

struct _UsherConversationRow {
  GtkWidget parent_instance;

  AdwAvatar *avatar;
  GtkLabel *name;
  GtkImage *channel;
  GtkLabel *when;
  UsherWaitingClock *clock;
  GtkWidget *draft;
  GtkWidget *online;
  GtkLabel *text;
  GtkImage *inside;
  GtkWidget *lock;
  UsherChips *chips;
  GtkLabel *unread;

  UsherConversation *conversation;
  GSignalGroup *signals;
  gint64 target_us;
  guint update_id;
};

enum {
  PROP_0,
  PROP_CONVERSATION,
  N_PROPS,
};

static GParamSpec *pspecs[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherConversationRow, usher_conversation_row, GTK_TYPE_WIDGET)

static void
update_name (UsherConversationRow *self)
{
  g_autofree char *name =
    usher_format_visitor (usher_conversation_get_name (self->conversation),
                          usher_conversation_get_visitor (self->conversation), NAME_CHARS);

  gtk_label_set_text (self->name, name);
  adw_avatar_set_text (self->avatar, name);
}

/* A draft shows itself instead of the last line: it is what the agent has to finish. */
static void
update_text (UsherConversationRow *self)
{
  const char *draft = usher_conversation_get_draft (self->conversation);
  gboolean has_draft = draft != NULL && *draft != '\0';
  g_autofree char *text = NULL;
  const char *shown = has_draft ? draft : usher_conversation_get_last_text (self->conversation);

  if (usher_conversation_get_typing_text (self->conversation) != NULL && !has_draft)
    shown = _ ("typing…");
  text = usher_text_to_line (shown, TEXT_CHARS);
  gtk_label_set_text (self->text, text);
  gtk_widget_set_visible (self->draft, has_draft);
}

static void
update_channel (UsherConversationRow *self)
{
  guint channel = usher_conversation_get_channel (self->conversation);

  gtk_image_set_from_icon_name (self->channel, usher_channel_to_icon_name (channel));
  usher_widget_set_tooltip (GTK_WIDGET (self->channel), usher_format_channel (channel));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->channel), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  usher_format_channel (channel), -1);
}

/* Colleagues inside: an eye while they look, a pen while they write. */
static void
update_inside (UsherConversationRow *self)
{
  g_autofree char *spoken = usher_format_inside (self->conversation);
  const char *const *writers = usher_conversation_get_writers (self->conversation);
  gboolean is_written = writers != NULL && writers[0] != NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->inside), *spoken != '\0');
  gtk_image_set_from_icon_name (self->inside,
                                is_written ? "document-edit-symbolic" : "view-reveal-symbolic");
  usher_widget_set_tooltip (GTK_WIDGET (self->inside), spoken);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->inside), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken, -1);
}

static void
update_unread (UsherConversationRow *self)
{
  guint unread = usher_conversation_get_unread (self->conversation);
  g_autofree char *text = unread > 99 ? g_strdup ("99+") : g_strdup_printf ("%u", unread);
  g_autofree char *spoken =
    g_strdup_printf (ngettext ("%u unread line", "%u unread lines", unread), unread);

  gtk_label_set_text (self->unread, text);
  gtk_widget_set_visible (GTK_WIDGET (self->unread), unread > 0);
  usher_widget_set_tooltip (GTK_WIDGET (self->unread), spoken);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->unread), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken, -1);
  if (unread > 0)
    gtk_widget_add_css_class (GTK_WIDGET (self), "unread");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "unread");
}

static void
update (UsherConversationRow *self)
{
  UsherState state = usher_conversation_get_state (self->conversation);

  update_name (self);
  update_text (self);
  usher_widget_set_row_spoken (GTK_WIDGET (self), gtk_label_get_text (self->name),
                               gtk_label_get_text (self->text));
  update_channel (self);
  update_unread (self);
  update_inside (self);
  usher_chips_set (self->chips, usher_conversation_get_tags (self->conversation), N_CHIPS);
  gtk_widget_set_visible (self->lock, usher_conversation_get_level (self->conversation) > 0);
  gtk_widget_set_visible (self->online,
                          usher_conversation_get_is_visitor_online (self->conversation) &&
                            state != USHER_STATE_CLOSED);
  usher_conversation_row_tick (self, g_get_real_time (), self->target_us);
}

static gboolean
update_cb (gpointer user_data)
{
  UsherConversationRow *self = user_data;

  self->update_id = 0;
  if (self->conversation != NULL)
    update (self);
  return G_SOURCE_REMOVE;
}

/* Several properties change at once; before the next frame is soon enough. */
static void
conversation_notify_cb (UsherConversationRow *self)
{
  if (self->update_id == 0)
    self->update_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, update_cb, self, NULL);
}

static void
usher_conversation_row_get_property (GObject    *object,
                                     guint       prop,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  g_value_set_object (value, USHER_CONVERSATION_ROW (object)->conversation);
}

static void
usher_conversation_row_set_property (GObject      *object,
                                     guint         prop,
                                     const GValue *value,
                                     GParamSpec   *pspec)
{
  usher_conversation_row_set_conversation (USHER_CONVERSATION_ROW (object),
                                           g_value_get_object (value));
}

static void
usher_conversation_row_dispose (GObject *object)
{
  UsherConversationRow *self = USHER_CONVERSATION_ROW (object);

  g_clear_handle_id (&self->update_id, g_source_remove);
  g_clear_object (&self->signals);
  g_clear_object (&self->conversation);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_CONVERSATION_ROW);
  G_OBJECT_CLASS (usher_conversation_row_parent_class)->dispose (object);
}

static void
usher_conversation_row_class_init (UsherConversationRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = usher_conversation_row_get_property;
  object_class->set_property = usher_conversation_row_set_property;
  object_class->dispose = usher_conversation_row_dispose;
  pspecs[PROP_CONVERSATION] =
    g_param_spec_object ("conversation", NULL, NULL, USHER_TYPE_CONVERSATION,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, pspecs);

  g_type_ensure (USHER_TYPE_CHIPS);
  g_type_ensure (USHER_TYPE_WAITING_CLOCK);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-conversation-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherConversationRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationRow, name);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationRow, channel);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationRow, when);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationRow, clock);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationRow, draft);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationRow, online);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationRow, text);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationRow, inside);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationRow, lock);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationRow, chips);
  gtk_widget_class_bind_template_child (widget_class, UsherConversationRow, unread);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "conversationrow");
}

static void
usher_conversation_row_init (UsherConversationRow *self)
{
  self->target_us = (gint64) 120 * G_USEC_PER_SEC;
  self->signals = g_signal_group_new (USHER_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->signals, "notify", G_CALLBACK (conversation_notify_cb),
                                  self);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
usher_conversation_row_new (void)
{
  return g_object_new (USHER_TYPE_CONVERSATION_ROW, NULL);
}

void
usher_conversation_row_set_conversation (UsherConversationRow *self,
                                         UsherConversation    *conversation)
{
  g_return_if_fail (USHER_IS_CONVERSATION_ROW (self));
  if (!g_set_object (&self->conversation, conversation))
    return;
  g_signal_group_set_target (self->signals, conversation);
  if (conversation != NULL)
    update (self);
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[PROP_CONVERSATION]);
}

UsherConversation *
usher_conversation_row_get_conversation (UsherConversationRow *self)
{
  g_return_val_if_fail (USHER_IS_CONVERSATION_ROW (self), NULL);
  return self->conversation;
}

/* Of one that sleeps: when it wakes. */
static char *
dup_when (UsherConversation *conversation,
          gint64             now_us)
{
  gint64 until_us = usher_conversation_get_until_us (conversation);

  if (usher_conversation_get_state (conversation) == USHER_STATE_SNOOZED && until_us != 0)
    return usher_format_until (until_us, now_us);
  return usher_format_when (usher_conversation_get_last_ts_us (conversation), now_us);
}

void
usher_conversation_row_tick (UsherConversationRow *self,
                             gint64                now_us,
                             gint64                target_us)
{
  gint64 since_us;
  gboolean is_waiting;

  g_return_if_fail (USHER_IS_CONVERSATION_ROW (self));
  self->target_us = target_us;
  if (self->conversation == NULL)
    return;
  since_us = usher_conversation_get_waits_since_us (self->conversation);
  is_waiting = since_us > 0;
  usher_waiting_clock_set (self->clock, is_waiting ? MAX (0, now_us - since_us) : -1, target_us);
  gtk_widget_set_visible (GTK_WIDGET (self->when), !is_waiting);
  if (!is_waiting) {
    g_autofree char *when = dup_when (self->conversation, now_us);

    gtk_label_set_text (self->when, when);
  }
}
