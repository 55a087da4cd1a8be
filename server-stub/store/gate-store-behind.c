/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-store-behind.h"

#include "gate-log.h"
#include "gate-store-db.h"
#include "gate-store-index.h"
#include "gate-store-thread.h"

#include <stdatomic.h>

#define CHECKPOINT_PAGES 1000 /* 4 MiB; SECURITY.md 3.2 */
#define RESTART_PAGES    8000 /* the WAL never came to rest: make it */
#define INDEX_ROWS       500
#define INDEX_GAP_MS     50
#define INDEX_NICE       5 /* under load the index lags a little and messages do not */

struct _GateBehind {
  sqlite3 *usher;
  sqlite3 *search;
  GateIndex *index;
  GateStoreThread *thread;
  /* Who writes next holds `next` until it may: so whoever waits gets its turn, however busy the writer is. */
  GMutex next;
  GMutex writing;
  atomic_int wal_pages;
  gboolean has_failed; /* the index; said once */
};

/* Copies what nobody stands in the way of; neither waits for anybody nor is waited for. */
static int
checkpoint_passively (GateBehind *self,
                      int        *ret_n_log,
                      int        *ret_n_done)
{
  return sqlite3_wal_checkpoint_v2 (self->usher, "main", SQLITE_CHECKPOINT_PASSIVE, ret_n_log,
                                    ret_n_done);
}

/*
 * The WAL begins anew with the first batch that finds all of it copied. Under steady load the writer is always a few pages
 * ahead, so from a certain length on it waits between two batches until those are copied too: some milliseconds. SQLite's
 * own SQLITE_CHECKPOINT_RESTART comes to the same, but both sides find out by sleeping: 40 to 75 ms.
 */
static void
checkpoint (GateBehind *self)
{
  int n_log = 0, n_done = 0, result;

  if (atomic_load (&self->wal_pages) < CHECKPOINT_PAGES)
    return;
  result = checkpoint_passively (self, &n_log, &n_done);
  if (result == SQLITE_OK && n_log >= RESTART_PAGES && n_done == n_log) {
    gate_behind_begin_write (self);
    result = checkpoint_passively (self, &n_log, &n_done);
    gate_behind_end_write (self);
  }
  if (result != SQLITE_OK && result != SQLITE_BUSY)
    gate_log (GATE_LOG_WARNING, "checkpoint_failed", "err", "s", sqlite3_errstr (result), NULL);
  else if (n_done == n_log)
    atomic_store (&self->wal_pages, 0);
}

void
gate_behind_begin_write (GateBehind *self)
{
  g_mutex_lock (&self->next);
  g_mutex_lock (&self->writing);
  g_mutex_unlock (&self->next);
}

void
gate_behind_end_write (GateBehind *self)
{
  g_mutex_unlock (&self->writing);
}

static void
feed (GateBehind *self)
{
  g_autoptr (GError) error = NULL;
  int n;

  do {
    n = gate_index_feed (self->index, INDEX_ROWS, &error);
    checkpoint (self);
  } while (n == INDEX_ROWS && !gate_store_thread_is_stopping (self->thread));
  if (n < 0 && !self->has_failed)
    gate_log (GATE_LOG_ERROR, "index_failed", "err", "s", error->message, NULL);
  self->has_failed = n < 0;
}

static void
tick (gpointer user_data)
{
  feed (user_data);
}

void
gate_behind_committed (GateBehind *self,
                       int         wal_pages)
{
  atomic_store (&self->wal_pages, wal_pages);
  gate_store_thread_poke (self->thread);
}

static void
behind_free (GateBehind *self)
{
  gate_index_free (self->index);
  sqlite3_close (self->search);
  sqlite3_close (self->usher);
  g_mutex_clear (&self->next);
  g_mutex_clear (&self->writing);
  g_free (self);
}

GateBehind *
gate_behind_start (const char  *dir,
                   GError     **error)
{
  static const GateStoreThreadClass thread_class = {
    .name = "store-behind",
    .tick = tick,
    .gap_ms = INDEX_GAP_MS,
    .nice = INDEX_NICE,
  };
  GateBehind *self = g_new0 (GateBehind, 1);

  g_mutex_init (&self->next);
  g_mutex_init (&self->writing);
  self->usher = gate_store_db_open (dir, GATE_DB_BEHIND, error);
  if (self->usher != NULL)
    self->search = gate_store_search_open (dir, error);
  if (self->search != NULL)
    self->index = gate_index_new (self->usher, self->search, error);
  if (self->index == NULL) {
    behind_free (self);
    return NULL;
  }
  self->thread = gate_store_thread_start (&thread_class, self);
  gate_store_thread_poke (self->thread);
  return self;
}

void
gate_behind_stop (GateBehind *self)
{
  if (self == NULL)
    return;
  gate_store_thread_stop (self->thread);
  behind_free (self);
}
