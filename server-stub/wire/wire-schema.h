/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-status.h"

#include <glib.h>
#include <protobuf-c/protobuf-c.h>

G_BEGIN_DECLS

/* What the descriptors do not say about their fields; private to wire/, one answer for protobuf and JSON. */

/** WireBytesForm: what a `bytes` field holds, and so how it stands in JSON. */
typedef enum {
  WIRE_BYTES_BASE64URL,
  WIRE_BYTES_HEX,
  WIRE_BYTES_JSON,
} WireBytesForm;

WireBytesForm wire_schema_bytes_form (const ProtobufCFieldDescriptor *field);

/** wire_schema_check_text: UTF-8 without NUL, and no more characters than the field may have. */
WireStatus wire_schema_check_text (const ProtobufCMessageDescriptor *message,
                                   const ProtobufCFieldDescriptor   *field,
                                   const guint8                     *text,
                                   gsize                             n_bytes);

/** wire_schema_check_bytes: size and, where the field holds JSON, that it does. */
WireStatus
wire_schema_check_bytes (const ProtobufCFieldDescriptor *field, const guint8 *data, gsize n_bytes);

/** wire_schema_value_bytes: size of one value of @type in the C structure. */
gsize wire_schema_value_bytes (ProtobufCType type);

static inline gpointer
wire_schema_at (const ProtobufCMessage *message,
                gsize                   offset)
{
  return (guint8 *) message + offset;
}

/** wire_schema_is_present: whether a field that is not repeated stands in @message (its oneof chose it; not zero). */
gboolean
wire_schema_is_present (const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);

G_END_DECLS
