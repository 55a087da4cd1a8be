/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-frame"

#include "config.h"

#include "wire-frame.h"

#include <string.h>

#include "wire-frame-check.h"

/* How much memory a frame may take compared with the bytes of the largest one: the worst is an empty ConvRow, two bytes that
 * unpack to about 250. A full List of real rows takes about five times its bytes. */
#define MAX_EXPANSION 16u

WireStatus
wire_message_unpack (WireArena                         *arena,
                     const ProtobufCMessageDescriptor  *descriptor,
                     const guint8                      *data,
                     gsize                              n_bytes,
                     gsize                              max_bytes,
                     ProtobufCMessage                 **ret_message)
{
  ProtobufCMessage *message;

  WIRE_TRY (wire_message_check (descriptor, data, n_bytes, max_bytes));
  wire_arena_limit_allocator (arena, wire_arena_used_bytes (arena) + MAX_EXPANSION * max_bytes);
  message = protobuf_c_message_unpack (descriptor, wire_arena_allocator (arena), n_bytes, data);
  wire_arena_limit_allocator (arena, G_MAXSIZE);
  /* The walk has found the form good, so what is left is the memory. */
  if (message == NULL)
    return WIRE_TOO_LARGE;
  *ret_message = message;
  return WIRE_OK;
}

WireStatus
wire_frame_unpack (WireArena        *arena,
                   const guint8     *data,
                   gsize             n_bytes,
                   gsize             max_bytes,
                   Gate__V1__Frame **ret_frame)
{
  ProtobufCMessage *message;

  WIRE_TRY (
    wire_message_unpack (arena, &gate__v1__frame__descriptor, data, n_bytes, max_bytes, &message));
  *ret_frame = (Gate__V1__Frame *) message;
  return WIRE_OK;
}

gsize
wire_message_pack (const ProtobufCMessage *message,
                   WireBuffer             *out)
{
  gsize n_bytes = protobuf_c_message_get_packed_size (message);

  if (n_bytes > 0)
    protobuf_c_message_pack (message, wire_buffer_reserve (out, n_bytes));
  out->n_bytes += n_bytes;
  return n_bytes;
}

gsize
wire_frame_packed_bytes (const Gate__V1__Frame *frame)
{
  return protobuf_c_message_get_packed_size (&frame->base);
}

gsize
wire_frame_pack (const Gate__V1__Frame *frame,
                 WireBuffer            *out)
{
  return wire_message_pack (&frame->base, out);
}

static const ProtobufCFieldDescriptor *
body_field (const ProtobufCMessageDescriptor *body)
{
  const ProtobufCMessageDescriptor *frame = &gate__v1__frame__descriptor;

  for (unsigned i = 0; i < frame->n_fields; i++)
    if (frame->fields[i].descriptor == body)
      return &frame->fields[i];
  return NULL;
}

Gate__V1__Frame
wire_frame_for (ProtobufCMessage *body)
{
  Gate__V1__Frame frame = GATE__V1__FRAME__INIT;
  const ProtobufCFieldDescriptor *field = body_field (body->descriptor);

  g_assert (field != NULL);
  frame.body_case = (Gate__V1__Frame__BodyCase) field->id;
  /* Every member of the oneof is a pointer to a message. */
  memcpy ((guint8 *) &frame + field->offset, &body, sizeof body);
  return frame;
}

ProtobufCMessage *
wire_frame_body (const Gate__V1__Frame *frame)
{
  if (frame->body_case == GATE__V1__FRAME__BODY__NOT_SET)
    return NULL;
  return (ProtobufCMessage *) frame->message;
}

const char *
wire_body_name (Gate__V1__Frame__BodyCase body_case)
{
  const ProtobufCFieldDescriptor *field =
    protobuf_c_message_descriptor_get_field (&gate__v1__frame__descriptor, (unsigned) body_case);

  return body_case != GATE__V1__FRAME__BODY__NOT_SET && field != NULL ? field->name : "none";
}
