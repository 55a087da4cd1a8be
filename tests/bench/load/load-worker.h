/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "load-options.h"
#include "load-report.h"

#include "wire-frame.h"
#include "wire-websocket.h"

#include <glib.h>
#include <openssl/types.h>

G_BEGIN_DECLS

/* What an agent may be sent is what anybody is. */
#define LOAD_MAX_FRAME_BYTES ((gsize) WIRE_MAX_AGENT_FRAME_BYTES)

#define LOAD_READ_BYTES \
  ((gsize) 256 * 1024) /* the buffer that all connections of a process share */

/* One process of the load generator: one thread, one epoll, many connections. */

typedef enum {
  LOAD_PHASE_CONNECT,
  LOAD_PHASE_RUN, /* the schedule begins at start_us */
  LOAD_PHASE_END,
} LoadPhase;

/** LoadShared: memory of all processes. The parent writes what stands before `reports`. */
typedef struct {
  guint32 phase;    /* LoadPhase */
  gint64 start_us;  /* of the schedule; monotonic, like all times here */
  gint64 window_us; /* from here it is measured: warm-up is over */
  gint64 end_us;    /* no operation begins after it */
  LoadReport reports[];
} LoadShared;

typedef enum {
  LOAD_STAGE_IDLE,
  LOAD_STAGE_CONNECTING,
  LOAD_STAGE_UPGRADING,
  LOAD_STAGE_SIGNING_IN,
  LOAD_STAGE_PREPARING,
  LOAD_STAGE_READY,
  LOAD_STAGE_DEAD, /* and will not try again */
} LoadStage;

typedef struct _LoadClient LoadClient;
typedef struct _LoadWorker LoadWorker;
typedef struct _LoadUpload LoadUpload;

/** LoadPoll: what epoll hands back. */
typedef struct _LoadPoll LoadPoll;
struct _LoadPoll {
  void (*ready) (LoadPoll *self, guint32 events);
};

struct _LoadClient {
  LoadPoll poll; /* first */
  LoadWorker *worker;
  guint32 number; /* over all processes */
  int fd;
  guint8 stage;
  guint8 is_agent : 1, is_dirty : 1, was_ready : 1;
  guint32 n_due, n_sent, n_done; /* operations; which is due when: load-schedule.c */
  WireWebsocket websocket;
  WireBuffer partial, out;
  LoadClient *next_dirty;
  gint64 began_us;    /* of connecting */
  gint64 left_us;     /* when it was ready last */
  gint64 leave_us;    /* when it was told to go; of those in `leaving` */
  guint64 conv;       /* of a visitor; 0 = none yet */
  char *resume_token; /* (nullable) owned */
  gint64 *sent_us;    /* closed loop: of the operations in flight, `depth` of them; borrowed */
  SSL *ssl;           /* (nullable) owned */
  LoadUpload *upload; /* (nullable) owned */
};

struct _LoadWorker {
  const LoadOptions *options;
  LoadShared *shared;
  LoadReport *report; /* one of `shared` */
  guint index;
  int epoll_fd;
  gint64 now_us;
  LoadPhase phase; /* as seen by this process */

  LoadClient *clients; /* visitors that talk, other visitors, agents */
  guint n_clients, n_visitors, n_active;
  gint64 *sent_us;   /* n_active times depth; closed loop */
  LoadClient *dirty; /* with something to write at the end of the turn */

  guint next_connect; /* round robin over those that are idle */
  guint n_idle, n_opening;
  guint n_ready; /* that were so at least once */
  guint64 n_connects, n_fired, n_beats;
  gint64 beats_start_us, next_beats_us;
  GPtrArray *leaving; /* of LoadClient */
  gint64 next_leaving_us;

  SSL_CTX *tls; /* (nullable) */
  WireArena *arena;
  guint8 *read_buffer;
  GHashTable *convs; /* conversation -> LoadClient; typing */
  guint64 random;
};

/** load_worker_run: until the parent sets LOAD_PHASE_END. */
void load_worker_run (const LoadOptions *options,
                      LoadShared        *shared,
                      guint              index);

/** load_worker_random: xorshift; for masks and pictures, of no value to an enemy. */
guint64 load_worker_random (LoadWorker *self);

static inline gboolean
load_worker_is_measuring (const LoadWorker *self)
{
  return self->phase == LOAD_PHASE_RUN && self->now_us >= self->shared->window_us &&
         self->now_us < self->shared->end_us;
}

static inline void
load_worker_count (LoadWorker *self,
                   LoadCount   count)
{
  load_report_add (self->report, count, 1);
}

/* --- load-client.c: sockets ----------------------------------------------------------------------------- */

/** load_client_connect: begins; a failure is counted like one that shows later. */
void load_client_connect (LoadClient *self);

/** load_client_is_ready: it may take part; counts it once. */
void load_client_is_ready (LoadClient *self);

/** load_client_fail: drops the connection and counts @why. */
void load_client_fail (LoadClient *self,
                       LoadCount   why);

/** load_client_drop: closes without counting; it is idle then, or dead when @is_final. */
void load_client_drop (LoadClient *self,
                       gboolean    is_final);

/** load_client_touch: something was appended to `out`: it is written at the end of the turn. */
void load_client_touch (LoadClient *self);

/** load_client_flush_all: one write for each connection that has something. */
void load_client_flush_all (LoadWorker *worker);

/* --- load-tls.c ----------------------------------------------------------------------------------------- */

SSL_CTX *load_tls_new (void);

/** load_tls_attach: a new socket; nothing to do without TLS. */
void load_tls_attach (LoadClient *self);
void load_tls_detach (LoadClient *self);

/** load_tls_recv: as recv(), load_tls_send() as send(): -1 and EAGAIN also while the handshake waits. */
gssize load_tls_recv (LoadClient *self,
                      guint8     *ret_data,
                      gsize       n_bytes);
gssize load_tls_send (LoadClient   *self,
                      const guint8 *data,
                      gsize         n_bytes);

/** load_client_leave: the server asked for it: closes in @delay_ms, then connects anew. */
void load_client_leave (LoadClient *self,
                        guint32     delay_ms);

/** load_client_leave_due: those whose time has come; returns when to ask again. */
gint64 load_client_leave_due (LoadWorker *worker);

/* --- load-framing.c: messages --------------------------------------------------------------------------- */

/** load_framing_open: the connection stands: upgrade or preface. */
void load_framing_open (LoadClient *self);

/** load_framing_take: takes apart what was read; %FALSE: it is no message, or the server closed. */
gboolean load_framing_take (LoadClient *self,
                            WireSpan    in);
void load_framing_write (LoadClient    *self,
                         gconstpointer  data,
                         gsize          n_bytes);

/** load_framing_opened: upgraded (or nothing to upgrade). Implemented by load-gate.c for the gateway. */
void load_framing_opened (LoadClient *self);

/* --- load-gate.c: frames of the gateway ----------------------------------------------------------------- */

void load_gate_greet (LoadClient *self);
gboolean load_gate_take (LoadClient   *self,
                         const guint8 *data,
                         gsize         n_bytes);
void load_gate_send (LoadClient            *self,
                     const Gate__V1__Frame *frame);
void load_gate_send_ping (LoadClient *self,
                          guint32     n);

/** load_gate_send_line: a message; @number makes its client id, @due_us is told to whom it is delivered. */
void load_gate_send_line (LoadClient *self,
                          guint32     number,
                          gint64      due_us);
guint64 load_gate_cid (const LoadClient *self,
                       guint32           number);

/* --- load-mqtt.c: a broker as a peer ---------------------------------------------------------------------- */

void load_mqtt_greet (LoadClient *self);
gboolean load_mqtt_take (LoadClient *self,
                         WireSpan   *in);

/* --- load-agent.c ---------------------------------------------------------------------------------------- */

void load_agent_welcomed (LoadClient *self);
void load_agent_take (LoadClient            *self,
                      const Gate__V1__Frame *frame);

/* --- load-schedule.c: what is due when ------------------------------------------------------------------- */

/** load_schedule_fire: begins what is due; returns when something is due next. */
gint64 load_schedule_fire (LoadWorker *worker);

/** load_schedule_begin: closed loop: the first operations of everybody. */
void load_schedule_begin (LoadWorker *worker);

/** load_schedule_due_us: when operation @number of a client was meant to begin. */
gint64 load_schedule_due_us (const LoadClient *client,
                             guint32           number);

/** load_schedule_done: the oldest operation in flight is over. */
void load_schedule_done (LoadClient *client);

/** load_schedule_resume: open loop: what was sent and not answered goes out again, on another connection. */
void load_schedule_resume (LoadClient *client);

/** load_schedule_finish: what is not done counts as timeout, with the time it has waited. */
void load_schedule_finish (LoadWorker *worker);

/** load_schedule_beat: sends the heartbeats that are due; returns when the next is. */
gint64 load_schedule_beat (LoadWorker *worker);

/* --- load-upload.c: a file over HTTP --------------------------------------------------------------------- */

/** load_upload_start: PUT of a picture; calls @done with @url, its address, or %NULL when it failed. */
void load_upload_start (LoadClient *client,
                        const char *put_url,
                        const char *url,
                        void (*done) (LoadClient *client, const char *url));
void load_upload_cancel (LoadClient *client);

/** load_upload_bytes: size of every picture. */
gsize load_upload_bytes (void);

G_END_DECLS
