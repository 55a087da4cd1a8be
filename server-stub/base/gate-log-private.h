/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * gate_log_admit: the sampling behind gate_log(), with the clock given.
 * @second: the wall clock's second
 * @ret_n_suppressed: lines of @event left out since the last one that was admitted
 */
gboolean gate_log_admit (const char *event,
                         gint64      second,
                         guint32    *ret_n_suppressed);

G_END_DECLS
