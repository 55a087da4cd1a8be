/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core-private.h"

G_BEGIN_DECLS

/** gate_stats_wake: a figure has changed; it is given within a second. */
void gate_stats_wake (GateCore *core);

/** gate_stats_count: one conversation more (1) or less (-1) in its present state. */
void gate_stats_count (GateCore               *core,
                       const GateConversation *conv,
                       int                     change);

/** gate_stats_give: all gauges. */
void gate_stats_give (GateCore *core);

G_END_DECLS
