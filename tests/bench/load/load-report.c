/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load-report.h"

static const char *const count_names[LOAD_N_COUNTS] = {
  [LOAD_COUNT_READY] = "ready",
  [LOAD_COUNT_GIVEN_UP] = "given_up",
  [LOAD_COUNT_ALL_BEGUN] = "all_begun",
  [LOAD_COUNT_OPEN] = "open",
  [LOAD_COUNT_DONE_IN_WINDOW] = "done",
  [LOAD_COUNT_BEGUN_ANEW] = "begun_anew",
  [LOAD_COUNT_DELIVERED] = "delivered",
  [LOAD_COUNT_BEATS] = "beats",
  [LOAD_COUNT_BEATS_ANSWERED] = "beats_answered",
  [LOAD_COUNT_BYTES_IN] = "bytes_in",
  [LOAD_COUNT_BYTES_OUT] = "bytes_out",
  [LOAD_COUNT_CONNECT_FAILED] = "connect_failed",
  [LOAD_COUNT_REFUSED] = "refused",
  [LOAD_COUNT_CLOSED] = "closed",
  [LOAD_COUNT_BROKEN] = "broken",
  [LOAD_COUNT_MISMATCH] = "mismatch",
  [LOAD_COUNT_NOT_RESUMED] = "not_resumed",
  [LOAD_COUNT_UPLOAD_FAILED] = "upload_failed",
  [LOAD_COUNT_TIMEOUT] = "timeout",
};

static const char *const time_names[LOAD_N_TIMES] = {
  [LOAD_TIME_CONNECT] = "connect_us",
  [LOAD_TIME_LATENCY] = "latency_us",
  [LOAD_TIME_AWAY] = "away_us",
  [LOAD_TIME_DELIVERY] = "delivery_us",
};

void
load_report_merge (LoadReport       *self,
                   const LoadReport *other)
{
  for (guint i = 0; i < LOAD_N_COUNTS; i++)
    self->counts[i] += load_report_get (other, i);
  for (guint i = 0; i < LOAD_MAX_ERROR_CODE; i++)
    self->error_codes[i] += other->error_codes[i];
  for (guint i = 0; i < LOAD_N_TIMES; i++)
    load_histogram_merge (&self->times[i], &other->times[i]);
  if (other->first_us != 0 && (self->first_us == 0 || other->first_us < self->first_us))
    self->first_us = other->first_us;
  self->last_ready_us = MAX (self->last_ready_us, other->last_ready_us);
}

guint64
load_report_n_errors (const LoadReport *self)
{
  guint64 n = 0;

  for (guint i = LOAD_FIRST_ERROR; i < LOAD_N_COUNTS; i++)
    n += self->counts[i];
  for (guint i = 0; i < LOAD_MAX_ERROR_CODE; i++)
    n += self->error_codes[i];
  return n;
}

static void
append_counts (const LoadReport *self,
               GString          *out,
               guint             from,
               guint             to)
{
  for (guint i = from; i < to; i++)
    g_string_append_printf (out, "\"%s\":%" G_GUINT64_FORMAT ",", count_names[i], self->counts[i]);
}

static void
append_errors (const LoadReport *self,
               GString          *out)
{
  append_counts (self, out, LOAD_FIRST_ERROR, LOAD_N_COUNTS);
  for (guint i = 0; i < LOAD_MAX_ERROR_CODE; i++)
    if (self->error_codes[i] > 0)
      g_string_append_printf (out, "\"%u\":%" G_GUINT64_FORMAT ",", i, self->error_codes[i]);
  g_string_truncate (out, out->len - 1);
}

void
load_report_append_json (const LoadReport *self,
                         GString          *out)
{
  append_counts (self, out, 0, LOAD_FIRST_ERROR);
  g_string_append_printf (out, "\"n_errors\":%" G_GUINT64_FORMAT ",\"errors\":{",
                          load_report_n_errors (self));
  append_errors (self, out);
  g_string_append_c (out, '}');
  for (guint i = 0; i < LOAD_N_TIMES; i++) {
    g_string_append_printf (out, ",\"%s\":", time_names[i]);
    load_histogram_append_json (&self->times[i], out);
  }
}
