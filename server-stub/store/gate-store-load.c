/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-store-db.h"
#include "gate-store-find-private.h"

#define FIRST_ARENA_BYTES ((gsize) 64 * 1024)

/* Tables are read whole: they are counted first, in the same transaction. */
static int
count (sqlite3    *db,
       const char *sql,
       gint64      parameter)
{
  sqlite3_stmt *statement = NULL;
  int n = -1;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK) {
    if (sqlite3_bind_parameter_count (statement) > 0)
      sqlite3_bind_int64 (statement, 1, parameter);
    if (sqlite3_step (statement) == SQLITE_ROW)
      n = sqlite3_column_int (statement, 0);
  }
  sqlite3_finalize (statement);
  return n;
}

static gboolean
load_number (sqlite3    *db,
             const char *sql,
             guint64    *ret_value)
{
  sqlite3_stmt *statement = NULL;
  gboolean is_good = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK &&
                     sqlite3_step (statement) == SQLITE_ROW;

  if (is_good)
    *ret_value = (guint64) sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return is_good;
}

static gboolean
load_convs (sqlite3      *db,
            GateSnapshot *to)
{
  g_autofree char *sql = gate_finder_dup_conv_select ("WHERE state <> 5 ORDER BY conv");
  int n = count (db, "SELECT count (*) FROM conv WHERE state <> 5", 0);
  sqlite3_stmt *statement = NULL;
  gboolean is_good = FALSE;

  if (n >= 0 && sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK)
    is_good = gate_finder_collect_convs (statement, (guint) n, to->arena, &to->convs,
                                         &to->n_convs) == SQLITE_OK;
  sqlite3_finalize (statement);
  return is_good;
}

typedef struct {
  const GateTable *table;
  gsize row_bytes;
  const char *count_sql;
  const char *tail;
} WholeTable;

static gboolean
load_table (sqlite3          *db,
            const WholeTable *whole,
            gint64            parameter,
            WireArena        *arena,
            gpointer         *ret_rows,
            guint            *ret_n_rows)
{
  g_autofree char *sql = gate_table_dup_select (whole->table, whole->tail);
  int n = count (db, whole->count_sql, parameter);
  sqlite3_stmt *statement = NULL;
  gboolean is_good = FALSE;

  if (n >= 0 && sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK) {
    if (sqlite3_bind_parameter_count (statement) > 0)
      sqlite3_bind_int64 (statement, 1, parameter);
    is_good = gate_finder_collect (statement, whole->table, whole->row_bytes, (guint) n, arena,
                                   ret_rows, ret_n_rows) == SQLITE_OK;
  }
  sqlite3_finalize (statement);
  return is_good;
}

static const WholeTable agents = { &gate_table_agent, sizeof (GateAgentRow),
                                   "SELECT count (*) FROM agent", "ORDER BY agent" };
static const WholeTable tokens = { &gate_table_token, sizeof (GateTokenRow),
                                   "SELECT count (*) FROM token WHERE expires > ?1",
                                   "WHERE expires > ?1" };
static const WholeTable apps = { &gate_table_app, sizeof (GateAppRow), "SELECT count (*) FROM app",
                                 "ORDER BY key" };

static const WholeTable blocks = { &gate_table_block, sizeof (GateBlockRow),
                                   "SELECT count (*) FROM visitor WHERE blocked_until > 0 AND "
                                   "blocked_until > ?1",
                                   "WHERE blocked_until > 0 AND blocked_until > ?1" };

static const WholeTable merges = { &gate_table_merge, sizeof (GateMergeRow),
                                   "SELECT count (*) FROM merged", "ORDER BY ts, visitor" };

#define STANDS_MERGED \
  "WHERE visitor IN (SELECT visitor FROM merged UNION SELECT into_visitor FROM merged)"
static const WholeTable names = { &gate_table_name, sizeof (GateNameRow),
                                  "SELECT count (*) FROM visitor " STANDS_MERGED, STANDS_MERGED };

static gboolean
load_all (sqlite3      *db,
          gint64        now_ms,
          GateSnapshot *to)
{
  gpointer rows[6];

  if (!load_convs (db, to) || !load_table (db, &agents, 0, to->arena, &rows[0], &to->n_agents) ||
      !load_table (db, &tokens, now_ms, to->arena, &rows[1], &to->n_tokens) ||
      !load_table (db, &apps, 0, to->arena, &rows[2], &to->n_apps) ||
      !load_table (db, &blocks, now_ms, to->arena, &rows[3], &to->n_blocks) ||
      !load_table (db, &merges, 0, to->arena, &rows[4], &to->n_merges) ||
      !load_table (db, &names, 0, to->arena, &rows[5], &to->n_names))
    return FALSE;
  to->agents = rows[0];
  to->tokens = rows[1];
  to->apps = rows[2];
  to->blocks = rows[3];
  to->merges = rows[4];
  to->names = rows[5];
  to->log = gate_store_db_get_log (db);
  return load_number (db, "SELECT ifnull (max (conv), 0) + 1 FROM conv", &to->next_conv) &&
         load_number (db, "SELECT ifnull (max (agent), 0) + 1 FROM agent", &to->next_agent);
}

GateSnapshot *
gate_finder_load (sqlite3  *db,
                  gint64    now_ms,
                  GError  **error)
{
  g_autoptr (WireArena) arena = wire_arena_new (FIRST_ARENA_BYTES);
  GateSnapshot *self = wire_arena_new0 (arena, GateSnapshot);
  gboolean is_good;

  self->arena = arena;
  is_good =
    sqlite3_exec (db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK && load_all (db, now_ms, self);
  if (!is_good)
    gate_store_db_set_error (db, "Cannot read the database", error);
  if (!sqlite3_get_autocommit (db))
    sqlite3_exec (db, "COMMIT", NULL, NULL, NULL);
  if (!is_good)
    return NULL;
  g_steal_pointer (&arena);
  return self;
}
