/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The workers are this program again; what one does is told by its role and the environment variable WORKER. */
#include "gate-backoff.h"
#include "gate-log.h"
#include "gate-workers.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUILD       "test-build"
#define DEADLINE_US (30 * G_USEC_PER_SEC)
#define N_SLOTS     4

typedef struct {
  GateLoop *loop;
  GateWorkers *workers;
  guint n_started[N_SLOTS];
  guint n_gone[N_SLOTS];
  guint n_records[N_SLOTS];
  guint n_peers[N_SLOTS]; /* hellos that came through the pair of two workers */
  gboolean all_gone;
} Fixture;

/* --- The worker ---------------------------------------------------------------------------------- */

typedef struct {
  GateLoop *loop;
  GateLink *link;
  GateLink *peer;
  const char *mode;
} Child;

static void G_GNUC_NORETURN
child_closed (GateLink *link,
              gpointer  user_data)
{
  _exit (0);
}

static void
peer_record (GateLink         *link,
             const GateRecord *record,
             gpointer          user_data)
{
  Child *child = user_data;

  /* Whatever the other worker says goes on to the core: so the test sees that the pair joins them. */
  (void) gate_link_send (child->link, GATE_RECORD_OPENED, 0, 99, record->body, record->body_bytes);
}

static void
peer_closed (GateLink *link,
             gpointer  user_data)
{
  Child *child = user_data;

  g_clear_pointer (&child->peer, gate_link_free);
}

static const GateLinkHandler peer_handler = { .record = peer_record, .closed = peer_closed };

static void
child_record (GateLink         *link,
              const GateRecord *record,
              gpointer          user_data)
{
  Child *child = user_data;

  if (record->type == GATE_RECORD_STOP && strcmp (child->mode, "stubborn") != 0)
    exit (0);
  if (record->type == GATE_RECORD_STATS)
    (void) gate_link_send (link, GATE_RECORD_STATS, 0, 0, NULL, 0);
  if (record->type == GATE_RECORD_FRAME)
    (void) gate_link_send (link, GATE_RECORD_FRAME, 0, record->number, record->body,
                           record->body_bytes);
  if (record->fd >= 0) {
    child->peer = gate_link_new (record->fd, &peer_handler, child);
    g_assert_true (gate_link_attach (child->peer, child->loop));
    (void) gate_link_send (child->peer, GATE_RECORD_FRAME, 0, 1, "peer", 4);
  }
}

static const GateLinkHandler child_handler = { .record = child_record, .closed = child_closed };

static void
child_hello (Child      *child,
             const char *role,
             guint       index)
{
  Gate__Link__V1__WorkerHello hello = GATE__LINK__V1__WORKER_HELLO__INIT;
  g_autofree char *build = g_strdup (strcmp (child->mode, "old-build") == 0 ? "older" : BUILD);

  hello.role = strcmp (role, "edge") == 0 ? GATE__LINK__V1__WORKER_ROLE__WR_EDGE
                                          : GATE__LINK__V1__WORKER_ROLE__WR_HTTP;
  hello.index = index;
  hello.pid = (guint32) getpid ();
  hello.build = build;
  (void) gate_link_send_message (child->link, GATE_RECORD_HELLO, 0, 0, &hello.base);
}

static int
run_worker (const char *role,
            guint       index)
{
  Child child = { .loop = gate_loop_new (), .mode = g_getenv ("WORKER") };

  if (child.mode == NULL)
    child.mode = "good";
  if (strcmp (child.mode, "crash") == 0)
    abort ();
  child.link = gate_link_new (GATE_LINK_FD, &child_handler, &child);
  g_assert_true (gate_link_attach (child.link, child.loop));
  child_hello (&child, role, index);
  if (strcmp (child.mode, "liar") == 0)
    (void) gate_link_send (child.link, (GateRecordType) 77, 0, 0, NULL, 0);
  if (strcmp (child.mode, "silent") == 0) {
    gate_loop_turn (child.loop, 0);
    for (;;)
      pause ();
  }
  gate_loop_run (child.loop);
  return 0;
}

/* --- The core ------------------------------------------------------------------------------------ */

static void
on_started (guint                       index,
            Gate__Link__V1__WorkerRole  role,
            GateLink                   *link,
            gpointer                    user_data)
{
  Fixture *self = user_data;

  self->n_started[index]++;
  g_assert_true (gate_workers_get_link (self->workers, index) == link);
}

static void
on_record (guint                       index,
           Gate__Link__V1__WorkerRole  role,
           const GateRecord           *record,
           gpointer                    user_data)
{
  Fixture *self = user_data;

  self->n_records[index] += record->type == GATE_RECORD_FRAME;
  self->n_peers[index] += record->type == GATE_RECORD_OPENED;
}

static void
on_gone (guint                      index,
         Gate__Link__V1__WorkerRole role,
         gpointer                   user_data)
{
  Fixture *self = user_data;

  self->n_gone[index]++;
  g_assert_null (gate_workers_get_link (self->workers, index));
}

static const GateWorkersHandler workers_handler = {
  .started = on_started,
  .record = on_record,
  .gone = on_gone,
};

static void
on_all_gone (gpointer user_data)
{
  ((Fixture *) user_data)->all_gone = TRUE;
}

static void
set_up (Fixture       *self,
        gconstpointer  mode)
{
  g_setenv ("WORKER", mode, TRUE);
  self->loop = gate_loop_new ();
  self->workers = gate_workers_new (self->loop, BUILD, &workers_handler, self);
}

static void
tear_down (Fixture       *self,
           gconstpointer  mode)
{
  gate_workers_free (self->workers);
  gate_loop_free (self->loop);
}

#define TURN_UNTIL(loop, condition)                              \
  G_STMT_START                                                   \
  {                                                              \
    gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;  \
    while (!(condition)) {                                       \
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us); \
      gate_loop_turn ((loop), 20);                               \
    }                                                            \
  }                                                              \
  G_STMT_END

#define EDGE GATE__LINK__V1__WORKER_ROLE__WR_EDGE
#define HTTP GATE__LINK__V1__WORKER_ROLE__WR_HTTP

static void
test_up_and_stop (Fixture       *self,
                  gconstpointer  mode)
{
  g_assert_cmpuint (gate_workers_add (self->workers, EDGE, -1, -1), ==, 0);
  g_assert_cmpuint (gate_workers_add (self->workers, HTTP, -1, -1), ==, 1);
  TURN_UNTIL (self->loop, self->n_started[0] == 1 && self->n_started[1] == 1);
  g_assert_cmpuint (gate_workers_get_n_up (self->workers, EDGE), ==, 1);
  (void) gate_link_send (gate_workers_get_link (self->workers, 1), GATE_RECORD_FRAME, 0, 5, "x", 1);
  TURN_UNTIL (self->loop, self->n_records[1] == 1);
  gate_workers_stop (self->workers, 1000, on_all_gone);
  TURN_UNTIL (self->loop, self->all_gone);
  g_assert_cmpuint (self->n_gone[0] + self->n_gone[1], ==, 2);
  g_assert_cmpuint (gate_workers_get_n_up (self->workers, EDGE), ==, 0);
  g_assert_cmpuint (gate_workers_get_restarts (self->workers, 0), ==, 0);
  g_assert_cmpint (gate_workers_get_exit_status (self->workers, 0), ==, 0);
}

static void
test_killed_is_restarted (Fixture       *self,
                          gconstpointer  mode)
{
  gate_workers_add (self->workers, EDGE, -1, -1);
  gate_workers_add (self->workers, EDGE, -1, -1);
  TURN_UNTIL (self->loop, self->n_started[0] == 1 && self->n_started[1] == 1);
  for (guint round = 1; round <= 3; round++) {
    pid_t pid = gate_workers_get_pid (self->workers, 1);

    g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
    TURN_UNTIL (self->loop, self->n_started[1] == round + 1);
    g_assert_cmpint (gate_workers_get_exit_status (self->workers, 1), ==, SIGKILL);
    g_assert_cmpint (gate_workers_get_pid (self->workers, 1), !=, pid);
    g_assert_cmpuint (self->n_gone[1], ==, round);
    g_assert_cmpuint (gate_workers_get_restarts (self->workers, 1), ==, round);
  }
  g_assert_cmpuint (self->n_gone[0], ==, 0);
}

static void
test_join (Fixture       *self,
           gconstpointer  mode)
{
  gate_workers_add (self->workers, EDGE, -1, -1);
  gate_workers_add (self->workers, HTTP, -1, -1);
  g_assert_false (gate_workers_join (self->workers, 0, 1));
  TURN_UNTIL (self->loop, self->n_started[0] == 1 && self->n_started[1] == 1);
  g_assert_true (gate_workers_join (self->workers, 0, 1));
  TURN_UNTIL (self->loop, self->n_peers[0] == 1 && self->n_peers[1] == 1);
}

/* A worker that dies at once is tried again, later and later; the core never hears of it. */
static void
test_crashing (Fixture       *self,
               gconstpointer  mode)
{
  gint64 begin_us = g_get_monotonic_time ();

  gate_workers_add (self->workers, EDGE, -1, -1);
  TURN_UNTIL (self->loop, gate_workers_get_restarts (self->workers, 0) == 4);
  /* pauses 0, 0.1, 0.2 lie before the fourth death */
  g_assert_cmpint (g_get_monotonic_time () - begin_us, >=, 280 * 1000);
  g_assert_cmpuint (self->n_started[0] + self->n_gone[0], ==, 0);
}

static void
test_refused (Fixture       *self,
              gconstpointer  mode)
{
  gate_workers_add (self->workers, EDGE, -1, -1);
  TURN_UNTIL (self->loop, gate_workers_get_restarts (self->workers, 0) == 2);
  g_assert_cmpuint (gate_workers_get_n_up (self->workers, EDGE), ==, 0);
}

static void
test_old_build (Fixture       *self,
                gconstpointer  mode)
{
  test_refused (self, mode);
  g_assert_cmpuint (self->n_started[0], ==, 0);
}

static void
test_liar (Fixture       *self,
           gconstpointer  mode)
{
  test_refused (self, mode);
  g_assert_cmpuint (self->n_started[0], ==, self->n_gone[0]);
}

static void
test_stubborn (Fixture       *self,
               gconstpointer  mode)
{
  gate_workers_add (self->workers, EDGE, -1, -1);
  TURN_UNTIL (self->loop, self->n_started[0] == 1);
  gate_workers_stop (self->workers, 100, on_all_gone);
  TURN_UNTIL (self->loop, self->all_gone);
  g_assert_cmpuint (self->n_gone[0], ==, 1);
}

/* Slow: 10 s of silence are 10 s. */
static void
test_silent (Fixture       *self,
             gconstpointer  mode)
{
  gint64 begin_us = g_get_monotonic_time ();

  gate_workers_add (self->workers, EDGE, -1, -1);
  TURN_UNTIL (self->loop, self->n_gone[0] == 1);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, >=, 9900 * 1000);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <, 13000 * 1000);
}

static void
test_backoff (void)
{
  static const guint delays_ms[] = { 0, 100, 200, 400, 800, 1600, 3200, 5000, 5000 };
  GateBackoff backoff = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (delays_ms); i++)
    g_assert_cmpuint (gate_backoff_next_ms (&backoff, G_USEC_PER_SEC), ==, delays_ms[i]);
  g_assert_cmpuint (gate_backoff_next_ms (&backoff, 60 * G_USEC_PER_SEC - 1), ==, 5000);
  g_assert_cmpuint (gate_backoff_next_ms (&backoff, 60 * G_USEC_PER_SEC), ==, 0);
  g_assert_cmpuint (gate_backoff_next_ms (&backoff, 0), ==, 100);
}

static void
add (const char *path,
     const char *mode,
     void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, mode, set_up, test, tear_down);
}

int
main (int    argc,
      char **argv)
{
  if (argc > 2 && g_str_has_prefix (argv[1], "--worker="))
    return run_worker (argv[1] + strlen ("--worker="),
                       (guint) atoi (argv[2] + strlen ("--index=")));
  g_test_init (&argc, &argv, NULL);
  gate_log_init ("core", GATE_LOG_ERROR, FALSE);
  if (g_test_slow ()) {
    add ("/link/workers/silent", "silent", test_silent);
    return g_test_run ();
  }
  g_test_add_func ("/link/workers/backoff", test_backoff);
  add ("/link/workers/up-and-stop", "good", test_up_and_stop);
  add ("/link/workers/killed-is-restarted", "good", test_killed_is_restarted);
  add ("/link/workers/join", "good", test_join);
  add ("/link/workers/crashing", "crash", test_crashing);
  add ("/link/workers/old-build", "old-build", test_old_build);
  add ("/link/workers/liar", "liar", test_liar);
  add ("/link/workers/stubborn", "stubborn", test_stubborn);
  return g_test_run ();
}
