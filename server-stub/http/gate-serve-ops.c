/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For operators (`SYSTEMS.md` 5.3): free on loopback, with the token of `<data>/ops.token` from elsewhere. */
#include "config.h"

#include "gate-serve.h"

#include "gate-http-config.h"
#include "wire-token.h"

#include <string.h>

#define SILENT_US ((gint64) 5 * G_USEC_PER_SEC)

static gboolean
is_loopback (const char *peer)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (peer);

  return address != NULL && g_inet_address_get_is_loopback (address);
}

static gboolean
has_ops_token (GateExchange *exchange)
{
  const GateHttpConfig *config = exchange->http->config;
  const char *header = gate_exchange_get_header (exchange, "Authorization");
  guint8 digest[WIRE_SHA256_BYTES];

  if (!config->has_ops_token || header == NULL ||
      g_ascii_strncasecmp (header, "Bearer ", strlen ("Bearer ")) != 0)
    return FALSE;
  header += strlen ("Bearer ");
  wire_sha256 (header, strlen (header), digest);
  return wire_equal_constant_time (digest, config->ops_token_sha256, sizeof (digest));
}

void
gate_serve_ops_guard (GateExchange *exchange)
{
  if (!is_loopback (exchange->peer) && !has_ops_token (exchange))
    gate_exchange_problem (exchange, SOUP_STATUS_UNAUTHORIZED, "unauthenticated", NULL);
}

static void
answer_state (GateExchange *exchange,
              gboolean      is_good,
              JsonBuilder  *json)
{
  json_builder_set_member_name (json, "status");
  json_builder_add_string_value (json, is_good ? "ok" : "failed");
  json_builder_end_object (json);
  if (!is_good)
    gate_exchange_set_header (exchange, "Retry-After", "1");
  gate_exchange_json (exchange, is_good ? SOUP_STATUS_OK : SOUP_STATUS_SERVICE_UNAVAILABLE, json);
}

/* This loop turns, or nobody would answer; the core's beat comes each second. */
void
gate_serve_livez (GateExchange *exchange)
{
  gint64 silent_us = g_get_monotonic_time () - exchange->http->heard_us;
  JsonBuilder *json = json_builder_new ();

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "core_silent_ms");
  json_builder_add_int_value (json, silent_us / 1000);
  answer_state (exchange, silent_us < SILENT_US, json);
}

void
gate_serve_startupz (GateExchange *exchange)
{
  JsonBuilder *json = json_builder_new ();

  json_builder_begin_object (json);
  answer_state (exchange, exchange->http->is_started, json);
}

static void
add_check (JsonBuilder                 *json,
           const Gate__Link__V1__Check *check)
{
  char since[32];

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "name");
  json_builder_add_string_value (json, check->name);
  json_builder_set_member_name (json, "ok");
  json_builder_add_boolean_value (json, check->ok);
  if (check->since > 0) {
    gate_time_write (check->since, since);
    json_builder_set_member_name (json, "since");
    json_builder_add_string_value (json, since);
  }
  if (check->error[0] != '\0') {
    json_builder_set_member_name (json, "error");
    json_builder_add_string_value (json, check->error);
  }
  json_builder_end_object (json);
}

static void
ready_reply (GateExchange                *exchange,
             const Gate__Link__V1__Reply *reply)
{
  gboolean is_known = reply->body_case == GATE__LINK__V1__REPLY__BODY_READINESS;
  gboolean is_ready = is_known && reply->readiness->ready && !exchange->http->is_draining;
  JsonBuilder *json = json_builder_new ();

  exchange->http->is_started |= is_ready;
  json_builder_begin_object (json);
  json_builder_set_member_name (json, "checks");
  json_builder_begin_array (json);
  for (gsize i = 0; is_known && i < reply->readiness->n_checks; i++)
    add_check (json, reply->readiness->checks[i]);
  json_builder_end_array (json);
  answer_state (exchange, is_ready, json);
}

void
gate_serve_readyz (GateExchange *exchange)
{
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__Ready ready = GATE__LINK__V1__READY__INIT;

  request.body_case = GATE__LINK__V1__REQUEST__BODY_READY;
  request.ready = &ready;
  gate_exchange_ask (exchange, &request, ready_reply);
}

static GBytes *
pack (GBytes *bytes)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 1);
  g_autoptr (GInputStream) source = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GInputStream) packer = g_converter_input_stream_new (source, G_CONVERTER (compressor));

  return g_input_stream_read_bytes (packer, g_bytes_get_size (bytes) + 1024, NULL, NULL);
}

void
gate_serve_metrics (GateExchange *exchange)
{
  gsize n_bytes = 0;
  char *text;
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GBytes) packed = NULL;

  if (exchange->http->metrics == NULL) {
    gate_exchange_problem (exchange, SOUP_STATUS_NOT_FOUND, "not_found", NULL);
    return;
  }
  text = gate_metrics_render (exchange->http->metrics, &n_bytes);
  plain = g_bytes_new_take (text, n_bytes);
  gate_exchange_set_header (exchange, "Vary", "Accept-Encoding");
  if (gate_exchange_accepts_gzip (exchange))
    packed = pack (plain);
  if (packed != NULL)
    gate_exchange_set_header (exchange, "Content-Encoding", "gzip");
  gate_exchange_bytes (exchange, SOUP_STATUS_OK, "text/plain; version=0.0.4; charset=utf-8",
                       packed != NULL ? packed : plain);
}
