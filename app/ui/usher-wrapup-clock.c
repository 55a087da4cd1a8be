/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-wrapup-clock.h"

#include <glib/gi18n.h>

#include "usher-closures.h"
#include "usher-conversation.h"
#include "usher-widget.h"

#define TICK_MS 250

struct _UsherWrapupClock {
  GtkWidget parent_instance;

  GtkImage *shape;
  GtkLabel *label;

  UsherConversation *conversation;
  GSignalGroup *signals;
  guint tick_id;
  guint level; /* index into levels */
  guint spoken_s;
};

/* As of those who wait: colour is never the only cue. */
static const struct {
  guint from_s; /* left, at least */
  const char *css_class;
  const char *icon_name;
} levels[] = {
  { 31, "plain", "usher-wait-plain-symbolic" },
  { 11, "soon", "usher-wait-soon-symbolic" },
  { 0, "late", "usher-wait-late-symbolic" },
};

G_DEFINE_FINAL_TYPE (UsherWrapupClock, usher_wrapup_clock, GTK_TYPE_WIDGET)

static void
show_level (UsherWrapupClock *self,
            guint             left_s)
{
  guint level = 0;

  while (left_s < levels[level].from_s)
    level++;
  gtk_widget_remove_css_class (GTK_WIDGET (self), levels[self->level].css_class);
  self->level = level;
  gtk_widget_add_css_class (GTK_WIDGET (self), levels[level].css_class);
  gtk_image_set_from_icon_name (self->shape, levels[level].icon_name);
}

/* In steps: nobody wants to hear every second. */
static void
speak (UsherWrapupClock *self,
       guint             left_s)
{
  guint spoken_s = (left_s + 9) / 10 * 10;
  g_autofree char *text = NULL;

  if (self->spoken_s == spoken_s)
    return;
  self->spoken_s = spoken_s;
  text = spoken_s == 0
           ? g_strdup (_ ("The chat closes by itself now"))
           : g_strdup_printf (ngettext ("The chat closes by itself within %u second",
                                        "The chat closes by itself within %u seconds", spoken_s),
                              spoken_s);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static gint64
get_until_us (UsherWrapupClock *self)
{
  if (self->conversation == NULL || !usher_conversation_get_is_mine (self->conversation) ||
      usher_conversation_get_state (self->conversation) != USHER_STATE_WRAPUP)
    return 0;
  return usher_conversation_get_wrapup_until_us (self->conversation);
}

static void
update (UsherWrapupClock *self)
{
  gint64 until_us = get_until_us (self);
  gint64 left_us = MAX (0, until_us - g_get_real_time ());
  /* Rounded up: “0:01” stays until it is over. */
  guint left_s = (guint) ((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), until_us != 0);
  if (until_us == 0)
    return;
  text = usher_format_waiting ((gint64) left_s * G_USEC_PER_SEC);
  gtk_label_set_text (self->label, text);
  show_level (self, left_s);
  speak (self, left_s);
}

static gboolean
tick_cb (gpointer user_data)
{
  update (user_data);
  return G_SOURCE_CONTINUE;
}

/* It ticks only where it is seen. */
static void
usher_wrapup_clock_map (GtkWidget *widget)
{
  UsherWrapupClock *self = USHER_WRAPUP_CLOCK (widget);

  GTK_WIDGET_CLASS (usher_wrapup_clock_parent_class)->map (widget);
  update (self);
  if (self->tick_id == 0)
    self->tick_id = g_timeout_add (TICK_MS, tick_cb, self);
}

static void
usher_wrapup_clock_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&USHER_WRAPUP_CLOCK (widget)->tick_id, g_source_remove);
  GTK_WIDGET_CLASS (usher_wrapup_clock_parent_class)->unmap (widget);
}

static void
usher_wrapup_clock_dispose (GObject *object)
{
  UsherWrapupClock *self = USHER_WRAPUP_CLOCK (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_object (&self->signals);
  g_clear_object (&self->conversation);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_WRAPUP_CLOCK);
  G_OBJECT_CLASS (usher_wrapup_clock_parent_class)->dispose (object);
}

static void
usher_wrapup_clock_class_init (UsherWrapupClockClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_wrapup_clock_dispose;
  widget_class->map = usher_wrapup_clock_map;
  widget_class->unmap = usher_wrapup_clock_unmap;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-wrapup-clock.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherWrapupClock, shape);
  gtk_widget_class_bind_template_child (widget_class, UsherWrapupClock, label);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "waitingclock");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
usher_wrapup_clock_init (UsherWrapupClock *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->spoken_s = G_MAXUINT;
  self->signals = g_signal_group_new (USHER_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->signals, "notify::state", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->signals, "notify::is-mine", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->signals, "notify::wrapup-until-us", G_CALLBACK (update),
                                  self);
}

void
usher_wrapup_clock_set_conversation (UsherWrapupClock  *self,
                                     UsherConversation *conversation)
{
  g_return_if_fail (USHER_IS_WRAPUP_CLOCK (self));
  if (!g_set_object (&self->conversation, conversation))
    return;
  g_signal_group_set_target (self->signals, conversation);
  update (self);
}
