/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-enum"

#include "config.h"

#include <string.h>

#include "wire-frame.h"
#include "wire-json-names.h"

const char *
wire_enum_name (const ProtobufCEnumDescriptor *descriptor,
                int                            value)
{
  const WireJsonEnum *names = wire_json_enum_for (descriptor);

  for (guint i = 0; i < names->n_values; i++)
    if (names->values[i].value == value)
      return names->values[i].name;
  return NULL;
}

gboolean
wire_enum_value (const ProtobufCEnumDescriptor *descriptor,
                 const char                    *name,
                 gsize                          n_chars,
                 int                           *ret_value)
{
  const WireJsonEnum *names = wire_json_enum_for (descriptor);

  for (guint i = 0; i < names->n_values; i++) {
    if (names->values[i].n_chars == n_chars && memcmp (names->values[i].name, name, n_chars) == 0) {
      *ret_value = names->values[i].value;
      return TRUE;
    }
  }
  return FALSE;
}
