/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load-histogram.h"

/* Against a sorted array: what a percentile says is never below the true one, and at most one step above. */
static void
test_against_sorted (void)
{
  enum {
    N_VALUES = 10000
  };
  g_autofree LoadHistogram *histogram = g_new0 (LoadHistogram, 1);
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint32 seed = g_test_rand_int ();
  GRand *rand = g_rand_new_with_seed (seed);

  g_test_message ("seed %u", seed);
  for (guint i = 0; i < N_VALUES; i++) {
    guint64 value = (guint64) g_rand_int (rand) >> g_rand_int_range (rand, 0, 32);
    guint at = 0;

    while (at < values->len && g_array_index (values, guint64, at) < value)
      at++;
    g_array_insert_val (values, at, value);
    load_histogram_add (histogram, (gint64) value);
  }
  for (guint percent = 1; percent <= 100; percent++) {
    guint64 wanted = g_array_index (values, guint64, N_VALUES * percent / 100 - 1);
    guint64 said = load_histogram_percentile (histogram, percent / 100.0);

    g_assert_cmpuint (said, >=, wanted);
    g_assert_cmpuint (said, <=, wanted + wanted / LOAD_HISTOGRAM_STEPS + 1);
  }
  g_assert_cmpuint (histogram->max_us, ==, g_array_index (values, guint64, N_VALUES - 1));
  g_rand_free (rand);
}

static void
test_edges (void)
{
  g_autofree LoadHistogram *histogram = g_new0 (LoadHistogram, 1);

  g_assert_cmpuint (load_histogram_percentile (histogram, 0.5), ==, 0);
  load_histogram_add (histogram, -5);
  g_assert_cmpuint (load_histogram_percentile (histogram, 1), ==, 0);
  load_histogram_add (histogram, G_MAXINT64);
  g_assert_cmpuint (histogram->counts[LOAD_HISTOGRAM_BUCKETS - 1], ==, 1);
  g_assert_cmpuint (histogram->max_us, ==, G_MAXINT64);
}

static void
test_merge (void)
{
  g_autofree LoadHistogram *left = g_new0 (LoadHistogram, 1);
  g_autofree LoadHistogram *right = g_new0 (LoadHistogram, 1);

  for (gint64 i = 0; i < 100; i++)
    load_histogram_add (i % 2 != 0 ? left : right, i);
  load_histogram_merge (left, right);
  g_assert_cmpuint (left->n_values, ==, 100);
  g_assert_cmpuint (left->sum_us, ==, 4950);
  g_assert_cmpuint (load_histogram_percentile (left, 0.5), ==, 49);
  g_assert_cmpuint (load_histogram_percentile (left, 0.99), ==, 98);
  g_assert_cmpuint (left->max_us, ==, 99);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/histogram/against-sorted", test_against_sorted);
  g_test_add_func ("/bench/histogram/edges", test_edges);
  g_test_add_func ("/bench/histogram/merge", test_merge);
  return g_test_run ();
}
