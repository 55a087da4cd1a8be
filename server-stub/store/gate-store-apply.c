/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-store-apply.h"

#include "gate-store-apply-private.h"
#include "gate-store-columns.h"
#include "gate-store-db.h"

#include <errno.h>

int
gate_writer_step (sqlite3_stmt *statement)
{
  int result;

  do
    result = sqlite3_step (statement);
  while (result == SQLITE_ROW);
  sqlite3_reset (statement);
  return result == SQLITE_DONE ? SQLITE_OK : result;
}

/* --- Statements ----------------------------------------------------------------------------------- */

static const char sql_mark_raise[] =
  "UPDATE conv SET visitor_read = max (visitor_read, ?2), "
  "visitor_received = max (visitor_received, ?3), staff_read = max (staff_read, ?4), "
  "staff_received = max (staff_received, ?5) WHERE conv = ?1";

typedef struct {
  gsize offset;
  const char *sql;
} FixedStatement;

#define FIXED(member, sql)                       \
  {                                              \
    offsetof (GateWriterStatements, member), sql \
  }

static const FixedStatement fixed_statements[] = {
  FIXED (begin, "BEGIN IMMEDIATE"),
  FIXED (commit, "COMMIT"),
  FIXED (rollback, "ROLLBACK"),
  FIXED (mark_raise, sql_mark_raise),
  FIXED (message_find, gate_sql_message_find),
  FIXED (message_target, gate_sql_message_target),
  FIXED (message_count, gate_sql_message_count),
  FIXED (message_fold, gate_sql_message_fold),
  FIXED (note_find, gate_sql_note_find),
  FIXED (note_count, gate_sql_note_count),
  FIXED (token_family_gone, "DELETE FROM token WHERE family = ?1"),
  FIXED (unmerge, "DELETE FROM merged WHERE visitor = ?1"),
  FIXED (token_agent_gone, "DELETE FROM token WHERE agent = ?1"),
};

static sqlite3_stmt **
statement_at (GateWriter *self,
              gsize       offset)
{
  return (sqlite3_stmt **) (void *) ((guint8 *) &self->statements + offset);
}

static gboolean
prepare_fixed (GateWriter  *self,
               GError     **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fixed_statements); i++) {
    sqlite3_stmt **at = statement_at (self, fixed_statements[i].offset);

    *at = gate_store_db_prepare (self->db, fixed_statements[i].sql, error);
    if (*at == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
prepare_taken (GateWriter    *self,
               sqlite3_stmt **ret_statement,
               char          *sql,
               GError       **error)
{
  *ret_statement = gate_store_db_prepare (self->db, sql, error);
  g_free (sql);
  return *ret_statement != NULL;
}

/* "INSERT INTO table (@first, columns) VALUES (…)" */
static char *
dup_insert_with (const GateTable *table,
                 const char      *first,
                 const char      *first_values)
{
  GString *sql = g_string_new ("INSERT INTO ");

  g_string_append_printf (sql, "%s (%s, ", table->name, first);
  gate_table_append_names (table, sql, "");
  g_string_append_printf (sql, ") VALUES (%s", first_values);
  for (int i = 0; i < table->n_columns; i++)
    g_string_append (sql, ", ?");
  g_string_append_c (sql, ')');
  return g_string_free (sql, FALSE);
}

static gboolean
prepare_tables (GateWriter  *self,
                GError     **error)
{
  GateWriterStatements *to = &self->statements;

  /* A row of a lower epoch than the stored one is a mistake: it must not undo a later change. */
  return prepare_taken (self, &to->conv_upsert,
                        gate_table_dup_upsert (&gate_table_conv, "conv",
                                               "excluded.epoch >= conv.epoch"),
                        error) &&
         prepare_taken (self, &to->message_insert,
                        dup_insert_with (&gate_table_message, "id, present, content", "?, ?, ?"),
                        error) &&
         prepare_taken (self, &to->note_insert, dup_insert_with (&gate_table_note, "id", "?"),
                        error) &&
         prepare_taken (self, &to->event_insert, gate_table_dup_insert (&gate_table_event),
                        error) &&
         prepare_taken (self, &to->visitor_upsert,
                        gate_table_dup_upsert (&gate_table_visitor, "visitor", NULL), error) &&
         prepare_taken (self, &to->merge_upsert,
                        gate_table_dup_upsert (&gate_table_merge, "visitor", NULL), error) &&
         prepare_taken (self, &to->agent_upsert,
                        gate_table_dup_upsert (&gate_table_agent, "agent", NULL), error) &&
         prepare_taken (self, &to->token_upsert,
                        gate_table_dup_upsert (&gate_table_token, "hash", NULL), error) &&
         prepare_taken (self, &to->media_upsert,
                        gate_table_dup_upsert (&gate_table_media, "id", NULL), error) &&
         prepare_taken (self, &to->audit_insert, gate_table_dup_insert (&gate_table_audit), error);
}

/* --- One row -------------------------------------------------------------------------------------- */

static int
apply_row (sqlite3_stmt    *statement,
           const GateTable *table,
           gconstpointer    row)
{
  gate_table_bind (table, statement, 1, row);
  return gate_writer_step (statement);
}

static int
apply_conv (GateWriter        *self,
            const GateConvRow *row)
{
  int result = apply_row (self->statements.conv_upsert, &gate_table_conv, row);

  return result == SQLITE_OK && sqlite3_changes (self->db) == 0 ? GATE_APPLY_BUG : result;
}

static int
apply_mark (GateWriter        *self,
            const GateMarkRow *row)
{
  sqlite3_stmt *raise = self->statements.mark_raise;
  int result;

  sqlite3_bind_int64 (raise, 1, (gint64) row->conv);
  sqlite3_bind_int64 (raise, 2, (gint64) row->visitor_read);
  sqlite3_bind_int64 (raise, 3, (gint64) row->visitor_received);
  sqlite3_bind_int64 (raise, 4, (gint64) row->staff_read);
  sqlite3_bind_int64 (raise, 5, (gint64) row->staff_received);
  result = gate_writer_step (raise);
  return result == SQLITE_OK && sqlite3_changes (self->db) == 0 ? GATE_APPLY_BUG : result;
}

static int
apply_gone (sqlite3_stmt *statement,
            guint64       number)
{
  sqlite3_bind_int64 (statement, 1, (gint64) number);
  return gate_writer_step (statement);
}

static int
apply_write (GateWriter *self,
             GateBatch  *batch,
             GateWrite  *write)
{
  GateWriterStatements *to = &self->statements;

  switch (write->kind) {
  case GATE_WRITE_CONV:
    return apply_conv (self, &write->row.conv);
  case GATE_WRITE_MESSAGE:
    return gate_writer_apply_message (self, batch->arena, &write->row.message,
                                      &write->is_duplicate);
  case GATE_WRITE_NOTE:
    return gate_writer_apply_note (self, &write->row.note, &write->is_duplicate);
  case GATE_WRITE_EVENT:
    return apply_row (to->event_insert, &gate_table_event, &write->row.event);
  case GATE_WRITE_MARK:
    return apply_mark (self, &write->row.mark);
  case GATE_WRITE_VISITOR:
    return apply_row (to->visitor_upsert, &gate_table_visitor, &write->row.visitor);
  case GATE_WRITE_MERGE:
    return apply_row (to->merge_upsert, &gate_table_merge, &write->row.merge);
  case GATE_WRITE_UNMERGE:
    return apply_gone (to->unmerge, write->row.merge.visitor);
  case GATE_WRITE_AGENT:
    return apply_row (to->agent_upsert, &gate_table_agent, &write->row.agent);
  case GATE_WRITE_TOKEN:
    return apply_row (to->token_upsert, &gate_table_token, &write->row.token);
  case GATE_WRITE_TOKEN_FAMILY_GONE:
    return apply_gone (to->token_family_gone, write->row.token.family);
  case GATE_WRITE_TOKEN_AGENT_GONE:
    return apply_gone (to->token_agent_gone, write->row.token.agent);
  case GATE_WRITE_MEDIA:
    return apply_row (to->media_upsert, &gate_table_media, &write->row.media);
  case GATE_WRITE_AUDIT:
    return apply_row (to->audit_insert, &gate_table_audit, &write->row.audit);
  default:
    g_assert_not_reached ();
  }
}

/* --- The transaction ------------------------------------------------------------------------------ */

/*
 * SQLite knows ENOSPC for what it is, but calls a spent quota or a size limit an I/O error like a broken disk, and its
 * own note of errno is gone by the time the transaction is rolled back. Ours is set to 0 before the batch.
 */
static gboolean
is_full (int result,
         int os_error)
{
  return (result & 0xFF) == SQLITE_FULL ||
         ((result & 0xFF) == SQLITE_IOERR &&
          (os_error == ENOSPC || os_error == EDQUOT || os_error == EFBIG));
}

static int
apply_all (GateWriter *self,
           GateBatch  *batch)
{
  int result;

  errno = 0;
  result = gate_writer_step (self->statements.begin);
  for (GateWrite *write = batch->first; write != NULL && result == SQLITE_OK; write = write->next)
    result = apply_write (self, batch, write);
  return result == SQLITE_OK ? gate_writer_step (self->statements.commit) : result;
}

/* Nothing of the batch was kept, so nothing of its results may stay behind. */
static void
forget_results (GateBatch *batch)
{
  for (GateWrite *write = batch->first; write != NULL; write = write->next) {
    write->is_duplicate = FALSE;
    if (write->kind == GATE_WRITE_MESSAGE)
      write->row.message.seq = 0;
    else if (write->kind == GATE_WRITE_NOTE)
      write->row.note.n = 0;
  }
}

static void
fail (GateWriter *self,
      GateBatch  *batch,
      int         result)
{
  int os_error = errno;
  const char *text = result == GATE_APPLY_BUG ? "a row of a lower epoch, or of no conversation"
                                              : sqlite3_errmsg (self->db);

  g_free (self->error);
  self->error = g_strdup_printf ("%s (%d, errno %d)", text, result, os_error);
  self->is_bug = result == GATE_APPLY_BUG || (result & 0xFF) == SQLITE_CONSTRAINT;
  batch->status = is_full (result, os_error) ? GATE_STORE_FULL : GATE_STORE_FAILED;
  forget_results (batch);
  /* After most I/O errors SQLite has rolled back by itself and a further ROLLBACK is refused. */
  if (!sqlite3_get_autocommit (self->db))
    gate_writer_step (self->statements.rollback);
}

GateStoreStatus
gate_writer_apply (GateWriter *self,
                   GateBatch  *batch)
{
  guint64 last_id = self->last_id;
  int result = apply_all (self, batch);

  batch->status = GATE_STORE_OK;
  self->is_bug = FALSE;
  if (result != SQLITE_OK) {
    self->last_id = last_id;
    fail (self, batch, result);
  }
  return batch->status;
}

gboolean
gate_writer_is_bug (const GateWriter *self)
{
  return self->is_bug;
}

const char *
gate_writer_get_error (const GateWriter *self)
{
  return self->error;
}

static gboolean
read_last_id (GateWriter  *self,
              GError     **error)
{
  sqlite3_stmt *statement =
    gate_store_db_prepare (self->db,
                           "SELECT max ((SELECT ifnull (max (id), 0) FROM message), "
                           "(SELECT ifnull (max (id), 0) FROM note))",
                           error);

  if (statement == NULL)
    return FALSE;
  if (sqlite3_step (statement) == SQLITE_ROW)
    self->last_id = (guint64) sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return TRUE;
}

GateWriter *
gate_writer_new (sqlite3  *db,
                 GError  **error)
{
  g_autoptr (GateWriter) self = g_new0 (GateWriter, 1);

  self->db = db;
  if (!prepare_fixed (self, error) || !prepare_tables (self, error) || !read_last_id (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
gate_writer_free (GateWriter *self)
{
  sqlite3_stmt **statements;

  if (self == NULL)
    return;
  statements = (sqlite3_stmt **) &self->statements;
  for (gsize i = 0; i < sizeof self->statements / sizeof *statements; i++)
    sqlite3_finalize (statements[i]);
  g_free (self->error);
  g_free (self);
}
