/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-db.h"

/* An edited or recalled line is put again with its present content. */
static gboolean
put_message (UsherDb                *db,
             const UsherMessageRow  *row,
             GError                **error)
{
  return usher_db_run (
    db, error,
    "INSERT OR REPLACE INTO message (conv, seq, cid, ts, role, sender, kind, text, url, mime, name, "
    "size, width, height, reply_to, edited, recalled) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    "iiiiiiittttiiiiii", row->conv, row->seq, row->cid, (guint64) row->ts_us, (guint64) row->role,
    row->sender, (guint64) row->kind, row->text, row->url, row->mime, row->name, row->size,
    (guint64) row->width, (guint64) row->height, row->reply_to, (guint64) row->is_edited,
    (guint64) row->is_recalled);
}

static gboolean
put_note (UsherDb                *db,
          const UsherMessageRow  *row,
          GError                **error)
{
  return usher_db_run (
    db, error,
    "INSERT OR REPLACE INTO note (conv, n, cid, ts, role, author, text) VALUES (?,?,?,?,?,?,?)",
    "iiiiiit", row->conv, row->seq, row->cid, (guint64) row->ts_us, (guint64) row->role,
    row->sender, row->text);
}

gboolean
usher_db_put_message (UsherDb                *db,
                      const UsherMessageRow  *row,
                      GError                **error)
{
  return row->kind == USHER_MESSAGE_NOTE ? put_note (db, row, error) : put_message (db, row, error);
}

gboolean
usher_db_edit_message (UsherDb                *db,
                       const UsherMessageRow  *row,
                       GError                **error)
{
  return usher_db_run (
    db, error,
    "UPDATE message SET kind = ?, text = ?, url = ?, mime = ?, name = ?, edited = ?, recalled = ? "
    "WHERE conv = ? AND seq = ?",
    "ittttiiii", (guint64) row->kind, row->text, row->url, row->mime, row->name,
    (guint64) row->is_edited, (guint64) row->is_recalled, row->conv, row->seq);
}

static UsherMessageRow *
read_message (sqlite3_stmt *s)
{
  UsherMessageRow *row = g_new0 (UsherMessageRow, 1);

  row->conv = usher_db_id (s, 0);
  row->seq = usher_db_id (s, 1);
  row->cid = usher_db_id (s, 2);
  row->ts_us = sqlite3_column_int64 (s, 3);
  row->role = (UsherRole) sqlite3_column_int (s, 4);
  row->sender = usher_db_id (s, 5);
  row->text = usher_db_text (s, 6);
  row->kind = (UsherMessageKind) sqlite3_column_int (s, 7);
  return row;
}

static UsherMessageRow *
read_full_message (sqlite3_stmt *s)
{
  UsherMessageRow *row = read_message (s);

  row->url = usher_db_text (s, 8);
  row->mime = usher_db_text (s, 9);
  row->name = usher_db_text (s, 10);
  row->size = usher_db_id (s, 11);
  row->width = (guint) usher_db_id (s, 12);
  row->height = (guint) usher_db_id (s, 13);
  row->reply_to = usher_db_id (s, 14);
  row->is_edited = sqlite3_column_int (s, 15) != 0;
  row->is_recalled = sqlite3_column_int (s, 16) != 0;
  return row;
}

static GPtrArray *
collect (UsherDb       *db,
         sqlite3_stmt  *statement,
         UsherMessageRow *(*read) (sqlite3_stmt *),
         GError       **error)
{
  g_autoptr (GPtrArray) rows =
    g_ptr_array_new_with_free_func ((GDestroyNotify) usher_message_row_free);
  GError *fault = NULL;

  if (statement == NULL)
    return NULL;
  while (usher_db_next (db, statement, &fault))
    g_ptr_array_add (rows, read (statement));
  usher_db_end (statement);
  if (fault != NULL) {
    g_propagate_error (error, fault);
    return NULL;
  }
  return g_steal_pointer (&rows);
}

#define MESSAGE_COLUMNS \
  "conv, seq, cid, ts, role, sender, text, kind, url, mime, name, size, width, height, reply_to, edited, recalled"

static void
reverse (GPtrArray *rows)
{
  for (guint i = 0, j = rows->len; i + 1 < j; i++) {
    gpointer swap = rows->pdata[i];

    rows->pdata[i] = rows->pdata[--j];
    rows->pdata[j] = swap;
  }
}

/* Upwards from @after when it is given, else the newest below @before; in order of seq either way. */
GPtrArray *
usher_db_load_messages (UsherDb  *db,
                        guint64   conv,
                        guint64   after,
                        guint64   before,
                        guint     limit,
                        GError  **error)
{
  GPtrArray *rows;

  if (after != 0)
    return collect (db,
                    usher_db_query (db, error,
                                    "SELECT " MESSAGE_COLUMNS
                                    " FROM message WHERE conv = ? AND seq > ? AND seq < ? "
                                    "ORDER BY seq LIMIT ?",
                                    "iiii", conv, after, before, (guint64) limit),
                    read_full_message, error);
  rows =
    collect (db,
             usher_db_query (db, error,
                             "SELECT " MESSAGE_COLUMNS " FROM message WHERE conv = ? AND seq < ? "
                             "ORDER BY seq DESC LIMIT ?",
                             "iii", conv, before, (guint64) limit),
             read_full_message, error);
  if (rows != NULL)
    reverse (rows);
  return rows;
}

guint64
usher_db_find_seq_at (UsherDb  *db,
                      guint64   conv,
                      gint64    ts_us,
                      GError  **error)
{
  sqlite3_stmt *s = usher_db_query (
    db, error,
    "SELECT ifnull (max (iif (ts <= ?, seq, NULL)), min (seq)) FROM message WHERE conv = ?", "ii",
    (guint64) ts_us, conv);
  guint64 seq = 0;

  if (s != NULL && usher_db_next (db, s, error))
    seq = usher_db_id (s, 0);
  if (s != NULL)
    usher_db_end (s);
  return seq;
}

GPtrArray *
usher_db_load_notes (UsherDb  *db,
                     guint64   conv,
                     gint64    from_us,
                     gint64    to_us,
                     guint     limit,
                     GError  **error)
{
  GPtrArray *rows = collect (
    db,
    usher_db_query (db, error,
                    "SELECT conv, n, cid, ts, role, author, text, ? FROM note "
                    "WHERE conv = ? AND ts >= ? AND ts < ? ORDER BY ts DESC, n DESC LIMIT ?",
                    "iiiii", (guint64) USHER_MESSAGE_NOTE, conv, (guint64) from_us, (guint64) to_us,
                    (guint64) limit),
    read_message, error);

  if (rows != NULL)
    reverse (rows);
  return rows;
}

static gboolean
each (UsherDb          *db,
      sqlite3_stmt     *statement,
      UsherMessageRow *(*read) (sqlite3_stmt *),
      UsherDbLineFunc   func,
      gpointer          user_data,
      GError          **error)
{
  GError *fault = NULL;
  gboolean goes_on = statement != NULL;

  while (goes_on && usher_db_next (db, statement, &fault)) {
    UsherMessageRow *row = read (statement);

    goes_on = func (row, user_data);
    usher_message_row_free (row);
  }
  if (statement != NULL)
    usher_db_end (statement);
  if (fault == NULL)
    return goes_on;
  g_propagate_error (error, fault);
  return FALSE;
}

gboolean
usher_db_each_message (UsherDb          *db,
                       guint64           conv,
                       UsherDbLineFunc   func,
                       gpointer          user_data,
                       GError          **error)
{
  return each (db,
               usher_db_query (db, error,
                               "SELECT " MESSAGE_COLUMNS
                               " FROM message WHERE conv = ? ORDER BY seq",
                               "i", conv),
               read_full_message, func, user_data, error);
}

gboolean
usher_db_each_note (UsherDb          *db,
                    guint64           conv,
                    UsherDbLineFunc   func,
                    gpointer          user_data,
                    GError          **error)
{
  return each (db,
               usher_db_query (db, error,
                               "SELECT conv, n, cid, ts, role, author, text, ? FROM note "
                               "WHERE conv = ? ORDER BY n",
                               "ii", (guint64) USHER_MESSAGE_NOTE, conv),
               read_message, func, user_data, error);
}

gboolean
usher_db_count_lines (UsherDb  *db,
                      guint64  *ret_n_lines,
                      GError  **error)
{
  sqlite3_stmt *statement =
    usher_db_query (db, error,
                    "SELECT (SELECT count (*) FROM message) + (SELECT count (*) FROM note)", NULL);
  gboolean is_counted = statement != NULL && usher_db_next (db, statement, error);

  if (is_counted)
    *ret_n_lines = usher_db_id (statement, 0);
  if (statement != NULL)
    usher_db_end (statement);
  return is_counted;
}
