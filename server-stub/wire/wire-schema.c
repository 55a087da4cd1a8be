/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-schema"

#include "config.h"

#include "wire-schema.h"

#include <string.h>

#include "gate.pb-c.h"
#include "wire-frame.h"
#include "wire-json.h"
#include "wire-utf8.h"

static const struct {
  const char *field;
  WireBytesForm form;
} bytes_forms[] = {
  { "attrs", WIRE_BYTES_JSON }, { "context", WIRE_BYTES_JSON },  { "data", WIRE_BYTES_JSON },
  { "ext", WIRE_BYTES_JSON },   { "form", WIRE_BYTES_JSON },     { "profile", WIRE_BYTES_JSON },
  { "sha256", WIRE_BYTES_HEX }, { "signature", WIRE_BYTES_HEX },
};

WireBytesForm
wire_schema_bytes_form (const ProtobufCFieldDescriptor *field)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bytes_forms); i++)
    if (strcmp (bytes_forms[i].field, field->name) == 0)
      return bytes_forms[i].form;
  return WIRE_BYTES_BASE64URL;
}

static gsize
max_characters (const ProtobufCMessageDescriptor *message,
                const ProtobufCFieldDescriptor   *field)
{
  if (message == &gate__v1__typing__descriptor && strcmp (field->name, "preview") == 0)
    return WIRE_MAX_PREVIEW_CHARACTERS;
  /* The link's own messages are our own build's: a setting may be long. */
  if (strcmp (message->package_name, gate__v1__frame__descriptor.package_name) != 0)
    return G_MAXSIZE;
  return WIRE_MAX_TEXT_CHARACTERS;
}

WireStatus
wire_schema_check_text (const ProtobufCMessageDescriptor *message,
                        const ProtobufCFieldDescriptor   *field,
                        const guint8                     *text,
                        gsize                             n_bytes)
{
  gsize most;

  if (!wire_utf8_is_valid (text, n_bytes))
    return WIRE_BAD_UTF8;
  /* Strings end at their first NUL once unpacked: what was checked would not be what is used. */
  if (n_bytes > 0 && memchr (text, '\0', n_bytes) != NULL)
    return WIRE_BAD_FRAME;
  if (n_bytes <= WIRE_MAX_PREVIEW_CHARACTERS)
    return WIRE_OK;
  most = max_characters (message, field);
  return n_bytes > most && wire_utf8_count (text, n_bytes) > most ? WIRE_TOO_LARGE : WIRE_OK;
}

WireStatus
wire_schema_check_bytes (const ProtobufCFieldDescriptor *field,
                         const guint8                   *data,
                         gsize                           n_bytes)
{
  gboolean is_ext = strcmp (field->name, "ext") == 0;

  if (n_bytes == 0 || wire_schema_bytes_form (field) != WIRE_BYTES_JSON)
    return WIRE_OK;
  if (is_ext && n_bytes > WIRE_MAX_EXT_BYTES)
    return WIRE_TOO_LARGE;
  if (is_ext)
    return wire_json_scan_object ((const char *) data, n_bytes, WIRE_MAX_DEPTH);
  return wire_json_scan ((const char *) data, n_bytes, WIRE_MAX_DEPTH);
}

gsize
wire_schema_value_bytes (ProtobufCType type)
{
  switch (type) {
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_SINT64:
  case PROTOBUF_C_TYPE_SFIXED64:
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_FIXED64:
  case PROTOBUF_C_TYPE_DOUBLE:
    return sizeof (guint64);
  case PROTOBUF_C_TYPE_BOOL:
    return sizeof (protobuf_c_boolean);
  case PROTOBUF_C_TYPE_STRING:
  case PROTOBUF_C_TYPE_MESSAGE:
    return sizeof (gpointer);
  case PROTOBUF_C_TYPE_BYTES:
    return sizeof (ProtobufCBinaryData);
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_SINT32:
  case PROTOBUF_C_TYPE_SFIXED32:
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_FIXED32:
  case PROTOBUF_C_TYPE_FLOAT:
  case PROTOBUF_C_TYPE_ENUM:
  default:
    return sizeof (guint32);
  }
}

gboolean
wire_schema_is_present (const ProtobufCMessage         *message,
                        const ProtobufCFieldDescriptor *field)
{
  gconstpointer value = wire_schema_at (message, field->offset);

  if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
      *(const guint32 *) wire_schema_at (message, field->quantifier_offset) != field->id)
    return FALSE;
  if (field->type == PROTOBUF_C_TYPE_MESSAGE)
    return *(gpointer const *) value != NULL;
  /* What a oneof has chosen stands there even when it is empty. */
  if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
    return TRUE;
  if (field->type == PROTOBUF_C_TYPE_STRING)
    return *(char *const *) value != NULL && **(char *const *) value != '\0';
  if (field->type == PROTOBUF_C_TYPE_BYTES)
    return ((const ProtobufCBinaryData *) value)->len > 0;
  if (wire_schema_value_bytes (field->type) == sizeof (guint64))
    return *(const guint64 *) value != 0;
  return *(const guint32 *) value != 0;
}
