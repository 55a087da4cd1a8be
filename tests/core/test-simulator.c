/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim.h"

/* A few short runs of the simulator; `simulator --help` for long ones. */

static void
test_run (gconstpointer data)
{
  SimOptions options = SIM_OPTIONS_DEFAULT;
  SimResult result;
  gint64 begin_us = g_get_monotonic_time ();

  options.seed = GPOINTER_TO_UINT (data);
  options.n_events = 100000;
  result = sim_run (&options);
  g_test_message ("seed %" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT " events, %.0f a second",
                  options.seed, result.n_events,
                  (double) result.n_events * G_USEC_PER_SEC /
                    (double) (g_get_monotonic_time () - begin_us));
  /* A run in which nothing happens proves nothing. */
  g_assert_cmpuint (result.n_kills, >, 2);
  g_assert_cmpuint (result.n_messages, >, 5000);
  g_assert_cmpuint (result.n_convs, >, 100);
  g_assert_cmpuint (result.n_duplicates, >, 5);
  g_assert_cmpuint (result.n_resumes, >, 100);
  g_assert_cmpuint (result.n_failures, >, 5);
  g_assert_cmpuint (result.n_merges, >, 20);
}

/* The same seed is the same run, frame by frame: whatever fails can be looked at again. */
static void
test_again (void)
{
  SimOptions options = SIM_OPTIONS_DEFAULT;
  SimResult first, second;

  options.seed = 4242;
  options.n_events = 30000;
  first = sim_run (&options);
  second = sim_run (&options);
  g_assert_cmpuint (first.n_events, ==, second.n_events);
  g_assert_cmpuint (first.n_messages, ==, second.n_messages);
  g_assert_cmpuint (first.digest, ==, second.digest);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint seed = 1; seed <= 4; seed++) {
    g_autofree char *path = g_strdup_printf ("/core/simulator/seed-%u", seed);

    g_test_add_data_func (path, GUINT_TO_POINTER (seed), test_run);
  }
  g_test_add_func ("/core/simulator/again", test_again);
  return g_test_run ();
}
