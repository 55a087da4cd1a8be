/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compressed frames through an edge, over WebSocket and over raw TCP. */
#include "edge-harness.h"

#include "wire-record.h"
#include "wire-zd1.h"

#include <string.h>

static const char long_text[] =
  "您好，麻烦您拍张照片发我看一下，我帮您查一下订单，今天给您发出，可以退换的";

/** Talk: one client that speaks protobuf, and its edge. */
typedef struct {
  Edge *edge;
  Client *client;
  WireZd1 *zd1;
  WireArena *arena;
  gboolean is_raw;
  guint32 number;
} Talk;

static void
send_payload (Talk         *self,
              const guint8 *data,
              gsize         n_bytes)
{
  guint8 header[WIRE_RECORD_MAX_HEADER_BYTES];

  if (!self->is_raw) {
    client_send_ws (self->client, WIRE_WEBSOCKET_BINARY, data, n_bytes);
    return;
  }
  client_send (self->client, header, wire_record_write_header (header, n_bytes));
  client_send (self->client, data, n_bytes);
}

static GByteArray *
take_payload (Talk *self)
{
  GByteArray *payload = NULL;

  if (self->is_raw)
    return client_take_record (self->client);
  g_assert_cmpuint (client_take_ws (self->client, &payload), ==, WIRE_WEBSOCKET_BINARY);
  return payload;
}

static void
send_compressed (Talk                  *self,
                 const Gate__V1__Frame *frame)
{
  g_auto (WireBuffer) packed = WIRE_BUFFER_INIT;
  g_auto (WireBuffer) payload = WIRE_BUFFER_INIT;

  wire_frame_pack (frame, &packed);
  wire_zd1_compress (self->zd1, packed.data, packed.n_bytes, &payload);
  g_assert_true (wire_zd1_is_compressed (payload.data, payload.n_bytes));
  send_payload (self, payload.data, payload.n_bytes);
}

/* The next frame; whether it came compressed must be as @is_compressed says. */
static Gate__V1__Frame *
take_frame (Talk     *self,
            gboolean  is_compressed)
{
  g_autoptr (GByteArray) payload = take_payload (self);
  Gate__V1__Frame *frame;
  WireSpan plain = { payload->data, payload->len };

  g_assert_cmpint (wire_zd1_is_compressed (payload->data, payload->len), ==, is_compressed);
  if (is_compressed)
    g_assert_cmpint (wire_zd1_expand (self->zd1, payload->data, payload->len, 65536, &plain), ==,
                     WIRE_OK);
  g_assert_cmpint (wire_frame_unpack (self->arena, plain.data, plain.n_bytes, 65536, &frame), ==,
                   WIRE_OK);
  return frame;
}

static void
say (Talk    *self,
     guint64  seq)
{
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (MESSAGE, message, &message);

  message.conv = 300;
  message.seq = seq;
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) long_text;
  edge_send_frame (self->edge, self->number, &frame);
}

static void
send_limits (Talk     *self,
             gboolean  batch,
             gboolean  zd1)
{
  Gate__Link__V1__Limits limits = GATE__LINK__V1__LIMITS__INIT;

  limits.signed_in = TRUE;
  limits.max_frame_bytes = 65536;
  limits.send_buffer_bytes = 256 * 1024;
  limits.batch = batch;
  limits.zd1 = zd1;
  gate_link_send_message (self->edge->link, GATE_RECORD_LIMITS, 0, self->number, &limits.base);
}

/* Connects and says Hello; nothing is agreed on yet. */
static void
talk_begin (Talk     *self,
            gboolean  is_raw)
{
  Gate__V1__Hello hello = GATE__V1__HELLO__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (HELLO, hello, &hello);
  g_auto (WireBuffer) packed = WIRE_BUFFER_INIT;

  *self = (Talk){ .is_raw = is_raw };
  self->edge = edge_start (NULL);
  self->zd1 = wire_zd1_new ();
  self->arena = wire_arena_new (4096);
  if (is_raw) {
    self->client = client_connect (self->edge);
    client_send (self->client, WIRE_RECORD_PREFACE, WIRE_RECORD_PREFACE_BYTES);
  } else {
    self->client = client_upgrade (self->edge, "", "Sec-WebSocket-Protocol: gate.v1.pb\r\n");
  }
  hello.version = 1;
  wire_frame_pack (&frame, &packed);
  send_payload (self, packed.data, packed.n_bytes);
  (void) edge_take_frame (self->edge, self->arena, &self->number);
}

static void
talk_end (Talk *self)
{
  edge_stop (self->edge);
  wire_zd1_free (self->zd1);
  wire_arena_free (self->arena);
}

/* Down: what was queued before the limits and Welcome are plain, what comes after is compressed where that is shorter. */
static void
test_down (gconstpointer user_data)
{
  Gate__V1__Welcome welcome = GATE__V1__WELCOME__INIT;
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;
  Gate__V1__Frame first = WIRE_FRAME (WELCOME, welcome, &welcome);
  Gate__V1__Frame last = WIRE_FRAME (TYPING, typing, &typing);
  g_autofree char *line = NULL;
  Gate__V1__Frame *frame;
  Talk talk;

  talk_begin (&talk, GPOINTER_TO_INT (user_data));
  welcome.node = (char *) long_text;
  typing.on = TRUE;
  say (&talk, 12);
  send_limits (&talk, FALSE, TRUE);
  edge_send_frame (talk.edge, talk.number, &first);
  say (&talk, 13);
  edge_send_frame (talk.edge, talk.number, &last);
  g_assert_cmpuint (take_frame (&talk, FALSE)->message->seq, ==, 12);
  g_assert_cmpstr (take_frame (&talk, FALSE)->welcome->node, ==, long_text);
  frame = take_frame (&talk, TRUE);
  g_assert_cmpuint (frame->message->seq, ==, 13);
  g_assert_cmpstr (frame->message->text, ==, long_text);
  g_assert_true (take_frame (&talk, FALSE)->typing->on);
  line = g_strdup_printf ("gate_connections{transport=\"%s\",role=\"visitor\",codec=\"zd1\"}",
                          talk.is_raw ? "tcp" : "ws");
  g_assert_true (edge_metric (talk.edge, line) == 1);
  talk_end (&talk);
}

/* A Batch is compressed as one, unless Welcome is in it. */
static void
test_batch (gconstpointer user_data)
{
  Gate__V1__Welcome welcome = GATE__V1__WELCOME__INIT;
  Gate__V1__Frame first = WIRE_FRAME (WELCOME, welcome, &welcome);
  Gate__V1__Frame *frame;
  Talk talk;

  talk_begin (&talk, GPOINTER_TO_INT (user_data));
  send_limits (&talk, TRUE, TRUE);
  edge_send_frame (talk.edge, talk.number, &first);
  say (&talk, 0);
  g_assert_cmpuint (take_frame (&talk, FALSE)->batch->n_frames, ==, 2);
  for (guint64 seq = 1; seq <= 3; seq++)
    say (&talk, seq);
  frame = take_frame (&talk, TRUE);
  g_assert_cmpint (frame->body_case, ==, GATE__V1__FRAME__BODY_BATCH);
  g_assert_cmpuint (frame->batch->n_frames, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr (frame->batch->frames[i]->message->text, ==, long_text);
  talk_end (&talk);
}

/* Up: the core gets the plain frame; a plain one is as good; a Ping is answered. */
static void
test_up (gconstpointer user_data)
{
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Frame up = WIRE_FRAME (MESSAGE, message, &message);
  g_auto (WireBuffer) packed = WIRE_BUFFER_INIT;
  Gate__V1__Frame *frame;
  Talk talk;

  talk_begin (&talk, GPOINTER_TO_INT (user_data));
  send_limits (&talk, FALSE, TRUE);
  say (&talk, 1);
  (void) take_frame (&talk, TRUE); /* the limits are known */
  up.id = 4;
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) long_text;
  send_compressed (&talk, &up);
  frame = edge_take_frame (talk.edge, talk.arena, NULL);
  g_assert_cmpuint (frame->id, ==, 4);
  g_assert_cmpstr (frame->message->text, ==, long_text);
  wire_frame_pack (&up, &packed);
  send_payload (&talk, packed.data, packed.n_bytes);
  g_assert_cmpstr (edge_take_frame (talk.edge, talk.arena, NULL)->message->text, ==, long_text);
  send_payload (&talk, (const guint8 *) "\x32\x02\x08\x03", 4);
  g_assert_cmpuint (take_frame (&talk, FALSE)->pong->n, ==, 3);
  talk_end (&talk);
}

/* Who has not agreed on it sends no compressed frame and gets none: before Welcome, and ever when it was not asked for. */
static void
test_not_agreed (gconstpointer user_data)
{
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Frame up = WIRE_FRAME (MESSAGE, message, &message);
  Gate__V1__Frame *frame;
  Talk talk;

  talk_begin (&talk, GPOINTER_TO_INT (user_data));
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) long_text;
  for (guint i = 0; i < 2; i++) {
    send_compressed (&talk, &up);
    frame = take_frame (&talk, FALSE);
    g_assert_cmpint (frame->body_case, ==, GATE__V1__FRAME__BODY_ERROR);
    g_assert_cmpuint (frame->error->code, ==, 400);
    send_limits (&talk, FALSE, FALSE);
    say (&talk, i);
    frame = take_frame (&talk, FALSE);
    g_assert_cmpstr (frame->message->text, ==, long_text);
  }
  talk_end (&talk);
}

/* What does not expand, or to too much, or to no frame, is refused; the connection stays. */
static void
test_refused (gconstpointer user_data)
{
  static const guint8 bomb[] = { 0x00, 0x00, 0x58, 0x02, 0x00, 0x08, 'a', 0x0b, 0x00, 0x00, 'a' };
  static const guint8 rubbish[] = { 0x00, 0x00, 0x58, 0xff, 0xff, 0xff };
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Frame up = WIRE_FRAME (MESSAGE, message, &message);
  g_autofree char *too_long = g_strnfill (5000, 'a');
  Gate__V1__Frame *frame;
  Talk talk;

  talk_begin (&talk, GPOINTER_TO_INT (user_data));
  send_limits (&talk, FALSE, TRUE);
  say (&talk, 1);
  (void) take_frame (&talk, TRUE);
  send_payload (&talk, bomb, sizeof bomb);
  g_assert_cmpuint (take_frame (&talk, FALSE)->error->code, ==, 413);
  send_payload (&talk, rubbish, sizeof rubbish);
  g_assert_cmpuint (take_frame (&talk, FALSE)->error->code, ==, 400);
  up.id = 9;
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = too_long;
  send_compressed (&talk, &up);
  frame = take_frame (&talk, FALSE);
  g_assert_cmpuint (frame->error->code, ==, 413);
  g_assert_cmpuint (frame->id, ==, 9); /* found in what it expanded to */
  say (&talk, 2);
  g_assert_cmpuint (take_frame (&talk, TRUE)->message->seq, ==, 2);
  talk_end (&talk);
}

/* The text form has no compression, whatever the core says. */
static void
test_json (void)
{
  Edge *edge = edge_start (NULL);
  Client *client = client_upgrade (edge, "", "Sec-WebSocket-Protocol: gate.v1.json\r\n");
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  g_autofree char *text = NULL;
  Talk talk = { .edge = edge };

  client_send_json (client, "{\"t\":\"hello\",\"id\":1,\"v\":1,\"ch\":\"web\",\"app\":\"demo\"}");
  (void) edge_take_frame (edge, arena, &talk.number);
  send_limits (&talk, FALSE, TRUE);
  say (&talk, 1);
  text = client_take_json (client);
  g_assert_nonnull (strstr (text, long_text));
  edge_stop (edge);
}

int
main (int    argc,
      char **argv)
{
  static const struct {
    const char *name;
    GTestDataFunc run;
  } tests[] = { { "down", test_down },
                { "batch", test_batch },
                { "up", test_up },
                { "not-agreed", test_not_agreed },
                { "refused", test_refused } };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++) {
    for (int is_raw = 0; is_raw < 2; is_raw++) {
      g_autofree char *path =
        g_strdup_printf ("/edge/zd1/%s/%s", tests[i].name, is_raw ? "tcp" : "ws");

      g_test_add_data_func (path, GINT_TO_POINTER (is_raw), tests[i].run);
    }
  }
  g_test_add_func ("/edge/zd1/json", test_json);
  return g_test_run ();
}
