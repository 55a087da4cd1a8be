/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-transitions.h"

/*
 * The conversation's state machine, `PRODUCT.md` 5.2, as data. NEW is 0: it never leaves the core. Rows that the
 * page does not print but that follow from it: a visitor may end from any state; a transfer may start from HELD; an
 * owner may wake what they snoozed; a wrap-up form that comes after its timer still codes the conversation.
 */

#define NEW      GATE__V1__STATE__ST_UNSPECIFIED
#define BOT      GATE__V1__STATE__ST_BOT
#define QUEUED   GATE__V1__STATE__ST_QUEUED
#define ACTIVE   GATE__V1__STATE__ST_ACTIVE
#define WRAPUP   GATE__V1__STATE__ST_WRAPUP
#define CLOSED   GATE__V1__STATE__ST_CLOSED
#define OFFERED  GATE__V1__STATE__ST_OFFERED
#define HELD     GATE__V1__STATE__ST_HELD
#define SNOOZED  GATE__V1__STATE__ST_SNOOZED
#define OFFLINE  GATE__V1__STATE__ST_OFFLINE
#define E(name)  GATE_EVENT_##name
#define G(name)  GATE_GUARD_##name
#define O(name)  GATE_OWNER_##name
#define D(name)  GATE_DUE_##name
#define W(name)  GATE__V1__WHY__WHY_##name
#define CR(name) GATE__V1__CLOSE_REASON__CR_##name
#define OE(name) GATE__V1__OFFER_END__OE_##name

/* clang-format off */
const GateTransition gate_transitions[] = {
  /* from    event                guard             to        name                  owner      due        why               close reason      offer end      overshoot line */
  { NEW,     E (OPEN_BOT),        G (NONE),          BOT,     "open_bot",           O (BOT),   D (NONE),  W (BOT),          0,                0,              FALSE, NULL },
  { NEW,     E (OPEN_QUEUE),      G (NONE),          QUEUED,  "open_queue",         O (QUEUE), D (NONE),  0,                0,                0,              FALSE, NULL },
  { NEW,     E (OPEN_OFFLINE),    G (NONE),          OFFLINE, "open_offline",       O (NONE),  D (GIVEN), 0,                0,                0,              FALSE, NULL },

  { OFFLINE, E (HOURS_OPEN),      G (NONE),          QUEUED,  "hours_open",         O (QUEUE), D (NONE),  0,                0,                0,              FALSE, NULL },
  { OFFLINE, E (END_VISITOR),     G (NONE),          CLOSED,  "visitor_ended",      O (NONE),  D (NONE),  0,                CR (VISITOR_LEFT), 0,             FALSE, NULL },

  { BOT,     E (HANDOVER),        G (NONE),          QUEUED,  "handover",           O (QUEUE), D (NONE),  0,                0,                0,              FALSE, NULL },
  { BOT,     E (STEP_IN),         G (AGENT),         ACTIVE,  "step_in",            O (AGENT), D (NONE),  W (CLAIMED),      0,                0,              TRUE,  NULL },
  { BOT,     E (BOT_ERROR),       G (NONE),          QUEUED,  "bot_error",          O (QUEUE), D (NONE),  0,                0,                0,              FALSE, NULL },
  { BOT,     E (BOT_LAPSED),      G (NONE),          CLOSED,  "bot_lapsed",         O (NONE),  D (NONE),  0,                CR (LAPSED),      0,              FALSE, NULL },
  { BOT,     E (BOT_SOLVED),      G (NONE),          CLOSED,  "bot_solved",         O (NONE),  D (NONE),  0,                CR (CONTAINED),   0,              FALSE, NULL },
  { BOT,     E (END_VISITOR),     G (NONE),          CLOSED,  "visitor_ended",      O (NONE),  D (NONE),  0,                CR (CONTAINED),   0,              FALSE, NULL },

  { QUEUED,  E (OFFER),           G (AGENT),         OFFERED, "offer",              O (OFFER), D (OFFER), 0,                0,                0,              FALSE, NULL },
  { QUEUED,  E (PULL),            G (AGENT),         ACTIVE,  "pull",               O (AGENT), D (NONE),  W (CLAIMED),      0,                0,              TRUE,  NULL },
  { QUEUED,  E (ABANDON),         G (NONE),          CLOSED,  "abandon",            O (NONE),  D (NONE),  0,                CR (ABANDONED),   0,              FALSE, NULL },
  { QUEUED,  E (ABANDON_KNOWN),   G (NONE),          OFFLINE, "abandon_known",      O (NONE),  D (GIVEN), 0,                0,                0,              FALSE, NULL },
  { QUEUED,  E (OVERFLOW),        G (NONE),          QUEUED,  "overflow",           O (QUEUE), D (NONE),  W (OVERFLOW),     0,                0,              FALSE, NULL },
  { QUEUED,  E (MAX_WAIT_BOT),    G (NONE),          BOT,     "max_wait_bot",       O (BOT),   D (NONE),  W (BOT),          0,                0,              FALSE, NULL },
  { QUEUED,  E (MAX_WAIT_FORM),   G (NONE),          OFFLINE, "max_wait_form",      O (NONE),  D (GIVEN), 0,                0,                0,              FALSE, NULL },
  { QUEUED,  E (END_VISITOR),     G (NONE),          CLOSED,  "visitor_ended",      O (NONE),  D (NONE),  0,                CR (ABANDONED),   0,              FALSE, NULL },

  { OFFERED, E (ACCEPT),          G (NONE),          ACTIVE,  "accept",             O (SAME),  D (NONE),  0,                0,                OE (TAKEN),     FALSE, NULL },
  { OFFERED, E (PASS),            G (NONE),          QUEUED,  "pass",               O (QUEUE), D (NONE),  0,                0,                OE (WITHDRAWN), FALSE, NULL },
  { OFFERED, E (OFFER_EXPIRED),   G (NONE),          QUEUED,  "offer_expired",      O (QUEUE), D (NONE),  0,                0,                OE (EXPIRED),   FALSE, NULL },
  { OFFERED, E (OFFER_LINK_LOST), G (NONE),          QUEUED,  "offer_link_lost",    O (QUEUE), D (NONE),  0,                0,                OE (WITHDRAWN), FALSE, NULL },
  { OFFERED, E (PULL),            G (AGENT),         ACTIVE,  "pull",               O (AGENT), D (NONE),  W (CLAIMED),      0,                OE (TAKEN),     TRUE,  NULL },
  { OFFERED, E (END_VISITOR),     G (NONE),          CLOSED,  "visitor_ended",      O (NONE),  D (NONE),  0,                CR (ABANDONED),   OE (LEFT),      FALSE, NULL },

  { ACTIVE,  E (TRANSFER_AGENT),  G (AGENT),         OFFERED, "transfer_agent",     O (OFFER), D (OFFER), W (TRANSFERRED),  0,                0,              FALSE, NULL },
  { ACTIVE,  E (TRANSFER_QUEUE),  G (NONE),          QUEUED,  "transfer_queue",     O (QUEUE), D (NONE),  W (TRANSFERRED),  0,                0,              FALSE, NULL },
  { ACTIVE,  E (HOLD),            G (NONE),          HELD,    "hold",               O (KEEP),  D (NONE),  0,                0,                0,              FALSE, NULL },
  { ACTIVE,  E (SNOOZE),          G (NONE),          SNOOZED, "snooze",             O (KEEP),  D (GIVEN), 0,                0,                0,              FALSE, NULL },
  { ACTIVE,  E (IDLE),            G (NONE),          WRAPUP,  "idle",               O (KEEP),  D (WRAPUP), 0,               CR (IDLE),        0,              TRUE,  NULL },
  { ACTIVE,  E (OWNER_LOST),      G (NONE),          QUEUED,  "owner_lost",         O (QUEUE), D (NONE),  W (RELEASED),     0,                0,              FALSE, "owner_lost" },
  { ACTIVE,  E (TAKEOVER),        G (AGENT),         ACTIVE,  "takeover",           O (AGENT), D (NONE),  W (TAKEOVER),     0,                0,              TRUE,  "taken_over" },
  { ACTIVE,  E (JOIN),            G (AGENT),         ACTIVE,  "join",               O (KEEP),  D (NONE),  0,                0,                0,              FALSE, "joined" },
  { ACTIVE,  E (END_AGENT),       G (NONE),          WRAPUP,  "agent_ended",        O (KEEP),  D (WRAPUP), 0,               0,                0,              TRUE,  NULL },
  { ACTIVE,  E (END_VISITOR),     G (NONE),          WRAPUP,  "visitor_ended",      O (KEEP),  D (WRAPUP), 0,               CR (VISITOR_LEFT), 0,             TRUE,  NULL },

  { HELD,    E (RESUME),          G (NONE),          ACTIVE,  "resume",             O (KEEP),  D (NONE),  0,                0,                0,              FALSE, NULL },
  { HELD,    E (TRANSFER_AGENT),  G (AGENT),         OFFERED, "transfer_agent",     O (OFFER), D (OFFER), W (TRANSFERRED),  0,                0,              FALSE, NULL },
  { HELD,    E (TRANSFER_QUEUE),  G (NONE),          QUEUED,  "transfer_queue",     O (QUEUE), D (NONE),  W (TRANSFERRED),  0,                0,              FALSE, NULL },
  { HELD,    E (OWNER_LOST),      G (NONE),          QUEUED,  "owner_lost",         O (QUEUE), D (NONE),  W (RELEASED),     0,                0,              FALSE, "owner_lost" },
  { HELD,    E (TAKEOVER),        G (AGENT),         ACTIVE,  "takeover",           O (AGENT), D (NONE),  W (TAKEOVER),     0,                0,              TRUE,  "taken_over" },
  { HELD,    E (JOIN),            G (AGENT),         HELD,    "join",               O (KEEP),  D (NONE),  0,                0,                0,              FALSE, "joined" },
  { HELD,    E (END_AGENT),       G (NONE),          WRAPUP,  "agent_ended",        O (KEEP),  D (WRAPUP), 0,               0,                0,              FALSE, NULL },
  { HELD,    E (END_VISITOR),     G (NONE),          WRAPUP,  "visitor_ended",      O (KEEP),  D (WRAPUP), 0,               CR (VISITOR_LEFT), 0,             FALSE, NULL },

  { SNOOZED, E (SNOOZE_OVER),     G (OWNER_PRESENT), OFFERED, "snooze_over",        O (SAME),  D (OFFER), W (SNOOZE_OVER),  0,                0,              TRUE,  NULL },
  { SNOOZED, E (SNOOZE_OVER),     G (NONE),          QUEUED,  "snooze_over_queued", O (QUEUE), D (NONE),  W (SNOOZE_OVER),  0,                0,              FALSE, NULL },
  { SNOOZED, E (WAKE),            G (NONE),          ACTIVE,  "wake",               O (KEEP),  D (NONE),  0,                0,                0,              TRUE,  NULL },
  { SNOOZED, E (TAKEOVER),        G (AGENT),         ACTIVE,  "takeover",           O (AGENT), D (NONE),  W (TAKEOVER),     0,                0,              TRUE,  "taken_over" },
  { SNOOZED, E (END_AGENT),       G (NONE),          WRAPUP,  "agent_ended",        O (KEEP),  D (WRAPUP), 0,               0,                0,              TRUE,  NULL },
  { SNOOZED, E (END_VISITOR),     G (NONE),          WRAPUP,  "visitor_ended",      O (KEEP),  D (WRAPUP), 0,               CR (VISITOR_LEFT), 0,             TRUE,  NULL },

  { WRAPUP,  E (WRAPUP_DONE),     G (NONE),          CLOSED,  "wrapup",             O (NONE),  D (NONE),  0,                0,                0,              FALSE, NULL },
  { WRAPUP,  E (WRAPUP_TIMER),    G (NONE),          CLOSED,  "uncoded",            O (NONE),  D (NONE),  0,                CR (UNCODED),     0,              FALSE, NULL },
  { WRAPUP,  E (REOPEN_VISITOR),  G (OWNER_LINKED),  ACTIVE,  "visitor_back",       O (KEEP),  D (NONE),  0,                0,                0,              TRUE,  NULL },
  { WRAPUP,  E (REOPEN_VISITOR),  G (NONE),          QUEUED,  "visitor_back_queued", O (QUEUE), D (NONE), W (RELEASED),     0,                0,              FALSE, NULL },
  { WRAPUP,  E (REOPEN_AGENT),    G (AGENT),         ACTIVE,  "reopen",             O (AGENT), D (NONE),  W (CLAIMED),      0,                0,              TRUE,  NULL },

  { CLOSED,  E (REOPEN_VISITOR),  G (NONE),          QUEUED,  "visitor_back",       O (QUEUE), D (NONE),  0,                0,                0,              FALSE, NULL },
  { CLOSED,  E (REOPEN_AGENT),    G (AGENT),         ACTIVE,  "reopen",             O (AGENT), D (NONE),  W (CLAIMED),      0,                0,              TRUE,  NULL },
  { CLOSED,  E (WRAPUP_LATE),     G (NONE),          CLOSED,  "wrapup_late",        O (NONE),  D (NONE),  0,                0,                0,              FALSE, NULL },

  /* any: block, spam, merge, erase */
  { OFFLINE, E (REMOVE),          G (NONE),          CLOSED,  "remove",             O (NONE),  D (NONE),  0,                0,                0,              FALSE, NULL },
  { BOT,     E (REMOVE),          G (NONE),          CLOSED,  "remove",             O (NONE),  D (NONE),  0,                0,                0,              FALSE, NULL },
  { QUEUED,  E (REMOVE),          G (NONE),          CLOSED,  "remove",             O (NONE),  D (NONE),  0,                0,                0,              FALSE, NULL },
  { OFFERED, E (REMOVE),          G (NONE),          CLOSED,  "remove",             O (NONE),  D (NONE),  0,                0,                OE (WITHDRAWN), FALSE, NULL },
  { ACTIVE,  E (REMOVE),          G (NONE),          CLOSED,  "remove",             O (NONE),  D (NONE),  0,                0,                0,              FALSE, NULL },
  { HELD,    E (REMOVE),          G (NONE),          CLOSED,  "remove",             O (NONE),  D (NONE),  0,                0,                0,              FALSE, NULL },
  { SNOOZED, E (REMOVE),          G (NONE),          CLOSED,  "remove",             O (NONE),  D (NONE),  0,                0,                0,              FALSE, NULL },
  { WRAPUP,  E (REMOVE),          G (NONE),          CLOSED,  "remove",             O (NONE),  D (NONE),  0,                0,                0,              FALSE, NULL },
  { CLOSED,  E (REMOVE),          G (NONE),          CLOSED,  "remove",             O (NONE),  D (NONE),  0,                0,                0,              FALSE, NULL },
};
/* clang-format on */

const guint gate_n_transitions = G_N_ELEMENTS (gate_transitions);

static gboolean
guard_holds (guint    guard,
             gboolean has_agent,
             gboolean is_owner_present,
             gboolean is_owner_linked)
{
  if (guard == GATE_GUARD_AGENT)
    return has_agent;
  if (guard == GATE_GUARD_OWNER_PRESENT)
    return is_owner_present;
  if (guard == GATE_GUARD_OWNER_LINKED)
    return is_owner_linked;
  return TRUE;
}

const GateTransition *
gate_transition_find (guint         from,
                      GateConvEvent event,
                      gboolean      has_agent,
                      gboolean      is_owner_present,
                      gboolean      is_owner_linked)
{
  for (guint i = 0; i < gate_n_transitions; i++) {
    const GateTransition *row = &gate_transitions[i];

    if (row->from == from && row->event == (guint) event &&
        guard_holds (row->guard, has_agent, is_owner_present, is_owner_linked))
      return row;
  }
  return NULL;
}

const GateTransition *
gate_transition_find_name (guint       from,
                           const char *name,
                           guint       to)
{
  for (guint i = 0; i < gate_n_transitions; i++) {
    const GateTransition *row = &gate_transitions[i];

    if (row->from == from && row->to == to && strcmp (row->name, name) == 0)
      return row;
  }
  return NULL;
}
