/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UsherSlot:
 *
 * A place in a list, whose `item` may become another one. Who shows a slot listens to it.
 */
#define USHER_TYPE_SLOT (usher_slot_get_type ())
G_DECLARE_FINAL_TYPE (UsherSlot, usher_slot, USHER, SLOT, GObject)

/** usher_slot_get_item: (transfer none): what stands there now. */
gpointer usher_slot_get_item (UsherSlot *self);

/**
 * UsherSlots:
 *
 * The places of a list model: as many, in its order. When items are replaced by others their places stay, the last ones first. A list view drops the
 * row widget of an item that is gone and makes one for an item that came; of a place it keeps it. That is what makes changing chats quick.
 */
#define USHER_TYPE_SLOTS (usher_slots_get_type ())
G_DECLARE_FINAL_TYPE (UsherSlots, usher_slots, USHER, SLOTS, GObject)

/** usher_slots_new: @model: (transfer none): of any objects */
UsherSlots *usher_slots_new (GListModel *model) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
