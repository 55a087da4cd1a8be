/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <netinet/in.h>

G_BEGIN_DECLS

#define LOAD_MAX_WORKERS 80u /* processes; a million connections take 67 */
#define LOAD_MAX_WATCHES 96u /* processes of the server whose CPU time and memory are read */
#define LOAD_MAX_DEPTH   64u /* operations of one connection in flight, closed loop */

typedef struct _LoadScenario LoadScenario;

typedef enum {
  LOAD_FRAMING_WEBSOCKET,
  LOAD_FRAMING_RECORD, /* the gateway's raw TCP: preface, then length and frame */
  LOAD_FRAMING_RAW,    /* messages of a fixed size, nothing around them */
  LOAD_FRAMING_MQTT,
} LoadFraming;

typedef enum {
  LOAD_CODEC_JSON,
  LOAD_CODEC_PB,
  LOAD_CODEC_BYTES, /* any server that sends back what it gets */
  LOAD_CODEC_MQTT,
} LoadCodec;

/** LoadOptions: the command line, checked. Read only once the processes run. */
typedef struct {
  const LoadScenario *scenario;
  LoadFraming framing;
  LoadCodec codec;
  const char *protocol;

  struct sockaddr_in address;
  char *host, *path, *origin, *app; /* of @path, "%u" becomes the number of the connection */

  guint n_connections, n_active; /* those who talk are the first */
  guint n_workers;
  double connect_per_s; /* 0 = as fast as @window lets */
  guint window;         /* connections of one process that may be in the making */
  double rate_per_s;    /* operations offered, over all; 0 = closed loop */
  guint depth;          /* closed loop: operations of one connection in flight */
  double warmup_s, seconds, drain_s, connect_s, settle_s;
  double heartbeat_s; /* 0 = none */
  guint message_bytes;
  gboolean has_batch, is_talking, is_tls;

  char **agent_tokens; /* of signed-in agents */
  guint n_agents;
  guint watches[LOAD_MAX_WATCHES];
  guint n_watches;
} LoadOptions;

/** load_options_read: the command line; prints what is wrong with it and returns %FALSE. */
gboolean load_options_read (LoadOptions   *self,
                            int           *argc,
                            char        ***argv);
void load_options_clear (LoadOptions *self);

/** load_options_interval_us: time between two operations of an open loop, over all connections. */
double load_options_interval_us (const LoadOptions *self);

G_END_DECLS
