/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-tiles.h"

#include "usher-tile.h"

/* What a tile needs to be of use beside others. */
#define MIN_WIDTH_PX  320
#define MIN_HEIGHT_PX 260
#define GAP_PX        1

struct _UsherTiles {
  GtkWidget parent_instance;

  GPtrArray *tiles; /* of UsherTile: borrowed, they are the children */
  UsherTile *current;
  guint reply_target_s;
};

enum {
  SIGNAL_CHANGED,
  SIGNAL_VIEW_ADDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherTiles, usher_tiles, GTK_TYPE_WIDGET)

static UsherTile *
get_nth (UsherTiles *self,
         guint       n)
{
  return g_ptr_array_index (self->tiles, n);
}

static UsherTile *
find (UsherTiles        *self,
      UsherConversation *conversation)
{
  for (guint i = 0; conversation != NULL && i < self->tiles->len; i++)
    if (usher_tile_get_conversation (get_nth (self, i)) == conversation)
      return get_nth (self, i);
  return NULL;
}

static guint
get_index (UsherTiles *self)
{
  guint index = 0;

  g_ptr_array_find (self->tiles, self->current, &index);
  return index;
}

/* --- Where they stand ------------------------------------------------------------------------------------------- */

typedef struct {
  guint n_columns;
  guint n_rows;
  gboolean has_all; /* otherwise the current one is alone */
} Grid;

static Grid
arrange (guint n,
         int   min_width,
         int   width,
         int   height)
{
  guint n_columns = CLAMP ((guint) (width / MAX (min_width, MIN_WIDTH_PX)), 1, n);
  guint n_rows;

  if (n == 4 && n_columns == 3)
    n_columns = 2;
  n_rows = (n + n_columns - 1) / n_columns;
  if (n_rows > 1 && (int) n_rows * MIN_HEIGHT_PX > height)
    return (Grid){ 1, 1, n == 1 };
  return (Grid){ n_columns, n_rows, TRUE };
}

static int
get_min_width (UsherTiles *self)
{
  int min_width = 0;

  for (guint i = 0; i < self->tiles->len; i++) {
    int minimum;

    gtk_widget_measure (GTK_WIDGET (get_nth (self, i)), GTK_ORIENTATION_HORIZONTAL, -1, &minimum,
                        NULL, NULL, NULL);
    min_width = MAX (min_width, minimum);
  }
  return min_width;
}

static void
usher_tiles_measure (GtkWidget      *widget,
                     GtkOrientation  orientation,
                     int             for_size,
                     int            *minimum,
                     int            *natural,
                     int            *minimum_baseline,
                     int            *natural_baseline)
{
  UsherTiles *self = USHER_TILES (widget);

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  for (guint i = 0; i < self->tiles->len; i++) {
    int child_minimum, child_natural;

    gtk_widget_measure (GTK_WIDGET (get_nth (self, i)), orientation, -1, &child_minimum,
                        &child_natural, NULL, NULL);
    *minimum = MAX (*minimum, child_minimum);
    *natural = MAX (*natural, child_natural);
  }
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural *= (int) self->tiles->len;
}

/* From pixel to pixel, so that no rounding leaves a gap at the end. */
static int
edge (guint index,
      guint n,
      int   length)
{
  return (int) index * (length + GAP_PX) / (int) n;
}

static void
place (GtkWidget  *child,
       const Grid *grid,
       guint       index,
       guint       n,
       int         width,
       int         height)
{
  guint row = index / grid->n_columns, column = index % grid->n_columns;
  guint n_in_row = MIN (grid->n_columns, n - row * grid->n_columns); /* the last row may be wider */
  int x = edge (column, n_in_row, width), y = edge (row, grid->n_rows, height);
  GtkAllocation allocation = { x, y, 0, 0 };

  allocation.width = edge (column + 1, n_in_row, width) - GAP_PX - x;
  allocation.height = edge (row + 1, grid->n_rows, height) - GAP_PX - y;
  gtk_widget_size_allocate (child, &allocation, -1);
}

static void
usher_tiles_size_allocate (GtkWidget *widget,
                           int        width,
                           int        height,
                           int        baseline)
{
  UsherTiles *self = USHER_TILES (widget);
  Grid grid = arrange (self->tiles->len, get_min_width (self), width, height);

  for (guint i = 0; i < self->tiles->len; i++) {
    UsherTile *tile = get_nth (self, i);
    gboolean is_placed = grid.has_all || tile == self->current;

    gtk_widget_set_child_visible (GTK_WIDGET (tile), is_placed);
    if (is_placed)
      place (GTK_WIDGET (tile), &grid, grid.has_all ? i : 0, grid.has_all ? self->tiles->len : 1,
             width, height);
  }
}

/* --- Which there are ---------------------------------------------------------------------------------------------- */

static void
set_current (UsherTiles *self,
             UsherTile  *tile)
{
  if (self->current == tile)
    return;
  if (self->current != NULL)
    usher_tile_set_is_current (self->current, FALSE);
  self->current = tile;
  usher_tile_set_is_current (tile, TRUE);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
update_strips (UsherTiles *self)
{
  for (guint i = 0; i < self->tiles->len; i++)
    usher_tile_set_has_strip (get_nth (self, i), self->tiles->len > 1);
  if (self->tiles->len > 1)
    gtk_widget_add_css_class (GTK_WIDGET (self), "several");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "several");
}

static void
entered_cb (UsherTiles *self,
            UsherTile  *tile)
{
  set_current (self, tile);
}

static void
remove_tile (UsherTiles *self,
             UsherTile  *tile)
{
  guint index;

  if (!g_ptr_array_find (self->tiles, tile, &index))
    return;
  usher_tile_set_conversation (tile, NULL, FALSE);
  g_ptr_array_remove_index (self->tiles, index);
  if (self->current == tile)
    set_current (self, get_nth (self, MIN (index, self->tiles->len - 1)));
  gtk_widget_unparent (GTK_WIDGET (tile));
  update_strips (self);
}

static void
close_asked_cb (UsherTiles *self,
                UsherTile  *tile)
{
  if (self->tiles->len > 1)
    remove_tile (self, tile);
}

static UsherTile *
add_tile (UsherTiles *self)
{
  UsherTile *tile = USHER_TILE (usher_tile_new ());

  g_ptr_array_add (self->tiles, tile);
  g_signal_connect_object (tile, "entered", G_CALLBACK (entered_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tile, "close-asked", G_CALLBACK (close_asked_cb), self,
                           G_CONNECT_SWAPPED);
  usher_tile_set_reply_target (tile, self->reply_target_s);
  usher_tile_set_is_current (tile, FALSE);
  gtk_widget_set_parent (GTK_WIDGET (tile), GTK_WIDGET (self));
  update_strips (self);
  g_signal_emit (self, signals[SIGNAL_VIEW_ADDED], 0, usher_tile_get_view (tile));
  return tile;
}

static void
usher_tiles_dispose (GObject *object)
{
  UsherTiles *self = USHER_TILES (object);

  self->current = NULL;
  for (guint i = 0; i < self->tiles->len; i++)
    gtk_widget_unparent (GTK_WIDGET (get_nth (self, i)));
  g_ptr_array_set_size (self->tiles, 0);
  G_OBJECT_CLASS (usher_tiles_parent_class)->dispose (object);
}

static void
usher_tiles_finalize (GObject *object)
{
  g_ptr_array_unref (USHER_TILES (object)->tiles);
  G_OBJECT_CLASS (usher_tiles_parent_class)->finalize (object);
}

static void
usher_tiles_class_init (UsherTilesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_tiles_dispose;
  G_OBJECT_CLASS (klass)->finalize = usher_tiles_finalize;
  widget_class->measure = usher_tiles_measure;
  widget_class->size_allocate = usher_tiles_size_allocate;
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_VIEW_ADDED] = g_signal_new ("view-added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                             NULL, G_TYPE_NONE, 1, USHER_TYPE_CONVERSATION_VIEW);
  gtk_widget_class_set_css_name (widget_class, "tiles");
}

static void
usher_tiles_init (UsherTiles *self)
{
  self->tiles = g_ptr_array_new ();
  set_current (self, add_tile (self));
}

GtkWidget *
usher_tiles_new (void)
{
  return g_object_new (USHER_TYPE_TILES, NULL);
}

guint
usher_tiles_get_n (UsherTiles *self)
{
  g_return_val_if_fail (USHER_IS_TILES (self), 1);
  return self->tiles->len;
}

UsherConversationView *
usher_tiles_get_view (UsherTiles *self)
{
  g_return_val_if_fail (USHER_IS_TILES (self), NULL);
  return usher_tile_get_view (self->current);
}

UsherConversationView *
usher_tiles_get_nth_view (UsherTiles *self,
                          guint       n)
{
  g_return_val_if_fail (USHER_IS_TILES (self), NULL);
  g_return_val_if_fail (n < self->tiles->len, NULL);
  return usher_tile_get_view (get_nth (self, n));
}

UsherConversation *
usher_tiles_get_conversation (UsherTiles *self)
{
  g_return_val_if_fail (USHER_IS_TILES (self), NULL);
  return usher_tile_get_conversation (self->current);
}

gboolean
usher_tiles_has (UsherTiles        *self,
                 UsherConversation *conversation)
{
  g_return_val_if_fail (USHER_IS_TILES (self), FALSE);
  return find (self, conversation) != NULL;
}

void
usher_tiles_show (UsherTiles        *self,
                  UsherConversation *conversation,
                  gboolean           is_elsewhere)
{
  UsherTile *tile;

  g_return_if_fail (USHER_IS_TILES (self));
  tile = find (self, conversation);
  if (tile != NULL) {
    set_current (self, tile);
    return;
  }
  if (usher_tile_get_conversation (self->current) == conversation)
    return;
  usher_tile_set_conversation (self->current, conversation, is_elsewhere);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
usher_tiles_set_is_elsewhere (UsherTiles        *self,
                              UsherConversation *conversation,
                              gboolean           is_elsewhere)
{
  UsherTile *tile;

  g_return_if_fail (USHER_IS_TILES (self));
  tile = find (self, conversation);
  if (tile != NULL)
    usher_tile_set_conversation (tile, conversation, is_elsewhere);
}

gboolean
usher_tiles_split (UsherTiles        *self,
                   UsherConversation *conversation)
{
  UsherTile *tile;

  g_return_val_if_fail (USHER_IS_TILES (self), FALSE);
  if (self->tiles->len == USHER_TILES_MAX)
    return FALSE;
  tile = add_tile (self);
  usher_tile_set_conversation (tile, conversation, FALSE);
  set_current (self, tile);
  return TRUE;
}

gboolean
usher_tiles_close_current (UsherTiles *self)
{
  g_return_val_if_fail (USHER_IS_TILES (self), FALSE);
  if (self->tiles->len == 1)
    return FALSE;
  remove_tile (self, self->current);
  return TRUE;
}

void
usher_tiles_reset (UsherTiles *self)
{
  g_return_if_fail (USHER_IS_TILES (self));
  while (self->tiles->len > 1)
    remove_tile (self, get_nth (self, self->tiles->len - 1));
  usher_tiles_show (self, NULL, FALSE);
}

void
usher_tiles_set_reply_target (UsherTiles *self,
                              guint       target_s)
{
  g_return_if_fail (USHER_IS_TILES (self));
  self->reply_target_s = target_s;
  for (guint i = 0; i < self->tiles->len; i++)
    usher_tile_set_reply_target (get_nth (self, i), target_s);
}

void
usher_tiles_focus (UsherTiles *self)
{
  g_return_if_fail (USHER_IS_TILES (self));
  usher_tile_focus (self->current);
}

gboolean
usher_tiles_focus_by (UsherTiles *self,
                      int         step)
{
  int index;

  g_return_val_if_fail (USHER_IS_TILES (self), FALSE);
  index = (int) get_index (self) + step;
  if (index < 0 || index >= (int) self->tiles->len)
    return FALSE;
  set_current (self, get_nth (self, (guint) index));
  usher_tile_focus (self->current);
  return TRUE;
}

void
usher_tiles_make_current (UsherTiles *self,
                          gboolean    is_last)
{
  g_return_if_fail (USHER_IS_TILES (self));
  set_current (self, get_nth (self, is_last ? self->tiles->len - 1 : 0));
}
