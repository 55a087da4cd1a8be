/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk that runs full: an explicit no, queries that go on, and no restart when there is space again. */
#include "config.h"

#include "cut-vfs.h"
#include "gate.pb-c.h"
#include "store-fixture.h"

#include <string.h>

#define SPACE_BYTES (600 * 1024l)

static void
set_up (StoreFixture  *self,
        gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();

  cut_vfs_reset ();
  cut_vfs_set_space (-1);
  store_fixture_set_up (self);
  store_add_conv (batch, 1, 3, 1, GATE__V1__STATE__ST_ACTIVE);
  store_apply (self, batch);
}

static void
tear_down (StoreFixture  *self,
           gconstpointer  data)
{
  cut_vfs_set_space (-1);
  store_fixture_tear_down (self);
}

static GateStoreStatus
write_batch (StoreFixture *self,
             guint         n_rows)
{
  GateBatch *batch = gate_batch_new ();
  g_autofree char *text = g_strnfill (500, 'x');
  GateStoreStatus status;

  for (guint i = 0; i < n_rows; i++)
    store_add_message (batch, 1, 0, 1, GATE__V1__ROLE__VISITOR, 0, text);
  status = gate_writer_apply (self->writer, batch);
  for (GateWrite *write = batch->first; write != NULL; write = write->next)
    g_assert_cmpint (write->row.message.seq != 0, ==, status == GATE_STORE_OK);
  gate_batch_free (batch);
  return status;
}

static guint
fill_up (StoreFixture *self)
{
  guint n_rows = 0;
  GateStoreStatus status;

  cut_vfs_set_space (cut_vfs_get_used () + SPACE_BYTES);
  while ((status = write_batch (self, 7)) == GATE_STORE_OK)
    n_rows += 7;
  g_assert_cmpint (status, ==, GATE_STORE_FULL);
  g_assert_cmpuint (n_rows, >, 100);
  return n_rows;
}

static void
expect_rows (StoreFixture *self,
             guint         n_rows)
{
  GateQuery *query = store_page (self, 1, G_MAXUINT64, 0, 10, TRUE);

  g_assert_cmpuint (query->head, ==, n_rows);
  g_assert_cmpuint (query->messages[query->n_messages - 1].seq, ==, n_rows);
  gate_query_free (query);
  g_assert_cmpint (store_count (self, "SELECT count (*) FROM message"), ==, n_rows);
}

static void
test_recovers (StoreFixture  *self,
               gconstpointer  data)
{
  guint n_rows = fill_up (self);

  for (guint i = 0; i < 20; i++) {
    g_assert_cmpint (write_batch (self, 7), ==, GATE_STORE_FULL);
    g_assert_false (gate_writer_is_bug (self->writer));
    expect_rows (self, n_rows);
  }
  /* One more page is all it takes: no reopening, no waiting. */
  cut_vfs_set_space (-1);
  g_assert_cmpint (write_batch (self, 7), ==, GATE_STORE_OK);
  expect_rows (self, n_rows + 7);
  store_fixture_reopen (self);
  expect_rows (self, n_rows + 7);
  g_assert_cmpint (
    store_count (self, "SELECT count (*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"),
    ==, 1);
}

/* A checkpoint that finds no space fails alone; the WAL keeps what it has. */
static void
test_checkpoint (StoreFixture  *self,
                 gconstpointer  data)
{
  guint n_rows = fill_up (self);

  sqlite3_wal_checkpoint_v2 (self->behind_db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  expect_rows (self, n_rows);
  g_assert_cmpint (write_batch (self, 700), ==, GATE_STORE_FULL);
  cut_vfs_set_space (-1);
  g_assert_cmpint (sqlite3_wal_checkpoint_v2 (self->behind_db, "main", SQLITE_CHECKPOINT_PASSIVE,
                                              NULL, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (write_batch (self, 7), ==, GATE_STORE_OK);
  expect_rows (self, n_rows + 7);
}

/* The index is not the log: it waits for space, and then knows all lines. */
static void
test_index (StoreFixture  *self,
            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  GateQuery *query;

  g_assert_cmpint (write_batch (self, 200), ==, GATE_STORE_OK);
  store_say (self, 1, GATE__V1__ROLE__VISITOR, "needle");
  cut_vfs_set_space (cut_vfs_get_used ());
  g_assert_cmpint (gate_index_feed (self->index, 500, &error), ==, -1);
  g_assert_error (error, GATE_STORE_ERROR, GATE_STORE_ERROR_SQL);
  g_assert_cmpint (gate_index_feed (self->index, 500, NULL), ==, -1);
  cut_vfs_set_space (-1);
  g_assert_cmpuint (store_fixture_index (self), ==, 201);
  query = store_search (self, "needle");
  g_assert_cmpuint (query->n_hits, ==, 1);
  gate_query_free (query);
}

#define ADD(name, func) \
  g_test_add ("/store/full/" name, StoreFixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cut_vfs_install ();
  ADD ("recovers", test_recovers);
  ADD ("checkpoint", test_checkpoint);
  ADD ("index", test_index);
  return g_test_run ();
}
