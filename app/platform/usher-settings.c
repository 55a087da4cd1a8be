/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-settings.h"

#define SCHEMA_ID "io.github.usher_desk.Usher"

GSettings *
usher_settings_new (const char *schema_dir)
{
  GSettingsSchemaSource *system = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) local = NULL;
  g_autoptr (GSettingsSchema) schema = NULL;

  if (system != NULL)
    schema = g_settings_schema_source_lookup (system, SCHEMA_ID, TRUE);
  if (schema == NULL && schema_dir != NULL) {
    local = g_settings_schema_source_new_from_directory (schema_dir, system, TRUE, NULL);
    if (local != NULL)
      schema = g_settings_schema_source_lookup (local, SCHEMA_ID, TRUE);
  }
  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

void
usher_settings_forget (GSettings *settings)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_auto (GStrv) keys = NULL;
  g_auto (GStrv) children = NULL;

  g_object_get (settings, "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  children = g_settings_schema_list_children (schema);
  for (guint i = 0; keys[i] != NULL; i++)
    g_settings_reset (settings, keys[i]);
  for (guint i = 0; children[i] != NULL; i++) {
    g_autoptr (GSettings) child = g_settings_get_child (settings, children[i]);

    usher_settings_forget (child);
  }
}
