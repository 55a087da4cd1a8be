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
