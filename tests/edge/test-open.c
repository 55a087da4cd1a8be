/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the first bytes to a protocol, and what goes to http. */
#include "edge-harness.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  const char *name;
  const char *bytes;
  const char *answer; /* how it begins; "" = closed without a word */
} OpenCase;

#define UPGRADE(target, extra)                                              \
  "GET " target " HTTP/1.1\r\nHost: shop.example\r\nUpgrade: websocket\r\n" \
  "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"        \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" extra "\r\n"

static const OpenCase open_cases[] = {
  { "http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 505 " },
  { "tls", "\x16\x03\x01\x02\x00\x01", "" },
  { "ssh", "SSH-2.0-x\r\n", "" },
  { "proxy-untrusted", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n", "" },
  { "bare-lf", "GET / HTTP/1.1\nHost: x\n\n", "HTTP/1.1 400 " },
  { "two-lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "HTTP/1.1 400 " },
  { "no-http-worker", "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 503 " },
  { "origin-of-app", UPGRADE ("/ws?app=demo", "Origin: https://shop.example\r\n"),
    "HTTP/1.1 101 " },
  { "origin-none", UPGRADE ("/ws?app=demo", ""), "HTTP/1.1 101 " },
  { "origin-other", UPGRADE ("/ws?app=demo", "Origin: https://evil-shop.example\r\n"),
    "HTTP/1.1 403 " },
  { "origin-suffix", UPGRADE ("/ws?app=demo", "Origin: https://shop.example.evil.example\r\n"),
    "HTTP/1.1 403 " },
  { "origin-null", UPGRADE ("/ws?app=demo", "Origin: null\r\n"), "HTTP/1.1 403 " },
  { "unknown-app", UPGRADE ("/ws?app=nobody", "Origin: https://shop.example\r\n"),
    "HTTP/1.1 403 " },
  { "no-app", UPGRADE ("/ws", "Origin: https://any.example\r\n"), "HTTP/1.1 101 " },
  { "deflate-declined", UPGRADE ("/ws", "Sec-WebSocket-Extensions: permessage-deflate\r\n"),
    "HTTP/1.1 101 " },
  { "no-key",
    "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n",
    "HTTP/1.1 400 " },
};

static void
test_first_bytes (gconstpointer user_data)
{
  const OpenCase *test = user_data;
  Edge *edge = edge_start (NULL);
  Client *client = client_connect (edge);

  client_send_text (client, test->bytes);
  if (g_str_has_prefix (test->answer, "HTTP/1.1 101"))
    WAIT_UNTIL (edge, client_has_text (client, "\r\n\r\n"));
  else
    WAIT_UNTIL (edge, client->is_eof);
  g_byte_array_append (client->in, (const guint8 *) "", 1);
  g_assert_true (g_str_has_prefix ((char *) client->in->data, test->answer));
  g_assert_false (client_has_text (client, "Sec-WebSocket-Extensions"));
  if (test->answer[0] == '\0')
    g_assert_cmpuint (client->in->len, ==, 1);
  edge_stop (edge);
}

/* A head that never ends is refused at its limit, long before its deadline. */
static void
test_long_head (void)
{
  Edge *edge = edge_start (NULL);
  Client *client = client_connect (edge);
  g_autofree char *filler = g_strnfill (9000, 'a');

  client_send_text (client, "GET / HTTP/1.1\r\nHost: x\r\nX: ");
  client_send_text (client, filler);
  WAIT_UNTIL (edge, client->is_eof);
  g_assert_true (client_has_text (client, "HTTP/1.1 431 "));
  edge_stop (edge);
}

static Record *
take_http_record (Edge *edge)
{
  WAIT_UNTIL (edge, edge->http_records->len > 0);
  return g_ptr_array_steal_index (edge->http_records, 0);
}

/* The descriptor arrives with what was read of it, and the client talks to whoever holds it. */
static void
test_hand_over (void)
{
  static const char request[] =
    "POST /api/v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde";
  Edge *edge = edge_start (NULL);
  Client *client;
  g_autoptr (Record) record = NULL;
  Gate__Link__V1__Descriptor *body;

  edge_give_http (edge);
  client = client_connect (edge);
  /* In two pieces, so that some of it was kept. */
  client_send (client, request, 10);
  for (guint i = 0; i < 10; i++)
    edge_turn (edge);
  client_send_text (client, request + 10);
  record = take_http_record (edge);
  g_assert_cmpint (record->type, ==, GATE_RECORD_DESCRIPTOR);
  g_assert_cmpint (record->fd, >=, 0);
  body = gate__link__v1__descriptor__unpack (NULL, record->body->len, record->body->data);
  g_assert_cmpint (body->kind, ==, GATE__LINK__V1__DESCRIPTOR_KIND__DK_HTTP_CONNECTION);
  g_assert_cmpstr (body->peer, ==, "127.0.0.1");
  g_assert_cmpmem (body->read.data, body->read.len, request, sizeof request - 1);
  gate__link__v1__descriptor__free_unpacked (body, NULL);
  g_assert_cmpint (write (record->fd, "HTTP/1.1 204 No Content\r\n\r\n", 27), ==, 27);
  WAIT_UNTIL (edge, client_has_text (client, "204 No Content"));
  g_assert_false (client->is_eof);
  g_assert_cmpfloat (edge_metric (edge, "gate_connections_closed_total{reason=\"http\"}"), ==, 1);
  edge_stop (edge);
}

static gsize
receive (int         fd,
         GByteArray *got)
{
  guint8 buffer[16384];
  gssize n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT);

  if (n > 0)
    g_byte_array_append (got, buffer, (guint) n);
  return got->len;
}

/* Of a body that came along with its head the most stays in the socket: many uploads fit in the link. */
static void
test_hand_over_large (void)
{
  static const char head[] = "PUT /media/up/x HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n";
  Edge *edge = edge_start (NULL);
  g_autofree char *text = g_strnfill (60000, 'b');
  g_autofree char *request = g_strconcat (head, text, NULL);
  g_autoptr (GByteArray) got = g_byte_array_new ();
  g_autoptr (Record) record = NULL;
  Gate__Link__V1__Descriptor *body;

  edge_give_http (edge);
  client_send_text (client_connect (edge), request);
  record = take_http_record (edge);
  body = gate__link__v1__descriptor__unpack (NULL, record->body->len, record->body->data);
  g_assert_cmpuint (body->read.len, <=, 2048);
  g_byte_array_append (got, body->read.data, (guint) body->read.len);
  gate__link__v1__descriptor__free_unpacked (body, NULL);
  WAIT_UNTIL (edge, receive (record->fd, got) == strlen (request));
  g_assert_cmpmem (got->data, got->len, request, strlen (request));
  edge_stop (edge);
}

/* http read an upgrade on a kept-alive connection and gives it back. */
static void
test_comes_back (void)
{
  static const char request[] = UPGRADE ("/ws?app=demo", "Origin: https://shop.example\r\n");
  Edge *edge = edge_start (NULL);
  Client *client;
  g_autoptr (Record) record = NULL;
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  Gate__Link__V1__Descriptor body = GATE__LINK__V1__DESCRIPTOR__INIT;
  Gate__V1__Frame *frame;
  const char *end;

  edge_give_http (edge);
  client = client_connect (edge);
  client_send_text (client, "GET /demo HTTP/1.1\r\nHost: x\r\n\r\n");
  record = take_http_record (edge);
  body.kind = GATE__LINK__V1__DESCRIPTOR_KIND__DK_HTTP_CONNECTION;
  body.read = (ProtobufCBinaryData){ sizeof request - 1, (guint8 *) request };
  gate_link_send_descriptor (edge->http, GATE_RECORD_DESCRIPTOR, 0, &body.base, record->fd);
  record->fd = -1;
  WAIT_UNTIL (edge, client_has_text (client, "\r\n\r\n"));
  g_assert_true (client_has_text (client, "HTTP/1.1 101 "));
  end = memmem (client->in->data, client->in->len, "\r\n\r\n", 4);
  g_byte_array_remove_range (client->in, 0, (guint) (end - (char *) client->in->data) + 4);
  client_send_json (client, "{\"t\":\"hello\",\"id\":1,\"v\":1}");
  frame = edge_take_frame (edge, arena, NULL);
  g_assert_cmpint (frame->body_case, ==, GATE__V1__FRAME__BODY_HELLO);
  edge_stop (edge);
}

/* http dies: the edge answers for it, and goes on with the next one. */
static void
test_http_dies (void)
{
  Edge *edge = edge_start (NULL);
  Client *first;
  Client *second;
  g_autoptr (Record) record = NULL;

  edge_give_http (edge);
  edge_take_http_away (edge);
  first = client_connect (edge);
  client_send_text (first, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  WAIT_UNTIL (edge, first->is_eof);
  /* Either it knew already, or the descriptor was lost with the pair: a client tries again. */
  g_assert_true (first->in->len == 0 || client_has_text (first, "HTTP/1.1 503 "));
  edge_give_http (edge);
  second = client_connect (edge);
  client_send_text (second, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  record = take_http_record (edge);
  g_assert_cmpint (record->fd, >=, 0);
  edge_stop (edge);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edge/open/long-head", test_long_head);
  g_test_add_func ("/edge/open/hand-over", test_hand_over);
  g_test_add_func ("/edge/open/hand-over-large", test_hand_over_large);
  g_test_add_func ("/edge/open/comes-back", test_comes_back);
  g_test_add_func ("/edge/open/http-dies", test_http_dies);
  for (gsize i = 0; i < G_N_ELEMENTS (open_cases); i++) {
    g_autofree char *path = g_strdup_printf ("/edge/open/first-bytes/%s", open_cases[i].name);

    g_test_add_data_func (path, &open_cases[i], test_first_bytes);
  }
  return g_test_run ();
}
