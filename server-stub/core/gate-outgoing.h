/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core-private.h"

G_BEGIN_DECLS

/*
 * Everything that leaves the core towards a peer. To a visitor only through the table in wire/. Bodies are given as
 * plain messages: which frame it is follows from their descriptor.
 */

/** gate_send: to one session, if it has a connection now. */
void gate_send (GateCore         *core,
                GateSession      *session,
                ProtobufCMessage *body);

/** gate_send_all: to every session of a list, but not to the one on @except. */
void gate_send_all (GateCore         *core,
                    GateSession      *first,
                    GateConnId        except,
                    ProtobufCMessage *body);

/* --- The one answer -------------------------------------------------------------------------------- */

/** gate_answer: at once. */
void gate_answer (GateCore         *core,
                  const GateAsker  *asker,
                  ProtobufCMessage *body);

/** gate_refuse: an Error at once; @detail (nullable) is for people. */
void gate_refuse (GateCore        *core,
                  const GateAsker *asker,
                  guint            code,
                  const char      *slug,
                  const char      *detail);

/** gate_refuse_conv: the same with the conversation, its head and its epoch. */
void gate_refuse_conv (GateCore               *core,
                       const GateAsker        *asker,
                       guint                   code,
                       const char             *slug,
                       const GateConversation *conv);

/** gate_refuse_error: the same with a whole Error. */
void gate_refuse_error (GateCore        *core,
                        const GateAsker *asker,
                        Gate__V1__Error *error);

/** gate_refuse_status: 507 or 503 after a failure of the store. */
void gate_refuse_status (GateCore        *core,
                         const GateAsker *asker,
                         GateStoreStatus  status);

/** gate_answer_held: after everything decided until now was committed; refused when it was not. @body is copied. */
void gate_answer_held (GateCore               *core,
                       const GateAsker        *asker,
                       const ProtobufCMessage *body);

/** gate_ack_epoch_held: `Ack{conv, epoch}`, held. */
void gate_ack_epoch_held (GateCore         *core,
                          const GateAsker  *asker,
                          GateConversation *conv);

/** gate_close_conn: the edge closes it after what is queued. */
void gate_close_conn (GateCore   *core,
                      GateConnId  conn,
                      guint       code,
                      const char *reason);

/* --- A conversation's peers ------------------------------------------------------------------------- */

/** gate_tell_visitor: every session of the conversation's visitor. */
void gate_tell_visitor (GateCore         *core,
                        GateConversation *conv,
                        GateConnId        except,
                        ProtobufCMessage *body);

/** gate_tell_presence: to staff: whether the visitor is here, and that there may be something new to ask for. */
void gate_tell_presence (GateCore         *core,
                         GateConversation *conv);

/** gate_tell_staff: owner, joined, watchers; each session once. @also (0 = nobody) is one more agent. */
void gate_tell_staff (GateCore         *core,
                      GateConversation *conv,
                      GateConnId        except,
                      guint64           also,
                      ProtobufCMessage *body);

/** gate_tell_agent: every session of one agent. */
void gate_tell_agent (GateCore         *core,
                      guint64           agent,
                      GateConnId        except,
                      ProtobufCMessage *body);

/** gate_sync_session: the present state of a conversation to a session that has just (re)appeared. */
void gate_sync_session (GateCore         *core,
                        GateSession      *session,
                        GateConversation *conv);

/** gate_fill_assignment, gate_fill_update: frames from the committed state. */
void
gate_fill_assignment (GateCore *core, const GateConversation *conv, Gate__V1__Assignment *body);
void gate_fill_update (const GateConversation *conv,
                       Gate__V1__ConvUpdate   *body);

/** gate_is_catching_up: whether a page of @conv is on its way to @session, so that lines must not overtake it. */
gboolean gate_is_catching_up (const GateSession *session,
                              guint64            conv);

G_END_DECLS
