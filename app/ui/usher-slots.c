/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-slots.h"

struct _UsherSlot {
  GObject parent_instance;

  gpointer item;
};

enum {
  PROP_ITEM = 1,
  N_PROPS,
};

static GParamSpec *pspecs[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherSlot, usher_slot, G_TYPE_OBJECT)

static void
usher_slot_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  if (prop_id == PROP_ITEM)
    g_value_set_object (value, USHER_SLOT (object)->item);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
usher_slot_dispose (GObject *object)
{
  g_clear_object (&USHER_SLOT (object)->item);
  G_OBJECT_CLASS (usher_slot_parent_class)->dispose (object);
}

static void
usher_slot_class_init (UsherSlotClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = usher_slot_get_property;
  object_class->dispose = usher_slot_dispose;
  pspecs[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, G_TYPE_OBJECT,
                                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, pspecs);
}

static void
usher_slot_init (UsherSlot *self)
{
}

gpointer
usher_slot_get_item (UsherSlot *self)
{
  g_return_val_if_fail (USHER_IS_SLOT (self), NULL);
  return self->item;
}

/* --- All places ------------------------------------------------------------------------------------------- */

struct _UsherSlots {
  GObject parent_instance;

  GListModel *model;
  GPtrArray *slots;
};

static GType
get_item_type (GListModel *list)
{
  return USHER_TYPE_SLOT;
}

static guint
get_n_items (GListModel *list)
{
  return USHER_SLOTS (list)->slots->len;
}

static gpointer
get_item (GListModel *list,
          guint       position)
{
  GPtrArray *slots = USHER_SLOTS (list)->slots;

  return position < slots->len ? g_object_ref (g_ptr_array_index (slots, position)) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (UsherSlots,
                               usher_slots,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
insert_slots (UsherSlots *self,
              guint       position,
              guint       n)
{
  guint n_behind = self->slots->len - position;

  if (n == 0) /* an empty array is nowhere */
    return;
  g_ptr_array_set_size (self->slots, (int) (self->slots->len + n));
  memmove (&self->slots->pdata[position + n], &self->slots->pdata[position],
           n_behind * sizeof self->slots->pdata[0]);
  for (guint i = 0; i < n; i++) {
    UsherSlot *slot = g_object_new (USHER_TYPE_SLOT, NULL);

    slot->item = g_list_model_get_item (self->model, position + i);
    self->slots->pdata[position + i] = slot;
  }
}

/* How many places there are is said first: who hears of another item finds its neighbours. */
static void
items_changed_cb (UsherSlots *self,
                  guint       position,
                  guint       n_removed,
                  guint       n_added)
{
  guint n_kept = MIN (n_removed, n_added);

  n_removed -= n_kept;
  n_added -= n_kept;
  if (n_removed > 0)
    g_ptr_array_remove_range (self->slots, position, n_removed);
  insert_slots (self, position, n_added);
  if (n_removed + n_added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
  for (guint i = position + n_added; i < position + n_added + n_kept; i++) {
    UsherSlot *slot = g_ptr_array_index (self->slots, i);
    g_autoptr (GObject) item = g_list_model_get_item (self->model, i);

    if (g_set_object (&slot->item, item))
      g_object_notify_by_pspec (G_OBJECT (slot), pspecs[PROP_ITEM]);
  }
}

static void
usher_slots_dispose (GObject *object)
{
  UsherSlots *self = USHER_SLOTS (object);

  g_clear_object (&self->model);
  g_clear_pointer (&self->slots, g_ptr_array_unref);
  G_OBJECT_CLASS (usher_slots_parent_class)->dispose (object);
}

static void
usher_slots_class_init (UsherSlotsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = usher_slots_dispose;
}

static void
usher_slots_init (UsherSlots *self)
{
  self->slots = g_ptr_array_new_with_free_func (g_object_unref);
}

UsherSlots *
usher_slots_new (GListModel *model)
{
  UsherSlots *self = g_object_new (USHER_TYPE_SLOTS, NULL);

  self->model = g_object_ref (model);
  insert_slots (self, 0, g_list_model_get_n_items (model));
  g_signal_connect_object (model, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}
