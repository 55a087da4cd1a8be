/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One pass over the text, straight into the structures of protobuf-c. Recursion is as deep as the depth limit
 * allows; every piece of memory is asked of reserve(), which knows how much this frame may take.
 */
#define G_LOG_DOMAIN "wire-json"

#include "config.h"

#include <string.h>

#include "wire-json-lexer.h"
#include "wire-json-names.h"
#include "wire-json.h"
#include "wire-text.h"

#define MAX_EXPANSION 16u /* as in wire-frame.c */
#define FIRST_ITEMS   4u
#define ONEOF_BIT     (G_GUINT64_CONSTANT (1) << 63)

typedef struct {
  WireJsonLexer in;
  WireArena *arena;
  gsize max_used_bytes;
} Reader;

/* Object: what was read of one so far. */
typedef struct {
  const WireJsonType *type;
  ProtobufCMessage *message;
  guint64 seen; /* bit per field; the top bit for the oneof */
  guint hint;
  guint depth;
} Object;

static WireStatus
read_message (Reader *self, const WireJsonType *type, guint depth, ProtobufCMessage **ret_message);

static WireStatus
reserve (Reader   *self,
         gsize     n_bytes,
         gpointer *ret_memory)
{
  gsize used_bytes = wire_arena_used_bytes (self->arena);

  if (used_bytes > self->max_used_bytes || n_bytes > self->max_used_bytes - used_bytes)
    return WIRE_TOO_LARGE;
  *ret_memory = wire_arena_alloc (self->arena, n_bytes);
  return WIRE_OK;
}

static WireStatus
new_message (Reader              *self,
             const WireJsonType  *type,
             ProtobufCMessage   **ret_message)
{
  gpointer memory;

  WIRE_TRY (reserve (self, type->descriptor->sizeof_message, &memory));
  type->descriptor->message_init (memory);
  *ret_message = memory;
  return WIRE_OK;
}

static WireStatus
read_text (Reader               *self,
           const Object         *object,
           const WireJsonField  *field,
           char                **ret_text)
{
  WireJsonString string;
  gpointer memory;
  gsize n_bytes;

  WIRE_TRY (wire_json_read_string (&self->in, &string));
  WIRE_TRY (reserve (self, string.raw.n_bytes + 1, &memory));
  n_bytes = wire_json_unescape (&string, memory);
  WIRE_TRY (wire_schema_check_text (object->type->descriptor, field->field, memory, n_bytes));
  *ret_text = memory;
  return WIRE_OK;
}

static WireStatus
read_json_bytes (Reader              *self,
                 guint                depth,
                 const WireJsonField *field,
                 ProtobufCBinaryData *ret_bytes)
{
  WireText raw;
  gpointer memory;

  WIRE_TRY (wire_json_skip_value (&self->in, depth, &raw));
  WIRE_TRY (wire_schema_check_bytes (field->field, (const guint8 *) raw.data, raw.n_bytes));
  WIRE_TRY (reserve (self, raw.n_bytes, &memory));
  memcpy (memory, raw.data, raw.n_bytes);
  *ret_bytes = (ProtobufCBinaryData){ raw.n_bytes, memory };
  return WIRE_OK;
}

static WireStatus
read_bytes (Reader              *self,
            const WireJsonField *field,
            ProtobufCBinaryData *ret_bytes)
{
  WireJsonString string;
  gpointer memory;
  gsize n_bytes;
  gboolean is_good;

  WIRE_TRY (wire_json_read_string (&self->in, &string));
  WIRE_TRY (reserve (self, string.raw.n_bytes, &memory));
  n_bytes = string.raw.n_bytes / 2;
  if (field->form == WIRE_BYTES_HEX)
    is_good = wire_hex_decode (string.raw.data, string.raw.n_bytes, memory, n_bytes);
  else
    is_good = wire_base64url_decode (string.raw.data, string.raw.n_bytes, memory, &n_bytes);
  if (!is_good)
    return WIRE_BAD_FRAME;
  *ret_bytes = (ProtobufCBinaryData){ n_bytes, memory };
  return WIRE_OK;
}

static WireStatus
read_fixed64 (Reader  *self,
              guint64 *ret_value)
{
  WireJsonString string;
  guint64 value = 0;

  WIRE_TRY (wire_json_read_string (&self->in, &string));
  if (string.raw.n_bytes != 16)
    return WIRE_BAD_FRAME;
  for (gsize i = 0; i < 16; i++) {
    if (!g_ascii_isxdigit (string.raw.data[i]) || g_ascii_isupper (string.raw.data[i]))
      return WIRE_BAD_FRAME;
    value = value << 4 | (guint64) g_ascii_xdigit_value (string.raw.data[i]);
  }
  *ret_value = value;
  return WIRE_OK;
}

static WireStatus
read_in_range (Reader *self,
               gint64  least,
               gint64  most,
               gint64 *ret_value)
{
  gint64 value;

  WIRE_TRY (wire_json_read_integer (&self->in, &value));
  if (value < least || value > most)
    return WIRE_BAD_FRAME;
  *ret_value = value;
  return WIRE_OK;
}

static WireStatus
read_enum (Reader             *self,
           const WireJsonEnum *names,
           int                *ret_value)
{
  WireJsonString string;
  gint64 number;

  if (wire_json_peek (&self->in) != '"') {
    WIRE_TRY (read_in_range (self, 0, G_MAXINT32, &number));
    *ret_value = (int) number;
    return WIRE_OK;
  }
  WIRE_TRY (wire_json_read_string (&self->in, &string));
  if (!wire_enum_value (names->descriptor, string.raw.data, string.raw.n_bytes, ret_value))
    return WIRE_BAD_FRAME;
  return WIRE_OK;
}

static WireStatus
read_bool (Reader             *self,
           protobuf_c_boolean *ret_value)
{
  *ret_value = wire_json_read_word (&self->in, "true");
  return *ret_value || wire_json_read_word (&self->in, "false") ? WIRE_OK : WIRE_BAD_FRAME;
}

static WireStatus
read_number (Reader        *self,
             ProtobufCType  type,
             gpointer       value)
{
  gint64 number;

  if (type == PROTOBUF_C_TYPE_UINT64) {
    WIRE_TRY (read_in_range (self, 0, G_MAXINT64, &number));
    *(guint64 *) value = (guint64) number;
  } else if (type == PROTOBUF_C_TYPE_UINT32) {
    WIRE_TRY (read_in_range (self, 0, G_MAXUINT32, &number));
    *(guint32 *) value = (guint32) number;
  } else {
    WIRE_TRY (read_in_range (self, G_MININT32, G_MAXINT32, &number));
    *(gint32 *) value = (gint32) number;
  }
  return WIRE_OK;
}

/* @depth: of the object or array the value stands in. */
static WireStatus
read_value (Reader              *self,
            const Object        *object,
            const WireJsonField *field,
            guint                depth,
            gpointer             value)
{
  switch ((guint) field->field->type) {
  case PROTOBUF_C_TYPE_STRING:
    return read_text (self, object, field, value);
  case PROTOBUF_C_TYPE_BYTES:
    if (field->form == WIRE_BYTES_JSON)
      return read_json_bytes (self, depth, field, value);
    return read_bytes (self, field, value);
  case PROTOBUF_C_TYPE_FIXED64:
    return read_fixed64 (self, value);
  case PROTOBUF_C_TYPE_ENUM:
    return read_enum (self, field->values, value);
  case PROTOBUF_C_TYPE_BOOL:
    return read_bool (self, value);
  case PROTOBUF_C_TYPE_MESSAGE:
    return read_message (self, field->type, depth + 1, value);
  default:
    return read_number (self, field->field->type, value);
  }
}

static WireStatus
grow_items (Reader   *self,
            gsize     item_bytes,
            gsize     n_items,
            gsize    *n_allocated,
            gpointer *items)
{
  gsize n_wanted = MAX (2 * *n_allocated, FIRST_ITEMS);
  gpointer memory;

  if (n_items < *n_allocated)
    return WIRE_OK;
  WIRE_TRY (reserve (self, n_wanted * item_bytes, &memory));
  if (n_items > 0)
    memcpy (memory, *items, n_items * item_bytes);
  *items = memory;
  *n_allocated = n_wanted;
  return WIRE_OK;
}

static WireStatus
read_array (Reader              *self,
            const Object        *object,
            const WireJsonField *field)
{
  gsize item_bytes = wire_schema_value_bytes (field->field->type);
  gpointer items = NULL;
  gsize n_items = 0;
  gsize n_allocated = 0;
  gboolean is_first = TRUE;
  gboolean is_item;

  if (!wire_json_take (&self->in, '[') || object->depth >= WIRE_MAX_DEPTH)
    return WIRE_BAD_FRAME;
  for (;;) {
    WIRE_TRY (wire_json_next_item (&self->in, &is_first, &is_item));
    if (!is_item)
      break;
    WIRE_TRY (grow_items (self, item_bytes, n_items, &n_allocated, &items));
    WIRE_TRY (
      read_value (self, object, field, object->depth + 1, (guint8 *) items + n_items * item_bytes));
    n_items++;
  }
  *(size_t *) wire_schema_at (object->message, field->field->quantifier_offset) = n_items;
  *(gpointer *) wire_schema_at (object->message, field->field->offset) = items;
  return WIRE_OK;
}

static WireStatus
note_field (Object              *object,
            const WireJsonField *field)
{
  guint64 bit = G_GUINT64_CONSTANT (1) << (field - object->type->fields);

  if ((field->field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
    bit = ONEOF_BIT;
  if ((object->seen & bit) != 0)
    return WIRE_BAD_FRAME;
  object->seen |= bit;
  return WIRE_OK;
}

static WireStatus
read_field (Reader              *self,
            Object              *object,
            const WireJsonField *field)
{
  const ProtobufCFieldDescriptor *proto = field->field;

  /* null is absent, and absent is zero. */
  if (wire_json_read_word (&self->in, "null"))
    return WIRE_OK;
  WIRE_TRY (note_field (object, field));
  if (proto->label == PROTOBUF_C_LABEL_REPEATED)
    return read_array (self, object, field);
  WIRE_TRY (read_value (self, object, field, object->depth,
                        wire_schema_at (object->message, proto->offset)));
  if ((proto->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
    *(guint32 *) wire_schema_at (object->message, proto->quantifier_offset) = proto->id;
  return WIRE_OK;
}

static WireStatus
read_member (Reader               *self,
             Object               *object,
             const WireJsonString *key)
{
  char buffer[64];
  const WireJsonField *field = NULL;

  if (object->type != NULL)
    field = wire_json_find_field (object->type, wire_json_key_text (key, buffer), &object->hint);
  if (field == NULL)
    return wire_json_skip_value (&self->in, object->depth, NULL);
  return read_field (self, object, field);
}

static WireStatus
find_kind (const WireJsonLexer *from,
           WireText            *ret_kind,
           char                 ret_buffer[64])
{
  WireJsonLexer in = *from;
  gboolean is_first = TRUE;
  WireJsonString key;
  char buffer[64];

  for (;;) {
    WIRE_TRY (wire_json_next_key (&in, &is_first, &key));
    if (key.raw.data == NULL)
      return WIRE_BAD_FRAME;
    if (wire_text_equals (wire_json_key_text (&key, buffer), "t"))
      break;
    WIRE_TRY (wire_json_skip_value (&in, 1, NULL));
  }
  WIRE_TRY (wire_json_read_string (&in, &key));
  *ret_kind = wire_json_key_text (&key, ret_buffer);
  return WIRE_OK;
}

/* The body that `t` names; an unknown kind leaves the frame without one, as in protobuf. */
static WireStatus
start_body (Reader          *self,
            guint            depth,
            Gate__V1__Frame *frame,
            Object          *ret_body)
{
  const WireJsonField *kind;
  WireText name;
  char buffer[64];
  guint hint = 1;

  *ret_body = (Object){ .depth = depth };
  WIRE_TRY (find_kind (&self->in, &name, buffer));
  kind = wire_json_find_field (wire_json_frame_type (), name, &hint);
  if (kind == NULL || kind->type == NULL)
    return WIRE_OK;
  if (kind->field->descriptor == &gate__v1__batch__descriptor && depth > 1)
    return WIRE_BAD_FRAME;
  WIRE_TRY (new_message (self, kind->type, &ret_body->message));
  ret_body->type = kind->type;
  frame->body_case = (Gate__V1__Frame__BodyCase) kind->field->id;
  memcpy (wire_schema_at (&frame->base, kind->field->offset), &ret_body->message,
          sizeof ret_body->message);
  return WIRE_OK;
}

/* `t` and `id` belong to the frame, every other key to its body. */
static WireStatus
read_frame_members (Reader          *self,
                    Gate__V1__Frame *frame,
                    Object          *body)
{
  gboolean is_first = TRUE;
  gboolean has_kind = FALSE;
  gboolean has_id = FALSE;
  WireJsonString key;

  for (;;) {
    char buffer[64];
    WireText name;
    gint64 id;

    WIRE_TRY (wire_json_next_key (&self->in, &is_first, &key));
    if (key.raw.data == NULL)
      return WIRE_OK;
    name = wire_json_key_text (&key, buffer);
    if (wire_text_equals (name, "t")) {
      if (has_kind)
        return WIRE_BAD_FRAME;
      has_kind = TRUE;
      WIRE_TRY (wire_json_skip_value (&self->in, body->depth, NULL));
    } else if (wire_text_equals (name, "id")) {
      if (has_id)
        return WIRE_BAD_FRAME;
      has_id = TRUE;
      WIRE_TRY (read_in_range (self, 0, G_MAXUINT32, &id));
      frame->id = (guint32) id;
    } else {
      WIRE_TRY (read_member (self, body, &key));
    }
  }
}

static WireStatus
read_frame (Reader            *self,
            guint              depth,
            ProtobufCMessage **ret_message)
{
  ProtobufCMessage *message;
  Object body;

  WIRE_TRY (new_message (self, wire_json_frame_type (), &message));
  WIRE_TRY (start_body (self, depth, (Gate__V1__Frame *) message, &body));
  WIRE_TRY (read_frame_members (self, (Gate__V1__Frame *) message, &body));
  *ret_message = message;
  return WIRE_OK;
}

static WireStatus
read_message (Reader              *self,
              const WireJsonType  *type,
              guint                depth,
              ProtobufCMessage   **ret_message)
{
  Object object = { .type = type, .depth = depth };
  gboolean is_first = TRUE;
  WireJsonString key;

  if (!wire_json_take (&self->in, '{') || depth > WIRE_MAX_DEPTH)
    return WIRE_BAD_FRAME;
  if (type == wire_json_frame_type ())
    return read_frame (self, depth, ret_message);
  WIRE_TRY (new_message (self, type, &object.message));
  for (;;) {
    WIRE_TRY (wire_json_next_key (&self->in, &is_first, &key));
    if (key.raw.data == NULL)
      break;
    WIRE_TRY (read_member (self, &object, &key));
  }
  *ret_message = object.message;
  return WIRE_OK;
}

WireStatus
wire_json_read_frame (WireArena        *arena,
                      const char       *text,
                      gsize             n_bytes,
                      gsize             max_bytes,
                      Gate__V1__Frame **ret_frame)
{
  Reader self = { { text, text + n_bytes, WIRE_MAX_DEPTH }, arena };
  ProtobufCMessage *message;

  if (n_bytes > max_bytes)
    return WIRE_TOO_LARGE;
  if (n_bytes == 0)
    return WIRE_BAD_FRAME;
  self.max_used_bytes = wire_arena_used_bytes (arena) + MAX_EXPANSION * max_bytes;
  WIRE_TRY (read_message (&self, wire_json_frame_type (), 1, &message));
  wire_json_skip_blanks (&self.in);
  if (self.in.at != self.in.end)
    return WIRE_BAD_FRAME;
  *ret_frame = (Gate__V1__Frame *) message;
  return WIRE_OK;
}

guint32
wire_json_peek_id (const char *text,
                   gsize       n_bytes)
{
  WireJsonLexer in = { text, text + n_bytes, WIRE_MAX_DEPTH };
  gboolean is_first = TRUE;
  WireJsonString key;
  gint64 id;

  if (n_bytes == 0 || !wire_json_take (&in, '{'))
    return 0;
  while (wire_json_next_key (&in, &is_first, &key) == WIRE_OK && key.raw.data != NULL) {
    if (wire_text_equals (key.raw, "id"))
      return wire_json_read_integer (&in, &id) == WIRE_OK && id >= 0 && id <= G_MAXUINT32
               ? (guint32) id
               : 0;
    if (wire_json_skip_value (&in, 1, NULL) != WIRE_OK)
      break;
  }
  return 0;
}
