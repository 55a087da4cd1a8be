/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a batch does to the rows. */
#include "config.h"

#include "gate-store-sqlite.h"
#include "gate.pb-c.h"
#include "store-fixture.h"

#include <string.h>

#define VISITOR GATE__V1__ROLE__VISITOR
#define AGENT   GATE__V1__ROLE__AGENT
#define BOT     GATE__V1__ROLE__BOT
#define SYSTEM  GATE__V1__ROLE__SYSTEM
#define EDITED  2
#define RECALL  4
#define AUTO    8

static void
set_up (StoreFixture  *self,
        gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();

  store_fixture_set_up (self);
  store_add_conv (batch, 300, 3, 1, GATE__V1__STATE__ST_ACTIVE);
  store_apply (self, batch);
}

static void
tear_down (StoreFixture  *self,
           gconstpointer  data)
{
  store_fixture_tear_down (self);
}

/* The conversation's row; the query owns it. */
static GateQuery *
get_conv (StoreFixture *self,
          guint64       conv)
{
  GateQuery *query = gate_query_new (GATE_QUERY_CONV);

  query->conv = conv;
  gate_finder_run (self->finder, query);
  g_assert_cmpint (query->status, ==, GATE_STORE_OK);
  g_assert_cmpuint (query->n_convs, ==, 1);
  return query;
}

/* --- Conversations -------------------------------------------------------------------------------- */

static void
test_conv_all_columns (StoreFixture  *self,
                       gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();
  GateConvRow *row = store_add_conv (batch, 301, 5, 7, GATE__V1__STATE__ST_WRAPUP);
  GateConvRow *found;
  GateQuery *query;

  memset (row->visitor_digest, 0xAB, sizeof row->visitor_digest);
  row->locale = "zh-CN";
  row->channel = GATE__V1__CHANNEL__CH_WEB;
  row->why = GATE__V1__WHY__WHY_STICKY;
  row->close_reason = GATE__V1__CLOSE_REASON__CR_SOLVED;
  row->agent = 42;
  row->last_agent = 41;
  row->priority = -1;
  row->enqueued_at = 11;
  row->offered_at = 12;
  row->accepted_at = 13;
  row->closed_at = 14;
  row->due = 15;
  row->subject = "订单 '88'; DROP TABLE conv; --";
  row->tags = "[\"vip\"]";
  row->attrs = "{\"a\":1}";
  row->disposition = "refund";
  row->result = "solved";
  row->summary = "s";
  row->rating_score = 4;
  row->rating_scale = 5;
  row->rating_comment = "ok";
  row->brief = "promised by Friday";
  row->previous = 300;
  store_apply (self, batch);

  query = get_conv (self, 301);
  found = query->convs;
  g_assert_cmpuint (found->visitor, ==, 5);
  g_assert_cmpuint (found->visitor_digest[15], ==, 0xAB);
  g_assert_cmpstr (found->locale, ==, "zh-CN");
  g_assert_cmpuint (found->channel, ==, GATE__V1__CHANNEL__CH_WEB);
  g_assert_cmpuint (found->state, ==, GATE__V1__STATE__ST_WRAPUP);
  g_assert_cmpuint (found->why, ==, GATE__V1__WHY__WHY_STICKY);
  g_assert_cmpuint (found->close_reason, ==, GATE__V1__CLOSE_REASON__CR_SOLVED);
  g_assert_cmpuint (found->epoch, ==, 7);
  g_assert_cmpuint (found->agent, ==, 42);
  g_assert_cmpuint (found->last_agent, ==, 41);
  g_assert_cmpint (found->priority, ==, -1);
  g_assert_cmpuint (found->enqueued_at, ==, 11);
  g_assert_cmpuint (found->offered_at, ==, 12);
  g_assert_cmpuint (found->accepted_at, ==, 13);
  g_assert_cmpuint (found->closed_at, ==, 14);
  g_assert_cmpuint (found->due, ==, 15);
  g_assert_cmpstr (found->subject, ==, "订单 '88'; DROP TABLE conv; --");
  g_assert_cmpstr (found->tags, ==, "[\"vip\"]");
  g_assert_cmpstr (found->attrs, ==, "{\"a\":1}");
  g_assert_cmpstr (found->disposition, ==, "refund");
  g_assert_cmpstr (found->result, ==, "solved");
  g_assert_cmpuint (found->rating_score, ==, 4);
  g_assert_cmpstr (found->rating_comment, ==, "ok");
  g_assert_cmpstr (found->brief, ==, "promised by Friday");
  g_assert_cmpuint (found->previous, ==, 300);
  gate_query_free (query);
}

/* A row the core writes again leaves what messages keep there. */
static void
test_conv_keeps_counts (StoreFixture  *self,
                        gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();
  GateQuery *query;

  store_say (self, 300, VISITOR, "hello");
  store_add_conv (batch, 300, 3, 2, GATE__V1__STATE__ST_CLOSED);
  store_apply (self, batch);
  query = get_conv (self, 300);
  g_assert_cmpuint (query->convs->last_seq, ==, 1);
  g_assert_cmpstr (query->convs->last_text, ==, "hello");
  g_assert_cmpuint (query->convs->epoch, ==, 2);
  gate_query_free (query);
}

static void
test_conv_epoch_guard (StoreFixture  *self,
                       gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();
  GateQuery *query;

  store_add_conv (batch, 300, 3, 9, GATE__V1__STATE__ST_HELD);
  store_apply (self, batch);

  batch = gate_batch_new ();
  store_add_message (batch, 300, 77, 5, VISITOR, 0, "goes down with the batch");
  store_add_conv (batch, 300, 3, 8, GATE__V1__STATE__ST_QUEUED);
  g_assert_cmpint (gate_writer_apply (self->writer, batch), ==, GATE_STORE_FAILED);
  g_assert_true (gate_writer_is_bug (self->writer));
  g_assert_cmpuint (batch->first->row.message.seq, ==, 0);
  gate_batch_free (batch);

  query = get_conv (self, 300);
  g_assert_cmpuint (query->convs->state, ==, GATE__V1__STATE__ST_HELD);
  g_assert_cmpuint (query->convs->last_seq, ==, 0);
  gate_query_free (query);
  /* The same epoch is no step back: details of a state change often. */
  batch = gate_batch_new ();
  store_add_conv (batch, 300, 3, 9, GATE__V1__STATE__ST_ACTIVE);
  store_apply (self, batch);
}

/* --- Messages ------------------------------------------------------------------------------------- */

static void
test_seq_and_duplicates (StoreFixture  *self,
                         gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();
  GateWrite *first = store_add_message (batch, 300, 0xFFFFFFFFFFFFFFFF, 5, VISITOR, 0, "a");
  GateWrite *again = store_add_message (batch, 300, 0xFFFFFFFFFFFFFFFF, 6, VISITOR, 0, "a");
  GateWrite *server = store_add_message (batch, 300, 0, 7, SYSTEM, 0, "b");
  GateWrite *server_too = store_add_message (batch, 300, 0, 8, SYSTEM, 0, "b");

  g_assert_cmpint (gate_writer_apply (self->writer, batch), ==, GATE_STORE_OK);
  g_assert_cmpuint (first->row.message.seq, ==, 1);
  g_assert_false (first->is_duplicate);
  g_assert_cmpuint (again->row.message.seq, ==, 1);
  g_assert_true (again->is_duplicate);
  g_assert_cmpuint (again->row.message.ts, ==, 5);
  g_assert_cmpuint (server->row.message.seq, ==, 2);
  g_assert_cmpuint (server_too->row.message.seq, ==, 3);
  gate_batch_free (batch);

  /* In another batch, after a restart, and in another conversation. */
  store_fixture_reopen (self);
  batch = gate_batch_new ();
  again = store_add_message (batch, 300, 0xFFFFFFFFFFFFFFFF, 9, VISITOR, 0, "a");
  store_add_conv (batch, 301, 3, 1, GATE__V1__STATE__ST_ACTIVE);
  first = store_add_message (batch, 301, 0xFFFFFFFFFFFFFFFF, 9, VISITOR, 0, "a");
  g_assert_cmpint (gate_writer_apply (self->writer, batch), ==, GATE_STORE_OK);
  g_assert_true (again->is_duplicate);
  g_assert_cmpuint (again->row.message.seq, ==, 1);
  g_assert_false (first->is_duplicate);
  g_assert_cmpuint (first->row.message.seq, ==, 1);
  gate_batch_free (batch);
  g_assert_cmpint (store_count (self, "SELECT count (*) FROM message"), ==, 4);
}

typedef struct {
  guint8 role;
  guint64 sender;
  guint32 flags;
  const char *text;
  guint64 staff_seq, staff_sender, waiting_since; /* afterwards; ts is seq * 10 */
} KeptCase;

static const KeptCase kept_cases[] = {
  { VISITOR, 0, 0, "hello?", 0, 0, 10 },
  { VISITOR, 0, 0, "anybody?", 0, 0, 10 },
  { BOT, 7, 0, "I am a bot", 3, 7, 10 },
  { SYSTEM, 0, 0, "Anna joined", 3, 7, 10 },
  { AGENT, 42, AUTO, "Hi, I am Anna", 5, 42, 10 },
  { AGENT, 42, 0, "What is it?", 6, 42, 0 },
  { VISITOR, 0, 0, "退款", 6, 42, 70 },
  { SYSTEM, 0, 0, "closed", 6, 42, 70 },
};

static void
test_kept_with_messages (StoreFixture  *self,
                         gconstpointer  data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kept_cases); i++) {
    const KeptCase *now = &kept_cases[i];
    GateBatch *batch = gate_batch_new ();
    GateWrite *write =
      store_add_message (batch, 300, 0, (i + 1) * 10, now->role, now->sender, now->text);
    GateQuery *query;

    write->row.message.flags = now->flags;
    store_apply (self, batch);
    query = get_conv (self, 300);
    g_assert_cmpuint (query->convs->last_seq, ==, i + 1);
    g_assert_cmpuint (query->convs->last_ts, ==, (i + 1) * 10);
    g_assert_cmpuint (query->convs->last_role, ==, now->role);
    g_assert_cmpstr (query->convs->last_text, ==, now->text);
    g_assert_cmpuint (query->convs->staff_seq, ==, now->staff_seq);
    g_assert_cmpuint (query->convs->staff_sender, ==, now->staff_sender);
    g_assert_cmpuint (query->convs->waiting_since, ==, now->waiting_since);
    gate_query_free (query);
  }
}

static void
test_excerpt (StoreFixture  *self,
              gconstpointer  data)
{
  g_autoptr (GString) text = g_string_new ("line\none\t");
  GateQuery *query;

  for (guint i = 0; i < 300; i++)
    g_string_append (text, "退");
  store_say (self, 300, VISITOR, text->str);
  query = get_conv (self, 300);
  g_assert_cmpint (g_utf8_strlen (query->convs->last_text, -1), ==, 120);
  g_assert_true (g_str_has_prefix (query->convs->last_text, "line one 退退"));
  g_assert_true (g_utf8_validate (query->convs->last_text, -1, NULL));
  gate_query_free (query);
}

/* --- Edits and recalls ---------------------------------------------------------------------------- */

static guint64
edit (StoreFixture *self,
      guint64       seq,
      guint32       flag,
      const char   *text)
{
  GateBatch *batch = gate_batch_new ();
  GateWrite *write = store_add_message (batch, 300, 0, 90, VISITOR, 0, text);
  guint64 new_seq;

  store_make_edit (write, seq, flag);
  g_assert_cmpint (gate_writer_apply (self->writer, batch), ==, GATE_STORE_OK);
  new_seq = write->row.message.seq;
  gate_batch_free (batch);
  return new_seq;
}

static void
expect_row (StoreFixture *self,
            guint64       seq,
            guint32       flags,
            const char   *text)
{
  for (int for_visitor = 0; for_visitor < 2; for_visitor++) {
    GateQuery *query = store_page (self, 300, seq + 1, seq - 1, 1, for_visitor);
    g_autofree char *body =
      store_body_text (query->messages[0].body, query->messages[0].body_bytes);

    g_assert_cmpuint (query->n_messages, ==, 1);
    g_assert_cmpuint (query->messages[0].seq, ==, seq);
    g_assert_cmpuint (query->messages[0].flags, ==, flags);
    g_assert_cmpstr (query->messages[0].text, ==, text);
    g_assert_cmpstr (body, ==, text);
    gate_query_free (query);
  }
}

static void
expect_last_text (StoreFixture *self,
                  const char   *text)
{
  GateQuery *query = get_conv (self, 300);

  g_assert_cmpstr (query->convs->last_text, ==, text);
  gate_query_free (query);
}

static void
test_edits_fold (StoreFixture  *self,
                 gconstpointer  data)
{
  GateQuery *query;

  g_assert_cmpuint (store_say (self, 300, VISITOR, "my card is 1234"), ==, 1);
  g_assert_cmpuint (edit (self, 1, EDITED, "my card is secret"), ==, 2);
  expect_row (self, 1, EDITED, "my card is secret");
  expect_row (self, 2, EDITED, "my card is secret");
  expect_last_text (self, "my card is secret");

  /* An edit of the edit is one of the line, and the first edit shows the second's text too. */
  g_assert_cmpuint (edit (self, 2, EDITED, "never mind"), ==, 3);
  expect_row (self, 1, EDITED, "never mind");
  expect_row (self, 2, EDITED, "never mind");
  expect_row (self, 3, EDITED, "never mind");
  query = store_page (self, 300, 0, 2, 1, TRUE);
  g_assert_cmpuint (query->messages[0].replaces, ==, 1);
  gate_query_free (query);

  /* A newer line shows last; an edit of an older one does not. */
  g_assert_cmpuint (store_say (self, 300, VISITOR, "newest"), ==, 4);
  g_assert_cmpuint (edit (self, 1, EDITED, "quietly"), ==, 5);
  expect_last_text (self, "newest");

  g_assert_cmpuint (edit (self, 1, RECALL, NULL), ==, 6);
  for (guint64 seq = 1; seq <= 3; seq++)
    expect_row (self, seq, EDITED * (seq > 1) + RECALL, NULL);
  /* What was recalled stays so. */
  g_assert_cmpuint (edit (self, 1, EDITED, "back again"), ==, 7);
  expect_row (self, 1, RECALL, NULL);
  expect_row (self, 7, EDITED | RECALL, NULL);

  g_assert_cmpuint (edit (self, 4, RECALL, NULL), ==, 8);
  expect_last_text (self, "");
  /* All of it is kept for audit. */
  g_assert_cmpint (store_count (self, "SELECT count (*) FROM message WHERE text LIKE '%1234%'"), ==,
                   1);
}

/* An edit of a line that is not there is a line of its own, also when that number comes to be later. */
static void
test_edit_of_nothing (StoreFixture  *self,
                      gconstpointer  data)
{
  g_assert_cmpuint (store_say (self, 300, VISITOR, "one"), ==, 1);
  g_assert_cmpuint (edit (self, 3, EDITED, "two"), ==, 2);
  expect_row (self, 1, 0, "one");
  expect_row (self, 2, EDITED, "two");
  expect_last_text (self, "two");
  g_assert_cmpuint (store_say (self, 300, VISITOR, "three"), ==, 3);
  expect_row (self, 2, EDITED, "two");
  expect_row (self, 3, 0, "three");
}

/* --- Notes, events, marks --------------------------------------------------------------------------- */

static void
test_notes_apart (StoreFixture  *self,
                  gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();
  GateWrite *note, *again;
  GateQuery *query;

  store_add_message (batch, 300, 5, 1, VISITOR, 0, "line");
  /* The same cid as the message's: numbers and ids of notes are their own. */
  note = store_add_note (batch, 300, 5, "she is angry");
  again = store_add_note (batch, 300, 5, "she is angry");
  g_assert_cmpint (gate_writer_apply (self->writer, batch), ==, GATE_STORE_OK);
  g_assert_cmpuint (note->row.note.n, ==, 1);
  g_assert_false (note->is_duplicate);
  g_assert_cmpuint (again->row.note.n, ==, 1);
  g_assert_true (again->is_duplicate);
  gate_batch_free (batch);

  query = store_page (self, 300, 0, 0, 10, FALSE);
  g_assert_cmpuint (query->n_notes, ==, 1);
  g_assert_cmpstr (query->notes[0].text, ==, "she is angry");
  g_assert_cmpuint (query->notes[0].author, ==, 42);
  g_assert_cmpuint (query->head, ==, 1);
  gate_query_free (query);

  query = store_page (self, 300, 0, 0, 10, TRUE);
  g_assert_cmpuint (query->n_messages, ==, 1);
  g_assert_cmpuint (query->n_notes, ==, 0);
  g_assert_null (query->notes);
  gate_query_free (query);

  query = get_conv (self, 300);
  g_assert_cmpuint (query->convs->last_note, ==, 1);
  g_assert_cmpstr (query->convs->last_text, ==, "line");
  gate_query_free (query);
}

static void
test_events (StoreFixture  *self,
             gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();
  GateQuery *query;

  for (guint32 epoch = 1; epoch <= 3; epoch++) {
    GateEventRow *row = &gate_batch_add (batch, GATE_WRITE_EVENT)->row.event;

    row->conv = 300;
    row->epoch = epoch;
    row->from = (guint8) epoch;
    row->to = (guint8) (epoch + 1);
    row->name = "offer_accepted";
    row->actor = 42;
    row->reason = epoch == 2 ? "routed" : NULL;
  }
  store_apply (self, batch);
  query = store_page (self, 300, 0, 0, 10, FALSE);
  g_assert_cmpuint (query->n_events, ==, 3);
  g_assert_cmpuint (query->events[0].epoch, ==, 1);
  g_assert_cmpuint (query->events[2].epoch, ==, 3);
  g_assert_cmpuint (query->events[1].to, ==, 3);
  g_assert_cmpstr (query->events[0].reason, ==, "");
  g_assert_cmpstr (query->events[1].reason, ==, "routed");
  gate_query_free (query);
  query = store_page (self, 300, 0, 0, 10, TRUE);
  g_assert_cmpuint (query->n_events, ==, 0);
  gate_query_free (query);
}

static void
mark (StoreFixture *self,
      guint64       visitor_read,
      guint64       visitor_received,
      guint64       staff_read,
      guint64       staff_received)
{
  GateBatch *batch = gate_batch_new ();

  gate_batch_add (batch, GATE_WRITE_MARK)->row.mark = (GateMarkRow){
    300, visitor_read, visitor_received, staff_read, staff_received,
  };
  store_apply (self, batch);
}

static void
test_marks_rise (StoreFixture  *self,
                 gconstpointer  data)
{
  GateQuery *query;

  mark (self, 3, 5, 0, 1);
  mark (self, 2, 9, 4, 0);
  query = get_conv (self, 300);
  g_assert_cmpuint (query->convs->visitor_read, ==, 3);
  g_assert_cmpuint (query->convs->visitor_received, ==, 9);
  g_assert_cmpuint (query->convs->staff_read, ==, 4);
  g_assert_cmpuint (query->convs->staff_received, ==, 1);
  gate_query_free (query);
}

/* --- People, tokens, files --------------------------------------------------------------------------- */

static void
test_people (StoreFixture  *self,
             gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();
  GateVisitorRow *visitor = &gate_batch_add (batch, GATE_WRITE_VISITOR)->row.visitor;
  GateAgentRow *agent = &gate_batch_add (batch, GATE_WRITE_AGENT)->row.agent;
  GateTokenRow *live = &gate_batch_add (batch, GATE_WRITE_TOKEN)->row.token;
  GateTokenRow *expired = &gate_batch_add (batch, GATE_WRITE_TOKEN)->row.token;
  g_autoptr (GError) error = NULL;
  GateSnapshot *snapshot;
  GateQuery *query;

  *visitor = (GateVisitorRow){ .visitor = 3,
                               .name = "Mei",
                               .attrs = "{}",
                               .is_verified = TRUE,
                               .note = "pays late",
                               .edited = 5,
                               .blocked_until = 2000,
                               .staff_keys = "{\"plan\":null}" };
  *agent = (GateAgentRow){ .agent = 42, .login = "anna", .role = "agent", .capacity = 5 };
  *live = (GateTokenRow){ .hash = { 1 }, .kind = 1, .family = 8, .agent = 42, .expires = 2000 };
  *expired = (GateTokenRow){ .hash = { 2 }, .kind = 1, .family = 9, .agent = 42, .expires = 1000 };
  store_apply (self, batch);

  query = gate_query_new (GATE_QUERY_CONTACT);
  query->visitor = 3;
  gate_finder_run (self->finder, query);
  g_assert_nonnull (query->visitor_row);
  g_assert_cmpstr (query->visitor_row->name, ==, "Mei");
  g_assert_true (query->visitor_row->is_verified);
  g_assert_cmpstr (query->visitor_row->note, ==, "pays late");
  g_assert_cmpuint (query->visitor_row->edited, ==, 5);
  g_assert_cmpuint (query->visitor_row->blocked_until, ==, 2000);
  g_assert_cmpstr (query->visitor_row->staff_keys, ==, "{\"plan\":null}");
  g_assert_cmpuint (query->n_convs, ==, 1);
  gate_query_free (query);

  snapshot = gate_finder_load (self->read_db, 1000, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (snapshot->n_agents, ==, 1);
  g_assert_cmpstr (snapshot->agents[0].login, ==, "anna");
  g_assert_cmpuint (snapshot->next_agent, ==, 43);
  g_assert_cmpuint (snapshot->next_conv, ==, 301);
  g_assert_cmpuint (snapshot->n_tokens, ==, 1);
  g_assert_cmpuint (snapshot->tokens[0].family, ==, 8);
  g_assert_cmpuint (snapshot->n_blocks, ==, 1);
  g_assert_cmpuint (snapshot->blocks[0].visitor, ==, 3);
  g_assert_cmpuint (snapshot->blocks[0].until, ==, 2000);
  gate_store_snapshot_free (snapshot);
  snapshot = gate_finder_load (self->read_db, 2000, &error); /* it has run out */
  g_assert_cmpuint (snapshot->n_blocks, ==, 0);
  gate_store_snapshot_free (snapshot);

  batch = gate_batch_new ();
  gate_batch_add (batch, GATE_WRITE_TOKEN_FAMILY_GONE)->row.token.family = 8;
  store_apply (self, batch);
  g_assert_cmpint (store_count (self, "SELECT count (*) FROM token"), ==, 1);
  batch = gate_batch_new ();
  gate_batch_add (batch, GATE_WRITE_TOKEN_AGENT_GONE)->row.token.agent = 42;
  store_apply (self, batch);
  g_assert_cmpint (store_count (self, "SELECT count (*) FROM token"), ==, 0);
}

static void
test_media (StoreFixture  *self,
            gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();
  GateMediaRow *row = &gate_batch_add (batch, GATE_WRITE_MEDIA)->row.media;
  GateQuery *query;

  *row = (GateMediaRow){ .id = "abcd",
                         .path = "/media/ab/cd/abcd.jpg",
                         .mime = "image/jpeg",
                         .sha256 = { 9 },
                         .size = 1000,
                         .uploader = 3 };
  gate_batch_add (batch, GATE_WRITE_AUDIT)->row.audit = (GateAuditRow){ 1, 42, "takeover", "{}" };
  store_apply (self, batch);

  query = gate_query_new (GATE_QUERY_MEDIA);
  query->path = "/media/ab/cd/abcd.jpg";
  gate_finder_run (self->finder, query);
  g_assert_nonnull (query->media);
  g_assert_cmpuint (query->media->size, ==, 1000);
  gate_query_free (query);

  query = gate_query_new (GATE_QUERY_MEDIA_HASH);
  query->sha256[0] = 9;
  query->visitor = 3;
  gate_finder_run (self->finder, query);
  g_assert_nonnull (query->media);
  g_assert_cmpstr (query->media->id, ==, "abcd");
  gate_query_free (query);

  /* Another's file is not ours, though it has the same bytes. */
  query = gate_query_new (GATE_QUERY_MEDIA_HASH);
  query->sha256[0] = 9;
  query->visitor = 4;
  gate_finder_run (self->finder, query);
  g_assert_null (query->media);
  gate_query_free (query);
}

/* --- Pages ------------------------------------------------------------------------------------------ */

typedef struct {
  guint64 before, after;
  guint limit;
  gsize max_bytes;
  guint64 first, last; /* 0, 0 = nothing */
  gboolean more;
} PageCase;

static const PageCase page_cases[] = {
  { 0, 0, 5, 0, 1, 5, TRUE },
  { 0, 0, 50, 0, 1, 20, FALSE },
  { 0, 15, 50, 0, 16, 20, FALSE },
  { 0, 20, 50, 0, 0, 0, FALSE },
  { 21, 0, 5, 0, 16, 20, TRUE },
  { 6, 0, 5, 0, 1, 5, FALSE },
  { 6, 0, 50, 0, 1, 5, FALSE },
  { 1, 0, 5, 0, 0, 0, FALSE },
  { 10, 5, 50, 0, 6, 9, FALSE },
  { 10, 2, 3, 0, 7, 9, TRUE },
  { 0, 0, 50, 150, 1, 2, TRUE },
  { 21, 0, 50, 150, 19, 20, TRUE },
  { 0, 0, 50, 1, 1, 1, TRUE },
  { G_MAXUINT64, 0, 3, 0, 18, 20, TRUE },
  { 0, G_MAXUINT64, 3, 0, 0, 0, FALSE },
};

static void
test_pages (StoreFixture  *self,
            gconstpointer  data)
{
  for (guint i = 0; i < 20; i++)
    store_say (self, 300, VISITOR, "a line of text");
  for (gsize i = 0; i < G_N_ELEMENTS (page_cases); i++) {
    const PageCase *now = &page_cases[i];
    GateQuery *query = gate_query_new (GATE_QUERY_HISTORY);

    query->conv = 300;
    query->before = now->before;
    query->after = now->after;
    query->limit = now->limit;
    query->max_bytes = now->max_bytes;
    gate_finder_run (self->finder, query);
    g_test_message ("case %" G_GSIZE_FORMAT, i);
    g_assert_cmpint (query->status, ==, GATE_STORE_OK);
    g_assert_cmpuint (query->n_messages, ==, now->first == 0 ? 0 : now->last - now->first + 1);
    for (guint j = 0; j < query->n_messages; j++)
      g_assert_cmpuint (query->messages[j].seq, ==, now->first + j);
    g_assert_cmpint (query->more, ==, now->more);
    g_assert_cmpuint (query->head, ==, 20);
    gate_query_free (query);
  }
}

static void
test_visitor_last (StoreFixture  *self,
                   gconstpointer  data)
{
  GateBatch *batch = gate_batch_new ();
  GateQuery *query = gate_query_new (GATE_QUERY_VISITOR_LAST);

  store_add_message (batch, 300, 99, 1, VISITOR, 0, "old");
  store_add_conv (batch, 305, 3, 1, GATE__V1__STATE__ST_CLOSED);
  store_add_conv (batch, 306, 4, 1, GATE__V1__STATE__ST_CLOSED);
  store_add_message (batch, 306, 77, 1, VISITOR, 0, "another's");
  store_apply (self, batch);
  query->visitor = 3;
  query->cid = 99;
  gate_finder_run (self->finder, query);
  g_assert_cmpuint (query->n_convs, ==, 1);
  g_assert_cmpuint (query->convs->conv, ==, 305);
  g_assert_cmpuint (query->found_conv, ==, 300);
  g_assert_cmpuint (query->found_seq, ==, 1);
  gate_query_free (query);

  query = gate_query_new (GATE_QUERY_VISITOR_LAST);
  query->visitor = 3;
  query->cid = 77;
  gate_finder_run (self->finder, query);
  g_assert_cmpuint (query->found_conv, ==, 0);
  gate_query_free (query);
}

static void
add_closed (StoreFixture *self,
            guint64       conv,
            guint64       agent,
            const char   *queue,
            guint64       ts)
{
  GateBatch *batch = gate_batch_new ();
  GateConvRow *row = store_add_conv (batch, conv, 3, 1, GATE__V1__STATE__ST_CLOSED);

  row->last_agent = agent;
  row->queue = queue;
  store_add_message (batch, conv, 0, ts, VISITOR, 0, "bye");
  store_apply (self, batch);
}

static char *
list_closed (StoreFixture  *self,
             guint64        agent,
             const char   **queues,
             guint64        before_ts,
             guint          limit,
             guint64       *ret_last_ts)
{
  GateQuery *query = gate_query_new (GATE_QUERY_CLOSED);
  g_autoptr (GString) text = g_string_new (NULL);

  query->agent = agent;
  query->queues = queues;
  query->before_ts = before_ts;
  query->limit = limit;
  gate_finder_run (self->finder, query);
  g_assert_cmpint (query->status, ==, GATE_STORE_OK);
  for (guint i = 0; i < query->n_convs; i++)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT " ", query->convs[i].conv);
  if (query->more)
    g_string_append (text, "more");
  if (ret_last_ts != NULL && query->n_convs > 0)
    *ret_last_ts = query->convs[query->n_convs - 1].last_ts;
  gate_query_free (query);
  return g_strdup (text->str);
}

static void
test_closed (StoreFixture  *self,
             gconstpointer  data)
{
  const char *queues[] = { "sales", "x\"y", NULL };
  const struct {
    guint64 agent;
    const char **queues;
    guint64 before_ts;
    guint limit;
    const char *expected;
  } cases[] = {
    { 42, NULL, 0, 10, "15 11 10 " },
    { 42, NULL, 500, 10, "11 10 " },
    { 0, queues, 0, 10, "14 13 12 10 " },
    { 42, queues, 0, 10, "15 14 13 12 11 10 " },
    { 0, NULL, 0, 10, "16 15 14 13 12 11 10 " },
    { 0, NULL, 0, 2, "16 15 more" },
    /* 13 and 14 are of one millisecond: a page does not cut between them. */
    { 0, NULL, 0, 3, "16 15 more" },
    { 0, NULL, 0, 4, "16 15 14 13 more" },
  };

  add_closed (self, 10, 42, "sales", 100);
  add_closed (self, 11, 42, "tech", 200);
  add_closed (self, 12, 43, "sales", 300);
  add_closed (self, 13, 43, "sales", 400);
  add_closed (self, 14, 43, "x\"y", 400);
  add_closed (self, 15, 42, "tech", 500);
  add_closed (self, 16, 43, "tech", 600);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *list =
      list_closed (self, cases[i].agent, cases[i].queues, cases[i].before_ts, cases[i].limit, NULL);

    g_test_message ("case %" G_GSIZE_FORMAT, i);
    g_assert_cmpstr (list, ==, cases[i].expected);
  }
}

#define ADD(name, func) g_test_add ("/store/" name, StoreFixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("conv/all-columns", test_conv_all_columns);
  ADD ("conv/keeps-counts", test_conv_keeps_counts);
  ADD ("conv/epoch-guard", test_conv_epoch_guard);
  ADD ("message/seq-and-duplicates", test_seq_and_duplicates);
  ADD ("message/kept", test_kept_with_messages);
  ADD ("message/excerpt", test_excerpt);
  ADD ("edit/fold", test_edits_fold);
  ADD ("edit/of-nothing", test_edit_of_nothing);
  ADD ("note/apart", test_notes_apart);
  ADD ("event/order", test_events);
  ADD ("mark/rise", test_marks_rise);
  ADD ("people", test_people);
  ADD ("media", test_media);
  ADD ("page/bounds", test_pages);
  ADD ("page/visitor-last", test_visitor_last);
  ADD ("page/closed", test_closed);
  return g_test_run ();
}
