/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core-private.h"

G_BEGIN_DECLS

/*
 * Sign-in of agents (`PROTOCOLS.md` 2e.5, `SECURITY.md` 2.3-2.5). Of tokens only hashes are kept; of passwords only Argon2id
 * strings, and those are looked at on another thread.
 */

GateIdentity *gate_identity_new (void) G_GNUC_WARN_UNUSED_RESULT;
void gate_identity_free (GateIdentity *self);
void gate_identity_load (GateCore           *core,
                         const GateTokenRow *tokens,
                         guint               n_tokens);

/** gate_identity_check_access: (nullable): the agent an access token stands for now. */
GateAgent *gate_identity_check_access (GateCore   *core,
                                       const char *token,
                                       guint64    *ret_family);

/** gate_identity_check_hash: (nullable): the same from its SHA-256. */
GateAgent *
gate_identity_check_hash (GateCore *core, const guint8 *hash, gsize n_bytes, guint64 *ret_family);

/** gate_identity_has_token: whether the agent is signed in anywhere. */
gboolean gate_identity_has_token (GateCore *core,
                                  guint64   agent);

/** gate_identity_forget: an agent's tokens are worth nothing any more. */
void gate_identity_forget (GateCore *core,
                           guint64   agent);

/** gate_identity_request: SignIn, Refresh, SignOut, NewPassword or WhoAmI. */
void
gate_identity_request (GateCore *core, GateRequestId request, const Gate__Link__V1__Request *body);
void gate_identity_hashed (GateCore    *core,
                           GateHashJob *job);
void gate_identity_trim (GateCore *core);

G_END_DECLS
