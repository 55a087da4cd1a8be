/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UsherTail:
 *
 * The end of a list model, and by and by more of it: a chat is on the screen in one frame when its last lines are enough for the first. What is
 * added below shows at once; what changes above, where nothing is shown yet, does not.
 */
#define USHER_TYPE_TAIL (usher_tail_get_type ())
G_DECLARE_FINAL_TYPE (UsherTail, usher_tail, USHER, TAIL, GObject)

/** usher_tail_new: @n_items: how many of the last are shown to begin with */
UsherTail *usher_tail_new (GListModel *model,
                           guint       n_items) G_GNUC_WARN_UNUSED_RESULT;

/** usher_tail_reveal: shows @n_items more. Returns: whether there are others. */
gboolean usher_tail_reveal (UsherTail *self,
                            guint      n_items);

/** usher_tail_is_whole: whether nothing is hidden. */
gboolean usher_tail_is_whole (UsherTail *self);

G_END_DECLS
