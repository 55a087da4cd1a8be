/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core-private.h"

G_BEGIN_DECLS

/** gate_session_find: (nullable) */
GateSession *gate_session_find (GateCore *core,
                                guint64   id);

/** gate_session_first_of_visitor: (nullable): the others follow by `next`. */
GateSession *gate_session_first_of_visitor (GateCore *core,
                                            guint64   visitor);

/** gate_session_visitor_is_here: whether one of the visitor's sessions has a connection. */
gboolean gate_session_visitor_is_here (GateCore *core,
                                       guint64   visitor);

/** gate_session_new: signs @pending in as a new session; the pending connection is gone afterwards. */
GateSession *gate_session_new (GateCore       *core,
                               GatePending    *pending,
                               Gate__V1__Role  role,
                               guint64         self,
                               GateAgent      *agent,
                               guint64         id,
                               guint32         generation);

/** gate_session_attach: gives a known session the connection of @pending; an older one is closed with 4003. */
void gate_session_attach (GateCore    *core,
                          GateSession *session,
                          GatePending *pending);

/** gate_session_detach: its connection is gone; it may come back for `resume_ms`. */
void gate_session_detach (GateCore    *core,
                          GateSession *session);

/** gate_session_end: for good: the connection is closed with @code (0 = as it is) and no token brings it back. */
void gate_session_end (GateCore    *core,
                       GateSession *session,
                       guint        code);

/** gate_session_end_agent: all sessions of an agent, or with @family those of one sign-in, are closed with 4001. */
void gate_session_end_agent (GateCore  *core,
                             GateAgent *agent,
                             guint64    family);

/** gate_session_was_ended: whether a token for this session must be refused. */
gboolean gate_session_was_ended (GateCore *core,
                                 guint64   id);

/** gate_session_trim: forgets sessions that were away for too long. */
void gate_session_trim (GateCore *core);
void gate_session_free (GateSession *session);

/** gate_session_send_limits: tells the edge what the session may. Welcome is the next frame: only behind it are frames compressed. */
void
gate_session_send_limits (GateCore *core, const GateSession *session, const GatePending *pending);

/** gate_session_fill_welcome: everything but `convs`; the new resume token lies in @arena. */
void gate_session_fill_welcome (GateCore          *core,
                                GateSession       *session,
                                const GatePending *pending,
                                WireArena         *arena,
                                Gate__V1__Welcome *body);

/* --- Visitors ---------------------------------------------------------------------------------------- */

/** gate_visitor_find: (nullable) */
GateVisitor *gate_visitor_find (GateCore *core,
                                guint64   id);

/** gate_visitor_get: made when there is none. */
GateVisitor *gate_visitor_get (GateCore *core,
                               guint64   id);

/** gate_visitor_of: of a visitor's session, with what the session knows. */
GateVisitor *gate_visitor_of (GateCore    *core,
                              GateSession *session);

/** gate_visitor_locate: @session now comes from @peer; who looks at the chat hears of another place. */
void gate_visitor_locate (GateCore    *core,
                          GateSession *session,
                          const char  *peer);

/** gate_visitor_learn: what a conversation's row says of its visitor. */
void gate_visitor_learn (GateVisitor       *self,
                         const GateConvRow *row);

/** gate_visitor_release: forgets a visitor of whom nothing needs to be known now. */
void gate_visitor_release (GateCore    *core,
                           GateVisitor *self);
void gate_visitor_free (GateVisitor *self);

/** gate_visitor_keep: writes what is known. */
void gate_visitor_keep (GateCore    *core,
                        GateVisitor *self);

/** gate_visitor_block: @until: wall ms; 0: no longer. Whoever is blocked cannot sign in; sessions are the caller's. */
void gate_visitor_block (GateCore *core,
                         guint64   id,
                         guint64   until);

/** gate_visitor_blocked_until: 0: not blocked. */
guint64 gate_visitor_blocked_until (GateCore *core,
                                    guint64   id);

/** gate_visitor_save: the same, of one who visits now. */
void gate_visitor_save (GateCore    *core,
                        GateVisitor *self);

/* `ContactEdit.fields`, and what of it staff has set. */
typedef enum {
  GATE_CONTACT_NAME = 1 << 0,
  GATE_CONTACT_EMAIL = 1 << 1,
  GATE_CONTACT_PHONE = 1 << 2,
  GATE_CONTACT_NOTE = 1 << 3,
  GATE_CONTACT_ATTRS = 1 << 4,
  GATE_CONTACT_BLOCK = 1 << 5,
  GATE_CONTACT_ALL = (1 << 6) - 1,
  GATE_CONTACT_KEPT = GATE_CONTACT_NAME | GATE_CONTACT_EMAIL | GATE_CONTACT_PHONE, /* in `edited` */
} GateContactField;

/** gate_visitor_take_row: what the store knows; what was said in this session stays. */
void gate_visitor_take_row (GateVisitor          *self,
                            const GateVisitorRow *row);

/** gate_visitor_dup_attrs: (transfer full) (nullable): the members of the attributes of @row under those of @self.
 *
 * @row: (nullable): what the store knows; not asked once it was taken
 */
char *gate_visitor_dup_attrs (const GateVisitor    *self,
                              const GateVisitorRow *row);

/** gate_visitor_set_attrs: by staff: members of @json over those known. FALSE: it is no object, or the whole would be too large. */
gboolean gate_visitor_set_attrs (GateVisitor *self,
                                 const char  *json);

/** gate_visitor_take_profile: takes `Auth.profile` of a session, but for what staff has set; kept at once where a conversation goes on. */
void gate_visitor_take_profile (GateCore    *core,
                                GateSession *session,
                                const char  *json);

/* --- Connections before Welcome ------------------------------------------------------------------------ */

/** gate_pending_free: also takes it out of the table. */
void gate_pending_free (GateCore    *core,
                        GatePending *pending);

/** gate_pending_frame: Hello, Auth or Resume. */
void gate_pending_frame (GateCore              *core,
                         GatePending           *pending,
                         const Gate__V1__Frame *frame);

/** gate_resume_found: what a Resume was waiting for has been read. */
void gate_resume_found (GateCore       *core,
                        const GateCall *call);

/** gate_address_key: one number for an IPv4 address or an IPv6 /64. */
guint64 gate_address_key (const char *peer);

G_END_DECLS
