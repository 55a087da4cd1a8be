/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-loop.h"
#include "gate-mailbox.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

typedef struct {
  GateWatch watch;
  GateLoop *loop;
  GateWatch *victim;
  guint n_calls;
} Probe;

static void
probe_ready (GateWatch *watch,
             guint32    events)
{
  Probe *probe = (Probe *) watch;

  probe->n_calls++;
  if (probe->victim != NULL)
    gate_loop_remove (probe->loop, probe->victim);
}

static void
probe_add (Probe    *probe,
           GateLoop *loop)
{
  probe->loop = loop;
  probe->watch.fd = eventfd (1, EFD_CLOEXEC | EFD_NONBLOCK);
  probe->watch.events = EPOLLIN;
  probe->watch.ready = probe_ready;
  g_assert_true (gate_loop_add (loop, &probe->watch));
}

/* Both are ready; whichever is called first removes the other, which must not be called any more. */
static void
test_remove (void)
{
  g_autoptr (GateLoop) loop = gate_loop_new ();
  Probe a = { 0 };
  Probe b = { 0 };

  probe_add (&a, loop);
  probe_add (&b, loop);
  a.victim = &b.watch;
  b.victim = &a.watch;
  gate_loop_turn (loop, 0);
  g_assert_cmpuint (a.n_calls + b.n_calls, ==, 1);
  gate_loop_turn (loop, 0);
  g_assert_cmpuint (a.n_calls + b.n_calls, ==, 2);
  close (a.watch.fd);
  close (b.watch.fd);
}

static void
test_modify (void)
{
  g_autoptr (GateLoop) loop = gate_loop_new ();
  Probe probe = { 0 };

  probe_add (&probe, loop);
  gate_loop_modify (loop, &probe.watch, 0);
  gate_loop_turn (loop, 0);
  g_assert_cmpuint (probe.n_calls, ==, 0);
  gate_loop_modify (loop, &probe.watch, EPOLLIN);
  gate_loop_turn (loop, 0);
  g_assert_cmpuint (probe.n_calls, ==, 1);
  close (probe.watch.fd);
}

typedef struct {
  GateTimer timer;
  GateLoop *loop;
  gint64 fired_us;
} Alarm;

static void
alarm_fired (GateTimer *timer)
{
  Alarm *alarm = (Alarm *) timer;

  alarm->fired_us = gate_loop_get_now_us (alarm->loop);
  g_assert_cmpint (gate_loop_get_lateness_us (alarm->loop, timer), >=, 0);
  gate_loop_quit (alarm->loop);
}

/* Never early; the loop sleeps until then and does not spin. */
static void
test_timer (void)
{
  g_autoptr (GateLoop) loop = gate_loop_new ();
  Alarm alarm = { .timer.fired = alarm_fired, .loop = loop };
  gint64 begin_us = gate_loop_get_now_us (loop);

  g_assert_false (gate_timer_is_armed (&alarm.timer));
  gate_loop_arm (loop, &alarm.timer, 150);
  g_assert_true (gate_timer_is_armed (&alarm.timer));
  gate_loop_run (loop);
  g_assert_false (gate_timer_is_armed (&alarm.timer));
  g_assert_cmpint (alarm.fired_us - begin_us, >=, 150000);
  g_assert_cmpuint (gate_loop_get_turns (loop), <=, 3);
}

typedef struct {
  GateTurnEnd turn_end;
  GateLoop *loop;
  GateTurnEnd *then;
  guint n_runs;
} Hook;

static void
hook_run (GateTurnEnd *turn_end)
{
  Hook *hook = (Hook *) turn_end;

  hook->n_runs++;
  if (hook->then != NULL)
    gate_loop_at_turn_end (hook->loop, hook->then);
}

static void
test_turn_end (void)
{
  g_autoptr (GateLoop) loop = gate_loop_new ();
  Hook second = { .turn_end.run = hook_run, .loop = loop };
  Hook first = { .turn_end.run = hook_run, .loop = loop, .then = &second.turn_end };
  Hook never = { .turn_end.run = hook_run, .loop = loop };

  gate_loop_at_turn_end (loop, &never.turn_end);
  gate_loop_at_turn_end (loop, &first.turn_end);
  gate_loop_at_turn_end (loop, &first.turn_end);
  gate_loop_cancel_turn_end (loop, &never.turn_end);
  /* Work is waiting: the loop must not sleep. */
  gate_loop_turn (loop, -1);
  g_assert_cmpuint (first.n_runs, ==, 1);
  g_assert_cmpuint (second.n_runs, ==, 1);
  g_assert_cmpuint (never.n_runs, ==, 0);
  gate_loop_at_turn_end (loop, &never.turn_end);
  gate_loop_turn (loop, -1);
  g_assert_cmpuint (never.n_runs, ==, 1);
  g_assert_cmpuint (first.n_runs, ==, 1);
}

enum {
  N_THREADS = 4,
  N_MAILS = 20000
};

typedef struct {
  GateMail mail;
  guint thread;
  guint number;
} Letter;

static guint next_number[N_THREADS];
static guint n_letters;

static void
receive (GateMail *mail,
         gpointer  user_data)
{
  Letter *letter = (Letter *) mail;

  g_assert_cmpuint (letter->number, ==, next_number[letter->thread]);
  next_number[letter->thread]++;
  n_letters++;
  g_free (letter);
}

typedef struct {
  GateMailbox *mailbox;
  guint thread;
} Poster;

static gpointer
post_all (gpointer user_data)
{
  Poster *poster = user_data;

  for (guint i = 0; i < N_MAILS; i++) {
    Letter *letter = g_new0 (Letter, 1);

    letter->thread = poster->thread;
    letter->number = i;
    gate_mailbox_post (poster->mailbox, &letter->mail);
  }
  return NULL;
}

/* Four threads post; each one's mail arrives whole and in order. */
static void
test_mailbox (void)
{
  g_autoptr (GateLoop) loop = gate_loop_new ();
  GateMailbox *mailbox = gate_mailbox_new (loop, receive, NULL);
  Poster posters[N_THREADS];
  GThread *threads[N_THREADS];
  gint64 deadline_us = g_get_monotonic_time () + (gint64) 20 * G_USEC_PER_SEC;

  for (guint i = 0; i < N_THREADS; i++) {
    posters[i] = (Poster){ mailbox, i };
    threads[i] = g_thread_new ("poster", post_all, &posters[i]);
  }
  while (n_letters < N_THREADS * N_MAILS && g_get_monotonic_time () < deadline_us)
    gate_loop_turn (loop, 100);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (n_letters, ==, N_THREADS * N_MAILS);
  gate_mailbox_free (mailbox);
}

static void
test_mailbox_free (void)
{
  g_autoptr (GateLoop) loop = gate_loop_new ();
  GateMailbox *mailbox = gate_mailbox_new (loop, receive, NULL);
  Letter *letter = g_new0 (Letter, 1);

  n_letters = 0;
  next_number[0] = 0;
  gate_mailbox_post (mailbox, &letter->mail);
  gate_mailbox_free (mailbox);
  g_assert_cmpuint (n_letters, ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/loop/remove", test_remove);
  g_test_add_func ("/base/loop/modify", test_modify);
  g_test_add_func ("/base/loop/timer", test_timer);
  g_test_add_func ("/base/loop/turn-end", test_turn_end);
  g_test_add_func ("/base/mailbox/threads", test_mailbox);
  g_test_add_func ("/base/mailbox/free", test_mailbox_free);
  return g_test_run ();
}
