/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-link.h"
#include "gate-record.h"
#include "link.pb-c.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEADLINE_US (10 * G_USEC_PER_SEC)

typedef struct {
  GateLoop *loop;
  GateLink *link;
  int peer_fd;       /* the raw other end */
  GPtrArray *bodies; /* GBytes */
  GArray *numbers;
  GArray *fds; /* one for each record, -1 = none */
  guint n_closed;
  guint n_drained;
  gboolean free_in_record;
  gboolean free_in_closed;
} Fixture;

static void
on_record (GateLink         *link,
           const GateRecord *record,
           gpointer          user_data)
{
  Fixture *self = user_data;

  g_ptr_array_add (self->bodies, g_bytes_new (record->body, record->body_bytes));
  g_array_append_val (self->numbers, record->number);
  g_array_append_val (self->fds, record->fd);
  if (self->free_in_record)
    g_clear_pointer (&self->link, gate_link_free);
}

static void
on_closed (GateLink *link,
           gpointer  user_data)
{
  Fixture *self = user_data;

  self->n_closed++;
  if (self->free_in_closed)
    g_clear_pointer (&self->link, gate_link_free);
}

static void
on_drained (GateLink *link,
            gpointer  user_data)
{
  Fixture *self = user_data;

  self->n_drained++;
}

static const GateLinkHandler handler = {
  .record = on_record,
  .closed = on_closed,
  .drained = on_drained,
};

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  self->loop = gate_loop_new ();
  self->peer_fd = pair[1];
  self->bodies = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->numbers = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->fds = g_array_new (FALSE, FALSE, sizeof (int));
  self->link = gate_link_new (pair[0], &handler, self);
  g_assert_true (gate_link_attach (self->link, self->loop));
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  gate_link_free (self->link);
  for (guint i = 0; i < self->fds->len; i++)
    if (g_array_index (self->fds, int, i) >= 0)
      close (g_array_index (self->fds, int, i));
  g_array_unref (self->fds);
  g_array_unref (self->numbers);
  g_ptr_array_unref (self->bodies);
  if (self->peer_fd >= 0)
    close (self->peer_fd);
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

static GByteArray *
make_record (GateRecordType  type,
             guint32         number,
             const char     *body,
             gsize           body_bytes)
{
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_set_size (bytes, GATE_RECORD_HEAD_BYTES);
  gate_record_write_head (bytes->data, type, 0, number, body_bytes);
  g_byte_array_append (bytes, (const guint8 *) body, (guint) body_bytes);
  return bytes;
}

/* Sends bytes with @n_fds copies of @fd attached to the first of them. */
static void
send_raw (int           socket_fd,
          gconstpointer bytes,
          gsize         n_bytes,
          int           fd,
          guint         n_fds)
{
  char control[CMSG_SPACE (4 * sizeof (int))] = { 0 };
  struct iovec piece = { (gpointer) bytes, n_bytes };
  struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };

  if (n_fds > 0) {
    struct cmsghdr *head;

    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE (n_fds * sizeof (int));
    head = CMSG_FIRSTHDR (&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN (n_fds * sizeof (int));
    for (guint i = 0; i < n_fds; i++)
      memcpy (CMSG_DATA (head) + i * sizeof (int), &fd, sizeof (int));
  }
  g_assert_cmpint (sendmsg (socket_fd, &message, MSG_NOSIGNAL), ==, n_bytes);
}

static guint
count_open_fds (void)
{
  guint n = 0;

  for (int fd = 0; fd < 256; fd++)
    n += fcntl (fd, F_GETFD) >= 0;
  return n;
}

/* --- Receiving ----------------------------------------------------------------------------------- */

static void
test_every_split (Fixture       *self,
                  gconstpointer  data)
{
  g_autoptr (GByteArray) stream = make_record (GATE_RECORD_FRAME, 7, "first", 5);
  g_autoptr (GByteArray) second = make_record (GATE_RECORD_REQUEST, 8, "", 0);

  g_byte_array_append (stream, second->data, second->len);
  for (guint split = 0; split <= stream->len; split++) {
    guint n_before = self->bodies->len;

    if (split > 0)
      send_raw (self->peer_fd, stream->data, split, -1, 0);
    gate_loop_turn (self->loop, 0);
    if (split < stream->len)
      send_raw (self->peer_fd, stream->data + split, stream->len - split, -1, 0);
    TURN_UNTIL (self->loop, self->bodies->len == n_before + 2);
    g_assert_cmpuint (g_array_index (self->numbers, guint32, n_before), ==, 7);
    g_assert_cmpuint (g_array_index (self->numbers, guint32, n_before + 1), ==, 8);
    g_assert_cmpuint (g_bytes_get_size (g_ptr_array_index (self->bodies, n_before)), ==, 5);
  }
  g_assert_cmpuint (self->n_closed, ==, 0);
}

static void
test_longest (Fixture       *self,
              gconstpointer  data)
{
  gsize body_bytes = GATE_RECORD_MAX_BYTES - 8;
  g_autofree char *body = g_malloc0 (body_bytes);
  g_autoptr (GByteArray) record = make_record (GATE_RECORD_FRAME, 1, body, body_bytes);
  gsize sent = 0;

  fcntl (self->peer_fd, F_SETFL, O_NONBLOCK);
  while (sent < record->len) {
    gssize n = send (self->peer_fd, record->data + sent, record->len - sent, MSG_NOSIGNAL);

    if (n > 0)
      sent += (gsize) n;
    gate_loop_turn (self->loop, 0);
  }
  TURN_UNTIL (self->loop, self->bodies->len == 1);
  g_assert_cmpuint (g_bytes_get_size (g_ptr_array_index (self->bodies, 0)), ==, body_bytes);
}

typedef struct {
  const char *name;
  guint8 bytes[16];
  gsize n_bytes;
} BadCase;

/* clang-format off */
static const BadCase bad_cases[] = {
  { "too-long",  { 1, 0, 16, 0 },                               4 },
  { "too-short", { 7, 0, 0, 0 },                                4 },
  { "type",      { 8, 0, 0, 0, 200, 0, 0, 0, 1, 0, 0, 0 },     12 },
  { "flags",     { 8, 0, 0, 0, 4, 128, 0, 0, 1, 0, 0, 0 },     12 },
  { "no-fd",     { 8, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0 },      12 },
};
/* clang-format on */

static void
test_bad_closes (Fixture       *self,
                 gconstpointer  data)
{
  const BadCase *test = data;

  send_raw (self->peer_fd, test->bytes, test->n_bytes, -1, 0);
  TURN_UNTIL (self->loop, self->n_closed == 1);
  g_assert_cmpuint (self->bodies->len, ==, 0);
  (void) gate_link_send (self->link, GATE_RECORD_STATS, 0, 0, NULL, 0);
  for (guint i = 0; i < 3; i++)
    gate_loop_turn (self->loop, 0);
  g_assert_cmpuint (self->n_closed, ==, 1);
}

static void
test_end_of_stream (Fixture       *self,
                    gconstpointer  data)
{
  g_autoptr (GByteArray) record = make_record (GATE_RECORD_FRAME, 1, "last", 4);

  self->free_in_closed = TRUE;
  send_raw (self->peer_fd, record->data, record->len, -1, 0);
  close (self->peer_fd);
  self->peer_fd = -1;
  TURN_UNTIL (self->loop, self->n_closed == 1);
  g_assert_cmpuint (self->bodies->len, ==, 1);
  g_assert_null (self->link);
}

static void
test_free_in_record (Fixture       *self,
                     gconstpointer  data)
{
  g_autoptr (GByteArray) record = make_record (GATE_RECORD_FRAME, 1, "x", 1);

  self->free_in_record = TRUE;
  send_raw (self->peer_fd, record->data, record->len, -1, 0);
  send_raw (self->peer_fd, record->data, record->len, -1, 0);
  TURN_UNTIL (self->loop, self->link == NULL);
  g_assert_cmpuint (self->bodies->len, ==, 1);
  g_assert_cmpuint (self->n_closed, ==, 0);
}

/* --- Descriptors --------------------------------------------------------------------------------- */

static ino_t
inode_of (int fd)
{
  struct stat status;

  g_assert_cmpint (fstat (fd, &status), ==, 0);
  return status.st_ino;
}

static int
make_file (void)
{
  g_autofree char *name = g_build_filename (g_get_tmp_dir (), "link-fd-XXXXXX", NULL);
  int fd = g_mkstemp (name);

  g_assert_cmpint (fd, >=, 0);
  unlink (name);
  return fd;
}

/* Every split of a stream of records with and without descriptors: each record gets its own. */
static void
test_fd_every_split (Fixture       *self,
                     gconstpointer  data)
{
  int file = make_file ();
  g_autoptr (GByteArray) plain = make_record (GATE_RECORD_FRAME, 3, "p", 1);
  g_autoptr (GByteArray) carrier = make_record (GATE_RECORD_DESCRIPTOR, 0, "carrier", 7);

  for (guint split = 1; split < carrier->len; split++) {
    guint at = self->fds->len;

    send_raw (self->peer_fd, plain->data, plain->len, -1, 0);
    send_raw (self->peer_fd, carrier->data, split, file, 1);
    if (split % 2 == 0)
      gate_loop_turn (self->loop, 0);
    send_raw (self->peer_fd, carrier->data + split, carrier->len - split, -1, 0);
    send_raw (self->peer_fd, carrier->data, carrier->len, self->peer_fd, 1);
    send_raw (self->peer_fd, plain->data, plain->len, -1, 0);
    TURN_UNTIL (self->loop, self->fds->len == at + 4);
    g_assert_cmpint (g_array_index (self->fds, int, at), ==, -1);
    g_assert_cmpuint (inode_of (g_array_index (self->fds, int, at + 1)), ==, inode_of (file));
    g_assert_cmpuint (inode_of (g_array_index (self->fds, int, at + 2)), ==,
                      inode_of (self->peer_fd));
    g_assert_cmpint (g_array_index (self->fds, int, at + 3), ==, -1);
  }
  g_assert_cmpuint (self->n_closed, ==, 0);
  close (file);
}

static void
test_fd_unwanted (Fixture       *self,
                  gconstpointer  data)
{
  g_autoptr (GByteArray) plain = make_record (GATE_RECORD_FRAME, 3, "p", 1);
  int file = make_file ();
  guint n_open = count_open_fds ();

  send_raw (self->peer_fd, plain->data, plain->len, file, 1);
  TURN_UNTIL (self->loop, self->n_closed == 1);
  g_assert_cmpuint (count_open_fds (), ==, n_open - 1); /* ours; the unwanted one is closed */
  close (file);
}

static void
test_fd_two_at_once (Fixture       *self,
                     gconstpointer  data)
{
  g_autoptr (GByteArray) carrier = make_record (GATE_RECORD_DESCRIPTOR, 0, "p", 1);
  int file = make_file ();
  guint n_open = count_open_fds ();

  send_raw (self->peer_fd, carrier->data, carrier->len, file, 2);
  TURN_UNTIL (self->loop, self->n_closed == 1);
  g_assert_cmpuint (self->bodies->len, ==, 0);
  g_assert_cmpuint (count_open_fds (), ==, n_open - 1);
  close (file);
}

/* A descriptor that comes with the beginning of another record never waits for a later one. */
static void
test_fd_early (Fixture       *self,
               gconstpointer  data)
{
  g_autoptr (GByteArray) plain = make_record (GATE_RECORD_FRAME, 3, "pp", 2);
  int file = make_file ();

  send_raw (self->peer_fd, plain->data, plain->len - 1, file, 1);
  TURN_UNTIL (self->loop, self->n_closed == 1);
  close (file);
}

/* --- Sending ------------------------------------------------------------------------------------- */

typedef struct {
  guint n_records;
  guint n_fds;
  guint n_wrong;
  guint n_closed;
} Sink;

static void
sink_record (GateLink         *link,
             const GateRecord *record,
             gpointer          user_data)
{
  Sink *sink = user_data;

  sink->n_wrong += record->number != 0 && record->number != sink->n_records + 1;
  sink->n_records++;
  if (record->fd >= 0) {
    sink->n_fds++;
    close (record->fd);
  }
}

static void
sink_closed (GateLink *link,
             gpointer  user_data)
{
  ((Sink *) user_data)->n_closed++;
}

static const GateLinkHandler sink_handler = {
  .record = sink_record,
  .closed = sink_closed,
};

static GateLink *
attach_sink (Fixture *self,
             Sink    *sink)
{
  GateLink *link = gate_link_new (self->peer_fd, &sink_handler, sink);

  self->peer_fd = -1;
  g_assert_true (gate_link_attach (link, self->loop));
  return link;
}

/* One send a turn: the reader finds all records of a turn in one read. */
static void
test_gathered (Fixture       *self,
               gconstpointer  data)
{
  char buffer[64 * 1024];
  guint n_records = 100;

  for (guint i = 0; i < n_records; i++)
    g_assert_true (gate_link_send (self->link, GATE_RECORD_FRAME, 0, i + 1, "abcd", 4));
  g_assert_cmpint (recv (self->peer_fd, buffer, sizeof (buffer), MSG_DONTWAIT), <, 0);
  g_assert_cmpuint (gate_link_get_queued_bytes (self->link), ==, n_records * 16);
  gate_loop_turn (self->loop, 0);
  g_assert_cmpuint (gate_link_get_queued_bytes (self->link), ==, 0);
  g_assert_cmpint (recv (self->peer_fd, buffer, sizeof (buffer), MSG_DONTWAIT), ==, n_records * 16);
}

static void
test_fd_sent (Fixture       *self,
              gconstpointer  data)
{
  Gate__Link__V1__Descriptor body = GATE__LINK__V1__DESCRIPTOR__INIT;
  Sink sink = { 0 };
  GateLink *other = attach_sink (self, &sink);
  guint n_open = count_open_fds ();
  char peer[] = "127.0.0.1";

  body.peer = peer;
  for (guint i = 0; i < 300; i++) {
    if (i % 3 == 0)
      (void) gate_link_send_descriptor (self->link, GATE_RECORD_DESCRIPTOR, 0, &body.base,
                                        make_file ());
    else
      (void) gate_link_send (self->link, GATE_RECORD_FRAME, 0, i + 1, "abc", 3);
    if (i % 7 == 0)
      gate_loop_turn (self->loop, 0);
  }
  TURN_UNTIL (self->loop, sink.n_records == 300);
  g_assert_cmpuint (sink.n_fds, ==, 100);
  g_assert_cmpuint (sink.n_wrong, ==, 0);
  g_assert_cmpuint (count_open_fds (), ==, n_open);
  gate_link_free (other);
}

/* Descriptors that were never sent are closed with the link. */
static void
test_fd_unsent (Fixture       *self,
                gconstpointer  data)
{
  Gate__Link__V1__Descriptor body = GATE__LINK__V1__DESCRIPTOR__INIT;
  guint n_open = count_open_fds ();

  for (guint i = 0; i < 10; i++)
    (void) gate_link_send_descriptor (self->link, GATE_RECORD_DESCRIPTOR, 0, &body.base,
                                      make_file ());
  g_clear_pointer (&self->link, gate_link_free);
  g_assert_cmpuint (count_open_fds (), ==, n_open - 1);
}

static void
test_limit_and_drained (Fixture       *self,
                        gconstpointer  data)
{
  g_autofree char *body = g_malloc0 (512 * 1024);
  Sink sink = { 0 };
  GateLink *other;
  guint n = 0;

  do
    n++;
  while (gate_link_send (self->link, GATE_RECORD_FRAME, 0, n, body, 512 * 1024));
  g_assert_cmpuint (n, ==, 16); /* 8 MiB and its heads are over */
  for (guint i = 0; i < 5; i++)
    gate_loop_turn (self->loop, 0);
  g_assert_cmpuint (self->n_drained, ==, 0);
  other = attach_sink (self, &sink);
  TURN_UNTIL (self->loop, sink.n_records == n);
  g_assert_cmpuint (sink.n_wrong, ==, 0);
  g_assert_cmpuint (self->n_drained, ==, 1);
  g_assert_true (gate_link_send (self->link, GATE_RECORD_FRAME, 0, 1, "x", 1));
  gate_link_free (other);
}

/* A peer that never reads costs 64 MiB at the most, then the link. */
static void
test_hard_limit (Fixture       *self,
                 gconstpointer  data)
{
  g_autofree char *body = g_malloc0 (1024 * 1024 - 8);

  for (guint i = 0; i < 80; i++)
    (void) gate_link_send (self->link, GATE_RECORD_FRAME, 0, i + 1, body, 1024 * 1024 - 8);
  g_assert_cmpuint (gate_link_get_queued_bytes (self->link), <=, 64 * 1024 * 1024);
  g_assert_cmpuint (self->n_closed, ==, 0);
  TURN_UNTIL (self->loop, self->n_closed == 1);
}

/* --- On GLib's main context ---------------------------------------------------------------------- */

static void
test_main_context (void)
{
  Sink sinks[2] = { { 0 }, { 0 } };
  g_autofree char *body = g_malloc0 (300 * 1024);
  Gate__Link__V1__Descriptor carrier = GATE__LINK__V1__DESCRIPTOR__INIT;
  GateLink *links[2];
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  for (guint i = 0; i < 2; i++) {
    links[i] = gate_link_new (pair[i], &sink_handler, &sinks[i]);
    (void) gate_link_send (links[i], GATE_RECORD_FRAME, 0, 1, "queued before", 13);
    gate_link_attach_main_context (links[i]);
  }
  for (guint i = 0; i < 20; i++)
    (void) gate_link_send (links[0], GATE_RECORD_FRAME, 0, i + 2, body, 300 * 1024);
  (void) gate_link_send_descriptor (links[0], GATE_RECORD_DESCRIPTOR, 0, &carrier.base,
                                    make_file ());
  while (sinks[1].n_records < 22 || sinks[0].n_records < 1) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    g_main_context_iteration (NULL, FALSE);
  }
  g_assert_cmpuint (sinks[1].n_wrong + sinks[0].n_wrong, ==, 0);
  g_assert_cmpuint (sinks[1].n_fds, ==, 1);
  gate_link_free (links[0]);
  while (sinks[1].n_closed == 0) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    g_main_context_iteration (NULL, FALSE);
  }
  gate_link_free (links[1]);
}

static void
add (const char    *path,
     gconstpointer  data,
     void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, data, set_up, test, tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/link/link/receive/every-split", NULL, test_every_split);
  add ("/link/link/receive/longest", NULL, test_longest);
  for (gsize i = 0; i < G_N_ELEMENTS (bad_cases); i++) {
    g_autofree char *path = g_strdup_printf ("/link/link/receive/bad/%s", bad_cases[i].name);

    add (path, &bad_cases[i], test_bad_closes);
  }
  add ("/link/link/receive/end-of-stream", NULL, test_end_of_stream);
  add ("/link/link/receive/free-inside", NULL, test_free_in_record);
  add ("/link/link/fd/every-split", NULL, test_fd_every_split);
  add ("/link/link/fd/unwanted", NULL, test_fd_unwanted);
  add ("/link/link/fd/two-at-once", NULL, test_fd_two_at_once);
  add ("/link/link/fd/early", NULL, test_fd_early);
  add ("/link/link/fd/sent", NULL, test_fd_sent);
  add ("/link/link/fd/unsent", NULL, test_fd_unsent);
  add ("/link/link/send/gathered", NULL, test_gathered);
  add ("/link/link/send/limit-and-drained", NULL, test_limit_and_drained);
  add ("/link/link/send/hard-limit", NULL, test_hard_limit);
  g_test_add_func ("/link/link/main-context", test_main_context);
  return g_test_run ();
}
