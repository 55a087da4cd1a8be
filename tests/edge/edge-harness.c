/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "edge-harness.h"

#include "gate-config.h"
#include "gate-edge.h"
#include "tls-client.h"
#include "wire-record.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void
keep_record (GPtrArray        *records,
             const GateRecord *record)
{
  Record *copy = g_new0 (Record, 1);

  copy->type = record->type;
  copy->number = record->number;
  copy->fd = record->fd;
  copy->body = g_byte_array_new ();
  g_byte_array_append (copy->body, record->body, (guint) record->body_bytes);
  g_ptr_array_add (records, copy);
}

void
record_free (Record *record)
{
  if (record->fd >= 0)
    close (record->fd);
  g_byte_array_unref (record->body);
  g_free (record);
}

static void
link_record (GateLink         *link,
             const GateRecord *record,
             gpointer          user_data)
{
  Edge *edge = user_data;

  if (edge->take_record != NULL && link == edge->link)
    edge->take_record (edge, record);
  else
    keep_record (link == edge->link ? edge->records : edge->http_records, record);
}

static void
link_closed (GateLink *link,
             gpointer  user_data)
{
  Edge *edge = user_data;

  if (link == edge->link)
    edge->is_link_closed = TRUE;
}

static const GateLinkHandler handler = { link_record, link_closed, NULL };

static int
listen_on_loopback (int *ret_port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t address_bytes = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (fd, 4096), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &address_bytes), ==, 0);
  *ret_port = ntohs (address.sin_port);
  return fd;
}

/* Descriptors may stand in each other's way: first far away, then to their places. */
static void G_GNUC_NORETURN
become_edge (int link_fd,
             int listen_fd,
             int metrics_fd)
{
  int far[3];

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  far[0] = fcntl (link_fd, F_DUPFD, 100);
  far[1] = fcntl (listen_fd, F_DUPFD, 100);
  far[2] = fcntl (metrics_fd, F_DUPFD, 100);
  close_range (3, 99, 0);
  for (int i = 0; i < 3; i++)
    dup2 (far[i], GATE_LINK_FD + i);
  close_range (6, 200, 0);
  exit (gate_edge_main (0)); /* not _exit(): the leak checker runs at exit */
}

static void
fill_setting (const char *key,
              const char *value,
              gpointer    user_data)
{
  Gate__Link__V1__Setting *setting = g_new0 (Gate__Link__V1__Setting, 1);

  gate__link__v1__setting__init (setting);
  setting->key = g_strdup (key);
  setting->value = g_strdup (value);
  g_ptr_array_add (user_data, setting);
}

static void
setting_free (gpointer setting)
{
  gate__link__v1__setting__free_unpacked (setting, NULL);
}

static void
send_config (Edge                *edge,
             const char *const   *settings,
             Gate__Link__V1__Tls *tls)
{
  g_autoptr (GateConfig) config = gate_config_new ();
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func (setting_free);
  const char *origins[] = { "http://127.0.0.1:*", "https://shop.example" };
  Gate__Link__V1__App app = GATE__LINK__V1__APP__INIT;
  Gate__Link__V1__App *apps[] = { &app };
  Gate__Link__V1__WorkerConfig body = GATE__LINK__V1__WORKER_CONFIG__INIT;

  for (guint i = 0; settings != NULL && settings[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (settings[i], "=", 2);

    g_assert_true (gate_config_set_text (config, pair[0], pair[1], "test", errors));
  }
  gate_config_foreach (config, fill_setting, pairs);
  app.key = (char *) "demo";
  app.n_origins = G_N_ELEMENTS (origins);
  app.origins = (char **) origins;
  body.n_settings = pairs->len;
  body.settings = (Gate__Link__V1__Setting **) pairs->pdata;
  body.n_apps = 1;
  body.apps = apps;
  body.node = (char *) "test";
  body.tls = tls;
  gate_link_send_message (edge->link, GATE_RECORD_CONFIG, 0, 0, &body.base);
}

/* Also sent later, by whoever changes the configuration of an edge that runs. */
void
edge_configure (Edge                *edge,
                const char *const   *settings,
                Gate__Link__V1__Tls *tls)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  g_ptr_array_add (all, (gpointer) "log.level=error");
  for (guint i = 0; settings != NULL && settings[i] != NULL; i++)
    g_ptr_array_add (all, (gpointer) settings[i]);
  g_ptr_array_add (all, NULL);
  send_config (edge, (const char *const *) all->pdata, tls);
  gate_loop_turn (edge->loop, 0); /* it leaves now, also when the test turns another edge next */
}

static Edge *
start_on (int                  listen_fd,
          int                  port,
          const char *const   *settings,
          Gate__Link__V1__Tls *tls)
{
  Edge *edge = g_new0 (Edge, 1);
  g_autoptr (Record) hello = NULL;
  int pair[2];

  edge->loop = gate_loop_new ();
  edge->records = g_ptr_array_new_with_free_func ((GDestroyNotify) record_free);
  edge->http_records = g_ptr_array_new_with_free_func ((GDestroyNotify) record_free);
  edge->clients = g_ptr_array_new ();
  edge->metrics = gate_metrics_create (&edge->metrics_fd, NULL);
  g_assert_nonnull (edge->metrics);
  edge->listen_fd = listen_fd;
  edge->port = port;
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  fflush (NULL);
  edge->pid = fork ();
  if (edge->pid == 0)
    become_edge (pair[1], edge->listen_fd, edge->metrics_fd);
  close (pair[1]);
  edge->link = gate_link_new (pair[0], &handler, edge);
  g_assert_true (gate_link_attach (edge->link, edge->loop));
  hello = edge_take (edge, GATE_RECORD_HELLO);
  edge_configure (edge, settings, tls);
  return edge;
}

Edge *
edge_start_tls (const char *const   *settings,
                Gate__Link__V1__Tls *tls)
{
  int port;
  int listen_fd = listen_on_loopback (&port);

  return start_on (listen_fd, port, settings, tls);
}

Edge *
edge_start (const char *const *settings)
{
  return edge_start_tls (settings, NULL);
}

Edge *
edge_start_beside (Edge              *first,
                   const char *const *settings)
{
  return start_on (fcntl (first->listen_fd, F_DUPFD_CLOEXEC, 3), first->port, settings, NULL);
}

static void
free_clients (Edge *edge)
{
  while (edge->clients->len > 0)
    client_close (g_ptr_array_index (edge->clients, 0));
  g_ptr_array_unref (edge->clients);
}

int
edge_wait_exit (Edge *edge)
{
  int status = 0;
  pid_t pid = 0;

  WAIT_UNTIL (edge, (pid = waitpid (edge->pid, &status, WNOHANG)) != 0);
  g_assert_cmpint (pid, ==, edge->pid);
  edge->pid = 0;
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

/* Always by closing the link: so every test also checks that an edge ends itself without a leak. */
void
edge_stop (Edge *edge)
{
  g_clear_pointer (&edge->link, gate_link_free);
  if (edge->pid != 0)
    g_assert_cmpint (edge_wait_exit (edge), ==, EXIT_FAILURE);
  g_clear_pointer (&edge->http, gate_link_free);
  free_clients (edge);
  g_ptr_array_unref (edge->records);
  g_ptr_array_unref (edge->http_records);
  gate_metrics_free (edge->metrics);
  close (edge->metrics_fd);
  close (edge->listen_fd);
  gate_loop_free (edge->loop);
  g_free (edge);
}

static void
client_pump (Client *client)
{
  guint8 buffer[65536];
  gssize n_bytes;

  if (client->is_eof || !client->is_reading)
    return;
  while ((n_bytes = client->ssl != NULL
                      ? tls_receive (client->ssl, buffer, sizeof buffer)
                      : recv (client->fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
    g_byte_array_append (client->in, buffer, (guint) n_bytes);
  if (n_bytes == 0 || (errno != EAGAIN && errno != EINTR))
    client->is_eof = TRUE;
}

/* Until anything happens on either side, at most a few milliseconds. */
static void
wait_for_anything (Edge *edge)
{
  g_autofree struct pollfd *polled = g_new0 (struct pollfd, edge->clients->len + 1);
  guint n_polled = 0;

  polled[n_polled++] = (struct pollfd){ gate_loop_get_fd (edge->loop), POLLIN, 0 };
  for (guint i = 0; i < edge->clients->len; i++) {
    Client *client = g_ptr_array_index (edge->clients, i);

    if (!client->is_eof && client->is_reading)
      polled[n_polled++] = (struct pollfd){ client->fd, POLLIN, 0 };
  }
  poll (polled, n_polled, 5);
}

void
edge_turn (Edge *edge)
{
  gate_loop_turn (edge->loop, 0);
  wait_for_anything (edge);
  gate_loop_turn (edge->loop, 0);
  for (guint i = 0; i < edge->clients->len; i++)
    client_pump (g_ptr_array_index (edge->clients, i));
}

Record *
edge_find (Edge           *edge,
           GateRecordType  type)
{
  for (guint i = 0; i < edge->records->len; i++) {
    Record *record = g_ptr_array_index (edge->records, i);

    if (record->type == type)
      return record;
  }
  return NULL;
}

Record *
edge_take (Edge           *edge,
           GateRecordType  type)
{
  Record *record;
  guint index;

  WAIT_UNTIL (edge, (record = edge_find (edge, type)) != NULL);
  g_assert_true (g_ptr_array_find (edge->records, record, &index));
  return g_ptr_array_steal_index (edge->records, index);
}

Gate__V1__Frame *
unpack_frame (WireArena        *arena,
              const GByteArray *bytes)
{
  Gate__V1__Frame *frame;

  g_assert_cmpint (wire_frame_unpack (arena, bytes->data, bytes->len, 1 << 20, &frame), ==,
                   WIRE_OK);
  return frame;
}

Gate__V1__Frame *
edge_take_frame (Edge      *edge,
                 WireArena *arena,
                 guint32   *ret_number)
{
  g_autoptr (Record) record = edge_take (edge, GATE_RECORD_FRAME);

  if (ret_number != NULL)
    *ret_number = record->number;
  return unpack_frame (arena, record->body);
}

void
edge_send_frame (Edge                  *edge,
                 guint32                number,
                 const Gate__V1__Frame *frame)
{
  gate_link_send_message (edge->link, GATE_RECORD_FRAME, 0, number, &frame->base);
}

void
edge_send_limits (Edge           *edge,
                  guint32         number,
                  Gate__V1__Role  role,
                  guint           send_buffer_bytes,
                  gboolean        batch)
{
  Gate__Link__V1__Limits limits = GATE__LINK__V1__LIMITS__INIT;

  limits.role = role;
  limits.signed_in = TRUE;
  limits.max_frame_bytes = 65536;
  limits.messages_per_s = 5;
  limits.messages_burst = 20;
  limits.frames_per_s = 20;
  limits.send_buffer_bytes = send_buffer_bytes;
  limits.batch = batch;
  gate_link_send_message (edge->link, GATE_RECORD_LIMITS, 0, number, &limits.base);
}

void
edge_send_close (Edge       *edge,
                 guint32     number,
                 guint       code,
                 const char *reason)
{
  Gate__Link__V1__CloseThis body = GATE__LINK__V1__CLOSE_THIS__INIT;

  body.code = code;
  body.reason = (char *) reason;
  gate_link_send_message (edge->link, GATE_RECORD_CLOSE, 0, number, &body.base);
}

void
edge_give_http (Edge *edge)
{
  Gate__Link__V1__Descriptor body = GATE__LINK__V1__DESCRIPTOR__INIT;
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  body.kind = GATE__LINK__V1__DESCRIPTOR_KIND__DK_PEER;
  body.index = 1;
  gate_link_send_descriptor (edge->link, GATE_RECORD_DESCRIPTOR, 0, &body.base, pair[1]);
  edge->http = gate_link_new (pair[0], &handler, edge);
  g_assert_true (gate_link_attach (edge->http, edge->loop));
  gate_loop_turn (edge->loop, 0); /* before any client's bytes */
}

void
edge_take_http_away (Edge *edge)
{
  g_clear_pointer (&edge->http, gate_link_free);
}

/* --- Clients ---------------------------------------------------------------------------------------- */

Client *
client_connect (Edge *edge)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                 .sin_port = htons ((guint16) edge->port) };
  Client *client = g_new0 (Client, 1);

  client->edge = edge;
  client->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  client->in = g_byte_array_sized_new (4096);
  client->is_reading = TRUE;
  g_assert_cmpint (connect (client->fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_ptr_array_add (edge->clients, client);
  return client;
}

void
client_close (Client *client)
{
  g_ptr_array_remove (client->edge->clients, client);
  tls_drop (client->ssl);
  close (client->fd);
  g_byte_array_unref (client->in);
  g_free (client);
}

void
client_send (Client     *client,
             const void *bytes,
             gsize       n_bytes)
{
  const guint8 *at = bytes;

  while (n_bytes > 0) {
    gssize n_sent = client->ssl != NULL
                      ? tls_send (client->ssl, at, n_bytes)
                      : send (client->fd, at, n_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (n_sent < 0 && errno == EAGAIN) {
      edge_turn (client->edge);
      continue;
    }
    if (n_sent < 0)
      return; /* the edge has closed it; the test looks at what came back */
    at += n_sent;
    n_bytes -= (gsize) n_sent;
  }
}

void
client_send_text (Client     *client,
                  const char *text)
{
  client_send (client, text, strlen (text));
}

gboolean
client_has_text (Client     *client,
                 const char *text)
{
  return memmem (client->in->data, client->in->len, text, strlen (text)) != NULL;
}

static void
consume (Client *client,
         gsize   n_bytes)
{
  g_byte_array_remove_range (client->in, 0, (guint) n_bytes);
}

Client *
client_upgrade (Edge       *edge,
                const char *query,
                const char *extra)
{
  Client *client = client_connect (edge);

  client_upgrade_on (client, query, extra);
  return client;
}

void
client_upgrade_on (Client     *client,
                   const char *query,
                   const char *extra)
{
  g_autofree char *request = g_strdup_printf (
    "GET /ws%s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
    query, extra);
  const char *end;

  client_send_text (client, request);
  WAIT_UNTIL (client->edge, client_has_text (client, "\r\n\r\n"));
  g_assert_true (client_has_text (client, "HTTP/1.1 101 "));
  g_assert_true (client_has_text (client, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  end = memmem (client->in->data, client->in->len, "\r\n\r\n", 4);
  consume (client, (gsize) (end - (const char *) client->in->data) + 4);
}

void
client_send_ws (Client              *client,
                WireWebsocketOpcode  opcode,
                const void          *payload,
                gsize                n_bytes)
{
  static const guint8 mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
  g_auto (WireBuffer) bytes = WIRE_BUFFER_INIT;

  wire_websocket_write_client (&bytes, opcode, TRUE, mask, payload, n_bytes);
  client_send (client, bytes.data, bytes.n_bytes);
}

void
client_send_json (Client     *client,
                  const char *json)
{
  client_send_ws (client, WIRE_WEBSOCKET_TEXT, json, strlen (json));
}

void
client_send_frame (Client                *client,
                   const Gate__V1__Frame *frame)
{
  g_auto (WireBuffer) packed = WIRE_BUFFER_INIT;

  wire_frame_pack (frame, &packed);
  client_send_ws (client, WIRE_WEBSOCKET_BINARY, packed.data, packed.n_bytes);
}

/* The bytes of the server frame that begins the input: 0 while it is not whole. */
static gsize
server_frame_bytes (const Client *client,
                    gsize        *ret_header_bytes)
{
  const guint8 *data = client->in->data;
  gsize header_bytes = 2;
  gsize n_bytes;

  if (client->in->len < 2)
    return 0;
  g_assert_cmpuint (data[1] & 0x80, ==, 0);
  g_assert_cmpuint (data[0] & 0x80, ==, 0x80);
  n_bytes = data[1];
  if (n_bytes >= 126) {
    guint n_extra = n_bytes == 126 ? 2 : 8;

    header_bytes += n_extra;
    if (client->in->len < header_bytes)
      return 0;
    n_bytes = 0;
    for (guint i = 0; i < n_extra; i++)
      n_bytes = n_bytes << 8 | data[2 + i];
  }
  *ret_header_bytes = header_bytes;
  return client->in->len >= header_bytes + n_bytes ? header_bytes + n_bytes : 0;
}

guint
client_take_ws (Client      *client,
                GByteArray **ret_payload)
{
  gsize header_bytes = 0;
  gsize n_bytes = 0;
  guint opcode;

  WAIT_UNTIL (client->edge, (n_bytes = server_frame_bytes (client, &header_bytes)) > 0);
  opcode = client->in->data[0] & 0x0f;
  *ret_payload = g_byte_array_new ();
  g_byte_array_append (*ret_payload, client->in->data + header_bytes,
                       (guint) (n_bytes - header_bytes));
  consume (client, n_bytes);
  return opcode;
}

char *
client_take_json (Client *client)
{
  g_autoptr (GByteArray) payload = NULL;

  g_assert_cmpuint (client_take_ws (client, &payload), ==, WIRE_WEBSOCKET_TEXT);
  return g_strndup ((const char *) payload->data, payload->len);
}

guint
client_take_close (Client *client)
{
  for (;;) {
    g_autoptr (GByteArray) payload = NULL;

    if (client_take_ws (client, &payload) != WIRE_WEBSOCKET_CLOSE)
      continue;
    return payload->len >= 2 ? (guint) payload->data[0] << 8 | payload->data[1] : 1005;
  }
}

static gsize
record_bytes (const Client *client,
              gsize        *ret_header_bytes)
{
  gsize n_bytes = 0;

  for (guint i = 0; i < client->in->len && i < 3; i++) {
    n_bytes |= (gsize) (client->in->data[i] & 0x7f) << (7 * i);
    if (client->in->data[i] < 0x80) {
      *ret_header_bytes = i + 1;
      return client->in->len >= i + 1 + n_bytes ? i + 1 + n_bytes : 0;
    }
  }
  return 0;
}

GByteArray *
client_take_record (Client *client)
{
  GByteArray *record = g_byte_array_new ();
  gsize header_bytes = 0;
  gsize n_bytes = 0;

  WAIT_UNTIL (client->edge, (n_bytes = record_bytes (client, &header_bytes)) > 0);
  g_byte_array_append (record, client->in->data + header_bytes, (guint) (n_bytes - header_bytes));
  consume (client, n_bytes);
  return record;
}

double
edge_metric (Edge       *edge,
             const char *line)
{
  gsize n_bytes;
  g_autofree char *text = gate_metrics_render (edge->metrics, &n_bytes);
  const char *at = text;

  for (; at != NULL; at = strchr (at, '\n')) {
    at += *at == '\n';
    if (g_str_has_prefix (at, line) && at[strlen (line)] == ' ')
      return g_ascii_strtod (at + strlen (line), NULL);
  }
  return -1;
}
