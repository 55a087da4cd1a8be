/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an edge does with frames, in both framings and both codecs. */
#include "edge-harness.h"

#include <string.h>

static const char hello_json[] =
  "{\"t\":\"hello\",\"id\":1,\"v\":1,\"ch\":\"web\",\"app\":\"demo\"}";

/* Sends Hello, takes what the core gets, answers with limits: a connection that is signed in. */
static guint32
sign_in (Edge   *edge,
         Client *client)
{
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  g_autoptr (Record) opened = NULL;
  guint32 number;

  client_send_json (client, hello_json);
  opened = edge_take (edge, GATE_RECORD_OPENED);
  (void) edge_take_frame (edge, arena, &number);
  g_assert_cmpuint (opened->number, ==, number);
  edge_send_limits (edge, number, GATE__V1__ROLE__VISITOR, 256 * 1024, FALSE);
  return number;
}

static void
test_json (void)
{
  Edge *edge = edge_start (NULL);
  Client *client = client_upgrade (edge, "?app=demo",
                                   "Origin: http://127.0.0.1:8000\r\nUser-Agent: test\r\n"
                                   "Sec-WebSocket-Protocol: other, gate.v1.json\r\n");
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  g_autoptr (Record) opened = NULL;
  g_autofree char *text = NULL;
  Gate__Link__V1__Opened *body;
  Gate__V1__Frame *frame;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Frame down = WIRE_FRAME (MESSAGE, message, &message);
  guint32 number;

  client_send_json (client, hello_json);
  opened = edge_take (edge, GATE_RECORD_OPENED);
  body = gate__link__v1__opened__unpack (NULL, opened->body->len, opened->body->data);
  g_assert_cmpint (body->transport, ==, GATE__LINK__V1__TRANSPORT__TR_WS);
  g_assert_cmpint (body->codec, ==, GATE__LINK__V1__CODEC__CO_JSON);
  g_assert_cmpstr (body->peer, ==, "127.0.0.1");
  g_assert_cmpstr (body->origin, ==, "http://127.0.0.1:8000");
  g_assert_cmpstr (body->user_agent, ==, "test");
  g_assert_cmpstr (body->app, ==, "demo");
  gate__link__v1__opened__free_unpacked (body, NULL);
  frame = edge_take_frame (edge, arena, &number);
  g_assert_cmpuint (number, ==, opened->number);
  g_assert_cmpint (frame->body_case, ==, GATE__V1__FRAME__BODY_HELLO);
  g_assert_cmpuint (frame->id, ==, 1);
  g_assert_cmpstr (frame->hello->app_key, ==, "demo");
  message.seq = 13;
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) "hi";
  edge_send_frame (edge, number, &down);
  text = client_take_json (client);
  g_assert_cmpstr (text, ==, "{\"t\":\"msg\",\"seq\":13,\"text\":\"hi\"}");
  edge_stop (edge);
}

static void
test_pb_ping_and_batch (void)
{
  Edge *edge = edge_start (NULL);
  Client *client = client_upgrade (edge, "", "Sec-WebSocket-Protocol: gate.v1.pb\r\n");
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  g_autoptr (GByteArray) payload = NULL;
  Gate__V1__Ping ping = GATE__V1__PING__INIT;
  Gate__V1__Hello hello = GATE__V1__HELLO__INIT;
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;
  Gate__V1__Frame first = WIRE_FRAME (HELLO, hello, &hello);
  Gate__V1__Frame second = WIRE_FRAME (PING, ping, &ping);
  Gate__V1__Frame third = WIRE_FRAME (AUTH, auth, &auth);
  Gate__V1__Frame *frames[] = { &first, &second, &third };
  Gate__V1__Batch batch = GATE__V1__BATCH__INIT;
  Gate__V1__Frame all = WIRE_FRAME (BATCH, batch, &batch);
  Gate__V1__Frame *frame;

  ping.n = 3;
  batch.n_frames = 3;
  batch.frames = frames;
  client_send_frame (client, &all);
  frame = edge_take_frame (edge, arena, NULL);
  g_assert_cmpint (frame->body_case, ==, GATE__V1__FRAME__BODY_HELLO);
  frame = edge_take_frame (edge, arena, NULL);
  g_assert_cmpint (frame->body_case, ==, GATE__V1__FRAME__BODY_AUTH);
  g_assert_cmpuint (client_take_ws (client, &payload), ==, WIRE_WEBSOCKET_BINARY);
  frame = unpack_frame (arena, payload);
  g_assert_cmpint (frame->body_case, ==, GATE__V1__FRAME__BODY_PONG);
  g_assert_cmpuint (frame->pong->n, ==, 3);
  edge_stop (edge);
}

/* Frames of one turn leave in one Batch, those that do not fit in another; a client that takes none gets each alone. */
static void
test_batch_out (gconstpointer user_data)
{
  gboolean is_json = GPOINTER_TO_INT (user_data);
  Edge *edge = edge_start (NULL);
  Client *client = client_upgrade (edge, "",
                                   is_json ? "Sec-WebSocket-Protocol: gate.v1.json\r\n"
                                           : "Sec-WebSocket-Protocol: gate.v1.pb\r\n");
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  g_autoptr (GByteArray) payload = NULL;
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;
  Gate__V1__Hello hello = GATE__V1__HELLO__INIT;
  Gate__V1__Frame up = WIRE_FRAME (HELLO, hello, &hello);
  Gate__V1__Frame down = WIRE_FRAME (ACK, ack, &ack);
  Gate__V1__Frame *frame;
  guint32 number;

  if (is_json)
    client_send_json (client, hello_json);
  else
    client_send_frame (client, &up);
  (void) edge_take_frame (edge, arena, &number);
  edge_send_limits (edge, number, GATE__V1__ROLE__VISITOR, 256 * 1024, TRUE);
  for (guint i = 1; i <= 3; i++) {
    down.id = i;
    ack.seq = 100 + i;
    edge_send_frame (edge, number, &down);
  }
  (void) client_take_ws (client, &payload);
  if (is_json) {
    g_autofree char *text = g_strndup ((const char *) payload->data, payload->len);

    g_assert_cmpstr (text, ==,
                     "{\"t\":\"batch\",\"frames\":[{\"t\":\"ack\",\"id\":1,\"seq\":101},"
                     "{\"t\":\"ack\",\"id\":2,\"seq\":102},{\"t\":\"ack\",\"id\":3,\"seq\":103}]}");
  } else {
    frame = unpack_frame (arena, payload);
    g_assert_cmpint (frame->body_case, ==, GATE__V1__FRAME__BODY_BATCH);
    g_assert_cmpuint (frame->batch->n_frames, ==, 3);
    for (guint i = 0; i < 3; i++)
      g_assert_cmpuint (frame->batch->frames[i]->ack->seq, ==, 101 + i);
  }
  edge_stop (edge);
}

static void
test_raw (void)
{
  static const guint8 trickle[] = { 0xf9, 'G',  'T',  '1',  0x04, 0x32, 0x02,
                                    0x08, 0x03, 0x03, 0x82, 0x01, 0x00 };
  Edge *edge = edge_start (NULL);
  Client *client = client_connect (edge);
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  g_autoptr (GByteArray) pong = NULL;
  g_autoptr (GByteArray) error = NULL;
  g_autoptr (Record) closed = NULL;
  Gate__V1__Frame *frame;
  guint32 number;

  /* One byte a segment, so that every prefix is seen. */
  for (guint i = 0; i < sizeof trickle; i++) {
    client_send (client, &trickle[i], 1);
    edge_turn (edge);
  }
  pong = client_take_record (client);
  frame = unpack_frame (arena, pong);
  g_assert_cmpint (frame->body_case, ==, GATE__V1__FRAME__BODY_PONG);
  frame = edge_take_frame (edge, arena, &number);
  g_assert_cmpint (frame->body_case, ==, GATE__V1__FRAME__BODY_HELLO);
  /* Raw TCP has no close frame: the reason comes as a last Error. */
  edge_send_close (edge, number, 4003, "session opened elsewhere");
  error = client_take_record (client);
  frame = unpack_frame (arena, error);
  g_assert_cmpint (frame->body_case, ==, GATE__V1__FRAME__BODY_ERROR);
  g_assert_cmpuint (frame->error->code, ==, 4003);
  g_assert_true (frame->error->fatal);
  WAIT_UNTIL (edge, client->is_eof);
  closed = edge_take (edge, GATE_RECORD_CLOSED);
  g_assert_cmpuint (closed->number, ==, number);
  edge_stop (edge);
}

/* No subprotocol: the first message decides, the other opcode is then wrong. */
static void
test_first_opcode (void)
{
  Edge *edge = edge_start (NULL);
  Client *client = client_upgrade (edge, "", "");

  sign_in (edge, client);
  client_send_ws (client, WIRE_WEBSOCKET_BINARY, "\x32\x00", 2);
  g_assert_cmpuint (client_take_close (client), ==, 1003);
  WAIT_UNTIL (edge, client->is_eof);
  edge_stop (edge);
}

static void
test_fragments_and_control (void)
{
  static const guint8 mask[4] = { 1, 2, 3, 4 };
  Edge *edge = edge_start (NULL);
  Client *client = client_upgrade (edge, "", "");
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  g_autoptr (GByteArray) pong = NULL;
  g_auto (WireBuffer) bytes = WIRE_BUFFER_INIT;
  Gate__V1__Frame *frame;

  wire_websocket_write_client (&bytes, WIRE_WEBSOCKET_TEXT, FALSE, mask, hello_json, 10);
  wire_websocket_write_client (&bytes, WIRE_WEBSOCKET_PING, TRUE, mask, "abc", 3);
  wire_websocket_write_client (&bytes, WIRE_WEBSOCKET_CONTINUATION, FALSE, mask, hello_json + 10,
                               10);
  wire_websocket_write_client (&bytes, WIRE_WEBSOCKET_CONTINUATION, TRUE, mask, hello_json + 20,
                               strlen (hello_json) - 20);
  client_send (client, bytes.data, bytes.n_bytes);
  frame = edge_take_frame (edge, arena, NULL);
  g_assert_cmpstr (frame->hello->app_key, ==, "demo");
  g_assert_cmpuint (client_take_ws (client, &pong), ==, WIRE_WEBSOCKET_PONG);
  g_assert_cmpmem (pong->data, pong->len, "abc", 3);
  edge_stop (edge);
}

typedef struct {
  const char *name;
  WireWebsocketOpcode opcode;
  const char *payload;
  gsize n_bytes; /* 0: strlen */
  guint code;    /* of the close, or 0 */
  const char *answer;
} RefusedCase;

static const RefusedCase refused_cases[] = {
  { "bad-utf8", WIRE_WEBSOCKET_TEXT, "{\"t\":\"\xc3\x28\"}", 0, 1007, NULL },
  { "bad-json", WIRE_WEBSOCKET_TEXT, "{\"t\":\"hello\",\"id\":7,", 0, 0, "\"code\":400" },
  { "not-an-object", WIRE_WEBSOCKET_TEXT, "[1]", 0, 0, "bad_frame" },
  { "big-integer", WIRE_WEBSOCKET_TEXT, "{\"t\":\"read\",\"id\":9,\"seq\":9007199254740992}", 0, 0,
    "\"id\":9" },
  { "unknown-opcode", (WireWebsocketOpcode) 5, "x", 0, 1002, NULL },
  { "oversize", WIRE_WEBSOCKET_TEXT, NULL, 65537, 1009, NULL },
};

static void
test_refused (gconstpointer user_data)
{
  const RefusedCase *test = user_data;
  Edge *edge = edge_start (NULL);
  Client *client = client_upgrade (edge, "", "Sec-WebSocket-Protocol: gate.v1.json\r\n");
  g_autofree char *large = g_strnfill (test->n_bytes, ' ');
  const char *payload = test->payload != NULL ? test->payload : large;

  client_send_ws (client, test->opcode, payload,
                  test->n_bytes > 0 ? test->n_bytes : strlen (payload));
  if (test->code != 0) {
    g_assert_cmpuint (client_take_close (client), ==, test->code);
    WAIT_UNTIL (edge, client->is_eof);
  } else {
    g_autofree char *answer = client_take_json (client);

    g_assert_nonnull (strstr (answer, test->answer));
    /* The connection stays. */
    sign_in (edge, client);
  }
  edge_stop (edge);
}

static void
test_peer_closes (void)
{
  Edge *edge = edge_start (NULL);
  Client *polite = client_upgrade (edge, "", "");
  Client *rude = client_upgrade (edge, "", "");
  g_autoptr (Record) first = NULL;
  g_autoptr (Record) second = NULL;
  Gate__Link__V1__Closed *body;
  guint32 number = sign_in (edge, polite);

  client_send_ws (polite, WIRE_WEBSOCKET_CLOSE,
                  "\x03\xe8"
                  "bye",
                  5);
  g_assert_cmpuint (client_take_close (polite), ==, 1000);
  first = edge_take (edge, GATE_RECORD_CLOSED);
  body = gate__link__v1__closed__unpack (NULL, first->body->len, first->body->data);
  g_assert_cmpuint (first->number, ==, number);
  g_assert_cmpuint (body->code, ==, 1000);
  gate__link__v1__closed__free_unpacked (body, NULL);
  number = sign_in (edge, rude);
  client_close (rude);
  second = edge_take (edge, GATE_RECORD_CLOSED);
  body = gate__link__v1__closed__unpack (NULL, second->body->len, second->body->data);
  g_assert_cmpuint (second->number, ==, number);
  g_assert_cmpuint (body->code, ==, 0);
  gate__link__v1__closed__free_unpacked (body, NULL);
  edge_stop (edge);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edge/frames/json", test_json);
  g_test_add_func ("/edge/frames/pb-ping-and-batch", test_pb_ping_and_batch);
  g_test_add_data_func ("/edge/frames/batch-out/pb", GINT_TO_POINTER (0), test_batch_out);
  g_test_add_data_func ("/edge/frames/batch-out/json", GINT_TO_POINTER (1), test_batch_out);
  g_test_add_func ("/edge/frames/raw", test_raw);
  g_test_add_func ("/edge/frames/first-opcode", test_first_opcode);
  g_test_add_func ("/edge/frames/fragments-and-control", test_fragments_and_control);
  g_test_add_func ("/edge/frames/peer-closes", test_peer_closes);
  for (gsize i = 0; i < G_N_ELEMENTS (refused_cases); i++) {
    g_autofree char *path = g_strdup_printf ("/edge/frames/refused/%s", refused_cases[i].name);

    g_test_add_data_func (path, &refused_cases[i], test_refused);
  }
  return g_test_run ();
}
