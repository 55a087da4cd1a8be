/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-store.h"

#include "gate-mailbox.h"
#include "gate-store-db.h"

G_BEGIN_DECLS

/**
 * gate_store_sqlite_open:
 * @dir: the data folder, mode 0700, made when missing; usher.db and search.db are in it, mode 0600
 * @loop: the core's loop; results arrive there
 * @done: who hears of them; copied
 * @error: return location for a %GATE_STORE_ERROR
 *
 * One thread owns the one writing handle (WAL, synchronous=FULL), two answer queries (search apart, so that a long
 * one holds up no page of history), one carries the WAL over and feeds the index.
 *
 * Returns: (transfer full) (nullable): close it with gate_store_sqlite_close()
 */
GateStore *gate_store_sqlite_open (const char           *dir,
                                   GateLoop             *loop,
                                   const GateStoreDone  *done,
                                   gpointer              user_data,
                                   GError              **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * gate_store_sqlite_close: waits until what was submitted is committed; results that had not been received are
 * handed to GateStoreDone before it returns.
 */
void gate_store_sqlite_close (GateStore *store);

/**
 * gate_store_sqlite_is_writable: whether the last commit went well; for /readyz. After one that did not, the store
 * tries by itself once a second whether it does again. (thread-safe)
 */
gboolean gate_store_sqlite_is_writable (GateStore *store);

/** gate_store_snapshot_free: gives back what GateStore.load returned */
void gate_store_snapshot_free (GateSnapshot *snapshot);

G_END_DECLS
