/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random batches against a reference that is too simple to be wrong: a list of lines. */
#include "config.h"

#include "gate.pb-c.h"
#include "store-fixture.h"

#include <string.h>

#define N_CONVS   6
#define N_BATCHES 400
#define N_CIDS    40

typedef struct {
  guint64 cid, ts, replaces; /* replaces: the line's seq, 0 = it is one */
  guint8 role;
  guint32 flags;
  char text[16]; /* "" = none */
} Line;

typedef struct {
  GArray *lines; /* Line; seq is its place + 1 */
  GArray *notes; /* guint64 cid; n is its place + 1 */
  guint32 epoch;
  guint64 marks[4];
} Conv;

typedef struct {
  StoreFixture store;
  GRand *random;
  Conv convs[N_CONVS];
  guint64 ts;
} Model;

static guint
draw (Model *self,
      guint  n)
{
  return (guint) g_rand_int_range (self->random, 0, (gint32) n);
}

/* --- The reference ------------------------------------------------------------------------------------ */

static guint64
find_cid (const Conv *conv,
          guint64     cid)
{
  for (guint i = 0; cid != 0 && i < conv->lines->len; i++)
    if (g_array_index (conv->lines, Line, i).cid == cid)
      return i + 1;
  return 0;
}

/* What line @seq shows: the last row about its line that is there, or nothing when any of them recalls it. */
static const Line *
shown (const Conv *conv,
       guint64     seq,
       guint32    *ret_flags)
{
  const Line *line = &g_array_index (conv->lines, Line, seq - 1);
  guint64 root = line->replaces != 0 ? line->replaces : seq;
  const Line *now = line;

  *ret_flags = line->flags;
  for (guint64 i = root; i <= conv->lines->len; i++) {
    const Line *other = &g_array_index (conv->lines, Line, i - 1);

    if (other->replaces != root)
      continue;
    if (i > seq)
      now = other;
    if ((other->flags & 4) != 0) {
      now = other;
      break;
    }
  }
  *ret_flags |= now->flags & 6;
  return now;
}

static guint64
waiting_since (const Conv *conv)
{
  guint64 since = 0;

  for (guint i = 0; i < conv->lines->len; i++) {
    const Line *line = &g_array_index (conv->lines, Line, i);

    if (line->replaces != 0)
      continue;
    if (line->role == GATE__V1__ROLE__AGENT && (line->flags & 8) == 0)
      since = 0;
    else if (line->role == GATE__V1__ROLE__VISITOR && since == 0)
      since = line->ts;
  }
  return since;
}

/* --- Random writes ------------------------------------------------------------------------------------ */

typedef struct {
  GateWrite *write;
  guint64 expected; /* seq or n */
  gboolean is_duplicate;
} Expectation;

static void
write_message (Model     *self,
               guint      number,
               GateBatch *batch,
               GArray    *expectations)
{
  Conv *conv = &self->convs[number];
  Line line = { .ts = ++self->ts, .role = (guint8) draw (self, 4) };
  Expectation expectation = { 0 };
  GateWrite *write;

  line.cid = draw (self, 3) == 0 ? 0 : 1 + draw (self, N_CIDS);
  line.flags = draw (self, 5) == 0 ? 8 : 0;
  g_snprintf (line.text, sizeof line.text, "t%u", draw (self, 1000000));
  if (conv->lines->len > 0 && draw (self, 4) == 0) {
    guint64 target = 1 + draw (self, conv->lines->len);
    const Line *at = &g_array_index (conv->lines, Line, target - 1);

    line.flags = draw (self, 4) == 0 ? 4 : 2;
    if (line.flags == 4)
      line.text[0] = '\0';
    line.replaces = at->replaces != 0 ? at->replaces : target;
    write = store_add_message (batch, number + 1, line.cid, line.ts, line.role, 9,
                               line.text[0] != '\0' ? line.text : NULL);
    store_make_edit (write, target, line.flags);
  } else {
    write = store_add_message (batch, number + 1, line.cid, line.ts, line.role, 9, line.text);
    write->row.message.flags = line.flags;
  }
  expectation.write = write;
  expectation.expected = find_cid (conv, line.cid);
  expectation.is_duplicate = expectation.expected != 0;
  if (!expectation.is_duplicate) {
    g_array_append_val (conv->lines, line);
    expectation.expected = conv->lines->len;
  }
  g_array_append_val (expectations, expectation);
}

static void
write_note (Model     *self,
            guint      number,
            GateBatch *batch,
            GArray    *expectations)
{
  Conv *conv = &self->convs[number];
  guint64 cid = draw (self, 2) == 0 ? 0 : 1 + draw (self, N_CIDS);
  Expectation expectation = { store_add_note (batch, number + 1, cid, "note"), 0, FALSE };

  for (guint i = 0; cid != 0 && i < conv->notes->len; i++)
    if (g_array_index (conv->notes, guint64, i) == cid)
      expectation.expected = i + 1;
  expectation.is_duplicate = expectation.expected != 0;
  if (!expectation.is_duplicate) {
    g_array_append_val (conv->notes, cid);
    expectation.expected = conv->notes->len;
  }
  g_array_append_val (expectations, expectation);
}

static void
write_mark (Model     *self,
            guint      number,
            GateBatch *batch)
{
  GateMarkRow *row = &gate_batch_add (batch, GATE_WRITE_MARK)->row.mark;
  guint64 *const to[] = { &row->visitor_read, &row->visitor_received, &row->staff_read,
                          &row->staff_received };

  row->conv = number + 1;
  for (guint i = 0; i < 4; i++) {
    *to[i] = draw (self, 100);
    self->convs[number].marks[i] = MAX (self->convs[number].marks[i], *to[i]);
  }
}

static void
check_results (GArray *expectations)
{
  for (guint i = 0; i < expectations->len; i++) {
    const Expectation *now = &g_array_index (expectations, Expectation, i);
    guint64 got =
      now->write->kind == GATE_WRITE_NOTE ? now->write->row.note.n : now->write->row.message.seq;

    g_assert_cmpuint (got, ==, now->expected);
    g_assert_cmpint (now->write->is_duplicate, ==, now->is_duplicate);
  }
}

static void
run_batch (Model *self)
{
  GateBatch *batch = gate_batch_new ();
  g_autoptr (GArray) expectations = g_array_new (FALSE, FALSE, sizeof (Expectation));
  guint n = 1 + draw (self, 20);

  for (guint i = 0; i < n; i++) {
    guint number = draw (self, N_CONVS);

    switch (draw (self, 8)) {
    case 0:
      write_note (self, number, batch, expectations);
      break;
    case 1:
      write_mark (self, number, batch);
      break;
    case 2:
      self->convs[number].epoch += draw (self, 2);
      store_add_conv (batch, number + 1, 3, self->convs[number].epoch, GATE__V1__STATE__ST_ACTIVE);
      break;
    default:
      write_message (self, number, batch, expectations);
    }
  }
  gate_writer_apply (self->store.writer, batch);
  g_assert_cmpint (batch->status, ==, GATE_STORE_OK);
  check_results (expectations);
  gate_batch_free (batch);
}

/* A batch that ends in a mistake leaves no trace: the reference does not even hear of it. */
static void
run_bad_batch (Model *self)
{
  GateBatch *batch = gate_batch_new ();

  store_add_message (batch, 1 + draw (self, N_CONVS), 0, 1, 0, 0, "never");
  store_add_note (batch, 1 + draw (self, N_CONVS), 0, "never");
  store_add_message (batch, 999, 0, 1, 0, 0, "to nobody");
  g_assert_cmpint (gate_writer_apply (self->store.writer, batch), ==, GATE_STORE_FAILED);
  gate_batch_free (batch);
}

/* --- Comparison --------------------------------------------------------------------------------------- */

static void
check_lines (Model *self,
             guint  number)
{
  const Conv *conv = &self->convs[number];

  for (guint64 after = 0; after < conv->lines->len;) {
    GateQuery *query = store_page (&self->store, number + 1, 0, after, 200, draw (self, 2) == 0);

    g_assert_cmpuint (query->n_messages, ==, MIN (conv->lines->len - after, 200));
    for (guint i = 0; i < query->n_messages; i++) {
      const GateMessageRow *row = &query->messages[i];
      guint32 flags;
      const Line *now = shown (conv, after + i + 1, &flags);

      g_assert_cmpuint (row->seq, ==, after + i + 1);
      g_assert_cmpuint (row->ts, ==, g_array_index (conv->lines, Line, after + i).ts);
      g_assert_cmpuint (row->flags, ==, flags);
      g_assert_cmpstr (row->text != NULL ? row->text : "", ==, now->text);
    }
    g_assert_cmpuint (query->head, ==, conv->lines->len);
    after += query->n_messages;
    gate_query_free (query);
  }
}

static void
check_conv (Model *self,
            guint  number)
{
  const Conv *conv = &self->convs[number];
  GateQuery *query = gate_query_new (GATE_QUERY_CONV);
  guint64 last = 0;
  guint32 flags;

  query->conv = number + 1;
  gate_finder_run (self->store.finder, query);
  g_assert_cmpuint (query->n_convs, ==, 1);
  g_assert_cmpuint (query->convs->epoch, ==, conv->epoch);
  g_assert_cmpuint (query->convs->last_seq, ==, conv->lines->len);
  g_assert_cmpuint (query->convs->last_note, ==, conv->notes->len);
  g_assert_cmpuint (query->convs->waiting_since, ==, waiting_since (conv));
  g_assert_cmpuint (query->convs->visitor_read, ==, conv->marks[0]);
  g_assert_cmpuint (query->convs->visitor_received, ==, conv->marks[1]);
  g_assert_cmpuint (query->convs->staff_read, ==, conv->marks[2]);
  g_assert_cmpuint (query->convs->staff_received, ==, conv->marks[3]);
  for (guint i = 0; i < conv->lines->len; i++)
    if (g_array_index (conv->lines, Line, i).replaces == 0)
      last = i + 1;
  if (last != 0) {
    const Line *line = shown (conv, last, &flags);

    g_assert_cmpstr (query->convs->last_text, ==, line->text);
  }
  gate_query_free (query);
}

/* Every line that shows something is found by its word, once, and nothing else is in the index. */
static void
check_search (Model *self)
{
  guint n_shown = 0, n_found = 0;
  gboolean more = TRUE;
  g_autofree char *cursor = NULL;

  store_fixture_index (&self->store);
  for (guint number = 0; number < N_CONVS; number++)
    for (guint i = 0; i < self->convs[number].lines->len; i++) {
      const Line *line = &g_array_index (self->convs[number].lines, Line, i);
      guint32 flags;
      const Line *now = shown (&self->convs[number], i + 1, &flags);
      gboolean is_shown = line->replaces == 0 && now->text[0] != '\0';
      gboolean is_found = FALSE;
      GateQuery *query;

      n_shown += is_shown;
      if (line->text[0] == '\0' || draw (self, 20) != 0)
        continue;
      query = store_search (&self->store, is_shown ? now->text : line->text);
      for (guint j = 0; j < query->n_hits; j++)
        is_found = is_found || (query->hits[j].conv == number + 1 && query->hits[j].seq == i + 1);
      g_assert_cmpint (is_found, ==, is_shown);
      gate_query_free (query);
    }
  while (more) {
    GateQuery *query = gate_query_new (GATE_QUERY_SEARCH);

    query->limit = 200;
    query->cursor = cursor;
    gate_finder_run (self->store.finder, query);
    n_found += query->n_hits;
    more = query->more;
    g_free (cursor);
    cursor = g_strdup (query->next_cursor);
    gate_query_free (query);
  }
  g_assert_cmpuint (n_found, ==, n_shown);
  g_assert_cmpint (store_count (&self->store, "SELECT count (*) FROM search.line ('t*')"), ==,
                   n_shown);
}

static void
test_property (void)
{
  guint32 seed = g_test_rand_int ();
  Model model = { .random = g_rand_new_with_seed (seed) };

  g_test_message ("seed %u", seed);
  store_fixture_set_up (&model.store);
  for (guint i = 0; i < N_CONVS; i++) {
    GateBatch *batch = gate_batch_new ();

    model.convs[i].lines = g_array_new (FALSE, FALSE, sizeof (Line));
    model.convs[i].notes = g_array_new (FALSE, FALSE, sizeof (guint64));
    model.convs[i].epoch = 1;
    store_add_conv (batch, i + 1, 3, 1, GATE__V1__STATE__ST_ACTIVE);
    store_apply (&model.store, batch);
  }
  for (guint i = 1; i <= N_BATCHES; i++) {
    run_batch (&model);
    if (draw (&model, 10) == 0)
      run_bad_batch (&model);
    if (draw (&model, 40) == 0)
      store_fixture_reopen (&model.store);
    if (i % 100 != 0)
      continue;
    for (guint j = 0; j < N_CONVS; j++) {
      check_lines (&model, j);
      check_conv (&model, j);
    }
    check_search (&model);
  }
  for (guint i = 0; i < N_CONVS; i++) {
    g_array_unref (model.convs[i].lines);
    g_array_unref (model.convs[i].notes);
  }
  store_fixture_tear_down (&model.store);
  g_rand_free (model.random);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/property", test_property);
  return g_test_run ();
}
