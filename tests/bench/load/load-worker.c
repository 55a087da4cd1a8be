/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load-worker.h"

#include "load-scenario.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define ARENA_BYTES     ((gsize) 64 * 1024)
#define MAX_EVENTS      512
#define MAX_WAIT_US     5000 /* to see what the parent says */
#define HOLDING_WAIT_US 20000
#define CONNECTS_A_TURN 64

/* --- Setting up --------------------------------------------------------------------------------------- */

/* The connections of a process are every n-th of all, so that a schedule over all is even in each. */
static guint
share_of (const LoadWorker *self,
          guint             n)
{
  guint n_workers = self->options->n_workers;

  return n / n_workers + (self->index < n % n_workers);
}

static void
make_clients (LoadWorker *self)
{
  const LoadOptions *options = self->options;
  guint n_agents = share_of (self, options->n_agents);

  self->n_visitors = share_of (self, options->n_connections);
  self->n_active = share_of (self, options->n_active);
  self->n_clients = self->n_visitors + n_agents;
  self->clients = g_new0 (LoadClient, self->n_clients);
  self->n_idle = self->n_clients;
  self->next_connect = self->n_visitors; /* agents first: visitors may wait for them */
  if (options->rate_per_s <= 0)
    self->sent_us = g_new0 (gint64, (gsize) self->n_active * options->depth);
  for (guint i = 0; i < self->n_clients; i++) {
    LoadClient *client = &self->clients[i];

    client->worker = self;
    client->fd = -1;
    client->is_agent = i >= self->n_visitors;
    client->number =
      (client->is_agent ? i - self->n_visitors : i) * options->n_workers + self->index;
    if (self->sent_us != NULL && i < self->n_active)
      client->sent_us = self->sent_us + (gsize) i * options->depth;
  }
}

static void
set_up (LoadWorker        *self,
        const LoadOptions *options,
        LoadShared        *shared,
        guint              index)
{
  struct rlimit files;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = MIN (files.rlim_max, 20000);
  setrlimit (RLIMIT_NOFILE, &files);
  self->options = options;
  self->shared = shared;
  self->report = &shared->reports[index];
  self->index = index;
  self->random = (index + 1) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  g_assert (self->epoll_fd >= 0);
  self->tls = options->is_tls ? load_tls_new () : NULL;
  self->arena = wire_arena_new (ARENA_BYTES);
  self->read_buffer = g_malloc (LOAD_READ_BYTES);
  self->leaving = g_ptr_array_new ();
  self->convs = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->now_us = g_get_monotonic_time ();
  make_clients (self);
}

static void
tear_down (LoadWorker *self)
{
  for (guint i = 0; i < self->n_clients; i++) {
    load_client_drop (&self->clients[i], TRUE);
    g_free (self->clients[i].resume_token);
  }
  g_free (self->clients);
  g_free (self->sent_us);
  g_free (self->read_buffer);
  wire_arena_free (self->arena);
  g_hash_table_unref (self->convs);
  g_ptr_array_unref (self->leaving);
  g_clear_pointer (&self->tls, SSL_CTX_free);
  close (self->epoll_fd);
}

guint64
load_worker_random (LoadWorker *self)
{
  self->random ^= self->random << 13;
  self->random ^= self->random >> 7;
  self->random ^= self->random << 17;
  return self->random;
}

/* --- Connecting --------------------------------------------------------------------------------------- */

/* How many may have begun by now, of this process. */
static guint64
allowed_connects (const LoadWorker *self)
{
  double seconds = (double) (self->now_us - self->report->first_us) / G_USEC_PER_SEC;

  if (self->options->connect_per_s <= 0)
    return G_MAXUINT64;
  return 1 + (guint64) (seconds * self->options->connect_per_s / self->options->n_workers);
}

static LoadClient *
next_idle (LoadWorker *self)
{
  for (;;) {
    LoadClient *client = &self->clients[self->next_connect++ % self->n_clients];

    if (client->stage == LOAD_STAGE_IDLE)
      return client;
  }
}

static void
connect_some (LoadWorker *self)
{
  guint64 allowed = allowed_connects (self);

  for (guint n = 0; n < CONNECTS_A_TURN && self->n_idle > 0 &&
                    self->n_opening < self->options->window && self->n_connects < allowed;
       n++) {
    self->n_connects++;
    load_client_connect (next_idle (self));
  }
}

/* --- The loop ----------------------------------------------------------------------------------------- */

static void
enter_phase (LoadWorker *self,
             LoadPhase   phase)
{
  self->phase = phase;
  if (phase != LOAD_PHASE_RUN)
    return;
  if (self->options->scenario->begin != NULL)
    self->options->scenario->begin (self);
}

/* The parent may not end the run while a process that was kept waiting still has something to begin. */
static void
note_the_end (LoadWorker *self)
{
  if (self->phase == LOAD_PHASE_RUN && self->now_us >= self->shared->end_us &&
      load_report_get (self->report, LOAD_COUNT_ALL_BEGUN) == 0)
    load_report_add (self->report, LOAD_COUNT_ALL_BEGUN, 1);
}

static void
wait_and_read (LoadWorker *self,
               gint64      until_us)
{
  struct epoll_event events[MAX_EVENTS];
  gint64 wait_us = CLAMP (until_us - self->now_us, 0, MAX_WAIT_US);
  struct timespec timeout = { .tv_nsec = wait_us * 1000 };
  int n;

  /* Who only holds connections measures no time, and need not take the processor for each answer. */
  if (self->options->scenario->is_idle && self->phase == LOAD_PHASE_RUN) {
    g_usleep (HOLDING_WAIT_US);
    timeout.tv_nsec = 0;
  }
  n = epoll_pwait2 (self->epoll_fd, events, MAX_EVENTS, &timeout, NULL);
  self->now_us = g_get_monotonic_time ();
  for (int i = 0; i < n; i++) {
    LoadPoll *poll = events[i].data.ptr;

    poll->ready (poll, events[i].events);
  }
}

void
load_worker_run (const LoadOptions *options,
                 LoadShared        *shared,
                 guint              index)
{
  LoadWorker self = { 0 };
  gint64 next_us = 0;

  set_up (&self, options, shared, index);
  self.report->first_us = self.now_us;
  while (self.phase != LOAD_PHASE_END) {
    LoadPhase phase = __atomic_load_n (&shared->phase, __ATOMIC_ACQUIRE);
    gboolean is_connecting;

    if (phase != self.phase)
      enter_phase (&self, phase);
    is_connecting = self.n_idle > 0 && self.n_opening < options->window;
    wait_and_read (&self, is_connecting ? self.now_us + 200 : next_us);
    connect_some (&self);
    next_us = MIN (load_schedule_fire (&self), load_schedule_beat (&self));
    next_us = MIN (next_us, load_client_leave_due (&self));
    load_client_flush_all (&self);
    note_the_end (&self);
  }
  load_schedule_finish (&self);
  tear_down (&self);
}
