/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where connections come from (edges, the operators' listener), where an upgrade goes, and the sweep over all. */
#include "config.h"

#include "gate-conn-private.h"

#include "gate-log.h"
#include "link.pb-c.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_PER_TURN 16

static gboolean
sweep (gpointer user_data)
{
  GateConns *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  for (GList *item = self->conns.head; item != NULL;) {
    GList *next = item->next;

    gate_conn_sweep (item->data, now_us);
    item = next;
  }
  return G_SOURCE_CONTINUE;
}

static void
peer_free (gpointer data)
{
  GateConnPeer *peer = data;

  gate_link_free (peer->link);
  g_free (peer);
}

GateConns *
gate_conns_new (GateHttp *http)
{
  GateConns *self = g_new0 (GateConns, 1);

  self->http = http;
  self->peers = g_ptr_array_new_with_free_func (peer_free);
  self->listen_fd = -1;
  self->loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  gate_conns_room_init (self);
  self->sweep_id = g_timeout_add_seconds (1, sweep, self);
  return self;
}

void
gate_conns_free (GateConns *self)
{
  if (self == NULL)
    return;
  g_source_remove (self->sweep_id);
  gate_conns_stop_listening (self);
  while (self->conns.head != NULL) {
    GateConn *conn = self->conns.head->data;

    if (conn->stream != NULL)
      gate_stream_orphan (conn->stream);
    conn->stream = NULL;
    gate_conn_free (conn);
  }
  gate_conns_room_done (self);
  g_ptr_array_unref (self->peers);
  g_object_unref (self->loopback);
  g_free (self);
}

/* libsoup writes head and body apart: without this the body waits 40 ms for the acknowledgement of the head. It fails on
 * the Unix sockets of TLS connections, which have no such wait.
 */
static void
send_at_once (int fd)
{
  int yes = 1;

  (void) setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof (yes));
}

/* Nothing of the connection is kept, so its answer is what a fresh socket takes at once. */
static void
turn_away (int   fd,
           guint status)
{
  g_auto (WireBuffer) answer = WIRE_BUFFER_INIT;

  wire_http_write_refusal (&answer, status);
  (void) send (fd, answer.data, answer.n_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
  (void) close (fd);
}

GateConn *
gate_conns_add (GateConns *self,
                int        fd,
                char      *peer,
                gboolean   is_ops)
{
  guint status = self->http->is_draining && !is_ops ? SOUP_STATUS_SERVICE_UNAVAILABLE
                                                    : gate_conns_make_room (self, peer, is_ops);
  GateConn *conn;

  if (status != 0 || fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK) < 0) {
    turn_away (fd, status != 0 ? status : SOUP_STATUS_INTERNAL_SERVER_ERROR);
    g_free (peer);
    return NULL;
  }
  send_at_once (fd);
  conn = g_new0 (GateConn, 1);
  conn->owner = self;
  conn->fd = fd;
  conn->peer = peer;
  conn->is_ops = is_ops;
  conn->since_us = g_get_monotonic_time ();
  gate_conn_enter (conn);
  return conn;
}

/* --- Edges --------------------------------------------------------------------------------------- */

static void
add_client (GateConnPeer                     *peer,
            const GateRecord                 *record,
            const Gate__Link__V1__Descriptor *body)
{
  GateConn *conn = gate_conns_add (peer->owner, record->fd, g_strdup (body->peer), FALSE);

  if (conn == NULL)
    return;
  conn->edge = peer->index;
  conn->is_tls = body->tls;
  wire_buffer_append (&conn->in, body->read.data, body->read.len);
  gate_conn_serve (conn);
}

static gboolean
take_connection (GateConnPeer     *peer,
                 const GateRecord *record)
{
  Gate__Link__V1__Descriptor *body;
  gboolean is_good;

  if (record->type != GATE_RECORD_DESCRIPTOR)
    return FALSE;
  body = gate__link__v1__descriptor__unpack (NULL, record->body_bytes, record->body);
  is_good = body != NULL && body->kind == GATE__LINK__V1__DESCRIPTOR_KIND__DK_HTTP_CONNECTION;
  if (is_good)
    add_client (peer, record, body);
  else
    (void) close (record->fd);
  gate__link__v1__descriptor__free_unpacked (body, NULL);
  return is_good;
}

static void
drop_peer (GateConnPeer *peer)
{
  (void) g_ptr_array_remove_fast (peer->owner->peers, peer);
}

static void
peer_record (GateLink         *link,
             const GateRecord *record,
             gpointer          user_data)
{
  GateConnPeer *peer = user_data;

  if (take_connection (peer, record))
    return;
  gate_log (GATE_LOG_WARNING, "bad_record_from_edge", "worker", "u", (guint64) peer->index, "type",
            "u", (guint64) record->type, NULL);
  drop_peer (peer);
}

static void
peer_closed (GateLink *link,
             gpointer  user_data)
{
  drop_peer (user_data);
}

static const GateLinkHandler peer_handler = { .record = peer_record, .closed = peer_closed };

void
gate_conns_add_peer (GateConns *self,
                     guint      index,
                     int        fd)
{
  GateConnPeer *peer = g_new0 (GateConnPeer, 1);

  for (guint i = 0; i < self->peers->len; i++) {
    GateConnPeer *old = g_ptr_array_index (self->peers, i);

    if (old->index == index) {
      drop_peer (old);
      break;
    }
  }
  peer->owner = self;
  peer->index = index;
  peer->link = gate_link_new (fd, &peer_handler, peer);
  g_ptr_array_add (self->peers, peer);
  gate_link_attach_main_context (peer->link);
}

/* (nullable): the edge that still holds the socket of @conn, or any where the socket is ours. */
static GateConnPeer *
find_peer (GateConns      *self,
           const GateConn *conn)
{
  if (!conn->is_tls && self->peers->len > 0)
    return g_ptr_array_index (self->peers, self->next_peer++ % self->peers->len);
  for (guint i = 0; i < self->peers->len; i++) {
    GateConnPeer *peer = g_ptr_array_index (self->peers, i);

    if (peer->index == conn->edge)
      return peer;
  }
  return NULL;
}

gboolean
gate_conns_hand_back (GateConns *self,
                      GateConn  *conn)
{
  Gate__Link__V1__Descriptor body = GATE__LINK__V1__DESCRIPTOR__INIT;
  GateConnPeer *peer = find_peer (self, conn);

  if (peer == NULL)
    return FALSE;
  body.kind = GATE__LINK__V1__DESCRIPTOR_KIND__DK_HTTP_CONNECTION;
  body.peer = conn->peer;
  body.tls = conn->is_tls;
  body.read = (ProtobufCBinaryData){ conn->in.n_bytes, conn->in.data };
  (void) gate_link_send_descriptor (peer->link, GATE_RECORD_DESCRIPTOR, 0, &body.base, conn->fd);
  conn->fd = -1;
  return TRUE;
}

/* --- Operators ----------------------------------------------------------------------------------- */

static char *
name_address (const struct sockaddr_storage *address)
{
  char text[INET6_ADDRSTRLEN] = "";

  if (address->ss_family == AF_INET)
    (void) inet_ntop (AF_INET, &((const struct sockaddr_in *) address)->sin_addr, text,
                      sizeof (text));
  else if (address->ss_family == AF_INET6)
    (void) inet_ntop (AF_INET6, &((const struct sockaddr_in6 *) address)->sin6_addr, text,
                      sizeof (text));
  return g_strdup (text);
}

static gboolean
listener_ready (int          fd,
                GIOCondition condition,
                gpointer     user_data)
{
  GateConns *self = user_data;

  for (guint i = 0; i < ACCEPTS_PER_TURN; i++) {
    struct sockaddr_storage address = { 0 };
    socklen_t size = sizeof (address);
    int client = accept4 (fd, (struct sockaddr *) &address, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    GateConn *conn;

    if (client < 0)
      break;
    conn = gate_conns_add (self, client, name_address (&address), TRUE);
    if (conn != NULL)
      gate_conn_serve (conn);
  }
  return G_SOURCE_CONTINUE;
}

void
gate_conns_listen (GateConns *self,
                   int        fd)
{
  self->listen_fd = fd;
  (void) fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK);
  self->listener = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_callback (self->listener, G_SOURCE_FUNC (listener_ready), self, NULL);
  g_source_attach (self->listener, NULL);
}

void
gate_conns_stop_listening (GateConns *self)
{
  if (self->listener == NULL)
    return;
  g_source_destroy (self->listener);
  g_clear_pointer (&self->listener, g_source_unref);
  (void) close (self->listen_fd);
}

/* --- All ----------------------------------------------------------------------------------------- */

void
gate_conns_drain (GateConns *self)
{
  for (GList *item = self->conns.head; item != NULL;) {
    GateConn *conn = item->data;

    item = item->next;
    if (conn->stage != GATE_CONN_EXCHANGE)
      gate_conn_free (conn);
  }
}

gboolean
gate_conns_is_in_use (const GateConns *self)
{
  return self->conns.length > 0 || self->peers->len > 0;
}

guint
gate_conns_get_n_open (const GateConns *self)
{
  return self->conns.length;
}
