/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-config.h"
#include "gate-tls-context.h"
#include "link.pb-c.h"

G_BEGIN_DECLS

/** GateNodeTls: what edges need for TLS. The core reads it, because an edge's sandbox lets it open no such file. */
typedef struct {
  GBytes *chain; /* (nullable): clear text alone */
  GBytes *key;
  gboolean has_tickets;
  int days_left; /* of the certificate */
  GateTlsTickets tickets;
} GateNodeTls;

#define GATE_NODE_TLS_WARN_DAYS 14

/**
 * gate_node_tls_load:
 *
 * Reads `tls.cert` and `tls.key`, and tries them as an edge will: what is wrong is said here, with what to do, and nothing
 * is changed then. Both empty is no TLS. Ticket keys are made with the first certificate and stay when files are read again.
 */
gboolean gate_node_tls_load (GateNodeTls       *self,
                             const GateConfig  *config,
                             GError           **error);
void gate_node_tls_clear (GateNodeTls *self);

/** gate_node_tls_rotate: a new ticket key; tickets of the one before are still taken, older ones no more. */
void gate_node_tls_rotate (GateNodeTls *self);

/** GateNodeTlsRecord: the same as it goes over the link; borrows from the #GateNodeTls. */
typedef struct {
  Gate__Link__V1__Tls body;
  ProtobufCBinaryData tickets[2];
} GateNodeTlsRecord;

/** gate_node_tls_describe: (nullable): %NULL without TLS, else the body of @record. */
Gate__Link__V1__Tls *gate_node_tls_describe (const GateNodeTls *self,
                                             GateNodeTlsRecord *record);

G_END_DECLS
