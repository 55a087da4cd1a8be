/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core-private.h"

G_BEGIN_DECLS

/*
 * Writes are collected into batches; what says that something happened is held beside its batch and released in order
 * once the store has kept it. One batch is out at a time; those behind it wait.
 */

/** GateEffect: the head of what is held; lives in the batch's arena. */
struct _GateEffect {
  GateEffect *next;
  void (*release) (GateCore *core, GateEffect *effect);

  /* (nullable) Nothing of the batch was kept: tell whoever asked. */
  void (*refuse) (GateCore *core, GateEffect *effect, GateStoreStatus status);
};

GateCommit *gate_commit_new (void) G_GNUC_WARN_UNUSED_RESULT;
void gate_commit_free (GateCommit *self);

/** gate_commit_begin: a new event begins: what it writes stays in one batch. */
void gate_commit_begin (GateCore *core);

/** gate_commit_write: a row of the batch being filled. */
GateWrite *gate_commit_write (GateCore      *core,
                              GateWriteKind  kind);

/** gate_commit_effect: (transfer none): @n_bytes that begin with a #GateEffect, to be released after all held before it. */
gpointer gate_commit_effect (GateCore *core,
                             gsize     n_bytes,
                             void (*release) (GateCore *, GateEffect *),
                             void (*refuse) (GateCore *, GateEffect *, GateStoreStatus));

/** gate_commit_arena: lives until the batch being filled was committed and told. */
WireArena *gate_commit_arena (GateCore *core);

/** gate_commit_number: of the batch being filled. */
guint64 gate_commit_number (GateCore *core);

/** gate_commit_is_idle: nothing is written or held. */
gboolean gate_commit_is_idle (const GateCore *core);
gboolean gate_commit_is_failing (const GateCore *core);

void gate_commit_turn_end (GateCore *core);
void gate_commit_done (GateCore  *core,
                       GateBatch *batch);

G_END_DECLS
