/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GateSlab:
 *
 * Objects of one size, found by index. Memory comes from the system in blocks and goes back in blocks: a block whose
 * objects are all free is unmapped, but for one spare, so that a connect storm leaves nothing behind. The lowest
 * free index of the lowest block with room is used first, which keeps blocks at the end empty.
 *
 * Fresh objects are zeroed. Not thread-safe.
 */
typedef struct _GateSlab GateSlab;

/**
 * gate_slab_new:
 * @object_bytes: size of an object; rounded up to 8
 * @max_objects: most objects at one time, the allocation's written limit
 */
GateSlab *gate_slab_new (gsize object_bytes,
                         guint max_objects) G_GNUC_WARN_UNUSED_RESULT;
void gate_slab_free (GateSlab *self);

/** gate_slab_take: (nullable): a zeroed object and its index; %NULL when @max_objects are in use. */
gpointer gate_slab_take (GateSlab *self,
                         guint    *ret_index) G_GNUC_WARN_UNUSED_RESULT;
void gate_slab_give_back (GateSlab *self,
                          guint     index);

/** gate_slab_get: (nullable): the object in use at @index; %NULL for any other number. O(1). */
gpointer gate_slab_get (const GateSlab *self,
                        guint           index);

guint gate_slab_get_n_used (const GateSlab *self);

/** gate_slab_get_bytes: what is mapped now. */
gsize gate_slab_get_bytes (const GateSlab *self);

/** gate_slab_foreach: every object in use; @func may give back the one it is called with. */
void gate_slab_foreach (GateSlab *self,
                        void (*func) (gpointer object, guint index, gpointer user_data),
                        gpointer  user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GateSlab, gate_slab_free)

G_END_DECLS
