/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-json-body.h"

#include "wire-json.h"

#include <string.h>

#define MAX_DEPTH          4
#define MAX_INTEGER        (((gint64) 1 << 53) - 1)
#define MAX_INTEGER_DIGITS 16

/* json-glib wraps an integer over 64 bits without a word, so one with more digits than 2^53 has is refused before. The
 * text is valid JSON already: outside strings a run of digits is a number.
 */
static gboolean
has_long_number (const char *text,
                 gsize       n_bytes)
{
  gboolean in_string = FALSE;
  gsize n_digits = 0;

  for (gsize i = 0; i < n_bytes; i++) {
    if (in_string && text[i] == '\\')
      i++;
    else if (text[i] == '"')
      in_string = !in_string;
    n_digits = !in_string && g_ascii_isdigit (text[i]) ? n_digits + 1 : 0;
    if (n_digits > MAX_INTEGER_DIGITS)
      return TRUE;
  }
  return FALSE;
}

static const GateField *
find_field (const GateField *fields,
            gsize            n_fields,
            const char      *name)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].name, name) == 0)
      return &fields[i];
  return NULL;
}

static GateBodyStatus
check_value (const GateField *field,
             JsonNode        *node)
{
  GType type = json_node_get_value_type (node);

  if (field->kind == GATE_FIELD_INTEGER) {
    if (type != G_TYPE_INT64)
      return GATE_BODY_WRONG_TYPE;
    return json_node_get_int (node) >= 0 && json_node_get_int (node) <= MAX_INTEGER
             ? GATE_BODY_OK
             : GATE_BODY_WRONG_TYPE;
  }
  if (type != G_TYPE_STRING)
    return GATE_BODY_WRONG_TYPE;
  return g_utf8_strlen (json_node_get_string (node), -1) <= field->max_chars ? GATE_BODY_OK
                                                                             : GATE_BODY_TOO_LONG;
}

static GateBodyStatus
check_members (JsonObject       *object,
               const GateField  *fields,
               gsize             n_fields,
               char            **ret_field)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &node)) {
    const GateField *field = find_field (fields, n_fields, name);
    GateBodyStatus status = field != NULL ? check_value (field, node) : GATE_BODY_UNKNOWN;

    if (status != GATE_BODY_OK) {
      *ret_field = g_strdup (name);
      return status;
    }
  }
  for (gsize i = 0; i < n_fields; i++) {
    if (fields[i].is_required && !json_object_has_member (object, fields[i].name)) {
      *ret_field = g_strdup (fields[i].name);
      return GATE_BODY_MISSING;
    }
  }
  return GATE_BODY_OK;
}

GateBodyStatus
gate_json_body_read (const char       *text,
                     gsize             n_bytes,
                     const GateField  *fields,
                     gsize             n_fields,
                     JsonObject      **ret_object,
                     char            **ret_field)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *object;
  GateBodyStatus status;

  if (wire_json_scan_object (text, n_bytes, MAX_DEPTH) != WIRE_OK ||
      has_long_number (text, n_bytes))
    return GATE_BODY_MALFORMED;
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, (gssize) n_bytes, NULL))
    return GATE_BODY_MALFORMED;
  object = json_node_get_object (json_parser_get_root (parser));
  status = check_members (object, fields, n_fields, ret_field);
  if (status == GATE_BODY_OK)
    *ret_object = json_object_ref (object);
  return status;
}

static const char *
field_code (GateBodyStatus status)
{
  switch (status) {
  case GATE_BODY_UNKNOWN:
    return "unknown_field";
  case GATE_BODY_MISSING:
    return "required";
  case GATE_BODY_TOO_LONG:
    return "too_long";
  case GATE_BODY_WRONG_TYPE:
  case GATE_BODY_OK:
  case GATE_BODY_MALFORMED:
  default:
    return "wrong_type";
  }
}

/* A JSON pointer: RFC 6901. */
static char *
pointer_to (const char *name)
{
  GString *pointer = g_string_new ("/");

  for (; *name != '\0'; name++) {
    if (*name == '~')
      g_string_append (pointer, "~0");
    else if (*name == '/')
      g_string_append (pointer, "~1");
    else
      g_string_append_c (pointer, *name);
  }
  return g_string_free (pointer, FALSE);
}

static gboolean
is_json (GateExchange *self)
{
  const char *type =
    soup_message_headers_get_content_type (soup_server_message_get_request_headers (self->message),
                                           NULL);

  return g_strcmp0 (type, "application/json") == 0;
}

JsonObject *
gate_exchange_read_body (GateExchange    *self,
                         const GateField *fields,
                         gsize            n_fields)
{
  g_autoptr (GBytes) body =
    soup_message_body_flatten (soup_server_message_get_request_body (self->message));
  gsize n_bytes;
  const char *text = g_bytes_get_data (body, &n_bytes);
  g_autofree char *field = NULL;
  g_autofree char *pointer = NULL;
  JsonObject *object = NULL;
  GateBodyStatus status;

  if (!is_json (self)) {
    gate_exchange_problem (self, SOUP_STATUS_UNSUPPORTED_MEDIA_TYPE, "unsupported_content",
                           "the body must be application/json");
    return NULL;
  }
  status = gate_json_body_read (text, n_bytes, fields, n_fields, &object, &field);
  if (status == GATE_BODY_OK)
    return object;
  if (status == GATE_BODY_MALFORMED) {
    gate_exchange_problem (self, SOUP_STATUS_BAD_REQUEST, "bad_frame",
                           "the body is not one JSON object");
    return NULL;
  }
  pointer = pointer_to (field);
  gate_exchange_bad_field (self, pointer, field_code (status));
  return NULL;
}

char *
gate_json_get_string (JsonObject *object,
                      const char *name)
{
  return (char *) json_object_get_string_member_with_default (object, name, "");
}
