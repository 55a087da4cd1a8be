/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-config-reader.h"

#include <string.h>

static const GateYaml *
find_field (const GateYaml *record,
            const char     *field)
{
  for (guint i = 0; i < record->children->len; i++) {
    const GateYaml *member = g_ptr_array_index (record->children, i);

    if (strcmp (member->key, field) == 0)
      return member;
  }
  return NULL;
}

gboolean
gate_reader_check (const GateReader *reader,
                   const GateYaml   *record)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new ();

  if (record->kind != GATE_YAML_MAP) {
    gate_config_report (reader->errors, reader->name, record->line, record->column,
                        "each %s is a record with keys", reader->what);
    return FALSE;
  }
  for (guint i = 0; reader->fields[i] != NULL; i++)
    g_ptr_array_add (known, (gpointer) reader->fields[i]);
  for (guint i = 0; i < record->children->len; i++) {
    const GateYaml *member = g_ptr_array_index (record->children, i);

    if (!g_strv_contains (reader->fields, member->key))
      gate_config_report_unknown (reader->errors, reader->name, member, known);
  }
  return TRUE;
}

char *
gate_reader_take_text (const GateReader *reader,
                       const GateYaml   *record,
                       const char       *field)
{
  const GateYaml *member = find_field (record, field);

  if (member == NULL)
    return NULL;
  if (member->kind == GATE_YAML_SCALAR)
    return g_strdup (member->text);
  gate_config_report (reader->errors, reader->name, member->line, member->column,
                      "\"%s\" needs text", field);
  return NULL;
}

/* A name goes into addresses, logs and metric labels, so its form is narrow. */
char *
gate_reader_take_name (const GateReader *reader,
                       const GateYaml   *record,
                       const char       *field)
{
  g_autofree char *text = gate_reader_take_text (reader, record, field);
  gsize n_good = text != NULL ? strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                              "0123456789_.-")
                              : 0;

  if (n_good > 0 && n_good <= 32 && text[n_good] == '\0')
    return g_steal_pointer (&text);
  gate_config_report (reader->errors, reader->name, record->line, record->column,
                      "each %s needs a \"%s\" of 1 to 32 letters, digits, \"_\", \".\" or \"-\"",
                      reader->what, field);
  return NULL;
}

char **
gate_reader_take_list (const GateReader *reader,
                       const GateYaml   *record,
                       const char       *field)
{
  const GateYaml *member = find_field (record, field);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; member != NULL && member->kind == GATE_YAML_LIST && i < member->children->len;
       i++) {
    const GateYaml *item = g_ptr_array_index (member->children, i);

    if (item->kind == GATE_YAML_SCALAR)
      g_strv_builder_add (builder, item->text);
    else
      gate_config_report (reader->errors, reader->name, item->line, item->column,
                          "\"%s\" is a list of texts", field);
  }
  if (member != NULL && member->kind != GATE_YAML_LIST)
    gate_config_report (reader->errors, reader->name, member->line, member->column,
                        "\"%s\" needs a list", field);
  return g_strv_builder_end (builder);
}

gboolean
gate_reader_check_list (const GateReader *reader,
                        const GateYaml   *list)
{
  if (list->kind == GATE_YAML_LIST)
    return TRUE;
  gate_config_report (reader->errors, reader->name, list->line, list->column, "\"%s\" needs a list",
                      reader->key);
  return FALSE;
}

void
gate_reader_report_twice (const GateReader *reader,
                          const GateYaml   *record,
                          const char       *name)
{
  gate_config_report (reader->errors, reader->name, record->line, record->column,
                      "there is another %s \"%s\"", reader->what, name);
}
