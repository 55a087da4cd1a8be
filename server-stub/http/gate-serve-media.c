/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GET of a stored file: with a signed link, or with an agent's token. Nothing here can run in a browser: no sniffing, a
 * sandbox policy, and everything but the four kinds of pictures is a download. So is a voice note: a page that plays it does
 * not ask how it would be shown by itself.
 */
#include "config.h"

#include "gate-serve.h"

#include "gate-http-config.h"
#include "gate-media-store.h"
#include "gate-who.h"
#include "wire-document.h"
#include "wire-token.h"
#include "wire-voice.h"

#include <string.h>

#define HEAD_BYTES 64 /* enough to know what it is */

/* The name in a link may have an extension; the file has none. */
static gboolean
read_id (GateExchange *exchange,
         char          ret_id[GATE_MEDIA_ID_MAX_CHARS + 1])
{
  const char *name = exchange->params[2];
  gsize n_chars = strcspn (name, ".");
  const char *extension = name + n_chars;

  if (n_chars < GATE_MEDIA_ID_MIN_CHARS || n_chars > GATE_MEDIA_ID_MAX_CHARS)
    return FALSE;
  for (; *extension != '\0'; extension++)
    if (!g_ascii_isalnum (*extension) && (*extension != '.' || extension != name + n_chars))
      return FALSE;
  memcpy (ret_id, name, n_chars);
  ret_id[n_chars] = '\0';
  return gate_media_id_is_good (ret_id) && strlen (exchange->params[0]) == 2 &&
         strlen (exchange->params[1]) == 2 && memcmp (exchange->params[0], ret_id, 2) == 0 &&
         memcmp (exchange->params[1], ret_id + 2, 2) == 0;
}

static gboolean
is_signed (GateExchange *exchange)
{
  const char *path = g_uri_get_path (soup_server_message_get_uri (exchange->message));
  const char *signature = gate_exchange_get_query (exchange, "sig");
  const char *expires = gate_exchange_get_query (exchange, "exp");
  guint64 expires_s = 0;
  gsize secret_bytes;
  gconstpointer secret = g_bytes_get_data (exchange->http->config->media_secret, &secret_bytes);

  return secret_bytes > 0 && signature != NULL && expires != NULL &&
         g_ascii_string_to_unsigned (expires, 10, 1, G_MAXINT64, &expires_s, NULL) &&
         wire_media_check (secret, secret_bytes, path, (gint64) expires_s, signature,
                           g_get_real_time () / G_USEC_PER_SEC) == WIRE_OK;
}

/* Several ranges in one request let a client make us build an answer many times the file. */
static void
allow_one_range (GateExchange *exchange)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (exchange->message);
  const char *range = soup_message_headers_get_one (headers, "Range");

  if (range != NULL && strchr (range, ',') != NULL)
    soup_message_headers_remove (headers, "Range");
  gate_exchange_set_header (exchange, "Accept-Ranges", "bytes");
}

/* A page of another origin cannot name what it lets people save: the link does, and what it says is unsigned. Its extension
 * is one of ours whatever is asked for.
 */
static void
set_disposition (GateExchange *exchange,
                 const char   *picture,
                 const char   *document)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (exchange->message);
  const char *asked = gate_exchange_get_query (exchange, "name");
  g_autoptr (GHashTable) params = NULL;
  g_autofree char *name = NULL;

  if (picture == NULL && asked != NULL) {
    name = wire_document_dup_name (asked, document);
    params = g_hash_table_new (g_str_hash, g_str_equal);
    g_hash_table_insert (params, (gpointer) "filename", name);
  }
  soup_message_headers_set_content_disposition (headers, picture != NULL ? "inline" : "attachment",
                                                params);
}

static void
set_media_headers (GateExchange *exchange,
                   const char   *picture,
                   const char   *document)
{
  const char *origin = gate_exchange_get_header (exchange, "Origin");
  gboolean is_allowed =
    origin != NULL && gate_http_config_allows_origin (exchange->http->config, origin);

  gate_exchange_allow_origin (exchange, is_allowed ? origin : NULL);
  gate_exchange_set_header (exchange, "Cross-Origin-Resource-Policy", "cross-origin");
  gate_exchange_set_header (exchange, "Content-Security-Policy", "default-src 'none'; sandbox");
  gate_exchange_set_header (exchange, "Cache-Control", "private, max-age=86400, immutable");
  set_disposition (exchange, picture, document);
  allow_one_range (exchange);
}

static void
serve (GateExchange *exchange)
{
  char id[GATE_MEDIA_ID_MAX_CHARS + 1];
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *data;
  const char *picture, *document;
  const char *mime = "application/octet-stream";
  gsize n_bytes;

  if (exchange->http->media != NULL && read_id (exchange, id))
    bytes = gate_media_store_open (exchange->http->media, id);
  if (bytes == NULL) {
    gate_exchange_problem (exchange, SOUP_STATUS_NOT_FOUND, "not_found", NULL);
    return;
  }
  data = g_bytes_get_data (bytes, &n_bytes);
  picture = wire_image_mime (wire_image_sniff (data, n_bytes));
  document = wire_document_guess (NULL, data, MIN (n_bytes, HEAD_BYTES));
  if (picture != NULL)
    mime = picture;
  else if (wire_voice_is_good (data, n_bytes))
    mime = document = WIRE_VOICE_MIME;
  set_media_headers (exchange, picture, document);
  gate_exchange_bytes (exchange, SOUP_STATUS_OK, mime, bytes);
}

static void
who_reply (GateExchange                *exchange,
           const Gate__Link__V1__Reply *reply)
{
  guint8 digest[WIRE_SHA256_BYTES];

  if (gate_exchange_get_token_hash (exchange, digest))
    gate_who_cache_add (exchange->http->who, digest, g_get_monotonic_time ());
  serve (exchange);
}

static void
ask_who (GateExchange *exchange)
{
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__WhoAmI who = GATE__LINK__V1__WHO_AM_I__INIT;

  request.body_case = GATE__LINK__V1__REQUEST__BODY_WHO_AM_I;
  request.who_am_i = &who;
  gate_exchange_ask (exchange, &request, who_reply);
}

void
gate_serve_media (GateExchange *exchange)
{
  guint8 digest[WIRE_SHA256_BYTES];
  gboolean has_link = gate_exchange_get_query (exchange, "sig") != NULL;

  if (is_signed (exchange))
    serve (exchange);
  else if (has_link)
    gate_exchange_problem (exchange, SOUP_STATUS_FORBIDDEN, "forbidden",
                           "the link is not valid any more");
  else if (!gate_exchange_get_token_hash (exchange, digest))
    gate_exchange_problem (exchange, SOUP_STATUS_UNAUTHORIZED, "unauthenticated", NULL);
  else if (gate_who_cache_has (exchange->http->who, digest, g_get_monotonic_time ()))
    serve (exchange);
  else
    ask_who (exchange);
}
