/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-store-columns.h"
#include "gate-store-find.h"

G_BEGIN_DECLS

#define GATE_PAGE_MAX_ROWS  200 /* of anything, whatever the query asks; PROTOCOLS.md 2d.7 */
#define GATE_SEARCH_DEFAULT 30

typedef struct {
  sqlite3_stmt *begin, *end;
  sqlite3_stmt *conv, *conv_of_visitor, *closed_all, *closed_mine;
  sqlite3_stmt *cid_of_visitor;
  sqlite3_stmt *page_up, *page_down, *head, *notes, *events;
  sqlite3_stmt *media, *media_hash, *visitor;
  sqlite3_stmt *people, *convs_of_people, *people_same, *people_like;
  sqlite3_stmt *search_words, *search_all, *indexed_to;
} GateFinderStatements;

struct _GateFinder {
  sqlite3 *db;
  GateFinderStatements statements;
  char *error;
};

/** gate_finder_collect: steps @statement and reads each row to @table's struct; at most @limit, which fits in memory */
int gate_finder_collect (sqlite3_stmt    *statement,
                         const GateTable *table,
                         gsize            row_bytes,
                         guint            limit,
                         WireArena       *arena,
                         gpointer        *ret_rows,
                         guint           *ret_n_rows);

/** gate_finder_collect_convs: the same for whole conversation rows */
int gate_finder_collect_convs (sqlite3_stmt  *statement,
                               guint          limit,
                               WireArena     *arena,
                               GateConvRow  **ret_rows,
                               guint         *ret_n_rows);

/** gate_finder_dup_conv_select: (transfer full): "SELECT both halves of the row FROM conv " and @tail */
char *gate_finder_dup_conv_select (const char *tail) G_GNUC_WARN_UNUSED_RESULT;

/** gate_finder_dup_queues: (nullable): the queues of @query as a JSON array in its arena, for json_each() */
const char *gate_finder_dup_queues (const GateQuery *query);

/** gate_finder_prepare_people: their statements */
gboolean gate_finder_prepare_people (GateFinder  *self,
                                     GError     **error);

/* One step of sqlite's result codes into ours: SQLITE_OK or the error. Each resets its statements. */
int gate_finder_history (GateFinder *self,
                         GateQuery  *query);
int gate_finder_search (GateFinder *self,
                        GateQuery  *query);
int gate_finder_people (GateFinder *self,
                        GateQuery  *query);
int gate_finder_people_like (GateFinder *self,
                             GateQuery  *query);

/** gate_finder_dup_page: (transfer full): SQL of a page of history; @order is "ASC" or "DESC" */
char *gate_finder_dup_page (const char *order) G_GNUC_WARN_UNUSED_RESULT;

extern const char gate_sql_search_words[];
extern const char gate_sql_search_all[];

G_END_DECLS
