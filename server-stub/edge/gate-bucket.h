/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GateBucket:
 *
 * A token bucket in eight bytes: the time at which it would be full again (the "virtual scheduling" form of the generic cell
 * rate algorithm, ITU-T I.371). All zero is a full bucket. Rate and burst are the caller's, since thousands of buckets share them.
 */
typedef struct {
  gint64 full_at_us;
} GateBucket;

/**
 * gate_bucket_take:
 * @rate_per_s: tokens that come in a second; 0 = no limit
 * @burst: tokens it holds; at least 1 is meant
 * @ret_wait_ms: set when there is none: how long until there is one
 */
static inline gboolean
gate_bucket_take (GateBucket *self,
                  guint       rate_per_s,
                  guint       burst,
                  gint64      now_us,
                  guint32    *ret_wait_ms)
{
  gint64 token_us = rate_per_s > 0 ? G_USEC_PER_SEC / rate_per_s : 0;
  gint64 full_at_us = MAX (self->full_at_us, now_us) + token_us;
  gint64 wait_us = full_at_us - now_us - (gint64) MAX (burst, 1) * token_us;

  if (rate_per_s == 0)
    return TRUE;
  if (wait_us > 0) {
    *ret_wait_ms = (guint32) ((wait_us + 999) / 1000);
    return FALSE;
  }
  self->full_at_us = full_at_us;
  return TRUE;
}

G_END_DECLS
