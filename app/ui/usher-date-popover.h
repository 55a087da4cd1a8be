/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * UsherDatePopover:
 *
 * A calendar in which a day is chosen: the arrows move by a day and a week, Page Up and Page Down by a month, Enter chooses, Esc closes.
 *
 * Signal `picked` (GDateTime *): its first moment, local time
 */
#define USHER_TYPE_DATE_POPOVER (usher_date_popover_get_type ())
G_DECLARE_FINAL_TYPE (UsherDatePopover, usher_date_popover, USHER, DATE_POPOVER, GtkPopover)

/** usher_date_popover_popup: (transfer none): at the top of @origin, which holds it until it is closed. */
UsherDatePopover *usher_date_popover_popup (GtkWidget *origin,
                                            GDateTime *start);

G_END_DECLS
