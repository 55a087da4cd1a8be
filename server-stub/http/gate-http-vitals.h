/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-metrics.h"

G_BEGIN_DECLS

/** GateHttpVitals: lag of GLib's main loop and use of the process, once a second; what GateVitals is for a GateLoop. */
typedef struct _GateHttpVitals GateHttpVitals;

/** gate_http_vitals_new: @metrics (nullable); call before the sandbox: it opens what it reads later. */
GateHttpVitals *gate_http_vitals_new (GateMetrics *metrics) G_GNUC_WARN_UNUSED_RESULT;
void gate_http_vitals_free (GateHttpVitals *self);

/** gate_http_vitals_get_lag_us: of the last second; @self (nullable). */
guint32 gate_http_vitals_get_lag_us (const GateHttpVitals *self);

G_END_DECLS
