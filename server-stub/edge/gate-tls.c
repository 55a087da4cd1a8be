/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenSSL never sees a socket. What a socket had is read into one buffer that all connections share, and handed through one
 * BIO that all connections share (a BIO of its own costs each 0.6 KB, measured; two in memory 2.1 KB): it is aimed at the
 * connection that is served. All of it is decrypted before anybody else is served, so nothing is ever left in it.
 */
#include "config.h"

#include "gate-client.h"
#include "gate-tls.h"

#include "gate-log.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>

#define RECEIVE_BYTES     \
  (GATE_EDGE_READ_BYTES / \
   2) /* what it decrypts to, and a record that was half here, fits the other */

struct _GateTls {
  SSL_CTX *context; /* (nullable): no TLS for new connections */
  char *loaded;     /* (nullable): digest of what it was made from */
  GateTlsTickets tickets;
  SSL **by_index; /* by the client's place in its slab; pages that nobody used cost nothing */
  BIO *bio;
  int fd;      /* whom the BIO writes to */
  WireSpan in; /* and what it still has to give */
  guint8 received[RECEIVE_BYTES];

  /* Numbers of the last clients that began a handshake. */
  guint32 handshakes[GATE_TLS_HANDSHAKES];
  guint n_handshakes;
};

/* --- The BIO ---------------------------------------------------------------------------------------- */

static int
bio_read (BIO  *bio,
          char *data,
          int   n_bytes)
{
  GateTls *self = BIO_get_data (bio);
  gsize n = MIN ((gsize) n_bytes, self->in.n_bytes);

  BIO_clear_retry_flags (bio);
  if (n == 0) {
    BIO_set_retry_read (bio);
    return -1;
  }
  memcpy (data, self->in.data, n);
  self->in.data += n;
  self->in.n_bytes -= n;
  return (int) n;
}

static int
bio_write (BIO        *bio,
           const char *data,
           int         n_bytes)
{
  GateTls *self = BIO_get_data (bio);
  gssize n = send (self->fd, data, (gsize) n_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);

  BIO_clear_retry_flags (bio);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    BIO_set_retry_write (bio);
  return (int) n;
}

static long
bio_control (BIO  *bio,
             int   command,
             long  number,
             void *pointer)
{
  return command == BIO_CTRL_FLUSH;
}

static int
bio_create (BIO *bio)
{
  BIO_set_init (bio, 1);
  return 1;
}

static BIO *
make_bio (GateTls *self)
{
  static BIO_METHOD *method; /* of the process; freed with it */
  BIO *bio;

  if (method == NULL) {
    method = BIO_meth_new (BIO_get_new_index () | BIO_TYPE_SOURCE_SINK, "edge");
    BIO_meth_set_read (method, bio_read);
    BIO_meth_set_write (method, bio_write);
    BIO_meth_set_ctrl (method, bio_control);
    BIO_meth_set_create (method, bio_create);
  }
  bio = BIO_new (method);
  BIO_set_data (bio, self);
  return bio;
}

static void
aim (GateTls  *self,
     int       fd,
     WireSpan  in)
{
  self->fd = fd;
  self->in = in;
  ERR_clear_error (); /* SSL_get_error(3): what another connection left there would count as ours */
}

/* --- Reading and writing ---------------------------------------------------------------------------- */

/* The last bytes are read first; the end, good or bad, comes back with the next turn because the socket reads as ended now. */
static gssize
end_after (gssize n_bytes,
           int    fd,
           gssize result)
{
  if (n_bytes == 0)
    return result;
  (void) shutdown (fd, SHUT_RD);
  return n_bytes;
}

static gssize
decrypt (GateTls *self,
         SSL     *ssl,
         guint8  *buffer,
         gsize    n_bytes)
{
  gsize n_all = 0;
  gsize n;

  while (SSL_read_ex (ssl, buffer + n_all, n_bytes - n_all, &n) == 1) {
    n_all += n;
    g_assert (n_all < n_bytes);
  }
  switch (SSL_get_error (ssl, 0)) {
  case SSL_ERROR_WANT_READ:
    errno = EAGAIN;
    return n_all > 0 ? (gssize) n_all : -1;
  case SSL_ERROR_ZERO_RETURN:
    return end_after ((gssize) n_all, self->fd, 0);
  /* A fresh socket takes the whole answer to a ClientHello (GATE_TLS_MAX_CHAIN_BYTES): one that does not is broken. */
  case SSL_ERROR_WANT_WRITE:
  default:
    errno = EPROTO;
    return end_after ((gssize) n_all, self->fd, -1);
  }
}

gssize
gate_tls_read (GateTls *self,
               SSL     *ssl,
               int      fd,
               guint8  *buffer,
               gsize    n_bytes)
{
  gssize n = recv (fd, self->received, MIN (n_bytes / 2, sizeof self->received), MSG_DONTWAIT);

  if (n <= 0)
    return n;
  aim (self, fd, (WireSpan){ self->received, (gsize) n });
  return decrypt (self, ssl, buffer, n_bytes);
}

gssize
gate_tls_write (GateTls      *self,
                SSL          *ssl,
                int           fd,
                const guint8 *bytes,
                gsize         n_bytes)
{
  gsize n_all = 0;
  gsize n;

  aim (self, fd, (WireSpan){ NULL, 0 });
  /* One record a call. */
  while (n_all < n_bytes && SSL_write_ex (ssl, bytes + n_all, n_bytes - n_all, &n) == 1)
    n_all += n;
  if (n_all > 0 || n_bytes == 0)
    return (gssize) n_all;
  errno = SSL_get_error (ssl, 0) == SSL_ERROR_WANT_WRITE ? EAGAIN : EPROTO;
  return -1;
}

void
gate_tls_shut (GateTls *self,
               SSL     *ssl,
               int      fd)
{
  aim (self, fd, (WireSpan){ NULL, 0 });
  if (SSL_is_init_finished (ssl))
    (void) SSL_shutdown (ssl);
  /* The peer may be gone already; then the next read says so. */
  (void) shutdown (fd, SHUT_WR);
}

/* --- Which connection has which --------------------------------------------------------------------- */

static SSL **
slot_of (GateTls          *self,
         const GateClient *client)
{
  return &self->by_index[client->number & ((1u << GATE_CLIENT_INDEX_BITS) - 1)];
}

SSL *
gate_tls_get (GateTls          *self,
              const GateClient *client)
{
  return *slot_of (self, client);
}

SSL *
gate_tls_steal (GateTls          *self,
                const GateClient *client)
{
  return g_steal_pointer (slot_of (self, client));
}

void
gate_tls_adopt (GateTls    *self,
                GateClient *client,
                SSL        *ssl)
{
  client->transport = GATE_TRANSPORT_TLS;
  *slot_of (self, client) = ssl;
}

/* --- The beginning ---------------------------------------------------------------------------------- */

/* A client that is not done when so many others have begun after it gives its place up. */
static void
take_turn (GateTls    *self,
           GateClient *client)
{
  guint32 *number = &self->handshakes[self->n_handshakes++ % GATE_TLS_HANDSHAKES];
  GateClient *older = gate_client_find (client->edge, *number);

  *number = client->number;
  if (older != NULL && older->transport == GATE_TRANSPORT_TLS &&
      !SSL_is_init_finished (gate_tls_get (self, older)))
    gate_client_refuse (older, NULL, GATE_CLOSED_OVERLOAD);
}

static SSL *
make_ssl (GateTls *self)
{
  SSL *ssl = SSL_new (self->context);

  if (ssl == NULL)
    return NULL;
  BIO_up_ref (self->bio); /* one for both directions, as long as they are the same */
  SSL_set_bio (ssl, self->bio, self->bio);
  SSL_set_accept_state (ssl);
  return ssl;
}

gboolean
gate_tls_begin (GateTls    *self,
                GateClient *client,
                WireSpan    in)
{
  SSL *ssl = self->context != NULL ? make_ssl (self) : NULL;

  if (ssl == NULL)
    return FALSE;
  take_turn (self, client);
  gate_tls_adopt (self, client, ssl);
  aim (self, client->watch.fd, in);
  /* Nobody can be done with his first bytes: what he needs to know of us is on its way only now. */
  return SSL_do_handshake (ssl) != 1 && SSL_get_error (ssl, -1) == SSL_ERROR_WANT_READ;
}

/* --- Life ------------------------------------------------------------------------------------------- */

GateTls *
gate_tls_new (guint max_clients)
{
  GateTls *self = g_new0 (GateTls, 1);

  self->by_index = g_new0 (SSL *, max_clients);
  self->bio = make_bio (self);
  return self;
}

void
gate_tls_free (GateTls *self)
{
  if (self == NULL)
    return;
  SSL_CTX_free (self->context);
  g_clear_pointer (&self->loaded, g_free);
  BIO_free (self->bio);
  OPENSSL_cleanse (&self->tickets, sizeof self->tickets);
  g_free (self->by_index);
  g_free (self);
}

static void
load_tickets (GateTls                   *self,
              const Gate__Link__V1__Tls *from)
{
  GateTlsTickets tickets = { 0 };

  for (gsize i = 0; i < MIN (from->n_ticket_keys, G_N_ELEMENTS (tickets.keys)); i++) {
    g_assert (from->ticket_keys[i].len == sizeof tickets.keys[i]);
    memcpy (&tickets.keys[i], from->ticket_keys[i].data, sizeof tickets.keys[i]);
    tickets.n_keys++;
  }
  self->tickets = tickets;
}

/* What the context depends on: a new ticket key alone needs no new one. */
static char *
digest_of (const Gate__Link__V1__Tls *from,
           gboolean                   is_13_only)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 rules[] = { (guint8) is_13_only, from->n_ticket_keys > 0 };

  g_checksum_update (sum, rules, sizeof rules);
  g_checksum_update (sum, from->chain.data, (gssize) from->chain.len);
  g_checksum_update (sum, from->key.data, (gssize) from->key.len);
  return g_strdup (g_checksum_get_string (sum));
}

void
gate_tls_load (GateTls                   *self,
               const Gate__Link__V1__Tls *from,
               gboolean                   is_13_only)
{
  g_autofree char *digest = digest_of (from, is_13_only);
  g_autoptr (GError) error = NULL;
  GateTlsIdentity identity = { from->chain.data, from->chain.len,
                               from->key.data,   from->key.len,
                               is_13_only,       from->n_ticket_keys > 0 ? &self->tickets : NULL };
  SSL_CTX *context;

  load_tickets (self, from);
  if (g_strcmp0 (self->loaded, digest) == 0)
    return;
  context = gate_tls_context_new (&identity, &error);
  if (context == NULL) {
    gate_log (GATE_LOG_ERROR, "edge_tls_refused", "err", "s", error->message, NULL);
    return;
  }
  SSL_CTX_free (self->context);
  self->context = context;
  g_free (self->loaded);
  self->loaded = g_steal_pointer (&digest);
}

void
gate_tls_unload (GateTls *self)
{
  g_clear_pointer (&self->context, SSL_CTX_free);
  g_clear_pointer (&self->loaded, g_free);
}
