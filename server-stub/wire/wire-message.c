/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What protobuf-c leaves out: copies and comparison of any message, and names of enumerators. */
#define G_LOG_DOMAIN "wire-message"

#include "config.h"

#include <string.h>

#include "wire-frame.h"
#include "wire-schema.h"

ProtobufCMessage *
wire_message_new (WireArena                        *arena,
                  const ProtobufCMessageDescriptor *descriptor)
{
  ProtobufCMessage *message = wire_arena_alloc (arena, descriptor->sizeof_message);

  descriptor->message_init (message);
  return message;
}

static char *
dup_text (WireArena *arena,
          char      *text)
{
  /* An empty one may lie in the memory of the original: the copy points to the library's. */
  return text == NULL || *text == '\0' ? (char *) protobuf_c_empty_string
                                       : wire_arena_strdup (arena, text);
}

/* @value holds a copy of the original's bits; what it points to becomes a copy too. */
static void
dup_value (WireArena     *arena,
           ProtobufCType  type,
           gpointer       value)
{
  ProtobufCBinaryData *bytes = value;
  ProtobufCMessage **message = value;
  char **text = value;

  if (type == PROTOBUF_C_TYPE_STRING)
    *text = dup_text (arena, *text);
  else if (type == PROTOBUF_C_TYPE_BYTES)
    bytes->data = bytes->len > 0 ? wire_arena_memdup (arena, bytes->data, bytes->len) : NULL;
  else if (type == PROTOBUF_C_TYPE_MESSAGE && *message != NULL)
    *message = wire_message_dup (arena, *message);
}

static void
dup_repeated (WireArena                      *arena,
              ProtobufCMessage               *copy,
              const ProtobufCFieldDescriptor *field)
{
  gsize n_items = *(const size_t *) wire_schema_at (copy, field->quantifier_offset);
  gsize item_bytes = wire_schema_value_bytes (field->type);
  guint8 **items = wire_schema_at (copy, field->offset);

  if (n_items == 0)
    return;
  *items = wire_arena_memdup (arena, *items, n_items * item_bytes);
  for (gsize i = 0; i < n_items; i++)
    dup_value (arena, field->type, *items + i * item_bytes);
}

ProtobufCMessage *
wire_message_dup (WireArena              *arena,
                  const ProtobufCMessage *message)
{
  const ProtobufCMessageDescriptor *descriptor = message->descriptor;
  ProtobufCMessage *copy = wire_arena_memdup (arena, message, descriptor->sizeof_message);

  copy->n_unknown_fields = 0;
  copy->unknown_fields = NULL;
  for (unsigned i = 0; i < descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &descriptor->fields[i];

    if (field->label == PROTOBUF_C_LABEL_REPEATED)
      dup_repeated (arena, copy, field);
    else if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0 ||
             wire_schema_is_present (copy, field))
      dup_value (arena, field->type, wire_schema_at (copy, field->offset));
  }
  return copy;
}

Gate__V1__Frame *
wire_frame_dup (WireArena             *arena,
                const Gate__V1__Frame *frame)
{
  return (Gate__V1__Frame *) wire_message_dup (arena, &frame->base);
}

static gboolean
value_equal (ProtobufCType type,
             gconstpointer a,
             gconstpointer b)
{
  const ProtobufCBinaryData *bytes_a = a;
  const ProtobufCBinaryData *bytes_b = b;

  if (type == PROTOBUF_C_TYPE_STRING)
    return g_strcmp0 (*(char *const *) a, *(char *const *) b) == 0;
  if (type == PROTOBUF_C_TYPE_BYTES)
    return bytes_a->len == bytes_b->len &&
           (bytes_a->len == 0 || memcmp (bytes_a->data, bytes_b->data, bytes_a->len) == 0);
  if (type == PROTOBUF_C_TYPE_MESSAGE)
    return wire_message_equal (*(ProtobufCMessage *const *) a, *(ProtobufCMessage *const *) b);
  return memcmp (a, b, wire_schema_value_bytes (type)) == 0;
}

static gboolean
repeated_equal (const ProtobufCMessage         *a,
                const ProtobufCMessage         *b,
                const ProtobufCFieldDescriptor *field)
{
  gsize n_items = *(const size_t *) wire_schema_at (a, field->quantifier_offset);
  gsize item_bytes = wire_schema_value_bytes (field->type);
  const guint8 *items_a = *(guint8 *const *) wire_schema_at (a, field->offset);
  const guint8 *items_b = *(guint8 *const *) wire_schema_at (b, field->offset);

  if (n_items != *(const size_t *) wire_schema_at (b, field->quantifier_offset))
    return FALSE;
  for (gsize i = 0; i < n_items; i++)
    if (!value_equal (field->type, items_a + i * item_bytes, items_b + i * item_bytes))
      return FALSE;
  return TRUE;
}

static gboolean
field_equal (const ProtobufCMessage         *a,
             const ProtobufCMessage         *b,
             const ProtobufCFieldDescriptor *field)
{
  gboolean is_present = wire_schema_is_present (a, field);

  if (is_present != wire_schema_is_present (b, field))
    return FALSE;
  return !is_present || value_equal (field->type, wire_schema_at (a, field->offset),
                                     wire_schema_at (b, field->offset));
}

gboolean
wire_message_equal (const ProtobufCMessage *a,
                    const ProtobufCMessage *b)
{
  if (a == NULL || b == NULL || a->descriptor != b->descriptor)
    return a == b;
  for (unsigned i = 0; i < a->descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &a->descriptor->fields[i];
    gboolean is_repeated = field->label == PROTOBUF_C_LABEL_REPEATED;

    if (!(is_repeated ? repeated_equal : field_equal) (a, b, field))
      return FALSE;
  }
  return TRUE;
}
