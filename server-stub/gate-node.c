/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gate-node"

#include "config.h"

#include "gate-node.h"

#include "gate-core.h"
#include "gate-handover.h"
#include "gate-hash.h"
#include "gate-keys.h"
#include "gate-link.h"
#include "gate-listen.h"
#include "gate-log.h"
#include "gate-loop.h"
#include "gate-metric-table.h"
#include "gate-metrics.h"
#include "gate-node-config.h"
#include "gate-notify.h"
#include "gate-pool.h"
#include "gate-reload.h"
#include "gate-store-db.h"
#include "gate-store-lock.h"
#include "gate-store-sqlite.h"
#include "gate-vitals.h"
#include "gate-workers.h"
#include "wire-frame.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_EDGES (GATE_POOL_MAX_WORKERS - 1) /* and `http` */
#define FRAME_MAX_BYTES \
  ((gsize) 512 * 1024) /* four times io.max_packet at most, and what wraps it */

#define FOLDER_EXTRA_MS \
  10000 /* beyond session.drain, for the gateway before us to let go of the folder */
#define FOLDER_TURN_MS 10

typedef struct {
  const GateNodeOptions *options;
  GateConfig *config; /* in force */
  GateLoop *loop;
  GateMetrics *metrics;
  GateVitals *vitals;
  GateNotify *notify;
  GateStore *store;
  GateHasher *hasher;
  GateWorkers *workers;
  GateCore *core;
  WireArena *scratch; /* what one record decodes to; reset after each */
  GateKeys keys;
  GateNodeTls tls;
  GateSnapshot *snapshot; /* the last one loaded; for the workers' share of the configuration */
  char *client_address;
  char *ops_address;
  int client_fd;
  int ops_fd;
  int metrics_fd;
  guint http_index;
  GatePool pool;
  gboolean is_ready;
  gboolean is_stopping;
  int exit_status;
  GateTimer core_timer;
  GateTimer watchdog_timer;
  GateTimer ticket_timer;
  GateHandover handover;
  GateTurnEnd turn_end;
  GateWatch signals;
} GateNode;

static GateNode node; /* one a process: callbacks of intrusive members find it here */

/* --- Turning the core ------------------------------------------------------------------------------ */

/* The clocks are set once before the first event of a turn, and the turn's end hands the store its batch. */
static void
enter_core (void)
{
  gate_core_set_now (node.core, gate_loop_get_now_us (node.loop) / 1000,
                     gate_loop_get_wall_ms (node.loop));
  gate_loop_at_turn_end (node.loop, &node.turn_end);
}

static void
turn_end_cb (GateTurnEnd *turn_end)
{
  gint64 due_ms;

  gate_core_turn_end (node.core);
  due_ms = gate_core_next_due_ms (node.core);
  if (due_ms == G_MAXINT64)
    gate_loop_disarm (node.loop, &node.core_timer);
  else
    gate_loop_arm (node.loop, &node.core_timer,
                   (guint64) MAX (0, due_ms - gate_loop_get_now_us (node.loop) / 1000));
}

static void
core_timer_cb (GateTimer *timer)
{
  enter_core ();
  gate_core_tick (node.core);
}

/* --- What the core asks for ------------------------------------------------------------------------- */

static GateLink *
link_of (guint64 id)
{
  return gate_workers_get_link (node.workers, (guint) (id >> 32));
}

static void
send_cb (gpointer               remote,
         GateConnId             conn,
         const Gate__V1__Frame *frame)
{
  GateLink *link = link_of (conn);

  if (link != NULL)
    gate_link_send_message (link, GATE_RECORD_FRAME, 0, (guint32) conn, &frame->base);
}

static void
limits_cb (gpointer                      remote,
           GateConnId                    conn,
           const Gate__Link__V1__Limits *limits)
{
  GateLink *link = link_of (conn);

  if (link != NULL)
    gate_link_send_message (link, GATE_RECORD_LIMITS, 0, (guint32) conn, &limits->base);
}

static void
close_cb (gpointer    remote,
          GateConnId  conn,
          guint       code,
          const char *reason)
{
  Gate__Link__V1__CloseThis body = GATE__LINK__V1__CLOSE_THIS__INIT;
  GateLink *link = link_of (conn);

  body.code = code;
  body.reason = (char *) (reason != NULL ? reason : "");
  if (link != NULL)
    gate_link_send_message (link, GATE_RECORD_CLOSE, 0, (guint32) conn, &body.base);
}

static void
reply_cb (gpointer                     remote,
          GateRequestId                request,
          gboolean                     more,
          const Gate__Link__V1__Reply *reply)
{
  GateLink *link = link_of (request);

  if (link != NULL)
    gate_link_send_message (link, GATE_RECORD_REPLY, more ? GATE_RECORD_FLAG_MORE : 0,
                            (guint32) request, &reply->base);
}

static void
hash_cb (gpointer     remote,
         GateHashJob *job)
{
  gate_hasher_push (node.hasher, job);
}

static void
hashed_cb (GateHashJob *job,
           gpointer     user_data)
{
  enter_core ();
  gate_core_hashed (node.core, job);
}

static void
count_cb (gpointer remote,
          guint    metric,
          guint    label,
          guint64  n)
{
  gate_metrics_add (node.metrics, metric, label, n);
}

static void
observe_cb (gpointer remote,
            guint    metric,
            guint    label,
            guint64  value_us)
{
  gate_metrics_observe (node.metrics, metric, label, value_us);
}

static void
gauge_cb (gpointer    remote,
          guint       metric,
          const char *label,
          gint64      value)
{
  gate_metrics_set (node.metrics, metric,
                    label != NULL ? gate_metrics_queue_label (node.metrics, label) : 0, value);
}

static void
gauge_at_cb (gpointer remote,
             guint    metric,
             guint    label,
             gint64   value)
{
  gate_metrics_set (node.metrics, metric, label, value);
}

static const GateRemote remote = {
  .send = send_cb,
  .limits = limits_cb,
  .close = close_cb,
  .reply = reply_cb,
  .hash = hash_cb,
  .count = count_cb,
  .observe = observe_cb,
  .gauge = gauge_cb,
  .gauge_at = gauge_at_cb,
};

/* --- What the store answers ------------------------------------------------------------------------- */

static void
batch_cb (GateBatch *batch,
          gpointer   user_data)
{
  if (node.core == NULL) { /* the first administrator's own batch, before there is a core */
    gate_batch_free (batch);
    gate_loop_quit (node.loop);
    return;
  }
  enter_core ();
  gate_core_batch_done (node.core, batch);
}

static void
query_cb (GateQuery *query,
          gpointer   user_data)
{
  enter_core ();
  gate_core_query_done (node.core, query);
}

static void
send_config (guint                       index,
             Gate__Link__V1__WorkerRole  role,
             GateLink                   *link)
{
  const GateNodeConfigInput input = {
    .config = node.config,
    .keys = &node.keys,
    .tls = &node.tls,
    .snapshot = node.snapshot,
    .data_dir = node.options->data_dir,
    .client_address = node.client_address,
    .is_demo = node.options->is_demo,
  };

  gate_node_config_send (&input, index, role, link);
}

static void
snapshot_take (GateSnapshot *snapshot)
{
  if (node.snapshot != NULL)
    wire_arena_free (node.snapshot->arena);
  node.snapshot = snapshot;
}

static gboolean
is_up (guint index)
{
  return gate_workers_get_link (node.workers, index) != NULL;
}

/* Edges that came up before `http` wait for it, so that no first request is refused because of who started faster; but chats
 * do not wait for one that fails. */
static gboolean
is_http_awaited (void)
{
  return !is_up (node.http_index) && gate_workers_get_restarts (node.workers, node.http_index) == 0;
}

static void
send_configs (void)
{
  for (guint i = 0; i <= node.pool.n_edges; i++) {
    GateLink *link = gate_workers_get_link (node.workers, i);

    if (link != NULL && !is_http_awaited ())
      send_config (i,
                   i == node.http_index ? GATE__LINK__V1__WORKER_ROLE__WR_HTTP
                                        : GATE__LINK__V1__WORKER_ROLE__WR_EDGE,
                   link);
  }
}

/* (transfer full) */
static void
tell_everybody (GateSnapshot *snapshot)
{
  snapshot_take (snapshot);
  enter_core ();
  gate_core_start (node.core, snapshot);
  send_configs ();
}

static void
changed_cb (gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GateSnapshot *snapshot = node.store->load (node.store, &error);

  if (snapshot != NULL)
    tell_everybody (snapshot);
  else
    gate_log (GATE_LOG_WARNING, "agents_not_reloaded", "err", "s", error->message, NULL);
}

/* --- What the workers say --------------------------------------------------------------------------- */

static void
say_ready (void)
{
  node.is_ready = TRUE;
  printf ("ready client=%s ops=%s pid=%d\n", node.client_address, node.ops_address,
          (int) getpid ());
  fflush (stdout);
  gate_notify_send (node.notify, "READY=1");
  gate_log (GATE_LOG_INFO, "ready", "client", "s", node.client_address, "ops", "s",
            node.ops_address, NULL);
}

static guint
worker_label (guint index)
{
  g_autofree char *name =
    index == node.http_index ? g_strdup ("http") : g_strdup_printf ("edge-%u", index);

  return gate_metrics_worker_label (node.metrics, name);
}

/* HTTP descriptors go between an edge and `http` over a socket pair of their own: the core sees none of them. */
static void
join_with_http (guint edge)
{
  if (is_up (node.http_index) && !gate_workers_join (node.workers, edge, node.http_index))
    gate_log (GATE_LOG_ERROR, "workers_not_joined", "worker", "u", (guint64) edge, NULL);
}

/* An edge accepts as soon as it has its configuration, so what it needs to serve everybody goes before: its way to `http`. */
static void
open_edge (guint edge)
{
  GateLink *link = gate_workers_get_link (node.workers, edge);

  if (link == NULL) /* not up: it will be opened when it is */
    return;
  join_with_http (edge);
  send_config (edge, GATE__LINK__V1__WORKER_ROLE__WR_EDGE, link);
}

static void
http_started (GateLink *link)
{
  send_config (node.http_index, GATE__LINK__V1__WORKER_ROLE__WR_HTTP, link);
  for (guint i = 0; i <= node.pool.n_edges; i++)
    if (i != node.http_index)
      open_edge (i);
}

static void
started_cb (guint                       index,
            Gate__Link__V1__WorkerRole  role,
            GateLink                   *link,
            gpointer                    user_data)
{
  gate_metrics_set (node.metrics, GATE_METRIC_WORKER_UP, worker_label (index), 1);
  if (role == GATE__LINK__V1__WORKER_ROLE__WR_HTTP)
    http_started (link);
  else if (!is_http_awaited ())
    open_edge (index);
  if (!node.is_ready && is_up (node.http_index) &&
      gate_workers_get_n_up (node.workers, GATE__LINK__V1__WORKER_ROLE__WR_EDGE) > 0)
    say_ready ();
}

static void
gone_cb (guint                      index,
         Gate__Link__V1__WorkerRole role,
         gpointer                   user_data)
{
  gate_metrics_set (node.metrics, GATE_METRIC_WORKER_UP, worker_label (index), 0);
  gate_metrics_add (node.metrics, GATE_METRIC_WORKER_RESTARTS, worker_label (index), 1);
  gate_metrics_clear_gauges (node.metrics, index + 1); /* page 0 is the core's */
  if (role == GATE__LINK__V1__WORKER_ROLE__WR_EDGE)
    gate_pool_gone (&node.pool, index);
  if (node.core == NULL)
    return;
  enter_core ();
  gate_core_worker_gone (node.core, index);
}

static ProtobufCMessage *
decode (const ProtobufCMessageDescriptor *descriptor,
        const GateRecord                 *record)
{
  ProtobufCMessage *message = NULL;

  if (wire_message_unpack (node.scratch, descriptor, record->body, record->body_bytes,
                           FRAME_MAX_BYTES, &message) != WIRE_OK)
    gate_log (GATE_LOG_ERROR, "bad_record_from_worker", "type", "i", (gint64) record->type, NULL);
  return message;
}

static void
frame_arrived (GateConnId        conn,
               const GateRecord *record)
{
  Gate__V1__Frame *frame;

  if (wire_frame_unpack (node.scratch, record->body, record->body_bytes, FRAME_MAX_BYTES, &frame) ==
      WIRE_OK)
    gate_core_frame (node.core, conn, frame);
  else /* an edge checks before it sends: this one is broken, or no longer ours */
    gate_log (GATE_LOG_ERROR, "bad_frame_from_edge", "conn", "u", conn, NULL);
}

static void
add_edge (void)
{
  gate_workers_add (node.workers, GATE__LINK__V1__WORKER_ROLE__WR_EDGE, node.client_fd,
                    node.metrics_fd);
}

static void
stats_arrived (guint                        index,
               const Gate__Link__V1__Stats *stats)
{
  guint n_reserved = (guint) gate_config_get_int (node.config, "io.fds_reserved");

  gate_pool_heard (&node.pool, index, stats->connections,
                   stats->fds_max - MIN (stats->fds_max, n_reserved));
  if (node.is_stopping || !gate_pool_grow (&node.pool))
    return;
  gate_log (GATE_LOG_INFO, "edge_added", "edges", "u", (guint64) node.pool.n_edges, NULL);
  add_edge ();
}

static void
record_arrived (guint                       index,
                Gate__Link__V1__WorkerRole  role,
                const GateRecord           *record)
{
  guint64 id = GATE_CONN_ID (index, record->number);
  gboolean is_edge = role == GATE__LINK__V1__WORKER_ROLE__WR_EDGE;
  ProtobufCMessage *body;

  enter_core ();
  if (is_edge && record->type == GATE_RECORD_FRAME) {
    frame_arrived (id, record);
  } else if (is_edge && record->type == GATE_RECORD_OPENED) {
    body = decode (&gate__link__v1__opened__descriptor, record);
    if (body != NULL)
      gate_core_opened (node.core, id, (Gate__Link__V1__Opened *) body);
  } else if (is_edge && record->type == GATE_RECORD_CLOSED) {
    gate_core_closed (node.core, id);
  } else if (is_edge && record->type == GATE_RECORD_STATS) {
    body = decode (&gate__link__v1__stats__descriptor, record);
    if (body != NULL)
      stats_arrived (index, (Gate__Link__V1__Stats *) body);
  } else if (!is_edge && record->type == GATE_RECORD_REQUEST) {
    body = decode (&gate__link__v1__request__descriptor, record);
    if (body != NULL)
      gate_core_request (node.core, id, (Gate__Link__V1__Request *) body);
  }
  wire_arena_reset (node.scratch);
}

static void
record_cb (guint                       index,
           Gate__Link__V1__WorkerRole  role,
           const GateRecord           *record,
           gpointer                    user_data)
{
  /* What comes after that is unanswered here, and asked again of the next one. */
  if (!gate_handover_is_begun (&node.handover))
    record_arrived (index, role, record);
  if (record->fd >= 0) /* the core takes no descriptor from a worker */
    close (record->fd);
}

static const GateWorkersHandler workers_handler = {
  .started = started_cb,
  .record = record_cb,
  .gone = gone_cb,
};

/* The store last: what the core submitted is committed before anybody else may have the folder. */
static void
close_core (void)
{
  if (node.core != NULL)
    gate_core_turn_end (node.core);
  g_clear_pointer (&node.hasher, gate_hasher_free);
  g_clear_pointer (&node.store, gate_store_sqlite_close);
  g_clear_pointer (&node.core, gate_core_free);
  gate_loop_disarm (node.loop, &node.core_timer);
  gate_loop_cancel_turn_end (node.loop, &node.turn_end);
}

/* --- The configuration anew -------------------------------------------------------------------------- */

static void
log_configuration (void)
{
  GPtrArray *warnings = gate_config_get_warnings (node.config);
  GateLogLevel level = GATE_LOG_INFO;

  gate_log_parse_level (gate_config_get_string (node.config, "log.level"), &level);
  gate_log_set_level (level);
  for (guint i = 0; i < warnings->len; i++)
    gate_log (GATE_LOG_WARNING, "configuration", "msg", "s", g_ptr_array_index (warnings, i), NULL);
  if (node.tls.chain != NULL && node.tls.days_left < GATE_NODE_TLS_WARN_DAYS)
    gate_log (GATE_LOG_WARNING, "certificate_ends", "days_left", "i", (gint64) node.tls.days_left,
              "msg", "s", "write a newer one to tls.cert and tls.key, then reload", NULL);
}

static void
count_loaded (void)
{
  gate_metrics_set (node.metrics, GATE_METRIC_RELOAD_SUCCESSFUL, 0, 1);
  gate_metrics_set (node.metrics, GATE_METRIC_RELOAD_SUCCESS_TIME, 0, g_get_real_time ());
}

/* Everything that can fail has been tried before the first thing is changed. */
static gboolean
try_reload (GError **error)
{
  g_autoptr (GateConfig) config = NULL;
  GateSnapshot *snapshot = node.store->load (node.store, error);

  if (snapshot == NULL)
    return FALSE;
  config =
    gate_reload_try (node.options->load, node.options->load_data, node.config, &node.tls, error);
  if (config == NULL) {
    wire_arena_free (snapshot->arena);
    return FALSE;
  }
  gate_config_free (node.config);
  node.config = g_steal_pointer (&config);
  node.pool.max_connections = (guint64) gate_config_get_int (node.config, "io.max_connections");
  gate_node_config_reload_core (node.config, &node.keys, node.core);
  tell_everybody (snapshot);
  return TRUE;
}

static void
reload (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *reloading =
    g_strdup_printf ("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time ());

  gate_notify_send (node.notify, reloading);
  if (try_reload (&error)) {
    log_configuration ();
    count_loaded ();
    gate_log (GATE_LOG_INFO, "reloaded", NULL);
  } else {
    gate_metrics_set (node.metrics, GATE_METRIC_RELOAD_SUCCESSFUL, 0, 0);
    gate_log (GATE_LOG_ERROR, "not_reloaded", "err", "s", error->message, NULL);
  }
  if (node.is_ready)
    gate_notify_send (node.notify, "READY=1");
}

static void
ticket_timer_cb (GateTimer *timer)
{
  gate_node_tls_rotate (&node.tls);
  send_configs ();
  gate_loop_arm (node.loop, timer, (guint64) GATE_TLS_TICKET_S * 1000);
}

/* --- Start and end ---------------------------------------------------------------------------------- */

static void
all_gone_cb (gpointer user_data)
{
  gate_loop_quit (node.loop);
}

/* Our copies would keep the sockets open, and connections waiting in them, after the workers closed theirs. */
static void
stop_listening (void)
{
  close (node.client_fd);
  close (node.ops_fd);
}

static void
stop (void)
{
  guint drain_ms = (guint) gate_config_get_ms (node.config, "session.drain");

  if (node.is_stopping ||
      node.core == NULL) { /* asked twice, or before there was anything to drain: at once */
    node.is_stopping = TRUE;
    gate_loop_quit (node.loop);
    return;
  }
  node.is_stopping = TRUE;
  gate_log (GATE_LOG_INFO, "draining", "drain_ms", "u", (guint64) drain_ms, NULL);
  if (!gate_handover_has_successor (
        &node.handover)) /* else that one is the service now, and it does not stop */
    gate_notify_send (node.notify, "STOPPING=1");
  stop_listening ();
  enter_core ();
  gate_core_drain (node.core, drain_ms);
  gate_workers_stop (node.workers, drain_ms, all_gone_cb);
  gate_handover_let_go_early (&node.handover);
}

/* --- Handing over ----------------------------------------------------------------------------------- */

static void
succeeded_cb (pid_t successor)
{
  g_autofree char *main_pid = g_strdup_printf ("MAINPID=%d", (int) successor);

  gate_notify_send (node.notify, main_pid);
  stop ();
}

static gboolean
is_quiet_cb (void)
{
  return gate_core_is_quiet (node.core);
}

static void
let_go_cb (void)
{
  Gate__Link__V1__Stop now = GATE__LINK__V1__STOP__INIT;
  GateLink *http = gate_workers_get_link (node.workers, node.http_index);

  /* Whoever asks for readiness is to hear the next one. */
  if (http != NULL)
    gate_link_send_message (http, GATE_RECORD_STOP, 0, 0, &now.base);
  close_core ();
}

static const GateHandoverHandler handover_handler = { succeeded_cb, is_quiet_cb, let_go_cb };

static void
upgrade (void)
{
  if (!node.is_stopping && node.is_ready)
    gate_handover_start_successor (&node.handover, node.options->argv, node.client_fd, node.ops_fd);
}

static void
signal_cb (GateWatch *watch,
           guint32    events)
{
  struct signalfd_siginfo info;

  while (read (watch->fd, &info, sizeof info) == (gssize) sizeof info)
    if (info.ssi_signo == SIGUSR2)
      upgrade ();
    else if (info.ssi_signo != SIGHUP)
      stop ();
    else if (node.core != NULL && !node.is_stopping)
      reload ();
}

static gboolean
watch_signals (void)
{
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGTERM);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGHUP);
  sigaddset (&set, SIGUSR2);
  signal (SIGPIPE, SIG_IGN);
  if (sigprocmask (SIG_BLOCK, &set, NULL) != 0)
    return FALSE;
  node.signals.fd = signalfd (-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  node.signals.events = EPOLLIN;
  node.signals.ready = signal_cb;
  return node.signals.fd >= 0 && gate_loop_add (node.loop, &node.signals);
}

static void
watchdog_cb (GateTimer *timer)
{
  gate_notify_send (node.notify, "WATCHDOG=1");
  gate_loop_arm (node.loop, timer, gate_notify_get_watchdog_ms (node.notify));
}

/* A one-time password a person can read out and type. */
static char *
make_password (void)
{
  static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
  GString *text = g_string_new (NULL);

  for (int i = 0; i < 16; i++) {
    guint8 byte;

    do
      gate_random (&byte, 1);
    while (byte >= 31 * 8); /* no letter is likelier than another */
    if (i > 0 && i % 4 == 0)
      g_string_append_c (text, '-');
    g_string_append_c (text, letters[byte % 31]);
  }
  return g_string_free (text, FALSE);
}

static gboolean
load_snapshot (GError **error)
{
  GateSnapshot *snapshot = node.store->load (node.store, error);

  if (snapshot != NULL)
    snapshot_take (snapshot);
  return snapshot != NULL;
}

/* Somebody must be able to sign in to a gateway that was started for the first time. */
static gboolean
make_first_administrator (GError **error)
{
  g_autofree char *password = make_password ();
  g_autofree char *hash = gate_hash_password (password);
  GateBatch *batch = gate_batch_new ();
  GateAgentRow *row = &gate_batch_add (batch, GATE_WRITE_AGENT)->row.agent;

  *row = (GateAgentRow){
    .agent = node.snapshot->next_agent,
    .login = "admin",
    .name = "Administrator",
    .role = "admin",
    .password = wire_arena_strdup (batch->arena, hash),
    .queues = "[]",
    .skills = "[]",
    .capacity = 5,
    .must_change = TRUE,
    .created_at = (guint64) g_get_real_time () / 1000,
  };
  node.store->submit (node.store, batch);
  gate_loop_run (node.loop); /* until batch_cb */
  if (!load_snapshot (error))
    return FALSE;
  printf (
    "first administrator: login “admin”, one-time password “%s” (it must be changed at the first sign-in)\n",
    password);
  return TRUE;
}

static gboolean
try_store (GError **error)
{
  static const GateStoreDone done = { .batch = batch_cb, .query = query_cb, .changed = changed_cb };

  node.store = gate_store_sqlite_open (node.options->data_dir, node.loop, &done, NULL, error);
  return node.store != NULL;
}

/* Says why it waits, once, and that it does, until it is over. */
static gboolean
queue_up (int     *next_fd,
          GError **problem)
{
  g_autoptr (GError) why = g_steal_pointer (problem);

  if (*next_fd >= 0)
    return TRUE;
  gate_log (GATE_LOG_INFO, "waiting_for_folder", "msg", "s", why->message, NULL);
  *next_fd = gate_store_dir_queue (node.options->data_dir, problem);
  return *next_fd >= 0;
}

/* Another gateway may be about to end, or may end when it sees us wait. */
static gboolean
wait_for_store (GError **error)
{
  gint64 until_us = gate_loop_get_now_us (node.loop) + (gint64) FOLDER_EXTRA_MS * 1000 +
                    gate_config_get_ms (node.config, "session.drain") * 1000;
  g_autoptr (GError) problem = NULL;
  int next_fd = -1;

  while (!try_store (&problem) && !node.is_stopping &&
         gate_loop_get_now_us (node.loop) < until_us &&
         g_error_matches (problem, GATE_STORE_ERROR, GATE_STORE_ERROR_LOCKED) &&
         queue_up (&next_fd, &problem))
    gate_loop_turn (node.loop, FOLDER_TURN_MS);
  if (next_fd >= 0)
    close (next_fd);
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  return node.store != NULL;
}

static gboolean
open_store (GError **error)
{
  if (!wait_for_store (error) || !load_snapshot (error))
    return FALSE;
  return node.snapshot->n_agents > 0 || make_first_administrator (error);
}

static gboolean
open_sockets (GError **error)
{
  const GateConfig *config = node.config;

  node.client_fd =
    gate_listen (gate_config_get_string (config, "listen.client"), "client",
                 (int) gate_config_get_int (config, "listen.backlog"), &node.client_address, error);
  if (node.client_fd < 0)
    return FALSE;
  node.ops_fd = gate_listen (gate_config_get_string (config, "listen.ops"), "ops", 128,
                             &node.ops_address, error);
  if (node.ops_fd < 0)
    return FALSE;
  node.metrics = gate_metrics_create (&node.metrics_fd, error);
  if (node.metrics == NULL)
    return FALSE;
  gate_metrics_set_build (node.metrics, USHER_VERSION, "",
                          gate_config_get_string (config, "node.id"));
  node.vitals = gate_vitals_new (node.loop, node.metrics);
  return TRUE;
}

/* A number is kept to; `auto` begins with one edge a core. */
static void
init_pool (void)
{
  const GateConfig *config = node.config;
  const char *wanted = gate_config_get_string (config, "io.worker_pool");
  gboolean is_auto = g_strcmp0 (wanted, "auto") == 0;
  guint n_edges = is_auto ? g_get_num_processors () : (guint) g_ascii_strtoull (wanted, NULL, 10);

  n_edges = CLAMP (n_edges, 1, MAX_EDGES);
  gate_pool_init (&node.pool, (guint64) gate_config_get_int (config, "io.max_connections"), n_edges,
                  is_auto ? MAX_EDGES : n_edges);
}

static void
start_workers (void)
{
  node.workers = gate_workers_new (node.loop, USHER_VERSION, &workers_handler, NULL);
  init_pool ();
  for (guint i = 0; i < node.pool.n_edges; i++)
    add_edge ();
  node.http_index = gate_workers_add (node.workers, GATE__LINK__V1__WORKER_ROLE__WR_HTTP,
                                      node.ops_fd, node.metrics_fd);
}

static void
start_core (void)
{
  node.core = gate_node_config_make_core (node.config, &node.keys, &remote, node.store);
  node.core_timer.fired = core_timer_cb;
  node.turn_end.run = turn_end_cb;
  gate_core_set_now (node.core, g_get_monotonic_time () / 1000, g_get_real_time () / 1000);
  gate_core_start (node.core, node.snapshot);
}

static gboolean
node_start (GError **error)
{
  const GateConfig *config = node.config;

  gate_log_init ("core", GATE_LOG_INFO,
                 g_strcmp0 (gate_config_get_string (config, "log.format"), "text") != 0);
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    gate_log (GATE_LOG_WARNING, "no_new_privs_refused", "err", "s", g_strerror (errno), NULL);
  if (!gate_node_config_check (config, error) || !gate_node_tls_load (&node.tls, config, error))
    return FALSE;
  log_configuration ();
  if (!gate_data_dir_prepare (node.options->data_dir, error) ||
      !gate_keys_load (&node.keys, node.options->data_dir, error) || !open_sockets (error) ||
      !watch_signals () || !open_store (error))
    return FALSE;
  count_loaded ();
  node.hasher = gate_hasher_new (node.loop, hashed_cb, NULL);
  start_core ();
  start_workers ();
  gate_handover_init (&node.handover, node.loop, node.options->data_dir, &handover_handler);
  node.ticket_timer.fired = ticket_timer_cb;
  gate_loop_arm (node.loop, &node.ticket_timer, (guint64) GATE_TLS_TICKET_S * 1000);
  node.watchdog_timer.fired = watchdog_cb;
  if (gate_notify_get_watchdog_ms (node.notify) > 0)
    gate_loop_arm (node.loop, &node.watchdog_timer, gate_notify_get_watchdog_ms (node.notify));
  return TRUE;
}

static void
node_end (void)
{
  g_clear_pointer (&node.workers, gate_workers_free);
  close_core ();
  g_clear_pointer (&node.vitals, gate_vitals_free);
  g_clear_pointer (&node.metrics, gate_metrics_free);
  g_clear_pointer (&node.notify, gate_notify_free);
  snapshot_take (NULL);
  gate_node_tls_clear (&node.tls);
  g_clear_pointer (&node.config, gate_config_free);
  g_clear_pointer (&node.scratch, wire_arena_free);
  g_clear_pointer (&node.loop, gate_loop_free);
  g_clear_pointer (&node.client_address, g_free);
  g_clear_pointer (&node.ops_address, g_free);
}

int
gate_node_run (const GateNodeOptions *options)
{
  g_autoptr (GError) error = NULL;

  node.options = options;
  node.config = options->config;
  node.loop = gate_loop_new ();
  node.notify = gate_notify_new ();
  node.scratch = wire_arena_new ((gsize) 64 * 1024);
  if (!node_start (&error)) {
    if (!node.is_stopping)
      fprintf (stderr, "usher-gate: %s\n", error != NULL ? error->message : "cannot watch signals");
    node_end ();
    return node.is_stopping ? 0 : 1;
  }
  gate_loop_run (node.loop);
  gate_log (GATE_LOG_INFO, "stopped", NULL);
  node_end ();
  return 0;
}
