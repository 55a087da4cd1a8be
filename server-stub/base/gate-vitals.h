/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-loop.h"
#include "gate-metrics.h"

G_BEGIN_DECLS

/**
 * GateVitals:
 *
 * How a loop and its process are: lag and busy share of the loop, processor time, resident memory and
 * descriptors, written to the metric page. A loop that works is sampled each 100 ms, one at rest each second, so
 * that measuring does not wake what sleeps.
 */
typedef struct _GateVitals GateVitals;

/** gate_vitals_new: call before the sandbox: it opens what it reads later. */
GateVitals *gate_vitals_new (GateLoop    *loop,
                             GateMetrics *metrics) G_GNUC_WARN_UNUSED_RESULT;
void gate_vitals_free (GateVitals *self);

/** gate_vitals_set_n_fds: descriptors open now; the owner counts them, because a sandbox cannot list them. */
void gate_vitals_set_n_fds (GateVitals *self,
                            guint       n_fds);

/** gate_vitals_raise_max_fds: as many descriptors as the host lets this process have; returns how many. */
guint gate_vitals_raise_max_fds (void);

/** gate_vitals_get_lag_us: the worst lag of the last second. */
guint32 gate_vitals_get_lag_us (const GateVitals *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GateVitals, gate_vitals_free)

G_END_DECLS
