/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core-harness.h"

#include "gate-agent.h"
#include "gate-identity.h"
#include "wire-frame.h"
#include "wire-text.h"
#include "wire-token.h"
#include "wire-visitor.h"

#include <string.h>

/* --- What leaves the core ------------------------------------------------------------------------------------ */

static Client *
find_client (Harness    *self,
             GateConnId  conn)
{
  for (guint i = 0; i < self->clients->len; i++) {
    Client *client = g_ptr_array_index (self->clients, i);

    if (client->conn == conn)
      return client;
  }
  g_error ("the core speaks to a connection that is not there");
}

/* PROTOCOLS.md 2d.7, on every frame of every test. */
static void
check_visitor_frame (const Gate__V1__Frame *frame)
{
  g_autoptr (WireArena) arena = wire_arena_new (1024);
  g_auto (WireBuffer) bytes = WIRE_BUFFER_INIT;
  const Gate__V1__Frame *stripped = wire_visitor_strip (arena, frame);

  g_assert_true (wire_visitor_may_receive (frame->body_case));
  g_assert_nonnull (stripped);
  g_assert_true (wire_message_equal (&stripped->base, &frame->base));
  wire_frame_pack (frame, &bytes);
  g_assert_null (memmem (bytes.data, bytes.n_bytes, HARNESS_NOTE_MARK, strlen (HARNESS_NOTE_MARK)));
}

static void
remote_send (gpointer               remote,
             GateConnId             conn,
             const Gate__V1__Frame *frame)
{
  Client *client = find_client (remote, conn);
  Gate__V1__Frame *copy;

  if (client->is_visitor)
    check_visitor_frame (frame);
  /* From the limits on an edge compresses everything but Welcome, which says so. */
  g_assert_true (!client->limits.signed_in || client->welcome != NULL ||
                 frame->body_case == GATE__V1__FRAME__BODY_WELCOME);
  copy = wire_frame_dup (client->arena, frame);
  if (copy->body_case == GATE__V1__FRAME__BODY_WELCOME)
    client->welcome = copy->welcome;
  g_ptr_array_add (client->inbox, copy);
}

static void
remote_limits (gpointer                      remote,
               GateConnId                    conn,
               const Gate__Link__V1__Limits *limits)
{
  find_client (remote, conn)->limits = *limits;
}

static void
remote_close (gpointer    remote,
              GateConnId  conn,
              guint       code,
              const char *reason)
{
  Client *client = find_client (remote, conn);

  client->is_closed = TRUE;
  client->close_code = code;
}

static void
remote_reply (gpointer                     remote,
              GateRequestId                request,
              gboolean                     more,
              const Gate__Link__V1__Reply *reply)
{
  Harness *self = remote;

  g_ptr_array_add (self->replies, wire_message_dup (self->arena, &reply->base));
  g_array_append_val (self->reply_ids, request);
}

static void
remote_hash (gpointer     remote,
             GateHashJob *job)
{
  g_ptr_array_add (((Harness *) remote)->jobs, job);
}

static const GateRemote remote = {
  .send = remote_send,
  .limits = remote_limits,
  .close = remote_close,
  .reply = remote_reply,
  .hash = remote_hash,
};

/* --- Life ------------------------------------------------------------------------------------------------------- */

static void
batch_done (GateBatch *batch,
            gpointer   user_data)
{
  gate_core_batch_done (((Harness *) user_data)->core, batch);
}

static void
query_done (GateQuery *query,
            gpointer   user_data)
{
  gate_core_query_done (((Harness *) user_data)->core, query);
}

static char *demo_origins[] = { (char *) "https://shop.example", NULL };
static const GateCoreApp demo_apps[] = {
  { .key = "demo", .origins = demo_origins, .secret = "app-secret-example" },
  { .key = "other", .origins = demo_origins },
};
static char *tech_agents[] = { NULL };
static const GateCoreQueue demo_queues[] = {
  { .name = "default", .title = "Default" },
  { .name = "tech", .title = "Technical", .agents = tech_agents },
};

Harness *
harness_new (void)
{
  Harness *self = g_new0 (Harness, 1);

  self->settings = (GateCoreSettings){
    .seed = 1,
    .node = "test",
    .version = "0",
    .ping_ms = 30000,
    .idle_ms = 180000,
    .resume_ms = 180000,
    .edit_window_ms = 120000,
    .offer_ms = 20000,
    .owner_grace_ms = 60000,
    .visitor_grace_ms = 60000,
    .wrapup_ms = 60000,
    .reopen_ms = 24 * 3600 * 1000,
    .url_ttl_ms = 24 * 3600 * 1000,
    .max_frame_bytes = 65536,
    .messages_per_s = 5,
    .messages_burst = 20,
    .frames_per_s = 20,
    .send_buffer_bytes = 256 * 1024,
    .sneak_peek = TRUE,
    .batch_rows = 64,
    .max_upload_bytes = 20 * 1024 * 1024,
    .apps = demo_apps,
    .n_apps = G_N_ELEMENTS (demo_apps),
    .queues = demo_queues,
    .n_queues = G_N_ELEMENTS (demo_queues),
  };
  self->now_ms = 1000000;
  self->wall_ms = G_GINT64_CONSTANT (1767225600000);
  self->clients = g_ptr_array_new ();
  self->jobs = g_ptr_array_new ();
  self->replies = g_ptr_array_new ();
  self->reply_ids = g_array_new (FALSE, FALSE, sizeof (GateRequestId));
  self->arena = wire_arena_new (4096);
  self->store = memory_store_new (5501);
  harness_start (self);
  return self;
}

void
harness_start (Harness *self)
{
  static const GateStoreDone done = { batch_done, query_done, NULL };
  GateSnapshot *snapshot;

  g_assert_null (self->core);
  self->core = gate_core_new (&self->settings, &remote, self, memory_store_get (self->store));
  gate_core_set_checked (self->core, TRUE);
  gate_core_set_now (self->core, self->now_ms, self->wall_ms);
  memory_store_connect (self->store, &done, self);
  snapshot = memory_store_get (self->store)->load (memory_store_get (self->store), NULL);
  gate_core_start (self->core, snapshot);
  wire_arena_free (snapshot->arena);
}

void
harness_kill (Harness  *self,
              gboolean  is_committed)
{
  memory_store_crash (self->store, is_committed);
  g_clear_pointer (&self->core, gate_core_free);
  for (guint i = 0; i < self->clients->len; i++) {
    Client *client = g_ptr_array_index (self->clients, i);

    client->is_closed = TRUE;
    client->conn = 0;
  }
  self->settings.seed++;
}

static void
free_job (GateHashJob *job)
{
  g_free (job->password);
  g_free (job->hash);
  g_free (job);
}

void
harness_free (Harness *self)
{
  if (self->core != NULL)
    harness_kill (self, FALSE);
  memory_store_free (self->store);
  for (guint i = 0; i < self->clients->len; i++) {
    Client *client = g_ptr_array_index (self->clients, i);

    g_ptr_array_unref (client->inbox);
    wire_arena_free (client->arena);
    g_free (client);
  }
  for (guint i = 0; i < self->jobs->len; i++)
    free_job (g_ptr_array_index (self->jobs, i));
  g_ptr_array_unref (self->jobs);
  g_ptr_array_unref (self->clients);
  g_ptr_array_unref (self->replies);
  g_array_unref (self->reply_ids);
  wire_arena_free (self->arena);
  g_free (self);
}

void
harness_turn (Harness *self)
{
  gate_core_tick (self->core);
  gate_core_turn_end (self->core);
}

void
harness_settle (Harness *self)
{
  do {
    memory_store_run (self->store);
    harness_turn (self);
  } while (memory_store_has_batch (self->store) || memory_store_n_queries (self->store) > 0);
  gate_core_check (self->core);
}

void
harness_advance (Harness *self,
                 gint64   ms)
{
  gint64 until_ms = self->now_ms + ms;

  while (self->now_ms < until_ms) {
    gint64 next_ms = CLAMP (gate_core_next_due_ms (self->core), self->now_ms + 1, until_ms);

    self->wall_ms += next_ms - self->now_ms;
    self->now_ms = next_ms;
    gate_core_set_now (self->core, self->now_ms, self->wall_ms);
    if (self->is_manual)
      harness_turn (self);
    else
      harness_settle (self);
  }
}

/* --- Clients ------------------------------------------------------------------------------------------------------ */

Client *
harness_connect_as (Harness               *self,
                    Gate__Link__V1__Codec  codec)
{
  Client *client = g_new0 (Client, 1);
  Gate__Link__V1__Opened opened = GATE__LINK__V1__OPENED__INIT;

  client->harness = self;
  client->conn = GATE_CONN_ID (1, ++self->next_conn);
  client->arena = wire_arena_new (4096);
  client->inbox = g_ptr_array_new ();
  client->next_id = 1;
  client->next_cid = (guint64) self->next_conn << 32;
  g_ptr_array_add (self->clients, client);
  opened.transport = GATE__LINK__V1__TRANSPORT__TR_TCP;
  opened.codec = codec;
  opened.peer = (char *) (self->peer != NULL ? self->peer : "192.0.2.7");
  gate_core_opened (self->core, client->conn, &opened);
  return client;
}

Client *
harness_connect (Harness *self)
{
  return harness_connect_as (self, GATE__LINK__V1__CODEC__CO_PB);
}

void
client_send_id (Client           *self,
                ProtobufCMessage *body,
                guint32           id)
{
  Gate__V1__Frame frame = wire_frame_for (body);

  frame.id = id;
  gate_core_frame (self->harness->core, self->conn, &frame);
  if (!self->harness->is_manual)
    harness_settle (self->harness);
}

guint32
client_send (Client           *self,
             ProtobufCMessage *body)
{
  guint32 id = self->next_id++;

  client_send_id (self, body, id);
  return id;
}

void
client_drop (Client *self)
{
  gate_core_closed (self->harness->core, self->conn);
  self->conn = 0;
  self->is_closed = TRUE;
  if (!self->harness->is_manual)
    harness_settle (self->harness);
}

void
client_hello (Client     *self,
              gboolean    is_console,
              const char *app)
{
  Gate__V1__Hello hello = GATE__V1__HELLO__INIT;
  char *caps[] = { (char *) "batch", (char *) "preview" };

  hello.version = 1;
  hello.channel = is_console ? GATE__V1__CHANNEL__CH_CONSOLE : GATE__V1__CHANNEL__CH_WEB;
  hello.app_key = (char *) app;
  hello.device = (char *) "device-1";
  hello.locale = (char *) "zh-CN";
  hello.caps = caps;
  hello.n_caps = G_N_ELEMENTS (caps);
  self->is_visitor = !is_console;
  client_send_id (self, &hello.base, 0);
}

Client *
harness_visitor (Harness    *self,
                 const char *key)
{
  Client *client = harness_connect (self);
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;

  client_hello (client, FALSE, "demo");
  if (key != NULL)
    auth.visitor_key = (char *) key;
  client_send (client, &auth.base);
  g_assert_nonnull (client->welcome);
  return client;
}

const char *
harness_access_token (const char *login,
                      char        ret_token[64])
{
  guint8 random[WIRE_OPAQUE_RANDOM_BYTES] = { 0 };

  g_strlcpy ((char *) random, login, sizeof random);
  wire_opaque_make (WIRE_OPAQUE_ACCESS, random, ret_token);
  return ret_token;
}

static void
ensure_agent (Harness    *self,
              const char *login,
              const char *role,
              guint       capacity,
              const char *queues)
{
  char token[64];
  GateSnapshot *snapshot;
  guint64 agent = 0;

  if (gate_agent_find_login (self->core, login) != NULL)
    return;
  agent = memory_store_add_agent (self->store, login, role, capacity, queues);
  memory_store_add_access (self->store, agent, harness_access_token (login, token), 100 + agent,
                           (guint64) self->wall_ms + 900000000);
  /* As after GateStoreDone.changed; and as if the agent had signed in over HTTP. */
  snapshot = memory_store_get (self->store)->load (memory_store_get (self->store), NULL);
  gate_core_start (self->core, snapshot);
  gate_identity_load (self->core, snapshot->tokens, snapshot->n_tokens);
  wire_arena_free (snapshot->arena);
}

Client *
harness_agent (Harness    *self,
               const char *login,
               const char *role,
               guint       capacity)
{
  return harness_agent_of (self, login, role, capacity, NULL);
}

Client *
harness_agent_of (Harness    *self,
                  const char *login,
                  const char *role,
                  guint       capacity,
                  const char *queues)
{
  Client *client;
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;
  char token[64];

  ensure_agent (self, login, role, capacity, queues);
  client = harness_connect (self);
  client_hello (client, TRUE, "");
  auth.token = (char *) harness_access_token (login, token);
  client_send (client, &auth.base);
  g_assert_nonnull (client->welcome);
  return client;
}

Client *
harness_accepting (Harness    *self,
                   const char *login,
                   guint       capacity)
{
  Client *client = harness_agent (self, login, "agent", capacity);
  Gate__V1__AgentStatus status = GATE__V1__AGENT_STATUS__INIT;

  status.present = status.accepting = TRUE;
  g_assert_nonnull (client_answer (client, client_send (client, &status.base)));
  return client;
}

char *
harness_make_jwt (const char *secret,
                  const char *payload)
{
  static const char head[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
  char encoded_head[WIRE_BASE64URL_CHARS (sizeof head) + 1];
  char encoded_mac[WIRE_BASE64URL_CHARS (32) + 1];
  g_autofree char *encoded_payload = g_malloc (WIRE_BASE64URL_CHARS (strlen (payload)) + 1);
  g_autofree char *signed_part = NULL;
  guint8 mac[WIRE_SHA256_BYTES];

  wire_base64url_encode ((const guint8 *) head, sizeof head - 1, encoded_head);
  wire_base64url_encode ((const guint8 *) payload, strlen (payload), encoded_payload);
  signed_part = g_strdup_printf ("%s.%s", encoded_head, encoded_payload);
  wire_hmac_sha256 (secret, strlen (secret), signed_part, strlen (signed_part), mac);
  wire_base64url_encode (mac, sizeof mac, encoded_mac);
  return g_strdup_printf ("%s.%s", signed_part, encoded_mac);
}

Client *
harness_resume (Harness    *self,
                gboolean    is_visitor,
                const char *token,
                guint64     conv,
                guint64     seq)
{
  Client *client = harness_connect (self);
  Gate__V1__Resume resume = GATE__V1__RESUME__INIT;
  Gate__V1__Cursor cursor = GATE__V1__CURSOR__INIT;
  Gate__V1__Cursor *cursors[] = { &cursor };

  client_hello (client, !is_visitor, is_visitor ? "demo" : "");
  resume.token = (char *) token;
  cursor.conv = conv;
  cursor.seq = seq;
  if (conv != 0) {
    resume.have = cursors;
    resume.n_have = 1;
  }
  client_send (client, &resume.base);
  return client;
}

const Gate__V1__Frame *
client_answer (Client  *self,
               guint32  id)
{
  const Gate__V1__Frame *found = NULL;

  for (guint i = self->inbox->len; i > 0; i--) {
    const Gate__V1__Frame *frame = g_ptr_array_index (self->inbox, i - 1);

    if (frame->id != id)
      continue;
    g_assert_null (found); /* exactly one answer */
    found = frame;
    g_ptr_array_remove_index (self->inbox, i - 1);
  }
  return found;
}

const Gate__V1__Frame *
client_take (Client                    *self,
             Gate__V1__Frame__BodyCase  body_case)
{
  for (guint i = 0; i < self->inbox->len; i++) {
    const Gate__V1__Frame *frame = g_ptr_array_index (self->inbox, i);

    if (frame->body_case != body_case)
      continue;
    g_ptr_array_remove_index (self->inbox, i);
    return frame;
  }
  return NULL;
}

void
client_clear (Client *self)
{
  g_ptr_array_set_size (self->inbox, 0);
}

const Gate__V1__Ack *
client_ack (Client           *self,
            ProtobufCMessage *body)
{
  const Gate__V1__Frame *frame = client_answer (self, client_send (self, body));

  g_assert_nonnull (frame);
  if (frame->body_case == GATE__V1__FRAME__BODY_ERROR)
    g_error ("refused: %u %s %s", frame->error->code, frame->error->slug, frame->error->detail);
  g_assert_cmpuint (frame->body_case, ==, GATE__V1__FRAME__BODY_ACK);
  return frame->ack;
}

const Gate__V1__Ack *
client_text_cid (Client     *self,
                 guint64     conv,
                 const char *text,
                 guint64     cid)
{
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;

  message.conv = conv;
  message.cid = cid;
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) text;
  return client_ack (self, &message.base);
}

const Gate__V1__Ack *
client_text (Client     *self,
             guint64     conv,
             const char *text)
{
  return client_text_cid (self, conv, text, ++self->next_cid);
}

const Gate__V1__Error *
client_error (Client           *self,
              ProtobufCMessage *body,
              guint             code,
              const char       *slug)
{
  const Gate__V1__Frame *frame = client_answer (self, client_send (self, body));

  g_assert_nonnull (frame);
  g_assert_cmpuint (frame->body_case, ==, GATE__V1__FRAME__BODY_ERROR);
  g_assert_cmpuint (frame->error->code, ==, code);
  g_assert_cmpstr (frame->error->slug, ==, slug);
  return frame->error;
}

guint64
harness_chat (Harness *self,
              Client  *visitor,
              Client  *agent)
{
  guint64 conv = client_text (visitor, 0, "hello")->conv;
  const Gate__V1__Frame *offer = client_take (agent, GATE__V1__FRAME__BODY_OFFER);
  Gate__V1__OfferAnswer answer = GATE__V1__OFFER_ANSWER__INIT;
  const Gate__V1__Frame *taken;

  g_assert_nonnull (offer);
  answer.conv = conv;
  answer.epoch = offer->offer->epoch;
  answer.accept = TRUE;
  taken = client_answer (agent, client_send (agent, &answer.base));
  g_assert_nonnull (taken);
  g_assert_cmpuint (taken->body_case, ==, GATE__V1__FRAME__BODY_ASSIGNMENT);
  client_clear (visitor);
  client_clear (agent);
  return conv;
}

const Gate__Link__V1__Reply *
harness_request (Harness                 *self,
                 Gate__Link__V1__Request *request)
{
  guint n_before = self->replies->len;

  gate_core_request (self->core, GATE_CONN_ID (9, self->replies->len + 1), request);
  harness_settle (self);
  return self->replies->len > n_before ? g_ptr_array_index (self->replies, self->replies->len - 1)
                                       : NULL;
}

void
harness_finish_hash (Harness  *self,
                     gboolean  is_good)
{
  GateHashJob *job = g_ptr_array_remove_index (self->jobs, 0);

  memset (job->password, 0, strlen (job->password));
  job->is_good = is_good;
  if (job->is_make)
    job->hash = g_strdup ("made-hash");
  gate_core_hashed (self->core, job);
  harness_settle (self);
}

guint
harness_state (Harness *self,
               guint64  conv)
{
  return memory_store_conv (self->store, conv)->row.state;
}
