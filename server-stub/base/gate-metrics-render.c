/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All pages in the Prometheus text format, version 0.0.4: what is everybody's is summed, what is one loop's own
 * stands for itself.
 */
#include "config.h"

#include "gate-metrics-private.h"

#include <string.h>

#define GAUGE_BIAS ((guint64) 1 << 63)
#define MAX_CELLS  32

static guint64
load (const guint64 *cell)
{
  return __atomic_load_n (cell, __ATOMIC_RELAXED);
}

static const char *
type_name (GateMetricType type)
{
  static const char *const names[] = { "counter", "gauge", "histogram" };

  return names[type];
}

static void
append_escaped (GString    *out,
                const char *value)
{
  for (; *value != '\0'; value++) {
    if (*value == '\\' || *value == '"')
      g_string_append_c (out, '\\');
    if (*value == '\n')
      g_string_append (out, "\\n");
    else
      g_string_append_c (out, *value);
  }
}

static void
append_label (GString    *out,
              const char *name,
              const char *value)
{
  g_string_append_c (out, out->len > 0 && out->str[out->len - 1] == '"' ? ',' : '{');
  g_string_append_printf (out, "%s=\"", name);
  append_escaped (out, value);
  g_string_append_c (out, '"');
}

static const char *
get_value (const GateMetricHead  *head,
           const GateMetricLabel *label,
           guint                  index)
{
  if (label->source == GATE_VALUES_QUEUES)
    return head->queues[index];
  if (label->source == GATE_VALUES_WORKERS)
    return head->workers[index];
  return label->values[index];
}

/* "{a="x",b="y"" without the closing brace, so that le can follow. */
static void
append_labels (GString              *out,
               const GateMetricHead *head,
               const GateMetricRow  *row,
               guint                 series)
{
  guint divisor = gate_metric_row_get_n_series (row);

  for (guint i = 0; i < GATE_METRIC_MAX_LABELS && row->labels[i] != NULL; i++) {
    divisor /= row->labels[i]->n_values;
    append_label (out, row->labels[i]->name,
                  get_value (head, row->labels[i], series / divisor % row->labels[i]->n_values));
  }
}

static void
append_sample (GString    *out,
               const char *name,
               const char *suffix,
               const char *labels)
{
  g_string_append (out, name);
  g_string_append (out, suffix);
  g_string_append (out, labels);
  if (labels[0] != '\0')
    g_string_append_c (out, '}');
  g_string_append_c (out, ' ');
}

static void
append_number (GString *out,
               gint64   value,
               guint    per_unit)
{
  guint64 magnitude = value < 0 ? (guint64) -value : (guint64) value;

  if (value < 0)
    g_string_append_c (out, '-');
  g_string_append_printf (out, "%" G_GUINT64_FORMAT, magnitude / per_unit);
  if (per_unit > 1 && magnitude % per_unit != 0)
    g_string_append_printf (out, ".%06u", (guint) (magnitude % per_unit));
  g_string_append_c (out, '\n');
}

static void
append_histogram (GString             *out,
                  const GateMetricRow *row,
                  const char          *labels,
                  const guint64       *cells)
{
  guint64 n_seen = 0;

  for (guint i = 0; i <= row->n_buckets; i++) {
    g_autoptr (GString) with_le = g_string_new (labels);
    g_autofree char *bound = g_strdup ("+Inf");

    if (i < row->n_buckets) {
      g_free (bound);
      bound = g_strdup_printf ("%g", (double) row->buckets[i] / row->per_unit);
    }
    n_seen += cells[i];
    append_label (with_le, "le", bound);
    append_sample (out, row->name, "_bucket", with_le->str);
    append_number (out, (gint64) n_seen, 1);
  }
  append_sample (out, row->name, "_sum", labels);
  append_number (out, (gint64) cells[row->n_buckets + 1], row->per_unit);
  append_sample (out, row->name, "_count", labels);
  append_number (out, (gint64) n_seen, 1);
}

/* Adds one page's cells of a series; whether any of them was ever written. */
static gboolean
gather (const GateMetricRow *row,
        const guint64       *cells,
        guint64             *sums)
{
  gboolean is_written = FALSE;

  for (guint i = 0; i < gate_metric_row_get_n_cells (row); i++) {
    guint64 value = load (&cells[i]);

    is_written |= value != 0;
    if (value != 0 && row->type == GATE_METRIC_GAUGE)
      value -= GAUGE_BIAS;
    sums[i] += value;
  }
  return is_written;
}

static void
append_series (GString             *out,
               const GateMetricRow *row,
               const char          *labels,
               const guint64       *cells)
{
  if (row->type == GATE_METRIC_HISTOGRAM) {
    append_histogram (out, row, labels, cells);
    return;
  }
  append_sample (out, row->name, "", labels);
  append_number (out, (gint64) cells[0], row->per_unit);
}

static void
append_of_each_page (GString             *out,
                     GateMetrics         *metrics,
                     GateMetric           metric,
                     const GateMetricRow *row)
{
  for (guint page = 0; page < GATE_METRICS_MAX_PAGES; page++) {
    const GateMetricPage *from = gate_metrics_get_page (metrics, page);
    g_autoptr (GString) labels = g_string_new (NULL);
    guint64 cells[MAX_CELLS] = { 0 };

    if (from->name[0] == '\0' ||
        !gather (row, from->cells + gate_metrics_get_offset (metrics, metric), cells))
      continue;
    append_label (labels, row->page_label, from->name);
    append_series (out, row, labels->str, cells);
  }
}

static void
append_summed (GString             *out,
               GateMetrics         *metrics,
               GateMetric           metric,
               const GateMetricRow *row)
{
  guint n_series = gate_metric_row_get_n_series (row);

  for (guint series = 0; series < n_series; series++) {
    g_autoptr (GString) labels = g_string_new (NULL);
    guint64 cells[MAX_CELLS] = { 0 };
    gboolean is_written = n_series == 1;
    guint at =
      gate_metrics_get_offset (metrics, metric) + series * gate_metric_row_get_n_cells (row);

    for (guint page = 0; page < GATE_METRICS_MAX_PAGES; page++) {
      const GateMetricPage *from = gate_metrics_get_page (metrics, page);

      is_written |= from->name[0] != '\0' && gather (row, from->cells + at, cells);
    }
    if (!is_written)
      continue;
    append_labels (labels, gate_metrics_get_head (metrics), row, series);
    append_series (out, row, labels->str, cells);
  }
}

static void
append_metric (GString     *out,
               GateMetrics *metrics,
               GateMetric   metric)
{
  const GateMetricRow *row = &gate_metric_table[metric];

  g_assert (gate_metric_row_get_n_cells (row) <= MAX_CELLS);
  g_string_append_printf (out, "# HELP %s %s\n# TYPE %s %s\n", row->name, row->help, row->name,
                          type_name (row->type));
  if (row->page_label != NULL)
    append_of_each_page (out, metrics, metric, row);
  else
    append_summed (out, metrics, metric, row);
}

static void
append_build_info (GString              *out,
                   const GateMetricHead *head)
{
  g_autoptr (GString) labels = g_string_new (NULL);

  append_label (labels, "version", head->version);
  append_label (labels, "commit", head->commit);
  append_label (labels, "node", head->node);
  g_string_append (out, "# HELP gate_build_info Which build this is.\n"
                        "# TYPE gate_build_info gauge\n");
  append_sample (out, "gate_build_info", "", labels->str);
  append_number (out, 1, 1);
}

char *
gate_metrics_render (GateMetrics *self,
                     gsize       *ret_bytes)
{
  GString *out = g_string_new (NULL);

  append_build_info (out, gate_metrics_get_head (self));
  for (GateMetric metric = 0; metric < GATE_N_METRICS; metric++)
    append_metric (out, self, metric);
  *ret_bytes = out->len;
  return g_string_free (out, FALSE);
}
