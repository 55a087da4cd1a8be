/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core-harness.h"

#include "wire-frame.h"
#include "wire-text.h"
#include "wire-token.h"

#include <string.h>

/* Conversations frame by frame: what each side sends and what each side gets. */

#define BODY(name)  GATE__V1__FRAME__BODY_##name
#define STATE(name) GATE__V1__STATE__ST_##name

typedef struct {
  Harness *harness;
  Client *agent, *visitor;
  guint64 conv;
} Chat;

static void
chat_init (Chat *self)
{
  self->harness = harness_new ();
  self->agent = harness_accepting (self->harness, "mei", 3);
  self->visitor = harness_visitor (self->harness, NULL);
  self->conv = harness_chat (self->harness, self->visitor, self->agent);
}

static guint32
epoch_of (Chat *self)
{
  return memory_store_conv (self->harness->store, self->conv)->row.epoch;
}

static void
test_welcome (void)
{
  Harness *harness = harness_new ();
  Client *visitor = harness_visitor (harness, NULL);
  Client *again;
  const Gate__V1__Welcome *welcome = visitor->welcome;

  g_assert_true (wire_visitor_key_is_anonymous (welcome->visitor_key));
  g_assert_cmpuint (strlen (welcome->resume_token), ==, WIRE_RESUME_CHARS);
  g_assert_cmpuint (welcome->log, ==, 5501);
  g_assert_cmpuint (welcome->max_frame, ==, 65536);
  g_assert_cmpuint (welcome->ping_s, ==, 30);
  g_assert_cmpuint (welcome->resume_ttl_s, ==, 180);
  g_assert_cmpuint (visitor->limits.max_frame_bytes, ==, 65536);
  g_assert_cmpuint (visitor->limits.frames_per_s, ==, 20);
  g_assert_true (visitor->limits.signed_in);
  /* The same key is the same visitor; it is not told again. */
  again = harness_visitor (harness, welcome->visitor_key);
  g_assert_cmpuint (again->welcome->self, ==, welcome->self);
  g_assert_cmpuint (again->welcome->session, !=, welcome->session);
  g_assert_cmpstr (again->welcome->visitor_key, ==, "");
  harness_free (harness);
}

/* Whoever has thirty chats reads, marks and asks in all of them at once when the link is back. */
static void
test_agent_limits (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_agent (harness, "sup", "supervisor", 5);

  g_assert_cmpuint (agent->limits.frames_per_s, ==, 16 * 20);
  g_assert_cmpuint (agent->limits.messages_per_s, ==, 5);
  harness_free (harness);
}

/* Welcome repeats what was asked for and can be done, and so do the limits that the edge gets; the text form has no zd1. */
static void
test_caps (gconstpointer data)
{
  Gate__Link__V1__Codec codec = (Gate__Link__V1__Codec) GPOINTER_TO_INT (data);
  gboolean is_pb = codec == GATE__LINK__V1__CODEC__CO_PB;
  Harness *harness = harness_new ();
  Client *client = harness_connect_as (harness, codec);
  char *caps[] = { (char *) "zd1", (char *) "batch", (char *) "zd9" };
  Gate__V1__Hello hello = GATE__V1__HELLO__INIT;
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;

  hello.version = 1;
  hello.channel = GATE__V1__CHANNEL__CH_APP;
  hello.app_key = (char *) "demo";
  hello.device = (char *) "device-1";
  hello.caps = caps;
  hello.n_caps = G_N_ELEMENTS (caps);
  client->is_visitor = TRUE;
  client_send (client, &hello.base);
  client_send (client, &auth.base);
  g_assert_nonnull (client->welcome);
  g_assert_cmpuint (client->welcome->n_caps, ==, is_pb ? 2 : 1);
  g_assert_cmpstr (client->welcome->caps[0], ==, "batch");
  if (is_pb)
    g_assert_cmpstr (client->welcome->caps[1], ==, "zd1");
  g_assert_true (client->limits.batch);
  g_assert_cmpint (client->limits.zd1, ==, is_pb);
  harness_free (harness);
}

static void
test_agent_welcome (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_agent (harness, "sup", "supervisor", 5);
  const Gate__V1__Welcome *welcome = agent->welcome;

  g_assert_cmpuint (welcome->role, ==, GATE__V1__ROLE__AGENT);
  g_assert_cmpuint (welcome->max_frame, ==, 4 * 65536);
  g_assert_cmpuint (welcome->n_rights, ==, 5);
  g_assert_cmpuint (agent->limits.send_buffer_bytes, ==, 4 * 1024 * 1024);
  harness_free (harness);
}

typedef struct {
  const char *name;
  gboolean is_console;
  const char *app;
  const char *key;
  const char *token;
  guint version;
  guint close_code;
} TurnedAway;

static const TurnedAway turned_away[] = {
  { "version", FALSE, "demo", "", "", 2, 4007 },
  { "app", FALSE, "nobody", "", "", 1, 4001 },
  { "unsigned-key", FALSE, "demo", "user-42", "", 1, 4001 },
  { "bad-jwt", FALSE, "demo", "", "a.b.c", 1, 4001 },
  { "agent-token", TRUE, "", "", "ga_0000000000000000000000000000000000000000000", 1, 4001 },
  { "agent-nothing", TRUE, "", "", "", 1, 4001 },
};

static void
test_turned_away (gconstpointer data)
{
  const TurnedAway *one = data;
  Harness *harness = harness_new ();
  Client *client = harness_connect (harness);
  Gate__V1__Hello hello = GATE__V1__HELLO__INIT;
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;

  client->is_visitor = !one->is_console;
  hello.version = one->version;
  hello.channel = one->is_console ? GATE__V1__CHANNEL__CH_CONSOLE : GATE__V1__CHANNEL__CH_WEB;
  hello.app_key = (char *) one->app;
  client_send_id (client, &hello.base, 1);
  if (!client->is_closed) {
    auth.visitor_key = (char *) one->key;
    auth.token = (char *) one->token;
    client_send_id (client, &auth.base, 2);
  }
  g_assert_true (client->is_closed);
  g_assert_cmpuint (client->close_code, ==, one->close_code);
  g_assert_null (client->welcome);
  g_assert_nonnull (client_take (client, BODY (ERROR)));
  harness_free (harness);
}

static void
test_origin (void)
{
  static const struct {
    const char *origin;
    gboolean is_good;
  } origins[] = { { "https://shop.example", TRUE },
                  { "https://evil-shop.example", FALSE },
                  { "https://shop.example.evil.example", FALSE },
                  { "http://shop.example", FALSE },
                  { "https://shop.example:444", FALSE },
                  { "null", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (origins); i++) {
    Harness *harness = harness_new ();
    Client *client = harness_connect (harness);
    Gate__Link__V1__Opened opened = GATE__LINK__V1__OPENED__INIT;

    opened.transport = GATE__LINK__V1__TRANSPORT__TR_WS;
    opened.origin = (char *) origins[i].origin;
    opened.app = (char *) "demo";
    gate_core_opened (harness->core, client->conn, &opened);
    client_hello (client, FALSE, "demo");
    g_assert_cmpint (client->is_closed, ==, !origins[i].is_good);
    harness_free (harness);
  }
}

/* Settings that came while somebody was here: for the next one at once, with the store's own apps still there. */
static void
test_reload (void)
{
  static char *origins[] = { (char *) "https://new.example", NULL };
  static const GateCoreApp apps[] = { { .key = "fresh", .origins = origins } };
  Harness *harness = harness_new ();
  Client *before = harness_visitor (harness, NULL);
  GateSnapshot *snapshot;
  Client *after;

  client_text (before, 0, "hello");
  harness->settings.apps = apps;
  harness->settings.n_apps = G_N_ELEMENTS (apps);
  harness->settings.max_frame_bytes = 48 * 1024;
  gate_core_reload (harness->core, &harness->settings);
  snapshot = memory_store_get (harness->store)->load (memory_store_get (harness->store), NULL);
  gate_core_start (harness->core, snapshot);
  wire_arena_free (snapshot->arena);
  g_assert_false (before->is_closed);
  client_text (before, before->welcome->n_convs > 0 ? before->welcome->convs[0]->conv : 0,
               "still here");
  after = harness_connect (harness);
  client_hello (after, FALSE, "demo");
  g_assert_true (after->is_closed);
  after = harness_connect (harness);
  client_hello (after, FALSE, "fresh");
  g_assert_false (after->is_closed);
  g_assert_cmpuint (after->limits.max_frame_bytes, <=, 48 * 1024);
  harness_free (harness);
}

static void
test_first_word (void)
{
  Harness *harness = harness_new ();
  Client *client = harness_connect (harness);
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;

  client->is_visitor = TRUE;
  client_send (client, &message.base);
  g_assert_true (client->is_closed);
  g_assert_cmpuint (client->close_code, ==, 4001);
  harness_free (harness);
}

static void
test_whole (void)
{
  Chat chat;
  const Gate__V1__Frame *frame;
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;
  Gate__V1__Wrapup wrapup = GATE__V1__WRAPUP__INIT;
  Gate__V1__Rating rating = GATE__V1__RATING__INIT;
  const GateConvRow *row;

  chat_init (&chat);
  g_assert_cmpuint (client_text (chat.agent, chat.conv, "hi")->seq, ==, 2);
  frame = client_take (chat.visitor, BODY (MESSAGE));
  g_assert_cmpstr (frame->message->text, ==, "hi");
  g_assert_cmpuint (frame->message->seq, ==, 2);
  g_assert_cmpuint (frame->message->role, ==, GATE__V1__ROLE__AGENT);
  close.conv = chat.conv;
  close.epoch = epoch_of (&chat);
  close.reason = GATE__V1__CLOSE_REASON__CR_SOLVED;
  g_assert_cmpuint (client_ack (chat.agent, &close.base)->epoch, ==, close.epoch + 1);
  g_assert_cmpuint (harness_state (chat.harness, chat.conv), ==, STATE (WRAPUP));
  /* Closed for the visitor, who is asked to rate. */
  frame = client_take (chat.visitor, BODY (CONV_UPDATE));
  g_assert_cmpuint (frame->conv_update->state, ==, STATE (CLOSED));
  rating.score = 4;
  rating.scale = 5;
  rating.comment = (char *) "quick";
  client_ack (chat.visitor, &rating.base);
  frame = client_take (chat.agent, BODY (NOTE));
  g_assert_cmpstr (frame->note->text, ==, "4/5\nquick");
  g_assert_cmpuint (frame->note->role, ==, GATE__V1__ROLE__SYSTEM);
  g_assert_null (client_take (chat.visitor, BODY (NOTE)));
  wrapup.conv = chat.conv;
  wrapup.epoch = epoch_of (&chat);
  wrapup.code = (char *) "refund";
  client_ack (chat.agent, &wrapup.base);
  row = &memory_store_conv (chat.harness->store, chat.conv)->row;
  g_assert_cmpuint (row->state, ==, STATE (CLOSED));
  g_assert_cmpstr (row->disposition, ==, "refund");
  /* Rated when it is over: who had it hears of it. */
  rating.score = 5;
  client_ack (chat.visitor, &rating.base);
  frame = client_take (chat.agent, BODY (NOTE));
  g_assert_cmpstr (frame->note->text, ==, "5/5\nquick");
  rating.score = 4;
  client_ack (chat.visitor, &rating.base);
  g_assert_cmpuint (row->close_reason, ==, GATE__V1__CLOSE_REASON__CR_SOLVED);
  g_assert_cmpuint (row->rating_score, ==, 4);
  g_assert_cmpuint (row->last_agent, ==, chat.agent->welcome->self);
  harness_free (chat.harness);
}

/* Waiting: position and estimate are told, and told again when they change. */
static void
test_queue (void)
{
  Harness *harness = harness_new ();
  Client *first = harness_visitor (harness, NULL);
  Client *second = harness_visitor (harness, NULL);
  const Gate__V1__Frame *frame;
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;

  client_text (first, 0, "one");
  client_text (second, 0, "two");
  g_assert_cmpuint (client_take (first, BODY (QUEUE))->queue->position, ==, 1);
  frame = client_take (second, BODY (QUEUE));
  g_assert_cmpuint (frame->queue->position, ==, 2);
  g_assert_cmpuint (frame->queue->eta_s, ==, 0); /* hidden under five samples */
  client_ack (first, &close.base);
  harness_advance (harness, 1500);
  g_assert_cmpuint (client_take (second, BODY (QUEUE))->queue->position, ==, 1);
  harness_free (harness);
}

static void
test_repeat (void)
{
  Chat chat;
  const Gate__V1__Ack *ack;
  Client *again;

  chat_init (&chat);
  ack = client_text_cid (chat.visitor, 0, "once", 77);
  g_assert_cmpuint (ack->seq, ==, 2);
  g_assert_false (ack->duplicate);
  ack = client_text_cid (chat.visitor, 0, "once", 77);
  g_assert_cmpuint (ack->seq, ==, 2);
  g_assert_true (ack->duplicate);
  g_assert_cmpuint (memory_store_conv (chat.harness->store, chat.conv)->messages->len, ==, 2);
  /* From another connection, after the conversation has ended: neither a new one nor a refusal. */
  again = harness_visitor (chat.harness, chat.visitor->welcome->visitor_key);
  {
    Gate__V1__Close close = GATE__V1__CLOSE__INIT;

    client_ack (again, &close.base);
  }
  ack = client_text_cid (again, 0, "once", 77);
  g_assert_true (ack->duplicate);
  g_assert_cmpuint (ack->conv, ==, chat.conv);
  g_assert_cmpuint (memory_store_n_convs (chat.harness->store), ==, 1);
  g_assert_cmpuint (harness_state (chat.harness, chat.conv), ==, STATE (WRAPUP));
  harness_free (chat.harness);
}

static void
test_first_repeat (void)
{
  Harness *harness = harness_new ();
  Client *visitor = harness_visitor (harness, NULL);
  const char *key = visitor->welcome->visitor_key;
  guint64 conv = client_text_cid (visitor, 0, "first", 5)->conv;
  Client *again;
  Gate__V1__Open open = GATE__V1__OPEN__INIT;
  Gate__V1__Message first = GATE__V1__MESSAGE__INIT;

  harness_kill (harness, FALSE);
  harness_start (harness);
  again = harness_visitor (harness, key);
  first.cid = 5;
  first.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  first.text = (char *) "first";
  open.first = &first;
  g_assert_cmpuint (client_ack (again, &open.base)->conv, ==, conv);
  harness_advance (harness, 10);
  client_drop (again);
  harness_advance (harness, 61000); /* left the queue: abandoned */
  g_assert_cmpuint (harness_state (harness, conv), ==, STATE (CLOSED));
  again = harness_visitor (harness, key);
  g_assert_true (client_ack (again, &open.base)->duplicate);
  g_assert_cmpuint (memory_store_n_convs (harness->store), ==, 1);
  harness_free (harness);
}

static void
test_stale_view (void)
{
  Chat chat;
  Client *boss;
  Gate__V1__Claim claim = GATE__V1__CLAIM__INIT;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  guint64 seq;

  chat_init (&chat);
  boss = harness_agent (chat.harness, "boss", "supervisor", 5);
  claim.conv = chat.conv;
  claim.mode = GATE__V1__CLAIM_MODE__CL_JOIN;
  g_assert_cmpuint (client_answer (boss, client_send (boss, &claim.base))->body_case, ==,
                    BODY (ASSIGNMENT));
  seq = client_text (boss, chat.conv, "I am here too")->seq;
  message.conv = chat.conv;
  message.cid = 900;
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) "blind";
  message.seen = 1;
  g_assert_cmpuint (client_error (chat.agent, &message.base, 409, "stale_view")->seq, ==, seq);
  g_assert_cmpuint (memory_store_conv (chat.harness->store, chat.conv)->row.last_seq, ==, seq);
  /* A visitor's newer line does not count; the same cid may be sent again. */
  client_text (chat.visitor, 0, "well?");
  message.seen = seq;
  g_assert_cmpuint (client_ack (chat.agent, &message.base)->seq, ==, seq + 2);
  harness_free (chat.harness);
}

/* A colleague's line that is not committed yet counts too. */
static void
test_stale_pending (void)
{
  Chat chat;
  Client *boss;
  Gate__V1__Claim claim = GATE__V1__CLAIM__INIT;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  guint32 id;
  const Gate__V1__Frame *frame;
  guint64 head;

  chat_init (&chat);
  boss = harness_agent (chat.harness, "boss", "supervisor", 5);
  claim.conv = chat.conv;
  claim.mode = GATE__V1__CLAIM_MODE__CL_JOIN;
  client_send (boss, &claim.base);
  head = memory_store_conv (chat.harness->store, chat.conv)->row.last_seq;
  chat.harness->is_manual = TRUE;
  message.conv = chat.conv;
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) "mine";
  message.cid = 901;
  client_send (boss, &message.base);
  message.cid = 902;
  message.seen = head;
  id = client_send (chat.agent, &message.base);
  g_assert_null (client_answer (chat.agent, id)); /* the head has no number yet */
  harness_settle (chat.harness);
  frame = client_answer (chat.agent, id);
  g_assert_cmpstr (frame->error->slug, ==, "stale_view");
  g_assert_cmpuint (frame->error->seq, ==, head + 1);
  harness_free (chat.harness);
}

static void
test_edit (void)
{
  Chat chat;
  Gate__V1__Message edit = GATE__V1__MESSAGE__INIT;
  Gate__V1__HistoryReq request = GATE__V1__HISTORY_REQ__INIT;
  const Gate__V1__Frame *frame;
  guint64 seq;

  chat_init (&chat);
  seq = client_text (chat.agent, chat.conv, "tpyo")->seq;
  edit.conv = chat.conv;
  edit.cid = 300;
  edit.replaces = seq;
  edit.flags = 2;
  edit.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  edit.text = (char *) "typo";
  g_assert_cmpuint (client_ack (chat.agent, &edit.base)->seq, ==, seq + 1);
  client_take (chat.visitor, BODY (MESSAGE));
  frame = client_take (chat.visitor, BODY (MESSAGE));
  g_assert_cmpuint (frame->message->replaces, ==, seq);
  g_assert_cmpuint (frame->message->flags, ==, 2);
  /* An old page is right without the new row, and what was there before is never shown again. */
  request.conv = chat.conv;
  request.before = seq + 1;
  frame = client_answer (chat.visitor, client_send (chat.visitor, &request.base));
  g_assert_cmpstr (frame->history_page->messages[seq - 1]->text, ==, "typo");
  g_assert_cmpuint (frame->history_page->messages[seq - 1]->flags, ==, 2);
  /* Not by the other side, not after two minutes. */
  edit.conv = 0;
  edit.cid = 301;
  client_error (chat.visitor, &edit.base, 403, "not_owner");
  harness_advance (chat.harness, 121000);
  edit.conv = chat.conv;
  edit.cid = 302;
  client_error (chat.agent, &edit.base, 422, "invalid");
  harness_free (chat.harness);
}

static void
test_recall (void)
{
  Chat chat;
  Gate__V1__Message recall = GATE__V1__MESSAGE__INIT;
  Gate__V1__HistoryReq request = GATE__V1__HISTORY_REQ__INIT;
  const Gate__V1__HistoryPage *page;
  guint64 seq;

  chat_init (&chat);
  seq = client_text (chat.agent, chat.conv, "wrong window")->seq;
  recall.conv = chat.conv;
  recall.cid = 310;
  recall.replaces = seq;
  recall.flags = 4;
  client_ack (chat.agent, &recall.base);
  page = client_answer (chat.visitor, client_send (chat.visitor, &request.base))->history_page;
  g_assert_cmpuint (page->messages[seq - 1]->content_case, ==, GATE__V1__MESSAGE__CONTENT__NOT_SET);
  g_assert_cmpuint (page->messages[seq - 1]->flags, ==, 4);
  recall.cid = 311;
  client_error (chat.agent, &recall.base, 422, "invalid");
  harness_free (chat.harness);
}

static void
test_note (void)
{
  Chat chat;
  Gate__V1__Note note = GATE__V1__NOTE__INIT;
  Gate__V1__HistoryReq request = GATE__V1__HISTORY_REQ__INIT;
  Client *other;
  const Gate__V1__HistoryPage *page;
  guint64 mentions[1];
  const Gate__V1__Ack *ack;

  chat_init (&chat);
  other = harness_agent (chat.harness, "other", "agent", 3);
  mentions[0] = other->welcome->self;
  client_clear (chat.visitor);
  note.conv = chat.conv;
  note.cid = 41;
  note.text = (char *) HARNESS_NOTE_MARK " be careful";
  note.mentions = mentions;
  note.n_mentions = 1;
  ack = client_ack (chat.agent, &note.base);
  g_assert_cmpuint (ack->seq, ==, 1);
  g_assert_cmpuint (ack->cid, ==, 41);
  g_assert_true (client_ack (chat.agent, &note.base)->duplicate);
  /* No visitor-visible event while a note is written. */
  harness_advance (chat.harness, 2000);
  g_assert_cmpuint (chat.visitor->inbox->len, ==, 0);
  g_assert_cmpstr (client_take (other, BODY (NOTE))->note->text, ==, note.text);
  request.conv = chat.conv;
  page = client_answer (chat.agent, client_send (chat.agent, &request.base))->history_page;
  g_assert_cmpuint (page->n_notes, ==, 1);
  g_assert_cmpuint (page->n_events, ==, 3);
  page = client_answer (chat.visitor, client_send (chat.visitor, &request.base))->history_page;
  g_assert_cmpuint (page->n_notes, ==, 0);
  g_assert_cmpuint (page->n_events, ==, 0);
  g_assert_cmpuint (page->n_messages, ==, 1);
  harness_free (chat.harness);
}

static void
test_typing_read (void)
{
  Chat chat;
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;
  Gate__V1__Read read = GATE__V1__READ__INIT;
  const Gate__V1__Frame *frame;

  chat_init (&chat);
  typing.on = TRUE;
  typing.preview = (char *) "can I get a re";
  client_send_id (chat.visitor, &typing.base, 0);
  frame = client_take (chat.agent, BODY (TYPING));
  g_assert_cmpstr (frame->typing->preview, ==, "can I get a re");
  g_assert_cmpuint (frame->typing->role, ==, GATE__V1__ROLE__VISITOR);
  typing.conv = chat.conv;
  client_send_id (chat.agent, &typing.base, 0);
  frame = client_take (chat.visitor, BODY (TYPING));
  g_assert_cmpstr (frame->typing->preview, ==, "");
  client_text (chat.agent, chat.conv, "yes");
  read.seq = 99; /* beyond the head: the head */
  client_send_id (chat.visitor, &read.base, 0);
  frame = client_take (chat.agent, BODY (READ));
  g_assert_cmpuint (frame->read->seq, ==, 2);
  g_assert_cmpuint (memory_store_conv (chat.harness->store, chat.conv)->row.visitor_read, ==, 2);
  read.seq = 1; /* a high-water mark does not go back */
  client_send_id (chat.visitor, &read.base, 0);
  g_assert_null (client_take (chat.agent, BODY (READ)));
  harness_free (chat.harness);
}

static void
test_no_preview_without_policy (void)
{
  Harness *harness = harness_new ();
  Client *agent, *visitor;
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;

  harness_kill (harness, FALSE);
  harness->settings.sneak_peek = FALSE;
  harness_start (harness);
  agent = harness_accepting (harness, "mei", 3);
  visitor = harness_visitor (harness, NULL);
  harness_chat (harness, visitor, agent);
  typing.on = TRUE;
  typing.preview = (char *) "secret";
  client_send_id (visitor, &typing.base, 0);
  g_assert_cmpstr (client_take (agent, BODY (TYPING))->typing->preview, ==, "");
  harness_free (harness);
}

static void
test_transfer_agent (void)
{
  Chat chat;
  Client *other;
  Gate__V1__Transfer transfer = GATE__V1__TRANSFER__INIT;
  Gate__V1__OfferAnswer answer = GATE__V1__OFFER_ANSWER__INIT;
  const Gate__V1__Frame *offer;
  Gate__V1__HistoryReq request = GATE__V1__HISTORY_REQ__INIT;

  chat_init (&chat);
  other = harness_accepting (chat.harness, "other", 2);
  transfer.conv = chat.conv;
  transfer.epoch = epoch_of (&chat) + 5;
  transfer.to_agent = other->welcome->self;
  transfer.note = (char *) HARNESS_NOTE_MARK " wants a refund";
  g_assert_cmpuint (client_error (chat.agent, &transfer.base, 409, "stale_epoch")->epoch, ==,
                    epoch_of (&chat));
  transfer.epoch = epoch_of (&chat);
  client_ack (chat.agent, &transfer.base);
  offer = client_take (other, BODY (OFFER));
  g_assert_cmpuint (offer->offer->from_agent, ==, chat.agent->welcome->self);
  g_assert_cmpstr (offer->offer->note, ==, transfer.note);
  g_assert_cmpuint (offer->offer->row->conv, ==, chat.conv);
  answer.conv = chat.conv;
  answer.accept = TRUE;
  client_send (other, &answer.base);
  g_assert_cmpuint (memory_store_conv (chat.harness->store, chat.conv)->row.agent, ==,
                    other->welcome->self);
  /* The old owner reads on, but does not write. */
  request.conv = chat.conv;
  g_assert_cmpuint (client_answer (chat.agent, client_send (chat.agent, &request.base))->body_case,
                    ==, BODY (HISTORY_PAGE));
  {
    Gate__V1__Message message = GATE__V1__MESSAGE__INIT;

    message.conv = chat.conv;
    message.cid = 1;
    message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
    message.text = (char *) "one more thing";
    client_error (chat.agent, &message.base, 403, "not_owner");
  }
  harness_free (chat.harness);
}

static void
test_transfer_queue (void)
{
  Chat chat;
  Gate__V1__Transfer transfer = GATE__V1__TRANSFER__INIT;
  guint64 enqueued;
  const GateConvRow *row;

  chat_init (&chat);
  enqueued = memory_store_conv (chat.harness->store, chat.conv)->row.enqueued_at;
  harness_advance (chat.harness, 5000);
  transfer.conv = chat.conv;
  transfer.to_queue = (char *) "nowhere";
  client_error (chat.agent, &transfer.base, 422, "invalid");
  transfer.to_queue = (char *) "tech";
  client_ack (chat.agent, &transfer.base);
  row = &memory_store_conv (chat.harness->store, chat.conv)->row;
  g_assert_cmpuint (row->state, ==, STATE (QUEUED));
  g_assert_cmpstr (row->queue, ==, "tech");
  g_assert_cmpint (row->priority, ==, 1); /* up */
  g_assert_cmpuint (row->enqueued_at, ==, enqueued);
  harness_free (chat.harness);
}

/* Why me: what the router went by, without the chat it is about; in words for old consoles, and as numbers for all languages. */
static void
test_offer_reason (void)
{
  Chat chat;
  const Gate__V1__Offer *offer;

  chat_init (&chat);
  client_clear (chat.agent);
  harness_advance (chat.harness, 40000);
  client_text (harness_visitor (chat.harness, NULL), 0, "hello?");
  offer = client_take (chat.agent, BODY (OFFER))->offer;
  g_assert_cmpuint (offer->why, ==, GATE__V1__WHY__WHY_ROUTED);
  g_assert_cmpstr (offer->reason, ==, "1 of 3 chats, idle 40 s");
  g_assert_cmpuint (offer->load, ==, 1);
  g_assert_cmpuint (offer->capacity, ==, 3);
  g_assert_cmpuint (offer->idle_s, ==, 40);
  harness_free (chat.harness);
}

/* The brief of a transfer is for whoever takes it in the end, not only for the colleague who was asked first. */
static void
assert_offered_with_brief (const Gate__V1__Frame *frame,
                           guint64                from,
                           const char            *brief)
{
  g_assert_nonnull (frame);
  g_assert_cmpuint (frame->offer->from_agent, ==, from);
  g_assert_cmpstr (frame->offer->note, ==, brief);
}

static void
answer_last_offer (Client   *client,
                   guint64   conv,
                   gboolean  accept)
{
  Gate__V1__OfferAnswer answer = GATE__V1__OFFER_ANSWER__INIT;

  answer.conv = conv;
  answer.accept = accept;
  client_send (client, &answer.base);
}

/* The old owner is off shift: nothing comes back to them by itself. */
static void
stop_accepting (Client *client)
{
  Gate__V1__AgentStatus status = GATE__V1__AGENT_STATUS__INIT;

  status.present = TRUE;
  client_send (client, &status.base);
}

static void
test_transfer_passed (void)
{
  static const char brief[] = HARNESS_NOTE_MARK " wants a refund, promised by Friday";
  Chat chat;
  Client *first, *second;
  Gate__V1__Transfer transfer = GATE__V1__TRANSFER__INIT;
  Gate__V1__HistoryReq request = GATE__V1__HISTORY_REQ__INIT;
  const GateConvRow *row;
  guint64 enqueued, from;

  chat_init (&chat);
  row = &memory_store_conv (chat.harness->store, chat.conv)->row;
  enqueued = row->enqueued_at;
  from = chat.agent->welcome->self;
  first = harness_accepting (chat.harness, "first", 2);
  stop_accepting (chat.agent);
  harness_advance (chat.harness, 5000);
  transfer.conv = request.conv = chat.conv;
  transfer.to_agent = first->welcome->self;
  transfer.note = (char *) brief;
  client_ack (chat.agent, &transfer.base);
  assert_offered_with_brief (client_take (first, BODY (OFFER)), from, brief);
  answer_last_offer (first, chat.conv, FALSE);
  /* At its old place in the queue; who had it reads on. */
  row = &memory_store_conv (chat.harness->store, chat.conv)->row;
  g_assert_cmpuint (row->state, ==, STATE (QUEUED));
  g_assert_cmpuint (row->enqueued_at, ==, enqueued);
  g_assert_cmpuint (row->last_agent, ==, from);
  g_assert_cmpuint (client_answer (chat.agent, client_send (chat.agent, &request.base))->body_case,
                    ==, BODY (HISTORY_PAGE));
  second = harness_accepting (chat.harness, "second", 2);
  assert_offered_with_brief (client_take (second, BODY (OFFER)), from, brief);
  /* Nor is it lost with a connection, or with the gateway. */
  client_drop (second);
  harness_kill (chat.harness, TRUE);
  harness_start (chat.harness);
  second = harness_accepting (chat.harness, "second", 2);
  assert_offered_with_brief (client_take (second, BODY (OFFER)), from, brief);
  answer_last_offer (second, chat.conv, TRUE);
  row = &memory_store_conv (chat.harness->store, chat.conv)->row;
  g_assert_cmpuint (row->agent, ==, second->welcome->self);
  g_assert_cmpstr (row->brief, ==, ""); /* it has arrived; the note stays */
  g_assert_cmpuint (row->last_note, ==, 1);
  harness_free (chat.harness);
}

/* Handing on what one can no longer wait for: the queue passes the brief on. */
static void
test_transfer_queue_brief (void)
{
  static const char brief[] = HARNESS_NOTE_MARK " the parcel is on its way back";
  Chat chat;
  Client *other;
  Gate__V1__Transfer transfer = GATE__V1__TRANSFER__INIT;

  chat_init (&chat);
  transfer.conv = chat.conv;
  transfer.to_queue = (char *) "tech";
  transfer.note = (char *) brief;
  client_ack (chat.agent, &transfer.base);
  other = harness_accepting (chat.harness, "other", 2);
  assert_offered_with_brief (client_take (other, BODY (OFFER)), chat.agent->welcome->self, brief);
  harness_free (chat.harness);
}

static void
test_hold_snooze (void)
{
  Chat chat;
  Gate__V1__Hold hold = GATE__V1__HOLD__INIT;
  Gate__V1__Snooze snooze = GATE__V1__SNOOZE__INIT;

  chat_init (&chat);
  hold.conv = snooze.conv = chat.conv;
  hold.on = TRUE;
  client_ack (chat.agent, &hold.base);
  g_assert_cmpuint (harness_state (chat.harness, chat.conv), ==, STATE (HELD));
  hold.on = FALSE;
  client_ack (chat.agent, &hold.base);
  client_clear (chat.visitor);
  client_ack (chat.agent, &snooze.base);
  g_assert_cmpuint (harness_state (chat.harness, chat.conv), ==, STATE (SNOOZED));
  /* For the visitor nothing has changed; when they write, the same agent is asked. */
  g_assert_null (client_take (chat.visitor, BODY (CONV_UPDATE)));
  client_clear (chat.agent);
  client_text (chat.visitor, 0, "are you there?");
  g_assert_cmpuint (client_take (chat.agent, BODY (OFFER))->offer->why, ==,
                    GATE__V1__WHY__WHY_SNOOZE_OVER);
  harness_free (chat.harness);
}

static void
test_snooze_until (void)
{
  Chat chat;
  Gate__V1__Snooze snooze = GATE__V1__SNOOZE__INIT;
  Gate__V1__Subscribe subscribe = GATE__V1__SUBSCRIBE__INIT;
  const Gate__V1__List *list;

  chat_init (&chat);
  snooze.conv = chat.conv;
  snooze.until = (guint64) chat.harness->wall_ms - 1;
  client_error (chat.agent, &snooze.base, 422, "invalid");
  snooze.until = (guint64) chat.harness->wall_ms + 60000;
  client_ack (chat.agent, &snooze.base);
  subscribe.list = GATE__V1__LIST_KIND__LI_SNOOZED;
  list = client_answer (chat.agent, client_send (chat.agent, &subscribe.base))->list;
  g_assert_cmpuint (list->convs[0]->until / 10, ==, snooze.until / 10);
  harness_advance (chat.harness, 59000);
  g_assert_cmpuint (harness_state (chat.harness, chat.conv), ==, STATE (SNOOZED));
  harness_advance (chat.harness, 2000);
  g_assert_cmpuint (harness_state (chat.harness, chat.conv), ==, STATE (OFFERED));
  harness_free (chat.harness);
}

static void
test_wrapup_timer (void)
{
  Chat chat;
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;
  Gate__V1__Wrapup wrapup = GATE__V1__WRAPUP__INIT;
  Gate__V1__Subscribe subscribe = GATE__V1__SUBSCRIBE__INIT;
  const Gate__V1__Frame *list;
  const GateConvRow *row;
  guint64 due;

  chat_init (&chat);
  subscribe.list = GATE__V1__LIST_KIND__LI_MINE;
  client_send (chat.agent, &subscribe.base);
  client_clear (chat.agent);
  due = (guint64) chat.harness->wall_ms + 60000;
  client_ack (chat.visitor, &close.base);
  g_assert_cmpuint (harness_state (chat.harness, chat.conv), ==, STATE (WRAPUP));
  /* How long there is for the form is in the row of the list. */
  harness_advance (chat.harness, 1000);
  list = client_take (chat.agent, BODY (LIST));
  g_assert_cmpuint (list->list->convs[0]->state, ==, STATE (WRAPUP));
  g_assert_cmpuint (list->list->convs[0]->due, ==, due);
  harness_advance (chat.harness, 60000);
  row = &memory_store_conv (chat.harness->store, chat.conv)->row;
  g_assert_cmpuint (row->state, ==, STATE (CLOSED));
  g_assert_cmpuint (row->close_reason, ==, GATE__V1__CLOSE_REASON__CR_UNCODED);
  /* The form that came late still codes it. */
  wrapup.conv = chat.conv;
  wrapup.code = (char *) "size";
  client_ack (chat.agent, &wrapup.base);
  g_assert_cmpstr (row->disposition, ==, "size");
  g_assert_cmpuint (row->close_reason, ==, GATE__V1__CLOSE_REASON__CR_SOLVED);
  client_error (chat.agent, &wrapup.base, 410, "closed");
  harness_free (chat.harness);
}

static void
test_reopen (void)
{
  Chat chat;
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;
  guint64 next;

  chat_init (&chat);
  client_ack (chat.visitor, &close.base);
  harness_advance (chat.harness, 61000);
  client_clear (chat.agent);
  /* Within 24 h the same conversation, to the same agent first. */
  g_assert_cmpuint (client_text (chat.visitor, 0, "one more question")->conv, ==, chat.conv);
  g_assert_cmpuint (client_take (chat.agent, BODY (OFFER))->offer->why, ==,
                    GATE__V1__WHY__WHY_STICKY);
  client_ack (chat.visitor, &close.base);
  harness_advance (chat.harness, 25 * 3600 * 1000);
  /* Later a new one, linked to the old. */
  next = client_text (chat.visitor, 0, "hello again")->conv;
  g_assert_cmpuint (next, !=, chat.conv);
  g_assert_cmpuint (memory_store_conv (chat.harness->store, next)->row.previous, ==, chat.conv);
  harness_free (chat.harness);
}

static void
test_owner_lost (void)
{
  Chat chat;
  guint64 enqueued;
  const GateConvRow *row;

  chat_init (&chat);
  row = &memory_store_conv (chat.harness->store, chat.conv)->row;
  enqueued = row->enqueued_at;
  client_drop (chat.agent);
  g_assert_cmpuint (client_take (chat.visitor, BODY (PRESENCE))->presence->state, ==,
                    GATE__V1__STATUS__SS_OFFLINE);
  harness_advance (chat.harness, 59000);
  g_assert_cmpuint (row->state, ==, STATE (ACTIVE));
  harness_advance (chat.harness, 2000);
  g_assert_cmpuint (row->state, ==, STATE (QUEUED));
  g_assert_cmpuint (row->enqueued_at, ==, enqueued); /* at the front */
  g_assert_cmpuint (client_take (chat.visitor, BODY (ASSIGNMENT))->assignment->agent, ==, 0);
  /* One calm line, not silence. */
  g_assert_cmpstr (client_take (chat.visitor, BODY (MESSAGE))->message->event->name, ==,
                   "owner_lost");
  harness_free (chat.harness);
}

static void
test_resume (void)
{
  Chat chat;
  Client *again;
  const Gate__V1__HistoryPage *page;
  char token[64];

  chat_init (&chat);
  g_strlcpy (token, chat.visitor->welcome->resume_token, sizeof token);
  client_drop (chat.visitor);
  client_text (chat.agent, chat.conv, "while you were away");
  again = harness_resume (chat.harness, TRUE, token, chat.conv, 1);
  g_assert_true (again->welcome->resumed);
  g_assert_cmpuint (again->welcome->session, ==, chat.visitor->welcome->session);
  page = client_take (again, BODY (HISTORY_PAGE))->history_page;
  g_assert_cmpuint (page->n_messages, ==, 1);
  g_assert_cmpuint (page->messages[0]->seq, ==, 2);
  g_assert_cmpuint (page->head, ==, 2);
  /* The newest resume wins. */
  {
    Client *third = harness_resume (chat.harness, TRUE, again->welcome->resume_token, chat.conv, 2);

    g_assert_true (third->welcome->resumed);
    g_assert_true (again->is_closed);
    g_assert_cmpuint (again->close_code, ==, 4003);
    g_assert_null (client_take (third, BODY (HISTORY_PAGE))); /* nothing is missing */
    /* A token two generations old is none any more. */
    again = harness_resume (chat.harness, TRUE, token, chat.conv, 2);
    g_assert_true (again->is_closed);
    g_assert_cmpuint (again->close_code, ==, 4004);
  }
  harness_free (chat.harness);
}

static void
test_resume_too_late (void)
{
  Chat chat;
  char token[64];
  Client *again;

  chat_init (&chat);
  g_strlcpy (token, chat.visitor->welcome->resume_token, sizeof token);
  client_drop (chat.visitor);
  harness_advance (chat.harness, 181000);
  again = harness_resume (chat.harness, TRUE, token, chat.conv, 1);
  g_assert_true (again->is_closed);
  g_assert_cmpuint (again->close_code, ==, 4004);
  harness_free (chat.harness);
}

/* After a restart the token stands for its session, however long the connection had lasted. */
static void
test_resume_after_restart (void)
{
  Chat chat;
  Client *visitor, *agent;
  char visitor_token[64], agent_token[64];
  guint64 session;

  chat_init (&chat);
  harness_advance (chat.harness, 3600 * 1000);
  g_strlcpy (visitor_token, chat.visitor->welcome->resume_token, sizeof visitor_token);
  g_strlcpy (agent_token, chat.agent->welcome->resume_token, sizeof agent_token);
  session = chat.visitor->welcome->session;
  harness_kill (chat.harness, FALSE);
  harness_start (chat.harness);
  visitor = harness_resume (chat.harness, TRUE, visitor_token, chat.conv, 0);
  g_assert_true (visitor->welcome->resumed);
  g_assert_cmpuint (visitor->welcome->session, ==, session);
  g_assert_cmpuint (client_take (visitor, BODY (HISTORY_PAGE))->history_page->n_messages, ==, 1);
  agent = harness_resume (chat.harness, FALSE, agent_token, chat.conv, 0);
  g_assert_true (agent->welcome->resumed);
  client_text (agent, chat.conv, "where were we?");
  g_assert_nonnull (client_take (visitor, BODY (MESSAGE)));
  harness_free (chat.harness);
}

/* Nothing is told before it is committed. */
static void
test_commit_first (void)
{
  Chat chat;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  guint32 id;

  chat_init (&chat);
  chat.harness->is_manual = TRUE;
  message.cid = 7;
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) "durable?";
  id = client_send (chat.visitor, &message.base);
  harness_turn (chat.harness);
  g_assert_true (memory_store_has_batch (chat.harness->store));
  g_assert_null (client_answer (chat.visitor, id));
  g_assert_null (client_take (chat.agent, BODY (MESSAGE)));
  memory_store_commit (chat.harness->store, GATE_STORE_OK);
  g_assert_nonnull (client_answer (chat.visitor, id));
  g_assert_nonnull (client_take (chat.agent, BODY (MESSAGE)));
  harness_free (chat.harness);
}

static void
test_devices (void)
{
  Chat chat;
  Client *phone, *second_console;
  char token[64];
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;

  chat_init (&chat);
  phone = harness_visitor (chat.harness, chat.visitor->welcome->visitor_key);
  g_assert_cmpuint (phone->welcome->n_convs, ==, 1);
  g_assert_cmpuint (client_take (phone, BODY (ASSIGNMENT))->assignment->agent, ==,
                    chat.agent->welcome->self);
  second_console = harness_connect (chat.harness);
  client_hello (second_console, TRUE, "");
  auth.token = (char *) harness_access_token ("mei", token);
  client_send (second_console, &auth.base);
  client_clear (phone);
  client_text (chat.visitor, 0, "from the laptop");
  /* To every other session of both sides, the sender's own included; not to the one that got the Ack. */
  g_assert_nonnull (client_take (phone, BODY (MESSAGE)));
  g_assert_nonnull (client_take (chat.agent, BODY (MESSAGE)));
  g_assert_nonnull (client_take (second_console, BODY (MESSAGE)));
  g_assert_null (client_take (chat.visitor, BODY (MESSAGE)));
  harness_free (chat.harness);
}

static void
test_media (void)
{
  Chat chat;
  Gate__V1__UploadReq upload = GATE__V1__UPLOAD_REQ__INIT;
  const Gate__V1__UploadTicket *ticket;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Media media = GATE__V1__MEDIA__INIT;
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__MediaStored arrived = GATE__LINK__V1__MEDIA_STORED__INIT;
  g_autofree char *id = NULL;
  guint8 sha[32] = { 7 };
  const Gate__V1__Frame *frame;
  Gate__V1__Error const *error;

  chat_init (&chat);
  upload.mime = (char *) "image/png";
  upload.size = 1000;
  ticket = client_answer (chat.visitor, client_send (chat.visitor, &upload.base))->upload_ticket;
  g_assert_true (g_str_has_prefix (ticket->put_url, "/media/up/"));
  g_assert_nonnull (strstr (ticket->put_url, "&sig="));
  id = g_strndup (ticket->put_url + 10, strcspn (ticket->put_url + 10, "?"));
  message.cid = 70;
  message.content_case = GATE__V1__MESSAGE__CONTENT_MEDIA;
  message.media = &media;
  media.kind = GATE__V1__MEDIA_KIND__MK_IMAGE;
  media.url = ticket->url;
  error = client_error (chat.visitor, &message.base, 422, "unknown_media");
  g_assert_nonnull (error);
  arrived.id = id;
  arrived.mime = (char *) "image/png";
  arrived.size = 990;
  arrived.width = 8;
  arrived.height = 9;
  arrived.sha256.data = sha;
  arrived.sha256.len = sizeof sha;
  request.body_case = GATE__LINK__V1__REQUEST__BODY_MEDIA_STORED;
  request.media_stored = &arrived;
  g_assert_cmpuint (harness_request (chat.harness, &request)->body_case, ==,
                    GATE__LINK__V1__REPLY__BODY_DONE);
  media.size = 123456; /* what is stored counts, not what is said */
  client_ack (chat.visitor, &message.base);
  frame = client_take (chat.agent, BODY (MESSAGE));
  g_assert_cmpuint (frame->message->media->size, ==, 990);
  g_assert_cmpuint (frame->message->media->width, ==, 8);
  g_assert_nonnull (strstr (frame->message->media->url, "&sig=")); /* signed on the way out */
  g_assert_null (
    memmem (memory_store_conv (chat.harness->store, chat.conv)->messages->data, 8, "sig=", 4));
  /* Nobody sends another's file. */
  message.conv = chat.conv;
  message.cid = 71;
  client_error (chat.agent, &message.base, 422, "unknown_media");
  /* The same bytes by the same uploader are there already. */
  upload.sha256.data = sha;
  upload.sha256.len = sizeof sha;
  ticket = client_answer (chat.visitor, client_send (chat.visitor, &upload.base))->upload_ticket;
  g_assert_true (ticket->already);
  harness_free (chat.harness);
}

/* A file as it lies there, and the message about it that the agent gets; @mime: of the file, @kind: what the visitor says it is. */
static const Gate__V1__Media *
tell_stored (Chat                *chat,
             const char          *mime,
             guint32              size,
             Gate__V1__MediaKind  kind)
{
  Gate__V1__UploadReq upload = GATE__V1__UPLOAD_REQ__INIT;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Media media = GATE__V1__MEDIA__INIT;
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__MediaStored arrived = GATE__LINK__V1__MEDIA_STORED__INIT;
  const Gate__V1__UploadTicket *ticket;
  g_autofree char *id = NULL;
  guint8 sha[32] = { 8 };

  upload.mime = arrived.mime = (char *) mime;
  upload.size = arrived.size = size;
  ticket = client_answer (chat->visitor, client_send (chat->visitor, &upload.base))->upload_ticket;
  arrived.id = id = g_strndup (ticket->put_url + 10, strcspn (ticket->put_url + 10, "?"));
  arrived.sha256.data = sha;
  arrived.sha256.len = sizeof sha;
  request.body_case = GATE__LINK__V1__REQUEST__BODY_MEDIA_STORED;
  request.media_stored = &arrived;
  harness_request (chat->harness, &request);
  message.cid = 80 + size;
  message.content_case = GATE__V1__MESSAGE__CONTENT_MEDIA;
  message.media = &media;
  media.kind = kind;
  media.url = ticket->url;
  media.duration_ms = 4711; /* nobody is believed */
  client_ack (chat->visitor, &message.base);
  return client_take (chat->agent, BODY (MESSAGE))->message->media;
}

static void
test_voice (void)
{
  Chat chat;
  Gate__V1__UploadReq upload = GATE__V1__UPLOAD_REQ__INIT;
  const Gate__V1__Media *media;

  chat_init (&chat);
  media = tell_stored (&chat, "audio/wav", 44 + 32000, GATE__V1__MEDIA_KIND__MK_FILE);
  g_assert_cmpint (media->kind, ==, GATE__V1__MEDIA_KIND__MK_VOICE);
  g_assert_cmpuint (media->duration_ms, ==, 1000);
  media = tell_stored (&chat, "application/pdf", 900, GATE__V1__MEDIA_KIND__MK_VOICE);
  g_assert_cmpint (media->kind, ==, GATE__V1__MEDIA_KIND__MK_FILE);
  g_assert_cmpuint (media->duration_ms, ==, 0);
  upload.mime = (char *) "audio/wav";
  upload.size = 44 + 2 * 60 * 32000 + 2;
  client_error (chat.visitor, &upload.base, 413, "too_large");
  harness_free (chat.harness);
}

static void
test_takeover (void)
{
  Chat chat;
  Client *boss, *peer;
  Gate__V1__Claim claim = GATE__V1__CLAIM__INIT;

  chat_init (&chat);
  boss = harness_agent (chat.harness, "boss", "supervisor", 5);
  peer = harness_agent (chat.harness, "peer", "agent", 5);
  claim.conv = chat.conv;
  client_error (peer, &claim.base, 409, "already_assigned");
  claim.mode = GATE__V1__CLAIM_MODE__CL_TAKEOVER;
  client_error (peer, &claim.base, 403, "forbidden");
  g_assert_cmpuint (client_answer (boss, client_send (boss, &claim.base))->assignment->agent, ==,
                    boss->welcome->self);
  g_assert_cmpuint (client_take (chat.agent, BODY (ASSIGNMENT))->assignment->agent, ==,
                    boss->welcome->self);
  g_assert_cmpuint (client_take (chat.visitor, BODY (ASSIGNMENT))->assignment->agent, ==,
                    boss->welcome->self);
  g_assert_cmpuint (memory_store_n_writes (chat.harness->store, GATE_WRITE_AUDIT), ==, 1);
  harness_free (chat.harness);
}

static void
test_watch (void)
{
  Chat chat;
  Client *boss;
  Gate__V1__Watch watch = GATE__V1__WATCH__INIT;
  const Gate__V1__Frame *frame;

  chat_init (&chat);
  boss = harness_agent (chat.harness, "boss", "supervisor", 5);
  watch.conv = chat.conv;
  watch.on = TRUE;
  frame = client_answer (boss, client_send (boss, &watch.base));
  g_assert_cmpuint (frame->viewers->n_agents, ==, 1);
  g_assert_cmpuint (client_take (chat.agent, BODY (VIEWERS))->viewers->agents[0], ==,
                    boss->welcome->self);
  client_text (chat.visitor, 0, "hm");
  g_assert_nonnull (client_take (boss, BODY (MESSAGE)));
  watch.silent = TRUE;
  client_send (boss, &watch.base);
  g_assert_cmpuint (memory_store_n_writes (chat.harness->store, GATE_WRITE_AUDIT), ==, 1);
  watch.on = FALSE;
  client_send (boss, &watch.base);
  client_clear (boss);
  client_text (chat.visitor, 0, "hm?");
  g_assert_null (client_take (boss, BODY (MESSAGE)));
  harness_free (chat.harness);
}

/* Whoever has said their line is not shown as writing it any longer. */
static void
test_said_is_not_writing (void)
{
  Chat chat;
  Client *boss;
  Gate__V1__Watch watch = GATE__V1__WATCH__INIT;
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;

  chat_init (&chat);
  boss = harness_agent (chat.harness, "boss", "supervisor", 5);
  watch.conv = typing.conv = chat.conv;
  watch.on = typing.on = TRUE;
  client_send (boss, &watch.base);
  client_send (chat.agent, &watch.base);
  client_clear (boss);
  client_send (chat.agent, &typing.base);
  g_assert_cmpuint (client_take (boss, BODY (VIEWERS))->viewers->n_typing, ==, 1);
  client_text (chat.agent, chat.conv, "yes");
  g_assert_cmpuint (client_take (boss, BODY (VIEWERS))->viewers->n_typing, ==, 0);
  harness_free (chat.harness);
}

static void
test_lists (void)
{
  Chat chat;
  Gate__V1__Subscribe subscribe = GATE__V1__SUBSCRIBE__INIT;
  const Gate__V1__List *list;
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;

  chat_init (&chat);
  subscribe.list = GATE__V1__LIST_KIND__LI_MINE;
  list = client_answer (chat.agent, client_send (chat.agent, &subscribe.base))->list;
  g_assert_true (list->reset);
  g_assert_cmpuint (list->n_convs, ==, 1);
  g_assert_cmpuint (list->convs[0]->conv, ==, chat.conv);
  g_assert_cmpstr (list->convs[0]->last_text, ==, "hello");
  client_text (chat.visitor, 0, "more");
  g_assert_null (client_take (chat.agent, BODY (LIST))); /* gathered for 250 ms */
  harness_advance (chat.harness, 260);
  list = client_take (chat.agent, BODY (LIST))->list;
  g_assert_cmpuint (list->n_convs, ==, 1);
  g_assert_cmpstr (list->convs[0]->last_text, ==, "more");
  close.conv = chat.conv;
  close.reason = GATE__V1__CLOSE_REASON__CR_SPAM;
  client_ack (chat.agent, &close.base);
  harness_advance (chat.harness, 260);
  list = client_take (chat.agent, BODY (LIST))->list;
  g_assert_cmpuint (list->n_gone, ==, 1);
  g_assert_cmpuint (list->gone[0], ==, chat.conv);
  subscribe.list = GATE__V1__LIST_KIND__LI_CLOSED;
  list = client_answer (chat.agent, client_send (chat.agent, &subscribe.base))->list;
  g_assert_cmpuint (list->n_convs, ==, 1);
  subscribe.list = GATE__V1__LIST_KIND__LI_ALL;
  client_error (chat.agent, &subscribe.base, 403, "forbidden");
  harness_free (chat.harness);
}

static void
test_contact (void)
{
  Chat chat;
  Gate__V1__PageView page = GATE__V1__PAGE_VIEW__INIT;
  Gate__V1__ContactReq request = GATE__V1__CONTACT_REQ__INIT;
  const Gate__V1__Contact *contact;
  const Gate__V1__Presence *presence;

  chat_init (&chat);
  page.url = (char *) "https://shop.example/cart";
  for (guint i = 0; i < 25; i++)
    client_send_id (chat.visitor, &page.base, 0);
  /* Who has the chat is told that there is something new to ask for. */
  presence = client_take (chat.agent, BODY (PRESENCE))->presence;
  g_assert_cmpuint (presence->conv, ==, chat.conv);
  g_assert_cmpuint (presence->state, ==, GATE__V1__STATUS__SS_ONLINE);
  request.conv = chat.conv;
  contact = client_answer (chat.agent, client_send (chat.agent, &request.base))->contact;
  g_assert_cmpuint (contact->n_trail, ==, 20); /* bounded */
  g_assert_cmpstr (contact->trail[19]->url, ==, page.url);
  g_assert_cmpuint (contact->visitor, ==, chat.visitor->welcome->self);
  g_assert_cmpuint (contact->visits, ==, 1);
  g_assert_cmpstr (contact->locale, ==, "zh-CN");
  harness_free (chat.harness);
}

static const Gate__V1__Contact *
ask_contact (Chat *chat)
{
  Gate__V1__ContactReq request = GATE__V1__CONTACT_REQ__INIT;

  request.conv = chat->conv;
  return client_answer (chat->agent, client_send (chat->agent, &request.base))->contact;
}

/* What staff has said of a visitor is kept, beyond a restart too, and no page load says otherwise. */
static void
test_contact_edit (void)
{
  Chat chat;
  Gate__V1__ContactEdit edit = GATE__V1__CONTACT_EDIT__INIT;
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;
  const char attrs[] = "{\"plan\":\"tea\",\"size\":3}";
  const char without[] = "{\"size\":null}";
  const char profile[] = "{\"name\":\"Mallory\",\"email\":\"m@x.example\",\"phone\":\"1\","
                         "\"attrs\":{\"page\":\"cart\"}}";
  const char both[] = "{\"plan\":\"tea\",\"page\":\"cart\"}";
  const Gate__V1__Contact *contact;
  g_autofree char *key = NULL;
  Client *again;

  chat_init (&chat);
  key = g_strdup (chat.visitor->welcome->visitor_key);
  edit.conv = chat.conv;
  client_error (chat.agent, &edit.base, 422, "invalid"); /* nothing is said */
  edit.fields = 1 | 2 | 8 | 16;
  edit.name = (char *) "Anna";
  edit.note = (char *) HARNESS_NOTE_MARK " pays late";
  edit.attrs.data = (guint8 *) "[1]";
  edit.attrs.len = 3;
  client_error (chat.agent, &edit.base, 422, "invalid"); /* no object: nothing of it is taken */
  g_assert_cmpstr (ask_contact (&chat)->name, ==, "");
  edit.attrs.data = (guint8 *) attrs;
  edit.attrs.len = strlen (attrs);
  client_clear (chat.agent);
  client_ack (chat.agent, &edit.base);
  g_assert_nonnull (client_take (chat.agent, BODY (PRESENCE))); /* there is something to ask for */
  edit.fields = 16;
  edit.attrs.data = (guint8 *) without;
  edit.attrs.len = strlen (without);
  client_ack (chat.agent, &edit.base);
  contact = ask_contact (&chat);
  g_assert_cmpstr (contact->name, ==, "Anna");
  g_assert_cmpstr (contact->note, ==, HARNESS_NOTE_MARK " pays late");
  g_assert_cmpuint (contact->visits, ==, 1); /* an edit is no visit */
  g_assert_cmpuint (contact->attrs.len, ==, strlen ("{\"plan\":\"tea\"}"));
  g_assert_cmpstr (memory_store_conv (chat.harness->store, chat.conv)->row.visitor_name, ==,
                   "Anna");

  harness_kill (chat.harness, TRUE);
  harness_start (chat.harness);
  again = harness_connect (chat.harness);
  client_hello (again, FALSE, "demo");
  auth.visitor_key = key;
  auth.profile.data = (guint8 *) profile;
  auth.profile.len = strlen (profile);
  client_send (again, &auth.base);
  chat.agent = harness_agent (chat.harness, "mei", "agent", 3);
  contact = ask_contact (&chat); /* what the page says stands beside what staff has said */
  g_assert_cmpmem (contact->attrs.data, contact->attrs.len, both, strlen (both));
  g_assert_cmpstr (contact->name, ==, "Anna");
  g_assert_cmpstr (contact->email, ==, "");
  g_assert_cmpstr (contact->phone, ==, "1");
  edit = (Gate__V1__ContactEdit) GATE__V1__CONTACT_EDIT__INIT;
  edit.conv = chat.conv;
  edit.fields = 4;
  edit.phone = (char *) "+46 40";
  client_ack (chat.agent, &edit.base);
  contact = ask_contact (&chat);
  g_assert_cmpstr (contact->name, ==, "Anna");
  g_assert_cmpstr (contact->email, ==, ""); /* that there is none was said too */
  g_assert_cmpstr (contact->phone, ==, "+46 40");
  g_assert_cmpmem (contact->attrs.data, contact->attrs.len, both, strlen (both));
  g_assert_cmpstr (contact->note, ==, HARNESS_NOTE_MARK " pays late");
  g_assert_cmpstr (contact->locale, ==, "zh-CN");
  harness_free (chat.harness);
}

/* Out at once, not in again, also by another gateway; in again when the time is over or staff says so. */
static void
test_block (void)
{
  Chat chat;
  Gate__V1__ContactEdit edit = GATE__V1__CONTACT_EDIT__INIT;
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;
  g_autofree char *key = NULL;

  chat_init (&chat);
  key = g_strdup (chat.visitor->welcome->visitor_key);
  edit.conv = chat.conv;
  edit.fields = 32;
  edit.blocked_until = (guint64) chat.harness->wall_ms + 3600000;
  client_ack (chat.agent, &edit.base);
  g_assert_cmpuint (chat.visitor->close_code, ==, 4009);
  g_assert_cmpuint (ask_contact (&chat)->blocked_until, ==, edit.blocked_until);
  auth.visitor_key = key;
  for (guint i = 0; i < 5; i++) {
    gboolean is_out = i < 2 || i == 3;
    Client *again = harness_connect (chat.harness);

    client_hello (again, FALSE, "demo");
    client_send (again, &auth.base);
    g_assert_cmpuint (again->close_code, ==, is_out ? 4009 : 0);
    if (i == 0) {
      harness_kill (chat.harness, TRUE);
      harness_start (chat.harness);
      chat.agent = harness_agent (chat.harness, "mei", "agent", 3);
    } else if (i == 1) {
      harness_advance (chat.harness, 3600000);
    } else if (i == 2) {
      edit.blocked_until = G_GUINT64_CONSTANT (253402300799000);
      client_ack (chat.agent, &edit.base);
    } else if (i == 3) {
      edit.blocked_until = 0;
      client_ack (chat.agent, &edit.base);
    }
  }
  g_assert_cmpuint (ask_contact (&chat)->blocked_until, ==, 0);
  harness_free (chat.harness);
}

/* Edited and recalled while somebody was away: what they get then is right. */
static void
test_edit_resume (void)
{
  Chat chat;
  Gate__V1__Message edit = GATE__V1__MESSAGE__INIT;
  Client *again;
  const Gate__V1__HistoryPage *page;
  guint64 first, second;

  chat_init (&chat);
  client_drop (chat.visitor);
  first = client_text (chat.agent, chat.conv, "tpyo")->seq;
  second = client_text (chat.agent, chat.conv, "secret of another visitor")->seq;
  edit.conv = chat.conv;
  edit.cid = 320;
  edit.replaces = first;
  edit.flags = 2;
  edit.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  edit.text = (char *) "typo";
  client_ack (chat.agent, &edit.base);
  edit.cid = 321;
  edit.replaces = second;
  edit.flags = 4;
  edit.content_case = GATE__V1__MESSAGE__CONTENT__NOT_SET;
  client_ack (chat.agent, &edit.base);
  again = harness_resume (chat.harness, TRUE, chat.visitor->welcome->resume_token, chat.conv, 1);
  page = client_take (again, BODY (HISTORY_PAGE))->history_page;
  g_assert_cmpuint (page->n_messages, ==, 4);
  g_assert_cmpstr (page->messages[0]->text, ==, "typo");
  g_assert_cmpuint (page->messages[0]->flags, ==, 2);
  g_assert_cmpuint (page->messages[1]->content_case, ==, GATE__V1__MESSAGE__CONTENT__NOT_SET);
  g_assert_cmpuint (page->messages[1]->flags, ==, 4);
  g_assert_cmpuint (page->messages[2]->replaces, ==, first);
  harness_free (chat.harness);
}

/* A signed visitor is the same visitor wherever they sign in from, and verified. */
static void
test_jwt (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_accepting (harness, "mei", 3);
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;
  Gate__V1__ContactReq request = GATE__V1__CONTACT_REQ__INIT;
  g_autofree char *payload =
    g_strdup_printf ("{\"sub\":\"user-42\",\"aud\":\"demo\",\"exp\":%" G_GINT64_FORMAT "}",
                     harness->wall_ms / 1000 + 3600);
  g_autofree char *good = harness_make_jwt ("app-secret-example", payload);
  g_autofree char *forged = harness_make_jwt ("another-secret", payload);
  const char profile[] =
    "{\"name\":\"\\u5c0f\\u660e\",\"email\":\"a@b.example\",\"attrs\":{\"tier\":\"gold\"}}";
  Client *client = NULL;
  guint64 self = 0;
  const Gate__V1__Contact *contact;

  auth.profile.data = (guint8 *) profile;
  auth.profile.len = strlen (profile);
  for (guint i = 0; i < 2; i++) {
    client = harness_connect (harness);
    client_hello (client, FALSE, "demo");
    auth.token = good;
    client_send (client, &auth.base);
    g_assert_nonnull (client->welcome);
    g_assert_true (self == 0 || self == client->welcome->self);
    self = client->welcome->self;
  }
  request.conv = harness_chat (harness, client, agent);
  contact = client_answer (agent, client_send (agent, &request.base))->contact;
  g_assert_true (contact->verified);
  g_assert_cmpstr (contact->name, ==, "小明");
  g_assert_cmpstr (contact->email, ==, "a@b.example");
  g_assert_cmpuint (contact->attrs.len, ==, strlen ("{\"tier\":\"gold\"}"));
  client = harness_connect (harness);
  client_hello (client, FALSE, "demo");
  auth.token = forged;
  client_send (client, &auth.base);
  g_assert_cmpuint (client->close_code, ==, 4001);
  harness_free (harness);
}

static void
test_drain (void)
{
  Chat chat;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Client *late;

  chat_init (&chat);
  gate_core_drain (chat.harness->core, 5000);
  g_assert_cmpuint (client_take (chat.visitor, BODY (GO_AWAY))->go_away->delay_ms, <, 4500);
  g_assert_nonnull (client_take (chat.agent, BODY (GO_AWAY)));
  message.cid = 1;
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) "in time?";
  g_assert_nonnull (client_answer (chat.visitor, client_send (chat.visitor, &message.base))->ack);
  late = harness_connect (chat.harness);
  client_hello (late, FALSE, "demo");
  {
    Gate__V1__Auth auth = GATE__V1__AUTH__INIT;

    client_send (late, &auth.base);
  }
  g_assert_cmpuint (late->close_code, ==, 1012);
  harness_free (chat.harness);
}

/* Two devices of one visitor: only the first that comes and the last that goes are news. */
static void
test_visitor_presence (void)
{
  Chat chat;
  Client *phone;

  chat_init (&chat);
  phone = harness_visitor (chat.harness, chat.visitor->welcome->visitor_key);
  client_drop (chat.visitor);
  g_assert_null (client_take (chat.agent, BODY (PRESENCE)));
  client_drop (phone);
  g_assert_cmpuint (client_take (chat.agent, BODY (PRESENCE))->presence->state, ==,
                    GATE__V1__STATUS__SS_OFFLINE);
  harness_free (chat.harness);
}

static void
test_update (void)
{
  Chat chat;
  Gate__V1__ConvUpdate update = GATE__V1__CONV_UPDATE__INIT;
  char *tags[] = { (char *) "vip", (char *) "refund" };
  const GateConvRow *row;
  const Gate__V1__Frame *frame;

  chat_init (&chat);
  row = &memory_store_conv (chat.harness->store, chat.conv)->row;
  update.conv = chat.conv;
  update.tags_add = tags;
  update.n_tags_add = 2;
  update.subject = (char *) "Order 7";
  update.attrs.data = (guint8 *) "{\"order\":7,\"x\":null}";
  update.attrs.len = strlen ((const char *) update.attrs.data);
  client_ack (chat.agent, &update.base);
  g_assert_cmpstr (row->tags, ==, "[\"vip\",\"refund\"]");
  g_assert_cmpstr (row->attrs, ==, "{\"order\":7}");
  frame = client_take (chat.visitor, BODY (CONV_UPDATE));
  g_assert_cmpstr (frame->conv_update->subject, ==, "Order 7");
  g_assert_cmpuint (frame->conv_update->n_tags_add, ==, 0);
  update.n_tags_add = 0;
  update.tags_del = tags;
  update.n_tags_del = 1;
  client_ack (chat.agent, &update.base);
  g_assert_cmpstr (row->tags, ==, "[\"refund\"]");
  harness_free (chat.harness);
}

static void
test_search (void)
{
  Chat chat;
  Client *other;
  Gate__V1__SearchReq request = GATE__V1__SEARCH_REQ__INIT;
  const Gate__V1__SearchPage *page;

  chat_init (&chat);
  other = harness_agent (chat.harness, "other", "agent", 1);
  request.query = (char *) "hello";
  page = client_answer (chat.agent, client_send (chat.agent, &request.base))->search_page;
  g_assert_cmpuint (page->n_hits, ==, 1);
  page = client_answer (other, client_send (other, &request.base))->search_page;
  g_assert_cmpuint (page->n_hits, ==, 1); /* serves the same queue */
  harness_free (chat.harness);
}

static void
test_limits (void)
{
  Harness *harness = harness_new ();
  Client *visitor;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  g_autofree char *long_text = g_strnfill (4097, 'x');

  harness_kill (harness, FALSE);
  harness->settings.conversations_per_address = 2;
  harness_start (harness);
  visitor = harness_visitor (harness, NULL);
  message.cid = 1;
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = long_text;
  client_error (visitor, &message.base, 413, "too_large");
  message.text = (char *) "";
  client_error (visitor, &message.base, 422, "invalid");
  message.text = (char *) "a";
  client_ack (visitor, &message.base);
  visitor = harness_visitor (harness, NULL);
  client_ack (visitor, &message.base);
  visitor = harness_visitor (harness, NULL);
  g_assert_cmpuint (client_error (visitor, &message.base, 429, "rate_limited")->retry_after_ms, >,
                    1000);
  harness_advance (harness, 12 * 3600 * 1000 + 1000);
  visitor = harness_visitor (harness, NULL);
  client_ack (visitor, &message.base);
  harness_free (harness);
}

static void
test_idle (void)
{
  Chat chat;
  const GateConvRow *row;

  chat_init (&chat);
  row = &memory_store_conv (chat.harness->store, chat.conv)->row;
  client_text (chat.agent, chat.conv, "anything else?");
  harness_advance (chat.harness, 3 * 3600 * 1000);
  g_assert_cmpuint (row->state, ==, STATE (CLOSED)); /* wrapped up, then coded by nobody */
  harness_free (chat.harness);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/chat/welcome", test_welcome);
  g_test_add_func ("/core/chat/agent-limits", test_agent_limits);

  g_test_add_func ("/core/chat/agent-welcome", test_agent_welcome);
  g_test_add_data_func ("/core/chat/caps/pb", GINT_TO_POINTER (GATE__LINK__V1__CODEC__CO_PB),
                        test_caps);
  g_test_add_data_func ("/core/chat/caps/json", GINT_TO_POINTER (GATE__LINK__V1__CODEC__CO_JSON),
                        test_caps);
  for (guint i = 0; i < G_N_ELEMENTS (turned_away); i++) {
    g_autofree char *path = g_strdup_printf ("/core/chat/turned-away/%s", turned_away[i].name);

    g_test_add_data_func (path, &turned_away[i], test_turned_away);
  }
  g_test_add_func ("/core/chat/origin", test_origin);
  g_test_add_func ("/core/chat/reload", test_reload);
  g_test_add_func ("/core/chat/first-word", test_first_word);
  g_test_add_func ("/core/chat/whole", test_whole);
  g_test_add_func ("/core/chat/queue", test_queue);
  g_test_add_func ("/core/chat/repeat", test_repeat);
  g_test_add_func ("/core/chat/first-repeat", test_first_repeat);
  g_test_add_func ("/core/chat/stale-view", test_stale_view);
  g_test_add_func ("/core/chat/stale-pending", test_stale_pending);
  g_test_add_func ("/core/chat/edit", test_edit);
  g_test_add_func ("/core/chat/recall", test_recall);
  g_test_add_func ("/core/chat/note", test_note);
  g_test_add_func ("/core/chat/typing-read", test_typing_read);
  g_test_add_func ("/core/chat/no-preview-without-policy", test_no_preview_without_policy);
  g_test_add_func ("/core/chat/transfer-agent", test_transfer_agent);
  g_test_add_func ("/core/chat/transfer-queue", test_transfer_queue);
  g_test_add_func ("/core/chat/transfer-passed", test_transfer_passed);
  g_test_add_func ("/core/chat/offer-reason", test_offer_reason);
  g_test_add_func ("/core/chat/transfer-queue-brief", test_transfer_queue_brief);
  g_test_add_func ("/core/chat/hold-snooze", test_hold_snooze);
  g_test_add_func ("/core/chat/snooze-until", test_snooze_until);
  g_test_add_func ("/core/chat/said-is-not-writing", test_said_is_not_writing);
  g_test_add_func ("/core/chat/wrapup-timer", test_wrapup_timer);
  g_test_add_func ("/core/chat/reopen", test_reopen);
  g_test_add_func ("/core/chat/owner-lost", test_owner_lost);
  g_test_add_func ("/core/chat/resume", test_resume);
  g_test_add_func ("/core/chat/resume-too-late", test_resume_too_late);
  g_test_add_func ("/core/chat/resume-after-restart", test_resume_after_restart);
  g_test_add_func ("/core/chat/commit-first", test_commit_first);
  g_test_add_func ("/core/chat/devices", test_devices);
  g_test_add_func ("/core/chat/media", test_media);
  g_test_add_func ("/core/chat/voice", test_voice);
  g_test_add_func ("/core/chat/takeover", test_takeover);
  g_test_add_func ("/core/chat/watch", test_watch);
  g_test_add_func ("/core/chat/lists", test_lists);
  g_test_add_func ("/core/chat/contact", test_contact);
  g_test_add_func ("/core/chat/contact-edit", test_contact_edit);
  g_test_add_func ("/core/chat/block", test_block);
  g_test_add_func ("/core/chat/update", test_update);
  g_test_add_func ("/core/chat/edit-resume", test_edit_resume);
  g_test_add_func ("/core/chat/jwt", test_jwt);
  g_test_add_func ("/core/chat/drain", test_drain);
  g_test_add_func ("/core/chat/visitor-presence", test_visitor_presence);
  g_test_add_func ("/core/chat/search", test_search);
  g_test_add_func ("/core/chat/limits", test_limits);
  g_test_add_func ("/core/chat/idle", test_idle);
  return g_test_run ();
}
