/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-bucket.h"
#include "gate-codec.h"
#include "gate-edge-private.h"
#include "gate-framing.h"
#include "gate-outbox.h"
#include "gate-transport.h"

G_BEGIN_DECLS

typedef enum {
  GATE_CONN_OPENING,   /* first bytes, HTTP head */
  GATE_CONN_STRANGER,  /* frames, but no record 5 yet */
  GATE_CONN_SIGNED_IN, /* idle rule */
  GATE_CONN_CLOSING,   /* the core knows; last bytes go out */
} GateConnStage;

/** GateConnOpening: what record 3 will say; gone once it was sent. */
typedef struct {
  char *origin;
  char *user_agent;
  char *app;
} GateConnOpening;

/**
 * GateConn:
 *
 * One client's socket. What it is made of (transport × framing × codec) are three small numbers into tables. It owns no
 * memory besides while nothing is half read or unsent. A million of these are the product: gate-conn.c asserts the size.
 */
struct _GateConn {
  GateWatch watch;
  GateTimer timer; /* the deadline of the stage; lazily armed again while signed in */
  GateEdge *edge;  /* borrowed */
  GateConnLimits *limits;
  GateOutbox *outbox;       /* (nullable) */
  GateConnOpening *opening; /* (nullable) */
  GateReader reader;
  GateBucket messages;
  GateBucket frames;
  guint64 address; /* as counted in edge->addresses */
  guint32 number;  /* generation and slab index */
  guint32 accepted_ms;
  guint32 active_ms; /* last byte */
  guint16 strike_s;
  guint8 strikes; /* refused frames lately */
  guint8 stage;
  guint8 transport;
  guint8 framing;
  guint8 codec;
  guint8 label; /* under which it is counted in gate_connections */
  guint8 is_opened : 1;
  guint8 is_dead : 1;
  guint8 is_to_flush : 1;
  guint8 is_waiting : 1;
  guint8 is_paused : 1;
  guint8 is_write_blocked : 1;
  guint8 is_reading_stopped : 1; /* its own queue is full */
  guint8 is_shut : 1;            /* our side is closed */
};

#define GATE_CONN_INDEX_BITS 20

/* --- gate-conn.c: life ---------------------------------------------------------------------------- */

/** gate_conn_new: (nullable): takes over @fd; %NULL (and closed) when there is no room. */
GateConn *gate_conn_new (GateEdge *edge,
                         int       fd,
                         guint64   address);

/** gate_conn_find: (nullable): the one that has @number now. */
GateConn *gate_conn_find (GateEdge *edge,
                          guint32   number);

/** gate_conn_process: bytes that were read. */
void gate_conn_process (GateConn *self,
                        WireSpan  in);
void gate_conn_enter_stage (GateConn      *self,
                            GateConnStage  stage);

/** gate_conn_close: says why, to the client and to the core; what is queued goes first. */
void gate_conn_close (GateConn   *self,
                      guint       code,
                      const char *reason);

/** gate_conn_refuse: ends a connection that never became one of ours, with @answer (nullable) as its last bytes. */
void gate_conn_refuse (GateConn         *self,
                       const WireBuffer *answer,
                       GateClosedLabel   why);

/** gate_conn_lose: the socket broke, or the peer closed it: @code is what it said, 0 = nothing. */
void gate_conn_lose (GateConn *self,
                     guint     code);

/** gate_conn_forget: the same without closing the descriptor, which somebody else has now. */
void gate_conn_forget (GateConn *self);

/** gate_conn_count: keeps gate_connections in step with what the connection is. */
void gate_conn_count (GateConn *self);

/** gate_conn_update_events: asks the loop for what the connection can take now. */
void gate_conn_update_events (GateConn *self);
void gate_conn_dup_peer (const GateConn *self,
                         char            ret_text[46]);

/* --- gate-conn-open.c ----------------------------------------------------------------------------- */
void gate_conn_open_with (GateConn *self,
                          WireSpan  in);
void gate_conn_opening_free (GateConnOpening *opening);

/* --- gate-conn-frames.c --------------------------------------------------------------------------- */
void gate_conn_take_frames (GateConn *self,
                            WireSpan  in);

/* --- gate-conn-write.c ---------------------------------------------------------------------------- */

/** gate_conn_push: one packed frame for the client; written at the end of the turn, or later if it can wait. */
void gate_conn_push (GateConn         *self,
                     const GatePacked *frame);
void gate_conn_push_frame (GateConn              *self,
                           const Gate__V1__Frame *frame);
void gate_conn_push_error (GateConn   *self,
                           guint32     id,
                           guint       code,
                           const char *slug,
                           guint       retry_after_ms);

/** gate_conn_queue_last_error: a fatal Error, neither written nor checked against the limit now. */
void gate_conn_queue_last_error (GateConn   *self,
                                 guint       code,
                                 const char *slug);

/** gate_conn_push_bytes: bytes that are no frame, such as an HTTP answer; behind what is framed already. */
void gate_conn_push_bytes (GateConn     *self,
                           const guint8 *bytes,
                           gsize         n_bytes);

/** gate_conn_frame_all: turns what is queued into bytes, so that nothing is replaced any more. */
void gate_conn_frame_all (GateConn *self);
void gate_conn_flush (GateConn *self);
void gate_conn_drop_outbox (GateConn *self);

/** gate_edge_flush: the end of a turn. */
void gate_edge_flush (GateEdge *edge);

/** gate_edge_resume_reading: the link has room again. */
void gate_edge_resume_reading (GateEdge *edge);

G_END_DECLS
