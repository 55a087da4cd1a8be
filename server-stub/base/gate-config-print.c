/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people read: the effective values with their sources, and the reference. */
#include "config.h"

#include "gate-config-private.h"

#include <string.h>

/* Text that YAML would take for something else, or that has its own signs in it, goes in quotes. */
static void
append_value (GString             *out,
              const GateConfigKey *key,
              const char          *text)
{
  gboolean is_text = key->type == GATE_CONFIG_STRING || key->type == GATE_CONFIG_ADDRESS ||
                     key->type == GATE_CONFIG_CHOICE;
  g_autofree char *escaped = g_strescape (text, "\"\\\x80\xff");
  g_auto (GStrv) items = NULL;

  if (key->type == GATE_CONFIG_LIST) {
    items = g_strsplit (text, ",", -1);
    g_string_append_c (out, '[');
    for (guint i = 0; items[i] != NULL; i++)
      g_string_append_printf (out, "%s\"%s\"", i > 0 ? ", " : "", items[i]);
    g_string_append_c (out, ']');
  } else if (is_text) {
    g_string_append_printf (out, "\"%s\"", escaped);
  } else {
    g_string_append (out, text);
  }
}

static void
append_list (GString  *out,
             char    **items)
{
  g_string_append_c (out, '[');
  for (guint i = 0; items[i] != NULL; i++)
    g_string_append_printf (out, "%s\"%s\"", i > 0 ? ", " : "", items[i]);
  g_string_append_c (out, ']');
}

/* As YAML reads it between quotes. */
static void
append_text (GString    *out,
             const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '"' || *p == '\\')
      g_string_append_c (out, '\\');
    if (*p == '\n')
      g_string_append (out, "\\n");
    else
      g_string_append_c (out, *p);
  }
  g_string_append_c (out, '"');
}

static void
append_canned (GString          *out,
               const GateConfig *self)
{
  g_string_append_printf (out, "canned:  # %s\n", self->canned_source);
  for (guint i = 0; i < self->canned->len; i++) {
    const GateConfigCanned *canned = g_ptr_array_index (self->canned, i);

    g_string_append (out, "- {shortcut: ");
    append_text (out, canned->shortcut);
    g_string_append (out, ", title: ");
    append_text (out, canned->title);
    g_string_append (out, ", text: ");
    append_text (out, canned->text);
    g_string_append (out, ", folder: ");
    append_text (out, canned->folder);
    g_string_append (out, ", queues: ");
    append_list (out, canned->queues);
    g_string_append (out, "}\n");
  }
}

char *
gate_config_print (const GateConfig *self)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < gate_config_n_keys; i++) {
    const GateConfigKey *key = &gate_config_keys[i];
    const GateConfigValue *value = &self->values[i];
    gboolean is_masked = key->is_secret && strcmp (value->source, "default") != 0;

    g_string_append_printf (out, "%s: ", key->path);
    append_value (out, key, is_masked ? "****" : value->text);
    g_string_append_printf (out, "  # %s\n", value->source);
  }
  g_string_append_printf (out, "apps:  # %s\n", self->apps_source);
  for (guint i = 0; i < self->apps->len; i++) {
    const GateConfigApp *app = g_ptr_array_index (self->apps, i);

    g_string_append_printf (out, "- {key: \"%s\", name: \"%s\", origins: ", app->key, app->name);
    append_list (out, app->origins);
    g_string_append (out, "}\n");
  }
  g_string_append_printf (out, "queues:  # %s\n", self->queues_source);
  for (guint i = 0; i < self->queues->len; i++) {
    const GateConfigQueue *queue = g_ptr_array_index (self->queues, i);

    g_string_append_printf (out,
                            "- {name: \"%s\", title: \"%s\", priority: %d, agents: ", queue->name,
                            queue->title, queue->priority);
    append_list (out, queue->agents);
    if (queue->codes[0] != NULL) {
      g_string_append (out, ", dispositions: ");
      append_list (out, queue->codes);
    }
    g_string_append (out, "}\n");
  }
  append_canned (out, self);
  return g_string_free (out, FALSE);
}

static char *
describe_range (const GateConfigKey *key)
{
  g_autofree char *min = NULL;
  g_autofree char *max = NULL;

  if (key->type == GATE_CONFIG_CHOICE)
    return g_strstrip (g_strdup (key->choices));
  if (key->max <= key->min || key->type == GATE_CONFIG_BOOL)
    return g_strdup (gate_config_type_name (key));
  min = gate_config_format_number (key, key->min);
  max = gate_config_format_number (key, key->max);
  return g_strdup_printf ("%s%s to %s", key->type == GATE_CONFIG_AUTO_INT ? "auto, or " : "", min,
                          max);
}

static const char *
reload_name (GateConfigReload reload)
{
  static const char *const names[] = { "live", "new connections", "restart" };

  return names[reload];
}

/* Opens the sections of @path that @last had not: "cluster.etcd." after "cluster." opens one. */
static guint
append_sections (GString    *out,
                 const char *last,
                 const char *path)
{
  g_auto (GStrv) now = g_strsplit (path, ".", -1);
  g_auto (GStrv) before = g_strsplit (last, ".", -1);
  guint n_levels = g_strv_length (now) - 1;
  guint n_before = g_strv_length (before);
  gboolean is_same = TRUE;

  for (guint i = 0; i < n_levels; i++) {
    is_same = is_same && i + 1 < n_before && strcmp (now[i], before[i]) == 0;
    if (!is_same)
      g_string_append_printf (out, "%s%*s%s:\n", i == 0 ? "\n" : "", (int) i * 2, "", now[i]);
  }
  return n_levels;
}

static const char *
last_word (const char *path)
{
  const char *dot = strrchr (path, '.');

  return dot != NULL ? dot + 1 : path;
}

char *
gate_config_dump_default (void)
{
  GString *out =
    g_string_new ("# Every key with its default. After each: range; when a change takes "
                  "effect; what it is.\n");
  const char *last = "";

  for (guint i = 0; i < gate_config_n_keys; i++) {
    const GateConfigKey *key = &gate_config_keys[i];
    guint n_levels = append_sections (out, last, key->path);
    g_autofree char *range = describe_range (key);

    g_string_append_printf (out, "%s%*s%s: ", n_levels == 0 ? "\n" : "", (int) n_levels * 2, "",
                            last_word (key->path));
    append_value (out, key, key->fallback);
    g_string_append_printf (out, "  # %s; %s; %s\n", range, reload_name (key->reload), key->help);
    last = key->path;
  }
  g_string_append (
    out,
    "\n# live; who may embed the chat: key, name, origins, and greeting, color, locale.\n"
    "apps:\n"
    "- key: demo\n"
    "  name: Demo shop\n"
    "  origins: [\"http://127.0.0.1:*\", \"http://localhost:*\"]\n"
    "\n# restart; where conversations wait: name, title, priority (low, normal, high, urgent), "
    "agents (logins; empty = all), dispositions (what a chat is closed with: code or code=Title; "
    "empty = those of default). \"default\" is always there.\n"
    "queues: []\n"
    "\n# live; replies that every agent's console finds by a slash: shortcut, title, text, folder, "
    "queues (empty = all). In a text, {{visitor|there}}, {{agent}}, {{queue}}, {{subject}}, {{email}} and {{phone}} "
    "are filled in, and anything else in braces is a blank.\n"
    "canned: []\n\nchannels: []\nplugins: []\n");
  return g_string_free (out, FALSE);
}
