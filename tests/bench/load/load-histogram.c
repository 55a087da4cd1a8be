/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load-histogram.h"

static guint
bucket_of (guint64 value)
{
  guint shift = value < LOAD_HISTOGRAM_STEPS
                  ? 0
                  : (guint) g_bit_storage ((gulong) value) - 1 - LOAD_HISTOGRAM_STEP_BITS;
  guint64 bucket = ((guint64) shift << LOAD_HISTOGRAM_STEP_BITS) + (value >> shift);

  return (guint) MIN (bucket, LOAD_HISTOGRAM_BUCKETS - 1);
}

/* The largest value that falls into @bucket. */
static guint64
upper_end (guint bucket)
{
  guint shift = bucket < 2 * LOAD_HISTOGRAM_STEPS ? 0 : (bucket >> LOAD_HISTOGRAM_STEP_BITS) - 1;
  guint64 step = bucket - ((guint64) shift << LOAD_HISTOGRAM_STEP_BITS);

  return ((step + 1) << shift) - 1;
}

void
load_histogram_add (LoadHistogram *self,
                    gint64         value_us)
{
  guint64 value = value_us > 0 ? (guint64) value_us : 0;

  self->counts[bucket_of (value)]++;
  self->n_values++;
  self->sum_us += value;
  self->max_us = MAX (self->max_us, value);
}

void
load_histogram_merge (LoadHistogram       *self,
                      const LoadHistogram *other)
{
  for (guint i = 0; i < LOAD_HISTOGRAM_BUCKETS; i++)
    self->counts[i] += other->counts[i];
  self->n_values += other->n_values;
  self->sum_us += other->sum_us;
  self->max_us = MAX (self->max_us, other->max_us);
}

guint64
load_histogram_percentile (const LoadHistogram *self,
                           double               share)
{
  guint64 wanted = (guint64) (share * (double) self->n_values + 0.5);
  guint64 seen = 0;

  for (guint i = 0; i < LOAD_HISTOGRAM_BUCKETS; i++) {
    seen += self->counts[i];
    if (seen > 0 && seen >= wanted)
      return MIN (upper_end (i), self->max_us);
  }
  return 0;
}

void
load_histogram_append_json (const LoadHistogram *self,
                            GString             *out)
{
  static const struct {
    const char *name;
    double share;
  } shares[] = { { "p50", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 }, { "p999", 0.999 } };

  g_string_append_printf (out, "{\"n\":%" G_GUINT64_FORMAT ",\"mean\":%.1f", self->n_values,
                          self->n_values > 0 ? (double) self->sum_us / (double) self->n_values : 0);
  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    g_string_append_printf (out, ",\"%s\":%" G_GUINT64_FORMAT, shares[i].name,
                            load_histogram_percentile (self, shares[i].share));
  g_string_append_printf (out, ",\"max\":%" G_GUINT64_FORMAT "}", self->max_us);
}
