/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core-private.h"

G_BEGIN_DECLS

void gate_queue_load (GateCore            *core,
                      const GateCoreQueue *queues,
                      guint                n_queues);
void gate_queue_free (GateQueue *self);

/** gate_queue_find: (transfer none): the queue of that name, or the first one. */
GateQueue *gate_queue_find (GateCore   *core,
                            const char *name);

/** gate_queue_find_exact: (nullable) */
GateQueue *gate_queue_find_exact (GateCore   *core,
                                  const char *name);

/** gate_queue_key: what waiters are ordered by: enqueue time less the head start of the priority (`SYSTEMS.md` 4.2). */
gint64 gate_queue_key (const GateConversation *conv);

/** gate_queue_compare: by key, then by number. */
int gate_queue_compare (const GateConversation *a,
                        const GateConversation *b);
void gate_queue_push (GateCore         *core,
                      GateConversation *conv);
void gate_queue_remove (GateCore         *core,
                        GateConversation *conv);

/** gate_queue_assigned: one more was given to an agent: feeds the estimate. */
void gate_queue_assigned (GateCore  *core,
                          GateQueue *self);

/** gate_queue_eta_s: estimated wait at @position (from 1); 0 = not known yet. */
guint gate_queue_eta_s (const GateQueue *self,
                        guint            position);

/** gate_queue_position: from 1; an offered conversation counts as the first. */
guint gate_queue_position (const GateConversation *conv);

/** gate_queue_send_position: to one session, or (%NULL) to all of the visitor. */
void gate_queue_send_position (GateCore         *core,
                               GateConversation *conv,
                               GateSession      *session);

/** gate_queue_send_moved: to those whose position has changed; run once a second. */
void gate_queue_send_moved (GateCore *core);

G_END_DECLS
