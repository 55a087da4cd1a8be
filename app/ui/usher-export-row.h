/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-session.h"

G_BEGIN_DECLS

/** UsherExportRow: in the preferences: takes along what this computer holds, shows how far it is, and stops it. */
#define USHER_TYPE_EXPORT_ROW (usher_export_row_get_type ())
G_DECLARE_FINAL_TYPE (UsherExportRow, usher_export_row, USHER, EXPORT_ROW, AdwActionRow)

/** usher_export_row_set: once. */
void usher_export_row_set (UsherExportRow *self,
                           GSettings      *settings,
                           UsherSession   *session);

/** usher_export_row_choose: the folder that the agent chose. */
void usher_export_row_choose (UsherExportRow *self,
                              GFile          *folder);

G_END_DECLS
