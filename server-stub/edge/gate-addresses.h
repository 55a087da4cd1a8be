/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <netinet/in.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/**
 * GateAddresses:
 *
 * How many connections each address has and how fast it makes new ones. An address is an IPv4 address or an IPv6 /64, since
 * that is what one customer of a provider has. 24 bytes an address; forgotten once it has no connection and its rate
 * has recovered.
 */
typedef struct _GateAddresses GateAddresses;

typedef struct {
  guint connections;    /* at one time; 0 = no limit */
  guint connects_per_s; /* 0 = no limit; ten times as many at once */
} GateAddressLimits;

/** gate_addresses_new: @max_addresses: most addresses remembered; past it strangers are refused. */
GateAddresses *gate_addresses_new (guint max_addresses) G_GNUC_WARN_UNUSED_RESULT;
void gate_addresses_free (GateAddresses *self);

/** gate_addresses_key: the number an address is counted under. */
guint64 gate_addresses_key (const struct sockaddr_storage *address);

/** gate_addresses_admit: counts a new connection, or refuses it. */
gboolean gate_addresses_admit (GateAddresses           *self,
                               guint64                  key,
                               const GateAddressLimits *limits,
                               gint64                   now_us) G_GNUC_WARN_UNUSED_RESULT;

/** gate_addresses_leave: one of the connections that were admitted is gone. */
void gate_addresses_leave (GateAddresses *self,
                           guint64        key);
guint gate_addresses_get_n (const GateAddresses *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GateAddresses, gate_addresses_free)

G_END_DECLS
