/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core-private.h"

G_BEGIN_DECLS

/** GateConvEvent: what can happen to a conversation: the second column of `PRODUCT.md` 5.2. */
typedef enum {
  GATE_EVENT_OPEN_BOT,
  GATE_EVENT_OPEN_QUEUE,
  GATE_EVENT_OPEN_OFFLINE,
  GATE_EVENT_HOURS_OPEN,
  GATE_EVENT_HANDOVER,
  GATE_EVENT_STEP_IN,
  GATE_EVENT_BOT_ERROR,
  GATE_EVENT_BOT_LAPSED,
  GATE_EVENT_BOT_SOLVED,
  GATE_EVENT_OFFER,
  GATE_EVENT_PULL,
  GATE_EVENT_ABANDON,
  GATE_EVENT_ABANDON_KNOWN,
  GATE_EVENT_OVERFLOW,
  GATE_EVENT_MAX_WAIT_BOT,
  GATE_EVENT_MAX_WAIT_FORM,
  GATE_EVENT_ACCEPT,
  GATE_EVENT_PASS,
  GATE_EVENT_OFFER_EXPIRED,
  GATE_EVENT_OFFER_LINK_LOST,
  GATE_EVENT_TRANSFER_AGENT,
  GATE_EVENT_TRANSFER_QUEUE,
  GATE_EVENT_HOLD,
  GATE_EVENT_RESUME,
  GATE_EVENT_SNOOZE,
  GATE_EVENT_SNOOZE_OVER,
  GATE_EVENT_WAKE,
  GATE_EVENT_IDLE,
  GATE_EVENT_OWNER_LOST,
  GATE_EVENT_TAKEOVER,
  GATE_EVENT_JOIN,
  GATE_EVENT_END_AGENT,
  GATE_EVENT_END_VISITOR,
  GATE_EVENT_WRAPUP_DONE,
  GATE_EVENT_WRAPUP_TIMER,
  GATE_EVENT_WRAPUP_LATE,
  GATE_EVENT_REOPEN_VISITOR,
  GATE_EVENT_REOPEN_AGENT,
  GATE_EVENT_REMOVE,
  GATE_N_EVENTS
} GateConvEvent;

typedef enum {
  GATE_OWNER_KEEP,
  GATE_OWNER_NONE,
  GATE_OWNER_BOT,
  GATE_OWNER_QUEUE,
  GATE_OWNER_OFFER, /* a queue's still, but asked of GateChange.agent */
  GATE_OWNER_SAME,  /* asked of, or back with, the agent who has or had it */
  GATE_OWNER_AGENT, /* GateChange.agent */
} GateOwnerRule;

typedef enum {
  GATE_GUARD_NONE,
  GATE_GUARD_AGENT,         /* GateChange.agent is given */
  GATE_GUARD_OWNER_PRESENT, /* the agent who has it is online */
  GATE_GUARD_OWNER_LINKED,  /* the agent who has it has a connection */
} GateGuard;

typedef enum {
  GATE_DUE_NONE,
  GATE_DUE_OFFER,
  GATE_DUE_WRAPUP,
  GATE_DUE_GIVEN, /* GateChange.due */
} GateDueRule;

/** GateTransition: one row of the table. */
typedef struct {
  guint8 from, event, guard, to;
  const char *name; /* in events, snake_case */
  guint8 owner, due;
  guint8 why;             /* of the assignment; 0 = GateChange.why, or as it was */
  guint8 close_reason;    /* 0 = GateChange.close_reason */
  guint8 offer_end;       /* how an offer that stood ended */
  gboolean may_overshoot; /* an explicit pull or a waking: the agent's cap may be exceeded */
  const char *line;       /* (nullable) name of the system line that both sides see */
} GateTransition;

extern const GateTransition gate_transitions[];
extern const guint gate_n_transitions;

/** gate_transition_find: (nullable): the row for @event in @from whose guard holds; %NULL: illegal. */
const GateTransition *gate_transition_find (guint         from,
                                            GateConvEvent event,
                                            gboolean      has_agent,
                                            gboolean      is_owner_present,
                                            gboolean      is_owner_linked);

/** gate_transition_find_name: (nullable): the row that an event of the log speaks of. */
const GateTransition *gate_transition_find_name (guint       from,
                                                 const char *name,
                                                 guint       to);

G_END_DECLS
