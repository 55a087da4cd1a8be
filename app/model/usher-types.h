/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* What the console knows, in words of PRODUCT.md 4.1. Numbers that travel are those of gate.v1. */

typedef enum {
  USHER_ROLE_VISITOR = 0,
  USHER_ROLE_AGENT = 1,
  USHER_ROLE_BOT = 2,
  USHER_ROLE_SYSTEM = 3,
} UsherRole;

typedef enum {
  USHER_STATE_UNKNOWN = 0,
  USHER_STATE_BOT = 1,
  USHER_STATE_QUEUED = 2,
  USHER_STATE_ACTIVE = 3,
  USHER_STATE_WRAPUP = 4,
  USHER_STATE_CLOSED = 5,
  USHER_STATE_OFFERED = 6,
  USHER_STATE_HELD = 7,
  USHER_STATE_SNOOZED = 8,
  USHER_STATE_OFFLINE = 9,
} UsherState;

typedef enum {
  USHER_MESSAGE_TEXT,
  USHER_MESSAGE_IMAGE,
  USHER_MESSAGE_FILE,
  USHER_MESSAGE_CARD,
  USHER_MESSAGE_CHOICES,
  USHER_MESSAGE_EVENT,  /* a system line, for everybody */
  USHER_MESSAGE_NOTE,   /* for staff only */
  USHER_MESSAGE_CHANGE, /* of state, in words; for staff only; numbered by its time */
  USHER_MESSAGE_VOICE,  /* last: the numbers are in the local store */
} UsherMessageKind;

/** UsherDelivery: the honest states of an own line. */
typedef enum {
  USHER_DELIVERY_NONE,    /* not ours */
  USHER_DELIVERY_HELD,    /* in the local outbox; it does not go yet: the agent may take it back */
  USHER_DELIVERY_QUEUED,  /* in the local outbox */
  USHER_DELIVERY_ON_WIRE, /* written to a socket, no ack yet */
  USHER_DELIVERY_STORED,  /* acknowledged: on the gateway's disk */
  USHER_DELIVERY_DELIVERED,
  USHER_DELIVERY_READ,
  USHER_DELIVERY_FAILED, /* fail-reason says why; retry is always safe */
} UsherDelivery;

typedef enum {
  USHER_LINK_OFFLINE, /* no connection; what is shown is from the cache */
  USHER_LINK_CONNECTING,
  USHER_LINK_CATCHING_UP, /* connected, what was missed is being read */
  USHER_LINK_IN_STEP,
} UsherLinkState;

/** UsherAgentStatus: what colleagues see of an agent; the numbers of gate.v1.Status. */
typedef enum {
  USHER_AGENT_OFFLINE = 0,
  USHER_AGENT_ONLINE = 1,
  USHER_AGENT_AWAY = 2,
  USHER_AGENT_BUSY = 3,
  USHER_AGENT_INVISIBLE = 4,
} UsherAgentStatus;

/** UsherHandoverState: how far a chat of a shift that is handed over is. */
typedef enum {
  USHER_HANDOVER_MINE,    /* still mine */
  USHER_HANDOVER_TURN,    /* the colleague is being asked about another one first */
  USHER_HANDOVER_ASKING,  /* on its way; the gateway has not answered */
  USHER_HANDOVER_OFFERED, /* waits for a colleague's acceptance */
  USHER_HANDOVER_QUEUED,  /* in the queue it was given to */
  USHER_HANDOVER_TAKEN,   /* somebody else has it */
  USHER_HANDOVER_PASSED,  /* whoever was asked has not taken it; it waits in its queue */
  USHER_HANDOVER_FAILED,  /* refused; `problem` says why */
  USHER_HANDOVER_ENDED,   /* over meanwhile */
} UsherHandoverState;

/** UsherHandoverStage: of a shift as a whole; from the second on nothing new is offered to me. */
typedef enum {
  USHER_HANDOVER_NONE,
  USHER_HANDOVER_PREPARING, /* briefs are being written, nobody has been asked */
  USHER_HANDOVER_UNDER_WAY,
  USHER_HANDOVER_DONE, /* nothing is left with me */
} UsherHandoverStage;

GType usher_role_get_type (void);
GType usher_state_get_type (void);
GType usher_message_kind_get_type (void);
GType usher_delivery_get_type (void);
GType usher_link_state_get_type (void);
GType usher_agent_status_get_type (void);
GType usher_handover_state_get_type (void);
GType usher_handover_stage_get_type (void);
#define USHER_TYPE_ROLE           (usher_role_get_type ())
#define USHER_TYPE_STATE          (usher_state_get_type ())
#define USHER_TYPE_MESSAGE_KIND   (usher_message_kind_get_type ())
#define USHER_TYPE_DELIVERY       (usher_delivery_get_type ())
#define USHER_TYPE_LINK_STATE     (usher_link_state_get_type ())
#define USHER_TYPE_HANDOVER_STAGE (usher_handover_stage_get_type ())

typedef struct _UsherMessage UsherMessage;
typedef struct _UsherMessageList UsherMessageList;
typedef struct _UsherConversation UsherConversation;
typedef struct _UsherConversationList UsherConversationList;
typedef struct _UsherContact UsherContact;
typedef struct _UsherColleague UsherColleague;
typedef struct _UsherQueue UsherQueue;
typedef struct _UsherHit UsherHit;
typedef struct _UsherHandoverItem UsherHandoverItem;
typedef struct _UsherSuggestion UsherSuggestion;

/** usher_message_kind_has_file: a picture or another file: bytes that go before the line and come after it. */
gboolean usher_message_kind_has_file (UsherMessageKind kind);

G_END_DECLS
