/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-store"
#include "config.h"

#include "usher-db.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <unistd.h>

#include "usher-db-schema.h"
#include "usher-store-error.h"
#include "wire-fts.h"

#define CACHE_KIB 4096

struct _UsherDb {
  sqlite3 *handle;
  GHashTable *statements; /* address of the SQL → sqlite3_stmt */
  gint64 deadline_us;
};

G_DEFINE_QUARK (usher_store_error_quark, usher_store_error)

static UsherStoreError
error_code (int status)
{
  switch (status & 0xff) {
  case SQLITE_FULL:
    return USHER_STORE_ERROR_FULL;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return USHER_STORE_ERROR_CORRUPT;
  case SQLITE_INTERRUPT:
    return USHER_STORE_ERROR_TIME;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return USHER_STORE_ERROR_IN_USE;
  default:
    return USHER_STORE_ERROR_FAILED;
  }
}

static gboolean
fail (UsherDb  *db,
      int       status,
      GError  **error)
{
  g_set_error (error, USHER_STORE_ERROR, (int) error_code (status), "%s",
               db->handle != NULL ? sqlite3_errmsg (db->handle) : sqlite3_errstr (status));
  return FALSE;
}

/* For literals only: nothing that came from outside is ever part of the SQL. */
gboolean
usher_db_execute (UsherDb     *db,
                  const char  *sql,
                  GError     **error)
{
  int status = sqlite3_exec (db->handle, sql, NULL, NULL, NULL);

  return status == SQLITE_OK || fail (db, status, error);
}

static sqlite3_stmt *
prepare (UsherDb     *db,
         const char  *sql,
         GError     **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (db->statements, sql);
  int status;

  if (statement != NULL)
    return statement;
  status = sqlite3_prepare_v3 (db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
  if (status != SQLITE_OK) {
    fail (db, status, error);
    return NULL;
  }
  g_hash_table_insert (db->statements, (gpointer) sql, statement);
  return statement;
}

static void
bind (sqlite3_stmt *statement,
      const char   *format,
      va_list      *args)
{
  for (int i = 0; format != NULL && format[i] != '\0'; i++) {
    const char *text;

    switch (format[i]) {
    case 'i':
      /* va_start is in the caller, where the analyser does not look. */
      /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
      sqlite3_bind_int64 (statement, i + 1, (sqlite3_int64) va_arg (*args, guint64));
      break;
    case 't':
      /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
      text = va_arg (*args, const char *);
      sqlite3_bind_text (statement, i + 1, text, -1, SQLITE_TRANSIENT);
      break;
    default:
      g_assert_not_reached ();
    }
  }
}

gboolean
usher_db_run (UsherDb     *db,
              GError     **error,
              const char  *sql,
              const char  *format,
              ...)
{
  sqlite3_stmt *statement = prepare (db, sql, error);
  va_list args;
  int status;

  if (statement == NULL)
    return FALSE;
  va_start (args, format);
  bind (statement, format, &args);
  va_end (args);
  status = sqlite3_step (statement);
  if (status != SQLITE_DONE && status != SQLITE_ROW)
    fail (db, status, error);
  usher_db_end (statement);
  return status == SQLITE_DONE || status == SQLITE_ROW;
}

sqlite3_stmt *
usher_db_query (UsherDb     *db,
                GError     **error,
                const char  *sql,
                const char  *format,
                ...)
{
  sqlite3_stmt *statement = prepare (db, sql, error);
  va_list args;

  if (statement == NULL)
    return NULL;
  va_start (args, format);
  bind (statement, format, &args);
  va_end (args);
  return statement;
}

gboolean
usher_db_next (UsherDb       *db,
               sqlite3_stmt  *statement,
               GError       **error)
{
  int status = sqlite3_step (statement);

  if (status == SQLITE_ROW)
    return TRUE;
  if (status != SQLITE_DONE)
    fail (db, status, error);
  return FALSE;
}

void
usher_db_end (sqlite3_stmt *statement)
{
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
}

guint64
usher_db_id (sqlite3_stmt *statement,
             int           column)
{
  return (guint64) sqlite3_column_int64 (statement, column);
}

char *
usher_db_text (sqlite3_stmt *statement,
               int           column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

gboolean
usher_db_begin (UsherDb  *db,
                GError  **error)
{
  return usher_db_run (db, error, "BEGIN IMMEDIATE", NULL);
}

/* A full disk has rolled back already; then a ROLLBACK would be an error of its own. */
gboolean
usher_db_commit (UsherDb  *db,
                 GError  **error)
{
  if (sqlite3_get_autocommit (db->handle)) {
    g_set_error_literal (error, USHER_STORE_ERROR, USHER_STORE_ERROR_FULL,
                         "The batch was rolled back");
    return FALSE;
  }
  if (usher_db_run (db, error, "COMMIT", NULL))
    return TRUE;
  if (!sqlite3_get_autocommit (db->handle))
    usher_db_run (db, NULL, "ROLLBACK", NULL);
  return FALSE;
}

static int
time_is_up (void *data)
{
  const UsherDb *db = data;

  return g_get_monotonic_time () >= db->deadline_us;
}

void
usher_db_limit_time (UsherDb *db,
                     gint64   deadline_us)
{
  db->deadline_us = deadline_us;
  sqlite3_progress_handler (db->handle, 1000, deadline_us != 0 ? time_is_up : NULL, db);
}

static guint
schema_version (UsherDb  *db,
                GError  **error)
{
  sqlite3_stmt *statement = usher_db_query (db, error, "PRAGMA user_version", NULL);
  guint version = G_MAXUINT;

  if (statement == NULL)
    return G_MAXUINT;
  if (usher_db_next (db, statement, error))
    version = (guint) usher_db_id (statement, 0);
  usher_db_end (statement);
  return version;
}

static gboolean
upgrade_step (UsherDb  *db,
              guint     version,
              GError  **error)
{
  g_autofree char *count = g_strdup_printf ("PRAGMA user_version = %u", version + 1);

  return usher_db_begin (db, error) &&
         usher_db_execute (db, usher_db_schema_step (version), error) &&
         usher_db_execute (db, count, error) && usher_db_commit (db, error);
}

static gboolean
upgrade (UsherDb  *db,
         GError  **error)
{
  guint version = schema_version (db, error);

  if (version == G_MAXUINT)
    return FALSE;
  if (version > usher_db_schema_version ()) {
    g_set_error (error, USHER_STORE_ERROR, USHER_STORE_ERROR_TOO_NEW,
                 "The cache is of version %u, this program knows %u", version,
                 usher_db_schema_version ());
    return FALSE;
  }
  for (; version < usher_db_schema_version (); version++) {
    if (!upgrade_step (db, version, error))
      return FALSE;
  }
  return TRUE;
}

/* synchronous=FULL: a queued line and a draft must survive the power going, not only kill -9. The price is one fsync a batch,
 * on a thread that nobody waits for. */
static gboolean
configure (UsherDb  *db,
           GError  **error)
{
  int on = 0;

  sqlite3_busy_timeout (db->handle, 2000);
  sqlite3_extended_result_codes (db->handle, 1);
  sqlite3_db_config (db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, &on);
  sqlite3_db_config (db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &on);
  return usher_db_execute (
    db,
    "PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -" G_STRINGIFY (CACHE_KIB) ";",
    error);
}

/* Made here and not by SQLite: its own mode would follow the umask. The WAL takes the mode of the file. */
static gboolean
make_private (const char  *path,
              GError     **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0 || fchmod (fd, 0600) != 0) {
    g_set_error (error, USHER_STORE_ERROR, USHER_STORE_ERROR_FAILED, "%s", g_strerror (errno));
    if (fd >= 0)
      close (fd);
    return FALSE;
  }
  close (fd);
  return TRUE;
}

UsherDb *
usher_db_open (const char  *path,
               GError     **error)
{
  g_autoptr (UsherDb) db = g_new0 (UsherDb, 1);
  int status;

  db->statements = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) sqlite3_finalize);
  if (!make_private (path, error)) {
    g_prefix_error (error, "Cannot open cache “%s”: ", path);
    return NULL;
  }
  status = sqlite3_open_v2 (path, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, NULL);
  if (status != SQLITE_OK)
    fail (db, status, error);
  if (status != SQLITE_OK || !configure (db, error) || !upgrade (db, error)) {
    g_prefix_error (error, "Cannot open cache “%s”: ", path);
    return NULL;
  }
  if (!wire_fts_register (db->handle))
    g_warning ("this SQLite has no FTS5: there will be no search");
  return g_steal_pointer (&db);
}

UsherDb *
usher_db_open_reader (const char  *path,
                      GError     **error)
{
  g_autoptr (UsherDb) db = g_new0 (UsherDb, 1);
  int status;

  db->statements = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) sqlite3_finalize);
  status = sqlite3_open_v2 (path, &db->handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_FULLMUTEX, NULL);
  if (status != SQLITE_OK) {
    fail (db, status, error);
    return NULL;
  }
  sqlite3_busy_timeout (db->handle, 2000);
  return g_steal_pointer (&db);
}

void
usher_db_close (UsherDb *db)
{
  g_hash_table_unref (db->statements);
  sqlite3_close_v2 (db->handle);
  g_free (db);
}
