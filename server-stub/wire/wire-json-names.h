/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire-schema.h"

#include <glib.h>
#include <protobuf-c/protobuf-c.h>

G_BEGIN_DECLS

/* The descriptors with their JSON names worked out: private to wire/. Built once, at the first use, from gate.proto's
 * descriptors; never changed and never freed afterwards (about 40 KB). */

typedef struct {
  int value;
  guint n_chars;
  char *name; /* lower case, without its prefix */
} WireJsonEnumValue;

typedef struct {
  const ProtobufCEnumDescriptor *descriptor;
  guint n_values;
  WireJsonEnumValue *values;
} WireJsonEnum;

typedef struct _WireJsonType WireJsonType;

typedef struct {
  const ProtobufCFieldDescriptor *field;
  char *key;     /* with quotes and colon, as it is written: "conv": */
  guint n_chars; /* of the name alone, which begins at key + 1 */
  WireBytesForm form;
  const WireJsonType *type;   /* of a message; NULL else */
  const WireJsonEnum *values; /* of an enumeration; NULL else */
} WireJsonField;

struct _WireJsonType {
  const ProtobufCMessageDescriptor *descriptor;
  guint n_fields;
  WireJsonField
    *fields; /* in the order of the descriptor. For `Frame`, the bodies' names are their `t` */
};

const WireJsonType *wire_json_frame_type (void);
const WireJsonEnum *wire_json_enum_for (const ProtobufCEnumDescriptor *descriptor);

/** wire_json_find_field: (nullable): looks from *@hint onwards and moves it behind what was found. */
const WireJsonField *wire_json_find_field (const WireJsonType *type,
                                           WireText            name,
                                           guint              *hint);

G_END_DECLS
