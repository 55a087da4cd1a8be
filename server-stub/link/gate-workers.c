/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One slot for each worker, with an index that stays. A slot is idle (waiting for its next start), starting (no hello
 * yet), up, or dying (its link is gone, its process not yet reaped). Whatever goes wrong ends in the same way: kill, reap,
 * tell the core, start again after the back-off.
 */
#include "config.h"

#include "gate-workers.h"

#include "gate-backoff.h"
#include "gate-log.h"
#include "gate-process.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define BEAT_MS         1000
#define SILENCE_US      ((gint64) 10 * G_USEC_PER_SEC)
#define STOP_GRACE_MS   2000           /* beyond the drain, before those that stay are killed */
#define DYING_US        G_USEC_PER_SEC /* to end by itself, once its link is gone */
#define HELLO_MAX_BYTES 1024

typedef enum {
  WORKER_IDLE,
  WORKER_STARTING,
  WORKER_UP,
  WORKER_DYING,
} WorkerState;

typedef struct {
  GateWatch exit_watch; /* on the process descriptor */
  GateTimer start_timer;
  GateWorkers *owner; /* borrowed */
  guint index;
  Gate__Link__V1__WorkerRole role;
  int listen_fd;
  int metrics_fd;
  WorkerState state;
  gboolean was_up; /* the core knows of it and must hear `gone` */
  GateProcess process;
  GateLink *link;
  GateBackoff backoff;
  guint restarts;
  int exit_status; /* of the last process, as waitpid() tells it */
  gint64 started_us;
  gint64 heard_us;
  gint64 dying_us;
} Worker;

struct _GateWorkers {
  GateLoop *loop;
  char *build;
  GateWorkersHandler handler;
  gpointer user_data;
  GPtrArray *workers; /* Worker, by index */
  GateTimer beat_timer;
  GateTimer stop_timer;
  gboolean is_stopping;
  void (*all_gone) (gpointer user_data);
};

#define OWNER_OF(member_pointer, Type, member) \
  ((Type *) (gpointer) ((guint8 *) (member_pointer) -offsetof (Type, member)))

static const char *
role_name (Gate__Link__V1__WorkerRole role)
{
  switch (role) {
  case GATE__LINK__V1__WORKER_ROLE__WR_EDGE:
    return "edge";
  case GATE__LINK__V1__WORKER_ROLE__WR_HTTP:
    return "http";
  case GATE__LINK__V1__WORKER_ROLE__WR_NLP:
    return "nlp";
  case GATE__LINK__V1__WORKER_ROLE__WR_PLUGIN:
    return "plugin";
  case GATE__LINK__V1__WORKER_ROLE__WR_UNSPECIFIED:
  case _GATE__LINK__V1__WORKER_ROLE_IS_INT_SIZE:
  default:
    g_assert_not_reached ();
  }
}

static void
log_worker (const Worker *worker,
            GateLogLevel  level,
            const char   *event,
            const char   *reason,
            gint64        number)
{
  gate_log (level, event, "worker", "s", role_name (worker->role), "index", "u",
            (guint64) worker->index, "err", "s", reason, "value", "i", number, NULL);
}

/* --- Death --------------------------------------------------------------------------------------- */

static void
tell_gone (Worker *worker)
{
  GateWorkers *self = worker->owner;

  if (worker->was_up && self->handler.gone != NULL)
    self->handler.gone (worker->index, worker->role, self->user_data);
  worker->was_up = FALSE;
}

static guint
count_living (GateWorkers *self)
{
  guint n = 0;

  for (guint i = 0; i < self->workers->len; i++)
    n += ((Worker *) g_ptr_array_index (self->workers, i))->state != WORKER_IDLE;
  return n;
}

static void
stopped_if_last (GateWorkers *self)
{
  void (*all_gone) (gpointer) = self->all_gone;

  if (!self->is_stopping || all_gone == NULL || count_living (self) > 0)
    return;
  self->all_gone = NULL;
  gate_loop_disarm (self->loop, &self->beat_timer);
  gate_loop_disarm (self->loop, &self->stop_timer);
  all_gone (self->user_data);
}

static void
schedule_start (Worker *worker)
{
  GateWorkers *self = worker->owner;
  gint64 lived_us = gate_loop_get_now_us (self->loop) - worker->started_us;
  guint delay_ms = gate_backoff_next_ms (&worker->backoff, lived_us);

  worker->restarts++;
  gate_loop_arm (self->loop, &worker->start_timer, delay_ms);
}

/* Reaps it if it is dead; the pidfd says when, and the beat asks where there is none. */
static void
worker_reap (Worker *worker)
{
  GateWorkers *self = worker->owner;
  int exit_fd = worker->process.pid_fd;
  int status = 0;

  if (exit_fd >= 0)
    gate_loop_remove (self->loop, &worker->exit_watch);
  if (!gate_process_reap (&worker->process, &status)) {
    if (exit_fd >= 0 && !gate_loop_add (self->loop, &worker->exit_watch))
      g_error ("epoll_ctl: %s", g_strerror (errno));
    return;
  }
  if (WIFSIGNALED (status))
    log_worker (worker, GATE_LOG_WARNING, "worker_killed", strsignal (WTERMSIG (status)),
                WTERMSIG (status));
  else if (!self->is_stopping || WEXITSTATUS (status) != 0)
    log_worker (worker, GATE_LOG_WARNING, "worker_exited", "exit status", WEXITSTATUS (status));
  worker->exit_status = status;
  g_clear_pointer (&worker->link, gate_link_free);
  worker->state = WORKER_IDLE;
  tell_gone (worker);
  if (!self->is_stopping)
    schedule_start (worker);
  stopped_if_last (self);
}

/* Its link is useless: it should die by itself, and is killed by a beat if it does not. */
static void
worker_give_up (Worker     *worker,
                const char *why)
{
  if (worker->state != WORKER_STARTING && worker->state != WORKER_UP)
    return;
  if (!worker->owner->is_stopping)
    log_worker (worker, GATE_LOG_WARNING, "worker_given_up", why, 0);
  worker->state = WORKER_DYING;
  worker->dying_us = gate_loop_get_now_us (worker->owner->loop);
}

static void
worker_kill (Worker     *worker,
             const char *why)
{
  worker_give_up (worker, why);
  gate_process_kill (&worker->process);
}

static void
exit_ready (GateWatch *watch,
            guint32    events)
{
  worker_reap (OWNER_OF (watch, Worker, exit_watch));
}

/* --- The link ------------------------------------------------------------------------------------ */

static gboolean
hello_is_good (const Worker     *worker,
               const GateRecord *record)
{
  Gate__Link__V1__WorkerHello *hello;
  gboolean is_good;

  if (record->type != GATE_RECORD_HELLO || record->body_bytes > HELLO_MAX_BYTES)
    return FALSE;
  hello = gate__link__v1__worker_hello__unpack (NULL, record->body_bytes, record->body);
  if (hello == NULL)
    return FALSE;
  is_good = hello->role == worker->role && hello->index == worker->index &&
            strcmp (hello->build, worker->owner->build) == 0;
  gate__link__v1__worker_hello__free_unpacked (hello, NULL);
  return is_good;
}

static void
link_record (GateLink         *link,
             const GateRecord *record,
             gpointer          user_data)
{
  Worker *worker = user_data;
  GateWorkers *self = worker->owner;

  worker->heard_us = gate_loop_get_now_us (self->loop);
  if (worker->state == WORKER_UP && record->type != GATE_RECORD_HELLO) {
    self->handler.record (worker->index, worker->role, record, self->user_data);
    return;
  }
  if (record->fd >= 0)
    (void) close (record->fd);
  if (worker->state != WORKER_STARTING || !hello_is_good (worker, record)) {
    worker_kill (worker, "bad hello");
    return;
  }
  worker->state = WORKER_UP;
  worker->was_up = TRUE;
  self->handler.started (worker->index, worker->role, link, self->user_data);
}

static void
link_closed (GateLink *link,
             gpointer  user_data)
{
  worker_give_up (user_data, "its link closed");
}

static void
link_drained (GateLink *link,
              gpointer  user_data)
{
  Worker *worker = user_data;

  if (worker->owner->handler.drained != NULL)
    worker->owner->handler.drained (worker->index, worker->owner->user_data);
}

static const GateLinkHandler link_handler = {
  .record = link_record,
  .closed = link_closed,
  .drained = link_drained,
};

/* --- Birth --------------------------------------------------------------------------------------- */

static void
worker_started (Worker *worker)
{
  GateWorkers *self = worker->owner;

  worker->state = WORKER_STARTING;
  worker->link = gate_link_new (worker->process.link_fd, &link_handler, worker);
  worker->exit_watch.fd = worker->process.pid_fd;
  worker->exit_watch.events = EPOLLIN;
  if (!gate_link_attach (worker->link, self->loop) ||
      (worker->process.pid_fd >= 0 && !gate_loop_add (self->loop, &worker->exit_watch)))
    g_error ("epoll_ctl: %s", g_strerror (errno));
}

static void
worker_start (Worker *worker)
{
  GateWorkers *self = worker->owner;

  worker->started_us = gate_loop_get_now_us (self->loop);
  worker->heard_us = worker->started_us;
  if (gate_process_start (role_name (worker->role), worker->index, worker->listen_fd,
                          worker->metrics_fd, &worker->process)) {
    worker_started (worker);
    return;
  }
  log_worker (worker, GATE_LOG_ERROR, "worker_not_started", g_strerror (errno), errno);
  schedule_start (worker);
}

static void
start_due (GateTimer *timer)
{
  worker_start (OWNER_OF (timer, Worker, start_timer));
}

/* --- The beat ------------------------------------------------------------------------------------ */

static void
beat (Worker *worker,
      gint64  now_us)
{
  static const Gate__Link__V1__Stats empty = GATE__LINK__V1__STATS__INIT;

  if (worker->state == WORKER_DYING) {
    if (now_us - worker->dying_us >= DYING_US)
      gate_process_kill (&worker->process);
    worker_reap (worker);
    return;
  }
  if (worker->state == WORKER_IDLE)
    return;
  if (worker->process.pid_fd < 0)
    worker_reap (worker);
  if (now_us - worker->heard_us >= SILENCE_US)
    worker_kill (worker, "silent for 10 s");
  else if (worker->state == WORKER_UP)
    (void) gate_link_send_message (worker->link, GATE_RECORD_STATS, 0, 0, &empty.base);
}

static void
beat_due (GateTimer *timer)
{
  GateWorkers *self = OWNER_OF (timer, GateWorkers, beat_timer);
  gint64 now_us = gate_loop_get_now_us (self->loop);

  gate_loop_arm (self->loop, &self->beat_timer, BEAT_MS);
  for (guint i = 0; i < self->workers->len; i++)
    beat (g_ptr_array_index (self->workers, i), now_us);
}

/* --- Public -------------------------------------------------------------------------------------- */

GateWorkers *
gate_workers_new (GateLoop                 *loop,
                  const char               *build,
                  const GateWorkersHandler *handler,
                  gpointer                  user_data)
{
  GateWorkers *self = g_new0 (GateWorkers, 1);

  g_assert (handler->started != NULL && handler->record != NULL);
  self->loop = loop;
  self->build = g_strdup (build);
  self->handler = *handler;
  self->user_data = user_data;
  self->workers = g_ptr_array_new_with_free_func (g_free);
  self->beat_timer.fired = beat_due;
  gate_loop_arm (loop, &self->beat_timer, BEAT_MS);
  return self;
}

static void
worker_destroy (Worker *worker)
{
  GateWorkers *self = worker->owner;
  int status;

  gate_loop_disarm (self->loop, &worker->start_timer);
  g_clear_pointer (&worker->link, gate_link_free);
  if (worker->process.pid == 0)
    return;
  if (worker->process.pid_fd >= 0) {
    gate_loop_remove (self->loop, &worker->exit_watch);
    (void) close (worker->process.pid_fd);
  }
  gate_process_kill (&worker->process);
  (void) waitpid (worker->process.pid, &status, 0);
}

void
gate_workers_free (GateWorkers *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->workers->len; i++)
    worker_destroy (g_ptr_array_index (self->workers, i));
  gate_loop_disarm (self->loop, &self->beat_timer);
  gate_loop_disarm (self->loop, &self->stop_timer);
  g_ptr_array_unref (self->workers);
  g_free (self->build);
  g_free (self);
}

guint
gate_workers_add (GateWorkers                *self,
                  Gate__Link__V1__WorkerRole  role,
                  int                         listen_fd,
                  int                         metrics_fd)
{
  Worker *worker = g_new0 (Worker, 1);

  g_assert (!self->is_stopping);
  worker->owner = self;
  worker->index = self->workers->len;
  worker->role = role;
  worker->listen_fd = listen_fd;
  worker->metrics_fd = metrics_fd;
  worker->process.pid_fd = -1;
  worker->exit_watch.ready = exit_ready;
  worker->start_timer.fired = start_due;
  g_ptr_array_add (self->workers, worker);
  worker_start (worker);
  return worker->index;
}

static Worker *
get_worker (GateWorkers *self,
            guint        index)
{
  g_assert (index < self->workers->len);
  return g_ptr_array_index (self->workers, index);
}

GateLink *
gate_workers_get_link (GateWorkers *self,
                       guint        index)
{
  Worker *worker = get_worker (self, index);

  return worker->state == WORKER_UP ? worker->link : NULL;
}

guint
gate_workers_get_n_up (GateWorkers                *self,
                       Gate__Link__V1__WorkerRole  role)
{
  guint n = 0;

  for (guint i = 0; i < self->workers->len; i++) {
    const Worker *worker = g_ptr_array_index (self->workers, i);

    n += worker->role == role && worker->state == WORKER_UP;
  }
  return n;
}

guint
gate_workers_get_restarts (GateWorkers *self,
                           guint        index)
{
  return get_worker (self, index)->restarts;
}

pid_t
gate_workers_get_pid (GateWorkers *self,
                      guint        index)
{
  return get_worker (self, index)->process.pid;
}

int
gate_workers_get_exit_status (GateWorkers *self,
                              guint        index)
{
  return get_worker (self, index)->exit_status;
}

static void
send_peer (GateWorkers *self,
           guint        to,
           guint        other,
           int          fd)
{
  Gate__Link__V1__Descriptor body = GATE__LINK__V1__DESCRIPTOR__INIT;

  body.kind = GATE__LINK__V1__DESCRIPTOR_KIND__DK_PEER;
  body.index = other;
  (void) gate_link_send_descriptor (gate_workers_get_link (self, to), GATE_RECORD_DESCRIPTOR, 0,
                                    &body.base, fd);
}

gboolean
gate_workers_join (GateWorkers *self,
                   guint        a,
                   guint        b)
{
  int pair[2];

  if (gate_workers_get_link (self, a) == NULL || gate_workers_get_link (self, b) == NULL)
    return FALSE;
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0) {
    gate_log (GATE_LOG_ERROR, "workers_not_joined", "err", "s", g_strerror (errno), NULL);
    return FALSE;
  }
  send_peer (self, a, b, pair[0]);
  send_peer (self, b, a, pair[1]);
  return TRUE;
}

static void
stop_late (GateTimer *timer)
{
  GateWorkers *self = OWNER_OF (timer, GateWorkers, stop_timer);

  for (guint i = 0; i < self->workers->len; i++)
    worker_kill (g_ptr_array_index (self->workers, i), "still there after the drain");
}

void
gate_workers_stop (GateWorkers *self,
                   guint        drain_ms,
                   void (*all_gone) (gpointer user_data))
{
  Gate__Link__V1__Stop stop = GATE__LINK__V1__STOP__INIT;

  stop.drain_ms = drain_ms;
  self->is_stopping = TRUE;
  self->all_gone = all_gone;
  for (guint i = 0; i < self->workers->len; i++) {
    Worker *worker = g_ptr_array_index (self->workers, i);

    gate_loop_disarm (self->loop, &worker->start_timer);
    if (worker->state == WORKER_UP)
      (void) gate_link_send_message (worker->link, GATE_RECORD_STOP, 0, 0, &stop.base);
    else
      worker_kill (worker, "stopped before it was up");
  }
  self->stop_timer.fired = stop_late;
  gate_loop_arm (self->loop, &self->stop_timer, drain_ms + STOP_GRACE_MS);
  stopped_if_last (self);
}
