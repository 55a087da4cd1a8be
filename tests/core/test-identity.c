/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core-harness.h"

#include "wire-token.h"

#include <string.h>

/* Sign-in over HTTP: PROTOCOLS.md 2e.5, SECURITY.md 2.3 to 2.5. */

#define REQUEST(name) GATE__LINK__V1__REQUEST__BODY_##name
#define REPLY(name)   GATE__LINK__V1__REPLY__BODY_##name

static const Gate__Link__V1__Reply *
sign_in (Harness    *harness,
         const char *login,
         const char *peer,
         gboolean    is_good)
{
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__SignIn body = GATE__LINK__V1__SIGN_IN__INIT;
  const Gate__Link__V1__Reply *reply;

  body.login = (char *) login;
  body.password = (char *) "correct horse";
  body.device = (char *) "dev-1";
  body.device_name = (char *) "Laptop";
  request.peer = (char *) peer;
  request.body_case = REQUEST (SIGN_IN);
  request.sign_in = &body;
  reply = harness_request (harness, &request);
  if (reply != NULL)
    return reply;
  g_assert_cmpuint (harness->jobs->len, ==, 1);
  harness_finish_hash (harness, is_good);
  return g_ptr_array_index (harness->replies, harness->replies->len - 1);
}

static void
check_error (const Gate__Link__V1__Reply *reply,
             guint                        code,
             const char                  *slug)
{
  g_assert_cmpuint (reply->body_case, ==, REPLY (ERROR));
  g_assert_cmpuint (reply->error->code, ==, code);
  g_assert_cmpstr (reply->error->slug, ==, slug);
}

static void
set_bearer (Gate__Link__V1__Request *request,
            const char              *token,
            guint8                   hash[WIRE_SHA256_BYTES])
{
  wire_sha256 (token, strlen (token), hash);
  request->token_sha256.data = hash;
  request->token_sha256.len = WIRE_SHA256_BYTES;
}

static const Gate__Link__V1__Reply *
refresh (Harness    *harness,
         const char *token,
         const char *device)
{
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__Refresh body = GATE__LINK__V1__REFRESH__INIT;
  guint8 hash[WIRE_SHA256_BYTES];

  wire_sha256 (token, strlen (token), hash);
  body.token_sha256.data = hash;
  body.token_sha256.len = sizeof hash;
  body.device = (char *) device;
  request.body_case = REQUEST (REFRESH);
  request.refresh = &body;
  return harness_request (harness, &request);
}

static const Gate__Link__V1__Reply *
bearer_request (Harness                 *harness,
                Gate__Link__V1__Request *request,
                const char              *token)
{
  guint8 hash[WIRE_SHA256_BYTES];

  set_bearer (request, token, hash);
  return harness_request (harness, request);
}

static const Gate__Link__V1__Reply *
who_am_i (Harness    *harness,
          const char *token)
{
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__WhoAmI body = GATE__LINK__V1__WHO_AM_I__INIT;

  request.body_case = REQUEST (WHO_AM_I);
  request.who_am_i = &body;
  return bearer_request (harness, &request, token);
}

static Harness *
harness_with_agents (void)
{
  Harness *harness = harness_new ();

  harness_agent (harness, "mei", "agent", 3);
  harness_agent (harness, "root", "admin", 3);
  return harness;
}

static void
test_sign_in (void)
{
  Harness *harness = harness_with_agents ();
  const Gate__Link__V1__Reply *reply = sign_in (harness, "MEI", "192.0.2.1", TRUE);
  const Gate__Link__V1__Signed *signed_in = reply->signed_;
  Client *console;
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;

  g_assert_cmpuint (reply->body_case, ==, REPLY (SIGNED));
  g_assert_true (g_str_has_prefix (signed_in->access, "ga_"));
  g_assert_cmpuint (strlen (signed_in->access), ==, WIRE_OPAQUE_CHARS);
  g_assert_true (g_str_has_prefix (signed_in->refresh, "gr_"));
  g_assert_cmpuint (signed_in->access_expires, ==, (guint64) harness->wall_ms + 900000);
  g_assert_cmpuint (signed_in->n_rights, ==, 2);
  g_assert_cmpstr (signed_in->login, ==, "mei");
  /* The access token opens a socket, and requests. */
  console = harness_connect (harness);
  client_hello (console, TRUE, "");
  auth.token = signed_in->access;
  client_send (console, &auth.base);
  g_assert_nonnull (console->welcome);
  g_assert_cmpuint (who_am_i (harness, signed_in->access)->signed_->agent, ==, signed_in->agent);
  g_assert_cmpstr (who_am_i (harness, signed_in->access)->signed_->access, ==, "");
  check_error (who_am_i (harness, signed_in->refresh), 401, "unauthenticated");
  /* It runs out; the socket stays. */
  harness_advance (harness, 901000);
  check_error (who_am_i (harness, signed_in->access), 401, "unauthenticated");
  g_assert_false (console->is_closed);
  harness_free (harness);
}

/* Only hashes are kept, nowhere the token. */
static void
test_hash_only (void)
{
  Harness *harness = harness_with_agents ();
  const Gate__Link__V1__Signed *signed_in = sign_in (harness, "mei", "192.0.2.1", TRUE)->signed_;
  GateSnapshot *snapshot =
    memory_store_get (harness->store)->load (memory_store_get (harness->store), NULL);
  guint8 hash[WIRE_SHA256_BYTES];
  guint n_found = 0;

  wire_sha256 (signed_in->refresh, strlen (signed_in->refresh), hash);
  for (guint i = 0; i < snapshot->n_tokens; i++)
    n_found += memcmp (snapshot->tokens[i].hash, hash, sizeof hash) == 0;
  g_assert_cmpuint (n_found, ==, 1);
  wire_arena_free (snapshot->arena);
  harness_free (harness);
}

static void
test_bad_credentials (void)
{
  Harness *harness = harness_with_agents ();

  check_error (sign_in (harness, "mei", "192.0.2.1", FALSE), 401, "bad_credentials");
  /* Nobody of that name: a hash is computed all the same, and even a match would not help. */
  check_error (sign_in (harness, "nobody", "192.0.2.1", TRUE), 401, "bad_credentials");
  harness_free (harness);
}

static void
test_rotation (void)
{
  Harness *harness = harness_with_agents ();
  const Gate__Link__V1__Signed *first = sign_in (harness, "mei", "192.0.2.1", TRUE)->signed_;
  const Gate__Link__V1__Signed *second;
  Client *console = harness_connect (harness);
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;

  check_error (refresh (harness, first->refresh, "other"), 401, "unauthenticated");
  second = refresh (harness, first->refresh, "dev-1")->signed_;
  g_assert_cmpstr (second->refresh, !=, first->refresh);
  client_hello (console, TRUE, "");
  auth.token = second->access;
  client_send (console, &auth.base);
  /* The old one again: stolen, by one or the other. The whole family is gone. */
  check_error (refresh (harness, first->refresh, "dev-1"), 401, "token_reused");
  check_error (refresh (harness, second->refresh, "dev-1"), 401, "unauthenticated");
  check_error (who_am_i (harness, second->access), 401, "unauthenticated");
  g_assert_true (console->is_closed);
  g_assert_cmpuint (console->close_code, ==, 4001);
  harness_free (harness);
}

/* The same after a restart: what was used is remembered. */
static void
test_rotation_restart (void)
{
  Harness *harness = harness_with_agents ();
  const Gate__Link__V1__Signed *first = sign_in (harness, "mei", "192.0.2.1", TRUE)->signed_;

  refresh (harness, first->refresh, "dev-1");
  harness_kill (harness, FALSE);
  harness_start (harness);
  check_error (refresh (harness, first->refresh, "dev-1"), 401, "token_reused");
  harness_free (harness);
}

/* What was not kept did not happen: the same token may be exchanged again. */
static void
test_rotation_lost (void)
{
  Harness *harness = harness_with_agents ();
  const Gate__Link__V1__Signed *first = sign_in (harness, "mei", "192.0.2.1", TRUE)->signed_;
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__Refresh body = GATE__LINK__V1__REFRESH__INIT;
  guint8 hash[WIRE_SHA256_BYTES];

  wire_sha256 (first->refresh, strlen (first->refresh), hash);
  body.token_sha256.data = hash;
  body.token_sha256.len = sizeof hash;
  body.device = (char *) "dev-1";
  request.body_case = REQUEST (REFRESH);
  request.refresh = &body;
  gate_core_request (harness->core, 1, &request);
  harness_turn (harness);
  memory_store_commit (harness->store, GATE_STORE_FULL);
  check_error (g_ptr_array_index (harness->replies, harness->replies->len - 1), 507,
               "storage_full");
  harness_advance (harness, 1000);
  g_assert_cmpuint (refresh (harness, first->refresh, "dev-1")->body_case, ==, REPLY (SIGNED));
  harness_free (harness);
}

static void
test_sign_out (void)
{
  Harness *harness = harness_with_agents ();
  const Gate__Link__V1__Signed *here = sign_in (harness, "mei", "192.0.2.1", TRUE)->signed_;
  const Gate__Link__V1__Signed *there = sign_in (harness, "mei", "192.0.2.1", TRUE)->signed_;
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__SignOut body = GATE__LINK__V1__SIGN_OUT__INIT;
  Client *console = harness_connect (harness);
  Client *again;
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;

  client_hello (console, TRUE, "");
  auth.token = here->access;
  client_send (console, &auth.base);
  request.body_case = REQUEST (SIGN_OUT);
  request.sign_out = &body;
  g_assert_cmpuint (bearer_request (harness, &request, here->access)->body_case, ==, REPLY (DONE));
  g_assert_true (console->is_closed);
  g_assert_cmpuint (console->close_code, ==, 4001);
  check_error (who_am_i (harness, here->access), 401, "unauthenticated");
  g_assert_cmpuint (who_am_i (harness, there->access)->body_case, ==, REPLY (SIGNED));
  /* A resume token does not outlive the sign-out. */
  again = harness_resume (harness, FALSE, console->welcome->resume_token, 0, 0);
  g_assert_true (again->is_closed);
  g_assert_cmpuint (again->close_code, ==, 4004);
  body.all = TRUE;
  bearer_request (harness, &request, there->access);
  check_error (who_am_i (harness, there->access), 401, "unauthenticated");
  harness_free (harness);
}

static const Gate__Link__V1__Reply *
new_password (Harness    *harness,
              const char *token,
              const char *login,
              gboolean    is_good)
{
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__NewPassword body = GATE__LINK__V1__NEW_PASSWORD__INIT;
  guint8 hash[WIRE_SHA256_BYTES];
  guint n_before = harness->replies->len;

  body.old = (char *) "correct horse";
  body.new_ = (char *) "battery staple";
  body.login = (char *) login;
  request.peer = (char *) "192.0.2.1";
  request.body_case = REQUEST (NEW_PASSWORD);
  request.new_password = &body;
  if (token != NULL)
    set_bearer (&request, token, hash);
  harness_request (harness, &request);
  while (harness->jobs->len > 0)
    harness_finish_hash (harness, is_good);
  return harness->replies->len > n_before
           ? g_ptr_array_index (harness->replies, harness->replies->len - 1)
           : NULL;
}

static void
test_new_password (void)
{
  Harness *harness = harness_with_agents ();
  const Gate__Link__V1__Signed *here = sign_in (harness, "mei", "192.0.2.1", TRUE)->signed_;
  const Gate__Link__V1__Reply *reply;
  Client *console = harness_connect (harness);
  Gate__V1__Auth auth = GATE__V1__AUTH__INIT;

  client_hello (console, TRUE, "");
  auth.token = here->access;
  client_send (console, &auth.base);
  check_error (new_password (harness, here->access, "", FALSE), 401, "bad_credentials");
  reply = new_password (harness, here->access, "", TRUE);
  g_assert_cmpuint (reply->body_case, ==, REPLY (SIGNED));
  /* Every other session ends; the new tokens work. */
  g_assert_true (console->is_closed);
  check_error (who_am_i (harness, here->access), 401, "unauthenticated");
  g_assert_cmpuint (who_am_i (harness, reply->signed_->access)->body_case, ==, REPLY (SIGNED));
  check_error (new_password (harness, NULL, "", TRUE), 401, "unauthenticated");
  g_assert_cmpuint (new_password (harness, NULL, "mei", TRUE)->body_case, ==, REPLY (SIGNED));
  harness_free (harness);
}

/* The sixth try from one address is refused while another address signs in. */
static void
test_address_limit (void)
{
  Harness *harness = harness_with_agents ();
  const Gate__Link__V1__Reply *reply;

  for (guint i = 0; i < 5; i++)
    check_error (sign_in (harness, "mei", "192.0.2.1", FALSE), 401, "bad_credentials");
  reply = sign_in (harness, "mei", "192.0.2.1", TRUE);
  check_error (reply, 429, "rate_limited");
  g_assert_cmpuint (reply->error->retry_after_ms, >, 60000);
  g_assert_cmpuint (sign_in (harness, "mei", "192.0.2.2", TRUE)->body_case, ==, REPLY (SIGNED));
  harness_advance (harness, 5 * 60 * 1000 + 100);
  g_assert_cmpuint (sign_in (harness, "mei", "192.0.2.1", TRUE)->body_case, ==, REPLY (SIGNED));
  harness_free (harness);
}

static void
test_account_limit (void)
{
  Harness *harness = harness_with_agents ();

  for (guint i = 0; i < 10; i++) {
    g_autofree char *peer = g_strdup_printf ("198.51.100.%u", i);

    check_error (sign_in (harness, "mei", peer, FALSE), 401, "bad_credentials");
  }
  check_error (sign_in (harness, "mei", "198.51.100.200", TRUE), 429, "rate_limited");
  g_assert_cmpuint (sign_in (harness, "root", "198.51.100.201", TRUE)->body_case, ==,
                    REPLY (SIGNED));
  harness_free (harness);
}

/* Whoever goes on is kept out longer each time, up to an hour; IPv6 addresses count by /64. */
static void
test_growing (void)
{
  Harness *harness = harness_with_agents ();
  guint last_ms = 0;

  for (guint round = 0; round < 6; round++) {
    const Gate__Link__V1__Reply *reply = NULL;

    for (guint i = 0; i < 6; i++) {
      g_autofree char *peer = g_strdup_printf ("2001:db8:1:2::%u", i);
      g_autofree char *login = g_strdup_printf ("nobody%u-%u", round, i);

      reply = sign_in (harness, login, peer, FALSE);
    }
    check_error (reply, 429, "rate_limited");
    g_assert_cmpuint (reply->error->retry_after_ms, >=, last_ms);
    g_assert_cmpuint (reply->error->retry_after_ms, <=, 3600000);
    last_ms = reply->error->retry_after_ms;
    harness_advance (harness, last_ms + 1);
  }
  g_assert_cmpuint (last_ms, >=, 1800000);
  /* Another /64 is another peer. */
  check_error (sign_in (harness, "mei", "2001:db8:1:3::1", FALSE), 401, "bad_credentials");
  check_error (sign_in (harness, "mei", "::1", FALSE), 401, "bad_credentials");
  check_error (sign_in (harness, "mei", "2001:db8::1", FALSE), 401, "bad_credentials");
  check_error (sign_in (harness, "mei", "", FALSE), 401, "bad_credentials");
  harness_advance (harness, 24 * 3600 * 1000); /* forgotten in the end */
  g_assert_cmpuint (sign_in (harness, "mei", "2001:db8:1:2::1", TRUE)->body_case, ==,
                    REPLY (SIGNED));
  harness_free (harness);
}

static void
test_bad_sizes (void)
{
  Harness *harness = harness_with_agents ();
  g_autofree char *long_login = g_strnfill (200, 'a');
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__SignIn body = GATE__LINK__V1__SIGN_IN__INIT;
  Gate__Link__V1__Refresh nothing = GATE__LINK__V1__REFRESH__INIT;
  Gate__Link__V1__SignOut out = GATE__LINK__V1__SIGN_OUT__INIT;
  g_autofree char *long_password = g_strnfill (2000, 'b');

  request.body_case = REQUEST (SIGN_IN);
  request.sign_in = &body;
  body.login = long_login;
  check_error (harness_request (harness, &request), 401, "bad_credentials");
  body.login = (char *) "";
  check_error (harness_request (harness, &request), 401, "bad_credentials");
  body.login = (char *) "mei";
  body.password = long_password;
  check_error (harness_request (harness, &request), 401, "bad_credentials");
  request.body_case = REQUEST (REFRESH);
  request.refresh = &nothing;
  check_error (harness_request (harness, &request), 401, "unauthenticated");
  request.body_case = REQUEST (SIGN_OUT);
  request.sign_out = &out;
  check_error (harness_request (harness, &request), 401, "unauthenticated");
  request.body_case = GATE__LINK__V1__REQUEST__BODY__NOT_SET;
  check_error (harness_request (harness, &request), 400, "bad_frame");
  harness_free (harness);
}

/* A flood of sign-ins waits in a bounded room. */
static void
test_hash_flood (void)
{
  Harness *harness = harness_with_agents ();
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__SignIn body = GATE__LINK__V1__SIGN_IN__INIT;

  request.body_case = REQUEST (SIGN_IN);
  request.sign_in = &body;
  for (guint i = 0; i < 300; i++) {
    g_autofree char *login = g_strdup_printf ("who%u", i);
    g_autofree char *peer = g_strdup_printf ("203.0.113.%u", i);

    body.login = login;
    request.peer = peer;
    gate_core_request (harness->core, i + 1, &request);
  }
  g_assert_cmpuint (harness->jobs->len, ==, 256);
  g_assert_cmpuint (harness->replies->len, ==, 44);
  check_error (g_ptr_array_index (harness->replies, 0), 503, "try_again");
  while (harness->jobs->len > 0)
    harness_finish_hash (harness, FALSE);
  g_assert_cmpuint (harness->replies->len, ==, 300); /* each is answered */
  harness_free (harness);
}

/* The first administrator: nothing but a new password until there is one. */
static void
test_must_change (void)
{
  Harness *harness = harness_with_agents ();
  GateSnapshot *snapshot =
    memory_store_get (harness->store)->load (memory_store_get (harness->store), NULL);

  for (guint i = 0; i < snapshot->n_agents; i++)
    snapshot->agents[i].must_change = TRUE;
  gate_core_start (harness->core, snapshot);
  wire_arena_free (snapshot->arena);
  check_error (sign_in (harness, "root", "192.0.2.1", TRUE), 403, "password_change_required");
  g_assert_cmpuint (new_password (harness, NULL, "root", TRUE)->body_case, ==, REPLY (SIGNED));
  g_assert_cmpuint (sign_in (harness, "root", "192.0.2.1", TRUE)->body_case, ==, REPLY (SIGNED));
  harness_free (harness);
}

static void
test_disabled (void)
{
  Harness *harness = harness_with_agents ();
  const Gate__Link__V1__Signed *here = sign_in (harness, "mei", "192.0.2.1", TRUE)->signed_;
  GateSnapshot *snapshot =
    memory_store_get (harness->store)->load (memory_store_get (harness->store), NULL);

  for (guint i = 0; i < snapshot->n_agents; i++)
    snapshot->agents[i].is_disabled = TRUE;
  gate_core_start (harness->core, snapshot);
  wire_arena_free (snapshot->arena);
  check_error (who_am_i (harness, here->access), 401, "unauthenticated");
  check_error (sign_in (harness, "mei", "192.0.2.1", TRUE), 401, "bad_credentials");
  check_error (refresh (harness, here->refresh, "dev-1"), 401, "unauthenticated");
  harness_free (harness);
}

/* Good sign-ins do not count: an office shares one address. */
static void
test_office (void)
{
  Harness *harness = harness_with_agents ();

  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (sign_in (harness, "mei", "192.0.2.1", TRUE)->body_case, ==, REPLY (SIGNED));
  harness_free (harness);
}

static void
test_frame_request (void)
{
  Harness *harness = harness_with_agents ();
  const Gate__Link__V1__Signed *here = sign_in (harness, "mei", "192.0.2.1", TRUE)->signed_;
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__V1__Subscribe subscribe = GATE__V1__SUBSCRIBE__INIT;
  Gate__V1__Open open = GATE__V1__OPEN__INIT;
  Gate__V1__Frame frame = GATE__V1__FRAME__INIT;
  const Gate__Link__V1__Reply *reply;
  guint n_before;

  frame.body_case = GATE__V1__FRAME__BODY_SUBSCRIBE;
  frame.subscribe = &subscribe;
  subscribe.list = GATE__V1__LIST_KIND__LI_AGENTS;
  request.body_case = REQUEST (FRAME);
  request.frame = &frame;
  reply = bearer_request (harness, &request, here->access);
  g_assert_cmpuint (reply->body_case, ==, REPLY (FRAME));
  g_assert_cmpuint (reply->frame->list->n_agents, ==, 2);
  frame.body_case = GATE__V1__FRAME__BODY_OPEN; /* a visitor's */
  frame.open = &open;
  n_before = harness->replies->len;
  check_error (bearer_request (harness, &request, here->access), 403, "forbidden");
  g_assert_cmpuint (harness->replies->len, ==, n_before + 1);
  check_error (bearer_request (harness, &request, "ga_none"), 401, "unauthenticated");
  harness_free (harness);
}

/* usherctl has changed the agent: whoever is signed in is not any more. */
static void
test_changed (void)
{
  Harness *harness = harness_with_agents ();
  Client *console = harness_agent (harness, "mei", "agent", 3);
  const Gate__Link__V1__Signed *here = sign_in (harness, "mei", "192.0.2.1", TRUE)->signed_;
  GateSnapshot *snapshot =
    memory_store_get (harness->store)->load (memory_store_get (harness->store), NULL);

  for (guint i = 0; i < snapshot->n_agents; i++) {
    if (strcmp (snapshot->agents[i].login, "mei") == 0)
      snapshot->agents[i].password = "another-hash";
  }
  gate_core_start (harness->core, snapshot);
  wire_arena_free (snapshot->arena);
  g_assert_true (console->is_closed);
  g_assert_cmpuint (console->close_code, ==, 4001);
  check_error (who_am_i (harness, here->access), 401, "unauthenticated");
  check_error (refresh (harness, here->refresh, "dev-1"), 401, "unauthenticated");
  harness_free (harness);
}

static void
test_ready (void)
{
  Harness *harness = harness_with_agents ();
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__Ready ready = GATE__LINK__V1__READY__INIT;

  request.body_case = REQUEST (READY);
  request.ready = &ready;
  g_assert_true (harness_request (harness, &request)->readiness->ready);
  gate_core_drain (harness->core, 1000);
  g_assert_false (harness_request (harness, &request)->readiness->ready);
  harness_free (harness);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/identity/sign-in", test_sign_in);
  g_test_add_func ("/core/identity/hash-only", test_hash_only);
  g_test_add_func ("/core/identity/bad-credentials", test_bad_credentials);
  g_test_add_func ("/core/identity/rotation", test_rotation);
  g_test_add_func ("/core/identity/rotation-restart", test_rotation_restart);
  g_test_add_func ("/core/identity/rotation-lost", test_rotation_lost);
  g_test_add_func ("/core/identity/sign-out", test_sign_out);
  g_test_add_func ("/core/identity/new-password", test_new_password);
  g_test_add_func ("/core/identity/address-limit", test_address_limit);
  g_test_add_func ("/core/identity/account-limit", test_account_limit);
  g_test_add_func ("/core/identity/growing", test_growing);
  g_test_add_func ("/core/identity/bad-sizes", test_bad_sizes);
  g_test_add_func ("/core/identity/hash-flood", test_hash_flood);
  g_test_add_func ("/core/identity/must-change", test_must_change);
  g_test_add_func ("/core/identity/disabled", test_disabled);
  g_test_add_func ("/core/identity/office", test_office);
  g_test_add_func ("/core/identity/frame-request", test_frame_request);
  g_test_add_func ("/core/identity/changed", test_changed);
  g_test_add_func ("/core/identity/ready", test_ready);
  return g_test_run ();
}
