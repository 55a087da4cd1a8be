/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core-private.h"

G_BEGIN_DECLS

/*
 * A frame that needs what is not in memory waits for a query and is handled again. Frames of one key (a visitor, or a
 * conversation for agents) keep their order: while one waits, those behind it wait too.
 */

/** GateQuestion: the head of what GateQuery.user_data points to. */
typedef struct _GateQuestion GateQuestion;

struct _GateQuestion {
  /* The query is freed afterwards unless this returns TRUE; the question is its own to free. */
  gboolean (*done) (GateCore *core, GateQuestion *question, GateQuery *query);
  void (*drop) (GateQuestion *question); /* the core goes away before the answer came */
};

GateParkLot *gate_park_new (void) G_GNUC_WARN_UNUSED_RESULT;
void gate_park_free (GateParkLot *self);

/** gate_park_ask: hands @query to the store; @question hears of the result. */
void gate_park_ask (GateCore     *core,
                    GateQuestion *question,
                    GateQuery    *query);
void gate_park_answered (GateCore  *core,
                         GateQuery *query);

/** gate_park_is_asking: an answer of the store is awaited. */
gboolean gate_park_is_asking (const GateCore *core);

/** gate_park_key: what orders this call; 0 = nothing. */
guint64 gate_park_key_of_visitor (guint64 visitor);
guint64 gate_park_key_of_conv (guint64 conv);

/** gate_park_behind: parks @call if others of its key wait already (or there is no room: it is refused then). */
gboolean gate_park_behind (GateCore       *core,
                           const GateCall *call,
                           guint64         key);

/** gate_park_wait: parks @call until @query (taken over) is answered. */
void gate_park_wait (GateCore       *core,
                     const GateCall *call,
                     guint64         key,
                     GateQuery      *query);

/** gate_park_wait_commit: parks @call until what has been decided until now is committed; refused if it was not kept. */
void gate_park_wait_commit (GateCore       *core,
                            const GateCall *call,
                            guint64         key);

/** gate_park_after_failure: those that were refused so; once the conversations of the batch are out of memory. */
void gate_park_after_failure (GateCore *core);

/** gate_park_reread: asks for a conversation whose batch was lost. */
void gate_park_reread (GateCore *core,
                       guint64   conv);

/** gate_park_retry_lost: asks again for those that could not be read. */
void gate_park_retry_lost (GateCore *core);

static inline GateQuery *
gate_call_found (const GateCall *call,
                 GateQueryKind   kind)
{
  return call->found != NULL ? call->found[kind] : NULL;
}

G_END_DECLS
