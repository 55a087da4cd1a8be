/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-config.h"
#include "gate-config-private.h"

#include <string.h>

const GateConfigKey *
gate_config_find_key (const char *path)
{
  for (guint i = 0; i < gate_config_n_keys; i++)
    if (strcmp (gate_config_keys[i].path, path) == 0)
      return &gate_config_keys[i];
  return NULL;
}

static GateConfigValue *
get_value (const GateConfig *self,
           const char       *path)
{
  const GateConfigKey *key = gate_config_find_key (path);

  g_assert (key != NULL);
  return &self->values[key - gate_config_keys];
}

static const GateConfigValue *
get_typed (const GateConfig *self,
           const char       *path,
           GateConfigType    type,
           GateConfigType    other_type)
{
  const GateConfigKey *key = gate_config_find_key (path);

  g_assert (key != NULL && (key->type == type || key->type == other_type));
  return get_value (self, path);
}

static void
add_demo_app (GateConfig *self)
{
  static const char *const origins[] = { "http://127.0.0.1:*", "http://localhost:*", NULL };
  GateConfigApp *app = g_new0 (GateConfigApp, 1);

  app->key = g_strdup ("demo");
  app->name = g_strdup ("Demo shop");
  app->origins = g_strdupv ((char **) origins);
  g_ptr_array_add (self->apps, app);
}

GateConfig *
gate_config_new (void)
{
  GateConfig *self = g_new0 (GateConfig, 1);
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (g_free);

  self->values = g_new0 (GateConfigValue, gate_config_n_keys);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < gate_config_n_keys; i++)
    gate_config_store (self, &gate_config_keys[i], gate_config_keys[i].fallback, "default", TRUE,
                       errors);
  g_assert (errors->len == 0);
  self->apps = gate_config_apps_new ();
  self->apps_source = g_strdup ("default");
  add_demo_app (self);
  self->queues = gate_config_queues_new ();
  self->queues_source = g_strdup ("default");
  gate_config_add_default_records (self);
  self->canned = gate_config_canned_new ();
  self->canned_source = g_strdup ("default");
  return self;
}

void
gate_config_free (GateConfig *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < gate_config_n_keys; i++) {
    g_free (self->values[i].text);
    g_free (self->values[i].source);
  }
  g_free (self->values);
  g_ptr_array_unref (self->apps);
  g_ptr_array_unref (self->queues);
  g_ptr_array_unref (self->canned);
  g_ptr_array_unref (self->warnings);
  g_free (self->apps_source);
  g_free (self->queues_source);
  g_free (self->canned_source);
  g_free (self);
}

static void
report_at (GPtrArray  *lines,
           const char *where,
           const char *text)
{
  g_ptr_array_add (lines, g_strdup_printf ("%s: %s", where, text));
}

gboolean
gate_config_store (GateConfig          *self,
                   const GateConfigKey *key,
                   const char          *text,
                   const char          *where,
                   gboolean             is_raw,
                   GPtrArray           *errors)
{
  GateConfigValue *value = &self->values[key - gate_config_keys];
  g_autofree char *problem = NULL;
  g_autofree char *warning = NULL;
  g_autofree char *canonical = NULL;
  g_autofree char *expanded = is_raw ? g_strdup (text) : gate_config_expand (text, &problem);
  gint64 number;

  if (expanded == NULL ||
      !gate_config_parse_value (key, expanded, &canonical, &number, &problem, &warning)) {
    report_at (errors, where, problem);
    return FALSE;
  }
  if (warning != NULL)
    report_at (self->warnings, where, warning);
  g_free (value->text);
  g_free (value->source);
  value->text = g_steal_pointer (&canonical);
  value->number = number;
  value->source = g_strdup (where);
  return TRUE;
}

static void
report_unknown_path (const char *path,
                     const char *source,
                     GPtrArray  *errors)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  g_autofree char *text = NULL;
  const char *guess;

  for (guint i = 0; i < gate_config_n_keys; i++)
    g_ptr_array_add (known, (gpointer) gate_config_keys[i].path);
  guess = gate_config_suggest (path, known);
  text = guess != NULL ? g_strdup_printf ("unknown key \"%s\" (did you mean \"%s\"?)", path, guess)
                       : g_strdup_printf ("unknown key \"%s\"", path);
  report_at (errors, source, text);
}

gboolean
gate_config_set_text (GateConfig *self,
                      const char *key,
                      const char *value,
                      const char *source,
                      GPtrArray  *errors)
{
  const GateConfigKey *found = gate_config_find_key (key);

  if (found != NULL)
    return gate_config_store (self, found, value, source,
                              strcmp (source, GATE_CONFIG_SOURCE_LINK) == 0, errors);
  if (strcmp (key, "apps") == 0 || strcmp (key, "queues") == 0 || strcmp (key, "canned") == 0)
    report_at (errors, source, "lists of records can only be set in a file");
  else
    report_unknown_path (key, source, errors);
  return FALSE;
}

const char *
gate_config_get_string (const GateConfig *self,
                        const char       *key)
{
  return get_value (self, key)->text;
}

gint64
gate_config_get_int (const GateConfig *self,
                     const char       *key)
{
  return get_typed (self, key, GATE_CONFIG_INT, GATE_CONFIG_AUTO_INT)->number;
}

gboolean
gate_config_get_bool (const GateConfig *self,
                      const char       *key)
{
  return get_typed (self, key, GATE_CONFIG_BOOL, GATE_CONFIG_BOOL)->number != 0;
}

gint64
gate_config_get_ms (const GateConfig *self,
                    const char       *key)
{
  return get_typed (self, key, GATE_CONFIG_DURATION, GATE_CONFIG_DURATION)->number;
}

gint64
gate_config_get_bytes (const GateConfig *self,
                       const char       *key)
{
  return get_typed (self, key, GATE_CONFIG_BYTES, GATE_CONFIG_BYTES)->number;
}

char **
gate_config_dup_list (const GateConfig *self,
                      const char       *key)
{
  const GateConfigValue *value = get_typed (self, key, GATE_CONFIG_LIST, GATE_CONFIG_LIST);

  return g_strsplit (value->text, ",", -1);
}

GPtrArray *
gate_config_get_apps (const GateConfig *self)
{
  return self->apps;
}

GPtrArray *
gate_config_get_queues (const GateConfig *self)
{
  return self->queues;
}

GPtrArray *
gate_config_get_canned (const GateConfig *self)
{
  return self->canned;
}

GPtrArray *
gate_config_get_warnings (const GateConfig *self)
{
  return self->warnings;
}

void
gate_config_foreach (const GateConfig *self,
                     GateConfigFunc    func,
                     gpointer          user_data)
{
  for (guint i = 0; i < gate_config_n_keys; i++)
    if (!gate_config_keys[i].is_secret)
      func (gate_config_keys[i].path, self->values[i].text, user_data);
}
