/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core-harness.h"

#include "wire-frame.h"

#include <string.h>

/* A store that cannot keep what it is given: an explicit nack, nothing else leaks, and it works again by itself. */

#define BODY(name)  GATE__V1__FRAME__BODY_##name
#define STATE(name) GATE__V1__STATE__ST_##name

typedef struct {
  GateStoreStatus status;
  guint code;
  const char *slug;
} Failure;

static const Failure failures[] = {
  { GATE_STORE_FULL, 507, "storage_full" },
  { GATE_STORE_FAILED, 503, "try_again" },
};

static Gate__V1__Message
line (guint64     conv,
      guint64     cid,
      const char *text)
{
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;

  message.conv = conv;
  message.cid = cid;
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) text;
  return message;
}

static void
check_refused (Client        *client,
               guint32        id,
               const Failure *failure)
{
  const Gate__V1__Frame *frame = client_answer (client, id);

  g_assert_nonnull (frame);
  g_assert_cmpuint (frame->error->code, ==, failure->code);
  g_assert_cmpstr (frame->error->slug, ==, failure->slug);
  g_assert_cmpuint (frame->error->retry_after_ms, >, 0);
}

static void
test_message (gconstpointer data)
{
  const Failure *failure = data;
  Harness *harness = harness_new ();
  Client *agent = harness_accepting (harness, "mei", 3);
  Client *visitor = harness_visitor (harness, NULL);
  guint64 conv = harness_chat (harness, visitor, agent);
  Gate__V1__Message from_visitor = line (0, 10, "one");
  Gate__V1__Message from_agent = line (conv, 11, "two");
  guint32 first, second, third;

  harness->is_manual = TRUE;
  first = client_send (visitor, &from_visitor.base);
  harness_turn (harness);
  second = client_send (agent, &from_agent.base); /* waits behind the one that is out */
  memory_store_commit (harness->store, failure->status);
  check_refused (visitor, first, failure);
  check_refused (agent, second, failure);
  g_assert_null (client_take (agent, BODY (MESSAGE)));
  g_assert_null (client_take (visitor, BODY (MESSAGE)));
  /* A frame that comes while the conversation is read again is not lost: it waits, or may be sent again. */
  third = client_send (agent, &from_agent.base);
  harness->is_manual = FALSE;
  harness_advance (harness, 2000);
  g_assert_nonnull (client_answer (agent, third));
  g_assert_cmpuint (harness_state (harness, conv), ==, STATE (ACTIVE));
  /* The same cid again, without a restart. */
  g_assert_cmpuint (client_ack (visitor, &from_visitor.base)->conv, ==, conv);
  client_ack (agent, &from_agent.base);
  g_assert_cmpuint (memory_store_conv (harness->store, conv)->messages->len, ==, 3);
  g_assert_nonnull (client_take (agent, BODY (MESSAGE)));
  harness_free (harness);
}

static void
test_open (gconstpointer data)
{
  const Failure *failure = data;
  Harness *harness = harness_new ();
  Client *visitor = harness_visitor (harness, NULL);
  Gate__V1__Message message = line (0, 5, "first");
  guint32 id;

  harness->is_manual = TRUE;
  id = client_send (visitor, &message.base);
  harness_turn (harness);
  memory_store_commit (harness->store, failure->status);
  check_refused (visitor, id, failure);
  /* As if it had never been: no conversation is told, none is there. */
  g_assert_null (client_take (visitor, BODY (CONV_UPDATE)));
  g_assert_null (client_take (visitor, BODY (QUEUE)));
  harness->is_manual = FALSE;
  harness_advance (harness, 2000);
  g_assert_cmpuint (memory_store_n_convs (harness->store), ==, 0);
  g_assert_cmpuint (client_ack (visitor, &message.base)->seq, ==, 1);
  g_assert_cmpuint (memory_store_n_convs (harness->store), ==, 1);
  harness_free (harness);
}

/* A change of hands that was not kept has not happened. */
static void
test_accept (gconstpointer data)
{
  const Failure *failure = data;
  Harness *harness = harness_new ();
  Client *agent = harness_accepting (harness, "mei", 3);
  Client *visitor = harness_visitor (harness, NULL);
  guint64 conv = client_text (visitor, 0, "hello")->conv;
  Gate__V1__OfferAnswer answer = GATE__V1__OFFER_ANSWER__INIT;
  guint32 id;

  client_clear (visitor);
  harness->is_manual = TRUE;
  answer.conv = conv;
  answer.accept = TRUE;
  id = client_send (agent, &answer.base);
  harness_turn (harness);
  memory_store_commit (harness->store, failure->status);
  check_refused (agent, id, failure);
  g_assert_null (client_take (visitor, BODY (ASSIGNMENT)));
  harness->is_manual = FALSE;
  harness_advance (harness, 2000);
  g_assert_cmpuint (harness_state (harness, conv), ==, STATE (OFFERED));
  g_assert_cmpuint (client_answer (agent, client_send (agent, &answer.base))->body_case, ==,
                    BODY (ASSIGNMENT));
  harness_free (harness);
}

/* The disk stays full for minutes: refusals, no busy loop, and timers still find their way afterwards. */
static void
test_long (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_accepting (harness, "mei", 1);
  Client *visitor = harness_visitor (harness, NULL);
  guint64 conv = client_text (visitor, 0, "hello")->conv;
  Gate__V1__Message message = line (0, 9, "still there?");
  guint n_commits = 0;

  harness->is_manual = TRUE;
  for (guint i = 0; i < 600; i++) { /* a minute; the offer runs out on the way */
    guint32 id = i % 20 == 0 ? client_send (visitor, &message.base) : 0;

    harness_advance (harness, 100);
    while (memory_store_n_queries (harness->store) > 0)
      memory_store_answer (harness->store, 0, GATE_STORE_OK);
    if (memory_store_has_batch (harness->store)) {
      memory_store_commit (harness->store, GATE_STORE_FULL);
      n_commits++;
    }
    (void) id;
  }
  g_assert_cmpuint (n_commits, >, 10);
  g_assert_cmpuint (n_commits, <, 300);
  harness->is_manual = FALSE;
  harness_advance (harness, 1000);
  g_assert_cmpuint (harness_state (harness, conv), ==, STATE (QUEUED));
  client_clear (agent);
  g_assert_cmpuint (client_ack (visitor, &message.base)->seq, ==, 2);
  harness_free (harness);
}

/* A query that fails is answered, and the next one works. */
static void
test_query (void)
{
  Harness *harness = harness_new ();
  Client *agent = harness_accepting (harness, "mei", 3);
  Client *visitor = harness_visitor (harness, NULL);
  guint64 conv = harness_chat (harness, visitor, agent);
  Gate__V1__HistoryReq request = GATE__V1__HISTORY_REQ__INIT;
  guint32 id;

  request.conv = conv;
  harness->is_manual = TRUE;
  id = client_send (agent, &request.base);
  memory_store_answer (harness->store, 0, GATE_STORE_FAILED);
  g_assert_cmpuint (client_answer (agent, id)->error->code, ==, 503);
  harness->is_manual = FALSE;
  g_assert_cmpuint (client_answer (agent, client_send (agent, &request.base))->body_case, ==,
                    BODY (HISTORY_PAGE));
  harness_free (harness);
}

/* Lines of one sender keep their order while the first waits for the store. */
static void
test_order (void)
{
  Harness *harness = harness_new ();
  Client *visitor = harness_visitor (harness, NULL);
  Client *again;
  Gate__V1__Message messages[3];
  const MemoryConv *kept;

  again = harness_visitor (harness, visitor->welcome->visitor_key);
  harness->is_manual = TRUE;
  for (guint i = 0; i < 3; i++) {
    messages[i] = line (0, 20 + i, i == 0 ? "a" : i == 1 ? "b" : "c");
    client_send (again, &messages[i].base);
  }
  g_assert_cmpuint (memory_store_n_queries (harness->store), ==, 1);
  harness_settle (harness);
  g_assert_cmpuint (memory_store_n_convs (harness->store), ==, 1);
  kept = memory_store_conv (harness->store, memory_store_nth_conv (harness->store, 0));
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (g_array_index (kept->messages, MemoryMessage, i).row.cid, ==, 20 + i);
  harness_free (harness);
}

/* What waits for the store is bounded. */
static void
test_bounded (void)
{
  Harness *harness = harness_new ();
  Client *visitor = harness_visitor (harness, NULL);
  Client *again = harness_visitor (harness, visitor->welcome->visitor_key);
  guint n_refused = 0;

  harness->is_manual = TRUE;
  for (guint i = 0; i < 200; i++) {
    Gate__V1__Message message = line (0, 1000 + i, "flood");
    const Gate__V1__Frame *frame = client_answer (again, client_send (again, &message.base));

    n_refused += frame != NULL && frame->error->code == 503;
  }
  g_assert_cmpuint (n_refused, ==, 200 - 64);
  harness_settle (harness);
  harness_free (harness);
}

/* At 64 rows at the latest a batch is closed, and one change never stands in two. */
static void
test_batches (void)
{
  Harness *harness = harness_new ();
  Client *visitors[60];
  guint64 n_before;

  for (guint i = 0; i < G_N_ELEMENTS (visitors); i++)
    visitors[i] = harness_visitor (harness, NULL);
  harness->is_manual = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (visitors); i++) {
    Gate__V1__Message message = line (0, 1, "all at once");

    client_send (visitors[i], &message.base);
  }
  n_before = memory_store_n_writes (harness->store, GATE_WRITE_MESSAGE);
  harness_turn (harness);
  memory_store_commit (harness->store, GATE_STORE_OK);
  g_assert_cmpuint (memory_store_n_writes (harness->store, GATE_WRITE_MESSAGE) - n_before, ==, 16);
  g_assert_cmpuint (memory_store_n_writes (harness->store, GATE_WRITE_CONV), ==, 16);
  g_assert_cmpuint (memory_store_n_writes (harness->store, GATE_WRITE_EVENT), ==, 16);
  harness_settle (harness);
  g_assert_cmpuint (memory_store_n_convs (harness->store), ==, 60);
  harness_free (harness);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++) {
    static const struct {
      const char *name;
      GTestDataFunc func;
    } tests[] = { { "message", test_message }, { "open", test_open }, { "accept", test_accept } };

    for (guint k = 0; k < G_N_ELEMENTS (tests); k++) {
      g_autofree char *path =
        g_strdup_printf ("/core/failure/%s/%s", failures[i].slug, tests[k].name);

      g_test_add_data_func (path, &failures[i], tests[k].func);
    }
  }
  g_test_add_func ("/core/failure/long", test_long);
  g_test_add_func ("/core/failure/query", test_query);
  g_test_add_func ("/core/failure/order", test_order);
  g_test_add_func ("/core/failure/bounded", test_bounded);
  g_test_add_func ("/core/failure/batches", test_batches);
  return g_test_run ();
}
