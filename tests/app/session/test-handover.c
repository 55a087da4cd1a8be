/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "fake-gate.h"
#include "usher-session-private.h"

/* A shift that is handed over: who is asked about what, what becomes of it, and that nothing new comes meanwhile. */

#define STATE(name) GATE__V1__STATE__ST_##name
#define LI          9 /* a colleague */

typedef struct {
  FakeGate *gate;
  char *dir;
  UsherSession *session;
  GListModel *items;
  GString *frames; /* what the gateway was told, a line each */
  guint refuses;   /* so many transfers, as if nobody had a free place */
  gboolean loses;  /* the connection, when a transfer comes */
  UsherColleague *li;
  UsherQueue *shop;
  char *slug;
} Fixture;

static const UsherConnectionTimes fast = {
  .ping_ms = 200,
  .pong_ms = 500,
  .open_ms = 2000,
  .first_retry_ms = 20,
  .retry_ms = 20,
  .longest_ms = 50,
  .patience_ms = 50,
};

/* --- The gateway's side -------------------------------------------------------------------------------- */

static void
tell (Fixture          *f,
      guint32           id,
      ProtobufCMessage *body)
{
  Gate__V1__Frame frame = wire_frame_for (body);

  frame.id = id;
  fake_gate_send (f->gate, &frame);
}

/* As the gateway does: first the state, then whose it is, if that has changed. */
static void
move (Fixture         *f,
      FakeConv        *conv,
      Gate__V1__State  state,
      guint64          agent,
      const char      *name)
{
  Gate__V1__ConvUpdate update = GATE__V1__CONV_UPDATE__INIT;
  Gate__V1__Assignment assignment = GATE__V1__ASSIGNMENT__INIT;
  gboolean is_moved = conv->agent != agent;

  conv->state = state;
  conv->agent = agent;
  update.conv = assignment.conv = conv->conv;
  update.epoch = assignment.epoch = ++conv->epoch;
  update.state = state;
  assignment.agent = agent;
  assignment.agent_name = (char *) name;
  tell (f, 0, &update.base);
  if (is_moved)
    tell (f, 0, &assignment.base);
}

static void
acknowledge (Fixture  *f,
             guint32   id,
             FakeConv *conv)
{
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;

  ack.conv = conv->conv;
  ack.epoch = conv->epoch;
  tell (f, id, &ack.base);
}

static void
take_transfer (Fixture                  *f,
               guint32                   id,
               const Gate__V1__Transfer *transfer)
{
  FakeConv *conv = fake_gate_conv (f->gate, transfer->conv);
  Gate__V1__Error error = GATE__V1__ERROR__INIT;

  g_string_append_printf (f->frames, "transfer %u %u %s: %s\n", (guint) transfer->conv,
                          (guint) transfer->to_agent, transfer->to_queue, transfer->note);
  g_assert_cmpuint (transfer->epoch, ==, conv->epoch);
  if (f->refuses > 0) {
    f->refuses--;
    error.code = 422;
    error.slug = (char *) "invalid";
    tell (f, id, &error.base);
    return;
  }
  move (f, conv, transfer->to_agent != 0 ? STATE (OFFERED) : STATE (QUEUED), 0, "");
  if (f->loses)
    fake_gate_drop (f->gate);
  else
    acknowledge (f, id, conv);
}

static gboolean
frame_cb (FakeGate              *gate,
          const Gate__V1__Frame *frame,
          gpointer               user_data)
{
  Fixture *f = user_data;

  switch ((int) frame->body_case) {
  case GATE__V1__FRAME__BODY_WATCH:
    g_string_append_printf (f->frames, "watch %u %d\n", (guint) frame->watch->conv,
                            frame->watch->on);
    return TRUE;
  case GATE__V1__FRAME__BODY_TRANSFER:
    take_transfer (f, frame->id, frame->transfer);
    return TRUE;
  case GATE__V1__FRAME__BODY_SNOOZE:
    g_string_append_printf (f->frames, "wake %u\n", (guint) frame->snooze->conv);
    move (f, fake_gate_conv (gate, frame->snooze->conv), STATE (ACTIVE), 42, "Ada");
    acknowledge (f, frame->id, fake_gate_conv (gate, frame->snooze->conv));
    return TRUE;
  case GATE__V1__FRAME__BODY_CLAIM:
    g_string_append_printf (f->frames, "claim %u\n", (guint) frame->claim->conv);
    move (f, fake_gate_conv (gate, frame->claim->conv), STATE (ACTIVE), 42, "Ada");
    acknowledge (f, frame->id, fake_gate_conv (gate, frame->claim->conv));
    return TRUE;
  default:
    return FALSE;
  }
}

/* --- Ours ------------------------------------------------------------------------------------------------ */

static void
notice_cb (UsherSession *session,
           guint         level,
           const char   *text,
           const char   *slug,
           Fixture      *f)
{
  g_free (f->slug);
  f->slug = g_strdup (slug);
}

static void
signed_in_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_assert_true (usher_session_sign_in_finish (USHER_SESSION (source), result, NULL));
}

static gboolean
is_in_step (Fixture *f)
{
  UsherLinkState state;

  g_object_get (f->session, "link-state", &state, NULL);
  return state == USHER_LINK_IN_STEP;
}

static UsherHandoverStage
stage (Fixture *f)
{
  UsherHandoverStage stage;

  g_object_get (f->session, "handover-stage", &stage, NULL);
  return stage;
}

static void
setup (Fixture       *f,
       gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  f->gate = fake_gate_new ();
  f->gate->frame_func = frame_cb;
  f->gate->frame_data = f;
  f->frames = g_string_new (NULL);
  f->dir = g_dir_make_tmp ("usher-handover-XXXXXX", NULL);
  f->session = usher_session_new (f->gate->url, f->dir, &error);
  g_assert_no_error (error);
  usher_connection_set_times (f->session->connection, &fast);
  g_signal_connect (f->session, "notice", G_CALLBACK (notice_cb), f);
  g_object_get (f->session, "handover", &f->items, NULL);
  f->li = usher_colleague_new (LI);
  usher_colleague_set_name (f->li, "Li Wei");
  f->shop = usher_queue_new ("shop");
  usher_session_sign_in_async (f->session, "ada", "right", NULL, signed_in_cb, NULL);
  WAIT_UNTIL (is_in_step (f));
  g_object_set (f->session, "is-accepting", TRUE, NULL);
  WAIT_UNTIL (f->gate->is_accepting);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static void
finalized (gpointer is_finalized)
{
  *(gboolean *) is_finalized = TRUE;
}

static void
teardown (Fixture       *f,
          gconstpointer  data)
{
  gboolean is_finalized = FALSE;

  g_clear_object (&f->items);
  g_object_set_data_full (G_OBJECT (f->session), "finalized", &is_finalized, finalized);
  g_signal_handlers_disconnect_by_data (f->session, f);
  g_object_run_dispose (G_OBJECT (f->session));
  g_clear_object (&f->session);
  WAIT_UNTIL (is_finalized);
  fake_gate_free (f->gate);
  remove_tree (f->dir);
  g_free (f->dir);
  g_free (f->slug);
  g_object_unref (f->li);
  g_object_unref (f->shop);
  g_string_free (f->frames, TRUE);
}

static UsherConversation *
own (Fixture *f,
     guint64  conv)
{
  fake_gate_own (f->gate, conv);
  WAIT_UNTIL (usher_session_find (f->session, conv) != NULL &&
              usher_conversation_get_is_mine (usher_session_find (f->session, conv)));
  return usher_session_find (f->session, conv);
}

static UsherHandoverItem *
item_of (Fixture *f,
         guint64  conv)
{
  for (guint i = 0; i < g_list_model_get_n_items (f->items); i++) {
    g_autoptr (UsherHandoverItem) item = g_list_model_get_item (f->items, i);

    if (usher_conversation_get_conv (usher_handover_item_get_conversation (item)) == conv)
      return item; /* the list holds it */
  }
  return NULL;
}

static UsherHandoverState
state_of (Fixture *f,
          guint64  conv)
{
  UsherHandoverItem *item = item_of (f, conv);

  return item != NULL ? usher_handover_item_get_state (item) : USHER_HANDOVER_ENDED;
}

/* To one target, each with the brief "brief". */
static void
give_all (Fixture  *f,
          gpointer  target)
{
  for (guint i = 0; i < g_list_model_get_n_items (f->items); i++) {
    g_autoptr (UsherHandoverItem) item = g_list_model_get_item (f->items, i);

    usher_handover_item_set_brief (item, "brief");
    usher_handover_item_set_target (item, target);
  }
}

static void
assert_frames (Fixture    *f,
               const char *expected)
{
  g_assert_cmpstr (f->frames->str, ==, expected);
  g_string_truncate (f->frames, 0);
}

/* --- Tests ------------------------------------------------------------------------------------------------ */

/* Open is what is active, held or asleep; from now on nothing new comes, until nobody looks any more. */
static void
test_prepare (Fixture       *f,
              gconstpointer  data)
{
  gboolean is_accepting = TRUE;
  UsherConversation *asleep;

  own (f, 300);
  asleep = own (f, 301);
  move (f, fake_gate_conv (f->gate, 301), STATE (SNOOZED), 42, "Ada");
  own (f, 302);
  move (f, fake_gate_conv (f->gate, 302), STATE (WRAPUP), 42, "Ada");
  WAIT_UNTIL (usher_conversation_get_state (usher_session_find (f->session, 302)) ==
              USHER_STATE_WRAPUP);
  g_assert_cmpint (usher_conversation_get_state (asleep), ==, USHER_STATE_SNOOZED);
  usher_session_prepare_handover (f->session);
  g_assert_cmpint (stage (f), ==, USHER_HANDOVER_PREPARING);
  g_assert_nonnull (item_of (f, 300));
  g_assert_nonnull (item_of (f, 301));
  g_assert_cmpuint (g_list_model_get_n_items (f->items), ==, 2);
  WAIT_UNTIL (!f->gate->is_accepting);
  g_object_set (f->session, "is-accepting", TRUE, NULL);
  g_object_get (f->session, "is-accepting", &is_accepting, NULL);
  g_assert_false (is_accepting);
  g_assert_cmpstr (f->slug, ==, "handing_over");
  /* What comes to me all the same is on the list too. */
  own (f, 303);
  g_assert_nonnull (item_of (f, 303));
  usher_handover_item_set_brief (item_of (f, 300), "typed");
  usher_session_leave_handover (f->session);
  g_assert_cmpint (stage (f), ==, USHER_HANDOVER_NONE);
  WAIT_UNTIL (f->gate->is_accepting);
  usher_session_prepare_handover (f->session);
  g_assert_cmpstr (usher_handover_item_get_brief (item_of (f, 300)), ==, "typed");
  usher_session_end_handover (f->session);
  WAIT_UNTIL (f->gate->is_accepting);
  g_assert_cmpuint (g_list_model_get_n_items (f->items), ==, 0);
}

/* Nothing is handed over by who did not accept before. */
static void
test_prepare_busy (Fixture       *f,
                   gconstpointer  data)
{
  gboolean is_accepting = TRUE;

  g_object_set (f->session, "is-accepting", FALSE, NULL);
  usher_session_prepare_handover (f->session);
  usher_session_leave_handover (f->session);
  g_object_get (f->session, "is-accepting", &is_accepting, NULL);
  g_assert_false (is_accepting);
}

static void
test_brief (Fixture       *f,
            gconstpointer  data)
{
  static const char *const tags[] = { "refund", "vip", NULL };
  UsherConversation *conversation;
  g_autofree char *note = NULL;
  g_autofree char *bare = NULL;

  conversation = own (f, 300);
  usher_conversation_set_tags (conversation, tags);
  fake_gate_say (f->gate, 300, "hello", TRUE);
  WAIT_UNTIL (usher_conversation_get_last_seq (conversation) == 1);
  usher_session_send_text (f->session, conversation, "good morning");
  WAIT_UNTIL (fake_gate_conv (f->gate, 300)->lines->len == 2);
  fake_gate_say (f->gate, 300, "where is my parcel?", TRUE);
  fake_gate_say (f->gate, 300, "order\n1234", TRUE);
  WAIT_UNTIL (usher_conversation_get_last_seq (conversation) == 4);
  usher_session_prepare_handover (f->session);
  WAIT_UNTIL (
    g_strcmp0 (usher_handover_item_get_brief (item_of (f, 300)),
               "Asks: where is my parcel? / order 1234\nLabels: refund, vip\nPromised: ") == 0);
  note = usher_brief_dup_note (usher_handover_item_get_brief (item_of (f, 300)));
  g_assert_cmpstr (note, ==, "Asks: where is my parcel? / order 1234\nLabels: refund, vip");
  bare = usher_brief_dup_note ("Asks: x\nPromised: a call by noon\n");
  g_assert_cmpstr (bare, ==, "Asks: x\nPromised: a call by noon");
}

/* One chat at a time for a colleague; then all is done, and nothing new comes by itself. */
static void
test_accepted (Fixture       *f,
               gconstpointer  data)
{
  own (f, 300);
  own (f, 301);
  usher_session_prepare_handover (f->session);
  give_all (f, f->li);
  usher_session_start_handover (f->session);
  WAIT_UNTIL (state_of (f, 300) == USHER_HANDOVER_OFFERED);
  g_assert_cmpint (state_of (f, 301), ==, USHER_HANDOVER_TURN);
  g_assert_cmpstr (usher_handover_item_get_who (item_of (f, 301)), ==, "Li Wei");
  assert_frames (f, "watch 300 1\ntransfer 300 9 : brief\nwatch 301 1\n");
  /* Nobody looks, and it goes on. */
  usher_session_leave_handover (f->session);
  move (f, fake_gate_conv (f->gate, 300), STATE (ACTIVE), LI, "Li Wei");
  WAIT_UNTIL (state_of (f, 301) == USHER_HANDOVER_OFFERED);
  g_assert_cmpint (state_of (f, 300), ==, USHER_HANDOVER_TAKEN);
  g_assert_cmpstr (usher_handover_item_get_who (item_of (f, 300)), ==, "Li Wei");
  g_assert_cmpint (stage (f), ==, USHER_HANDOVER_UNDER_WAY);
  move (f, fake_gate_conv (f->gate, 301), STATE (ACTIVE), LI, "Li Wei");
  WAIT_UNTIL (stage (f) == USHER_HANDOVER_DONE);
  usher_session_end_handover (f->session);
  g_assert_false (f->gate->is_accepting);
  g_assert_cmpint (stage (f), ==, USHER_HANDOVER_NONE);
}

/* Whoever passes leaves it in the queue; it is fetched back and given to somebody else. */
static void
test_passed (Fixture       *f,
             gconstpointer  data)
{
  own (f, 300);
  usher_session_prepare_handover (f->session);
  give_all (f, f->li);
  usher_session_start_handover (f->session);
  WAIT_UNTIL (state_of (f, 300) == USHER_HANDOVER_OFFERED);
  g_assert_cmpstr (usher_handover_item_get_who (item_of (f, 300)), ==, "Li Wei");
  move (f, fake_gate_conv (f->gate, 300), STATE (QUEUED), 0, "");
  WAIT_UNTIL (state_of (f, 300) == USHER_HANDOVER_PASSED);
  g_assert_cmpstr (usher_handover_item_get_who (item_of (f, 300)), ==, "Li Wei");
  g_assert_cmpint (stage (f), ==, USHER_HANDOVER_UNDER_WAY);
  g_assert_cmpstr (f->slug, ==, "handover_passed");
  g_string_truncate (f->frames, 0);
  give_all (f, f->shop);
  usher_session_start_handover (f->session);
  WAIT_UNTIL (stage (f) == USHER_HANDOVER_DONE);
  g_assert_cmpint (state_of (f, 300), ==, USHER_HANDOVER_QUEUED);
  assert_frames (f, "claim 300\ntransfer 300 0 shop: brief\n");
  /* Whoever accepts chats again after all was handed over has not left. */
  g_object_set (f->session, "is-accepting", TRUE, NULL);
  WAIT_UNTIL (f->gate->is_accepting);
  g_assert_cmpint (stage (f), ==, USHER_HANDOVER_NONE);
}

/* Passed, and another colleague has taken it from the queue before anything was done about it. */
static void
test_taken_from_queue (Fixture       *f,
                       gconstpointer  data)
{
  own (f, 300);
  usher_session_prepare_handover (f->session);
  give_all (f, f->li);
  usher_session_start_handover (f->session);
  WAIT_UNTIL (state_of (f, 300) == USHER_HANDOVER_OFFERED);
  move (f, fake_gate_conv (f->gate, 300), STATE (QUEUED), 0, "");
  WAIT_UNTIL (state_of (f, 300) == USHER_HANDOVER_PASSED);
  move (f, fake_gate_conv (f->gate, 300), STATE (OFFERED), 0, "");
  move (f, fake_gate_conv (f->gate, 300), STATE (ACTIVE), 5, "Max");
  WAIT_UNTIL (stage (f) == USHER_HANDOVER_DONE);
  g_assert_cmpstr (usher_handover_item_get_who (item_of (f, 300)), ==, "Max");
}

/* A refusal is said at the chat it is about, which stays; the next one is asked all the same. */
static void
test_refused (Fixture       *f,
              gconstpointer  data)
{
  own (f, 300);
  own (f, 301);
  usher_session_prepare_handover (f->session);
  give_all (f, f->li);
  f->refuses = 1;
  usher_session_start_handover (f->session);
  WAIT_UNTIL (state_of (f, 301) == USHER_HANDOVER_OFFERED);
  g_assert_cmpint (state_of (f, 300), ==, USHER_HANDOVER_FAILED);
  g_assert_cmpstr (usher_handover_item_get_problem (item_of (f, 300)), ==,
                   "This colleague has no free place now, or is not there.");
  g_assert_true (usher_conversation_get_is_mine (usher_session_find (f->session, 300)));
  move (f, fake_gate_conv (f->gate, 301), STATE (ACTIVE), LI, "Li Wei");
  WAIT_UNTIL (state_of (f, 301) == USHER_HANDOVER_TAKEN);
  g_assert_cmpint (stage (f), ==, USHER_HANDOVER_UNDER_WAY);
  usher_session_start_handover (f->session);
  WAIT_UNTIL (state_of (f, 300) == USHER_HANDOVER_OFFERED);
  g_assert_null (usher_handover_item_get_problem (item_of (f, 300)));
  /* Cancelled: who was asked is asked on, and I accept again. */
  usher_session_end_handover (f->session);
  WAIT_UNTIL (f->gate->is_accepting);
}

/* The question has arrived, its answer has not: what is known is said, and what comes then counts. Who had no turn yet keeps it. */
static void
test_connection_lost (Fixture       *f,
                      gconstpointer  data)
{
  own (f, 300);
  own (f, 301);
  usher_session_prepare_handover (f->session);
  give_all (f, f->li);
  f->loses = TRUE;
  usher_session_start_handover (f->session);
  WAIT_UNTIL (state_of (f, 300) == USHER_HANDOVER_FAILED ||
              state_of (f, 300) == USHER_HANDOVER_OFFERED);
  f->loses = FALSE;
  WAIT_UNTIL (state_of (f, 300) == USHER_HANDOVER_OFFERED && is_in_step (f));
  g_assert_cmpint (state_of (f, 301), !=, USHER_HANDOVER_FAILED);
  move (f, fake_gate_conv (f->gate, 300), STATE (ACTIVE), LI, "Li Wei");
  WAIT_UNTIL (state_of (f, 300) == USHER_HANDOVER_TAKEN);
  WAIT_UNTIL (state_of (f, 301) == USHER_HANDOVER_OFFERED);
}

/* What sleeps is woken for it; what the visitor ends meanwhile needs nobody any more. */
static void
test_asleep_and_ended (Fixture       *f,
                       gconstpointer  data)
{
  own (f, 300);
  move (f, fake_gate_conv (f->gate, 300), STATE (SNOOZED), 42, "Ada");
  own (f, 301);
  usher_session_prepare_handover (f->session);
  give_all (f, f->shop);
  move (f, fake_gate_conv (f->gate, 301), STATE (WRAPUP), 42, "Ada");
  WAIT_UNTIL (usher_conversation_get_state (usher_session_find (f->session, 301)) ==
              USHER_STATE_WRAPUP);
  usher_session_start_handover (f->session);
  WAIT_UNTIL (stage (f) == USHER_HANDOVER_DONE);
  g_assert_cmpint (state_of (f, 300), ==, USHER_HANDOVER_QUEUED);
  g_assert_cmpint (state_of (f, 301), ==, USHER_HANDOVER_ENDED);
  assert_frames (f, "watch 300 1\nwake 300\ntransfer 300 0 shop: brief\n");
  /* Reopened by the visitor: it is mine, and not handed over. */
  move (f, fake_gate_conv (f->gate, 301), STATE (ACTIVE), 42, "Ada");
  WAIT_UNTIL (stage (f) == USHER_HANDOVER_UNDER_WAY);
  g_assert_cmpint (state_of (f, 301), ==, USHER_HANDOVER_MINE);
}

#define ADD(path, func) g_test_add ("/session/handover/" path, Fixture, NULL, setup, func, teardown)

int
main (int    argc,
      char **argv)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("prepare", test_prepare);
  ADD ("prepare-busy", test_prepare_busy);
  ADD ("brief", test_brief);
  ADD ("accepted", test_accepted);
  ADD ("passed", test_passed);
  ADD ("taken-from-queue", test_taken_from_queue);
  ADD ("refused", test_refused);
  ADD ("connection-lost", test_connection_lost);
  ADD ("asleep-and-ended", test_asleep_and_ended);
  return g_test_run ();
}
