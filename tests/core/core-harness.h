/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core.h"
#include "memory-store.h"

G_BEGIN_DECLS

/*
 * A core on a memory store with clients on its connections. Every frame to a visitor is held against the table of
 * `PROTOCOLS.md` 2d.7 and searched for the text of notes, in every test that uses this.
 */

#define HARNESS_NOTE_MARK "~note~" /* in the text of every note a test writes */

typedef struct _Harness Harness;

typedef struct {
  Harness *harness;
  GateConnId conn;
  gboolean is_visitor;
  gboolean is_closed;
  guint close_code;
  WireArena *arena;
  GPtrArray *inbox;           /* of Gate__V1__Frame, what was not taken yet */
  Gate__V1__Welcome *welcome; /* (nullable) */
  guint32 next_id;
  guint64 next_cid;
  Gate__Link__V1__Limits limits;
} Client;

struct _Harness {
  GateCore *core;
  MemoryStore *store;
  GateCoreSettings settings;
  gint64 now_ms, wall_ms;
  guint32 next_conn;
  GPtrArray *clients;
  GPtrArray *jobs; /* of GateHashJob that are out */
  WireArena *arena;
  GPtrArray *replies; /* of Gate__Link__V1__Reply, in order */
  GArray *reply_ids;
  gboolean is_manual; /* the store completes only when told */
  const char *peer;   /* (nullable): the address that who connects next comes from */
};

Harness *harness_new (void) G_GNUC_WARN_UNUSED_RESULT;
void harness_free (Harness *self);

/** harness_start: (again) on the same store; whoever was connected is not any more. */
void harness_start (Harness *self);

/** harness_kill: the core is gone; @is_committed: what it had submitted was kept. */
void harness_kill (Harness  *self,
                   gboolean  is_committed);

/** harness_settle: turns and store until nothing is left to do now. */
void harness_settle (Harness *self);

/** harness_turn: one turn, without the store. */
void harness_turn (Harness *self);

/** harness_advance: lets time pass, running what is due on the way. */
void harness_advance (Harness *self,
                      gint64   ms);

Client *harness_connect (Harness *self);

/** harness_connect_as: a client that writes its frames in @codec. */
Client *harness_connect_as (Harness               *self,
                            Gate__Link__V1__Codec  codec);
Client *harness_visitor (Harness    *self,
                         const char *key);

/** harness_agent: adds the agent on first use, connects and signs in; not yet accepting. */
Client *harness_agent (Harness    *self,
                       const char *login,
                       const char *role,
                       guint       capacity);

/** harness_agent_of: the same, of these queues only (a JSON array). */
Client *harness_agent_of (Harness    *self,
                          const char *login,
                          const char *role,
                          guint       capacity,
                          const char *queues);

/** harness_accepting: the same, present and accepting. */
Client *harness_accepting (Harness    *self,
                           const char *login,
                           guint       capacity);

/** harness_make_jwt: (transfer full): a signed identity. */
char *harness_make_jwt (const char *secret,
                        const char *payload);
Client *
harness_resume (Harness *self, gboolean is_visitor, const char *token, guint64 conv, guint64 seq);

void client_hello (Client     *self,
                   gboolean    is_console,
                   const char *app);

/** client_send: with the next id, which is returned; settles unless the harness is manual. */
guint32 client_send (Client           *self,
                     ProtobufCMessage *body);
void client_send_id (Client           *self,
                     ProtobufCMessage *body,
                     guint32           id);
void client_drop (Client *self);

/** client_answer: (nullable): takes the one answer with that id; fails when there are two. */
const Gate__V1__Frame *client_answer (Client  *self,
                                      guint32  id);

/** client_take: (nullable): takes the first frame of that kind. */
const Gate__V1__Frame *client_take (Client                    *self,
                                    Gate__V1__Frame__BodyCase  body_case);
void client_clear (Client *self);

/** client_text: sends a line; the Ack, or fails. */
const Gate__V1__Ack *client_text (Client     *self,
                                  guint64     conv,
                                  const char *text);
const Gate__V1__Ack *client_text_cid (Client     *self,
                                      guint64     conv,
                                      const char *text,
                                      guint64     cid);

/** client_error: sends @body and expects an Error of this code. */
const Gate__V1__Error *
client_error (Client *self, ProtobufCMessage *body, guint code, const char *slug);

/** client_ack: sends @body and expects an Ack. */
const Gate__V1__Ack *client_ack (Client           *self,
                                 ProtobufCMessage *body);

/** harness_chat: a visitor's conversation that @agent has accepted. */
guint64 harness_chat (Harness *self,
                      Client  *visitor,
                      Client  *agent);

/** harness_request: of an http worker; the last reply after it has settled. */
const Gate__Link__V1__Reply *harness_request (Harness                 *self,
                                              Gate__Link__V1__Request *request);

/** harness_finish_hash: answers the oldest hash job. */
void harness_finish_hash (Harness  *self,
                          gboolean  is_good);

const char *harness_access_token (const char *login,
                                  char        ret_token[64]);
guint harness_state (Harness *self,
                     guint64  conv);

G_END_DECLS
