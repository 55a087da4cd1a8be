/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-line-layout.h"

struct _UsherLineLayout {
  GtkLayoutManager parent_instance;

  GtkAlign side;
};

G_DEFINE_FINAL_TYPE (UsherLineLayout, usher_line_layout, GTK_TYPE_LAYOUT_MANAGER)

static int
find_child_width (GtkWidget *child,
                  int        width)
{
  int minimum, natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  return MAX (minimum, MIN (natural, width));
}

static GtkSizeRequestMode
usher_line_layout_get_request_mode (GtkLayoutManager *manager,
                                    GtkWidget        *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
usher_line_layout_measure (GtkLayoutManager *manager,
                           GtkWidget        *widget,
                           GtkOrientation    orientation,
                           int               for_size,
                           int              *minimum,
                           int              *natural,
                           int              *minimum_baseline,
                           int              *natural_baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  if (child == NULL || !gtk_widget_should_layout (child))
    return;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    for_size = -1;
  else if (for_size >= 0)
    for_size = find_child_width (child, for_size);
  gtk_widget_measure (child, orientation, for_size, minimum, natural, NULL, NULL);
}

static void
usher_line_layout_allocate (GtkLayoutManager *manager,
                            GtkWidget        *widget,
                            int               width,
                            int               height,
                            int               baseline)
{
  UsherLineLayout *self = USHER_LINE_LAYOUT (manager);
  GtkWidget *child = gtk_widget_get_first_child (widget);
  gboolean is_mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkAllocation allocation = { 0, 0, width, height };

  if (child == NULL || !gtk_widget_should_layout (child))
    return;
  allocation.width = find_child_width (child, width);
  if (self->side == GTK_ALIGN_CENTER)
    allocation.x = (width - allocation.width) / 2;
  else if ((self->side == GTK_ALIGN_END) != is_mirrored)
    allocation.x = width - allocation.width;
  gtk_widget_size_allocate (child, &allocation, -1);
}

static void
usher_line_layout_class_init (UsherLineLayoutClass *klass)
{
  GtkLayoutManagerClass *manager_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  manager_class->get_request_mode = usher_line_layout_get_request_mode;
  manager_class->measure = usher_line_layout_measure;
  manager_class->allocate = usher_line_layout_allocate;
}

static void
usher_line_layout_init (UsherLineLayout *self)
{
  self->side = GTK_ALIGN_START;
}

void
usher_line_layout_set_side (UsherLineLayout *self,
                            GtkAlign         side)
{
  g_return_if_fail (USHER_IS_LINE_LAYOUT (self));
  if (self->side == side)
    return;
  self->side = side;
  gtk_layout_manager_layout_changed (GTK_LAYOUT_MANAGER (self));
}
