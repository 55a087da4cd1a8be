/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-client.h"
#include "gate-pump.h"
#include "gate-tls.h"
#include "gate-transport.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

/* --- TCP -------------------------------------------------------------------------------------------- */

/* Until it is known what a client speaks. Whatever was read of a request goes to `http` with its socket: the body of an
 * upload is to stay in the socket, or a few of them fill the link. Only in the clear: a TLS record is read whole.
 */
#define OPENING_READ_BYTES ((gsize) 2048)

static gssize
tcp_read (GateClient *client,
          guint8     *buffer,
          gsize       n_bytes)
{
  gsize max_bytes =
    client->stage == GATE_CLIENT_OPENING ? MIN (n_bytes, OPENING_READ_BYTES) : n_bytes;

  return recv (client->watch.fd, buffer, max_bytes, MSG_DONTWAIT);
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

static void
tcp_release (GateClient *client)
{
}

static int
tcp_detach (GateClient *client)
{
  return client->watch.fd;
}

/* --- TLS -------------------------------------------------------------------------------------------- */

static gssize
tls_read (GateClient *client,
          guint8     *buffer,
          gsize       n_bytes)
{
  GateTls *tls = client->edge->tls;

  return gate_tls_read (tls, gate_tls_get (tls, client), client->watch.fd, buffer, n_bytes);
}

static gssize
tls_write (GateClient         *client,
           const struct iovec *pieces,
           int                 n_pieces)
{
  GateTls *tls = client->edge->tls;
  SSL *ssl = gate_tls_get (tls, client);
  gssize n_all = 0;

  for (int i = 0; i < n_pieces; i++) {
    gssize n = gate_tls_write (tls, ssl, client->watch.fd, pieces[i].iov_base, pieces[i].iov_len);

    if (n < 0)
      return n_all > 0 ? n_all : n;
    n_all += n;
    if ((gsize) n < pieces[i].iov_len)
      break;
  }
  return n_all;
}

static void
tls_shut (GateClient *client)
{
  GateTls *tls = client->edge->tls;

  gate_tls_shut (tls, gate_tls_get (tls, client), client->watch.fd);
}

static void
tls_release (GateClient *client)
{
  SSL_free (gate_tls_steal (client->edge->tls, client));
}

static int
tls_detach (GateClient *client)
{
  return gate_pump_new (client);
}

const GateTransport gate_transports[GATE_N_TRANSPORTS] = {
  [GATE_TRANSPORT_TCP] = { "tcp", FALSE, tcp_read, tcp_write, tcp_shut, tcp_release, tcp_detach },
  [GATE_TRANSPORT_TLS] = { "tls", TRUE, tls_read, tls_write, tls_shut, tls_release, tls_detach },
};
