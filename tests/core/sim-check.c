/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-private.h"

#include "gate-contact.h"
#include "gate-transitions.h"

#include <string.h>

/* What must be true of the store, whoever was killed when. */

/* Replaying the log of changes gives the state the row has. */
static void
check_replay (Sim              *self,
              const MemoryConv *conv)
{
  guint state = 0;
  guint64 agent = 0;

  for (guint i = 0; i < conv->events->len; i++) {
    const GateEventRow *event = &g_array_index (conv->events, GateEventRow, i);

    if (event->epoch != i + 1)
      sim_fail (self, "events of %" G_GUINT64_FORMAT " are not numbered by epoch", conv->row.conv);
    if (event->from != state ||
        gate_transition_find_name (event->from, event->name, event->to) == NULL)
      sim_fail (self, "event %u of %" G_GUINT64_FORMAT " (%s) does not follow", i, conv->row.conv,
                event->name);
    state = event->to;
    if (strcmp (event->name, "join") != 0)
      agent = event->agent;
  }
  if (state != conv->row.state || agent != conv->row.agent || conv->row.epoch != conv->events->len)
    sim_fail (self, "replay of %" G_GUINT64_FORMAT " gives state %u, not %u", conv->row.conv, state,
              conv->row.state);
}

static gint
compare_cids (gconstpointer a,
              gconstpointer b)
{
  const GateMessageRow *left = *(GateMessageRow *const *) a;
  const GateMessageRow *right = *(GateMessageRow *const *) b;

  return left->cid < right->cid ? -1 : left->cid > right->cid;
}

/* Each line once: no cid stands twice, not even in two conversations. */
static void
check_cids (Sim *self)
{
  g_autoptr (GPtrArray) cids = g_ptr_array_new ();

  for (guint i = 0; i < memory_store_n_convs (self->store); i++) {
    const MemoryConv *conv =
      memory_store_conv (self->store, memory_store_nth_conv (self->store, i));

    for (guint k = 0; k < conv->messages->len; k++) {
      const GateMessageRow *row = &g_array_index (conv->messages, MemoryMessage, k).row;
      SimRefused wanted = { row->cid, conv->row.conv };

      if (row->seq != k + 1)
        sim_fail (self, "a gap in %" G_GUINT64_FORMAT, conv->row.conv);
      if (row->cid != 0)
        g_ptr_array_add (cids, (gpointer) row);
      if (g_hash_table_contains (self->refused, &wanted))
        sim_fail (self, "line %" G_GINT64_MODIFIER "x was refused and yet kept", row->cid);
    }
  }
  g_ptr_array_sort (cids, compare_cids);
  for (guint i = 1; i < cids->len; i++) {
    const GateMessageRow *a = g_ptr_array_index (cids, i - 1);
    const GateMessageRow *b = g_ptr_array_index (cids, i);

    if (a->cid == b->cid)
      sim_fail (self,
                "line %" G_GINT64_MODIFIER "x stands twice: %" G_GUINT64_FORMAT
                "/%" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
                a->cid, a->conv, a->seq, b->conv, b->seq);
  }
}

/* A visitor has one conversation that is not closed. */
static void
check_open (Sim *self)
{
  g_autoptr (GHashTable) open = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = 0; i < memory_store_n_convs (self->store); i++) {
    const MemoryConv *conv =
      memory_store_conv (self->store, memory_store_nth_conv (self->store, i));

    check_replay (self, conv);
    if (conv->row.state != GATE__V1__STATE__ST_CLOSED &&
        !g_hash_table_add (open, (gpointer) &conv->row.visitor))
      sim_fail (self, "visitor %" G_GUINT64_FORMAT " has two open conversations",
                conv->row.visitor);
  }
}

static guint64
into_whom (const GArray *merges,
           guint64       visitor)
{
  for (guint i = 0; i < merges->len; i++) {
    const GateMergeRow *row = &g_array_index (merges, GateMergeRow, i);

    if (row->visitor == visitor)
      return row->into;
  }
  return 0;
}

/* Nobody stands in themselves, whoever is merged with whom. */
static void
check_merges (Sim *self)
{
  const GArray *merges = memory_store_merges (self->store);

  for (guint i = 0; i < merges->len; i++) {
    guint64 visitor = g_array_index (merges, GateMergeRow, i).visitor;
    guint n = 0;

    for (guint64 at = visitor; at != 0; at = into_whom (merges, at)) {
      if (++n > GATE_MAX_MERGED)
        sim_fail (self, "%" G_GUINT64_FORMAT " is merged in a ring", visitor);
    }
  }
}

void
sim_check_store (Sim *self)
{
  check_merges (self);
  check_open (self);
  check_cids (self);
}
