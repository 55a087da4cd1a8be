/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-tls-context.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <string.h>

/* AES first with 128 bits: nobody breaks them, and a phone without AES in hardware is given ChaCha20 by OpenSSL itself. */
#define CIPHERS_12                                             \
  "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:" \
  "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:" \
  "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
#define CIPHERS_13 "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384"
#define GROUPS     "X25519:P-256:P-384"

static gboolean
fail (GError     **error,
      const char  *what)
{
  unsigned long number = ERR_peek_last_error ();
  const char *reason = number != 0 ? ERR_reason_error_string (number) : NULL;

  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s%s%s", what, reason != NULL ? ": " : "",
               reason != NULL ? reason : "");
  ERR_clear_error ();
  return FALSE;
}

/* --- What a client may ask for ---------------------------------------------------------------------- */

/* RFC 7301: whoever offers protocols and none of ours is refused, so that an HTTP/2 client does not talk to a wall. */
static int
select_protocol (SSL                  *ssl,
                 const unsigned char **ret_protocol,
                 unsigned char        *ret_bytes,
                 const unsigned char  *offered,
                 unsigned int          offered_bytes,
                 void                 *user_data)
{
  static const unsigned char ours[] = "\x08http/1.1\x06gate/1";
  unsigned char *selected;

  if (SSL_select_next_proto (&selected, ret_bytes, ours, sizeof ours - 1, offered, offered_bytes) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *ret_protocol = selected;
  return SSL_TLSEXT_ERR_OK;
}

/* --- Tickets ---------------------------------------------------------------------------------------- */

static gboolean
use_key (const GateTlsTicketKey *key,
         const unsigned char    *iv,
         EVP_CIPHER_CTX         *cipher,
         EVP_MAC_CTX            *mac,
         gboolean                is_issuing)
{
  OSSL_PARAM params[] = {
    OSSL_PARAM_construct_octet_string (OSSL_MAC_PARAM_KEY, (void *) key->mac_key,
                                       sizeof key->mac_key),
    OSSL_PARAM_construct_utf8_string (OSSL_MAC_PARAM_DIGEST, (char *) "SHA256", 0),
    OSSL_PARAM_construct_end (),
  };

  return EVP_MAC_CTX_set_params (mac, params) == 1 &&
         EVP_CipherInit_ex (cipher, EVP_aes_256_cbc (), NULL, key->cipher_key, iv, is_issuing) == 1;
}

/* Source of the results: SSL_CTX_set_tlsext_ticket_key_evp_cb(3): -1 error, 0 unknown key, 1 good, 2 good but issue a new one. */
static int
use_ticket (SSL            *ssl,
            unsigned char  *name,
            unsigned char  *iv,
            EVP_CIPHER_CTX *cipher,
            EVP_MAC_CTX    *mac,
            int             is_issuing)
{
  const GateTlsTickets *tickets = SSL_CTX_get_app_data (SSL_get_SSL_CTX (ssl));

  if (is_issuing) {
    if (tickets->n_keys == 0 || RAND_bytes (iv, EVP_MAX_IV_LENGTH) != 1)
      return -1;
    memcpy (name, tickets->keys[0].name, sizeof tickets->keys[0].name);
    return use_key (&tickets->keys[0], iv, cipher, mac, TRUE) ? 1 : -1;
  }
  for (guint i = 0; i < tickets->n_keys; i++)
    if (memcmp (name, tickets->keys[i].name, sizeof tickets->keys[i].name) == 0)
      return use_key (&tickets->keys[i], iv, cipher, mac, FALSE) ? 1 + (i > 0) : -1;
  return 0;
}

static void
set_tickets (SSL_CTX              *context,
             const GateTlsTickets *tickets)
{
  static const unsigned char name[] = "usher-gate";

  /* What can be resumed is in the ticket, never in our memory. */
  SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_session_id_context (context, name, sizeof name - 1);
  SSL_CTX_set_timeout (context, GATE_TLS_TICKET_S);
  SSL_CTX_set_num_tickets (context, tickets != NULL ? 1 : 0);
  if (tickets == NULL) {
    SSL_CTX_set_options (context, SSL_OP_NO_TICKET);
    return;
  }
  SSL_CTX_set_app_data (context, (gpointer) tickets);
  SSL_CTX_set_tlsext_ticket_key_evp_cb (context, use_ticket);
}

/* --- Certificate and key ---------------------------------------------------------------------------- */

static BIO *
bio_of (gconstpointer data,
        gsize         n_bytes)
{
  return BIO_new_mem_buf (data, (int) MIN (n_bytes, G_MAXINT));
}

/* The rest of the file: what leads from the certificate to a root. */
static gboolean
add_chain (SSL_CTX  *context,
           BIO      *from,
           int       chain_bytes,
           GError  **error)
{
  X509 *next;

  while ((next = PEM_read_bio_X509 (from, NULL, NULL, NULL)) != NULL) {
    chain_bytes += i2d_X509 (next, NULL);
    if (SSL_CTX_add0_chain_cert (context, next) != 1) {
      X509_free (next);
      return fail (error, "tls.cert has a certificate that cannot be used");
    }
  }
  ERR_clear_error (); /* the end of the file is one to OpenSSL */
  if (chain_bytes <= GATE_TLS_MAX_CHAIN_BYTES)
    return TRUE;
  g_set_error (
    error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
    "tls.cert is too long (%d bytes, %d at most): it needs the certificate and what leads to the "
    "root, without the root and without others",
    chain_bytes, GATE_TLS_MAX_CHAIN_BYTES);
  return FALSE;
}

static gboolean
set_certificate (SSL_CTX                *context,
                 const GateTlsIdentity  *identity,
                 GError                **error)
{
  BIO *from = bio_of (identity->chain, identity->chain_bytes);
  X509 *first = PEM_read_bio_X509_AUX (from, NULL, NULL, NULL);
  gboolean is_set = FALSE;

  if (first == NULL)
    (void) fail (error, "tls.cert holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)");
  else if (SSL_CTX_use_certificate (context, first) != 1)
    (void) fail (error, "The certificate in tls.cert cannot be used");
  else
    is_set = add_chain (context, from, i2d_X509 (first, NULL), error);
  X509_free (first);
  BIO_free (from);
  return is_set;
}

/* A key with a passphrase would make OpenSSL ask at a terminal that nobody sits at. */
static int
no_passphrase (char *buffer,
               int   size,
               int   is_writing,
               void *user_data)
{
  return -1;
}

static gboolean
set_key (SSL_CTX                *context,
         const GateTlsIdentity  *identity,
         GError                **error)
{
  BIO *from = bio_of (identity->key, identity->key_bytes);
  EVP_PKEY *key = PEM_read_bio_PrivateKey (from, NULL, no_passphrase, NULL);
  gboolean is_set = FALSE;

  BIO_free (from);
  if (key == NULL)
    return fail (error, "tls.key holds no private key in PEM form without a passphrase");
  if (X509_check_private_key (SSL_CTX_get0_certificate (context), key) != 1)
    (void) fail (error, "tls.key is not the key of the certificate in tls.cert");
  else if (SSL_CTX_use_PrivateKey (context, key) != 1)
    (void) fail (error, "The key in tls.key cannot be used");
  else
    is_set = TRUE;
  EVP_PKEY_free (key);
  return is_set;
}

static gboolean
set_rules (SSL_CTX   *context,
           gboolean   is_13_only,
           GError   **error)
{
  SSL_CTX_set_security_level (context, 2);
  SSL_CTX_set_options (context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                  SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  /* An idle connection gives its two 16 KiB buffers back. */
  SSL_CTX_set_mode (context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                               SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb (context, select_protocol, NULL);
  if (SSL_CTX_set_min_proto_version (context, is_13_only ? TLS1_3_VERSION : TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list (context, CIPHERS_12) != 1 ||
      SSL_CTX_set_ciphersuites (context, CIPHERS_13) != 1 ||
      SSL_CTX_set1_groups_list (context, GROUPS) != 1)
    return fail (error, "This OpenSSL lacks what TLS needs");
  return TRUE;
}

SSL_CTX *
gate_tls_context_new (const GateTlsIdentity  *identity,
                      GError                **error)
{
  SSL_CTX *context = SSL_CTX_new (TLS_server_method ());

  ERR_clear_error ();
  if (context == NULL) {
    (void) fail (error, "OpenSSL cannot make a TLS context");
    return NULL;
  }
  if (set_rules (context, identity->is_13_only, error) &&
      set_certificate (context, identity, error) && set_key (context, identity, error)) {
    set_tickets (context, identity->tickets);
    return context;
  }
  SSL_CTX_free (context);
  return NULL;
}

int
gate_tls_context_get_days_left (SSL_CTX *context)
{
  const ASN1_TIME *last = X509_get0_notAfter (SSL_CTX_get0_certificate (context));
  int days = 0;
  int seconds = 0;

  if (ASN1_TIME_diff (&days, &seconds, NULL, last) != 1)
    return G_MAXINT;
  return seconds < 0 ? days - 1 : days;
}
