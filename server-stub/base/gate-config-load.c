/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files and the environment into the table. Every loader goes on after an error, so that one run shows them all. */
#include "config.h"

#include "gate-config-private.h"

#include <stdarg.h>
#include <string.h>

typedef struct {
  GateConfig *config;
  const char *name; /* of the file */
  GPtrArray *errors;
} Reader;

/* Lists of parts that are not built yet; their records are read by those parts. */
static const char *const later_lists[] = { "channels", "plugins" };

void
gate_config_report (GPtrArray  *errors,
                    const char *name,
                    guint       line,
                    guint       column,
                    const char *format,
                    ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (errors, g_strdup_printf ("%s:%u:%u: %s", name, line, column, text));
}

void
gate_config_report_unknown (GPtrArray      *errors,
                            const char     *name,
                            const GateYaml *member,
                            GPtrArray      *candidates)
{
  const char *guess = gate_config_suggest (member->key, candidates);

  if (guess != NULL)
    gate_config_report (errors, name, member->key_line, member->key_column,
                        "unknown key \"%s\" (did you mean \"%s\"?)", member->key, guess);
  else
    gate_config_report (errors, name, member->key_line, member->key_column, "unknown key \"%s\"",
                        member->key);
}

/* What may stand under @prefix ("" or "io."): the next word of every key below it. */
static GPtrArray *
list_words_below (const char *prefix)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < gate_config_n_keys; i++)
    if (g_str_has_prefix (gate_config_keys[i].path, prefix)) {
      const char *word = gate_config_keys[i].path + strlen (prefix);

      g_ptr_array_add (words, g_strndup (word, strcspn (word, ".")));
    }
  if (prefix[0] == '\0') {
    g_ptr_array_add (words, g_strdup ("apps"));
    g_ptr_array_add (words, g_strdup ("queues"));
    g_ptr_array_add (words, g_strdup ("canned"));
    for (guint i = 0; i < G_N_ELEMENTS (later_lists); i++)
      g_ptr_array_add (words, g_strdup (later_lists[i]));
  }
  return words;
}

static gboolean
is_section (const char *path)
{
  g_autofree char *prefix = g_strconcat (path, ".", NULL);

  for (guint i = 0; i < gate_config_n_keys; i++)
    if (g_str_has_prefix (gate_config_keys[i].path, prefix))
      return TRUE;
  return FALSE;
}

/* A YAML list or one text for a key that holds several. */
static char *
join_list (const Reader   *reader,
           const GateYaml *member)
{
  g_autoptr (GString) joined = g_string_new (NULL);

  for (guint i = 0; i < member->children->len; i++) {
    const GateYaml *item = g_ptr_array_index (member->children, i);

    if (item->kind != GATE_YAML_SCALAR || strchr (item->text, ',') != NULL) {
      gate_config_report (reader->errors, reader->name, item->line, item->column,
                          "each item is one text without a comma");
      continue;
    }
    g_string_append_printf (joined, "%s%s", joined->len > 0 ? "," : "", item->text);
  }
  return g_string_free (g_steal_pointer (&joined), FALSE);
}

static gboolean
is_missing (const GateYaml *member)
{
  return member->kind == GATE_YAML_SCALAR && !member->is_quoted &&
         (member->text[0] == '\0' || strcmp (member->text, "~") == 0 ||
          strcmp (member->text, "null") == 0);
}

static void
load_scalar (const Reader        *reader,
             const GateConfigKey *key,
             const GateYaml      *member)
{
  g_autofree char *where = g_strdup_printf ("%s:%u:%u", reader->name, member->line, member->column);
  g_autofree char *joined = NULL;

  if (is_missing (member)) {
    gate_config_report (reader->errors, reader->name, member->line, member->column,
                        "\"%s\" needs a value", key->path);
    return;
  }
  if (member->kind == GATE_YAML_LIST && key->type == GATE_CONFIG_LIST)
    joined = join_list (reader, member);
  else if (member->kind != GATE_YAML_SCALAR) {
    gate_config_report (reader->errors, reader->name, member->line, member->column,
                        "\"%s\" needs %s", key->path, gate_config_type_name (key));
    return;
  }
  gate_config_store (reader->config, key, joined != NULL ? joined : member->text, where, FALSE,
                     reader->errors);
}

static void
load_later_list (const Reader   *reader,
                 const GateYaml *member)
{
  if (member->kind != GATE_YAML_LIST)
    gate_config_report (reader->errors, reader->name, member->line, member->column,
                        "\"%s\" needs a list", member->key);
  for (guint i = 0; member->kind == GATE_YAML_LIST && i < member->children->len; i++) {
    const GateYaml *record = g_ptr_array_index (member->children, i);

    if (record->kind != GATE_YAML_MAP)
      gate_config_report (reader->errors, reader->name, record->line, record->column,
                          "each of \"%s\" is a record with keys", member->key);
  }
}

static gboolean
load_list_member (const Reader   *reader,
                  const GateYaml *member)
{
  if (strcmp (member->key, "apps") == 0) {
    gate_config_load_apps (reader->config, member, reader->name, reader->errors);
    return TRUE;
  }
  if (strcmp (member->key, "queues") == 0) {
    gate_config_load_queues (reader->config, member, reader->name, reader->errors);
    return TRUE;
  }
  if (strcmp (member->key, "canned") == 0) {
    gate_config_load_canned (reader->config, member, reader->name, reader->errors);
    return TRUE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (later_lists); i++)
    if (strcmp (member->key, later_lists[i]) == 0) {
      load_later_list (reader, member);
      return TRUE;
    }
  return FALSE;
}

static void
load_map (const Reader   *reader,
          const GateYaml *map,
          const char     *prefix)
{
  for (guint i = 0; i < map->children->len; i++) {
    const GateYaml *member = g_ptr_array_index (map->children, i);
    g_autofree char *path = g_strconcat (prefix, member->key, NULL);
    g_autofree char *below = g_strconcat (path, ".", NULL);
    const GateConfigKey *key = gate_config_find_key (path);
    g_autoptr (GPtrArray) words = NULL;

    if (prefix[0] == '\0' && load_list_member (reader, member))
      continue;
    if (key != NULL) {
      load_scalar (reader, key, member);
    } else if (!is_section (path)) {
      words = list_words_below (prefix);
      gate_config_report_unknown (reader->errors, reader->name, member, words);
    } else if (member->kind == GATE_YAML_MAP) {
      load_map (reader, member, below);
    } else if (!is_missing (member)) {
      gate_config_report (reader->errors, reader->name, member->line, member->column,
                          "\"%s\" is a section with keys", path);
    }
  }
}

void
gate_config_load_text (GateConfig *self,
                       const char *name,
                       const char *text,
                       gsize       n_bytes,
                       GPtrArray  *errors)
{
  Reader reader = { self, name, errors };
  g_autoptr (GateYaml) root = gate_yaml_parse (name, text, n_bytes, errors);

  if (root == NULL || is_missing (root))
    return;
  if (root->kind == GATE_YAML_MAP)
    load_map (&reader, root, "");
  else
    gate_config_report (errors, name, root->line, root->column, "the file is no set of keys");
}

void
gate_config_load_file (GateConfig *self,
                       const char *path,
                       GPtrArray  *errors)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *name = g_path_get_basename (path);
  gsize n_bytes;

  if (g_file_get_contents (path, &text, &n_bytes, &error))
    gate_config_load_text (self, name, text, n_bytes, errors);
  else
    g_ptr_array_add (errors, g_strdup_printf ("%s:1:1: %s", name, error->message));
}

/* GATE_IO__WORKER_POOL is io.worker_pool. Without a level it is no key of ours. */
static char *
path_of_variable (const char *variable)
{
  g_autofree char *name = NULL;
  g_auto (GStrv) levels = NULL;

  if (!g_str_has_prefix (variable, "GATE_") || strstr (variable + 5, "__") == NULL)
    return NULL;
  name = g_ascii_strdown (variable + 5, -1);
  levels = g_strsplit (name, "__", -1);
  return g_strjoinv (".", levels);
}

void
gate_config_load_environment (GateConfig  *self,
                              char       **environment,
                              GPtrArray   *errors)
{
  for (guint i = 0; environment[i] != NULL; i++) {
    const char *equals = strchr (environment[i], '=');
    g_autofree char *variable =
      equals != NULL ? g_strndup (environment[i], (gsize) (equals - environment[i])) : NULL;
    g_autofree char *path = variable != NULL ? path_of_variable (variable) : NULL;

    if (path != NULL)
      gate_config_set_text (self, path, equals + 1, variable, errors);
  }
}
