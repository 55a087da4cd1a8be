/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-store-index.h"

#include "gate-store-db.h"

#include <string.h>

struct _GateIndex {
  sqlite3 *usher;
  sqlite3 *search;
  sqlite3_stmt *next, *text_before;
  sqlite3_stmt *begin, *commit, *rollback, *add, *take_out, *save;
  gint64 last_id;
  gint64 indexed_to;
};

/* Messages and notes by the order in which they were committed. `line_id` is the id of the line a row is about. */
static const char sql_next[] =
  "SELECT m.id, m.ts, m.text, m.flags, ifnull (l.id, m.id), m.conv, m.replaces "
  "FROM (SELECT * FROM message WHERE id > ?1 ORDER BY id LIMIT ?2) m "
  "LEFT JOIN message l ON l.conv = m.conv AND l.seq = m.replaces AND m.replaces <> 0 "
  "UNION ALL "
  "SELECT id, ts, text, 0, id, conv, 0 "
  "FROM (SELECT * FROM note WHERE id > ?1 ORDER BY id LIMIT ?2) "
  "ORDER BY 1 LIMIT ?2";

/* What stands in the index for a line: its text as of the last row about it below ?3. NULL after a recall. */
static const char sql_text_before[] =
  "SELECT text, flags & 4 FROM message WHERE conv = ?1 AND id < ?3 "
  "AND (seq = ?2 OR (replaces = ?2 AND replaces <> 0)) ORDER BY flags & 4 DESC, id DESC LIMIT 1";

static gboolean
prepare_all (GateIndex  *self,
             GError    **error)
{
  const struct {
    sqlite3 *db;
    sqlite3_stmt **statement;
    const char *sql;
  } all[] = {
    { self->usher, &self->next, sql_next },
    { self->usher, &self->text_before, sql_text_before },
    { self->search, &self->begin, "BEGIN IMMEDIATE" },
    { self->search, &self->commit, "COMMIT" },
    { self->search, &self->rollback, "ROLLBACK" },
    { self->search, &self->add, "INSERT INTO line (rowid, text) VALUES (?1, ?2)" },
    { self->search, &self->take_out,
      "INSERT INTO line (line, rowid, text) VALUES ('delete', ?1, ?2)" },
    { self->search, &self->save, "UPDATE progress SET last_id = ?1, indexed_to = ?2" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++) {
    *all[i].statement = gate_store_db_prepare (all[i].db, all[i].sql, error);
    if (*all[i].statement == NULL)
      return FALSE;
  }
  return TRUE;
}

static int
step (sqlite3_stmt *statement)
{
  int result = sqlite3_step (statement);

  sqlite3_reset (statement);
  return result == SQLITE_DONE || result == SQLITE_ROW ? SQLITE_OK : result;
}

/* --- Where it stopped ----------------------------------------------------------------------------- */

static gint64
read_newest_id (GateIndex *self)
{
  sqlite3_stmt *statement = NULL;
  gint64 id = 0;

  if (sqlite3_prepare_v2 (self->usher,
                          "SELECT max (ifnull ((SELECT max (id) FROM message), 0), "
                          "ifnull ((SELECT max (id) FROM note), 0))",
                          -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step (statement) == SQLITE_ROW)
    id = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return id;
}

static gboolean
read_progress (GateIndex *self,
               guint64   *ret_log)
{
  sqlite3_stmt *statement = NULL;
  gboolean is_there =
    sqlite3_prepare_v2 (self->search, "SELECT log, last_id, indexed_to FROM progress", -1,
                        &statement, NULL) == SQLITE_OK &&
    sqlite3_step (statement) == SQLITE_ROW;

  if (is_there) {
    *ret_log = (guint64) sqlite3_column_int64 (statement, 0);
    self->last_id = sqlite3_column_int64 (statement, 1);
    self->indexed_to = sqlite3_column_int64 (statement, 2);
  }
  sqlite3_finalize (statement);
  return is_there;
}

static gboolean
start_anew (GateIndex  *self,
            guint64     log,
            GError    **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean is_good = sqlite3_exec (self->search,
                                   "BEGIN IMMEDIATE; DELETE FROM progress; "
                                   "INSERT INTO line (line) VALUES ('delete-all')",
                                   NULL, NULL, NULL) == SQLITE_OK &&
                     sqlite3_prepare_v2 (self->search, "INSERT INTO progress VALUES (?1, 0, 0)", -1,
                                         &statement, NULL) == SQLITE_OK;

  if (is_good) {
    sqlite3_bind_int64 (statement, 1, (gint64) log);
    is_good = sqlite3_step (statement) == SQLITE_DONE;
    sqlite3_finalize (statement);
  }
  is_good = is_good && step (self->commit) == SQLITE_OK;
  if (!is_good)
    gate_store_db_set_error (self->search, "Cannot begin the search index anew", error);
  if (!sqlite3_get_autocommit (self->search))
    step (self->rollback);
  self->last_id = 0;
  self->indexed_to = 0;
  return is_good;
}

static gboolean
open_progress (GateIndex  *self,
               GError    **error)
{
  guint64 log = gate_store_db_get_log (self->usher), indexed_log = 0;

  if (read_progress (self, &indexed_log) && indexed_log == log &&
      self->last_id <= read_newest_id (self))
    return TRUE;
  return start_anew (self, log, error);
}

GateIndex *
gate_index_new (sqlite3  *usher,
                sqlite3  *search,
                GError  **error)
{
  GateIndex *self = g_new0 (GateIndex, 1);

  self->usher = usher;
  self->search = search;
  if (prepare_all (self, error) && open_progress (self, error))
    return self;
  gate_index_free (self);
  return NULL;
}

void
gate_index_free (GateIndex *self)
{
  if (self == NULL)
    return;
  sqlite3_finalize (self->next);
  sqlite3_finalize (self->text_before);
  sqlite3_finalize (self->begin);
  sqlite3_finalize (self->commit);
  sqlite3_finalize (self->rollback);
  sqlite3_finalize (self->add);
  sqlite3_finalize (self->take_out);
  sqlite3_finalize (self->save);
  g_free (self);
}

/* --- Feeding -------------------------------------------------------------------------------------- */

static int
add (GateIndex  *self,
     gint64      id,
     const char *text)
{
  if (text == NULL || text[0] == '\0')
    return SQLITE_OK;
  sqlite3_bind_int64 (self->add, 1, id);
  sqlite3_bind_text (self->add, 2, text, -1, SQLITE_STATIC);
  return step (self->add);
}

/*
 * Takes a line out before row @id, which edits or recalls it, goes in. A contentless index does so only when told
 * exactly what it was given. @ret_is_gone: the line was recalled before and stays so.
 */
static int
take_out (GateIndex *self,
          gint64     line_id,
          gint64     id,
          gboolean  *ret_is_gone)
{
  sqlite3_stmt *find = self->text_before;
  const char *text = NULL;
  int result;

  sqlite3_bind_int64 (find, 1, sqlite3_column_int64 (self->next, 5));
  sqlite3_bind_int64 (find, 2, sqlite3_column_int64 (self->next, 6));
  sqlite3_bind_int64 (find, 3, id);
  result = sqlite3_step (find);
  if (result == SQLITE_ROW) {
    text = (const char *) sqlite3_column_text (find, 0);
    *ret_is_gone = sqlite3_column_int (find, 1) != 0;
  }
  result = result == SQLITE_ROW || result == SQLITE_DONE ? SQLITE_OK : result;
  if (text != NULL && text[0] != '\0' && !*ret_is_gone) {
    sqlite3_bind_int64 (self->take_out, 1, line_id);
    sqlite3_bind_text (self->take_out, 2, text, -1, SQLITE_STATIC);
    result = step (self->take_out);
  }
  sqlite3_reset (find);
  return result;
}

static int
feed_row (GateIndex *self)
{
  sqlite3_stmt *row = self->next;
  gint64 id = sqlite3_column_int64 (row, 0);
  gint64 line_id = sqlite3_column_int64 (row, 4);
  gboolean is_edit = line_id != id;
  gboolean is_gone = (sqlite3_column_int (row, 3) & 4) != 0;
  int result = SQLITE_OK;

  self->last_id = id;
  self->indexed_to = MAX (self->indexed_to, sqlite3_column_int64 (row, 1));
  if (is_edit) {
    gboolean was_gone = FALSE;

    result = take_out (self, line_id, id, &was_gone);
    is_gone = is_gone || was_gone;
  }
  if (result == SQLITE_OK && !is_gone)
    result = add (self, line_id, (const char *) sqlite3_column_text (row, 2));
  return result;
}

static int
feed_rows (GateIndex *self,
           guint      limit,
           int       *ret_n)
{
  int result;

  *ret_n = 0;
  sqlite3_bind_int64 (self->next, 1, self->last_id);
  sqlite3_bind_int64 (self->next, 2, limit);
  while ((result = sqlite3_step (self->next)) == SQLITE_ROW) {
    ++*ret_n;
    result = feed_row (self);
    if (result != SQLITE_OK)
      break;
  }
  sqlite3_reset (self->next);
  return result == SQLITE_DONE ? SQLITE_OK : result;
}

static int
save (GateIndex *self)
{
  sqlite3_bind_int64 (self->save, 1, self->last_id);
  sqlite3_bind_int64 (self->save, 2, self->indexed_to);
  return step (self->save);
}

int
gate_index_feed (GateIndex  *self,
                 guint       limit,
                 GError    **error)
{
  gint64 last_id = self->last_id, indexed_to = self->indexed_to;
  int n = 0;
  int result;

  if (read_newest_id (self) == self->last_id)
    return 0;
  result = step (self->begin);
  if (result == SQLITE_OK)
    result = feed_rows (self, limit, &n);
  if (result == SQLITE_OK)
    result = save (self);
  if (result == SQLITE_OK)
    result = step (self->commit);
  if (result == SQLITE_OK)
    return n;
  gate_store_db_set_error (self->search, "Cannot feed the search index", error);
  if (!sqlite3_get_autocommit (self->search))
    step (self->rollback);
  self->last_id = last_id;
  self->indexed_to = indexed_to;
  return -1;
}
