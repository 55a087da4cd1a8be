/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-section-row.h"

#include <glib/gi18n.h>

#include "usher-widget.h"

struct _UsherSectionRow {
  GtkWidget parent_instance;

  GtkToggleButton *button;
  GtkImage *arrow;
  GtkLabel *title;
  GtkLabel *count;

  UsherSection *section;
  GBindingGroup *bindings;
};

G_DEFINE_FINAL_TYPE (UsherSectionRow, usher_section_row, GTK_TYPE_WIDGET)

static gboolean
expanded_to_icon (GBinding     *binding,
                  const GValue *from,
                  GValue       *to,
                  gpointer      user_data)
{
  g_value_set_static_string (to,
                             g_value_get_boolean (from) ? "pan-down-symbolic" : "pan-end-symbolic");
  return TRUE;
}

static gboolean
count_to_text (GBinding     *binding,
               const GValue *from,
               GValue       *to,
               gpointer      user_data)
{
  g_value_take_string (to, g_strdup_printf ("%u", g_value_get_uint (from)));
  return TRUE;
}

static void
expanded_notify_cb (UsherSectionRow *self)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_STATE_EXPANDED,
                               gtk_toggle_button_get_active (self->button), -1);
}

/* The arrows go from row to row by this: without it they would end at the first heading. */
static gboolean
usher_section_row_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (USHER_SECTION_ROW (widget)->button));
}

static void
usher_section_row_dispose (GObject *object)
{
  UsherSectionRow *self = USHER_SECTION_ROW (object);

  g_clear_object (&self->bindings);
  g_clear_object (&self->section);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_SECTION_ROW);
  G_OBJECT_CLASS (usher_section_row_parent_class)->dispose (object);
}

static void
usher_section_row_class_init (UsherSectionRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_section_row_dispose;
  widget_class->grab_focus = usher_section_row_grab_focus;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-section-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherSectionRow, button);
  gtk_widget_class_bind_template_child (widget_class, UsherSectionRow, arrow);
  gtk_widget_class_bind_template_child (widget_class, UsherSectionRow, title);
  gtk_widget_class_bind_template_child (widget_class, UsherSectionRow, count);
  gtk_widget_class_bind_template_callback (widget_class, expanded_notify_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "sectionrow");
}

static void
usher_section_row_init (UsherSectionRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->bindings = g_binding_group_new ();
  g_binding_group_bind (self->bindings, "title", self->title, "label", G_BINDING_SYNC_CREATE);
  g_binding_group_bind (self->bindings, "is-expanded", self->button, "active",
                        G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_binding_group_bind_full (self->bindings, "is-expanded", self->arrow, "icon-name",
                             G_BINDING_SYNC_CREATE, expanded_to_icon, NULL, NULL, NULL);
  g_binding_group_bind_full (self->bindings, "n-items", self->count, "label", G_BINDING_SYNC_CREATE,
                             count_to_text, NULL, NULL, NULL);
}

GtkWidget *
usher_section_row_new (void)
{
  return g_object_new (USHER_TYPE_SECTION_ROW, NULL);
}

void
usher_section_row_set_section (UsherSectionRow *self,
                               UsherSection    *section)
{
  g_return_if_fail (USHER_IS_SECTION_ROW (self));
  if (!g_set_object (&self->section, section))
    return;
  g_binding_group_set_source (self->bindings, section);
  if (section == NULL)
    return;
  usher_widget_set_spoken (GTK_WIDGET (self->button), gtk_label_get_text (self->title));
  usher_widget_set_row_spoken (GTK_WIDGET (self), gtk_label_get_text (self->title), "");
}
