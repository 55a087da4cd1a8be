/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-client.h"
#include "gate-transport.h"

#include <errno.h>
#include <sys/socket.h>

static gssize
tcp_read (GateClient *client,
          guint8     *buffer,
          gsize       n_bytes)
{
  return recv (client->watch.fd, buffer, n_bytes, MSG_DONTWAIT);
}

static gssize
tcp_write (GateClient         *client,
           const struct iovec *pieces,
           int                 n_pieces)
{
  struct msghdr message = { .msg_iov = (struct iovec *) pieces, .msg_iovlen = (gsize) n_pieces };

  if (n_pieces == 1) /* the kernel need not fetch the pieces first */
    return send (client->watch.fd, pieces->iov_base, pieces->iov_len, MSG_DONTWAIT | MSG_NOSIGNAL);
  return sendmsg (client->watch.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void
tcp_shut (GateClient *client)
{
  /* The peer may be gone already; then the next read says so. */
  (void) shutdown (client->watch.fd, SHUT_WR);
}

const GateTransport gate_transports[GATE_N_TRANSPORTS] = {
  [GATE_TRANSPORT_TCP] = { "tcp", tcp_read, tcp_write, tcp_shut },
};
