/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What conversations may be closed with: known here, told to whom the core knows. */
#include "config.h"

#include "gate-serve.h"

#include "gate-http-config.h"

#include <string.h>

static void
add_codes (JsonBuilder       *json,
           const char        *queue,
           const char *const *codes)
{
  for (guint i = 0; codes[i] != NULL; i++) {
    const char *title = strchr (codes[i], '=');
    g_autofree char *code =
      title != NULL ? g_strndup (codes[i], (gsize) (title - codes[i])) : g_strdup (codes[i]);

    json_builder_begin_object (json);
    json_builder_set_member_name (json, "queue");
    json_builder_add_string_value (json, queue);
    json_builder_set_member_name (json, "code");
    json_builder_add_string_value (json, code);
    json_builder_set_member_name (json, "title");
    json_builder_add_string_value (json, title != NULL ? title + 1 : code);
    json_builder_end_object (json);
  }
}

static void
dispositions_reply (GateExchange                *exchange,
                    const Gate__Link__V1__Reply *reply)
{
  const GateHttpConfig *config = exchange->http->config;
  const char *wanted = gate_exchange_get_query (exchange, "queue");
  JsonBuilder *json;

  if (reply->body_case != GATE__LINK__V1__REPLY__BODY_SIGNED) {
    gate_exchange_problem (exchange, SOUP_STATUS_INTERNAL_SERVER_ERROR, "internal", NULL);
    return;
  }
  json = json_builder_new ();
  json_builder_begin_object (json);
  json_builder_set_member_name (json, "data");
  json_builder_begin_array (json);
  for (guint i = 0; i < config->queues->len; i++) {
    const GateHttpQueue *queue = g_ptr_array_index (config->queues, i);

    if (wanted == NULL || strcmp (wanted, queue->name) == 0)
      add_codes (json, queue->name, gate_http_config_get_codes (config, queue->name));
  }
  json_builder_end_array (json);
  json_builder_set_member_name (json, "has_more");
  json_builder_add_boolean_value (json, FALSE);
  json_builder_end_object (json);
  gate_exchange_json (exchange, SOUP_STATUS_OK, json);
}

void
gate_serve_dispositions (GateExchange *exchange)
{
  gate_serve_who (exchange, dispositions_reply);
}
