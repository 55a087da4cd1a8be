/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A million sessions come: how long does one of them wait for the table, at worst, beside GLib's? One JSON line. */
#include "gate-table.h"

#include <stdio.h>

#define N 1000000

static guint
number_hash (gconstpointer key)
{
  return (guint) (*(const guint64 *) key * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> 32);
}

static gint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

typedef struct {
  gint64 total_ns, worst_ns;
} Times;

static void
note (Times  *times,
      gint64  took_ns)
{
  times->total_ns += took_ns;
  times->worst_ns = MAX (times->worst_ns, took_ns);
}

int
main (void)
{
  g_autofree guint64 *numbers = g_new (guint64, N);
  g_autoptr (GateTable) ours = gate_table_new ();
  g_autoptr (GHashTable) theirs = g_hash_table_new (number_hash, g_int64_equal);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  Times add = { 0 }, glib_add = { 0 }, find = { 0 }, glib_find = { 0 };
  guint64 sum = 0;

  for (guint i = 0; i < N; i++)
    numbers[i] = (guint64) g_rand_int (rand) << 32 | i;
  for (guint i = 0; i < N; i++) {
    gint64 began_ns = now_ns (), between_ns;

    gate_table_add (ours, &numbers[i]);
    between_ns = now_ns ();
    g_hash_table_add (theirs, &numbers[i]);
    note (&glib_add, now_ns () - between_ns);
    note (&add, between_ns - began_ns);
  }
  for (guint i = 0; i < N; i++) {
    guint64 number = numbers[g_rand_int_range (rand, 0, N)];
    gint64 began_ns = now_ns (), between_ns;

    sum += *gate_table_find (ours, number);
    between_ns = now_ns ();
    sum += *(guint64 *) g_hash_table_lookup (theirs, &number);
    note (&glib_find, now_ns () - between_ns);
    note (&find, between_ns - began_ns);
  }
  printf ("{\"bench\":\"table\",\"n\":%d,\"add_ns\":%d,\"worst_add_us\":%d,\"find_ns\":%d,"
          "\"glib_add_ns\":%d,\"glib_worst_add_us\":%d,\"glib_find_ns\":%d,\"sum\":%u}\n",
          N, (int) (add.total_ns / N), (int) (add.worst_ns / 1000), (int) (find.total_ns / N),
          (int) (glib_add.total_ns / N), (int) (glib_add.worst_ns / 1000),
          (int) (glib_find.total_ns / N), (guint) sum);
  return 0;
}
