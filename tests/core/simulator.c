/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim.h"

/* simulator [--seed N] [--events N] [--days N] [--visitors N] [--agents N] [--kill-every N] [--fail-every N] [--runs N] */

static guint64 n_events = 0;
static gint64 seed = 0;
static double n_days = 0;
static gboolean is_verbose = FALSE;
static int n_visitors = 0, n_agents = 0, n_runs = 1, kill_every = -1, fail_every = -1,
           check_every = 0;

static const GOptionEntry entries[] = {
  { "seed", 's', 0, G_OPTION_ARG_INT64, &seed, "Seed of the first run (0: by chance)", "N" },
  { "events", 'e', 0, G_OPTION_ARG_INT64, &n_events, "Events of a run", "N" },
  { "days", 'd', 0, G_OPTION_ARG_DOUBLE, &n_days, "Simulated days of a run", "N" },
  { "visitors", 'v', 0, G_OPTION_ARG_INT, &n_visitors, "Visitors", "N" },
  { "agents", 'a', 0, G_OPTION_ARG_INT, &n_agents, "Agents", "N" },
  { "kill-every", 'k', 0, G_OPTION_ARG_INT, &kill_every, "Events between kills; 0: none", "N" },
  { "fail-every", 'f', 0, G_OPTION_ARG_INT, &fail_every, "Events between bad disks; 0: none", "N" },
  { "check-every", 'c', 0, G_OPTION_ARG_INT, &check_every, "Events between full checks", "N" },
  { "runs", 'r', 0, G_OPTION_ARG_INT, &n_runs, "Runs with seeds one after the other", "N" },
  { "verbose", 0, 0, G_OPTION_ARG_NONE, &is_verbose, "Print every step", NULL },
  G_OPTION_ENTRY_NULL,
};

static void
take_options (SimOptions *options)
{
  if (n_events > 0 || n_days > 0)
    options->n_events = n_events;
  options->n_days = n_days;
  options->is_verbose = is_verbose;
  options->seed = seed != 0 ? (guint64) seed : g_random_int ();
  if (n_visitors > 0)
    options->n_visitors = (guint) n_visitors;
  if (n_agents > 0)
    options->n_agents = (guint) n_agents;
  if (kill_every >= 0)
    options->kill_every = (guint) kill_every;
  if (fail_every >= 0)
    options->fail_every = (guint) fail_every;
  if (check_every > 0)
    options->check_every = (guint) check_every;
}

static void
print (const SimOptions *options,
       const SimResult  *result,
       gint64            took_us)
{
  g_print ("seed %" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT " events, %.2f days, %" G_GUINT64_FORMAT
           " conversations, %" G_GUINT64_FORMAT " messages, %" G_GUINT64_FORMAT
           " notes, %" G_GUINT64_FORMAT " offers, %" G_GUINT64_FORMAT " kills, %" G_GUINT64_FORMAT
           " resumes, %" G_GUINT64_FORMAT " sign-ins, %" G_GUINT64_FORMAT
           " repeats, %" G_GUINT64_FORMAT " bad commits, %" G_GUINT64_FORMAT
           " pages asked, %" G_GUINT64_FORMAT " refused; digest %016" G_GINT64_MODIFIER "x\n",
           options->seed, result->n_events, result->n_days, result->n_convs, result->n_messages,
           result->n_notes, result->n_offers, result->n_kills, result->n_resumes, result->n_signins,
           result->n_duplicates, result->n_failures, result->n_gaps, result->n_refused,
           result->digest);
  g_print ("%.0f events/s\n",
           (double) result->n_events * G_USEC_PER_SEC / (double) MAX (took_us, 1));
}

int
main (int    argc,
      char **argv)
{
  SimOptions options = SIM_OPTIONS_DEFAULT;
  g_autoptr (GOptionContext) context = g_option_context_new ("- days of a busy shop, from a seed");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return 2;
  }
  take_options (&options);
  for (int i = 0; i < n_runs; i++) {
    gint64 begin_us = g_get_monotonic_time ();
    SimResult result = sim_run (&options);

    print (&options, &result, g_get_monotonic_time () - begin_us);
    options.seed++;
  }
  return 0;
}
