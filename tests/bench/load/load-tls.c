/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sockets with and without TLS behind one pair of functions that answer as recv() and send() do. The server's name is not
 * checked: the generator goes where it is told. */
#include "load-worker.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

SSL_CTX *
load_tls_new (void)
{
  SSL_CTX *context = SSL_CTX_new (TLS_client_method ());

  g_assert (context != NULL);
  SSL_CTX_set_mode (context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                               SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_OFF);
  return context;
}

void
load_tls_attach (LoadClient *self)
{
  if (self->worker->tls == NULL)
    return;
  self->ssl = SSL_new (self->worker->tls);
  g_assert (self->ssl != NULL && SSL_set_fd (self->ssl, self->fd) == 1);
  SSL_set_connect_state (self->ssl);
}

void
load_tls_detach (LoadClient *self)
{
  g_clear_pointer (&self->ssl, SSL_free);
}

/* As errno tells it: a handshake that waits for the peer is nothing to read and no room to write. */
static gssize
result_of (SSL *ssl,
           int  n)
{
  int error = n > 0 ? SSL_ERROR_NONE : SSL_get_error (ssl, n);

  if (error == SSL_ERROR_NONE)
    return n;
  errno = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? EAGAIN : EPROTO;
  return error == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

gssize
load_tls_recv (LoadClient *self,
               guint8     *ret_data,
               gsize       n_bytes)
{
  if (self->ssl == NULL)
    return recv (self->fd, ret_data, n_bytes, 0);
  ERR_clear_error ();
  return result_of (self->ssl, SSL_read (self->ssl, ret_data, (int) n_bytes));
}

gssize
load_tls_send (LoadClient   *self,
               const guint8 *data,
               gsize         n_bytes)
{
  if (self->ssl == NULL)
    return send (self->fd, data, n_bytes, MSG_NOSIGNAL);
  ERR_clear_error ();
  return result_of (self->ssl, SSL_write (self->ssl, data, (int) n_bytes));
}
