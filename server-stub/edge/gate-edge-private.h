/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-addresses.h"
#include "gate-codec.h"
#include "gate-edge.h"

#include "gate-config.h"
#include "gate-link.h"
#include "gate-loop.h"
#include "gate-metric-table.h"
#include "gate-slab.h"
#include "gate-vitals.h"
#include "link.pb-c.h"
#include "wire-arena.h"
#include "wire-buffer.h"
#include "wire-status.h"

G_BEGIN_DECLS

typedef struct _GateEdge GateEdge;
typedef struct _GateClient GateClient;
typedef struct _GateTls GateTls;

#define GATE_EDGE_READ_BYTES 65536
#define GATE_EDGE_ACCEPTS_PER_TURN \
  64 /* a connect storm must not hold up messages: `SECURITY.md` 2.10 */
#define GATE_EDGE_CLOSING_MS 3000  /* for the peer to take the last bytes and close its side */
#define GATE_EDGE_SLOW_MS    10000 /* `PROTOCOLS.md` 2d.5 point 6 */

/** GateEdgeSettings: what the configuration says, as numbers. */
typedef struct {
  guint head_timeout_ms;
  guint hello_timeout_ms;
  guint idle_ms;
  guint flush_ms;
  guint max_frame_bytes;
  guint max_fragments; /* of a message: `SECURITY.md` 2.7 */
  guint max_connections;
  guint agent_reserve; /* percent of these that visitors do not get */
  guint messages_per_s;
  guint messages_burst;
  guint frames_per_s;
  guint send_buffer_bytes;
  GateAddressLimits address;
} GateEdgeSettings;

/** GateClientLimits: record 5; one for all connections with the same. */
typedef struct {
  guint n_users;
  Gate__V1__Role role;
  gboolean is_signed_in;
  guint max_frame_bytes;
  guint messages_per_s;
  guint messages_burst;
  guint frames_per_s;
  guint send_buffer_bytes;
  gboolean has_batch;
} GateClientLimits;

typedef struct {
  char *key;
  char **origins;
} GateEdgeApp;

/** GateListener: our share of the listening socket that all edges have. */
typedef struct {
  GateWatch watch;
  GateEdge *edge;
  GateTimer retry; /* armed while the process is out of descriptors */
  GateTimer press; /* armed while it is full and others may have room */
  gboolean is_watching;
  gboolean is_pressed; /* they have none: strangers make room */
} GateListener;

struct _GateEdge {
  guint index;
  GateLoop *loop;
  GateLink *link;
  GateLink *http; /* (nullable): the socket pair with the http worker */
  GateMetrics *metrics;
  GateVitals *vitals;
  GateListener listener;
  gboolean is_configured;
  gboolean is_draining;
  gboolean is_running;
  int exit_status;

  GateConfig *config;
  GateEdgeSettings settings;
  GPtrArray *apps;            /* GateEdgeApp */
  GPtrArray *limits;          /* GateClientLimits in use */
  GateClientLimits *stranger; /* before record 5 */
  guint max_fds;
  guint n_own_fds; /* without clients */

  GateSlab *clients;
  guint n_visitors;     /* signed in */
  GArray *strangers;    /* numbers of connections as they came; most have signed in or gone since */
  guint first_stranger; /* of these that may still be one */
  guint16 generation;
  GateAddresses *addresses;
  GateTls *tls;        /* (nullable): until the configuration has a certificate */
  GPtrArray *pumps;    /* GatePump: clients that http serves over TLS */
  guint8 *read_buffer; /* shared: a connection owns memory only while a message is incomplete */
  WireArena *arena;
  GateCodecTools codec_tools;
  WireBuffer packed;        /* one frame of ours */
  WireBuffer encoded;       /* of one frame or batch */
  WireBuffer framed;        /* of one write */
  GPtrArray *idle_outboxes; /* a few, with a little memory each */

  /* While a client is read from. */
  GateClient *reading; /* (nullable) borrowed */
  WireBuffer replies;  /* to it, framed */
  gboolean is_flush_due;

  /* Numbers of connections with something to do at the end of the turn, or later. */
  GateTurnEnd turn_end;
  GArray *to_flush;
  GArray *waiting; /* only frames that can wait */
  GArray *paused;  /* not read from, because the link is over its limit */
  GArray *dead;    /* indices to give back */
  gint64 waiting_due_us;
  gboolean is_link_over;

  GateTimer stats;
  GateTimer drained;
  gint64 start_us;
  guint64 send_buffer_bytes;
};

/* --- gate-edge-settings.c ------------------------------------------------------------------------- */
void gate_edge_load_config (GateEdge                           *self,
                            const Gate__Link__V1__WorkerConfig *body);

/** gate_edge_find_app: (nullable) */
const GateEdgeApp *gate_edge_find_app (const GateEdge *self,
                                       const char     *key);

/** gate_edge_use_limits: the one that equals @wanted, made when new. Give it back with gate_edge_unuse_limits(). */
GateClientLimits *
gate_edge_use_limits (GateEdge *self, const GateClientLimits *wanted) G_GNUC_WARN_UNUSED_RESULT;
void gate_edge_unuse_limits (GateEdge         *self,
                             GateClientLimits *limits);
void gate_edge_free_settings (GateEdge *self);

/* --- gate-edge-records.c -------------------------------------------------------------------------- */
extern const GateLinkHandler gate_edge_link_handler;

/** gate_edge_hand_over: gives a client and the bytes already read of it to `http`; %FALSE when that cannot be. */
gboolean gate_edge_hand_over (GateEdge   *self,
                              GateClient *client,
                              WireSpan    read);
void gate_edge_lose_http (GateEdge *self);

/* --- gate-listener.c ------------------------------------------------------------------------------ */
void gate_listener_init (GateListener *self,
                         GateEdge     *edge,
                         int           fd);

/** gate_listener_update: watches the socket or leaves it alone, as the number of connections allows. */
void gate_listener_update (GateListener *self);
void gate_listener_stop (GateListener *self);

/* --- gate-places.c -------------------------------------------------------------------------------- */

/** gate_edge_has_strangers: connections that have not signed in. */
gboolean gate_edge_has_strangers (GateEdge *self);

/** gate_edge_has_place: for one more connection; a stranger's, when no other edge has one. */
gboolean gate_edge_has_place (GateEdge *self);

/** gate_edge_make_room: sends the oldest stranger away when nothing is free. */
void gate_edge_make_room (GateEdge *self);

/** gate_edge_note_stranger: to the end of the line. */
void gate_edge_note_stranger (GateEdge *self,
                              guint32   number);

/** gate_edge_takes: whether a connection whose @first frame this is may sign in, or the rest is kept for agents. */
gboolean gate_edge_takes (const GateEdge        *self,
                          const Gate__V1__Frame *first);

/** gate_edge_get_n_fds: descriptors that clients have taken. */
guint gate_edge_get_n_fds (const GateEdge *self);

/* --- gate-edge.c ---------------------------------------------------------------------------------- */
void gate_edge_stop (GateEdge *self,
                     guint     drain_ms);
void gate_edge_quit (GateEdge *self,
                     int       exit_status);
guint32 gate_edge_now_ms (const GateEdge *self);

G_END_DECLS
