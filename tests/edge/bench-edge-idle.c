/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an idle, signed-in WebSocket connection costs an edge: the growth of its PSS, over N connections.
 *
 *   bench-edge-idle [CONNECTIONS [FIRST [1.2 | 1.3]]]       15000 and 1000 without arguments; over TLS with a version
 *
 * The clients live in a process of their own, because each process has its own limit of descriptors. The first ones (FIRST) are
 * not counted: they pay for what an edge needs once.
 */
#include "tls-client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static guint n_signed_in;

static void
take_record (Edge             *edge,
             const GateRecord *record)
{
  Gate__V1__Welcome welcome = GATE__V1__WELCOME__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (WELCOME, welcome, &welcome);

  if (record->type != GATE_RECORD_FRAME)
    return;
  edge_send_limits (edge, record->number, GATE__V1__ROLE__VISITOR, 256 * 1024, FALSE);
  welcome.session = record->number;
  edge_send_frame (edge, record->number, &frame);
  n_signed_in++;
}

/* The client's side of TLS goes when it has said hello: only the socket is kept, so that it costs this process little. */
static void
say_over_tls (int         fd,
              SSL_CTX    *context,
              const void *request,
              int         request_bytes,
              const void *hello,
              int         hello_bytes)
{
  SSL *ssl = SSL_new (context);
  char answer[1024];

  if (SSL_set_fd (ssl, fd) != 1 || SSL_connect (ssl) != 1 ||
      SSL_write (ssl, request, request_bytes) <= 0 || SSL_write (ssl, hello, hello_bytes) <= 0 ||
      SSL_read (ssl, answer, sizeof answer) <= 0) {
    fprintf (stderr, "client: no TLS\n");
    exit (1);
  }
  SSL_free (ssl);
}

static int
connect_one (int      port,
             SSL_CTX *context)
{
  static const char request[] =
    "GET /ws?app=demo HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Origin: https://shop.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
    "Sec-WebSocket-Protocol: gate.v1.pb\r\n\r\n";
  static const guint8 hello[] = { 0x82, 0x83, 0, 0, 0, 0, 0x82, 0x01, 0x00 };
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                 .sin_port = htons ((guint16) port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) != 0) {
    perror ("client");
    exit (1);
  }
  if (context != NULL)
    say_over_tls (fd, context, request, sizeof request - 1, hello, sizeof hello);
  else if (write (fd, request, sizeof request - 1) < 0 || write (fd, hello, sizeof hello) < 0)
    exit (1);
  return fd;
}

/* Connects @n_first, then one batch for each byte that comes on @control_fd. */
static void G_GNUC_NORETURN
be_clients (int      port,
            SSL_CTX *context,
            guint    n_first,
            guint    n_all,
            int      control_fd)
{
  char byte;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  for (guint i = 0; i < n_first; i++)
    (void) connect_one (port, context);
  if (read (control_fd, &byte, 1) == 1)
    for (guint i = n_first; i < n_all; i++)
      (void) connect_one (port, context);
  if (read (control_fd, &byte, 1) < 0)
    _exit (1);
  _exit (0);
}

/* Private + shared-in-proportion bytes of a process. */
static gint64
read_pss (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/smaps_rollup", pid);
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (line = strstr (text, "\nPss:")) == NULL) {
    fprintf (stderr, "cannot read %s\n", path);
    exit (1);
  }
  return g_ascii_strtoll (line + 5, NULL, 10) * 1024;
}

static void
settle (Edge  *edge,
        guint  n_wanted)
{
  gint64 deadline_us = g_get_monotonic_time () + (gint64) 120 * G_USEC_PER_SEC;

  while (n_signed_in < n_wanted && g_get_monotonic_time () < deadline_us)
    edge_turn (edge);
  for (guint i = 0; i < 300; i++)
    edge_turn (edge);
}

int
main (int    argc,
      char **argv)
{
  const char *settings[] = { "limits.connections_per_ip=0", "limits.connects_per_ip_per_s=0",
                             NULL };
  guint n_all = argc > 1 ? (guint) atoi (argv[1]) : 15000;
  guint n_first = argc > 2 ? (guint) atoi (argv[2]) : 1000;
  int version = argc > 3 && strcmp (argv[3], "1.2") == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
  TlsIdentity *identity = argc > 3 ? tls_identity_new ("bench", TLS_KEY_EC, 30) : NULL;
  SSL_CTX *context = argc > 3 ? tls_client_new (version, version) : NULL;
  struct rlimit limit;
  gint64 before_bytes;
  gint64 after_bytes;
  gint64 begin_us;
  double connect_s;
  int control[2];
  pid_t clients;
  Edge *edge;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    (void) setrlimit (RLIMIT_NOFILE, &limit);
  }
  edge = edge_start_tls (settings, identity != NULL ? &identity->tls : NULL);
  edge->take_record = take_record;
  if (pipe (control) != 0)
    return 1;
  clients = fork ();
  if (clients == 0)
    be_clients (edge->port, context, n_first, n_all, control[0]);
  settle (edge, n_first);
  before_bytes = read_pss (edge->pid);
  begin_us = g_get_monotonic_time ();
  if (write (control[1], "x", 1) != 1)
    return 1;
  while (n_signed_in < n_all && g_get_monotonic_time () - begin_us < (gint64) 120 * G_USEC_PER_SEC)
    edge_turn (edge);
  connect_s = (double) (g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC;
  settle (edge, n_all);
  after_bytes = read_pss (edge->pid);
  printf ("connections %u, signed in %u, %.0f a second\n", n_all, n_signed_in,
          (n_all - n_first) / connect_s);
  printf ("edge PSS with %u: %.0f KiB, with %u: %.0f KiB\n", n_first, (double) before_bytes / 1024,
          n_all, (double) after_bytes / 1024);
  printf ("per idle connection: %.1f bytes\n",
          (double) (after_bytes - before_bytes) / (n_all - n_first));
  return n_signed_in == n_all ? 0 : 1;
}
