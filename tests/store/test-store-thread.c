/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store as the core sees it: threads, mailbox, load, changed. */
#include "config.h"

#include "gate-store-lock.h"
#include "gate-store-sqlite.h"
#include "gate.pb-c.h"
#include "store-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_US (G_GINT64_CONSTANT (10) * G_USEC_PER_SEC)

typedef struct {
  char *dir;
  GateLoop *loop;
  GateStore *store;
  GQueue batches, queries; /* that came back */
  guint n_changed;
} Fixture;

static void
batch_done (GateBatch *batch,
            gpointer   user_data)
{
  g_queue_push_tail (&((Fixture *) user_data)->batches, batch);
}

static void
query_done (GateQuery *query,
            gpointer   user_data)
{
  g_queue_push_tail (&((Fixture *) user_data)->queries, query);
}

static void
changed (gpointer user_data)
{
  ((Fixture *) user_data)->n_changed++;
}

static const GateStoreDone done = { batch_done, query_done, changed };

static void
open_store (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  self->store = gate_store_sqlite_open (self->dir, self->loop, &done, self, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->dir = store_make_dir ();
  self->loop = gate_loop_new ();
  g_queue_init (&self->batches);
  g_queue_init (&self->queries);
  open_store (self);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  gate_store_sqlite_close (self->store);
  g_queue_clear_full (&self->batches, (GDestroyNotify) gate_batch_free);
  g_queue_clear_full (&self->queries, (GDestroyNotify) gate_query_free);
  gate_loop_free (self->loop);
  store_remove_dir (self->dir);
  g_free (self->dir);
}

/* Turns the loop until @queue has something. */
static gpointer
wait_for (Fixture *self,
          GQueue  *queue)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

  while (g_queue_is_empty (queue)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    gate_loop_turn (self->loop, 100);
  }
  return g_queue_pop_head (queue);
}

static GateBatch *
apply (Fixture   *self,
       GateBatch *batch)
{
  self->store->submit (self->store, batch);
  return wait_for (self, &self->batches);
}

static void
test_round_trip (Fixture       *self,
                 gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();
  GateWrite *write;
  GateQuery *query;
  GateSnapshot *snapshot;
  g_autoptr (GError) error = NULL;

  store_add_conv (batch, 7, 3, 1, GATE__V1__STATE__ST_QUEUED);
  write = store_add_message (batch, 7, 99, 5, GATE__V1__ROLE__VISITOR, 0, "hello");
  batch = apply (self, batch);
  g_assert_cmpint (batch->status, ==, GATE_STORE_OK);
  g_assert_cmpuint (write->row.message.seq, ==, 1);
  gate_batch_free (batch);

  query = gate_query_new (GATE_QUERY_HISTORY);
  query->conv = 7;
  query->limit = 10;
  self->store->query (self->store, query);
  query = wait_for (self, &self->queries);
  g_assert_cmpint (query->status, ==, GATE_STORE_OK);
  g_assert_cmpuint (query->n_messages, ==, 1);
  g_assert_cmpstr (query->messages[0].text, ==, "hello");
  gate_query_free (query);

  snapshot = self->store->load (self->store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (snapshot->n_convs, ==, 1);
  g_assert_cmpuint (snapshot->convs[0].last_seq, ==, 1);
  g_assert_cmpuint (snapshot->next_conv, ==, 8);
  g_assert_cmpuint (snapshot->log, !=, 0);
  gate_store_snapshot_free (snapshot);
}

/* The index runs behind by itself, and says how far it came. */
static void
test_search_behind (Fixture       *self,
                    gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  guint n_hits = 0;

  store_add_conv (batch, 7, 3, 1, GATE__V1__STATE__ST_QUEUED);
  store_add_message (batch, 7, 99, 5, GATE__V1__ROLE__VISITOR, 0, "我要退款");
  gate_batch_free (apply (self, batch));
  while (n_hits == 0) {
    GateQuery *query = gate_query_new (GATE_QUERY_SEARCH);

    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    query->text = "退款";
    self->store->query (self->store, query);
    query = wait_for (self, &self->queries);
    g_assert_cmpint (query->status, ==, GATE_STORE_OK);
    n_hits = query->n_hits;
    if (n_hits > 0)
      g_assert_cmpuint (query->indexed_to, ==, 5);
    gate_query_free (query);
  }
  g_assert_cmpuint (n_hits, ==, 1);
}

/* Closing commits what was submitted, and its result still arrives. */
static void
test_close_commits (Fixture       *self,
                    gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();
  GateSnapshot *snapshot;

  store_add_conv (batch, 1, 3, 1, GATE__V1__STATE__ST_QUEUED);
  self->store->submit (self->store, batch);
  gate_store_sqlite_close (self->store);
  g_assert_cmpuint (self->batches.length, ==, 1);
  g_assert_cmpint (((GateBatch *) self->batches.head->data)->status, ==, GATE_STORE_OK);

  open_store (self);
  snapshot = self->store->load (self->store, NULL);
  g_assert_cmpuint (snapshot->n_convs, ==, 1);
  gate_store_snapshot_free (snapshot);
}

/* One bad batch fails alone. */
static void
test_bad_batch (Fixture       *self,
                gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();

  g_assert_true (gate_store_sqlite_is_writable (self->store));
  store_add_message (batch, 12345, 1, 5, GATE__V1__ROLE__VISITOR, 0, "to nobody");
  batch = apply (self, batch);
  g_assert_cmpint (batch->status, ==, GATE_STORE_FAILED);
  g_assert_cmpuint (batch->first->row.message.seq, ==, 0);
  gate_batch_free (batch);

  batch = gate_batch_new ();
  store_add_conv (batch, 12345, 3, 1, GATE__V1__STATE__ST_QUEUED);
  batch = apply (self, batch);
  g_assert_cmpint (batch->status, ==, GATE_STORE_OK);
  gate_batch_free (batch);
  g_assert_true (gate_store_sqlite_is_writable (self->store));
}

static GateStoreStatus
write_rows (Fixture *self)
{
  GateBatch *batch = gate_batch_new ();
  GateStoreStatus status;

  for (guint i = 0; i < 50; i++)
    store_add_message (batch, 1, 0, 1, GATE__V1__ROLE__VISITOR, 0, "a line that takes space");
  batch = apply (self, batch);
  status = batch->status;
  gate_batch_free (batch);
  return status;
}

/* A limit on the size of files instead of a full disk: the same answer, no restart, and readiness comes back by itself. */
static void
test_full (Fixture       *self,
           gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();
  struct rlimit before, limit;
  gint64 deadline;
  GateQuery *query;

  signal (SIGXFSZ, SIG_IGN);
  store_add_conv (batch, 1, 3, 1, GATE__V1__STATE__ST_ACTIVE);
  gate_batch_free (apply (self, batch));
  getrlimit (RLIMIT_FSIZE, &before);
  limit = (struct rlimit){ 1024 * 1024ul, before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  while (write_rows (self) == GATE_STORE_OK)
    continue;
  /* Room for a page may come back by itself, when the WAL begins anew; now there is none for a byte. */
  limit.rlim_cur = 1;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_cmpint (write_rows (self), ==, GATE_STORE_FULL);
  g_assert_false (gate_store_sqlite_is_writable (self->store));

  query = gate_query_new (GATE_QUERY_CONV);
  query->conv = 1;
  self->store->query (self->store, query);
  query = wait_for (self, &self->queries);
  g_assert_cmpint (query->status, ==, GATE_STORE_OK);
  g_assert_cmpuint (query->convs->last_seq % 50, ==, 0);
  gate_query_free (query);

  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  deadline = g_get_monotonic_time () + G_GINT64_CONSTANT (2) * G_USEC_PER_SEC;
  while (!gate_store_sqlite_is_writable (self->store)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    gate_loop_turn (self->loop, 10);
  }
  g_assert_cmpint (write_rows (self), ==, GATE_STORE_OK);
}

#define LONG_TEXT_BYTES 4000 /* a page and more a line */
#define BUSY_BATCHES    160
#define BUSY_LINES      256

/* A writer that never rests: there is always one batch more than the one being written. The WAL still comes to its end. */
static void
test_wal_is_bounded (Fixture       *self,
                     gconstpointer  data)
{
  g_autofree char *path = g_build_filename (self->dir, "usher.db-wal", NULL);
  g_autofree char *text = g_strnfill (LONG_TEXT_BYTES, 'x');
  GateBatch *batch = gate_batch_new ();
  guint64 cid = 0;
  struct stat wal;

  store_add_conv (batch, 1, 1, 1, GATE__V1__STATE__ST_QUEUED);
  self->store->submit (self->store, batch);
  for (guint i = 0; i < BUSY_BATCHES; i++) {
    batch = gate_batch_new ();
    for (guint j = 0; j < BUSY_LINES; j++)
      store_add_message (batch, 1, ++cid, 5, GATE__V1__ROLE__VISITOR, 0, text);
    self->store->submit (self->store, batch);
    batch = wait_for (self, &self->batches);
    g_assert_cmpint (batch->status, ==, GATE_STORE_OK);
    gate_batch_free (batch);
  }
  gate_batch_free (wait_for (self, &self->batches));
  g_assert_cmpint (stat (path, &wal), ==, 0);
  g_test_message ("%" G_GUINT64_FORMAT " lines, WAL %" G_GINT64_FORMAT " KiB", cid,
                  (gint64) wal.st_size / 1024);
  g_assert_cmpint (wal.st_size, <, (gint64) cid * LONG_TEXT_BYTES * 3 / 4);
}

static void
test_modes (Fixture       *self,
            gconstpointer  data)
{
  static const char *const files[] = { "usher.db", "usher.db-wal", "usher.db-shm", "search.db" };
  struct stat info;

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (self->dir, files[i], NULL);

    g_assert_cmpint (stat (path, &info), ==, 0);
    g_assert_cmpuint (info.st_mode & 07777, ==, 0600);
  }
}

static void
expect_refusal (const char *dir,
                GateLoop   *loop,
                int         code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gate_store_sqlite_open (dir, loop, &done, NULL, &error));
  g_assert_error (error, GATE_STORE_ERROR, code);
  g_test_message ("%s", error->message);
}

static void
test_refuses_exposed (Fixture       *self,
                      gconstpointer  data)
{
  g_autofree char *path = g_build_filename (self->dir, "usher.db", NULL);

  gate_store_sqlite_close (self->store);
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  expect_refusal (self->dir, self->loop, GATE_STORE_ERROR_EXPOSED);
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  g_assert_cmpint (g_chmod (self->dir, 0750), ==, 0);
  expect_refusal (self->dir, self->loop, GATE_STORE_ERROR_EXPOSED);
  g_assert_cmpint (g_chmod (self->dir, 0700), ==, 0);
  open_store (self);
}

static void
test_refuses_newer (Fixture       *self,
                    gconstpointer  data)
{
  static const char to_version_1[] =
    "DROP TABLE merged; DROP INDEX visitor_email; DROP INDEX visitor_phone;"
    "ALTER TABLE visitor DROP COLUMN staff_keys; DROP INDEX visitor_blocked;"
    "ALTER TABLE visitor DROP COLUMN note;"
    "ALTER TABLE visitor DROP COLUMN edited; ALTER TABLE visitor DROP COLUMN blocked_until;"
    "ALTER TABLE conv DROP COLUMN brief;"
    "PRAGMA user_version = 1";
  g_autofree char *path = g_build_filename (self->dir, "usher.db", NULL);
  sqlite3 *db;

  gate_store_sqlite_close (self->store);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 99", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  expect_refusal (self->dir, self->loop, GATE_STORE_ERROR_NEWER);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, to_version_1, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  open_store (self); /* brings it up to date */
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "SELECT note, edited, blocked_until, staff_keys FROM visitor",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "SELECT brief FROM conv", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
wait_for_good (pid_t pid)
{
  int status;

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
}

/* A second gateway is a second process. */
static void
test_refuses_second (Fixture       *self,
                     gconstpointer  data)
{
  pid_t pid = fork ();

  if (pid == 0) {
    GError *error = NULL;
    int fd = gate_store_dir_lock (self->dir, &error);

    _exit (fd < 0 && g_error_matches (error, GATE_STORE_ERROR, GATE_STORE_ERROR_LOCKED) &&
               strstr (error->message, "another gateway") != NULL
             ? 0
             : 1);
  }
  wait_for_good (pid);
}

/* The one that holds the folder sees who is next; who would be the second in the line is refused. */
static void
test_next (Fixture       *self,
           gconstpointer  data)
{
  int fds[2];
  char byte;
  pid_t pid;

  g_assert_cmpint (gate_store_dir_get_next (self->dir), ==, 0);
  g_assert_cmpint (pipe (fds), ==, 0);
  pid = fork ();
  if (pid == 0) {
    int fd = gate_store_dir_queue (self->dir, NULL);

    close (fds[1]);
    _exit (fd >= 0 && read (fds[0], &byte, 1) == 0 ? 0 : 1);
  }
  close (fds[0]);
  for (int i = 0; i < 1000 && gate_store_dir_get_next (self->dir) == 0; i++)
    g_usleep (10000);
  g_assert_cmpint (gate_store_dir_get_next (self->dir), ==, pid);
  g_assert_cmpint (gate_store_dir_queue (self->dir, NULL), ==, -1);
  close (fds[1]);
  wait_for_good (pid);
  g_assert_cmpint (gate_store_dir_get_next (self->dir), ==, 0);
}

/* usherctl in another process (here: another handle) changes agents; our own writes raise nothing. */
static void
test_changed (Fixture       *self,
              gconstpointer  data)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  GateBatch *batch = gate_batch_new ();
  sqlite3 *db = gate_store_db_open (self->dir, GATE_DB_ADMIN, NULL);

  store_add_conv (batch, 1, 3, 1, GATE__V1__STATE__ST_QUEUED);
  gate_batch_free (apply (self, batch));
  g_assert_cmpint (sqlite3_exec (db,
                                 "UPDATE meta SET value = value + 1 WHERE key = 'admin_changes'",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_close (db);
  while (self->n_changed == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    gate_loop_turn (self->loop, 100);
  }
  g_assert_cmpuint (self->n_changed, ==, 1);
}

#define ADD(name, func) g_test_add ("/store/thread/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("round-trip", test_round_trip);
  ADD ("search-behind", test_search_behind);
  ADD ("close-commits", test_close_commits);
  ADD ("bad-batch", test_bad_batch);
  ADD ("full", test_full);
  ADD ("wal-is-bounded", test_wal_is_bounded);
  ADD ("modes", test_modes);
  ADD ("refuses-exposed", test_refuses_exposed);
  ADD ("refuses-newer", test_refuses_newer);
  ADD ("refuses-second", test_refuses_second);
  ADD ("next", test_next);
  ADD ("changed", test_changed);
  return g_test_run ();
}
