/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-conversation.h"

#include "gate-agent.h"
#include "gate-lists.h"
#include "gate-metric-table.h"
#include "gate-outgoing.h"
#include "gate-queue.h"

#include "wire-visitor.h"

/*
 * Who hears of a change that was committed. Everything is read off the difference between the two rows, so a new
 * transition needs no code here.
 */

static guint64
owner_of (const GateConvRow *row)
{
  return gate_conversation_is_owned (row) ? row->agent : 0;
}

static Gate__V1__State
seen_state (const GateConvRow *row)
{
  return row->state != 0 ? wire_visitor_state ((Gate__V1__State) row->state)
                         : GATE__V1__STATE__ST_UNSPECIFIED;
}

static void
tell_update (GateCore          *core,
             GateConversation  *conv,
             const GateConvRow *before)
{
  Gate__V1__ConvUpdate update = GATE__V1__CONV_UPDATE__INIT;

  gate_fill_update (conv, &update);
  if (seen_state (before) != seen_state (&conv->shown))
    gate_tell_visitor (core, conv, 0, &update.base);
  gate_tell_staff (core, conv, 0, owner_of (before), &update.base);
}

static void
tell_assignment (GateCore          *core,
                 GateConversation  *conv,
                 const GateConvRow *before,
                 const GateChange  *change)
{
  Gate__V1__Assignment assignment = GATE__V1__ASSIGNMENT__INIT;
  guint64 old_owner = owner_of (before);
  guint64 new_owner = owner_of (&conv->shown);

  if (old_owner == new_owner)
    return;
  gate_fill_assignment (core, conv, &assignment);
  if (new_owner != 0 || seen_state (&conv->shown) == GATE__V1__STATE__ST_QUEUED)
    gate_tell_visitor (core, conv, 0, &assignment.base);
  gate_tell_staff (core, conv, change->except, old_owner, &assignment.base);
}

/* The decision in words, "2 of 5 chats, idle 40 s", for consoles that do not word the numbers themselves. */
static char *
offer_reason (const GateChange *change)
{
  if (!gate_text_is_empty (change->reason))
    return g_strdup (change->reason);
  return g_strdup_printf ("%u of %u chats, idle %u s", change->load, change->capacity,
                          change->idle_s);
}

static void
tell_offer (GateCore         *core,
            GateConversation *conv,
            const GateChange *change)
{
  GateAgent *agent = gate_agent_find (core, conv->shown.agent);
  Gate__V1__Offer offer = GATE__V1__OFFER__INIT;
  g_autofree char *reason = NULL;

  if (agent == NULL)
    return;
  reason = offer_reason (change);
  offer.reason = reason;
  offer.load = change->load;
  offer.capacity = change->capacity;
  offer.idle_s = change->idle_s;
  gate_agent_fill_offer (core, conv, &offer);
  gate_send_all (core, agent->sessions, G_MAXUINT64, &offer.base);
}

static void
tell_offer_gone (GateCore             *core,
                 GateConversation     *conv,
                 const GateConvRow    *before,
                 const GateTransition *transition,
                 const GateChange     *change)
{
  Gate__V1__OfferGone gone = GATE__V1__OFFER_GONE__INIT;

  gone.conv = conv->row.conv;
  gone.reason = (Gate__V1__OfferEnd) transition->offer_end;
  gate_tell_agent (core, before->agent, change->except != 0 ? change->except : G_MAXUINT64,
                   &gone.base);
}

static void
count (GateCore             *core,
       GateConversation     *conv,
       const GateConvRow    *before,
       const GateTransition *transition)
{
  guint queue = conv->queue != NULL ? conv->queue->index + 1 : 0;
  guint result = GATE_ASSIGNED_OK;

  if (transition->event == GATE_EVENT_PASS)
    result = GATE_ASSIGNED_DECLINED;
  else if (transition->event == GATE_EVENT_OFFER_EXPIRED)
    result = GATE_ASSIGNED_EXPIRED;
  else if (transition->event == GATE_EVENT_OFFER_LINK_LOST)
    result = GATE_ASSIGNED_FAILED;
  else if (owner_of (before) == owner_of (&conv->shown) || owner_of (&conv->shown) == 0)
    return;
  gate_core_count (core, GATE_METRIC_ASSIGNMENTS,
                   GATE_LABEL_ASSIGNMENT (queue, conv->shown.why, result));
  if (result == GATE_ASSIGNED_OK && gate_conversation_is_waiting (before))
    gate_core_observe (core, GATE_METRIC_QUEUE_WAIT, queue,
                       (guint64) MAX (core->wall_ms - (gint64) before->enqueued_at, 0) * 1000);
}

static void
count_day (GateConversation     *conv,
           GateAgent            *agent,
           const GateConvRow    *before,
           const GateTransition *transition)
{
  if (conv->shown.state != GATE__V1__STATE__ST_CLOSED || before->state == conv->shown.state)
    return;
  if (agent != NULL)
    agent->closed_today++;
  if (conv->queue != NULL && conv->shown.close_reason == GATE__V1__CLOSE_REASON__CR_ABANDONED)
    conv->queue->abandoned_today++;
}

void
gate_announce (GateCore             *core,
               GateConversation     *conv,
               const GateConvRow    *before,
               const GateTransition *transition,
               const GateChange     *change)
{
  gboolean was_offered = before->state == GATE__V1__STATE__ST_OFFERED;
  gboolean is_offered = conv->shown.state == GATE__V1__STATE__ST_OFFERED;

  tell_update (core, conv, before);
  tell_assignment (core, conv, before, change);
  if (was_offered)
    tell_offer_gone (core, conv, before, transition, change);
  if (is_offered)
    tell_offer (core, conv, change);
  if (conv->queue != NULL && gate_conversation_is_waiting (&conv->shown))
    conv->queue->is_moved = TRUE;
  if (gate_conversation_is_waiting (&conv->shown) && !gate_conversation_is_waiting (before))
    gate_queue_send_position (core, conv, NULL);
  gate_lists_mark (core, conv);
  gate_lists_mark_queue (core, conv->queue);
  count (core, conv, before, transition);
  count_day (conv, gate_agent_find (core, conv->shown.last_agent), before, transition);
}
