/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wire-buffer.h"

G_BEGIN_DECLS

/**
 * UsherExportFile:
 *
 * One file of an export, written a piece at a time. All zero is a valid closed one. The first error stays: what is added after it goes
 * nowhere, and closing tells it.
 */
typedef struct {
  WireBuffer buffer;
  GOutputStream *stream;
  GError *error;
} UsherExportFile;

/** usher_export_file_open: makes @name (0600), which may have a folder in it, in @dir. */
void usher_export_file_open (UsherExportFile *self,
                             const char      *dir,
                             const char      *name);
gboolean usher_export_file_close (UsherExportFile  *self,
                                  GError          **error);

/** usher_export_file_clear: lets go of it, written or not. */
void usher_export_file_clear (UsherExportFile *self);
void usher_export_file_text (UsherExportFile *self,
                             const char      *text);
void usher_export_file_number (UsherExportFile *self,
                               guint64          number);

/** usher_export_file_json: @text: (nullable): as a JSON string, or null */
void usher_export_file_json (UsherExportFile *self,
                             const char      *text);

/** usher_export_file_json_id: a JSON string: not every program has numbers that large. */
void usher_export_file_json_id (UsherExportFile *self,
                                guint64          id);

/** usher_export_file_json_time: @ts_us as RFC 3339 in UTC; 0: null */
void usher_export_file_json_time (UsherExportFile *self,
                                  gint64           ts_us);

/** usher_export_file_html: @text: (nullable): as text of a page, never as markup */
void usher_export_file_html (UsherExportFile *self,
                             const char      *text);

/** usher_export_file_html_time: date and time of the day where this computer is */
void usher_export_file_html_time (UsherExportFile *self,
                                  gint64           ts_us);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (UsherExportFile, usher_export_file_clear)

G_END_DECLS
