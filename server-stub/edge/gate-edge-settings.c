/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration that came over the link, as numbers, and the limits that connections share. */
#include "config.h"

#include "gate-edge-private.h"

#include "gate-log.h"
#include "gate-tls.h"
#include "wire-websocket.h"

#include <string.h>

static void
app_free (GateEdgeApp *app)
{
  g_free (app->key);
  g_strfreev (app->origins);
  g_free (app);
}

static void
load_apps (GateEdge                           *self,
           const Gate__Link__V1__WorkerConfig *body)
{
  g_clear_pointer (&self->apps, g_ptr_array_unref);
  self->apps = g_ptr_array_new_with_free_func ((GDestroyNotify) app_free);
  for (gsize i = 0; i < body->n_apps; i++) {
    const Gate__Link__V1__App *from = body->apps[i];
    GateEdgeApp *app = g_new0 (GateEdgeApp, 1);

    app->key = g_strdup (from->key);
    app->origins = g_new0 (char *, from->n_origins + 1);
    for (gsize j = 0; j < from->n_origins; j++)
      app->origins[j] = g_strdup (from->origins[j]);
    g_ptr_array_add (self->apps, app);
  }
}

static void
load_log (const GateConfig *config,
          guint             index)
{
  g_autofree char *loop = g_strdup_printf ("edge-%u", index);
  GateLogLevel level = GATE_LOG_INFO;

  (void) gate_log_parse_level (gate_config_get_string (config, "log.level"), &level);
  gate_log_init (loop, level, strcmp (gate_config_get_string (config, "log.format"), "json") == 0);
}

static guint
most_connections (const GateEdge *self)
{
  gint64 reserved = gate_config_get_int (self->config, "io.fds_reserved");
  gint64 by_fds = (gint64) self->max_fds - reserved;
  gint64 by_index = (1 << 20) - 1;

  return (guint) CLAMP (MIN (gate_config_get_int (self->config, "io.max_connections"), by_index), 1,
                        MAX (by_fds, 1));
}

static void
load_numbers (GateEdge *self)
{
  const GateConfig *config = self->config;
  GateEdgeSettings *to = &self->settings;

  to->hello_timeout_ms = (guint) gate_config_get_ms (config, "session.hello_timeout");
  to->head_timeout_ms = 2 * to->hello_timeout_ms;
  to->idle_ms = (guint) gate_config_get_ms (config, "session.idle");
  to->flush_ms = (guint) gate_config_get_ms (config, "io.flush_interval");
  to->max_frame_bytes = (guint) gate_config_get_bytes (config, "io.max_packet");
  to->max_fragments = WIRE_WEBSOCKET_MAX_FRAGMENTS;
  to->send_buffer_bytes = (guint) gate_config_get_bytes (config, "io.send_buffer");
  to->messages_per_s = (guint) gate_config_get_int (config, "limits.messages_per_s");
  to->messages_burst = (guint) gate_config_get_int (config, "limits.messages_burst");
  to->frames_per_s = (guint) gate_config_get_int (config, "limits.frames_per_s");
  to->address.connections = (guint) gate_config_get_int (config, "limits.connections_per_ip");
  to->address.connects_per_s = (guint) gate_config_get_int (config, "limits.connects_per_ip_per_s");
  to->agent_reserve = (guint) gate_config_get_int (config, "limits.agent_reserve");
  to->max_connections = most_connections (self);
}

static void
load_stranger (GateEdge *self)
{
  const GateEdgeSettings *from = &self->settings;
  GateClientLimits stranger = {
    .max_frame_bytes = from->max_frame_bytes,
    .messages_per_s = from->messages_per_s,
    .messages_burst = from->messages_burst,
    .frames_per_s = from->frames_per_s,
    .send_buffer_bytes = from->send_buffer_bytes,
  };

  if (self->stranger != NULL)
    gate_edge_unuse_limits (self, self->stranger);
  self->stranger = gate_edge_use_limits (self, &stranger);
}

/* The first certificate brings what every TLS connection shares; until then it costs nothing. */
static void
load_tls (GateEdge                  *self,
          const Gate__Link__V1__Tls *from)
{
  gboolean is_13_only = strcmp (gate_config_get_string (self->config, "tls.min"), "1.3") == 0;

  if (from != NULL && self->tls == NULL)
    self->tls = gate_tls_new (self->max_fds);
  if (from != NULL)
    gate_tls_load (self->tls, from, is_13_only);
  else if (self->tls != NULL)
    gate_tls_unload (self->tls);
}

void
gate_edge_load_config (GateEdge                           *self,
                       const Gate__Link__V1__WorkerConfig *body)
{
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < body->n_settings; i++)
    gate_config_set_text (self->config, body->settings[i]->key, body->settings[i]->value,
                          GATE_CONFIG_SOURCE_LINK, errors);
  load_log (self->config, self->index);
  gate_log_set_node (body->node);
  for (guint i = 0; i < errors->len; i++)
    gate_log (GATE_LOG_ERROR, "edge_setting_refused", "err", "s",
              (const char *) g_ptr_array_index (errors, i), NULL);
  load_apps (self, body);
  load_numbers (self);
  load_stranger (self);
  load_tls (self, body->tls);
}

const GateEdgeApp *
gate_edge_find_app (const GateEdge *self,
                    const char     *key)
{
  for (guint i = 0; i < self->apps->len; i++) {
    const GateEdgeApp *app = g_ptr_array_index (self->apps, i);

    if (strcmp (app->key, key) == 0)
      return app;
  }
  return NULL;
}

static gboolean
is_same (const GateClientLimits *a,
         const GateClientLimits *b)
{
  return a->role == b->role && a->is_signed_in == b->is_signed_in &&
         a->max_frame_bytes == b->max_frame_bytes && a->messages_per_s == b->messages_per_s &&
         a->messages_burst == b->messages_burst && a->frames_per_s == b->frames_per_s &&
         a->send_buffer_bytes == b->send_buffer_bytes && a->has_batch == b->has_batch;
}

GateClientLimits *
gate_edge_use_limits (GateEdge               *self,
                      const GateClientLimits *wanted)
{
  GateClientLimits *limits;

  for (guint i = 0; i < self->limits->len; i++) {
    limits = g_ptr_array_index (self->limits, i);
    if (is_same (limits, wanted)) {
      limits->n_users++;
      return limits;
    }
  }
  limits = g_memdup2 (wanted, sizeof *wanted);
  limits->n_users = 1;
  g_ptr_array_add (self->limits, limits);
  return limits;
}

void
gate_edge_unuse_limits (GateEdge         *self,
                        GateClientLimits *limits)
{
  if (--limits->n_users == 0)
    g_ptr_array_remove_fast (self->limits, limits);
}

void
gate_edge_free_settings (GateEdge *self)
{
  g_clear_pointer (&self->config, gate_config_free);
  g_clear_pointer (&self->apps, g_ptr_array_unref);
  g_clear_pointer (&self->limits, g_ptr_array_unref);
}
