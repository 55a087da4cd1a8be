/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-handover-item.h"

G_BEGIN_DECLS

/** UsherHandoverRow: one chat that is handed over: whose it is, its brief, who is to have it, and how far that is. */
#define USHER_TYPE_HANDOVER_ROW (usher_handover_row_get_type ())
G_DECLARE_FINAL_TYPE (UsherHandoverRow, usher_handover_row, USHER, HANDOVER_ROW, GtkWidget)

GtkWidget *usher_handover_row_new (void);

/** usher_handover_row_set_item: (nullable) */
void usher_handover_row_set_item (UsherHandoverRow  *self,
                                  UsherHandoverItem *item);

/** usher_handover_row_set_targets: as of usher_targets_new(); who was chosen stays chosen. */
void usher_handover_row_set_targets (UsherHandoverRow *self,
                                     GListModel       *targets);

G_END_DECLS
