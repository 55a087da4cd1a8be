/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-waiting-clock.h"

#include <glib/gi18n.h>

#include "usher-closures.h"
#include "usher-widget.h"

struct _UsherWaitingClock {
  GtkWidget parent_instance;

  GtkWidget *shape;
  GtkWidget *label;
  int level; /* index into levels, -1: hidden */
};

/* Colour is never the only cue: each level has a shape and a word of its own. */
static const struct {
  guint from_percent;
  const char *css_class;
  const char *icon_name;
} levels[] = {
  { 0, "plain", "usher-wait-plain-symbolic" },
  { 50, "soon", "usher-wait-soon-symbolic" },
  { 80, "late", "usher-wait-late-symbolic" },
};

G_DEFINE_FINAL_TYPE (UsherWaitingClock, usher_waiting_clock, GTK_TYPE_WIDGET)

static void
usher_waiting_clock_dispose (GObject *object)
{
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_WAITING_CLOCK);
  G_OBJECT_CLASS (usher_waiting_clock_parent_class)->dispose (object);
}

static void
usher_waiting_clock_class_init (UsherWaitingClockClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_waiting_clock_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-waiting-clock.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherWaitingClock, shape);
  gtk_widget_class_bind_template_child (widget_class, UsherWaitingClock, label);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "waitingclock");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
usher_waiting_clock_init (UsherWaitingClock *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->level = -1;
}

GtkWidget *
usher_waiting_clock_new (void)
{
  return g_object_new (USHER_TYPE_WAITING_CLOCK, NULL);
}

static int
find_level (gint64 waiting_us,
            gint64 target_us)
{
  int level = 0;

  if (waiting_us < 0)
    return -1;
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    if (waiting_us * 100 >= target_us * levels[i].from_percent)
      level = (int) i;
  return level;
}

static void
set_level (UsherWaitingClock *self,
           int                level)
{
  if (self->level == level)
    return;
  if (self->level >= 0)
    gtk_widget_remove_css_class (GTK_WIDGET (self), levels[self->level].css_class);
  self->level = level;
  gtk_widget_set_visible (GTK_WIDGET (self), level >= 0);
  if (level < 0)
    return;
  gtk_widget_add_css_class (GTK_WIDGET (self), levels[level].css_class);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->shape), levels[level].icon_name);
}

static char *
dup_spoken (int         level,
            const char *time)
{
  switch (level) {
  case 0:
    /* Translators: %s is a time such as 1:20 */
    return g_strdup_printf (_ ("Waiting for %s"), time);
  case 1:
    return g_strdup_printf (_ ("Waiting for %s, reply soon"), time);
  default:
    return g_strdup_printf (_ ("Waiting for %s, late"), time);
  }
}

void
usher_waiting_clock_set (UsherWaitingClock *self,
                         gint64             waiting_us,
                         gint64             target_us)
{
  g_autofree char *text = NULL;
  g_autofree char *spoken = NULL;

  g_return_if_fail (USHER_IS_WAITING_CLOCK (self));
  set_level (self, find_level (waiting_us, target_us));
  if (self->level < 0)
    return;
  text = usher_format_waiting (waiting_us);
  if (g_str_equal (text, gtk_label_get_label (GTK_LABEL (self->label))))
    return;
  gtk_label_set_text (GTK_LABEL (self->label), text);
  spoken = dup_spoken (self->level, text);
  usher_widget_set_tooltip (GTK_WIDGET (self), spoken);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}
