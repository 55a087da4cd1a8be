/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>
#include <sys/uio.h>

G_BEGIN_DECLS

typedef struct _GateClient GateClient;

/**
 * GateTransport:
 *
 * How bytes get to a client and from it. Results as read(2) and writev(2): -1 with errno, EAGAIN when it would block,
 * 0 of read() when the peer has closed its side.
 */
typedef struct {
  const char *name;
  gssize (*read) (GateClient *client, guint8 *buffer, gsize n_bytes);
  gssize (*write) (GateClient *client, const struct iovec *pieces, int n_pieces);

  /* No more will be written. */
  void (*shut) (GateClient *client);
} GateTransport;

typedef enum {
  GATE_TRANSPORT_TCP,
  GATE_N_TRANSPORTS,
} GateTransportId;

extern const GateTransport gate_transports[GATE_N_TRANSPORTS];

G_END_DECLS
