/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-tail.h"

struct _UsherTail {
  GObject parent_instance;

  GListModel *model;
  guint n_hidden; /* the first ones */
};

static GType
get_item_type (GListModel *list)
{
  return g_list_model_get_item_type (USHER_TAIL (list)->model);
}

static guint
get_n_items (GListModel *list)
{
  UsherTail *self = USHER_TAIL (list);

  return g_list_model_get_n_items (self->model) - self->n_hidden;
}

static gpointer
get_item (GListModel *list,
          guint       position)
{
  UsherTail *self = USHER_TAIL (list);

  return g_list_model_get_item (self->model, position + self->n_hidden);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (UsherTail,
                               usher_tail,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
items_changed_cb (UsherTail *self,
                  guint      position,
                  guint      n_removed,
                  guint      n_added)
{
  guint n_below;

  if (position >= self->n_hidden) {
    g_list_model_items_changed (G_LIST_MODEL (self), position - self->n_hidden, n_removed, n_added);
    return;
  }
  if (position + n_removed <= self->n_hidden) {
    self->n_hidden += n_added - n_removed;
    return;
  }
  /* Over the edge: what came in its place is shown. */
  n_below = position + n_removed - self->n_hidden;
  self->n_hidden = position;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_below, n_added);
}

static void
usher_tail_dispose (GObject *object)
{
  g_clear_object (&USHER_TAIL (object)->model);
  G_OBJECT_CLASS (usher_tail_parent_class)->dispose (object);
}

static void
usher_tail_class_init (UsherTailClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = usher_tail_dispose;
}

static void
usher_tail_init (UsherTail *self)
{
}

UsherTail *
usher_tail_new (GListModel *model,
                guint       n_items)
{
  UsherTail *self = g_object_new (USHER_TYPE_TAIL, NULL);
  guint n = g_list_model_get_n_items (model);

  self->model = g_object_ref (model);
  self->n_hidden = n > n_items ? n - n_items : 0;
  g_signal_connect_object (model, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

gboolean
usher_tail_reveal (UsherTail *self,
                   guint      n_items)
{
  g_return_val_if_fail (USHER_IS_TAIL (self), FALSE);
  n_items = MIN (n_items, self->n_hidden);
  self->n_hidden -= n_items;
  if (n_items > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, n_items);
  return self->n_hidden > 0;
}

gboolean
usher_tail_is_whole (UsherTail *self)
{
  g_return_val_if_fail (USHER_IS_TAIL (self), TRUE);
  return self->n_hidden == 0;
}
