/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The widget's files and configuration, the pages, and what operators see. */
#include "http-fixture.h"

#include "gate-widget-hash.h"
#include "wire-zd1.h"

#include <string.h>
#include <unistd.h>

/* With a slow unwinder at each malloc a thousand take a minute and a half. */
#ifdef __SANITIZE_ADDRESS__
#  define N_SCRAPES 100u
#else
#  define N_SCRAPES 1000u
#endif

static gboolean
core (Fixture                       *self,
      const Gate__Link__V1__Request *request,
      Gate__Link__V1__Reply         *reply,
      WireArena                     *arena)
{
  Gate__Link__V1__Check *check = wire_arena_new0 (arena, Gate__Link__V1__Check);

  g_assert_cmpint (request->body_case, ==, GATE__LINK__V1__REQUEST__BODY_READY);
  gate__link__v1__check__init (check);
  check->name = (char *) "store";
  check->since = 1767225600000;
  check->error = (char *) "disk full";
  reply->body_case = GATE__LINK__V1__REPLY__BODY_READINESS;
  reply->readiness = wire_arena_new0 (arena, Gate__Link__V1__Readiness);
  gate__link__v1__readiness__init (reply->readiness);
  reply->readiness->ready = self->is_demo;
  reply->readiness->n_checks = 1;
  reply->readiness->checks = wire_arena_memdup (arena, &check, sizeof (check));
  return TRUE;
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  fixture_set_up (self, data);
  self->core = core;
}

static void
get (Fixture    *self,
     const char *target,
     const char *headers,
     Answer     *ret_answer)
{
  fixture_ask (self, "GET", target, headers, NULL, 0, ret_answer);
}

static void
assert_header (const Answer *answer,
               const char   *name,
               const char   *value)
{
  g_autofree char *found = answer_header (answer, name);

  g_assert_cmpstr (found, ==, value);
}

/* --- Files --------------------------------------------------------------------------------------- */

static void
test_loader (Fixture       *self,
             gconstpointer  data)
{
  g_auto (Answer) plain = { 0 };
  g_auto (Answer) packed = { 0 };
  g_auto (Answer) known = { 0 };

  get (self, "/widget.js", "", &plain);
  g_assert_cmpuint (plain.status, ==, 200);
  assert_header (&plain, "Content-Type", "text/javascript; charset=utf-8");
  assert_header (&plain, "Cache-Control", "public, max-age=300");
  assert_header (&plain, "Access-Control-Allow-Origin", "*");
  assert_header (&plain, "Content-Encoding", NULL);
  g_assert_true (answer_has (&plain, "/widget/" GATE_WIDGET_HASH "/"));
  get (self, "/widget.js", "Accept-Encoding: br, gzip;q=0.8\r\n", &packed);
  assert_header (&packed, "Content-Encoding", "gzip");
  g_assert_cmpuint (g_bytes_get_size (packed.body), <, 3000);
  get (self, "/widget.js", "If-None-Match: \"" GATE_WIDGET_HASH "\"\r\n", &known);
  g_assert_cmpuint (known.status, ==, 304);
}

static void
test_files (Fixture       *self,
            gconstpointer  data)
{
  g_auto (Answer) chat = { 0 };
  g_auto (Answer) words = { 0 };
  g_auto (Answer) module = { 0 };
  g_auto (Answer) old = { 0 };
  g_auto (Answer) packed = { 0 };

  get (self, "/widget/" GATE_WIDGET_HASH "/chat.js", "Accept-Encoding: gzip\r\n", &chat);
  g_assert_cmpuint (chat.status, ==, 200);
  assert_header (&chat, "Cache-Control", "public, max-age=31536000, immutable");
  assert_header (&chat, "Cross-Origin-Resource-Policy", "cross-origin");
  get (self, "/widget/" GATE_WIDGET_HASH "/zh-CN.json", "Accept-Encoding: gzip;q=0\r\n", &words);
  g_assert_cmpuint (words.status, ==, 200);
  assert_header (&words, "Content-Type", "application/json");
  assert_header (&words, "Content-Encoding", NULL);
  /* A page of another origin imports it, and its sound thread does. */
  get (self, "/widget/" GATE_WIDGET_HASH "/recording.js", "Origin: https://a.example\r\n", &module);
  g_assert_cmpuint (module.status, ==, 200);
  assert_header (&module, "Content-Type", "text/javascript; charset=utf-8");
  assert_header (&module, "Access-Control-Allow-Origin", "*");
  get (self, "/widget/0000000000000000/chat.js", "", &old);
  answer_assert_problem (&old, 404, "not_found");
  get (self, "/widget/" GATE_WIDGET_HASH "/chat.js.gz", "", &packed);
  answer_assert_problem (&packed, 404, "not_found");
}

static void
test_dictionary (Fixture       *self,
                 gconstpointer  data)
{
  g_auto (Answer) one = { 0 };
  g_auto (Answer) two = { 0 };

  get (self, "/dict/1", "", &one);
  g_assert_cmpuint (one.status, ==, 200);
  assert_header (&one, "Content-Type", "application/octet-stream");
  assert_header (&one, "Cache-Control", "public, max-age=31536000, immutable");
  assert_header (&one, "Access-Control-Allow-Origin", "*");
  g_assert_cmpmem (g_bytes_get_data (one.body, NULL), g_bytes_get_size (one.body),
                   wire_zd1_get_dictionary (), WIRE_ZD1_DICTIONARY_BYTES);
  get (self, "/dict/2", "", &two);
  answer_assert_problem (&two, 404, "not_found");
}

static void
test_config (Fixture       *self,
             gconstpointer  data)
{
  g_auto (Answer) own = { 0 };
  g_auto (Answer) shop = { 0 };
  g_auto (Answer) evil = { 0 };
  g_auto (Answer) unknown = { 0 };

  get (self, "/api/v1/widget/demo", "", &own);
  g_assert_cmpuint (own.status, ==, 200);
  g_assert_true (
    answer_has (&own, "\"title\":\"Demo shop\",\"greeting\":\"Hello\",\"color\":\"#336699\""));
  g_assert_true (answer_has (&own, "\"max_upload\":2097152"));
  g_assert_true (answer_has (&own, "\"origins_ok\":true"));
  get (self, "/api/v1/widget/demo", "Origin: https://shop.example\r\n", &shop);
  assert_header (&shop, "Access-Control-Allow-Origin", "https://shop.example");
  assert_header (&shop, "Vary", "Origin");
  get (self, "/api/v1/widget/demo", "Origin: https://shop.example.evil.example\r\n", &evil);
  answer_assert_problem (&evil, 403, "origin_not_allowed");
  assert_header (&evil, "Access-Control-Allow-Origin", NULL);
  get (self, "/api/v1/widget/other", "", &unknown);
  answer_assert_problem (&unknown, 404, "not_found");
}

static void
test_pages (Fixture       *self,
            gconstpointer  data)
{
  g_auto (Answer) demo = { 0 };
  g_auto (Answer) style = { 0 };
  g_auto (Answer) home = { 0 };

  get (self, "/demo", "", &demo);
  g_assert_cmpuint (demo.status, ==, 200);
  assert_header (&demo, "Content-Type", "text/html; charset=utf-8");
  g_assert_true (answer_has (&demo, "/widget.js"));
  get (self, "/demo/shop.css", "", &style);
  assert_header (&style, "Content-Type", "text/css; charset=utf-8");
  get (self, "/", "", &home);
  g_assert_cmpuint (home.status, ==, 200);
  g_assert_true (answer_has (&home, "usher-gate"));
}

/* --- Operators ----------------------------------------------------------------------------------- */

static void
test_health (Fixture       *self,
             gconstpointer  data)
{
  g_auto (Answer) live = { 0 };
  g_auto (Answer) early = { 0 };
  g_auto (Answer) ready = { 0 };
  g_auto (Answer) unready = { 0 };
  g_auto (Answer) started = { 0 };
  g_auto (Answer) public = { 0 };

  fixture_ask_ops (self, "/livez", "", &live);
  g_assert_cmpuint (live.status, ==, 200);
  fixture_ask_ops (self, "/startupz", "", &early);
  g_assert_cmpuint (early.status, ==, 503);
  fixture_ask_ops (self, "/readyz", "", &ready);
  g_assert_cmpuint (ready.status, ==, 200);
  g_assert_true (
    answer_has (&ready, "{\"name\":\"store\",\"ok\":false,\"since\":\"2026-01-01T00:00:00.000Z\","
                        "\"error\":\"disk full\"}"));
  fixture_ask_ops (self, "/startupz", "", &started);
  g_assert_cmpuint (started.status, ==, 200);
  self->is_demo = FALSE;
  fixture_ask_ops (self, "/readyz", "", &unready);
  g_assert_cmpuint (unready.status, ==, 503);
  fixture_ask_ops (self, "/api/v1/me", "", &public);
  answer_assert_problem (&public, 404, "not_found");
}

static void
test_metrics (Fixture       *self,
              gconstpointer  data)
{
  const char *argv[] = { "promtool", "check", "metrics", NULL };
  g_auto (Answer) plain = { 0 };
  g_auto (Answer) packed = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL, *command = NULL, *complaint = NULL;
  gsize n_bytes;
  const char *text;
  int status;

  fixture_ask_ops (self, "/metrics", "", &plain);
  g_assert_cmpuint (plain.status, ==, 200);
  assert_header (&plain, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  g_assert_true (answer_has (&plain, "gate_build_info"));
  g_test_message ("%zu bytes", g_bytes_get_size (plain.body));
  fixture_ask_ops (self, "/metrics", "Accept-Encoding: gzip\r\n", &packed);
  assert_header (&packed, "Content-Encoding", "gzip");
  path = g_find_program_in_path (argv[0]);
  if (path == NULL) {
    g_test_skip ("promtool is not installed");
    return;
  }
  text = g_bytes_get_data (plain.body, &n_bytes);
  command = g_build_filename (self->data_dir, "scrape", NULL);
  g_assert_true (g_file_set_contents (command, text, (gssize) n_bytes, &error));
  g_free (g_steal_pointer (&path));
  path = g_strdup_printf ("sh -c 'promtool check metrics < %s'", command);
  g_assert_true (g_spawn_command_line_sync (path, NULL, &complaint, &status, &error));
  g_assert_cmpstr (complaint, ==, "");
  g_assert_cmpint (status, ==, 0);
}

/* A thousand on one connection, and memory does not grow with them. */
static void
test_scrapes (Fixture       *self,
              gconstpointer  data)
{
  static const char request[] = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
  int fd = fixture_connect_ops (self);
  gint64 begin_us = g_get_monotonic_time ();

  for (guint i = 0; i < N_SCRAPES; i++) {
    g_auto (Answer) answer = { 0 };

    fixture_send (self, fd, request, strlen (request));
    fixture_read (self, fd, FALSE, &answer);
    g_assert_cmpuint (answer.status, ==, 200);
  }
  g_test_message ("%u scrapes in %" G_GINT64_FORMAT " ms", N_SCRAPES,
                  (g_get_monotonic_time () - begin_us) / 1000);
  close (fd);
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
  add ("/http/widget/loader", test_loader);
  add ("/http/widget/files", test_files);
  add ("/http/widget/dictionary", test_dictionary);
  add ("/http/widget/config", test_config);
  add ("/http/widget/pages", test_pages);
  add ("/http/ops/health", test_health);
  add ("/http/ops/metrics", test_metrics);
  add ("/http/ops/scrapes", test_scrapes);
  return g_test_run ();
}
