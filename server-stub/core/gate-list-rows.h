/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core-private.h"

G_BEGIN_DECLS

/* Rows of the lists of agents and queues, in @arena; their texts are borrowed. */

Gate__V1__AgentRow *gate_lists_agent_row (GateCore  *core,
                                          GateAgent *agent,
                                          WireArena *arena);
Gate__V1__QueueRow *gate_lists_queue_row (GateCore  *core,
                                          GateQueue *queue,
                                          WireArena *arena);

G_END_DECLS
