/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-private.h"

#include <string.h>

/* What agents hear and do. */

static void
remember_offer (SimDevice             *device,
                const Gate__V1__Offer *offer)
{
  for (guint i = 0; i < device->n_offers; i++) {
    if (device->offers[i].conv == offer->conv) {
      device->offers[i].epoch = offer->epoch;
      return;
    }
  }
  if (device->n_offers < SIM_MAX_OFFERS)
    device->offers[device->n_offers++] = (SimOffer){ offer->conv, offer->epoch };
}

static void
forget_offer (SimDevice *device,
              guint64    conv)
{
  for (guint i = 0; i < device->n_offers; i++) {
    if (device->offers[i].conv == conv) {
      device->offers[i] = device->offers[--device->n_offers];
      return;
    }
  }
}

static void
hear_assignment (SimDevice                  *device,
                 const Gate__V1__Assignment *assignment)
{
  SimView *view = sim_device_view (device, assignment->conv);
  const MemoryConv *conv = memory_store_conv (device->sim->store, assignment->conv);

  if (assignment->epoch < view->epoch)
    sim_fail (device->sim, "device %u: assignment of an old epoch", device->index);
  view->epoch = assignment->epoch;
  view->is_mine = assignment->agent == device->self;
  view->is_behind |= view->is_mine && conv->row.last_seq > view->have;
  forget_offer (device, assignment->conv);
  if (view->is_mine)
    sim_device_touch (device, view);
}

void
sim_agent_hear (SimDevice             *device,
                const Gate__V1__Frame *frame)
{
  if (frame->body_case == GATE__V1__FRAME__BODY_OFFER) {
    device->sim->result.n_offers++;
    sim_note (device->sim, "offer", device->index, frame->offer->conv, frame->offer->epoch, 0);
    remember_offer (device, frame->offer);
  } else if (frame->body_case == GATE__V1__FRAME__BODY_OFFER_GONE) {
    forget_offer (device, frame->offer_gone->conv);
  } else if (frame->body_case == GATE__V1__FRAME__BODY_ASSIGNMENT) {
    hear_assignment (device, frame->assignment);
  } else if (frame->body_case == GATE__V1__FRAME__BODY_CONV_UPDATE) {
    SimView *view = sim_device_view (device, frame->conv_update->conv);

    if (frame->conv_update->state == GATE__V1__STATE__ST_CLOSED)
      view->is_mine = FALSE;
  } else if (frame->body_case == GATE__V1__FRAME__BODY_NOTE) {
    SimView *view = sim_device_view (device, frame->note->conv);

    view->note = MAX (view->note, frame->note->n);
  }
}

static void
send_status (SimDevice *device,
             gboolean   is_accepting)
{
  Gate__V1__AgentStatus status = GATE__V1__AGENT_STATUS__INIT;
  static const Gate__V1__ListKind lists[] = {
    GATE__V1__LIST_KIND__LI_MINE,
    GATE__V1__LIST_KIND__LI_QUEUE,
    GATE__V1__LIST_KIND__LI_AGENTS,
  };

  status.present = TRUE;
  status.accepting = is_accepting;
  sim_device_send (device, &status.base, ++device->next_id);
  /* A few consoles have their lists open; the others save the time for more events. */
  for (guint i = 0; i < G_N_ELEMENTS (lists) && device->wants_status && device->peer < 2; i++) {
    Gate__V1__Subscribe subscribe = GATE__V1__SUBSCRIBE__INIT;

    subscribe.list = lists[i];
    sim_device_send (device, &subscribe.base, ++device->next_id);
  }
  device->wants_status = FALSE;
}

static void
answer_offer (SimDevice *device)
{
  Gate__V1__OfferAnswer answer = GATE__V1__OFFER_ANSWER__INIT;
  guint dice = sim_below (device->sim, 100);

  if (dice >= 92)
    return; /* looks away */
  answer.conv = device->offers[0].conv;
  answer.epoch = device->offers[0].epoch;
  answer.accept = dice < 80;
  answer.reason = (char *) "busy";
  sim_note (device->sim, answer.accept ? "accept" : "pass", device->index, answer.conv, 0, 0);
  forget_offer (device, answer.conv);
  sim_device_send (device, &answer.base, ++device->next_id);
}

static SimView *
pick_mine (SimDevice *device)
{
  SimView *mine[16];
  guint n = 0;

  for (guint i = device->view_array->len; i > 0 && n < G_N_ELEMENTS (mine); i--) {
    SimView *view = g_ptr_array_index (device->view_array, i - 1);

    if (view->is_mine)
      mine[n++] = view;
    if (device->view_array->len - i > 60)
      break;
  }
  return n > 0 ? mine[sim_below (device->sim, n)] : NULL;
}

static void
write_note (SimDevice *device,
            SimView   *view)
{
  Gate__V1__Note note = GATE__V1__NOTE__INIT;

  note.conv = view->conv;
  note.cid = ++device->sim->next_cid;
  note.text = (char *) SIM_NOTE_MARK " between us";
  device->sim->result.n_notes++;
  sim_device_send (device, &note.base, ++device->next_id);
}

static void
hand_on (SimDevice *device,
         SimView   *view)
{
  Gate__V1__Transfer transfer = GATE__V1__TRANSFER__INIT;
  Sim *sim = device->sim;

  transfer.conv = view->conv;
  transfer.epoch = view->epoch;
  transfer.note = (char *) SIM_NOTE_MARK " please take this";
  if (sim_chance (sim, 2))
    transfer.to_queue = (char *) (sim_chance (sim, 2) ? "tech" : "default");
  else
    transfer.to_agent = 1 + sim_below (sim, sim->options.n_agents);
  sim_note (sim, "transfer", device->index, view->conv, transfer.to_agent, 0);
  sim_device_send (device, &transfer.base, ++device->next_id);
}

static void
close_chat (SimDevice *device,
            SimView   *view)
{
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;
  Gate__V1__Wrapup wrapup = GATE__V1__WRAPUP__INIT;

  if (view->state == GATE__V1__STATE__ST_WRAPUP) {
    wrapup.conv = view->conv;
    wrapup.epoch = view->epoch;
    wrapup.code = (char *) "refund";
    sim_note (device->sim, "wrapup", device->index, view->conv, 0, 0);
    sim_device_send (device, &wrapup.base, ++device->next_id);
    return;
  }
  close.conv = view->conv;
  close.epoch = view->epoch;
  sim_note (device->sim, "close", device->index, view->conv, 0, 0);
  sim_device_send (device, &close.base, ++device->next_id);
}

static void
set_aside (SimDevice *device,
           SimView   *view,
           gboolean   is_snooze)
{
  Gate__V1__Hold hold = GATE__V1__HOLD__INIT;
  Gate__V1__Snooze snooze = GATE__V1__SNOOZE__INIT;

  if (is_snooze) {
    snooze.conv = view->conv;
    snooze.epoch = view->epoch;
    snooze.wake = view->state == GATE__V1__STATE__ST_SNOOZED;
    if (sim_chance (device->sim, 2))
      snooze.until = (guint64) device->sim->wall_ms + 60000 + sim_below (device->sim, 600000);
    sim_device_send (device, &snooze.base, ++device->next_id);
    return;
  }
  hold.conv = view->conv;
  hold.epoch = view->epoch;
  hold.on = view->state != GATE__V1__STATE__ST_HELD;
  sim_device_send (device, &hold.base, ++device->next_id);
}

static void
claim (SimDevice *device)
{
  Gate__V1__Claim body = GATE__V1__CLAIM__INIT;
  Sim *sim = device->sim;
  guint n_convs = memory_store_n_convs (sim->store);

  if (sim_chance (sim, 2) && n_convs > 0) {
    /* The last agents are supervisors and may take over or join. */
    body.conv =
      memory_store_nth_conv (sim->store, n_convs - 1 - sim_below (sim, MIN (n_convs, 40)));
    if (device->peer + 3 >= sim->options.n_agents)
      body.mode = (Gate__V1__ClaimMode) sim_below (sim, 4);
  }
  sim_note (sim, "claim", device->index, body.conv, body.mode, 0);
  sim_device_send (device, &body.base, ++device->next_id);
}

static void
watch (SimDevice *device)
{
  Gate__V1__Watch body = GATE__V1__WATCH__INIT;
  Sim *sim = device->sim;
  guint n_convs = memory_store_n_convs (sim->store);

  if (n_convs == 0)
    return;
  body.conv = memory_store_nth_conv (sim->store, n_convs - 1 - sim_below (sim, MIN (n_convs, 40)));
  body.on = sim_chance (sim, 2);
  sim_device_send (device, &body.base, ++device->next_id);
}

static guint64
any_visitor (Sim *sim)
{
  guint n = memory_store_n_convs (sim->store);

  return memory_store_conv (sim->store, memory_store_nth_conv (sim->store, sim_below (sim, n)))
    ->row.visitor;
}

/* Whoever is one person, or is not after all, in the opinion of the agent. */
static void
merge (SimDevice *device,
       SimView   *view)
{
  Gate__V1__ContactMerge body = GATE__V1__CONTACT_MERGE__INIT;
  Sim *sim = device->sim;
  const GArray *merges = memory_store_merges (sim->store);

  body.conv = view->conv;
  body.undo = merges->len > 0 && sim_chance (sim, 3);
  body.keep_other = sim_chance (sim, 2);
  body.visitor = body.undo
                   ? g_array_index (merges, GateMergeRow, sim_below (sim, merges->len)).visitor
                   : any_visitor (sim);
  sim_note (sim, body.undo ? "unmerge" : "merge", device->index, body.conv, body.visitor, 0);
  sim_device_send (device, &body.base, ++device->next_id);
}

static void
edit_contact (SimDevice *device,
              SimView   *view)
{
  Gate__V1__ContactEdit body = GATE__V1__CONTACT_EDIT__INIT;

  body.conv = view->conv;
  body.fields = 1 | 8;
  body.name = (char *) "Somebody";
  body.note = (char *) SIM_NOTE_MARK " of them";
  sim_device_send (device, &body.base, ++device->next_id);
}

static void
about_mine (SimDevice *device,
            SimView   *view,
            guint      dice)
{
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;
  Gate__V1__Read read = GATE__V1__READ__INIT;

  if (dice < 45) {
    sim_device_write (device, view->conv, 0, 0);
  } else if (dice < 55) {
    typing.conv = view->conv;
    typing.on = dice % 2;
    sim_device_send (device, &typing.base, 0);
  } else if (dice < 65) {
    read.conv = view->conv;
    read.seq = read.received = view->have;
    sim_device_send (device, &read.base, 0);
  } else if (dice < 69) {
    write_note (device, view);
  } else if (dice < 72 && view->own_seq != 0) {
    sim_device_write (device, view->conv, view->own_seq, dice % 2 ? 2 : 4);
  } else if (dice < 75) {
    hand_on (device, view);
  } else if (dice < 79) {
    set_aside (device, view, dice % 2);
  } else if (dice < 81) {
    merge (device, view);
  } else if (dice < 82) {
    edit_contact (device, view);
  } else {
    close_chat (device, view);
  }
}

void
sim_agent_act (SimDevice *device)
{
  Sim *sim = device->sim;
  guint dice = sim_below (sim, 100);
  SimView *view;

  if (device->wants_status) {
    send_status (device, TRUE);
    return;
  }
  if (device->n_offers > 0 && dice < 70) {
    answer_offer (device);
    return;
  }
  if (sim->is_quiet)
    return;
  view = pick_mine (device);
  if (view != NULL && dice < 88) {
    about_mine (device, view, sim_below (sim, 93));
  } else if (dice < 91) {
    send_status (device, !sim_chance (sim, 5));
  } else if (dice < 94) {
    claim (device);
  } else if (dice < 96) {
    watch (device);
  } else if (dice < 97) {
    sim_device_drop (device);
    if (sim_chance (sim, 3))
      device->connect_ms += sim_below (sim, 180000); /* longer than the grace */
  }
}
