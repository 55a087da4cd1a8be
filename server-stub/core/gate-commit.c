/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-commit.h"

#include "gate-conversation.h"
#include "gate-metric-table.h"
#include "gate-park.h"

/*
 * Order is the point of this file: effects leave in the order in which they were decided, also across batches, so a
 * peer that hears of two things hears of them as they happened. A batch that fails takes every batch behind it along,
 * because what they hold was decided on top of it.
 */

#define RETRY_MS 250 /* after a failure nothing is submitted for so long */

typedef struct _GateHeld GateHeld;

struct _GateHeld {
  GateHeld *next;
  GateBatch *batch;
  GateEffect *first, *last;
};

struct _GateCommit {
  GateHeld *out;          /* (nullable): submitted */
  GateHeld *first, *last; /* waiting; the last one is being filled */
  guint64 number;         /* of the last one */
  gboolean is_failing;    /* the last batch was not kept */
  gboolean is_releasing;
};

GateCommit *
gate_commit_new (void)
{
  return g_new0 (GateCommit, 1);
}

static void
held_free (GateHeld *held)
{
  gate_batch_free (held->batch); /* held itself lies in its arena */
}

void
gate_commit_free (GateCommit *self)
{
  /* A batch that is out belongs to the store, our effects in its arena with it. */
  while (self->first != NULL) {
    GateHeld *held = self->first;

    self->first = held->next;
    held_free (held);
  }
  g_free (self);
}

static GateHeld *
open_batch (GateCommit *self)
{
  GateBatch *batch = gate_batch_new ();
  GateHeld *held = wire_arena_new0 (batch->arena, GateHeld);

  held->batch = batch;
  if (self->last != NULL)
    self->last->next = held;
  else
    self->first = held;
  self->last = held;
  self->number++;
  return held;
}

static GateHeld *
being_filled (GateCore *core)
{
  return core->commit->last != NULL ? core->commit->last : open_batch (core->commit);
}

void
gate_commit_begin (GateCore *core)
{
  GateCommit *self = core->commit;

  if (self->last != NULL && self->last->batch->n_writes >= core->settings.batch_rows)
    open_batch (self);
}

GateWrite *
gate_commit_write (GateCore      *core,
                   GateWriteKind  kind)
{
  return gate_batch_add (being_filled (core)->batch, kind);
}

gpointer
gate_commit_effect (GateCore *core,
                    gsize     n_bytes,
                    void (*release) (GateCore *, GateEffect *),
                    void (*refuse) (GateCore *, GateEffect *, GateStoreStatus))
{
  GateHeld *held = being_filled (core);
  GateEffect *effect = wire_arena_alloc0 (held->batch->arena, n_bytes);

  effect->release = release;
  effect->refuse = refuse;
  if (held->last != NULL)
    held->last->next = effect;
  else
    held->first = effect;
  held->last = effect;
  return effect;
}

WireArena *
gate_commit_arena (GateCore *core)
{
  return being_filled (core)->batch->arena;
}

guint64
gate_commit_number (GateCore *core)
{
  being_filled (core);
  return core->commit->number;
}

gboolean
gate_commit_is_idle (const GateCore *core)
{
  return core->commit->out == NULL && core->commit->first == NULL;
}

gboolean
gate_commit_is_failing (const GateCore *core)
{
  return core->commit->is_failing;
}

static gboolean
is_of_conversation (GateWriteKind kind)
{
  return kind <= GATE_WRITE_MARK;
}

static void
release (GateCore *core,
         GateHeld *held)
{
  for (GateWrite *write = held->batch->first; write != NULL; write = write->next) {
    if (is_of_conversation (write->kind) && write->user_data != NULL)
      ((GateConversation *) write->user_data)->n_pending--;
  }
  for (GateEffect *effect = held->first; effect != NULL; effect = effect->next)
    effect->release (core, effect);
  held_free (held);
}

static GateHeld *
pop (GateCommit *self)
{
  GateHeld *held = self->first;

  self->first = held->next;
  if (self->first == NULL)
    self->last = NULL;
  held->next = NULL;
  return held;
}

/* Tells everybody who asked, and gathers the conversations that must be read again. */
static void
refuse (GateCore        *core,
        GateHeld        *held,
        GateStoreStatus  status,
        GPtrArray       *lost)
{
  for (GateEffect *effect = held->first; effect != NULL; effect = effect->next) {
    if (effect->refuse != NULL)
      effect->refuse (core, effect, status);
  }
  for (GateWrite *write = held->batch->first; write != NULL; write = write->next) {
    GateConversation *conv = is_of_conversation (write->kind) ? write->user_data : NULL;

    if (conv != NULL && !conv->is_lost) {
      conv->is_lost = TRUE;
      g_ptr_array_add (lost, conv);
    }
  }
}

static void
fail (GateCore        *core,
      GateHeld        *held,
      GateStoreStatus  status)
{
  GateCommit *self = core->commit;
  g_autoptr (GPtrArray) lost = g_ptr_array_new ();
  GateHeld *waiting = self->first;

  self->is_failing = TRUE;
  self->first = self->last = NULL;
  core->store_retry_ms = core->now_ms + RETRY_MS;
  held->next = waiting;
  for (GateHeld *each = held; each != NULL; each = each->next)
    refuse (core, each, status, lost);
  for (guint i = 0; i < lost->len; i++)
    gate_conversation_lose (core, g_ptr_array_index (lost, i));
  gate_park_after_failure (core);
  while (held != NULL) {
    GateHeld *next = held->next;

    held_free (held);
    held = next;
  }
}

static gboolean
can_submit (const GateCore *core)
{
  const GateCommit *self = core->commit;

  return self->out == NULL && self->first != NULL && self->first->batch->n_writes > 0 &&
         core->now_ms >= core->store_retry_ms;
}

static void
submit_first (GateCore *core)
{
  GateCommit *self = core->commit;

  self->out = pop (self);
  self->out->batch->submitted_us = core->now_ms * 1000;
  core->store->submit (core->store, self->out->batch);
}

void
gate_commit_done (GateCore  *core,
                  GateBatch *batch)
{
  GateCommit *self = core->commit;
  GateHeld *held = self->out;

  g_assert (held != NULL && held->batch == batch);
  self->out = NULL;
  gate_core_observe (core, GATE_METRIC_MESSAGE_COMMIT, 0,
                     (guint64) MAX (core->now_ms * 1000 - batch->submitted_us, 0));
  if (batch->status != GATE_STORE_OK) {
    fail (core, held, batch->status);
    return;
  }
  self->is_failing = FALSE;
  /* The store writes on while we tell those who waited for this batch. */
  if (can_submit (core))
    submit_first (core);
  release (core, held);
}

void
gate_commit_turn_end (GateCore *core)
{
  GateCommit *self = core->commit;

  while (self->out == NULL && self->first != NULL) {
    if (self->first->batch->n_writes == 0)
      release (core, pop (self)); /* it only kept its place behind earlier ones */
    else if (can_submit (core))
      submit_first (core);
    else
      return;
  }
}
