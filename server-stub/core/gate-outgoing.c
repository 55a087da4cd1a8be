/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-outgoing.h"

#include "gate-agent.h"
#include "gate-commit.h"
#include "gate-conversation.h"
#include "gate-queue.h"
#include "gate-session.h"

#include "wire-visitor.h"

static void
send_frame (GateCore              *core,
            GateConnId             conn,
            gboolean               is_visitor,
            const Gate__V1__Frame *frame)
{
  if (is_visitor)
    frame = wire_visitor_strip (core->scratch, frame);
  if (frame != NULL)
    core->remote.send (core->remote_data, conn, frame);
}

void
gate_send (GateCore         *core,
           GateSession      *session,
           ProtobufCMessage *body)
{
  Gate__V1__Frame frame;

  if (session->head.conn == 0)
    return;
  frame = wire_frame_for (body);
  send_frame (core, session->head.conn, session->role == GATE__V1__ROLE__VISITOR, &frame);
}

void
gate_send_all (GateCore         *core,
               GateSession      *first,
               GateConnId        except,
               ProtobufCMessage *body)
{
  for (GateSession *session = first; session != NULL; session = session->next) {
    if (session->head.conn != except)
      gate_send (core, session, body);
  }
}

/* --- The one answer -------------------------------------------------------------------------------- */

static void
reply_to_request (GateCore              *core,
                  const GateAsker       *asker,
                  const Gate__V1__Frame *frame)
{
  Gate__Link__V1__Reply reply = GATE__LINK__V1__REPLY__INIT;

  if (frame->body_case == GATE__V1__FRAME__BODY_ERROR) {
    reply.body_case = GATE__LINK__V1__REPLY__BODY_ERROR;
    reply.error = frame->error;
  } else {
    reply.body_case = GATE__LINK__V1__REPLY__BODY_FRAME;
    reply.frame = (Gate__V1__Frame *) frame;
  }
  core->remote.reply (core->remote_data, asker->request, FALSE, &reply);
}

/* Whether a frame without an id deserves a word: failures must not be silent, and lines are known by their cid. */
static gboolean
is_worth_telling (const Gate__V1__Frame *frame)
{
  return frame->body_case == GATE__V1__FRAME__BODY_ERROR ||
         (frame->body_case == GATE__V1__FRAME__BODY_ACK && frame->ack->cid != 0);
}

void
gate_answer (GateCore         *core,
             const GateAsker  *asker,
             ProtobufCMessage *body)
{
  Gate__V1__Frame frame = wire_frame_for (body);
  GateConnHead *head;
  gboolean is_visitor = TRUE;

  frame.id = asker->id;
  if (asker->is_request) {
    reply_to_request (core, asker, &frame);
    return;
  }
  if (asker->conn == 0 || (asker->id == 0 && !is_worth_telling (&frame)))
    return;
  head = gate_conn_find (core, asker->conn);
  if (head == NULL)
    return;
  if (head->is_session) {
    GateSession *session = (GateSession *) head;

    if (session->id != asker->serial)
      return;
    is_visitor = session->role == GATE__V1__ROLE__VISITOR;
  } else if (((GatePending *) head)->serial != asker->serial) {
    return;
  }
  send_frame (core, asker->conn, is_visitor, &frame);
}

void
gate_refuse_error (GateCore        *core,
                   const GateAsker *asker,
                   Gate__V1__Error *error)
{
  gate_answer (core, asker, &error->base);
}

void
gate_refuse (GateCore        *core,
             const GateAsker *asker,
             guint            code,
             const char      *slug,
             const char      *detail)
{
  Gate__V1__Error error = GATE__V1__ERROR__INIT;

  error.code = code;
  error.slug = (char *) slug;
  if (detail != NULL)
    error.detail = (char *) detail;
  gate_answer (core, asker, &error.base);
}

void
gate_refuse_conv (GateCore               *core,
                  const GateAsker        *asker,
                  guint                   code,
                  const char             *slug,
                  const GateConversation *conv)
{
  Gate__V1__Error error = GATE__V1__ERROR__INIT;

  error.code = code;
  error.slug = (char *) slug;
  error.conv = conv->row.conv;
  error.seq = conv->shown.last_seq;
  error.epoch = conv->row.epoch;
  gate_answer (core, asker, &error.base);
}

void
gate_refuse_status (GateCore        *core,
                    const GateAsker *asker,
                    GateStoreStatus  status)
{
  Gate__V1__Error error = GATE__V1__ERROR__INIT;

  error.code = status == GATE_STORE_FULL ? 507 : 503;
  error.slug = (char *) (status == GATE_STORE_FULL ? "storage_full" : "try_again");
  error.retry_after_ms = 1000;
  gate_answer (core, asker, &error.base);
}

typedef struct {
  GateEffect effect;
  GateAsker asker;
  ProtobufCMessage *body;
} AnswerEffect;

static void
answer_release (GateCore   *core,
                GateEffect *effect)
{
  AnswerEffect *self = (AnswerEffect *) effect;

  gate_answer (core, &self->asker, self->body);
}

static void
answer_refuse (GateCore        *core,
               GateEffect      *effect,
               GateStoreStatus  status)
{
  AnswerEffect *self = (AnswerEffect *) effect;

  gate_refuse_status (core, &self->asker, status);
}

void
gate_answer_held (GateCore               *core,
                  const GateAsker        *asker,
                  const ProtobufCMessage *body)
{
  AnswerEffect *self =
    gate_commit_effect (core, sizeof (AnswerEffect), answer_release, answer_refuse);

  self->asker = *asker;
  self->body = wire_message_dup (gate_commit_arena (core), body);
}

void
gate_ack_epoch_held (GateCore         *core,
                     const GateAsker  *asker,
                     GateConversation *conv)
{
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;

  ack.conv = conv->row.conv;
  ack.epoch = conv->row.epoch;
  gate_answer_held (core, asker, &ack.base);
}

void
gate_close_conn (GateCore   *core,
                 GateConnId  conn,
                 guint       code,
                 const char *reason)
{
  core->remote.close (core->remote_data, conn, code, reason);
}

/* --- A conversation's peers ------------------------------------------------------------------------- */

gboolean
gate_is_catching_up (const GateSession *session,
                     guint64            conv)
{
  if (session->catching_up == NULL)
    return FALSE;
  for (guint i = 0; i < session->catching_up->len; i++) {
    if (g_array_index (session->catching_up, guint64, i) == conv)
      return TRUE;
  }
  return FALSE;
}

/* Lines wait for the page that is being read, and come with it. */
static gboolean
is_line (const ProtobufCMessage *body)
{
  return body->descriptor == &gate__v1__message__descriptor ||
         body->descriptor == &gate__v1__note__descriptor;
}

static void
send_of_conversation (GateCore         *core,
                      GateSession      *session,
                      GateConversation *conv,
                      ProtobufCMessage *body)
{
  if (is_line (body) && gate_is_catching_up (session, conv->row.conv))
    return;
  gate_send (core, session, body);
}

static void
send_each (GateCore         *core,
           GateSession      *first,
           GateConversation *conv,
           GateConnId        except,
           ProtobufCMessage *body)
{
  for (GateSession *session = first; session != NULL; session = session->next) {
    if (except == 0 || session->head.conn != except)
      send_of_conversation (core, session, conv, body);
  }
}

void
gate_tell_visitor (GateCore         *core,
                   GateConversation *conv,
                   GateConnId        except,
                   ProtobufCMessage *body)
{
  send_each (core, gate_session_first_of_visitor (core, conv->row.visitor), conv, except, body);
}

void
gate_tell_agent (GateCore         *core,
                 guint64           agent,
                 GateConnId        except,
                 ProtobufCMessage *body)
{
  GateAgent *found = agent != 0 ? gate_agent_find (core, agent) : NULL;

  if (found != NULL)
    gate_send_all (core, found->sessions, except, body);
}

static gboolean
is_among (const guint64 *agents,
          guint          n_agents,
          guint64        agent)
{
  for (guint i = 0; i < n_agents; i++) {
    if (agents[i] == agent)
      return TRUE;
  }
  return FALSE;
}

/* Who hears everything by being inside: the owner, those who joined, and one more. Each once. */
static guint
insiders (const GateConversation *conv,
          guint64                 also,
          guint64                 ret_agents[GATE_MAX_JOINED + 2])
{
  guint n = 0;

  if (conv->shown.agent != 0 && conv->shown.state != GATE__V1__STATE__ST_OFFERED)
    ret_agents[n++] = conv->shown.agent;
  if (also != 0 && !is_among (ret_agents, n, also))
    ret_agents[n++] = also;
  for (guint i = 0; i < conv->n_joined; i++) {
    if (!is_among (ret_agents, n, conv->joined[i]))
      ret_agents[n++] = conv->joined[i];
  }
  return n;
}

void
gate_tell_staff (GateCore         *core,
                 GateConversation *conv,
                 GateConnId        except,
                 guint64           also,
                 ProtobufCMessage *body)
{
  guint64 agents[GATE_MAX_JOINED + 2];
  guint n_agents = insiders (conv, also, agents);

  for (guint i = 0; i < n_agents; i++) {
    GateAgent *agent = gate_agent_find (core, agents[i]);

    if (agent != NULL)
      send_each (core, agent->sessions, conv, except, body);
  }
  for (guint i = 0; conv->watchers != NULL && i < conv->watchers->len; i++) {
    GateWatcher *watcher = &g_array_index (conv->watchers, GateWatcher, i);
    GateSession *session = is_among (agents, n_agents, watcher->agent)
                             ? NULL
                             : gate_session_find (core, watcher->session);

    if (session != NULL && (except == 0 || session->head.conn != except))
      send_of_conversation (core, session, conv, body);
  }
}

void
gate_tell_presence (GateCore         *core,
                    GateConversation *conv)
{
  Gate__V1__Presence presence = GATE__V1__PRESENCE__INIT;

  if (conv->shown.state == 0)
    return;
  presence.conv = conv->row.conv;
  presence.role = GATE__V1__ROLE__VISITOR;
  presence.who = conv->row.visitor;
  presence.state =
    conv->is_visitor_here ? GATE__V1__STATUS__SS_ONLINE : GATE__V1__STATUS__SS_OFFLINE;
  presence.last_seen = (guint64) core->wall_ms;
  gate_tell_staff (core, conv, 0, 0, &presence.base);
}

void
gate_fill_assignment (GateCore               *core,
                      const GateConversation *conv,
                      Gate__V1__Assignment   *body)
{
  GateAgent *agent = gate_agent_find (core, conv->shown.agent);

  body->conv = conv->shown.conv;
  body->epoch = conv->shown.epoch;
  body->why = (Gate__V1__Why) conv->shown.why;
  if (conv->shown.queue != NULL)
    body->queue = (char *) conv->shown.queue;
  if (!gate_conversation_is_owned (&conv->shown) || agent == NULL)
    return;
  body->agent = agent->id;
  body->agent_name = (char *) (agent->name != NULL ? agent->name : agent->login);
  if (agent->avatar != NULL)
    body->avatar = agent->avatar;
}

void
gate_fill_update (const GateConversation *conv,
                  Gate__V1__ConvUpdate   *body)
{
  body->conv = conv->shown.conv;
  body->state = (Gate__V1__State) conv->shown.state;
  body->epoch = conv->shown.epoch;
  body->priority = (guint32) conv->shown.priority;
  if (conv->shown.queue != NULL)
    body->queue = (char *) conv->shown.queue;
  if (conv->shown.subject != NULL)
    body->subject = (char *) conv->shown.subject;
}

void
gate_sync_session (GateCore         *core,
                   GateSession      *session,
                   GateConversation *conv)
{
  Gate__V1__ConvUpdate update = GATE__V1__CONV_UPDATE__INIT;
  Gate__V1__Assignment assignment = GATE__V1__ASSIGNMENT__INIT;

  if (conv->shown.state == 0)
    return;
  gate_fill_update (conv, &update);
  gate_send (core, session, &update.base);
  if (gate_conversation_is_owned (&conv->shown)) {
    gate_fill_assignment (core, conv, &assignment);
    gate_send (core, session, &assignment.base);
  }
  if (session->role == GATE__V1__ROLE__VISITOR)
    gate_queue_send_position (core, conv, session);
}
