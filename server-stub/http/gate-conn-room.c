/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Room for connections: how many there are in all and of one address, and who goes when somebody comes and there is no more. An
 * idle kept-alive connection is a courtesy, so the one that is idle longest goes first; a client notices no more than
 * that it has to connect again. After those go the ones whose requests do not get finished.
 */
#include "config.h"

#include "gate-conn-private.h"

#include "gate-http-config.h"
#include "gate-vitals.h"

void
gate_conns_room_init (GateConns *self)
{
  guint max_fds = gate_vitals_raise_max_fds ();

  self->max_conns = CLAMP (max_fds > GATE_CONNS_OTHER_FDS ? max_fds - GATE_CONNS_OTHER_FDS : 0,
                           2 * GATE_CONNS_OPS_RESERVE, GATE_CONNS_MAX);
  self->addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

void
gate_conns_room_done (GateConns *self)
{
  g_hash_table_unref (self->addresses);
}

static guint
count_of (GateConns  *self,
          const char *peer)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->addresses, peer));
}

static void
set_count (GateConns  *self,
           const char *peer,
           guint       n)
{
  if (n == 0)
    (void) g_hash_table_remove (self->addresses, peer);
  else
    (void) g_hash_table_insert (self->addresses, g_strdup (peer), GUINT_TO_POINTER (n));
}

/* Closes the connection that has been idle longest, @peer's when it is not NULL. FALSE: none is idle. */
static gboolean
close_idle (GateConns  *self,
            const char *peer)
{
  for (GList *item = self->idle.head; item != NULL; item = item->next) {
    GateConn *conn = item->data;

    if (peer != NULL && !g_str_equal (conn->peer, peer))
      continue;
    gate_conn_free (conn);
    return TRUE;
  }
  return FALSE;
}

/* Cuts off whoever has owed the rest of a request for longest. They go when libsoup lets go of them, in this turn or the next. */
static gboolean
cut_off_owing (GateConns *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (self->conns.length >= self->max_conns - GATE_CONNS_OPS_RESERVE + GATE_CONNS_LEAVING)
    return FALSE;
  for (GList *item = self->conns.head; item != NULL; item = item->next) {
    GateConn *conn = item->data;

    if (conn->is_ops || !gate_conn_pace_owes (conn, now_us))
      continue;
    gate_conn_pace_cut_off (conn);
    return TRUE;
  }
  return FALSE;
}

guint
gate_conns_make_room (GateConns  *self,
                      const char *peer,
                      gboolean    is_ops)
{
  guint most = self->http->config != NULL ? self->http->config->max_connections_per_address : 0;

  if (is_ops)
    return self->conns.length < self->max_conns ? 0 : SOUP_STATUS_SERVICE_UNAVAILABLE;
  if (most > 0 && count_of (self, peer) >= most && !close_idle (self, peer))
    return 429;
  if (self->conns.length < self->max_conns - GATE_CONNS_OPS_RESERVE || close_idle (self, NULL) ||
      cut_off_owing (self))
    return 0;
  return SOUP_STATUS_SERVICE_UNAVAILABLE;
}

void
gate_conn_enter (GateConn *self)
{
  GateConns *conns = self->owner;

  g_queue_push_tail (&conns->conns, self);
  self->link = conns->conns.tail;
  if (!self->is_ops)
    set_count (conns, self->peer, count_of (conns, self->peer) + 1);
}

void
gate_conn_leave (GateConn *self)
{
  GateConns *conns = self->owner;

  gate_conn_set_idle (self, FALSE);
  g_queue_delete_link (&conns->conns, self->link);
  if (!self->is_ops)
    set_count (conns, self->peer, count_of (conns, self->peer) - 1);
}

/* Operators' connections are never closed for a client's. */
void
gate_conn_set_idle (GateConn *self,
                    gboolean  is_idle)
{
  GQueue *idle = &self->owner->idle;

  if (self->is_ops || is_idle == (self->idle_link != NULL))
    return;
  if (is_idle) {
    g_queue_push_tail (idle, self);
    self->idle_link = idle->tail;
  } else {
    g_queue_delete_link (idle, self->idle_link);
    self->idle_link = NULL;
  }
}
