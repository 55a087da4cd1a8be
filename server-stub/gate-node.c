/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The core process: its beginning, its signals, its end. */
#define G_LOG_DOMAIN "gate-node"

#include "config.h"

#include "gate-node-private.h"

#include "gate-listen.h"
#include "gate-log.h"
#include "gate-node-config.h"

#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

GateNode gate_node;

/* --- Signals -------------------------------------------------------------------------------------------- */

static void
signal_cb (GateWatch *watch,
           guint32    events)
{
  struct signalfd_siginfo info;

  while (read (watch->fd, &info, sizeof info) == (gssize) sizeof info)
    if (info.ssi_signo == SIGUSR2)
      gate_node_upgrade ();
    else if (info.ssi_signo != SIGHUP)
      gate_node_stop ();
    else if (gate_node.core != NULL && !gate_node.is_stopping)
      gate_node_reload ();
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
  gate_node.signals.fd = signalfd (-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  gate_node.signals.events = EPOLLIN;
  gate_node.signals.ready = signal_cb;
  return gate_node.signals.fd >= 0 && gate_loop_add (gate_node.loop, &gate_node.signals);
}

static void
watchdog_cb (GateTimer *timer)
{
  gate_notify_send (gate_node.notify, "WATCHDOG=1");
  gate_loop_arm (gate_node.loop, timer, gate_notify_get_watchdog_ms (gate_node.notify));
}

/* --- Start and end ---------------------------------------------------------------------------------- */

static gboolean
open_sockets (GError **error)
{
  const GateConfig *config = gate_node.config;

  gate_node.client_fd = gate_listen (gate_config_get_string (config, "listen.client"), "client",
                                     (int) gate_config_get_int (config, "listen.backlog"),
                                     &gate_node.client_address, error);
  if (gate_node.client_fd < 0)
    return FALSE;
  gate_node.ops_fd = gate_listen (gate_config_get_string (config, "listen.ops"), "ops", 128,
                                  &gate_node.ops_address, error);
  if (gate_node.ops_fd < 0)
    return FALSE;
  gate_node.metrics = gate_metrics_create (&gate_node.metrics_fd, error);
  if (gate_node.metrics == NULL)
    return FALSE;
  gate_metrics_set_build (gate_node.metrics, USHER_VERSION, "",
                          gate_config_get_string (config, "node.id"));
  gate_node.vitals = gate_vitals_new (gate_node.loop, gate_node.metrics);
  return TRUE;
}

/* How old the file is, is worth knowing. */
static void
log_geo (void)
{
  g_autofree char *description =
    gate_node.geo != NULL ? gate_geo_dup_description (gate_node.geo) : NULL;

  if (description != NULL)
    gate_log (GATE_LOG_INFO, "geo_database", "is", "s", description, NULL);
}

static gboolean
node_start (GError **error)
{
  const GateConfig *config = gate_node.config;

  gate_log_init ("core", GATE_LOG_INFO,
                 g_strcmp0 (gate_config_get_string (config, "log.format"), "text") != 0);
  if (!gate_sandbox_forbid (error) || !gate_node_config_check (config, error) ||
      !gate_node_tls_load (&gate_node.tls, config, error) ||
      !gate_node_config_open_geo (config, &gate_node.geo, error))
    return FALSE;
  gate_node_log_configuration ();
  log_geo ();
  if (!gate_data_dir_prepare (gate_node.options->data_dir, error) ||
      !gate_keys_load (&gate_node.keys, gate_node.options->data_dir, error) ||
      !open_sockets (error) || !watch_signals () || !gate_node_open_store (error))
    return FALSE;
  gate_node_count_loaded ();
  gate_node_start_core ();
  gate_node_start_workers ();
  gate_node_start_changes ();
  gate_node.watchdog_timer.fired = watchdog_cb;
  if (gate_notify_get_watchdog_ms (gate_node.notify) > 0)
    gate_loop_arm (gate_node.loop, &gate_node.watchdog_timer,
                   gate_notify_get_watchdog_ms (gate_node.notify));
  return TRUE;
}

static void
node_end (void)
{
  g_clear_pointer (&gate_node.workers, gate_workers_free);
  gate_node_close_core ();
  g_clear_pointer (&gate_node.geo, gate_geo_free);
  g_clear_pointer (&gate_node.vitals, gate_vitals_free);
  g_clear_pointer (&gate_node.metrics, gate_metrics_free);
  g_clear_pointer (&gate_node.notify, gate_notify_free);
  gate_node_take_snapshot (NULL);
  gate_node_tls_clear (&gate_node.tls);
  g_clear_pointer (&gate_node.config, gate_config_free);
  g_clear_pointer (&gate_node.scratch, wire_arena_free);
  g_clear_pointer (&gate_node.loop, gate_loop_free);
  g_clear_pointer (&gate_node.client_address, g_free);
  g_clear_pointer (&gate_node.ops_address, g_free);
}

int
gate_node_run (const GateNodeOptions *options)
{
  g_autoptr (GError) error = NULL;

  gate_node.options = options;
  gate_node.config = options->config;
  gate_node.loop = gate_loop_new ();
  gate_node.notify = gate_notify_new ();
  gate_node.scratch = wire_arena_new ((gsize) 64 * 1024);
  if (!node_start (&error)) {
    if (!gate_node.is_stopping)
      fprintf (stderr, "usher-gate: %s\n", error != NULL ? error->message : "cannot watch signals");
    node_end ();
    return gate_node.is_stopping ? 0 : 1;
  }
  gate_loop_run (gate_node.loop);
  gate_log (GATE_LOG_INFO, "stopped", NULL);
  node_end ();
  return 0;
}
