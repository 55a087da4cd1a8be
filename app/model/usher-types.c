/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-types.h"

G_DEFINE_ENUM_TYPE (UsherRole,
                    usher_role,
                    G_DEFINE_ENUM_VALUE (USHER_ROLE_VISITOR, "visitor"),
                    G_DEFINE_ENUM_VALUE (USHER_ROLE_AGENT, "agent"),
                    G_DEFINE_ENUM_VALUE (USHER_ROLE_BOT, "bot"),
                    G_DEFINE_ENUM_VALUE (USHER_ROLE_SYSTEM, "system"))

G_DEFINE_ENUM_TYPE (UsherState,
                    usher_state,
                    G_DEFINE_ENUM_VALUE (USHER_STATE_UNKNOWN, "unknown"),
                    G_DEFINE_ENUM_VALUE (USHER_STATE_BOT, "bot"),
                    G_DEFINE_ENUM_VALUE (USHER_STATE_QUEUED, "queued"),
                    G_DEFINE_ENUM_VALUE (USHER_STATE_ACTIVE, "active"),
                    G_DEFINE_ENUM_VALUE (USHER_STATE_WRAPUP, "wrapup"),
                    G_DEFINE_ENUM_VALUE (USHER_STATE_CLOSED, "closed"),
                    G_DEFINE_ENUM_VALUE (USHER_STATE_OFFERED, "offered"),
                    G_DEFINE_ENUM_VALUE (USHER_STATE_HELD, "held"),
                    G_DEFINE_ENUM_VALUE (USHER_STATE_SNOOZED, "snoozed"),
                    G_DEFINE_ENUM_VALUE (USHER_STATE_OFFLINE, "offline"))

G_DEFINE_ENUM_TYPE (UsherMessageKind,
                    usher_message_kind,
                    G_DEFINE_ENUM_VALUE (USHER_MESSAGE_TEXT, "text"),
                    G_DEFINE_ENUM_VALUE (USHER_MESSAGE_IMAGE, "image"),
                    G_DEFINE_ENUM_VALUE (USHER_MESSAGE_FILE, "file"),
                    G_DEFINE_ENUM_VALUE (USHER_MESSAGE_CARD, "card"),
                    G_DEFINE_ENUM_VALUE (USHER_MESSAGE_CHOICES, "choices"),
                    G_DEFINE_ENUM_VALUE (USHER_MESSAGE_EVENT, "event"),
                    G_DEFINE_ENUM_VALUE (USHER_MESSAGE_NOTE, "note"),
                    G_DEFINE_ENUM_VALUE (USHER_MESSAGE_CHANGE, "change"),
                    G_DEFINE_ENUM_VALUE (USHER_MESSAGE_VOICE, "voice"))

G_DEFINE_ENUM_TYPE (UsherDelivery,
                    usher_delivery,
                    G_DEFINE_ENUM_VALUE (USHER_DELIVERY_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (USHER_DELIVERY_HELD, "held"),
                    G_DEFINE_ENUM_VALUE (USHER_DELIVERY_QUEUED, "queued"),
                    G_DEFINE_ENUM_VALUE (USHER_DELIVERY_ON_WIRE, "on-wire"),
                    G_DEFINE_ENUM_VALUE (USHER_DELIVERY_STORED, "stored"),
                    G_DEFINE_ENUM_VALUE (USHER_DELIVERY_DELIVERED, "delivered"),
                    G_DEFINE_ENUM_VALUE (USHER_DELIVERY_READ, "read"),
                    G_DEFINE_ENUM_VALUE (USHER_DELIVERY_FAILED, "failed"))

G_DEFINE_ENUM_TYPE (UsherLinkState,
                    usher_link_state,
                    G_DEFINE_ENUM_VALUE (USHER_LINK_OFFLINE, "offline"),
                    G_DEFINE_ENUM_VALUE (USHER_LINK_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (USHER_LINK_CATCHING_UP, "catching-up"),
                    G_DEFINE_ENUM_VALUE (USHER_LINK_IN_STEP, "in-step"))

G_DEFINE_ENUM_TYPE (UsherAgentStatus,
                    usher_agent_status,
                    G_DEFINE_ENUM_VALUE (USHER_AGENT_OFFLINE, "offline"),
                    G_DEFINE_ENUM_VALUE (USHER_AGENT_ONLINE, "online"),
                    G_DEFINE_ENUM_VALUE (USHER_AGENT_AWAY, "away"),
                    G_DEFINE_ENUM_VALUE (USHER_AGENT_BUSY, "busy"),
                    G_DEFINE_ENUM_VALUE (USHER_AGENT_INVISIBLE, "invisible"))

G_DEFINE_ENUM_TYPE (UsherHandoverState,
                    usher_handover_state,
                    G_DEFINE_ENUM_VALUE (USHER_HANDOVER_MINE, "mine"),
                    G_DEFINE_ENUM_VALUE (USHER_HANDOVER_TURN, "turn"),
                    G_DEFINE_ENUM_VALUE (USHER_HANDOVER_ASKING, "asking"),
                    G_DEFINE_ENUM_VALUE (USHER_HANDOVER_OFFERED, "offered"),
                    G_DEFINE_ENUM_VALUE (USHER_HANDOVER_QUEUED, "queued"),
                    G_DEFINE_ENUM_VALUE (USHER_HANDOVER_TAKEN, "taken"),
                    G_DEFINE_ENUM_VALUE (USHER_HANDOVER_PASSED, "passed"),
                    G_DEFINE_ENUM_VALUE (USHER_HANDOVER_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (USHER_HANDOVER_ENDED, "ended"))

G_DEFINE_ENUM_TYPE (UsherHandoverStage,
                    usher_handover_stage,
                    G_DEFINE_ENUM_VALUE (USHER_HANDOVER_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (USHER_HANDOVER_PREPARING, "preparing"),
                    G_DEFINE_ENUM_VALUE (USHER_HANDOVER_UNDER_WAY, "under-way"),
                    G_DEFINE_ENUM_VALUE (USHER_HANDOVER_DONE, "done"))

gboolean
usher_message_kind_has_file (UsherMessageKind kind)
{
  return kind == USHER_MESSAGE_IMAGE || kind == USHER_MESSAGE_FILE || kind == USHER_MESSAGE_VOICE;
}
