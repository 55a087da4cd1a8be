/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-store.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * GateFinder:
 *
 * The reading half of the store without its threads: a handle of its own and the statements of every query.
 */
typedef struct _GateFinder GateFinder;

/** gate_finder_new: @db of mode %GATE_DB_READ with search.db attached; it must outlive the finder */
GateFinder *gate_finder_new (sqlite3  *db,
                             GError  **error) G_GNUC_WARN_UNUSED_RESULT;
void gate_finder_free (GateFinder *self);

/** gate_finder_run: fills what @query asks from its arena, on one consistent view of the database */
GateStoreStatus gate_finder_run (GateFinder *self,
                                 GateQuery  *query);

/** gate_finder_get_error: (nullable): what made the last query fail, for the log */
const char *gate_finder_get_error (const GateFinder *self);

/** gate_finder_load: (transfer full): the core's state at start; tokens that live after @now_ms */
GateSnapshot *
gate_finder_load (sqlite3 *db, gint64 now_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GateFinder, gate_finder_free)

G_END_DECLS
