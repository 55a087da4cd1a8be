/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An agent who accepts every offer and reads what comes. */
#include "load-worker.h"

#include <stdlib.h>

#define CAPACITY 100 /* the most the gateway gives an agent */

void
load_agent_welcomed (LoadClient *self)
{
  Gate__V1__AgentStatus status = GATE__V1__AGENT_STATUS__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (AGENT_STATUS, agent_status, &status);

  status.present = status.accepting = TRUE;
  status.capacity = CAPACITY;
  frame.id = 3;
  load_gate_send (self, &frame);
  load_client_is_ready (self);
}

static void
accept_offer (LoadClient            *self,
              const Gate__V1__Offer *offer)
{
  Gate__V1__OfferAnswer answer = GATE__V1__OFFER_ANSWER__INIT;
  const Gate__V1__Frame frame = WIRE_FRAME (OFFER_ANSWER, offer_answer, &answer);

  answer.conv = offer->conv;
  answer.epoch = offer->epoch;
  answer.accept = TRUE;
  load_gate_send (self, &frame);
}

/* A line says in its first characters when it was meant to be sent (load_gate_send_line()). */
static void
take_line (LoadClient              *self,
           const Gate__V1__Message *message)
{
  LoadWorker *worker = self->worker;
  gint64 due_us = 0;

  if (message->role != GATE__V1__ROLE__VISITOR)
    return;
  load_worker_count (worker, LOAD_COUNT_DELIVERED);
  if (message->content_case == GATE__V1__MESSAGE__CONTENT_TEXT)
    due_us = (gint64) g_ascii_strtoull (message->text, NULL, 16);
  if (worker->phase == LOAD_PHASE_RUN && due_us >= worker->shared->window_us)
    load_histogram_add (&worker->report->times[LOAD_TIME_DELIVERY], worker->now_us - due_us);
}

static void
take_typing (LoadClient *self,
             guint64     conv)
{
  LoadClient *visitor = g_hash_table_lookup (self->worker->convs, &conv);

  load_worker_count (self->worker, LOAD_COUNT_DELIVERED);
  if (visitor != NULL)
    load_schedule_done (visitor);
}

void
load_agent_take (LoadClient            *self,
                 const Gate__V1__Frame *frame)
{
  if (frame->body_case == GATE__V1__FRAME__BODY_OFFER)
    accept_offer (self, frame->offer);
  else if (frame->body_case == GATE__V1__FRAME__BODY_MESSAGE)
    take_line (self, frame->message);
  else if (frame->body_case == GATE__V1__FRAME__BODY_TYPING)
    take_typing (self, frame->typing->conv);
}
