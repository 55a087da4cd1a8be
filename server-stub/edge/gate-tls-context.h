/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <openssl/types.h>

G_BEGIN_DECLS

/* DER; the handshake's answer must fit a fresh socket's send buffer. */
#define GATE_TLS_MAX_CHAIN_BYTES 12288

/* 12 h, `SECURITY.md` 2.23: how long a ticket key issues, and a ticket is good. */
#define GATE_TLS_TICKET_S 43200

/** GateTlsTicketKey: one of a node's; random. */
typedef struct {
  guint8 name[16];
  guint8 cipher_key[32];
  guint8 mac_key[32];
} GateTlsTicketKey;

/** GateTlsTickets: the first key issues and decrypts, the second, where there is one, still decrypts. */
typedef struct {
  GateTlsTicketKey keys[2];
  guint n_keys;
} GateTlsTickets;

/** GateTlsIdentity: what a gateway shows, PEM. */
typedef struct {
  gconstpointer chain; /* the certificate, then what leads to the root */
  gsize chain_bytes;
  gconstpointer key;
  gsize key_bytes;
  gboolean is_13_only;
  const GateTlsTickets
    *tickets; /* (nullable): none are issued or taken; borrowed for as long as the context lives */
} GateTlsIdentity;

/**
 * gate_tls_context_new: what new connections are made from: TLS 1.2 and later, ECDHE, AEAD, no renegotiation, no compression.
 *
 * Fails with a line that says which of the two files is wrong and in what.
 */
SSL_CTX *
gate_tls_context_new (const GateTlsIdentity *identity, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** gate_tls_context_get_days_left: until the certificate's last day; negative when it is over. */
int gate_tls_context_get_days_left (SSL_CTX *context);

G_END_DECLS
