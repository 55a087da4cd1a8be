/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-ctl.h"

#include "gate-demo-visitor.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#define MAX_VISITORS 1000000
#define TURN_MS      100l

typedef struct {
  char *gateway, *app, *origin;
  int n_visitors, ramp, seconds, patience_s, haste, seed;
  double rate, drop_s;
  gboolean is_quiet;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->gateway);
  g_free (self->app);
  g_free (self->origin);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

typedef struct {
  GateDemo demo;
  GateDemoVisitor **visitors;
  guint n_visitors;
  guint n_unverified;
  guint64 n_pending; /* lines that were never acknowledged */
  double talked_s;
} Stage;

static volatile sig_atomic_t is_interrupted;

static void
interrupt (int signal_number)
{
  is_interrupted = 1;
}

/* --- The play ----------------------------------------------------------------------------------------- */

static guint64
count_pending (const Stage *stage)
{
  guint64 n = 0;

  for (guint i = 0; i < stage->n_visitors; i++)
    n += gate_demo_visitor_get_pending (stage->visitors[i]);
  return n;
}

static guint
count_unverified (const Stage *stage)
{
  guint n = 0;

  for (guint i = 0; i < stage->n_visitors; i++)
    n += !gate_demo_visitor_is_verified (stage->visitors[i]);
  return n;
}

/* Turns the loop until @is_done says so or the time is over. */
static void
turn_until (Stage  *stage,
            double  seconds,
            gboolean (*is_done) (const Stage *))
{
  gint64 deadline = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);
  gint64 next_look = 0;

  while (g_get_monotonic_time () < deadline) {
    if (g_get_monotonic_time () >= next_look) {
      if (is_done (stage))
        return;
      next_look = g_get_monotonic_time () + TURN_MS * 1000;
    }
    gate_loop_turn (stage->demo.gateway.loop, (int) TURN_MS);
  }
}

static gboolean
is_stopped (const Stage *stage)
{
  return is_interrupted != 0;
}

static gboolean
is_settled (const Stage *stage)
{
  return count_pending (stage) == 0;
}

static gboolean
is_verified (const Stage *stage)
{
  return count_unverified (stage) == 0;
}

static void
play (Stage         *stage,
      const Options *options)
{
  gint64 began = g_get_monotonic_time ();

  for (guint i = 0; i < stage->n_visitors; i++)
    gate_demo_visitor_start (stage->visitors[i], (guint64) i * 1000 / (guint) options->ramp);
  turn_until (stage, options->seconds, is_stopped);
  stage->talked_s = (double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC;
  stage->demo.phase = GATE_DEMO_SETTLE;
  turn_until (stage, options->patience_s, is_settled);
  stage->n_pending = count_pending (stage);
  stage->demo.phase = GATE_DEMO_VERIFY;
  for (guint i = 0; i < stage->n_visitors; i++)
    gate_demo_visitor_verify (stage->visitors[i]);
  turn_until (stage, options->patience_s, is_verified);
  stage->n_unverified = count_unverified (stage);
}

/* --- The summary -------------------------------------------------------------------------------------- */

static int
compare (gconstpointer a,
         gconstpointer b)
{
  guint32 left = *(const guint32 *) a, right = *(const guint32 *) b;

  return left < right ? -1 : left > right;
}

static double
percentile_ms (const GArray *sorted,
               double        share)
{
  guint i;

  if (sorted->len == 0)
    return 0;
  i = (guint) (share * (sorted->len - 1) + 0.5);
  return g_array_index (sorted, guint32, i) / 1000.0;
}

static double
mean_ms (const GArray *values)
{
  double sum = 0;

  for (guint i = 0; i < values->len; i++)
    sum += g_array_index (values, guint32, i);
  return values->len > 0 ? sum / values->len / 1000 : 0;
}

static void
add_number (GString    *to,
            const char *key,
            guint64     value)
{
  g_string_append_printf (to, "\"%s\":%" G_GUINT64_FORMAT ",", key, value);
}

static void
add_ms (GString    *to,
        const char *key,
        double      value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (to, "\"%s\":%s,", key,
                          g_ascii_formatd (text, sizeof text, "%.3f", value));
}

static void
print_summary (Stage *stage)
{
  GateDemo *demo = &stage->demo;
  g_autoptr (GString) json = g_string_new ("{");

  g_array_sort (demo->latencies_us, compare);
  add_number (json, "visitors", stage->n_visitors);
  add_number (json, "welcomed", demo->n_welcomed);
  add_number (json, "open", demo->n_open);
  add_ms (json, "seconds", stage->talked_s);
  add_number (json, "sent", demo->sent);
  add_number (json, "acked", demo->acked);
  add_number (json, "unacked", stage->n_pending);
  add_number (json, "refused", demo->refused);
  add_number (json, "retried", demo->retried);
  add_number (json, "received", demo->received);
  add_number (json, "reconnects", demo->reconnects);
  add_number (json, "resumed", demo->resumed);
  add_number (json, "given_up", demo->n_given_up);
  add_number (json, "unverified", stage->n_unverified);
  add_number (json, "lost", demo->faults.lost);
  add_number (json, "duplicates", demo->faults.duplicates);
  add_number (json, "gaps", demo->faults.gaps);
  add_number (json, "disorders", demo->faults.disorders);
  add_ms (json, "ack_mean_ms", mean_ms (demo->latencies_us));
  add_ms (json, "ack_p50_ms", percentile_ms (demo->latencies_us, 0.50));
  add_ms (json, "ack_p99_ms", percentile_ms (demo->latencies_us, 0.99));
  add_ms (json, "ack_max_ms", percentile_ms (demo->latencies_us, 1));
  json->str[json->len - 1] = '}';
  g_print ("%s\n", json->str);
}

static int
judge (const Stage *stage)
{
  const GateDemo *demo = &stage->demo;
  const GateDemoFaults *faults = &demo->faults;

  if (faults->lost + faults->duplicates + faults->gaps + faults->disorders > 0) {
    g_printerr ("usherctl demo: messages were lost, doubled or out of order.\n");
    return GATE_CTL_LOST;
  }
  if (demo->n_welcomed < stage->n_visitors || stage->n_unverified > 0 || stage->n_pending > 0) {
    g_printerr (
      "usherctl demo: not every visitor got through: is the gateway running, does it know "
      "the app, and does it allow the origin?\n");
    return GATE_CTL_FAILED;
  }
  return GATE_CTL_OK;
}

/* --- The command -------------------------------------------------------------------------------------- */

/* One descriptor a visitor: the soft limit is no reason to fail while the hard one allows it. */
static void
raise_limit (guint n_visitors)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= n_visitors + 64)
    return;
  limit.rlim_cur = MIN (limit.rlim_max, n_visitors + 64);
  if (limit.rlim_cur < n_visitors + 64 || setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_printerr ("usherctl demo: this process may open only %lu files; some visitors will not get "
                "through. Raise “ulimit -n”.\n",
                (unsigned long) limit.rlim_cur);
}

static gboolean
check_options (const char    *program,
               const Options *options)
{
  if (options->n_visitors >= 1 && options->n_visitors <= MAX_VISITORS && options->rate >= 0 &&
      options->ramp >= 1 && options->seconds >= 1 && options->patience_s >= 1 &&
      options->haste >= 1 && options->drop_s >= 0)
    return TRUE;
  g_printerr ("%s: a number is out of range. “%s --help” explains.\n", program, program);
  return FALSE;
}

static void
stage_set (Stage         *stage,
           const Options *options)
{
  GateDemo *demo = &stage->demo;

  demo->app = options->app;
  demo->random = g_rand_new_with_seed ((guint32) options->seed);
  demo->line_s = options->rate > 0 ? options->n_visitors / options->rate : 0;
  demo->drop_s = options->drop_s;
  demo->haste = (guint) options->haste;
  demo->latencies_us = g_array_new (FALSE, FALSE, sizeof (guint32));
  stage->n_visitors = (guint) options->n_visitors;
  stage->visitors = g_new0 (GateDemoVisitor *, stage->n_visitors);
  for (guint i = 0; i < stage->n_visitors; i++)
    stage->visitors[i] = gate_demo_visitor_new (demo, i);
}

static void
stage_clear (Stage *stage)
{
  for (guint i = 0; i < stage->n_visitors; i++)
    gate_demo_visitor_free (stage->visitors[i]);
  g_free (stage->visitors);
  g_clear_pointer (&stage->demo.random, g_rand_free);
  g_clear_pointer (&stage->demo.latencies_us, g_array_unref);
}

static int
run (const Options *options)
{
  g_autoptr (GateLoop) loop = gate_loop_new ();
  g_autoptr (GError) error = NULL;
  Stage stage = { .n_visitors = 0 };
  int code;

  if (!gate_gateway_init (&stage.demo.gateway, loop, options->gateway, options->app,
                          options->origin, &error))
    return gate_ctl_fail (error);
  raise_limit ((guint) options->n_visitors);
  signal (SIGINT, interrupt);
  signal (SIGTERM, interrupt);
  stage_set (&stage, options);
  if (!options->is_quiet)
    g_printerr ("%u visitors talk for %d s, seed %d; Ctrl+C ends it early.\n", stage.n_visitors,
                options->seconds, options->seed);
  play (&stage, options);
  print_summary (&stage);
  code = judge (&stage);
  stage_clear (&stage);
  gate_gateway_clear (&stage.demo.gateway);
  return code;
}

int
gate_ctl_demo (const char  *program,
               char       **arguments)
{
  g_auto (Options) options = { .n_visitors = 10,
                               .ramp = 200,
                               .seconds = 60,
                               .patience_s = 60,
                               .haste = 1,
                               .rate = -1 };
  const GOptionEntry entries[] = {
    { "gateway", 0, 0, G_OPTION_ARG_STRING, &options.gateway,
      "Where it listens (default: ws://127.0.0.1:8000)", "URL" },
    { "app", 0, 0, G_OPTION_ARG_STRING, &options.app, "Widget key (default: demo)", "KEY" },
    { "origin", 0, 0, G_OPTION_ARG_STRING, &options.origin,
      "The page the visitors are on (default: the gateway's own)", "URL" },
    { "visitors", 0, 0, G_OPTION_ARG_INT, &options.n_visitors, "How many (default: 10)", "N" },
    { "rate", 0, 0, G_OPTION_ARG_DOUBLE, &options.rate,
      "Lines a second of all of them together; 0: they only listen (default: one of each in 10 s)",
      "N" },
    { "ramp", 0, 0, G_OPTION_ARG_INT, &options.ramp, "Arrivals a second (default: 200)", "N" },
    { "seconds", 0, 0, G_OPTION_ARG_INT, &options.seconds, "How long they talk (default: 60)",
      "S" },
    { "patience", 0, 0, G_OPTION_ARG_INT, &options.patience_s,
      "How long to wait for the last acks, and again for the histories (default: 60)", "S" },
    { "drop-every", 0, 0, G_OPTION_ARG_DOUBLE, &options.drop_s,
      "Each visitor's connection is torn about once in so many seconds (default: never)", "S" },
    { "haste", 0, 0, G_OPTION_ARG_INT, &options.haste,
      "Come back so many times sooner than a browser would (default: 1)", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &options.seed, "Of all that is random (default: new)", "N" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &options.is_quiet, "Print only the summary", NULL },
    { NULL },
  };
  int code;

  options.seed = (int) g_random_int_range (1, G_MAXINT32);
  if (!gate_ctl_parse (
        program, &arguments,
        "Simulates visitors who talk, in Chinese and English, over the real protocol: "
        "typing, retries, resume. In the end each reads its history back and compares. "
        "Prints one JSON object; exits with 3 when an acknowledged line is not there, "
        "or one is there twice.",
        entries, NULL, 0, &code))
    return code;
  g_strfreev (arguments);
  if (options.rate < 0)
    options.rate = options.n_visitors / 10.0;
  if (options.gateway == NULL)
    options.gateway = g_strdup ("ws://127.0.0.1:8000");
  if (options.app == NULL)
    options.app = g_strdup ("demo");
  return check_options (program, &options) ? run (&options) : GATE_CTL_USAGE;
}
