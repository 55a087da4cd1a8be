/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-exchange.h"

G_BEGIN_DECLS

typedef enum {
  GATE_FIELD_STRING,
  GATE_FIELD_INTEGER, /* 0 to 2^53 - 1 */
} GateFieldKind;

/** GateField: one member a request may have. */
typedef struct {
  const char *name;
  GateFieldKind kind;
  gboolean is_required;
  guint max_chars; /* of a string */
} GateField;

typedef enum {
  GATE_BODY_OK,
  GATE_BODY_MALFORMED, /* not one JSON object */
  GATE_BODY_UNKNOWN,   /* @ret_field is nobody's */
  GATE_BODY_MISSING,
  GATE_BODY_WRONG_TYPE,
  GATE_BODY_TOO_LONG,
} GateBodyStatus;

/**
 * gate_json_body_read:
 * @ret_object: (transfer full): with %GATE_BODY_OK
 * @ret_field: (transfer full): the member that is wrong
 *
 * Strict: the scanner of wire/ goes before json-glib, which must never see raw outside input (`SECURITY.md` 2.33).
 */
GateBodyStatus gate_json_body_read (const char       *text,
                                    gsize             n_bytes,
                                    const GateField  *fields,
                                    gsize             n_fields,
                                    JsonObject      **ret_object,
                                    char            **ret_field) G_GNUC_WARN_UNUSED_RESULT;

/** gate_exchange_read_body: (transfer full) (nullable): the request's object; %NULL once a problem was answered. */
JsonObject *gate_exchange_read_body (GateExchange    *self,
                                     const GateField *fields,
                                     gsize            n_fields) G_GNUC_WARN_UNUSED_RESULT;

/** gate_json_get_string: (transfer none): "" when absent. */
char *gate_json_get_string (JsonObject *object,
                            const char *name);

G_END_DECLS
