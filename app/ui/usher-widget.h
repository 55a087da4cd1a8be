/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * usher_widget_dispose_template:
 *
 * For dispose of a plain #GtkWidget with a template. GTK 4.8's gtk_widget_dispose_template() lets go only of children that are bound; here
 * the others go too.
 */
static inline void
usher_widget_dispose_template (GtkWidget *widget,
                               GType      type)
{
  GtkWidget *child;

  gtk_widget_dispose_template (widget, type);
  while ((child = gtk_widget_get_first_child (widget)) != NULL)
    gtk_widget_unparent (child);
}

G_END_DECLS
