/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-asks.h"

#include "wire-arena.h"

#define ARENA_BYTES ((gsize) 16 * 1024)

typedef struct {
  GateAsks *owner;
  guint32 number;
  guint timeout_id;
  GateAskDone done;
  gpointer user_data;
} Ask;

struct _GateAsks {
  GateLink *core;
  GHashTable *waiting; /* number → Ask */
  guint32 last_number;
  WireArena *arena; /* of the reply that is being handed out */
};

GateAsks *
gate_asks_new (GateLink *core)
{
  GateAsks *self = g_new0 (GateAsks, 1);

  self->core = core;
  self->waiting = g_hash_table_new (NULL, NULL);
  self->arena = wire_arena_new (ARENA_BYTES);
  return self;
}

/* Takes it out before its callback runs, so that nothing can answer it twice. */
static void
answer (Ask                         *ask,
        const Gate__Link__V1__Reply *reply)
{
  GateAskDone done = ask->done;
  gpointer user_data = ask->user_data;

  g_hash_table_remove (ask->owner->waiting, GUINT_TO_POINTER (ask->number));
  g_clear_handle_id (&ask->timeout_id, g_source_remove);
  g_free (ask);
  done (reply, user_data);
}

void
gate_asks_free (GateAsks *self)
{
  GHashTableIter iter;
  gpointer ask;

  if (self == NULL)
    return;
  while (g_hash_table_iter_init (&iter, self->waiting), g_hash_table_iter_next (&iter, NULL, &ask))
    answer (ask, NULL);
  g_hash_table_unref (self->waiting);
  wire_arena_free (self->arena);
  g_free (self);
}

static void
too_late (gpointer user_data)
{
  Ask *ask = user_data;

  ask->timeout_id = 0;
  answer (ask, NULL);
}

/* Numbers go round; one that still waits is left out. */
static guint32
next_number (GateAsks *self)
{
  do
    self->last_number++;
  while (self->last_number == 0 ||
         g_hash_table_contains (self->waiting, GUINT_TO_POINTER (self->last_number)));
  return self->last_number;
}

void
gate_asks_send (GateAsks                *self,
                Gate__Link__V1__Request *request,
                guint                    deadline_ms,
                GateAskDone              done,
                gpointer                 user_data)
{
  Ask *ask;

  if (g_hash_table_size (self->waiting) >= GATE_ASKS_MAX) {
    done (NULL, user_data);
    return;
  }
  ask = g_new0 (Ask, 1);
  ask->owner = self;
  ask->number = next_number (self);
  ask->done = done;
  ask->user_data = user_data;
  ask->timeout_id = g_timeout_add_once (deadline_ms, too_late, ask);
  g_hash_table_insert (self->waiting, GUINT_TO_POINTER (ask->number), ask);
  request->deadline_ms = deadline_ms;
  (void) gate_link_send_message (self->core, GATE_RECORD_REQUEST, 0, ask->number, &request->base);
}

void
gate_asks_reply (GateAsks         *self,
                 const GateRecord *record)
{
  Ask *ask = g_hash_table_lookup (self->waiting, GUINT_TO_POINTER (record->number));
  Gate__Link__V1__Reply *reply;

  if (ask == NULL)
    return;
  reply = gate__link__v1__reply__unpack (wire_arena_allocator (self->arena), record->body_bytes,
                                         record->body);
  answer (ask, reply);
  wire_arena_reset (self->arena);
}

guint
gate_asks_get_n_waiting (const GateAsks *self)
{
  return g_hash_table_size (self->waiting);
}
