/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is who: visitors together, who is like a text, who is merged with whom. */
#include "config.h"

#include "gate-store-sqlite.h"
#include "gate.pb-c.h"
#include "store-fixture.h"

#define CLOSED GATE__V1__STATE__ST_CLOSED

static void
add_visitor (GateBatch  *batch,
             guint64     visitor,
             const char *name,
             const char *email,
             const char *phone)
{
  gate_batch_add (batch, GATE_WRITE_VISITOR)->row.visitor =
    (GateVisitorRow){ .visitor = visitor,
                      .name = name,
                      .email = email,
                      .phone = phone,
                      .last_seen = visitor };
}

static void
set_up (StoreFixture  *self,
        gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();

  store_fixture_set_up (self);
  add_visitor (batch, 3, "Anna Berg", "anna@x.example", "+46 40-123");
  add_visitor (batch, 4, "小明", "ANNA@x.example", "");
  add_visitor (batch, 5, "50%_off\\", "", "+4640123");
  add_visitor (batch, 6, "", "", "");
  store_add_conv (batch, 30, 3, 1, CLOSED)->last_agent = 42;
  store_add_conv (batch, 40, 4, 1, CLOSED)->queue = "sales";
  store_add_conv (batch, 41, 4, 1, CLOSED)->queue = "x\"y";
  store_add_conv (batch, 50, 5, 1, CLOSED);
  store_apply (self, batch);
}

static void
tear_down (StoreFixture  *self,
           gconstpointer  data)
{
  store_fixture_tear_down (self);
}

static void
test_together (StoreFixture  *self,
               gconstpointer  data)
{
  const guint64 visitors[] = { 4, 3, 99 };
  GateQuery *query = gate_query_new (GATE_QUERY_PEOPLE);

  query->visitors = visitors;
  query->n_visitors = G_N_ELEMENTS (visitors);
  g_assert_cmpint (gate_finder_run (self->finder, query), ==, GATE_STORE_OK);
  g_assert_cmpuint (query->n_visitor_rows, ==, 2);
  g_assert_cmpuint (query->n_convs, ==, 3);
  g_assert_cmpuint (query->convs[0].conv, ==, 41);
  g_assert_cmpuint (query->convs[2].conv, ==, 30);
  gate_query_free (query);
}

/* Numbers of those found, "|" behind those who are the same. */
static char *
list_like (StoreFixture    *self,
           const GateQuery *asked)
{
  GateQuery *query = gate_query_new (GATE_QUERY_PEOPLE_LIKE);
  GString *list = g_string_new (NULL);

  query->text = asked->text;
  query->email = asked->email;
  query->phone = asked->phone;
  query->agent = asked->agent;
  query->queues = asked->queues;
  query->visitors = asked->visitors;
  query->n_visitors = asked->n_visitors;
  query->limit = asked->limit != 0 ? asked->limit : 10;
  g_assert_cmpint (gate_finder_run (self->finder, query), ==, GATE_STORE_OK);
  for (guint i = 0; i < query->n_visitor_rows; i++) {
    if (i == query->n_same)
      g_string_append (list, "| ");
    g_string_append_printf (list, "%" G_GUINT64_FORMAT " ", query->visitor_rows[i].visitor);
  }
  gate_query_free (query);
  return g_string_free (list, FALSE);
}

static void
test_like (StoreFixture  *self,
           gconstpointer  data)
{
  static const char *sales[] = { "sales", NULL };
  static const char *odd[] = { "x\"y", NULL };
  static const char *none[] = { NULL };
  static const guint64 six[] = { 6 };
  static const guint64 three[] = { 3 };
  const struct {
    GateQuery asked;
    const char *found;
  } cases[] = {
    { { .text = "" }, "" }, /* nothing is asked */
    { { .text = "  - " }, "" },
    { { .text = "berg" }, "| 3 " },
    { { .text = "小" }, "| 4 " },
    { { .text = "X.EXAMPLE" }, "| 4 3 " }, /* the newest visit first */
    { { .text = "40 12" }, "| 5 3 " },     /* however it is written */
    { { .text = "%" }, "| 5 " },           /* stands for itself */
    { { .text = "_off\\" }, "| 5 " },
    { { .text = "a' OR 1=1 --" }, "" },
    { { .text = "nobody", .visitors = six, .n_visitors = 1 }, "| 6 " },
    { { .text = "", .email = "anna@X.example" }, "4 3 " },
    { { .text = "", .email = "", .phone = "" }, "" }, /* to have none is nothing in common */
    { { .text = "", .phone = "+46-40 123" }, "5 3 " },
    { { .text = "berg", .email = "anna@x.example", .visitors = three, .n_visitors = 1 }, "4 | 3 " },
    { { .text = "a", .email = "anna@x.example", .limit = 1 }, "4 " },
    { { .text = "e", .agent = 42, .queues = none }, "| 3 " },
    { { .text = "e", .agent = 42, .queues = sales }, "| 4 3 " },
    { { .text = "e", .agent = 43, .queues = odd }, "| 4 " },
    { { .text = "e", .agent = 43, .queues = none }, "" },
    { { .text = "", .email = "anna@x.example", .agent = 42, .queues = none }, "3 " },
    { { .visitors = six, .n_visitors = 1, .agent = 42, .queues = sales }, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *found = list_like (self, &cases[i].asked);

    g_test_message ("case %u", i);
    g_assert_cmpstr (found, ==, cases[i].found);
  }
}

static GateSnapshot *
load (StoreFixture *self)
{
  g_autoptr (GError) error = NULL;
  GateSnapshot *snapshot = gate_finder_load (self->read_db, 1000, &error);

  g_assert_no_error (error);
  return snapshot;
}

static void
add_merge (GateBatch *batch,
           guint64    visitor,
           guint64    into,
           guint64    ts)
{
  gate_batch_add (batch, GATE_WRITE_MERGE)->row.merge =
    (GateMergeRow){ .visitor = visitor, .into = into, .agent = 42, .ts = ts };
}

/* Read at start, with the names of all who stand in it, also after a restart; taken back, nothing of it is left. */
static void
test_merged (StoreFixture  *self,
             gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();
  GateSnapshot *snapshot;

  add_merge (batch, 4, 3, 20);
  add_merge (batch, 5, 4, 10);
  store_apply (self, batch);
  batch = gate_batch_new ();
  add_merge (batch, 4, 3, 20);
  batch->first->row.merge.is_note_told = TRUE;
  store_apply (self, batch);
  store_fixture_reopen (self);
  snapshot = load (self);
  g_assert_cmpuint (snapshot->n_merges, ==, 2);
  g_assert_cmpuint (snapshot->merges[0].visitor, ==, 5);
  g_assert_cmpuint (snapshot->merges[0].into, ==, 4);
  g_assert_cmpuint (snapshot->merges[0].agent, ==, 42);
  g_assert_false (snapshot->merges[0].is_note_told);
  g_assert_true (snapshot->merges[1].is_note_told);
  g_assert_cmpuint (snapshot->n_names, ==, 3);
  g_assert_cmpstr (snapshot->names[0].name, ==, "Anna Berg");
  gate_store_snapshot_free (snapshot);

  batch = gate_batch_new ();
  gate_batch_add (batch, GATE_WRITE_UNMERGE)->row.merge.visitor = 4;
  store_apply (self, batch);
  snapshot = load (self);
  g_assert_cmpuint (snapshot->n_merges, ==, 1);
  g_assert_cmpuint (snapshot->n_names, ==, 2);
  gate_store_snapshot_free (snapshot);
}

/* The merge and what stands beside it in the batch are kept together or not at all. */
static void
test_merged_whole (StoreFixture  *self,
                   gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();

  add_merge (batch, 4, 3, 20);
  gate_batch_add (batch, GATE_WRITE_AUDIT)->row.audit =
    (GateAuditRow){ 1, 42, "contact.merge", "{}" };
  store_add_conv (batch, 30, 3, 0, CLOSED); /* a lower epoch: a mistake */
  g_assert_cmpint (gate_writer_apply (self->writer, batch), ==, GATE_STORE_FAILED);
  gate_batch_free (batch);
  store_fixture_reopen (self);
  g_assert_cmpint (store_count (self, "SELECT count (*) FROM merged"), ==, 0);
  g_assert_cmpint (store_count (self, "SELECT count (*) FROM audit"), ==, 0);
}

#define ADD(name, func) \
  g_test_add ("/store/people/" name, StoreFixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("together", test_together);
  ADD ("like", test_like);
  ADD ("merged", test_merged);
  ADD ("merged-whole", test_merged_whole);
  return g_test_run ();
}
