/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a connection: OPENING → STRANGER → SIGNED_IN → CLOSING → gone. Its memory goes at the end of the turn, so
 * every callback may close any connection, its own included.
 */
#include "config.h"

#include "gate-client.h"

#include "gate-log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Measured with the rest of the edge by tests/bench/bench-edge-idle: 256 is the promise, 200 the aim. */
G_STATIC_ASSERT (sizeof (GateClient) <= 208);

static GateClosedLabel
label_of_code (guint code)
{
  static const GateClosedLabel own[] = {
    GATE_CLOSED_AUTH,    GATE_CLOSED_AUTH, GATE_CLOSED_SUPERSEDED,
    GATE_CLOSED_RESUME,  GATE_CLOSED_IDLE, GATE_CLOSED_RATE,
    GATE_CLOSED_VERSION, GATE_CLOSED_SLOW, GATE_CLOSED_POLICY,
  };

  if (code >= 4001 && code < 4001 + G_N_ELEMENTS (own))
    return own[code - 4001];
  if (code == 1002 || code == 1003 || code == 1007)
    return GATE_CLOSED_PROTOCOL;
  if (code == 0)
    return GATE_CLOSED_GONE;
  if (code == 1009)
    return GATE_CLOSED_TOO_BIG;
  if (code == 1008)
    return GATE_CLOSED_POLICY;
  if (code == 1012 || code == 4010)
    return GATE_CLOSED_RESTART;
  if (code == 1013)
    return GATE_CLOSED_OVERLOAD;
  return code == 1000 || code == 1001 || code == 1005 ? GATE_CLOSED_NORMAL : GATE_CLOSED_ERROR;
}

static guint
label_now (const GateClient *self)
{
  guint transport = self->framing == GATE_FRAMING_NONE     ? GATE_TRANSPORT_LABEL_NONE
                    : self->framing == GATE_FRAMING_RECORD ? GATE_TRANSPORT_LABEL_TCP
                                                           : GATE_TRANSPORT_LABEL_WS;
  guint role = GATE_ROLE_LABEL_NONE;

  if (self->limits->is_signed_in)
    role =
      self->limits->role == GATE__V1__ROLE__AGENT ? GATE_ROLE_LABEL_AGENT : GATE_ROLE_LABEL_VISITOR;
  return GATE_LABEL_CONNECTION (transport, role, self->codec);
}

void
gate_client_count (GateClient *self)
{
  GateMetrics *metrics = self->edge->metrics;
  guint label = label_now (self);

  if (label == self->label)
    return;
  gate_metrics_add (metrics, GATE_METRIC_CONNECTIONS, self->label, (guint64) -1);
  gate_metrics_add (metrics, GATE_METRIC_CONNECTIONS, label, 1);
  self->label = (guint8) label;
}

void
gate_client_dup_peer (const GateClient *self,
                      char              ret_text[46])
{
  struct sockaddr_storage address = { 0 };
  socklen_t address_bytes = sizeof address;
  const struct sockaddr_in *v4 = (gconstpointer) &address;
  const struct sockaddr_in6 *v6 = (gconstpointer) &address;

  ret_text[0] = '\0';
  if (getpeername (self->watch.fd, (struct sockaddr *) &address, &address_bytes) != 0)
    return;
  if (address.ss_family == AF_INET)
    (void) inet_ntop (AF_INET, &v4->sin_addr, ret_text, INET6_ADDRSTRLEN);
  else if (address.ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED (&v6->sin6_addr))
    (void) inet_ntop (AF_INET, v6->sin6_addr.s6_addr + 12, ret_text, INET6_ADDRSTRLEN);
  else if (address.ss_family == AF_INET6)
    (void) inet_ntop (AF_INET6, &v6->sin6_addr, ret_text, INET6_ADDRSTRLEN);
}

gboolean
gate_client_is_visitor (const GateClient *self)
{
  return self->limits->is_signed_in && self->limits->role != GATE__V1__ROLE__AGENT;
}

/* --- The end ---------------------------------------------------------------------------------------- */

static void
bury (GateClient *self)
{
  GateEdge *edge = self->edge;
  guint index = self->number & ((1u << GATE_CLIENT_INDEX_BITS) - 1);

  self->is_dead = TRUE;
  gate_loop_remove (edge->loop, &self->watch);
  gate_loop_disarm (edge->loop, &self->timer);
  gate_client_drop_outbox (self);
  gate_transports[self->transport].release (self);
  wire_buffer_clear (&self->reader.partial);
  g_clear_pointer (&self->opening, gate_client_opening_free);
  gate_metrics_add (edge->metrics, GATE_METRIC_CONNECTIONS, self->label, (guint64) -1);
  edge->n_visitors -= gate_client_is_visitor (self);
  gate_edge_unuse_limits (edge, self->limits);
  gate_addresses_leave (edge->addresses, self->address);
  g_array_append_val (edge->dead, index);
  gate_loop_at_turn_end (edge->loop, &edge->turn_end);
}

void
gate_client_forget (GateClient *self)
{
  bury (self);
}

static void
bury_and_close (GateClient *self)
{
  bury (self);
  close (self->watch.fd);
}

static void
count_closed (GateClient      *self,
              GateClosedLabel  why)
{
  gate_metrics_add (self->edge->metrics, GATE_METRIC_CONNECTIONS_CLOSED, why, 1);
}

static void
tell_core (GateClient *self,
           guint       code,
           const char *reason)
{
  Gate__Link__V1__Closed body = GATE__LINK__V1__CLOSED__INIT;

  if (!self->is_opened)
    return;
  body.code = code;
  body.reason = (char *) (reason != NULL ? reason : "");
  self->edge->is_link_over |=
    !gate_link_send_message (self->edge->link, GATE_RECORD_CLOSED, 0, self->number, &body.base);
}

void
gate_client_lose (GateClient *self,
                  guint       code)
{
  if (self->is_dead)
    return;
  if (self->stage != GATE_CLIENT_CLOSING) {
    tell_core (self, code, NULL);
    count_closed (self, label_of_code (code));
  }
  bury_and_close (self);
}

static void
begin_closing (GateClient *self)
{
  gate_client_enter_stage (self, GATE_CLIENT_CLOSING);
  wire_buffer_clear (&self->reader.partial);
  if (self->outbox == NULL)
    gate_client_push_bytes (self, NULL, 0);
}

void
gate_client_refuse (GateClient       *self,
                    const WireBuffer *answer,
                    GateClosedLabel   why)
{
  if (self->is_dead || self->stage == GATE_CLIENT_CLOSING)
    return;
  tell_core (self, 0, NULL);
  count_closed (self, why);
  if (answer == NULL) {
    bury_and_close (self);
    return;
  }
  gate_client_push_bytes (self, answer->data, answer->n_bytes);
  begin_closing (self);
}

void
gate_client_close (GateClient *self,
                   guint       code,
                   const char *reason)
{
  const GateFraming *framing = &gate_framings[self->framing];
  g_auto (WireBuffer) last = WIRE_BUFFER_INIT;

  if (self->is_dead || self->stage == GATE_CLIENT_CLOSING)
    return;
  tell_core (self, code, reason);
  count_closed (self, label_of_code (code));
  if (self->framing == GATE_FRAMING_NONE) {
    bury_and_close (self);
    return;
  }
  /* A framing that cannot say why it ends gets a last frame that does. */
  if (framing->write_close == NULL)
    gate_client_queue_last_error (self, code, reason != NULL ? reason : "closed");
  else
    framing->write_close (&last, code == 1005 ? 1000 : code, reason);
  gate_client_frame_all (self);
  gate_client_push_bytes (self, last.data, last.n_bytes);
  begin_closing (self);
}

/* --- Deadlines -------------------------------------------------------------------------------------- */

static guint
stage_timeout_ms (const GateClient *self)
{
  const GateEdgeSettings *settings = &self->edge->settings;

  if (self->stage == GATE_CLIENT_OPENING)
    return settings->head_timeout_ms;
  if (self->stage == GATE_CLIENT_STRANGER)
    return settings->hello_timeout_ms;
  return self->stage == GATE_CLIENT_SIGNED_IN ? settings->idle_ms : GATE_EDGE_CLOSING_MS;
}

void
gate_client_enter_stage (GateClient      *self,
                         GateClientStage  stage)
{
  self->stage = (guint8) stage;
  gate_loop_arm (self->edge->loop, &self->timer, stage_timeout_ms (self));
}

static void
idle_due (GateClient *self)
{
  guint32 idle_ms = gate_edge_now_ms (self->edge) - self->active_ms;

  /* Activity only stored its time; the timer finds out here how long it really has to wait. */
  if (idle_ms < self->edge->settings.idle_ms)
    gate_loop_arm (self->edge->loop, &self->timer, self->edge->settings.idle_ms - idle_ms);
  else
    gate_client_close (self, 4005, "idle");
}

static void
timer_fired (GateTimer *timer)
{
  GateClient *self =
    (GateClient *) (gpointer) ((guint8 *) timer - G_STRUCT_OFFSET (GateClient, timer));
  GateMetrics *metrics = self->edge->metrics;

  switch ((GateClientStage) self->stage) {
  case GATE_CLIENT_OPENING:
    gate_metrics_add (metrics, GATE_METRIC_FRAMES_REJECTED, GATE_REJECTED_PROTOCOL, 1);
    gate_client_refuse (self, NULL, GATE_CLOSED_TIMEOUT);
    break;
  case GATE_CLIENT_STRANGER:
    gate_client_close (self, 4002, "no hello in time");
    break;
  case GATE_CLIENT_SIGNED_IN:
    idle_due (self);
    break;
  case GATE_CLIENT_CLOSING:
  default:
    bury_and_close (self);
    break;
  }
}

/* --- Reading ---------------------------------------------------------------------------------------- */

void
gate_client_process (GateClient *self,
                     WireSpan    in)
{
  self->active_ms = gate_edge_now_ms (self->edge);
  if (self->stage == GATE_CLIENT_OPENING)
    gate_client_open_with (self, in);
  else if (self->stage != GATE_CLIENT_CLOSING)
    gate_client_take_frames (self, in);
}

static void
read_some (GateClient *self)
{
  GateEdge *edge = self->edge;
  gssize n_bytes =
    gate_transports[self->transport].read (self, edge->read_buffer, GATE_EDGE_READ_BYTES);

  if (n_bytes > 0) {
    gate_client_begin_reading (self);
    gate_client_process (self, (WireSpan){ edge->read_buffer, (gsize) n_bytes });
    gate_client_end_reading (self);
  } else if (n_bytes == 0 || (errno != EAGAIN && errno != EINTR)) {
    gate_client_lose (self, n_bytes < 0 && errno == EPROTO ? 1002 : 0);
  }
}

void
gate_client_update_events (GateClient *self)
{
  gboolean is_reading = !self->is_paused && !self->is_reading_stopped;
  guint32 events = (is_reading ? EPOLLIN : 0) | (self->is_write_blocked ? EPOLLOUT : 0);

  if (!self->is_dead)
    gate_loop_modify (self->edge->loop, &self->watch, events);
}

static void
pause_reading (GateClient *self)
{
  self->is_paused = TRUE;
  g_array_append_val (self->edge->paused, self->number);
  gate_client_update_events (self);
}

static void
client_ready (GateWatch *watch,
              guint32    events)
{
  GateClient *self = (GateClient *) watch;

  if (events & EPOLLOUT)
    gate_client_flush (self);
  if (self->is_dead || (events & ~(guint32) EPOLLOUT) == 0)
    return;
  if ((events & EPOLLIN) == 0) {
    gate_client_lose (self, 0); /* EPOLLHUP or EPOLLERR while not reading */
    return;
  }
  /* When the core is behind, clients wait in their own sockets, not in our memory. */
  if (self->edge->is_link_over && self->stage != GATE_CLIENT_CLOSING)
    pause_reading (self);
  else
    read_some (self);
}

/* --- The beginning ---------------------------------------------------------------------------------- */

static guint32
next_number (GateEdge *edge,
             guint     index)
{
  edge->generation = (guint16) ((edge->generation + 1) & 0xfff);
  if (edge->generation == 0)
    edge->generation = 1;
  return (guint32) edge->generation << GATE_CLIENT_INDEX_BITS | index;
}

GateClient *
gate_client_new (GateEdge *edge,
                 int       fd,
                 guint64   address)
{
  guint index;
  GateClient *self = gate_slab_take (edge->clients, &index);

  if (self == NULL) {
    gate_addresses_leave (edge->addresses, address);
    close (fd);
    return NULL;
  }
  self->watch = (GateWatch){ fd, EPOLLIN, client_ready };
  self->timer.fired = timer_fired;
  self->edge = edge;
  self->address = address;
  self->number = next_number (edge, index);
  self->limits = gate_edge_use_limits (edge, edge->stranger);
  self->accepted_ms = self->active_ms = gate_edge_now_ms (edge);
  self->label = (guint8) label_now (self);
  gate_metrics_add (edge->metrics, GATE_METRIC_CONNECTIONS, self->label, 1);
  gate_metrics_add (edge->metrics, GATE_METRIC_CONNECTIONS_OPENED,
                    GATE_LABEL_OPENED (GATE_TRANSPORT_LABEL_NONE, GATE_ROLE_LABEL_NONE), 1);
  gate_client_enter_stage (self, GATE_CLIENT_OPENING);
  gate_edge_note_stranger (edge, self->number);
  if (gate_loop_add (edge->loop, &self->watch))
    return self;
  bury_and_close (self);
  return NULL;
}

GateClient *
gate_client_find (GateEdge *edge,
                  guint32   number)
{
  GateClient *self = gate_slab_get (edge->clients, number & ((1u << GATE_CLIENT_INDEX_BITS) - 1));

  return self != NULL && self->number == number && !self->is_dead ? self : NULL;
}
