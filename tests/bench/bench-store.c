/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench-store [--rows N] [--search N] [--alone N] DIR: durable writes and search of the store, on the disk that holds DIR.
 * One JSON object a line. Rows have 200 bytes of text. Search: N lines are written and indexed first.
 * Alone: SQLite without the store: the same three statements a line, in the same tables, 64 lines a transaction, N
 * conversations; nothing is indexed for search. What the gateway's throughput is held against.
 */
#include "config.h"

#include "gate.pb-c.h"
#include "store-fixture.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_CONVS    1000
#define TEXT_BYTES 200

static int
compare (gconstpointer a,
         gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return left < right ? -1 : left > right;
}

static double
percentile_ms (GArray *values,
               double  share)
{
  g_array_sort (values, compare);
  return (double) g_array_index (values, gint64, (guint) (share * (values->len - 1) + 0.5)) / 1000;
}

static void
open_store (StoreFixture *self,
            const char   *dir,
            guint         n_convs)
{
  GateBatch *batch = gate_batch_new ();

  self->dir = g_build_filename (dir, "bench-store-XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (self->dir));
  store_fixture_open (self);
  for (guint i = 1; i <= n_convs; i++)
    store_add_conv (batch, i, i, 1, GATE__V1__STATE__ST_ACTIVE);
  store_apply (self, batch);
}

/* --- Writes ------------------------------------------------------------------------------------------- */

static void
bench_writes (const char *dir,
              guint       n_rows,
              guint       batch_rows)
{
  StoreFixture store = { NULL };
  g_autoptr (GArray) times_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *text = g_strnfill (TEXT_BYTES, 'x');
  gint64 began;
  double seconds;
  guint64 cid = 0;

  open_store (&store, dir, N_CONVS);
  began = g_get_monotonic_time ();
  for (guint n = 0; n < n_rows; n += batch_rows) {
    GateBatch *batch = gate_batch_new ();
    gint64 time_us;

    for (guint i = 0; i < batch_rows; i++, cid++)
      store_add_message (batch, 1 + cid % N_CONVS, (cid + 1) * 0x9E3779B97F4A7C15u, cid, 0, 0,
                         text);
    time_us = g_get_monotonic_time ();
    store_apply (&store, batch);
    time_us = g_get_monotonic_time () - time_us;
    g_array_append_val (times_us, time_us);
    if (n % 1024 < batch_rows)
      sqlite3_wal_checkpoint_v2 (store.behind_db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  }
  seconds = (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC;
  printf ("{\"bench\":\"store-write\",\"batch\":%u,\"rows\":%u,\"rows_per_s\":%.0f,"
          "\"commit_p50_ms\":%.3f,\"commit_p99_ms\":%.3f}\n",
          batch_rows, (guint) cid, (double) cid / seconds, percentile_ms (times_us, 0.50),
          percentile_ms (times_us, 0.99));
  store_fixture_tear_down (&store);
}

/* --- SQLite alone ------------------------------------------------------------------------------------- */

typedef struct {
  sqlite3_stmt *find, *count, *insert;
} Statements;

static sqlite3_stmt *
prepare (sqlite3    *db,
         const char *sql)
{
  sqlite3_stmt *statement = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  return statement;
}

/* What the store asks for a visitor's line: is it there already, its number, the line. */
static Statements
prepare_alone (sqlite3 *db)
{
  return (Statements){
    .find = prepare (db, "SELECT seq, ts FROM message WHERE conv = ?1 AND cid = ?2 AND cid <> 0"),
    .count = prepare (db, "UPDATE conv SET last_seq = last_seq + 1, last_shown = last_seq + 1, "
                          "last_text = ?3, last_role = 0, last_ts = ?2, waiting_since = ?2 "
                          "WHERE conv = ?1 RETURNING last_seq"),
    .insert = prepare (db, "INSERT INTO message (id, conv, seq, cid, ts, role, sender, flags, "
                           "replaces, present, content, text, body) "
                           "VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, 0, 0, 0, 7, ?6, x'')"),
  };
}

static void
step (sqlite3_stmt *statement,
      int           expected)
{
  g_assert_cmpint (sqlite3_step (statement), ==, expected);
}

static void
write_alone (const Statements *statements,
             gint64            id,
             gint64            conv,
             const char       *text)
{
  gint64 cid = (gint64) ((guint64) (id + 1) * 0x9E3779B97F4A7C15u);
  gint64 seq;

  sqlite3_bind_int64 (statements->find, 1, conv);
  sqlite3_bind_int64 (statements->find, 2, cid);
  step (statements->find, SQLITE_DONE);
  sqlite3_reset (statements->find);
  sqlite3_bind_int64 (statements->count, 1, conv);
  sqlite3_bind_int64 (statements->count, 2, id);
  sqlite3_bind_text (statements->count, 3, text, TEXT_BYTES / 2, SQLITE_STATIC);
  step (statements->count, SQLITE_ROW);
  seq = sqlite3_column_int64 (statements->count, 0);
  sqlite3_reset (statements->count);
  sqlite3_bind_int64 (statements->insert, 1, id);
  sqlite3_bind_int64 (statements->insert, 2, conv);
  sqlite3_bind_int64 (statements->insert, 3, seq);
  sqlite3_bind_int64 (statements->insert, 4, cid);
  sqlite3_bind_int64 (statements->insert, 5, id);
  sqlite3_bind_text (statements->insert, 6, text, TEXT_BYTES, SQLITE_STATIC);
  step (statements->insert, SQLITE_DONE);
  sqlite3_reset (statements->insert);
}

static void
bench_alone (const char *dir,
             guint       n_rows,
             guint       n_convs,
             guint       batch_rows)
{
  StoreFixture store = { NULL };
  g_autofree char *text = g_strnfill (TEXT_BYTES, 'x');
  Statements statements;
  gint64 began, id = 1000;
  double seconds;

  open_store (&store, dir, n_convs);
  statements = prepare_alone (store.db);
  began = g_get_monotonic_time ();
  for (guint n = 0; n < n_rows; n += batch_rows) {
    g_assert_cmpint (sqlite3_exec (store.db, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
    for (guint i = 0; i < batch_rows; i++, id++)
      write_alone (&statements, id, 1 + id % n_convs, text);
    g_assert_cmpint (sqlite3_exec (store.db, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
    if (n % 1024 < batch_rows)
      sqlite3_wal_checkpoint_v2 (store.behind_db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  }
  seconds = (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC;
  printf (
    "{\"bench\":\"sqlite-alone\",\"batch\":%u,\"rows\":%u,\"convs\":%u,\"rows_per_s\":%.0f}\n",
    batch_rows, n_rows, n_convs, n_rows / seconds);
  sqlite3_finalize (statements.find);
  sqlite3_finalize (statements.count);
  sqlite3_finalize (statements.insert);
  store_fixture_tear_down (&store);
}

/* --- Search ------------------------------------------------------------------------------------------- */

static const char *const words[] = {
  "订单",   "退款",     "快递",    "发票",    "优惠券", "尺码",     "密码",    "地址",
  "refund", "parcel",   "invoice", "voucher", "size",   "password", "address", "kettle",
  "请问",   "什么时候", "谢谢",    "please",  "thanks", "when",     "没有",    "收到",
};

static void
write_lines (StoreFixture *store,
             guint         n_lines)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint n = 0; n < n_lines; n += 1000) {
    GateBatch *batch = gate_batch_new ();

    for (guint i = 0; i < 1000; i++) {
      g_autoptr (GString) text = g_string_new (NULL);

      for (guint j = 0; j < 8; j++)
        g_string_append_printf (text, "%s ",
                                words[g_rand_int_range (random, 0, G_N_ELEMENTS (words))]);
      g_string_append_printf (text, "%u", n + i);
      store_add_message (batch, 1 + (n + i) % N_CONVS, 0, n + i, 0, 0, text->str);
    }
    store_apply (store, batch);
    if (n % 10000 == 0)
      sqlite3_wal_checkpoint_v2 (store->behind_db, "main", SQLITE_CHECKPOINT_RESTART, NULL, NULL);
  }
}

static void
search (StoreFixture *store,
        const char   *text,
        guint64       conv)
{
  g_autoptr (GArray) times_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint n_hits = 0;

  for (guint i = 0; i < 20; i++) {
    GateQuery *query = gate_query_new (GATE_QUERY_SEARCH);
    gint64 time_us = g_get_monotonic_time ();

    query->text = text;
    query->conv = conv;
    gate_finder_run (store->finder, query);
    g_assert (query->status == GATE_STORE_OK);
    time_us = g_get_monotonic_time () - time_us;
    g_array_append_val (times_us, time_us);
    n_hits = query->n_hits;
    gate_query_free (query);
  }
  printf ("{\"bench\":\"store-search\",\"query\":\"%s\",\"conv\":%u,\"hits\":%u,\"p50_ms\":%.3f,"
          "\"max_ms\":%.3f}\n",
          text, (guint) conv, n_hits, percentile_ms (times_us, 0.50), percentile_ms (times_us, 1));
}

static void
bench_search (const char *dir,
              guint       n_lines)
{
  StoreFixture store = { NULL };
  gint64 began;
  g_autofree char *rare = g_strdup_printf ("%u", n_lines / 2);

  open_store (&store, dir, N_CONVS);
  write_lines (&store, n_lines);
  began = g_get_monotonic_time ();
  store_fixture_index (&store);
  printf ("{\"bench\":\"store-index\",\"lines\":%u,\"lines_per_s\":%.0f}\n", n_lines,
          n_lines / ((double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC));
  search (&store, "退款", 0);
  search (&store, "款", 0);
  search (&store, "refund 快递", 0);
  search (&store, "refund parcel invoice 发票 尺码", 0);
  search (&store, "refund", 77);
  search (&store, "refu", 0);
  search (&store, rare, 0);
  search (&store, "nowhere", 0);
  store_fixture_tear_down (&store);
}

int
main (int    argc,
      char **argv)
{
  static const guint batches[] = { 1, 10, 64 };
  int n_rows = 20000, n_lines = 0, n_alone = 0;
  const GOptionEntry entries[] = {
    { "rows", 0, 0, G_OPTION_ARG_INT, &n_rows, "Rows to write for each size of batch", "N" },
    { "search", 0, 0, G_OPTION_ARG_INT, &n_lines, "Lines to search in; 0 = no search", "N" },
    { "alone", 0, 0, G_OPTION_ARG_INT, &n_alone, "SQLite without the store, N conversations", "N" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("DIR");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2) {
    g_printerr ("bench-store: %s\n", error != NULL ? error->message : "DIR is needed");
    return 2;
  }
  if (n_alone > 0) {
    bench_alone (argv[1], (guint) n_rows, (guint) n_alone, 64);
    return 0;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (batches); i++)
    bench_writes (argv[1], (guint) n_rows * batches[i] / 64 + batches[i], batches[i]);
  if (n_lines > 0)
    bench_search (argv[1], (guint) n_lines);
  return 0;
}
