/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-store.h"
#include "gate.pb-c.h"
#include "link.pb-c.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * GateCore:
 *
 * The pure state machine: (state, event, now) → (state, effects). It does no I/O and reads no clock: time, randomness
 * and ids are given to it. Events are the functions below; effects leave through #GateRemote and the #GateStore.
 * One thread. An effect that says something happened (an ack, a delivery, a state change) leaves only after the
 * batch that holds it was committed.
 */
typedef struct _GateCore GateCore;

/** GateConnId: worker index in the upper half, the edge's connection number in the lower. */
typedef guint64 GateConnId;
#define GATE_CONN_ID(worker, number) (((guint64) (worker) << 32) | (guint32) (number))

/** GateRequestId: the same for a request of an `http` worker. */
typedef guint64 GateRequestId;

/** GateHashJob: an effect: check or make a password hash on another thread (Argon2id, never in the core). */
typedef struct {
  char *password; /* wiped by whoever ran the job */
  char *
    hash; /* check: the stored string, (nullable): unknown login, hash a dummy for the same time; make: result */
  gboolean is_make;
  gboolean is_good;   /* result of a check */
  gpointer user_data; /* the core's */
} GateHashJob;

typedef struct {
  void (*send) (gpointer remote, GateConnId conn, const Gate__V1__Frame *frame);
  void (*limits) (gpointer remote, GateConnId conn, const Gate__Link__V1__Limits *limits);
  void (*close) (gpointer remote, GateConnId conn, guint code, const char *reason);
  void (*reply) (gpointer remote,
                 GateRequestId request,
                 gboolean more,
                 const Gate__Link__V1__Reply *reply);
  void (*hash) (gpointer remote, GateHashJob *job); /* answered by gate_core_hashed() */

  /* (nullable) A fact worth counting; metric and label are those of gate-metric-table.h. */
  void (*count) (gpointer remote, guint metric, guint label, guint64 n);
  void (*observe) (gpointer remote, guint metric, guint label, guint64 value_us);
  void (*gauge) (gpointer remote, guint metric, const char *label, gint64 value);

  /* (nullable) The same for labels that are numbers: conversations by state and channel, agents by status. */
  void (*gauge_at) (gpointer remote, guint metric, guint label, gint64 value);
} GateRemote;

typedef struct {
  const char *key;
  char **origins;     /* (array zero-terminated) patterns */
  const char *secret; /* (nullable) for signed identities */
} GateCoreApp;

typedef struct {
  const char *name;
  const char *title;
  int priority;
  char **agents; /* (array zero-terminated) logins; empty = everybody */
} GateCoreQueue;

/** GateCoreSettings: copied by gate_core_new(). */
typedef struct {
  guint64 seed; /* of ids and random choices in tests; with `random` set it is not used */
  void (*random) (gpointer buffer,
                  gsize n_bytes); /* (nullable): cryptographic source in production */
  const char *node;
  const char *version;
  guint8 resume_key[32]; /* signs resume tokens */
  guint8 resume_key_id;
  guint8 media_secret[32];
  gint64 ping_ms, idle_ms, resume_ms, edit_window_ms, offer_ms, owner_grace_ms, visitor_grace_ms,
    wrapup_ms, reopen_ms;
  gint64 url_ttl_ms;
  gint64
    idle_slot_ms; /* nobody writes or waits for so long: no slot used; 0 = 10 min, below 0 = never */
  gint64 idle_close_ms;  /* the same: wrapped up; 0 = 2 h, below 0 = never */
  guint max_frame_bytes; /* visitors; agents have four times it */
  guint messages_per_s, messages_burst, frames_per_s;
  guint send_buffer_bytes;
  guint conversations_per_address; /* per 12 h; 0 = no limit */
  gboolean sneak_peek;
  guint batch_rows; /* 64 */
  guint64 max_upload_bytes;
  const GateCoreApp *apps;
  guint n_apps;
  const GateCoreQueue *queues;
  guint n_queues;

  /* (nullable) (transfer full) (nullable): where an address is, in words for staff; asked when a visitor signs in. */
  char *(*find_place) (gpointer data, const char *peer);
  gpointer place_data; /* must outlive the core */
} GateCoreSettings;

GateCore *gate_core_new (const GateCoreSettings *settings,
                         const GateRemote       *remote,
                         gpointer                remote_data,
                         GateStore              *store) G_GNUC_WARN_UNUSED_RESULT;
void gate_core_free (GateCore *self);

/* --- Events. Every one may produce effects before it returns. -------------------------------------- */

/** gate_core_set_now: the clocks until the next call. @mono_ms for intervals, @wall_ms for what is stored and shown. */
void gate_core_set_now (GateCore *self,
                        gint64    mono_ms,
                        gint64    wall_ms);

/** gate_core_start: takes the state of a store; also called again after GateStoreDone.changed (agents and apps only). */
void gate_core_start (GateCore           *self,
                      const GateSnapshot *snapshot);

/**
 * gate_core_reload: other settings from now on; what was begun under the old ones (a timer, a session's limits) ends under them.
 * Queues and keys stay. Apps that the store holds come back with gate_core_start(), which must follow.
 */
void gate_core_reload (GateCore               *self,
                       const GateCoreSettings *settings);

void gate_core_opened (GateCore                     *self,
                       GateConnId                    conn,
                       const Gate__Link__V1__Opened *opened);
void gate_core_frame (GateCore              *self,
                      GateConnId             conn,
                      const Gate__V1__Frame *frame);
void gate_core_closed (GateCore   *self,
                       GateConnId  conn);

/** gate_core_worker_gone: every connection and request of that worker is gone. */
void gate_core_worker_gone (GateCore *self,
                            guint     worker);
void gate_core_request (GateCore                      *self,
                        GateRequestId                  request,
                        const Gate__Link__V1__Request *body);

void gate_core_batch_done (GateCore  *self,
                           GateBatch *batch);
void gate_core_query_done (GateCore  *self,
                           GateQuery *query);
void gate_core_hashed (GateCore    *self,
                       GateHashJob *job);

/** gate_core_tick: runs the timers that are due by the time given last, gathered lists and matching. */
void gate_core_tick (GateCore *self);

/** gate_core_next_due_ms: monotonic time of the next timer, or G_MAXINT64. */
gint64 gate_core_next_due_ms (const GateCore *self);

/** gate_core_turn_end: hands what is waiting to the store if none of its batches is out. Once a loop turn. */
void gate_core_turn_end (GateCore *self);

/**
 * gate_core_drain:
 *
 * No new sessions and no new offers; GoAway to everybody, spread evenly over @drain_ms. Who is still here is served until
 * they go.
 */
void gate_core_drain (GateCore *self,
                      guint     drain_ms);

/** gate_core_is_quiet: nothing is being written, read or waited for. */
gboolean gate_core_is_quiet (const GateCore *self);

/** gate_core_check: aborts with a dump when an invariant of `PRODUCT.md` 5.2 does not hold. For tests. */
void gate_core_check (GateCore *self);

/** gate_core_check_step: the same for what the last events have changed; cheap enough after each. */
void gate_core_check_step (GateCore *self);

/** gate_core_set_checked: from now on every offer is held against those who waited longer. */
void gate_core_set_checked (GateCore *self,
                            gboolean  is_checked);

G_END_DECLS
