/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls that are one frame: the request becomes what a console would send, the answer becomes JSON. */
#include "config.h"

#include "gate-serve.h"

#include "gate-json-body.h"
#include "gate-json-frames.h"
#include "wire-text.h"

#include <string.h>

#define MAX_NUMBER      ((G_GUINT64_CONSTANT (1) << 53) - 1)
#define DEFAULT_ROWS    50
#define MAX_ROWS        100
#define MAX_QUERY_CHARS 256
#define SHA256_BYTES    32

/* A number of the query string; @ret_value keeps its default without one. */
static gboolean
read_number (GateExchange *exchange,
             const char   *name,
             guint64       min,
             guint64       max,
             guint64      *ret_value)
{
  const char *text = gate_exchange_get_query (exchange, name);

  if (text == NULL || g_ascii_string_to_unsigned (text, 10, min, max, ret_value, NULL))
    return TRUE;
  gate_exchange_bad_query (exchange, name);
  return FALSE;
}

static gboolean
read_limit (GateExchange *exchange,
            guint64      *ret_limit)
{
  *ret_limit = DEFAULT_ROWS;
  return read_number (exchange, "limit", 1, MAX_ROWS, ret_limit);
}

/* A text of the query string, "" without one. */
static gboolean
read_text (GateExchange  *exchange,
           const char    *name,
           char         **ret_text)
{
  const char *text = gate_exchange_get_query (exchange, name);

  *ret_text = (char *) (text != NULL ? text : "");
  if (g_utf8_validate (*ret_text, -1, NULL) && g_utf8_strlen (*ret_text, -1) <= MAX_QUERY_CHARS)
    return TRUE;
  gate_exchange_bad_query (exchange, name);
  return FALSE;
}

/* RFC 3339, to Unix milliseconds. */
static gboolean
read_time (GateExchange *exchange,
           const char   *name,
           guint64      *ret_ms)
{
  const char *text = gate_exchange_get_query (exchange, name);
  g_autoptr (GDateTime) time = NULL;

  if (text == NULL)
    return TRUE;
  time = strlen (text) <= 40 ? g_date_time_new_from_iso8601 (text, NULL) : NULL;
  if (time == NULL || g_date_time_to_unix (time) < 0) {
    gate_exchange_bad_query (exchange, name);
    return FALSE;
  }
  *ret_ms = (guint64) g_date_time_to_unix (time) * 1000 +
            (guint64) g_date_time_get_microsecond (time) / 1000;
  return TRUE;
}

static gboolean
is_frame (GateExchange                *exchange,
          const Gate__Link__V1__Reply *reply,
          Gate__V1__Frame__BodyCase    body_case)
{
  if (reply->body_case == GATE__LINK__V1__REPLY__BODY_FRAME && reply->frame->body_case == body_case)
    return TRUE;
  gate_exchange_problem (exchange, SOUP_STATUS_INTERNAL_SERVER_ERROR, "internal", NULL);
  return FALSE;
}

/* --- History ------------------------------------------------------------------------------------- */

static void
history_reply (GateExchange                *exchange,
               const Gate__Link__V1__Reply *reply)
{
  if (is_frame (exchange, reply, GATE__V1__FRAME__BODY_HISTORY_PAGE))
    gate_exchange_json (exchange, SOUP_STATUS_OK, gate_json_history (reply->frame->history_page));
}

void
gate_serve_history (GateExchange *exchange)
{
  Gate__V1__HistoryReq body = GATE__V1__HISTORY_REQ__INIT;
  Gate__V1__Frame frame = GATE__V1__FRAME__INIT;
  guint64 limit;

  if (!g_ascii_string_to_unsigned (exchange->params[0], 10, 1, MAX_NUMBER, &body.conv, NULL)) {
    gate_exchange_problem (exchange, SOUP_STATUS_NOT_FOUND, "no_conversation", NULL);
    return;
  }
  if (!read_number (exchange, "before_seq", 1, MAX_NUMBER, &body.before) ||
      !read_number (exchange, "after_seq", 0, MAX_NUMBER, &body.after) ||
      !read_limit (exchange, &limit))
    return;
  body.limit = (guint32) limit;
  frame.body_case = GATE__V1__FRAME__BODY_HISTORY_REQ;
  frame.history_req = &body;
  gate_exchange_ask_frame (exchange, &frame, history_reply);
}

/* --- Search -------------------------------------------------------------------------------------- */

static void
search_reply (GateExchange                *exchange,
              const Gate__Link__V1__Reply *reply)
{
  if (is_frame (exchange, reply, GATE__V1__FRAME__BODY_SEARCH_PAGE))
    gate_exchange_json (exchange, SOUP_STATUS_OK, gate_json_search (reply->frame->search_page));
}

void
gate_serve_search (GateExchange *exchange)
{
  Gate__V1__SearchReq body = GATE__V1__SEARCH_REQ__INIT;
  Gate__V1__Frame frame = GATE__V1__FRAME__INIT;
  const char *has = gate_exchange_get_query (exchange, "has");
  guint64 limit;

  if (!read_text (exchange, "q", &body.query) || !read_text (exchange, "from", &body.from) ||
      !read_text (exchange, "tag", &body.tag) || !read_text (exchange, "cursor", &body.cursor) ||
      !read_time (exchange, "before", &body.before) ||
      !read_time (exchange, "after", &body.after) ||
      !read_number (exchange, "conversation", 1, MAX_NUMBER, &body.conv) ||
      !read_limit (exchange, &limit))
    return;
  if (has != NULL && strcmp (has, "file") != 0) {
    gate_exchange_bad_query (exchange, "has");
    return;
  }
  body.has_file = has != NULL;
  body.limit = (guint32) limit;
  frame.body_case = GATE__V1__FRAME__BODY_SEARCH_REQ;
  frame.search_req = &body;
  gate_exchange_ask_frame (exchange, &frame, search_reply);
}

/* --- Upload tickets ------------------------------------------------------------------------------ */

static void
ticket_reply (GateExchange                *exchange,
              const Gate__Link__V1__Reply *reply)
{
  if (is_frame (exchange, reply, GATE__V1__FRAME__BODY_UPLOAD_TICKET))
    gate_exchange_json (exchange, SOUP_STATUS_CREATED,
                        gate_json_ticket (reply->frame->upload_ticket));
}

void
gate_serve_upload_ticket (GateExchange *exchange)
{
  static const GateField fields[] = {
    { "mime", GATE_FIELD_STRING, TRUE, 127 },
    { "size", GATE_FIELD_INTEGER, TRUE, 0 },
    { "sha256", GATE_FIELD_STRING, FALSE, 2 * SHA256_BYTES },
    { "name", GATE_FIELD_STRING, FALSE, 255 },
    { "conversation", GATE_FIELD_STRING, FALSE, 16 },
  };
  g_autoptr (JsonObject) object = gate_exchange_read_body (exchange, fields, G_N_ELEMENTS (fields));
  Gate__V1__UploadReq body = GATE__V1__UPLOAD_REQ__INIT;
  Gate__V1__Frame frame = GATE__V1__FRAME__INIT;
  guint8 digest[SHA256_BYTES];
  const char *hex, *conv;

  if (object == NULL)
    return;
  hex = gate_json_get_string (object, "sha256");
  conv = gate_json_get_string (object, "conversation");
  if (hex[0] != '\0' && !wire_hex_decode (hex, strlen (hex), digest, sizeof (digest))) {
    gate_exchange_bad_field (exchange, "/sha256", "not_hex");
    return;
  }
  if (conv[0] != '\0' && !g_ascii_string_to_unsigned (conv, 10, 1, MAX_NUMBER, &body.conv, NULL)) {
    gate_exchange_bad_field (exchange, "/conversation", "not_an_id");
    return;
  }
  if (json_object_get_int_member (object, "size") > G_MAXUINT32) {
    gate_exchange_problem (exchange, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "too_large", NULL);
    return;
  }
  body.mime = gate_json_get_string (object, "mime");
  body.size = (guint32) json_object_get_int_member (object, "size");
  body.name = gate_json_get_string (object, "name");
  body.sha256 = (ProtobufCBinaryData){ hex[0] != '\0' ? sizeof (digest) : 0, digest };
  frame.body_case = GATE__V1__FRAME__BODY_UPLOAD_REQ;
  frame.upload_req = &body;
  gate_exchange_ask_frame (exchange, &frame, ticket_reply);
}
