/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-store-admin.h"

#include "gate-store-db.h"
#include "gate-store-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static gboolean
fail (GError     **error,
      const char  *path,
      const char  *what)
{
  g_set_error (error, GATE_STORE_ERROR, GATE_STORE_ERROR_OPEN, "“%s”: %s", path, what);
  return FALSE;
}

static sqlite3 *
open_new (const char  *path,
          GError     **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  sqlite3 *db = NULL;

  if (fd < 0) {
    fail (error, path, g_strerror (errno));
    return NULL;
  }
  close (fd);
  if (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
    return db;
  fail (error, path, sqlite3_errmsg (db));
  sqlite3_close (db);
  return NULL;
}

/* A copy is one file: no WAL stays beside it. */
static gboolean
check_whole (sqlite3     *db,
             const char  *path,
             GError     **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean is_good;

  if (sqlite3_exec (db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) != SQLITE_OK ||
      sqlite3_prepare_v2 (db, "PRAGMA integrity_check (1)", -1, &statement, NULL) != SQLITE_OK)
    return fail (error, path, sqlite3_errmsg (db));
  is_good = sqlite3_step (statement) == SQLITE_ROW &&
            strcmp ((const char *) sqlite3_column_text (statement, 0), "ok") == 0;
  if (!is_good)
    fail (error, path, "is damaged");
  sqlite3_finalize (statement);
  return is_good;
}

/* All pages in one step: one view of the database, and in WAL mode nobody waits for it. */
static gboolean
copy_pages (sqlite3     *from,
            sqlite3     *to,
            const char  *path,
            GError     **error)
{
  sqlite3_backup *backup = sqlite3_backup_init (to, "main", from, "main");
  int result;

  if (backup == NULL)
    return fail (error, path, sqlite3_errmsg (to));
  result = sqlite3_backup_step (backup, -1);
  sqlite3_backup_finish (backup);
  return result == SQLITE_DONE || fail (error, path, sqlite3_errstr (result));
}

gboolean
gate_admin_copy (GateAdmin   *self,
                 const char  *path,
                 GError     **error)
{
  sqlite3 *to = open_new (path, error);
  gboolean is_good;

  if (to == NULL)
    return FALSE;
  is_good = copy_pages (gate_admin_get_db (self), to, path, error) && check_whole (to, path, error);
  sqlite3_close (to);
  if (!is_good)
    g_unlink (path);
  return is_good;
}

/* Checked and made a new incarnation before it gets its name, so that a stop in between leaves no half database. */
static gboolean
renew (const char  *path,
       GError     **error)
{
  sqlite3 *db = NULL;
  gboolean is_good;

  if (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
    is_good = fail (error, path, sqlite3_errmsg (db));
  else
    is_good = check_whole (db, path, error) && gate_store_db_new_log (db, error);
  sqlite3_close (db);
  return is_good;
}

gboolean
gate_admin_adopt (const char  *dir,
                  const char  *path,
                  GError     **error)
{
  g_autofree char *to = g_build_filename (dir, "usher.db", NULL);
  gboolean is_good;
  int lock_fd;

  if (!gate_store_dir_prepare (dir, error))
    return FALSE;
  lock_fd = gate_store_dir_lock (dir, error);
  if (lock_fd < 0)
    return FALSE;
  is_good = renew (path, error);
  if (is_good && link (path, to) != 0) {
    g_set_error (error, GATE_STORE_ERROR,
                 errno == EEXIST ? GATE_STORE_ERROR_EXISTS : GATE_STORE_ERROR_OPEN, "“%s”: %s", to,
                 errno == EEXIST ? "is already there: move the old data away first"
                                 : g_strerror (errno));
    is_good = FALSE;
  }
  if (is_good)
    g_unlink (path);
  close (lock_fd);
  return is_good;
}
