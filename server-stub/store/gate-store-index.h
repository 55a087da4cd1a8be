/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * GateIndex:
 *
 * Feeds search.db from usher.db, behind the commit. What was fed and how far it came are one transaction, so it
 * goes on where it stopped; an index of another usher.db is emptied and fed again.
 */
typedef struct _GateIndex GateIndex;

/** gate_index_new: @usher (mode %GATE_DB_BEHIND) and @search must outlive the index */
GateIndex *
gate_index_new (sqlite3 *usher, sqlite3 *search, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void gate_index_free (GateIndex *self);

/** gate_index_feed: takes up to @limit rows; how many it was, -1 with @error set. Less than @limit: it is up to date. */
int gate_index_feed (GateIndex  *self,
                     guint       limit,
                     GError    **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GateIndex, gate_index_free)

G_END_DECLS
