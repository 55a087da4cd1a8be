/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-store-db.h"

#include "gate-store-schema.h"
#include "wire-fts.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_VALUE_BYTES    (4 * 1024 * 1024) /* above every row: messages are at most 256 KiB */
#define MAX_SQL_BYTES      (32 * 1024)
#define MAX_EXPR_DEPTH     50
#define BUSY_TIMEOUT_MS    10000
#define MAX_WAL_KEPT_BYTES "16777216" /* a larger WAL file is cut to this after a reset */

G_DEFINE_QUARK (gate_store_error_quark, gate_store_error)

void
gate_store_db_set_error (sqlite3     *db,
                         const char  *what,
                         GError     **error)
{
  g_set_error (error, GATE_STORE_ERROR, GATE_STORE_ERROR_SQL, "%s: %s", what, sqlite3_errmsg (db));
}

static gboolean
run (sqlite3     *db,
     const char  *constant_sql,
     GError     **error)
{
  if (sqlite3_exec (db, constant_sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  gate_store_db_set_error (db, "Cannot set up the database", error);
  return FALSE;
}

sqlite3_stmt *
gate_store_db_prepare (sqlite3     *db,
                       const char  *sql,
                       GError     **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v3 (db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
    gate_store_db_set_error (db, "Cannot prepare a statement", error);
  return statement;
}

/* --- Files ---------------------------------------------------------------------------------------- */

static gboolean
check_mode (const char  *path,
            const char  *wanted,
            GError     **error)
{
  struct stat info;

  if (stat (path, &info) != 0 || (info.st_mode & 077) == 0)
    return TRUE;
  g_set_error (error, GATE_STORE_ERROR, GATE_STORE_ERROR_EXPOSED,
               "Other users may read “%s” (mode %04o): run “chmod %s %s” and start again", path,
               (guint) (info.st_mode & 07777), wanted, path);
  return FALSE;
}

gboolean
gate_store_dir_prepare (const char  *dir,
                        GError     **error)
{
  static const char *const files[] = { "usher.db",  "usher.db-wal",  "usher.db-shm",
                                       "search.db", "search.db-wal", "search.db-shm" };

  if (g_mkdir_with_parents (dir, 0700) != 0) {
    g_set_error (error, GATE_STORE_ERROR, GATE_STORE_ERROR_OPEN,
                 "Cannot make the data folder “%s”: %s", dir, g_strerror (errno));
    return FALSE;
  }
  if (!check_mode (dir, "700", error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (dir, files[i], NULL);

    if (!check_mode (path, "600", error))
      return FALSE;
  }
  return TRUE;
}

void
gate_store_give_to_owner (int         fd,
                          const char *dir)
{
  struct stat info;

  if (geteuid () == 0 && stat (dir, &info) == 0 && info.st_uid != 0 &&
      fchown (fd, info.st_uid, info.st_gid) != 0)
    g_debug ("cannot change the owner of a file in %s", dir);
}

/* SQLite gives the WAL and the shared memory the mode of the database, so that is made first, by us. */
static gboolean
make_file (const char  *path,
           GError     **error)
{
  g_autofree char *dir = g_path_get_dirname (path);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0) {
    g_set_error (error, GATE_STORE_ERROR, GATE_STORE_ERROR_OPEN, "Cannot open “%s”: %s", path,
                 g_strerror (errno));
    return FALSE;
  }
  gate_store_give_to_owner (fd, dir);
  close (fd);
  return TRUE;
}

/* --- Handles -------------------------------------------------------------------------------------- */

static void
harden (sqlite3 *db)
{
  sqlite3_extended_result_codes (db, 1);
  sqlite3_busy_timeout (db, BUSY_TIMEOUT_MS);
  sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
  sqlite3_limit (db, SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES);
  sqlite3_limit (db, SQLITE_LIMIT_SQL_LENGTH, MAX_SQL_BYTES);
  sqlite3_limit (db, SQLITE_LIMIT_EXPR_DEPTH, MAX_EXPR_DEPTH);
  sqlite3_limit (db, SQLITE_LIMIT_ATTACHED, 1);
}

static sqlite3 *
open_handle (const char  *path,
             GError     **error)
{
  sqlite3 *db = NULL;

  if (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
    g_set_error (error, GATE_STORE_ERROR, GATE_STORE_ERROR_OPEN, "Cannot open “%s”: %s", path,
                 db != NULL ? sqlite3_errmsg (db) : "out of memory");
    sqlite3_close (db);
    return NULL;
  }
  harden (db);
  return db;
}

static int
get_user_version (sqlite3 *db)
{
  sqlite3_stmt *statement = NULL;
  int version = -1;

  if (sqlite3_prepare_v2 (db, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step (statement) == SQLITE_ROW)
    version = sqlite3_column_int (statement, 0);
  sqlite3_finalize (statement);
  return version;
}

static gboolean
check_version (sqlite3  *db,
               int       newest,
               int      *ret_version,
               GError  **error)
{
  int version = get_user_version (db);

  if (version < 0) {
    gate_store_db_set_error (db, "Cannot read the version of the database", error);
    return FALSE;
  }
  if (version > newest) {
    g_set_error (error, GATE_STORE_ERROR, GATE_STORE_ERROR_NEWER,
                 "The database has version %d, this program knows versions up to %d: install the "
                 "newer Usher that wrote it",
                 version, newest);
    return FALSE;
  }
  *ret_version = version;
  return TRUE;
}

/* Each numbered file is one transaction that ends by setting user_version to its number. */
static gboolean
bring_up_to_date (sqlite3            *db,
                  const char *const  *schema,
                  int                 n_files,
                  GError            **error)
{
  int version;

  if (!check_version (db, n_files, &version, error))
    return FALSE;
  for (; version < n_files; version++)
    if (!run (db, "BEGIN IMMEDIATE", error) || !run (db, schema[version], error) ||
        !run (db, "COMMIT", error))
      return FALSE;
  return TRUE;
}

guint64
gate_store_db_get_log (sqlite3 *db)
{
  sqlite3_stmt *statement = NULL;
  guint64 log = 0;

  if (sqlite3_prepare_v2 (db, "SELECT value FROM meta WHERE key = 'log'", -1, &statement, NULL) ==
        SQLITE_OK &&
      sqlite3_step (statement) == SQLITE_ROW)
    log = (guint64) sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return log;
}

gboolean
gate_store_db_new_log (sqlite3  *db,
                       GError  **error)
{
  static const char sql[] = "INSERT INTO meta VALUES ('log', ?1) "
                            "ON CONFLICT (key) DO UPDATE SET value = ?1";
  sqlite3_stmt *statement = gate_store_db_prepare (db, sql, error);
  guint64 log = 0;
  int result;

  if (statement == NULL)
    return FALSE;
  /* 53 bits, so that a JSON number holds it. */
  while (log == 0) {
    g_assert (getrandom (&log, sizeof log, 0) == sizeof log);
    log >>= 11;
  }
  sqlite3_bind_int64 (statement, 1, (gint64) log);
  result = sqlite3_step (statement);
  sqlite3_finalize (statement);
  if (result == SQLITE_DONE)
    return TRUE;
  gate_store_db_set_error (db, "Cannot write the incarnation", error);
  return FALSE;
}

static gboolean
set_up_writer (sqlite3  *db,
               GError  **error)
{
  return run (db, "PRAGMA journal_mode = WAL", error) &&
         run (db, "PRAGMA synchronous = FULL", error) &&
         run (db, "PRAGMA wal_autocheckpoint = 0", error) &&
         run (db, "PRAGMA journal_size_limit = " MAX_WAL_KEPT_BYTES, error) &&
         run (db, "PRAGMA cache_size = -8192", error) &&
         bring_up_to_date (db, usher_schema, G_N_ELEMENTS (usher_schema), error) &&
         (gate_store_db_get_log (db) != 0 || gate_store_db_new_log (db, error));
}

static gboolean
set_up_admin (sqlite3  *db,
              GError  **error)
{
  int version;

  return check_version (db, G_N_ELEMENTS (usher_schema), &version, error) &&
         run (db, "PRAGMA synchronous = FULL", error) &&
         run (db, "PRAGMA wal_autocheckpoint = 0", error);
}

static gboolean
set_up (sqlite3     *db,
        GateDbMode   mode,
        GError     **error)
{
  if (!run (db, "PRAGMA temp_store = MEMORY", error))
    return FALSE;
  switch (mode) {
  case GATE_DB_WRITE:
    return set_up_writer (db, error);
  case GATE_DB_ADMIN:
    return set_up_admin (db, error);
  case GATE_DB_READ:
    return run (db, "PRAGMA cache_size = -4096", error) &&
           run (db, "PRAGMA query_only = ON", error);
  case GATE_DB_BEHIND:
    return run (db, "PRAGMA cache_size = -1024", error) &&
           run (db, "PRAGMA synchronous = FULL", error);
  default:
    g_assert_not_reached ();
  }
}

static gboolean
register_tokenizer (sqlite3  *db,
                    GError  **error)
{
  if (wire_fts_register (db))
    return TRUE;
  g_set_error_literal (error, GATE_STORE_ERROR, GATE_STORE_ERROR_SQL,
                       "This SQLite was built without FTS5, which search needs");
  return FALSE;
}

/* SQLite counts its memory under a lock, at each allocation, and nobody reads the count. Has no effect after its first use. */
static void
stop_counting (void)
{
  (void) sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
}

sqlite3 *
gate_store_db_open (const char  *dir,
                    GateDbMode   mode,
                    GError     **error)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  g_autofree char *path = g_build_filename (dir, "usher.db", NULL);
  sqlite3 *db;

  (void) pthread_once (&once, stop_counting);
  if (mode == GATE_DB_WRITE && !make_file (path, error))
    return NULL;
  db = open_handle (path, error);
  if (db == NULL)
    return NULL;
  if (set_up (db, mode, error) && register_tokenizer (db, error))
    return db;
  g_prefix_error (error, "“%s”: ", path);
  sqlite3_close (db);
  return NULL;
}

/* --- The index ------------------------------------------------------------------------------------ */

static sqlite3 *
try_search_open (const char  *path,
                 GError     **error)
{
  sqlite3 *db;

  if (!make_file (path, error))
    return NULL;
  db = open_handle (path, error);
  if (db == NULL)
    return NULL;
  /* What a power cut takes from the index is indexed again; it only must not be torn. */
  if (run (db, "PRAGMA journal_mode = WAL", error) &&
      run (db, "PRAGMA synchronous = NORMAL", error) &&
      run (db, "PRAGMA journal_size_limit = " MAX_WAL_KEPT_BYTES, error) &&
      run (db, "PRAGMA temp_store = MEMORY", error) && register_tokenizer (db, error) &&
      bring_up_to_date (db, search_schema, G_N_ELEMENTS (search_schema), error))
    return db;
  sqlite3_close (db);
  return NULL;
}

static void
remove_search (const char *path)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *name = g_strconcat (path, suffixes[i], NULL);

    g_unlink (name);
  }
}

sqlite3 *
gate_store_search_open (const char  *dir,
                        GError     **error)
{
  g_autofree char *path = g_build_filename (dir, "search.db", NULL);
  sqlite3 *db = try_search_open (path, NULL);

  if (db != NULL)
    return db;
  remove_search (path);
  return try_search_open (path, error);
}

gboolean
gate_store_search_attach (sqlite3     *db,
                          const char  *dir,
                          GError     **error)
{
  g_autofree char *path = g_build_filename (dir, "search.db", NULL);
  sqlite3_stmt *statement = gate_store_db_prepare (db, "ATTACH ?1 AS search", error);
  gboolean is_done;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_text (statement, 1, path, -1, SQLITE_STATIC);
  is_done = sqlite3_step (statement) == SQLITE_DONE;
  sqlite3_finalize (statement);
  if (!is_done)
    gate_store_db_set_error (db, "Cannot attach search.db", error);
  return is_done;
}
