/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core-private.h"

G_BEGIN_DECLS

/** gate_router_match: offers waiting conversations to agents with room, if anything has changed since the last time. */
void gate_router_match (GateCore *core);

/** gate_router_tick: once a second: what time alone makes possible. */
void gate_router_tick (GateCore *core);

/** gate_router_decline: @agent is not asked about @conv again for ten minutes. */
void gate_router_decline (GateCore         *core,
                          GateConversation *conv,
                          guint64           agent);

/** gate_router_is_eligible: whether @conv may be offered to @agent now. */
gboolean gate_router_is_eligible (GateCore               *core,
                                  const GateConversation *conv,
                                  GateAgent              *agent);

G_END_DECLS
