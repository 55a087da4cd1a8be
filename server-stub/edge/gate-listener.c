/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All edges wait on one listening socket, so that none is ever left with connections that only it could take: one that is full,
 * or dead, or stopped, just does not wait.
 *
 * The kernel wakes the first waiter of that socket that is idle (EPOLLEXCLUSIVE), and always begins with the same one,
 * so the first edge would get nearly everything while there is little to do. So an edge that was woken goes to
 * the end of the line: it takes its watch off and puts it back. Putting back looks at the socket again, so nothing that came
 * in between is missed.
 *
 * An edge that is full of people leaves the line. One that is full of strangers does so too, but comes back when a connection has
 * waited for a while that nobody else took, and makes room for it.
 */
#include "config.h"

#include "gate-client.h"

#include "gate-log.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define USER_TIMEOUT_MS  30000 /* a dead peer with unsent data: `PROTOCOLS.md` 2d.5 point 2 */
#define UNSENT_LOW_BYTES 65536 /* what the kernel takes beyond what is on its way */
#define DEFER_ACCEPT_S   10
#define RETRY_MS         200
#define PRESS_MS         100  /* an edge with room takes a connection in far less */
#define PRESSED_MS       1000 /* before it is asked again whether they have */

static void
set_option (int         fd,
            int         option,
            int         value,
            const char *name)
{
  if (setsockopt (fd, IPPROTO_TCP, option, &value, sizeof value) != 0)
    gate_log (GATE_LOG_WARNING, "edge_socket_option", "option", "s", name, "err", "s",
              g_strerror (errno), NULL);
}

/* Accepted sockets inherit these, which saves three system calls for each connection. */
static void
set_options (int fd)
{
  set_option (fd, TCP_NODELAY, 1, "TCP_NODELAY");
  set_option (fd, TCP_USER_TIMEOUT, USER_TIMEOUT_MS, "TCP_USER_TIMEOUT");
  set_option (fd, TCP_NOTSENT_LOWAT, UNSENT_LOW_BYTES, "TCP_NOTSENT_LOWAT");
  set_option (fd, TCP_DEFER_ACCEPT, DEFER_ACCEPT_S, "TCP_DEFER_ACCEPT");
}

static void
watch (GateListener *self)
{
  if (self->is_watching)
    return;
  if (gate_loop_add (self->edge->loop, &self->watch))
    self->is_watching = TRUE;
  else
    g_error ("edge: cannot watch the listening socket: %s", g_strerror (errno));
}

static void
unwatch (GateListener *self)
{
  if (!self->is_watching)
    return;
  gate_loop_remove (self->edge->loop, &self->watch);
  self->is_watching = FALSE;
}

static void
admit (GateEdge                      *edge,
       int                            fd,
       const struct sockaddr_storage *address,
       gboolean                       makes_room)
{
  guint64 key = gate_addresses_key (address);
  gint64 now_us = gate_loop_get_now_us (edge->loop);

  if (gate_addresses_admit (edge->addresses, key, &edge->settings.address, now_us)) {
    if (makes_room)
      gate_edge_make_room (edge);
    (void) gate_client_new (edge, fd, key);
    return;
  }
  gate_metrics_add (edge->metrics, GATE_METRIC_FRAMES_REJECTED, GATE_REJECTED_ADDRESS_LIMIT, 1);
  gate_metrics_add (edge->metrics, GATE_METRIC_CONNECTIONS_CLOSED, GATE_CLOSED_OVERLOAD, 1);
  close (fd);
}

/* FALSE: nothing more can be taken now. */
static gboolean
accept_one (GateListener *self,
            gboolean      makes_room)
{
  struct sockaddr_storage address = { 0 };
  socklen_t address_bytes = sizeof address;
  int fd = accept4 (self->watch.fd, (struct sockaddr *) &address, &address_bytes,
                    SOCK_NONBLOCK | SOCK_CLOEXEC);

  if (fd >= 0) {
    admit (self->edge, fd, &address, makes_room);
    return TRUE;
  }
  if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
    gate_log (GATE_LOG_WARNING, "edge_accept_failed", "err", "s", g_strerror (errno), NULL);
    unwatch (self);
    gate_loop_arm (self->edge->loop, &self->retry, RETRY_MS);
    return FALSE;
  }
  /* A connection that was reset while it waited is no reason to stop. */
  return errno == ECONNABORTED || errno == EINTR || errno == EPROTO;
}

static void
listener_ready (GateWatch *watch_ready,
                guint32    events)
{
  GateListener *self = (GateListener *) watch_ready;
  gboolean is_more = TRUE;

  for (guint i = 0; is_more && i < GATE_EDGE_ACCEPTS_PER_TURN && gate_edge_has_place (self->edge);
       i++)
    is_more = accept_one (self, TRUE);
  /* To the end of the line. */
  if (self->is_watching) {
    unwatch (self);
    gate_listener_update (self);
  }
}

static void
press_fired (GateTimer *timer)
{
  GateListener *self =
    (GateListener *) (gpointer) ((guint8 *) timer - G_STRUCT_OFFSET (GateListener, press));
  struct pollfd waiting = { .fd = self->watch.fd, .events = POLLIN };

  self->is_pressed = poll (&waiting, 1, 0) > 0;
  if (self->is_pressed)
    gate_loop_arm (self->edge->loop, &self->press, PRESSED_MS);
  gate_listener_update (self);
}

static void
retry_fired (GateTimer *timer)
{
  gate_listener_update (
    (GateListener *) (gpointer) ((guint8 *) timer - G_STRUCT_OFFSET (GateListener, retry)));
}

void
gate_listener_init (GateListener *self,
                    GateEdge     *edge,
                    int           fd)
{
  self->edge = edge;
  self->watch = (GateWatch){ fd, EPOLLIN | EPOLLEXCLUSIVE, listener_ready };
  self->retry.fired = retry_fired;
  self->press.fired = press_fired;
  set_options (fd);
}

void
gate_listener_update (GateListener *self)
{
  GateEdge *edge = self->edge;

  if (!edge->is_configured || edge->is_draining || gate_timer_is_armed (&self->retry))
    return;
  if (gate_edge_has_place (edge)) {
    watch (self);
    return;
  }
  if (gate_edge_has_strangers (edge) && !gate_timer_is_armed (&self->press))
    gate_loop_arm (edge->loop, &self->press, PRESS_MS);
  if (!self->is_watching)
    return;
  /* The kernel may have woken us, and nobody else, for what came before the watch was off: one more look. Nobody goes for it: the
   * other edges may have room, and there are descriptors for one more than there are places. */
  unwatch (self);
  (void) accept_one (self, FALSE);
}

void
gate_listener_stop (GateListener *self)
{
  if (self->watch.fd < 0)
    return;
  unwatch (self);
  gate_loop_disarm (self->edge->loop, &self->retry);
  gate_loop_disarm (self->edge->loop, &self->press);
  close (self->watch.fd);
  self->watch.fd = -1;
}
