/* SPDX-License-Identifier: GPL-3.0-or-later */
/* List frames carry only the rows that changed, so a newer one does not make an older one worthless. Merging costs the rows of
 * both, and happens only while a client is slower than its list changes.
 */
#include "config.h"

#include "gate-outbox-list.h"

#include <string.h>

static guint64
conv_of (gconstpointer row)
{
  return ((const Gate__V1__ConvRow *) row)->conv;
}

static guint64
agent_of (gconstpointer row)
{
  const Gate__V1__AgentRow *agent = row;

  return agent->status != NULL ? agent->status->agent : 0;
}

static guint64
queue_of (gconstpointer row)
{
  return g_str_hash (((const Gate__V1__QueueRow *) row)->queue);
}

typedef guint64 (*RowKey) (gconstpointer row);

static gboolean
has_row (gpointer *rows,
         gsize     n_rows,
         guint64   key,
         RowKey    key_of)
{
  for (gsize i = 0; i < n_rows; i++)
    if (key_of (rows[i]) == key)
      return TRUE;
  return FALSE;
}

static gboolean
has_number (const guint64 *numbers,
            gsize          n_numbers,
            guint64        number)
{
  for (gsize i = 0; i < n_numbers; i++)
    if (numbers[i] == number)
      return TRUE;
  return FALSE;
}

/* The rows of @older that @newer says nothing about, then those of @newer. */
static gpointer *
merge_rows (WireArena            *arena,
            gpointer             *older,
            gsize                 n_older,
            gpointer             *newer,
            gsize                 n_newer,
            const Gate__V1__List *newer_list,
            RowKey                key_of,
            gsize                *ret_n_rows)
{
  gpointer *rows = wire_arena_alloc (arena, (n_older + n_newer + 1) * sizeof *rows);
  gsize n_rows = 0;

  for (gsize i = 0; i < n_older; i++) {
    guint64 key = key_of (older[i]);

    if (!has_row (newer, n_newer, key, key_of) &&
        !has_number (newer_list->gone, newer_list->n_gone, key))
      rows[n_rows++] = older[i];
  }
  if (n_newer > 0)
    memcpy (rows + n_rows, newer, n_newer * sizeof *rows);
  *ret_n_rows = n_rows + n_newer;
  return rows;
}

static void
merge_gone (WireArena            *arena,
            const Gate__V1__List *older,
            const Gate__V1__List *newer,
            Gate__V1__List       *merged)
{
  guint64 *gone = wire_arena_alloc (arena, (older->n_gone + newer->n_gone + 1) * sizeof (guint64));
  gsize n_gone = 0;

  for (gsize i = 0; i < older->n_gone; i++)
    if (!has_row ((gpointer *) newer->convs, newer->n_convs, older->gone[i], conv_of) &&
        !has_row ((gpointer *) newer->agents, newer->n_agents, older->gone[i], agent_of) &&
        !has_number (newer->gone, newer->n_gone, older->gone[i]))
      gone[n_gone++] = older->gone[i];
  for (gsize i = 0; i < newer->n_gone; i++)
    gone[n_gone++] = newer->gone[i];
  merged->gone = gone;
  merged->n_gone = n_gone;
}

void
gate_list_merge (WireArena            *arena,
                 const guint8         *older,
                 gsize                 older_bytes,
                 const Gate__V1__List *newer,
                 WireBuffer           *out)
{
  Gate__V1__Frame *frame =
    gate__v1__frame__unpack (wire_arena_allocator (arena), older_bytes, older);
  Gate__V1__List merged = *newer;
  Gate__V1__Frame merged_frame = WIRE_FRAME (LIST, list, &merged);
  const Gate__V1__List *old;

  g_assert (frame != NULL && frame->body_case == GATE__V1__FRAME__BODY_LIST);
  old = frame->list;
  if (!newer->reset) {
    merged.reset = old->reset;
    merged.convs = (Gate__V1__ConvRow **) merge_rows (arena, (gpointer *) old->convs, old->n_convs,
                                                      (gpointer *) newer->convs, newer->n_convs,
                                                      newer, conv_of, &merged.n_convs);
    merged.agents =
      (Gate__V1__AgentRow **) merge_rows (arena, (gpointer *) old->agents, old->n_agents,
                                          (gpointer *) newer->agents, newer->n_agents, newer,
                                          agent_of, &merged.n_agents);
    merged.queues =
      (Gate__V1__QueueRow **) merge_rows (arena, (gpointer *) old->queues, old->n_queues,
                                          (gpointer *) newer->queues, newer->n_queues, newer,
                                          queue_of, &merged.n_queues);
    merge_gone (arena, old, newer, &merged);
  }
  wire_frame_pack (&merged_frame, out);
}
