/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of one connection: head → exchange → head …, then linger. libsoup gets a stream for one request only, so it
 * never parses bytes that the strict parser has not seen, and a kept-alive connection stays in our hands between two
 * requests.
 */
#include "config.h"

#include "gate-conn-private.h"

#include "gate-http-config.h"
#include "gate-problem.h"
#include "gate-http-router.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES 8192

static void
set_source (GateConn    *self,
            GSource     *source,
            GSourceFunc  callback)
{
  if (self->source != NULL) {
    g_source_destroy (self->source);
    g_source_unref (self->source);
  }
  self->source = source;
  if (source == NULL)
    return;
  g_source_set_callback (source, callback, self, NULL);
  g_source_attach (source, NULL);
}

void
gate_conn_free (GateConn *self)
{
  g_assert (self->stream == NULL);
  set_source (self, NULL, NULL);
  gate_conn_leave (self);
  if (self->fd >= 0)
    (void) close (self->fd);
  wire_buffer_clear (&self->in);
  g_free (self->peer);
  g_free (self);
}

static void
enter_stage (GateConn      *self,
             GateConnStage  stage)
{
  self->stage = stage;
  self->since_us = g_get_monotonic_time ();
}

/* --- The end ------------------------------------------------------------------------------------- */

static gboolean
linger_ready (int          fd,
              GIOCondition condition,
              gpointer     user_data)
{
  GateConn *self = user_data;
  char buffer[READ_BYTES];
  gssize n = recv (fd, buffer, sizeof (buffer), MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n > 0 && gate_conn_pace_lingers_on (self, (gsize) n))
    return G_SOURCE_CONTINUE;
  gate_conn_free (self);
  return G_SOURCE_REMOVE;
}

static void
linger (GateConn *self)
{
  (void) shutdown (self->fd, SHUT_WR);
  wire_buffer_clear (&self->in);
  enter_stage (self, GATE_CONN_LINGER);
  gate_conn_pace_begin (self);
  set_source (self, g_unix_fd_source_new (self->fd, G_IO_IN | G_IO_HUP | G_IO_ERR),
              G_SOURCE_FUNC (linger_ready));
}

static const char *
refusal_code (guint status)
{
  switch (status) {
  case SOUP_STATUS_LENGTH_REQUIRED:
    return "length_required";
  case SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE:
    return "too_large";
  case SOUP_STATUS_SERVICE_UNAVAILABLE:
    return "try_again";
  case 431:
    return "head_too_large";
  case SOUP_STATUS_HTTP_VERSION_NOT_SUPPORTED:
    return "http_version";
  case SOUP_STATUS_NOT_FOUND:
    return "not_found";
  default:
    return "bad_request";
  }
}

/* An answer without libsoup: for heads that it must not see. */
static void
refuse (GateConn *self,
        guint     status)
{
  GateProblem problem = { .status = status, .code = refusal_code (status) };
  char request_id[GATE_REQUEST_ID_MAX_CHARS + 1];
  g_autofree char *body = NULL;
  g_autofree char *answer = NULL;

  gate_request_id_make (request_id);
  body = gate_problem_to_json (&problem, request_id);
  answer =
    g_strdup_printf ("HTTP/1.1 %u %s\r\n"
                     "Content-Type: application/problem+json\r\n"
                     "Content-Length: %" G_GSIZE_FORMAT "\r\n"
                     "X-Content-Type-Options: nosniff\r\n"
                     "X-Request-Id: %s\r\n"
                     "%s"
                     "Connection: close\r\n\r\n%s",
                     status, soup_status_get_phrase (status), strlen (body), request_id,
                     status == SOUP_STATUS_SERVICE_UNAVAILABLE ? "Retry-After: 1\r\n" : "", body);
  /* A fresh send buffer holds this; a peer that filled it is not owed an answer. */
  (void) send (self->fd, answer, strlen (answer), MSG_DONTWAIT | MSG_NOSIGNAL);
  linger (self);
}

/* --- The exchange -------------------------------------------------------------------------------- */

static void
exchange_progress (GateStream *stream,
                   gsize       n_read,
                   gsize       n_written,
                   gpointer    user_data)
{
  gate_conn_pace_note (user_data, n_read, n_written);
}

static gboolean
serve_again (gpointer user_data)
{
  GateConn *self = user_data;

  set_source (self, NULL, NULL);
  gate_conn_serve (self);
  return G_SOURCE_REMOVE;
}

static void
exchange_closed (GateStream *stream,
                 gpointer    user_data)
{
  GateConn *self = user_data;
  gboolean is_kept =
    self->is_kept && self->is_answered && gate_stream_get_unread_bytes (stream) == 0;

  self->stream = NULL;
  self->owner->body_bytes -= self->body_bytes;
  self->body_bytes = 0;
  if (self->is_dead) {
    gate_conn_free (self);
  } else if (is_kept && !self->owner->http->is_draining) {
    enter_stage (self, GATE_CONN_HEAD);
    /* Not from here: libsoup is still in the middle of closing its end. */
    set_source (self, g_timeout_source_new (0), serve_again);
  } else {
    linger (self);
  }
}

static const GateStreamOwner stream_owner = {
  .progress = exchange_progress,
  .closed = exchange_closed,
};

void
gate_conn_answered (GateConn *self)
{
  self->is_answered = TRUE;
}

/* libsoup wants addresses; ours also lead from its message back to the stream. */
static GSocketAddress *
make_address (GateConn   *self,
              GateStream *stream)
{
  g_autoptr (GInetAddress) peer = g_inet_address_new_from_string (self->peer);
  GSocketAddress *address =
    g_inet_socket_address_new (peer != NULL ? peer : self->owner->loopback, 0);

  g_object_set_data (G_OBJECT (address), GATE_HTTP_STREAM_KEY, stream);
  return address;
}

static void
begin_exchange (GateConn           *self,
                const WireHttpHead *head)
{
  gsize body_bytes = (gsize) MAX (head->content_length, 0);
  gsize total_bytes = head->head_bytes + body_bytes;
  gsize here_bytes = MIN (total_bytes, self->in.n_bytes);
  GBytes *pending = g_bytes_new (self->in.data, here_bytes);
  g_autoptr (GateStream) stream = NULL;
  g_autoptr (GSocketAddress) address = NULL;

  self->is_kept = head->is_keep_alive && head->minor_version >= 1;
  self->is_answered = FALSE;
  self->n_requests++;
  if (body_bytes <= GATE_CONN_MAX_BODY_BYTES)
    self->body_bytes = body_bytes;
  self->owner->body_bytes += self->body_bytes;
  wire_buffer_consume (&self->in, here_bytes); /* @head is stale from here on */
  set_source (self, NULL, NULL);
  enter_stage (self, GATE_CONN_EXCHANGE);
  gate_conn_pace_begin (self);
  stream = gate_stream_new (self->fd, pending, total_bytes - here_bytes, &stream_owner, self);
  self->stream = stream;
  address = make_address (self, stream);
  (void) soup_server_accept_iostream (self->owner->http->server, G_IO_STREAM (stream), address,
                                      address, NULL);
}

/* --- The head ------------------------------------------------------------------------------------ */

static gboolean
head_ready (int          fd,
            GIOCondition condition,
            gpointer     user_data)
{
  GateConn *self = user_data;
  guint8 *room = wire_buffer_reserve (&self->in, READ_BYTES);
  gssize n = recv (fd, room, READ_BYTES, MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n <= 0) {
    gate_conn_free (self);
    return G_SOURCE_REMOVE;
  }
  if (self->in.n_bytes == 0)
    self->since_us = g_get_monotonic_time ();
  gate_conn_set_idle (self, FALSE);
  self->in.n_bytes += (gsize) n;
  gate_conn_serve (self);
  return G_SOURCE_CONTINUE; /* or destroyed meanwhile, which wins */
}

static void
wait_for_head (GateConn *self)
{
  gate_conn_set_idle (self, self->in.n_bytes == 0);
  if (self->source == NULL)
    set_source (self, g_unix_fd_source_new (self->fd, G_IO_IN | G_IO_HUP | G_IO_ERR),
                G_SOURCE_FUNC (head_ready));
}

static gboolean
is_upgrade (const GateConn     *self,
            const WireHttpHead *head)
{
  return head->is_websocket && !self->is_ops && wire_text_equals (head->path, "/ws");
}

/* From the very first request of a connection an edge has taken this path already: it would come back for ever. */
static void
hand_back (GateConn *self)
{
  if (self->n_requests == 0)
    refuse (self, SOUP_STATUS_BAD_REQUEST);
  else if (!gate_conns_hand_back (self->owner, self))
    refuse (self, SOUP_STATUS_SERVICE_UNAVAILABLE);
  else
    gate_conn_free (self);
}

guint
gate_conn_judge (GateConn           *self,
                 const WireHttpHead *head)
{
  guint64 max_bytes = gate_http_router_max_body_bytes (self->owner->http, head);
  gsize body_bytes = (gsize) MAX (head->content_length, 0);

  /* No path of ours has a percent sign or a segment that begins with a dot, whatever they would come to. */
  if (memchr (head->path.data, '%', head->path.n_bytes) != NULL ||
      memmem (head->path.data, head->path.n_bytes, "/.", 2) != NULL)
    return SOUP_STATUS_NOT_FOUND;
  /* Every body has a length before it has bytes: limits are checked on the head. */
  if (head->is_chunked)
    return SOUP_STATUS_LENGTH_REQUIRED;
  if (body_bytes > max_bytes)
    return SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;
  if (body_bytes <= GATE_CONN_MAX_BODY_BYTES &&
      self->owner->body_bytes + body_bytes > GATE_CONNS_MAX_BODY_BYTES)
    return SOUP_STATUS_SERVICE_UNAVAILABLE;
  return 0;
}

void
gate_conn_serve (GateConn *self)
{
  WireHttpHead head;
  WireStatus status = wire_http_parse (self->in.data, self->in.n_bytes, &head);
  guint refusal;

  if (status == WIRE_NEED_MORE) {
    wait_for_head (self);
    return;
  }
  if (status == WIRE_OK && is_upgrade (self, &head)) {
    hand_back (self);
    return;
  }
  refusal = status == WIRE_OK ? gate_conn_judge (self, &head) : wire_http_refusal (status);
  if (refusal != 0)
    refuse (self, refusal);
  else
    begin_exchange (self, &head);
}

const char *
gate_conn_get_peer (const GateConn *self)
{
  return self->peer;
}

gboolean
gate_conn_is_ops (const GateConn *self)
{
  return self->is_ops;
}
