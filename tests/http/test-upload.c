/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the worker does with more uploads than it has room for, and with those that are never finished. */
#include "http-fixture.h"
#include "media-files.h"

#include "gate-media-store.h"
#include "gate-vitals.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#define ID         "abcd1234EFGH-_xy"
#define PER_PEER   100  /* connections of one address */
#define SOME_BYTES 1500 /* of a body, so that it is not slow yet */

#define IN_MEMORY (GATE_MEDIA_MEMORY_BYTES / GATE_UPLOAD_MEMORY_BYTES)
#define HELD      (IN_MEMORY + GATE_MEDIA_MAX_FILES)

static gboolean
core (Fixture                       *self,
      const Gate__Link__V1__Request *request,
      Gate__Link__V1__Reply         *reply,
      WireArena                     *arena)
{
  reply->body_case = GATE__LINK__V1__REPLY__BODY_DONE;
  reply->done = wire_arena_new0 (arena, Gate__Link__V1__Done);
  gate__link__v1__done__init (reply->done);
  return TRUE;
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  fixture_set_up (self, data);
  self->core = core;
}

static guint
count_unfinished (Fixture *self)
{
  g_autofree char *path = g_build_filename (self->data_dir, "media", "incoming", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static int
put (Fixture    *self,
     guint       n,
     const char *id,
     gsize       size_bytes,
     const void *body,
     gsize       body_bytes)
{
  g_autofree char *peer = g_strdup_printf ("10.0.0.%u", n / PER_PEER);
  g_autofree char *url = media_upload_url (id, "image/png", size_bytes);
  g_autofree char *head =
    g_strdup_printf ("PUT %s HTTP/1.1\r\nHost: x\r\nContent-Length: %" G_GSIZE_FORMAT
                     "\r\nConnection: close\r\n\r\n",
                     url, size_bytes);
  g_autoptr (GByteArray) request = g_byte_array_new ();

  g_byte_array_append (request, (const guint8 *) head, (guint) strlen (head));
  g_byte_array_append (request, body, (guint) body_bytes);
  return fixture_connect_from (self, peer, (const char *) request->data, request->len);
}

/* An upload that begins and does not go on. */
static int
begin (Fixture *self,
       guint    n,
       gsize    size_bytes)
{
  static const guint8 bytes[SOME_BYTES];
  g_autofree char *id = g_strdup_printf ("held%08u", n);

  return put (self, n, id, size_bytes, bytes, sizeof bytes);
}

static int
put_picture (Fixture *self)
{
  g_autoptr (GByteArray) file = media_png (32, 16, 1);

  return put (self, 10 * PER_PEER, ID, file->len, file->data, file->len);
}

/* Whatever came before has been looked at when this is answered. */
static void
round_trip (Fixture *self)
{
  g_auto (Answer) answer = { 0 };

  fixture_ask (self, "GET", "/nothing", "", NULL, 0, &answer);
  g_assert_cmpuint (answer.status, ==, 404);
}

static void
hold (Fixture *self,
      int     *fds,
      guint    from,
      guint    to)
{
  for (guint i = from; i < to; i++)
    fds[i] = begin (self, i, GATE_UPLOAD_MEMORY_BYTES);
  round_trip (self);
}

static void
let_go (int   *fds,
        guint  n)
{
  for (guint i = 0; i < n; i++)
    close (fds[i]);
}

static gboolean
is_answered (int fd)
{
  struct pollfd readable = { .fd = fd, .events = POLLIN };

  return poll (&readable, 1, 0) > 0;
}

static guint
read_status (Fixture *self,
             int      fd)
{
  g_auto (Answer) answer = { 0 };

  fixture_read (self, fd, FALSE, &answer);
  close (fd);
  return answer.status;
}

static void
check_refused (Fixture *self,
               int      fd)
{
  g_autofree char *retry = NULL;
  g_auto (Answer) answer = { 0 };

  fixture_read (self, fd, FALSE, &answer);
  close (fd);
  answer_assert_problem (&answer, 503, "try_again");
  retry = answer_header (&answer, "Retry-After");
  g_assert_cmpstr (retry, ==, "5");
}

/* --- Tests --------------------------------------------------------------------------------------- */

/* The client of a large one leaves in the middle: nothing stays. */
static void
test_broken_off (Fixture       *self,
                 gconstpointer  data)
{
  int fd = begin (self, 0, GATE_UPLOAD_MEMORY_BYTES + 1);

  TURN_UNTIL (self, count_unfinished (self) == 1);
  close (fd);
  TURN_UNTIL (self, count_unfinished (self) == 0);
}

/* Memory first, and files when there is no more of it. What was held is given back: a second time it is the same. */
static void
test_memory (Fixture       *self,
             gconstpointer  data)
{
  int fds[HELD];

  for (guint i = 0; i < 2; i++) {
    hold (self, fds, 0, IN_MEMORY);
    g_assert_cmpuint (count_unfinished (self), ==, 0);
    hold (self, fds, IN_MEMORY, HELD);
    g_assert_cmpuint (count_unfinished (self), ==, GATE_MEDIA_MAX_FILES);
    let_go (fds, HELD);
    TURN_UNTIL (self, count_unfinished (self) == 0);
    round_trip (self);
  }
}

/* There is no room: it waits, and is stored when there is. */
static void
test_waits (Fixture       *self,
            gconstpointer  data)
{
  int fds[HELD];
  int waiting;

  hold (self, fds, 0, HELD);
  waiting = put_picture (self);
  round_trip (self);
  round_trip (self);
  g_assert_false (is_answered (waiting));
  g_assert_cmpuint (self->n_requests, ==, 0);
  close (fds[0]);
  g_assert_cmpuint (read_status (self, waiting), ==, 201);
  let_go (fds + 1, HELD - 1);
}

/* Somebody who leaves the line makes no trouble later. */
static void
test_leaves (Fixture       *self,
             gconstpointer  data)
{
  int fds[HELD];
  int waiting;

  hold (self, fds, 0, HELD);
  close (put_picture (self));
  waiting = put_picture (self);
  round_trip (self);
  let_go (fds, HELD);
  g_assert_cmpuint (read_status (self, waiting), ==, 201);
}

/* The line is as long as it may be: the next is told at once to come back, and who stands in it goes on waiting. */
static void
test_full_line (Fixture       *self,
                gconstpointer  data)
{
  int fds[HELD + GATE_MEDIA_MAX_WAITING];
  int one_too_many;

  hold (self, fds, 0, G_N_ELEMENTS (fds));
  one_too_many = put_picture (self);
  check_refused (self, one_too_many);
  g_assert_false (is_answered (fds[HELD]));
  let_go (fds, G_N_ELEMENTS (fds));
  TURN_UNTIL (self, read_status (self, put_picture (self)) == 201);
}

/* Nobody leaves: who waits is told in time. */
static void
test_deadline (Fixture       *self,
               gconstpointer  data)
{
  int fds[HELD];
  gint64 began_us;

  hold (self, fds, 0, HELD);
  began_us = g_get_monotonic_time ();
  check_refused (self, put_picture (self));
  g_assert_cmpint (g_get_monotonic_time () - began_us, >=, (gint64) GATE_MEDIA_WAIT_MS * 1000);
  let_go (fds, HELD);
}

static void
add (const char *path,
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
    add ("/http/upload/deadline", test_deadline);
    return g_test_run ();
  }
  add ("/http/upload/broken-off", test_broken_off);
  add ("/http/upload/memory", test_memory);
  add ("/http/upload/waits", test_waits);
  add ("/http/upload/leaves", test_leaves);
  add ("/http/upload/full-line", test_full_line);
  return g_test_run ();
}
