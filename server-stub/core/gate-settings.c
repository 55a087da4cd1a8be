/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a shop has configured, as the core's own copy: when it starts, and again when the configuration is loaded anew. */
#include "config.h"

#include "gate-core-private.h"

#define IDLE_SLOT_MS  ((gint64) 10 * 60 * 1000)
#define IDLE_CLOSE_MS ((gint64) 2 * 3600 * 1000)

static void
app_free (gpointer data)
{
  GateCoreApp *app = data;

  g_free ((gpointer) app->key);
  g_strfreev (app->origins);
  g_free ((gpointer) app->secret);
  g_free (app);
}

void
gate_core_add_app (GateCore    *self,
                   const char  *key,
                   const char  *secret,
                   char       **origins)
{
  GateCoreApp *app = g_new0 (GateCoreApp, 1);

  app->key = g_strdup (key);
  app->secret = g_strdup (secret);
  app->origins = origins;
  g_ptr_array_add (self->apps, app);
}

static void
set_default (gint64 *field,
             gint64  value)
{
  if (*field == 0)
    *field = value;
}

void
gate_core_copy_settings (GateCore               *self,
                         const GateCoreSettings *settings)
{
  GateCoreSettings *own = &self->settings;

  *own = *settings;
  own->node = g_strdup (settings->node);
  own->version = g_strdup (settings->version);
  own->apps = NULL;
  own->queues = NULL;
  set_default (&own->idle_slot_ms, IDLE_SLOT_MS);
  set_default (&own->idle_close_ms, IDLE_CLOSE_MS);
  own->batch_rows = MAX (own->batch_rows, 1);
  own->max_frame_bytes = MAX (own->max_frame_bytes, 32 * 1024);
  self->apps = g_ptr_array_new_with_free_func (app_free);
  for (guint i = 0; i < settings->n_apps; i++)
    gate_core_add_app (self, settings->apps[i].key, settings->apps[i].secret,
                       g_strdupv (settings->apps[i].origins));
  self->n_fixed_apps = self->apps->len;
}

void
gate_core_free_settings (GateCore *self)
{
  g_clear_pointer (&self->apps, g_ptr_array_unref);
  g_free ((gpointer) self->settings.node);
  g_free ((gpointer) self->settings.version);
}

void
gate_core_reload (GateCore               *self,
                  const GateCoreSettings *settings)
{
  gate_core_free_settings (self);
  gate_core_copy_settings (self, settings);
}
