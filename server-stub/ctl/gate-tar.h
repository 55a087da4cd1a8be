/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * As much of tar (POSIX ustar) as a backup needs: plain files with names below 100 bytes. Any tar reads what is written
 * here; what is read here was written here, and everything else is refused.
 */

#define GATE_TAR_MAX_NAME 100

#define GATE_TAR_ERROR (gate_tar_error_quark ())
GQuark gate_tar_error_quark (void);

typedef enum {
  GATE_TAR_ERROR_IO,
  GATE_TAR_ERROR_FORMAT, /* no backup, or a damaged one */
} GateTarError;

/** gate_tar_add: appends the file @path to the archive @fd as @name */
gboolean
gate_tar_add (int fd, const char *name, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** gate_tar_end: what ends an archive; then it is synced */
gboolean gate_tar_end (int      fd,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * GateTarFunc: told of each file in turn.
 * @name: relative, without "..", "." or empty parts
 *
 * Returns: (transfer full) (nullable): the path to write it to; %NULL to skip it
 */
typedef char *(*GateTarFunc) (const char *name, gint64 n_bytes, gpointer user_data);

/** gate_tar_read: walks the archive @fd; files are made anew with mode 0600 and synced. */
gboolean gate_tar_read (int fd, GateTarFunc func, gpointer user_data, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
