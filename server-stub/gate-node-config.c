/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gate-node"

#include "config.h"

#include "gate-node-config.h"

#include <string.h>

/* Which branches of server.yaml a role may see. A secret of another part is not in a worker's memory. */
static const char *const edge_branches[] = { "io.",  "session.", "limits.", "listen.",
                                             "log.", "tls.",     NULL };
static const char *const http_branches[] = { "media.",   "limits.",       "log.",
                                             "session.", "conversation.", NULL };

/* Keys that must still stand at their default. */
static const struct {
  const char *key;
  const char *value;
  const char *instead;
} not_yet[] = {
  { "listen.proxy_protocol", "", "leave it out" },
  { "store.driver", "sqlite", "leave it out" },
  { "cluster.enable", "false", "leave it out" },
};

gboolean
gate_node_config_check (const GateConfig  *config,
                        GError           **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (not_yet); i++)
    if (g_strcmp0 (gate_config_get_string (config, not_yet[i].key), not_yet[i].value) != 0) {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSYS,
                   "This version does not know what to do with “%s” yet; %s", not_yet[i].key,
                   not_yet[i].instead);
      return FALSE;
    }
  return TRUE;
}

typedef struct {
  const char *const *branches;
  WireArena *arena;
  GPtrArray *settings; /* (element-type Gate__Link__V1__Setting) */
} Collect;

static void
collect_cb (const char *key,
            const char *value,
            gpointer    user_data)
{
  Collect *collect = user_data;
  Gate__Link__V1__Setting *setting;
  gsize i = 0;

  while (collect->branches[i] != NULL && !g_str_has_prefix (key, collect->branches[i]))
    i++;
  if (collect->branches[i] == NULL)
    return;
  setting = wire_arena_new0 (collect->arena, Gate__Link__V1__Setting);
  gate__link__v1__setting__init (setting);
  setting->key = wire_arena_strdup (collect->arena, key);
  setting->value = wire_arena_strdup (collect->arena, value);
  g_ptr_array_add (collect->settings, setting);
}

static char *
text_or_empty (const char *text)
{
  return (char *) (text != NULL ? text : "");
}

static Gate__Link__V1__App *
app_new (WireArena   *arena,
         const char  *key,
         const char  *name,
         char       **origins)
{
  Gate__Link__V1__App *app = wire_arena_new0 (arena, Gate__Link__V1__App);
  guint n = origins != NULL ? g_strv_length (origins) : 0;

  gate__link__v1__app__init (app);
  app->key = wire_arena_strdup (arena, text_or_empty (key));
  app->name = wire_arena_strdup (arena, text_or_empty (name));
  app->n_origins = n;
  app->origins = wire_arena_alloc0 (arena, sizeof (char *) * (n + 1));
  for (guint i = 0; i < n; i++)
    app->origins[i] = wire_arena_strdup (arena, origins[i]);
  return app;
}

/* The store keeps a list of texts as a JSON array, which is GVariant text too. */
static char **
parse_list (const char *json)
{
  g_autoptr (GVariant) value =
    json != NULL ? g_variant_parse (G_VARIANT_TYPE_STRING_ARRAY, json, NULL, NULL, NULL) : NULL;

  return value != NULL ? g_variant_dup_strv (value, NULL) : g_new0 (char *, 1);
}

static void
collect_apps (const GateNodeConfigInput *input,
              WireArena                 *arena,
              GPtrArray                 *apps)
{
  GPtrArray *configured = gate_config_get_apps (input->config);

  for (guint i = 0; i < configured->len; i++) {
    const GateConfigApp *from = g_ptr_array_index (configured, i);
    Gate__Link__V1__App *app = app_new (arena, from->key, from->name, from->origins);

    app->greeting = text_or_empty (from->greeting);
    app->color = text_or_empty (from->color);
    app->locale = text_or_empty (from->locale);
    g_ptr_array_add (apps, app);
  }
  for (guint i = 0; i < input->snapshot->n_apps; i++) {
    const GateAppRow *from = &input->snapshot->apps[i];
    g_auto (GStrv) origins = parse_list (from->origins);

    g_ptr_array_add (apps, app_new (arena, from->key, from->name, origins));
  }
}

static void
collect_queues (const GateConfig *config,
                WireArena        *arena,
                GPtrArray        *queues)
{
  GPtrArray *configured = gate_config_get_queues (config);

  for (guint i = 0; i < configured->len; i++) {
    const GateConfigQueue *from = g_ptr_array_index (configured, i);
    Gate__Link__V1__QueueCodes *queue = wire_arena_new0 (arena, Gate__Link__V1__QueueCodes);

    gate__link__v1__queue_codes__init (queue);
    queue->name = from->name;
    queue->codes = from->codes;
    queue->n_codes = g_strv_length (from->codes);
    g_ptr_array_add (queues, queue);
  }
}

static void
collect_canned (const GateConfig *config,
                WireArena        *arena,
                GPtrArray        *replies)
{
  GPtrArray *configured = gate_config_get_canned (config);

  for (guint i = 0; i < configured->len; i++) {
    const GateConfigCanned *from = g_ptr_array_index (configured, i);
    Gate__Link__V1__CannedReply *reply = wire_arena_new0 (arena, Gate__Link__V1__CannedReply);

    gate__link__v1__canned_reply__init (reply);
    reply->shortcut = from->shortcut;
    reply->title = from->title;
    reply->text = from->text;
    reply->folder = from->folder;
    reply->queues = from->queues;
    reply->n_queues = g_strv_length (from->queues);
    g_ptr_array_add (replies, reply);
  }
}

void
gate_node_config_send (const GateNodeConfigInput  *input,
                       guint                       index,
                       Gate__Link__V1__WorkerRole  role,
                       GateLink                   *link)
{
  gboolean is_http = role == GATE__LINK__V1__WORKER_ROLE__WR_HTTP;
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  g_autoptr (GPtrArray) settings = g_ptr_array_new ();
  g_autoptr (GPtrArray) apps = g_ptr_array_new ();
  g_autoptr (GPtrArray) queues = g_ptr_array_new ();
  g_autoptr (GPtrArray) canned = g_ptr_array_new ();
  g_autoptr (GChecksum) digest = g_checksum_new (G_CHECKSUM_SHA256);
  Collect collect = { is_http ? http_branches : edge_branches, arena, settings };
  Gate__Link__V1__WorkerConfig body = GATE__LINK__V1__WORKER_CONFIG__INIT;
  GateNodeTlsRecord tls;
  guint8 token_hash[32];
  gsize n_hash = sizeof token_hash;

  gate_config_foreach (input->config, collect_cb, &collect);
  collect_apps (input, arena, apps);
  body.n_settings = settings->len;
  body.settings = (Gate__Link__V1__Setting **) settings->pdata;
  body.n_apps = apps->len;
  body.apps = (Gate__Link__V1__App **) apps->pdata;
  body.log = input->snapshot->log;
  body.node = text_or_empty (gate_config_get_string (input->config, "node.id"));
  body.client_address = text_or_empty (input->client_address);
  if (is_http) {
    g_checksum_update (digest, (const guchar *) input->keys->ops_token,
                       (gssize) strlen (input->keys->ops_token));
    g_checksum_get_digest (digest, token_hash, &n_hash);
    body.ops_token_sha256 = (ProtobufCBinaryData){ sizeof token_hash, token_hash };
    body.media_secret = (ProtobufCBinaryData){ sizeof input->keys->media_secret,
                                               (guint8 *) input->keys->media_secret };
    body.data_dir = text_or_empty (input->data_dir);
    collect_queues (input->config, arena, queues);
    body.n_queues = queues->len;
    body.queues = (Gate__Link__V1__QueueCodes **) queues->pdata;
    collect_canned (input->config, arena, canned);
    body.n_canned = canned->len;
    body.canned = (Gate__Link__V1__CannedReply **) canned->pdata;
    body.demo = input->is_demo;
  } else {
    body.tls = gate_node_tls_describe (input->tls, &tls);
  }
  gate_link_send_message (link, GATE_RECORD_CONFIG, 0, 0, &body.base);
}

/* --- The core's settings ---------------------------------------------------------------------------- */

static GateCoreApp *
core_apps (const GateConfig *config,
           WireArena        *arena)
{
  GPtrArray *configured = gate_config_get_apps (config);
  GateCoreApp *apps = wire_arena_alloc0 (arena, sizeof (GateCoreApp) * MAX (configured->len, 1));

  for (guint i = 0; i < configured->len; i++) {
    const GateConfigApp *from = g_ptr_array_index (configured, i);

    apps[i].key = from->key;
    apps[i].origins = from->origins;
  }
  return apps;
}

static GateCoreQueue *
core_queues (const GateConfig *config,
             WireArena        *arena)
{
  GPtrArray *configured = gate_config_get_queues (config);
  GateCoreQueue *queues =
    wire_arena_alloc0 (arena, sizeof (GateCoreQueue) * MAX (configured->len, 1));

  for (guint i = 0; i < configured->len; i++) {
    const GateConfigQueue *from = g_ptr_array_index (configured, i);

    queues[i].name = from->name;
    queues[i].title = from->title;
    queues[i].priority = from->priority;
    queues[i].agents = from->agents;
  }
  return queues;
}

gboolean
gate_node_config_open_geo (const GateConfig  *config,
                           GateGeo          **ret_geo,
                           GError           **error)
{
  const char *path = gate_config_get_string (config, "geo.database");

  *ret_geo = NULL;
  if (path[0] != '\0')
    *ret_geo = gate_geo_open (path, gate_config_get_string (config, "geo.language"), error);
  return path[0] == '\0' || *ret_geo != NULL;
}

static char *
find_place_cb (gpointer    data,
               const char *peer)
{
  return gate_geo_find_place (data, peer);
}

/* Lists lie in @arena. */
static GateCoreSettings
core_settings (const GateConfig *config,
               const GateKeys   *keys,
               GateGeo          *geo,
               WireArena        *arena)
{
  GateCoreSettings settings = {
    .random = gate_random,
    .node = gate_config_get_string (config, "node.id"),
    .version = USHER_VERSION,
    .resume_key_id = 1,
    .ping_ms = gate_config_get_ms (config, "session.ping"),
    .idle_ms = gate_config_get_ms (config, "session.idle"),
    .resume_ms = gate_config_get_ms (config, "session.resume"),
    .edit_window_ms = gate_config_get_ms (config, "conversation.edit_window"),
    .offer_ms = gate_config_get_ms (config, "conversation.offer"),
    .owner_grace_ms = gate_config_get_ms (config, "conversation.owner_grace"),
    .visitor_grace_ms = gate_config_get_ms (config, "conversation.visitor_grace"),
    .wrapup_ms = gate_config_get_ms (config, "conversation.wrapup"),
    .reopen_ms = gate_config_get_ms (config, "conversation.reopen"),
    .sneak_peek = gate_config_get_bool (config, "conversation.sneak_peek"),
    .url_ttl_ms = gate_config_get_ms (config, "media.url_ttl"),
    .max_upload_bytes = (guint64) gate_config_get_bytes (config, "media.max_bytes"),
    .max_frame_bytes = (guint) gate_config_get_bytes (config, "io.max_packet"),
    .send_buffer_bytes = (guint) gate_config_get_bytes (config, "io.send_buffer"),
    .messages_per_s = (guint) gate_config_get_int (config, "limits.messages_per_s"),
    .messages_burst = (guint) gate_config_get_int (config, "limits.messages_burst"),
    .frames_per_s = (guint) gate_config_get_int (config, "limits.frames_per_s"),
    .conversations_per_address =
      (guint) gate_config_get_int (config, "limits.conversations_per_ip"),
    .batch_rows = (guint) gate_config_get_int (config, "store.batch"),
    .apps = core_apps (config, arena),
    .n_apps = gate_config_get_apps (config)->len,
    .queues = core_queues (config, arena),
    .n_queues = gate_config_get_queues (config)->len,
    .find_place = geo != NULL ? find_place_cb : NULL,
    .place_data = geo,
  };

  memcpy (settings.resume_key, keys->resume_key, sizeof settings.resume_key);
  memcpy (settings.media_secret, keys->media_secret, sizeof settings.media_secret);
  return settings;
}

GateCore *
gate_node_config_make_core (const GateConfig *config,
                            const GateKeys   *keys,
                            GateGeo          *geo,
                            const GateRemote *remote,
                            GateStore        *store)
{
  g_autoptr (WireArena) arena = wire_arena_new (1024);
  GateCoreSettings settings = core_settings (config, keys, geo, arena);

  return gate_core_new (&settings, remote, NULL, store);
}

void
gate_node_config_reload_core (const GateConfig *config,
                              const GateKeys   *keys,
                              GateGeo          *geo,
                              GateCore         *core)
{
  g_autoptr (WireArena) arena = wire_arena_new (1024);
  GateCoreSettings settings = core_settings (config, keys, geo, arena);

  gate_core_reload (core, &settings);
}
