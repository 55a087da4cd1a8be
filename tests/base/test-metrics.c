/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-metric-table.h"
#include "gate-metrics-private.h"
#include "gate-vitals.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *
render (GateMetrics *metrics)
{
  gsize n_bytes;
  char *text = gate_metrics_render (metrics, &n_bytes);

  g_assert_cmpuint (strlen (text), ==, n_bytes);
  return text;
}

static void
assert_has (const char *text,
            const char *line)
{
  g_autofree char *whole = g_strdup_printf ("\n%s\n", line);

  if (strstr (text, whole) == NULL)
    g_error ("no line “%s” in\n%s", line, text);
}

static void
assert_has_not (const char *text,
                const char *line)
{
  g_assert_null (strstr (text, line));
}

/* Two processes' pages are summed; gauges of the one that died are gone, its counters are not. */
static void
test_pages (void)
{
  guint label =
    GATE_LABEL_CONNECTION (GATE_TRANSPORT_LABEL_WS, GATE_ROLE_LABEL_VISITOR, GATE_CODEC_LABEL_PB);
  g_autoptr (GateMetrics) core = NULL;
  g_autoptr (GateMetrics) first = NULL;
  g_autoptr (GateMetrics) second = NULL;
  g_autofree char *text = NULL;
  int fd;

  core = gate_metrics_create (&fd, NULL);
  first = gate_metrics_open (fd, 1, "edge-0", NULL);
  second = gate_metrics_open (fd, 2, "edge-1", NULL);
  g_assert_true (core != NULL && first != NULL && second != NULL);
  gate_metrics_set_build (core, "1.0", "abc\"", "n1");
  gate_metrics_add (first, GATE_METRIC_CONNECTIONS, label, 3);
  gate_metrics_add (second, GATE_METRIC_CONNECTIONS, label, 4);
  gate_metrics_add (second, GATE_METRIC_CONNECTIONS, label, (guint64) -1);
  gate_metrics_add (first, GATE_METRIC_CONNECTIONS_CLOSED, GATE_CLOSED_IDLE, 2);
  gate_metrics_add (second, GATE_METRIC_CONNECTIONS_CLOSED, GATE_CLOSED_IDLE, 5);
  gate_metrics_observe (first, GATE_METRIC_LOOP_LAG, 0, 700);
  text = render (core);
  assert_has (text, "gate_build_info{version=\"1.0\",commit=\"abc\\\"\",node=\"n1\"} 1");
  assert_has (text, "gate_connections{transport=\"ws\",role=\"visitor\",codec=\"pb\"} 6");
  assert_has (text, "gate_connections_closed_total{reason=\"idle\"} 7");
  assert_has (text, "gate_loop_lag_seconds_bucket{loop=\"edge-0\",le=\"0.001\"} 1");
  assert_has_not (text, "loop=\"edge-1\"");
  gate_metrics_clear_gauges (core, 2);
  g_free (text);
  text = render (core);
  assert_has (text, "gate_connections{transport=\"ws\",role=\"visitor\",codec=\"pb\"} 3");
  assert_has (text, "gate_connections_closed_total{reason=\"idle\"} 7");
  close (fd);
}

static void
test_histogram (void)
{
  static const guint64 values_us[] = { 0, 500, 501, 9999999, 10000000, 10000001, 60000000 };
  g_autoptr (GateMetrics) core = NULL;
  g_autofree char *text = NULL;
  int fd;

  core = gate_metrics_create (&fd, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (values_us); i++)
    gate_metrics_observe (core, GATE_METRIC_MESSAGE_COMMIT, 0, values_us[i]);
  text = render (core);
  assert_has (text, "gate_message_commit_seconds_bucket{le=\"0.0005\"} 2");
  assert_has (text, "gate_message_commit_seconds_bucket{le=\"0.001\"} 3");
  assert_has (text, "gate_message_commit_seconds_bucket{le=\"10\"} 5");
  assert_has (text, "gate_message_commit_seconds_bucket{le=\"+Inf\"} 7");
  assert_has (text, "gate_message_commit_seconds_count 7");
  assert_has (text, "gate_message_commit_seconds_sum 90.001001");
  close (fd);
}

static void
test_queues (void)
{
  g_autoptr (GateMetrics) core = NULL;
  g_autofree char *text = NULL;
  guint label;
  int fd;

  core = gate_metrics_create (&fd, NULL);
  label = gate_metrics_queue_label (core, "tech");
  g_assert_cmpuint (gate_metrics_queue_label (core, "tech"), ==, label);
  gate_metrics_set (core, GATE_METRIC_QUEUE_LENGTH, label, 4);
  gate_metrics_set (core, GATE_METRIC_QUEUE_OLDEST_WAIT, label, 1500000);
  gate_metrics_add (core, GATE_METRIC_ASSIGNMENTS,
                    GATE_LABEL_ASSIGNMENT (label, 1, GATE_ASSIGNED_OK), 1);
  for (guint i = 0; i < 100; i++) {
    g_autofree char *name = g_strdup_printf ("q%u", i);

    label = gate_metrics_queue_label (core, name);
  }
  g_assert_cmpuint (label, ==, 0);
  text = render (core);
  assert_has (text, "gate_queue_length{queue=\"tech\"} 4");
  assert_has (text, "gate_queue_oldest_wait_seconds{queue=\"tech\"} 1.500000");
  assert_has (text, "gate_assignments_total{queue=\"tech\",reason=\"routed\",result=\"ok\"} 1");
  close (fd);
}

/* Every label of every metric, as promtool reads it. */
static void
test_promtool (void)
{
  g_autofree char *promtool = g_find_program_in_path ("promtool");
  const char *argv[] = { promtool, "check", "metrics", NULL };
  g_autoptr (GateMetrics) core = NULL;
  g_autofree char *text = NULL;
  g_autofree char *said = NULL;
  g_autofree char *complained = NULL;
  g_autofree char *path = NULL;
  g_autofree char *shell = NULL;
  int status;
  int fd;

  if (promtool == NULL) {
    g_test_skip ("promtool is not installed");
    return;
  }
  core = gate_metrics_create (&fd, NULL);
  gate_metrics_set_build (core, "0.1", "", "n");
  gate_metrics_queue_label (core, "tech");
  gate_metrics_worker_label (core, "edge-0");
  for (GateMetric metric = 0; metric < GATE_N_METRICS; metric++) {
    const GateMetricRow *row = &gate_metric_table[metric];
    guint n_series = gate_metric_row_get_n_series (row);

    /* Of the names that configuration makes, only those that exist. */
    if (row->labels[0] != NULL && row->labels[0]->source != GATE_VALUES_FIXED)
      n_series /= row->labels[0]->n_values;
    for (guint label = 0; label < n_series; label++)
      if (row->type == GATE_METRIC_HISTOGRAM)
        gate_metrics_observe (core, metric, label, 1234);
      else
        gate_metrics_set (core, metric, label, 5);
  }
  text = render (core);
  close (fd);
  fd = g_file_open_tmp ("usher-metrics-XXXXXX", &path, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  shell = g_strdup_printf ("exec %s check metrics < %s", argv[0], path);
  argv[0] = "/bin/sh";
  argv[1] = "-c";
  argv[2] = shell;
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &said,
                               &complained, &status, NULL));
  g_remove (path);
  close (fd);
  g_assert_cmpstr (said, ==, "");
  g_assert_cmpstr (complained, ==, "");
  g_assert_cmpint (status, ==, 0);
}

/* A loop that is held up shows it. */
static void
test_vitals (void)
{
  g_autoptr (GateLoop) loop = gate_loop_new ();
  g_autoptr (GateMetrics) core = NULL;
  GateVitals *vitals;
  g_autofree char *text = NULL;
  gint64 deadline_us = g_get_monotonic_time () + (gint64) 5 * G_USEC_PER_SEC;
  int fd;

  core = gate_metrics_create (&fd, NULL);
  vitals = gate_vitals_new (loop, core);
  gate_vitals_set_n_fds (vitals, 7);
  g_usleep (250000);
  while (gate_vitals_get_lag_us (vitals) == 0 && g_get_monotonic_time () < deadline_us)
    gate_loop_turn (loop, 1);
  g_assert_cmpuint (gate_vitals_get_lag_us (vitals), >=, 100000);
  text = render (core);
  assert_has (text, "process_open_fds{worker=\"core\"} 7");
  g_assert_nonnull (strstr (text, "process_resident_memory_bytes{worker=\"core\"} "));
  g_assert_nonnull (strstr (text, "process_cpu_seconds_total{worker=\"core\"} "));
  g_assert_nonnull (strstr (text, "gate_loop_busy_ratio{loop=\"core\"} "));
  gate_vitals_free (vitals);
  close (fd);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/metrics/pages", test_pages);
  g_test_add_func ("/base/metrics/histogram", test_histogram);
  g_test_add_func ("/base/metrics/queues", test_queues);
  g_test_add_func ("/base/metrics/promtool", test_promtool);
  g_test_add_func ("/base/metrics/vitals", test_vitals);
  return g_test_run ();
}
