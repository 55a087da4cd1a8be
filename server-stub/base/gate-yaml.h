/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GATE_YAML_MAX_BYTES 1048576u
#define GATE_YAML_MAX_DEPTH 16
#define GATE_YAML_MAX_NODES 20000

typedef enum {
  GATE_YAML_SCALAR,
  GATE_YAML_LIST,
  GATE_YAML_MAP,
} GateYamlKind;

typedef struct _GateYaml GateYaml;

/** GateYaml: one value of a document and where it stands. */
struct _GateYaml {
  GateYamlKind kind;
  guint line; /* from 1 */
  guint column;
  char *text;         /* of a scalar */
  gboolean is_quoted; /* "true" in quotes is text */
  char *key;          /* of a member of a map */
  guint key_line;
  guint key_column;
  GPtrArray *children; /* (element-type GateYaml): of a list or a map */
};

/**
 * gate_yaml_parse:
 * @name: what errors call the text
 * @errors: (element-type utf8): gets "name:line:col: text" for each fault found
 *
 * Reads one YAML document of the plain kind: duplicate keys, tabs in indentation, anchors, aliases, tags, merge keys and
 * keys that are no scalars are errors. Sizes are limited.
 *
 * Returns: (transfer full) (nullable): an empty map for an empty document; %NULL when it is no YAML at all
 */
GateYaml *gate_yaml_parse (const char *name, const char *text, gsize n_bytes, GPtrArray *errors)
  G_GNUC_WARN_UNUSED_RESULT;
void gate_yaml_free (GateYaml *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GateYaml, gate_yaml_free)

G_END_DECLS
