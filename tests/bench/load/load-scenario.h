/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "load-worker.h"

G_BEGIN_DECLS

#define LOAD_CODECS_OF_GATEWAY (1u << LOAD_CODEC_JSON | 1u << LOAD_CODEC_PB)

/** LoadScenario: what connections do. One constant of this kind a file; load-scenario.c has the list. */
struct _LoadScenario {
  const char *name, *help;
  guint needs_codec; /* bits 1 << LoadCodec; 0 = any */
  gboolean needs_agents;
  gboolean is_one_at_a_time; /* no connection begins a second operation before the first is over */
  gboolean is_one_process;   /* something goes from one connection to another */
  gboolean is_idle;          /* no operations */
  gboolean is_beating;       /* heartbeats beside the operations */
  gboolean is_reconnecting;  /* a connection that fails, or is told to go, tries again */
  gboolean needs_rate;       /* it is an open loop */

  /** prepare: (nullable): a client is signed in; calls load_client_is_ready() when it may begin */
  void (*prepare) (LoadClient *client);

  /** begin: (nullable): the measured part begins */
  void (*begin) (LoadWorker *worker);

  /** act: (nullable): sends operation number `client->n_sent`; load_schedule_done() when it is over */
  void (*act) (LoadClient *client);

  /** take: (nullable): a frame of the gateway for a visitor's connection */
  void (*take) (LoadClient *client, const Gate__V1__Frame *frame);
};

extern const LoadScenario load_scenario_connect, load_scenario_echo, load_scenario_ping,
  load_scenario_typing, load_scenario_chat, load_scenario_moving, load_scenario_images,
  load_scenario_storm, load_scenario_publish;

const LoadScenario *load_scenario_find (const char *name);
char *load_scenario_help (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
