/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-vitals.h"
#include "gate-metric-table.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define BUSY_MS 100 /* `SYSTEMS.md` 5.1 */
#define REST_MS 1000
#define US      G_USEC_PER_SEC

struct _GateVitals {
  GateTimer timer;
  GateLoop *loop;       /* borrowed */
  GateMetrics *metrics; /* borrowed */
  int statm_fd;
  guint n_fds;
  guint64 last_turns;
  gint64 last_busy_us;
  gint64 second_began_us;
  guint32 worst_us; /* of the second that runs */
  guint32 lag_us;   /* of the last whole one */
};

static guint64
time_us (struct timeval time)
{
  return (guint64) time.tv_sec * US + (guint64) time.tv_usec;
}

static void
write_resident (GateVitals *self)
{
  char text[64];
  ssize_t n_bytes = pread (self->statm_fd, text, sizeof text - 1, 0);
  char *end = text;

  if (n_bytes <= 0)
    return;
  text[n_bytes] = '\0';
  g_ascii_strtoull (text, &end, 10);
  gate_metrics_set (self->metrics, GATE_METRIC_PROCESS_RESIDENT, 0,
                    (gint64) g_ascii_strtoull (end, NULL, 10) * sysconf (_SC_PAGESIZE));
}

static void
write_process (GateVitals *self)
{
  struct rusage usage;

  if (getrusage (RUSAGE_SELF, &usage) == 0)
    gate_metrics_set (self->metrics, GATE_METRIC_PROCESS_CPU, 0,
                      (gint64) (time_us (usage.ru_utime) + time_us (usage.ru_stime)));
  gate_metrics_set (self->metrics, GATE_METRIC_PROCESS_OPEN_FDS, 0, self->n_fds);
  write_resident (self);
}

static void
end_second (GateVitals *self,
            gint64      now_us)
{
  gint64 busy_us = gate_loop_get_busy_us (self->loop);
  gint64 passed_us = now_us - self->second_began_us;

  gate_metrics_set (self->metrics, GATE_METRIC_LOOP_BUSY_RATIO, 0,
                    MIN ((busy_us - self->last_busy_us) * US / passed_us, US));
  self->last_busy_us = busy_us;
  self->second_began_us = now_us;
  self->lag_us = self->worst_us;
  self->worst_us = 0;
  write_process (self);
}

static void
sample (GateTimer *timer)
{
  GateVitals *self = (GateVitals *) timer;
  gint64 now_us = gate_loop_get_now_us (self->loop);
  gint64 late_us = gate_loop_get_lateness_us (self->loop, timer);
  guint64 n_turns = gate_loop_get_turns (self->loop);
  gboolean is_at_rest = n_turns - self->last_turns <= 1;

  self->last_turns = n_turns;
  self->worst_us = MAX (self->worst_us, (guint32) MIN (late_us, G_MAXUINT32));
  gate_metrics_observe (self->metrics, GATE_METRIC_LOOP_LAG, 0, (guint64) late_us);
  if (now_us - self->second_began_us >= US - BUSY_MS * 500)
    end_second (self, now_us);
  gate_loop_arm (self->loop, timer, is_at_rest ? REST_MS : BUSY_MS);
}

GateVitals *
gate_vitals_new (GateLoop    *loop,
                 GateMetrics *metrics)
{
  GateVitals *self = g_new0 (GateVitals, 1);
  struct rlimit limit;

  self->loop = loop;
  self->metrics = metrics;
  self->timer.fired = sample;
  self->second_began_us = gate_loop_get_now_us (loop);
  self->statm_fd = open ("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    gate_metrics_set (metrics, GATE_METRIC_PROCESS_MAX_FDS, 0, (gint64) limit.rlim_cur);
  gate_metrics_set (metrics, GATE_METRIC_PROCESS_START_TIME, 0, g_get_real_time ());
  write_process (self);
  gate_loop_arm (loop, &self->timer, BUSY_MS);
  return self;
}

void
gate_vitals_free (GateVitals *self)
{
  if (self == NULL)
    return;
  gate_loop_disarm (self->loop, &self->timer);
  if (self->statm_fd >= 0)
    close (self->statm_fd);
  g_free (self);
}

void
gate_vitals_set_n_fds (GateVitals *self,
                       guint       n_fds)
{
  self->n_fds = n_fds;
}

guint32
gate_vitals_get_lag_us (const GateVitals *self)
{
  return self->lag_us;
}

guint
gate_vitals_raise_max_fds (void)
{
  struct rlimit limit = { 0 };

  /* A small soft limit is there for programs that use select(). */
  if (getrlimit (RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    (void) setrlimit (RLIMIT_NOFILE, &limit);
  }
  (void) getrlimit (RLIMIT_NOFILE, &limit);
  return (guint) MIN (limit.rlim_cur, G_MAXINT);
}
