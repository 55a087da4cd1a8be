/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-http-config.h"

#include "gate-config.h"
#include "gate-log.h"
#include "wire-origin.h"

#include <string.h>

static void
app_free (gpointer data)
{
  GateHttpApp *self = data;

  g_free (self->key);
  g_free (self->name);
  g_strfreev (self->origins);
  g_free (self->greeting);
  g_free (self->color);
  g_free (self->locale);
  g_free (self);
}

static char **
dup_texts (char  **texts,
           gsize   n_texts)
{
  char **copy = g_new0 (char *, n_texts + 1);

  for (gsize i = 0; i < n_texts; i++)
    copy[i] = g_strdup (texts[i]);
  return copy;
}

static GateHttpApp *
app_new (const Gate__Link__V1__App *message)
{
  GateHttpApp *self = g_new0 (GateHttpApp, 1);

  self->key = g_strdup (message->key);
  self->name = g_strdup (message->name);
  self->origins = dup_texts (message->origins, message->n_origins);
  self->greeting = g_strdup (message->greeting);
  self->color = g_strdup (message->color);
  self->locale = g_strdup (message->locale);
  return self;
}

static void
queue_free (gpointer data)
{
  GateHttpQueue *self = data;

  g_free (self->name);
  g_strfreev (self->codes);
  g_free (self);
}

static GateHttpQueue *
queue_new (const Gate__Link__V1__QueueCodes *message)
{
  GateHttpQueue *self = g_new0 (GateHttpQueue, 1);

  self->name = g_strdup (message->name);
  self->codes = dup_texts (message->codes, message->n_codes);
  return self;
}

static void
canned_free (gpointer data)
{
  GateHttpCanned *self = data;

  g_free (self->shortcut);
  g_free (self->title);
  g_free (self->text);
  g_free (self->folder);
  g_strfreev (self->queues);
  g_free (self);
}

static GateHttpCanned *
canned_new (const Gate__Link__V1__CannedReply *message)
{
  GateHttpCanned *self = g_new0 (GateHttpCanned, 1);

  self->shortcut = g_strdup (message->shortcut);
  self->title = g_strdup (message->title);
  self->text = g_strdup (message->text);
  self->folder = g_strdup (message->folder);
  self->queues = dup_texts (message->queues, message->n_queues);
  return self;
}

/* The settings come as text; the typed table of base/ reads them as it reads a file. */
static void
take_settings (GateHttpConfig                     *self,
               const Gate__Link__V1__WorkerConfig *message)
{
  g_autoptr (GateConfig) config = gate_config_new ();
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (g_free);
  GateLogLevel level;

  for (gsize i = 0; i < message->n_settings; i++)
    (void) gate_config_set_text (config, message->settings[i]->key, message->settings[i]->value,
                                 "core", errors);
  self->has_sneak_peek = gate_config_get_bool (config, "conversation.sneak_peek");
  self->max_upload_bytes = (guint64) gate_config_get_bytes (config, "media.max_bytes");
  self->max_connections_per_address =
    (guint) gate_config_get_int (config, "limits.connections_per_ip");
  if (gate_log_parse_level (gate_config_get_string (config, "log.level"), &level))
    gate_log_set_level (level);
}

GateHttpConfig *
gate_http_config_new (const Gate__Link__V1__WorkerConfig *message)
{
  GateHttpConfig *self = g_new0 (GateHttpConfig, 1);

  self->apps = g_ptr_array_new_with_free_func (app_free);
  for (gsize i = 0; i < message->n_apps; i++)
    g_ptr_array_add (self->apps, app_new (message->apps[i]));
  self->queues = g_ptr_array_new_with_free_func (queue_free);
  for (gsize i = 0; i < message->n_queues; i++)
    g_ptr_array_add (self->queues, queue_new (message->queues[i]));
  self->canned = g_ptr_array_new_with_free_func (canned_free);
  for (gsize i = 0; i < message->n_canned; i++)
    g_ptr_array_add (self->canned, canned_new (message->canned[i]));
  self->media_secret = g_bytes_new (message->media_secret.data, message->media_secret.len);
  self->data_dir = g_strdup (message->data_dir);
  self->client_address = g_strdup (message->client_address);
  self->has_ops_token = message->ops_token_sha256.len == sizeof (self->ops_token_sha256);
  if (self->has_ops_token)
    memcpy (self->ops_token_sha256, message->ops_token_sha256.data,
            sizeof (self->ops_token_sha256));
  self->is_demo = message->demo;
  self->log = message->log;
  take_settings (self, message);
  return self;
}

void
gate_http_config_free (GateHttpConfig *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->apps);
  g_ptr_array_unref (self->queues);
  g_ptr_array_unref (self->canned);
  g_bytes_unref (self->media_secret);
  g_free (self->data_dir);
  g_free (self->client_address);
  g_free (self);
}

const GateHttpApp *
gate_http_config_get_app (const GateHttpConfig *self,
                          const char           *key)
{
  for (guint i = 0; i < self->apps->len; i++) {
    const GateHttpApp *app = g_ptr_array_index (self->apps, i);

    if (strcmp (app->key, key) == 0)
      return app;
  }
  return NULL;
}

static const GateHttpQueue *
find_queue (const GateHttpConfig *self,
            const char           *name)
{
  for (guint i = 0; i < self->queues->len; i++) {
    const GateHttpQueue *queue = g_ptr_array_index (self->queues, i);

    if (strcmp (queue->name, name) == 0)
      return queue;
  }
  return NULL;
}

const char *const *
gate_http_config_get_codes (const GateHttpConfig *self,
                            const char           *queue)
{
  static const char *const none[] = { NULL };
  const GateHttpQueue *found = find_queue (self, queue);

  if (found == NULL || found->codes[0] == NULL)
    found = find_queue (self, "default");
  return found == NULL ? none : (const char *const *) found->codes;
}

gboolean
gate_http_app_allows_origin (const GateHttpApp *app,
                             const char        *origin)
{
  WireText text = { origin, strlen (origin) };

  return wire_origin_is_allowed (text, (const char *const *) app->origins);
}

gboolean
gate_http_config_allows_origin (const GateHttpConfig *self,
                                const char           *origin)
{
  for (guint i = 0; i < self->apps->len; i++)
    if (gate_http_app_allows_origin (g_ptr_array_index (self->apps, i), origin))
      return TRUE;
  return FALSE;
}
