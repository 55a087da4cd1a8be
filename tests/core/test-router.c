/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core-harness.h"

#include "gate-queue.h"
#include "wire-frame.h"

#include <string.h>

/* SYSTEMS.md 4.2: who is offered what, and when. */

#define BODY(name)  GATE__V1__FRAME__BODY_##name
#define STATE(name) GATE__V1__STATE__ST_##name

static const Gate__V1__Offer *
take_offer (Client *agent)
{
  const Gate__V1__Frame *frame = client_take (agent, BODY (OFFER));

  return frame != NULL ? frame->offer : NULL;
}

static const Gate__V1__Frame *
answer_offer (Client   *agent,
              guint64   conv,
              gboolean  accept)
{
  Gate__V1__OfferAnswer answer = GATE__V1__OFFER_ANSWER__INIT;

  answer.conv = conv;
  answer.accept = accept;
  return client_answer (agent, client_send (agent, &answer.base));
}

static guint64
knock (Harness *harness)
{
  return client_text (harness_visitor (harness, NULL), 0, "knock")->conv;
}

static void
set_status (Client   *agent,
            gboolean  accepting)
{
  Gate__V1__AgentStatus status = GATE__V1__AGENT_STATUS__INIT;

  status.present = TRUE;
  status.accepting = accepting;
  g_assert_nonnull (client_answer (agent, client_send (agent, &status.base)));
}

/* Load over capacity, then longest since the last assignment. */
static void
test_least_loaded (void)
{
  Harness *harness = harness_new ();
  Client *small = harness_accepting (harness, "small", 1);
  Client *large = harness_accepting (harness, "large", 4);
  guint64 first = knock (harness);
  guint64 second;

  g_assert_cmpuint (take_offer (small)->conv, ==, first);
  second = knock (harness);
  g_assert_cmpuint (take_offer (large)->conv, ==, second);
  answer_offer (small, first, TRUE);
  answer_offer (large, second, TRUE);
  for (guint i = 0; i < 3; i++) {
    guint64 conv = knock (harness);

    g_assert_cmpuint (take_offer (large)->conv, ==, conv); /* small is full */
  }
  knock (harness);
  g_assert_null (take_offer (large)); /* so is large now */
  g_assert_null (take_offer (small));
  harness_free (harness);
}

static void
test_longest_idle (void)
{
  Harness *harness = harness_new ();
  Client *agents[3];

  for (guint i = 0; i < 3; i++) {
    g_autofree char *login = g_strdup_printf ("a%u", i);

    agents[i] = harness_accepting (harness, login, 9);
  }
  for (guint round = 0; round < 9; round++) {
    guint64 conv = knock (harness);

    g_assert_cmpuint (take_offer (agents[round % 3])->conv, ==, conv);
    harness_advance (harness, 100);
  }
  harness_free (harness);
}

/* Who came first is served first, also after a pass put them back. */
static void
test_order (void)
{
  Harness *harness = harness_new ();
  guint64 first = knock (harness);
  guint64 second, third;
  Client *agent, *other;

  harness_advance (harness, 50);
  second = knock (harness);
  harness_advance (harness, 50);
  third = knock (harness);
  agent = harness_accepting (harness, "one", 1);
  g_assert_cmpuint (take_offer (agent)->conv, ==, first);
  answer_offer (agent, first, FALSE);
  /* Not the one just passed, but the next; and that one keeps its place for somebody else. */
  g_assert_cmpuint (take_offer (agent)->conv, ==, second);
  other = harness_accepting (harness, "two", 1);
  g_assert_cmpuint (take_offer (other)->conv, ==, first);
  answer_offer (agent, second, FALSE);
  g_assert_cmpuint (take_offer (agent)->conv, ==, third);
  harness_free (harness);
}

static void
test_priority (void)
{
  GateConversation normal = { .row = { .conv = 1, .priority = 2, .enqueued_at = 1000000 } };
  GateConversation high = { .row = { .conv = 2, .priority = 1, .enqueued_at = 1110000 } };
  GateConversation late = { .row = { .conv = 3, .priority = 1, .enqueued_at = 1130000 } };
  GateConversation urgent = { .row = { .conv = 4, .priority = 0, .enqueued_at = 1599000 } };
  GateConversation low = { .row = { .conv = 5, .priority = 3, .enqueued_at = 900000 } };

  g_assert_cmpint (gate_queue_compare (&high, &normal), <, 0); /* 120 s head start */
  g_assert_cmpint (gate_queue_compare (&normal, &late), <, 0); /* and not more */
  g_assert_cmpint (gate_queue_compare (&urgent, &normal), <, 0);
  g_assert_cmpint (gate_queue_compare (&normal, &low), <, 0);
}

static void
test_pass (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_accepting (harness, "one", 2);
  guint64 conv = knock (harness);
  const Gate__V1__Frame *answer;

  take_offer (agent);
  answer = answer_offer (agent, conv, FALSE);
  g_assert_cmpuint (answer->body_case, ==, BODY (ACK));
  g_assert_cmpuint (harness_state (harness, conv), ==, STATE (QUEUED));
  harness_advance (harness, 9 * 60 * 1000);
  g_assert_null (take_offer (agent)); /* on the declined list for ten minutes */
  harness_advance (harness, 62 * 1000);
  g_assert_cmpuint (take_offer (agent)->conv, ==, conv);
  answer = answer_offer (agent, 99999, TRUE);
  g_assert_cmpstr (answer->error->slug, ==, "offer_gone");
  harness_free (harness);
}

/* Two offers not answered: `accepting` goes off, and a Notice says so. */
static void
test_two_misses (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_accepting (harness, "one", 1);
  guint64 first = knock (harness);
  guint64 second;
  const Gate__V1__Frame *frame;

  harness_advance (harness, 10);
  second = knock (harness);
  g_assert_cmpuint (take_offer (agent)->conv, ==, first);
  harness_advance (harness, 19000);
  g_assert_cmpuint (harness_state (harness, first), ==, STATE (OFFERED));
  harness_advance (harness, 1200);
  g_assert_cmpuint (client_take (agent, BODY (OFFER_GONE))->offer_gone->reason, ==,
                    GATE__V1__OFFER_END__OE_EXPIRED);
  g_assert_cmpuint (harness_state (harness, first), ==, STATE (QUEUED));
  g_assert_cmpuint (take_offer (agent)->conv, ==, second);
  harness_advance (harness, 21000);
  frame = client_take (agent, BODY (NOTICE));
  g_assert_cmpstr (frame->notice->slug, ==, "accepting_off");
  frame = client_take (agent, BODY (AGENT_STATUS));
  g_assert_false (frame->agent_status->accepting);
  g_assert_cmpuint (frame->agent_status->status, ==, GATE__V1__STATUS__SS_BUSY);
  g_assert_null (take_offer (agent));
  harness_free (harness);
}

static void
test_link_lost (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_accepting (harness, "one", 1);
  Client *other = harness_accepting (harness, "two", 1);
  guint64 conv = knock (harness);

  g_assert_nonnull (take_offer (agent));
  client_drop (agent);
  g_assert_cmpuint (take_offer (other)->conv, ==, conv);
  harness_free (harness);
}

/* A freed slot is filled at once. */
static void
test_freed (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_accepting (harness, "one", 1);
  guint64 first = knock (harness);
  guint64 second = knock (harness);
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;
  Gate__V1__Wrapup wrapup = GATE__V1__WRAPUP__INIT;

  answer_offer (agent, first, TRUE);
  close.conv = wrapup.conv = first;
  client_ack (agent, &close.base);
  client_clear (agent);
  harness_advance (harness, 100);
  g_assert_null (take_offer (agent)); /* wrap-up still uses the slot */
  client_ack (agent, &wrapup.base);
  g_assert_cmpuint (take_offer (agent)->conv, ==, second);
  harness_free (harness);
}

static void
test_pull (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_accepting (harness, "one", 1);
  guint64 first = knock (harness);
  guint64 second = knock (harness);
  Gate__V1__Claim claim = GATE__V1__CLAIM__INIT;

  answer_offer (agent, first, TRUE);
  /* An explicit pull may exceed the cap. */
  g_assert_cmpuint (client_answer (agent, client_send (agent, &claim.base))->assignment->conv, ==,
                    second);
  client_error (agent, &claim.base, 404, "no_conversation");
  claim.conv = second;
  claim.epoch = 1;
  client_error (agent, &claim.base, 409, "stale_epoch");
  harness_free (harness);
}

static void
test_abandoned (void)
{
  Harness *harness = harness_new ();
  Client *visitor = harness_visitor (harness, NULL);
  guint64 conv = client_text (visitor, 0, "anybody?")->conv;
  char token[64];

  g_strlcpy (token, visitor->welcome->resume_token, sizeof token);
  client_drop (visitor);
  harness_advance (harness, 50000);
  visitor = harness_resume (harness, TRUE, token, conv, 1); /* in time */
  harness_advance (harness, 50000);
  g_assert_cmpuint (harness_state (harness, conv), ==, STATE (QUEUED));
  client_drop (visitor);
  harness_advance (harness, 61000);
  g_assert_cmpuint (harness_state (harness, conv), ==, STATE (CLOSED));
  g_assert_cmpuint (memory_store_conv (harness->store, conv)->row.close_reason, ==,
                    GATE__V1__CLOSE_REASON__CR_ABANDONED);
  harness_free (harness);
}

/* A restart: who waited goes on waiting at the same place, who was offered is offered again. */
static void
test_restart (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_accepting (harness, "one", 2);
  guint64 first = knock (harness);
  guint64 second, third;

  second = knock (harness);
  third = knock (harness);
  answer_offer (agent, first, TRUE);
  g_assert_cmpuint (harness_state (harness, second), ==, STATE (OFFERED));
  harness_kill (harness, FALSE);
  harness_start (harness);
  gate_core_check (harness->core);
  harness_advance (harness, 21000); /* the old offer runs out */
  g_assert_cmpuint (harness_state (harness, second), ==, STATE (QUEUED));
  g_assert_cmpuint (harness_state (harness, third), ==, STATE (QUEUED));
  g_assert_cmpuint (harness_state (harness, first), ==, STATE (ACTIVE));
  agent = harness_accepting (harness, "two", 1);
  g_assert_cmpuint (take_offer (agent)->conv, ==, second);
  harness_advance (harness, 40000);
  /* The owner did not come back. */
  g_assert_cmpuint (harness_state (harness, first), !=, STATE (ACTIVE));
  harness_free (harness);
}

static void
test_busy (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_agent (harness, "one", "agent", 2);
  guint64 conv = knock (harness);

  g_assert_null (take_offer (agent)); /* not accepting */
  set_status (agent, TRUE);
  g_assert_cmpuint (take_offer (agent)->conv, ==, conv);
  harness_free (harness);
}

/* The estimate: position × EWMA of the interval between assignments, hidden under five samples. */
static void
test_estimate (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_accepting (harness, "one", 50);
  Client *visitor;
  const Gate__V1__Frame *frame;

  for (guint i = 0; i < 7; i++) {
    answer_offer (agent, knock (harness), TRUE);
    harness_advance (harness, 10000);
  }
  set_status (agent, FALSE);
  visitor = harness_visitor (harness, NULL);
  client_text (visitor, 0, "how long?");
  frame = client_take (visitor, BODY (QUEUE));
  g_assert_cmpuint (frame->queue->eta_s, >=, 9 * frame->queue->position);
  g_assert_cmpuint (frame->queue->eta_s, <=, 11 * frame->queue->position);
  harness_free (harness);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/router/least-loaded", test_least_loaded);
  g_test_add_func ("/core/router/longest-idle", test_longest_idle);
  g_test_add_func ("/core/router/order", test_order);
  g_test_add_func ("/core/router/priority", test_priority);
  g_test_add_func ("/core/router/pass", test_pass);
  g_test_add_func ("/core/router/two-misses", test_two_misses);
  g_test_add_func ("/core/router/link-lost", test_link_lost);
  g_test_add_func ("/core/router/freed", test_freed);
  g_test_add_func ("/core/router/pull", test_pull);
  g_test_add_func ("/core/router/abandoned", test_abandoned);
  g_test_add_func ("/core/router/restart", test_restart);
  g_test_add_func ("/core/router/busy", test_busy);
  g_test_add_func ("/core/router/estimate", test_estimate);
  return g_test_run ();
}
