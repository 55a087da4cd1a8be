/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of who may send what, over every kind of frame there is: written down a second time, as the specification's
 * words, so that the table cannot agree with itself.
 */
#include "config.h"

#include "wire-visitor.h"

#include <string.h>

#include "wire-frame.h"
#include "wire-random.h"

/* `PROTOCOLS.md` 2d.7: the column "from"; S = before Welcome. */
static const char *const senders[WIRE_N_SENDERS] = {
  [WIRE_SENDER_STRANGER] = " hello auth resume ping batch ",
  [WIRE_SENDER_VISITOR] =
    " open message handover rating feedback typing read page_view ping history_req upload_req "
    "close keys keys_req batch ",
  [WIRE_SENDER_AGENT] =
    " message feedback typing read ping history_req search_req upload_req agent_status subscribe "
    "watch offer_answer claim transfer hold snooze reopen conv_update close wrapup note contact_req "
    "contact_edit contact_merge contact_find keys keys_req batch ",
};

static const char downwards[] =
  " welcome message ack typing read pong queue presence assignment error batch history_page conv_update "
  "upload_ticket keys notice go_away ";

static gboolean
has_word (const char *words,
          const char *word)
{
  g_autofree char *spaced = g_strdup_printf (" %s ", word);

  return strstr (words, spaced) != NULL;
}

static void
test_senders (void)
{
  guint n_kinds;
  const Gate__V1__Frame__BodyCase *kinds = wire_random_kinds (&n_kinds);

  for (guint i = 0; i < n_kinds; i++)
    for (WireSender sender = WIRE_SENDER_STRANGER; sender < WIRE_N_SENDERS; sender++)
      g_assert_cmpint (wire_may_send (sender, kinds[i]), ==,
                       has_word (senders[sender], wire_body_name (kinds[i])));
  g_assert_false (wire_may_send (WIRE_SENDER_AGENT, GATE__V1__FRAME__BODY__NOT_SET));
  g_assert_false (wire_may_send (WIRE_SENDER_AGENT, 63));
  g_assert_false (wire_may_send (WIRE_SENDER_AGENT, 4000));
}

static void
test_receives (void)
{
  guint n_kinds;
  const Gate__V1__Frame__BodyCase *kinds = wire_random_kinds (&n_kinds);
  Gate__V1__Frame empty = GATE__V1__FRAME__INIT;
  g_autoptr (WireArena) arena = wire_arena_new (1024);

  for (guint i = 0; i < n_kinds; i++)
    g_assert_cmpint (wire_visitor_may_receive (kinds[i]), ==,
                     has_word (downwards, wire_body_name (kinds[i])));
  g_assert_false (wire_visitor_may_receive (GATE__V1__FRAME__BODY__NOT_SET));
  g_assert_false (wire_visitor_may_receive (63));
  g_assert_null (wire_visitor_strip (arena, &empty));
}

static void
test_states (void)
{
  static const struct {
    Gate__V1__State state;
    Gate__V1__State seen;
  } states[] = {
    { GATE__V1__STATE__ST_BOT, GATE__V1__STATE__ST_BOT },
    { GATE__V1__STATE__ST_QUEUED, GATE__V1__STATE__ST_QUEUED },
    { GATE__V1__STATE__ST_ACTIVE, GATE__V1__STATE__ST_ACTIVE },
    { GATE__V1__STATE__ST_WRAPUP, GATE__V1__STATE__ST_CLOSED },
    { GATE__V1__STATE__ST_CLOSED, GATE__V1__STATE__ST_CLOSED },
    { GATE__V1__STATE__ST_OFFERED, GATE__V1__STATE__ST_QUEUED },
    { GATE__V1__STATE__ST_HELD, GATE__V1__STATE__ST_HELD },
    { GATE__V1__STATE__ST_SNOOZED, GATE__V1__STATE__ST_ACTIVE },
    { GATE__V1__STATE__ST_OFFLINE, GATE__V1__STATE__ST_OFFLINE },
  };

  g_assert_cmpuint (G_N_ELEMENTS (states) + 1, ==, gate__v1__state__descriptor.n_values);
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    g_assert_cmpint (wire_visitor_state (states[i].state), ==, states[i].seen);
}

static void assert_clean (const Gate__V1__Frame *frame);

static void
assert_update_clean (const Gate__V1__ConvUpdate *update)
{
  Gate__V1__ConvUpdate allowed = GATE__V1__CONV_UPDATE__INIT;

  allowed.conv = update->conv;
  allowed.state = update->state;
  allowed.subject = update->subject;
  allowed.epoch = update->epoch;
  g_assert_true (wire_message_equal (&update->base, &allowed.base));
  g_assert_true (update->state != GATE__V1__STATE__ST_OFFERED &&
                 update->state != GATE__V1__STATE__ST_SNOOZED &&
                 update->state != GATE__V1__STATE__ST_WRAPUP);
}

static void
assert_page_clean (const Gate__V1__HistoryPage *page)
{
  g_assert_cmpuint (page->n_notes, ==, 0);
  g_assert_cmpuint (page->n_events, ==, 0);
  for (gsize i = 0; i < page->n_messages; i++)
    g_assert_cmpuint (page->messages[i]->seen, ==, 0);
}

static void
assert_clean (const Gate__V1__Frame *frame)
{
  g_assert_true (has_word (downwards, wire_body_name (frame->body_case)));
  switch ((guint) frame->body_case) {
  case GATE__V1__FRAME__BODY_MESSAGE:
    g_assert_cmpuint (frame->message->seen, ==, 0);
    break;
  case GATE__V1__FRAME__BODY_TYPING:
    g_assert_cmpstr (frame->typing->preview, ==, "");
    break;
  case GATE__V1__FRAME__BODY_CONV_UPDATE:
    assert_update_clean (frame->conv_update);
    break;
  case GATE__V1__FRAME__BODY_HISTORY_PAGE:
    assert_page_clean (frame->history_page);
    break;
  case GATE__V1__FRAME__BODY_PRESENCE:
    g_assert_cmpint (frame->presence->state, !=, GATE__V1__STATUS__SS_INVISIBLE);
    break;
  case GATE__V1__FRAME__BODY_BATCH:
    for (gsize i = 0; i < frame->batch->n_frames; i++)
      assert_clean (frame->batch->frames[i]);
    break;
  default:
    break;
  }
}

/* Whatever staff would see: nothing of it leaves that may not, what may is unchanged, and staff's own is too. */
static void
test_random (void)
{
  guint n_kinds;
  const Gate__V1__Frame__BodyCase *kinds = wire_random_kinds (&n_kinds);
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260107);

  g_test_message ("seed 20260107");
  for (guint i = 0; i < n_kinds * 100; i++) {
    g_autoptr (WireArena) arena = wire_arena_new (4096);
    Gate__V1__Frame *frame = wire_random_frame (arena, rand, kinds[i % n_kinds]);
    Gate__V1__Frame *before = wire_frame_dup (arena, frame);
    const Gate__V1__Frame *stripped = wire_visitor_strip (arena, frame);

    g_assert_true (wire_message_equal (&frame->base, &before->base));
    if (!wire_visitor_may_receive (frame->body_case)) {
      g_assert_null (stripped);
      continue;
    }
    if (frame->body_case == GATE__V1__FRAME__BODY_BATCH && stripped == NULL)
      continue;
    g_assert_nonnull (stripped);
    assert_clean (stripped);
    g_assert_cmpuint (stripped->id, ==, frame->id);
    g_assert_true (wire_visitor_strip (arena, stripped) != NULL);
  }
}

static void
test_keeps_what_is_theirs (void)
{
  g_autoptr (WireArena) arena = wire_arena_new (1024);
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;
  Gate__V1__ConvUpdate update = GATE__V1__CONV_UPDATE__INIT;
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (TYPING, typing, &typing);
  const Gate__V1__Frame *stripped;

  typing.on = TRUE;
  typing.conv = 300;
  typing.role = GATE__V1__ROLE__AGENT;
  typing.preview = (char *) "secret";
  stripped = wire_visitor_strip (arena, &frame);
  g_assert_true (stripped->typing->on);
  g_assert_cmpuint (stripped->typing->conv, ==, 300);
  g_assert_cmpint (stripped->typing->role, ==, GATE__V1__ROLE__AGENT);
  update.state = GATE__V1__STATE__ST_OFFERED;
  update.subject = (char *) "size";
  update.queue = (char *) "internal";
  update.epoch = 4;
  frame = WIRE_FRAME (CONV_UPDATE, conv_update, &update);
  stripped = wire_visitor_strip (arena, &frame);
  g_assert_cmpint (stripped->conv_update->state, ==, GATE__V1__STATE__ST_QUEUED);
  g_assert_cmpstr (stripped->conv_update->subject, ==, "size");
  g_assert_cmpstr (stripped->conv_update->queue, ==, "");
  g_assert_cmpuint (stripped->conv_update->epoch, ==, 4);
  frame = WIRE_FRAME (ACK, ack, &ack);
  g_assert_true (wire_visitor_strip (arena, &frame) == &frame);
}

static void
test_batch_of_nothing (void)
{
  g_autoptr (WireArena) arena = wire_arena_new (1024);
  Gate__V1__Note note = GATE__V1__NOTE__INIT;
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;
  Gate__V1__Frame inner[2] = { WIRE_FRAME (NOTE, note, &note), WIRE_FRAME (ACK, ack, &ack) };
  Gate__V1__Frame *frames[2] = { &inner[0], &inner[1] };
  Gate__V1__Batch batch = GATE__V1__BATCH__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (BATCH, batch, &batch);
  const Gate__V1__Frame *stripped;

  batch.frames = frames;
  batch.n_frames = 1;
  g_assert_null (wire_visitor_strip (arena, &frame));
  batch.n_frames = 2;
  stripped = wire_visitor_strip (arena, &frame);
  g_assert_cmpuint (stripped->batch->n_frames, ==, 1);
  g_assert_cmpint (stripped->batch->frames[0]->body_case, ==, GATE__V1__FRAME__BODY_ACK);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/visitor/senders", test_senders);
  g_test_add_func ("/wire/visitor/receives", test_receives);
  g_test_add_func ("/wire/visitor/states", test_states);
  g_test_add_func ("/wire/visitor/random", test_random);
  g_test_add_func ("/wire/visitor/keeps-what-is-theirs", test_keeps_what_is_theirs);
  g_test_add_func ("/wire/visitor/batch-of-nothing", test_batch_of_nothing);
  return g_test_run ();
}
