/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-alarm-bar.h"

#include <glib/gi18n.h>

#include "usher-closures.h"
#include "usher-conversation.h"
#include "usher-text.h"
#include "usher-widget.h"

#define NAME_CHARS 40

struct _UsherAlarmBar {
  GtkWidget parent_instance;

  GtkRevealer *revealer;
  GtkLabel *text;

  UsherConversation *conversation;
  guint tick_id;
};

G_DEFINE_FINAL_TYPE (UsherAlarmBar, usher_alarm_bar, GTK_TYPE_WIDGET)

static char *
dup_text (UsherConversation *conversation)
{
  g_autofree char *name =
    usher_text_to_line (usher_conversation_get_name (conversation), NAME_CHARS);
  const char *who = *name == '\0' ? _ ("Visitor") : name;
  gint64 since_us = usher_conversation_get_waiting_since_us (conversation);
  g_autofree char *waited = usher_format_waiting (MAX (0, g_get_real_time () - since_us));

  if (usher_conversation_get_offer_deadline_us (conversation) != 0)
    /* Translators: %s is the visitor's name */
    return g_strdup_printf (_ ("The offer of %s is about to go to somebody else"), who);
  /* Translators: %1$s is the visitor's name, %2$s a time such as 2:31 */
  return g_strdup_printf (_ ("%1$s has waited for %2$s"), who, waited);
}

static gboolean
tick_cb (gpointer user_data)
{
  UsherAlarmBar *self = user_data;
  g_autofree char *text = dup_text (self->conversation);

  gtk_label_set_text (self->text, text);
  return G_SOURCE_CONTINUE;
}

static void
usher_alarm_bar_dispose (GObject *object)
{
  UsherAlarmBar *self = USHER_ALARM_BAR (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_object (&self->conversation);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_ALARM_BAR);
  G_OBJECT_CLASS (usher_alarm_bar_parent_class)->dispose (object);
}

static void
usher_alarm_bar_class_init (UsherAlarmBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_alarm_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/usher_desk/Usher/ui/usher-alarm-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherAlarmBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, UsherAlarmBar, text);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ALERT);
}

static void
usher_alarm_bar_init (UsherAlarmBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
usher_alarm_bar_new (void)
{
  return g_object_new (USHER_TYPE_ALARM_BAR, NULL);
}

void
usher_alarm_bar_set_conversation (UsherAlarmBar     *self,
                                  UsherConversation *conversation)
{
  g_return_if_fail (USHER_IS_ALARM_BAR (self));
  if (!g_set_object (&self->conversation, conversation))
    return;
  g_clear_handle_id (&self->tick_id, g_source_remove);
  if (conversation != NULL) {
    self->tick_id = g_timeout_add_seconds (1, tick_cb, self);
    tick_cb (self);
  }
  gtk_revealer_set_reveal_child (self->revealer, conversation != NULL);
}
