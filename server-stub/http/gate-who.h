/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-http-private.h"

G_BEGIN_DECLS

/**
 * GateWhoCache: tokens that the core has just said are an agent's, so that a page of pictures asks it once. For ten
 * seconds only: a token that was revoked opens pictures that much longer, and nothing else.
 */
#define GATE_WHO_CACHE_US  ((gint64) 10 * G_USEC_PER_SEC)
#define GATE_WHO_CACHE_MAX 1024

GateWhoCache *gate_who_cache_new (void) G_GNUC_WARN_UNUSED_RESULT;
void gate_who_cache_free (GateWhoCache *self);
gboolean gate_who_cache_has (GateWhoCache *self,
                             const guint8  token_sha256[32],
                             gint64        now_us);
void gate_who_cache_add (GateWhoCache *self,
                         const guint8  token_sha256[32],
                         gint64        now_us);

G_END_DECLS
