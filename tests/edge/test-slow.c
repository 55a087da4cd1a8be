/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client with more unsent than its limit allows: ten seconds, then 4008; who reads in time stays. In real time, twelve seconds. */
#include "edge-harness.h"

#include <string.h>
#include <sys/socket.h>

#define LIMIT_BYTES   (4u << 20)
#define MESSAGE_BYTES 4000
#define N_MESSAGES \
  1103 /* 4.2 MiB: over the limit and below a sixteenth more, whatever the sockets keep */
#define LATER_US ((gint64) 5 * G_USEC_PER_SEC)

typedef struct {
  Client *client;
  guint32 number;
} Reader;

static Reader
come_in (Edge *edge)
{
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  Reader reader = { client_upgrade (edge, "", "Sec-WebSocket-Protocol: gate.v1.json\r\n"), 0 };

  client_send_json (reader.client, "{\"t\":\"hello\",\"id\":1,\"v\":1,\"ch\":\"web\"}");
  (void) edge_take_frame (edge, arena, &reader.number);
  edge_send_limits (edge, reader.number, GATE__V1__ROLE__AGENT, LIMIT_BYTES, FALSE);
  reader.client->is_reading = FALSE;
  return reader;
}

static void
write_to (Edge         *edge,
          const Reader *reader)
{
  g_autofree char *text = g_strnfill (MESSAGE_BYTES, 'x');
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (MESSAGE, message, &message);

  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = text;
  for (guint i = 0; i < N_MESSAGES; i++) {
    edge_send_frame (edge, reader->number, &frame);
    if (i % 50 == 0)
      edge_turn (edge);
  }
}

static void
test_ten_seconds (void)
{
  Edge *edge = edge_start (NULL);
  int small = 16384;
  Reader stalled, late;
  gint64 begin_us;
  g_autoptr (Record) closed = NULL;
  Gate__Link__V1__Closed *body;

  g_assert_cmpint (setsockopt (edge->listen_fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small), ==,
                   0);
  stalled = come_in (edge);
  late = come_in (edge);
  write_to (edge, &stalled);
  write_to (edge, &late);
  begin_us = g_get_monotonic_time ();
  while (edge_find (edge, GATE_RECORD_CLOSED) == NULL) {
    gint64 age_us = g_get_monotonic_time () - begin_us;

    late.client->is_reading = age_us > LATER_US;
    g_assert_cmpint (age_us, <, (gint64) 15 * G_USEC_PER_SEC);
    edge_turn (edge);
  }
  g_assert_cmpint (g_get_monotonic_time () - begin_us, >=, (gint64) 9 * G_USEC_PER_SEC);
  closed = edge_take (edge, GATE_RECORD_CLOSED);
  body = gate__link__v1__closed__unpack (NULL, closed->body->len, closed->body->data);
  g_assert_cmpuint (closed->number, ==, stalled.number);
  g_assert_cmpuint (body->code, ==, 4008);
  gate__link__v1__closed__free_unpacked (body, NULL);
  for (guint i = 0; i < N_MESSAGES; i++)
    g_free (client_take_json (late.client));
  g_assert_false (late.client->is_eof);
  edge_stop (edge);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edge/slow/ten-seconds", test_ten_seconds);
  return g_test_run ();
}
