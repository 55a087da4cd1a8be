/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conformance-echo [PORT]: the edge as an echo server, for WebSocket test suites that need one.
 *
 * It is the edge itself, gate_edge_main() with its listener, HTTP heads, framing, limits, outbox, writes and sandbox. Two
 * things at its borders are others: what a message means (echo-codec.c: nothing) and who hears of it (echo-core.c: the
 * sender). Limits are those of a test: 16 MiB a message, 70,000 fragments, no rates.
 */
#include "config.h"

#include "gate-edge.h"
#include "gate-link.h"
#include "gate-metrics.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 4096

static int
listen_on (guint16  port,
           guint16 *ret_port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t address_bytes = sizeof address;
  int yes = 1;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd < 0 || setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      bind (fd, (struct sockaddr *) &address, sizeof address) != 0 || listen (fd, BACKLOG) != 0 ||
      getsockname (fd, (struct sockaddr *) &address, &address_bytes) != 0)
    return -1;
  *ret_port = ntohs (address.sin_port);
  return fd;
}

/* A worker finds what it inherits at fixed places; the link's is taken by echo-core.c, which needs none. */
static void
put_in_place (int listen_fd,
              int metrics_fd)
{
  int far_listen_fd = fcntl (listen_fd, F_DUPFD, 100);
  int far_metrics_fd = fcntl (metrics_fd, F_DUPFD, 100);

  (void) close_range (3, 99, 0);
  if (dup2 (STDERR_FILENO, GATE_LINK_FD) < 0 || dup2 (far_listen_fd, GATE_LISTEN_FD) < 0 ||
      dup2 (far_metrics_fd, GATE_METRICS_FD) < 0)
    g_error ("conformance-echo: dup2 failed");
  (void) close_range (GATE_METRICS_FD + 1, G_MAXINT, 0);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  guint16 port = argc > 1 ? (guint16) g_ascii_strtoull (argv[1], NULL, 10) : 0;
  int listen_fd = listen_on (port, &port);
  int metrics_fd = -1;
  g_autoptr (GateMetrics) metrics = gate_metrics_create (&metrics_fd, &error);

  if (listen_fd < 0 || metrics == NULL) {
    perror ("conformance-echo: cannot listen");
    return EXIT_FAILURE;
  }
  /* A test that is killed takes it along. */
  (void) prctl (PR_SET_PDEATHSIG, SIGKILL);
  printf ("ready ws://127.0.0.1:%u/ws\n", port);
  fflush (stdout);
  put_in_place (listen_fd, metrics_fd);
  return gate_edge_main (0);
}
