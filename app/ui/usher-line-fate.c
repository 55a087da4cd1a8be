/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-line-fate.h"

#include <glib/gi18n.h>

struct _UsherLineFate {
  GtkWidget parent_instance;

  GtkLabel *reason;
  GtkProgressBar *progress;
  GtkWidget *retry;
  GtkWidget *change;
  GtkWidget *discard;
  GtkWidget *cancel;
  GtkWidget *take_back;
};

G_DEFINE_FINAL_TYPE (UsherLineFate, usher_line_fate, GTK_TYPE_WIDGET)

static void
usher_line_fate_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (usher_line_fate_parent_class)->dispose (object);
}

static void
usher_line_fate_class_init (UsherLineFateClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = usher_line_fate_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "linefate");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
add_button (UsherLineFate *self,
            const char    *label,
            const char    *action)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (button, "pill-small");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_parent (button, GTK_WIDGET (self));
  return button;
}

static void
usher_line_fate_init (UsherLineFate *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_END);
  self->reason = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->reason, TRUE);
  gtk_label_set_max_width_chars (self->reason, 40);
  gtk_widget_add_css_class (GTK_WIDGET (self->reason), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->reason), "error");
  gtk_widget_set_parent (GTK_WIDGET (self->reason), GTK_WIDGET (self));
  self->progress = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->progress), GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("On its way to the gateway"), -1);
  gtk_widget_set_parent (GTK_WIDGET (self->progress), GTK_WIDGET (self));
  self->retry = add_button (self, _ ("Retry"), "line.retry");
  self->change = add_button (self, C_ ("button", "Change"), "line.take-back");
  gtk_widget_set_tooltip_text (self->change, _ ("Put the text back into the composer"));
  self->discard = add_button (self, _ ("Delete"), "line.discard");
  self->cancel = add_button (self, _ ("Do Not Send"), "line.discard");
  self->take_back = add_button (self, _ ("Take Back"), "line.take-back");
}

GtkWidget *
usher_line_fate_new (void)
{
  return g_object_new (USHER_TYPE_LINE_FATE, NULL);
}

static gboolean
is_going (UsherMessage *message)
{
  return usher_message_kind_has_file (usher_message_get_kind (message)) &&
         usher_message_is_pending (message) && usher_message_get_is_own (message) &&
         usher_message_get_delivery (message) == USHER_DELIVERY_QUEUED;
}

gboolean
usher_line_fate_is_needed (UsherMessage *message)
{
  UsherDelivery delivery = usher_message_get_delivery (message);

  return delivery == USHER_DELIVERY_HELD || delivery == USHER_DELIVERY_FAILED || is_going (message);
}

void
usher_line_fate_update (UsherLineFate *self,
                        UsherMessage  *message)
{
  UsherDelivery delivery;
  const char *reason;
  gboolean is_failed;

  g_return_if_fail (USHER_IS_LINE_FATE (self));
  g_return_if_fail (USHER_IS_MESSAGE (message));

  delivery = usher_message_get_delivery (message);
  reason = usher_message_get_fail_reason (message);
  is_failed = delivery == USHER_DELIVERY_FAILED;
  gtk_label_set_text (self->reason, reason != NULL ? reason : _ ("Not sent"));
  gtk_progress_bar_set_fraction (self->progress, usher_message_get_progress (message) / 100.0);
  gtk_widget_set_visible (GTK_WIDGET (self->reason), is_failed);
  gtk_widget_set_visible (self->retry, is_failed);
  gtk_widget_set_visible (self->change,
                          is_failed && usher_message_get_kind (message) == USHER_MESSAGE_TEXT);
  gtk_widget_set_visible (self->discard, is_failed);
  gtk_widget_set_visible (GTK_WIDGET (self->progress),
                          is_going (message) && usher_message_get_progress (message) > 0);
  gtk_widget_set_visible (self->cancel, is_going (message));
  gtk_widget_set_visible (self->take_back, delivery == USHER_DELIVERY_HELD);
  gtk_widget_set_visible (GTK_WIDGET (self), usher_line_fate_is_needed (message));
}
