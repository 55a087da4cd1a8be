/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-line-layout.h"

/* Between two parts. */
#define SPACING_PX 6

struct _UsherLineLayout {
  GtkLayoutManager parent_instance;

  GtkWidget *bubble; /* borrowed: a child */
  GtkAlign side;
};

G_DEFINE_FINAL_TYPE (UsherLineLayout, usher_line_layout, GTK_TYPE_LAYOUT_MANAGER)

static int
find_bubble_width (GtkWidget *bubble,
                   int        width)
{
  int minimum, natural;

  gtk_widget_measure (bubble, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  return MAX (minimum, MIN (natural, width));
}

static GtkWidget *
next_part (GtkWidget *part)
{
  while (part != NULL && !gtk_widget_should_layout (part))
    part = gtk_widget_get_next_sibling (part);
  return part;
}

static GtkWidget *
first_part (GtkWidget *widget)
{
  return next_part (gtk_widget_get_first_child (widget));
}

static GtkWidget *
part_after (GtkWidget *part)
{
  return next_part (gtk_widget_get_next_sibling (part));
}

static int
find_height (UsherLineLayout *self,
             GtkWidget       *part,
             int              width)
{
  int minimum;

  if (width >= 0 && part == self->bubble)
    width = find_bubble_width (part, width);
  gtk_widget_measure (part, GTK_ORIENTATION_VERTICAL, width, &minimum, NULL, NULL, NULL);
  return minimum;
}

static GtkSizeRequestMode
usher_line_layout_get_request_mode (GtkLayoutManager *manager,
                                    GtkWidget        *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure_widths (GtkWidget *widget,
                int       *minimum,
                int       *natural)
{
  for (GtkWidget *part = first_part (widget); part != NULL; part = part_after (part)) {
    int part_minimum, part_natural;

    gtk_widget_measure (part, GTK_ORIENTATION_HORIZONTAL, -1, &part_minimum, &part_natural, NULL,
                        NULL);
    *minimum = MAX (*minimum, part_minimum);
    *natural = MAX (*natural, part_natural);
  }
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
  int height = -SPACING_PX;

  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    measure_widths (widget, minimum, natural);
    return;
  }
  for (GtkWidget *part = first_part (widget); part != NULL; part = part_after (part))
    height += find_height (USHER_LINE_LAYOUT (manager), part, for_size) + SPACING_PX;
  *minimum = *natural = MAX (height, 0);
}

static void
place_bubble (UsherLineLayout *self,
              gboolean         is_mirrored,
              GtkAllocation   *allocation)
{
  int width = allocation->width;

  allocation->width = find_bubble_width (self->bubble, width);
  if (self->side == GTK_ALIGN_CENTER)
    allocation->x = (width - allocation->width) / 2;
  else if ((self->side == GTK_ALIGN_END) != is_mirrored)
    allocation->x = width - allocation->width;
}

static void
usher_line_layout_allocate (GtkLayoutManager *manager,
                            GtkWidget        *widget,
                            int               width,
                            int               height,
                            int               baseline)
{
  UsherLineLayout *self = USHER_LINE_LAYOUT (manager);
  int y = 0;

  for (GtkWidget *part = first_part (widget); part != NULL; part = part_after (part)) {
    GtkAllocation allocation = { 0, y, width, find_height (self, part, width) };

    if (part == self->bubble)
      place_bubble (self, gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL, &allocation);
    gtk_widget_size_allocate (part, &allocation, -1);
    y += allocation.height + SPACING_PX;
  }
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
usher_line_layout_set_bubble (UsherLineLayout *self,
                              GtkWidget       *bubble)
{
  g_return_if_fail (USHER_IS_LINE_LAYOUT (self));
  self->bubble = bubble;
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
