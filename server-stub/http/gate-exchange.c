/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-exchange.h"

#include "gate-conn.h"
#include "wire-token.h"

#include <string.h>

#define REQUEST_ID_HEADER "X-Request-Id"

/* On every answer; a route that serves files or pages replaces what it must. */
static const char *const security_headers[][2] = {
  { "X-Content-Type-Options", "nosniff" },
  { "X-Frame-Options", "DENY" },
  { "Referrer-Policy", "no-referrer" },
  { "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'" },
  { "Cross-Origin-Resource-Policy", "same-origin" },
  { "Cache-Control", "no-store" },
};

static void
take_request_id (GateExchange *self)
{
  const char *given = gate_exchange_get_header (self, REQUEST_ID_HEADER);

  if (given != NULL && gate_request_id_is_good (given))
    g_strlcpy (self->request_id, given, sizeof (self->request_id));
  else
    gate_request_id_make (self->request_id);
  gate_exchange_set_header (self, REQUEST_ID_HEADER, self->request_id);
}

GateExchange *
gate_exchange_new (GateHttp          *http,
                   SoupServerMessage *message,
                   GateStream        *stream,
                   GHashTable        *query)
{
  GateExchange *self = g_new0 (GateExchange, 1);
  const GateConn *conn = gate_stream_get_user_data (stream);

  self->n_refs = 1;
  self->http = http;
  self->message = message; /* it owns us: no reference, or neither would ever go */
  self->stream = g_object_ref (stream);
  self->query = query != NULL ? g_hash_table_ref (query) : NULL;
  self->peer = g_strdup (conn != NULL ? gate_conn_get_peer (conn) : "");
  self->side = conn != NULL && gate_conn_is_ops (conn) ? GATE_SIDE_OPS : GATE_SIDE_PUBLIC;
  for (gsize i = 0; i < G_N_ELEMENTS (security_headers); i++)
    gate_exchange_set_header (self, security_headers[i][0], security_headers[i][1]);
  take_request_id (self);
  return self;
}

GateExchange *
gate_exchange_ref (GateExchange *self)
{
  self->n_refs++;
  return self;
}

void
gate_exchange_unref (GateExchange *self)
{
  if (--self->n_refs > 0)
    return;
  gate_exchange_set_route_data (self, NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (self->params); i++)
    g_free (self->params[i]);
  g_clear_pointer (&self->query, g_hash_table_unref);
  g_object_unref (self->stream);
  g_free (self->peer);
  g_free (self);
}

void
gate_exchange_set_route_data (GateExchange   *self,
                              gpointer        data,
                              GDestroyNotify  free)
{
  if (self->route_data != NULL && self->route_data_free != NULL)
    self->route_data_free (self->route_data);
  self->route_data = data;
  self->route_data_free = free;
}

/* --- What was asked ------------------------------------------------------------------------------ */

const char *
gate_exchange_get_header (GateExchange *self,
                          const char   *name)
{
  return soup_message_headers_get_one (soup_server_message_get_request_headers (self->message),
                                       name);
}

const char *
gate_exchange_get_query (GateExchange *self,
                         const char   *name)
{
  return self->query != NULL ? g_hash_table_lookup (self->query, name) : NULL;
}

gboolean
gate_exchange_accepts_gzip (GateExchange *self)
{
  const char *header =
    soup_message_headers_get_list (soup_server_message_get_request_headers (self->message),
                                   "Accept-Encoding");
  GSList *refused = NULL;
  GSList *accepted = header != NULL ? soup_header_parse_quality_list (header, &refused) : NULL;
  gboolean accepts =
    g_slist_find_custom (accepted, "gzip", (GCompareFunc) g_ascii_strcasecmp) != NULL;

  soup_header_free_list (accepted);
  soup_header_free_list (refused);
  return accepts;
}

gboolean
gate_exchange_get_token_hash (GateExchange *self,
                              guint8        ret_digest[32])
{
  const char *header = gate_exchange_get_header (self, "Authorization");

  if (header == NULL || g_ascii_strncasecmp (header, "Bearer ", strlen ("Bearer ")) != 0)
    return FALSE;
  return wire_opaque_hash (WIRE_OPAQUE_ACCESS, header + strlen ("Bearer "), ret_digest);
}

/* --- The answer ---------------------------------------------------------------------------------- */

void
gate_exchange_set_header (GateExchange *self,
                          const char   *name,
                          const char   *value)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (self->message), name,
                                value);
}

void
gate_exchange_allow_origin (GateExchange *self,
                            const char   *origin)
{
  gate_exchange_set_header (self, "Vary", "Origin");
  if (origin != NULL)
    gate_exchange_set_header (self, "Access-Control-Allow-Origin", origin);
}

void
gate_exchange_bytes (GateExchange *self,
                     guint         status,
                     const char   *mime,
                     GBytes       *body)
{
  /* The length is libsoup's to set: a range makes it shorter. */
  gate_exchange_set_header (self, "Content-Type", mime);
  if (g_bytes_get_size (body) > 0)
    soup_message_body_append_bytes (soup_server_message_get_response_body (self->message), body);
  soup_server_message_set_status (self->message, status, NULL);
}

void
gate_exchange_nothing (GateExchange *self,
                       guint         status)
{
  soup_message_headers_set_content_length (soup_server_message_get_response_headers (self->message),
                                           0);
  soup_server_message_set_status (self->message, status, NULL);
}

static void
answer_problem (GateExchange      *self,
                const GateProblem *problem)
{
  char *text = gate_problem_to_json (problem, self->request_id);
  g_autoptr (GBytes) body = g_bytes_new_take (text, strlen (text));

  if (problem->status == SOUP_STATUS_UNAUTHORIZED)
    gate_exchange_set_header (self, "WWW-Authenticate", "Bearer");
  gate_exchange_set_header (self, "Cache-Control", "no-store");
  gate_exchange_bytes (self, problem->status, "application/problem+json", body);
}

void
gate_exchange_problem (GateExchange *self,
                       guint         status,
                       const char   *code,
                       const char   *detail)
{
  GateProblem problem = { .status = status, .code = code, .detail = detail };

  answer_problem (self, &problem);
}

void
gate_exchange_bad_field (GateExchange *self,
                         const char   *pointer,
                         const char   *field_code)
{
  GateProblem problem = {
    .status = SOUP_STATUS_UNPROCESSABLE_ENTITY,
    .code = "invalid",
    .pointer = pointer,
    .field_code = field_code,
  };

  answer_problem (self, &problem);
}

void
gate_exchange_bad_query (GateExchange *self,
                         const char   *name)
{
  g_autofree char *detail = g_strdup_printf ("query parameter “%s” is not valid", name);

  gate_exchange_problem (self, SOUP_STATUS_UNPROCESSABLE_ENTITY, "invalid", detail);
}

void
gate_exchange_json (GateExchange *self,
                    guint         status,
                    JsonBuilder  *builder)
{
  JsonNode *root = json_builder_get_root (builder);
  char *text = json_to_string (root, FALSE);
  g_autoptr (GBytes) body = g_bytes_new_take (text, strlen (text));

  json_node_unref (root);
  g_object_unref (builder);
  gate_exchange_bytes (self, status, "application/json", body);
}

gboolean
gate_exchange_tag (GateExchange *self,
                   const char   *tag)
{
  const char *known = gate_exchange_get_header (self, "If-None-Match");

  gate_exchange_set_header (self, "ETag", tag);
  if (known == NULL || strstr (known, tag) == NULL)
    return FALSE;
  gate_exchange_nothing (self, SOUP_STATUS_NOT_MODIFIED);
  return TRUE;
}

void
gate_exchange_json_once (GateExchange *self,
                         JsonBuilder  *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_autofree char *tag = g_strdup_printf ("\"%.32s\"", digest);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  g_object_unref (builder);
  gate_exchange_set_header (self, "Cache-Control", "private, no-cache");
  if (!gate_exchange_tag (self, tag))
    gate_exchange_bytes (self, SOUP_STATUS_OK, "application/json", body);
}

/* --- Later answers ------------------------------------------------------------------------------- */

void
gate_exchange_pause (GateExchange *self)
{
  if (self->is_finished || self->is_paused)
    return;
  self->is_paused = TRUE;
  soup_server_message_pause (self->message);
}

void
gate_exchange_resume (GateExchange *self)
{
  if (self->is_finished || !self->is_paused)
    return;
  self->is_paused = FALSE;
  soup_server_message_unpause (self->message);
}

typedef struct {
  GateExchange *exchange;
  GateExchangeReply done;
} Asked;

/* Codes of the socket protocol use HTTP's meanings; anything else is an error of ours. */
static void
answer_error (GateExchange          *self,
              const Gate__V1__Error *error)
{
  guint status = error->code >= 400 && error->code <= 599 ? error->code : 500;

  if (error->retry_after_ms > 0) {
    g_autofree char *seconds = g_strdup_printf ("%u", (error->retry_after_ms + 999) / 1000);

    gate_exchange_set_header (self, "Retry-After", seconds);
  }
  gate_exchange_problem (self, status, error->slug[0] != '\0' ? error->slug : "internal",
                         error->detail);
}

static void
answered (const Gate__Link__V1__Reply *reply,
          gpointer                     user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr (GateExchange) self = asked->exchange;

  if (self->is_finished)
    return;
  if (reply == NULL) {
    gate_exchange_set_header (self, "Retry-After", "1");
    gate_exchange_problem (self, SOUP_STATUS_SERVICE_UNAVAILABLE, "try_again", NULL);
  } else if (reply->body_case == GATE__LINK__V1__REPLY__BODY_ERROR) {
    answer_error (self, reply->error);
  } else {
    asked->done (self, reply);
  }
  if (soup_server_message_get_status (self->message) != 0)
    gate_exchange_resume (self);
}

void
gate_exchange_ask (GateExchange            *self,
                   Gate__Link__V1__Request *request,
                   GateExchangeReply        done)
{
  Asked *asked = g_new0 (Asked, 1);
  guint8 digest[32];

  asked->exchange = gate_exchange_ref (self);
  asked->done = done;
  if (gate_exchange_get_token_hash (self, digest))
    request->token_sha256 = (ProtobufCBinaryData){ sizeof (digest), digest };
  request->peer = self->peer;
  request->request_id = self->request_id;
  gate_exchange_pause (self);
  gate_asks_send (self->http->asks, request, GATE_ASK_DEADLINE_MS, answered, asked);
}

void
gate_exchange_ask_frame (GateExchange      *self,
                         Gate__V1__Frame   *frame,
                         GateExchangeReply  done)
{
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;

  frame->id = 1;
  request.body_case = GATE__LINK__V1__REQUEST__BODY_FRAME;
  request.frame = frame;
  gate_exchange_ask (self, &request, done);
}
