/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-store-admin.h"

#include "gate-store-columns.h"
#include "gate-store-db.h"
#include "gate-store-find.h"
#include "gate-store-lock.h"

#include <unistd.h>

struct _GateAdmin {
  sqlite3 *db;
  int lock_fd; /* -1 while a gateway runs */
};

void
gate_admin_close (GateAdmin *self)
{
  if (self == NULL)
    return;
  sqlite3_close (self->db);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_free (self);
}

static gboolean
open_folder (GateAdmin   *self,
             const char  *dir,
             GError     **error)
{
  g_autoptr (GError) lock_error = NULL;

  if (!gate_store_dir_prepare (dir, error))
    return FALSE;
  self->lock_fd = gate_store_dir_lock (dir, &lock_error);
  if (self->lock_fd < 0 &&
      !g_error_matches (lock_error, GATE_STORE_ERROR, GATE_STORE_ERROR_LOCKED)) {
    g_propagate_error (error, g_steal_pointer (&lock_error));
    return FALSE;
  }
  self->db = gate_store_db_open (dir, self->lock_fd >= 0 ? GATE_DB_WRITE : GATE_DB_ADMIN, error);
  return self->db != NULL;
}

GateAdmin *
gate_admin_open (const char  *dir,
                 GError     **error)
{
  GateAdmin *self = g_new0 (GateAdmin, 1);

  self->lock_fd = -1;
  if (open_folder (self, dir, error))
    return self;
  gate_admin_close (self);
  return NULL;
}

gboolean
gate_admin_is_running (const GateAdmin *self)
{
  return self->lock_fd < 0;
}

sqlite3 *
gate_admin_get_db (GateAdmin *self)
{
  return self->db;
}

GateSnapshot *
gate_admin_load (GateAdmin  *self,
                 GError    **error)
{
  return gate_finder_load (self->db, g_get_real_time () / 1000, error);
}

/* --- Transactions ----------------------------------------------------------------------------------- */

static gboolean
begin (GateAdmin  *self,
       GError    **error)
{
  if (sqlite3_exec (self->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  gate_store_db_set_error (self->db, "Cannot write", error);
  return FALSE;
}

/* Raises the counter and commits; or, when @is_good says so or something fails, leaves all as it was. */
static gboolean
end (GateAdmin  *self,
     gboolean    is_good,
     GError    **error)
{
  static const char sql[] = "UPDATE meta SET value = value + 1 WHERE key = 'admin_changes'; COMMIT";

  if (is_good && sqlite3_exec (self->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
    gate_store_db_set_error (self->db, "Cannot write", error);
    is_good = FALSE;
  }
  if (!sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  return is_good;
}

/* Runs @statement and ends it. @taken is what to say when its row is there already. */
static gboolean
run (GateAdmin     *self,
     sqlite3_stmt  *statement,
     const char    *taken,
     GError       **error)
{
  int result = statement != NULL ? sqlite3_step (statement) : SQLITE_ERROR;

  sqlite3_finalize (statement);
  if (result == SQLITE_DONE)
    return TRUE;
  if (statement == NULL)
    return FALSE;
  if ((result & 0xFF) == SQLITE_CONSTRAINT && taken != NULL)
    g_set_error (error, GATE_STORE_ERROR, GATE_STORE_ERROR_EXISTS, "“%s” is already there", taken);
  else
    gate_store_db_set_error (self->db, "Cannot write", error);
  return FALSE;
}

static sqlite3_stmt *
prepare_insert (GateAdmin        *self,
                const GateTable  *table,
                gconstpointer     row,
                GError          **error)
{
  g_autofree char *sql = gate_table_dup_insert (table);
  sqlite3_stmt *statement = gate_store_db_prepare (self->db, sql, error);

  if (statement != NULL)
    gate_table_bind (table, statement, 1, row);
  return statement;
}

/* --- Agents ----------------------------------------------------------------------------------------- */

static gboolean
draw_agent (GateAdmin  *self,
            guint64    *ret_agent,
            GError    **error)
{
  sqlite3_stmt *statement =
    gate_store_db_prepare (self->db, "SELECT ifnull (max (agent), 0) + 1 FROM agent", error);
  gboolean is_good = statement != NULL && sqlite3_step (statement) == SQLITE_ROW;

  if (is_good)
    *ret_agent = (guint64) sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return is_good;
}

gboolean
gate_admin_add_agent (GateAdmin     *self,
                      GateAgentRow  *row,
                      GError       **error)
{
  gboolean is_good;

  if (!begin (self, error))
    return FALSE;
  is_good = draw_agent (self, &row->agent, error) &&
            run (self, prepare_insert (self, &gate_table_agent, row, error), row->login, error);
  return end (self, is_good, error);
}

static gboolean
change_agent (GateAdmin     *self,
              sqlite3_stmt  *statement,
              const char    *login,
              GError       **error)
{
  if (!run (self, statement, NULL, error))
    return FALSE;
  if (sqlite3_changes (self->db) > 0)
    return TRUE;
  g_set_error (error, GATE_STORE_ERROR, GATE_STORE_ERROR_NOT_FOUND, "There is no agent “%s”",
               login);
  return FALSE;
}

static gboolean
end_sessions (GateAdmin   *self,
              const char  *login,
              GError     **error)
{
  sqlite3_stmt *statement = gate_store_db_prepare (
    self->db, "DELETE FROM token WHERE agent = (SELECT agent FROM agent WHERE login = ?1)", error);

  if (statement != NULL)
    sqlite3_bind_text (statement, 1, login, -1, SQLITE_STATIC);
  return run (self, statement, NULL, error);
}

gboolean
gate_admin_set_password (GateAdmin   *self,
                         const char  *login,
                         const char  *password_hash,
                         gboolean     must_change,
                         GError     **error)
{
  sqlite3_stmt *statement;
  gboolean is_good;

  if (!begin (self, error))
    return FALSE;
  statement =
    gate_store_db_prepare (self->db,
                           "UPDATE agent SET password = ?2, must_change = ?3 WHERE login = ?1",
                           error);
  if (statement != NULL) {
    sqlite3_bind_text (statement, 1, login, -1, SQLITE_STATIC);
    sqlite3_bind_text (statement, 2, password_hash, -1, SQLITE_STATIC);
    sqlite3_bind_int (statement, 3, must_change != FALSE);
  }
  is_good = change_agent (self, statement, login, error) && end_sessions (self, login, error);
  return end (self, is_good, error);
}

gboolean
gate_admin_set_disabled (GateAdmin   *self,
                         const char  *login,
                         gboolean     is_disabled,
                         GError     **error)
{
  sqlite3_stmt *statement;
  gboolean is_good;

  if (!begin (self, error))
    return FALSE;
  statement =
    gate_store_db_prepare (self->db, "UPDATE agent SET is_disabled = ?2 WHERE login = ?1", error);
  if (statement != NULL) {
    sqlite3_bind_text (statement, 1, login, -1, SQLITE_STATIC);
    sqlite3_bind_int (statement, 2, is_disabled != FALSE);
  }
  is_good = change_agent (self, statement, login, error) &&
            (!is_disabled || end_sessions (self, login, error));
  return end (self, is_good, error);
}

/* --- Apps ------------------------------------------------------------------------------------------- */

gboolean
gate_admin_add_app (GateAdmin         *self,
                    const GateAppRow  *row,
                    GError           **error)
{
  if (!begin (self, error))
    return FALSE;
  return end (self, run (self, prepare_insert (self, &gate_table_app, row, error), row->key, error),
              error);
}
