/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core-private.h"

G_BEGIN_DECLS

/** GateToken: one access or refresh token: its hash and what it stands for. */
typedef struct {
  guint8 hash[GATE_HASH_BYTES];
  guint8 kind; /* 1 access, 2 refresh */
  gboolean is_used;
  guint64 family, agent, expires;
  char *device, *device_name;
} GateToken;

#define GATE_TOKEN_ACCESS  1
#define GATE_TOKEN_REFRESH 2

GHashTable *gate_tokens_new (void) G_GNUC_WARN_UNUSED_RESULT; /* set of GateToken, owned */

/** gate_tokens_find: (nullable) */
GateToken *gate_tokens_find (GHashTable   *tokens,
                             const guint8  hash[GATE_HASH_BYTES]);
void gate_tokens_add (GHashTable         *tokens,
                      const GateTokenRow *row);
void gate_tokens_remove_family (GHashTable *tokens,
                                guint64     family);
void gate_tokens_remove_agent (GHashTable *tokens,
                               guint64     agent,
                               guint64     except_family);
gboolean gate_tokens_has_agent (GHashTable *tokens,
                                guint64     agent,
                                guint64     now);
void gate_tokens_trim (GHashTable *tokens,
                       guint64     now);

G_END_DECLS
