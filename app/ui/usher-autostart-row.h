/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-autostart.h"

G_BEGIN_DECLS

/** UsherAutostartRow: a switch of the preferences: whether the program starts with the desktop. When that cannot be, it says why. */
#define USHER_TYPE_AUTOSTART_ROW (usher_autostart_row_get_type ())
G_DECLARE_FINAL_TYPE (UsherAutostartRow, usher_autostart_row, USHER, AUTOSTART_ROW, AdwActionRow)

/** usher_autostart_row_set: once. */
void usher_autostart_row_set (UsherAutostartRow *self,
                              UsherAutostart    *autostart);

G_END_DECLS
