/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/*
 * Who works on a data folder, and who is next. Both are locks that end with their process, however it ends.
 */

/**
 * gate_store_dir_lock:
 *
 * Returns: (transfer full): a descriptor that holds the folder for this process; -1 with @error set
 */
int gate_store_dir_lock (const char  *dir,
                         GError     **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * gate_store_dir_queue:
 *
 * Says that this process waits for the folder, so that the one that holds it can let go early. One can wait.
 *
 * Returns: (transfer full): a descriptor; -1 with @error set
 */
int gate_store_dir_queue (const char  *dir,
                          GError     **error) G_GNUC_WARN_UNUSED_RESULT;

/** gate_store_dir_get_next: the process that waits for the folder; 0 = none. */
pid_t gate_store_dir_get_next (const char *dir);

G_END_DECLS
