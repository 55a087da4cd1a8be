/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usher-load: the load generator. The parent starts the processes, tells them by shared memory what part of the run it is,
 * reads the server's CPU time and memory between the parts, and prints one line of JSON.
 */
#include "load-scenario.h"
#include "load-watch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_US 5000
#define LEAD_US 100000 /* so that every process is there when the schedule begins */

typedef struct {
  LoadOptions options;
  LoadShared *shared;
  gsize shared_bytes;
  pid_t workers[LOAD_MAX_WORKERS];
  LoadSample at_rest, connected, from, to, after;
  double connect_s;
  guint64 n_ready; /* when the run ended */
  gint64 progress_us;
} Run;

static guint64
sum (const Run *self,
     LoadCount  count)
{
  guint64 n = 0;

  for (guint i = 0; i < self->options.n_workers; i++)
    n += load_report_get (&self->shared->reports[i], count);
  return n;
}

static void give_up (const char *format,
                     ...) G_GNUC_PRINTF (1, 2) G_GNUC_NORETURN;

/* The processes end with their parent. */
static void
give_up (const char *format,
         ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr ("usher-load: the run is void: %s\n", text);
  exit (1);
}

/* One that is gone would only show as time-outs. */
static void
check_workers (void)
{
  int status;
  pid_t pid = waitpid (-1, &status, WNOHANG);

  if (pid > 0)
    give_up ("process %d ended with status %x", (int) pid, (guint) status);
}

static void
show_progress (Run        *self,
               const char *what)
{
  gint64 now_us = g_get_monotonic_time ();

  check_workers ();
  if (now_us - self->progress_us < G_USEC_PER_SEC)
    return;
  self->progress_us = now_us;
  g_printerr ("%s: %" G_GUINT64_FORMAT " ready, %" G_GUINT64_FORMAT " done, %" G_GUINT64_FORMAT
              " in flight, %" G_GUINT64_FORMAT " closed\n",
              what, sum (self, LOAD_COUNT_READY), sum (self, LOAD_COUNT_DONE_IN_WINDOW),
              sum (self, LOAD_COUNT_OPEN), sum (self, LOAD_COUNT_CLOSED));
}

static void
wait_until (Run        *self,
            const char *what,
            gint64      until_us)
{
  while (g_get_monotonic_time () < until_us) {
    g_usleep (TICK_US);
    show_progress (self, what);
  }
}

static void
set_phase (Run       *self,
           LoadPhase  phase)
{
  __atomic_store_n (&self->shared->phase, phase, __ATOMIC_RELEASE);
}

/* --- The parts ---------------------------------------------------------------------------------------- */

static void
start_workers (Run *self)
{
  self->shared_bytes = sizeof (LoadShared) + self->options.n_workers * sizeof (LoadReport);
  self->shared =
    /* cppcheck-suppress invalidFunctionArg ; MAP_ANONYMOUS wants -1 */
    mmap (NULL, self->shared_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  g_assert (self->shared != MAP_FAILED);
  for (guint i = 0; i < self->options.n_workers; i++) {
    self->workers[i] = fork ();
    g_assert (self->workers[i] >= 0);
    if (self->workers[i] == 0) {
      load_worker_run (&self->options, self->shared, i);
      _exit (0);
    }
  }
}

static void
connect_all (Run *self)
{
  guint n_all = self->options.n_connections + self->options.n_agents;
  gint64 begin_us = g_get_monotonic_time ();
  gint64 deadline_us = begin_us + (gint64) (self->options.connect_s * G_USEC_PER_SEC);

  while (sum (self, LOAD_COUNT_READY) + sum (self, LOAD_COUNT_GIVEN_UP) < n_all &&
         g_get_monotonic_time () < deadline_us) {
    g_usleep (TICK_US);
    show_progress (self, "connect");
  }
  self->connect_s = (double) (g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC;
  if (sum (self, LOAD_COUNT_READY) + sum (self, LOAD_COUNT_GIVEN_UP) < n_all)
    give_up ("%" G_GUINT64_FORMAT " of %u connections were ready within --connect-timeout",
             sum (self, LOAD_COUNT_READY), n_all);
}

/* Those who were cut off in a storm have no answer to expect. */
static gboolean
is_something_open (const Run *self)
{
  return sum (self, LOAD_COUNT_ALL_BEGUN) < self->options.n_workers ||
         sum (self, LOAD_COUNT_OPEN) > 0 ||
         (!self->options.scenario->is_reconnecting &&
          sum (self, LOAD_COUNT_BEATS) > sum (self, LOAD_COUNT_BEATS_ANSWERED));
}

static void
run_schedule (Run *self)
{
  LoadShared *shared = self->shared;
  const LoadOptions *options = &self->options;
  gint64 deadline_us;

  shared->start_us = g_get_monotonic_time () + LEAD_US;
  shared->window_us = shared->start_us + (gint64) (options->warmup_s * G_USEC_PER_SEC);
  shared->end_us = shared->window_us + (gint64) (options->seconds * G_USEC_PER_SEC);
  set_phase (self, LOAD_PHASE_RUN);
  wait_until (self, "warm up", shared->window_us);
  load_watch_sample (options, FALSE, &self->from);
  wait_until (self, options->scenario->name, shared->end_us);
  load_watch_sample (options, FALSE, &self->to);
  deadline_us = shared->end_us + (gint64) (options->drain_s * G_USEC_PER_SEC);
  while (is_something_open (self) && g_get_monotonic_time () < deadline_us) {
    g_usleep (TICK_US);
    show_progress (self, "drain");
  }
}

static void
end_workers (Run *self)
{
  self->n_ready = sum (self, LOAD_COUNT_READY);
  set_phase (self, LOAD_PHASE_END);
  for (guint i = 0; i < self->options.n_workers; i++)
    waitpid (self->workers[i], NULL, 0);
}

/* --- The result --------------------------------------------------------------------------------------- */

static void
append_watches (const Run *self,
                GString   *out)
{
  const LoadOptions *options = &self->options;

  g_string_append (out, ",\"watch\":[");
  for (guint i = 0; i < options->n_watches; i++)
    g_string_append_printf (
      out,
      "%s{\"pid\":%u,\"cpu_s\":%.2f,\"connect_cpu_s\":%.2f,\"own_kib\":[%" G_GUINT64_FORMAT
      ",%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "]}",
      i > 0 ? "," : "", options->watches[i], self->to.cpu_s[i] - self->from.cpu_s[i],
      self->connected.cpu_s[i] - self->at_rest.cpu_s[i], self->at_rest.own_kib[i],
      self->connected.own_kib[i], self->after.own_kib[i]);
  g_string_append_c (out, ']');
}

static void
append_rates (const Run        *self,
              const LoadReport *all,
              GString          *out)
{
  double cpu_s = load_watch_cpu_s (&self->options, &self->from, &self->to);
  double done = (double) load_report_get (all, LOAD_COUNT_DONE_IN_WINDOW);
  double connecting_s = (double) (all->last_ready_us - all->first_us) / G_USEC_PER_SEC;

  g_string_append_printf (
    out,
    ",\"connect_s\":%.3f,\"connects_per_s\":%.0f,\"connect_cpu_s\":%.2f,\"done_per_s\":%.1f,"
    "\"cpu_s\":%.2f,\"done_per_core_s\":%.0f",
    self->connect_s, self->connect_s > 0 ? self->options.n_connections / self->connect_s : 0,
    load_watch_cpu_s (&self->options, &self->at_rest, &self->connected),
    done / self->options.seconds, cpu_s, cpu_s > 0 ? done / cpu_s : 0);
  if (self->options.scenario->is_reconnecting)
    g_string_append_printf (out, ",\"all_back_s\":%.3f",
                            (double) (all->last_ready_us - self->shared->start_us) /
                              G_USEC_PER_SEC);
  else
    g_string_append_printf (out, ",\"all_ready_s\":%.3f", connecting_s);
}

static void
print_result (const Run *self)
{
  const LoadOptions *options = &self->options;
  g_autofree LoadReport *all = g_new0 (LoadReport, 1);
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < options->n_workers; i++)
    load_report_merge (all, &self->shared->reports[i]);
  all->counts[LOAD_COUNT_READY] = self->n_ready;
  g_string_append_printf (
    out,
    "{\"scenario\":\"%s\",\"protocol\":\"%s\",\"connections\":%u,\"active\":%u,"
    "\"agents\":%u,\"workers\":%u,\"rate\":%.0f,\"depth\":%u,\"seconds\":%.1f,"
    "\"bytes\":%u,\"tls\":%s,",
    options->scenario->name, options->protocol, options->n_connections, options->n_active,
    options->n_agents, options->n_workers, options->rate_per_s, options->depth, options->seconds,
    options->message_bytes, options->is_tls ? "true" : "false");
  load_report_append_json (all, out);
  append_rates (self, all, out);
  append_watches (self, out);
  g_string_append_c (out, '}');
  puts (out->str);
}

int
main (int    argc,
      char **argv)
{
  Run run = { 0 };

  if (!load_options_read (&run.options, &argc, &argv)) {
    load_options_clear (&run.options);
    return 2;
  }
  load_watch_sample (&run.options, TRUE, &run.at_rest);
  start_workers (&run);
  connect_all (&run);
  wait_until (&run, "settle",
              g_get_monotonic_time () + (gint64) (run.options.settle_s * G_USEC_PER_SEC));
  load_watch_sample (&run.options, TRUE, &run.connected);
  run_schedule (&run);
  load_watch_sample (&run.options, TRUE, &run.after);
  end_workers (&run);
  print_result (&run);
  munmap (run.shared, run.shared_bytes);
  load_options_clear (&run.options);
  return 0;
}
