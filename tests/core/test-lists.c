/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core-harness.h"

#include "wire-frame.h"

#include <string.h>

/* What consoles show in their lists, and what agents say of themselves. */

#define BODY(name)  GATE__V1__FRAME__BODY_##name
#define STATE(name) GATE__V1__STATE__ST_##name
#define LIST(name)  GATE__V1__LIST_KIND__LI_##name

static const Gate__V1__List *
subscribe (Client             *client,
           Gate__V1__ListKind  kind,
           const char         *queue)
{
  Gate__V1__Subscribe body = GATE__V1__SUBSCRIBE__INIT;
  const Gate__V1__Frame *frame;

  body.list = kind;
  body.queue = (char *) queue;
  frame = client_answer (client, client_send (client, &body.base));
  g_assert_cmpuint (frame->body_case, ==, BODY (LIST));
  g_assert_true (frame->list->reset);
  g_assert_cmpuint (frame->list->list, ==, kind);
  return frame->list;
}

static const Gate__V1__List *
next_list (Client             *client,
           Gate__V1__ListKind  kind)
{
  const Gate__V1__Frame *frame;

  while ((frame = client_take (client, BODY (LIST))) != NULL) {
    if (frame->list->list == kind)
      return frame->list;
  }
  return NULL;
}

static guint64
knock (Harness    *harness,
       const char *queue)
{
  Client *visitor = harness_visitor (harness, NULL);
  Gate__V1__Open open = GATE__V1__OPEN__INIT;
  Gate__V1__Message first = GATE__V1__MESSAGE__INIT;

  first.cid = 1;
  first.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  first.text = (char *) "knock";
  open.first = &first;
  open.queue = (char *) queue;
  return client_ack (visitor, &open.base)->conv;
}

/* One conversation through all the lists it can stand in. */
static void
test_through (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_agent (harness, "mei", "agent", 3);
  Client *boss = harness_agent (harness, "boss", "supervisor", 3);
  Gate__V1__Claim claim = GATE__V1__CLAIM__INIT;
  Gate__V1__Snooze snooze = GATE__V1__SNOOZE__INIT;
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;
  Gate__V1__Wrapup wrapup = GATE__V1__WRAPUP__INIT;
  const Gate__V1__List *list;
  guint64 conv;

  subscribe (agent, LIST (MINE), "");
  subscribe (agent, LIST (QUEUE), "");
  subscribe (agent, LIST (SNOOZED), "");
  subscribe (agent, LIST (CLOSED), "");
  subscribe (boss, LIST (ALL), "");
  subscribe (boss, LIST (BOT), "");
  conv = knock (harness, "");
  harness_advance (harness, 300);
  g_assert_cmpuint (next_list (agent, LIST (QUEUE))->convs[0]->conv, ==, conv);
  g_assert_cmpuint (next_list (boss, LIST (ALL))->convs[0]->state, ==, STATE (QUEUED));
  claim.conv = snooze.conv = close.conv = wrapup.conv = conv;
  client_send (agent, &claim.base);
  client_clear (agent);
  harness_advance (harness, 300);
  list = next_list (agent, LIST (MINE));
  g_assert_cmpuint (list->convs[0]->agent, ==, agent->welcome->self);
  g_assert_cmpuint (next_list (agent, LIST (QUEUE))->gone[0], ==, conv);
  client_ack (agent, &snooze.base);
  harness_advance (harness, 300);
  g_assert_cmpuint (next_list (agent, LIST (MINE))->gone[0], ==, conv);
  list = next_list (agent, LIST (SNOOZED));
  g_assert_cmpuint (list->convs[0]->until, ==, 0); /* until the visitor writes */
  client_ack (agent, &close.base);
  client_ack (agent, &wrapup.base);
  client_clear (boss);
  harness_advance (harness, 300);
  g_assert_cmpuint (next_list (agent, LIST (SNOOZED))->gone[0], ==, conv);
  g_assert_cmpuint (next_list (agent, LIST (CLOSED))->convs[0]->state, ==, STATE (CLOSED));
  g_assert_cmpuint (next_list (boss, LIST (ALL))->gone[0], ==, conv);
  harness_free (harness);
}

/* Of a queue one does not serve nothing is told; a filter narrows further. */
static void
test_queues (void)
{
  Harness *harness = harness_new ();
  Client *tech = harness_agent_of (harness, "tech", "agent", 3, "[\"tech\"]");
  Client *both = harness_agent (harness, "both", "agent", 3);
  Gate__V1__Subscribe body = GATE__V1__SUBSCRIBE__INIT;
  const Gate__V1__List *list;
  guint64 first = knock (harness, "");
  guint64 second = knock (harness, "tech");

  g_assert_cmpuint (subscribe (tech, LIST (QUEUE), "")->n_convs, ==, 1);
  g_assert_cmpuint (subscribe (both, LIST (QUEUE), "")->n_convs, ==, 2);
  list = subscribe (both, LIST (QUEUE), "tech");
  g_assert_cmpuint (list->n_convs, ==, 1);
  g_assert_cmpuint (list->convs[0]->conv, ==, second);
  knock (harness, "");
  harness_advance (harness, 300);
  g_assert_null (next_list (both, LIST (QUEUE)));
  g_assert_null (next_list (tech, LIST (QUEUE)));
  body.list = LIST (CLOSED);
  body.queue = (char *) "default";
  client_error (tech, &body.base, 403, "forbidden");
  body.list = (Gate__V1__ListKind) 77;
  client_error (tech, &body.base, 403, "forbidden");
  /* An unknown queue is the first one, not an error: a page may be older than the settings. */
  g_assert_cmpstr (memory_store_conv (harness->store, knock (harness, "gone"))->row.queue, ==,
                   "default");
  g_assert_cmpuint (first, !=, second);
  harness_free (harness);
}

static void
test_off (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_agent (harness, "mei", "agent", 3);
  Gate__V1__Subscribe body = GATE__V1__SUBSCRIBE__INIT;

  subscribe (agent, LIST (QUEUE), "");
  body.list = LIST (QUEUE);
  body.off = TRUE;
  g_assert_nonnull (client_answer (agent, client_send (agent, &body.base)));
  knock (harness, "");
  harness_advance (harness, 300);
  g_assert_null (client_take (agent, BODY (LIST)));
  harness_free (harness);
}

/* More than a page: the first has the id, the others follow while `more`. */
static void
test_pages (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_agent (harness, "mei", "agent", 3);
  const Gate__V1__List *list;
  Gate__V1__Subscribe body = GATE__V1__SUBSCRIBE__INIT;

  for (guint i = 0; i < 250; i++)
    knock (harness, "");
  list = subscribe (agent, LIST (QUEUE), "");
  g_assert_cmpuint (list->n_convs, ==, 100);
  g_assert_cmpuint (list->total, ==, 250);
  g_assert_true (list->more);
  list = next_list (agent, LIST (QUEUE));
  g_assert_cmpuint (list->n_convs, ==, 100);
  g_assert_false (list->reset);
  g_assert_true (list->more);
  list = next_list (agent, LIST (QUEUE));
  g_assert_cmpuint (list->n_convs, ==, 50);
  g_assert_false (list->more);
  body.list = LIST (QUEUE);
  body.limit = 30;
  list = client_answer (agent, client_send (agent, &body.base))->list;
  g_assert_cmpuint (list->n_convs, ==, 30);
  g_assert_true (list->more);
  harness_free (harness);
}

static void
test_closed_pages (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_agent (harness, "mei", "agent", 30);
  Client *boss = harness_agent (harness, "boss", "supervisor", 30);
  Gate__V1__Subscribe body = GATE__V1__SUBSCRIBE__INIT;
  Gate__V1__Claim claim = GATE__V1__CLAIM__INIT;
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;
  const Gate__V1__List *list;

  for (guint i = 0; i < 5; i++) {
    claim.conv = close.conv = knock (harness, "");
    client_send (agent, &claim.base);
    close.reason = GATE__V1__CLOSE_REASON__CR_SPAM;
    client_ack (agent, &close.base);
  }
  body.list = LIST (CLOSED);
  body.limit = 3;
  list = client_answer (agent, client_send (agent, &body.base))->list;
  g_assert_cmpuint (list->n_convs, ==, 3);
  g_assert_true (list->more);
  g_assert_cmpuint (list->convs[0]->conv, >, list->convs[2]->conv); /* newest first */
  g_assert_cmpuint (subscribe (boss, LIST (CLOSED), "")->n_convs, ==, 5);
  g_assert_cmpuint (subscribe (boss, LIST (CLOSED), "default")->n_convs, ==, 5);
  g_assert_cmpuint (subscribe (boss, LIST (CLOSED), "tech")->n_convs, ==, 0);
  harness_free (harness);
}

static void
test_watched (void)
{
  Harness *harness = harness_new ();
  Client *boss = harness_agent (harness, "boss", "supervisor", 3);
  guint64 conv = knock (harness, "");
  Gate__V1__Watch watch = GATE__V1__WATCH__INIT;
  const Gate__V1__List *list;

  g_assert_cmpuint (subscribe (boss, LIST (WATCHED), "")->n_convs, ==, 0);
  watch.conv = conv;
  watch.on = TRUE;
  client_send (boss, &watch.base);
  list = next_list (boss, LIST (WATCHED));
  g_assert_cmpuint (list->convs[0]->n_viewers, ==, 1);
  g_assert_cmpuint (subscribe (boss, LIST (WATCHED), "")->n_convs, ==, 1);
  client_clear (boss);
  watch.on = FALSE;
  client_send (boss, &watch.base);
  g_assert_cmpuint (next_list (boss, LIST (WATCHED))->gone[0], ==, conv);
  harness_free (harness);
}

/* A connection that goes takes its eyes along. */
static void
test_viewer_gone (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_accepting (harness, "mei", 3);
  Client *boss = harness_agent (harness, "boss", "supervisor", 3);
  Client *visitor = harness_visitor (harness, NULL);
  guint64 conv = harness_chat (harness, visitor, agent);
  Gate__V1__Watch watch = GATE__V1__WATCH__INIT;
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;
  const Gate__V1__Frame *frame;

  watch.conv = typing.conv = conv;
  watch.on = typing.on = TRUE;
  client_send (boss, &watch.base);
  client_take (agent, BODY (VIEWERS));
  /* Who only looks does not show as typing to the visitor, but to the colleague. */
  client_send_id (boss, &typing.base, 0);
  g_assert_cmpuint (client_take (agent, BODY (VIEWERS))->viewers->typing[0], ==,
                    boss->welcome->self);
  g_assert_null (client_take (visitor, BODY (TYPING)));
  client_drop (boss);
  frame = client_take (agent, BODY (VIEWERS));
  g_assert_cmpuint (frame->viewers->n_agents, ==, 0);
  harness_free (harness);
}

static void
test_agents (void)
{
  Harness *harness = harness_new ();
  Client *mei = harness_accepting (harness, "mei", 3);
  Client *boss = harness_agent (harness, "boss", "supervisor", 3);
  const Gate__V1__List *list = subscribe (boss, LIST (AGENTS), "");
  Gate__V1__AgentStatus status = GATE__V1__AGENT_STATUS__INIT;
  const Gate__V1__Frame *frame;

  g_assert_cmpuint (list->n_agents, ==, 2);
  client_clear (boss);
  status.present = status.accepting = TRUE;
  status.capacity = 7;
  status.reason = (char *) "training";
  frame = client_answer (mei, client_send (mei, &status.base));
  g_assert_cmpuint (frame->agent_status->capacity, ==, 7);
  g_assert_cmpuint (frame->agent_status->status, ==, GATE__V1__STATUS__SS_ONLINE);
  harness_advance (harness, 300);
  list = next_list (boss, LIST (AGENTS));
  g_assert_cmpuint (list->n_agents, ==, 1);
  g_assert_cmpuint (list->agents[0]->status->capacity, ==, 7);
  g_assert_cmpstr (list->agents[0]->status->reason, ==, "training");
  /* Another's status: with the right "floor", and audited. */
  status.agent = boss->welcome->self;
  client_error (mei, &status.base, 403, "forbidden");
  status.agent = mei->welcome->self;
  status.accepting = FALSE;
  frame = client_answer (boss, client_send (boss, &status.base));
  g_assert_cmpuint (frame->agent_status->status, ==, GATE__V1__STATUS__SS_BUSY);
  g_assert_cmpuint (client_take (mei, BODY (AGENT_STATUS))->agent_status->status, ==,
                    GATE__V1__STATUS__SS_BUSY);
  g_assert_cmpuint (memory_store_n_writes (harness->store, GATE_WRITE_AUDIT), ==, 1);
  status.agent = 4711;
  client_error (boss, &status.base, 422, "invalid");
  harness_free (harness);
}

typedef struct {
  gboolean present, accepting, invisible;
  Gate__V1__Status status;
} Facts;

/* PROTOCOLS.md 2d.5 point 11. */
static const Facts facts[] = {
  { TRUE, TRUE, FALSE, GATE__V1__STATUS__SS_ONLINE },
  { TRUE, FALSE, FALSE, GATE__V1__STATUS__SS_BUSY },
  { FALSE, TRUE, FALSE, GATE__V1__STATUS__SS_AWAY },
  { FALSE, FALSE, FALSE, GATE__V1__STATUS__SS_AWAY },
  { TRUE, TRUE, TRUE, GATE__V1__STATUS__SS_INVISIBLE },
};

static void
test_status (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_accepting (harness, "mei", 3);
  Client *visitor = harness_visitor (harness, NULL);

  harness_chat (harness, visitor, agent);
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++) {
    Gate__V1__AgentStatus status = GATE__V1__AGENT_STATUS__INIT;

    status.present = facts[i].present;
    status.accepting = facts[i].accepting;
    status.invisible = facts[i].invisible;
    g_assert_cmpuint (client_answer (agent, client_send (agent, &status.base))
                        ->agent_status->status,
                      ==, facts[i].status);
  }
  /* The visitor hears of presence, never of a colleague's wish to be unseen. */
  {
    const Gate__V1__Frame *frame;

    while ((frame = client_take (visitor, BODY (PRESENCE))) != NULL)
      g_assert_cmpuint (frame->presence->state, !=, GATE__V1__STATUS__SS_INVISIBLE);
  }
  harness_free (harness);
}

static void
test_queue_rows (void)
{
  Harness *harness = harness_new ();
  Client *boss = harness_agent (harness, "boss", "supervisor", 3);
  Client *agent;
  const Gate__V1__List *list = subscribe (boss, LIST (QUEUES), "");

  g_assert_cmpuint (list->n_queues, ==, 2);
  g_assert_cmpstr (list->queues[0]->queue, ==, "default");
  g_assert_cmpuint (list->queues[0]->waiting, ==, 0);
  knock (harness, "");
  harness_advance (harness, 300);
  list = next_list (boss, LIST (QUEUES));
  g_assert_cmpuint (list->n_queues, ==, 1);
  g_assert_cmpuint (list->queues[0]->waiting, ==, 1);
  g_assert_cmpuint (list->queues[0]->oldest_since, >, 0);
  g_assert_cmpuint (list->queues[0]->agents_on, ==, 1);
  g_assert_cmpuint (list->queues[0]->agents_free, ==, 0);
  agent = harness_accepting (harness, "mei", 3);
  client_clear (boss);
  list = subscribe (boss, LIST (QUEUES), "");
  g_assert_cmpuint (list->queues[0]->agents_free, ==, 1);
  client_drop (agent);
  harness_free (harness);
}

/* A row: unread, who waits since when, tags, subject. */
static void
test_row (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_accepting (harness, "mei", 3);
  Client *visitor = harness_visitor (harness, NULL);
  guint64 conv = harness_chat (harness, visitor, agent);
  Gate__V1__ConvUpdate update = GATE__V1__CONV_UPDATE__INIT;
  Gate__V1__Read read = GATE__V1__READ__INIT;
  char *tags[] = { (char *) "vip" };
  const Gate__V1__ConvRow *row;
  g_autofree char *long_text = g_strnfill (300, 'y');

  update.conv = read.conv = conv;
  update.tags_add = tags;
  update.n_tags_add = 1;
  update.subject = (char *) "Parcel";
  update.priority = 3;
  client_ack (agent, &update.base);
  client_text (visitor, 0, "one");
  client_text (visitor, 0, long_text);
  row = subscribe (agent, LIST (MINE), "")->convs[0];
  g_assert_cmpuint (row->unread, ==, 3);
  g_assert_cmpuint (strlen (row->last_text), ==, 120);
  g_assert_cmpuint (row->waiting_since, >, 0);
  g_assert_cmpstr (row->tags[0], ==, "vip");
  g_assert_cmpstr (row->subject, ==, "Parcel");
  g_assert_cmpuint (row->priority, ==, 3);
  g_assert_cmpuint (row->visitor_state, ==, GATE__V1__STATUS__SS_ONLINE);
  read.seq = 3;
  client_send_id (agent, &read.base, 0);
  client_text (agent, conv, "two");
  client_drop (visitor);
  row = subscribe (agent, LIST (MINE), "")->convs[0];
  g_assert_cmpuint (row->unread, ==, 0);
  g_assert_cmpuint (row->waiting_since, ==, 0);
  g_assert_cmpuint (row->visitor_state, ==, GATE__V1__STATUS__SS_OFFLINE);
  harness_free (harness);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/lists/through", test_through);
  g_test_add_func ("/core/lists/queues", test_queues);
  g_test_add_func ("/core/lists/off", test_off);
  g_test_add_func ("/core/lists/pages", test_pages);
  g_test_add_func ("/core/lists/closed-pages", test_closed_pages);
  g_test_add_func ("/core/lists/watched", test_watched);
  g_test_add_func ("/core/lists/viewer-gone", test_viewer_gone);
  g_test_add_func ("/core/lists/agents", test_agents);
  g_test_add_func ("/core/lists/status", test_status);
  g_test_add_func ("/core/lists/queue-rows", test_queue_rows);
  g_test_add_func ("/core/lists/row", test_row);
  return g_test_run ();
}
