/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "edge-harness.h"

#include <openssl/ssl.h>

G_BEGIN_DECLS

/** TlsIdentity: a self-signed certificate with its key, and the ticket keys, as the core would send them. */
typedef struct {
  Gate__Link__V1__Tls tls;
  char *chain;
  char *key;
  guint8 ticket_keys[2][80];
  ProtobufCBinaryData tickets[2];
} TlsIdentity;

typedef enum {
  TLS_KEY_EC,
  TLS_KEY_RSA,
  TLS_KEY_WEAK_RSA, /* of 1,024 bits */
} TlsKeyKind;

/** tls_identity_new: for @name, good for @days from now (below zero: over); with one ticket key. */
TlsIdentity *tls_identity_new (const char *name,
                               TlsKeyKind  kind,
                               int         days);
void tls_identity_free (TlsIdentity *self);

/** tls_identity_rotate: a new ticket key; the one before becomes the second. */
void tls_identity_rotate (TlsIdentity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlsIdentity, tls_identity_free)

/** tls_client_new: a context that takes any certificate and, at the lowest security level, offers only versions @min to @max. */
SSL_CTX *tls_client_new (int min,
                         int max);

/** tls_try: shakes hands on a new connection; %NULL when the edge refused, the alert is in @ret_alert (nullable) then. */
Client *tls_try (Edge        *edge,
                 SSL         *ssl,
                 const char **ret_alert);

/** tls_connect: the same with a fresh SSL of @context, and it must succeed. */
Client *tls_connect (Edge    *edge,
                     SSL_CTX *context);

/** tls_receive, tls_send: as recv(2) and send(2) without waiting. */
gssize tls_receive (SSL    *ssl,
                    guint8 *buffer,
                    gsize   n_bytes);
gssize tls_send (SSL          *ssl,
                 const guint8 *bytes,
                 gsize         n_bytes);
void tls_drop (SSL *ssl);

/** tls_peer_name: the common name of the certificate that the edge showed. */
char *tls_peer_name (Client *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SSL_CTX, SSL_CTX_free)

G_END_DECLS
