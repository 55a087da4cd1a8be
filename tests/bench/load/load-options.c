/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load-options.h"

#include "load-scenario.h"

#include <arpa/inet.h>
#include <string.h>

#define CONNECTIONS_PER_WORKER 19000u /* of the 20,000 descriptors a process may open */
#define MAX_MESSAGE_BYTES      4000

static const struct {
  const char *name;
  LoadFraming framing;
  LoadCodec codec;
} protocols[] = {
  { "json", LOAD_FRAMING_WEBSOCKET, LOAD_CODEC_JSON },
  { "pb", LOAD_FRAMING_WEBSOCKET, LOAD_CODEC_PB },
  { "tcp", LOAD_FRAMING_RECORD, LOAD_CODEC_PB },
  { "ws", LOAD_FRAMING_WEBSOCKET, LOAD_CODEC_BYTES },
  { "raw", LOAD_FRAMING_RAW, LOAD_CODEC_BYTES },
  { "mqtt", LOAD_FRAMING_MQTT, LOAD_CODEC_MQTT },
};

static gboolean complain (const char *format,
                          ...) G_GNUC_PRINTF (1, 2);

static gboolean
complain (const char *format,
          ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr ("usher-load: %s\n", text);
  return FALSE;
}

static gboolean
take_address (LoadOptions *self,
              const char  *text)
{
  const char *colon = text != NULL ? strrchr (text, ':') : NULL;
  g_autofree char *host = colon != NULL ? g_strndup (text, (gsize) (colon - text)) : NULL;
  guint64 port = 0;

  self->address.sin_family = AF_INET;
  if (host == NULL || inet_pton (AF_INET, host, &self->address.sin_addr) != 1 ||
      !g_ascii_string_to_unsigned (colon + 1, 10, 1, 65535, &port, NULL))
    return complain ("--to is an address and a port, such as 127.0.0.1:8000");
  self->address.sin_port = htons ((guint16) port);
  self->host = g_strdup (text);
  return TRUE;
}

static gboolean
take_protocol (LoadOptions *self,
               const char  *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
    if (strcmp (protocols[i].name, name) == 0) {
      self->protocol = protocols[i].name;
      self->framing = protocols[i].framing;
      self->codec = protocols[i].codec;
      return TRUE;
    }
  return complain (
    "--protocol is json, pb, tcp (the gateway's), ws, raw (any echo) or mqtt, not %s", name);
}

static gboolean
take_scenario (LoadOptions *self,
               const char  *name)
{
  self->scenario = load_scenario_find (name);
  if (self->scenario == NULL)
    return complain ("there is no scenario “%s”; see --help", name);
  if (self->scenario->needs_codec != 0 && (self->scenario->needs_codec & 1u << self->codec) == 0)
    return complain ("%s does not go with --protocol %s", name, self->protocol);
  if (self->is_tls && self->scenario == &load_scenario_images)
    return complain ("images are uploaded in clear text only");
  if (self->scenario->needs_rate && self->rate_per_s <= 0)
    return complain ("%s needs --rate", name);
  if (self->scenario->needs_agents && self->n_agents == 0)
    return complain ("%s needs --agents FILE", name);
  return TRUE;
}

static gboolean
take_agents (LoadOptions *self,
             const char  *file)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (file == NULL)
    return TRUE;
  if (!g_file_get_contents (file, &text, NULL, &error))
    return complain ("%s", error->message);
  self->agent_tokens = g_strsplit (g_strstrip (text), "\n", -1);
  self->n_agents = g_strv_length (self->agent_tokens);
  return TRUE;
}

static gboolean
take_watches (LoadOptions *self,
              const char  *list)
{
  g_auto (GStrv) words = g_strsplit (list != NULL ? list : "", ",", -1);

  for (guint i = 0; words[i] != NULL && self->n_watches < LOAD_MAX_WATCHES; i++) {
    guint64 pid;

    if (!g_ascii_string_to_unsigned (words[i], 10, 1, G_MAXINT, &pid, NULL))
      return complain ("--watch is a list of process ids, such as 12,34");
    self->watches[self->n_watches++] = (guint) pid;
  }
  return TRUE;
}

static guint
needed_workers (const LoadOptions *self)
{
  guint n_all = self->n_connections + self->n_agents;

  /* What goes from one connection to another is matched in one process. */
  if (self->scenario->is_one_process)
    return 1;
  return MAX (1, (n_all + CONNECTIONS_PER_WORKER - 1) / CONNECTIONS_PER_WORKER);
}

static gboolean
check_numbers (LoadOptions *self,
               int          n_connections,
               int          n_active,
               int          n_workers)
{
  if (n_connections < 1 || n_connections > 2000000)
    return complain ("--connections is 1 to 2000000");
  self->n_connections = (guint) n_connections;
  self->n_active = n_active < 0 ? self->n_connections : MIN ((guint) n_active, self->n_connections);
  self->n_workers = n_workers > 0 ? (guint) n_workers : needed_workers (self);
  if (self->n_workers > LOAD_MAX_WORKERS)
    return complain ("more than %u processes", LOAD_MAX_WORKERS);
  if (self->scenario->is_one_process && self->n_workers != 1)
    return complain ("%s needs one process", self->scenario->name);
  if (self->n_connections / self->n_workers > 19000)
    return complain ("a process may open 20,000 descriptors: more --workers are needed");
  if (self->depth < 1 || self->depth > LOAD_MAX_DEPTH)
    return complain ("--depth is 1 to %u", LOAD_MAX_DEPTH);
  if (self->message_bytes < 1 || self->message_bytes > MAX_MESSAGE_BYTES)
    return complain ("--bytes is 1 to %d", MAX_MESSAGE_BYTES);
  return TRUE;
}

/* What GOption can fill; turned into LoadOptions afterwards. */
typedef struct {
  char *to, *protocol, *path, *agents, *watch;
  int n_connections, n_active, n_workers, window, depth, message_bytes;
  gboolean no_batch;
} Words;

static gboolean
parse (LoadOptions   *self,
       Words         *words,
       int           *argc,
       char        ***argv)
{
  /* clang-format off */
  const GOptionEntry entries[] = {
    { "to", 0, 0, G_OPTION_ARG_STRING, &words->to, "Where the server listens", "ADDRESS:PORT" },
    { "protocol", 0, 0, G_OPTION_ARG_STRING, &words->protocol, "json, pb, tcp, ws, raw or mqtt (default: pb)", "NAME" },
    { "path", 0, 0, G_OPTION_ARG_STRING, &words->path, "Of the upgrade; %u is the connection's number", "PATH" },
    { "origin", 0, 0, G_OPTION_ARG_STRING, &self->origin, "Origin of the upgrade", "URL" },
    { "app", 0, 0, G_OPTION_ARG_STRING, &self->app, "App key (default: demo)", "KEY" },
    { "connections", 'n', 0, G_OPTION_ARG_INT, &words->n_connections, "Connections (default: 1000)", "N" },
    { "active", 'a', 0, G_OPTION_ARG_INT, &words->n_active, "Those who talk (default: all)", "N" },
    { "workers", 0, 0, G_OPTION_ARG_INT, &words->n_workers, "Processes (default: one for 19,000 connections)", "N" },
    { "connect-rate", 0, 0, G_OPTION_ARG_DOUBLE, &self->connect_per_s, "New connections a second (default: as fast as the window lets)", "N" },
    { "window", 0, 0, G_OPTION_ARG_INT, &words->window, "Connections of a process in the making (default: 256)", "N" },
    { "connect-timeout", 0, 0, G_OPTION_ARG_DOUBLE, &self->connect_s, "For all to connect (default: 120)", "S" },
    { "rate", 'r', 0, G_OPTION_ARG_DOUBLE, &self->rate_per_s, "Open loop: operations offered a second, over all (default: closed loop)", "N" },
    { "depth", 'd', 0, G_OPTION_ARG_INT, &words->depth, "Operations of one connection in flight (default: closed loop 1, open 16)", "N" },
    { "seconds", 's', 0, G_OPTION_ARG_DOUBLE, &self->seconds, "Time measured (default: 10)", "S" },
    { "warmup", 0, 0, G_OPTION_ARG_DOUBLE, &self->warmup_s, "Time before that (default: 2)", "S" },
    { "drain", 0, 0, G_OPTION_ARG_DOUBLE, &self->drain_s, "Time for what is in flight at the end (default: 10)", "S" },
    { "settle", 0, 0, G_OPTION_ARG_DOUBLE, &self->settle_s, "Pause after connecting, before memory is read (default: 1)", "S" },
    { "heartbeat", 0, 0, G_OPTION_ARG_DOUBLE, &self->heartbeat_s, "Ping of each connection every S seconds (default: 30; 0 = none)", "S" },
    { "bytes", 'b', 0, G_OPTION_ARG_INT, &words->message_bytes, "Of an echo, or of a line's text (default: 128)", "N" },
    { "agents", 0, 0, G_OPTION_ARG_FILENAME, &words->agents, "Access tokens of agents, one a line", "FILE" },
    { "watch", 0, 0, G_OPTION_ARG_STRING, &words->watch, "Processes of the server: CPU time and memory are read", "PID,…" },
    { "no-batch", 0, 0, G_OPTION_ARG_NONE, &words->no_batch, "Do not offer the capability `batch`", NULL },
    { "tls", 0, 0, G_OPTION_ARG_NONE, &self->is_tls, "Over TLS; whose certificate it is, is not asked", NULL },
    { "talk", 0, 0, G_OPTION_ARG_NONE, &self->is_talking, "storm, connect: everybody has said a line before", NULL },
    { NULL },
  };
  /* clang-format on */
  g_autoptr (GOptionContext) context = g_option_context_new ("SCENARIO");
  g_autofree char *summary = load_scenario_help ();
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    return complain ("%s", error->message);
  return *argc == 2 || complain ("one scenario is needed; see --help");
}

static gboolean
check (LoadOptions *self,
       const Words *words,
       const char  *scenario)
{
  self->has_batch = !words->no_batch;
  self->window = (guint) CLAMP (words->window, 1, 4096);
  self->depth = (guint) (words->depth > 0 ? words->depth : self->rate_per_s > 0 ? 16 : 1);
  self->message_bytes = (guint) MAX (words->message_bytes, 0);
  if (!take_address (self, words->to) ||
      !take_protocol (self, words->protocol != NULL ? words->protocol : "pb") ||
      !take_agents (self, words->agents) || !take_watches (self, words->watch) ||
      !take_scenario (self, scenario) ||
      !check_numbers (self, words->n_connections, words->n_active, words->n_workers))
    return FALSE;
  /* Where there is no schedule, nothing is warmed up for it. */
  if (self->scenario->act == NULL)
    self->rate_per_s = self->warmup_s = 0;
  if (self->scenario->is_one_at_a_time)
    self->depth = 1;
  if (self->app == NULL)
    self->app = g_strdup ("demo");
  if (self->origin == NULL)
    self->origin = g_strdup ("http://127.0.0.1");
  self->path = words->path != NULL               ? g_strdup (words->path)
               : self->codec == LOAD_CODEC_BYTES ? g_strdup ("/")
                                                 : g_strdup_printf ("/ws?app=%s", self->app);
  return TRUE;
}

gboolean
load_options_read (LoadOptions   *self,
                   int           *argc,
                   char        ***argv)
{
  Words words = { .n_connections = 1000, .n_active = -1, .window = 256, .message_bytes = 128 };
  gboolean is_good;

  *self = (LoadOptions){ .seconds = 10,
                         .warmup_s = 2,
                         .drain_s = 10,
                         .settle_s = 1,
                         .connect_s = 120,
                         .heartbeat_s = 30 };
  is_good = parse (self, &words, argc, argv) && check (self, &words, (*argv)[1]);
  g_free (words.to);
  g_free (words.protocol);
  g_free (words.path);
  g_free (words.agents);
  g_free (words.watch);
  return is_good;
}

void
load_options_clear (LoadOptions *self)
{
  g_free (self->host);
  g_free (self->path);
  g_free (self->origin);
  g_free (self->app);
  g_strfreev (self->agent_tokens);
}

double
load_options_interval_us (const LoadOptions *self)
{
  return G_USEC_PER_SEC / self->rate_per_s;
}
