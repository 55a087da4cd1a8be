/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An edge process: from its descriptors to its last connection. */
#include "config.h"

#include "gate-client.h"

#include "gate-log.h"
#include "gate-pump.h"
#include "gate-tls.h"
#include "gate-workers.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define STATS_MS          1000
#define LARGE_BLOCK_BYTES 65536
#define OWN_FDS           16 /* link, peer, listener, epoll, metrics, standard streams and a few more */
#define CONFIG_TIMEOUT_MS 10000
#define LAST_CALL_MS      1000 /* for peers to answer the close at the end of the drain */

guint32
gate_edge_now_ms (const GateEdge *self)
{
  return (guint32) ((gate_loop_get_now_us (self->loop) - self->start_us) / 1000);
}

void
gate_edge_quit (GateEdge *self,
                int       exit_status)
{
  self->is_running = FALSE;
  self->exit_status = exit_status;
}

guint
gate_edge_get_n_fds (const GateEdge *self)
{
  return gate_slab_get_n_used (self->clients) + self->pumps->len * GATE_PUMP_FDS;
}

/* --- Each second ------------------------------------------------------------------------------------ */

static void
send_stats (GateTimer *timer)
{
  GateEdge *self = (GateEdge *) (gpointer) ((guint8 *) timer - G_STRUCT_OFFSET (GateEdge, stats));
  Gate__Link__V1__Stats body = GATE__LINK__V1__STATS__INIT;

  body.connections = gate_slab_get_n_used (self->clients) + self->pumps->len;
  body.send_buffer_bytes = self->send_buffer_bytes;
  body.loop_lag_us = gate_vitals_get_lag_us (self->vitals);
  body.fds_used = gate_edge_get_n_fds (self) + OWN_FDS;
  body.fds_max = self->max_fds;
  (void) gate_link_send_message (self->link, GATE_RECORD_STATS, 0, 0, &body.base);
  gate_vitals_set_n_fds (self->vitals, body.fds_used);
  gate_metrics_set (self->metrics, GATE_METRIC_SEND_BUFFER_BYTES, 0,
                    (gint64) self->send_buffer_bytes);
  gate_loop_arm (self->loop, timer, STATS_MS);
}

static void
turn_ended (GateTurnEnd *turn_end)
{
  gate_edge_flush (
    (GateEdge *) (gpointer) ((guint8 *) turn_end - G_STRUCT_OFFSET (GateEdge, turn_end)));
}

/* --- Stopping --------------------------------------------------------------------------------------- */

static void
free_pumps (GateEdge *self)
{
  while (self->pumps->len > 0)
    gate_pump_free (g_ptr_array_index (self->pumps, 0));
}

static void
close_for_restart (gpointer object,
                   guint    index,
                   gpointer user_data)
{
  gate_client_close (object, 1012, "restart");
}

/* A peer that does not answer the close is not waited for. */
static void
last_call_over (GateTimer *timer)
{
  GateEdge *self = (GateEdge *) (gpointer) ((guint8 *) timer - G_STRUCT_OFFSET (GateEdge, drained));

  gate_edge_quit (self, EXIT_SUCCESS);
}

static void
drain_fired (GateTimer *timer)
{
  GateEdge *self = (GateEdge *) (gpointer) ((guint8 *) timer - G_STRUCT_OFFSET (GateEdge, drained));

  gate_slab_foreach (self->clients, close_for_restart, NULL);
  free_pumps (self);
  timer->fired = last_call_over;
  gate_loop_arm (self->loop, timer, LAST_CALL_MS);
}

void
gate_edge_stop (GateEdge *self,
                guint     drain_ms)
{
  if (self->is_draining)
    return;
  gate_log (GATE_LOG_INFO, "edge_draining", "connections", "u",
            (guint64) gate_slab_get_n_used (self->clients), NULL);
  self->is_draining = TRUE;
  gate_listener_stop (&self->listener);
  gate_loop_arm (self->loop, &self->drained, drain_ms);
}

/* --- Life ------------------------------------------------------------------------------------------- */

static void
edge_init (GateEdge *self,
           guint     index)
{
  g_autofree char *loop = g_strdup_printf ("edge-%u", index);

  gate_log_init (loop, GATE_LOG_INFO, TRUE);
  /* What waits for slow clients comes and goes in large blocks: these grow without a second copy and go back to the system. */
  (void) mallopt (M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES);
  self->index = index;
  self->loop = gate_loop_new ();
  self->start_us = gate_loop_get_now_us (self->loop);
  self->config = gate_config_new ();
  self->limits = g_ptr_array_new_with_free_func (g_free);
  self->max_fds = gate_vitals_raise_max_fds ();
  self->read_buffer = g_malloc (GATE_EDGE_READ_BYTES);
  self->arena = wire_arena_new (16384);
  self->codec_tools.arena = self->arena;
  self->idle_outboxes = g_ptr_array_new_with_free_func ((GDestroyNotify) gate_outbox_free);
  self->to_flush = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->waiting = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->paused = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->strangers = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->dead = g_array_new (FALSE, FALSE, sizeof (guint));
  self->pumps = g_ptr_array_new ();
  self->turn_end.run = turn_ended;
  self->stats.fired = send_stats;
  self->drained.fired = drain_fired;
  self->is_running = TRUE;
}

static void
lose_client (gpointer object,
             guint    index,
             gpointer user_data)
{
  gate_client_lose (object, 0);
}

static void
edge_done (GateEdge *self)
{
  if (self->clients != NULL)
    gate_slab_foreach (self->clients, lose_client, NULL);
  free_pumps (self);
  gate_edge_lose_http (self);
  g_clear_pointer (&self->link, gate_link_free);
  g_clear_pointer (&self->vitals, gate_vitals_free);
  g_clear_pointer (&self->metrics, gate_metrics_free);
  g_ptr_array_unref (self->idle_outboxes);
  g_array_unref (self->to_flush);
  g_array_unref (self->waiting);
  g_array_unref (self->paused);
  g_array_unref (self->strangers);
  g_array_unref (self->dead);
  g_ptr_array_unref (self->pumps);
  g_clear_pointer (&self->tls, gate_tls_free);
  g_clear_pointer (&self->clients, gate_slab_free);
  g_clear_pointer (&self->addresses, gate_addresses_free);
  gate_edge_free_settings (self);
  gate_codec_tools_clear (&self->codec_tools);
  wire_buffer_clear (&self->packed);
  wire_buffer_clear (&self->replies);
  wire_buffer_clear (&self->encoded);
  wire_buffer_clear (&self->framed);
  wire_arena_free (self->arena);
  g_free (self->read_buffer);
  gate_loop_free (self->loop);
}

static void
say_hello (GateEdge *self)
{
  Gate__Link__V1__WorkerHello body = GATE__LINK__V1__WORKER_HELLO__INIT;

  body.role = GATE__LINK__V1__WORKER_ROLE__WR_EDGE;
  body.index = self->index;
  body.pid = (guint32) getpid ();
  body.build = (char *) USHER_VERSION;
  body.max_connections = self->max_fds - OWN_FDS;
  (void) gate_link_send_message (self->link, GATE_RECORD_HELLO, 0, 0, &body.base);
}

static gboolean
open_link (GateEdge  *self,
           GError   **error)
{
  g_autofree char *loop = g_strdup_printf ("edge-%u", self->index);

  self->metrics = gate_metrics_open (GATE_METRICS_FD, self->index + 1, loop, error);
  if (self->metrics == NULL)
    return FALSE;
  self->vitals = gate_vitals_new (self->loop, self->metrics);
  self->link = gate_link_new (GATE_LINK_FD, &gate_edge_link_handler, self);
  return gate_link_attach (self->link, self->loop);
}

static gboolean
wait_for_config (GateEdge *self)
{
  gint64 deadline_us = self->start_us + (gint64) CONFIG_TIMEOUT_MS * 1000;

  while (self->is_running && !self->is_configured &&
         gate_loop_get_now_us (self->loop) < deadline_us)
    gate_loop_turn (self->loop, CONFIG_TIMEOUT_MS);
  return self->is_configured;
}

static void
start_serving (GateEdge *self)
{
  self->clients = gate_slab_new (sizeof (GateClient), self->max_fds);
  self->addresses = gate_addresses_new (4 * self->max_fds);
  gate_listener_init (&self->listener, self, GATE_LISTEN_FD);
  gate_listener_update (&self->listener);
  gate_loop_arm (self->loop, &self->stats, STATS_MS);
  gate_log (GATE_LOG_INFO, "edge_serving", "max_connections", "u",
            (guint64) self->settings.max_connections, NULL);
}

/* Frames that can wait are due sooner than the wheel's next tick. */
static int
get_wait_ms (const GateEdge *self)
{
  gint64 wait_us = self->waiting_due_us - gate_loop_get_now_us (self->loop);

  return self->waiting->len == 0 ? -1 : (int) CLAMP ((wait_us + 999) / 1000, 0, 1000);
}

static void
serve (GateEdge *self)
{
  while (self->is_running) {
    gate_loop_turn (self->loop, get_wait_ms (self));
    if (self->waiting->len > 0 && gate_loop_get_now_us (self->loop) >= self->waiting_due_us)
      gate_edge_flush (self);
    if (self->is_draining && gate_edge_get_n_fds (self) == 0)
      gate_edge_quit (self, EXIT_SUCCESS);
  }
}

static int
run (GateEdge *self)
{
  g_autoptr (GError) error = NULL;

  if (!open_link (self, &error)) {
    gate_log (GATE_LOG_ERROR, "edge_no_link", "err", "s",
              error != NULL ? error->message : g_strerror (errno), NULL);
    return EXIT_FAILURE;
  }
  say_hello (self);
  if (!wait_for_config (self)) {
    gate_log (GATE_LOG_ERROR, "edge_no_config", NULL);
    return EXIT_FAILURE;
  }
  if (!gate_sandbox_enter (GATE_SANDBOX_EDGE, &error)) {
    gate_log (GATE_LOG_ERROR, "edge_no_sandbox", "err", "s", error->message, NULL);
    return EXIT_FAILURE;
  }
  start_serving (self);
  serve (self);
  return self->exit_status;
}

int
gate_edge_main (guint index)
{
  GateEdge edge = { 0 };
  int exit_status;

  (void) signal (SIGPIPE, SIG_IGN);
  edge_init (&edge, index);
  exit_status = run (&edge);
  edge_done (&edge);
  return exit_status;
}
