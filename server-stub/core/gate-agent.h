/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core-private.h"

G_BEGIN_DECLS

/** gate_agent_find: (nullable) */
GateAgent *gate_agent_find (GateCore *core,
                            guint64   id);
GateAgent *gate_agent_find_login (GateCore   *core,
                                  const char *login);

/** gate_agent_load_rows: takes the agents of a snapshot; those that are new, changed or gone. */
void gate_agent_load_rows (GateCore           *core,
                           const GateAgentRow *rows,
                           guint               n_rows);
void gate_agent_free (GateAgent *self);

/** gate_agent_refresh: derives the status anew and tells who is concerned when it has changed. */
void gate_agent_refresh (GateCore  *core,
                         GateAgent *self);

/** gate_agent_set_capacity: 0 = as stored. */
void gate_agent_set_capacity (GateAgent *self,
                              guint      capacity);

/** gate_agent_linked, gate_agent_unlinked: a connection came or went. */
void gate_agent_linked (GateCore  *core,
                        GateAgent *self);
void gate_agent_unlinked (GateCore  *core,
                          GateAgent *self);

/** gate_agent_start_grace: after a restart: whoever is not back in time loses their conversations. */
void gate_agent_start_grace (GateCore  *core,
                             GateAgent *self);

/** gate_agent_add_load: in half slots. */
void gate_agent_add_load (GateCore  *core,
                          GateAgent *self,
                          int        change);

/** gate_agent_allow: what the agent has now is allowed although it may be above the cap. */
void gate_agent_allow (GateAgent *self);

/** gate_agent_settle: after a change: an allowance that is not used any more is gone. */
void gate_agent_settle (GateAgent *self);

/** gate_agent_has_room: online and with a free slot of @weight. */
gboolean gate_agent_has_room (const GateAgent *self,
                              guint            weight);
void gate_agent_assigned (GateCore  *core,
                          GateAgent *self);

/** gate_agent_is_limited: whether the agent has had all the assignments of an hour. */
gboolean gate_agent_is_limited (GateCore  *core,
                                GateAgent *self);

/** gate_agent_missed: the offer's time is over; two in a row switch `accepting` off. */
void gate_agent_missed (GateCore         *core,
                        GateConversation *conv);

/** gate_agent_fill_row: as the store keeps it; texts in @arena. */
void gate_agent_fill_row (const GateAgent *self,
                          WireArena       *arena,
                          GateAgentRow    *row);

void gate_agent_fill_status (const GateAgent       *self,
                             Gate__V1__AgentStatus *body);

/** gate_agent_fill_offer: conv, epoch, deadline, why and row (in the scratch arena). */
void gate_agent_fill_offer (GateCore         *core,
                            GateConversation *conv,
                            Gate__V1__Offer  *body);

/** gate_agent_send_offers: what is offered to the agent now, to a session that has just come. */
void gate_agent_send_offers (GateCore    *core,
                             GateSession *session);

/** gate_agent_notice: a Notice to every session of the agent. */
void gate_agent_notice (GateCore   *core,
                        GateAgent  *self,
                        guint       level,
                        const char *slug,
                        const char *text);

/** gate_rights_of_role: what a role may do; 0 for a role that is none. */
guint gate_rights_of_role (const char *role);

/** gate_rights_dup_names: (transfer none): (array zero-terminated) in @arena, for Welcome and Signed. */
char **gate_rights_names (WireArena *arena,
                          guint      rights,
                          gsize     *ret_n_names);

G_END_DECLS
