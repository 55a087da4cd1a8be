/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Power cuts. Batches are applied until the disk dies at a random write or sync; what was acknowledged until then must
 * be there when power is back, and the database whole. With synchronous=NORMAL, and with a disk that lies about
 * syncing, the same run must lose something: else this test would prove nothing.
 *
 * --cuts N: how many with FULL (default 2,000).
 */
#include "config.h"

#include "cut-vfs.h"
#include "gate.pb-c.h"
#include "store-fixture.h"

#include <stdlib.h>
#include <string.h>

#define N_CONVS        8
#define CUTS_OF_A_FILE 50 /* then a new database: so that it stays small */
#define MAX_OPERATIONS 400

static guint n_cuts = 2000;

typedef struct {
  GRand *random;
  const char *synchronous;
  char *dir;
  sqlite3 *db, *behind_db;
  GateWriter *writer;
  guint64 next_cid;
  GArray *acked[N_CONVS]; /* guint64 cid, by seq - 1; 0 = nobody was told */
  guint n_acked, n_cuts, n_lossy, n_corrupt, n_lost_rows;
} Run;

static void
open_run (Run *self)
{
  g_autoptr (GError) error = NULL;

  self->db = gate_store_db_open (self->dir, GATE_DB_WRITE, &error);
  g_assert_no_error (error);
  if (self->synchronous != NULL)
    g_assert_cmpint (sqlite3_exec (self->db, self->synchronous, NULL, NULL, NULL), ==, SQLITE_OK);
  self->writer = gate_writer_new (self->db, &error);
  g_assert_no_error (error);
  self->behind_db = gate_store_db_open (self->dir, GATE_DB_BEHIND, &error);
  g_assert_no_error (error);
}

static void
close_run (Run *self)
{
  g_clear_pointer (&self->writer, gate_writer_free);
  sqlite3_close (self->behind_db);
  sqlite3_close (self->db);
}

/* --- The work ---------------------------------------------------------------------------------------- */

static void
begin_file (Run *self)
{
  GateBatch *batch = gate_batch_new ();

  cut_vfs_reset ();
  open_run (self);
  for (guint i = 0; i < N_CONVS; i++) {
    g_array_set_size (self->acked[i], 0);
    store_add_conv (batch, i + 1, 3, 1, GATE__V1__STATE__ST_ACTIVE);
  }
  g_assert_cmpint (gate_writer_apply (self->writer, batch), ==, GATE_STORE_OK);
  gate_batch_free (batch);
  /* What the run begins with is no part of what it tests, whatever `synchronous` is. */
  sqlite3_wal_checkpoint_v2 (self->behind_db, "main", SQLITE_CHECKPOINT_RESTART, NULL, NULL);
}

static void
remember (Run       *self,
          GateBatch *batch)
{
  for (GateWrite *write = batch->first; write != NULL; write = write->next) {
    GArray *acked = self->acked[write->row.message.conv - 1];
    guint64 seq = write->row.message.seq;

    if (acked->len < seq)
      g_array_set_size (acked, (guint) seq);
    g_array_index (acked, guint64, seq - 1) = write->row.message.cid;
    self->n_acked++;
  }
}

static void
run_batch (Run *self)
{
  GateBatch *batch = gate_batch_new ();
  guint n = 1 + (guint) g_rand_int_range (self->random, 0, 12);
  char text[256];

  for (guint i = 0; i < n; i++) {
    self->next_cid++;
    memset (text, 'a' + (int) (self->next_cid % 26), sizeof text);
    text[g_rand_int_range (self->random, 1, sizeof text)] = '\0';
    store_add_message (batch, 1 + (guint64) g_rand_int_range (self->random, 0, N_CONVS),
                       self->next_cid, self->next_cid, GATE__V1__ROLE__VISITOR, 0, text);
  }
  if (gate_writer_apply (self->writer, batch) == GATE_STORE_OK)
    remember (self, batch);
  else
    g_assert_true (cut_vfs_is_dead ());
  gate_batch_free (batch);
}

static void
checkpoint (Run *self)
{
  int mode = g_rand_boolean (self->random) ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART;

  sqlite3_wal_checkpoint_v2 (self->behind_db, "main", mode, NULL, NULL);
}

static void
work_until_cut (Run *self)
{
  guint n_batches = (guint) g_rand_int_range (self->random, 1, 40);

  cut_vfs_arm ((guint) g_rand_int_range (self->random, 1, MAX_OPERATIONS));
  for (guint i = 0; i < n_batches && !cut_vfs_is_dead (); i++) {
    run_batch (self);
    if (g_rand_int_range (self->random, 0, 10) == 0)
      checkpoint (self);
  }
  cut_vfs_cut ();
}

/* --- What is left ------------------------------------------------------------------------------------- */

static gboolean
is_whole (Run *self)
{
  sqlite3_stmt *statement = NULL;
  gboolean is_good;

  is_good =
    sqlite3_prepare_v2 (self->db, "PRAGMA integrity_check", -1, &statement, NULL) == SQLITE_OK &&
    sqlite3_step (statement) == SQLITE_ROW &&
    strcmp ((const char *) sqlite3_column_text (statement, 0), "ok") == 0;
  sqlite3_finalize (statement);
  return is_good;
}

/* Reads every line: acknowledged ones must be at their seq, and no seq may be missing. Then what is there counts. */
static guint
count_lost (Run *self)
{
  sqlite3_stmt *statement = NULL;
  guint64 seqs[N_CONVS] = { 0 };
  guint n_lost = 0;

  g_assert_cmpint (sqlite3_prepare_v2 (self->db,
                                       "SELECT conv, seq, cid FROM message ORDER BY conv, seq", -1,
                                       &statement, NULL),
                   ==, SQLITE_OK);
  while (sqlite3_step (statement) == SQLITE_ROW) {
    guint conv = (guint) sqlite3_column_int (statement, 0) - 1;
    guint64 seq = (guint64) sqlite3_column_int64 (statement, 1);
    guint64 cid = (guint64) sqlite3_column_int64 (statement, 2);
    guint64 *acked;

    g_assert_cmpuint (seq, ==, ++seqs[conv]);
    if (self->acked[conv]->len < seq)
      g_array_set_size (self->acked[conv], (guint) seq);
    acked = &g_array_index (self->acked[conv], guint64, seq - 1);
    if (*acked != 0 && *acked != cid)
      n_lost++;
    *acked = cid;
  }
  sqlite3_finalize (statement);
  for (guint i = 0; i < N_CONVS; i++) {
    for (guint64 seq = seqs[i]; seq < self->acked[i]->len; seq++)
      n_lost += g_array_index (self->acked[i], guint64, seq) != 0;
    g_array_set_size (self->acked[i], (guint) seqs[i]);
  }
  return n_lost;
}

/* With a disk that lies the database may not even open, or lack what it began with; every other must be good. */
static gboolean
try_open (Run *self)
{
  sqlite3 *db = gate_store_db_open (self->dir, GATE_DB_WRITE, NULL);
  sqlite3_stmt *statement = NULL;
  gboolean is_good =
    db != NULL &&
    sqlite3_prepare_v2 (db, "SELECT count (*) FROM conv", -1, &statement, NULL) == SQLITE_OK &&
    sqlite3_step (statement) == SQLITE_ROW && sqlite3_column_int (statement, 0) == N_CONVS;

  sqlite3_finalize (statement);
  sqlite3_close (db);
  return is_good;
}

static void
cut_once (Run      *self,
          gboolean  may_corrupt)
{
  guint n_lost;

  work_until_cut (self);
  close_run (self);
  cut_vfs_restore (self->random);
  self->n_cuts++;
  if (may_corrupt && !try_open (self)) {
    self->n_corrupt++;
    self->n_lossy++;
    begin_file (self);
    return;
  }
  open_run (self);
  if (!is_whole (self)) {
    self->n_corrupt++;
    self->n_lossy++;
    close_run (self);
    begin_file (self);
    return;
  }
  n_lost = count_lost (self);
  self->n_lost_rows += n_lost;
  self->n_lossy += n_lost > 0;
}

static Run
run_cuts (const char *synchronous,
          guint       n,
          gboolean    may_corrupt)
{
  guint32 seed = g_test_rand_int ();
  Run self = { .random = g_rand_new_with_seed (seed), .synchronous = synchronous };
  gint64 began = g_get_monotonic_time ();

  g_test_message ("seed %u", seed);
  self.dir = store_make_dir ();
  for (guint i = 0; i < N_CONVS; i++)
    self.acked[i] = g_array_new (FALSE, TRUE, sizeof (guint64));
  for (guint i = 0; i < n; i++) {
    if (i % CUTS_OF_A_FILE == 0) {
      if (i > 0)
        close_run (&self);
      begin_file (&self);
    }
    cut_once (&self, may_corrupt);
  }
  close_run (&self);
  g_test_message ("%u cuts in %.1f s: %u acknowledged, %u cuts lost something, %u rows lost, "
                  "%u corrupt",
                  self.n_cuts, (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC,
                  self.n_acked, self.n_lossy, self.n_lost_rows, self.n_corrupt);
  for (guint i = 0; i < N_CONVS; i++)
    g_array_unref (self.acked[i]);
  store_remove_dir (self.dir);
  g_free (self.dir);
  g_rand_free (self.random);
  return self;
}

static void
test_full (void)
{
  Run run = run_cuts (NULL, n_cuts, FALSE);

  g_assert_cmpuint (run.n_acked, >, n_cuts);
  g_assert_cmpuint (run.n_lossy, ==, 0);
  g_assert_cmpuint (run.n_corrupt, ==, 0);
}

static void
test_normal_loses (void)
{
  Run run = run_cuts ("PRAGMA synchronous = NORMAL", 200, FALSE);

  g_assert_cmpuint (run.n_lossy, >, 50);
  g_assert_cmpuint (run.n_corrupt, ==, 0);
}

static void
test_liar_loses (void)
{
  Run run;

  cut_vfs_set_lying (TRUE);
  run = run_cuts (NULL, 100, TRUE);
  cut_vfs_set_lying (FALSE);
  g_assert_cmpuint (run.n_lossy, >, 50);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc == 3 && strcmp (argv[1], "--cuts") == 0)
    n_cuts = (guint) g_ascii_strtoull (argv[2], NULL, 10);
  cut_vfs_install ();
  g_test_add_func ("/store/cut/full", test_full);
  g_test_add_func ("/store/cut/normal-loses", test_normal_loses);
  g_test_add_func ("/store/cut/liar-loses", test_liar_loses);
  return g_test_run ();
}
