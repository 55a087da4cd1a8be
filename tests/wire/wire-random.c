/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages filled at random along their descriptors, so that a new field or frame is tested without a line here. */
#define G_LOG_DOMAIN "wire-random"

#include "config.h"

#include "wire-random.h"

#include <string.h>

#include "wire-schema.h"

/* Deep enough for a Batch of Lists, shallow enough for the limit of 8. */
#define MAX_JSON_DEPTH 7

/* Without U+001F: json-glib 1.6.6 writes it unescaped, which is no JSON; test-json.c has it. */
static const char *const pieces[] = {
  "a",
  "Z",
  "0",
  " ",
  "\"",
  "\\",
  "/",
  "\n",
  "\t",
  "\b",
  "\x01",
  "\x1e",
  "\x7f",
  "é",
  "你好",
  "退款",
  "\xF0\x9F\x98\x80",
  "\xE2\x80\xA8",
  "<b>",
  "\xED\x9F\xBF",
  "\xEE\x80\x80",
  "\xF4\x8F\xBF\xBF",
  "plain words ",
};

static const char *const jsons[] = {
  "{}",
  "{\"a\":1}",
  "{\"name\":\"你好\",\"n\":-12,\"f\":0.5,\"ok\":true,\"none\":null}",
  "{\"b\":[]}",
};

static gboolean
chance (GRand *rand,
        guint  percent)
{
  return (guint) g_rand_int_range (rand, 0, 100) < percent;
}

char *
wire_random_text (WireArena *arena,
                  GRand     *rand)
{
  char text[256] = "";
  int n_pieces = g_rand_int_range (rand, 0, 12);

  for (int i = 0; i < n_pieces; i++)
    strcat (text, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
  return wire_arena_strdup (arena, text);
}

static guint64
random_u64 (GRand *rand)
{
  guint64 bits = (guint64) g_rand_int (rand) << 32 | g_rand_int (rand);

  return bits >> g_rand_int_range (rand, 0, 64);
}

static int
random_enum (const ProtobufCEnumDescriptor *descriptor,
             GRand                         *rand)
{
  if (chance (rand, 5))
    return 70 + g_rand_int_range (rand, 0, 100);
  return descriptor->values[g_rand_int_range (rand, 0, (int) descriptor->n_values)].value;
}

static ProtobufCBinaryData
random_bytes (const ProtobufCFieldDescriptor *field,
              WireArena                      *arena,
              GRand                          *rand)
{
  ProtobufCBinaryData bytes;

  if (wire_schema_bytes_form (field) == WIRE_BYTES_JSON) {
    const char *json = jsons[g_rand_int_range (rand, 0, G_N_ELEMENTS (jsons))];

    return (ProtobufCBinaryData){ strlen (json), (guint8 *) wire_arena_strdup (arena, json) };
  }
  bytes.len = (gsize) g_rand_int_range (rand, 1, 40);
  bytes.data = wire_arena_alloc (arena, bytes.len);
  for (gsize i = 0; i < bytes.len; i++)
    bytes.data[i] = (guint8) g_rand_int (rand);
  return bytes;
}

static void fill_message (ProtobufCMessage *message,
                          guint             depth,
                          WireArena        *arena,
                          GRand            *rand);

static ProtobufCMessage *
random_message (const ProtobufCMessageDescriptor *descriptor,
                guint                             depth,
                WireArena                        *arena,
                GRand                            *rand)
{
  ProtobufCMessage *message = wire_message_new (arena, descriptor);

  fill_message (message, depth, arena, rand);
  return message;
}

static void
fill_value (const ProtobufCFieldDescriptor *field,
            gpointer                        value,
            guint                           depth,
            WireArena                      *arena,
            GRand                          *rand)
{
  switch ((guint) field->type) {
  case PROTOBUF_C_TYPE_UINT32:
    *(guint32 *) value = (guint32) random_u64 (rand);
    break;
  case PROTOBUF_C_TYPE_SINT32:
    *(gint32 *) value = (gint32) g_rand_int (rand);
    break;
  case PROTOBUF_C_TYPE_UINT64:
    *(guint64 *) value = random_u64 (rand) & WIRE_MAX_ID;
    break;
  case PROTOBUF_C_TYPE_FIXED64:
    *(guint64 *) value = random_u64 (rand);
    break;
  case PROTOBUF_C_TYPE_BOOL:
    *(protobuf_c_boolean *) value = g_rand_boolean (rand);
    break;
  case PROTOBUF_C_TYPE_ENUM:
    *(int *) value = random_enum (field->descriptor, rand);
    break;
  case PROTOBUF_C_TYPE_STRING:
    *(char **) value = wire_random_text (arena, rand);
    break;
  case PROTOBUF_C_TYPE_BYTES:
    *(ProtobufCBinaryData *) value = random_bytes (field, arena, rand);
    break;
  default:
    *(ProtobufCMessage **) value = random_message (field->descriptor, depth + 1, arena, rand);
    break;
  }
}

static void
fill_repeated (ProtobufCMessage               *message,
               const ProtobufCFieldDescriptor *field,
               guint                           depth,
               WireArena                      *arena,
               GRand                          *rand)
{
  gsize n_items = (gsize) g_rand_int_range (rand, 1, 6);
  gsize item_bytes = wire_schema_value_bytes (field->type);
  guint8 *items = wire_arena_alloc0 (arena, n_items * item_bytes);

  for (gsize i = 0; i < n_items; i++)
    fill_value (field, items + i * item_bytes, depth + 1, arena, rand);
  *(size_t *) wire_schema_at (message, field->quantifier_offset) = n_items;
  *(gpointer *) wire_schema_at (message, field->offset) = items;
}

static void
fill_field (ProtobufCMessage               *message,
            const ProtobufCFieldDescriptor *field,
            guint                           depth,
            WireArena                      *arena,
            GRand                          *rand)
{
  gboolean is_repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
  guint added = (field->type == PROTOBUF_C_TYPE_MESSAGE) + is_repeated;

  if (depth + added > MAX_JSON_DEPTH)
    return;
  if (is_repeated) {
    fill_repeated (message, field, depth, arena, rand);
    return;
  }
  fill_value (field, wire_schema_at (message, field->offset), depth, arena, rand);
  if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
    return;
  /* Whether an empty text of a oneof is packed depends on where its NUL lies: protobuf-c knows its own. */
  if (field->type == PROTOBUF_C_TYPE_STRING &&
      **(char **) wire_schema_at (message, field->offset) == '\0')
    *(char **) wire_schema_at (message, field->offset) = wire_arena_strdup (arena, "x");
  *(guint32 *) wire_schema_at (message, field->quantifier_offset) = field->id;
}

static void
fill_frame (Gate__V1__Frame *frame,
            guint            depth,
            WireArena       *arena,
            GRand           *rand)
{
  guint n_kinds;
  const Gate__V1__Frame__BodyCase *kinds = wire_random_kinds (&n_kinds);
  Gate__V1__Frame__BodyCase kind;

  do
    kind = kinds[g_rand_int_range (rand, 0, (int) n_kinds)];
  while (kind == GATE__V1__FRAME__BODY_BATCH);
  frame->id = chance (rand, 50) ? g_rand_int (rand) : 0;
  fill_field (&frame->base,
              protobuf_c_message_descriptor_get_field (&gate__v1__frame__descriptor, kind),
              depth - 1, arena, rand);
}

static void
fill_message (ProtobufCMessage *message,
              guint             depth,
              WireArena        *arena,
              GRand            *rand)
{
  const ProtobufCMessageDescriptor *descriptor = message->descriptor;
  gboolean has_oneof = FALSE;

  if (descriptor == &gate__v1__frame__descriptor) {
    fill_frame ((Gate__V1__Frame *) message, depth, arena, rand);
    return;
  }
  for (unsigned i = 0; i < descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
    gboolean is_oneof = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;

    if (!chance (rand, is_oneof ? 20 : 60) || (is_oneof && has_oneof))
      continue;
    has_oneof |= is_oneof;
    fill_field (message, field, depth, arena, rand);
  }
}

Gate__V1__Frame *
wire_random_frame (WireArena                 *arena,
                   GRand                     *rand,
                   Gate__V1__Frame__BodyCase  kind)
{
  Gate__V1__Frame *frame =
    (Gate__V1__Frame *) wire_message_new (arena, &gate__v1__frame__descriptor);

  frame->id = chance (rand, 50) ? g_rand_int (rand) : 0;
  /* The body's members stand in the frame's own object. */
  fill_field (&frame->base,
              protobuf_c_message_descriptor_get_field (&gate__v1__frame__descriptor, kind), 0,
              arena, rand);
  return frame;
}

const Gate__V1__Frame__BodyCase *
wire_random_kinds (guint *ret_n_kinds)
{
  static Gate__V1__Frame__BodyCase kinds[64];
  guint n_kinds = 0;

  for (unsigned i = 0; i < gate__v1__frame__descriptor.n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &gate__v1__frame__descriptor.fields[i];

    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
      kinds[n_kinds++] = (Gate__V1__Frame__BodyCase) field->id;
  }
  *ret_n_kinds = n_kinds;
  return kinds;
}
