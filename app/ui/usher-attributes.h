/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  char *name;
  char *value;       /* as to be shown: strings unescaped, anything nested as written */
  char *json;        /* as written */
  gboolean is_whole; /* nothing was cut off */
  gboolean is_plain; /* a string, number or word, whole */
} UsherAttribute;

/** The most attributes shown, and the most bytes of one. */
#define USHER_ATTRIBUTES_MAX      64
#define USHER_ATTRIBUTE_MAX_BYTES 1024

/**
 * usher_attributes_parse:
 * @json: (nullable): one JSON object, from the shop's page and so from a stranger
 *
 * Reads the members of the object that are well formed, up to the bounds, and stops at the first that is not. No recursion.
 *
 * Returns: (element-type UsherAttribute) (transfer full)
 */
GPtrArray *usher_attributes_parse (const char *json) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
