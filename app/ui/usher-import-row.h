/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** UsherImportRow: in the preferences: takes canned replies and views over from the settings.json of an export. */
#define USHER_TYPE_IMPORT_ROW (usher_import_row_get_type ())
G_DECLARE_FINAL_TYPE (UsherImportRow, usher_import_row, USHER, IMPORT_ROW, AdwActionRow)

/** usher_import_row_set: once. */
void usher_import_row_set (UsherImportRow *self,
                           GSettings      *settings);

/** usher_import_row_choose: the file that the agent chose. */
void usher_import_row_choose (UsherImportRow *self,
                              GFile          *file);

G_END_DECLS
