/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-db.h"

#define COLUMNS                                                                                             \
  "conv, state, epoch, channel, visitor, name, queue, agent, agent_name, priority, last_seq, last_text, "   \
  "last_role, last_ts, waiting_since, unread, opened_at, enqueued_at, subject, tags, floor_seq, held_seq, " \
  "held_note, read_seq, visitor_read, visitor_received"

gboolean
usher_db_put_conversation (UsherDb                     *db,
                           const UsherConversationRow  *row,
                           GError                     **error)
{
  /* A tag holds no line break. */
  g_autofree char *tags = row->tags != NULL ? g_strjoinv ("\n", row->tags) : NULL;

  return usher_db_run (db, error,
                       "INSERT OR REPLACE INTO conversation (" COLUMNS
                       ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                       "iiiiittitiitiiiiiittiiiiii", row->conv, (guint64) row->state,
                       (guint64) row->epoch, (guint64) row->channel, row->visitor, row->name,
                       row->queue, row->agent, row->agent_name, (guint64) row->priority,
                       row->last_seq, row->last_text, (guint64) row->last_role,
                       (guint64) row->last_ts_us, (guint64) row->waiting_since_us,
                       (guint64) row->unread, (guint64) row->opened_at_us,
                       (guint64) row->enqueued_at_us, row->subject, tags, row->floor_seq,
                       row->held_seq, row->held_note, row->read_seq, row->visitor_read_seq,
                       row->visitor_received_seq);
}

gboolean
usher_db_forget_conversation (UsherDb  *db,
                              guint64   conv,
                              GError  **error)
{
  return usher_db_run (db, error, "DELETE FROM conversation WHERE conv = ?", "i", conv) &&
         usher_db_run (db, error, "DELETE FROM message WHERE conv = ?", "i", conv) &&
         usher_db_run (db, error, "DELETE FROM note WHERE conv = ?", "i", conv);
}

static UsherConversationRow *
read_row (sqlite3_stmt *s)
{
  UsherConversationRow *row = g_new0 (UsherConversationRow, 1);
  const char *tags = (const char *) sqlite3_column_text (s, 19);

  row->conv = usher_db_id (s, 0);
  row->state = (UsherState) sqlite3_column_int (s, 1);
  row->epoch = (guint) usher_db_id (s, 2);
  row->channel = (guint) usher_db_id (s, 3);
  row->visitor = usher_db_id (s, 4);
  row->name = usher_db_text (s, 5);
  row->queue = usher_db_text (s, 6);
  row->agent = usher_db_id (s, 7);
  row->agent_name = usher_db_text (s, 8);
  row->priority = (guint) usher_db_id (s, 9);
  row->last_seq = usher_db_id (s, 10);
  row->last_text = usher_db_text (s, 11);
  row->last_role = (UsherRole) sqlite3_column_int (s, 12);
  row->last_ts_us = sqlite3_column_int64 (s, 13);
  row->waiting_since_us = sqlite3_column_int64 (s, 14);
  row->unread = (guint) usher_db_id (s, 15);
  row->opened_at_us = sqlite3_column_int64 (s, 16);
  row->enqueued_at_us = sqlite3_column_int64 (s, 17);
  row->subject = usher_db_text (s, 18);
  row->tags = tags != NULL && *tags != '\0' ? g_strsplit (tags, "\n", -1) : NULL;
  row->floor_seq = usher_db_id (s, 20);
  row->held_seq = usher_db_id (s, 21);
  row->held_note = usher_db_id (s, 22);
  row->read_seq = usher_db_id (s, 23);
  row->visitor_read_seq = usher_db_id (s, 24);
  row->visitor_received_seq = usher_db_id (s, 25);
  return row;
}

GPtrArray *
usher_db_load_conversations (UsherDb  *db,
                             GError  **error)
{
  g_autoptr (GPtrArray) rows =
    g_ptr_array_new_with_free_func ((GDestroyNotify) usher_conversation_row_free);
  sqlite3_stmt *statement =
    usher_db_query (db, error, "SELECT " COLUMNS " FROM conversation ORDER BY conv", NULL);
  GError *fault = NULL;

  if (statement == NULL)
    return NULL;
  while (usher_db_next (db, statement, &fault))
    g_ptr_array_add (rows, read_row (statement));
  usher_db_end (statement);
  if (fault != NULL) {
    g_propagate_error (error, fault);
    return NULL;
  }
  return g_steal_pointer (&rows);
}
