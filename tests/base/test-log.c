/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-log.h"
#include "gate-log-private.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int saved_fd;
static int pipe_fds[2];

/* Lines go to descriptor 2 by write(2), so that is what is caught. */
static void
catch_begin (void)
{
  g_assert_cmpint (pipe2 (pipe_fds, O_CLOEXEC | O_NONBLOCK), ==, 0);
  saved_fd = dup (STDERR_FILENO);
  dup2 (pipe_fds[1], STDERR_FILENO);
}

static char *
catch_end (void)
{
  GString *text = g_string_new (NULL);
  char buffer[4096];
  ssize_t n_bytes;

  dup2 (saved_fd, STDERR_FILENO);
  close (saved_fd);
  close (pipe_fds[1]);
  while ((n_bytes = read (pipe_fds[0], buffer, sizeof buffer)) > 0)
    g_string_append_len (text, buffer, n_bytes);
  close (pipe_fds[0]);
  return g_string_free (text, FALSE);
}

static const char *
after_time (const char *line)
{
  /* {"ts":"2026-01-01T00:00:00.123456Z" */
  g_assert_true (
    g_regex_match_simple ("^\\{\"ts\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z\",",
                          line, 0, 0));
  return line + strlen ("{\"ts\":\"2026-01-01T00:00:00.123456Z\",");
}

static void
test_json (void)
{
  g_autofree char *line = NULL;

  gate_log_init ("edge-0", GATE_LOG_INFO, TRUE);
  gate_log_set_node ("n1");
  catch_begin ();
  gate_log (GATE_LOG_DEBUG, "hidden", NULL);
  gate_log (GATE_LOG_WARNING, "agent_gone", "conv", "u", G_MAXUINT64, "seq", "i", (gint64) -3,
            "last", "b", TRUE, "err", "s", "no \"route\"\n", NULL);
  line = catch_end ();
  g_assert_cmpstr (
    after_time (line), ==,
    "\"level\":\"warning\",\"event\":\"agent_gone\",\"node\":\"n1\",\"loop\":\"edge-0\","
    "\"conv\":18446744073709551615,\"seq\":-3,\"last\":true,"
    "\"err\":\"no \\u0022route\\u0022\\u000a\"}\n");
  gate_log_set_node ("");
}

typedef struct {
  const char *name;
  const char *value;
  const char *shown;
} EscapeCase;

static const EscapeCase escape_cases[] = {
  { "plain", "a b", "a b" },
  { "chinese", "退款", "退款" },
  { "forged-line", "x\"}\n{\"level\":\"error\"",
    "x\\u0022}\\u000a{\\u0022level\\u0022:\\u0022error\\u0022" },
  { "carriage-return", "a\rb", "a\\u000db" },
  { "terminal", "\x1b[31m", "\\u001b[31m" },
  { "c1",
    "\xc2\x9b"
    "31m",
    "\\u009b31m" },
  { "line-separator", "\xe2\x80\xa8", "\\u2028" },
  { "not-utf8",
    "a\xff"
    "b",
    "a\xef\xbf\xbd"
    "b" },
  { "cut-character", "a\xe9\x80", "a\xef\xbf\xbd\xef\xbf\xbd" },
  { "backslash", "\\", "\\u005c" },
  { "empty", "", "" },
};

static void
test_escape (gconstpointer user_data)
{
  const EscapeCase *test = user_data;
  g_autofree char *line = NULL;
  g_autofree char *expected = g_strdup_printf ("\"err\":\"%s\"}\n", test->shown);

  gate_log_init ("x", GATE_LOG_INFO, TRUE);
  catch_begin ();
  gate_log (GATE_LOG_ERROR, "escape", "err", "s", test->value, NULL);
  line = catch_end ();
  g_assert_true (g_str_has_suffix (line, expected));
  g_assert_cmpuint (strcspn (line, "\n"), ==, strlen (line) - 1);
}

/* Whatever the values, a line is one line, ends properly and is of limited length. */
static void
test_long (void)
{
  g_autofree char *value = g_strnfill (100000, '"');
  g_autofree char *line = NULL;

  gate_log_init ("x", GATE_LOG_INFO, TRUE);
  catch_begin ();
  gate_log (GATE_LOG_ERROR, "long", "a", "s", value, "b", "s", value, "c", "s", value, "d", "s",
            value, "e", "u", (guint64) 1, NULL);
  line = catch_end ();
  g_assert_cmpuint (strlen (line), <=, 4096);
  g_assert_true (g_str_has_suffix (line, "\"}\n"));
  g_assert_nonnull (strstr (line, "\"a\":\"\\u0022"));
}

static void
test_text (void)
{
  g_autofree char *line = NULL;

  gate_log_init ("core", GATE_LOG_DEBUG, FALSE);
  catch_begin ();
  gate_log (GATE_LOG_DEBUG, "started", "path", "s", "/x\n", "n", "i", (gint64) 2, NULL);
  line = catch_end ();
  g_assert_true (g_str_has_suffix (line, " debug   started [core] path=\"/x\\u000a\" n=2\n"));
}

/* A hundred a second, then one in a hundred, which says how many it stands for; each event for itself. */
static void
test_sampling (void)
{
  guint32 n_suppressed = 0;
  guint n_admitted = 0;
  guint n_accounted = 0;

  for (guint i = 0; i < 1000; i++)
    if (gate_log_admit ("storm", 5, &n_suppressed)) {
      n_admitted++;
      n_accounted += 1 + n_suppressed;
    }
  g_assert_cmpuint (n_admitted, ==, 109);
  g_assert_cmpuint (n_accounted, ==, 1000);
  g_assert_true (gate_log_admit ("calm", 5, &n_suppressed));
  g_assert_cmpuint (n_suppressed, ==, 0);
  for (guint i = 0; i < 50; i++)
    gate_log_admit ("storm", 5, &n_suppressed);
  g_assert_true (gate_log_admit ("storm", 6, &n_suppressed));
  g_assert_cmpuint (n_suppressed, ==, 50);
}

static void
test_levels (void)
{
  GateLogLevel level = GATE_LOG_ERROR;

  g_assert_true (gate_log_parse_level ("warning", &level));
  g_assert_cmpint (level, ==, GATE_LOG_WARNING);
  g_assert_false (gate_log_parse_level ("loud", &level));
  gate_log_init ("x", GATE_LOG_WARNING, TRUE);
  g_assert_false (gate_log_enabled (GATE_LOG_INFO));
  gate_log_set_level (GATE_LOG_INFO);
  g_assert_true (gate_log_enabled (GATE_LOG_INFO));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/log/json", test_json);
  g_test_add_func ("/base/log/long", test_long);
  g_test_add_func ("/base/log/text", test_text);
  g_test_add_func ("/base/log/sampling", test_sampling);
  g_test_add_func ("/base/log/levels", test_levels);
  for (gsize i = 0; i < G_N_ELEMENTS (escape_cases); i++) {
    g_autofree char *path = g_strdup_printf ("/base/log/escape/%s", escape_cases[i].name);

    g_test_add_data_func (path, &escape_cases[i], test_escape);
  }
  return g_test_run ();
}
