/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several edges on one listening socket. */
#include "edge-harness.h"

#include <stdlib.h>

enum {
  N_EDGES = 4
};

/* The first figures of load come from an edge that serves. */
static void
wait_until_serving (Edge *edge)
{
  g_autoptr (Record) stats = edge_take (edge, GATE_RECORD_STATS);

  g_assert_cmpuint (stats->number, ==, 0);
}

static void
test_even (void)
{
  const char *settings[] = { "limits.connections_per_ip=0", "limits.connects_per_ip_per_s=0",
                             NULL };
  Edge *edges[N_EDGES];
  double least = G_MAXDOUBLE;
  double most = 0;

  edges[0] = edge_start (settings);
  for (guint i = 1; i < N_EDGES; i++)
    edges[i] = edge_start_beside (edges[0], settings);
  for (guint i = 0; i < N_EDGES; i++)
    wait_until_serving (edges[i]);
  /* One after the other, so that every edge is idle each time: the case in which the kernel favours one. */
  for (guint i = 0; i < 200; i++)
    (void) client_upgrade (edges[0], "", "");
  for (guint i = 0; i < N_EDGES; i++) {
    double n =
      edge_metric (edges[i], "gate_connections{transport=\"ws\",role=\"none\",codec=\"none\"}");

    g_test_message ("edge %u: %g", i, n);
    least = MIN (least, n);
    most = MAX (most, n);
  }
  g_assert_cmpfloat (least, >=, 15);
  g_assert_cmpfloat (most, <=, 100);
  for (guint i = N_EDGES; i > 0; i--)
    edge_stop (edges[i - 1]);
}

/* One is full: the other takes all, and nobody waits. */
static void
test_one_is_full (void)
{
  const char *full_settings[] = { "io.max_connections=2", NULL };
  Edge *full = edge_start (full_settings);
  Edge *other = edge_start_beside (full, NULL);

  wait_until_serving (full);
  wait_until_serving (other);
  for (guint i = 0; i < 40; i++)
    (void) client_upgrade (full, "", "");
  g_assert_cmpfloat (
    edge_metric (full, "gate_connections{transport=\"ws\",role=\"none\",codec=\"none\"}"), <=, 3);
  g_assert_cmpfloat (
    edge_metric (other, "gate_connections{transport=\"ws\",role=\"none\",codec=\"none\"}"), >=, 37);
  edge_stop (other);
  edge_stop (full);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edge/shared/even", test_even);
  g_test_add_func ("/edge/shared/one-is-full", test_one_is_full);
  return g_test_run ();
}
