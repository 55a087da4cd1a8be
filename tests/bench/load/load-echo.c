/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The edge alone: connections that do nothing, and messages that come straight back. */
#include "load-scenario.h"

#include <string.h>

const LoadScenario load_scenario_connect = {
  .name = "connect",
  .help = "connects (signed in where it is a gateway), then holds with heartbeats",
  .is_idle = TRUE,
  .is_beating = TRUE,
};

/* --- echo --------------------------------------------------------------------------------------------- */

static void
echo_act (LoadClient *client)
{
  static const char message[4096]; /* its bytes do not matter, masked they look like any other */

  load_framing_write (client, message, client->worker->options->message_bytes);
}

const LoadScenario load_scenario_echo = {
  .name = "echo",
  .help = "--protocol ws or raw: --bytes there and back, any echo server",
  .needs_codec = 1u << LOAD_CODEC_BYTES,
  .begin = load_schedule_begin,
  .act = echo_act,
};

/* --- ping --------------------------------------------------------------------------------------------- */

static void
ping_act (LoadClient *client)
{
  load_gate_send_ping (client, client->n_sent + 1);
}

static void
ping_take (LoadClient            *client,
           const Gate__V1__Frame *frame)
{
  if (frame->body_case != GATE__V1__FRAME__BODY_PONG)
    return;
  if (frame->pong->n != client->n_done + 1)
    load_worker_count (client->worker, LOAD_COUNT_MISMATCH);
  load_schedule_done (client);
}

const LoadScenario load_scenario_ping = {
  .name = "ping",
  .help = "Ping and Pong: the edge alone",
  .needs_codec = LOAD_CODECS_OF_GATEWAY,
  .begin = load_schedule_begin,
  .act = ping_act,
  .take = ping_take,
};
