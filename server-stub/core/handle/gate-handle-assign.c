/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-handler.h"

#include "gate-agent.h"
#include "gate-commit.h"
#include "gate-queue.h"
#include "gate-router.h"

/* Who has a conversation: OfferAnswer, Claim, Transfer. */

#define MAX_NOTE_CHARS 2000

/* --- The Assignment that answers whoever takes one -------------------------------------------------------------- */

typedef struct {
  GateEffect effect;
  GateAsker asker;
  GateConversation *conv;
} TakenEffect;

static void
taken_release (GateCore   *core,
               GateEffect *effect)
{
  TakenEffect *self = (TakenEffect *) effect;
  Gate__V1__Assignment assignment = GATE__V1__ASSIGNMENT__INIT;

  gate_fill_assignment (core, self->conv, &assignment);
  gate_answer (core, &self->asker, &assignment.base);
}

static void
taken_refuse (GateCore        *core,
              GateEffect      *effect,
              GateStoreStatus  status)
{
  gate_refuse_status (core, &((TakenEffect *) effect)->asker, status);
}

static void
answer_assignment (GateCore         *core,
                   GateCall         *call,
                   GateConversation *conv)
{
  TakenEffect *self = gate_commit_effect (core, sizeof (TakenEffect), taken_release, taken_refuse);

  self->asker = call->asker;
  self->conv = conv;
}

/* --- OfferAnswer ---------------------------------------------------------------------------------------------------- */

static void
pass (GateCore                    *core,
      GateCall                    *call,
      GateConversation            *conv,
      const Gate__V1__OfferAnswer *body)
{
  GateChange change = { .event = GATE_EVENT_PASS,
                        .reason = body->reason,
                        .except = call->asker.conn };

  gate_router_decline (core, conv, call->self);
  call->agent->misses = 0;
  if (gate_call_change (core, call, conv, &change))
    gate_ack_epoch_held (core, &call->asker, conv);
}

static void
accept (GateCore         *core,
        GateCall         *call,
        GateConversation *conv)
{
  GateChange change = { .event = GATE_EVENT_ACCEPT, .except = call->asker.conn };

  call->agent->misses = 0;
  if (gate_call_change (core, call, conv, &change))
    answer_assignment (core, call, conv);
}

void
gate_handle_offer_answer (GateCore *core,
                          GateCall *call)
{
  const Gate__V1__OfferAnswer *body = call->frame->offer_answer;
  GateConversation *conv = body->conv != 0 ? gate_conversation_find (core, body->conv) : NULL;

  if (conv == NULL) {
    gate_call_refuse (core, call, 409, "offer_gone", NULL);
    return;
  }
  if (conv->row.state != GATE__V1__STATE__ST_OFFERED || conv->row.agent != call->self ||
      (body->epoch != 0 && body->epoch != conv->row.epoch)) {
    gate_refuse_conv (core, &call->asker, 409, "offer_gone", conv);
    return;
  }
  if (body->accept)
    accept (core, call, conv);
  else
    pass (core, call, conv, body);
}

/* --- Claim ------------------------------------------------------------------------------------------------------------- */

static gboolean
has_right (GateCore *core,
           GateCall *call,
           guint     right)
{
  if (call->rights & right)
    return TRUE;
  gate_call_refuse (core, call, 403, "forbidden", NULL);
  return FALSE;
}

/* The first waiter of a queue (or of all the agent serves). */
static GateConversation *
next_of_queue (GateCore   *core,
               GateCall   *call,
               const char *name)
{
  GateConversation *best = NULL;

  for (guint i = 0; i < core->queues->len; i++) {
    GateQueue *queue = g_ptr_array_index (core->queues, i);
    GateConversation *first;

    if (!(call->agent->serves & (G_GUINT64_CONSTANT (1) << i)) ||
        g_sequence_get_length (queue->waiters) == 0 ||
        (!gate_text_is_empty (name) && strcmp (queue->name, name) != 0))
      continue;
    first = g_sequence_get (g_sequence_get_begin_iter (queue->waiters));
    if (best == NULL || queue->priority > best->queue->priority ||
        (queue->priority == best->queue->priority && gate_queue_compare (first, best) < 0))
      best = first;
  }
  return best;
}

static void
refuse_taken (GateCore         *core,
              GateCall         *call,
              GateConversation *conv)
{
  if (conv->row.state == GATE__V1__STATE__ST_CLOSED)
    gate_refuse_conv (core, &call->asker, 410, "closed", conv);
  else
    gate_refuse_conv (core, &call->asker, 409, "already_assigned", conv);
}

static void
take (GateCore         *core,
      GateCall         *call,
      GateConversation *conv,
      GateConvEvent     event,
      guint32           epoch)
{
  GateChange change = { .event = event,
                        .epoch = epoch,
                        .agent = call->self,
                        .except = call->asker.conn };

  if (epoch != 0 && epoch != conv->row.epoch) {
    gate_refuse_conv (core, &call->asker, 409, "stale_epoch", conv);
    return;
  }
  if (!gate_conversation_can (core, conv, &change)) {
    refuse_taken (core, call, conv);
    return;
  }
  if (event == GATE_EVENT_PULL)
    gate_queue_assigned (core, conv->queue);
  gate_call_change (core, call, conv, &change);
  answer_assignment (core, call, conv);
}

/* One that is offered to somebody else is on its way to them; only with the right to take over may it be pulled. */
static void
pull (GateCore              *core,
      GateCall              *call,
      GateConversation      *conv,
      const Gate__V1__Claim *body)
{
  gboolean is_others = conv->row.state == GATE__V1__STATE__ST_OFFERED &&
                       conv->row.agent != call->self && (call->rights & GATE_RIGHT_TAKEOVER) == 0;

  if (is_others)
    refuse_taken (core, call, conv);
  else
    take (core, call, conv, GATE_EVENT_PULL, body->epoch);
}

static void
take_over (GateCore              *core,
           GateCall              *call,
           GateConversation      *conv,
           const Gate__V1__Claim *body)
{
  guint64 before = conv->row.agent;
  guint32 epoch = conv->row.epoch;

  if (before == call->self) {
    refuse_taken (core, call, conv);
    return;
  }
  take (core, call, conv, GATE_EVENT_TAKEOVER, body->epoch);
  if (conv->row.epoch != epoch)
    gate_call_audit (core, call, "takeover", conv->row.conv, before);
}

static void
join (GateCore              *core,
      GateCall              *call,
      GateConversation      *conv,
      const Gate__V1__Claim *body)
{
  guint32 epoch = conv->row.epoch;

  if (conv->row.agent == call->self || gate_conversation_has_joined (conv, call->self) ||
      conv->n_joined == GATE_MAX_JOINED) {
    refuse_taken (core, call, conv);
    return;
  }
  take (core, call, conv, GATE_EVENT_JOIN, body->epoch);
  if (conv->row.epoch == epoch)
    return;
  conv->joined[conv->n_joined++] = call->self;
  gate_call_audit (core, call, "join", conv->row.conv, conv->row.agent);
}

void
gate_handle_claim (GateCore *core,
                   GateCall *call)
{
  const Gate__V1__Claim *body = call->frame->claim;
  guint needed =
    body->mode == GATE__V1__CLAIM_MODE__CL_TAKEOVER || body->mode == GATE__V1__CLAIM_MODE__CL_JOIN
      ? GATE_RIGHT_TAKEOVER
      : GATE_RIGHT_PULL;
  GateConversation *conv;

  if (!has_right (core, call, needed))
    return;
  conv = body->conv != 0 ? gate_call_conversation (core, call, body->conv)
                         : next_of_queue (core, call, body->queue);
  if (conv == NULL) {
    if (body->conv == 0)
      gate_call_refuse (core, call, 404, "no_conversation", "nobody waits");
    return;
  }
  if (body->mode == GATE__V1__CLAIM_MODE__CL_TAKEOVER)
    take_over (core, call, conv, body);
  else if (body->mode == GATE__V1__CLAIM_MODE__CL_JOIN)
    join (core, call, conv, body);
  else if (body->mode == GATE__V1__CLAIM_MODE__CL_STEP_IN)
    take (core, call, conv, GATE_EVENT_STEP_IN, body->epoch);
  else
    pull (core, call, conv, body);
}

/* --- Transfer ---------------------------------------------------------------------------------------------------------------- */

static void
append_note (GateCore         *core,
             GateCall         *call,
             GateConversation *conv,
             const char       *text)
{
  Gate__V1__Note body = GATE__V1__NOTE__INIT;
  GateNote note = { .role = GATE__V1__ROLE__AGENT, .author = call->self, .note = &body };

  if (text[0] == '\0')
    return;
  body.text = (char *) text;
  gate_note_append (core, conv, &note);
}

static gboolean
can_take (GateCore               *core,
          GateCall               *call,
          const GateConversation *conv,
          const GateAgent        *agent)
{
  gboolean is_forced = (call->rights & GATE_RIGHT_FLOOR) != 0;

  return agent != NULL && agent->id != conv->row.agent && !agent->is_disabled &&
         (agent->rights & GATE_RIGHT_CHAT) && agent->n_links > 0 &&
         (is_forced || gate_agent_has_room (agent, gate_conversation_weight (conv)));
}

static void
transfer_to_agent (GateCore                 *core,
                   GateCall                 *call,
                   GateConversation         *conv,
                   const Gate__V1__Transfer *body)
{
  GateAgent *agent = gate_agent_find (core, body->to_agent);
  GateChange change = { .event = GATE_EVENT_TRANSFER_AGENT,
                        .epoch = body->epoch,
                        .agent = body->to_agent,
                        .reason = "",
                        .note = body->note,
                        .is_forced = (call->rights & GATE_RIGHT_FLOOR) != 0 };

  if (!can_take (core, call, conv, agent)) {
    gate_call_refuse (core, call, 422, "invalid", "that colleague is not free");
    return;
  }
  if (!gate_call_change (core, call, conv, &change))
    return;
  append_note (core, call, conv, body->note);
  gate_ack_epoch_held (core, &call->asker, conv);
}

static void
transfer_to_queue (GateCore                 *core,
                   GateCall                 *call,
                   GateConversation         *conv,
                   const Gate__V1__Transfer *body)
{
  GateChange change = { .event = GATE_EVENT_TRANSFER_QUEUE,
                        .epoch = body->epoch,
                        .queue = gate_queue_find_exact (core, body->to_queue),
                        .reason = "",
                        .note = body->note };
  guint32 epoch = conv->row.epoch;

  if (change.queue == NULL) {
    gate_call_refuse (core, call, 422, "invalid", "no such queue");
    return;
  }
  if (!gate_call_change (core, call, conv, &change))
    return;
  g_assert (conv->row.epoch != epoch);
  gate_router_decline (core, conv, call->self); /* it was handed on: not straight back */
  append_note (core, call, conv, body->note);
  gate_ack_epoch_held (core, &call->asker, conv);
}

void
gate_handle_transfer (GateCore *core,
                      GateCall *call)
{
  const Gate__V1__Transfer *body = call->frame->transfer;
  GateConversation *conv = gate_call_conversation (core, call, body->conv);

  if (conv == NULL)
    return;
  if ((call->rights & GATE_RIGHT_FLOOR) == 0 && !gate_call_owns (core, call, conv))
    return;
  if (gate_text_is_longer (body->note, MAX_NOTE_CHARS)) {
    gate_call_refuse (core, call, 413, "too_large", NULL);
    return;
  }
  if (body->to_agent != 0)
    transfer_to_agent (core, call, conv, body);
  else
    transfer_to_queue (core, call, conv, body);
}
