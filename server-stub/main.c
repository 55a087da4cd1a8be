/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gate-main"

#include "config.h"

#include "gate-edge.h"
#include "gate-http.h"
#include "gate-node-config.h"
#include "gate-node.h"

#include <glib.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EXIT_BAD_CONFIG 1
#define EXIT_UNREADABLE 2

typedef struct {
  char *file;
  char *data_dir;
  char *listen;
  char *ops;
  char **settings; /* key=value */
  char *worker;
  int index;
  gboolean check_config;
  gboolean print_config;
  gboolean dump_default;
  gboolean version;
  char **argv; /* as they were given */
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_free (self->file);
  g_free (self->data_dir);
  g_free (self->listen);
  g_free (self->ops);
  g_free (self->worker);
  g_strfreev (self->settings);
  g_strfreev (self->argv);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

/* --io.worker_pool=8 is --set io.worker_pool=8; GOption knows no open set of names. */
static void
rewrite_dotted (int    argc,
                char **argv)
{
  for (int i = 1; i < argc; i++) {
    const char *equals = strchr (argv[i], '=');
    const char *dot = strchr (argv[i], '.');

    if (g_str_has_prefix (argv[i], "--") && dot != NULL && equals != NULL && dot < equals)
      argv[i] = g_strconcat ("--set=", argv[i] + 2, NULL);
    else if (g_str_has_prefix (argv[i], "--redis="))
      argv[i] = g_strconcat ("--set=cluster.redis=", argv[i] + strlen ("--redis="), NULL);
  }
}

static gboolean
parse_arguments (Arguments  *arguments,
                 int         argc,
                 char      **argv)
{
  const GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &arguments->file,
      "Read FILE (and conf.d/*.yaml beside it)", "FILE" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &arguments->data_dir,
      "Keep database, media and keys in DIR", "DIR" },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &arguments->listen, "Serve clients on ADDR:PORT",
      "ADDR:PORT" },
    { "ops", 0, 0, G_OPTION_ARG_STRING, &arguments->ops, "Serve operators on ADDR:PORT",
      "ADDR:PORT" },
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &arguments->settings,
      "Set one key of the configuration", "KEY=VALUE" },
    { "check-config", 0, 0, G_OPTION_ARG_NONE, &arguments->check_config,
      "Say what is wrong with the configuration", NULL },
    { "print-config", 0, 0, G_OPTION_ARG_NONE, &arguments->print_config,
      "Print the values in force and their source", NULL },
    { "dump-default", 0, 0, G_OPTION_ARG_NONE, &arguments->dump_default,
      "Print every key with its default", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &arguments->version, "Print the version", NULL },
    { "worker", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &arguments->worker, NULL, NULL },
    { "index", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &arguments->index, NULL, NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("– the gateway of Usher");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    fprintf (stderr, "usher-gate: %s\nTry: usher-gate --help\n", error->message);
    return FALSE;
  }
  if (argc > 1) {
    fprintf (stderr, "usher-gate: “%s” is not an option\nTry: usher-gate --help\n", argv[1]);
    return FALSE;
  }
  return TRUE;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
load_conf_d (GateConfig *config,
             const char *file,
             GPtrArray  *errors)
{
  g_autofree char *parent = g_path_get_dirname (file);
  g_autofree char *dir_path = g_build_filename (parent, "conf.d", NULL);
  g_autoptr (GDir) dir = g_dir_open (dir_path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".yaml"))
      g_ptr_array_add (names, g_build_filename (dir_path, name, NULL));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    gate_config_load_file (config, g_ptr_array_index (names, i), errors);
}

static void
set_flag (GateConfig *config,
          const char *key,
          const char *value,
          GPtrArray  *errors)
{
  if (value != NULL)
    gate_config_set_text (config, key, value, "command line", errors);
}

/* Precedence: default < file < conf.d < environment < flags (SYSTEMS.md 5.4). */
static GateConfig *
load_config (const Arguments *arguments,
             GPtrArray       *errors)
{
  g_autoptr (GateConfig) config = gate_config_new ();
  g_auto (GStrv) environment = g_get_environ ();

  if (arguments->file != NULL) {
    gate_config_load_file (config, arguments->file, errors);
    load_conf_d (config, arguments->file, errors);
  }
  gate_config_load_environment (config, environment, errors);
  for (guint i = 0; arguments->settings != NULL && arguments->settings[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (arguments->settings[i], "=", 2);

    if (pair[0] != NULL && pair[1] != NULL)
      set_flag (config, pair[0], pair[1], errors);
    else
      g_ptr_array_add (errors, g_strdup_printf ("command line: --set %s: write KEY=VALUE",
                                                arguments->settings[i]));
  }
  set_flag (config, "listen.client", arguments->listen, errors);
  set_flag (config, "listen.ops", arguments->ops, errors);
  return g_steal_pointer (&config);
}

static GateConfig *
load_again (gpointer   user_data,
            GPtrArray *errors)
{
  return load_config (user_data, errors);
}

static char *
default_data_dir (void)
{
  const char *state = g_getenv ("STATE_DIRECTORY"); /* systemd.exec(5) */

  return state != NULL ? g_strdup (state)
                       : g_build_filename (g_get_user_data_dir (), "usher-gate", NULL);
}

/* What systemd.exec(5) gives a unit with ConfigurationDirectory=; no file there means the defaults. */
static char *
default_config_file (void)
{
  const char *dir = g_getenv ("CONFIGURATION_DIRECTORY");
  g_autofree char *path = dir != NULL ? g_build_filename (dir, "server.yaml", NULL) : NULL;

  return path != NULL && g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path) : NULL;
}

static int
run_worker (const Arguments *arguments)
{
  if (g_str_equal (arguments->worker, "edge"))
    return gate_edge_main ((guint) arguments->index);
  if (g_str_equal (arguments->worker, "http"))
    return gate_http_main ((guint) arguments->index);
  return EXIT_UNREADABLE;
}

/* The files that the configuration names are part of it. */
static int
check_files (const GateConfig *config)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GateGeo) geo = NULL;
  GateNodeTls tls = { 0 };
  gboolean is_good =
    gate_node_tls_load (&tls, config, &error) && gate_node_config_open_geo (config, &geo, &error);

  if (!is_good)
    fprintf (stderr, "%s\n", error->message);
  gate_node_tls_clear (&tls);
  return is_good ? 0 : EXIT_BAD_CONFIG;
}

static int
run_node (Arguments *arguments)
{
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GateConfig) config = NULL;
  g_autofree char *data_dir = NULL;
  GateNodeOptions options = { 0 };

  if (arguments->file == NULL)
    arguments->file = default_config_file ();
  if (arguments->file != NULL && access (arguments->file, R_OK) != 0) {
    fprintf (stderr, "usher-gate: cannot read “%s”\n", arguments->file);
    return EXIT_UNREADABLE;
  }
  config = load_config (arguments, errors);
  for (guint i = 0; i < errors->len; i++)
    fprintf (stderr, "%s\n", (const char *) g_ptr_array_index (errors, i));
  if (errors->len > 0)
    return EXIT_BAD_CONFIG;
  if (arguments->check_config)
    return check_files (config);
  if (arguments->print_config) {
    g_autofree char *text = gate_config_print (config);

    fputs (text, stdout);
    return 0;
  }
  data_dir = arguments->data_dir != NULL ? g_canonicalize_filename (arguments->data_dir, NULL)
                                         : default_data_dir ();
  options.config = g_steal_pointer (&config);
  options.load = load_again;
  options.load_data = arguments;
  options.data_dir = data_dir;
  options.argv = arguments->argv;
  options.is_demo = gate_config_get_bool (options.config, "demo");
  return gate_node_run (&options);
}

int
main (int    argc,
      char **argv)
{
  g_auto (Arguments) arguments = { 0 };

  setlocale (LC_CTYPE, "");
  arguments.argv = g_strdupv (argv);
  rewrite_dotted (argc, argv);
  if (!parse_arguments (&arguments, argc, argv))
    return EXIT_UNREADABLE;
  if (arguments.version) {
    puts ("usher-gate " USHER_VERSION);
    return 0;
  }
  if (arguments.dump_default) {
    g_autofree char *text = gate_config_dump_default ();

    fputs (text, stdout);
    return 0;
  }
  return arguments.worker != NULL ? run_worker (&arguments) : run_node (&arguments);
}
