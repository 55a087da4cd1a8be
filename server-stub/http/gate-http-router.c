/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-http-router.h"

#include "gate-conn.h"
#include "gate-http-config.h"
#include "gate-serve.h"

#include <string.h>

#define EXCHANGE_KEY "gate-exchange"

/* clang-format off */
const GateHttpRoute gate_http_routes[] = {
  { GATE_SIDE_PUBLIC, "POST",    "/api/v1/auth/sign-in",               NULL, gate_serve_sign_in },
  { GATE_SIDE_PUBLIC, "POST",    "/api/v1/auth/refresh",               NULL, gate_serve_refresh },
  { GATE_SIDE_PUBLIC, "POST",    "/api/v1/auth/sign-out",              NULL, gate_serve_sign_out },
  { GATE_SIDE_PUBLIC, "POST",    "/api/v1/auth/password",              NULL, gate_serve_password },
  { GATE_SIDE_PUBLIC, "GET",     "/api/v1/me",                         NULL, gate_serve_me },
  { GATE_SIDE_PUBLIC, "GET",     "/api/v1/conversations/{}/messages",  NULL, gate_serve_history },
  { GATE_SIDE_PUBLIC, "GET",     "/api/v1/dispositions",               NULL, gate_serve_dispositions },
  { GATE_SIDE_PUBLIC, "GET",     "/api/v1/canned",                     NULL, gate_serve_canned },
  { GATE_SIDE_PUBLIC, "GET",     "/api/v1/search",                     NULL, gate_serve_search },
  { GATE_SIDE_PUBLIC, "POST",    "/api/v1/uploads",                    NULL, gate_serve_upload_ticket },
  { GATE_SIDE_PUBLIC, "PUT",     "/media/up/{}", gate_serve_upload_early, gate_serve_upload },
  { GATE_SIDE_PUBLIC, "OPTIONS", "/media/up/{}",                       NULL, gate_serve_upload_options },
  { GATE_SIDE_PUBLIC, "GET",     "/media/{}/{}/{}",                    NULL, gate_serve_media },
  { GATE_SIDE_PUBLIC, "GET",     "/api/v1/widget/{}",                  NULL, gate_serve_widget_config },
  { GATE_SIDE_PUBLIC, "GET",     "/widget.js",                         NULL, gate_serve_widget_loader },
  { GATE_SIDE_PUBLIC, "GET",     "/widget/{}/{}",                      NULL, gate_serve_widget_file },
  { GATE_SIDE_PUBLIC, "GET",     "/dict/1",                            NULL, gate_serve_dictionary },
  { GATE_SIDE_PUBLIC, "GET",     "/demo",                              NULL, gate_serve_demo },
  { GATE_SIDE_PUBLIC, "GET",     "/demo/{}",                           NULL, gate_serve_demo },
  { GATE_SIDE_PUBLIC, "GET",     "/",                                  NULL, gate_serve_home },
  { GATE_SIDE_OPS,    "GET",     "/livez",                             gate_serve_ops_guard, gate_serve_livez },
  { GATE_SIDE_OPS,    "GET",     "/readyz",                            gate_serve_ops_guard, gate_serve_readyz },
  { GATE_SIDE_OPS,    "GET",     "/startupz",                          gate_serve_ops_guard, gate_serve_startupz },
  { GATE_SIDE_OPS,    "GET",     "/metrics",                           gate_serve_ops_guard, gate_serve_metrics },
};
/* clang-format on */

const gsize gate_n_http_routes = G_N_ELEMENTS (gate_http_routes);

/* --- Matching ------------------------------------------------------------------------------------ */

static void
clear_params (char *params[GATE_PATH_MAX_PARAMS])
{
  for (gsize i = 0; i < GATE_PATH_MAX_PARAMS; i++)
    g_clear_pointer (&params[i], g_free);
}

static gboolean
take_segment (const char **path,
              char       **ret_param)
{
  gsize n = strcspn (*path, "/");

  if (n == 0 || memchr (*path, '%', n) != NULL)
    return FALSE;
  *ret_param = g_strndup (*path, n);
  *path += n;
  return TRUE;
}

gboolean
gate_http_router_match (const char *pattern,
                        const char *path,
                        char       *ret_params[GATE_PATH_MAX_PARAMS])
{
  char *params[GATE_PATH_MAX_PARAMS] = { NULL };
  gsize n_params = 0;

  while (*pattern != '\0') {
    if (g_str_has_prefix (pattern, "{}")) {
      if (!take_segment (&path, &params[n_params++])) {
        clear_params (params);
        return FALSE;
      }
      pattern += 2;
    } else if (*pattern++ != *path++) {
      clear_params (params);
      return FALSE;
    }
  }
  if (*path != '\0') {
    clear_params (params);
    return FALSE;
  }
  memcpy (ret_params, params, sizeof (params));
  return TRUE;
}

guint64
gate_http_router_max_body_bytes (GateHttp           *http,
                                 const WireHttpHead *head)
{
  gboolean is_upload = head->method == WIRE_HTTP_PUT &&
                       head->path.n_bytes > strlen ("/media/up/") &&
                       memcmp (head->path.data, "/media/up/", strlen ("/media/up/")) == 0;

  if (is_upload)
    return http->config->max_upload_bytes;
  switch (head->method) {
  case WIRE_HTTP_POST:
  case WIRE_HTTP_PUT:
  case WIRE_HTTP_PATCH:
  case WIRE_HTTP_DELETE:
    return GATE_CONN_MAX_BODY_BYTES;
  case WIRE_HTTP_GET:
  case WIRE_HTTP_HEAD:
  case WIRE_HTTP_OPTIONS:
  default:
    return 0;
  }
}

/* HEAD is answered as GET; libsoup leaves the body away. */
static gboolean
method_matches (const GateHttpRoute *route,
                const char          *method)
{
  return strcmp (route->method, method) == 0 ||
         (strcmp (method, "HEAD") == 0 && strcmp (route->method, "GET") == 0);
}

/* With no route for the method, @allowed names those that exist. */
static const GateHttpRoute *
find_route (GateExchange *exchange,
            const char   *path,
            GString      *allowed)
{
  const char *method = soup_server_message_get_method (exchange->message);

  for (gsize i = 0; i < gate_n_http_routes; i++) {
    const GateHttpRoute *route = &gate_http_routes[i];
    char *params[GATE_PATH_MAX_PARAMS] = { NULL };

    if (route->side != exchange->side || !gate_http_router_match (route->pattern, path, params))
      continue;
    if (method_matches (route, method)) {
      memcpy (exchange->params, params, sizeof (params));
      return route;
    }
    clear_params (params);
    g_string_append_printf (allowed, "%s%s", allowed->len > 0 ? ", " : "", route->method);
  }
  return NULL;
}

static void
refuse_route (GateExchange *exchange,
              GString      *allowed)
{
  if (allowed->len == 0) {
    gate_exchange_problem (exchange, SOUP_STATUS_NOT_FOUND, "not_found", NULL);
    return;
  }
  gate_exchange_set_header (exchange, "Allow", allowed->str);
  gate_exchange_problem (exchange, SOUP_STATUS_METHOD_NOT_ALLOWED, "method_not_allowed", NULL);
}

/* --- libsoup ------------------------------------------------------------------------------------- */

static void
message_finished (SoupServerMessage *message,
                  gpointer           user_data)
{
  GateExchange *exchange = user_data;

  exchange->is_finished = TRUE;
}

static GateExchange *
attach_exchange (GateHttp          *http,
                 SoupServerMessage *message,
                 GHashTable        *query)
{
  GSocketAddress *address = soup_server_message_get_remote_address (message);
  GateStream *stream = g_object_get_data (G_OBJECT (address), GATE_HTTP_STREAM_KEY);
  GateExchange *exchange = gate_exchange_new (http, message, stream, query);

  g_object_set_data_full (G_OBJECT (message), EXCHANGE_KEY, exchange,
                          (GDestroyNotify) gate_exchange_unref);
  g_signal_connect (message, "finished", G_CALLBACK (message_finished), exchange);
  return exchange;
}

/* The head is here, the body is not. */
static void
early_cb (SoupServer        *server,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           user_data)
{
  GateExchange *exchange = attach_exchange (user_data, message, query);
  g_autoptr (GString) allowed = g_string_new (NULL);

  exchange->route = find_route (exchange, path, allowed);
  if (exchange->route == NULL)
    refuse_route (exchange, allowed);
  else if (exchange->route->early != NULL)
    exchange->route->early (exchange);
  /* Answered before the body is here: what still comes of it is read and forgotten. */
  if (soup_server_message_get_status (message) != 0)
    soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
}

static void
serve_cb (SoupServer        *server,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           user_data)
{
  GateExchange *exchange = g_object_get_data (G_OBJECT (message), EXCHANGE_KEY);

  exchange->route->serve (exchange);
}

/* Only for answers that were written whole; after an aborted one the connection ends. */
static void
request_finished_cb (SoupServer        *server,
                     SoupServerMessage *message,
                     gpointer           user_data)
{
  GateExchange *exchange = g_object_get_data (G_OBJECT (message), EXCHANGE_KEY);
  GateConn *conn = exchange != NULL ? gate_stream_get_user_data (exchange->stream) : NULL;

  if (conn != NULL)
    gate_conn_answered (conn);
}

SoupServer *
gate_http_router_new (GateHttp *http)
{
  /* Raw paths: libsoup would decode them, and `%2f` is not `/`. */
  SoupServer *server = g_object_new (SOUP_TYPE_SERVER, "raw-paths", TRUE, NULL);
  static const char *const roots[] = { "/", "*" };

  for (gsize i = 0; i < G_N_ELEMENTS (roots); i++) {
    soup_server_add_early_handler (server, roots[i], early_cb, http, NULL);
    soup_server_add_handler (server, roots[i], serve_cb, http, NULL);
  }
  g_signal_connect (server, "request-finished", G_CALLBACK (request_finished_cb), NULL);
  return server;
}
