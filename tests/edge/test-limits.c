/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an edge does to those who come too often, too slowly, or take too long. */
#include "edge-harness.h"

#include <string.h>
#include <sys/socket.h>

static const char hello_json[] = "{\"t\":\"hello\",\"id\":1,\"v\":1,\"ch\":\"web\"}";

static Client *
open_json (Edge *edge)
{
  return client_upgrade (edge, "", "Sec-WebSocket-Protocol: gate.v1.json\r\n");
}

static guint32
sign_in (Edge   *edge,
         Client *client,
         guint   send_buffer_bytes)
{
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  guint32 number;

  client_send_json (client, hello_json);
  (void) edge_take_frame (edge, arena, &number);
  edge_send_limits (edge, number, GATE__V1__ROLE__VISITOR, send_buffer_bytes, FALSE);
  return number;
}

static void
assert_closed (Edge    *edge,
               guint32  number,
               guint    code)
{
  g_autoptr (Record) record = edge_take (edge, GATE_RECORD_CLOSED);
  Gate__Link__V1__Closed *body =
    gate__link__v1__closed__unpack (NULL, record->body->len, record->body->data);

  g_assert_cmpuint (record->number, ==, number);
  g_assert_cmpuint (body->code, ==, code);
  gate__link__v1__closed__free_unpacked (body, NULL);
}

/* 20 messages at once, then one each 200 ms; the next is answered with how long to wait. */
static void
test_rate (void)
{
  Edge *edge = edge_start (NULL);
  Client *client = open_json (edge);
  g_autofree char *answer = NULL;

  sign_in (edge, client, 0);
  for (guint i = 0; i < 21; i++)
    client_send_json (client,
                      "{\"t\":\"msg\",\"id\":4,\"cid\":\"1122334455667788\",\"text\":\"x\"}");
  answer = client_take_json (client);
  g_assert_nonnull (strstr (answer, "\"id\":4,\"code\":429,\"slug\":\"rate_limited\",\"retry\":"));
  for (guint i = 0; i < 20; i++)
    record_free (edge_take (edge, GATE_RECORD_FRAME));
  g_assert_null (edge_find (edge, GATE_RECORD_FRAME));
  g_assert_cmpfloat (edge_metric (edge, "gate_frames_rejected_total{reason=\"rate_limited\"}"), ==,
                     1);
  edge_stop (edge);
}

static void
test_abuse (void)
{
  Edge *edge = edge_start (NULL);
  Client *client = open_json (edge);
  guint32 number = sign_in (edge, client, 0);

  for (guint i = 0; i < 300; i++)
    client_send_json (client, "{\"t\":\"ping\"}");
  g_assert_cmpuint (client_take_close (client), ==, 4006);
  assert_closed (edge, number, 4006);
  edge_stop (edge);
}

static void
test_hello_timeout (void)
{
  const char *settings[] = { "session.hello_timeout=300ms", NULL };
  Edge *edge = edge_start (settings);
  Client *silent = open_json (edge);
  Client *late = open_json (edge);
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  guint32 number;

  /* A hello that the core does not answer does not help. */
  client_send_json (late, hello_json);
  (void) edge_take_frame (edge, arena, &number);
  g_assert_cmpuint (client_take_close (silent), ==, 4002);
  g_assert_cmpuint (client_take_close (late), ==, 4002);
  assert_closed (edge, number, 4002);
  edge_stop (edge);
}

/* A head that comes byte by byte has one deadline for all of it, however busy the sender looks. */
static void
test_head_timeout (void)
{
  const char *settings[] = { "session.hello_timeout=200ms", NULL };
  static const char head[] = "GET /ws HTTP/1.1\r\nHost: x\r\nA: ";
  Edge *edge = edge_start (settings);
  Client *slow = client_connect (edge);
  gint64 begin_us = g_get_monotonic_time ();

  for (guint i = 0; !slow->is_eof; i++) {
    client_send (slow, i < sizeof head - 1 ? &head[i] : "a", 1);
    edge_turn (edge);
    g_assert_cmpint (g_get_monotonic_time () - begin_us, <, (gint64) 5 * G_USEC_PER_SEC);
  }
  g_assert_cmpint (g_get_monotonic_time () - begin_us, >=, 400000);
  g_assert_cmpuint (slow->in->len, ==, 0);
  g_assert_cmpfloat (edge_metric (edge, "gate_connections_closed_total{reason=\"timeout\"}"), ==,
                     1);
  edge_stop (edge);
}

/* Activity moves the deadline; silence meets it. */
static void
test_idle (void)
{
  const char *settings[] = { "session.idle=500ms", NULL };
  Edge *edge = edge_start (settings);
  Client *silent = open_json (edge);
  guint32 silent_number = sign_in (edge, silent, 0);
  Client *busy = open_json (edge);
  gint64 next_us = g_get_monotonic_time ();
  gint64 end_us = next_us + 1500000;

  sign_in (edge, busy, 0);
  while (g_get_monotonic_time () < end_us) {
    if (g_get_monotonic_time () >= next_us) {
      client_send_json (busy, "{\"t\":\"ping\"}");
      next_us += 200000;
    }
    edge_turn (edge);
  }
  g_assert_cmpuint (client_take_close (silent), ==, 4005);
  assert_closed (edge, silent_number, 4005);
  g_assert_false (busy->is_eof);
  g_assert_cmpuint (client_take_close (busy), ==, 4005);
  edge_stop (edge);
}

static void
send_text_down (Edge    *edge,
                guint32  number,
                guint    n_bytes)
{
  g_autofree char *text = g_strnfill (n_bytes, 'x');
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (MESSAGE, message, &message);

  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = text;
  edge_send_frame (edge, number, &frame);
}

/* A client that stops reading is cut off at its limit; its neighbour notices nothing. */
static void
test_slow_consumer (void)
{
  Edge *edge = edge_start (NULL);
  Client *stalled = open_json (edge);
  guint32 stalled_number = sign_in (edge, stalled, 256 * 1024);
  Client *other = open_json (edge);
  guint32 other_number = sign_in (edge, other, 256 * 1024);
  double most_bytes = 0;

  stalled->is_reading = FALSE;
  for (guint i = 0; i < 4000 && edge_find (edge, GATE_RECORD_CLOSED) == NULL; i++) {
    send_text_down (edge, stalled_number, 4000);
    send_text_down (edge, other_number, 10);
    edge_turn (edge);
  }
  assert_closed (edge, stalled_number, 4008);
  for (guint i = 0; i < 100; i++) {
    g_autofree char *text = client_take_json (other);

    g_assert_nonnull (strstr (text, "xxxxxxxxxx"));
  }
  WAIT_UNTIL (edge, (most_bytes = edge_metric (edge, "gate_send_buffer_bytes")) >= 0);
  g_assert_cmpfloat (most_bytes, <=, 320 * 1024 + 65536);
  edge_stop (edge);
}

/* While a client does not read, typing of one conversation takes the place of the one before; messages stay. */
static void
test_replaced (void)
{
  Edge *edge = edge_start (NULL);
  Client *client = open_json (edge);
  guint32 number = sign_in (edge, client, 4 * 1024 * 1024);
  Client *witness = open_json (edge);
  guint32 witness_number = sign_in (edge, witness, 0);
  g_autofree char *seen = NULL;
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (TYPING, typing, &typing);
  Gate__V1__Error error = GATE__V1__ERROR__INIT;
  Gate__V1__Frame last = WIRE_FRAME (ERROR, error, &error);
  guint n_typing = 0;
  guint n_messages = 0;
  gboolean is_over = FALSE;

  client->is_reading = FALSE;
  /* More than the sockets take, then what can be replaced. */
  for (guint i = 0; i < 800; i++)
    send_text_down (edge, number, 4000);
  typing.on = TRUE;
  for (guint i = 0; i < 500; i++) {
    typing.conv = 300 + i % 2;
    typing.preview = (char *) (i >= 498 ? "last" : "x");
    edge_send_frame (edge, number, &frame);
  }
  edge_send_frame (edge, number, &last);
  /* What comes after all that has arrived: so the edge has seen everything before the client reads again. */
  edge_send_frame (edge, witness_number, &last);
  seen = client_take_json (witness);
  client->is_reading = TRUE;
  while (!is_over) {
    g_autofree char *text = client_take_json (client);

    n_messages += g_str_has_prefix (text, "{\"t\":\"msg\"");
    if (g_str_has_prefix (text, "{\"t\":\"typing\"")) {
      n_typing++;
      g_assert_nonnull (strstr (text, "last"));
    }
    is_over = g_str_has_prefix (text, "{\"t\":\"error\"");
  }
  g_assert_cmpuint (n_messages, ==, 800);
  g_assert_cmpuint (n_typing, ==, 2);
  edge_stop (edge);
}

/* What nobody waits for waits for company, but not for ever; an ack takes it along at once. */
static void
test_flush_interval (void)
{
  const char *settings[] = { "io.flush_interval=300ms", NULL };
  Edge *edge = edge_start (settings);
  Client *client = open_json (edge);
  guint32 number = sign_in (edge, client, 0);
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (TYPING, typing, &typing);
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;
  Gate__V1__Frame answer = WIRE_FRAME (ACK, ack, &ack);
  gint64 begin_us = g_get_monotonic_time ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;

  edge_send_frame (edge, number, &frame);
  first = client_take_json (client);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, >=, 290000);
  begin_us = g_get_monotonic_time ();
  edge_send_frame (edge, number, &frame);
  edge_send_frame (edge, number, &answer);
  second = client_take_json (client);
  third = client_take_json (client);
  g_assert_nonnull (strstr (second, "typing"));
  g_assert_nonnull (strstr (third, "ack"));
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 290000);
  edge_stop (edge);
}

static void
test_address_limit (void)
{
  const char *settings[] = { "limits.connections_per_ip=3", NULL };
  Edge *edge = edge_start (settings);
  Client *first = open_json (edge);
  Client *refused;

  (void) open_json (edge);
  (void) open_json (edge);
  refused = client_connect (edge);
  client_send_text (refused, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  WAIT_UNTIL (edge, refused->is_eof);
  g_assert_cmpuint (refused->in->len, ==, 0);
  g_assert_cmpfloat (edge_metric (edge, "gate_frames_rejected_total{reason=\"address_limit\"}"), ==,
                     1);
  /* One leaves, one may come. */
  client_close (first);
  WAIT_UNTIL (edge,
              edge_metric (edge,
                           "gate_connections{transport=\"ws\",role=\"none\",codec=\"json\"}") == 2);
  (void) open_json (edge);
  edge_stop (edge);
}

/* An edge at its limit leaves the listening socket to others and takes up again when there is room. */
static void
test_connection_limit (void)
{
  const char *settings[] = { "io.max_connections=4", NULL };
  Edge *edge = edge_start (settings);
  Client *clients[4];
  Client *waiting;

  for (guint i = 0; i < 4; i++) {
    clients[i] = open_json (edge);
    sign_in (edge, clients[i], 0);
  }
  waiting = client_connect (edge);
  client_send_text (waiting, "PRI * HTTP/2.0\r\n\r\n");
  for (guint i = 0; i < 50; i++)
    edge_turn (edge);
  g_assert_false (waiting->is_eof);
  client_close (clients[0]);
  WAIT_UNTIL (edge, waiting->is_eof);
  g_assert_true (client_has_text (waiting, "HTTP/1.1 505 "));
  edge_stop (edge);
}

/* The core stops reading: the edge stops reading too, and nothing is lost when both go on. */
static void
test_core_is_behind (void)
{
  enum {
    N_CLIENTS = 8,
    N_MESSAGES = 700
  };
  const char *settings[] = { "limits.messages_per_s=0", "limits.frames_per_s=0", NULL };
  Edge *edge = edge_start (settings);
  g_autofree char *text = g_strnfill (4000, 'x');
  g_autofree char *json = g_strdup_printf ("{\"t\":\"msg\",\"id\":4,\"text\":\"%s\"}", text);
  Client *clients[N_CLIENTS];
  guint n_received = 0;
  gsize n_pending[N_CLIENTS] = { 0 };
  gsize n_taken = 0;
  const gsize least_bytes = (gsize) 8 << 20;
  gint64 deadline_us;
  int small = 65536;
  g_auto (WireBuffer) bytes = WIRE_BUFFER_INIT;
  static const guint8 mask[4] = { 1, 2, 3, 4 };

  for (guint i = 0; i < N_MESSAGES; i++)
    wire_websocket_write_client (&bytes, WIRE_WEBSOCKET_TEXT, TRUE, mask, json, strlen (json));
  /* Small socket buffers, so that it is the edge's memory that is measured. */
  g_assert_cmpint (setsockopt (edge->listen_fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), ==,
                   0);
  for (guint i = 0; i < N_CLIENTS; i++) {
    clients[i] = open_json (edge);
    g_assert_cmpint (setsockopt (clients[i]->fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small), ==,
                     0);
  }
  deadline_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  /* 22 MB are offered and nobody turns the core's loop: no more than the link's limit may get in. */
  for (guint tries = 0; tries < 100; tries++) {
    for (guint i = 0; i < N_CLIENTS; i++) {
      gssize n_sent = send (clients[i]->fd, bytes.data + n_pending[i], bytes.n_bytes - n_pending[i],
                            MSG_DONTWAIT | MSG_NOSIGNAL);

      n_pending[i] += n_sent > 0 ? (gsize) n_sent : 0;
      n_taken += n_sent > 0 ? (gsize) n_sent : 0;
      /* It goes on while something is taken or is still to be, and ends when nothing was for a while. */
      tries =
        n_sent > 0 || (n_taken < least_bytes && g_get_monotonic_time () < deadline_us) ? 0 : tries;
    }
    g_usleep (1000);
  }
  g_assert_cmpuint (n_taken, >=, least_bytes);
  g_assert_cmpuint (n_taken, <=, 13u << 20);
  for (guint i = 0; i < N_CLIENTS; i++)
    client_send (clients[i], bytes.data + n_pending[i], bytes.n_bytes - n_pending[i]);
  while (n_received < N_CLIENTS * N_MESSAGES) {
    record_free (edge_take (edge, GATE_RECORD_FRAME));
    n_received++;
  }
  for (guint i = 0; i < N_CLIENTS; i++)
    g_assert_false (clients[i]->is_eof);
  edge_stop (edge);
}

static void
test_drain (void)
{
  Edge *edge = edge_start (NULL);
  Client *client = open_json (edge);
  guint32 number = sign_in (edge, client, 0);
  Gate__Link__V1__Stop stop = GATE__LINK__V1__STOP__INIT;
  Gate__V1__GoAway away = GATE__V1__GO_AWAY__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (GO_AWAY, go_away, &away);
  g_autofree char *text = NULL;

  stop.drain_ms = 300;
  away.delay_ms = 100;
  gate_link_send_message (edge->link, GATE_RECORD_STOP, 0, 0, &stop.base);
  edge_send_frame (edge, number, &frame);
  text = client_take_json (client);
  g_assert_nonnull (strstr (text, "\"t\":\"bye\""));
  g_assert_cmpuint (client_take_close (client), ==, 1012);
  client_send_ws (client, WIRE_WEBSOCKET_CLOSE, "\x03\xf4", 2);
  client_close (client);
  g_assert_cmpint (edge_wait_exit (edge), ==, 0);
  edge_stop (edge);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edge/limits/rate", test_rate);
  g_test_add_func ("/edge/limits/abuse", test_abuse);
  g_test_add_func ("/edge/limits/hello-timeout", test_hello_timeout);
  g_test_add_func ("/edge/limits/head-timeout", test_head_timeout);
  g_test_add_func ("/edge/limits/idle", test_idle);
  g_test_add_func ("/edge/limits/slow-consumer", test_slow_consumer);
  g_test_add_func ("/edge/limits/replaced", test_replaced);
  g_test_add_func ("/edge/limits/flush-interval", test_flush_interval);
  g_test_add_func ("/edge/limits/address", test_address_limit);
  g_test_add_func ("/edge/limits/connections", test_connection_limit);
  g_test_add_func ("/edge/limits/core-is-behind", test_core_is_behind);
  g_test_add_func ("/edge/limits/drain", test_drain);
  return g_test_run ();
}
