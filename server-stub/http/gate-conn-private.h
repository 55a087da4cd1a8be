/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-conn.h"
#include "wire-buffer.h"
#include "wire-http.h"

G_BEGIN_DECLS

typedef enum {
  GATE_CONN_HEAD,     /* waits for a request head, or idle between two */
  GATE_CONN_EXCHANGE, /* libsoup serves a request */
  GATE_CONN_LINGER, /* the last answer is written; reads until the peer closes, so that no reset overtakes it */
} GateConnStage;

struct _GateConn {
  GateConns *owner;
  GList *link; /* our place in the owner's list */
  int fd;
  char *peer; /* address without port */
  gboolean is_ops;
  gboolean is_tls;
  GateConnStage stage;
  GSource *source; /* reads in HEAD and LINGER */
  WireBuffer in;   /* read and not yet part of a request */
  guint n_requests;
  gint64 since_us; /* when the stage began, or the first byte of the head came */

  /* of the exchange */
  GateStream *stream; /* borrowed; libsoup owns it */
  gsize body_bytes;   /* counted against GATE_CONNS_MAX_BODY_BYTES */
  gboolean is_kept;   /* the client allows another request */
  gboolean is_answered;
  gboolean is_dead; /* cut off; goes when libsoup lets go of the stream */
  gint64 window_us; /* slow bodies: bytes since then */
  gsize window_bytes;
  gint64 blocked_us; /* slow readers: when the socket last took something; 0 = does not block */
};

/** A socket pair with an edge. */
typedef struct {
  GateConns *owner;
  guint index;
  GateLink *link;
} GateConnPeer;

struct _GateConns {
  GateHttp *http;
  GQueue conns;     /* GateConn */
  GPtrArray *peers; /* GateConnPeer */
  guint next_peer;
  gsize body_bytes; /* of all exchanges whose body is kept in memory */
  GSource *listener;
  int listen_fd;
  guint sweep_id;
  GInetAddress *loopback;
};

/** gate_conns_add: a connection; @fd and @peer are taken over. */
void gate_conns_add (GateConns  *self,
                     int         fd,
                     char       *peer,
                     gboolean    is_ops,
                     gboolean    is_tls,
                     const void *read,
                     gsize       n_read);

/** gate_conns_hand_back: gives the socket with what was read from it to an edge; %FALSE when there is none. */
gboolean gate_conns_hand_back (GateConns *self,
                               GateConn  *conn);

/** gate_conn_judge: 0 to let libsoup serve the request, else the status to refuse it with. */
guint gate_conn_judge (GateConn           *self,
                       const WireHttpHead *head);
void gate_conn_sweep (GateConn *self,
                      gint64    now_us);
void gate_conn_serve (GateConn *self);
void gate_conn_free (GateConn *self);

G_END_DECLS
