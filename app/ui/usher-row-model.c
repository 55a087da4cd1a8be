/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-row-model.h"

struct _UsherRowModel {
  GObject parent_instance;

  GListModel *model;
  guint n_before; /* rows when it was frozen */
  gboolean is_frozen;
  gboolean has_changed;
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (UsherRowModel,
                               usher_row_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GType
get_item_type (GListModel *model)
{
  return G_TYPE_OBJECT;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (USHER_ROW_MODEL (model)->model);
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  return g_list_model_get_item (USHER_ROW_MODEL (model)->model, position);
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
items_changed_cb (UsherRowModel *self,
                  guint          position,
                  guint          n_removed,
                  guint          n_added)
{
  if (self->is_frozen)
    self->has_changed = TRUE;
  else
    g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

static void
usher_row_model_finalize (GObject *object)
{
  g_object_unref (USHER_ROW_MODEL (object)->model);
  G_OBJECT_CLASS (usher_row_model_parent_class)->finalize (object);
}

static void
usher_row_model_class_init (UsherRowModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = usher_row_model_finalize;
}

static void
usher_row_model_init (UsherRowModel *self)
{
}

UsherRowModel *
usher_row_model_new (GListModel *model)
{
  UsherRowModel *self = g_object_new (USHER_TYPE_ROW_MODEL, NULL);

  self->model = model;
  g_signal_connect_object (model, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}

void
usher_row_model_freeze (UsherRowModel *self)
{
  g_return_if_fail (USHER_IS_ROW_MODEL (self));
  g_return_if_fail (!self->is_frozen);
  self->is_frozen = TRUE;
  self->has_changed = FALSE;
  self->n_before = g_list_model_get_n_items (self->model);
}

void
usher_row_model_thaw (UsherRowModel *self)
{
  g_return_if_fail (USHER_IS_ROW_MODEL (self));
  g_return_if_fail (self->is_frozen);
  self->is_frozen = FALSE;
  if (self->has_changed)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, self->n_before,
                                g_list_model_get_n_items (self->model));
}
