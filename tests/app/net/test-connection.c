/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fake-gate.h"
#include "usher-close-codes.h"
#include "usher-connection.h"
#include "usher-dispatcher.h"

/* The will to be connected, and who gets which frame. What travels is tested with the session. */

static const UsherConnectionTimes fast = {
  .ping_ms = 100,
  .pong_ms = 500,
  .open_ms = 1000,
  .first_retry_ms = 10,
  .retry_ms = 10,
  .longest_ms = 40,
  .patience_ms = 150,
};

typedef struct {
  FakeGate *gate;
  UsherConnection *connection;
  guint n_welcomes;
  guint n_pongs;
  guint n_closed;
  guint last_code;
  int refusal;
} Fixture;

static void
frame_cb (UsherConnection       *connection,
          const Gate__V1__Frame *frame,
          Fixture               *f)
{
  f->n_welcomes += frame->body_case == GATE__V1__FRAME__BODY_WELCOME;
  f->n_pongs += frame->body_case == GATE__V1__FRAME__BODY_PONG;
}

static void
closed_cb (UsherConnection *connection,
           guint            code,
           Fixture         *f)
{
  f->n_closed++;
  f->last_code = code;
}

static void
refused_cb (UsherConnection *connection,
            guint            refusal,
            Fixture         *f)
{
  f->refusal = (int) refusal;
}

static void
setup (Fixture       *f,
       gconstpointer  data)
{
  f->refusal = -1;
  f->gate = fake_gate_new ();
  f->connection = usher_connection_new (f->gate->url);
  usher_connection_set_times (f->connection, &fast);
  usher_connection_set_access_token (f->connection, "ga_1");
  g_signal_connect (f->connection, "frame", G_CALLBACK (frame_cb), f);
  g_signal_connect (f->connection, "closed", G_CALLBACK (closed_cb), f);
  g_signal_connect (f->connection, "refused", G_CALLBACK (refused_cb), f);
}

static void
teardown (Fixture       *f,
          gconstpointer  data)
{
  UsherConnection *weak = f->connection;

  g_object_add_weak_pointer (G_OBJECT (weak), (gpointer *) &weak);
  usher_connection_stop (f->connection);
  g_clear_object (&f->connection);
  WAIT_UNTIL (weak == NULL);
  fake_gate_free (f->gate);
}

static gboolean
is_open (Fixture *f)
{
  return usher_connection_get_state (f->connection) == USHER_CONNECTION_OPEN;
}

static void
open_connection (Fixture *f)
{
  usher_connection_start (f->connection);
  WAIT_UNTIL (is_open (f));
}

static void
test_heartbeat (Fixture       *f,
                gconstpointer  data)
{
  guint n_closed;

  open_connection (f);
  WAIT_UNTIL (f->n_pongs >= 3);
  n_closed = f->n_closed;
  f->gate->is_silent = TRUE;
  WAIT_UNTIL (f->n_closed > n_closed);
  f->gate->is_silent = FALSE;
  WAIT_UNTIL (f->gate->n_resumes >= 1);
  WAIT_UNTIL (is_open (f));
}

/* Each code against what the table of PROTOCOLS.md 2d.5 says of it. */
typedef struct {
  guint code;
  gboolean comes_back;
  gboolean resumes;
  int refusal;
} CloseCase;

static const CloseCase close_cases[] = {
  { 1000, TRUE, TRUE, -1 },
  { 1009, TRUE, TRUE, -1 },
  { 1011, TRUE, TRUE, -1 },
  { 4001, FALSE, FALSE, USHER_REFUSAL_TOKEN },
  { 4003, FALSE, FALSE, USHER_REFUSAL_ELSEWHERE },
  { 4004, TRUE, FALSE, -1 },
  { 4005, TRUE, TRUE, -1 },
  { 4007, FALSE, FALSE, USHER_REFUSAL_VERSION },
  { 4008, TRUE, TRUE, -1 },
  { 4009, FALSE, FALSE, USHER_REFUSAL_BLOCKED },
  { 4010, TRUE, TRUE, -1 },
  { 4999, TRUE, TRUE, -1 },
};

static void
test_close (Fixture       *f,
            gconstpointer  data)
{
  const CloseCase *test_case = data;

  open_connection (f);
  fake_gate_close (f->gate, test_case->code);
  WAIT_UNTIL (f->n_closed == 1);
  g_assert_cmpuint (f->last_code, ==, test_case->code);
  if (!test_case->comes_back) {
    g_assert_cmpint (f->refusal, ==, test_case->refusal);
    g_assert_cmpuint (usher_connection_get_state (f->connection), ==, USHER_CONNECTION_STOPPED);
    return;
  }
  WAIT_UNTIL (is_open (f));
  g_assert_cmpuint (f->gate->n_resumes, ==, test_case->resumes ? 1 : 0);
  g_assert_cmpuint (f->gate->n_auths, ==, test_case->resumes ? 1 : 2);
}

/* Abused: nobody comes back before the time. */
static void
test_long_wait (Fixture       *f,
                gconstpointer  data)
{
  open_connection (f);
  fake_gate_close (f->gate, 4006);
  WAIT_UNTIL (f->n_closed == 1);
  g_assert_cmpuint (f->last_code, ==, 4006);
  g_assert_cmpint (usher_connection_get_retry_at_us (f->connection), >,
                   g_get_monotonic_time () + 59 * (gint64) G_USEC_PER_SEC);
}

/* A node that restarts: libsoup hides the code, and it is no reason to stay away for long. */
static void
test_restart (Fixture       *f,
              gconstpointer  data)
{
  open_connection (f);
  fake_gate_close (f->gate, 1012);
  WAIT_UNTIL (f->n_closed == 1);
  g_assert_cmpint (usher_connection_get_retry_at_us (f->connection), <,
                   g_get_monotonic_time () + 2 * (gint64) G_USEC_PER_SEC);
  WAIT_UNTIL (f->gate->n_resumes == 1);
}

static void
test_nobody_listens (Fixture       *f,
                     gconstpointer  data)
{
  fake_gate_stop (f->gate);
  usher_connection_start (f->connection);
  WAIT_UNTIL (f->n_closed >= 5);
  fake_gate_start (f->gate);
  WAIT_UNTIL (is_open (f));
  g_assert_cmpint (f->refusal, ==, -1);
}

static void
test_no_welcome (Fixture       *f,
                 gconstpointer  data)
{
  f->gate->is_silent = TRUE;
  usher_connection_start (f->connection);
  WAIT_UNTIL (f->n_closed >= 1);
  f->gate->is_silent = FALSE;
  WAIT_UNTIL (is_open (f));
}

/* Nobody answers, nobody refuses: tries that hung do not wait longer and longer for each other. */
static void
test_cable (Fixture       *f,
            gconstpointer  data)
{
  UsherConnectionTimes times = fast;

  times.open_ms = 20;
  times.retry_ms = 400;
  times.longest_ms = 60000;
  usher_connection_set_times (f->connection, &times);
  f->gate->is_silent = TRUE;
  usher_connection_start (f->connection);
  WAIT_UNTIL (f->n_closed >= 10); /* doubled each time it would be two minutes on the average */
  f->gate->is_silent = FALSE;
  times.open_ms = 1000;
  usher_connection_set_times (f->connection, &times);
  WAIT_UNTIL (is_open (f));
}

static void
test_go_away (Fixture       *f,
              gconstpointer  data)
{
  Gate__V1__GoAway notice = GATE__V1__GO_AWAY__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (GO_AWAY, go_away, &notice);
  gint64 began_us;

  open_connection (f);
  notice.delay_ms = 120;
  began_us = g_get_monotonic_time ();
  fake_gate_send (f->gate, &frame);
  WAIT_UNTIL (f->gate->n_resumes == 1);
  g_assert_cmpint (g_get_monotonic_time () - began_us, >=, 120 * 1000);
}

/* What is no frame ends the connection and not the program. */
static void
test_nonsense (Fixture       *f,
               gconstpointer  data)
{
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (TYPING, typing, &typing);

  open_connection (f);
  typing.on = TRUE;
  typing.preview = (char *) "\xff\xfe is no UTF-8";
  fake_gate_send (f->gate, &frame);
  WAIT_UNTIL (f->n_closed == 1);
  g_assert_cmpuint (f->last_code, ==, 1003);
  WAIT_UNTIL (is_open (f));
}

static void
test_batch (Fixture       *f,
            gconstpointer  data)
{
  Gate__V1__Pong pong = GATE__V1__PONG__INIT;
  Gate__V1__Frame one = WIRE_FRAME (PONG, pong, &pong);
  Gate__V1__Frame *both[] = { &one, &one };
  Gate__V1__Batch batch = GATE__V1__BATCH__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (BATCH, batch, &batch);

  open_connection (f);
  batch.n_frames = 2;
  batch.frames = both;
  fake_gate_send (f->gate, &frame);
  WAIT_UNTIL (f->n_pongs >= 2);
}

/* --- Dispatcher -------------------------------------------------------------------------------------- */

static void
count_frame (const Gate__V1__Frame *frame,
             gpointer               user_data)
{
  (*(guint *) user_data)++;
}

typedef struct {
  guint n_answers;
  guint n_lost;
} Heard;

static void
hear (const Gate__V1__Frame *answer,
      gpointer               user_data)
{
  Heard *heard = user_data;

  if (answer == NULL)
    heard->n_lost++;
  else
    heard->n_answers++;
}

static void
test_dispatcher (void)
{
  g_autoptr (UsherDispatcher) dispatcher = usher_dispatcher_new ();
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (ACK, ack, &ack);
  Gate__V1__List list = GATE__V1__LIST__INIT;
  Gate__V1__Frame list_frame = WIRE_FRAME (LIST, list, &list);
  Heard heard = { 0 };
  guint n_acks = 0;
  guint n_lists = 0;

  usher_dispatcher_handle (dispatcher, GATE__V1__FRAME__BODY_ACK, count_frame, &n_acks);
  usher_dispatcher_handle (dispatcher, GATE__V1__FRAME__BODY_LIST, count_frame, &n_lists);
  usher_dispatcher_dispatch (dispatcher, &frame);
  g_assert_cmpuint (n_acks, ==, 1);
  /* An outcome goes to its asker alone, what a page says to its handler too; each once. */
  frame.id = usher_dispatcher_expect (dispatcher, hear, &heard, NULL);
  usher_dispatcher_dispatch (dispatcher, &frame);
  usher_dispatcher_dispatch (dispatcher, &frame);
  g_assert_cmpuint (heard.n_answers, ==, 1);
  g_assert_cmpuint (n_acks, ==, 2);
  list_frame.id = usher_dispatcher_expect (dispatcher, hear, &heard, NULL);
  usher_dispatcher_dispatch (dispatcher, &list_frame);
  g_assert_cmpuint (n_lists, ==, 1);
  g_assert_cmpuint (heard.n_answers, ==, 2);
  usher_dispatcher_expect (dispatcher, hear, &heard, NULL);
  usher_dispatcher_forget (dispatcher, usher_dispatcher_expect (dispatcher, hear, &heard, NULL));
  usher_dispatcher_lost (dispatcher);
  g_assert_cmpuint (heard.n_lost, ==, 1);
  g_assert_cmpuint (usher_dispatcher_n_open (dispatcher), ==, 0);
}

#define ADD(path, func) g_test_add ("/net/connection/" path, Fixture, NULL, setup, func, teardown)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("heartbeat", test_heartbeat);
  ADD ("long-wait", test_long_wait);
  ADD ("restart", test_restart);
  ADD ("nobody-listens", test_nobody_listens);
  ADD ("no-welcome", test_no_welcome);
  ADD ("cable", test_cable);
  ADD ("go-away", test_go_away);
  ADD ("nonsense", test_nonsense);
  ADD ("batch", test_batch);
  for (gsize i = 0; i < G_N_ELEMENTS (close_cases); i++) {
    g_autofree char *path = g_strdup_printf ("/net/connection/close/%u", close_cases[i].code);

    g_test_add (path, Fixture, &close_cases[i], setup, test_close, teardown);
  }
  g_test_add_func ("/net/dispatcher", test_dispatcher);
  return g_test_run ();
}
