/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-config.h"

#include <glib/gstdio.h>
#include <string.h>

static const char documented[] =
  "node: {id: auto, zone: a}\n"
  "listen: {client: \"0.0.0.0:8000\", ops: \"127.0.0.1:9000\", backlog: 65535, proxy_protocol: []}\n"
  "tls: {cert: \"\", key: \"\", min: \"1.2\", tickets: true}\n"
  "io: {worker_pool: auto, max_packet: 64k, flush_interval: 10ms, max_connections: 1000000, "
  "send_buffer: 256k, fds_reserved: 64}\n"
  "session: {ping: 30s, idle: 3m, resume: 3m, hello_timeout: 5s, drain: 5s}\n"
  "store: {driver: sqlite, url: \"usher.db\", batch: 256}        # inside --data\n"
  "apps: [{key: demo, name: Demo shop, origins: [\"http://127.0.0.1:*\", \"http://localhost:*\"]}]\n"
  "media: {max_bytes: 20m, url_ttl: 24h}\n"
  "conversation: {edit_window: 2m, offer: 20s, owner_grace: 60s, visitor_grace: 60s, wrapup: 60s, "
  "reopen: 24h, sneak_peek: false}\n"
  "cluster: {enable: false, redis: [\"redis://127.0.0.1:6379\"], etcd: {endpoints: [], "
  "dial_timeout: 3s, auto_sync_interval: 5m, lease: 10s}}\n"
  "queues: []            # section 4.2\n"
  "channels: []          # section 2a\n"
  "plugins: []           # section 3\n"
  "limits: {messages_per_s: 5, messages_burst: 20, frames_per_s: 20, connections_per_ip: 200, "
  "connects_per_ip_per_s: 20}\n"
  "log: {level: info, format: json}\n"
  "metrics: {enable: true}\n";

static GPtrArray *
load (GateConfig *config,
      const char *text)
{
  GPtrArray *errors = g_ptr_array_new_with_free_func (g_free);

  gate_config_load_text (config, "server.yaml", text, strlen (text), errors);
  return errors;
}

static void
assert_no_errors (GPtrArray *errors)
{
  for (guint i = 0; i < errors->len; i++)
    g_test_message ("%s", (const char *) g_ptr_array_index (errors, i));
  g_assert_cmpuint (errors->len, ==, 0);
}

/* The printed values without their sources, and without the secret, which is masked once it was set. */
static char *
effective (const GateConfig *config)
{
  g_autofree char *text = gate_config_print (config);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    char *comment = strstr (lines[i], "  # ");

    if (comment != NULL)
      *comment = '\0';
    if (g_str_has_prefix (lines[i], "store.url"))
      lines[i][0] = '\0';
  }
  return g_strjoinv ("\n", lines);
}

/* The documented file says what the defaults are: loading it must change nothing. */
static void
test_documented (void)
{
  g_autoptr (GateConfig) defaults = gate_config_new ();
  g_autoptr (GateConfig) config = gate_config_new ();
  g_autoptr (GPtrArray) errors = load (config, documented);
  g_autofree char *expected = effective (defaults);
  g_autofree char *got = effective (config);

  assert_no_errors (errors);
  g_assert_cmpstr (got, ==, expected);
  g_assert_cmpuint (gate_config_get_warnings (config)->len, ==, 0);
  g_assert_cmpint (gate_config_get_bytes (config, "io.max_packet"), ==, 65536);
  g_assert_cmpint (gate_config_get_ms (config, "session.idle"), ==, 180000);
  g_assert_cmpint (gate_config_get_int (config, "io.worker_pool"), ==, 0);
  g_assert_cmpint (gate_config_get_int (config, "limits.messages_burst"), ==, 20);
  g_assert_true (gate_config_get_bool (config, "metrics.enable"));
  g_assert_cmpstr (gate_config_get_string (config, "store.driver"), ==, "sqlite");
  g_assert_cmpstr (gate_config_get_string (config, "store.url"), ==, "usher.db");
  g_assert_cmpstr (gate_config_get_string (config, "media.url_ttl"), ==, "24h");
}

static void
test_dump_default (void)
{
  g_autoptr (GateConfig) defaults = gate_config_new ();
  g_autoptr (GateConfig) config = gate_config_new ();
  g_autofree char *dump = gate_config_dump_default ();
  g_autoptr (GPtrArray) errors = load (config, dump);
  g_autofree char *expected = effective (defaults);
  g_autofree char *got = effective (config);

  assert_no_errors (errors);
  g_assert_cmpstr (got, ==, expected);
  g_assert_nonnull (strstr (dump, "  max_packet: 64k  # 1k to 240k; new connections; "));
  g_assert_nonnull (strstr (dump, "  etcd:\n    endpoints: []"));
}

typedef struct {
  const char *name;
  const char *yaml;
  const char *errors[4];
} ErrorCase;

static const ErrorCase error_cases[] = {
  { "typo",
    "io:\n  max_pakcet: 64k\n",
    { "server.yaml:2:3: unknown key \"max_pakcet\" (did you mean \"max_packet\"?)" } },
  { "section-typo",
    "sesion: {}\n",
    { "server.yaml:1:1: unknown key \"sesion\" (did you mean \"session\"?)" } },
  { "no-guess", "zebra: 1\n", { "server.yaml:1:1: unknown key \"zebra\"" } },
  { "all-of-them",
    "io: {worker_pool: x, send_buffer: 64}\nlog: {level: loud}\n",
    { "server.yaml:1:19: \"io.worker_pool\" needs a whole number or auto, not \"x\"",
      "server.yaml:1:35: \"io.send_buffer\" needs a size with unit (512b, 64k, 1m), not \"64\"",
      "server.yaml:2:14: \"log.level\" must be one of: debug info warning error; not \"loud\"" } },
  { "bare-number",
    "session:\n  idle: 180\n",
    { "server.yaml:2:9: \"session.idle\" needs a duration with unit (10ms, 30s, 5m, 1h), not "
      "\"180\"" } },
  { "wrong-unit",
    "session: {idle: 3k}\n",
    { "server.yaml:1:17: \"session.idle\" needs a duration with unit (10ms, 30s, 5m, 1h), not "
      "\"3k\"" } },
  { "range",
    "io: {fds_reserved: 1}\n",
    { "server.yaml:1:20: \"io.fds_reserved\" must be between 16 and 4096" } },
  { "overflow",
    "io: {max_packet: 99999999999999999999k}\n",
    { "server.yaml:1:18: \"io.max_packet\" needs a size with unit (512b, 64k, 1m), not "
      "\"99999999999999999999k\"" } },
  { "duplicate",
    "log: {level: info}\nlog: {level: debug}\n",
    { "server.yaml:2:1: duplicate key \"log\"" } },
  { "duplicate-inner",
    "log: {level: info, level: debug}\n",
    { "server.yaml:1:20: duplicate key \"level\"" } },
  { "tab", "log:\n\tlevel: info\n", { "server.yaml:2:1: tabs are not allowed in indentation" } },
  { "anchor", "node: &n {zone: b}\n", { "server.yaml:1:7: anchors are not allowed" } },
  { "alias",
    "node: {zone: &z b, id: *z}\n",
    { "server.yaml:1:14: anchors are not allowed", "server.yaml:1:24: aliases are not allowed" } },
  { "merge", "node: {<<: {zone: b}}\n", { "server.yaml:1:8: merge keys are not allowed" } },
  { "tag", "node: {zone: !!str b}\n", { "server.yaml:1:14: tags are not allowed" } },
  { "two-documents", "log: {}\n---\nlog: {}\n", { "server.yaml:2:1: more than one document" } },
  { "missing", "log:\n  level:\n", { "server.yaml:2:9: \"log.level\" needs a value" } },
  { "map-for-scalar",
    "io: {max_packet: {a: b}}\n",
    { "server.yaml:1:18: \"io.max_packet\" needs a size with unit (512b, 64k, 1m)" } },
  { "scalar-for-section", "io: fast\n", { "server.yaml:1:5: \"io\" is a section with keys" } },
  { "too-deep",
    "channels: [[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]\n",
    { "server.yaml:1:26: nested too deeply" } },
  { "not-a-map", "- a\n- b\n", { "server.yaml:1:1: the file is no set of keys" } },
  { "boolean",
    "metrics: {enable: yes}\n",
    { "server.yaml:1:19: \"metrics.enable\" needs true or false, not \"yes\"" } },
  { "address",
    "listen: {client: \"8000\"}\n",
    { "server.yaml:1:18: \"listen.client\" needs an address such as 127.0.0.1:8000, not "
      "\"8000\"" } },
  { "app-field",
    "apps:\n- key: a\n  orgins: []\n",
    { "server.yaml:3:3: unknown key \"orgins\" (did you mean \"origins\"?)" } },
  { "app-twice",
    "apps: [{key: a}, {key: a}]\n",
    { "server.yaml:1:18: there is another app \"a\"" } },
  { "app-without-key",
    "apps: [{name: x}]\n",
    { "server.yaml:1:8: each app needs a \"key\" of 1 to 32 letters, digits, \"_\", \".\" or "
      "\"-\"" } },
  { "app-origin",
    "apps: [{key: a, origins: [shop.example]}]\n",
    { "server.yaml:1:8: \"shop.example\" is no origin such as https://shop.example" } },
  { "queue-priority",
    "queues: [{name: a, priority: huge}]\n",
    { "server.yaml:1:10: \"priority\" must be low, normal, high or urgent (-1 to 2)" } },
  { "queue-disposition",
    "queues: [{name: a, dispositions: [\"no code\"]}]\n",
    { "server.yaml:1:10: \"no code\" is no disposition such as sold or \"sold=Sold in the shop\"" } },
  { "canned-list", "canned: {a: b}\n", { "server.yaml:1:9: \"canned\" needs a list" } },
  { "canned-fields",
    "canned:\n- {shortcut: \"a b\", text: x, titel: y}\n",
    { "server.yaml:2:30: unknown key \"titel\" (did you mean \"title\"?)",
      "server.yaml:2:3: each canned reply needs a \"shortcut\" of 1 to 32 characters without space or \"/\"" } },
  { "canned-slash",
    "canned: [{shortcut: /hi, text: x}]\n",
    { "server.yaml:1:10: each canned reply needs a \"shortcut\" of 1 to 32 characters without space or \"/\"" } },
  { "canned-text",
    "canned: [{shortcut: hi}]\n",
    { "server.yaml:1:10: each canned reply needs a \"text\" of 1 to 4000 characters" } },
  { "canned-control",
    "canned: [{shortcut: hi, text: \"a\\tb\"}, {shortcut: b, text: x, title: \"a\\nb\"}]\n",
    { "server.yaml:1:10: each canned reply needs a \"text\" of 1 to 4000 characters",
      "server.yaml:1:40: each canned reply needs a \"title\" of 1 to 128 characters" } },
  { "canned-twice",
    "canned: [{shortcut: hi, text: x, queues: [a, b]}, {shortcut: hi, text: y, queues: [b]}]\n",
    { "server.yaml:1:51: there is another canned reply \"hi\"" } },
  { "canned-twice-for-all",
    "canned: [{shortcut: hi, text: x, queues: [a]}, {shortcut: hi, text: y}]\n",
    { "server.yaml:1:48: there is another canned reply \"hi\"" } },
  { "channels", "channels: 5\n", { "server.yaml:1:11: \"channels\" needs a list" } },
  { "secret",
    "store: {url: \"${env:USHER_TEST_NOT_SET}\"}\n",
    { "server.yaml:1:14: the environment has no USHER_TEST_NOT_SET" } },
  { "secret-form",
    "store: {url: \"${vault:x}\"}\n",
    { "server.yaml:1:14: \"${vault:x}\": only ${env:NAME} and ${file:/path} are known" } },
  { "secret-open",
    "store: {url: \"a${env:PATH\"}\n",
    { "server.yaml:1:14: \"${\" without \"}\"" } },
  { "secret-binary",
    "store: {url: \"${file:/dev/zero}\"}\n",
    { "server.yaml:1:14: /dev/zero is no text or larger than 65536 bytes" } },
  { "secret-missing",
    "store: {url: \"${file:/nowhere/at/all}\"}\n",
    { "server.yaml:1:14: cannot read the secret /nowhere/at/all: No such file or directory" } },
};

static void
test_errors (gconstpointer user_data)
{
  const ErrorCase *test = user_data;
  g_autoptr (GateConfig) config = gate_config_new ();
  g_autoptr (GPtrArray) errors = load (config, test->yaml);
  guint n_expected = 0;

  for (; n_expected < G_N_ELEMENTS (test->errors) && test->errors[n_expected] != NULL;
       n_expected++) {
    g_assert_cmpuint (errors->len, >, n_expected);
    g_assert_cmpstr (g_ptr_array_index (errors, n_expected), ==, test->errors[n_expected]);
  }
  g_assert_cmpuint (errors->len, ==, n_expected);
}

/* The two keys that old files give without a unit. */
static void
test_bare (void)
{
  g_autoptr (GateConfig) config = gate_config_new ();
  g_autoptr (GPtrArray) errors = load (config, "io:\n  max_packet: 8192\n  flush_interval: 50\n");
  GPtrArray *warnings = gate_config_get_warnings (config);

  assert_no_errors (errors);
  g_assert_cmpint (gate_config_get_bytes (config, "io.max_packet"), ==, 8192);
  g_assert_cmpint (gate_config_get_ms (config, "io.flush_interval"), ==, 50);
  g_assert_cmpuint (warnings->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (warnings, 0), ==,
                   "server.yaml:2:15: \"io.max_packet\" without a unit is read as 8k: write it so");
  g_assert_cmpstr (
    g_ptr_array_index (warnings, 1), ==,
    "server.yaml:3:19: \"io.flush_interval\" without a unit is read as 50ms: write it so");
}

static void
test_records (void)
{
  g_autoptr (GateConfig) config = gate_config_new ();
  g_autoptr (GPtrArray) errors =
    load (config,
          "apps:\n- {key: a, origins: [\"https://a.example\"], color: \"#12abEF\"}\n"
          "- {key: b, name: B, greeting: hi}\n"
          "queues:\n- {name: tech, priority: high, agents: [mei], overflow: [{after: 60s}], "
          "dispositions: [sold=Sold, other]}\n");
  const GateConfigApp *app;
  const GateConfigQueue *queue;

  assert_no_errors (errors);
  g_assert_cmpuint (gate_config_get_apps (config)->len, ==, 2);
  app = g_ptr_array_index (gate_config_get_apps (config), 0);
  g_assert_cmpstr (app->name, ==, "a");
  g_assert_cmpstr (app->origins[0], ==, "https://a.example");
  g_assert_cmpstr (app->color, ==, "#12abEF");
  g_assert_cmpuint (gate_config_get_queues (config)->len, ==, 2);
  queue = g_ptr_array_index (gate_config_get_queues (config), 0);
  g_assert_cmpstr (queue->name, ==, "default");
  queue = g_ptr_array_index (gate_config_get_queues (config), 1);
  g_assert_cmpstr (queue->title, ==, "tech");
  g_assert_cmpint (queue->priority, ==, 1);
  g_assert_cmpstr (queue->agents[0], ==, "mei");
  g_assert_cmpstr (queue->codes[0], ==, "sold=Sold");
  g_assert_cmpstr (queue->codes[1], ==, "other");
  g_assert_null (queue->codes[2]);
}

static void
test_canned (void)
{
  g_autoptr (GateConfig) before = gate_config_new ();
  g_autoptr (GateConfig) config = gate_config_new ();
  g_autoptr (GateConfig) again = gate_config_new ();
  g_autoptr (GPtrArray) errors = load (
    config,
    "canned:\n- {shortcut: 退款, text: \"您好 {{visitor|there}}:\\n\\\"{{order number}}\\\"\"}\n"
    "- {shortcut: hi, title: Greeting, text: Hello, folder: Shop, queues: [a]}\n"
    "- {shortcut: hi, text: Good day, queues: [b, c]}\n");
  g_autoptr (GPtrArray) no_errors = NULL;
  g_auto (GStrv) restart = gate_config_dup_restart_keys (before, config);
  g_autofree char *printed = gate_config_print (config);
  const char *list = strstr (printed, "\ncanned:");
  g_autofree char *printed_again = NULL;
  const GateConfigCanned *canned;

  assert_no_errors (errors);
  g_assert_cmpuint (gate_config_get_canned (config)->len, ==, 3);
  canned = g_ptr_array_index (gate_config_get_canned (config), 0);
  g_assert_cmpstr (canned->title, ==, "退款");
  g_assert_cmpstr (canned->text, ==, "您好 {{visitor|there}}:\n\"{{order number}}\"");
  g_assert_cmpstr (canned->folder, ==, "");
  g_assert_null (canned->queues[0]);
  canned = g_ptr_array_index (gate_config_get_canned (config), 1);
  g_assert_cmpstr (canned->folder, ==, "Shop");
  g_assert_cmpstr (canned->queues[0], ==, "a");
  g_assert_null (restart[0]); /* a reload is enough */
  /* What is printed can be read again. */
  g_assert_nonnull (list);
  no_errors = load (again, list);
  assert_no_errors (no_errors);
  printed_again = gate_config_print (again);
  g_assert_cmpstr (strstr (printed_again, "\ncanned:"), ==, list);
}

/* More than a console would be told of in one answer. */
static void
test_canned_room (void)
{
  g_autoptr (GateConfig) config = gate_config_new ();
  g_autoptr (GString) yaml = g_string_new ("canned:\n");
  g_autofree char *text = g_strnfill (3999, 'x');
  g_autoptr (GPtrArray) errors = NULL;

  for (guint i = 0; i < 66; i++)
    g_string_append_printf (yaml, "- {shortcut: s%u, text: %s}\n", i, text);
  errors = load (config, yaml->str);
  g_assert_cmpuint (errors->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (errors, 0), ==,
                   "server.yaml:2:1: \"canned\" has more than 1000 entries, or 262144 bytes");
}

static void
test_precedence (void)
{
  g_autoptr (GateConfig) config = gate_config_new ();
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folder = g_dir_make_tmp ("usher-config-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "server.yaml", NULL);
  g_autofree char *pieces = g_build_filename (folder, "conf.d", NULL);
  g_autofree char *second = g_build_filename (pieces, "20-b.yaml", NULL);
  g_autofree char *first = g_build_filename (pieces, "10-a.yaml", NULL);
  g_autofree char *secret = g_build_filename (folder, "secret", NULL);
  g_autofree char *url =
    g_strdup_printf ("store: {url: \"postgres://u:${file:%s}@h/db\"}\n", secret);
  g_autofree char *printed = NULL;
  const char *environment[] = { "PATH=/bin", "GATE_NODE__ZONE=env", "GATE_HOME=/x",
                                "GATE_IO__WORKER_POL=3", NULL };

  g_assert_cmpint (g_mkdir (pieces, 0700), ==, 0);
  g_assert_true (
    g_file_set_contents (file, "node: {zone: file}\nio: {worker_pool: 2}\n", -1, NULL));
  g_assert_true (
    g_file_set_contents (first, "node: {zone: first}\nlog: {level: debug}\n", -1, NULL));
  g_assert_true (g_file_set_contents (second, url, -1, NULL));
  g_assert_true (g_file_set_contents (secret, "p4ss\n", -1, NULL));
  gate_config_load_file (config, file, errors);
  gate_config_load_file (config, first, errors);
  gate_config_load_file (config, second, errors);
  assert_no_errors (errors);
  g_assert_cmpstr (gate_config_get_string (config, "node.zone"), ==, "first");
  g_assert_cmpstr (gate_config_get_string (config, "store.url"), ==, "postgres://u:p4ss@h/db");
  gate_config_load_environment (config, (char **) environment, errors);
  g_assert_cmpuint (errors->len, ==, 1);
  g_assert_cmpstr (
    g_ptr_array_index (errors, 0), ==,
    "GATE_IO__WORKER_POL: unknown key \"io.worker_pol\" (did you mean \"io.worker_pool\"?)");
  g_assert_cmpstr (gate_config_get_string (config, "node.zone"), ==, "env");
  g_assert_true (gate_config_set_text (config, "node.zone", "flag", "--set", errors));
  g_assert_false (gate_config_set_text (config, "apps", "[]", "--set", errors));
  printed = gate_config_print (config);
  g_assert_nonnull (strstr (printed, "node.zone: \"flag\"  # --set\n"));
  g_assert_nonnull (strstr (printed, "io.worker_pool: 2  # server.yaml:2:19\n"));
  g_assert_nonnull (strstr (printed, "log.level: \"debug\"  # 10-a.yaml:2:14\n"));
  g_assert_nonnull (strstr (printed, "store.url: \"****\"  # 20-b.yaml:1:14\n"));
  g_assert_null (strstr (printed, "p4ss"));
  g_remove (first);
  g_remove (second);
  g_remove (secret);
  g_remove (file);
  g_rmdir (pieces);
  g_rmdir (folder);
}

static void
copy_setting (const char *key,
              const char *value,
              gpointer    user_data)
{
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (g_free);

  g_assert_true (gate_config_set_text (user_data, key, value, GATE_CONFIG_SOURCE_LINK, errors));
  g_assert_cmpstr (key, !=, "store.url");
}

/* What the core sends to a worker arrives as it was, but for the secret. */
static void
test_over_the_link (void)
{
  g_autoptr (GateConfig) core = gate_config_new ();
  g_autoptr (GateConfig) worker = gate_config_new ();
  g_autoptr (GPtrArray) errors =
    load (core, "io: {max_packet: 1500b, flush_interval: 0ms}\nstore: {url: s3cret}\n"
                "listen: {proxy_protocol: [10.0.0.1, \"::1\"]}\nnode: {zone: \"a\\\"b\"}\n");
  g_auto (GStrv) trusted = NULL;

  assert_no_errors (errors);
  gate_config_foreach (core, copy_setting, worker);
  g_assert_cmpint (gate_config_get_bytes (worker, "io.max_packet"), ==, 1500);
  g_assert_cmpint (gate_config_get_ms (worker, "io.flush_interval"), ==, 0);
  g_assert_cmpstr (gate_config_get_string (worker, "store.url"), ==, "usher.db");
  g_assert_cmpstr (gate_config_get_string (worker, "node.zone"), ==, "a\"b");
  trusted = gate_config_dup_list (worker, "listen.proxy_protocol");
  g_assert_cmpuint (g_strv_length (trusted), ==, 2);
  g_assert_cmpstr (trusted[1], ==, "::1");
}

/* What only a restart brings into force is named; everything else may differ. */
static void
test_restart_keys (void)
{
  g_autoptr (GateConfig) before = gate_config_new ();
  g_autoptr (GateConfig) same = gate_config_new ();
  g_autoptr (GateConfig) live = gate_config_new ();
  g_autoptr (GateConfig) changed = gate_config_new ();
  g_autoptr (GPtrArray) no_errors = load (same, "listen: {backlog: 65535}\nqueues: []\n");
  g_autoptr (GPtrArray) live_errors =
    load (live, "log: {level: debug}\ntls: {cert: a, key: b}\napps: [{key: other}]\n");
  g_autoptr (GPtrArray) changed_errors =
    load (changed, "listen: {backlog: 10}\nnode: {zone: b}\nlog: {level: debug}\n"
                   "queues: [{name: tech, title: Tech}]\n");
  g_auto (GStrv) none = gate_config_dup_restart_keys (before, same);
  g_auto (GStrv) none_live = gate_config_dup_restart_keys (before, live);
  g_auto (GStrv) some = gate_config_dup_restart_keys (before, changed);
  g_autofree char *names = g_strjoinv (" ", some);

  assert_no_errors (no_errors);
  assert_no_errors (live_errors);
  assert_no_errors (changed_errors);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_cmpuint (g_strv_length (none_live), ==, 0);
  g_assert_cmpstr (names, ==, "node.zone listen.backlog queues");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/config/documented", test_documented);
  g_test_add_func ("/base/config/dump-default", test_dump_default);
  g_test_add_func ("/base/config/bare", test_bare);
  g_test_add_func ("/base/config/records", test_records);
  g_test_add_func ("/base/config/canned", test_canned);
  g_test_add_func ("/base/config/canned-room", test_canned_room);
  g_test_add_func ("/base/config/precedence", test_precedence);
  g_test_add_func ("/base/config/over-the-link", test_over_the_link);
  g_test_add_func ("/base/config/restart-keys", test_restart_keys);
  for (gsize i = 0; i < G_N_ELEMENTS (error_cases); i++) {
    g_autofree char *path = g_strdup_printf ("/base/config/error/%s", error_cases[i].name);

    g_test_add_data_func (path, &error_cases[i], test_errors);
  }
  return g_test_run ();
}
