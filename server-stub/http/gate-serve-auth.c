/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sign-in (`PROTOCOLS.md` 2e.5). Nothing is decided here: the core knows passwords, tokens and limits. */
#include "config.h"

#include "gate-serve.h"

#include "gate-json-body.h"
#include "wire-token.h"

#include <string.h>

#define LOGIN_CHARS    128
#define PASSWORD_CHARS 1024
#define DEVICE_CHARS   128

static void
add_text (JsonBuilder *json,
          const char  *name,
          const char  *value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_string_value (json, value);
}

static void
add_id (JsonBuilder *json,
        const char  *name,
        guint64      id)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, id);

  add_text (json, name, text);
}

static void
add_time (JsonBuilder *json,
          const char  *name,
          guint64      unix_ms)
{
  char text[32];

  gate_time_write (unix_ms, text);
  add_text (json, name, text);
}

static void
add_texts (JsonBuilder  *json,
           const char   *name,
           char        **texts,
           gsize         n_texts)
{
  json_builder_set_member_name (json, name);
  json_builder_begin_array (json);
  for (gsize i = 0; i < n_texts; i++)
    json_builder_add_string_value (json, texts[i]);
  json_builder_end_array (json);
}

static void
add_agent (JsonBuilder                  *json,
           const Gate__Link__V1__Signed *signed_in)
{
  json_builder_set_member_name (json, "agent");
  json_builder_begin_object (json);
  add_id (json, "id", signed_in->agent);
  add_text (json, "login", signed_in->login);
  add_text (json, "name", signed_in->name);
  add_text (json, "role", signed_in->role);
  add_texts (json, "rights", signed_in->rights, signed_in->n_rights);
  add_texts (json, "queues", signed_in->queues, signed_in->n_queues);
  if (signed_in->avatar[0] != '\0')
    add_text (json, "avatar", signed_in->avatar);
  json_builder_end_object (json);
}

static void
add_gateway (JsonBuilder                  *json,
             const Gate__Link__V1__Signed *signed_in)
{
  json_builder_set_member_name (json, "gateway");
  json_builder_begin_object (json);
  add_text (json, "name", signed_in->gateway_name);
  add_text (json, "version", signed_in->gateway_version);
  add_id (json, "log", signed_in->log);
  json_builder_end_object (json);
}

static gboolean
is_signed (GateExchange                *exchange,
           const Gate__Link__V1__Reply *reply)
{
  if (reply->body_case == GATE__LINK__V1__REPLY__BODY_SIGNED)
    return TRUE;
  gate_exchange_problem (exchange, SOUP_STATUS_INTERNAL_SERVER_ERROR, "internal", NULL);
  return FALSE;
}

static void
signed_in_reply (GateExchange                *exchange,
                 const Gate__Link__V1__Reply *reply)
{
  const Gate__Link__V1__Signed *body = reply->signed_;
  JsonBuilder *json;

  if (!is_signed (exchange, reply))
    return;
  json = json_builder_new ();
  json_builder_begin_object (json);
  add_text (json, "access_token", body->access);
  add_time (json, "access_expires_at", body->access_expires);
  add_text (json, "refresh_token", body->refresh);
  add_time (json, "refresh_expires_at", body->refresh_expires);
  add_agent (json, body);
  add_gateway (json, body);
  json_builder_end_object (json);
  gate_exchange_json (exchange, SOUP_STATUS_OK, json);
}

void
gate_serve_sign_in (GateExchange *exchange)
{
  static const GateField fields[] = {
    { "login", GATE_FIELD_STRING, TRUE, LOGIN_CHARS },
    { "password", GATE_FIELD_STRING, TRUE, PASSWORD_CHARS },
    { "totp", GATE_FIELD_STRING, FALSE, 16 },
    { "device", GATE_FIELD_STRING, TRUE, DEVICE_CHARS },
    { "device_name", GATE_FIELD_STRING, FALSE, DEVICE_CHARS },
  };
  g_autoptr (JsonObject) body = gate_exchange_read_body (exchange, fields, G_N_ELEMENTS (fields));
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__SignIn sign_in = GATE__LINK__V1__SIGN_IN__INIT;

  if (body == NULL)
    return;
  sign_in.login = gate_json_get_string (body, "login");
  sign_in.password = gate_json_get_string (body, "password");
  sign_in.totp = gate_json_get_string (body, "totp");
  sign_in.device = gate_json_get_string (body, "device");
  sign_in.device_name = gate_json_get_string (body, "device_name");
  request.body_case = GATE__LINK__V1__REQUEST__BODY_SIGN_IN;
  request.sign_in = &sign_in;
  gate_exchange_ask (exchange, &request, signed_in_reply);
}

void
gate_serve_refresh (GateExchange *exchange)
{
  static const GateField fields[] = {
    { "refresh_token", GATE_FIELD_STRING, TRUE, 64 },
    { "device", GATE_FIELD_STRING, FALSE, DEVICE_CHARS },
  };
  g_autoptr (JsonObject) body = gate_exchange_read_body (exchange, fields, G_N_ELEMENTS (fields));
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__Refresh refresh = GATE__LINK__V1__REFRESH__INIT;
  guint8 digest[WIRE_SHA256_BYTES];

  if (body == NULL)
    return;
  if (!wire_opaque_hash (WIRE_OPAQUE_REFRESH, gate_json_get_string (body, "refresh_token"),
                         digest)) {
    gate_exchange_problem (exchange, SOUP_STATUS_UNAUTHORIZED, "unauthenticated", NULL);
    return;
  }
  refresh.token_sha256 = (ProtobufCBinaryData){ sizeof (digest), digest };
  refresh.device = gate_json_get_string (body, "device");
  request.body_case = GATE__LINK__V1__REQUEST__BODY_REFRESH;
  request.refresh = &refresh;
  gate_exchange_ask (exchange, &request, signed_in_reply);
}

void
gate_serve_password (GateExchange *exchange)
{
  static const GateField fields[] = {
    { "old", GATE_FIELD_STRING, TRUE, PASSWORD_CHARS },
    { "new", GATE_FIELD_STRING, TRUE, PASSWORD_CHARS },
    { "login", GATE_FIELD_STRING, FALSE, LOGIN_CHARS },
    { "device", GATE_FIELD_STRING, FALSE, DEVICE_CHARS },
    { "device_name", GATE_FIELD_STRING, FALSE, DEVICE_CHARS },
  };
  g_autoptr (JsonObject) body = gate_exchange_read_body (exchange, fields, G_N_ELEMENTS (fields));
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__NewPassword password = GATE__LINK__V1__NEW_PASSWORD__INIT;

  if (body == NULL)
    return;
  password.old = gate_json_get_string (body, "old");
  password.new_ = gate_json_get_string (body, "new");
  password.login = gate_json_get_string (body, "login");
  password.device = gate_json_get_string (body, "device");
  password.device_name = gate_json_get_string (body, "device_name");
  request.body_case = GATE__LINK__V1__REQUEST__BODY_NEW_PASSWORD;
  request.new_password = &password;
  gate_exchange_ask (exchange, &request, signed_in_reply);
}

/* --- With an access token ------------------------------------------------------------------------ */

static gboolean
has_token (GateExchange *exchange)
{
  guint8 digest[WIRE_SHA256_BYTES];

  if (gate_exchange_get_token_hash (exchange, digest))
    return TRUE;
  gate_exchange_problem (exchange, SOUP_STATUS_UNAUTHORIZED, "unauthenticated", NULL);
  return FALSE;
}

static void
signed_out_reply (GateExchange                *exchange,
                  const Gate__Link__V1__Reply *reply)
{
  gate_exchange_nothing (exchange, SOUP_STATUS_NO_CONTENT);
}

void
gate_serve_sign_out (GateExchange *exchange)
{
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__SignOut sign_out = GATE__LINK__V1__SIGN_OUT__INIT;
  const char *all = gate_exchange_get_query (exchange, "all");

  if (!has_token (exchange))
    return;
  if (all != NULL && strcmp (all, "true") != 0 && strcmp (all, "false") != 0) {
    gate_exchange_bad_query (exchange, "all");
    return;
  }
  sign_out.all = g_strcmp0 (all, "true") == 0;
  request.body_case = GATE__LINK__V1__REQUEST__BODY_SIGN_OUT;
  request.sign_out = &sign_out;
  gate_exchange_ask (exchange, &request, signed_out_reply);
}

static void
me_reply (GateExchange                *exchange,
          const Gate__Link__V1__Reply *reply)
{
  JsonBuilder *json;

  if (!is_signed (exchange, reply))
    return;
  json = json_builder_new ();
  json_builder_begin_object (json);
  add_agent (json, reply->signed_);
  add_gateway (json, reply->signed_);
  json_builder_end_object (json);
  gate_exchange_json (exchange, SOUP_STATUS_OK, json);
}

void
gate_serve_who (GateExchange      *exchange,
                GateExchangeReply  func)
{
  Gate__Link__V1__Request request = GATE__LINK__V1__REQUEST__INIT;
  Gate__Link__V1__WhoAmI who = GATE__LINK__V1__WHO_AM_I__INIT;

  if (!has_token (exchange))
    return;
  request.body_case = GATE__LINK__V1__REQUEST__BODY_WHO_AM_I;
  request.who_am_i = &who;
  gate_exchange_ask (exchange, &request, func);
}

void
gate_serve_me (GateExchange *exchange)
{
  gate_serve_who (exchange, me_reply);
}
