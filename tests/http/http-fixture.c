/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "http-fixture.h"

#include "gate-http.h"
#include "gate-log.h"
#include "gate-metrics.h"
#include "wire-token.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- The core ------------------------------------------------------------------------------------ */

static void
remember (Fixture          *self,
          const GateRecord *record)
{
  if (self->last_request != NULL)
    gate__link__v1__request__free_unpacked (self->last_request, NULL);
  self->last_request = gate__link__v1__request__unpack (NULL, record->body_bytes, record->body);
  g_assert_nonnull (self->last_request);
  self->n_requests++;
}

static void
on_record (guint                       index,
           Gate__Link__V1__WorkerRole  role,
           const GateRecord           *record,
           gpointer                    user_data)
{
  Fixture *self = user_data;
  Gate__Link__V1__Reply reply = GATE__LINK__V1__REPLY__INIT;

  if (record->type != GATE_RECORD_REQUEST)
    return;
  remember (self, record);
  if (self->core != NULL && self->core (self, self->last_request, &reply, self->arena))
    (void) gate_link_send_message (gate_workers_get_link (self->workers, index), GATE_RECORD_REPLY,
                                   0, record->number, &reply.base);
  wire_arena_reset (self->arena);
}

static void
send_config (Fixture  *self,
             GateLink *link)
{
  Gate__Link__V1__WorkerConfig config = GATE__LINK__V1__WORKER_CONFIG__INIT;
  Gate__Link__V1__App app = GATE__LINK__V1__APP__INIT;
  Gate__Link__V1__App *apps[] = { &app };
  Gate__Link__V1__Setting limit = GATE__LINK__V1__SETTING__INIT;
  Gate__Link__V1__Setting *settings[] = { &limit };
  char *origins[] = { (char *) "http://127.0.0.1:*", (char *) "https://shop.example" };
  Gate__Link__V1__QueueCodes codes[] = { GATE__LINK__V1__QUEUE_CODES__INIT,
                                         GATE__LINK__V1__QUEUE_CODES__INIT,
                                         GATE__LINK__V1__QUEUE_CODES__INIT };
  Gate__Link__V1__QueueCodes *queues[] = { &codes[0], &codes[1], &codes[2] };
  char *plain[] = { (char *) "solved" };
  char *sales[] = { (char *) "sold=Sold in the shop", (char *) "no_stock" };
  char *returns_only[] = { (char *) "returns" };
  Gate__Link__V1__CannedReply replies[] = { GATE__LINK__V1__CANNED_REPLY__INIT,
                                            GATE__LINK__V1__CANNED_REPLY__INIT };
  Gate__Link__V1__CannedReply *canned[] = { &replies[0], &replies[1] };
  guint8 digest[WIRE_SHA256_BYTES];

  app.key = (char *) "demo";
  app.name = (char *) "Demo shop";
  app.greeting = (char *) "Hello";
  app.color = (char *) "#336699";
  app.n_origins = G_N_ELEMENTS (origins);
  app.origins = origins;
  limit.key = (char *) "media.max_bytes";
  limit.value = (char *) "2m";
  codes[0].name = (char *) "default";
  codes[0].n_codes = G_N_ELEMENTS (plain);
  codes[0].codes = plain;
  codes[1].name = (char *) "sales";
  codes[1].n_codes = G_N_ELEMENTS (sales);
  codes[1].codes = sales;
  codes[2].name = (char *) "returns";
  replies[0].shortcut = (char *) "hi";
  replies[0].title = (char *) "Greeting";
  replies[0].text = (char *) (self->canned_text != NULL ? self->canned_text : "Hello\n{{visitor}}");
  replies[0].folder = (char *) "Shop";
  replies[1].shortcut = (char *) "退";
  replies[1].title = (char *) "退货";
  replies[1].text = (char *) "请说明 {{order}}";
  replies[1].folder = (char *) "";
  replies[1].n_queues = G_N_ELEMENTS (returns_only);
  replies[1].queues = returns_only;
  config.n_canned = G_N_ELEMENTS (canned);
  config.canned = canned;
  config.n_queues = G_N_ELEMENTS (queues);
  config.queues = queues;
  config.n_apps = 1;
  config.apps = apps;
  config.n_settings = 1;
  config.settings = settings;
  config.data_dir = self->data_dir;
  config.demo = self->is_demo;
  config.media_secret =
    (ProtobufCBinaryData){ strlen (FIXTURE_MEDIA_SECRET), (guint8 *) FIXTURE_MEDIA_SECRET };
  wire_sha256 (FIXTURE_OPS_TOKEN, strlen (FIXTURE_OPS_TOKEN), digest);
  config.ops_token_sha256 = (ProtobufCBinaryData){ sizeof (digest), digest };
  (void) gate_link_send_message (link, GATE_RECORD_CONFIG, 0, 0, &config.base);
}

void
fixture_configure (Fixture *self)
{
  send_config (self, gate_workers_get_link (self->workers, 0));
}

/* --- The edge ------------------------------------------------------------------------------------ */

static void
peer_record (GateLink         *link,
             const GateRecord *record,
             gpointer          user_data)
{
  Fixture *self = user_data;
  Gate__Link__V1__Descriptor *body =
    gate__link__v1__descriptor__unpack (NULL, record->body_bytes, record->body);

  g_assert_nonnull (body);
  g_assert_cmpint (body->kind, ==, GATE__LINK__V1__DESCRIPTOR_KIND__DK_HTTP_CONNECTION);
  self->returned_fd = record->fd;
  g_free (self->returned_bytes);
  self->returned_bytes = g_strndup ((const char *) body->read.data, body->read.len);
  gate__link__v1__descriptor__free_unpacked (body, NULL);
}

static void
peer_closed (GateLink *link,
             gpointer  user_data)
{
  Fixture *self = user_data;

  g_clear_pointer (&self->peer, gate_link_free);
}

static const GateLinkHandler peer_handler = { .record = peer_record, .closed = peer_closed };

static void
join_peer (Fixture  *self,
           GateLink *link)
{
  Gate__Link__V1__Descriptor body = GATE__LINK__V1__DESCRIPTOR__INIT;
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  g_clear_pointer (&self->peer, gate_link_free);
  self->peer = gate_link_new (pair[0], &peer_handler, self);
  g_assert_true (gate_link_attach (self->peer, self->loop));
  body.kind = GATE__LINK__V1__DESCRIPTOR_KIND__DK_PEER;
  body.index = 7;
  (void) gate_link_send_descriptor (link, GATE_RECORD_DESCRIPTOR, 0, &body.base, pair[1]);
}

static void
on_started (guint                       index,
            Gate__Link__V1__WorkerRole  role,
            GateLink                   *link,
            gpointer                    user_data)
{
  Fixture *self = user_data;

  send_config (self, link);
  join_peer (self, link);
  self->is_up = TRUE;
  self->n_started++;
}

static void
on_gone (guint                      index,
         Gate__Link__V1__WorkerRole role,
         gpointer                   user_data)
{
  ((Fixture *) user_data)->is_up = FALSE;
}

static const GateWorkersHandler workers_handler = {
  .started = on_started,
  .record = on_record,
  .gone = on_gone,
};

/* --- Up and down --------------------------------------------------------------------------------- */

void
fixture_main (int    argc,
              char **argv)
{
  if (argc > 2 && g_str_equal (argv[1], "--worker=http"))
    exit (gate_http_main ((guint) atoi (argv[2] + strlen ("--index="))));
  gate_log_init ("core", GATE_LOG_WARNING, FALSE);
}

static void
listen_ops (Fixture *self)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t size = sizeof (address);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  self->ops_fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (self->ops_fd, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (self->ops_fd, 128), ==, 0);
  g_assert_cmpint (getsockname (self->ops_fd, (struct sockaddr *) &address, &size), ==, 0);
  self->ops_port = ntohs (address.sin_port);
}

void
fixture_set_up (Fixture       *self,
                gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  GateMetrics *metrics;

  self->loop = gate_loop_new ();
  self->arena = wire_arena_new (4096);
  self->returned_fd = -1;
  self->is_demo = TRUE;
  self->data_dir = g_dir_make_tmp ("http-test-XXXXXX", &error);
  g_assert_no_error (error);
  listen_ops (self);
  metrics = gate_metrics_create (&self->metrics_fd, &error);
  g_assert_no_error (error);
  gate_metrics_set_build (metrics, "1", "", "test");
  gate_metrics_free (metrics);
  self->workers = gate_workers_new (self->loop, USHER_VERSION, &workers_handler, self);
  gate_workers_add (self->workers, GATE__LINK__V1__WORKER_ROLE__WR_HTTP, self->ops_fd,
                    self->metrics_fd);
  TURN_UNTIL (self, self->is_up);
}

static void
all_gone (gpointer user_data)
{
  ((Fixture *) user_data)->is_up = FALSE;
}

/* Stopped as the core stops it, so that a leak in the worker is seen by its sanitizer. */
void
fixture_tear_down (Fixture       *self,
                   gconstpointer  data)
{
  g_autofree char *remove = g_strdup_printf ("rm -rf %s", self->data_dir);

  gate_workers_stop (self->workers, 0, all_gone);
  TURN_UNTIL (self, !self->is_up);
  g_assert_cmpint (gate_workers_get_exit_status (self->workers, 0), ==, 0);
  gate_workers_free (self->workers);
  gate_link_free (self->peer);
  if (self->returned_fd >= 0)
    close (self->returned_fd);
  close (self->ops_fd);
  close (self->metrics_fd);
  if (self->last_request != NULL)
    gate__link__v1__request__free_unpacked (self->last_request, NULL);
  wire_arena_free (self->arena);
  gate_loop_free (self->loop);
  g_assert_cmpint (system (remove), ==, 0);
  g_free (self->data_dir);
  g_free (self->returned_bytes);
}

/* --- Clients ------------------------------------------------------------------------------------- */

int
fixture_connect (Fixture    *self,
                 const char *read,
                 gsize       n_read)
{
  return fixture_connect_from (self, "192.0.2.7", read, n_read);
}

int
fixture_connect_from (Fixture    *self,
                      const char *peer,
                      const char *read,
                      gsize       n_read)
{
  Gate__Link__V1__Descriptor body = GATE__LINK__V1__DESCRIPTOR__INIT;
  int pair[2];

  TURN_UNTIL (self, self->peer != NULL);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), ==,
                   0);
  body.kind = GATE__LINK__V1__DESCRIPTOR_KIND__DK_HTTP_CONNECTION;
  body.peer = (char *) peer;
  body.read = (ProtobufCBinaryData){ n_read, (guint8 *) read };
  (void) gate_link_send_descriptor (self->peer, GATE_RECORD_DESCRIPTOR, 0, &body.base, pair[1]);
  return pair[0];
}

int
fixture_connect_ops (Fixture *self)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons ((guint16) self->ops_port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof (address)), ==, 0);
  g_assert_cmpint (fcntl (fd, F_SETFL, O_NONBLOCK), ==, 0);
  return fd;
}

void
fixture_send (Fixture       *self,
              int            fd,
              gconstpointer  bytes,
              gsize          n_bytes)
{
  const guint8 *at = bytes;
  gint64 deadline_us = g_get_monotonic_time () + FIXTURE_DEADLINE_US;

  while (n_bytes > 0) {
    gssize n = send (fd, at, n_bytes, MSG_NOSIGNAL);

    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
      return; /* refused before all was sent: what it says is read next */
    g_assert_true (n > 0 || errno == EAGAIN);
    if (n > 0) {
      at += n;
      n_bytes -= (gsize) n;
    }
    gate_loop_turn (self->loop, n > 0 ? 0 : 1);
  }
}

void
answer_clear (Answer *self)
{
  g_clear_pointer (&self->head, g_free);
  g_clear_pointer (&self->body, g_bytes_unref);
}

static gsize
body_length (const char *head)
{
  g_autoptr (GRegex) regex =
    g_regex_new ("^content-length: (\\d+)\\r$", G_REGEX_CASELESS | G_REGEX_MULTILINE | G_REGEX_RAW,
                 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *text = NULL;

  if (!g_regex_match (regex, head, 0, &match))
    return 0;
  text = g_match_info_fetch (match, 1);
  return (gsize) g_ascii_strtoull (text, NULL, 10);
}

static gboolean
is_bodyless (guint    status,
             gboolean is_head_request)
{
  return is_head_request || status == 204 || status == 304 || status < 200;
}

void
fixture_read (Fixture  *self,
              int       fd,
              gboolean  is_head_request,
              Answer   *ret_answer)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gint64 deadline_us = g_get_monotonic_time () + FIXTURE_DEADLINE_US;
  gsize wanted = 0;

  while (wanted == 0 || bytes->len < wanted) {
    char buffer[16 * 1024];
    const char *end;
    /* The head byte by byte: what follows belongs to the next answer. */
    gsize most = wanted == 0 ? 1 : MIN (wanted - bytes->len, sizeof (buffer));
    gssize n = recv (fd, buffer, most, MSG_DONTWAIT);

    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    if (n < 0 && errno == EAGAIN) {
      gate_loop_turn (self->loop, 1);
      continue;
    }
    g_assert_cmpint (n, >, 0);
    g_byte_array_append (bytes, (const guint8 *) buffer, (guint) n);
    end = wanted == 0 && buffer[0] == '\n'
            ? g_strstr_len ((const char *) bytes->data, bytes->len, "\r\n\r\n")
            : NULL;
    if (end == NULL)
      continue;
    ret_answer->head =
      g_strndup ((const char *) bytes->data, (gsize) (end - (const char *) bytes->data) + 2);
    ret_answer->status = (guint) atoi (ret_answer->head + strlen ("HTTP/1.1 "));
    wanted = strlen (ret_answer->head) + 2;
    if (!is_bodyless (ret_answer->status, is_head_request))
      wanted += body_length (ret_answer->head);
  }
  ret_answer->body = g_bytes_new (bytes->data + strlen (ret_answer->head) + 2,
                                  bytes->len - strlen (ret_answer->head) - 2);
}

gboolean
fixture_is_closed (Fixture *self,
                   int      fd)
{
  gint64 deadline_us = g_get_monotonic_time () + FIXTURE_DEADLINE_US;
  char byte;
  gssize n;

  while ((n = recv (fd, &byte, 1, MSG_DONTWAIT)) < 0 && errno == EAGAIN) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    gate_loop_turn (self->loop, 5);
  }
  return n <= 0;
}

void
fixture_ask (Fixture    *self,
             const char *method,
             const char *target,
             const char *headers,
             const char *body,
             gsize       body_bytes,
             Answer     *ret_answer)
{
  g_autofree char *length =
    body != NULL ? g_strdup_printf ("Content-Length: %zu\r\n", body_bytes) : g_strdup ("");
  g_autofree char *head = g_strdup_printf ("%s %s HTTP/1.1\r\nHost: gate.example\r\n%s%s\r\n",
                                           method, target, headers, length);
  int fd = fixture_connect (self, head, strlen (head));

  if (body != NULL)
    fixture_send (self, fd, body, body_bytes);
  fixture_read (self, fd, g_str_equal (method, "HEAD"), ret_answer);
  close (fd);
}

void
fixture_ask_ops (Fixture    *self,
                 const char *target,
                 const char *headers,
                 Answer     *ret_answer)
{
  g_autofree char *head =
    g_strdup_printf ("GET %s HTTP/1.1\r\nHost: ops\r\n%s\r\n", target, headers);
  int fd = fixture_connect_ops (self);

  fixture_send (self, fd, head, strlen (head));
  fixture_read (self, fd, FALSE, ret_answer);
  close (fd);
}

char *
answer_header (const Answer *self,
               const char   *name)
{
  g_autofree char *pattern = g_strdup_printf ("^%s: (.*)\\r$", name);
  g_autoptr (GRegex) regex =
    g_regex_new (pattern, G_REGEX_CASELESS | G_REGEX_MULTILINE | G_REGEX_RAW, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  return g_regex_match (regex, self->head, 0, &match) ? g_match_info_fetch (match, 1) : NULL;
}

gboolean
answer_has (const Answer *self,
            const char   *text)
{
  gsize n_bytes;
  const char *body = g_bytes_get_data (self->body, &n_bytes);

  return body != NULL && g_strstr_len (body, (gssize) n_bytes, text) != NULL;
}

void
answer_assert_problem (const Answer *self,
                       guint         status,
                       const char   *code)
{
  g_autofree char *type = answer_header (self, "Content-Type");
  g_autofree char *id = answer_header (self, "X-Request-Id");
  g_autofree char *member = g_strdup_printf ("\"code\":\"%s\"", code);
  g_autofree char *request_id = g_strdup_printf ("\"request_id\":\"%s\"", id);

  g_assert_cmpuint (self->status, ==, status);
  g_assert_cmpstr (type, ==, "application/problem+json");
  g_assert_true (answer_has (self, member));
  g_assert_true (answer_has (self, request_id));
}
