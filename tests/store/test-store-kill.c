/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kill -9 of a process that writes as fast as it can, threads and all: what it was told is committed must be there
 * afterwards, each once, without holes. --cycles N (default 15).
 */
#include "config.h"

#include "gate-store-sqlite.h"
#include "gate.pb-c.h"
#include "store-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A deadline only: under load and a sanitizer it takes long to open a store. */
#define FIRST_ACK_MS     60000
#define N_CONVS          20
#define CYCLES_OF_A_FILE 25

static guint n_cycles = 15;

typedef struct {
  guint64 conv, seq, cid;
} Ack;

/* --- The victim --------------------------------------------------------------------------------------- */

typedef struct {
  GateStore *store;
  GRand *random;
  int pipe;
} Victim;

static void
submit (Victim *self)
{
  GateBatch *batch = gate_batch_new ();
  guint n = 1 + (guint) g_rand_int_range (self->random, 0, 64);

  for (guint i = 0; i < n; i++)
    store_add_message (batch, 1 + (guint64) g_rand_int_range (self->random, 0, N_CONVS),
                       (guint64) g_rand_int (self->random) << 32 | g_rand_int (self->random) | 1, 1,
                       GATE__V1__ROLE__VISITOR, 0, "退款 please");
  self->store->submit (self->store, batch);
}

/* One write a batch: what the parent reads of it, it reads whole. */
static void
tell (GateBatch *batch,
      gpointer   user_data)
{
  Victim *self = user_data;
  Ack acks[65];
  guint n = 0;

  if (batch->status != GATE_STORE_OK)
    _exit (3);
  for (GateWrite *write = batch->first; write != NULL; write = write->next)
    if (write->kind == GATE_WRITE_MESSAGE)
      acks[n++] = (Ack){ write->row.message.conv, write->row.message.seq, write->row.message.cid };
  if (write (self->pipe, acks, n * sizeof *acks) != (gssize) (n * sizeof *acks))
    _exit (4);
  gate_batch_free (batch);
  submit (self);
}

static void
ignore_query (GateQuery *query,
              gpointer   user_data)
{
  gate_query_free (query);
}

G_NORETURN static void
live (const char *dir,
      int         pipe_fd,
      guint32     seed)
{
  const GateStoreDone done = { tell, ignore_query, NULL };
  GateLoop *loop = gate_loop_new ();
  Victim self = { .pipe = pipe_fd, .random = g_rand_new_with_seed (seed) };

  self.store = gate_store_sqlite_open (dir, loop, &done, &self, NULL);
  if (self.store == NULL)
    _exit (2);
  submit (&self);
  for (;;)
    gate_loop_turn (loop, -1);
}

/* --- The parent --------------------------------------------------------------------------------------- */

typedef struct {
  char *dir;
  GRand *random;
  GHashTable *acked[N_CONVS]; /* seq to cid */
  guint n_acked;
} Parent;

static void
begin_file (Parent *self)
{
  StoreFixture store = { .dir = self->dir };
  GateBatch *batch = gate_batch_new ();

  store_remove_dir (self->dir);
  store_fixture_open (&store);
  for (guint i = 0; i < N_CONVS; i++) {
    g_hash_table_remove_all (self->acked[i]);
    store_add_conv (batch, i + 1, 3, 1, GATE__V1__STATE__ST_ACTIVE);
  }
  store_apply (&store, batch);
  store_fixture_close (&store);
}

static void
drain (Parent *self,
       int     fd)
{
  Ack ack;
  gssize n;

  while ((n = read (fd, &ack, sizeof ack)) == sizeof ack) {
    g_hash_table_insert (self->acked[ack.conv - 1], g_memdup2 (&ack.seq, sizeof ack.seq),
                         g_memdup2 (&ack.cid, sizeof ack.cid));
    self->n_acked++;
  }
  g_assert_cmpint (n, <=, 0);
}

/* Two of three are killed at work, the third at any moment, also while it opens or repairs the file. */
static void
kill_one (Parent   *self,
          gboolean  is_at_work)
{
  guint pause_us = (guint) g_rand_int_range (self->random, 20000, 120000);
  guint32 seed = g_rand_int (self->random);
  int fds[2], status;
  pid_t pid;

  g_assert_cmpint (pipe2 (fds, O_CLOEXEC), ==, 0);
  fcntl (fds[1], F_SETPIPE_SZ, 1024 * 1024);
  pid = fork ();
  if (pid == 0)
    live (self->dir, fds[1], seed);
  close (fds[1]);
  if (is_at_work) {
    struct pollfd first = { fds[0], POLLIN, 0 };

    g_assert_cmpint (poll (&first, 1, FIRST_ACK_MS), ==, 1);
  }
  g_usleep (pause_us); /* the moment of the kill is the input, not something waited for */
  kill (pid, SIGKILL);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status));
  drain (self, fds[0]);
  close (fds[0]);
}

static void
verify (Parent *self)
{
  StoreFixture store = { .dir = self->dir };
  sqlite3_stmt *statement = NULL;
  guint64 seqs[N_CONVS] = { 0 };
  guint n_found = 0, n_expected = 0;

  store_fixture_open (&store);
  g_assert_cmpint (sqlite3_prepare_v2 (store.read_db,
                                       "SELECT conv, seq, cid FROM message ORDER BY conv, seq", -1,
                                       &statement, NULL),
                   ==, SQLITE_OK);
  while (sqlite3_step (statement) == SQLITE_ROW) {
    guint conv = (guint) sqlite3_column_int (statement, 0) - 1;
    gint64 seq = sqlite3_column_int64 (statement, 1);
    const gint64 *cid = g_hash_table_lookup (self->acked[conv], &seq);

    g_assert_cmpint (seq, ==, ++seqs[conv]);
    if (cid == NULL)
      continue;
    g_assert_cmpint (*cid, ==, sqlite3_column_int64 (statement, 2));
    n_found++;
  }
  sqlite3_finalize (statement);
  for (guint i = 0; i < N_CONVS; i++)
    n_expected += g_hash_table_size (self->acked[i]);
  g_assert_cmpuint (n_found, ==, n_expected);
  store_fixture_close (&store);
}

static void
test_kill (void)
{
  guint32 seed = g_test_rand_int ();
  Parent self = { .dir = store_make_dir (), .random = g_rand_new_with_seed (seed) };

  g_test_message ("seed %u", seed);
  for (guint i = 0; i < N_CONVS; i++)
    self.acked[i] = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  for (guint i = 0; i < n_cycles; i++) {
    if (i % CYCLES_OF_A_FILE == 0)
      begin_file (&self);
    kill_one (&self, i % 3 != 0);
    verify (&self);
  }
  g_test_message ("%u kills, %u rows acknowledged, 0 lost", n_cycles, self.n_acked);
  g_assert_cmpuint (self.n_acked, >, n_cycles);
  for (guint i = 0; i < N_CONVS; i++)
    g_hash_table_unref (self.acked[i]);
  store_remove_dir (self.dir);
  g_free (self.dir);
  g_rand_free (self.random);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (argc == 3 && strcmp (argv[1], "--cycles") == 0)
    n_cycles = (guint) g_ascii_strtoull (argv[2], NULL, 10);
  g_test_add_func ("/store/kill", test_kill);
  return g_test_run ();
}
