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

/**
 * usher_widget_set_tooltip:
 *
 * gtk_widget_set_tooltip_text() asks the pointer's widget anew even when the text is the same, which costs more than the rest of a row.
 */
static inline void
usher_widget_set_tooltip (GtkWidget  *widget,
                          const char *text)
{
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) != 0)
    gtk_widget_set_tooltip_text (widget, text);
}

/** usher_widget_set_spoken: what @widget is called for who hears the screen, where no text of its own says it. */
static inline void
usher_widget_set_spoken (GtkWidget  *widget,
                         const char *text)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

/** usher_widget_set_row_spoken: the same for the row of a list that @child fills, which is what has the focus: @who and, unless "", @what. */
static inline void
usher_widget_set_row_spoken (GtkWidget  *child,
                             const char *who,
                             const char *what)
{
  g_autofree char *text = g_strjoin (*who != '\0' && *what != '\0' ? ": " : "", who, what, NULL);
  GtkWidget *row = gtk_widget_get_parent (child);

  if (row != NULL)
    usher_widget_set_spoken (row, text);
}

G_END_DECLS
