/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usherctl demo against the real gateway: it talks, it survives kill -9 of everything, and it does notice a loss.
 * USHERCTL and USHER_GATE name the programs. --cycles N: so many kills (default 1) under --visitors N (default 30).
 */
#include "config.h"

#include "store-fixture.h"

#include <gio/gio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define RECOVERY_MS 500 /* from start to ready; issue "the spine", 3 */

static guint n_cycles = 1, n_visitors = 30;

typedef struct {
  char *dir;
  char *listen;
  GSubprocess *gate;
  GDataInputStream *lines;
} Gate;

static void
read_ready (Gate *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  do {
    g_free (line);
    line = g_data_input_stream_read_line_utf8 (self->lines, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_nonnull (line);
  } while (!g_str_has_prefix (line, "ready client="));
  if (self->listen == NULL) {
    const char *begin = line + strlen ("ready client=");

    self->listen = g_strndup (begin, strcspn (begin, " "));
  }
}

/* How long it took until ready, in milliseconds. */
static gint64
start (Gate *self)
{
  g_autoptr (GError) error = NULL;
  gint64 began = g_get_monotonic_time ();

  self->gate = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                 &error, g_getenv ("USHER_GATE"), "--data", self->dir, "--listen",
                                 self->listen != NULL ? self->listen : "127.0.0.1:0", "--ops",
                                 "127.0.0.1:0", NULL);
  g_assert_no_error (error);
  self->lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->gate));
  read_ready (self);
  return (g_get_monotonic_time () - began) / 1000;
}

static void
kill_hard (Gate *self)
{
  g_subprocess_force_exit (self->gate);
  g_subprocess_wait (self->gate, NULL, NULL);
  g_clear_object (&self->lines);
  g_clear_object (&self->gate);
}

static void
set_up (Gate          *self,
        gconstpointer  data)
{
  self->dir = store_make_dir ();
  start (self);
}

static void
tear_down (Gate          *self,
           gconstpointer  data)
{
  if (self->gate != NULL)
    kill_hard (self);
  store_remove_dir (self->dir);
  g_free (self->dir);
  g_free (self->listen);
}

/* --- The demo ----------------------------------------------------------------------------------------- */

static GSubprocess *
talk (Gate  *self,
      guint  visitors,
      guint  seconds,
      guint  drop_s)
{
  g_autofree char *line = g_strdup_printf (
    "'%s' demo -q --gateway ws://%s --visitors %u --rate %u --ramp 500 --seconds %u --patience 20 "
    "--haste 20 --drop-every %u --seed %d",
    g_getenv ("USHERCTL"), self->listen, visitors, visitors, seconds, drop_s,
    g_test_rand_int_range (1, G_MAXINT32));
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *demo;

  g_test_message ("%s", line);
  g_assert_true (g_shell_parse_argv (line, NULL, &words, NULL));
  demo =
    g_subprocess_newv ((const char *const *) words,
                       G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, &error);
  g_assert_no_error (error);
  return demo;
}

static gint64
get_number (const char *json,
            const char *key)
{
  g_autofree char *quoted = g_strdup_printf ("\"%s\":", key);
  const char *at = strstr (json, quoted);

  g_assert_nonnull (at);
  return g_ascii_strtoll (at + strlen (quoted), NULL, 10);
}

/* (transfer full): the summary */
static char *
finish (GSubprocess *demo,
        int          code)
{
  g_autoptr (GError) error = NULL;
  char *out;

  g_subprocess_communicate_utf8 (demo, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%s", out);
  g_assert_true (g_subprocess_get_if_exited (demo));
  g_assert_cmpint (g_subprocess_get_exit_status (demo), ==, code);
  g_object_unref (demo);
  return out;
}

static void
expect_all_there (const char *json)
{
  static const char *const none[] = { "unacked", "refused",   "lost",     "duplicates",
                                      "gaps",    "disorders", "given_up", "unverified" };

  g_assert_cmpint (get_number (json, "sent"), >, 0);
  g_assert_cmpint (get_number (json, "acked"), ==, get_number (json, "sent"));
  for (gsize i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_cmpint (get_number (json, none[i]), ==, 0);
}

static void
test_talks (Gate          *self,
            gconstpointer  data)
{
  g_autofree char *json = finish (talk (self, 20, 2, 0), 0);

  expect_all_there (json);
  g_assert_cmpint (get_number (json, "welcomed"), ==, 20);
  g_assert_cmpint (get_number (json, "reconnects"), ==, 0);
}

static void
test_torn_cables (Gate          *self,
                  gconstpointer  data)
{
  g_autofree char *json = finish (talk (self, 20, 3, 2), 0);

  expect_all_there (json);
  g_assert_cmpint (get_number (json, "reconnects"), >, 0);
  g_assert_cmpint (get_number (json, "resumed"), >, 0);
}

/* The moments of the kills are the input: they are drawn, not waited for. */
static void
test_kills (Gate          *self,
            gconstpointer  data)
{
  GSubprocess *demo = talk (self, n_visitors, 2 + n_cycles, 0);
  g_autofree gint64 *ready_ms = g_new0 (gint64, n_cycles);
  g_autofree char *json = NULL;
  gint64 worst = 0;

  for (guint i = 0; i < n_cycles; i++) {
    g_usleep ((gulong) g_test_rand_int_range (500000, 900000));
    kill_hard (self);
    ready_ms[i] = start (self);
    worst = MAX (worst, ready_ms[i]);
  }
  json = finish (demo, 0);
  expect_all_there (json);
  g_assert_cmpint (get_number (json, "reconnects"), >=, n_visitors);
  g_test_message ("%u kills, worst start to ready %" G_GINT64_FORMAT " ms", n_cycles, worst);
  g_assert_cmpint (worst, <=,
                   RECOVERY_MS * (n_cycles >= 100 ? 1 : 4)); /* tight only when run alone */
}

/* The referee must be able to say no: take the last acknowledged line away behind the gateway's back. */
static void
test_notices_loss (Gate          *self,
                   gconstpointer  data)
{
  GSubprocess *demo = talk (self, 5, 3, 0);
  g_autofree char *path = g_build_filename (self->dir, "usher.db", NULL);
  g_autofree char *json = NULL;
  sqlite3 *db;

  g_usleep (1500000); /* until each has spoken */
  kill_hard (self);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db,
                                 "UPDATE message SET cid = cid + 1 WHERE id = "
                                 "(SELECT min (id) FROM message WHERE role = 0)",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_changes (db), ==, 1);
  sqlite3_close (db);
  start (self);
  json = finish (demo, 3);
  g_assert_cmpint (get_number (json, "lost"), ==, 1);
}

#define ADD(name, func) g_test_add ("/ctl/demo/" name, Gate, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (int i = 1; i + 1 < argc; i += 2)
    if (strcmp (argv[i], "--cycles") == 0)
      n_cycles = (guint) g_ascii_strtoull (argv[i + 1], NULL, 10);
    else if (strcmp (argv[i], "--visitors") == 0)
      n_visitors = (guint) g_ascii_strtoull (argv[i + 1], NULL, 10);
  ADD ("talks", test_talks);
  ADD ("torn-cables", test_torn_cables);
  ADD ("kills", test_kills);
  ADD ("notices-loss", test_notices_loss);
  return g_test_run ();
}
