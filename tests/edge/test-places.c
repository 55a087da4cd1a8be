/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who gets the last places of an edge: visitors never all, agents always one, strangers until somebody wants it. */
#include "edge-harness.h"

#include <string.h>

static const char visitor_hello[] = "{\"t\":\"hello\",\"id\":1,\"v\":1,\"ch\":\"web\"}";
static const char agent_hello[] = "{\"t\":\"hello\",\"id\":1,\"v\":1,\"ch\":\"console\"}";
static const char ten[] = "io.max_connections=10";

static Client *
open_json (Edge *edge)
{
  return client_upgrade (edge, "", "Sec-WebSocket-Protocol: gate.v1.json\r\n");
}

static Client *
come_in (Edge           *edge,
         Gate__V1__Role  role)
{
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  Client *client = open_json (edge);
  guint32 number;

  client_send_json (client, role == GATE__V1__ROLE__AGENT ? agent_hello : visitor_hello);
  (void) edge_take_frame (edge, arena, &number);
  edge_send_limits (edge, number, role, 0, FALSE);
  return client;
}

static double
count_signed_in (Edge       *edge,
                 const char *role)
{
  g_autofree char *line =
    g_strdup_printf ("gate_connections{transport=\"ws\",role=\"%s\",codec=\"json\"}", role);

  return edge_metric (edge, line);
}

/* Eight of ten places are visitors'. The ninth is told to come back later; an agent takes the place. */
static void
test_reserve (void)
{
  const char *settings[] = { ten, NULL };
  Edge *edge = edge_start (settings);
  Client *visitors[8];
  Client *ninth;

  for (guint i = 0; i < G_N_ELEMENTS (visitors); i++)
    visitors[i] = come_in (edge, GATE__V1__ROLE__VISITOR);
  WAIT_UNTIL (edge, count_signed_in (edge, "visitor") == 8);
  ninth = open_json (edge);
  client_send_json (ninth, visitor_hello);
  g_assert_cmpuint (client_take_close (ninth), ==, 1013);
  g_assert_cmpfloat (edge_metric (edge, "gate_frames_rejected_total{reason=\"connection_limit\"}"),
                     ==, 1);
  g_assert_null (edge_find (edge, GATE_RECORD_FRAME)); /* the core heard nothing of it */
  (void) come_in (edge, GATE__V1__ROLE__AGENT);
  WAIT_UNTIL (edge, count_signed_in (edge, "agent") == 1);
  /* One leaves, one may come. */
  client_close (visitors[0]);
  record_free (edge_take (edge, GATE_RECORD_CLOSED));
  (void) come_in (edge, GATE__V1__ROLE__VISITOR);
  WAIT_UNTIL (edge, count_signed_in (edge, "visitor") == 8);
  edge_stop (edge);
}

/* Sixty strangers want the two places that visitors leave; an agent signs in among them, and nobody who did is disturbed. */
static void
test_strangers (void)
{
  const char *settings[] = { ten, NULL };
  Edge *edge = edge_start (settings);
  Client *people[8];
  Client *first = NULL;
  Client *agent;

  for (guint i = 0; i < G_N_ELEMENTS (people); i++)
    people[i] = come_in (edge, GATE__V1__ROLE__VISITOR);
  for (guint i = 0; i < 60; i++) {
    Client *stranger = open_json (edge);

    first = first != NULL ? first : stranger;
  }
  WAIT_UNTIL (edge, first->is_eof);
  agent = come_in (edge, GATE__V1__ROLE__AGENT);
  for (guint i = 0; i < 60; i++)
    (void) open_json (edge);
  g_assert_false (agent->is_eof);
  for (guint i = 0; i < G_N_ELEMENTS (people); i++)
    g_assert_false (people[i]->is_eof);
  client_send_json (agent, "{\"t\":\"ping\",\"n\":5}");
  g_free (client_take_json (agent));
  g_assert_cmpfloat (count_signed_in (edge, "visitor"), ==, 8);
  edge_stop (edge);
}

/* Strangers that never say a word, on their way in or out, are strangers too. */
static void
test_silent (void)
{
  const char *settings[] = { ten, NULL };
  Edge *edge = edge_start (settings);
  Client *silent[30];

  for (guint i = 0; i < G_N_ELEMENTS (silent); i++) {
    silent[i] = client_connect (edge);
    client_send_text (silent[i], i % 2 == 0 ? "G" : "GET /ws HTTP/1.1\r\nbad header\r\n\r\n");
  }
  (void) come_in (edge, GATE__V1__ROLE__VISITOR);
  (void) come_in (edge, GATE__V1__ROLE__AGENT);
  WAIT_UNTIL (edge, count_signed_in (edge, "agent") == 1);
  edge_stop (edge);
}

static void
test_off (void)
{
  const char *settings[] = { ten, "limits.agent_reserve=0", NULL };
  Edge *edge = edge_start (settings);

  for (guint i = 0; i < 10; i++)
    (void) come_in (edge, GATE__V1__ROLE__VISITOR);
  WAIT_UNTIL (edge, count_signed_in (edge, "visitor") == 10);
  edge_stop (edge);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edge/places/reserve", test_reserve);
  g_test_add_func ("/edge/places/strangers", test_strangers);
  g_test_add_func ("/edge/places/silent", test_silent);
  g_test_add_func ("/edge/places/off", test_off);
  return g_test_run ();
}
