/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The workers of a node: how many, what each is told, who must be there before whom. */
#define G_LOG_DOMAIN "gate-node"

#include "config.h"

#include "gate-node-private.h"

#include "gate-link.h"
#include "gate-log.h"
#include "gate-metric-table.h"
#include "gate-node-config.h"

#include <stdio.h>
#include <unistd.h>

#define MAX_EDGES (GATE_POOL_MAX_WORKERS - 1) /* and `http` */

/* --- What they are told --------------------------------------------------------------------------------- */

static void
send_config (guint                       index,
             Gate__Link__V1__WorkerRole  role,
             GateLink                   *link)
{
  const GateNodeConfigInput input = {
    .config = gate_node.config,
    .keys = &gate_node.keys,
    .tls = &gate_node.tls,
    .snapshot = gate_node.snapshot,
    .data_dir = gate_node.options->data_dir,
    .client_address = gate_node.client_address,
    .is_demo = gate_node.options->is_demo,
  };

  gate_node_config_send (&input, index, role, link);
}

static gboolean
is_up (guint index)
{
  return gate_workers_get_link (gate_node.workers, index) != NULL;
}

/* Edges that came up before `http` wait for it, so that no first request is refused because of who started faster; but chats
 * do not wait for one that fails. */
static gboolean
is_http_awaited (void)
{
  return !is_up (gate_node.http_index) &&
         gate_workers_get_restarts (gate_node.workers, gate_node.http_index) == 0;
}

void
gate_node_send_configs (void)
{
  for (guint i = 0; i <= gate_node.pool.n_edges; i++) {
    GateLink *link = gate_workers_get_link (gate_node.workers, i);

    if (link != NULL && !is_http_awaited ())
      send_config (i,
                   i == gate_node.http_index ? GATE__LINK__V1__WORKER_ROLE__WR_HTTP
                                             : GATE__LINK__V1__WORKER_ROLE__WR_EDGE,
                   link);
  }
}

/* (transfer full) */
void
gate_node_tell_everybody (GateSnapshot *snapshot)
{
  gate_node_take_snapshot (snapshot);
  gate_node_enter_core ();
  gate_core_start (gate_node.core, snapshot);
  gate_node_send_configs ();
}

/* --- Coming and going ----------------------------------------------------------------------------------- */

static void
say_ready (void)
{
  gate_node.is_ready = TRUE;
  printf ("ready client=%s ops=%s pid=%d\n", gate_node.client_address, gate_node.ops_address,
          (int) getpid ());
  fflush (stdout);
  gate_notify_send (gate_node.notify, "READY=1");
  gate_log (GATE_LOG_INFO, "ready", "client", "s", gate_node.client_address, "ops", "s",
            gate_node.ops_address, NULL);
}

static guint
worker_label (guint index)
{
  g_autofree char *name =
    index == gate_node.http_index ? g_strdup ("http") : g_strdup_printf ("edge-%u", index);

  return gate_metrics_worker_label (gate_node.metrics, name);
}

/* HTTP descriptors go between an edge and `http` over a socket pair of their own: the core sees none of them. */
static void
join_with_http (guint edge)
{
  if (is_up (gate_node.http_index) &&
      !gate_workers_join (gate_node.workers, edge, gate_node.http_index))
    gate_log (GATE_LOG_ERROR, "workers_not_joined", "worker", "u", (guint64) edge, NULL);
}

/* An edge accepts as soon as it has its configuration, so what it needs to serve everybody goes before: its way to `http`. */
static void
open_edge (guint edge)
{
  GateLink *link = gate_workers_get_link (gate_node.workers, edge);

  if (link == NULL) /* not up: it will be opened when it is */
    return;
  join_with_http (edge);
  send_config (edge, GATE__LINK__V1__WORKER_ROLE__WR_EDGE, link);
}

static void
http_started (GateLink *link)
{
  send_config (gate_node.http_index, GATE__LINK__V1__WORKER_ROLE__WR_HTTP, link);
  for (guint i = 0; i <= gate_node.pool.n_edges; i++)
    if (i != gate_node.http_index)
      open_edge (i);
}

static void
started_cb (guint                       index,
            Gate__Link__V1__WorkerRole  role,
            GateLink                   *link,
            gpointer                    user_data)
{
  gate_metrics_set (gate_node.metrics, GATE_METRIC_WORKER_UP, worker_label (index), 1);
  if (role == GATE__LINK__V1__WORKER_ROLE__WR_HTTP)
    http_started (link);
  else if (!is_http_awaited ())
    open_edge (index);
  if (!gate_node.is_ready && is_up (gate_node.http_index) &&
      gate_workers_get_n_up (gate_node.workers, GATE__LINK__V1__WORKER_ROLE__WR_EDGE) > 0)
    say_ready ();
}

static void
gone_cb (guint                      index,
         Gate__Link__V1__WorkerRole role,
         gpointer                   user_data)
{
  gate_metrics_set (gate_node.metrics, GATE_METRIC_WORKER_UP, worker_label (index), 0);
  gate_metrics_add (gate_node.metrics, GATE_METRIC_WORKER_RESTARTS, worker_label (index), 1);
  gate_metrics_clear_gauges (gate_node.metrics, index + 1); /* page 0 is the core's */
  if (role == GATE__LINK__V1__WORKER_ROLE__WR_EDGE)
    gate_pool_gone (&gate_node.pool, index);
  if (gate_node.core == NULL)
    return;
  gate_node_enter_core ();
  gate_core_worker_gone (gate_node.core, index);
}

static void
add_edge (void)
{
  gate_workers_add (gate_node.workers, GATE__LINK__V1__WORKER_ROLE__WR_EDGE, gate_node.client_fd,
                    gate_node.metrics_fd);
}

void
gate_node_stats_arrived (guint                        index,
                         const Gate__Link__V1__Stats *stats)
{
  guint n_reserved = (guint) gate_config_get_int (gate_node.config, "io.fds_reserved");

  gate_pool_heard (&gate_node.pool, index, stats->connections,
                   stats->fds_max - MIN (stats->fds_max, n_reserved));
  if (gate_node.is_stopping || !gate_pool_grow (&gate_node.pool))
    return;
  gate_log (GATE_LOG_INFO, "edge_added", "edges", "u", (guint64) gate_node.pool.n_edges, NULL);
  add_edge ();
}

static const GateWorkersHandler workers_handler = {
  .started = started_cb,
  .record = gate_node_record_cb,
  .gone = gone_cb,
};

/* A number is kept to; `auto` begins with one edge a core. */
static void
init_pool (void)
{
  const GateConfig *config = gate_node.config;
  const char *wanted = gate_config_get_string (config, "io.worker_pool");
  gboolean is_auto = g_strcmp0 (wanted, "auto") == 0;
  guint n_edges = is_auto ? g_get_num_processors () : (guint) g_ascii_strtoull (wanted, NULL, 10);

  n_edges = CLAMP (n_edges, 1, MAX_EDGES);
  gate_pool_init (&gate_node.pool, (guint64) gate_config_get_int (config, "io.max_connections"),
                  n_edges, is_auto ? MAX_EDGES : n_edges);
}

void
gate_node_start_workers (void)
{
  gate_node.workers = gate_workers_new (gate_node.loop, USHER_VERSION, &workers_handler, NULL);
  init_pool ();
  for (guint i = 0; i < gate_node.pool.n_edges; i++)
    add_edge ();
  gate_node.http_index = gate_workers_add (gate_node.workers, GATE__LINK__V1__WORKER_ROLE__WR_HTTP,
                                           gate_node.ops_fd, gate_node.metrics_fd);
}
