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
  GATE_CLIENT_OPENING,   /* first bytes, HTTP head */
  GATE_CLIENT_STRANGER,  /* frames, but no record 5 yet */
  GATE_CLIENT_SIGNED_IN, /* idle rule */
  GATE_CLIENT_CLOSING,   /* the core knows; last bytes go out */
} GateClientStage;

/** GateClientOpening: what record 3 will say; gone once it was sent. */
typedef struct {
  char *origin;
  char *user_agent;
  char *app;
} GateClientOpening;

/**
 * GateClient:
 *
 * One client's socket. What it is made of (transport × framing × codec) are three small numbers into tables. It owns no
 * memory besides while nothing is half read or unsent. A million of these are the product: gate-client.c asserts the size.
 */
struct _GateClient {
  GateWatch watch;
  GateTimer timer; /* the deadline of the stage; lazily armed again while signed in */
  GateEdge *edge;  /* borrowed */
  GateClientLimits *limits;
  GateOutbox *outbox;         /* (nullable) */
  GateClientOpening *opening; /* (nullable) */
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

#define GATE_CLIENT_INDEX_BITS 20

/* --- gate-client.c: life ---------------------------------------------------------------------------- */

/** gate_client_new: (nullable): takes over @fd; %NULL (and closed) when there is no room. */
GateClient *gate_client_new (GateEdge *edge,
                             int       fd,
                             guint64   address);

/** gate_client_find: (nullable): the one that has @number now. */
GateClient *gate_client_find (GateEdge *edge,
                              guint32   number);

/** gate_client_process: bytes that were read. */
void gate_client_process (GateClient *self,
                          WireSpan    in);
void gate_client_enter_stage (GateClient      *self,
                              GateClientStage  stage);

/** gate_client_close: says why, to the client and to the core; what is queued goes first. */
void gate_client_close (GateClient *self,
                        guint       code,
                        const char *reason);

/** gate_client_refuse: ends a connection that never became one of ours, with @answer (nullable) as its last bytes. */
void gate_client_refuse (GateClient       *self,
                         const WireBuffer *answer,
                         GateClosedLabel   why);

/** gate_client_lose: the socket broke, or the peer closed it: @code is what it said, 0 = nothing. */
void gate_client_lose (GateClient *self,
                       guint       code);

/** gate_client_forget: the same without closing the descriptor, which somebody else has now. */
void gate_client_forget (GateClient *self);

/** gate_client_count: keeps gate_connections in step with what the connection is. */
void gate_client_count (GateClient *self);

/** gate_client_update_events: asks the loop for what the connection can take now. */
void gate_client_update_events (GateClient *self);

/** gate_client_is_visitor: whether it takes one of the places for visitors. */
gboolean gate_client_is_visitor (const GateClient *self);
void gate_client_dup_peer (const GateClient *self,
                           char              ret_text[46]);

/* --- gate-client-open.c ----------------------------------------------------------------------------- */
void gate_client_open_with (GateClient *self,
                            WireSpan    in);
void gate_client_opening_free (GateClientOpening *opening);

/* --- gate-client-frames.c --------------------------------------------------------------------------- */
void gate_client_take_frames (GateClient *self,
                              WireSpan    in);

/* --- gate-client-reply.c ---------------------------------------------------------------------------- */

/** gate_client_begin_reading: from here to gate_client_end_reading() replies to @self are gathered; nothing else is read meanwhile. */
void gate_client_begin_reading (GateClient *self);
void gate_client_end_reading (GateClient *self);

/** gate_client_reply: a frame of the edge's own that answers what is being read. */
void gate_client_reply (GateClient            *self,
                        const Gate__V1__Frame *frame);

/** gate_client_reply_bytes: the same, framed already. */
void gate_client_reply_bytes (GateClient   *self,
                              const guint8 *bytes,
                              gsize         n_bytes);

/* --- gate-client-write.c ---------------------------------------------------------------------------- */

/** gate_client_push: one packed frame for the client; written at the end of the turn, or later if it can wait. */
void gate_client_push (GateClient       *self,
                       const GatePacked *frame);
/** gate_client_frame: appends @frames, encoded and framed, to @out: as one Batch when there are several. */
void
gate_client_frame (GateClient *self, const GatePacked *frames, guint n_frames, WireBuffer *out);

/** gate_client_frame_own: the same for one of the edge's own. */
void gate_client_frame_own (GateClient            *self,
                            const Gate__V1__Frame *frame,
                            WireBuffer            *out);

/** gate_client_write_replies: what gate_client_reply() gathered; what the socket does not take waits in order. */
void gate_client_write_replies (GateClient *self);
void gate_client_push_error (GateClient *self,
                             guint32     id,
                             guint       code,
                             const char *slug,
                             guint       retry_after_ms);

/** gate_client_queue_last_error: a fatal Error, neither written nor checked against the limit now. */
void gate_client_queue_last_error (GateClient *self,
                                   guint       code,
                                   const char *slug);

/** gate_client_push_bytes: bytes that are no frame, such as an HTTP answer; behind what is framed already. */
void gate_client_push_bytes (GateClient   *self,
                             const guint8 *bytes,
                             gsize         n_bytes);

/** gate_client_frame_all: turns what is queued into bytes, so that nothing is replaced any more. */
void gate_client_frame_all (GateClient *self);
void gate_client_flush (GateClient *self);
void gate_client_drop_outbox (GateClient *self);

/** gate_edge_flush: the end of a turn. */
void gate_edge_flush (GateEdge *edge);

/** gate_edge_resume_reading: the link has room again. */
void gate_edge_resume_reading (GateEdge *edge);

G_END_DECLS
