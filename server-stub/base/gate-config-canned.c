/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Canned replies of the team: what every agent's console finds by a slash, beside the agent's own. */
#include "config.h"

#include "gate-config-reader.h"

#include <string.h>

/* As a message may be long. */
#define MAX_TEXT_CHARS     4000
#define MAX_TITLE_CHARS    128
#define MAX_SHORTCUT_CHARS 32
#define MAX_CANNED         1000u
/* All of them go to the worker in one record of 1 MiB, and to a console in one answer. */
#define MAX_BYTES ((gsize) 256 * 1024)

static const char *const canned_fields[] = {
  "shortcut", "title", "text", "folder", "queues", NULL
};

static void
canned_free (GateConfigCanned *canned)
{
  g_free (canned->shortcut);
  g_free (canned->title);
  g_free (canned->text);
  g_free (canned->folder);
  g_strfreev (canned->queues);
  g_free (canned);
}

GPtrArray *
gate_config_canned_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) canned_free);
}

/* Lines may be broken in the text, nowhere else. */
static gboolean
is_fit (const char *text,
        glong       max_chars,
        gboolean    may_break)
{
  if (*text == '\0' || g_utf8_strlen (text, -1) > max_chars)
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)) && !(may_break && *p == '\n'))
      return FALSE;
  return TRUE;
}

static void
check_field (const GateReader *reader,
             const GateYaml   *record,
             const char       *field,
             const char       *text,
             glong             max_chars)
{
  if (text == NULL || !is_fit (text, max_chars, strcmp (field, "text") == 0))
    gate_config_report (reader->errors, reader->name, record->line, record->column,
                        "each %s needs a \"%s\" of 1 to %ld characters", reader->what, field,
                        max_chars);
}

/* What an agent types behind a slash: in any script, but without a space. */
static void
check_shortcut (const GateReader *reader,
                const GateYaml   *record,
                const char       *shortcut)
{
  gboolean is_good = shortcut != NULL && is_fit (shortcut, MAX_SHORTCUT_CHARS, FALSE);

  for (const char *p = shortcut; is_good && *p != '\0'; p = g_utf8_next_char (p))
    is_good = *p != '/' && !g_unichar_isspace (g_utf8_get_char (p));
  if (!is_good)
    gate_config_report (reader->errors, reader->name, record->line, record->column,
                        "each %s needs a \"shortcut\" of 1 to %d characters without space or \"/\"",
                        reader->what, MAX_SHORTCUT_CHARS);
}

static GateConfigCanned *
read_canned (const GateReader *reader,
             const GateYaml   *record)
{
  GateConfigCanned *canned = g_new0 (GateConfigCanned, 1);

  canned->shortcut = gate_reader_take_text (reader, record, "shortcut");
  canned->title = gate_reader_take_text (reader, record, "title");
  canned->text = gate_reader_take_text (reader, record, "text");
  canned->folder = gate_reader_take_text (reader, record, "folder");
  canned->queues = gate_reader_take_list (reader, record, "queues");
  if (canned->title == NULL)
    canned->title = g_strdup (canned->shortcut);
  if (canned->folder == NULL)
    canned->folder = g_strdup ("");
  check_shortcut (reader, record, canned->shortcut);
  check_field (reader, record, "title", canned->title, MAX_TITLE_CHARS);
  check_field (reader, record, "text", canned->text, MAX_TEXT_CHARS);
  if (*canned->folder != '\0')
    check_field (reader, record, "folder", canned->folder, MAX_TITLE_CHARS);
  return canned;
}

/* Two may share a shortcut when no queue has both. */
static gboolean
share_a_queue (const GateConfigCanned *a,
               const GateConfigCanned *b)
{
  if (a->queues[0] == NULL || b->queues[0] == NULL)
    return TRUE;
  for (guint i = 0; a->queues[i] != NULL; i++)
    if (g_strv_contains ((const char *const *) b->queues, a->queues[i]))
      return TRUE;
  return FALSE;
}

static void
check_twice (const GateReader       *reader,
             const GateYaml         *record,
             const GPtrArray        *before,
             const GateConfigCanned *canned)
{
  for (guint i = 0; i < before->len; i++) {
    const GateConfigCanned *other = g_ptr_array_index (before, i);

    if (g_strcmp0 (other->shortcut, canned->shortcut) == 0 && share_a_queue (other, canned)) {
      gate_reader_report_twice (reader, record, canned->shortcut);
      return;
    }
  }
}

static gsize
size_of (const GateConfigCanned *canned)
{
  return strlen (canned->shortcut) + strlen (canned->title) + strlen (canned->text) +
         strlen (canned->folder);
}

static void
check_room (const GateReader *reader,
            const GateYaml   *list,
            const GPtrArray  *all)
{
  gsize n_bytes = 0;

  for (guint i = 0; i < all->len; i++)
    n_bytes += size_of (g_ptr_array_index (all, i));
  if (all->len > MAX_CANNED || n_bytes > MAX_BYTES)
    gate_config_report (reader->errors, reader->name, list->line, list->column,
                        "\"canned\" has more than %u entries, or %" G_GSIZE_FORMAT " bytes",
                        MAX_CANNED, MAX_BYTES);
}

/* What lacks its shortcut or its text has been reported. */
static void
take_record (GateConfig       *self,
             const GateReader *reader,
             const GateYaml   *record)
{
  GateConfigCanned *canned;

  if (!gate_reader_check (reader, record))
    return;
  canned = read_canned (reader, record);
  if (canned->shortcut == NULL || canned->text == NULL) {
    canned_free (canned);
    return;
  }
  check_twice (reader, record, self->canned, canned);
  g_ptr_array_add (self->canned, canned);
}

void
gate_config_load_canned (GateConfig     *self,
                         const GateYaml *list,
                         const char     *name,
                         GPtrArray      *errors)
{
  GateReader reader = { name, errors, "canned", "canned reply", canned_fields };

  if (!gate_reader_check_list (&reader, list))
    return;
  g_ptr_array_set_size (self->canned, 0);
  g_free (self->canned_source);
  self->canned_source = g_strdup (name);
  for (guint i = 0; i < list->children->len; i++)
    take_record (self, &reader, g_ptr_array_index (list->children, i));
  check_room (&reader, list, self->canned);
}
