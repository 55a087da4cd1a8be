/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-pool.h"

#include <string.h>

/* Of the descriptors in use when the next edge is started: it needs about 50 ms, and the rest of the others meanwhile. */
#define FULL_QUARTERS 3

void
gate_pool_init (GatePool *self,
                guint64   max_connections,
                guint     n_edges,
                guint     max_edges)
{
  memset (self, 0, sizeof *self);
  self->max_connections = max_connections;
  self->n_edges = n_edges;
  self->max_edges = max_edges;
}

void
gate_pool_heard (GatePool *self,
                 guint     index,
                 guint     n_used,
                 guint     n_max)
{
  g_assert (index < G_N_ELEMENTS (self->edges));
  self->edges[index].n_used = n_used;
  self->edges[index].n_max = n_max;
}

void
gate_pool_gone (GatePool *self,
                guint     index)
{
  g_assert (index < G_N_ELEMENTS (self->edges));
  self->edges[index].n_used = 0;
}

gboolean
gate_pool_grow (GatePool *self)
{
  guint64 n_used = 0;
  guint64 n_max = 0;
  guint n_heard = 0;

  for (guint i = 0; i < G_N_ELEMENTS (self->edges); i++) {
    n_used += self->edges[i].n_used;
    n_max += self->edges[i].n_max;
    n_heard += self->edges[i].n_max > 0;
  }
  /* One that was started and has not spoken yet will bring its room too: two are never started for one want of room. */
  if (n_heard < self->n_edges || n_used * 4 < n_max * FULL_QUARTERS ||
      n_max >= self->max_connections || self->n_edges >= self->max_edges)
    return FALSE;
  self->n_edges++;
  return TRUE;
}
