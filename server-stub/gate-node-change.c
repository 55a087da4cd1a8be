/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an operator asks of a gateway that runs: another configuration, its end, its successor. */
#define G_LOG_DOMAIN "gate-node"

#include "config.h"

#include "gate-node-private.h"

#include "gate-link.h"
#include "gate-log.h"
#include "gate-metric-table.h"
#include "gate-node-config.h"
#include "gate-reload.h"

#include <unistd.h>

/* --- The configuration anew -------------------------------------------------------------------------- */

void
gate_node_log_configuration (void)
{
  GPtrArray *warnings = gate_config_get_warnings (gate_node.config);
  GateLogLevel level = GATE_LOG_INFO;

  gate_log_parse_level (gate_config_get_string (gate_node.config, "log.level"), &level);
  gate_log_set_level (level);
  for (guint i = 0; i < warnings->len; i++)
    gate_log (GATE_LOG_WARNING, "configuration", "msg", "s", g_ptr_array_index (warnings, i), NULL);
  if (gate_node.tls.chain != NULL && gate_node.tls.days_left < GATE_NODE_TLS_WARN_DAYS)
    gate_log (GATE_LOG_WARNING, "certificate_ends", "days_left", "i",
              (gint64) gate_node.tls.days_left, "msg", "s",
              "write a newer one to tls.cert and tls.key, then reload", NULL);
}

void
gate_node_count_loaded (void)
{
  gate_metrics_set (gate_node.metrics, GATE_METRIC_RELOAD_SUCCESSFUL, 0, 1);
  gate_metrics_set (gate_node.metrics, GATE_METRIC_RELOAD_SUCCESS_TIME, 0, g_get_real_time ());
}

/* Everything that can fail has been tried before the first thing is changed. */
static gboolean
try_reload (GError **error)
{
  g_autoptr (GateConfig) config = NULL;
  GateSnapshot *snapshot = gate_node.store->load (gate_node.store, error);

  if (snapshot == NULL)
    return FALSE;
  config = gate_reload_try (gate_node.options->load, gate_node.options->load_data, gate_node.config,
                            &gate_node.tls, error);
  if (config == NULL) {
    wire_arena_free (snapshot->arena);
    return FALSE;
  }
  gate_config_free (gate_node.config);
  gate_node.config = g_steal_pointer (&config);
  gate_node.pool.max_connections =
    (guint64) gate_config_get_int (gate_node.config, "io.max_connections");
  gate_node_config_reload_core (gate_node.config, &gate_node.keys, gate_node.geo, gate_node.core);
  gate_node_tell_everybody (snapshot);
  return TRUE;
}

void
gate_node_reload (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *reloading =
    g_strdup_printf ("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time ());

  gate_notify_send (gate_node.notify, reloading);
  if (try_reload (&error)) {
    gate_node_log_configuration ();
    gate_node_count_loaded ();
    gate_log (GATE_LOG_INFO, "reloaded", NULL);
  } else {
    gate_metrics_set (gate_node.metrics, GATE_METRIC_RELOAD_SUCCESSFUL, 0, 0);
    gate_log (GATE_LOG_ERROR, "not_reloaded", "err", "s", error->message, NULL);
  }
  if (gate_node.is_ready)
    gate_notify_send (gate_node.notify, "READY=1");
}

static void
ticket_timer_cb (GateTimer *timer)
{
  gate_node_tls_rotate (&gate_node.tls);
  gate_node_send_configs ();
  gate_loop_arm (gate_node.loop, timer, (guint64) GATE_TLS_TICKET_S * 1000);
}

/* --- The end ------------------------------------------------------------------------------------------- */

static void
all_gone_cb (gpointer user_data)
{
  gate_loop_quit (gate_node.loop);
}

/* Our copies would keep the sockets open, and connections waiting in them, after the workers closed theirs. */
static void
stop_listening (void)
{
  close (gate_node.client_fd);
  close (gate_node.ops_fd);
}

void
gate_node_stop (void)
{
  guint drain_ms = (guint) gate_config_get_ms (gate_node.config, "session.drain");

  if (gate_node.is_stopping ||
      gate_node.core == NULL) { /* asked twice, or before there was anything to drain: at once */
    gate_node.is_stopping = TRUE;
    gate_loop_quit (gate_node.loop);
    return;
  }
  gate_node.is_stopping = TRUE;
  gate_log (GATE_LOG_INFO, "draining", "drain_ms", "u", (guint64) drain_ms, NULL);
  if (!gate_handover_has_successor (
        &gate_node.handover)) /* else that one is the service now, and it does not stop */
    gate_notify_send (gate_node.notify, "STOPPING=1");
  stop_listening ();
  gate_node_enter_core ();
  gate_core_drain (gate_node.core, drain_ms);
  gate_workers_stop (gate_node.workers, drain_ms, all_gone_cb);
  gate_handover_let_go_early (&gate_node.handover);
}

/* --- Handing over ----------------------------------------------------------------------------------- */

static void
succeeded_cb (pid_t successor)
{
  g_autofree char *main_pid = g_strdup_printf ("MAINPID=%d", (int) successor);

  gate_notify_send (gate_node.notify, main_pid);
  gate_node_stop ();
}

static gboolean
is_quiet_cb (void)
{
  return gate_core_is_quiet (gate_node.core);
}

static void
let_go_cb (void)
{
  Gate__Link__V1__Stop now = GATE__LINK__V1__STOP__INIT;
  GateLink *http = gate_workers_get_link (gate_node.workers, gate_node.http_index);

  /* Whoever asks for readiness is to hear the next one. */
  if (http != NULL)
    gate_link_send_message (http, GATE_RECORD_STOP, 0, 0, &now.base);
  gate_node_close_core ();
}

static const GateHandoverHandler handover_handler = { succeeded_cb, is_quiet_cb, let_go_cb };

void
gate_node_upgrade (void)
{
  if (!gate_node.is_stopping && gate_node.is_ready)
    gate_handover_start_successor (&gate_node.handover, gate_node.options->argv,
                                   gate_node.client_fd, gate_node.ops_fd);
}

void
gate_node_start_changes (void)
{
  gate_handover_init (&gate_node.handover, gate_node.loop, gate_node.options->data_dir,
                      &handover_handler);
  gate_node.ticket_timer.fired = ticket_timer_cb;
  gate_loop_arm (gate_node.loop, &gate_node.ticket_timer, (guint64) GATE_TLS_TICKET_S * 1000);
}
