/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-http-vitals.h"

#include "gate-metric-table.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#define PERIOD_MS 1000
#define PERIOD_US ((gint64) PERIOD_MS * 1000)

struct _GateHttpVitals {
  GateMetrics *metrics; /* borrowed */
  guint timer_id;
  gint64 due_us;
  gint64 last_busy_us;
  guint32 lag_us;
  int statm_fd;
};

static gint64
time_us (struct timeval time)
{
  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_usec;
}

static void
write_resident (GateHttpVitals *self)
{
  char text[64];
  gssize n_bytes = pread (self->statm_fd, text, sizeof (text) - 1, 0);
  char *end = text;

  if (n_bytes <= 0)
    return;
  text[n_bytes] = '\0';
  (void) g_ascii_strtoull (text, &end, 10);
  gate_metrics_set (self->metrics, GATE_METRIC_PROCESS_RESIDENT, 0,
                    (gint64) g_ascii_strtoull (end, NULL, 10) * sysconf (_SC_PAGESIZE));
}

/* The loop does nothing but work or wait, so its busy share is the processor time of the process. */
static void
write_process (GateHttpVitals *self)
{
  struct rusage usage;
  gint64 busy_us;

  write_resident (self);
  if (getrusage (RUSAGE_SELF, &usage) != 0)
    return;
  busy_us = time_us (usage.ru_utime) + time_us (usage.ru_stime);
  gate_metrics_set (self->metrics, GATE_METRIC_PROCESS_CPU, 0, busy_us);
  gate_metrics_set (self->metrics, GATE_METRIC_LOOP_BUSY_RATIO, 0,
                    MIN (busy_us - self->last_busy_us, G_USEC_PER_SEC));
  self->last_busy_us = busy_us;
}

static gboolean
sample (gpointer user_data)
{
  GateHttpVitals *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  self->lag_us = (guint32) CLAMP (now_us - self->due_us, 0, G_MAXUINT32);
  self->due_us = now_us + PERIOD_US;
  gate_metrics_observe (self->metrics, GATE_METRIC_LOOP_LAG, 0, self->lag_us);
  write_process (self);
  return G_SOURCE_CONTINUE;
}

static guint
count_fds (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

GateHttpVitals *
gate_http_vitals_new (GateMetrics *metrics)
{
  GateHttpVitals *self = g_new0 (GateHttpVitals, 1);
  struct rlimit limit;

  self->statm_fd = -1;
  if (metrics == NULL)
    return self;
  self->metrics = metrics;
  self->statm_fd = open ("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  self->due_us = g_get_monotonic_time () + PERIOD_US;
  self->timer_id = g_timeout_add (PERIOD_MS, sample, self);
  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    gate_metrics_set (metrics, GATE_METRIC_PROCESS_MAX_FDS, 0, (gint64) limit.rlim_cur);
  gate_metrics_set (metrics, GATE_METRIC_PROCESS_OPEN_FDS, 0, count_fds ());
  gate_metrics_set (metrics, GATE_METRIC_PROCESS_START_TIME, 0, g_get_real_time ());
  return self;
}

void
gate_http_vitals_free (GateHttpVitals *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (self->statm_fd >= 0)
    (void) close (self->statm_fd);
  g_free (self);
}

guint32
gate_http_vitals_get_lag_us (const GateHttpVitals *self)
{
  return self != NULL ? self->lag_us : 0;
}
