/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of the configuration that consoles need: known here, told to whom the core knows, and once to whom has them already. */
#include "config.h"

#include "gate-serve.h"

#include "gate-http-config.h"

#include <string.h>

/* Members of `data`, those of @queue alone where it is not %NULL. */
typedef void (*AddRows) (JsonBuilder *json, const GateHttpConfig *config, const char *queue);

static void
add_text (JsonBuilder *json,
          const char  *name,
          const char  *text)
{
  json_builder_set_member_name (json, name);
  json_builder_add_string_value (json, text);
}

static void
answer_list (GateExchange                *exchange,
             const Gate__Link__V1__Reply *reply,
             AddRows                      add_rows)
{
  JsonBuilder *json;

  if (reply->body_case != GATE__LINK__V1__REPLY__BODY_SIGNED) {
    gate_exchange_problem (exchange, SOUP_STATUS_INTERNAL_SERVER_ERROR, "internal", NULL);
    return;
  }
  json = json_builder_new ();
  json_builder_begin_object (json);
  json_builder_set_member_name (json, "data");
  json_builder_begin_array (json);
  add_rows (json, exchange->http->config, gate_exchange_get_query (exchange, "queue"));
  json_builder_end_array (json);
  json_builder_set_member_name (json, "has_more");
  json_builder_add_boolean_value (json, FALSE);
  json_builder_end_object (json);
  gate_exchange_json_once (exchange, json);
}

/* --- What conversations may be closed with --------------------------------------------------------- */

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
    add_text (json, "queue", queue);
    add_text (json, "code", code);
    add_text (json, "title", title != NULL ? title + 1 : code);
    json_builder_end_object (json);
  }
}

static void
add_dispositions (JsonBuilder          *json,
                  const GateHttpConfig *config,
                  const char           *queue)
{
  for (guint i = 0; i < config->queues->len; i++) {
    const GateHttpQueue *one = g_ptr_array_index (config->queues, i);

    if (queue == NULL || strcmp (queue, one->name) == 0)
      add_codes (json, one->name, gate_http_config_get_codes (config, one->name));
  }
}

static void
dispositions_reply (GateExchange                *exchange,
                    const Gate__Link__V1__Reply *reply)
{
  answer_list (exchange, reply, add_dispositions);
}

void
gate_serve_dispositions (GateExchange *exchange)
{
  gate_serve_who (exchange, dispositions_reply);
}

/* --- Canned replies of the team ---------------------------------------------------------------------- */

static void
add_reply (JsonBuilder          *json,
           const GateHttpCanned *canned)
{
  json_builder_begin_object (json);
  add_text (json, "shortcut", canned->shortcut);
  add_text (json, "title", canned->title);
  add_text (json, "text", canned->text);
  add_text (json, "folder", canned->folder);
  json_builder_set_member_name (json, "queues");
  json_builder_begin_array (json);
  for (guint i = 0; canned->queues[i] != NULL; i++)
    json_builder_add_string_value (json, canned->queues[i]);
  json_builder_end_array (json);
  json_builder_end_object (json);
}

static void
add_canned (JsonBuilder          *json,
            const GateHttpConfig *config,
            const char           *queue)
{
  for (guint i = 0; i < config->canned->len; i++) {
    const GateHttpCanned *canned = g_ptr_array_index (config->canned, i);

    if (queue == NULL || canned->queues[0] == NULL ||
        g_strv_contains ((const char *const *) canned->queues, queue))
      add_reply (json, canned);
  }
}

static void
canned_reply (GateExchange                *exchange,
              const Gate__Link__V1__Reply *reply)
{
  answer_list (exchange, reply, add_canned);
}

void
gate_serve_canned (GateExchange *exchange)
{
  gate_serve_who (exchange, canned_reply);
}
