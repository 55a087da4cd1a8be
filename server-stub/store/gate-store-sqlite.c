/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-store-sqlite.h"

#include "gate-log.h"
#include "gate-store-apply.h"
#include "gate-store-behind.h"
#include "gate-store-find.h"
#include "gate-store-lock.h"
#include "gate-store-thread.h"

#include <stdatomic.h>
#include <unistd.h>

#define PROBE_MS   1000 /* how often a store that cannot write tries again */
#define CHANGES_MS 1000 /* how often it is asked whether usherctl changed agents or apps */

/* What goes to a thread and comes back through the mailbox. Lives in the arena of its batch or query. */
typedef struct {
  GateMail mail; /* first: a mail is its job */
  GateBatch *batch;
  GateQuery *query; /* neither: usherctl changed something */
} Job;

typedef struct {
  sqlite3 *db;
  GateFinder *finder;
  GateStoreThread *thread;
} Reader;

typedef struct {
  GateStore interface; /* first: the interface is the store */
  GateStoreDone done;
  gpointer user_data;
  char *dir;
  int lock_fd;
  GateMailbox *mailbox;

  sqlite3 *writer_db;
  GateWriter *writer;
  GateStoreThread *writer_thread;
  sqlite3_stmt *probe;
  atomic_bool is_writable;

  Reader pages, searches;
  GateBehind *behind;

  sqlite3_stmt *data_version, *admin_changes; /* of pages.db */
  gint64 seen_version, seen_changes;
  Job changed;
  atomic_bool is_changed_posted;
} Sqlite;

/* --- Writing, on its thread ------------------------------------------------------------------------ */

static int
committed (void       *user_data,
           sqlite3    *db,
           const char *schema,
           int         n_pages)
{
  Sqlite *self = user_data;

  gate_behind_committed (self->behind, n_pages);
  return SQLITE_OK;
}

static void
set_writable (Sqlite          *self,
              GateStoreStatus  status,
              const char      *error)
{
  gboolean is_writable = status == GATE_STORE_OK;

  if (atomic_exchange (&self->is_writable, is_writable) == is_writable && is_writable)
    return;
  if (is_writable)
    gate_log (GATE_LOG_INFO, "store_writable", NULL);
  else
    gate_log (GATE_LOG_ERROR, status == GATE_STORE_FULL ? "store_full" : "store_failed", "err", "s",
              error, NULL);
}

static void
apply (GateMail *mail,
       gpointer  user_data)
{
  Sqlite *self = user_data;
  Job *job = (Job *) mail;
  GateStoreStatus status;

  gate_behind_begin_write (self->behind);
  status = gate_writer_apply (self->writer, job->batch);
  gate_behind_end_write (self->behind);
  if (gate_writer_is_bug (self->writer))
    gate_log (GATE_LOG_ERROR, "batch_refused", "err", "s", gate_writer_get_error (self->writer),
              NULL);
  else
    set_writable (self, status, gate_writer_get_error (self->writer));
  if (!atomic_load (&self->is_writable))
    gate_store_thread_poke (self->writer_thread);
  gate_mailbox_post (self->mailbox, mail);
}

/* Writes a value over itself: as good a test of the disk as any, and nobody notices. */
static void
probe (gpointer user_data)
{
  Sqlite *self = user_data;

  if (atomic_load (&self->is_writable))
    return;
  if (sqlite3_step (self->probe) == SQLITE_DONE)
    set_writable (self, GATE_STORE_OK, NULL);
  else
    gate_store_thread_poke (self->writer_thread);
  sqlite3_reset (self->probe);
}

/* --- Reading, on two threads ------------------------------------------------------------------------ */

static void
run_query (Sqlite   *self,
           Reader   *reader,
           GateMail *mail)
{
  Job *job = (Job *) mail;

  if (gate_finder_run (reader->finder, job->query) != GATE_STORE_OK)
    gate_log (GATE_LOG_ERROR, "query_failed", "kind", "u", (guint64) job->query->kind, "err", "s",
              gate_finder_get_error (reader->finder), NULL);
  gate_mailbox_post (self->mailbox, mail);
}

static void
run_page (GateMail *mail,
          gpointer  user_data)
{
  Sqlite *self = user_data;

  run_query (self, &self->pages, mail);
}

static void
run_search (GateMail *mail,
            gpointer  user_data)
{
  Sqlite *self = user_data;

  run_query (self, &self->searches, mail);
}

static gint64
read_number (sqlite3_stmt *statement,
             gint64        otherwise)
{
  gint64 value =
    sqlite3_step (statement) == SQLITE_ROW ? sqlite3_column_int64 (statement, 0) : otherwise;

  sqlite3_reset (statement);
  return value;
}

/*
 * usherctl raises a counter with each change. It is read only when any other handle has committed since, and our own
 * writer, which is one of these, never raises it.
 */
static void
look_for_changes (gpointer user_data)
{
  Sqlite *self = user_data;
  gint64 version = read_number (self->data_version, self->seen_version);
  gint64 changes;

  if (version == self->seen_version)
    return;
  self->seen_version = version;
  changes = read_number (self->admin_changes, self->seen_changes);
  if (changes == self->seen_changes)
    return;
  self->seen_changes = changes;
  if (!atomic_exchange (&self->is_changed_posted, TRUE))
    gate_mailbox_post (self->mailbox, &self->changed.mail);
}

/* --- The core's thread ------------------------------------------------------------------------------ */

static void
receive (GateMail *mail,
         gpointer  user_data)
{
  Sqlite *self = user_data;
  Job *job = (Job *) mail;

  if (job->batch != NULL) {
    self->done.batch (job->batch, self->user_data);
  } else if (job->query != NULL) {
    self->done.query (job->query, self->user_data);
  } else {
    atomic_store (&self->is_changed_posted, FALSE);
    if (self->done.changed != NULL)
      self->done.changed (self->user_data);
  }
}

static void
submit (GateStore *store,
        GateBatch *batch)
{
  Sqlite *self = (Sqlite *) store;
  Job *job = wire_arena_new0 (batch->arena, Job);

  job->batch = batch;
  gate_store_thread_post (self->writer_thread, &job->mail);
}

static void
query (GateStore *store,
       GateQuery *asked)
{
  Sqlite *self = (Sqlite *) store;
  Reader *reader = asked->kind == GATE_QUERY_SEARCH || asked->kind == GATE_QUERY_PEOPLE_LIKE
                     ? &self->searches
                     : &self->pages;
  Job *job = wire_arena_new0 (asked->arena, Job);

  job->query = asked;
  gate_store_thread_post (reader->thread, &job->mail);
}

/* On a handle of its own: it may be called while the readers are at work. */
static GateSnapshot *
load (GateStore  *store,
      GError    **error)
{
  Sqlite *self = (Sqlite *) store;
  sqlite3 *db = gate_store_db_open (self->dir, GATE_DB_READ, error);
  GateSnapshot *snapshot;

  if (db == NULL)
    return NULL;
  snapshot = gate_finder_load (db, g_get_real_time () / 1000, error);
  sqlite3_close (db);
  return snapshot;
}

void
gate_store_snapshot_free (GateSnapshot *snapshot)
{
  if (snapshot != NULL)
    wire_arena_free (snapshot->arena);
}

/* --- Opening and closing ---------------------------------------------------------------------------- */

static gboolean
open_reader (Sqlite  *self,
             Reader  *reader,
             GError **error)
{
  reader->db = gate_store_db_open (self->dir, GATE_DB_READ, error);
  if (reader->db == NULL || !gate_store_search_attach (reader->db, self->dir, error))
    return FALSE;
  reader->finder = gate_finder_new (reader->db, error);
  return reader->finder != NULL;
}

static gboolean
open_writer (Sqlite  *self,
             GError **error)
{
  self->writer_db = gate_store_db_open (self->dir, GATE_DB_WRITE, error);
  if (self->writer_db == NULL)
    return FALSE;
  self->writer = gate_writer_new (self->writer_db, error);
  self->probe = gate_store_db_prepare (self->writer_db,
                                       "UPDATE meta SET value = value WHERE key = 'log'", error);
  return self->writer != NULL && self->probe != NULL;
}

static gboolean
open_changes (Sqlite  *self,
              GError **error)
{
  self->data_version = gate_store_db_prepare (self->pages.db, "PRAGMA main.data_version", error);
  self->admin_changes =
    gate_store_db_prepare (self->pages.db, "SELECT value FROM meta WHERE key = 'admin_changes'",
                           error);
  if (self->data_version == NULL || self->admin_changes == NULL)
    return FALSE;
  self->seen_version = read_number (self->data_version, 0);
  self->seen_changes = read_number (self->admin_changes, 0);
  return TRUE;
}

static gboolean
open_all (Sqlite  *self,
          GError **error)
{
  if (!gate_store_dir_prepare (self->dir, error))
    return FALSE;
  self->lock_fd = gate_store_dir_lock (self->dir, error);
  if (self->lock_fd < 0 || !open_writer (self, error))
    return FALSE;
  self->behind = gate_behind_start (self->dir, error);
  return self->behind != NULL && open_reader (self, &self->pages, error) &&
         open_reader (self, &self->searches, error) && open_changes (self, error);
}

static void
start_threads (Sqlite *self)
{
  const GateStoreThreadClass writer = { .name = "store-write",
                                        .handle = apply,
                                        .tick = probe,
                                        .gap_ms = PROBE_MS };
  const GateStoreThreadClass pages = { .name = "store-read",
                                       .handle = run_page,
                                       .tick = look_for_changes,
                                       .tick_ms = CHANGES_MS };
  const GateStoreThreadClass searches = { .name = "store-search", .handle = run_search };

  sqlite3_wal_hook (self->writer_db, committed, self);
  self->writer_thread = gate_store_thread_start (&writer, self);
  self->pages.thread = gate_store_thread_start (&pages, self);
  self->searches.thread = gate_store_thread_start (&searches, self);
}

static void
close_reader (Reader *reader)
{
  gate_finder_free (reader->finder);
  sqlite3_close (reader->db);
}

static void
sqlite_free (Sqlite *self)
{
  gate_behind_stop (self->behind);
  sqlite3_finalize (self->data_version);
  sqlite3_finalize (self->admin_changes);
  close_reader (&self->pages);
  close_reader (&self->searches);
  sqlite3_finalize (self->probe);
  gate_writer_free (self->writer);
  sqlite3_close (self->writer_db);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_free (self->dir);
  g_free (self);
}

GateStore *
gate_store_sqlite_open (const char           *dir,
                        GateLoop             *loop,
                        const GateStoreDone  *done,
                        gpointer              user_data,
                        GError              **error)
{
  Sqlite *self = g_new0 (Sqlite, 1);

  self->interface = (GateStore){ submit, query, load };
  self->done = *done;
  self->user_data = user_data;
  self->dir = g_strdup (dir);
  self->lock_fd = -1;
  atomic_init (&self->is_writable, TRUE);
  if (!open_all (self, error)) {
    sqlite_free (self);
    return NULL;
  }
  self->mailbox = gate_mailbox_new (loop, receive, self);
  start_threads (self);
  return &self->interface;
}

void
gate_store_sqlite_close (GateStore *store)
{
  Sqlite *self = (Sqlite *) store;

  if (self == NULL)
    return;
  gate_store_thread_stop (self->writer_thread);
  gate_store_thread_stop (self->pages.thread);
  gate_store_thread_stop (self->searches.thread);
  gate_mailbox_free (self->mailbox);
  sqlite_free (self);
}

gboolean
gate_store_sqlite_is_writable (GateStore *store)
{
  return atomic_load (&((Sqlite *) store)->is_writable);
}
