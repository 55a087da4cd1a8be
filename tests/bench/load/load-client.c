/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load-scenario.h"
#include "load-worker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define LEAVING_TICK_US    10000
#define SOURCES_PER_WORKER 4u /* addresses: a port range holds 28,000 connections of one */

/* --- Stages ------------------------------------------------------------------------------------------- */

static gboolean
is_opening (const LoadClient *self)
{
  return self->stage > LOAD_STAGE_IDLE && self->stage < LOAD_STAGE_READY;
}

static void
set_stage (LoadClient *self,
           LoadStage   stage)
{
  LoadWorker *worker = self->worker;

  worker->n_opening -= is_opening (self);
  worker->n_idle -= self->stage == LOAD_STAGE_IDLE;
  load_report_add (worker->report, LOAD_COUNT_READY, -(self->stage == LOAD_STAGE_READY));
  self->stage = (guint8) stage;
  worker->n_opening += is_opening (self);
  worker->n_idle += stage == LOAD_STAGE_IDLE;
  load_report_add (worker->report, LOAD_COUNT_READY, stage == LOAD_STAGE_READY);
}

void
load_client_is_ready (LoadClient *self)
{
  LoadWorker *worker = self->worker;

  if (self->stage == LOAD_STAGE_READY)
    return;
  set_stage (self, LOAD_STAGE_READY);
  worker->report->last_ready_us = worker->now_us;
  if (!self->was_ready) {
    worker->n_ready++;
    load_histogram_add (&worker->report->times[LOAD_TIME_CONNECT], worker->now_us - self->began_us);
  } else {
    load_histogram_add (&worker->report->times[LOAD_TIME_AWAY], worker->now_us - self->left_us);
  }
  self->was_ready = TRUE;
}

void
load_client_drop (LoadClient *self,
                  gboolean    is_final)
{
  if (self->stage == LOAD_STAGE_READY)
    self->left_us = self->worker->now_us;
  load_upload_cancel (self);
  load_tls_detach (self);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  self->leave_us = 0; /* it was told so by the gateway it has left now */
  self->websocket = (WireWebsocket){ 0 };
  wire_buffer_clear (&self->partial);
  wire_buffer_clear (&self->out);
  set_stage (self, is_final ? LOAD_STAGE_DEAD : LOAD_STAGE_IDLE);
}

void
load_client_fail (LoadClient *self,
                  LoadCount   why)
{
  LoadWorker *worker = self->worker;
  gboolean will_retry = worker->options->scenario->is_reconnecting && self->was_ready;

  load_worker_count (worker, why);
  if (is_opening (self) && !will_retry)
    load_worker_count (worker, LOAD_COUNT_GIVEN_UP);
  load_client_drop (self, !will_retry);
}

/* --- Leaving when told to ------------------------------------------------------------------------------ */

void
load_client_leave (LoadClient *self,
                   guint32     delay_ms)
{
  LoadWorker *worker = self->worker;

  if (self->leave_us == 0)
    g_ptr_array_add (worker->leaving, self);
  self->leave_us = worker->now_us + (gint64) delay_ms * 1000;
}

gint64
load_client_leave_due (LoadWorker *worker)
{
  if (worker->leaving->len == 0)
    return G_MAXINT64;
  if (worker->now_us < worker->next_leaving_us)
    return worker->next_leaving_us;
  for (guint i = worker->leaving->len; i-- > 0;) {
    LoadClient *client = g_ptr_array_index (worker->leaving, i);

    if (client->leave_us > worker->now_us)
      continue;
    g_ptr_array_remove_index_fast (worker->leaving, i);
    if (client->leave_us != 0 && client->stage == LOAD_STAGE_READY)
      load_client_drop (client, FALSE);
  }
  worker->next_leaving_us = worker->now_us + LEAVING_TICK_US;
  return worker->next_leaving_us;
}

/* --- Writing ------------------------------------------------------------------------------------------ */

void
load_client_touch (LoadClient *self)
{
  if (self->is_dirty)
    return;
  self->is_dirty = TRUE;
  self->next_dirty = self->worker->dirty;
  self->worker->dirty = self;
}

static gboolean
flush (LoadClient *self)
{
  gsize n_sent = 0;

  while (n_sent < self->out.n_bytes) {
    gssize n = load_tls_send (self, self->out.data + n_sent, self->out.n_bytes - n_sent);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno == EAGAIN)
      break;
    if (n < 0)
      return FALSE;
    n_sent += (gsize) n;
  }
  if (load_worker_is_measuring (self->worker))
    load_report_add (self->worker->report, LOAD_COUNT_BYTES_OUT, (gint64) n_sent);
  if (n_sent == self->out.n_bytes)
    wire_buffer_clear (&self->out);
  else
    wire_buffer_consume (&self->out, n_sent);
  return TRUE;
}

void
load_client_flush_all (LoadWorker *worker)
{
  while (worker->dirty != NULL) {
    LoadClient *client = worker->dirty;

    worker->dirty = client->next_dirty;
    client->is_dirty = FALSE;
    if (client->fd >= 0 && !flush (client))
      load_client_fail (client, LOAD_COUNT_CLOSED);
  }
}

/* --- Reading ------------------------------------------------------------------------------------------ */

/* Edge-triggered: until a read brings less than there was room for; of TLS, which comes in records, nothing. */
static void
read_all (LoadClient *self)
{
  LoadWorker *worker = self->worker;
  gssize n = LOAD_READ_BYTES;

  while ((n == (gssize) LOAD_READ_BYTES || self->ssl != NULL) && self->fd >= 0) {
    n = load_tls_recv (self, worker->read_buffer, LOAD_READ_BYTES);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
      return;
    worker->now_us = g_get_monotonic_time ();
    if (n <= 0) {
      load_client_fail (self, self->stage == LOAD_STAGE_CONNECTING ? LOAD_COUNT_CONNECT_FAILED
                                                                   : LOAD_COUNT_CLOSED);
      return;
    }
    if (load_worker_is_measuring (worker))
      load_report_add (worker->report, LOAD_COUNT_BYTES_IN, n);
    if (!load_framing_take (self, (WireSpan){ worker->read_buffer, (gsize) n }) && self->fd >= 0)
      load_client_fail (self, LOAD_COUNT_CLOSED);
  }
}

static void
ready (LoadPoll *poll,
       guint32   events)
{
  LoadClient *self = (LoadClient *) poll;

  if (self->fd < 0)
    return;
  if (self->stage == LOAD_STAGE_CONNECTING && (events & EPOLLOUT) != 0 &&
      (events & (EPOLLERR | EPOLLHUP)) == 0) {
    set_stage (self, LOAD_STAGE_UPGRADING);
    load_framing_open (self);
  }
  if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP | EPOLLRDHUP)) != 0)
    read_all (self);
  /* A handshake that went on may have made room, too. */
  if (self->fd >= 0 && self->out.n_bytes > 0)
    load_client_touch (self);
}

/* --- Connecting --------------------------------------------------------------------------------------- */

static gboolean
bind_source (const LoadClient *self)
{
  int yes = 1;
  const struct sockaddr_in from = {
    .sin_family = AF_INET,
    .sin_addr.s_addr =
      htonl (127u << 24 | (1 + self->worker->index) << 8 | (1 + self->number % SOURCES_PER_WORKER)),
  };

  if (ntohl (self->worker->options->address.sin_addr.s_addr) >> 24 != 127)
    return TRUE;
  setsockopt (self->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  return bind (self->fd, (const struct sockaddr *) &from, sizeof from) == 0;
}

void
load_client_connect (LoadClient *self)
{
  LoadWorker *worker = self->worker;
  const struct sockaddr_in *to = &worker->options->address;
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                               .data.ptr = &self->poll };
  int yes = 1;

  set_stage (self, LOAD_STAGE_CONNECTING);
  self->poll.ready = ready;
  self->began_us = g_get_monotonic_time ();
  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (self->fd < 0 || !bind_source (self) ||
      (connect (self->fd, (const struct sockaddr *) to, sizeof *to) != 0 && errno != EINPROGRESS) ||
      epoll_ctl (worker->epoll_fd, EPOLL_CTL_ADD, self->fd, &event) != 0) {
    load_client_fail (self, LOAD_COUNT_CONNECT_FAILED);
    return;
  }
  setsockopt (self->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  load_tls_attach (self);
}
