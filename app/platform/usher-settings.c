/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-settings.h"

#include "wire-json.h"

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

static void
write_string (WireBuffer *out,
              const char *text)
{
  wire_json_write_string (out, text, strlen (text));
}

static void write_value (WireBuffer *out,
                         GVariant   *value);

static void
write_children (WireBuffer *out,
                GVariant   *value)
{
  gboolean is_object = g_variant_is_of_type (value, G_VARIANT_TYPE_DICTIONARY);
  GVariantIter iter;
  GVariant *child;
  gboolean is_first = TRUE;

  wire_buffer_append_text (out, is_object ? "{" : "[");
  g_variant_iter_init (&iter, value);
  while ((child = g_variant_iter_next_value (&iter)) != NULL) {
    wire_buffer_append_text (out, is_first ? "" : ",");
    is_first = FALSE;
    write_value (out, child);
    g_variant_unref (child);
  }
  wire_buffer_append_text (out, is_object ? "}" : "]");
}

static void
write_entry (WireBuffer *out,
             GVariant   *entry)
{
  g_autoptr (GVariant) key = g_variant_get_child_value (entry, 0);
  g_autoptr (GVariant) value = g_variant_get_child_value (entry, 1);

  write_value (out, key);
  wire_buffer_append_text (out, ":");
  write_value (out, value);
}

/* Numbers and booleans look in JSON as GVariant prints them. */
static void
write_value (WireBuffer *out,
             GVariant   *value)
{
  g_autofree char *text = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)) {
    write_string (out, g_variant_get_string (value, NULL));
  } else if (g_variant_is_of_type (value, G_VARIANT_TYPE_DICT_ENTRY)) {
    write_entry (out, value);
  } else if (g_variant_is_container (value)) {
    write_children (out, value);
  } else {
    text = g_variant_print (value, FALSE);
    wire_buffer_append_text (out, text);
  }
}

static void
write_settings (WireBuffer *out,
                GSettings  *settings)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_auto (GStrv) keys = NULL;
  g_auto (GStrv) children = NULL;

  g_object_get (settings, "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  children = g_settings_schema_list_children (schema);
  wire_buffer_append_text (out, "{");
  for (guint i = 0; keys[i] != NULL; i++) {
    g_autoptr (GVariant) value = g_settings_get_value (settings, keys[i]);

    wire_buffer_append_text (out, i == 0 ? "\n" : ",\n");
    write_string (out, keys[i]);
    wire_buffer_append_text (out, ":");
    write_value (out, value);
  }
  for (guint i = 0; children[i] != NULL; i++) {
    g_autoptr (GSettings) child = g_settings_get_child (settings, children[i]);

    wire_buffer_append_text (out, i == 0 && keys[0] == NULL ? "\n" : ",\n");
    write_string (out, children[i]);
    wire_buffer_append_text (out, ":");
    write_settings (out, child);
  }
  wire_buffer_append_text (out, "}");
}

char *
usher_settings_to_json (GSettings *settings)
{
  g_auto (WireBuffer) out = WIRE_BUFFER_INIT;

  write_settings (&out, settings);
  wire_buffer_append_text (&out, "\n");
  return g_strndup ((const char *) out.data, out.n_bytes);
}
