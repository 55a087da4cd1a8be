/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker's life: say hello, get the configuration, open what needs rights, close the door (the sandbox), and only
 * then take connections.
 */
#define G_LOG_DOMAIN "gate-http"

#include "config.h"

#include "gate-http.h"

#include "gate-asks.h"
#include "gate-conn.h"
#include "gate-http-config.h"
#include "gate-http-private.h"
#include "gate-http-vitals.h"
#include "gate-log.h"
#include "gate-media-store.h"
#include "gate-problem.h"
#include "gate-http-router.h"
#include "gate-who.h"
#include "gate-workers.h"
#include "wire-arena.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DRAIN_CHECK_MS 50
#define ARENA_BYTES    ((gsize) 16 * 1024)

typedef struct {
  GateHttp http;
  GateHttpVitals *vitals;
  WireArena *scratch; /* what one record decodes to */
  gint64 drain_until_us;
  gboolean is_replaced;
  int exit_status;
} Worker;

/* --- Start --------------------------------------------------------------------------------------- */

static void
say_hello (GateHttp *http)
{
  Gate__Link__V1__WorkerHello hello = GATE__LINK__V1__WORKER_HELLO__INIT;
  char build[] = USHER_VERSION;

  hello.role = GATE__LINK__V1__WORKER_ROLE__WR_HTTP;
  hello.index = http->index;
  hello.pid = (guint32) getpid ();
  hello.build = build;
  hello.max_connections = GATE_CONNS_MAX;
  (void) gate_link_send_message (http->core, GATE_RECORD_HELLO, 0, 0, &hello.base);
}

/* What GObject types, JSON and times load at their first use is loaded before the sandbox. */
static void
warm_up (void)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  char now[32];

  gate_time_write ((guint64) g_get_real_time () / 1000, now);
  if (json_parser_load_from_data (parser, "{}", 2, NULL))
    g_free (json_to_string (json_parser_get_root (parser), FALSE));
}

static gboolean
open_and_enter (Worker  *self,
                GError **error)
{
  GateHttp *http = &self->http;

  if (http->config->data_dir[0] != '\0') {
    http->media = gate_media_store_new (http->config->data_dir, error);
    if (http->media == NULL)
      return FALSE;
  }
  self->vitals = gate_http_vitals_new (http->metrics);
  warm_up ();
  return gate_sandbox_enter (GATE_SANDBOX_HTTP, error);
}

static gboolean
is_socket (int fd)
{
  int type;
  socklen_t size = sizeof (type);

  return getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
}

static void
begin (Worker *self)
{
  g_autoptr (GError) error = NULL;

  if (!open_and_enter (self, &error)) {
    gate_log (GATE_LOG_ERROR, "http_not_started", "err", "s", error->message, NULL);
    self->exit_status = 1;
    g_main_loop_quit (self->http.main_loop);
    return;
  }
  /* A thread of its own, so only now: a user namespace is for processes that have one. */
  if (self->http.media != NULL)
    gate_media_store_start (self->http.media);
  self->http.server = gate_http_router_new (&self->http);
  if (is_socket (GATE_LISTEN_FD))
    gate_conns_listen (self->http.conns, GATE_LISTEN_FD);
}

static void
take_config (Worker           *self,
             const GateRecord *record)
{
  Gate__Link__V1__WorkerConfig *message =
    gate__link__v1__worker_config__unpack (wire_arena_allocator (self->scratch), record->body_bytes,
                                           record->body);
  GateHttpConfig *before = self->http.config;

  if (message == NULL)
    return;
  self->http.config = gate_http_config_new (message);
  gate_log_set_node (message->node);
  wire_arena_reset (self->scratch);
  if (before == NULL)
    begin (self);
  gate_http_config_free (before);
}

/* --- End ----------------------------------------------------------------------------------------- */

static gboolean
drained (gpointer user_data)
{
  Worker *self = user_data;

  /* As long as there is an edge, and nobody else who says so, the operator may ask whether we are ready. */
  gboolean is_needed = self->is_replaced ? gate_conns_get_n_open (self->http.conns) > 0
                                         : gate_conns_is_in_use (self->http.conns);

  if (is_needed && g_get_monotonic_time () < self->drain_until_us)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (self->http.main_loop);
  return G_SOURCE_REMOVE;
}

static void
stop (Worker           *self,
      const GateRecord *record)
{
  Gate__Link__V1__Stop *message =
    gate__link__v1__stop__unpack (wire_arena_allocator (self->scratch), record->body_bytes,
                                  record->body);
  guint drain_ms = message != NULL ? message->drain_ms : 0;

  wire_arena_reset (self->scratch);
  if (self->http.is_draining) { /* told again: another gateway has taken over */
    gate_conns_stop_listening (self->http.conns);
    self->is_replaced = TRUE;
    return;
  }
  self->http.is_draining = TRUE;
  self->drain_until_us = g_get_monotonic_time () + (gint64) drain_ms * 1000;
  gate_conns_drain (self->http.conns);
  g_timeout_add (DRAIN_CHECK_MS, drained, self);
}

/* --- The link ------------------------------------------------------------------------------------ */

static void
answer_beat (Worker *self)
{
  Gate__Link__V1__Stats stats = GATE__LINK__V1__STATS__INIT;

  stats.connections = gate_conns_get_n_open (self->http.conns);
  stats.loop_lag_us = gate_http_vitals_get_lag_us (self->vitals);
  (void) gate_link_send_message (self->http.core, GATE_RECORD_STATS, 0, 0, &stats.base);
}

static void
take_descriptor (Worker           *self,
                 const GateRecord *record)
{
  Gate__Link__V1__Descriptor *message =
    gate__link__v1__descriptor__unpack (wire_arena_allocator (self->scratch), record->body_bytes,
                                        record->body);

  if (message != NULL && message->kind == GATE__LINK__V1__DESCRIPTOR_KIND__DK_PEER)
    gate_conns_add_peer (self->http.conns, message->index, record->fd);
  else
    (void) close (record->fd);
  wire_arena_reset (self->scratch);
}

static void
core_record (GateLink         *link,
             const GateRecord *record,
             gpointer          user_data)
{
  Worker *self = user_data;

  self->http.heard_us = g_get_monotonic_time ();
  switch (record->type) {
  case GATE_RECORD_CONFIG:
    take_config (self, record);
    break;
  case GATE_RECORD_REPLY:
    gate_asks_reply (self->http.asks, record);
    break;
  case GATE_RECORD_DESCRIPTOR:
    take_descriptor (self, record);
    break;
  case GATE_RECORD_STOP:
    stop (self, record);
    break;
  case GATE_RECORD_STATS:
    answer_beat (self);
    break;
  case GATE_RECORD_HELLO:
  case GATE_RECORD_OPENED:
  case GATE_RECORD_FRAME:
  case GATE_RECORD_LIMITS:
  case GATE_RECORD_CLOSE:
  case GATE_RECORD_CLOSED:
  case GATE_RECORD_REQUEST:
  default:
    gate_log (GATE_LOG_WARNING, "unexpected_record", "type", "u", (guint64) record->type, NULL);
    break;
  }
}

/* Without the core there is nothing to do. */
static void
core_closed (GateLink *link,
             gpointer  user_data)
{
  Worker *self = user_data;

  g_main_loop_quit (self->http.main_loop);
}

static const GateLinkHandler core_handler = { .record = core_record, .closed = core_closed };

static void
worker_init (Worker *self,
             guint   index)
{
  GateHttp *http = &self->http;

  http->index = index;
  http->main_loop = g_main_loop_new (NULL, FALSE);
  http->heard_us = g_get_monotonic_time ();
  if (fcntl (GATE_METRICS_FD, F_GETFD) >= 0)
    http->metrics = gate_metrics_open (GATE_METRICS_FD, index + 1, "http", NULL);
  http->core = gate_link_new (GATE_LINK_FD, &core_handler, self);
  http->asks = gate_asks_new (http->core);
  http->conns = gate_conns_new (http);
  http->who = gate_who_cache_new ();
  self->scratch = wire_arena_new (ARENA_BYTES);
}

static void
worker_done (Worker *self)
{
  GateHttp *http = &self->http;

  g_clear_pointer (&http->asks, gate_asks_free);
  g_clear_object (&http->server); /* with the uploads that are under way */
  g_clear_pointer (&http->media, gate_media_store_free);
  g_clear_pointer (&http->conns, gate_conns_free);
  g_clear_pointer (&http->who, gate_who_cache_free);
  g_clear_pointer (&http->core, gate_link_free);
  g_clear_pointer (&http->config, gate_http_config_free);
  g_clear_pointer (&self->vitals, gate_http_vitals_free);
  g_clear_pointer (&http->metrics, gate_metrics_free);
  g_clear_pointer (&http->main_loop, g_main_loop_unref);
  g_clear_pointer (&self->scratch, wire_arena_free);
}

int
gate_http_main (guint index)
{
  Worker self = { 0 };
  int exit_status;

  gate_log_init ("http", GATE_LOG_INFO, TRUE);
  (void) signal (SIGPIPE, SIG_IGN);
  worker_init (&self, index);
  gate_link_attach_main_context (self.http.core);
  say_hello (&self.http);
  g_main_loop_run (self.http.main_loop);
  exit_status = self.exit_status;
  worker_done (&self);
  return exit_status;
}
