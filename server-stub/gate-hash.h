/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core.h"
#include "gate-loop.h"

G_BEGIN_DECLS

/**
 * GateHasher:
 *
 * Argon2id (libsodium, 64 MiB, 3 passes: RFC 9106 second choice) on threads beside the core's loop: one a core, at
 * most four, niced. More jobs than that wait, so fifty sign-ins at once cost at most four times 64 MiB.
 */
typedef struct _GateHasher GateHasher;

typedef void (*GateHashedFunc) (GateHashJob *job, gpointer user_data);

GateHasher *gate_hasher_new (GateLoop       *loop,
                             GateHashedFunc  hashed,
                             gpointer        user_data) G_GNUC_WARN_UNUSED_RESULT;
void gate_hasher_free (GateHasher *self);

/** gate_hasher_push: takes @job; it comes back through the callback with its result, its password wiped. */
void gate_hasher_push (GateHasher  *self,
                       GateHashJob *job);

/** gate_hash_password: (transfer full): the stored string for @password; slow (70 ms). */
char *gate_hash_password (const char *password) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
