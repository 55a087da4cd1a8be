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
  GList *link;      /* our place in the owner's list */
  GList *idle_link; /* (nullable): and in its line of the idle */
  int fd;
  char *peer; /* address without port */
  gboolean is_ops;
  guint edge;      /* the edge that it came from */
  gboolean is_tls; /* @fd is our end of a pair; the edge has the socket */
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
  gint64 blocked_us; /* slow readers: since when the socket blocks; 0 = does not */
  gsize taken_bytes; /* since then */
};

/** A socket pair with an edge. */
typedef struct {
  GateConns *owner;
  guint index;
  GateLink *link;
} GateConnPeer;

struct _GateConns {
  GateHttp *http;
  GQueue conns;          /* GateConn */
  GQueue idle;           /* of these, clients' kept-alive ones, idle longest first */
  GHashTable *addresses; /* of clients → how many of @conns */
  guint max_conns;
  GPtrArray *peers; /* GateConnPeer */
  guint next_peer;
  gsize body_bytes; /* of all exchanges whose body is kept in memory */
  GSource *listener;
  int listen_fd;
  guint sweep_id;
  GInetAddress *loopback;
};

/** gate_conns_add: a connection; @fd and @peer are taken over. Returns %NULL (and has closed @fd) when there is no room. */
GateConn *gate_conns_add (GateConns *self,
                          int        fd,
                          char      *peer,
                          gboolean   is_ops);

/** gate_conns_hand_back: gives the socket with what was read from it to an edge, under TLS to its own; %FALSE when there is none. */
gboolean gate_conns_hand_back (GateConns *self,
                               GateConn  *conn);

/** gate_conn_judge: 0 to let libsoup serve the request, else the status to refuse it with. */
guint gate_conn_judge (GateConn           *self,
                       const WireHttpHead *head);
void gate_conn_serve (GateConn *self);
void gate_conn_free (GateConn *self);

/* --- gate-conn-room.c ---------------------------------------------------------------------------- */
void gate_conns_room_init (GateConns *self);
void gate_conns_room_done (GateConns *self);

/** gate_conns_make_room: for one more, closing an idle one if it must; 0, or the status to turn it away with. */
guint gate_conns_make_room (GateConns  *self,
                            const char *peer,
                            gboolean    is_ops);
void gate_conn_enter (GateConn *self);
void gate_conn_leave (GateConn *self);
void gate_conn_set_idle (GateConn *self,
                         gboolean  is_idle);

/* --- gate-conn-pace.c ---------------------------------------------------------------------------- */

/** gate_conn_pace_begin: an exchange or a linger begins. */
void gate_conn_pace_begin (GateConn *self);
void gate_conn_pace_note (GateConn *self,
                          gsize     n_read,
                          gsize     n_written);

/** gate_conn_pace_lingers_on: whether a client that talks on after its last answer may do so. */
gboolean gate_conn_pace_lingers_on (GateConn *self,
                                    gsize     n_read);

/** gate_conn_pace_owes: whether the rest of a request has been due for a while; not of an upload, which has a pace of its own. */
gboolean gate_conn_pace_owes (GateConn *self,
                              gint64    now_us);
void gate_conn_pace_cut_off (GateConn *self);
void gate_conn_sweep (GateConn *self,
                      gint64    now_us);

G_END_DECLS
