/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-json"

#include "config.h"

#include <string.h>

#include "wire-json-names.h"
#include "wire-json.h"
#include "wire-text.h"

static void write_frame_object (WireBuffer             *out,
                                const ProtobufCMessage *frame);
static void
write_object (WireBuffer *out, const WireJsonType *type, const ProtobufCMessage *message);

static void
write_escape (WireBuffer *out,
              guint8      byte)
{
  static const char letters[] = {
    ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\'
  };
  char text[7] = "\\";

  if (byte < sizeof letters)
    text[1] = letters[byte];
  if (text[1] == '\0')
    g_snprintf (text, sizeof text, "\\u%04x", (guint) byte);
  wire_buffer_append_text (out, text);
}

void
wire_json_write_string (WireBuffer *out,
                        const char *text,
                        gsize       n_bytes)
{
  const char *end = text + n_bytes;
  const char *run = text;

  wire_buffer_reserve (out, n_bytes + 2);
  wire_buffer_append_byte (out, '"');
  for (const char *at = text; at < end; at++) {
    if ((guint8) *at >= 0x20 && *at != '"' && *at != '\\')
      continue;
    wire_buffer_append (out, run, (gsize) (at - run));
    write_escape (out, (guint8) *at);
    run = at + 1;
  }
  wire_buffer_append (out, run, (gsize) (end - run));
  wire_buffer_append_byte (out, '"');
}

static void
write_integer (WireBuffer *out,
               guint64     value)
{
  char digits[20];
  gsize n_digits = 0;

  do
    digits[sizeof digits - ++n_digits] = (char) ('0' + value % 10);
  while ((value /= 10) != 0);
  wire_buffer_append (out, digits + sizeof digits - n_digits, n_digits);
}

static void
write_signed (WireBuffer *out,
              gint32      value)
{
  if (value < 0)
    wire_buffer_append_byte (out, '-');
  write_integer (out, (guint64) ABS ((gint64) value));
}

static void
write_fixed64 (WireBuffer *out,
               guint64     value)
{
  char text[17];
  guint64 big_endian = GUINT64_TO_BE (value);

  wire_hex_encode ((const guint8 *) &big_endian, sizeof big_endian, text);
  wire_json_write_string (out, text, 16);
}

static void
write_enum (WireBuffer         *out,
            const WireJsonEnum *names,
            int                 value)
{
  for (guint i = 0; i < names->n_values; i++) {
    if (names->values[i].value == value) {
      wire_json_write_string (out, names->values[i].name, names->values[i].n_chars);
      return;
    }
  }
  write_signed (out, value);
}

static void
write_bytes (WireBuffer                *out,
             WireBytesForm              form,
             const ProtobufCBinaryData *bytes)
{
  gsize max_chars = 2 * bytes->len + 1;
  char *text;

  if (form == WIRE_BYTES_JSON) {
    /* Whoever filled it in: what is no JSON must not become part of ours. */
    if (wire_json_scan ((const char *) bytes->data, bytes->len, WIRE_MAX_DEPTH) == WIRE_OK)
      wire_buffer_append (out, bytes->data, bytes->len);
    else
      wire_buffer_append_text (out, "null");
    return;
  }
  wire_buffer_append_byte (out, '"');
  text = (char *) wire_buffer_reserve (out, max_chars);
  if (form == WIRE_BYTES_HEX)
    wire_hex_encode (bytes->data, bytes->len, text);
  else
    wire_base64url_encode (bytes->data, bytes->len, text);
  out->n_bytes += strlen (text);
  wire_buffer_append_byte (out, '"');
}

static void
write_message (WireBuffer             *out,
               const WireJsonType     *type,
               const ProtobufCMessage *message)
{
  if (type == wire_json_frame_type ()) {
    write_frame_object (out, message);
    return;
  }
  wire_buffer_append_byte (out, '{');
  write_object (out, type, message);
  wire_buffer_append_byte (out, '}');
}

static void
write_value (WireBuffer          *out,
             const WireJsonField *field,
             gconstpointer        value)
{
  const char *text;

  switch ((guint) field->field->type) {
  case PROTOBUF_C_TYPE_UINT32:
    write_integer (out, *(const guint32 *) value);
    break;
  case PROTOBUF_C_TYPE_UINT64:
    write_integer (out, *(const guint64 *) value);
    break;
  case PROTOBUF_C_TYPE_SINT32:
    write_signed (out, *(const gint32 *) value);
    break;
  case PROTOBUF_C_TYPE_FIXED64:
    write_fixed64 (out, *(const guint64 *) value);
    break;
  case PROTOBUF_C_TYPE_BOOL:
    wire_buffer_append_text (out, *(const protobuf_c_boolean *) value ? "true" : "false");
    break;
  case PROTOBUF_C_TYPE_ENUM:
    write_enum (out, field->values, *(const int *) value);
    break;
  case PROTOBUF_C_TYPE_STRING:
    text = *(char *const *) value;
    wire_json_write_string (out, text != NULL ? text : "", text != NULL ? strlen (text) : 0);
    break;
  case PROTOBUF_C_TYPE_BYTES:
    write_bytes (out, field->form, value);
    break;
  default:
    write_message (out, field->type, *(ProtobufCMessage *const *) value);
    break;
  }
}

static void
write_array (WireBuffer             *out,
             const WireJsonField    *field,
             const ProtobufCMessage *message)
{
  gsize n_items = *(const size_t *) wire_schema_at (message, field->field->quantifier_offset);
  gsize item_bytes = wire_schema_value_bytes (field->field->type);
  const guint8 *items = *(guint8 *const *) wire_schema_at (message, field->field->offset);

  wire_buffer_append_byte (out, '[');
  for (gsize i = 0; i < n_items; i++) {
    if (i > 0)
      wire_buffer_append_byte (out, ',');
    write_value (out, field, items + i * item_bytes);
  }
  wire_buffer_append_byte (out, ']');
}

static gboolean
has_field (const ProtobufCMessage         *message,
           const ProtobufCFieldDescriptor *field)
{
  if (field->label == PROTOBUF_C_LABEL_REPEATED)
    return *(const size_t *) wire_schema_at (message, field->quantifier_offset) > 0;
  return wire_schema_is_present (message, field);
}

/* The members, each with a comma in front but for the first one of the object. */
static void
write_object (WireBuffer             *out,
              const WireJsonType     *type,
              const ProtobufCMessage *message)
{
  for (guint i = 0; i < type->n_fields; i++) {
    const WireJsonField *field = &type->fields[i];

    if (!has_field (message, field->field))
      continue;
    if (out->data[out->n_bytes - 1] != '{')
      wire_buffer_append_byte (out, ',');
    wire_buffer_append (out, field->key, field->n_chars + 3);
    if (field->field->label == PROTOBUF_C_LABEL_REPEATED)
      write_array (out, field, message);
    else
      write_value (out, field, wire_schema_at (message, field->field->offset));
  }
}

static const WireJsonField *
body_of (const Gate__V1__Frame *frame)
{
  const WireJsonType *type = wire_json_frame_type ();

  for (guint i = 0; i < type->n_fields; i++)
    if (type->fields[i].field->id == (guint32) frame->body_case && type->fields[i].type != NULL)
      return &type->fields[i];
  return NULL;
}

static void
write_frame_object (WireBuffer             *out,
                    const ProtobufCMessage *message)
{
  const Gate__V1__Frame *frame = (const Gate__V1__Frame *) message;
  const WireJsonField *body = body_of (frame);

  wire_buffer_append_text (out, "{\"t\":");
  if (body != NULL)
    wire_buffer_append (out, body->key, body->n_chars + 2);
  else
    wire_buffer_append_text (out, "\"none\"");
  if (frame->id != 0) {
    wire_buffer_append_text (out, ",\"id\":");
    write_integer (out, frame->id);
  }
  if (body != NULL)
    write_object (out, body->type, wire_frame_body (frame));
  wire_buffer_append_byte (out, '}');
}

void
wire_json_write_frame (WireBuffer            *out,
                       const Gate__V1__Frame *frame)
{
  write_frame_object (out, &frame->base);
}
