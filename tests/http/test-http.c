/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker as clients see it: routes, errors, limits, connections that live on. */
#include "http-fixture.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define JSON  "Content-Type: application/json\r\n"
#define TOKEN "Authorization: Bearer ga_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n"

/* --- The core ------------------------------------------------------------------------------------ */

static void
answer_signed (Gate__Link__V1__Reply *reply,
               WireArena             *arena,
               gboolean               with_tokens)
{
  Gate__Link__V1__Signed *body = wire_arena_new0 (arena, Gate__Link__V1__Signed);
  static char *rights[] = { (char *) "chat", (char *) "pull" };

  gate__link__v1__signed__init (body);
  body->agent = 42;
  body->login = (char *) "mei";
  body->name = (char *) "小美 \"M\"";
  body->role = (char *) "agent";
  body->n_rights = G_N_ELEMENTS (rights);
  body->rights = rights;
  body->gateway_name = (char *) "gate-1";
  body->gateway_version = (char *) "0.1.0";
  body->log = 5501;
  if (with_tokens) {
    body->access = (char *) "ga_new";
    body->access_expires = 1767225600123;
    body->refresh = (char *) "gr_new";
    body->refresh_expires = 1767229200000;
  }
  reply->body_case = GATE__LINK__V1__REPLY__BODY_SIGNED;
  reply->signed_ = body;
}

static void
answer_error (Gate__Link__V1__Reply *reply,
              WireArena             *arena,
              guint                  code,
              const char            *slug,
              guint                  retry_after_ms)
{
  Gate__V1__Error *error = wire_arena_new0 (arena, Gate__V1__Error);

  gate__v1__error__init (error);
  error->code = code;
  error->slug = (char *) slug;
  error->retry_after_ms = retry_after_ms;
  reply->body_case = GATE__LINK__V1__REPLY__BODY_ERROR;
  reply->error = error;
}

static void
answer_page (Gate__Link__V1__Reply *reply,
             WireArena             *arena)
{
  Gate__V1__Frame *frame = wire_arena_new0 (arena, Gate__V1__Frame);
  Gate__V1__HistoryPage *page = wire_arena_new0 (arena, Gate__V1__HistoryPage);
  Gate__V1__Message *message = wire_arena_new0 (arena, Gate__V1__Message);

  gate__v1__frame__init (frame);
  gate__v1__history_page__init (page);
  gate__v1__message__init (message);
  message->seq = 13;
  message->ts = 1767225605000;
  message->role = GATE__V1__ROLE__AGENT;
  message->sender = 42;
  message->content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message->text = (char *) "hi";
  page->conv = 300;
  page->n_messages = 1;
  page->messages = wire_arena_memdup (arena, &message, sizeof (message));
  page->more = TRUE;
  page->head = 13;
  frame->body_case = GATE__V1__FRAME__BODY_HISTORY_PAGE;
  frame->history_page = page;
  reply->body_case = GATE__LINK__V1__REPLY__BODY_FRAME;
  reply->frame = frame;
}

static void
answer_ready (Gate__Link__V1__Reply *reply,
              WireArena             *arena)
{
  Gate__Link__V1__Readiness *body = wire_arena_new0 (arena, Gate__Link__V1__Readiness);
  Gate__Link__V1__Check *check = wire_arena_new0 (arena, Gate__Link__V1__Check);

  gate__link__v1__readiness__init (body);
  gate__link__v1__check__init (check);
  check->name = (char *) "store";
  check->ok = TRUE;
  check->since = 1767225600000;
  body->ready = TRUE;
  body->n_checks = 1;
  body->checks = wire_arena_memdup (arena, &check, sizeof (check));
  reply->body_case = GATE__LINK__V1__REPLY__BODY_READINESS;
  reply->readiness = body;
}

/* A core that knows one agent, mei with the password "right". */
static gboolean
core (Fixture                       *self,
      const Gate__Link__V1__Request *request,
      Gate__Link__V1__Reply         *reply,
      WireArena                     *arena)
{
  switch ((int) request->body_case) {
  case GATE__LINK__V1__REQUEST__BODY_SIGN_IN:
    if (strcmp (request->sign_in->password, "right") == 0)
      answer_signed (reply, arena, TRUE);
    else if (strcmp (request->sign_in->password, "often") == 0)
      answer_error (reply, arena, 429, "rate_limited", 1500);
    else
      answer_error (reply, arena, 401, "bad_credentials", 0);
    return TRUE;
  case GATE__LINK__V1__REQUEST__BODY_REFRESH:
  case GATE__LINK__V1__REQUEST__BODY_NEW_PASSWORD:
    answer_signed (reply, arena, TRUE);
    return TRUE;
  case GATE__LINK__V1__REQUEST__BODY_SIGN_OUT:
    reply->body_case = GATE__LINK__V1__REPLY__BODY_DONE;
    reply->done = wire_arena_new0 (arena, Gate__Link__V1__Done);
    gate__link__v1__done__init (reply->done);
    return TRUE;
  case GATE__LINK__V1__REQUEST__BODY_WHO_AM_I:
    answer_signed (reply, arena, FALSE);
    return TRUE;
  case GATE__LINK__V1__REQUEST__BODY_READY:
    answer_ready (reply, arena);
    return TRUE;
  case GATE__LINK__V1__REQUEST__BODY_FRAME:
    if (request->frame->body_case == GATE__V1__FRAME__BODY_HISTORY_REQ)
      answer_page (reply, arena);
    else
      answer_error (reply, arena, 403, "forbidden", 0);
    return TRUE;
  default:
    return FALSE;
  }
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  fixture_set_up (self, data);
  self->core = core;
}

static void
ask (Fixture    *self,
     const char *method,
     const char *target,
     const char *headers,
     const char *body,
     Answer     *ret_answer)
{
  fixture_ask (self, method, target, headers, body, body != NULL ? strlen (body) : 0, ret_answer);
}

/* --- Sign-in ------------------------------------------------------------------------------------- */

static void
test_sign_in (Fixture       *self,
              gconstpointer  data)
{
  g_auto (Answer) answer = { 0 };
  g_auto (Answer) wrong = { 0 };
  g_auto (Answer) often = { 0 };
  g_autofree char *retry = NULL;

  ask (self, "POST", "/api/v1/auth/sign-in", JSON,
       "{\"login\":\"mei\",\"password\":\"right\",\"device\":\"d1\",\"device_name\":\"Desk\"}",
       &answer);
  g_assert_cmpuint (answer.status, ==, 200);
  g_assert_true (answer_has (&answer, "\"access_token\":\"ga_new\""));
  g_assert_true (answer_has (&answer, "\"access_expires_at\":\"2026-01-01T00:00:00.123Z\""));
  g_assert_true (answer_has (&answer, "\"agent\":{\"id\":\"42\""));
  g_assert_true (answer_has (&answer, "小美 \\\"M\\\""));
  g_assert_cmpstr (self->last_request->peer, ==, "192.0.2.7");
  g_assert_cmpstr (self->last_request->sign_in->device_name, ==, "Desk");
  ask (self, "POST", "/api/v1/auth/sign-in", JSON,
       "{\"login\":\"mei\",\"password\":\"wrong\",\"device\":\"d1\"}", &wrong);
  answer_assert_problem (&wrong, 401, "bad_credentials");
  ask (self, "POST", "/api/v1/auth/sign-in", JSON,
       "{\"login\":\"mei\",\"password\":\"often\",\"device\":\"d1\"}", &often);
  answer_assert_problem (&often, 429, "rate_limited");
  retry = answer_header (&often, "Retry-After");
  g_assert_cmpstr (retry, ==, "2");
}

/* A queue's own codes, else those of the default queue; nothing for a stranger. */
static void
test_dispositions (Fixture       *self,
                   gconstpointer  data)
{
  g_auto (Answer) all = { 0 };
  g_auto (Answer) one = { 0 };
  g_auto (Answer) none = { 0 };
  g_auto (Answer) nobody = { 0 };

  ask (self, "GET", "/api/v1/dispositions", TOKEN, NULL, &all);
  g_assert_cmpuint (all.status, ==, 200);
  g_assert_true (answer_has (
    &all, "{\"data\":[{\"queue\":\"default\",\"code\":\"solved\",\"title\":\"solved\"},"
          "{\"queue\":\"sales\",\"code\":\"sold\",\"title\":\"Sold in the shop\"},"
          "{\"queue\":\"sales\",\"code\":\"no_stock\",\"title\":\"no_stock\"},"
          "{\"queue\":\"returns\",\"code\":\"solved\",\"title\":\"solved\"}],\"has_more\":false}"));
  ask (self, "GET", "/api/v1/dispositions?queue=returns", TOKEN, NULL, &one);
  g_assert_true (
    answer_has (&one,
                "{\"data\":[{\"queue\":\"returns\",\"code\":\"solved\",\"title\":\"solved\"}]"));
  ask (self, "GET", "/api/v1/dispositions?queue=nowhere", TOKEN, NULL, &none);
  g_assert_true (answer_has (&none, "{\"data\":[],\"has_more\":false}"));
  ask (self, "GET", "/api/v1/dispositions", "Authorization: Bearer nonsense\r\n", NULL, &nobody);
  answer_assert_problem (&nobody, 401, "unauthenticated");
}

/* Replies of the team: a queue's and those of all; once, until a reload changes them; nothing for a stranger. */
static void
test_canned (Fixture       *self,
             gconstpointer  data)
{
  g_auto (Answer) all = { 0 };
  g_auto (Answer) one = { 0 };
  g_auto (Answer) again = { 0 };
  g_auto (Answer) changed = { 0 };
  g_auto (Answer) nobody = { 0 };
  g_autofree char *tag = NULL;
  g_autofree char *new_tag = NULL;
  g_autofree char *caching = NULL;
  g_autofree char *headers = NULL;

  ask (self, "GET", "/api/v1/canned", TOKEN, NULL, &all);
  g_assert_cmpuint (all.status, ==, 200);
  g_assert_true (answer_has (&all,
                             "{\"data\":[{\"shortcut\":\"hi\",\"title\":\"Greeting\","
                             "\"text\":\"Hello\\n{{visitor}}\",\"folder\":\"Shop\",\"queues\":[]},"
                             "{\"shortcut\":\"退\",\"title\":\"退货\","
                             "\"text\":\"请说明 {{order}}\",\"folder\":\"\","
                             "\"queues\":[\"returns\"]}],\"has_more\":false}"));
  ask (self, "GET", "/api/v1/canned?queue=sales", TOKEN, NULL, &one);
  g_assert_true (answer_has (&one, "\"hi\""));
  g_assert_false (answer_has (&one, "退"));
  tag = answer_header (&all, "ETag");
  caching = answer_header (&all, "Cache-Control");
  g_assert_cmpstr (caching, ==, "private, no-cache");
  headers = g_strdup_printf ("%sIf-None-Match: %s\r\n", TOKEN, tag);
  ask (self, "GET", "/api/v1/canned", headers, NULL, &again);
  g_assert_cmpuint (again.status, ==, 304);
  g_assert_cmpuint (g_bytes_get_size (again.body), ==, 0);
  self->canned_text = "Good day";
  fixture_configure (self);
  ask (self, "GET", "/api/v1/canned", headers, NULL, &changed);
  g_assert_cmpuint (changed.status, ==, 200);
  g_assert_true (answer_has (&changed, "\"text\":\"Good day\""));
  new_tag = answer_header (&changed, "ETag");
  g_assert_cmpstr (new_tag, !=, tag);
  ask (self, "GET", "/api/v1/canned", "Authorization: Bearer nonsense\r\n", NULL, &nobody);
  answer_assert_problem (&nobody, 401, "unauthenticated");
}

static void
test_session (Fixture       *self,
              gconstpointer  data)
{
  g_auto (Answer) me = { 0 };
  g_auto (Answer) nobody = { 0 };
  g_auto (Answer) refreshed = { 0 };
  g_auto (Answer) password = { 0 };
  g_auto (Answer) out = { 0 };

  ask (self, "GET", "/api/v1/me", TOKEN, NULL, &me);
  g_assert_cmpuint (me.status, ==, 200);
  g_assert_true (
    answer_has (&me, "\"gateway\":{\"name\":\"gate-1\",\"version\":\"0.1.0\",\"log\":\"5501\"}"));
  g_assert_cmpuint (self->last_request->token_sha256.len, ==, 32);
  ask (self, "GET", "/api/v1/me", "Authorization: Bearer nonsense\r\n", NULL, &nobody);
  answer_assert_problem (&nobody, 401, "unauthenticated");
  ask (self, "POST", "/api/v1/auth/refresh", JSON,
       "{\"refresh_token\":\"gr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}", &refreshed);
  g_assert_cmpuint (refreshed.status, ==, 200);
  ask (self, "POST", "/api/v1/auth/password", JSON,
       "{\"old\":\"one-time\",\"new\":\"better\",\"login\":\"admin\",\"device\":\"d1\"}",
       &password);
  g_assert_cmpuint (password.status, ==, 200);
  g_assert_cmpstr (self->last_request->new_password->login, ==, "admin");
  ask (self, "POST", "/api/v1/auth/sign-out?all=true", TOKEN, NULL, &out);
  g_assert_cmpuint (out.status, ==, 204);
  g_assert_true (self->last_request->sign_out->all);
}

/* --- Bodies -------------------------------------------------------------------------------------- */

typedef struct {
  const char *name;
  const char *body;
  guint status;
  const char *code;
  const char *says; /* in the answer */
} BodyCase;

#define GOOD_HEAD "\"login\":\"mei\",\"password\":\"right\",\"device\":\"d1\""

/* The json-glib vectors of TESTING-RECIPES, and what the fields themselves can get wrong. */
static const BodyCase body_cases[] = {
  { "two-values", "{" GOOD_HEAD "}{}", 400, "bad_frame", NULL },
  { "trailing", "\"bug\"[1]}", 400, "bad_frame", NULL },
  { "empty", "", 400, "bad_frame", NULL },
  { "blank", "  \n", 400, "bad_frame", NULL },
  { "array", "[]", 400, "bad_frame", NULL },
  { "single-quotes", "{'login':'mei'}", 400, "bad_frame", NULL },
  { "comment", "/*c*/{" GOOD_HEAD "}", 400, "bad_frame", NULL },
  { "variable", "var x = {" GOOD_HEAD "};", 400, "bad_frame", NULL },
  { "hex", "{" GOOD_HEAD ",\"totp\":0x10}", 400, "bad_frame", NULL },
  { "leading-zero", "{" GOOD_HEAD ",\"totp\":01}", 400, "bad_frame", NULL },
  { "huge-exponent", "{" GOOD_HEAD ",\"totp\":1e400}", 400, "bad_frame", NULL },
  { "wrapping-integer", "{" GOOD_HEAD ",\"totp\":12345678901234567890}", 400, "bad_frame", NULL },
  { "nul", "{\"login\":\"mei\\u0000b\",\"password\":\"right\",\"device\":\"d1\"}", 400, "bad_frame",
    NULL },
  { "lone-surrogate", "{\"login\":\"\\ud83d\",\"password\":\"x\",\"device\":\"d\"}", 400,
    "bad_frame", NULL },
  { "bad-utf8", "{\"login\":\"\xff\",\"password\":\"x\",\"device\":\"d\"}", 400, "bad_frame",
    NULL },
  { "unknown", "{" GOOD_HEAD ",\"pass~/word\":\"x\"}", 422, "invalid",
    "\"pointer\":\"/pass~0~1word\"" },
  { "missing", "{\"login\":\"mei\",\"device\":\"d1\"}", 422, "invalid",
    "\"/password\",\"code\":\"required\"" },
  { "wrong-type", "{\"login\":5,\"password\":\"x\",\"device\":\"d\"}", 422, "invalid",
    "\"wrong_type\"" },
  { "null", "{\"login\":null,\"password\":\"x\",\"device\":\"d\"}", 422, "invalid",
    "\"wrong_type\"" },
};

static void
test_bodies (Fixture       *self,
             gconstpointer  data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (body_cases); i++) {
    const BodyCase *test = &body_cases[i];
    g_auto (Answer) answer = { 0 };

    g_test_message ("%s", test->name);
    ask (self, "POST", "/api/v1/auth/sign-in", JSON, test->body, &answer);
    answer_assert_problem (&answer, test->status, test->code);
    g_assert_true (test->says == NULL || answer_has (&answer, test->says));
  }
  g_assert_cmpuint (self->n_requests, ==, 0);
}

static void
test_deep (Fixture       *self,
           gconstpointer  data)
{
  g_autofree char *deep = g_strnfill (60000, '[');
  g_autofree char *longest = g_strdup_printf ("{\"login\":\"%s\"}", deep);
  g_auto (Answer) nested = { 0 };
  g_auto (Answer) too_long = { 0 };
  g_auto (Answer) untyped = { 0 };

  ask (self, "POST", "/api/v1/auth/sign-in", JSON, deep, &nested);
  answer_assert_problem (&nested, 400, "bad_frame");
  ask (self, "POST", "/api/v1/auth/sign-in", JSON, longest, &too_long);
  answer_assert_problem (&too_long, 422, "invalid");
  ask (self, "POST", "/api/v1/auth/sign-in", "", "{" GOOD_HEAD "}", &untyped);
  answer_assert_problem (&untyped, 415, "unsupported_content");
}

/* --- REST ---------------------------------------------------------------------------------------- */

static void
test_history (Fixture       *self,
              gconstpointer  data)
{
  g_auto (Answer) page = { 0 };
  g_auto (Answer) zero = { 0 };
  g_auto (Answer) many = { 0 };
  g_auto (Answer) search = { 0 };

  ask (self, "GET", "/api/v1/conversations/300/messages?before_seq=14&limit=20", TOKEN, NULL,
       &page);
  g_assert_cmpuint (page.status, ==, 200);
  g_assert_true (
    answer_has (&page,
                "{\"data\":[{\"conversation\":\"300\",\"seq\":13,\"role\":\"agent\","
                "\"sender\":\"42\",\"text\":\"hi\",\"created_at\":\"2026-01-01T00:00:05.000Z\"}]"
                ",\"has_more\":true,\"head\":13}"));
  g_assert_cmpuint (self->last_request->frame->history_req->before, ==, 14);
  g_assert_cmpuint (self->last_request->frame->history_req->limit, ==, 20);
  ask (self, "GET", "/api/v1/conversations/0/messages", TOKEN, NULL, &zero);
  answer_assert_problem (&zero, 404, "no_conversation");
  ask (self, "GET", "/api/v1/conversations/300/messages?limit=101", TOKEN, NULL, &many);
  answer_assert_problem (&many, 422, "invalid");
  ask (self, "GET", "/api/v1/search?q=%E9%80%80%E6%AC%BE&has=file&after=2026-01-01T00:00:00Z",
       TOKEN, NULL, &search);
  answer_assert_problem (&search, 403, "forbidden");
  g_assert_cmpstr (self->last_request->frame->search_req->query, ==, "退款");
  g_assert_cmpuint (self->last_request->frame->search_req->after, ==, 1767225600000);
}

/* The core says nothing: ten seconds later the client hears `try_again`. */
static gboolean
silent_core (Fixture                       *self,
             const Gate__Link__V1__Request *request,
             Gate__Link__V1__Reply         *reply,
             WireArena                     *arena)
{
  return FALSE;
}

static void
test_deadline (Fixture       *self,
               gconstpointer  data)
{
  g_auto (Answer) answer = { 0 };
  g_autofree char *retry = NULL;

  self->core = silent_core;
  ask (self, "GET", "/api/v1/me", TOKEN, NULL, &answer);
  answer_assert_problem (&answer, 503, "try_again");
  retry = answer_header (&answer, "Retry-After");
  g_assert_cmpstr (retry, ==, "1");
  g_assert_cmpuint (self->last_request->deadline_ms, >, 0);
}

/* --- Errors and headers -------------------------------------------------------------------------- */

static void
test_unknown_paths (Fixture       *self,
                    gconstpointer  data)
{
  static const char *const paths[] = {
    "/nothing",    "/api/v1/", "/api/v2/me",   "/widget/../livez",     "/livez",
    "/metrics",    "/readyz",  "/media/ab/cd", "/api/v1/me/",          "/%2e%2e/etc/passwd",
    "//api/v1/me", "/ws",      "/api/v1%2fme", "/api/v1/widget/a%2fb", "/demo/../keys",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_auto (Answer) answer = { 0 };

    g_test_message ("%s", paths[i]);
    ask (self, "GET", paths[i], "", NULL, &answer);
    answer_assert_problem (&answer, 404, "not_found");
  }
}

static void
test_method (Fixture       *self,
             gconstpointer  data)
{
  g_auto (Answer) answer = { 0 };
  g_autofree char *allow = NULL;

  ask (self, "DELETE", "/api/v1/me", TOKEN, NULL, &answer);
  answer_assert_problem (&answer, 405, "method_not_allowed");
  allow = answer_header (&answer, "Allow");
  g_assert_cmpstr (allow, ==, "GET");
}

static void
test_headers (Fixture       *self,
              gconstpointer  data)
{
  g_auto (Answer) kept = { 0 };
  g_auto (Answer) made = { 0 };
  g_autofree char *id = NULL, *other_id = NULL, *sniff = NULL, *policy = NULL, *cache = NULL;

  ask (self, "GET", "/", "X-Request-Id: my-request_1\r\n", NULL, &kept);
  id = answer_header (&kept, "X-Request-Id");
  g_assert_cmpstr (id, ==, "my-request_1");
  ask (self, "GET", "/nothing", "X-Request-Id: has spaces in it\r\n", NULL, &made);
  other_id = answer_header (&made, "X-Request-Id");
  g_assert_cmpstr (other_id, !=, "has spaces in it");
  g_assert_cmpuint (strlen (other_id), >=, 8);
  sniff = answer_header (&made, "X-Content-Type-Options");
  policy = answer_header (&made, "Content-Security-Policy");
  cache = answer_header (&made, "Cache-Control");
  g_assert_cmpstr (sniff, ==, "nosniff");
  g_assert_nonnull (policy);
  g_assert_cmpstr (cache, ==, "no-store");
}

/* --- Limits -------------------------------------------------------------------------------------- */

typedef struct {
  const char *name;
  const char *request;
  guint status;
  const char *code;
} RawCase;

static const RawCase raw_cases[] = {
  { "chunked",
    "POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 411,
    "length_required" },
  { "too-long", "POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n",
    413, "too_large" },
  { "upload-too-long",
    "PUT /media/up/abcdefgh HTTP/1.1\r\nHost: x\r\nContent-Length: 2097153\r\n\r\n", 413,
    "too_large" },
  { "get-with-body", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", 413,
    "too_large" },
  { "two-lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    400, "bad_request" },
  { "bare-line-feed", "GET / HTTP/1.1\nHost: x\n\n", 400, "bad_request" },
  { "upgrade-again",
    "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 400,
    "bad_request" },
};

static void
test_raw (Fixture       *self,
          gconstpointer  data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (raw_cases); i++) {
    const RawCase *test = &raw_cases[i];
    int fd = fixture_connect (self, test->request, strlen (test->request));
    g_auto (Answer) answer = { 0 };

    g_test_message ("%s", test->name);
    fixture_read (self, fd, FALSE, &answer);
    answer_assert_problem (&answer, test->status, test->code);
    g_assert_true (fixture_is_closed (self, fd));
    close (fd);
  }
}

/* --- Connections that live on -------------------------------------------------------------------- */

static const char me[] = "GET /api/v1/me HTTP/1.1\r\nHost: x\r\n" TOKEN "\r\n";

static void
test_kept_alive (Fixture       *self,
                 gconstpointer  data)
{
  int fd = fixture_connect (self, me, 10);

  fixture_send (self, fd, me + 10, strlen (me) - 10);
  for (guint i = 0; i < 50; i++) {
    g_auto (Answer) answer = { 0 };

    fixture_read (self, fd, FALSE, &answer);
    g_assert_cmpuint (answer.status, ==, 200);
    fixture_send (self, fd, me, strlen (me));
  }
  close (fd);
}

/* Five requests in one packet: five answers, in order, and libsoup never sees two at once. */
static void
test_pipelined (Fixture       *self,
                gconstpointer  data)
{
  g_autoptr (GString) requests = g_string_new (NULL);
  int fd;

  for (guint i = 0; i < 5; i++)
    g_string_append_printf (requests,
                            "GET /nothing HTTP/1.1\r\nHost: x\r\nX-Request-Id: request-%u\r\n\r\n",
                            i);
  fd = fixture_connect (self, requests->str, requests->len);
  for (guint i = 0; i < 5; i++) {
    g_autofree char *expected = g_strdup_printf ("request-%u", i);
    g_auto (Answer) answer = { 0 };
    g_autofree char *id = NULL;

    fixture_read (self, fd, FALSE, &answer);
    id = answer_header (&answer, "X-Request-Id");
    g_assert_cmpstr (id, ==, expected);
  }
  close (fd);
}

static void
test_connection_close (Fixture       *self,
                       gconstpointer  data)
{
  static const char request[] = "GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  int fd = fixture_connect (self, request, strlen (request));
  g_auto (Answer) answer = { 0 };

  fixture_read (self, fd, FALSE, &answer);
  g_assert_cmpuint (answer.status, ==, 404);
  g_assert_true (fixture_is_closed (self, fd));
  close (fd);
}

/* The second request of a connection asks for the WebSocket: the socket goes to an edge with every byte of it. */
static void
test_upgrade (Fixture       *self,
              gconstpointer  data)
{
  static const char upgrade[] =
    "GET /ws?app=demo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\nfirst frame";
  g_autofree char *both = g_strconcat (me, upgrade, NULL);
  int fd = fixture_connect (self, both, strlen (both));
  g_auto (Answer) answer = { 0 };
  char byte;

  fixture_read (self, fd, FALSE, &answer);
  g_assert_cmpuint (answer.status, ==, 200);
  TURN_UNTIL (self, self->returned_fd >= 0);
  g_assert_cmpstr (self->returned_bytes, ==, upgrade);
  g_assert_cmpint (write (self->returned_fd, "w", 1), ==, 1);
  g_assert_cmpint (read (fd, &byte, 1), ==, 1);
  g_assert_cmpint (byte, ==, 'w');
  close (fd);
}

/* A later head passes the strict parser too. */
static void
test_smuggled (Fixture       *self,
               gconstpointer  data)
{
  static const char second[] =
    "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n";
  g_autofree char *both = g_strconcat (me, second, NULL);
  int fd = fixture_connect (self, both, strlen (both));
  g_auto (Answer) first_answer = { 0 };
  g_auto (Answer) answer = { 0 };

  fixture_read (self, fd, FALSE, &first_answer);
  g_assert_cmpuint (first_answer.status, ==, 200);
  fixture_read (self, fd, FALSE, &answer);
  answer_assert_problem (&answer, 400, "bad_request");
  close (fd);
}

/* --- The process --------------------------------------------------------------------------------- */

static void
test_killed (Fixture       *self,
             gconstpointer  data)
{
  g_auto (Answer) answer = { 0 };

  g_assert_cmpint (kill (gate_workers_get_pid (self->workers, 0), SIGKILL), ==, 0);
  TURN_UNTIL (self, self->n_started == 2);
  ask (self, "GET", "/api/v1/me", TOKEN, NULL, &answer);
  g_assert_cmpuint (answer.status, ==, 200);
}

/* An edge that speaks nonsense loses its pair; the operators' port still answers. */
static void
test_bad_edge (Fixture       *self,
               gconstpointer  data)
{
  g_auto (Answer) answer = { 0 };

  (void) gate_link_send (self->peer, GATE_RECORD_FRAME, 0, 5, "x", 1);
  TURN_UNTIL (self, self->peer == NULL);
  fixture_ask_ops (self, "/livez", "", &answer);
  g_assert_cmpuint (answer.status, ==, 200);
}

static void
add (const char *path,
     void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, fixture_tear_down);
}

int
main (int    argc,
      char **argv)
{
  fixture_main (argc, argv);
  g_test_init (&argc, &argv, NULL);
  if (g_test_slow ()) {
    add ("/http/rest/deadline", test_deadline);
    return g_test_run ();
  }
  add ("/http/auth/sign-in", test_sign_in);
  add ("/http/auth/session", test_session);
  add ("/http/auth/dispositions", test_dispositions);
  add ("/http/auth/canned", test_canned);
  add ("/http/bodies/vectors", test_bodies);
  add ("/http/bodies/deep", test_deep);
  add ("/http/rest/history", test_history);
  add ("/http/errors/unknown-paths", test_unknown_paths);
  add ("/http/errors/method", test_method);
  add ("/http/errors/headers", test_headers);
  add ("/http/limits/raw", test_raw);
  add ("/http/connection/kept-alive", test_kept_alive);
  add ("/http/connection/pipelined", test_pipelined);
  add ("/http/connection/close", test_connection_close);
  add ("/http/connection/upgrade", test_upgrade);
  add ("/http/connection/smuggled", test_smuggled);
  add ("/http/process/killed", test_killed);
  add ("/http/process/bad-edge", test_bad_edge);
  return g_test_run ();
}
