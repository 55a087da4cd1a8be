/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-node-tls.h"

G_BEGIN_DECLS

/** GateConfigLoader: reads every source of the configuration anew, with each error it finds added to @errors. */
typedef GateConfig *(*GateConfigLoader) (gpointer user_data, GPtrArray *errors);

/**
 * gate_reload_try:
 * @before: what is in force
 * @tls: the certificate in force; on success that of the new configuration
 *
 * A configuration that may take the place of @before while everything runs.
 *
 * Returns: (nullable) (transfer full): %NULL, with all that is wrong in @error, when one source cannot be read, a value is wrong,
 *   or a key has changed that only a restart can bring into force: then nothing has changed
 */
GateConfig *gate_reload_try (GateConfigLoader   load,
                             gpointer           user_data,
                             const GateConfig  *before,
                             GateNodeTls       *tls,
                             GError           **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
