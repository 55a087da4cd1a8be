/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * wire_fts_register: makes FTS5's tokenizer `usher` known to @db.
 *
 * Documents: each word; each CJK character, and at the same position the pair it begins. Queries: words; a run of
 * CJK characters as its pairs, one a position, so that "退款申请" in quotes is the phrase 退款 款申 申请, and a single
 * character as itself. Returns %FALSE when this SQLite was built without FTS5.
 */
gboolean wire_fts_register (sqlite3 *db) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
