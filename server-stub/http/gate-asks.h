/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-http-private.h"
#include "link.pb-c.h"

G_BEGIN_DECLS

/**
 * GateAsks:
 *
 * Requests to the core that wait for their reply, by number. Each has a deadline; what is not answered by then is
 * answered with %NULL, which becomes `503 try_again`.
 */

/** GateAskDone: @reply is borrowed, or %NULL: no answer in time. Called exactly once. */
typedef void (*GateAskDone) (const Gate__Link__V1__Reply *reply, gpointer user_data);

#define GATE_ASKS_MAX        4096 /* waiting at a time; more are answered with NULL at once */
#define GATE_ASK_DEADLINE_MS 10000

GateAsks *gate_asks_new (GateLink *core) G_GNUC_WARN_UNUSED_RESULT;

/** gate_asks_free: answers everything that waits with %NULL. */
void gate_asks_free (GateAsks *self);

/** gate_asks_send: @request without its deadline, which is filled in. */
void gate_asks_send (GateAsks                *self,
                     Gate__Link__V1__Request *request,
                     guint                    deadline_ms,
                     GateAskDone              done,
                     gpointer                 user_data);

/** gate_asks_reply: a record 9 came; one nobody waits for is dropped. */
void gate_asks_reply (GateAsks         *self,
                      const GateRecord *record);
guint gate_asks_get_n_waiting (const GateAsks *self);

G_END_DECLS
