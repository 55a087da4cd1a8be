/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-contact-comparison.h"

#include <glib/gi18n.h>
#include <string.h>

#include "usher-attributes.h"
#include "usher-text.h"

#define NAME_CHARS  60
#define VALUE_BYTES ((gsize) 400)
/* More of them are to be read in the pane. */
#define MAX_ATTRIBUTES 12

struct _UsherContactComparison {
  GtkWidget parent_instance;

  GtkGrid *grid;
  int n_rows;
};

G_DEFINE_FINAL_TYPE (UsherContactComparison, usher_contact_comparison, GTK_TYPE_WIDGET)

static GtkWidget *
make_label (const char *text,
            const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_width_chars (GTK_LABEL (label), 8);
  gtk_widget_set_hexpand (label, TRUE);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

/* By shape and in words, not by colour alone. */
static GtkWidget *
make_cell (const char *text,
           gboolean    is_kept)
{
  GtkWidget *cell = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *icon = gtk_image_new_from_icon_name ("object-select-symbolic");
  const char *meaning = is_kept ? _ ("This stands") : _ ("This does not stand");

  gtk_widget_set_valign (cell, GTK_ALIGN_START);
  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_widget_set_opacity (icon, is_kept ? 1 : 0);
  gtk_widget_set_tooltip_text (cell, *text == '\0' ? NULL : meaning);
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  *text == '\0' ? "" : meaning, -1);
  gtk_box_append (GTK_BOX (cell), icon);
  gtk_box_append (GTK_BOX (cell),
                  make_label (*text == '\0' ? "–" : text, is_kept ? NULL : "dim-label"));
  return cell;
}

static void
add_heading (UsherContactComparison *self)
{
  gtk_grid_attach (self->grid, make_label (_ ("This chat"), "heading"), 0, self->n_rows, 1, 1);
  gtk_grid_attach (self->grid, make_label (_ ("The other"), "heading"), 1, self->n_rows, 1, 1);
  self->n_rows++;
}

/* What neither has takes no room. */
static void
add_row (UsherContactComparison *self,
         const char             *title,
         const char             *own,
         const char             *other,
         const char             *united)
{
  const char *values[] = { own, other };
  g_autofree char *all = usher_text_sanitize (united, 2 * VALUE_BYTES, NULL);
  g_autofree char *heading = usher_text_to_line (title, NAME_CHARS);
  GtkWidget *title_label;

  if ((own == NULL || *own == '\0') && (other == NULL || *other == '\0'))
    return;
  title_label = make_label (heading, "caption");
  gtk_widget_add_css_class (title_label, "dim-label");
  gtk_widget_set_margin_top (title_label, 6);
  gtk_grid_attach (self->grid, title_label, 0, self->n_rows++, 2, 1);
  for (int i = 0; i < 2; i++) {
    g_autofree char *text = usher_text_sanitize (values[i], VALUE_BYTES, NULL);
    gboolean is_kept = *text != '\0' && strstr (all, text) != NULL;

    gtk_grid_attach (self->grid, make_cell (text, is_kept), i, self->n_rows, 1, 1);
  }
  self->n_rows++;
}

static const char *
value_of (const GPtrArray *attributes,
          const char      *name)
{
  for (guint i = 0; i < attributes->len; i++) {
    const UsherAttribute *attribute = g_ptr_array_index (attributes, i);

    if (g_str_equal (attribute->name, name))
      return attribute->value;
  }
  return NULL;
}

static void
add_attributes (UsherContactComparison *self,
                UsherContact           *own,
                UsherContact           *other,
                UsherContact           *united)
{
  g_autoptr (GPtrArray) of_own = usher_attributes_parse (usher_contact_get_attrs (own));
  g_autoptr (GPtrArray) of_other = usher_attributes_parse (usher_contact_get_attrs (other));
  g_autoptr (GPtrArray) of_united = usher_attributes_parse (usher_contact_get_attrs (united));

  for (guint i = 0; i < of_own->len && i < MAX_ATTRIBUTES; i++) {
    const UsherAttribute *attribute = g_ptr_array_index (of_own, i);

    add_row (self, attribute->name, attribute->value, value_of (of_other, attribute->name),
             value_of (of_united, attribute->name));
  }
  for (guint i = 0; i < of_other->len && i < MAX_ATTRIBUTES; i++) {
    const UsherAttribute *attribute = g_ptr_array_index (of_other, i);

    if (value_of (of_own, attribute->name) == NULL)
      add_row (self, attribute->name, NULL, attribute->value,
               value_of (of_united, attribute->name));
  }
}

void
usher_contact_comparison_set (UsherContactComparison *self,
                              UsherContact           *own,
                              UsherContact           *other,
                              UsherContact           *united)
{
  const char *const titles[] = { _ ("Name"), _ ("E-mail"), _ ("Phone"),
                                 _ ("Note, for staff only") };
  GtkWidget *child;

  g_return_if_fail (USHER_IS_CONTACT_COMPARISON (self));
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->grid))) != NULL)
    gtk_grid_remove (self->grid, child);
  self->n_rows = 0;
  add_heading (self);
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    add_row (self, titles[i], usher_contact_get_field (own, (UsherContactField) i),
             usher_contact_get_field (other, (UsherContactField) i),
             usher_contact_get_field (united, (UsherContactField) i));
  add_attributes (self, own, other, united);
}

static void
usher_contact_comparison_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (usher_contact_comparison_parent_class)->dispose (object);
}

static void
usher_contact_comparison_class_init (UsherContactComparisonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = usher_contact_comparison_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
usher_contact_comparison_init (UsherContactComparison *self)
{
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_homogeneous (self->grid, TRUE);
  gtk_grid_set_column_spacing (self->grid, 12);
  gtk_grid_set_row_spacing (self->grid, 4);
  gtk_widget_set_parent (GTK_WIDGET (self->grid), GTK_WIDGET (self));
}
