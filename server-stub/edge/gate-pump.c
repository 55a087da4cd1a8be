/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-client.h"
#include "gate-pump.h"
#include "gate-tls.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAIR_BUFFER_BYTES 32768 /* of the kernel, each direction */

/* One direction: what was read and the other side did not take yet. */
typedef struct {
  WireBuffer waiting;
  gboolean is_over; /* nothing more will be read */
  gboolean is_shut; /* and the other side was told */
} Direction;

struct _GatePump {
  GateWatch client; /* the socket; its descriptor is -1 once it is somebody else's */
  GateWatch pair;   /* our end; http has the other */
  GateTimer timer;
  GateTurnEnd begin;
  GateEdge *edge; /* borrowed */
  SSL *ssl;
  guint64 address; /* as counted in edge->addresses */
  ino_t http_end;  /* who gives a client back shows the very socket */
  guint32 moved_ms;
  Direction up;
  Direction down;
};

/* --- The end ---------------------------------------------------------------------------------------- */

static void
unwatch (GatePump  *self,
         GateWatch *watch)
{
  if (watch->events != 0)
    gate_loop_remove (self->edge->loop, watch);
  watch->events = 0;
}

void
gate_pump_free (GatePump *self)
{
  GateEdge *edge = self->edge;

  gate_loop_cancel_turn_end (edge->loop, &self->begin);
  gate_loop_disarm (edge->loop, &self->timer);
  unwatch (self, &self->client);
  unwatch (self, &self->pair);
  if (self->client.fd >= 0)
    close (self->client.fd);
  close (self->pair.fd);
  SSL_free (self->ssl);
  wire_buffer_clear (&self->up.waiting);
  wire_buffer_clear (&self->down.waiting);
  gate_addresses_leave (edge->addresses, self->address);
  (void) g_ptr_array_remove_fast (edge->pumps, self);
  g_free (self);
  gate_listener_update (&edge->listener);
}

/* --- Moving ----------------------------------------------------------------------------------------- */

static gssize
read_client (GatePump *self,
             guint8   *buffer,
             gsize     n_bytes)
{
  return gate_tls_read (self->edge->tls, self->ssl, self->client.fd, buffer, n_bytes);
}

static gssize
write_client (GatePump     *self,
              const guint8 *bytes,
              gsize         n_bytes)
{
  return gate_tls_write (self->edge->tls, self->ssl, self->client.fd, bytes, n_bytes);
}

static void
shut_client (GatePump *self)
{
  gate_tls_shut (self->edge->tls, self->ssl, self->client.fd);
  /* http has answered and closed: the client has a moment to close too, as any other. */
  gate_loop_arm (self->edge->loop, &self->timer, GATE_EDGE_CLOSING_MS);
}

static gssize
read_pair (GatePump *self,
           guint8   *buffer,
           gsize     n_bytes)
{
  return recv (self->pair.fd, buffer, n_bytes, MSG_DONTWAIT);
}

/* http may have closed while the client still sends: that is read and forgotten, so that no reset overtakes the answer. */
static gssize
write_pair (GatePump     *self,
            const guint8 *bytes,
            gsize         n_bytes)
{
  gssize n = send (self->pair.fd, bytes, n_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);

  return n < 0 && (errno == EPIPE || errno == ECONNRESET) ? (gssize) n_bytes : n;
}

static void
shut_pair (GatePump *self)
{
  (void) shutdown (self->pair.fd, SHUT_WR);
}

typedef struct {
  gssize (*read) (GatePump *self, guint8 *buffer, gsize n_bytes);
  gssize (*write) (GatePump *self, const guint8 *bytes, gsize n_bytes);
  void (*shut) (GatePump *self);
} Way;

static const Way up_way = { read_client, write_pair, shut_pair };
static const Way down_way = { read_pair, write_client, shut_client };

static gboolean
would_block (void)
{
  return errno == EAGAIN || errno == EINTR;
}

/* FALSE: it is broken. */
static gboolean
write_waiting (GatePump  *self,
               Direction *direction,
               const Way *way)
{
  gssize n = way->write (self, direction->waiting.data, direction->waiting.n_bytes);

  if (n < 0)
    return would_block ();
  wire_buffer_consume (&direction->waiting, (gsize) n);
  if (direction->waiting.n_bytes == 0)
    wire_buffer_clear (&direction->waiting);
  return TRUE;
}

static gboolean
read_and_write (GatePump  *self,
                Direction *direction,
                const Way *way)
{
  guint8 *buffer = self->edge->read_buffer;
  gssize n = way->read (self, buffer, GATE_EDGE_READ_BYTES);
  gssize n_written;

  if (n < 0)
    return would_block ();
  if (n == 0) {
    direction->is_over = TRUE;
    return TRUE;
  }
  self->moved_ms = gate_edge_now_ms (self->edge);
  n_written = way->write (self, buffer, (gsize) n);
  if (n_written < 0 && !would_block ())
    return FALSE;
  n_written = MAX (n_written, 0);
  wire_buffer_append (&direction->waiting, buffer + n_written, (gsize) (n - n_written));
  return TRUE;
}

static gboolean
move (GatePump  *self,
      Direction *direction,
      const Way *way)
{
  gboolean is_good = TRUE;

  if (direction->waiting.n_bytes > 0)
    is_good = write_waiting (self, direction, way);
  else if (!direction->is_over)
    is_good = read_and_write (self, direction, way);
  if (direction->waiting.n_bytes == 0 && direction->is_over && !direction->is_shut) {
    direction->is_shut = TRUE;
    way->shut (self);
  }
  return is_good;
}

/* --- Events ----------------------------------------------------------------------------------------- */

static guint32
events_for (const Direction *from_here,
            const Direction *to_here)
{
  gboolean is_reading = !from_here->is_over && from_here->waiting.n_bytes == 0;

  return (is_reading ? EPOLLIN : 0) | (to_here->waiting.n_bytes > 0 ? EPOLLOUT : 0);
}

/* A side that nothing is wanted from is not watched at all: its hang-up would be told again and again. */
static gboolean
update_watch (GatePump  *self,
              GateWatch *watch,
              guint32    events)
{
  GateLoop *loop = self->edge->loop;

  if (events == watch->events)
    return TRUE;
  if (events == 0) {
    unwatch (self, watch);
    return TRUE;
  }
  if (watch->events != 0) {
    gate_loop_modify (loop, watch, events);
    return TRUE;
  }
  watch->events = events;
  return gate_loop_add (loop, watch);
}

/* Goes on, or frees it. */
static void
carry_on (GatePump *self,
          gboolean  is_good)
{
  if (!is_good || (self->up.is_shut && self->down.is_shut) ||
      !update_watch (self, &self->client, events_for (&self->up, &self->down)) ||
      !update_watch (self, &self->pair, events_for (&self->down, &self->up)))
    gate_pump_free (self);
}

static void
client_ready (GateWatch *watch,
              guint32    events)
{
  GatePump *self = (GatePump *) watch;
  gboolean is_good = TRUE;

  if (events & EPOLLOUT)
    is_good = move (self, &self->down, &down_way);
  if (is_good && events & EPOLLIN)
    is_good = move (self, &self->up, &up_way);
  /* Gone both ways, and nobody reads what it may have said before. */
  if (events & (EPOLLHUP | EPOLLERR) && (events & EPOLLIN) == 0)
    is_good = FALSE;
  carry_on (self, is_good);
}

static void
pair_ready (GateWatch *watch,
            guint32    events)
{
  GatePump *self = (GatePump *) (gpointer) ((guint8 *) watch - G_STRUCT_OFFSET (GatePump, pair));
  gboolean is_good = TRUE;

  if (self->up.waiting.n_bytes > 0)
    is_good = move (self, &self->up, &up_way);
  if (is_good && self->down.waiting.n_bytes == 0)
    is_good = move (self, &self->down, &down_way);
  carry_on (self, is_good);
}

static void
timer_fired (GateTimer *timer)
{
  GatePump *self = (GatePump *) (gpointer) ((guint8 *) timer - G_STRUCT_OFFSET (GatePump, timer));
  guint32 idle_ms = gate_edge_now_ms (self->edge) - self->moved_ms;

  if (self->down.is_shut || idle_ms >= GATE_PUMP_IDLE_MS)
    gate_pump_free (self);
  else
    gate_loop_arm (self->edge->loop, &self->timer, GATE_PUMP_IDLE_MS - idle_ms);
}

/* --- The beginning ---------------------------------------------------------------------------------- */

/* The client that had the socket is forgotten by now. */
static void
begin (GateTurnEnd *turn_end)
{
  GatePump *self =
    (GatePump *) (gpointer) ((guint8 *) turn_end - G_STRUCT_OFFSET (GatePump, begin));

  gate_loop_arm (self->edge->loop, &self->timer, GATE_PUMP_IDLE_MS);
  carry_on (self, TRUE);
}

static gboolean
open_pair (int ret_pair[2])
{
  int bytes = PAIR_BUFFER_BYTES / 2; /* socket(7): the kernel doubles it */

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ret_pair) != 0)
    return FALSE;
  for (guint i = 0; i < 2; i++)
    (void) setsockopt (ret_pair[i], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  return TRUE;
}

static ino_t
inode_of (int fd)
{
  struct stat info;

  return fstat (fd, &info) == 0 ? info.st_ino : 0;
}

int
gate_pump_new (GateClient *client)
{
  GateEdge *edge = client->edge;
  GateAddressLimits any = { 0 };
  int pair[2];
  GatePump *self;

  if (edge->pumps->len >= GATE_PUMPS_MAX || !open_pair (pair))
    return -1;
  /* It was admitted when it was accepted; the client that is forgotten leaves once. */
  if (!gate_addresses_admit (edge->addresses, client->address, &any,
                             gate_loop_get_now_us (edge->loop))) {
    close (pair[0]);
    close (pair[1]);
    return -1;
  }
  self = g_new0 (GatePump, 1);
  self->edge = edge;
  self->client = (GateWatch){ client->watch.fd, 0, client_ready };
  self->pair = (GateWatch){ pair[0], 0, pair_ready };
  self->timer.fired = timer_fired;
  self->begin.run = begin;
  self->ssl = gate_tls_steal (edge->tls, client);
  self->address = client->address;
  self->http_end = inode_of (pair[1]);
  self->moved_ms = gate_edge_now_ms (edge);
  g_ptr_array_add (edge->pumps, self);
  gate_loop_at_turn_end (edge->loop, &self->begin);
  return pair[1];
}

/* --- The way back ----------------------------------------------------------------------------------- */

static GatePump *
find (GateEdge *edge,
      int       fd)
{
  ino_t inode = inode_of (fd);

  for (guint i = 0; i < edge->pumps->len; i++) {
    GatePump *pump = g_ptr_array_index (edge->pumps, i);

    if (inode != 0 && pump->http_end == inode)
      return pump;
  }
  return NULL;
}

/* What lies in a socket of the pair: the kernel's buffer at most. */
static void
drain (int         fd,
       WireBuffer *into)
{
  gssize n;

  do {
    n = recv (fd, wire_buffer_reserve (into, PAIR_BUFFER_BYTES), PAIR_BUFFER_BYTES, MSG_DONTWAIT);
    into->n_bytes += (gsize) MAX (n, 0);
  } while (n > 0);
}

/* What http has answered goes out first; what the client has sent behind the request that came back follows it. */
static void
take_back (GatePump *self,
           int       fd,
           WireSpan  read)
{
  GateEdge *edge = self->edge;
  g_auto (WireBuffer) down = self->down.waiting;
  g_auto (WireBuffer) up = WIRE_BUFFER_INIT;
  int client_fd = self->client.fd;
  guint64 address = self->address;
  SSL *ssl = g_steal_pointer (&self->ssl);
  GateClient *client;

  drain (self->pair.fd, &down);
  wire_buffer_append (&up, read.data, read.n_bytes);
  drain (fd, &up);
  wire_buffer_append (&up, self->up.waiting.data, self->up.waiting.n_bytes);
  self->down.waiting = (WireBuffer) WIRE_BUFFER_INIT;
  unwatch (self, &self->client);
  self->client.fd = -1;
  client = gate_client_new (edge, client_fd, address);
  if (client == NULL) {
    SSL_free (ssl);
    return;
  }
  gate_tls_adopt (edge->tls, client, ssl);
  gate_client_push_bytes (client, down.data, down.n_bytes);
  gate_client_process (client, (WireSpan){ up.data, up.n_bytes });
}

void
gate_pump_take_back (GateEdge *edge,
                     int       fd,
                     WireSpan  read)
{
  GatePump *self = find (edge, fd);
  GateAddressLimits any = { 0 };

  /* Counted twice for a moment: the pump leaves when it goes. */
  if (self != NULL && gate_addresses_admit (edge->addresses, self->address, &any,
                                            gate_loop_get_now_us (edge->loop)))
    take_back (self, fd, read);
  if (self != NULL)
    gate_pump_free (self);
  close (fd);
}
