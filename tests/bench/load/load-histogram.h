/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* 64 steps for each doubling: a value is known to 1.6 %. Up to 2^36 us, 19 hours. */
#define LOAD_HISTOGRAM_STEP_BITS 6u
#define LOAD_HISTOGRAM_STEPS     (1u << LOAD_HISTOGRAM_STEP_BITS)
#define LOAD_HISTOGRAM_BUCKETS   ((36u - LOAD_HISTOGRAM_STEP_BITS + 1) * LOAD_HISTOGRAM_STEPS)

/**
 * LoadHistogram:
 *
 * Times in microseconds, log-linear: as many values as one likes in 16 KiB. All zero is an empty one. It may lie in memory
 * shared by processes: one writes, another merges when the writer has ended.
 */
typedef struct {
  guint64 counts[LOAD_HISTOGRAM_BUCKETS];
  guint64 n_values, sum_us, max_us;
} LoadHistogram;

void load_histogram_add (LoadHistogram *self,
                         gint64         value_us);
void load_histogram_merge (LoadHistogram       *self,
                           const LoadHistogram *other);

/** load_histogram_percentile: the upper end of the bucket that holds the @share (0 to 1) smallest; 0 when empty. */
guint64 load_histogram_percentile (const LoadHistogram *self,
                                   double               share);

/** load_histogram_append_json: `{"n":…,"mean":…,"p50":…,"p90":…,"p99":…,"p999":…,"max":…}`, microseconds. */
void load_histogram_append_json (const LoadHistogram *self,
                                 GString             *out);

G_END_DECLS
