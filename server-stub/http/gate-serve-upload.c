/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PUT of a file under a ticket (`PROTOCOLS.md` 2e.2): the signature is the right to do it, so the core is asked nothing
 * before the file is there.
 */
#include "config.h"

#include "gate-serve.h"

#include "gate-http-config.h"
#include "gate-media-store.h"
#include "wire-token.h"

#include <string.h>

/* --- May it come? -------------------------------------------------------------------------------- */

typedef struct {
  const char *id, *mime, *signature;
  guint64 size;
  gint64 expires_s;
} Ticket;

static gboolean
read_ticket (GateExchange *exchange,
             Ticket       *ticket)
{
  const char *size = gate_exchange_get_query (exchange, "size");
  const char *expires = gate_exchange_get_query (exchange, "exp");
  guint64 seconds = 0;

  ticket->id = exchange->params[0];
  ticket->mime = gate_exchange_get_query (exchange, "mime");
  ticket->signature = gate_exchange_get_query (exchange, "sig");
  if (ticket->mime == NULL || ticket->signature == NULL || size == NULL || expires == NULL ||
      !gate_media_id_is_good (ticket->id) ||
      !g_ascii_string_to_unsigned (size, 10, 1, G_MAXUINT32, &ticket->size, NULL) ||
      !g_ascii_string_to_unsigned (expires, 10, 1, G_MAXINT64, &seconds, NULL))
    return FALSE;
  ticket->expires_s = (gint64) seconds;
  return TRUE;
}

static gboolean
is_signed (GateExchange *exchange,
           const Ticket *ticket)
{
  const char *path = g_uri_get_path (soup_server_message_get_uri (exchange->message));
  gsize secret_bytes;
  gconstpointer secret = g_bytes_get_data (exchange->http->config->media_secret, &secret_bytes);

  return secret_bytes > 0 && wire_upload_check (secret, secret_bytes, path, ticket->mime,
                                                ticket->size, ticket->expires_s, ticket->signature,
                                                g_get_real_time () / G_USEC_PER_SEC) == WIRE_OK;
}

static goffset
get_content_length (GateExchange *exchange)
{
  return soup_message_headers_get_content_length (
    soup_server_message_get_request_headers (exchange->message));
}

/* TRUE when bytes of this ticket may come; else a problem was answered. */
static gboolean
check_ticket (GateExchange *exchange,
              Ticket       *ticket)
{
  if (!read_ticket (exchange, ticket) || !is_signed (exchange, ticket)) {
    gate_exchange_problem (exchange, SOUP_STATUS_FORBIDDEN, "forbidden", "no valid ticket");
    return FALSE;
  }
  if (!gate_media_mime_is_allowed (ticket->mime)) {
    gate_exchange_problem (exchange, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE, "unsupported_content",
                           NULL);
    return FALSE;
  }
  if (ticket->size > exchange->http->config->max_upload_bytes) {
    gate_exchange_problem (exchange, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "too_large", NULL);
    return FALSE;
  }
  if ((guint64) get_content_length (exchange) != ticket->size) {
    gate_exchange_problem (exchange, SOUP_STATUS_UNPROCESSABLE_ENTITY, "invalid",
                           "the size is not that of the ticket");
    return FALSE;
  }
  return TRUE;
}

/* --- Its bytes ----------------------------------------------------------------------------------- */

static void
got_chunk (SoupServerMessage *message,
           GBytes            *chunk,
           gpointer           user_data)
{
  GateExchange *exchange = user_data;
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (chunk, &n_bytes);

  if (exchange->route_data != NULL)
    gate_upload_write (exchange->route_data, data, n_bytes);
}

/* The page that shows the widget is of another origin than the gateway. */
static void
allow_origin (GateExchange *exchange)
{
  const char *origin = gate_exchange_get_header (exchange, "Origin");
  gboolean is_allowed =
    origin != NULL && gate_http_config_allows_origin (exchange->http->config, origin);

  gate_exchange_allow_origin (exchange, is_allowed ? origin : NULL);
  if (is_allowed)
    gate_exchange_set_header (exchange, "Cross-Origin-Resource-Policy", "cross-origin");
}

void
gate_serve_upload_options (GateExchange *exchange)
{
  allow_origin (exchange);
  gate_exchange_set_header (exchange, "Access-Control-Allow-Methods", "PUT");
  gate_exchange_set_header (exchange, "Access-Control-Allow-Headers", "Content-Type");
  gate_exchange_set_header (exchange, "Access-Control-Max-Age", "600");
  gate_exchange_nothing (exchange, SOUP_STATUS_NO_CONTENT);
}

static void
refuse_for_now (GateExchange *exchange)
{
  gate_exchange_set_header (exchange, "Retry-After", "5");
  gate_exchange_problem (exchange, SOUP_STATUS_SERVICE_UNAVAILABLE, "try_again", NULL);
}

/* Nothing was read of its body until now. */
static void
waited (gboolean is_room,
        gpointer user_data)
{
  GateExchange *exchange = user_data;

  if (!is_room) {
    gate_exchange_set_route_data (exchange, NULL, NULL);
    refuse_for_now (exchange);
  }
  gate_exchange_resume (exchange);
}

void
gate_serve_upload_early (GateExchange *exchange)
{
  Ticket ticket = { 0 };
  GateUpload *upload = NULL;

  allow_origin (exchange);
  if (!check_ticket (exchange, &ticket))
    return;
  if (exchange->http->media != NULL)
    upload = gate_upload_new (exchange->http->media, ticket.id, ticket.mime, (gsize) ticket.size,
                              waited, exchange);
  if (upload == NULL) {
    refuse_for_now (exchange);
    return;
  }
  gate_exchange_set_route_data (exchange, upload, (GDestroyNotify) gate_upload_cancel);
  soup_message_body_set_accumulate (soup_server_message_get_request_body (exchange->message),
                                    FALSE);
  g_signal_connect (exchange->message, "got-chunk", G_CALLBACK (got_chunk), exchange);
  if (gate_upload_is_waiting (upload))
    gate_exchange_pause (exchange);
}

/* --- The answer ---------------------------------------------------------------------------------- */

static void
stored_reply (GateExchange                *exchange,
              const Gate__Link__V1__Reply *reply)
{
  const GateMediaResult *result = exchange->route_data;
  JsonBuilder *json = json_builder_new ();

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "mime");
  json_builder_add_string_value (json, result->mime);
  json_builder_set_member_name (json, "size");
  json_builder_add_int_value (json, (gint64) result->size_bytes);
  if (result->width > 0) {
    json_builder_set_member_name (json, "width");
    json_builder_add_int_value (json, result->width);
    json_builder_set_member_name (json, "height");
    json_builder_add_int_value (json, result->height);
  }
  json_builder_end_object (json);
  gate_exchange_json (exchange, SOUP_STATUS_CREATED, json);
}

static void
tell_core (GateExchange          *exchange,
           const GateMediaResult *result)
{
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__MediaStored stored = GATE__LINK__V1__MEDIA_STORED__INIT;
  GateMediaResult *copy = g_memdup2 (result, sizeof (*result));

  gate_exchange_set_route_data (exchange, copy, g_free);
  stored.id = exchange->params[0];
  stored.mime = (char *) result->mime;
  stored.size = (guint32) result->size_bytes;
  stored.sha256 = (ProtobufCBinaryData){ sizeof (copy->sha256), copy->sha256 };
  stored.width = result->width;
  stored.height = result->height;
  request.body_case = GATE__LINK__V1__REQUEST__BODY_MEDIA_STORED;
  request.media_stored = &stored;
  gate_exchange_ask (exchange, &request, stored_reply);
}

static void
refuse (GateExchange    *exchange,
        GateMediaStatus  status)
{
  switch (status) {
  case GATE_MEDIA_WRONG_TYPE:
    gate_exchange_problem (exchange, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE, "unsupported_content",
                           "the bytes are not of the type that was said");
    break;
  case GATE_MEDIA_BROKEN:
    gate_exchange_problem (exchange, SOUP_STATUS_UNPROCESSABLE_ENTITY, "invalid",
                           "the picture is broken");
    break;
  case GATE_MEDIA_TOO_LARGE:
    gate_exchange_problem (exchange, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "too_large",
                           "the picture has too many pixels, frames or parts");
    break;
  case GATE_MEDIA_EXISTS:
    gate_exchange_problem (exchange, SOUP_STATUS_CONFLICT, "invalid", "the ticket was used");
    break;
  case GATE_MEDIA_FULL:
    gate_exchange_set_header (exchange, "Retry-After", "60");
    gate_exchange_problem (exchange, SOUP_STATUS_INSUFFICIENT_STORAGE, "storage_full", NULL);
    break;
  case GATE_MEDIA_OK:
  case GATE_MEDIA_FAILED:
  default:
    gate_exchange_problem (exchange, SOUP_STATUS_INTERNAL_SERVER_ERROR, "internal", NULL);
    break;
  }
}

static void
filed (const GateMediaResult *result,
       gpointer               user_data)
{
  g_autoptr (GateExchange) exchange = user_data;

  exchange->route_data = NULL; /* freed by whoever called */
  if (exchange->is_finished)
    return;
  if (result->status == GATE_MEDIA_OK) {
    tell_core (exchange, result);
    return;
  }
  refuse (exchange, result->status);
  gate_exchange_resume (exchange);
}

void
gate_serve_upload (GateExchange *exchange)
{
  gate_exchange_pause (exchange);
  /* From here on the upload is the thread's: a client that leaves does not stop it. */
  exchange->route_data_free = NULL;
  gate_upload_finish (exchange->route_data, filed, gate_exchange_ref (exchange));
}
