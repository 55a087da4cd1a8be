/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include <glib/gstdio.h>

#include "fake-gate.h"
#include "usher-session-private.h"

/* Which conversation stands in which list, who looks at what, labels, and what an agent does with one of them. */

#define LI(name)    GATE__V1__LIST_KIND__LI_##name
#define STATE(name) GATE__V1__STATE__ST_##name

typedef struct {
  FakeGate *gate;
  char *dir;
  UsherSession *session;
  GString *frames; /* what the gateway was told, a line each */
  gboolean refuses;
  guint32 claim_id; /* of the last Claim, which is not answered */
  guint n_changes;  /* items-changed of the queue */
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

static void
answer (Fixture          *f,
        guint32           id,
        ProtobufCMessage *body)
{
  Gate__V1__Frame frame = wire_frame_for (body);

  frame.id = id;
  fake_gate_send (f->gate, &frame);
}

static void
refuse (Fixture *f,
        guint32  id)
{
  Gate__V1__Error error = GATE__V1__ERROR__INIT;

  error.code = 403;
  error.slug = (char *) "forbidden";
  answer (f, id, &error.base);
}

static void
note_tags (Fixture                    *f,
           const Gate__V1__ConvUpdate *update)
{
  g_string_append_printf (f->frames, "update %u", (guint) update->conv);
  for (gsize i = 0; i < update->n_tags_add; i++)
    g_string_append_printf (f->frames, " +%s", update->tags_add[i]);
  for (gsize i = 0; i < update->n_tags_del; i++)
    g_string_append_printf (f->frames, " -%s", update->tags_del[i]);
  g_string_append_c (f->frames, '\n');
}

/* Whether the frame is one of those this test is about. */
static gboolean
note_frame (Fixture               *f,
            const Gate__V1__Frame *frame)
{
  switch ((int) frame->body_case) {
  case GATE__V1__FRAME__BODY_WATCH:
    g_string_append_printf (f->frames, "watch %u %d\n", (guint) frame->watch->conv,
                            frame->watch->on);
    return TRUE;
  case GATE__V1__FRAME__BODY_CLAIM:
    g_string_append_printf (f->frames, "claim %u mode %d epoch %u\n", (guint) frame->claim->conv,
                            (int) frame->claim->mode, frame->claim->epoch);
    return TRUE;
  case GATE__V1__FRAME__BODY_SNOOZE:
    g_string_append_printf (f->frames, "snooze %u until %u wake %d\n", (guint) frame->snooze->conv,
                            (guint) (frame->snooze->until / 1000), frame->snooze->wake);
    return TRUE;
  case GATE__V1__FRAME__BODY_HOLD:
    g_string_append_printf (f->frames, "hold %u %d\n", (guint) frame->hold->conv, frame->hold->on);
    return TRUE;
  case GATE__V1__FRAME__BODY_CONV_UPDATE:
    note_tags (f, frame->conv_update);
    return TRUE;
  default:
    return FALSE;
  }
}

static gboolean
frame_cb (FakeGate              *gate,
          const Gate__V1__Frame *frame,
          gpointer               user_data)
{
  Fixture *f = user_data;
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;

  if (!note_frame (f, frame))
    return FALSE;
  if (f->refuses)
    refuse (f, frame->id);
  else if (frame->body_case == GATE__V1__FRAME__BODY_CLAIM)
    f->claim_id = frame->id;
  else
    answer (f, frame->id, &ack.base);
  return TRUE;
}

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

static void
open_session (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  f->session = usher_session_new (f->gate->url, f->dir, &error);
  g_assert_no_error (error);
  usher_connection_set_times (f->session->connection, &fast);
  g_signal_connect (f->session, "notice", G_CALLBACK (notice_cb), f);
}

static void
sign_in (Fixture *f)
{
  usher_session_sign_in_async (f->session, "ada", "right", NULL, signed_in_cb, NULL);
  WAIT_UNTIL (is_in_step (f));
}

static void
finalized (gpointer is_finalized)
{
  *(gboolean *) is_finalized = TRUE;
}

static void
close_session (Fixture *f)
{
  gboolean is_finalized = FALSE;

  g_object_set_data_full (G_OBJECT (f->session), "finalized", &is_finalized, finalized);
  g_signal_handlers_disconnect_by_data (f->session, f);
  g_object_run_dispose (G_OBJECT (f->session));
  g_clear_object (&f->session);
  WAIT_UNTIL (is_finalized);
}

static void
setup (Fixture       *f,
       gconstpointer  data)
{
  f->gate = fake_gate_new ();
  f->gate->frame_func = frame_cb;
  f->gate->frame_data = f;
  f->frames = g_string_new (NULL);
  f->dir = g_dir_make_tmp ("usher-lists-XXXXXX", NULL);
  open_session (f);
  sign_in (f);
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
teardown (Fixture       *f,
          gconstpointer  data)
{
  close_session (f);
  fake_gate_free (f->gate);
  remove_tree (f->dir);
  g_free (f->dir);
  g_free (f->slug);
  g_string_free (f->frames, TRUE);
}

static guint
n_items (Fixture    *f,
         const char *list)
{
  g_autoptr (GListModel) model = NULL;

  g_object_get (f->session, list, &model, NULL);
  return g_list_model_get_n_items (model);
}

static UsherConversation *
get (Fixture *f,
     guint64  conv)
{
  return usher_session_find (f->session, conv);
}

static void
fill_row (Gate__V1__ConvRow *row,
          guint64            conv,
          Gate__V1__State    state,
          guint64            agent)
{
  gate__v1__conv_row__init (row);
  row->conv = conv;
  row->state = state;
  row->agent = agent;
  row->epoch = 3;
  row->name = (char *) "Visitor";
}

static void
send_row (Fixture            *f,
          Gate__V1__ListKind  kind,
          Gate__V1__ConvRow  *row)
{
  Gate__V1__List list = GATE__V1__LIST__INIT;

  list.list = kind;
  list.convs = &row;
  list.n_convs = 1;
  answer (f, 0, &list.base);
}

static void
send (Fixture            *f,
      Gate__V1__ListKind  kind,
      guint64             conv,
      Gate__V1__State     state,
      guint64             agent)
{
  Gate__V1__ConvRow row;

  fill_row (&row, conv, state, agent);
  send_row (f, kind, &row);
  WAIT_UNTIL (get (f, conv) != NULL &&
              usher_conversation_get_state (get (f, conv)) == (UsherState) state);
}

static void
send_colleague (Fixture    *f,
                guint64     agent,
                const char *name)
{
  Gate__V1__AgentStatus status = GATE__V1__AGENT_STATUS__INIT;
  Gate__V1__AgentRow row = GATE__V1__AGENT_ROW__INIT, *rows = &row;
  Gate__V1__List list = GATE__V1__LIST__INIT;
  guint before = n_items (f, "colleagues");

  status.agent = agent;
  row.status = &status;
  row.name = (char *) name;
  list.list = LI (AGENTS);
  list.agents = &rows;
  list.n_agents = 1;
  answer (f, 0, &list.base);
  WAIT_UNTIL (n_items (f, "colleagues") == before + 1);
}

#define ASSERT_FRAMES(f, expected)                      \
  G_STMT_START                                          \
  {                                                     \
    WAIT_UNTIL ((f)->frames->len >= strlen (expected)); \
    g_assert_cmpstr ((f)->frames->str, ==, expected);   \
    g_string_truncate ((f)->frames, 0);                 \
  }                                                     \
  G_STMT_END

/* --- Which list ------------------------------------------------------------------------------------------ */

static void
test_sections (Fixture       *f,
               gconstpointer  data)
{
  send (f, LI (BOT), 11, STATE (BOT), 0);
  send (f, LI (SNOOZED), 12, STATE (SNOOZED), 42);
  send (f, LI (QUEUE), 13, STATE (QUEUED), 0);
  send (f, LI (MINE), 14, STATE (ACTIVE), 42);
  send (f, LI (CLOSED), 15, STATE (CLOSED), 0);
  send (f, LI (WATCHED), 16, STATE (ACTIVE), 7);
  g_assert_cmpuint (n_items (f, "bot"), ==, 1);
  g_assert_cmpuint (n_items (f, "snoozed"), ==, 1);
  g_assert_cmpuint (n_items (f, "queue"), ==, 1);
  g_assert_cmpuint (n_items (f, "mine"), ==, 1);
  g_assert_cmpuint (n_items (f, "closed"), ==, 1);
  g_assert_cmpuint (n_items (f, "watching"), ==, 0); /* nobody follows it here */
  send (f, LI (MINE), 12, STATE (ACTIVE), 42);
  g_assert_cmpuint (n_items (f, "snoozed"), ==, 0);
  g_assert_cmpuint (n_items (f, "mine"), ==, 2);
}

static void
items_changed_cb (Fixture *f)
{
  f->n_changes++;
}

/* Three pages of a hundred rows cost the list view one change. */
static void
test_burst (Fixture       *f,
            gconstpointer  data)
{
  Gate__V1__ConvRow rows[100], *pointers[100];
  Gate__V1__List list = GATE__V1__LIST__INIT;

  list.list = LI (QUEUE);
  list.convs = pointers;
  list.n_convs = G_N_ELEMENTS (rows);
  g_signal_connect_swapped (f->session->queue, "items-changed", G_CALLBACK (items_changed_cb), f);
  for (guint page = 0; page < 3; page++) {
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
      fill_row (&rows[i], 100 + page * 100 + i, STATE (QUEUED), 0);
      pointers[i] = &rows[i];
    }
    list.reset = page == 0;
    list.more = page < 2;
    answer (f, 0, &list.base);
  }
  WAIT_UNTIL (n_items (f, "queue") == 3 * G_N_ELEMENTS (rows));
  g_assert_cmpuint (f->n_changes, ==, 1);
  g_signal_handlers_disconnect_by_data (f->session->queue, f);
}

/* --- Who looks ------------------------------------------------------------------------------------------- */

static void
test_viewing (Fixture       *f,
              gconstpointer  data)
{
  send (f, LI (QUEUE), 13, STATE (QUEUED), 0);
  send (f, LI (MINE), 14, STATE (ACTIVE), 42);
  usher_session_show (f->session, get (f, 13), TRUE);
  ASSERT_FRAMES (f, "watch 13 1\n");
  usher_session_show (f->session, get (f, 13), FALSE); /* it is still on the screen */
  usher_session_show (f->session, get (f, 14), TRUE);  /* beside it */
  ASSERT_FRAMES (f, "watch 14 1\n");
  usher_session_hide (f->session, get (f, 13));
  ASSERT_FRAMES (f, "watch 13 0\n");
  g_assert_cmpuint (n_items (f, "watching"), ==, 0);
  /* A new connection knows nothing of it. */
  f->gate->refuses_resume = TRUE;
  fake_gate_drop (f->gate);
  ASSERT_FRAMES (f, "watch 14 1\n");
}

static void
test_viewers (Fixture       *f,
              gconstpointer  data)
{
  guint64 agents[] = { 42, 7, 8 }, typing[] = { 7 };
  Gate__V1__Viewers viewers = GATE__V1__VIEWERS__INIT;
  Gate__V1__ConvRow row;

  send_colleague (f, 7, "Li Wei");
  send_colleague (f, 8, "Marta");
  send (f, LI (MINE), 14, STATE (ACTIVE), 42);
  viewers.conv = 14;
  viewers.agents = agents;
  viewers.n_agents = 3;
  viewers.typing = typing;
  viewers.n_typing = 1;
  answer (f, 0, &viewers.base);
  WAIT_UNTIL (usher_conversation_get_writers (get (f, 14))[0] != NULL);
  g_assert_true (g_strv_equal (usher_conversation_get_viewers (get (f, 14)),
                               (const char *const[]){ "Li Wei", "Marta", NULL }));
  g_assert_true (g_strv_equal (usher_conversation_get_writers (get (f, 14)),
                               (const char *const[]){ "Li Wei", NULL }));
  /* They have left: the row says so too. */
  fill_row (&row, 14, STATE (ACTIVE), 42);
  row.viewers = agents;
  row.n_viewers = 1;
  send_row (f, LI (MINE), &row);
  WAIT_UNTIL (usher_conversation_get_viewers (get (f, 14))[0] == NULL);
  g_assert_null (usher_conversation_get_writers (get (f, 14))[0]);
}

static void
test_watching (Fixture       *f,
               gconstpointer  data)
{
  send (f, LI (BOT), 11, STATE (BOT), 0);
  usher_session_set_watching (f->session, get (f, 11), TRUE);
  ASSERT_FRAMES (f, "watch 11 1\n");
  g_assert_cmpuint (n_items (f, "watching"), ==, 1);
  g_assert_cmpuint (n_items (f, "bot"), ==, 0);
  /* It is followed after the console was started anew. */
  close_session (f);
  open_session (f);
  g_assert_cmpuint (n_items (f, "watching"), ==, 1);
  sign_in (f);
  ASSERT_FRAMES (f, "watch 11 1\n");
  send (f, LI (WATCHED), 11, STATE (BOT), 0);
  usher_session_set_watching (f->session, get (f, 11), FALSE);
  ASSERT_FRAMES (f, "watch 11 0\n");
  g_assert_cmpuint (n_items (f, "bot"), ==, 1);
  f->refuses = TRUE;
  usher_session_set_watching (f->session, get (f, 11), TRUE);
  WAIT_UNTIL (f->slug != NULL);
  g_assert_cmpstr (f->slug, ==, "forbidden");
  g_assert_false (usher_conversation_get_is_watched (get (f, 11)));
}

/* --- What is done ----------------------------------------------------------------------------------------- */

static void
test_commands (Fixture       *f,
               gconstpointer  data)
{
  send (f, LI (MINE), 14, STATE (ACTIVE), 42);
  usher_session_snooze (f->session, get (f, 14), 0);
  ASSERT_FRAMES (f, "snooze 14 until 0 wake 0\n");
  usher_session_snooze (f->session, get (f, 14), (gint64) 2000000000 * G_USEC_PER_SEC);
  ASSERT_FRAMES (f, "snooze 14 until 2000000000 wake 0\n");
  usher_session_wake (f->session, get (f, 14));
  ASSERT_FRAMES (f, "snooze 14 until 0 wake 1\n");
  usher_session_set_hold (f->session, get (f, 14), TRUE);
  ASSERT_FRAMES (f, "hold 14 1\n");
  send (f, LI (BOT), 11, STATE (BOT), 0);
  usher_session_claim (f->session, get (f, 11));
  ASSERT_FRAMES (f, "claim 11 mode 1 epoch 3\n");
  usher_session_take_over (f->session, get (f, 11));
  ASSERT_FRAMES (f, "claim 11 mode 2 epoch 3\n");
}

/* Both may write; it is followed from then on. */
static void
test_join (Fixture       *f,
           gconstpointer  data)
{
  Gate__V1__Assignment assignment = GATE__V1__ASSIGNMENT__INIT;
  UsherConversation *conversation;

  send (f, LI (WATCHED), 16, STATE (ACTIVE), 7);
  conversation = get (f, 16);
  g_assert_false (usher_conversation_may_write (conversation));
  usher_session_join (f->session, conversation);
  ASSERT_FRAMES (f, "claim 16 mode 3 epoch 3\n");
  assignment.conv = 16;
  assignment.agent = 7;
  assignment.agent_name = (char *) "Li Wei";
  assignment.epoch = 4;
  answer (f, f->claim_id, &assignment.base);
  WAIT_UNTIL (usher_conversation_get_is_joined (conversation));
  g_assert_true (usher_conversation_may_write (conversation));
  g_assert_false (usher_conversation_get_is_mine (conversation));
  g_assert_cmpuint (n_items (f, "watching"), ==, 1);
}

static void
test_tags (Fixture       *f,
           gconstpointer  data)
{
  static const char *const vip[] = { "vip", NULL };
  g_auto (GStrv) known = NULL;

  send (f, LI (MINE), 14, STATE (ACTIVE), 42);
  usher_session_change_tags (f->session, get (f, 14), vip, NULL);
  g_assert_true (g_strv_equal (usher_conversation_get_tags (get (f, 14)), vip)); /* at once */
  ASSERT_FRAMES (f, "update 14 +vip\n");
  known = usher_session_dup_known_tags (f->session);
  g_assert_true (g_strv_equal ((const char *const *) known, vip));
  f->refuses = TRUE;
  usher_session_change_tags (f->session, get (f, 14), NULL, vip);
  g_assert_null (usher_conversation_get_tags (get (f, 14))[0]);
  WAIT_UNTIL (f->slug != NULL);
  g_assert_true (g_strv_equal (usher_conversation_get_tags (get (f, 14)), vip)); /* taken back */
}

#define ADD(path, func) g_test_add ("/session/lists/" path, Fixture, NULL, setup, func, teardown)

int
main (int    argc,
      char **argv)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("sections", test_sections);
  ADD ("burst", test_burst);
  ADD ("viewing", test_viewing);
  ADD ("viewers", test_viewers);
  ADD ("watching", test_watching);
  ADD ("commands", test_commands);
  ADD ("join", test_join);
  ADD ("tags", test_tags);
  return g_test_run ();
}
