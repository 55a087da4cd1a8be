/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core-private.h"

G_BEGIN_DECLS

/** GateLimitKind: what is counted (`SECURITY.md` 2.5, 2.6). */
typedef enum {
  GATE_LIMIT_SIGN_IN_ACCOUNT,
  GATE_LIMIT_SIGN_IN_ADDRESS,
  GATE_LIMIT_CONVERSATIONS,
} GateLimitKind;

GateLimiter *gate_limiter_new (void) G_GNUC_WARN_UNUSED_RESULT;
void gate_limiter_free (GateLimiter *self);

/** gate_limiter_take: counts one; returns 0, or for how many milliseconds it is refused. */
gint64 gate_limiter_take (GateCore      *core,
                          GateLimitKind  kind,
                          guint64        who);

/** gate_limiter_give_back: the one counted was no offence. @all: nor were those before. */
void gate_limiter_give_back (GateCore      *core,
                             GateLimitKind  kind,
                             guint64        who,
                             gboolean       all);
void gate_limiter_trim (GateCore *core);

/** gate_text_key: a number for an account. */
guint64 gate_text_key (const char *text);

G_END_DECLS
