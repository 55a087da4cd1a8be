/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * Metric cells: one page of counters for each process of a node, in one shared memory file that the core
 * makes and `http` reads for /metrics. One writer a page and no lock: relaxed 64-bit stores.
 *
 * What exists (name, type, help, label, buckets) is one table in gate-metric-table.c after `SYSTEMS.md` 5.1;
 * a cell is (metric, label index). Queues, the only label that configuration makes, are registered by name in
 * the core's page, at most 64.
 */
typedef struct _GateMetrics GateMetrics;

#define GATE_METRICS_MAX_PAGES 80 /* core, http and up to 78 edges */

/** gate_metrics_create: (core) makes the shared memory; @ret_fd is inherited by workers. */
GateMetrics *gate_metrics_create (int     *ret_fd,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * gate_metrics_open: maps the memory behind @fd and takes @page for this process.
 * @loop: the page's `loop` label, e.g. "edge-0"
 */
GateMetrics *
gate_metrics_open (int fd, guint page, const char *loop, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void gate_metrics_free (GateMetrics *self);

/* The identifiers stand in gate-metric-table.h, generated nowhere: an enum kept in the table's order. */
typedef guint GateMetric;

void gate_metrics_add (GateMetrics *self,
                       GateMetric   metric,
                       guint        label,
                       guint64      n);
void gate_metrics_set (GateMetrics *self,
                       GateMetric   metric,
                       guint        label,
                       gint64       value);

/** gate_metrics_observe: adds @value_us to a histogram; buckets are the metric's own. */
void gate_metrics_observe (GateMetrics *self,
                           GateMetric   metric,
                           guint        label,
                           guint64      value_us);

/** gate_metrics_queue_label: the label index for queue @name, made when new; 0 ("other") past 64. */
guint gate_metrics_queue_label (GateMetrics *self,
                                const char  *name);

/** gate_metrics_worker_label: the same for the worker @name, e.g. "edge-0"; at most 80. */
guint gate_metrics_worker_label (GateMetrics *self,
                                 const char  *name);

/** gate_metrics_set_build: (core) the labels of gate_build_info. */
void gate_metrics_set_build (GateMetrics *self,
                             const char  *version,
                             const char  *commit,
                             const char  *node);

/** gate_metrics_clear_gauges: (core) for the page of a worker that died: it has nothing open any more. */
void gate_metrics_clear_gauges (GateMetrics *self,
                                guint        page);

/** gate_metrics_render: all pages in Prometheus text format 0.0.4, clean under promtool. */
char *gate_metrics_render (GateMetrics *self,
                           gsize       *ret_bytes) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GateMetrics, gate_metrics_free)

G_END_DECLS
