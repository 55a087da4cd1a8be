/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two lists of records this version uses: apps and queues. */
#include "config.h"

#include "gate-config-reader.h"

#include <string.h>

static const char *const app_fields[] = { "key",   "name",   "origins", "greeting",
                                          "color", "locale", NULL };

#define MAX_CODES       64u
#define MAX_TITLE_CHARS 64

/* What routing will use later is accepted as it is. */
static const char *const queue_fields[] = {
  "name",        "title",       "priority", "agents",   "policy",       "skills",
  "sticky_days", "sticky_wait", "offer",    "overflow", "max_wait",     "max_len",
  "hours",       "tiers",       "strict",   "weight",   "dispositions", NULL,
};

static void
app_free (GateConfigApp *app)
{
  g_free (app->key);
  g_free (app->name);
  g_strfreev (app->origins);
  g_free (app->greeting);
  g_free (app->color);
  g_free (app->locale);
  g_free (app);
}

static void
queue_free (GateConfigQueue *queue)
{
  g_free (queue->name);
  g_free (queue->title);
  g_strfreev (queue->agents);
  g_strfreev (queue->codes);
  g_free (queue);
}

GPtrArray *
gate_config_apps_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) app_free);
}

GPtrArray *
gate_config_queues_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) queue_free);
}

static gboolean
is_origin_pattern (const char *origin)
{
  const char *host = strstr (origin, "://");

  return strcmp (origin, "*") == 0 ||
         (host != NULL && host > origin && host[3] != '\0' && strpbrk (host + 3, "/ ?#") == NULL);
}

static void
check_origins (const GateReader    *reader,
               const GateYaml      *record,
               const GateConfigApp *app)
{
  for (guint i = 0; app->origins[i] != NULL; i++)
    if (!is_origin_pattern (app->origins[i]))
      gate_config_report (reader->errors, reader->name, record->line, record->column,
                          "\"%s\" is no origin such as https://shop.example", app->origins[i]);
}

static gboolean
is_color (const char *text)
{
  return text[0] == '#' && strlen (text) == 7 && strspn (text + 1, "0123456789abcdefABCDEF") == 6;
}

static GateConfigApp *
read_app (const GateReader *reader,
          const GateYaml   *record)
{
  GateConfigApp *app = g_new0 (GateConfigApp, 1);

  app->key = gate_reader_take_name (reader, record, "key");
  app->name = gate_reader_take_text (reader, record, "name");
  if (app->name == NULL)
    app->name = g_strdup (app->key);
  app->origins = gate_reader_take_list (reader, record, "origins");
  app->greeting = gate_reader_take_text (reader, record, "greeting");
  app->color = gate_reader_take_text (reader, record, "color");
  app->locale = gate_reader_take_text (reader, record, "locale");
  check_origins (reader, record, app);
  if (app->color != NULL && !is_color (app->color))
    gate_config_report (reader->errors, reader->name, record->line, record->column,
                        "\"color\" must be written like #3584e4");
  return app;
}

static int
read_priority (const GateReader *reader,
               const GateYaml   *record)
{
  static const char *const words[] = { "low", "normal", "high", "urgent", NULL };
  g_autofree char *text = gate_reader_take_text (reader, record, "priority");

  if (text == NULL)
    return 0;
  for (int i = 0; words[i] != NULL; i++) {
    g_autofree char *number = g_strdup_printf ("%d", i - 1);

    if (strcmp (text, words[i]) == 0 || strcmp (text, number) == 0)
      return i - 1;
  }
  gate_config_report (reader->errors, reader->name, record->line, record->column,
                      "\"priority\" must be low, normal, high or urgent (-1 to 2)");
  return 0;
}

/* "code" or "code=Title": the code goes into reports and never changes, the title is what an agent reads. */
static gboolean
is_code (const char *text)
{
  gsize n = strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

  return n > 0 && n <= 32 &&
         (text[n] == '\0' || (text[n] == '=' && text[n + 1] != '\0' &&
                              g_utf8_strlen (text + n + 1, -1) <= MAX_TITLE_CHARS));
}

static void
check_codes (const GateReader      *reader,
             const GateYaml        *record,
             const GateConfigQueue *queue)
{
  if (g_strv_length (queue->codes) > MAX_CODES)
    gate_config_report (reader->errors, reader->name, record->line, record->column,
                        "\"dispositions\" has more than %u entries", MAX_CODES);
  for (guint i = 0; queue->codes[i] != NULL; i++)
    if (!is_code (queue->codes[i]))
      gate_config_report (reader->errors, reader->name, record->line, record->column,
                          "\"%s\" is no disposition such as sold or \"sold=Sold in the shop\"",
                          queue->codes[i]);
}

static GateConfigQueue *
read_queue (const GateReader *reader,
            const GateYaml   *record)
{
  GateConfigQueue *queue = g_new0 (GateConfigQueue, 1);

  queue->name = gate_reader_take_name (reader, record, "name");
  queue->title = gate_reader_take_text (reader, record, "title");
  if (queue->title == NULL)
    queue->title = g_strdup (queue->name);
  queue->priority = read_priority (reader, record);
  queue->agents = gate_reader_take_list (reader, record, "agents");
  queue->codes = gate_reader_take_list (reader, record, "dispositions");
  check_codes (reader, record, queue);
  return queue;
}

void
gate_config_load_apps (GateConfig     *self,
                       const GateYaml *list,
                       const char     *name,
                       GPtrArray      *errors)
{
  GateReader reader = { name, errors, "apps", "app", app_fields };
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  if (!gate_reader_check_list (&reader, list))
    return;
  g_ptr_array_set_size (self->apps, 0);
  g_free (self->apps_source);
  self->apps_source = g_strdup (name);
  for (guint i = 0; i < list->children->len; i++) {
    const GateYaml *record = g_ptr_array_index (list->children, i);
    GateConfigApp *app = gate_reader_check (&reader, record) ? read_app (&reader, record) : NULL;

    if (app != NULL && app->key != NULL && !g_hash_table_add (seen, app->key))
      gate_reader_report_twice (&reader, record, app->key);
    if (app != NULL)
      g_ptr_array_add (self->apps, app);
  }
}

void
gate_config_load_queues (GateConfig     *self,
                         const GateYaml *list,
                         const char     *name,
                         GPtrArray      *errors)
{
  GateReader reader = { name, errors, "queues", "queue", queue_fields };
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  if (!gate_reader_check_list (&reader, list))
    return;
  g_ptr_array_set_size (self->queues, 0);
  g_free (self->queues_source);
  self->queues_source = g_strdup (name);
  for (guint i = 0; i < list->children->len; i++) {
    const GateYaml *record = g_ptr_array_index (list->children, i);
    GateConfigQueue *queue =
      gate_reader_check (&reader, record) ? read_queue (&reader, record) : NULL;

    if (queue != NULL && queue->name != NULL && !g_hash_table_add (seen, queue->name))
      gate_reader_report_twice (&reader, record, queue->name);
    if (queue != NULL)
      g_ptr_array_add (self->queues, queue);
  }
  gate_config_add_default_records (self);
}

/* A shop that names no queue has one; one that names its own still has somewhere to put what asks for none. */
void
gate_config_add_default_records (GateConfig *self)
{
  GateConfigQueue *queue;

  for (guint i = 0; i < self->queues->len; i++) {
    queue = g_ptr_array_index (self->queues, i);
    if (g_strcmp0 (queue->name, "default") == 0)
      return;
  }
  queue = g_new0 (GateConfigQueue, 1);
  queue->name = g_strdup ("default");
  queue->title = g_strdup ("Default");
  queue->agents = g_new0 (char *, 1);
  queue->codes = g_new0 (char *, 1);
  g_ptr_array_insert (self->queues, 0, queue);
}
