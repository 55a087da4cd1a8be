/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Visitors who talk: lines that are kept, typing that passes by, and everybody coming back at once. */
#include "load-scenario.h"

static gboolean
talks (const LoadClient *client)
{
  const LoadWorker *worker = client->worker;

  return client < worker->clients + worker->n_active;
}

/* The first line opens the conversation: what is measured afterwards are lines, not opening. */
static void
say_first (LoadClient *client)
{
  if (talks (client))
    load_gate_send_line (client, 0, 0);
  else
    load_client_is_ready (client);
}

static void
take_first_ack (LoadClient          *client,
                const Gate__V1__Ack *ack)
{
  if (ack->cid != load_gate_cid (client, 0))
    load_worker_count (client->worker, LOAD_COUNT_MISMATCH);
  client->conv = ack->conv;
}

/* --- chat --------------------------------------------------------------------------------------------- */

static void
chat_act (LoadClient *client)
{
  load_gate_send_line (client, client->n_sent + 1, load_schedule_due_us (client, client->n_sent));
}

static void
chat_take (LoadClient            *client,
           const Gate__V1__Frame *frame)
{
  if (frame->body_case != GATE__V1__FRAME__BODY_ACK)
    return;
  if (client->stage == LOAD_STAGE_PREPARING) {
    take_first_ack (client, frame->ack);
    load_client_is_ready (client);
    return;
  }
  if (frame->ack->cid != load_gate_cid (client, client->n_done + 1))
    load_worker_count (client->worker, LOAD_COUNT_MISMATCH);
  load_schedule_done (client);
}

const LoadScenario load_scenario_chat = {
  .name = "chat",
  .help = "visitors' lines, each acknowledged when it is on disk",
  .needs_codec = LOAD_CODECS_OF_GATEWAY,
  .is_beating = TRUE,
  .prepare = say_first,
  .begin = load_schedule_begin,
  .act = chat_act,
  .take = chat_take,
};

/* --- moving ------------------------------------------------------------------------------------------- */

/* Back, maybe at another gateway: what is not acknowledged is said again, with the same ids. */
static void
moving_prepare (LoadClient *client)
{
  if (!client->was_ready) {
    say_first (client);
    return;
  }
  load_client_is_ready (client);
  load_schedule_resume (client);
}

const LoadScenario load_scenario_moving = {
  .name = "moving",
  .help = "chat while the gateway is replaced: they go when they are told to, and come back",
  .needs_codec = LOAD_CODECS_OF_GATEWAY,
  .needs_rate = TRUE,
  .is_beating = TRUE,
  .is_reconnecting = TRUE,
  .prepare = moving_prepare,
  .begin = load_schedule_begin,
  .act = chat_act,
  .take = chat_take,
};

/* --- typing ------------------------------------------------------------------------------------------- */

static void
typing_act (LoadClient *client)
{
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;
  const Gate__V1__Frame frame = WIRE_FRAME (TYPING, typing, &typing);

  typing.on = TRUE;
  load_gate_send (client, &frame);
}

/* Ready when an agent has the conversation. */
static void
typing_take (LoadClient            *client,
             const Gate__V1__Frame *frame)
{
  if (frame->body_case == GATE__V1__FRAME__BODY_ACK) {
    take_first_ack (client, frame->ack);
    g_hash_table_insert (client->worker->convs, &client->conv, client);
  } else if (frame->body_case == GATE__V1__FRAME__BODY_ASSIGNMENT &&
             frame->assignment->agent != 0) {
    load_client_is_ready (client);
  }
}

const LoadScenario load_scenario_typing = {
  .name = "typing",
  .help = "visitors' typing, relayed to the agents who have their chats; nothing is kept",
  .needs_codec = LOAD_CODECS_OF_GATEWAY,
  .needs_agents = TRUE,
  .is_one_at_a_time = TRUE,
  .is_one_process = TRUE,
  .is_beating = TRUE,
  .prepare = say_first,
  .begin = load_schedule_begin,
  .act = typing_act,
  .take = typing_take,
};

/* --- storm -------------------------------------------------------------------------------------------- */

static void
storm_prepare (LoadClient *client)
{
  if (client->was_ready) {
    load_client_is_ready (client);
    load_schedule_done (client);
  } else if (client->worker->options->is_talking) {
    say_first (client);
  } else {
    load_client_is_ready (client);
  }
}

static void
storm_take (LoadClient            *client,
            const Gate__V1__Frame *frame)
{
  if (frame->body_case != GATE__V1__FRAME__BODY_ACK || client->stage != LOAD_STAGE_PREPARING)
    return;
  take_first_ack (client, frame->ack);
  load_client_is_ready (client);
}

/* Everybody's line is cut; the one operation of each is to be back. */
static void
storm_begin (LoadWorker *worker)
{
  for (guint i = 0; i < worker->n_visitors; i++)
    load_client_drop (&worker->clients[i], worker->clients[i].resume_token == NULL);
  worker->now_us = g_get_monotonic_time ();
  for (guint i = 0; i < worker->n_active; i++) {
    LoadClient *client = &worker->clients[i];

    client->sent_us[0] = worker->shared->start_us;
    client->n_due = client->n_sent = 1;
    load_worker_count (worker, LOAD_COUNT_OPEN);
  }
}

const LoadScenario load_scenario_storm = {
  .name = "storm",
  .help = "everybody is cut off at once and resumes",
  .needs_codec = LOAD_CODECS_OF_GATEWAY,
  .is_beating = TRUE,
  .is_reconnecting = TRUE,
  .prepare = storm_prepare,
  .begin = storm_begin,
  .take = storm_take,
};
