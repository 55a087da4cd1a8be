/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How evenly several edges share a storm of connections, and how fast they take it.
 *
 *   bench-edge-accept [EDGES [CONNECTIONS [CLIENTS]]]     4, 8000 and 4 processes without arguments
 */
#include "edge-harness.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
  MAX_EDGES = 16
};

static void G_GNUC_NORETURN
be_client (int   port,
           guint n_connections)
{
  static const char preface[] = { (char) 0xf9, 'G', 'T', '1' };
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                 .sin_port = htons ((guint16) port) };

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  for (guint i = 0; i < n_connections; i++) {
    int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || connect (fd, (struct sockaddr *) &address, sizeof address) != 0 ||
        write (fd, preface, sizeof preface) != sizeof preface)
      _exit (1);
  }
  pause ();
  _exit (0);
}

static double
count_open (Edge *edge)
{
  return edge_metric (edge, "gate_connections{transport=\"tcp\",role=\"none\",codec=\"pb\"}");
}

int
main (int    argc,
      char **argv)
{
  const char *settings[] = { "limits.connections_per_ip=0", "limits.connects_per_ip_per_s=0",
                             "session.hello_timeout=60s", NULL };
  guint n_edges = argc > 1 ? (guint) CLAMP (atoi (argv[1]), 1, MAX_EDGES) : 4;
  guint n_connections = argc > 2 ? (guint) atoi (argv[2]) : 8000;
  guint n_clients = argc > 3 ? (guint) MAX (atoi (argv[3]), 1) : 4;
  Edge *edges[MAX_EDGES];
  gint64 begin_us;
  double n_open = 0;

  for (guint i = 0; i < n_edges; i++)
    edges[i] = i == 0 ? edge_start (settings) : edge_start_beside (edges[0], settings);
  for (guint i = 0; i < n_edges; i++)
    record_free (edge_take (edges[i], GATE_RECORD_STATS));
  begin_us = g_get_monotonic_time ();
  for (guint i = 0; i < n_clients; i++)
    if (fork () == 0)
      be_client (edges[0]->port, n_connections / n_clients);
  while (n_open < n_connections / n_clients * n_clients &&
         g_get_monotonic_time () - begin_us < (gint64) 60 * G_USEC_PER_SEC) {
    n_open = 0;
    for (guint i = 0; i < n_edges; i++)
      n_open += MAX (count_open (edges[i]), 0);
    g_usleep (1000);
  }
  printf ("%.0f connections in %.2f s\n", n_open,
          (double) (g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC);
  for (guint i = 0; i < n_edges; i++)
    printf ("edge %u: %.0f\n", i, count_open (edges[i]));
  return 0;
}
