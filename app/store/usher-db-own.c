/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-db.h"

/* What exists nowhere else: the lines that wait for their Ack, the drafts, and who we are. */

#define OUTBOX_COLUMNS                                                                                             \
  "conv, cid, kind, text, seen, reply_to, path, mime, name, size, width, height, queued_at, fail_slug, mentions, " \
  "not_before, replaces, recalls"

/* A line that is put again keeps its place. */
gboolean
usher_db_put_outbox (UsherDb               *db,
                     const UsherOutboxRow  *row,
                     GError               **error)
{
  return usher_db_run (
    db, error,
    "INSERT INTO outbox (" OUTBOX_COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) "
    "ON CONFLICT (cid) DO UPDATE SET seen = excluded.seen, fail_slug = excluded.fail_slug",
    "iiitiitttiiiittiii", row->conv, row->cid, (guint64) row->kind, row->text, row->seen,
    row->reply_to, row->path, row->mime, row->name, row->size, (guint64) row->width,
    (guint64) row->height, (guint64) row->queued_at_us, row->fail_slug, row->mentions,
    (guint64) row->not_before_us, row->replaces, (guint64) row->is_recall);
}

static UsherOutboxRow *
read_outbox (sqlite3_stmt *s)
{
  UsherOutboxRow *row = g_new0 (UsherOutboxRow, 1);

  row->conv = usher_db_id (s, 0);
  row->cid = usher_db_id (s, 1);
  row->kind = (UsherMessageKind) sqlite3_column_int (s, 2);
  row->text = usher_db_text (s, 3);
  row->seen = usher_db_id (s, 4);
  row->reply_to = usher_db_id (s, 5);
  row->path = usher_db_text (s, 6);
  row->mime = usher_db_text (s, 7);
  row->name = usher_db_text (s, 8);
  row->size = usher_db_id (s, 9);
  row->width = (guint) usher_db_id (s, 10);
  row->height = (guint) usher_db_id (s, 11);
  row->queued_at_us = sqlite3_column_int64 (s, 12);
  row->fail_slug = usher_db_text (s, 13);
  row->mentions = usher_db_text (s, 14);
  row->not_before_us = sqlite3_column_int64 (s, 15);
  row->replaces = usher_db_id (s, 16);
  row->is_recall = sqlite3_column_int (s, 17) != 0;
  return row;
}

static UsherDraftRow *
read_draft (sqlite3_stmt *s)
{
  UsherDraftRow *row = g_new0 (UsherDraftRow, 1);

  row->conv = usher_db_id (s, 0);
  row->is_note = sqlite3_column_int (s, 1) != 0;
  row->text = usher_db_text (s, 2);
  return row;
}

GPtrArray *
usher_db_load_outbox (UsherDb  *db,
                      GError  **error)
{
  g_autoptr (GPtrArray) rows =
    g_ptr_array_new_with_free_func ((GDestroyNotify) usher_outbox_row_free);
  sqlite3_stmt *statement =
    usher_db_query (db, error, "SELECT " OUTBOX_COLUMNS " FROM outbox ORDER BY place", NULL);
  GError *fault = NULL;

  if (statement == NULL)
    return NULL;
  while (usher_db_next (db, statement, &fault))
    g_ptr_array_add (rows, read_outbox (statement));
  usher_db_end (statement);
  if (fault != NULL) {
    g_propagate_error (error, fault);
    return NULL;
  }
  return g_steal_pointer (&rows);
}

GPtrArray *
usher_db_load_drafts (UsherDb  *db,
                      GError  **error)
{
  g_autoptr (GPtrArray) rows =
    g_ptr_array_new_with_free_func ((GDestroyNotify) usher_draft_row_free);
  sqlite3_stmt *statement =
    usher_db_query (db, error, "SELECT conv, is_note, text FROM draft", NULL);
  GError *fault = NULL;

  if (statement == NULL)
    return NULL;
  while (usher_db_next (db, statement, &fault))
    g_ptr_array_add (rows, read_draft (statement));
  usher_db_end (statement);
  if (fault != NULL) {
    g_propagate_error (error, fault);
    return NULL;
  }
  return g_steal_pointer (&rows);
}

GHashTable *
usher_db_load_meta (UsherDb  *db,
                    GError  **error)
{
  g_autoptr (GHashTable) meta = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  sqlite3_stmt *statement = usher_db_query (db, error, "SELECT key, value FROM meta", NULL);
  GError *fault = NULL;

  if (statement == NULL)
    return NULL;
  while (usher_db_next (db, statement, &fault))
    g_hash_table_insert (meta, usher_db_text (statement, 0), usher_db_text (statement, 1));
  usher_db_end (statement);
  if (fault != NULL) {
    g_propagate_error (error, fault);
    return NULL;
  }
  return g_steal_pointer (&meta);
}

gboolean
usher_db_put_draft (UsherDb              *db,
                    const UsherDraftRow  *row,
                    GError              **error)
{
  if (row->text == NULL || *row->text == '\0')
    return usher_db_run (db, error, "DELETE FROM draft WHERE conv = ? AND is_note = ?", "ii",
                         row->conv, (guint64) row->is_note);
  return usher_db_run (db, error,
                       "INSERT OR REPLACE INTO draft (conv, is_note, text) VALUES (?,?,?)", "iit",
                       row->conv, (guint64) row->is_note, row->text);
}

gboolean
usher_db_drop_cache (UsherDb  *db,
                     GError  **error)
{
  return usher_db_run (db, error, "DELETE FROM conversation", NULL) &&
         usher_db_run (db, error, "DELETE FROM message", NULL) &&
         usher_db_run (db, error, "DELETE FROM note", NULL);
}

gboolean
usher_db_drop_all (UsherDb  *db,
                   GError  **error)
{
  return usher_db_drop_cache (db, error) && usher_db_run (db, error, "DELETE FROM outbox", NULL) &&
         usher_db_run (db, error, "DELETE FROM draft", NULL) &&
         usher_db_run (db, error, "DELETE FROM meta WHERE key <> 'device'", NULL);
}
