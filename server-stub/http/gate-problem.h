/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Errors of the HTTP API: `application/problem+json` (RFC 9457, `PROTOCOLS.md` 2e.1). */

#define GATE_REQUEST_ID_MAX_CHARS 64

/** GateProblem: texts are borrowed; `code` is the slug of the socket protocol. */
typedef struct {
  guint status;
  const char *code;
  const char *detail;     /* (nullable) */
  const char *pointer;    /* (nullable) JSON pointer to the field that is wrong */
  const char *field_code; /* (nullable) what is wrong with it */
} GateProblem;

/** gate_problem_to_json: (transfer full): the body. */
char *
gate_problem_to_json (const GateProblem *self, const char *request_id) G_GNUC_WARN_UNUSED_RESULT;

/** gate_request_id_is_good: whether a client's X-Request-Id may be taken over: `[A-Za-z0-9_-]{8,64}`. */
gboolean gate_request_id_is_good (const char *text);

/** gate_request_id_make: a random one. */
void gate_request_id_make (char ret_id[GATE_REQUEST_ID_MAX_CHARS + 1]);

/** gate_time_write: @unix_ms as RFC 3339 UTC with milliseconds, 24 characters. */
void gate_time_write (guint64 unix_ms,
                      char    ret_text[32]);

G_END_DECLS
