/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-date-popover.h"

#define FROM_TOP 4

struct _UsherDatePopover {
  GtkPopover parent_instance;

  GtkCalendar *calendar;
};

enum {
  SIGNAL_PICKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherDatePopover, usher_date_popover, GTK_TYPE_POPOVER)

static void
pick (UsherDatePopover *self)
{
  g_autoptr (GDateTime) day = gtk_calendar_get_date (self->calendar);
  g_autoptr (GDateTime) start =
    g_date_time_new_local (g_date_time_get_year (day), g_date_time_get_month (day),
                           g_date_time_get_day_of_month (day), 0, 0, 0);

  gtk_popover_popdown (GTK_POPOVER (self));
  if (start != NULL)
    g_signal_emit (self, signals[SIGNAL_PICKED], 0, start);
}

static const struct {
  guint keyval;
  int n_days;
  int n_months;
} steps[] = {
  { GDK_KEY_Left, -1, 0 },    { GDK_KEY_Right, 1, 0 },       { GDK_KEY_Up, -7, 0 },
  { GDK_KEY_Down, 7, 0 },     { GDK_KEY_Page_Up, 0, -1 },    { GDK_KEY_Page_Down, 0, 1 },
  { GDK_KEY_KP_Left, -1, 0 }, { GDK_KEY_KP_Right, 1, 0 },    { GDK_KEY_KP_Up, -7, 0 },
  { GDK_KEY_KP_Down, 7, 0 },  { GDK_KEY_KP_Page_Up, 0, -1 }, { GDK_KEY_KP_Page_Down, 0, 1 },
};

/* GTK's own arrows move a frame, which a further key makes the day. */
static gboolean
key_cb (UsherDatePopover *self,
        guint             keyval,
        guint             keycode,
        GdkModifierType   state)
{
  g_autoptr (GDateTime) day = gtk_calendar_get_date (self->calendar);

  if ((state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;
  if (keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter || keyval == GDK_KEY_ISO_Enter) {
    pick (self);
    return GDK_EVENT_STOP;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autoptr (GDateTime) month = NULL;
    g_autoptr (GDateTime) next = NULL;

    if (steps[i].keyval != keyval)
      continue;
    month = g_date_time_add_months (day, steps[i].n_months);
    next = month == NULL ? NULL : g_date_time_add_days (month, steps[i].n_days);
    if (next != NULL)
      gtk_calendar_select_day (self->calendar, next);
    return GDK_EVENT_STOP;
  }
  return GDK_EVENT_PROPAGATE;
}

static void
usher_date_popover_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_DATE_POPOVER);
  G_OBJECT_CLASS (usher_date_popover_parent_class)->dispose (object);
}

static void
usher_date_popover_class_init (UsherDatePopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_date_popover_dispose;
  signals[SIGNAL_PICKED] = g_signal_new ("picked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DATE_TIME);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-date-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherDatePopover, calendar);
  gtk_widget_class_bind_template_callback (widget_class, key_cb);
  gtk_widget_class_bind_template_callback (widget_class, pick);
}

static void
usher_date_popover_init (UsherDatePopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static gboolean
unparent_cb (gpointer popover)
{
  if (gtk_widget_get_parent (popover) != NULL)
    gtk_widget_unparent (popover);
  return G_SOURCE_REMOVE;
}

/* Not while it is still being closed. */
static void
closed_cb (GtkWidget *popover)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, unparent_cb, g_object_ref (popover), g_object_unref);
}

UsherDatePopover *
usher_date_popover_popup (GtkWidget *origin,
                          GDateTime *start)
{
  UsherDatePopover *self = g_object_new (USHER_TYPE_DATE_POPOVER, NULL);

  gtk_widget_set_parent (GTK_WIDGET (self), origin);
  gtk_popover_set_pointing_to (GTK_POPOVER (self),
                               &(GdkRectangle){ gtk_widget_get_width (origin) / 2, FROM_TOP, 1,
                                                1 });
  g_signal_connect (self, "closed", G_CALLBACK (closed_cb), NULL);
  gtk_calendar_select_day (self->calendar, start);
  gtk_popover_popup (GTK_POPOVER (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->calendar));
  return self;
}
