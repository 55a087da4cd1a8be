/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The widget's files, its configuration, the demo shop and the front page (`PROTOCOLS.md` 2e.6). */
#include "config.h"

#include "gate-serve.h"

#include "gate-http-config.h"
#include "gate-widget-hash.h"
#include "gate-widget-resources.h"

#include <string.h>

#define PREFIX    "/usher/widget/"
#define IMMUTABLE "public, max-age=31536000, immutable"

/* Everything a page of our own may do: its scripts, styles, pictures and voice notes, and the socket. */
#define PAGE_POLICY                                                                   \
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "         \
  "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' ws: wss:; " \
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/* --- Files --------------------------------------------------------------------------------------- */

static const char *
mime_of (const char *name)
{
  if (g_str_has_suffix (name, ".js"))
    return "text/javascript; charset=utf-8";
  if (g_str_has_suffix (name, ".css"))
    return "text/css; charset=utf-8";
  if (g_str_has_suffix (name, ".json"))
    return "application/json";
  if (g_str_has_suffix (name, ".html"))
    return "text/html; charset=utf-8";
  if (g_str_has_suffix (name, ".svg"))
    return "image/svg+xml";
  return "application/octet-stream";
}

static GBytes *
look_up (const char *name,
         const char *suffix)
{
  g_autofree char *path = g_strconcat (PREFIX, name, suffix, NULL);

  return g_resource_lookup_data (gate_widget_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE,
                                 NULL);
}

static void
serve_file (GateExchange *exchange,
            const char   *name,
            const char   *cache_control)
{
  gboolean is_packed = gate_exchange_accepts_gzip (exchange);
  g_autoptr (GBytes) bytes = is_packed ? look_up (name, ".gz") : look_up (name, "");

  if (bytes == NULL) {
    gate_exchange_problem (exchange, SOUP_STATUS_NOT_FOUND, "not_found", NULL);
    return;
  }
  gate_exchange_set_header (exchange, "Cache-Control", cache_control);
  gate_exchange_set_header (exchange, "Vary", "Accept-Encoding");
  /* The tag is the hash over all files. */
  if (gate_exchange_tag (exchange, "\"" GATE_WIDGET_HASH "\""))
    return;
  if (is_packed)
    gate_exchange_set_header (exchange, "Content-Encoding", "gzip");
  gate_exchange_bytes (exchange, SOUP_STATUS_OK, mime_of (name), bytes);
}

/* Any site may load these: they hold nothing that is anybody's. */
static void
serve_public_file (GateExchange *exchange,
                   const char   *name,
                   const char   *cache_control)
{
  gate_exchange_set_header (exchange, "Access-Control-Allow-Origin", "*");
  gate_exchange_set_header (exchange, "Cross-Origin-Resource-Policy", "cross-origin");
  serve_file (exchange, name, cache_control);
}

void
gate_serve_widget_loader (GateExchange *exchange)
{
  serve_public_file (exchange, "widget.js", "public, max-age=300");
}

void
gate_serve_widget_file (GateExchange *exchange)
{
  const char *name = exchange->params[1];

  /* An older hash belongs to files that are gone; `.gz` is a name of ours, not of the web. */
  if (strcmp (exchange->params[0], GATE_WIDGET_HASH) != 0 || g_str_has_suffix (name, ".gz"))
    gate_exchange_problem (exchange, SOUP_STATUS_NOT_FOUND, "not_found", NULL);
  else
    serve_public_file (exchange, name, IMMUTABLE);
}

/* --- Pages --------------------------------------------------------------------------------------- */

void
gate_serve_demo (GateExchange *exchange)
{
  const char *asked = exchange->params[0] != NULL ? exchange->params[0] : "index.html";
  g_autofree char *name = g_strconcat ("demo/", asked, NULL);

  if (!exchange->http->config->is_demo || g_str_has_suffix (name, ".gz")) {
    gate_exchange_problem (exchange, SOUP_STATUS_NOT_FOUND, "not_found", NULL);
    return;
  }
  gate_exchange_set_header (exchange, "Content-Security-Policy", PAGE_POLICY);
  serve_file (exchange, name, "no-cache");
}

void
gate_serve_home (GateExchange *exchange)
{
  static const char page[] =
    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Usher</title>\n"
    "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;"
    "color-scheme:light dark}</style>\n"
    "<h1>Usher</h1>\n<p>This is usher-gate " USHER_VERSION
    ", the gateway of a customer service.</p>\n"
    "<p>Visitors meet it as a chat on a web page: "
    "<code>&lt;script async src=\"/widget.js\" data-app=\"KEY\"&gt;&lt;/script&gt;</code></p>\n"
    "<p>Agents connect to it with the desktop console, <code>usher --gateway ADDRESS</code>.</p>\n";
  g_autoptr (GBytes) body = NULL;
  g_autofree char *text =
    g_strconcat (page,
                 exchange->http->config->is_demo ? "<p><a href=\"/demo\">The demo shop</a></p>\n"
                                                 : "",
                 NULL);

  body = g_bytes_new (text, strlen (text));
  gate_exchange_set_header (exchange, "Content-Security-Policy", PAGE_POLICY);
  gate_exchange_bytes (exchange, SOUP_STATUS_OK, "text/html; charset=utf-8", body);
}

/* --- Configuration ------------------------------------------------------------------------------- */

static void
add_text (JsonBuilder *json,
          const char  *name,
          const char  *value)
{
  if (value[0] == '\0')
    return;
  json_builder_set_member_name (json, name);
  json_builder_add_string_value (json, value);
}

static void
add_flag (JsonBuilder *json,
          const char  *name,
          gboolean     value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_boolean_value (json, value);
}

static void
answer_config (GateExchange      *exchange,
               const GateHttpApp *app)
{
  JsonBuilder *json = json_builder_new ();

  json_builder_begin_object (json);
  add_text (json, "title", app->name);
  add_text (json, "greeting", app->greeting);
  add_text (json, "color", app->color);
  add_text (json, "locale", app->locale);
  add_flag (json, "open", TRUE);
  json_builder_set_member_name (json, "form");
  json_builder_begin_array (json);
  json_builder_end_array (json);
  add_flag (json, "sneak_peek", exchange->http->config->has_sneak_peek);
  json_builder_set_member_name (json, "max_upload");
  json_builder_add_int_value (json, (gint64) exchange->http->config->max_upload_bytes);
  add_flag (json, "origins_ok", TRUE);
  json_builder_end_object (json);
  gate_exchange_set_header (exchange, "Cache-Control", "private, max-age=60");
  gate_exchange_json (exchange, SOUP_STATUS_OK, json);
}

/* A page of the same origin sends none; any other must be on the app's list. */
void
gate_serve_widget_config (GateExchange *exchange)
{
  const GateHttpApp *app = gate_http_config_get_app (exchange->http->config, exchange->params[0]);
  const char *origin = gate_exchange_get_header (exchange, "Origin");

  if (app == NULL) {
    gate_exchange_problem (exchange, SOUP_STATUS_NOT_FOUND, "not_found", NULL);
    return;
  }
  if (origin != NULL && !gate_http_app_allows_origin (app, origin)) {
    gate_exchange_allow_origin (exchange, NULL);
    gate_exchange_problem (exchange, SOUP_STATUS_FORBIDDEN, "origin_not_allowed", NULL);
    return;
  }
  gate_exchange_allow_origin (exchange, origin);
  if (origin != NULL)
    gate_exchange_set_header (exchange, "Cross-Origin-Resource-Policy", "cross-origin");
  answer_config (exchange, app);
}
