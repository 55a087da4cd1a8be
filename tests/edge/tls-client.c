/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tls-client.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

/* --- Certificates ----------------------------------------------------------------------------------- */

static char *
take_text (BIO *bio)
{
  char *data;
  long n_bytes = BIO_get_mem_data (bio, &data);
  char *text = g_strndup (data, (gsize) n_bytes);

  BIO_free (bio);
  return text;
}

static X509 *
make_certificate (EVP_PKEY   *key,
                  const char *name,
                  int         days)
{
  X509 *certificate = X509_new ();
  X509_NAME *subject = X509_get_subject_name (certificate);

  X509_set_version (certificate, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (certificate), 1);
  X509_time_adj_ex (X509_getm_notBefore (certificate), MIN (days, 0) - 1, 0, NULL);
  X509_time_adj_ex (X509_getm_notAfter (certificate), days, 0, NULL);
  X509_NAME_add_entry_by_txt (subject, "CN", MBSTRING_UTF8, (const guint8 *) name, -1, -1, 0);
  X509_set_issuer_name (certificate, subject);
  X509_set_pubkey (certificate, key);
  g_assert_cmpint (X509_sign (certificate, key, EVP_sha256 ()), >, 0);
  return certificate;
}

void
tls_identity_rotate (TlsIdentity *self)
{
  memcpy (self->ticket_keys[1], self->ticket_keys[0], sizeof self->ticket_keys[0]);
  g_assert_cmpint (RAND_bytes (self->ticket_keys[0], sizeof self->ticket_keys[0]), ==, 1);
  self->tls.n_ticket_keys = MIN (self->tls.n_ticket_keys + 1, 2);
}

static EVP_PKEY *
make_key (TlsKeyKind kind)
{
  if (kind == TLS_KEY_EC)
    return EVP_EC_gen ("P-256");
  return EVP_RSA_gen (kind == TLS_KEY_RSA ? 2048 : 1024);
}

TlsIdentity *
tls_identity_new (const char *name,
                  TlsKeyKind  kind,
                  int         days)
{
  static const Gate__Link__V1__Tls empty = GATE__LINK__V1__TLS__INIT;
  TlsIdentity *self = g_new0 (TlsIdentity, 1);
  EVP_PKEY *key = make_key (kind);
  X509 *certificate = make_certificate (key, name, days);
  BIO *chain_bio = BIO_new (BIO_s_mem ());
  BIO *key_bio = BIO_new (BIO_s_mem ());

  PEM_write_bio_X509 (chain_bio, certificate);
  PEM_write_bio_PrivateKey (key_bio, key, NULL, NULL, 0, NULL, NULL);
  self->chain = take_text (chain_bio);
  self->key = take_text (key_bio);
  X509_free (certificate);
  EVP_PKEY_free (key);
  self->tls = empty;
  self->tls.chain = (ProtobufCBinaryData){ strlen (self->chain), (guint8 *) self->chain };
  self->tls.key = (ProtobufCBinaryData){ strlen (self->key), (guint8 *) self->key };
  for (guint i = 0; i < 2; i++)
    self->tickets[i] = (ProtobufCBinaryData){ sizeof self->ticket_keys[i], self->ticket_keys[i] };
  self->tls.ticket_keys = self->tickets;
  tls_identity_rotate (self);
  return self;
}

void
tls_identity_free (TlsIdentity *self)
{
  g_free (self->chain);
  g_free (self->key);
  g_free (self);
}

/* --- Clients ---------------------------------------------------------------------------------------- */

SSL_CTX *
tls_client_new (int min,
                int max)
{
  SSL_CTX *context = SSL_CTX_new (TLS_client_method ());

  (void) signal (SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
  SSL_CTX_set_security_level (context, 0);
  SSL_CTX_set_mode (context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_OFF);
  g_assert_cmpint (SSL_CTX_set_min_proto_version (context, min), ==, 1);
  g_assert_cmpint (SSL_CTX_set_max_proto_version (context, max), ==, 1);
  return context;
}

Client *
tls_try (Edge        *edge,
         SSL         *ssl,
         const char **ret_alert)
{
  Client *client = client_connect (edge);
  int result = 0;

  /* Not the pump, which reads what this reads. */
  client->is_reading = FALSE;
  g_assert_cmpint (fcntl (client->fd, F_SETFL, O_NONBLOCK), ==, 0);
  g_assert_cmpint (SSL_set_fd (ssl, client->fd), ==, 1);
  ERR_clear_error ();
  WAIT_UNTIL (edge, (result = SSL_connect (ssl)) == 1 ||
                      SSL_get_error (ssl, result) != SSL_ERROR_WANT_READ);
  client->ssl = ssl;
  client->is_reading = TRUE;
  if (result == 1)
    return client;
  if (ret_alert != NULL)
    *ret_alert = ERR_reason_error_string (ERR_peek_error ());
  client_close (client);
  return NULL;
}

Client *
tls_connect (Edge    *edge,
             SSL_CTX *context)
{
  const char *alert = NULL;
  Client *client = tls_try (edge, SSL_new (context), &alert);

  if (client == NULL)
    g_error ("the edge refused: %s", alert);
  return client;
}

static gssize
result_of (SSL *ssl,
           int  result)
{
  int why = SSL_get_error (ssl, result);

  if (why == SSL_ERROR_ZERO_RETURN)
    return 0;
  errno = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? EAGAIN : EPROTO;
  return -1;
}

gssize
tls_receive (SSL    *ssl,
             guint8 *buffer,
             gsize   n_bytes)
{
  int n;

  ERR_clear_error ();
  n = SSL_read (ssl, buffer, (int) n_bytes);
  return n > 0 ? n : result_of (ssl, n);
}

gssize
tls_send (SSL          *ssl,
          const guint8 *bytes,
          gsize         n_bytes)
{
  int n;

  ERR_clear_error ();
  n = SSL_write (ssl, bytes, (int) n_bytes);
  return n > 0 ? n : result_of (ssl, n);
}

void
tls_drop (SSL *ssl)
{
  if (ssl == NULL)
    return;
  /* Without it OpenSSL calls the session broken, and its ticket too. */
  SSL_set_shutdown (ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free (ssl);
}

char *
tls_peer_name (Client *client)
{
  X509 *certificate = SSL_get0_peer_certificate (client->ssl);
  char name[64] = "";

  g_assert_nonnull (certificate);
  X509_NAME_get_text_by_NID (X509_get_subject_name (certificate), NID_commonName, name,
                             sizeof name);
  return g_strdup (name);
}
