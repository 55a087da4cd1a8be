/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core-private.h"

G_BEGIN_DECLS

/*
 * What consoles show in their lists. Changed rows are gathered for 250 ms; whether a row leaves a list is read off the
 * difference between what was told last and what is committed now, so nothing is kept for each console and row.
 */

void gate_lists_mark (GateCore         *core,
                      GateConversation *conv);
void gate_lists_mark_agent (GateCore  *core,
                            GateAgent *agent);
void gate_lists_mark_queue (GateCore  *core,
                            GateQueue *queue);

/** gate_lists_flush: sends what was gathered. */
void gate_lists_flush (GateCore *core);

/** gate_lists_subscribe: from now on, and the whole list now. @limit 0 = all; @more pages follow by themselves. */
void gate_lists_subscribe (GateCore           *core,
                           GateSession        *session,
                           Gate__V1__ListKind  kind,
                           const char         *queue);
void gate_lists_unsubscribe (GateCore           *core,
                             GateSession        *session,
                             Gate__V1__ListKind  kind);
void gate_lists_drop_session (GateCore    *core,
                              GateSession *session);

/** gate_lists_send_whole: the answer to a Subscribe of a list that is in memory. */
void gate_lists_send_whole (GateCore           *core,
                            const GateCall     *call,
                            Gate__V1__ListKind  kind,
                            const char         *queue,
                            guint               limit);

/** gate_lists_send_closed: the answer from a CLOSED query. */
void gate_lists_send_closed (GateCore        *core,
                             const GateCall  *call,
                             const GateQuery *query);

/** gate_lists_send_one: one row of LI_WATCHED to a session, or that it is gone. */
void gate_lists_send_watched (GateCore         *core,
                              GateSession      *session,
                              GateConversation *conv,
                              gboolean          is_watching);

/** gate_lists_conv_row: (transfer none): a row in @arena, from the committed state. */
Gate__V1__ConvRow *gate_lists_conv_row (GateCore         *core,
                                        GateConversation *conv,
                                        WireArena        *arena);

/** gate_lists_stored_row: the same from a row of the store. */
Gate__V1__ConvRow *gate_lists_stored_row (GateCore          *core,
                                          const GateConvRow *row,
                                          WireArena         *arena);

G_END_DECLS
