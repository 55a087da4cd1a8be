/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-store.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * GateWriter:
 *
 * The writing half of the store without its thread: a handle and every statement prepared on it. Used by the
 * store's writer thread, by usherctl for its simulated data and by the tests.
 */
typedef struct _GateWriter GateWriter;

/** gate_writer_new: @db of mode %GATE_DB_WRITE; it stays the caller's and must outlive the writer */
GateWriter *gate_writer_new (sqlite3  *db,
                             GError  **error) G_GNUC_WARN_UNUSED_RESULT;
void gate_writer_free (GateWriter *self);

/**
 * gate_writer_apply:
 *
 * One transaction: all of @batch is committed and synced, or nothing of it is kept. Results are filled in place and
 * the status is also left in the batch. A batch that failed leaves the writer ready for the next.
 */
GateStoreStatus gate_writer_apply (GateWriter *self,
                                   GateBatch  *batch);

/** gate_writer_is_bug: whether the last batch failed for what it asked, not for the disk */
gboolean gate_writer_is_bug (const GateWriter *self);

/** gate_writer_get_error: (nullable): what made the last batch fail, for the log */
const char *gate_writer_get_error (const GateWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GateWriter, gate_writer_free)

G_END_DECLS
