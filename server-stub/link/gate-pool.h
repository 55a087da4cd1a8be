/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-metrics.h"

G_BEGIN_DECLS

#define GATE_POOL_MAX_WORKERS (GATE_METRICS_MAX_PAGES - 1) /* the core has a page of its own */

/**
 * GatePool:
 *
 * How many edges a node should have. A process may open only so many descriptors, so one edge more is wanted whenever those
 * there are hold three quarters of what they can hold, until together they can hold what the node may hold. Starts nothing.
 */
typedef struct {
  guint64 max_connections; /* of the whole node */
  guint max_edges;
  guint n_edges; /* started, whether up or not */
  struct {
    guint n_used;
    guint n_max; /* 0: nothing heard yet */
  } edges[GATE_POOL_MAX_WORKERS];
} GatePool;

void gate_pool_init (GatePool *self,
                     guint64   max_connections,
                     guint     n_edges,
                     guint     max_edges);

/** gate_pool_heard: edge @index holds @n_used connections of at most @n_max. */
void gate_pool_heard (GatePool *self,
                      guint     index,
                      guint     n_used,
                      guint     n_max);

/** gate_pool_gone: what edge @index held is closed; it will be started again. */
void gate_pool_gone (GatePool *self,
                     guint     index);

/** gate_pool_grow: %TRUE when the caller is to start one more edge, which counts as started from now on. */
gboolean gate_pool_grow (GatePool *self);

G_END_DECLS
