/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core-harness.h"

#include "gate-agent.h"
#include "gate-conversation.h"
#include "gate-transitions.h"
#include "wire-frame.h"

#include <string.h>

/* The table of PRODUCT.md 5.2 once more, by hand: what may happen in which state, and nothing else may. */

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
#define N_STATES 10

typedef enum {
  OWNER_NONE,
  OWNER_FIRST,  /* agent 1, who has or was offered it before */
  OWNER_SECOND, /* agent 2, whom the change names */
} Owner;

typedef struct {
  guint from;
  GateConvEvent event;
  guint to;
  Owner owner;
  guint close_reason; /* 0: whatever was there */
} Legal;

/* clang-format off */
static const Legal legal[] = {
  { NEW,     GATE_EVENT_OPEN_BOT,        BOT,     OWNER_NONE,   0 },
  { NEW,     GATE_EVENT_OPEN_QUEUE,      QUEUED,  OWNER_NONE,   0 },
  { NEW,     GATE_EVENT_OPEN_OFFLINE,    OFFLINE, OWNER_NONE,   0 },
  { OFFLINE, GATE_EVENT_HOURS_OPEN,      QUEUED,  OWNER_NONE,   0 },
  { BOT,     GATE_EVENT_HANDOVER,        QUEUED,  OWNER_NONE,   0 },
  { BOT,     GATE_EVENT_STEP_IN,         ACTIVE,  OWNER_SECOND, 0 },
  { BOT,     GATE_EVENT_BOT_ERROR,       QUEUED,  OWNER_NONE,   0 },
  { BOT,     GATE_EVENT_BOT_LAPSED,      CLOSED,  OWNER_NONE,   GATE__V1__CLOSE_REASON__CR_LAPSED },
  { BOT,     GATE_EVENT_BOT_SOLVED,      CLOSED,  OWNER_NONE,   GATE__V1__CLOSE_REASON__CR_CONTAINED },
  { QUEUED,  GATE_EVENT_OFFER,           OFFERED, OWNER_SECOND, 0 },
  { QUEUED,  GATE_EVENT_PULL,            ACTIVE,  OWNER_SECOND, 0 },
  { QUEUED,  GATE_EVENT_ABANDON,         CLOSED,  OWNER_NONE,   GATE__V1__CLOSE_REASON__CR_ABANDONED },
  { QUEUED,  GATE_EVENT_ABANDON_KNOWN,   OFFLINE, OWNER_NONE,   0 },
  { QUEUED,  GATE_EVENT_OVERFLOW,        QUEUED,  OWNER_NONE,   0 },
  { QUEUED,  GATE_EVENT_MAX_WAIT_BOT,    BOT,     OWNER_NONE,   0 },
  { QUEUED,  GATE_EVENT_MAX_WAIT_FORM,   OFFLINE, OWNER_NONE,   0 },
  { OFFERED, GATE_EVENT_ACCEPT,          ACTIVE,  OWNER_FIRST,  0 },
  { OFFERED, GATE_EVENT_PASS,            QUEUED,  OWNER_NONE,   0 },
  { OFFERED, GATE_EVENT_OFFER_EXPIRED,   QUEUED,  OWNER_NONE,   0 },
  { OFFERED, GATE_EVENT_OFFER_LINK_LOST, QUEUED,  OWNER_NONE,   0 },
  { OFFERED, GATE_EVENT_PULL,            ACTIVE,  OWNER_SECOND, 0 },
  { ACTIVE,  GATE_EVENT_TRANSFER_AGENT,  OFFERED, OWNER_SECOND, 0 },
  { ACTIVE,  GATE_EVENT_TRANSFER_QUEUE,  QUEUED,  OWNER_NONE,   0 },
  { ACTIVE,  GATE_EVENT_HOLD,            HELD,    OWNER_FIRST,  0 },
  { ACTIVE,  GATE_EVENT_SNOOZE,          SNOOZED, OWNER_FIRST,  0 },
  { ACTIVE,  GATE_EVENT_IDLE,            WRAPUP,  OWNER_FIRST,  GATE__V1__CLOSE_REASON__CR_IDLE },
  { ACTIVE,  GATE_EVENT_OWNER_LOST,      QUEUED,  OWNER_NONE,   0 },
  { ACTIVE,  GATE_EVENT_TAKEOVER,        ACTIVE,  OWNER_SECOND, 0 },
  { ACTIVE,  GATE_EVENT_JOIN,            ACTIVE,  OWNER_FIRST,  0 },
  { ACTIVE,  GATE_EVENT_END_AGENT,       WRAPUP,  OWNER_FIRST,  0 },
  { ACTIVE,  GATE_EVENT_END_VISITOR,     WRAPUP,  OWNER_FIRST,  GATE__V1__CLOSE_REASON__CR_VISITOR_LEFT },
  { HELD,    GATE_EVENT_RESUME,          ACTIVE,  OWNER_FIRST,  0 },
  { HELD,    GATE_EVENT_TRANSFER_AGENT,  OFFERED, OWNER_SECOND, 0 },
  { HELD,    GATE_EVENT_TRANSFER_QUEUE,  QUEUED,  OWNER_NONE,   0 },
  { HELD,    GATE_EVENT_OWNER_LOST,      QUEUED,  OWNER_NONE,   0 },
  { HELD,    GATE_EVENT_TAKEOVER,        ACTIVE,  OWNER_SECOND, 0 },
  { HELD,    GATE_EVENT_JOIN,            HELD,    OWNER_FIRST,  0 },
  { HELD,    GATE_EVENT_END_AGENT,       WRAPUP,  OWNER_FIRST,  0 },
  { HELD,    GATE_EVENT_END_VISITOR,     WRAPUP,  OWNER_FIRST,  0 },
  { SNOOZED, GATE_EVENT_SNOOZE_OVER,     OFFERED, OWNER_FIRST,  0 },
  { SNOOZED, GATE_EVENT_WAKE,            ACTIVE,  OWNER_FIRST,  0 },
  { SNOOZED, GATE_EVENT_TAKEOVER,        ACTIVE,  OWNER_SECOND, 0 },
  { SNOOZED, GATE_EVENT_END_AGENT,       WRAPUP,  OWNER_FIRST,  0 },
  { SNOOZED, GATE_EVENT_END_VISITOR,     WRAPUP,  OWNER_FIRST,  0 },
  { WRAPUP,  GATE_EVENT_WRAPUP_DONE,     CLOSED,  OWNER_NONE,   0 },
  { WRAPUP,  GATE_EVENT_WRAPUP_TIMER,    CLOSED,  OWNER_NONE,   GATE__V1__CLOSE_REASON__CR_UNCODED },
  { WRAPUP,  GATE_EVENT_REOPEN_VISITOR,  ACTIVE,  OWNER_FIRST,  0 },
  { WRAPUP,  GATE_EVENT_REOPEN_AGENT,    ACTIVE,  OWNER_SECOND, 0 },
  { CLOSED,  GATE_EVENT_REOPEN_VISITOR,  QUEUED,  OWNER_NONE,   0 },
  { CLOSED,  GATE_EVENT_REOPEN_AGENT,    ACTIVE,  OWNER_SECOND, 0 },
  { CLOSED,  GATE_EVENT_WRAPUP_LATE,     CLOSED,  OWNER_NONE,   0 },
  { BOT,     GATE_EVENT_END_VISITOR,     CLOSED,  OWNER_NONE,   0 },
  { QUEUED,  GATE_EVENT_END_VISITOR,     CLOSED,  OWNER_NONE,   GATE__V1__CLOSE_REASON__CR_ABANDONED },
  { OFFERED, GATE_EVENT_END_VISITOR,     CLOSED,  OWNER_NONE,   GATE__V1__CLOSE_REASON__CR_ABANDONED },
  { OFFLINE, GATE_EVENT_END_VISITOR,     CLOSED,  OWNER_NONE,   0 },
  { BOT,     GATE_EVENT_REMOVE,          CLOSED,  OWNER_NONE,   0 },
  { QUEUED,  GATE_EVENT_REMOVE,          CLOSED,  OWNER_NONE,   0 },
  { OFFERED, GATE_EVENT_REMOVE,          CLOSED,  OWNER_NONE,   0 },
  { ACTIVE,  GATE_EVENT_REMOVE,          CLOSED,  OWNER_NONE,   0 },
  { HELD,    GATE_EVENT_REMOVE,          CLOSED,  OWNER_NONE,   0 },
  { SNOOZED, GATE_EVENT_REMOVE,          CLOSED,  OWNER_NONE,   0 },
  { WRAPUP,  GATE_EVENT_REMOVE,          CLOSED,  OWNER_NONE,   0 },
  { CLOSED,  GATE_EVENT_REMOVE,          CLOSED,  OWNER_NONE,   0 },
  { OFFLINE, GATE_EVENT_REMOVE,          CLOSED,  OWNER_NONE,   0 },
};
/* clang-format on */

static const Legal *
find_legal (guint         from,
            GateConvEvent event)
{
  for (guint i = 0; i < G_N_ELEMENTS (legal); i++) {
    if (legal[i].from == from && legal[i].event == event)
      return &legal[i];
  }
  return NULL;
}

static gboolean
has_agent (guint state)
{
  return state == ACTIVE || state == WRAPUP || state == OFFERED || state == HELD ||
         state == SNOOZED;
}

/* A conversation of the first agent in any state, in the store and in memory. */
static GateConversation *
conversation_in (Harness *harness,
                 Client  *first,
                 guint    state)
{
  static guint64 number = 1000;
  GateConvRow row = { .visitor = 500 + ++number, .app = "demo", .queue = "default", .priority = 2 };
  GateBatch *batch = gate_batch_new ();
  GateWrite *write;

  row.conv = number;
  row.state = (guint8) state;
  row.epoch = 7;
  row.channel = GATE__V1__CHANNEL__CH_WEB;
  row.agent = has_agent (state) ? first->welcome->self : 0;
  row.last_agent = state == CLOSED ? first->welcome->self : 0;
  row.opened_at = row.enqueued_at = (guint64) harness->wall_ms - 1000;
  row.closed_at = state == CLOSED ? (guint64) harness->wall_ms - 500 : 0;
  if (state == OFFERED || state == WRAPUP || state == SNOOZED || state == OFFLINE)
    row.due = (guint64) harness->wall_ms + 50000;
  write = gate_batch_add (batch, GATE_WRITE_CONV);
  write->row.conv = row;
  memory_store_load_batch (harness->store, batch);
  return gate_conversation_adopt (harness->core, &row);
}

static void
check_legal (Harness          *harness,
             GateConversation *conv,
             const Legal      *expected,
             guint64           first,
             guint64           second)
{
  const MemoryConv *kept;
  const GateEventRow *event;
  guint64 owners[] = { 0, first, second };

  g_assert_cmpuint (conv->row.state, ==, expected->to);
  g_assert_cmpuint (conv->row.agent, ==, owners[expected->owner]);
  g_assert_cmpuint (conv->row.epoch, ==, 8);
  if (expected->close_reason != 0)
    g_assert_cmpuint (conv->row.close_reason, ==, expected->close_reason);
  if (has_agent (expected->from) && expected->from != OFFERED && expected->to != CLOSED &&
      expected->owner != OWNER_FIRST)
    g_assert_cmpuint (conv->row.last_agent, ==, first);
  harness->is_manual = TRUE;
  gate_core_turn_end (harness->core);
  memory_store_commit (harness->store, GATE_STORE_OK);
  kept = memory_store_conv (harness->store, conv->row.conv);
  g_assert_cmpuint (kept->events->len, ==, 1);
  event = &g_array_index (kept->events, GateEventRow, 0);
  g_assert_cmpuint (event->epoch, ==, 8);
  g_assert_cmpuint (event->from, ==, expected->from);
  g_assert_cmpuint (event->to, ==, expected->to);
  g_assert_nonnull (gate_transition_find_name (event->from, event->name, event->to));
  g_assert_cmpuint (kept->row.state, ==, expected->to);
  gate_core_check (harness->core);
}

static void
test_one (guint         from,
          GateConvEvent event)
{
  Harness *harness = harness_new ();
  Client *first = harness_agent (harness, "first", "agent", 50);
  Client *second = harness_agent (harness, "second", "agent", 50);
  Gate__V1__AgentStatus status = GATE__V1__AGENT_STATUS__INIT;
  GateConversation *conv;
  GateChange change = { .event = event, .agent = second->welcome->self };
  const Legal *expected = find_legal (from, event);
  GateChangeStatus result;

  /* The first agent is online (a snooze comes back to them), but full, so that nothing is routed by itself. */
  status.present = TRUE;
  status.accepting = event == GATE_EVENT_SNOOZE_OVER;
  client_send (first, &status.base);
  conv = conversation_in (harness, first, from);
  change.epoch = 6;
  if (expected != NULL)
    g_assert_cmpint (gate_conversation_change (harness->core, conv, &change), ==,
                     GATE_CHANGE_STALE);
  change.epoch = 7;
  result = gate_conversation_change (harness->core, conv, &change);
  if (expected != NULL) {
    g_assert_cmpint (result, ==, GATE_CHANGE_OK);
    check_legal (harness, conv, expected, first->welcome->self, second->welcome->self);
  } else {
    g_assert_cmpint (result, ==, GATE_CHANGE_ILLEGAL);
    g_assert_cmpuint (conv->row.epoch, ==, 7);
    g_assert_cmpuint (conv->row.state, ==, from);
    g_assert_cmpuint (conv->n_pending, ==, 0);
  }
  harness_free (harness);
}

static void
test_table (gconstpointer data)
{
  guint from = GPOINTER_TO_UINT (data);

  for (guint event = 0; event < GATE_N_EVENTS; event++)
    test_one (from, (GateConvEvent) event);
}

/* Where the guard decides: an owner who is not there. */
static void
test_guards (void)
{
  g_assert_cmpuint (gate_transition_find (SNOOZED, GATE_EVENT_SNOOZE_OVER, FALSE, TRUE, TRUE)->to,
                    ==, OFFERED);
  g_assert_cmpuint (gate_transition_find (SNOOZED, GATE_EVENT_SNOOZE_OVER, FALSE, FALSE, TRUE)->to,
                    ==, QUEUED);
  g_assert_cmpuint (gate_transition_find (WRAPUP, GATE_EVENT_REOPEN_VISITOR, FALSE, FALSE, TRUE)
                      ->to,
                    ==, ACTIVE);
  g_assert_cmpuint (gate_transition_find (WRAPUP, GATE_EVENT_REOPEN_VISITOR, FALSE, FALSE, FALSE)
                      ->to,
                    ==, QUEUED);
  g_assert_null (gate_transition_find (QUEUED, GATE_EVENT_OFFER, FALSE, TRUE, TRUE));
  g_assert_null (gate_transition_find (ACTIVE, GATE_EVENT_TAKEOVER, FALSE, TRUE, TRUE));
}

/* Every state but CLOSED is left by something that needs no human. */
static void
test_exits (void)
{
  static const GateConvEvent automatic[] = {
    GATE_EVENT_HOURS_OPEN,    GATE_EVENT_BOT_LAPSED, GATE_EVENT_ABANDON,
    GATE_EVENT_OFFER_EXPIRED, GATE_EVENT_OWNER_LOST, GATE_EVENT_SNOOZE_OVER,
    GATE_EVENT_WRAPUP_TIMER,  GATE_EVENT_IDLE,
  };

  for (guint state = BOT; state < N_STATES; state++) {
    gboolean has_exit = state == CLOSED;

    for (guint i = 0; i < G_N_ELEMENTS (automatic); i++)
      has_exit |= gate_transition_find (state, automatic[i], FALSE, FALSE, FALSE) != NULL;
    g_assert_true (has_exit);
  }
}

/* Names are what the log is replayed by: one name and one end for each beginning. */
static void
test_names (void)
{
  for (guint i = 0; i < gate_n_transitions; i++) {
    const GateTransition *row = &gate_transitions[i];

    g_assert_true (gate_transition_find_name (row->from, row->name, row->to) == row);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint state = BOT; state < N_STATES; state++) {
    g_autofree char *path = g_strdup_printf ("/core/transitions/from-%s", wire_state_name (state));

    g_test_add_data_func (path, GUINT_TO_POINTER (state), test_table);
  }
  g_test_add_func ("/core/transitions/guards", test_guards);
  g_test_add_func ("/core/transitions/exits", test_exits);
  g_test_add_func ("/core/transitions/names", test_names);
  return g_test_run ();
}
