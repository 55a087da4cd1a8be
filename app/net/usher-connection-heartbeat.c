/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-connection"
#include "config.h"

#include "usher-connection-private.h"

/* The client asks, the edge answers (PROTOCOLS.md 2d.5 point 2). A path that is dead in one direction shows itself
 * as a Ping without any answer: TCP alone would not notice for a quarter of an hour. */

static void
pong_missing_cb (gpointer user_data)
{
  UsherConnection *self = user_data;

  self->pong_id = 0;
  g_debug ("no sign of life after a ping: the path is dead");
  usher_connection_lost (self, 0);
}

static void
ping_cb (gpointer user_data)
{
  UsherConnection *self = user_data;

  self->ping_id = 0;
  usher_connection_ping (self);
  usher_connection_heartbeat_start (self);
}

void
usher_connection_ping (UsherConnection *self)
{
  Gate__V1__Ping ping = GATE__V1__PING__INIT;
  Gate__V1__Frame frame = GATE__V1__FRAME__INIT;

  ping.n = ++self->n_pings;
  frame.body_case = GATE__V1__FRAME__BODY_PING;
  frame.ping = &ping;
  if (usher_connection_write (self, &frame) && self->pong_id == 0)
    self->pong_id = g_timeout_add_once (self->times.pong_ms, pong_missing_cb, self);
}

void
usher_connection_heartbeat_start (UsherConnection *self)
{
  guint tenth_ms = self->ping_ms / 10;

  g_clear_handle_id (&self->ping_id, g_source_remove);
  self->ping_id = g_timeout_add_once (self->ping_ms - tenth_ms +
                                        (guint) g_random_int_range (0, 2 * (gint32) tenth_ms + 1),
                                      ping_cb, self);
}

void
usher_connection_heartbeat_stop (UsherConnection *self)
{
  g_clear_handle_id (&self->ping_id, g_source_remove);
  g_clear_handle_id (&self->pong_id, g_source_remove);
}
