/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-snooze-dialog.h"

#include "usher-snooze.h"

struct _UsherSnoozeDialog {
  AdwMessageDialog parent_instance;

  GtkCalendar *calendar;
  GtkSpinButton *hour;
  GtkSpinButton *minute;
};

enum {
  SIGNAL_PICKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherSnoozeDialog, usher_snooze_dialog, ADW_TYPE_MESSAGE_DIALOG)

static gint64
get_time_us (UsherSnoozeDialog *self)
{
  g_autoptr (GDateTime) day = gtk_calendar_get_date (self->calendar);
  g_autoptr (GDateTime) time =
    g_date_time_new_local (g_date_time_get_year (day), g_date_time_get_month (day),
                           g_date_time_get_day_of_month (day),
                           gtk_spin_button_get_value_as_int (self->hour),
                           gtk_spin_button_get_value_as_int (self->minute), 0);

  return time == NULL ? 0 : g_date_time_to_unix (time) * G_USEC_PER_SEC;
}

static void
changed_cb (UsherSnoozeDialog *self)
{
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (self), "snooze",
                                           get_time_us (self) > g_get_real_time ());
}

/* 9:05, not 9:5. */
static gboolean
two_digits_cb (GtkSpinButton *spin)
{
  g_autofree char *text = g_strdup_printf ("%02d", gtk_spin_button_get_value_as_int (spin));

  gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

static void
usher_snooze_dialog_response (AdwMessageDialog *dialog,
                              const char       *response)
{
  UsherSnoozeDialog *self = USHER_SNOOZE_DIALOG (dialog);

  if (g_str_equal (response, "snooze"))
    g_signal_emit (self, signals[SIGNAL_PICKED], 0, get_time_us (self));
}

static void
usher_snooze_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_SNOOZE_DIALOG);
  G_OBJECT_CLASS (usher_snooze_dialog_parent_class)->dispose (object);
}

static void
usher_snooze_dialog_class_init (UsherSnoozeDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_snooze_dialog_dispose;
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = usher_snooze_dialog_response;
  signals[SIGNAL_PICKED] = g_signal_new ("picked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-snooze-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherSnoozeDialog, calendar);
  gtk_widget_class_bind_template_child (widget_class, UsherSnoozeDialog, hour);
  gtk_widget_class_bind_template_child (widget_class, UsherSnoozeDialog, minute);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, two_digits_cb);
}

static void
usher_snooze_dialog_init (UsherSnoozeDialog *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) start = g_date_time_new_from_unix_local (
    usher_snooze_until (USHER_SNOOZE_TOMORROW, now) / G_USEC_PER_SEC);

  gtk_widget_init_template (GTK_WIDGET (self));
  usher_snooze_dialog_set_time (self, start);
}

GtkWidget *
usher_snooze_dialog_new (GtkWindow *parent)
{
  return g_object_new (USHER_TYPE_SNOOZE_DIALOG, "transient-for", parent, NULL);
}

void
usher_snooze_dialog_set_time (UsherSnoozeDialog *self,
                              GDateTime         *time)
{
  g_return_if_fail (USHER_IS_SNOOZE_DIALOG (self));
  gtk_calendar_select_day (self->calendar, time);
  gtk_spin_button_set_value (self->hour, g_date_time_get_hour (time));
  gtk_spin_button_set_value (self->minute, g_date_time_get_minute (time));
  changed_cb (self);
}
