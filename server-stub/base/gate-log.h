/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  GATE_LOG_DEBUG,
  GATE_LOG_INFO,
  GATE_LOG_WARNING,
  GATE_LOG_ERROR,
} GateLogLevel;

/**
 * gate_log_init:
 * @loop: name of this process's loop: "core", "edge-0", "http"
 * @level: the least level that is written
 * @json: one JSON object a line; otherwise plain text for people
 *
 * Where lines go: stderr. Fields: `SYSTEMS.md` 5.3. Never a message body, a token or a password.
 */
void gate_log_init (const char   *loop,
                    GateLogLevel  level,
                    gboolean      json);
void gate_log_set_level (GateLogLevel level);
void gate_log_set_node (const char *node);

/** gate_log_parse_level: FALSE when @text is not one of debug, info, warning, error. */
gboolean gate_log_parse_level (const char   *text,
                               GateLogLevel *ret_level);

/**
 * gate_log:
 * @level: how much it matters
 * @event: snake_case and stable: what programs look for
 * @...: triples of key, a type letter and a value, ended by %NULL:
 *   "s" const char *, "i" gint64, "u" guint64, "b" gboolean. E.g. "conv", "u", conv, "err", "s", text, NULL
 *
 * Text values are escaped, so a peer cannot forge a line. More than 100 a second of one event are sampled
 * and counted as `suppressed`. Integers must be cast to the 64-bit type named.
 */
void gate_log (GateLogLevel  level,
               const char   *event,
               ...) G_GNUC_NULL_TERMINATED;

/** gate_log_enabled: whether a line of @level would be written, to save building its fields. */
gboolean gate_log_enabled (GateLogLevel level);

G_END_DECLS
