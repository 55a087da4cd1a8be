/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** UsherChips: the labels of a conversation in one line: the first ones, then how many more there are. Hidden while there are none. */
#define USHER_TYPE_CHIPS (usher_chips_get_type ())
G_DECLARE_FINAL_TYPE (UsherChips, usher_chips, USHER, CHIPS, GtkWidget)

/**
 * usher_chips_set:
 * @tags: (nullable) (array zero-terminated=1)
 * @n_most: so many are shown by name
 */
void usher_chips_set (UsherChips        *self,
                      const char *const *tags,
                      guint              n_most);

G_END_DECLS
