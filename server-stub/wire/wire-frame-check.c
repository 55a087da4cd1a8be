/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks the bytes of a message along its descriptors before protobuf-c sees them. The library recurses as deep as
 * the bytes say (a Batch of Batches of 64 KiB would end the stack), does not look at UTF-8, takes numbers of
 * any size and merges fields that are given twice; what passes here has one reading and a known depth. No
 * allocation; one pass, linear in the bytes.
 */
#define G_LOG_DOMAIN "wire-frame"

#include "config.h"

#include "wire-frame-check.h"

#include "gate.pb-c.h"
#include "wire-frame.h"
#include "wire-schema.h"

typedef struct {
  const guint8 *at;
  const guint8 *end;
} Cursor;

typedef struct {
  const ProtobufCMessageDescriptor *descriptor;
  guint64 seen; /* bit per field that is not repeated; the top bit for the oneof */
  guint depth;
} Level;

#define ONEOF_BIT (G_GUINT64_CONSTANT (1) << 63)

static WireStatus check_level (Level  *level,
                               Cursor  in);

static WireStatus
read_varint (Cursor  *in,
             guint64 *ret_value)
{
  guint64 value = 0;

  for (guint shift = 0; shift < 64 && in->at < in->end; shift += 7) {
    guint8 byte = *in->at++;

    if (shift == 63 && byte > 1)
      return WIRE_BAD_FRAME;
    value |= (guint64) (byte & 0x7F) << shift;
    if (byte < 0x80) {
      *ret_value = value;
      return WIRE_OK;
    }
  }
  return WIRE_BAD_FRAME;
}

static WireStatus
read_slice (Cursor *in,
            Cursor *ret_slice)
{
  guint64 n_bytes;

  WIRE_TRY (read_varint (in, &n_bytes));
  if (n_bytes > (guint64) (in->end - in->at))
    return WIRE_BAD_FRAME;
  *ret_slice = (Cursor){ in->at, in->at + n_bytes };
  in->at += n_bytes;
  return WIRE_OK;
}

static WireStatus
skip_fixed (Cursor *in,
            gsize   n_bytes)
{
  if ((gsize) (in->end - in->at) < n_bytes)
    return WIRE_BAD_FRAME;
  in->at += n_bytes;
  return WIRE_OK;
}

static WireStatus
skip_value (Cursor *in,
            guint   wire_type)
{
  guint64 number;
  Cursor slice;

  switch (wire_type) {
  case PROTOBUF_C_WIRE_TYPE_VARINT:
    return read_varint (in, &number);
  case PROTOBUF_C_WIRE_TYPE_64BIT:
    return skip_fixed (in, 8);
  case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED:
    return read_slice (in, &slice);
  case PROTOBUF_C_WIRE_TYPE_32BIT:
    return skip_fixed (in, 4);
  default:
    return WIRE_BAD_FRAME; /* groups */
  }
}

/* Fixed-size kinds may have any value; of the others only those that the field can hold. */
static guint64
max_number (ProtobufCType type)
{
  switch ((guint) type) {
  case PROTOBUF_C_TYPE_BOOL:
    return 1;
  case PROTOBUF_C_TYPE_ENUM:
    return G_MAXINT32;
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_SINT32:
    return G_MAXUINT32;
  case PROTOBUF_C_TYPE_UINT64:
    return WIRE_MAX_ID;
  default:
    return G_MAXUINT64;
  }
}

static guint
expected_wire_type (ProtobufCType type)
{
  switch ((guint) type) {
  case PROTOBUF_C_TYPE_FIXED64:
  case PROTOBUF_C_TYPE_SFIXED64:
  case PROTOBUF_C_TYPE_DOUBLE:
    return PROTOBUF_C_WIRE_TYPE_64BIT;
  case PROTOBUF_C_TYPE_FIXED32:
  case PROTOBUF_C_TYPE_SFIXED32:
  case PROTOBUF_C_TYPE_FLOAT:
    return PROTOBUF_C_WIRE_TYPE_32BIT;
  case PROTOBUF_C_TYPE_STRING:
  case PROTOBUF_C_TYPE_BYTES:
  case PROTOBUF_C_TYPE_MESSAGE:
    return PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
  default:
    return PROTOBUF_C_WIRE_TYPE_VARINT;
  }
}

static WireStatus
check_scalar (const ProtobufCFieldDescriptor *field,
              Cursor                         *in)
{
  guint wire_type = expected_wire_type (field->type);
  guint64 number;

  if (wire_type != PROTOBUF_C_WIRE_TYPE_VARINT)
    return skip_value (in, wire_type);
  WIRE_TRY (read_varint (in, &number));
  return number <= max_number (field->type) ? WIRE_OK : WIRE_BAD_FRAME;
}

static WireStatus
check_packed (const ProtobufCFieldDescriptor *field,
              Cursor                          slice)
{
  while (slice.at < slice.end)
    WIRE_TRY (check_scalar (field, &slice));
  return WIRE_OK;
}

static WireStatus
check_slice (const Level                    *level,
             const ProtobufCFieldDescriptor *field,
             Cursor                          slice)
{
  gsize n_bytes = (gsize) (slice.end - slice.at);

  if (field->type == PROTOBUF_C_TYPE_STRING)
    return wire_schema_check_text (level->descriptor, field, slice.at, n_bytes);
  if (field->type == PROTOBUF_C_TYPE_BYTES)
    return wire_schema_check_bytes (field, slice.at, n_bytes);
  if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
    Level below = { .descriptor = field->descriptor, .depth = level->depth + 1 };

    return check_level (&below, slice);
  }
  return check_packed (field, slice);
}

/* A field given twice has two readings, and so has a second member of a oneof. */
static WireStatus
note_field (Level                          *level,
            const ProtobufCFieldDescriptor *field)
{
  guint64 bit = G_GUINT64_CONSTANT (1) << (field - level->descriptor->fields);

  if (field->label == PROTOBUF_C_LABEL_REPEATED)
    return WIRE_OK;
  if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
    bit = ONEOF_BIT;
  if ((level->seen & bit) != 0)
    return WIRE_BAD_FRAME;
  level->seen |= bit;
  return WIRE_OK;
}

static gboolean
is_nested_batch (const Level                    *level,
                 const ProtobufCFieldDescriptor *field)
{
  return level->depth > 1 && field->descriptor == &gate__v1__batch__descriptor;
}

static WireStatus
check_field (Level                          *level,
             const ProtobufCFieldDescriptor *field,
             guint                           wire_type,
             Cursor                         *in)
{
  Cursor slice;
  gboolean is_packed =
    wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED && field->label == PROTOBUF_C_LABEL_REPEATED;

  WIRE_TRY (note_field (level, field));
  if (is_nested_batch (level, field))
    return WIRE_BAD_FRAME;
  if (wire_type != expected_wire_type (field->type) && !is_packed)
    return WIRE_BAD_FRAME;
  if (wire_type != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
    return check_scalar (field, in);
  WIRE_TRY (read_slice (in, &slice));
  return check_slice (level, field, slice);
}

static WireStatus
check_level (Level  *level,
             Cursor  in)
{
  if (level->depth > WIRE_MAX_DEPTH)
    return WIRE_BAD_FRAME;
  while (in.at < in.end) {
    const ProtobufCFieldDescriptor *field;
    guint64 tag;

    WIRE_TRY (read_varint (&in, &tag));
    if (tag > G_MAXUINT32 || tag >> 3 == 0)
      return WIRE_BAD_FRAME;
    field = protobuf_c_message_descriptor_get_field (level->descriptor, (unsigned) (tag >> 3));
    if (field != NULL)
      WIRE_TRY (check_field (level, field, (guint) (tag & 7), &in));
    else
      WIRE_TRY (skip_value (&in, (guint) (tag & 7)));
  }
  return WIRE_OK;
}

WireStatus
wire_message_check (const ProtobufCMessageDescriptor *descriptor,
                    const guint8                     *data,
                    gsize                             n_bytes,
                    gsize                             max_bytes)
{
  Level level = { .descriptor = descriptor, .depth = 1 };

  if (n_bytes > max_bytes)
    return WIRE_TOO_LARGE;
  return n_bytes == 0 ? WIRE_OK : check_level (&level, (Cursor){ data, data + n_bytes });
}

WireStatus
wire_frame_check (const guint8 *data,
                  gsize         n_bytes,
                  gsize         max_bytes)
{
  return wire_message_check (&gate__v1__frame__descriptor, data, n_bytes, max_bytes);
}

guint32
wire_frame_peek_id (const guint8 *data,
                    gsize         n_bytes)
{
  Cursor in;
  guint64 value;

  if (n_bytes == 0)
    return 0;
  in = (Cursor){ data, data + n_bytes };
  while (in.at < in.end && read_varint (&in, &value) == WIRE_OK) {
    if (value == (1 << 3 | PROTOBUF_C_WIRE_TYPE_VARINT))
      return read_varint (&in, &value) == WIRE_OK && value <= G_MAXUINT32 ? (guint32) value : 0;
    if (value >> 3 == 0 || skip_value (&in, (guint) (value & 7)) != WIRE_OK)
      return 0;
  }
  return 0;
}
