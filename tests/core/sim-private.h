/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim.h"

#include "wire-frame.h"

G_BEGIN_DECLS

#define SIM_MAX_DEVICES 1024
#define SIM_MAX_OUTBOX  4
#define SIM_MAX_OFFERS  8
#define SIM_TAIL        300
#define SIM_NOTE_MARK   "~note~"

/** SimView: what one client knows of one conversation. */
typedef struct {
  guint64 conv;
  guint64 have;  /* every line up to here */
  guint64 ahead; /* bit n: have + 2 + n is known too */
  guint64 live;  /* newest line that came by itself, on this connection */
  guint64 note;
  guint64 asked_after;
  guint32 epoch;
  guint8 state;
  gboolean is_mine;   /* an agent's */
  gboolean is_named;  /* in the last Resume */
  gboolean is_asked;  /* a page is on its way */
  gboolean is_behind; /* something is missing */
  guint64 own_seq;    /* last line of one's own, for edits */
  gint64 own_ms;
} SimView;

typedef struct {
  guint64 cid;
  guint64 conv; /* 0: a visitor's current */
  guint64 replaces;
  guint32 flags;
  guint32 id;
  gboolean is_sent; /* on this connection */
  gint64 sent_ms;
} SimLine;

typedef struct {
  guint64 conv;
  guint32 epoch;
} SimOffer;

typedef struct {
  Sim *sim;
  guint index;
  gboolean is_visitor;
  guint peer; /* which visitor or agent */
  guint64 self;
  GateConnId conn;        /* 0: off */
  GateConnId closed_conn; /* closed by the core, which has not heard yet that the socket is gone */
  guint generation;
  gboolean is_welcome;
  gint64 connect_ms; /* when it tries next; G_MAXINT64: when something happens */
  gboolean wants_status;
  char visitor_key[64];
  char token[64];
  gint64 token_ms;
  guint32 next_id;
  GHashTable *views; /* number → SimView */
  GPtrArray *view_array;
  SimLine outbox[SIM_MAX_OUTBOX];
  guint n_outbox;
  SimOffer offers[SIM_MAX_OFFERS];
  guint n_offers;
  guint64 current; /* a visitor's */
} SimDevice;

typedef struct {
  guint64 step;
  gint64 wall_ms;
  const char *what;
  guint device;
  guint64 a, b, c;
} SimTail;

struct _Sim {
  SimOptions options;
  SimResult result;
  GateCore *core;
  MemoryStore *store;
  GateCoreSettings settings;
  guint64 rng;
  guint64 n_steps;
  gint64 now_ms, wall_ms, start_wall_ms;
  SimDevice devices[SIM_MAX_DEVICES];
  guint n_devices, n_visitor_devices;
  guint64 next_cid;
  GHashTable *refused; /* set of SimRefused: cids a client was told are not stored */
  SimTail tail[SIM_TAIL];
  guint64 n_tail;
  guint64 bad_disk_until; /* steps */
  gboolean is_quiet;      /* nobody begins anything new */
};

typedef struct {
  guint64 cid, conv;
} SimRefused;

/* sim.c */
guint64 sim_random (Sim *self);
guint sim_below (Sim   *self,
                 guint  n);
gboolean sim_chance (Sim   *self,
                     guint  one_in);
void sim_note (Sim        *self,
               const char *what,
               guint       device,
               guint64     a,
               guint64     b,
               guint64     c);
void sim_fail (Sim        *self,
               const char *format,
               ...) G_GNUC_PRINTF (2, 3) G_GNUC_NORETURN;

/* sim-client.c: what a client does and what it makes of what it hears */
void sim_device_init (Sim       *self,
                      SimDevice *device,
                      gboolean   is_visitor,
                      guint      peer);
void sim_device_done (SimDevice *device);
void sim_device_act (SimDevice *device);
void sim_device_connect (SimDevice *device);
void sim_device_drop (SimDevice *device);
void sim_device_hear (SimDevice             *device,
                      const Gate__V1__Frame *frame);
void sim_device_closed (SimDevice *device,
                        guint      code);

/** sim_device_is_settled: it knows everything and waits for nothing. */
gboolean sim_device_is_settled (SimDevice *device);
void sim_device_check_whole (SimDevice *device);
SimView *sim_device_view (SimDevice *device,
                          guint64    conv);

/** sim_device_touch: among those looked at first again. */
void sim_device_touch (SimDevice *device,
                       SimView   *view);

/* sim-agent.c */
void sim_agent_act (SimDevice *device);
void sim_agent_hear (SimDevice             *device,
                     const Gate__V1__Frame *frame);
void sim_device_send (SimDevice        *device,
                      ProtobufCMessage *body,
                      guint32           id);
void sim_device_write (SimDevice *device,
                       guint64    conv,
                       guint64    replaces,
                       guint32    flags);

/* sim-check.c: what must be true of the store */
void sim_check_store (Sim *self);

G_END_DECLS
