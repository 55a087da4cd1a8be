/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** GateBackoff: how long a worker that died waits for its successor: 0, 0.1, 0.2, 0.4 … 5 s; 0 again after a minute of life. */
typedef struct {
  guint delay_ms; /* of the next start */
} GateBackoff;

#define GATE_BACKOFF_FIRST_MS 100
#define GATE_BACKOFF_MAX_MS   5000
#define GATE_BACKOFF_GOOD_US  ((gint64) 60 * G_USEC_PER_SEC)

/** gate_backoff_next_ms: the worker died after @lived_us; returns the pause before the next start. */
static inline guint
gate_backoff_next_ms (GateBackoff *self,
                      gint64       lived_us)
{
  guint delay_ms;

  if (lived_us >= GATE_BACKOFF_GOOD_US)
    self->delay_ms = 0;
  delay_ms = self->delay_ms;
  self->delay_ms = delay_ms == 0 ? GATE_BACKOFF_FIRST_MS : MIN (delay_ms * 2, GATE_BACKOFF_MAX_MS);
  return delay_ms;
}

G_END_DECLS
