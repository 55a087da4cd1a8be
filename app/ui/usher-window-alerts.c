/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "usher-conversation.h"
#include "usher-window-private.h"

static UsherConversation *
dup_late (UsherWindow *self)
{
  UsherConversation *late = NULL;

  if (self->notifier != NULL)
    g_object_get (self->notifier, "late", &late, NULL);
  return late;
}

static void
alert_go (GtkWidget  *widget,
          const char *name,
          GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);
  g_autoptr (UsherConversation) late = dup_late (self);

  if (late != NULL)
    usher_window_select (self, late);
}

static void
alert_hush (GtkWidget  *widget,
            const char *name,
            GVariant   *target)
{
  UsherWindow *self = USHER_WINDOW (widget);

  if (self->notifier != NULL)
    usher_notifier_hush (self->notifier);
}

void
usher_window_alerts_install (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "alert.go", NULL, alert_go);
  gtk_widget_class_install_action (widget_class, "alert.hush", NULL, alert_hush);
}

void
usher_window_update_alerts (UsherWindow *self)
{
  g_autoptr (UsherConversation) late = dup_late (self);
  g_autofree char *title = NULL;
  guint n_waiting = 0;

  if (self->notifier != NULL)
    g_object_get (self->notifier, "n-waiting", &n_waiting, NULL);
  /* Translators: the title of the window; %u chats wait */
  title = g_strdup_printf (_ ("(%u) Usher"), n_waiting);
  gtk_window_set_title (GTK_WINDOW (self), n_waiting > 0 ? title : _ ("Usher"));
  usher_alarm_bar_set_conversation (self->alarm_bar, late);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "alert.go", late != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "alert.hush", late != NULL);
}

/* Above everything, whichever pane a narrow window shows. */
void
usher_window_alerts_init (UsherWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autoptr (GtkWidget) pages = g_object_ref (GTK_WIDGET (self->pages));

  self->alarm_bar = USHER_ALARM_BAR (usher_alarm_bar_new ());
  gtk_overlay_set_child (self->overlay, NULL);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->alarm_bar));
  gtk_box_append (GTK_BOX (box), pages);
  gtk_widget_set_vexpand (pages, TRUE);
  gtk_overlay_set_child (self->overlay, box);
  self->notifier_signals = g_signal_group_new (USHER_TYPE_NOTIFIER);
  g_signal_group_connect_swapped (self->notifier_signals, "notify::late",
                                  G_CALLBACK (usher_window_update_alerts), self);
  g_signal_group_connect_swapped (self->notifier_signals, "notify::n-waiting",
                                  G_CALLBACK (usher_window_update_alerts), self);
}
