/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is due when. Open loop: over all connections an operation is due every `interval`, whether the server keeps up or not;
 * connection s of N has the s-th, the (s+N)-th and so on. When one is due is so a formula, not a list, and the time of an
 * answer is counted from there: a server that stalls is charged for everything that had to wait (no coordinated omission).
 * Closed loop: each connection keeps `depth` operations in flight.
 */
#include "load-scenario.h"
#include "load-worker.h"

#define BEATS_TICK_US 50000

static gboolean
is_open_loop (const LoadWorker *worker)
{
  return worker->options->rate_per_s > 0;
}

gint64
load_schedule_due_us (const LoadClient *client,
                      guint32           number)
{
  const LoadWorker *worker = client->worker;
  const LoadOptions *options = worker->options;

  if (!is_open_loop (worker))
    return client->sent_us[number % options->depth];
  return worker->shared->start_us +
         (gint64) (((double) number * options->n_active + client->number) *
                   load_options_interval_us (options));
}

static void
send_due (LoadClient *client)
{
  const LoadOptions *options = client->worker->options;

  g_assert (options->scenario->act != NULL);
  while (client->stage == LOAD_STAGE_READY && client->n_sent < client->n_due &&
         client->n_sent - client->n_done < options->depth) {
    if (client->sent_us != NULL)
      client->sent_us[client->n_sent % options->depth] = client->worker->now_us;
    options->scenario->act (client);
    client->n_sent++;
  }
}

static void
add_due (LoadClient *client,
         guint       n)
{
  client->n_due += n;
  load_report_add (client->worker->report, LOAD_COUNT_OPEN, n);
  send_due (client);
}

static void
fire_open_loop (LoadWorker *worker,
                gint64     *ret_next_us)
{
  for (;;) {
    LoadClient *client = &worker->clients[worker->n_fired % worker->n_active];
    gint64 due_us = load_schedule_due_us (client, (guint32) (worker->n_fired / worker->n_active));

    *ret_next_us = due_us < worker->shared->end_us ? due_us : G_MAXINT64;
    if (due_us > worker->now_us || due_us >= worker->shared->end_us)
      return;
    worker->n_fired++;
    add_due (client, 1);
  }
}

gint64
load_schedule_fire (LoadWorker *worker)
{
  gint64 next_us = G_MAXINT64;

  if (worker->phase != LOAD_PHASE_RUN || worker->n_active == 0 ||
      worker->options->scenario->act == NULL || !is_open_loop (worker))
    return next_us;
  fire_open_loop (worker, &next_us);
  return next_us;
}

void
load_schedule_begin (LoadWorker *worker)
{
  if (is_open_loop (worker))
    return;
  for (guint i = 0; i < worker->n_active; i++)
    add_due (&worker->clients[i], worker->options->depth);
}

void
load_schedule_resume (LoadClient *client)
{
  client->n_sent = client->n_done;
  send_due (client);
}

static void
record (LoadWorker *worker,
        gint64      due_us)
{
  if (due_us >= worker->shared->window_us)
    load_histogram_add (&worker->report->times[LOAD_TIME_LATENCY], worker->now_us - due_us);
}

void
load_schedule_done (LoadClient *client)
{
  LoadWorker *worker = client->worker;

  if (client->n_done == client->n_sent) {
    load_worker_count (worker, LOAD_COUNT_MISMATCH);
    return;
  }
  record (worker, load_schedule_due_us (client, client->n_done));
  client->n_done++;
  load_report_add (worker->report, LOAD_COUNT_OPEN, -1);
  if (load_worker_is_measuring (worker))
    load_worker_count (worker, LOAD_COUNT_DONE_IN_WINDOW);
  if (worker->options->scenario->act == NULL)
    return;
  if (!is_open_loop (worker) && worker->now_us < worker->shared->end_us)
    add_due (client, 1);
  else
    send_due (client);
}

void
load_schedule_finish (LoadWorker *worker)
{
  worker->now_us = g_get_monotonic_time ();
  for (guint i = 0; i < worker->n_active; i++) {
    LoadClient *client = &worker->clients[i];

    for (guint32 number = client->n_done; number < client->n_due; number++) {
      /* Closed loop: one that was never sent has no time but the present. */
      gboolean has_time = is_open_loop (worker) || number < client->n_sent;

      load_worker_count (worker, LOAD_COUNT_TIMEOUT);
      if (has_time)
        record (worker, load_schedule_due_us (client, number));
    }
  }
}

/* --- Heartbeats --------------------------------------------------------------------------------------- */

static gboolean
is_beating (const LoadWorker *worker)
{
  const LoadOptions *options = worker->options;

  if (options->heartbeat_s <= 0 || !options->scenario->is_beating || worker->n_ready == 0 ||
      (1u << options->codec & LOAD_CODECS_OF_GATEWAY) == 0)
    return FALSE;
  /* None in the last moment: each is to be answered before the end. */
  return worker->phase == LOAD_PHASE_CONNECT ||
         (worker->phase == LOAD_PHASE_RUN && worker->now_us < worker->shared->end_us);
}

static void
beat (LoadClient *client)
{
  if (client->stage != LOAD_STAGE_READY)
    return;
  load_worker_count (client->worker, LOAD_COUNT_BEATS);
  load_gate_send_ping (client, 0);
}

/* Spread over the time between two beats of a client; the first is due that long after the first client is there. What falls
 * into one tick leaves together, as its time is not measured and each wake-up is the server's processor taken away.
 */
gint64
load_schedule_beat (LoadWorker *worker)
{
  double period_us = worker->options->heartbeat_s * G_USEC_PER_SEC;
  gint64 due_us;

  if (!is_beating (worker))
    return G_MAXINT64;
  if (worker->beats_start_us == 0)
    worker->beats_start_us = worker->now_us + (gint64) period_us;
  if (worker->now_us < worker->next_beats_us)
    return worker->next_beats_us;
  for (;;) {
    due_us =
      worker->beats_start_us + (gint64) ((double) worker->n_beats * period_us / worker->n_clients);
    if (due_us > worker->now_us)
      break;
    beat (&worker->clients[worker->n_beats++ % worker->n_clients]);
  }
  worker->next_beats_us = MAX (due_us, worker->now_us + BEATS_TICK_US);
  return worker->next_beats_us;
}
