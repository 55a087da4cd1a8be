/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slowness: how long each stage of a connection may last, and the least that a client must send and take meanwhile. Whoever is
 * slower holds a place that others wait for.
 */
#include "config.h"

#include "gate-conn-private.h"

#include <sys/socket.h>

#define HEAD_US          ((gint64) 10 * G_USEC_PER_SEC) /* SECURITY.md 2.9 */
#define IDLE_US          ((gint64) 15 * G_USEC_PER_SEC) /* between two requests */
#define LINGER_US        ((gint64) 2 * G_USEC_PER_SEC)
#define BODY_US          ((gint64) 30 * G_USEC_PER_SEC) /* for all of a body that is kept in memory */
#define SEND_US          ((gint64) 10 * G_USEC_PER_SEC)
#define SEND_MIN_BYTES   1000 /* 100 B/s, SECURITY.md 2.9 */
#define TAKE_US          ((gint64) 30 * G_USEC_PER_SEC)
#define TAKE_MIN_BYTES   3000 /* likewise; in a longer window, because sockets take in gulps */
#define OWING_US         ((gint64) 1 * G_USEC_PER_SEC) /* while others wait for the place */
#define LINGER_MAX_BYTES ((gsize) 1024 * 1024)

void
gate_conn_pace_begin (GateConn *self)
{
  self->window_us = self->since_us;
  self->window_bytes = 0;
  self->blocked_us = 0;
  self->taken_bytes = 0;
}

void
gate_conn_pace_note (GateConn *self,
                     gsize     n_read,
                     gsize     n_written)
{
  self->window_bytes += n_read;
  self->taken_bytes += n_written;
  if (self->taken_bytes < TAKE_MIN_BYTES)
    return;
  self->blocked_us = 0;
  self->taken_bytes = 0;
}

gboolean
gate_conn_pace_lingers_on (GateConn *self,
                           gsize     n_read)
{
  self->window_bytes += n_read;
  return self->window_bytes <= LINGER_MAX_BYTES;
}

gboolean
gate_conn_pace_owes (GateConn *self,
                     gint64    now_us)
{
  if (self->is_dead || now_us - self->since_us < OWING_US)
    return FALSE;
  if (self->stage == GATE_CONN_EXCHANGE)
    return self->body_bytes > 0 && gate_stream_get_unread_bytes (self->stream) > 0;
  return self->stage == GATE_CONN_HEAD && self->in.n_bytes > 0;
}

void
gate_conn_pace_cut_off (GateConn *self)
{
  if (self->stage != GATE_CONN_EXCHANGE) {
    gate_conn_free (self);
    return;
  }
  /* libsoup holds the stream: it ends by itself when the socket is dead. */
  self->is_dead = TRUE;
  (void) shutdown (self->fd, SHUT_RDWR);
}

static gboolean
takes_too_slowly (GateConn *self,
                  gint64    now_us)
{
  if (self->blocked_us == 0 && gate_stream_is_blocked (self->stream)) {
    self->blocked_us = now_us;
    self->taken_bytes = 0;
  }
  return self->blocked_us != 0 && now_us - self->blocked_us > TAKE_US;
}

static gboolean
sends_too_slowly (GateConn *self,
                  gint64    now_us)
{
  gboolean is_slow = FALSE;

  if (gate_stream_get_unread_bytes (self->stream) == 0)
    return FALSE;
  if (self->body_bytes > 0 && now_us - self->since_us > BODY_US)
    return TRUE;
  if (now_us - self->window_us >= SEND_US) {
    is_slow = self->window_bytes < SEND_MIN_BYTES;
    self->window_us = now_us;
    self->window_bytes = 0;
  }
  return is_slow;
}

void
gate_conn_sweep (GateConn *self,
                 gint64    now_us)
{
  gint64 age_us = now_us - self->since_us;

  switch (self->stage) {
  case GATE_CONN_HEAD:
    if (age_us > (self->in.n_bytes > 0 || self->n_requests == 0 ? HEAD_US : IDLE_US))
      gate_conn_free (self);
    break;
  case GATE_CONN_EXCHANGE:
    if (!self->is_dead && (takes_too_slowly (self, now_us) || sends_too_slowly (self, now_us)))
      gate_conn_pace_cut_off (self);
    break;
  case GATE_CONN_LINGER:
    if (age_us > LINGER_US)
      gate_conn_free (self);
    break;
  default:
    g_assert_not_reached ();
  }
}
