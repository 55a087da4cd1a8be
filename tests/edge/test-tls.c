/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an edge takes and refuses before the first decrypted byte, and what it speaks behind it. */
#include "tls-client.h"

#include "gate-tls-context.h"

#include <openssl/pem.h>
#include <string.h>
#include <sys/socket.h>

static const char hello_json[] =
  "{\"t\":\"hello\",\"id\":1,\"v\":1,\"ch\":\"web\",\"app\":\"demo\"}";

static const char *const no_limits[] = { "limits.connections_per_ip=0",
                                         "limits.connects_per_ip_per_s=0",
                                         "session.hello_timeout=60s", NULL };

/* --- Versions and ciphers --------------------------------------------------------------------------- */

typedef struct {
  const char *name;
  const char *setting;
  int version;
  gboolean is_taken;
} VersionCase;

static const VersionCase version_cases[] = {
  { "1.3", "tls.min=1.2", TLS1_3_VERSION, TRUE },
  { "1.2", "tls.min=1.2", TLS1_2_VERSION, TRUE },
  { "1.1", "tls.min=1.2", TLS1_1_VERSION, FALSE },
  { "1.0", "tls.min=1.2", TLS1_VERSION, FALSE },
  { "1.3-alone", "tls.min=1.3", TLS1_3_VERSION, TRUE },
  { "1.2-too-old", "tls.min=1.3", TLS1_2_VERSION, FALSE },
};

static void
test_version (gconstpointer user_data)
{
  const VersionCase *test = user_data;
  const char *settings[] = { test->setting, NULL };
  g_autoptr (TlsIdentity) identity = tls_identity_new ("one", TLS_KEY_EC, 30);
  g_autoptr (SSL_CTX) context = tls_client_new (test->version, test->version);
  Edge *edge = edge_start_tls (settings, &identity->tls);
  const char *alert = NULL;
  Client *client;

  SSL_CTX_set_cipher_list (context, "ALL:@SECLEVEL=0");
  client = tls_try (edge, SSL_new (context), &alert);
  if (test->is_taken) {
    g_assert_nonnull (client);
    client_upgrade_on (client, "", "");
  } else {
    g_assert_null (client);
    g_assert_cmpstr (alert, ==, "tlsv1 alert protocol version");
    WAIT_UNTIL (edge,
                edge_metric (edge, "gate_connections_closed_total{reason=\"protocol\"}") == 1);
  }
  edge_stop (edge);
}

/* Every cipher of TLS 1.2 and before that this OpenSSL knows, alone, against a certificate of either kind. */
static void
test_ciphers_12 (gconstpointer user_data)
{
  TlsKeyKind kind = (TlsKeyKind) GPOINTER_TO_INT (user_data);
  g_autoptr (TlsIdentity) identity = tls_identity_new ("one", kind, 30);
  g_autoptr (SSL_CTX) all = tls_client_new (TLS1_2_VERSION, TLS1_2_VERSION);
  Edge *edge = edge_start_tls (no_limits, &identity->tls);
  int wanted_auth = kind == TLS_KEY_EC ? NID_auth_ecdsa : NID_auth_rsa;
  guint n_taken = 0;
  guint n_tried = 0;
  STACK_OF (SSL_CIPHER) * ciphers;

  g_assert_cmpint (SSL_CTX_set_cipher_list (all, "ALL:COMPLEMENTOFALL:@SECLEVEL=0"), ==, 1);
  ciphers = SSL_CTX_get_ciphers (all);
  for (int i = 0; i < sk_SSL_CIPHER_num (ciphers); i++) {
    const SSL_CIPHER *cipher = sk_SSL_CIPHER_value (ciphers, i);
    gboolean is_good = SSL_CIPHER_is_aead (cipher) &&
                       SSL_CIPHER_get_kx_nid (cipher) == NID_kx_ecdhe &&
                       SSL_CIPHER_get_auth_nid (cipher) == wanted_auth &&
                       strstr (SSL_CIPHER_get_name (cipher), "CCM") == NULL &&
                       strstr (SSL_CIPHER_get_name (cipher), "ARIA") == NULL;
    SSL *ssl = SSL_new (all);
    Client *client;

    if (SSL_CIPHER_get_kx_nid (cipher) == NID_kx_any || /* of TLS 1.3 */
        !SSL_set_cipher_list (ssl, SSL_CIPHER_get_name (cipher))) {
      SSL_free (ssl);
      continue;
    }
    client = tls_try (edge, ssl, NULL);
    g_test_message ("%s %s", SSL_CIPHER_get_name (cipher), client != NULL ? "taken" : "refused");
    g_assert_cmpint (client != NULL, ==, is_good);
    n_tried++;
    n_taken += client != NULL;
    if (client != NULL)
      client_close (client);
  }
  g_assert_cmpuint (n_tried, >=, 60);
  g_assert_cmpuint (n_taken, ==, 3);
  edge_stop (edge);
}

static void
test_ciphers_13 (void)
{
  static const struct {
    const char *name;
    gboolean is_taken;
  } cases[] = {
    { "TLS_AES_128_GCM_SHA256", TRUE },       { "TLS_AES_256_GCM_SHA384", TRUE },
    { "TLS_CHACHA20_POLY1305_SHA256", TRUE }, { "TLS_AES_128_CCM_SHA256", FALSE },
    { "TLS_AES_128_CCM_8_SHA256", FALSE },
  };
  g_autoptr (TlsIdentity) identity = tls_identity_new ("one", TLS_KEY_EC, 30);
  Edge *edge = edge_start_tls (NULL, &identity->tls);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SSL_CTX) context = tls_client_new (TLS1_3_VERSION, TLS1_3_VERSION);

    g_assert_cmpint (SSL_CTX_set_ciphersuites (context, cases[i].name), ==, 1);
    g_assert_cmpint (tls_try (edge, SSL_new (context), NULL) != NULL, ==, cases[i].is_taken);
  }
  edge_stop (edge);
}

/* --- ALPN ------------------------------------------------------------------------------------------- */

typedef struct {
  const char *name;
  const char *offered;
  const char *selected; /* "" = none, NULL = refused */
} AlpnCase;

static const AlpnCase alpn_cases[] = {
  { "none", "", "" },
  { "http", "\x08http/1.1", "http/1.1" },
  { "gate", "\x06gate/1", "gate/1" },
  { "browser", "\x02h2\x08http/1.1", "http/1.1" },
  { "http2-alone", "\x02h2", NULL },
};

static void
test_alpn (gconstpointer user_data)
{
  const AlpnCase *test = user_data;
  g_autoptr (TlsIdentity) identity = tls_identity_new ("one", TLS_KEY_EC, 30);
  g_autoptr (SSL_CTX) context = tls_client_new (TLS1_2_VERSION, TLS1_3_VERSION);
  Edge *edge = edge_start_tls (NULL, &identity->tls);
  const unsigned char *selected;
  unsigned int n_selected;
  const char *alert = NULL;
  Client *client;

  if (test->offered[0] != '\0')
    SSL_CTX_set_alpn_protos (context, (const guint8 *) test->offered,
                             (unsigned int) strlen (test->offered));
  client = tls_try (edge, SSL_new (context), &alert);
  if (test->selected == NULL) {
    g_assert_null (client);
    g_assert_cmpstr (alert, ==, "tlsv1 alert no application protocol");
  } else {
    g_assert_nonnull (client);
    SSL_get0_alpn_selected (client->ssl, &selected, &n_selected);
    g_assert_cmpmem (selected, n_selected, test->selected, strlen (test->selected));
  }
  edge_stop (edge);
}

/* --- Tickets ---------------------------------------------------------------------------------------- */

static SSL_SESSION *last_session;

/* Connects with the last session, if any, and keeps the one that comes of it. */
static gboolean
is_resumed (Edge    *edge,
            SSL_CTX *context)
{
  SSL *ssl = SSL_new (context);
  Client *client;
  gboolean is_reused;

  if (last_session != NULL)
    SSL_set_session (ssl, last_session);
  client = tls_try (edge, ssl, NULL);
  g_assert_nonnull (client);
  client_upgrade_on (client, "", "");
  is_reused = SSL_session_reused (client->ssl) == 1;
  SSL_SESSION_free (last_session);
  last_session = SSL_get1_session (client->ssl); /* with the ticket that came before the answer */
  client_close (client);
  return is_reused;
}

static void
test_tickets (gconstpointer user_data)
{
  int version = GPOINTER_TO_INT (user_data);
  g_autoptr (TlsIdentity) identity = tls_identity_new ("one", TLS_KEY_EC, 30);
  g_autoptr (TlsIdentity) stranger = tls_identity_new ("one", TLS_KEY_EC, 30);
  g_autoptr (SSL_CTX) context = tls_client_new (version, version);
  Edge *first = edge_start_tls (NULL, &identity->tls);
  Edge *second;
  Edge *third;
  Edge *other;

  g_assert_false (is_resumed (first, context));
  g_assert_true (is_resumed (first, context));
  second = edge_start_tls (NULL, &identity->tls); /* one that never saw the client */
  g_assert_true (is_resumed (second, context));
  tls_identity_rotate (identity);
  third = edge_start_tls (NULL, &identity->tls); /* the key before still decrypts */
  g_assert_true (is_resumed (third, context));
  g_assert_true (is_resumed (third, context)); /* with the ticket that came instead */
  other = edge_start_tls (NULL, &stranger->tls);
  g_assert_false (is_resumed (other, context));
  g_clear_pointer (&last_session, SSL_SESSION_free);
  edge_stop (other);
  edge_stop (third);
  edge_stop (second);
  edge_stop (first);
}

/* The edge that runs gets a new key: its tickets of before are good, those two keys ago are not. */
static void
test_rotation (void)
{
  g_autoptr (TlsIdentity) identity = tls_identity_new ("one", TLS_KEY_EC, 30);
  g_autoptr (SSL_CTX) context = tls_client_new (TLS1_3_VERSION, TLS1_3_VERSION);
  Edge *edge = edge_start_tls (NULL, &identity->tls);
  SSL_SESSION *old;

  g_assert_false (is_resumed (edge, context));
  old = g_steal_pointer (&last_session);
  g_assert_nonnull (old);
  tls_identity_rotate (identity);
  tls_identity_rotate (identity);
  edge_configure (edge, NULL, &identity->tls);
  last_session = old;
  g_assert_false (is_resumed (edge, context));
  g_assert_true (is_resumed (edge, context));
  g_clear_pointer (&last_session, SSL_SESSION_free);
  edge_stop (edge);
}

static void
test_no_tickets (gconstpointer user_data)
{
  int version = GPOINTER_TO_INT (user_data);
  g_autoptr (TlsIdentity) identity = tls_identity_new ("one", TLS_KEY_EC, 30);
  g_autoptr (SSL_CTX) context = tls_client_new (version, version);
  Edge *edge;

  identity->tls.n_ticket_keys = 0;
  edge = edge_start_tls (NULL, &identity->tls);
  g_assert_false (is_resumed (edge, context));
  g_assert_false (is_resumed (edge, context));
  g_clear_pointer (&last_session, SSL_SESSION_free);
  edge_stop (edge);
}

/* --- Those who do not keep to it -------------------------------------------------------------------- */

/* The bytes of a ClientHello as a client would send it. */
static GByteArray *
make_client_hello (void)
{
  g_autoptr (SSL_CTX) context = tls_client_new (TLS1_2_VERSION, TLS1_3_VERSION);
  SSL *ssl = SSL_new (context);
  BIO *out = BIO_new (BIO_s_mem ());
  GByteArray *bytes = g_byte_array_new ();
  long n_bytes;
  char *data;

  SSL_set_bio (ssl, BIO_new (BIO_s_mem ()), out);
  SSL_set_connect_state (ssl);
  g_assert_cmpint (SSL_do_handshake (ssl), ==, -1);
  n_bytes = BIO_get_mem_data (out, &data);
  g_byte_array_append (bytes, (const guint8 *) data, (guint) n_bytes);
  SSL_free (ssl);
  return bytes;
}

static void
test_garbage (void)
{
  g_autoptr (TlsIdentity) identity = tls_identity_new ("one", TLS_KEY_EC, 30);
  g_autoptr (GByteArray) hello = make_client_hello ();
  Edge *edge = edge_start_tls (NULL, &identity->tls);

  for (guint i = 0; i < 4; i++) {
    Client *client = client_connect (edge);
    g_autofree char *noise = g_strnfill (4000, (char) (33 + i));

    /* Together, in two packets, with the hello cut, and garbage of the right form. */
    client_send (client, hello->data, i == 2 ? hello->len / 2 : hello->len);
    if (i == 1)
      WAIT_UNTIL (edge, client->in->len > 0);
    if (i == 3)
      client_send (client, "\x17\x03\x03\x00\x20", 5);
    client_send_text (client, noise);
    WAIT_UNTIL (edge, client->is_eof);
  }
  WAIT_UNTIL (edge, edge_metric (edge, "gate_connections_closed_total{reason=\"protocol\"}") == 4);
  edge_stop (edge);
}

/* The whole opening has one deadline, however busy its beginning looks. */
static void
test_slow (void)
{
  const char *settings[] = { "session.hello_timeout=150ms", NULL };
  g_autoptr (TlsIdentity) identity = tls_identity_new ("one", TLS_KEY_EC, 30);
  g_autoptr (GByteArray) hello = make_client_hello ();
  Edge *edge = edge_start_tls (settings, &identity->tls);
  Client *client = client_connect (edge);
  gint64 begin_us = g_get_monotonic_time ();
  gint64 took_us;

  for (guint i = 0; !client->is_eof; i = MIN (i + 1, hello->len - 2)) {
    client_send (client, hello->data + i, 1);
    edge_turn (edge);
    g_assert_cmpint (g_get_monotonic_time () - begin_us, <, (gint64) 5 * G_USEC_PER_SEC);
  }
  took_us = g_get_monotonic_time () - begin_us;
  g_assert_cmpint (took_us, >=, 200000);
  g_assert_cmpfloat (edge_metric (edge, "gate_connections_closed_total{reason=\"timeout\"}"), ==,
                     1);
  edge_stop (edge);
}

/* Each half-open handshake may hold 131 KiB, so there are not more than so many: the oldest goes. */
static void
test_many_half_open (void)
{
  enum {
    LIMIT = 2048
  };
  g_autoptr (TlsIdentity) identity = tls_identity_new ("one", TLS_KEY_EC, 30);
  g_autoptr (SSL_CTX) context = tls_client_new (TLS1_2_VERSION, TLS1_3_VERSION);
  g_autoptr (GByteArray) hello = make_client_hello ();
  Edge *edge = edge_start_tls (no_limits, &identity->tls);
  Client *done = tls_connect (edge, context);
  Client *first;

  client_upgrade_on (done, "", "");
  first = client_connect (edge);
  client_send (first, hello->data, 100);
  for (guint i = 1; i < LIMIT; i++) {
    Client *next = client_connect (edge);

    client_send (next, hello->data, 100);
    next->is_reading = FALSE;
  }
  (void) tls_connect (edge, context); /* an honest one is served all the same */
  WAIT_UNTIL (edge, first->is_eof);
  g_assert_false (done->is_eof);
  g_assert_cmpfloat (edge_metric (edge, "gate_connections_closed_total{reason=\"overload\"}"), >=,
                     1);
  edge_stop (edge);
}

static void
test_renegotiation (void)
{
  g_autoptr (TlsIdentity) identity = tls_identity_new ("one", TLS_KEY_EC, 30);
  g_autoptr (SSL_CTX) context = tls_client_new (TLS1_2_VERSION, TLS1_2_VERSION);
  Edge *edge = edge_start_tls (NULL, &identity->tls);
  Client *client = tls_connect (edge, context);

  client_upgrade_on (client, "", "");
  g_assert_cmpint (SSL_renegotiate (client->ssl), ==, 1);
  (void) SSL_do_handshake (client->ssl);
  WAIT_UNTIL (edge, client->is_eof); /* our own OpenSSL ends at the refusal */
  g_assert_cmpint (SSL_total_renegotiations (client->ssl), ==, 1);
  edge_stop (edge);
}

static void
test_tls_in_tls (void)
{
  g_autoptr (TlsIdentity) identity = tls_identity_new ("one", TLS_KEY_EC, 30);
  g_autoptr (SSL_CTX) context = tls_client_new (TLS1_2_VERSION, TLS1_3_VERSION);
  g_autoptr (GByteArray) hello = make_client_hello ();
  Edge *edge = edge_start_tls (NULL, &identity->tls);
  Client *client = tls_connect (edge, context);

  client_send (client, hello->data, hello->len);
  WAIT_UNTIL (edge, client->is_eof);
  g_assert_cmpuint (client->in->len, ==, 0);
  edge_stop (edge);
}

/* --- What is spoken inside -------------------------------------------------------------------------- */

static void
check_opened (Edge                      *edge,
              Gate__Link__V1__Transport  transport,
              Gate__Link__V1__Codec      codec)
{
  g_autoptr (Record) record = edge_take (edge, GATE_RECORD_OPENED);
  Gate__Link__V1__Opened *body =
    gate__link__v1__opened__unpack (NULL, record->body->len, record->body->data);

  g_assert_true (body->tls);
  g_assert_cmpint (body->transport, ==, transport);
  g_assert_cmpint (body->codec, ==, codec);
  g_assert_cmpstr (body->peer, ==, "127.0.0.1");
  gate__link__v1__opened__free_unpacked (body, NULL);
}

static void
send_message (Edge       *edge,
              guint32     number,
              const char *text)
{
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (MESSAGE, message, &message);

  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) text;
  edge_send_frame (edge, number, &frame);
}

static void
test_json (gconstpointer user_data)
{
  int version = GPOINTER_TO_INT (user_data);
  g_autoptr (TlsIdentity) identity = tls_identity_new ("one", TLS_KEY_EC, 30);
  g_autoptr (SSL_CTX) context = tls_client_new (version, version);
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  Edge *edge = edge_start_tls (NULL, &identity->tls);
  Client *client = tls_connect (edge, context);
  g_autofree char *down = NULL;
  guint32 number;

  client_upgrade_on (client, "?app=demo",
                     "Origin: https://shop.example\r\nSec-WebSocket-Protocol: gate.v1.json\r\n");
  client_send_json (client, hello_json);
  check_opened (edge, GATE__LINK__V1__TRANSPORT__TR_WS, GATE__LINK__V1__CODEC__CO_JSON);
  g_assert_cmpint (edge_take_frame (edge, arena, &number)->body_case, ==,
                   GATE__V1__FRAME__BODY_HELLO);
  edge_send_limits (edge, number, GATE__V1__ROLE__VISITOR, 256 * 1024, FALSE);
  send_message (edge, number, "hi");
  down = client_take_json (client);
  g_assert_nonnull (strstr (down, "\"text\":\"hi\""));
  edge_send_close (edge, number, 4003, "superseded");
  g_assert_cmpuint (client_take_close (client), ==, 4003);
  WAIT_UNTIL (edge, client->is_eof);
  g_assert_cmpint (SSL_get_shutdown (client->ssl) & SSL_RECEIVED_SHUTDOWN, !=, 0);
  edge_stop (edge);
}

static void
test_raw (void)
{
  static const guint8 hello[] = { 0xf9, 'G', 'T', '1', 3, 0x82, 0x01, 0x00 };
  g_autoptr (TlsIdentity) identity = tls_identity_new ("one", TLS_KEY_EC, 30);
  g_autoptr (SSL_CTX) context = tls_client_new (TLS1_2_VERSION, TLS1_3_VERSION);
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  g_autoptr (GByteArray) record = NULL;
  Edge *edge = edge_start_tls (NULL, &identity->tls);
  Client *client;
  guint32 number;

  SSL_CTX_set_alpn_protos (context, (const guint8 *) "\x06gate/1", 7);
  client = tls_connect (edge, context);
  /* Byte by byte: first bytes are gathered on the decrypted stream too. */
  for (gsize i = 0; i < sizeof hello; i++)
    client_send (client, hello + i, 1);
  check_opened (edge, GATE__LINK__V1__TRANSPORT__TR_TCP, GATE__LINK__V1__CODEC__CO_PB);
  g_assert_cmpint (edge_take_frame (edge, arena, &number)->body_case, ==,
                   GATE__V1__FRAME__BODY_HELLO);
  edge_send_limits (edge, number, GATE__V1__ROLE__VISITOR, 256 * 1024, FALSE);
  send_message (edge, number, "hi");
  record = client_take_record (client);
  g_assert_cmpstr (unpack_frame (arena, record)->message->text, ==, "hi");
  edge_stop (edge);
}

/* More than a socket takes, to a client that reads late: every byte, in order, over many records. */
static void
test_slow_reader (void)
{
  enum {
    N_FRAMES = 200
  };
  g_autoptr (TlsIdentity) identity = tls_identity_new ("one", TLS_KEY_EC, 30);
  g_autoptr (SSL_CTX) context = tls_client_new (TLS1_3_VERSION, TLS1_3_VERSION);
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  Edge *edge = edge_start_tls (NULL, &identity->tls);
  Client *client = tls_connect (edge, context);
  g_autofree char *filler = g_strnfill (20000, 'x');
  guint32 number;

  client_upgrade_on (client, "", "Sec-WebSocket-Protocol: gate.v1.json\r\n");
  client_send_json (client, hello_json);
  (void) edge_take_frame (edge, arena, &number);
  edge_send_limits (edge, number, GATE__V1__ROLE__AGENT, 64 << 20, FALSE);
  client->is_reading = FALSE;
  for (guint i = 0; i < N_FRAMES; i++) {
    g_autofree char *text = g_strdup_printf ("%u:%s", i, filler);

    send_message (edge, number, text);
    edge_turn (edge);
  }
  client->is_reading = TRUE;
  for (guint i = 0; i < N_FRAMES; i++) {
    g_autofree char *down = client_take_json (client);
    g_autofree char *begins = g_strdup_printf ("\"text\":\"%u:x", i);

    g_assert_nonnull (strstr (down, begins));
  }
  edge_stop (edge);
}

/* --- Another certificate ---------------------------------------------------------------------------- */

static void
wait_for_name (Edge       *edge,
               SSL_CTX    *context,
               const char *name)
{
  gint64 deadline_us = g_get_monotonic_time () + (gint64) 10 * G_USEC_PER_SEC;

  for (;;) {
    Client *client = tls_connect (edge, context);
    g_autofree char *shown = tls_peer_name (client);

    client_close (client);
    if (strcmp (shown, name) == 0)
      return;
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
  }
}

static void
test_swap (void)
{
  enum {
    N_CLIENTS = 200
  };
  g_autoptr (TlsIdentity) one = tls_identity_new ("one", TLS_KEY_EC, 30);
  g_autoptr (TlsIdentity) two = tls_identity_new ("two", TLS_KEY_RSA, 30);
  g_autoptr (SSL_CTX) context = tls_client_new (TLS1_2_VERSION, TLS1_3_VERSION);
  Edge *edge = edge_start_tls (no_limits, &one->tls);
  Client *clients[N_CLIENTS];

  for (guint i = 0; i < N_CLIENTS; i++) {
    clients[i] = tls_connect (edge, context);
    client_upgrade_on (clients[i], "", "Sec-WebSocket-Protocol: gate.v1.json\r\n");
  }
  edge_configure (edge, no_limits, &two->tls);
  wait_for_name (edge, context, "two");
  for (guint i = 0; i < N_CLIENTS; i++) {
    g_autofree char *shown = tls_peer_name (clients[i]);

    g_assert_cmpstr (shown, ==, "one");
    client_send_json (clients[i], hello_json);
  }
  for (guint i = 0; i < N_CLIENTS; i++)
    record_free (edge_take (edge, GATE_RECORD_OPENED));
  for (guint i = 0; i < N_CLIENTS; i++)
    g_assert_false (clients[i]->is_eof);
  edge_stop (edge);
}

/* Neither a certificate that does not fit its key nor none at all touches who is connected. */
static void
test_bad_then_none (void)
{
  g_autoptr (TlsIdentity) one = tls_identity_new ("one", TLS_KEY_EC, 30);
  g_autoptr (TlsIdentity) two = tls_identity_new ("two", TLS_KEY_EC, 30);
  g_autoptr (SSL_CTX) context = tls_client_new (TLS1_2_VERSION, TLS1_3_VERSION);
  const char *quiet[] = { "log.level=error", NULL };
  Edge *edge = edge_start_tls (quiet, &one->tls);
  Client *client = tls_connect (edge, context);
  Client *refused;

  two->tls.key = one->tls.key;
  edge_configure (edge, quiet, &two->tls);
  wait_for_name (edge, context, "one");
  edge_configure (edge, quiet, NULL);
  do
    refused = tls_try (edge, SSL_new (context), NULL);
  while (refused != NULL);
  client_upgrade_on (client, "", "");
  (void) client_upgrade (edge, "", ""); /* in the clear, as before */
  edge_stop (edge);
}

/* --- What the core says of files -------------------------------------------------------------------- */

typedef struct {
  const char *name;
  const char *words; /* of the error */
  void (*spoil) (TlsIdentity *identity);
} FileCase;

static void
replace (char       **text,
         const char  *with)
{
  g_free (*text);
  *text = g_strdup (with);
}

static void
no_certificate (TlsIdentity *identity)
{
  replace (&identity->chain, "not a certificate\n");
}

static void
cut_certificate (TlsIdentity *identity)
{
  identity->chain[strlen (identity->chain) / 2] = '\0';
}

static void
key_as_certificate (TlsIdentity *identity)
{
  replace (&identity->chain, identity->key);
}

static void
no_key (TlsIdentity *identity)
{
  replace (&identity->key, "");
}

static void
other_key (TlsIdentity *identity)
{
  g_autoptr (TlsIdentity) other = tls_identity_new ("two", TLS_KEY_EC, 30);

  replace (&identity->key, other->key);
}

static void
locked_key (TlsIdentity *identity)
{
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  BIO *bio = BIO_new (BIO_s_mem ());
  char *data;
  long n_bytes;

  PEM_write_bio_PrivateKey (bio, key, EVP_aes_128_cbc (), (const guint8 *) "secret", 6, NULL, NULL);
  n_bytes = BIO_get_mem_data (bio, &data);
  g_free (identity->key);
  identity->key = g_strndup (data, (gsize) n_bytes);
  BIO_free (bio);
  EVP_PKEY_free (key);
}

static void
weak_key (TlsIdentity *identity)
{
  g_autoptr (TlsIdentity) weak = tls_identity_new ("weak", TLS_KEY_WEAK_RSA, 30);

  replace (&identity->chain, weak->chain);
  replace (&identity->key, weak->key);
}

static void
long_chain (TlsIdentity *identity)
{
  GString *chain = g_string_new (NULL);

  for (guint i = 0; i < 80; i++)
    g_string_append (chain, identity->chain);
  g_free (identity->chain);
  identity->chain = g_string_free (chain, FALSE);
}

static const FileCase file_cases[] = {
  { "no-certificate", "tls.cert holds no certificate", no_certificate },
  { "cut-certificate", "tls.cert holds no certificate", cut_certificate },
  { "key-as-certificate", "tls.cert holds no certificate", key_as_certificate },
  { "no-key", "tls.key holds no private key", no_key },
  { "other-key", "tls.key is not the key of the certificate in tls.cert", other_key },
  { "locked-key", "without a passphrase", locked_key },
  { "weak-key", "The certificate in tls.cert cannot be used: ee key too small", weak_key },
  { "long-chain", "tls.cert is too long", long_chain },
};

static SSL_CTX *
load_files (const TlsIdentity  *identity,
            GError            **error)
{
  return gate_tls_context_new (&(GateTlsIdentity){ identity->chain, strlen (identity->chain),
                                                   identity->key, strlen (identity->key), FALSE,
                                                   NULL },
                               error);
}

static void
test_file (gconstpointer user_data)
{
  const FileCase *test = user_data;
  g_autoptr (TlsIdentity) identity = tls_identity_new ("one", TLS_KEY_EC, 30);
  g_autoptr (GError) error = NULL;

  test->spoil (identity);
  g_assert_null (load_files (identity, &error));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, test->words));
}

static void
test_days_left (void)
{
  static const int days[] = { 30, 1, 0, -1, -400 };

  for (gsize i = 0; i < G_N_ELEMENTS (days); i++) {
    g_autoptr (TlsIdentity) identity = tls_identity_new ("one", TLS_KEY_EC, days[i]);
    g_autoptr (SSL_CTX) context = load_files (identity, NULL);

    /* The last day began with the test; a moment of it is over. */
    g_assert_cmpint (gate_tls_context_get_days_left (context), <=, days[i]);
    g_assert_cmpint (gate_tls_context_get_days_left (context), >=, days[i] - 1);
  }
}

static void
add_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (version_cases); i++) {
    g_autofree char *path = g_strdup_printf ("/edge/tls/version/%s", version_cases[i].name);

    g_test_add_data_func (path, &version_cases[i], test_version);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (alpn_cases); i++) {
    g_autofree char *path = g_strdup_printf ("/edge/tls/alpn/%s", alpn_cases[i].name);

    g_test_add_data_func (path, &alpn_cases[i], test_alpn);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (file_cases); i++) {
    g_autofree char *path = g_strdup_printf ("/edge/tls/file/%s", file_cases[i].name);

    g_test_add_data_func (path, &file_cases[i], test_file);
  }
  for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
    const char *name = version == TLS1_2_VERSION ? "1.2" : "1.3";
    g_autofree char *tickets = g_strdup_printf ("/edge/tls/tickets/%s", name);
    g_autofree char *none = g_strdup_printf ("/edge/tls/no-tickets/%s", name);
    g_autofree char *json = g_strdup_printf ("/edge/tls/json/%s", name);

    g_test_add_data_func (tickets, GINT_TO_POINTER (version), test_tickets);
    g_test_add_data_func (none, GINT_TO_POINTER (version), test_no_tickets);
    g_test_add_data_func (json, GINT_TO_POINTER (version), test_json);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_cases ();
  g_test_add_data_func ("/edge/tls/ciphers/ecdsa", GINT_TO_POINTER (TLS_KEY_EC), test_ciphers_12);
  g_test_add_data_func ("/edge/tls/ciphers/rsa", GINT_TO_POINTER (TLS_KEY_RSA), test_ciphers_12);
  g_test_add_func ("/edge/tls/ciphers/1.3", test_ciphers_13);
  g_test_add_func ("/edge/tls/days-left", test_days_left);
  g_test_add_func ("/edge/tls/rotation", test_rotation);
  g_test_add_func ("/edge/tls/garbage", test_garbage);
  g_test_add_func ("/edge/tls/slow", test_slow);
  g_test_add_func ("/edge/tls/many-half-open", test_many_half_open);
  g_test_add_func ("/edge/tls/renegotiation", test_renegotiation);
  g_test_add_func ("/edge/tls/tls-in-tls", test_tls_in_tls);
  g_test_add_func ("/edge/tls/raw", test_raw);
  g_test_add_func ("/edge/tls/slow-reader", test_slow_reader);
  g_test_add_func ("/edge/tls/swap", test_swap);
  g_test_add_func ("/edge/tls/bad-then-none", test_bad_then_none);
  return g_test_run ();
}
