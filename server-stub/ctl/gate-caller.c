/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-caller.h"

#include "wire-frame.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES     (64 * 1024)
#define MAX_HEAD_BYTES 4096
#define ARENA_BYTES    ((gsize) 16 * 1024)
#define CLOSE_ABNORMAL 1006 /* RFC 6455 7.1.5: no close frame was seen */

static const WireWebsocketLimits limits = {
  .max_message_bytes = (gsize) WIRE_MAX_AGENT_FRAME_BYTES,
  .max_fragments = WIRE_WEBSOCKET_MAX_FRAGMENTS,
  .expects_masked = FALSE,
};

/* --- Where to call ------------------------------------------------------------------------------------ */

static gboolean
resolve (GateGateway  *self,
         const char   *host,
         guint         port,
         GError      **error)
{
  const struct addrinfo wanted = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
  struct addrinfo *found = NULL;
  int result = getaddrinfo (host, NULL, &wanted, &found);

  if (result != 0) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "Cannot find “%s”: %s", host,
                 gai_strerror (result));
    return FALSE;
  }
  memcpy (&self->address, found->ai_addr, sizeof self->address);
  self->address.sin_port = htons ((guint16) port);
  self->is_loopback = ntohl (self->address.sin_addr.s_addr) >> 24 == 127;
  freeaddrinfo (found);
  return TRUE;
}

gboolean
gate_gateway_init (GateGateway  *self,
                   GateLoop     *loop,
                   const char   *url,
                   const char   *app,
                   const char   *origin,
                   GError      **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  guint port;

  if (uri == NULL || g_strcmp0 (g_uri_get_scheme (uri), "ws") != 0 ||
      g_uri_get_host (uri) == NULL) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "“%s” is no address of a gateway: it looks like ws://127.0.0.1:8000", url);
    return FALSE;
  }
  port = g_uri_get_port (uri) > 0 ? (guint) g_uri_get_port (uri) : 80;
  if (!resolve (self, g_uri_get_host (uri), port, error))
    return FALSE;
  self->loop = loop;
  self->host = g_strdup_printf ("%s:%u", g_uri_get_host (uri), port);
  self->path = g_strdup_printf ("/ws?app=%s", app);
  self->origin = origin != NULL ? g_strdup (origin) : g_strdup_printf ("http://%s", self->host);
  self->arena = wire_arena_new (ARENA_BYTES);
  return TRUE;
}

void
gate_gateway_clear (GateGateway *self)
{
  g_free (self->host);
  g_free (self->path);
  g_free (self->origin);
  g_clear_pointer (&self->arena, wire_arena_free);
}

/* --- Closing ------------------------------------------------------------------------------------------ */

void
gate_caller_drop (GateCaller *self)
{
  if (self->state == GATE_CALLER_IDLE)
    return;
  gate_loop_remove (self->gateway->loop, &self->watch);
  gate_loop_cancel_turn_end (self->gateway->loop, &self->write_at_end);
  close (self->watch.fd);
  self->watch.fd = -1;
  self->state = GATE_CALLER_IDLE;
  self->websocket = (WireWebsocket){ 0 };
  wire_buffer_clear (&self->partial);
  wire_buffer_clear (&self->out);
}

static void
closed (GateCaller *self,
        guint       code)
{
  gate_caller_drop (self);
  self->klass->closed (self, code);
}

/* --- Writing ------------------------------------------------------------------------------------------ */

static gboolean
flush (GateCaller *self)
{
  while (self->out.n_bytes > 0) {
    gssize n = send (self->watch.fd, self->out.data, self->out.n_bytes, MSG_NOSIGNAL);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 && errno == EAGAIN)
      break;
    if (n < 0)
      return FALSE;
    wire_buffer_consume (&self->out, (gsize) n);
  }
  if (self->out.n_bytes == 0)
    wire_buffer_clear (&self->out);
  gate_loop_modify (self->gateway->loop, &self->watch,
                    EPOLLIN | (self->out.n_bytes > 0 ? EPOLLOUT : 0));
  return TRUE;
}

static void
write_cb (GateTurnEnd *turn_end)
{
  GateCaller *self =
    (GateCaller *) (void *) ((guint8 *) turn_end - G_STRUCT_OFFSET (GateCaller, write_at_end));

  if (!flush (self))
    closed (self, CLOSE_ABNORMAL);
}

static void
write_message (GateCaller          *self,
               WireWebsocketOpcode  opcode,
               gconstpointer        payload,
               gsize                n_bytes)
{
  guint8 mask[4];

  randombytes_buf (mask, sizeof mask);
  wire_websocket_write_client (&self->out, opcode, TRUE, mask, payload, n_bytes);
  gate_loop_at_turn_end (self->gateway->loop, &self->write_at_end);
}

void
gate_caller_send (GateCaller            *self,
                  const Gate__V1__Frame *frame)
{
  WireBuffer packed = WIRE_BUFFER_INIT;

  if (self->state != GATE_CALLER_OPEN)
    return;
  wire_frame_pack (frame, &packed);
  write_message (self, WIRE_WEBSOCKET_BINARY, packed.data, packed.n_bytes);
  wire_buffer_clear (&packed);
}

/* --- Opening ------------------------------------------------------------------------------------------ */

static void
request_upgrade (GateCaller *self)
{
  const GateGateway *gateway = self->gateway;
  guint8 key[16];
  char text[sodium_base64_ENCODED_LEN (sizeof key, sodium_base64_VARIANT_ORIGINAL)];

  randombytes_buf (key, sizeof key);
  sodium_bin2base64 (text, sizeof text, key, sizeof key, sodium_base64_VARIANT_ORIGINAL);
  wire_buffer_append_printf (&self->out,
                             "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"
                             "Connection: Upgrade\r\nSec-WebSocket-Key: %s\r\n"
                             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: gate.v1.pb\r\n"
                             "Origin: %s\r\nUser-Agent: usherctl/" USHER_VERSION "\r\n\r\n",
                             gateway->path, gateway->host, text, gateway->origin);
  self->state = GATE_CALLER_UPGRADING;
}

/* The answer's head is gathered in `partial`; what is behind it are frames already. The gateway is the one we chose, so
 * the accept key, which guards against caches that answer for it, is not looked at. */
static gboolean
take_head (GateCaller *self,
           WireSpan   *in)
{
  gsize before = self->partial.n_bytes;
  const guint8 *end;
  gsize head_bytes;

  wire_buffer_append (&self->partial, in->data, MIN (in->n_bytes, MAX_HEAD_BYTES - before));
  end = memmem (self->partial.data, self->partial.n_bytes, "\r\n\r\n", 4);
  if (end == NULL) {
    in->n_bytes = 0;
    return self->partial.n_bytes < MAX_HEAD_BYTES;
  }
  if (self->partial.n_bytes < 12 || memcmp (self->partial.data, "HTTP/1.1 101", 12) != 0)
    return FALSE;
  head_bytes = (gsize) (end - self->partial.data) + 4 - before;
  in->data += head_bytes;
  in->n_bytes -= head_bytes;
  wire_buffer_clear (&self->partial);
  self->state = GATE_CALLER_OPEN;
  self->klass->opened (self);
  return TRUE;
}

static int
open_socket (const GateGateway *gateway,
             guint32            number)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int yes = 1;

  if (fd < 0)
    return -1;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (gateway->is_loopback) {
    /* 127.1.1.1 and up, without 0 and 255 at the end. */
    const struct sockaddr_in from = {
      .sin_family = AF_INET,
      .sin_addr.s_addr = htonl (127u << 24 | (1 + number / 64516 % 250) << 16 |
                                (1 + number / 254 % 254) << 8 | (1 + number % 254)),
    };

    setsockopt (fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    if (bind (fd, (const struct sockaddr *) &from, sizeof from) != 0) {
      close (fd);
      return -1;
    }
  }
  return fd;
}

/* --- Reading ------------------------------------------------------------------------------------------ */

static void
take_frames (GateCaller            *self,
             const Gate__V1__Frame *frame)
{
  if (frame->body_case != GATE__V1__FRAME__BODY_BATCH) {
    self->klass->frame (self, frame);
    return;
  }
  for (gsize i = 0; i < frame->batch->n_frames && self->state == GATE_CALLER_OPEN; i++)
    self->klass->frame (self, frame->batch->frames[i]);
}

/* FALSE: it is over, @ret_code says how. */
static gboolean
take_message (GateCaller                 *self,
              const WireWebsocketMessage *message,
              guint                      *ret_code)
{
  Gate__V1__Frame *frame;
  WireText reason;

  switch (message->opcode) {
  case WIRE_WEBSOCKET_CLOSE:
    wire_websocket_parse_close (message, ret_code, &reason);
    return FALSE;
  case WIRE_WEBSOCKET_PING:
    write_message (self, WIRE_WEBSOCKET_PONG, message->payload, message->n_bytes);
    return TRUE;
  case WIRE_WEBSOCKET_BINARY:
    if (wire_frame_unpack (self->gateway->arena, message->payload, message->n_bytes,
                           limits.max_message_bytes, &frame) != WIRE_OK)
      return FALSE;
    take_frames (self, frame);
    wire_arena_reset (self->gateway->arena);
    return TRUE;
  case WIRE_WEBSOCKET_CONTINUATION:
  case WIRE_WEBSOCKET_TEXT:
  case WIRE_WEBSOCKET_PONG:
  default:
    return TRUE;
  }
}

static gboolean
take_bytes (GateCaller *self,
            WireSpan   *in,
            guint      *ret_code)
{
  WireWebsocketMessage message;
  WireStatus status;

  if (self->state == GATE_CALLER_UPGRADING && !take_head (self, in))
    return FALSE;
  if (self->state != GATE_CALLER_OPEN)
    return TRUE;
  while ((status = wire_websocket_next (&self->websocket, &limits, &self->partial, in, &message)) ==
         WIRE_OK) {
    if (!take_message (self, &message, ret_code))
      return FALSE;
    /* A handler may have dropped the connection. */
    if (self->state != GATE_CALLER_OPEN)
      return TRUE;
  }
  if (self->partial.n_bytes == 0)
    wire_buffer_clear (&self->partial);
  return status == WIRE_NEED_MORE;
}

static void
read_some (GateCaller *self)
{
  static guint8 buffer[READ_BYTES]; /* one thread, used up before the next call */
  gssize n = recv (self->watch.fd, buffer, sizeof buffer, 0);
  WireSpan in = { buffer, n > 0 ? (gsize) n : 0 };
  guint code = CLOSE_ABNORMAL;

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (n <= 0 || !take_bytes (self, &in, &code))
    closed (self, code);
}

static void
ready (GateWatch *watch,
       guint32    events)
{
  GateCaller *self = (GateCaller *) watch;

  if (self->state == GATE_CALLER_CONNECTING && (events & EPOLLOUT) != 0 &&
      (events & (EPOLLERR | EPOLLHUP)) == 0)
    request_upgrade (self);
  if ((events & EPOLLOUT) != 0 && !flush (self)) {
    closed (self, CLOSE_ABNORMAL);
    return;
  }
  if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0)
    read_some (self);
}

void
gate_caller_call (GateCaller  *self,
                  GateGateway *gateway,
                  guint32      number)
{
  g_assert (self->state == GATE_CALLER_IDLE);
  self->gateway = gateway;
  self->write_at_end.run = write_cb;
  self->watch = (GateWatch){ .fd = open_socket (gateway, number),
                             .events = EPOLLIN | EPOLLOUT,
                             .ready = ready };
  if (self->watch.fd < 0) {
    self->klass->closed (self, CLOSE_ABNORMAL);
    return;
  }
  self->state = GATE_CALLER_CONNECTING;
  /* A failure shows as an event of the socket. */
  (void) connect (self->watch.fd, (const struct sockaddr *) &gateway->address,
                  sizeof gateway->address);
  if (!gate_loop_add (gateway->loop, &self->watch)) {
    close (self->watch.fd);
    self->state = GATE_CALLER_IDLE;
    self->klass->closed (self, CLOSE_ABNORMAL);
  }
}
