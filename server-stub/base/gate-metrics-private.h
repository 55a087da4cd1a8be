/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-metric-table.h"

G_BEGIN_DECLS

#define GATE_METRIC_MAX_LABELS 3
#define GATE_NAME_BYTES        48
#define GATE_MAX_QUEUES        64
#define GATE_MAX_WORKERS       GATE_METRICS_MAX_PAGES

typedef enum {
  GATE_METRIC_COUNTER,
  GATE_METRIC_GAUGE,
  GATE_METRIC_HISTOGRAM,
} GateMetricType;

/* Where a label's values come from. */
typedef enum {
  GATE_VALUES_FIXED,
  GATE_VALUES_QUEUES,
  GATE_VALUES_WORKERS,
} GateMetricValues;

typedef struct {
  const char *name;
  const char *const *values;
  guint n_values;
  GateMetricValues source;
} GateMetricLabel;

typedef struct {
  const char *name;
  const char *help;
  GateMetricType type;
  const GateMetricLabel *labels[GATE_METRIC_MAX_LABELS];
  const char *page_label; /* not summed: one series a page, its name under this label */
  const guint64 *buckets; /* upper bounds in millionths */
  guint n_buckets;
  guint per_unit; /* cell values in one unit shown: 1, or 1,000,000 */
} GateMetricRow;

extern const GateMetricRow gate_metric_table[GATE_N_METRICS];

/* The number of label sets, and the cells each one takes: 1, or buckets + infinity + sum. */
guint gate_metric_row_get_n_series (const GateMetricRow *row);
guint gate_metric_row_get_n_cells (const GateMetricRow *row);

typedef struct {
  char name[GATE_NAME_BYTES]; /* empty: the page was never taken */
  guint64 cells[];
} GateMetricPage;

/* The head of the shared memory; names grow only, and only the core adds any. */
typedef struct {
  char version[GATE_NAME_BYTES];
  char commit[GATE_NAME_BYTES];
  char node[GATE_NAME_BYTES];
  guint32 n_queues;
  guint32 n_workers;
  char queues[GATE_MAX_QUEUES][GATE_NAME_BYTES];
  char workers[GATE_MAX_WORKERS][GATE_NAME_BYTES];
} GateMetricHead;

const GateMetricHead *gate_metrics_get_head (const GateMetrics *self);
const GateMetricPage *gate_metrics_get_page (const GateMetrics *self,
                                             guint              page);
guint gate_metrics_get_offset (const GateMetrics *self,
                               GateMetric         metric);

G_END_DECLS
