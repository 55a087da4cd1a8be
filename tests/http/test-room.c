/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the worker does when there are more connections, and slower ones, than it has places for. */
#include "http-fixture.h"

#include "gate-vitals.h"

#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define FEW_FDS     456 /* of these 256 are for other things than connections, */
#define CLIENTS     136 /* and 64 places for operators only */
#define PER_ADDRESS 200 /* limits.connections_per_ip as it is by default */

static const char ask_text[] = "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n";

/* Requests whose body does not come. */
#define STUCK(length)                                                                   \
  "POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" \
  "Content-Length: " length "\r\n\r\n"
static const char stuck_text[] = STUCK ("100");
static const char large_stuck_text[] = STUCK ("65536");
#define LARGE_AT_ONCE 512 /* 32 MiB of bodies in memory */

/* Not all of one address. */
static int
connect_nth (Fixture    *self,
             guint       n,
             const char *read)
{
  g_autofree char *peer = g_strdup_printf ("10.0.0.%u", n / 100);

  return fixture_connect_from (self, peer, read, strlen (read));
}

static guint
read_status (Fixture *self,
             int      fd)
{
  g_auto (Answer) answer = { 0 };

  fixture_read (self, fd, FALSE, &answer);
  return answer.status;
}

static guint
ask_again (Fixture *self,
           int      fd)
{
  fixture_send (self, fd, ask_text, strlen (ask_text));
  return read_status (self, fd);
}

static guint
ask_from (Fixture    *self,
          const char *peer)
{
  int fd = fixture_connect_from (self, peer, ask_text, strlen (ask_text));
  guint status = read_status (self, fd);

  close (fd);
  return status;
}

static void
close_all (const int *fds,
           guint      n)
{
  for (guint i = 0; i < n; i++)
    close (fds[i]);
}

/* Every place is taken by somebody who is idle: the one that is so for the longest goes, and no other. */
static void
test_idle_make_room (Fixture       *self,
                     gconstpointer  data)
{
  int fds[CLIENTS];
  int fresh;

  for (guint i = 0; i < CLIENTS; i++)
    fds[i] = connect_nth (self, i, ask_text);
  for (guint i = 0; i < CLIENTS; i++)
    g_assert_cmpuint (read_status (self, fds[i]), ==, 404);
  g_assert_cmpuint (ask_again (self, fds[0]), ==, 404);
  fresh = fixture_connect_from (self, "192.0.2.1", ask_text, strlen (ask_text));
  g_assert_cmpuint (read_status (self, fresh), ==, 404);
  g_assert_true (fixture_is_closed (self, fds[1]));
  g_assert_cmpuint (ask_again (self, fds[0]), ==, 404);
  g_assert_cmpuint (ask_again (self, fds[2]), ==, 404);
  g_assert_cmpuint (ask_again (self, fresh), ==, 404);
  close (fresh);
  close_all (fds, CLIENTS);
}

static gboolean
never_answer (Fixture                       *self,
              const Gate__Link__V1__Request *request,
              Gate__Link__V1__Reply         *reply,
              WireArena                     *arena)
{
  return FALSE;
}

/* Every place is taken by somebody who is being served: others are told to come back, and operators have places of their own. */
static void
test_busy (Fixture       *self,
           gconstpointer  data)
{
  static const char me[] =
    "GET /api/v1/me HTTP/1.1\r\nHost: x\r\n"
    "Authorization: Bearer ga_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n\r\n";
  g_auto (Answer) answer = { 0 };
  int fds[CLIENTS];

  self->core = never_answer;
  for (guint i = 0; i < CLIENTS; i++)
    fds[i] = connect_nth (self, i, me);
  g_assert_cmpuint (ask_from (self, "192.0.2.1"), ==, 503);
  fixture_ask_ops (self, "/livez", "", &answer);
  g_assert_cmpuint (answer.status, ==, 200);
  close_all (fds, CLIENTS);
}

/* Every place is taken by somebody whose request does not get finished: they make room, the oldest first. */
static void
test_owing (Fixture       *self,
            gconstpointer  data)
{
  int fds[CLIENTS];

  for (guint i = 0; i < CLIENTS; i++)
    fds[i] = connect_nth (self, i, stuck_text);
  TURN_UNTIL (self, ask_from (self, "192.0.2.1") == 404);
  g_assert_true (fixture_is_closed (self, fds[0]));
  for (guint i = 1; i < 100; i++)
    g_assert_cmpuint (ask_from (self, "192.0.2.1"), ==, 404);
  close_all (fds, CLIENTS);
}

/* Bodies in memory have a limit of their own, long before the places are gone. */
static void
test_bodies (Fixture       *self,
             gconstpointer  data)
{
  int fds[LARGE_AT_ONCE];
  int refused;

  for (guint i = 0; i < LARGE_AT_ONCE; i++)
    fds[i] = connect_nth (self, i, large_stuck_text);
  refused = connect_nth (self, CLIENTS, stuck_text);
  g_assert_cmpuint (read_status (self, refused), ==, 503);
  g_assert_cmpuint (ask_from (self, "192.0.2.1"), ==, 404);
  close (refused);
  close_all (fds, LARGE_AT_ONCE);
}

/* One address has its own share: its idle connections make room for its new ones, its busy ones do not, and nobody else notices. */
static void
test_address (Fixture       *self,
              gconstpointer  data)
{
  int idle[PER_ADDRESS], busy[PER_ADDRESS];
  int other = fixture_connect_from (self, "192.0.2.2", ask_text, strlen (ask_text));

  g_assert_cmpuint (read_status (self, other), ==, 404);
  for (guint i = 0; i < PER_ADDRESS; i++)
    idle[i] = fixture_connect_from (self, "192.0.2.1", ask_text, strlen (ask_text));
  for (guint i = 0; i < PER_ADDRESS; i++)
    g_assert_cmpuint (read_status (self, idle[i]), ==, 404);
  for (guint i = 0; i < PER_ADDRESS; i++) {
    busy[i] = fixture_connect_from (self, "192.0.2.1", stuck_text, strlen (stuck_text));
    g_assert_true (fixture_is_closed (self, idle[i]));
  }
  g_assert_cmpuint (ask_from (self, "192.0.2.1"), ==, 429);
  g_assert_cmpuint (ask_from (self, "192.0.2.3"), ==, 404);
  g_assert_cmpuint (ask_again (self, other), ==, 404);
  close_all (idle, PER_ADDRESS);
  close_all (busy, PER_ADDRESS);
  close (other);
}

/* --- Slowness, in real time -------------------------------------------------------------------------- */

typedef struct {
  const char *name;
  const char *start;
  guint bytes_per_s;
  guint least_s; /* until it is cut off */
  guint most_s;
  guint n_asked;             /* how often @start is sent; 0 = once */
  gboolean is_taking_slowly; /* a byte each turn, so that a socket stays full */
} SlowCase;

static const SlowCase slow_cases[] = {
  { "body-not-coming", large_stuck_text, 0, 10, 13 },
  { "body-at-90", large_stuck_text, 90, 10, 13 }, /* under 100 B/s */
  { "body-at-1000", large_stuck_text, 1000, 30,
    33 }, /* above, but a body that is kept in memory has 30 s */
  { "head-at-1", "GET /nothing HTTP/1.1\r\nHost: x\r\nX: ", 1, 10, 13 },
  { "idle", ask_text, 0, 15, 18 },
  { "takes-slowly", "GET /demo HTTP/1.1\r\nHost: x\r\n\r\n", 0, 30, 34, 500, TRUE },
};

static void
trickle (const SlowCase *test,
         int             fd,
         gint64          age_us,
         guint64        *n_sent)
{
  guint64 due = (guint64) (age_us / G_USEC_PER_SEC) * test->bytes_per_s;
  char piece[1000];

  memset (piece, 'x', sizeof piece);
  while (*n_sent < due) {
    gssize n = send (fd, piece, MIN (sizeof piece, due - *n_sent), MSG_NOSIGNAL | MSG_DONTWAIT);

    if (n <= 0)
      break;
    *n_sent += (guint64) n;
  }
}

static gboolean
is_cut_off (const SlowCase *test,
            int             fd)
{
  struct pollfd hang_up = { .fd = fd };
  char rest[4096];
  gssize n;

  do
    n = recv (fd, rest, test->is_taking_slowly ? 1 : sizeof rest, MSG_DONTWAIT);
  while (n > 0 && !test->is_taking_slowly);
  return n == 0 || (poll (&hang_up, 1, 0) > 0 && (hang_up.revents & POLLHUP) != 0);
}

static int
connect_slowly (Fixture        *self,
                const SlowCase *test)
{
  g_autoptr (GString) start = g_string_new (test->start);

  for (guint i = 1; i < test->n_asked; i++)
    g_string_append (start, test->start);
  return fixture_connect_from (self, "192.0.2.1", start->str, start->len);
}

static void
test_slow (Fixture       *self,
           gconstpointer  data)
{
  gint64 begin_us = g_get_monotonic_time ();
  int fds[G_N_ELEMENTS (slow_cases)];
  guint64 n_sent[G_N_ELEMENTS (slow_cases)] = { 0 };
  guint n_open = G_N_ELEMENTS (slow_cases);

  for (gsize i = 0; i < G_N_ELEMENTS (slow_cases); i++)
    fds[i] = connect_slowly (self, &slow_cases[i]);
  while (n_open > 0) {
    gint64 age_us = g_get_monotonic_time () - begin_us;

    gate_loop_turn (self->loop, 20);
    for (gsize i = 0; i < G_N_ELEMENTS (slow_cases); i++) {
      if (fds[i] < 0)
        continue;
      trickle (&slow_cases[i], fds[i], age_us, &n_sent[i]);
      g_assert_cmpint (age_us, <, (gint64) slow_cases[i].most_s * G_USEC_PER_SEC);
      if (!is_cut_off (&slow_cases[i], fds[i]))
        continue;
      g_test_message ("%s: %.1f s", slow_cases[i].name, (double) age_us / G_USEC_PER_SEC);
      g_assert_cmpint (age_us, >=, (gint64) slow_cases[i].least_s * G_USEC_PER_SEC);
      close (fds[i]);
      fds[i] = -1;
      n_open--;
    }
  }
}

/* A host with few descriptors, where a worker has few places: what fills 960 fills these sooner. Not taken back afterwards. */
static void
set_up_small (Fixture       *self,
              gconstpointer  data)
{
  struct rlimit few = { FEW_FDS, FEW_FDS };

  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &few), ==, 0);
  fixture_set_up (self, data);
}

static void
add (const char *path,
     void (*set_up) (Fixture *, gconstpointer),
     void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, fixture_tear_down);
}

int
main (int    argc,
      char **argv)
{
  (void) gate_vitals_raise_max_fds ();
  fixture_main (argc, argv);
  g_test_init (&argc, &argv, NULL);
  if (g_test_slow ()) {
    add ("/http/room/slow", fixture_set_up, test_slow);
    return g_test_run ();
  }
  add ("/http/room/bodies", fixture_set_up, test_bodies);
  add ("/http/room/address", fixture_set_up, test_address);
  add ("/http/room/idle-make-room", set_up_small, test_idle_make_room);
  add ("/http/room/busy", set_up_small, test_busy);
  add ("/http/room/owing", set_up_small, test_owing);
  return g_test_run ();
}
