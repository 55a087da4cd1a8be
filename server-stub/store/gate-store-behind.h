/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * GateBehind:
 *
 * What happens behind the commit, on a thread and handles of its own: the WAL is carried into the database
 * (checkpoint), and new lines into the search index. Neither can hold up a commit for longer than a checkpoint's
 * last pages take.
 */
typedef struct _GateBehind GateBehind;

GateBehind *gate_behind_start (const char  *dir,
                               GError     **error) G_GNUC_WARN_UNUSED_RESULT;

/** gate_behind_stop: what was not indexed yet is so at the next start */
void gate_behind_stop (GateBehind *self);

/**
 * gate_behind_begin_write: around each batch of the writer. (thread-safe) Between two of them the WAL is brought to an end
 * when it has grown long; the writer waits for that here, some milliseconds.
 */
void gate_behind_begin_write (GateBehind *self);
void gate_behind_end_write (GateBehind *self);

/** gate_behind_committed: something was committed; the WAL has now @wal_pages. (thread-safe) */
void gate_behind_committed (GateBehind *self,
                            int         wal_pages);

G_END_DECLS
