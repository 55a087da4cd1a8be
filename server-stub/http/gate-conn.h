/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-http-private.h"
#include "gate-stream.h"

G_BEGIN_DECLS

/**
 * GateConns:
 *
 * Every connection of the worker, clients' and operators'. Each request head passes the strict parser of wire/ before
 * libsoup sees it, also the second and later ones of a kept-alive connection; a head that asks for the WebSocket goes
 * back to an edge with its socket.
 */
typedef struct _GateConn GateConn;

#define GATE_CONNS_MAX         1024 /* open at a time, fewer where descriptors are short */
#define GATE_CONNS_OPS_RESERVE 64   /* of these, that only operators get */
#define GATE_CONNS_LEAVING     64   /* of clients that are cut off and not quite gone */
#define GATE_CONNS_OTHER_FDS \
  256 /* these, 64 uploads through files, 78 edges, and what the process itself has open */
#define GATE_CONNS_MAX_BODY_BYTES \
  ((gsize) 32 * 1024 * 1024) /* of bodies kept in memory, all connections together */
#define GATE_CONN_MAX_BODY_BYTES ((gsize) 64 * 1024) /* of one body kept in memory */

GateConns *gate_conns_new (GateHttp *http) G_GNUC_WARN_UNUSED_RESULT;
void gate_conns_free (GateConns *self);

/** gate_conns_add_peer: takes over @fd, the end of the socket pair with the edge @index; one before of it is dropped. */
void gate_conns_add_peer (GateConns *self,
                          guint      index,
                          int        fd);

/** gate_conns_listen: operators' connections come from the listening socket @fd. */
void gate_conns_listen (GateConns *self,
                        int        fd);

/** gate_conns_stop_listening: nobody new on the operators' port, which may be another's by now. */
void gate_conns_stop_listening (GateConns *self);

/** gate_conns_is_in_use: a connection is open, or an edge is there that might hand one on. */
gboolean gate_conns_is_in_use (const GateConns *self);

/** gate_conns_drain: idle connections close now, the others with their answer. */
void gate_conns_drain (GateConns *self);
guint gate_conns_get_n_open (const GateConns *self);

const char *gate_conn_get_peer (const GateConn *self);
gboolean gate_conn_is_ops (const GateConn *self);

/** gate_conn_answered: libsoup has written a whole answer: another request may follow. */
void gate_conn_answered (GateConn *self);

G_END_DECLS
