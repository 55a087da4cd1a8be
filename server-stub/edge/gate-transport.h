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
  gboolean is_tls;
  gssize (*read) (GateClient *client, guint8 *buffer, gsize n_bytes);
  gssize (*write) (GateClient *client, const struct iovec *pieces, int n_pieces);

  /* No more will be written. */
  void (*shut) (GateClient *client);

  /* The client is about to be forgotten. */
  void (*release) (GateClient *client);

  /*
   * A descriptor on which another process can read and write what this one would have; -1 when there can be none. The client
   * must be forgotten then.
   */
  int (*detach) (GateClient *client);
} GateTransport;

typedef enum {
  GATE_TRANSPORT_TCP,
  GATE_TRANSPORT_TLS,
  GATE_N_TRANSPORTS,
} GateTransportId;

extern const GateTransport gate_transports[GATE_N_TRANSPORTS];

G_END_DECLS
