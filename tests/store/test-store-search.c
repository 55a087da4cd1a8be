/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index behind the commit, and what search finds in it. */
#include "config.h"

#include "gate.pb-c.h"
#include "store-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define VISITOR GATE__V1__ROLE__VISITOR
#define AGENT   GATE__V1__ROLE__AGENT
#define BOT     GATE__V1__ROLE__BOT

static void
add_image (GateBatch  *batch,
           guint64     conv,
           guint64     ts,
           const char *name)
{
  GateMessageRow *row = &gate_batch_add (batch, GATE_WRITE_MESSAGE)->row.message;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Media media = GATE__V1__MEDIA__INIT;
  guint8 *body;

  media.name = (char *) name;
  message.content_case = GATE__V1__MESSAGE__CONTENT_MEDIA;
  message.media = &media;
  row->conv = conv;
  row->ts = ts;
  row->role = VISITOR;
  row->text = name;
  row->body_bytes = gate__v1__message__get_packed_size (&message);
  body = wire_arena_alloc (batch->arena, row->body_bytes);
  gate__v1__message__pack (&message, body);
  row->body = body;
}

/* Two conversations: 300 of Mei in sales, tagged vip, with Anna (42); 301 of Bo in tech, with Carl (43). */
static void
set_up (StoreFixture  *self,
        gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();
  GateConvRow *conv;

  store_fixture_set_up (self);
  gate_batch_add (batch, GATE_WRITE_AGENT)->row.agent = (GateAgentRow){
    .agent = 42,
    .login = "anna",
    .name = "Anna Li",
    .role = "agent",
  };
  conv = store_add_conv (batch, 300, 3, 1, GATE__V1__STATE__ST_ACTIVE);
  conv->queue = "sales";
  conv->agent = 42;
  conv->tags = "[\"vip\",\"大客户\"]";
  conv = store_add_conv (batch, 301, 4, 1, GATE__V1__STATE__ST_CLOSED);
  conv->queue = "tech";
  conv->visitor_name = "Bo";
  conv->last_agent = 43;
  conv->tags = "";
  store_add_message (batch, 300, 0, 10, VISITOR, 0, "我要退款 refund");
  store_add_message (batch, 300, 0, 20, AGENT, 42, "退款需要三天 refund");
  store_add_message (batch, 301, 0, 30, VISITOR, 0, "refund please");
  store_add_message (batch, 301, 0, 40, BOT, 7, "the refund is on its way");
  add_image (batch, 300, 50, "receipt refund.jpg");
  store_add_note (batch, 300, 0, "refund approved by boss")->row.note.ts = 60;
  store_apply (self, batch);
  g_assert_cmpuint (store_fixture_index (self), ==, 6);
}

static void
tear_down (StoreFixture  *self,
           gconstpointer  data)
{
  store_fixture_tear_down (self);
}

/* "300/1 300/n1" */
static char *
dup_hits (const GateQuery *query)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < query->n_hits; i++) {
    const GateHitRow *hit = &query->hits[i];

    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT "/%s%" G_GUINT64_FORMAT, i > 0 ? " " : "",
                            hit->conv, hit->note != 0 ? "n" : "",
                            hit->note != 0 ? hit->note : hit->seq);
  }
  return g_string_free (text, FALSE);
}

static void
expect (StoreFixture *self,
        const char   *text,
        const char   *hits)
{
  GateQuery *query = store_search (self, text);
  g_autofree char *found = dup_hits (query);

  g_assert_cmpstr (found, ==, hits);
  gate_query_free (query);
}

static void
test_words (StoreFixture  *self,
            gconstpointer  data)
{
  expect (self, "退款", "300/2 300/1");
  expect (self, "三天 退款", "300/2");
  expect (self, "refund", "300/n1 300/3 301/2 301/1 300/2 300/1");
  expect (self, "REFUND way ", "301/2");
  expect (self, "approved", "300/n1");
  expect (self, "jpg", "300/3");
  expect (self, "nowhere", "");
  expect (self, "!!!", "");
  /* Nothing asked, nothing filtered: the newest lines. */
  expect (self, "", "300/3 301/2 301/1 300/2 300/1");
}

static const char *const sales[] = { "sales", NULL };
static const char *const tech[] = { "tech", NULL };
static const char *const no_queue[] = { NULL };

typedef struct {
  const char *text, *from, *tag;
  guint64 ts_before, ts_after, conv, agent;
  const char *const *queues;
  gboolean has_file;
  const char *hits;
} FilterCase;

static const FilterCase filter_cases[] = {
  { .text = "refund", .from = "visitor", .hits = "300/3 301/1 300/1" },
  { .text = "refund", .from = "agent", .hits = "300/n1 300/2" },
  { .text = "refund", .from = "Bot", .hits = "301/2" },
  { .text = "refund", .from = "anna li", .hits = "300/n1 300/2" },
  { .text = "refund", .from = "anna", .hits = "300/n1 300/2" },
  { .text = "refund", .from = "bo", .hits = "301/1" },
  { .text = "refund", .from = "nobody", .hits = "" },
  { .text = "refund", .tag = "大客户", .hits = "300/n1 300/3 300/2 300/1" },
  { .text = "refund", .tag = "vi", .hits = "" },
  { .text = "refund", .ts_before = 30, .hits = "300/2 300/1" },
  { .text = "refund", .ts_after = 40, .hits = "300/n1 300/3 301/2" },
  { .text = "refund", .conv = 301, .hits = "301/2 301/1" },
  { .text = "refund", .has_file = TRUE, .hits = "300/3" },
  { .text = "", .has_file = TRUE, .hits = "300/3" },
  { .text = "", .from = "agent", .hits = "300/2" },
  { .text = "refund", .agent = 42, .hits = "300/n1 300/3 300/2 300/1" },
  { .text = "refund", .agent = 43, .hits = "301/2 301/1" },
  { .text = "refund",
    .agent = 43,
    .queues = sales,
    .hits = "300/n1 300/3 301/2 301/1 300/2 300/1" },
  { .text = "refund", .agent = 44, .queues = tech, .hits = "301/2 301/1" },
  { .text = "refund", .agent = 44, .queues = no_queue, .hits = "" },
  { .text = "refund", .queues = no_queue, .hits = "" },
};

static void
test_filters (StoreFixture  *self,
              gconstpointer  data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (filter_cases); i++) {
    const FilterCase *now = &filter_cases[i];
    GateQuery *query = gate_query_new (GATE_QUERY_SEARCH);
    g_autofree char *found = NULL;

    query->text = now->text;
    query->from = now->from;
    query->tag = now->tag;
    query->ts_before = now->ts_before;
    query->ts_after = now->ts_after;
    query->conv = now->conv;
    query->agent = now->agent;
    query->queues = (const char **) now->queues;
    query->has_file = now->has_file;
    gate_finder_run (self->finder, query);
    g_test_message ("case %" G_GSIZE_FORMAT, i);
    g_assert_cmpint (query->status, ==, GATE_STORE_OK);
    found = dup_hits (query);
    g_assert_cmpstr (found, ==, now->hits);
    gate_query_free (query);
  }
}

static void
test_hit (StoreFixture  *self,
          gconstpointer  data)
{
  GateQuery *query = store_search (self, "退款 三天");

  g_assert_cmpuint (query->n_hits, ==, 1);
  g_assert_cmpuint (query->hits[0].ts, ==, 20);
  g_assert_cmpuint (query->hits[0].role, ==, AGENT);
  g_assert_cmpstr (query->hits[0].name, ==, "Mei");
  g_assert_cmpstr (query->hits[0].snippet, ==, "退款需要三天 refund");
  g_assert_cmpuint (query->hits[0].n_marks, ==, 2);
  g_assert_cmpuint (query->hits[0].marks[0], ==, 0);
  g_assert_cmpuint (query->hits[0].marks[1], ==, 2);
  g_assert_cmpuint (query->hits[0].marks[2], ==, 4);
  g_assert_cmpuint (query->hits[0].marks[3], ==, 2);
  g_assert_cmpuint (query->indexed_to, ==, 60);
  gate_query_free (query);
}

/* Pages by cursor give each hit once, whatever is written meanwhile. */
static void
test_cursor (StoreFixture  *self,
             gconstpointer  data)
{
  g_autofree char *cursor = NULL;
  g_autoptr (GString) all = g_string_new (NULL);
  gboolean more = TRUE;

  while (more) {
    GateQuery *query = gate_query_new (GATE_QUERY_SEARCH);
    g_autofree char *found = NULL;

    query->text = "refund";
    query->limit = 2;
    query->cursor = cursor;
    gate_finder_run (self->finder, query);
    found = dup_hits (query);
    g_string_append_printf (all, "%s|", found);
    more = query->more;
    g_free (cursor);
    cursor = g_strdup (query->next_cursor);
    gate_query_free (query);
    store_say (self, 300, VISITOR, "one more refund");
    store_fixture_index (self);
  }
  g_assert_cmpstr (all->str, ==, "300/n1 300/3|301/2 301/1|300/2 300/1|");
  g_assert_null (cursor);
}

static guint64
edit (StoreFixture *self,
      guint64       seq,
      guint32       flag,
      const char   *text)
{
  GateBatch *batch = gate_batch_new ();
  GateWrite *write = store_add_message (batch, 300, 0, 90, VISITOR, 0, text);

  store_make_edit (write, seq, flag);
  store_apply (self, batch);
  return 0;
}

/* An edited line is found by what it says now, under its own number; a recalled one not at all. */
static void
test_edits (StoreFixture  *self,
            gconstpointer  data)
{
  /* Before the index has noticed, the old words still lead to the line, but only its present text is given. */
  edit (self, 1, 2, "我要换货 exchange");
  {
    GateQuery *query = store_search (self, "退款 refund");

    g_assert_cmpuint (query->n_hits, ==, 2);
    g_assert_cmpstr (query->hits[1].snippet, ==, "我要换货 exchange");
    gate_query_free (query);
  }
  store_fixture_index (self);
  expect (self, "退款", "300/2");
  expect (self, "换货", "300/1");
  edit (self, 1, 2, "我要维修 repair");
  store_fixture_index (self);
  expect (self, "换货", "");
  expect (self, "维修", "300/1");
  edit (self, 1, 4, NULL);
  edit (self, 1, 2, "我要维修 repair");
  store_fixture_index (self);
  expect (self, "维修", "");
  expect (self, "我要", "");
  expect (self, "", "300/3 301/2 301/1 300/2");
}

/* Edits that arrive together, and an index made anew from the end of the story, lead to the same. */
static void
test_rebuild (StoreFixture  *self,
              gconstpointer  data)
{
  g_autofree char *path = g_build_filename (self->dir, "search.db", NULL);
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  g_autofree char *shm = g_strconcat (path, "-shm", NULL);

  edit (self, 1, 2, "我要换货");
  edit (self, 1, 2, "我要维修");
  edit (self, 2, 4, NULL);
  store_fixture_index (self);
  expect (self, "退款", "");
  expect (self, "维修", "300/1");
  g_unlink (path);
  g_unlink (wal);
  g_unlink (shm);
  store_fixture_reopen (self);
  g_assert_cmpuint (store_fixture_index (self), ==, 9);
  expect (self, "退款", "");
  expect (self, "换货", "");
  expect (self, "维修", "300/1");
  expect (self, "approved", "300/n1");
}

static void
test_resumes (StoreFixture  *self,
              gconstpointer  data)
{
  store_say (self, 300, VISITOR, "later");
  store_fixture_reopen (self);
  g_assert_cmpuint (store_fixture_index (self), ==, 1);
  store_fixture_reopen (self);
  g_assert_cmpuint (store_fixture_index (self), ==, 0);
  expect (self, "later", "300/4");
}

/* Garbage instead of an index, or one of another database, is made anew. */
static void
test_other_index (StoreFixture  *self,
                  gconstpointer  data)
{
  g_autofree char *path = g_build_filename (self->dir, "search.db", NULL);
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (gate_store_db_new_log (self->db, &error));
  store_fixture_reopen (self);
  g_assert_cmpuint (store_fixture_index (self), ==, 6);
  expect (self, "退款", "300/2 300/1");

  g_unlink (wal);
  g_assert_true (g_file_set_contents (path, "this is not a database, not at all", -1, NULL));
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  store_fixture_reopen (self);
  g_assert_cmpuint (store_fixture_index (self), ==, 6);
  expect (self, "退款", "300/2 300/1");
}

static const char *const hostile[] = {
  "\"",     "\"\"",     "a\"b",
  "*",      "a*",       "^a",
  "a OR b", "NOT a",    "NEAR(a b, 2)",
  "text:a", "-a",       "(a",
  "a)",     "{a b}: c", "'; DROP TABLE message; --",
  "%s%n",   "\xFF\xFE", "a\\",
  "退\"款", "+",        "a + b",
};

static void
test_hostile (StoreFixture  *self,
              gconstpointer  data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++) {
    GateQuery *query = gate_query_new (GATE_QUERY_SEARCH);

    query->text = query->from = query->tag = query->cursor = hostile[i];
    gate_finder_run (self->finder, query);
    g_assert_cmpint (query->status, ==, GATE_STORE_OK);
    gate_query_free (query);
    gate_query_free (store_search (self, hostile[i]));
  }
  g_assert_cmpint (store_count (self, "SELECT count (*) FROM message"), ==, 5);
}

#define ADD(name, func) \
  g_test_add ("/store/search/" name, StoreFixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("words", test_words);
  ADD ("filters", test_filters);
  ADD ("hit", test_hit);
  ADD ("cursor", test_cursor);
  ADD ("edits", test_edits);
  ADD ("rebuild", test_rebuild);
  ADD ("resumes", test_resumes);
  ADD ("other-index", test_other_index);
  ADD ("hostile", test_hostile);
  return g_test_run ();
}
