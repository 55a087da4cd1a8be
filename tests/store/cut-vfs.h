/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A file system for SQLite that remembers what was synced and what was not, so that power can be cut: at the cut each
 * write since the last sync of its file is dropped, kept, or torn at sectors of 512 bytes, each by itself, so also out
 * of order; a truncation is dropped or kept. Files live in memory; so does the WAL's shared memory, which a cut forgets.
 *
 * It is the default VFS once installed. One thread.
 */

void cut_vfs_install (void);

/* Forgets all files. All databases must be closed. */
void cut_vfs_reset (void);

/* Dies at the @n-th write, truncate or sync from now: that one and all that follow fail. 0 = never. */
void cut_vfs_arm (guint n);
gboolean cut_vfs_is_dead (void);

/* Cuts the power now, if it has not died yet. Close all databases, then call cut_vfs_restore(). */
void cut_vfs_cut (void);

/* Power is back: what is left of each file is decided. */
void cut_vfs_restore (GRand *random);

/* A disk that lies: syncs answer and do nothing. */
void cut_vfs_set_lying (gboolean is_lying);

/* A disk of so many bytes: what grows a file beyond them is answered SQLITE_FULL. -1 = no limit. */
void cut_vfs_set_space (gint64 n_bytes);
gint64 cut_vfs_get_used (void);

G_END_DECLS
