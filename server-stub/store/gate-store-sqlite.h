/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-store.h"

#include "gate-mailbox.h"

G_BEGIN_DECLS

/**
 * gate_store_sqlite_open:
 * @dir: the data folder; usher.db and search.db are made in it, mode 0600
 * @loop: the core's loop; results arrive there
 * @done: who hears of them
 * @error: return location for a %GATE_STORE_ERROR
 *
 * One thread owns the one writing handle (WAL, synchronous=FULL), one more the reading handle, one more the index.
 */
GateStore *gate_store_sqlite_open (const char           *dir,
                                   GateLoop             *loop,
                                   const GateStoreDone  *done,
                                   gpointer              user_data,
                                   GError              **error) G_GNUC_WARN_UNUSED_RESULT;

/** gate_store_sqlite_close: waits until what was submitted is committed. */
void gate_store_sqlite_close (GateStore *store);

/** gate_store_sqlite_get_commits: how many batches were committed, and the last error; for /readyz. (thread-safe) */
gboolean gate_store_sqlite_is_writable (GateStore *store);

G_END_DECLS
