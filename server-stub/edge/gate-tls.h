/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-tls-context.h"
#include "gate-loop.h"
#include "link.pb-c.h"
#include "wire-status.h"

#include <sys/types.h>
#include <sys/uio.h>

G_BEGIN_DECLS

typedef struct _GateEdge GateEdge;
typedef struct _GateClient GateClient;

/* How many clients of an edge may be shaking hands: OpenSSL takes up to 131 KiB for a ClientHello that claims them. */
#define GATE_TLS_HANDSHAKES 2048

/**
 * GateTls:
 *
 * What the TLS connections of an edge share: the context that new ones are made from (older ones keep theirs), the ticket keys, one
 * BIO, one buffer. A connection has its SSL and nothing else, and where it lies costs clear-text connections nothing.
 */
typedef struct _GateTls GateTls;

GateTls *gate_tls_new (guint max_clients) G_GNUC_WARN_UNUSED_RESULT;
void gate_tls_free (GateTls *self);

/** gate_tls_load: for new connections from now on; what is wrong with @from is logged and changes nothing. */
void gate_tls_load (GateTls                   *self,
                    const Gate__Link__V1__Tls *from,
                    gboolean                   is_13_only);

/** gate_tls_unload: no TLS for new connections from now on. */
void gate_tls_unload (GateTls *self);

/**
 * gate_tls_begin: makes @client one of TLS, with @in as the first bytes of its handshake.
 *
 * Returns: %FALSE when there is no TLS here, or the handshake has failed already
 */
gboolean gate_tls_begin (GateTls    *self,
                         GateClient *client,
                         WireSpan    in);

/** gate_tls_adopt: makes @client one of TLS that goes on with @ssl. */
void gate_tls_adopt (GateTls    *self,
                     GateClient *client,
                     SSL        *ssl);

/** gate_tls_get: (nullable): the SSL of a client. */
SSL *gate_tls_get (GateTls          *self,
                   const GateClient *client);
SSL *gate_tls_steal (GateTls          *self,
                     const GateClient *client);

/**
 * gate_tls_read:
 *
 * Reads what the socket @fd has, at most half of @n_bytes, and decrypts all of it: nothing waits in OpenSSL that the loop would
 * not be told of. Results as read(2); EPROTO when the peer does not keep to the protocol.
 */
gssize gate_tls_read (GateTls *self,
                      SSL     *ssl,
                      int      fd,
                      guint8  *buffer,
                      gsize    n_bytes);

/** gate_tls_write: results as write(2). After EAGAIN the next bytes must begin with those that were not taken. */
gssize gate_tls_write (GateTls      *self,
                       SSL          *ssl,
                       int           fd,
                       const guint8 *bytes,
                       gsize         n_bytes);

/** gate_tls_shut: tells the peer that no more will be written. */
void gate_tls_shut (GateTls *self,
                    SSL     *ssl,
                    int      fd);

G_END_DECLS
