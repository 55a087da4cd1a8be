/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP over TLS: the edge pumps between the client's socket and its end of a pair; the test is http at the other. */
#include "tls-client.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char request[] = "GET /demo HTTP/1.1\r\nHost: x\r\n\r\n";

typedef struct {
  TlsIdentity *identity;
  SSL_CTX *context;
  Edge *edge;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  user_data)
{
  static const char *const settings[] = { "limits.connections_per_ip=0",
                                          "limits.connects_per_ip_per_s=0", NULL };

  self->identity = tls_identity_new ("one", TLS_KEY_EC, 30);
  self->context = tls_client_new (TLS1_2_VERSION, TLS1_3_VERSION);
  self->edge = edge_start_tls (settings, &self->identity->tls);
  edge_give_http (self->edge);
}

static void
tear_down (Fixture       *self,
           gconstpointer  user_data)
{
  edge_stop (self->edge);
  SSL_CTX_free (self->context);
  tls_identity_free (self->identity);
}

/* The end of the pair that http got, with what the edge had read already. */
static int
take_pair (Edge       *edge,
           const char *expected)
{
  g_autoptr (Record) record = NULL;
  Gate__Link__V1__Descriptor *body;
  int fd;

  WAIT_UNTIL (edge, edge->http_records->len > 0);
  record = g_ptr_array_steal_index (edge->http_records, 0);
  g_assert_cmpint (record->type, ==, GATE_RECORD_DESCRIPTOR);
  body = gate__link__v1__descriptor__unpack (NULL, record->body->len, record->body->data);
  g_assert_true (body->tls);
  g_assert_cmpstr (body->peer, ==, "127.0.0.1");
  g_assert_cmpmem (body->read.data, body->read.len, expected, strlen (expected));
  gate__link__v1__descriptor__free_unpacked (body, NULL);
  fd = record->fd;
  record->fd = -1;
  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static Client *
ask (Fixture    *self,
     const char *text,
     int        *ret_pair)
{
  Client *client = tls_connect (self->edge, self->context);

  client_send_text (client, text);
  *ret_pair = take_pair (self->edge, text);
  return client;
}

static void
send_all (Edge       *edge,
          int         fd,
          const void *bytes,
          gsize       n_bytes)
{
  const guint8 *at = bytes;

  while (n_bytes > 0) {
    gssize n = send (fd, at, n_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (n < 0) {
      g_assert_cmpint (errno, ==, EAGAIN);
      edge_turn (edge);
      continue;
    }
    at += n;
    n_bytes -= (gsize) n;
  }
}

/* Appends what is there; FALSE at the end. */
static gboolean
receive (int         fd,
         GByteArray *into)
{
  guint8 buffer[65536];
  gssize n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT);

  if (n > 0)
    g_byte_array_append (into, buffer, (guint) n);
  g_assert_true (n >= 0 || errno == EAGAIN);
  return n != 0;
}

static GByteArray *
make_noise (guint n_bytes)
{
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_set_size (bytes, n_bytes);
  for (guint i = 0; i < n_bytes; i++)
    bytes->data[i] = (guint8) (g_test_rand_int () >> 7);
  return bytes;
}

/* Requests and answers on one connection, as often as http likes. */
static void
test_keep_alive (Fixture       *self,
                 gconstpointer  user_data)
{
  g_autoptr (GByteArray) up = g_byte_array_new ();
  int pair;
  Client *client = ask (self, request, &pair);

  send_all (self->edge, pair, "HTTP/1.1 204 First\r\n\r\n", 22);
  WAIT_UNTIL (self->edge, client_has_text (client, "204 First\r\n\r\n"));
  client_send_text (client, request);
  WAIT_UNTIL (self->edge, receive (pair, up) && up->len == sizeof request - 1);
  g_assert_cmpmem (up->data, up->len, request, sizeof request - 1);
  send_all (self->edge, pair, "HTTP/1.1 204 Second\r\n\r\n", 23);
  WAIT_UNTIL (self->edge, client_has_text (client, "204 Second\r\n\r\n"));
  close (pair);
  WAIT_UNTIL (self->edge, client->is_eof);
  g_assert_cmpint (SSL_get_shutdown (client->ssl) & SSL_RECEIVED_SHUTDOWN, !=, 0);
  g_assert_cmpfloat (edge_metric (self->edge, "gate_connections_closed_total{reason=\"http\"}"), ==,
                     1);
}

/* The largest of records, and with it the body, comes before it is known what the client speaks. */
static void
test_body_along (Fixture       *self,
                 gconstpointer  user_data)
{
  static const char head[] = "PUT /media/up/x HTTP/1.1\r\nHost: x\r\nContent-Length: 16000\r\n\r\n";
  g_autofree char *body = g_strnfill (16000, 'b');
  g_autofree char *text = g_strconcat (head, body, NULL);
  int pair;
  Client *client = ask (self, text, &pair);

  send_all (self->edge, pair, "HTTP/1.1 201 Made\r\n\r\n", 21);
  WAIT_UNTIL (self->edge, client_has_text (client, "201 Made"));
  close (pair);
  WAIT_UNTIL (self->edge, client->is_eof);
}

/* 2 MiB each way at once, with ends that pause: nothing is lost, and what waits in the edge stays small. */
static void
test_large (Fixture       *self,
            gconstpointer  user_data)
{
  enum {
    N_BYTES = 2 << 20,
    CHUNK = 300000
  };
  g_autoptr (GByteArray) noise = make_noise (N_BYTES);
  g_autoptr (GByteArray) up = g_byte_array_new ();
  int pair;
  Client *client = ask (self, request, &pair);

  for (guint sent = 0; sent < N_BYTES;) {
    guint n = MIN (CHUNK, N_BYTES - sent);
    gssize n_down = send (pair, noise->data + sent, n, MSG_DONTWAIT | MSG_NOSIGNAL);

    /* The same bytes up; what http reads is read in between, so that neither waits for the other for ever. */
    n = n_down > 0 ? (guint) n_down : 0;
    for (guint i = 0; i < n;) {
      gssize n_up = tls_send (client->ssl, noise->data + sent + i, n - i);

      i += (guint) MAX (n_up, 0);
      (void) receive (pair, up);
      edge_turn (self->edge);
    }
    sent += n;
    edge_turn (self->edge);
  }
  WAIT_UNTIL (self->edge, receive (pair, up) && up->len == N_BYTES && client->in->len == N_BYTES);
  g_assert_cmpint (memcmp (up->data, noise->data, N_BYTES), ==, 0);
  g_assert_cmpint (memcmp (client->in->data, noise->data, N_BYTES), ==, 0);
  close (pair);
  WAIT_UNTIL (self->edge, client->is_eof);
}

static gint64
read_rss_kib (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", pid);
  g_autofree char *text = NULL;
  const char *line;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  line = strstr (text, "VmRSS:");
  g_assert_nonnull (line);
  return g_ascii_strtoll (line + 6, NULL, 10);
}

/* A client that sends what http does not read, and http that answers what the client does not read: both wait. */
static void
test_back_pressure (Fixture       *self,
                    gconstpointer  user_data)
{
  g_autoptr (GByteArray) noise = make_noise (1 << 20);
  int pair;
  Client *client = ask (self, request, &pair);
  gint64 before_kib = read_rss_kib (self->edge->pid);
  gsize n_up = 0;
  gsize n_down = 0;
  guint n_idle = 0;

  client->is_reading = FALSE;
  while (n_idle < 50) {
    gssize up = tls_send (client->ssl, noise->data, noise->len);
    gssize down = send (pair, noise->data, noise->len, MSG_DONTWAIT | MSG_NOSIGNAL);

    n_up += (gsize) MAX (up, 0);
    n_down += (gsize) MAX (down, 0);
    n_idle = up > 0 || down > 0 ? 0 : n_idle + 1;
    edge_turn (self->edge);
  }
  g_test_message ("up %zu, down %zu bytes before both stopped", n_up, n_down);
  g_assert_cmpuint (n_up, <, 64 << 20);
  g_assert_cmpuint (n_down, <, 64 << 20);
  g_assert_cmpint (read_rss_kib (self->edge->pid) - before_kib, <, 8192);
  close (pair);
}

/* The client has said all: http reads the end and can still answer. */
static void
test_client_half_closes (Fixture       *self,
                         gconstpointer  user_data)
{
  g_autoptr (GByteArray) up = g_byte_array_new ();
  int pair;
  Client *client = ask (self, request, &pair);

  g_assert_cmpint (SSL_shutdown (client->ssl), ==, 0);
  g_assert_cmpint (shutdown (client->fd, SHUT_WR), ==, 0);
  WAIT_UNTIL (self->edge, !receive (pair, up));
  send_all (self->edge, pair, "HTTP/1.1 204 Late\r\n\r\n", 21);
  WAIT_UNTIL (self->edge, client_has_text (client, "204 Late"));
  g_assert_false (client->is_eof);
  close (pair);
  WAIT_UNTIL (self->edge, client->is_eof);
  WAIT_UNTIL (self->edge,
              edge_metric (self->edge, "gate_connections_closed_total{reason=\"http\"}") == 1);
}

/* http refuses in the middle of an upload: the answer arrives whole although nobody reads the rest. */
static void
test_http_closes_early (Fixture       *self,
                        gconstpointer  user_data)
{
  g_autoptr (GByteArray) noise = make_noise (200000);
  int pair;
  Client *client =
    ask (self, "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n", &pair);

  client_send (client, noise->data, 1000);
  send_all (self->edge, pair, "HTTP/1.1 413 Too much\r\n\r\n", 25);
  close (pair);
  (void) tls_send (client->ssl, noise->data, noise->len);
  WAIT_UNTIL (self->edge, client->is_eof);
  g_assert_true (client_has_text (client, "413 Too much\r\n\r\n"));
}

static void
test_http_dies (Fixture       *self,
                gconstpointer  user_data)
{
  int pair;
  Client *client = ask (self, request, &pair);
  Client *next;

  close (pair);
  edge_take_http_away (self->edge);
  WAIT_UNTIL (self->edge, client->is_eof);
  next = tls_connect (self->edge, self->context);
  client_send_text (next, request);
  WAIT_UNTIL (self->edge, next->is_eof);
  g_assert_true (next->in->len == 0 || client_has_text (next, "HTTP/1.1 503 "));
}

static void
test_client_dies (Fixture       *self,
                  gconstpointer  user_data)
{
  g_autoptr (GByteArray) up = g_byte_array_new ();
  struct linger hard = { 1, 0 };
  int pair;
  Client *client = ask (self, request, &pair);

  g_assert_cmpint (setsockopt (client->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard), ==, 0);
  client_close (client);
  WAIT_UNTIL (self->edge, !receive (pair, up));
  close (pair);
}

static void
send_back (Edge       *edge,
           int         pair,
           const char *read)
{
  Gate__Link__V1__Descriptor body = GATE__LINK__V1__DESCRIPTOR__INIT;

  body.kind = GATE__LINK__V1__DESCRIPTOR_KIND__DK_HTTP_CONNECTION;
  body.tls = TRUE;
  body.read = (ProtobufCBinaryData){ strlen (read), (guint8 *) read };
  gate_link_send_descriptor (edge->http, GATE_RECORD_DESCRIPTOR, 0, &body.base, pair);
}

/* An upgrade on a kept-alive connection: the answer of before, the 101 and what the client sent behind it keep their order. */
static void
test_comes_back (Fixture       *self,
                 gconstpointer  user_data)
{
  static const char upgrade[] = "GET /ws?app=demo HTTP/1.1\r\nHost: shop.example\r\n"
                                "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                "Origin: https://shop.example\r\nSec-WebSocket-Version: 13\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  int pair;
  Client *client = ask (self, request, &pair);
  const char *end;
  guint32 number;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Frame down = WIRE_FRAME (MESSAGE, message, &message);
  g_autofree char *text = NULL;
  char read[sizeof upgrade];

  client_send_text (client, upgrade);
  client_send_json (client, "{\"t\":\"hello\",\"id\":1,\"v\":1}");
  /* http reads the head and nothing behind it, as its parser does; the rest stays where it lies. */
  WAIT_UNTIL (self->edge, recv (pair, read, sizeof upgrade - 1, MSG_PEEK) == sizeof upgrade - 1);
  g_assert_cmpint (recv (pair, read, sizeof upgrade - 1, 0), ==, sizeof upgrade - 1);
  g_assert_cmpmem (read, sizeof upgrade - 1, upgrade, sizeof upgrade - 1);
  g_assert_cmpint (send (pair, "HTTP/1.1 204 Before\r\n\r\n", 23, 0), ==, 23);
  send_back (self->edge, pair, upgrade);
  WAIT_UNTIL (self->edge, client_has_text (client, "101 Switching"));
  g_assert_true (
    g_str_has_prefix ((char *) client->in->data, "HTTP/1.1 204 Before\r\n\r\nHTTP/1.1 101 "));
  g_assert_cmpint (edge_take_frame (self->edge, arena, &number)->body_case, ==,
                   GATE__V1__FRAME__BODY_HELLO);
  end = memmem (client->in->data, client->in->len, "101", 3);
  end = strstr (end, "\r\n\r\n") + 4;
  g_byte_array_remove_range (client->in, 0, (guint) (end - (char *) client->in->data));
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) "hi";
  edge_send_frame (self->edge, number, &down);
  text = client_take_json (client);
  g_assert_nonnull (strstr (text, "\"text\":\"hi\""));
}

/* A socket that is no pump's, such as one of an edge that died, takes nobody's place. */
static void
test_stranger_comes_back (Fixture       *self,
                          gconstpointer  user_data)
{
  int own;
  int other[2];
  Client *client = ask (self, request, &own);
  char byte;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, other), ==,
                   0);
  send_back (self->edge, other[1], request);
  WAIT_UNTIL (self->edge, recv (other[0], &byte, 1, MSG_DONTWAIT) == 0);
  close (other[0]);
  send_all (self->edge, own, "HTTP/1.1 204 Still\r\n\r\n", 22);
  WAIT_UNTIL (self->edge, client_has_text (client, "204 Still"));
  close (own);
}

/* More than an edge pumps at a time are told to try again, and the next is served when one has gone. */
static void
test_too_many (Fixture       *self,
               gconstpointer  user_data)
{
  enum {
    LIMIT = 512
  };
  int pairs[LIMIT];
  Client *clients[LIMIT];
  Client *refused;

  for (guint i = 0; i < LIMIT; i++)
    clients[i] = ask (self, request, &pairs[i]);
  refused = tls_connect (self->edge, self->context);
  client_send_text (refused, request);
  WAIT_UNTIL (self->edge, refused->is_eof);
  g_assert_true (client_has_text (refused, "HTTP/1.1 503 "));
  close (pairs[0]);
  WAIT_UNTIL (self->edge, clients[0]->is_eof);
  client_close (clients[0]);
  for (guint i = 1; i < LIMIT; i++)
    close (pairs[i]);
  for (guint i = 1; i < LIMIT; i++)
    WAIT_UNTIL (self->edge, clients[i]->is_eof);
}

#define ADD(name, function) \
  g_test_add ("/edge/tls-http/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("keep-alive", test_keep_alive);
  ADD ("body-along", test_body_along);
  ADD ("large", test_large);
  ADD ("back-pressure", test_back_pressure);
  ADD ("client-half-closes", test_client_half_closes);
  ADD ("http-closes-early", test_http_closes_early);
  ADD ("http-dies", test_http_dies);
  ADD ("client-dies", test_client_dies);
  ADD ("comes-back", test_comes_back);
  ADD ("stranger-comes-back", test_stranger_comes_back);
  ADD ("too-many", test_too_many);
  return g_test_run ();
}
