/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-pool.h"

#include <glib.h>

#define ROOM 19936 /* connections of a process that may open 20,000 descriptors */

static void
test_grows_when_full (void)
{
  GatePool pool;

  gate_pool_init (&pool, 1000000, 2, 78);
  gate_pool_heard (&pool, 0, 14951, ROOM);
  gate_pool_heard (&pool, 1, 14952, ROOM);
  g_assert_false (gate_pool_grow (&pool));
  gate_pool_heard (&pool, 0, 14953, ROOM);
  g_assert_true (gate_pool_grow (&pool));
  /* One at a time: the new one has not said what it brings. */
  gate_pool_heard (&pool, 0, 19000, ROOM);
  g_assert_false (gate_pool_grow (&pool));
  gate_pool_heard (&pool, 3, 0, ROOM);
  g_assert_false (gate_pool_grow (&pool));
  g_assert_cmpuint (pool.n_edges, ==, 3);
}

/* An edge that died holds nothing, and will be there again: no other one takes its place. */
static void
test_gone (void)
{
  GatePool pool;

  gate_pool_init (&pool, 1000000, 2, 78);
  gate_pool_heard (&pool, 0, ROOM, ROOM);
  gate_pool_heard (&pool, 1, ROOM, ROOM);
  gate_pool_gone (&pool, 1);
  g_assert_false (gate_pool_grow (&pool));
}

static void
test_ends (void)
{
  GatePool pool;

  /* What the node may hold is there already. */
  gate_pool_init (&pool, 2 * ROOM, 2, 78);
  gate_pool_heard (&pool, 0, ROOM, ROOM);
  gate_pool_heard (&pool, 1, ROOM, ROOM);
  g_assert_false (gate_pool_grow (&pool));
  /* A number was asked for. */
  gate_pool_init (&pool, 1000000, 2, 2);
  gate_pool_heard (&pool, 0, ROOM, ROOM);
  gate_pool_heard (&pool, 1, ROOM, ROOM);
  g_assert_false (gate_pool_grow (&pool));
}

/* A million visitors, edge by edge: how many does it take? */
static void
test_million (void)
{
  GatePool pool;
  guint64 n_visitors = 0;

  gate_pool_init (&pool, 1000000, 2, 78);
  while (n_visitors < 1000000) {
    n_visitors = MIN (n_visitors + 5000, 1000000);
    for (guint i = 0; i < pool.n_edges; i++)
      gate_pool_heard (&pool, i, (guint) (n_visitors / pool.n_edges), ROOM);
    g_assert_cmpuint (n_visitors / pool.n_edges, <, ROOM);
    (void) gate_pool_grow (&pool);
  }
  g_assert_cmpuint (pool.n_edges, ==, 51);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/pool/grows-when-full", test_grows_when_full);
  g_test_add_func ("/link/pool/gone", test_gone);
  g_test_add_func ("/link/pool/ends", test_ends);
  g_test_add_func ("/link/pool/million", test_million);
  return g_test_run ();
}
