/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** UsherExportTell: on the thread of the export, not too often: @done of @total lines are written. */
typedef void (*UsherExportTell) (guint64 done, guint64 total, gpointer user_data);

/**
 * usher_export_run: every chat of which lines are held, their notes apart, and the settings, as JSON and as pages.
 * @cache_path: the database, which is only read, through a connection of its own: the store goes on meanwhile
 * @folder: where the folder of the export is made
 * @settings: JSON text
 *
 * Blocks, for seconds when there are a million lines; holds one line at a time. The folder has its name only when it is whole; after an
 * error, or when @cancellable says so, nothing of it is left. Errors are of %G_IO_ERROR or %USHER_STORE_ERROR.
 *
 * Returns: (transfer full): the path of what was written
 */
char *usher_export_run (const char       *cache_path,
                        const char       *folder,
                        const char       *settings,
                        GCancellable     *cancellable,
                        UsherExportTell   tell,
                        gpointer          tell_data,
                        GError          **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
