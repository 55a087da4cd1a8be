/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One shared file: a head with names, then a page for each loop. A page is an array of 64-bit cells in the order of
 * the table; nobody but its loop writes it. So a counter costs one load and one store, and a reader sees each
 * cell whole, if not all of one instant. The file is sparse: pages nobody took cost nothing.
 *
 * A cell of zero means "never written", and gauges are stored with their top bit turned, so that a gauge that
 * fell back to zero is told from one that never was; only series that were written are shown.
 */
#include "config.h"

#include "gate-metrics-private.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SYSTEM_PAGE_BYTES ((gsize) 4096)
#define GAUGE_BIAS        ((guint64) 1 << 63)

struct _GateMetrics {
  guint8 *memory;
  gsize page_bytes;
  GateMetricPage *page; /* this loop's own */
  guint offsets[GATE_N_METRICS];
};

static gsize
round_up (gsize bytes)
{
  return (bytes + SYSTEM_PAGE_BYTES - 1) & ~(SYSTEM_PAGE_BYTES - 1);
}

static gsize
head_bytes (void)
{
  return round_up (sizeof (GateMetricHead));
}

static gsize
file_bytes (const GateMetrics *self)
{
  return head_bytes () + GATE_METRICS_MAX_PAGES * self->page_bytes;
}

static GateMetrics *
metrics_new (void)
{
  GateMetrics *self = g_new0 (GateMetrics, 1);
  guint n_cells = 0;

  for (guint i = 0; i < GATE_N_METRICS; i++) {
    const GateMetricRow *row = &gate_metric_table[i];

    g_assert (row->name != NULL);
    self->offsets[i] = n_cells;
    n_cells += gate_metric_row_get_n_series (row) * gate_metric_row_get_n_cells (row);
  }
  self->page_bytes = round_up (sizeof (GateMetricPage) + n_cells * sizeof (guint64));
  return self;
}

static gboolean
map (GateMetrics  *self,
     int           fd,
     GError      **error)
{
  gpointer memory = mmap (NULL, file_bytes (self), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

  if (memory == MAP_FAILED) {
    int saved_errno = errno;

    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved_errno),
                 "Cannot map the metric pages: %s", g_strerror (saved_errno));
    return FALSE;
  }
  self->memory = memory;
  return TRUE;
}

static GateMetricPage *
get_page (const GateMetrics *self,
          guint              page)
{
  return (gpointer) (self->memory + head_bytes () + page * self->page_bytes);
}

static GateMetricHead *
get_head (const GateMetrics *self)
{
  return (gpointer) self->memory;
}

/* What a process that is gone had counted stays; what it had open does not. */
static void
clear_gauges (GateMetrics    *self,
              GateMetricPage *page)
{
  for (guint i = 0; i < GATE_N_METRICS; i++) {
    guint n_series = gate_metric_row_get_n_series (&gate_metric_table[i]);
    guint64 *cells = page->cells + self->offsets[i];

    for (guint j = 0; gate_metric_table[i].type == GATE_METRIC_GAUGE && j < n_series; j++)
      if (cells[j] != 0)
        __atomic_store_n (&cells[j], GAUGE_BIAS, __ATOMIC_RELAXED);
  }
}

static void
take_page (GateMetrics *self,
           guint        page,
           const char  *loop)
{
  g_assert (page < GATE_METRICS_MAX_PAGES);
  self->page = get_page (self, page);
  clear_gauges (self, self->page);
  g_strlcpy (self->page->name, loop, GATE_NAME_BYTES);
}

GateMetrics *
gate_metrics_create (int     *ret_fd,
                     GError **error)
{
  g_autoptr (GateMetrics) self = metrics_new ();
  int fd = memfd_create ("gate-metrics", MFD_CLOEXEC);

  if (fd < 0 || ftruncate (fd, (off_t) file_bytes (self)) != 0) {
    int saved_errno = errno;

    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved_errno),
                 "Cannot make the metric pages: %s", g_strerror (saved_errno));
    if (fd >= 0)
      close (fd);
    return NULL;
  }
  if (!map (self, fd, error)) {
    close (fd);
    return NULL;
  }
  get_head (self)->n_queues = 1;
  g_strlcpy (get_head (self)->queues[0], "other", GATE_NAME_BYTES);
  take_page (self, 0, "core");
  *ret_fd = fd;
  return g_steal_pointer (&self);
}

GateMetrics *
gate_metrics_open (int          fd,
                   guint        page,
                   const char  *loop,
                   GError     **error)
{
  g_autoptr (GateMetrics) self = metrics_new ();

  if (!map (self, fd, error))
    return NULL;
  take_page (self, page, loop);
  return g_steal_pointer (&self);
}

void
gate_metrics_free (GateMetrics *self)
{
  if (self == NULL)
    return;
  if (self->memory != NULL)
    munmap (self->memory, file_bytes (self));
  g_free (self);
}

void
gate_metrics_set_build (GateMetrics *self,
                        const char  *version,
                        const char  *commit,
                        const char  *node)
{
  GateMetricHead *head = get_head (self);

  g_strlcpy (head->version, version, GATE_NAME_BYTES);
  g_strlcpy (head->commit, commit, GATE_NAME_BYTES);
  g_strlcpy (head->node, node, GATE_NAME_BYTES);
}

void
gate_metrics_clear_gauges (GateMetrics *self,
                           guint        page)
{
  clear_gauges (self, get_page (self, page));
}

static guint64 *
get_cells (GateMetrics *self,
           GateMetric   metric,
           guint        label)
{
  const GateMetricRow *row = &gate_metric_table[metric];

  g_assert (label < gate_metric_row_get_n_series (row));
  return self->page->cells + self->offsets[metric] +
         (gsize) label * gate_metric_row_get_n_cells (row);
}

static void
add (guint64 *cell,
     guint64  n)
{
  __atomic_store_n (cell, __atomic_load_n (cell, __ATOMIC_RELAXED) + n, __ATOMIC_RELAXED);
}

void
gate_metrics_add (GateMetrics *self,
                  GateMetric   metric,
                  guint        label,
                  guint64      n)
{
  guint64 *cell = get_cells (self, metric, label);

  g_assert (gate_metric_table[metric].type != GATE_METRIC_HISTOGRAM);
  if (gate_metric_table[metric].type == GATE_METRIC_GAUGE && *cell == 0)
    n += GAUGE_BIAS;
  add (cell, n);
}

void
gate_metrics_set (GateMetrics *self,
                  GateMetric   metric,
                  guint        label,
                  gint64       value)
{
  gboolean is_gauge = gate_metric_table[metric].type == GATE_METRIC_GAUGE;

  g_assert (gate_metric_table[metric].type != GATE_METRIC_HISTOGRAM);
  __atomic_store_n (get_cells (self, metric, label), (guint64) value + (is_gauge ? GAUGE_BIAS : 0),
                    __ATOMIC_RELAXED);
}

void
gate_metrics_observe (GateMetrics *self,
                      GateMetric   metric,
                      guint        label,
                      guint64      value_us)
{
  const GateMetricRow *row = &gate_metric_table[metric];
  guint64 *cells = get_cells (self, metric, label);
  guint bucket = 0;

  g_assert (row->type == GATE_METRIC_HISTOGRAM);
  while (bucket < row->n_buckets && value_us > row->buckets[bucket])
    bucket++;
  add (&cells[bucket], 1);
  add (&cells[row->n_buckets + 1], value_us);
}

static guint
find_or_add_name (char        names[][GATE_NAME_BYTES],
                  guint32    *n_names,
                  guint32     max_names,
                  const char *name)
{
  for (guint i = 0; i < *n_names; i++)
    if (strncmp (names[i], name, GATE_NAME_BYTES - 1) == 0)
      return i;
  if (*n_names == max_names)
    return 0;
  g_strlcpy (names[*n_names], name, GATE_NAME_BYTES);
  /* After the name: a reader that sees the count sees the name. */
  __atomic_store_n (n_names, *n_names + 1, __ATOMIC_RELEASE);
  return *n_names - 1;
}

guint
gate_metrics_queue_label (GateMetrics *self,
                          const char  *name)
{
  GateMetricHead *head = get_head (self);

  return find_or_add_name (head->queues, &head->n_queues, GATE_MAX_QUEUES, name);
}

guint
gate_metrics_worker_label (GateMetrics *self,
                           const char  *name)
{
  GateMetricHead *head = get_head (self);

  return find_or_add_name (head->workers, &head->n_workers, GATE_MAX_WORKERS, name);
}

const GateMetricHead *
gate_metrics_get_head (const GateMetrics *self)
{
  return get_head (self);
}

const GateMetricPage *
gate_metrics_get_page (const GateMetrics *self,
                       guint              page)
{
  return get_page (self, page);
}

guint
gate_metrics_get_offset (const GateMetrics *self,
                         GateMetric         metric)
{
  return self->offsets[metric];
}
