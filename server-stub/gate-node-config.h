/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-config.h"
#include "gate-core.h"
#include "gate-geo.h"
#include "gate-keys.h"
#include "gate-link.h"
#include "gate-node-tls.h"

G_BEGIN_DECLS

/* The configuration of a node, cut for its parts: each worker is told only what its role may see. */

typedef struct {
  const GateConfig *config;
  const GateKeys *keys;
  const GateNodeTls *tls;
  const GateSnapshot *snapshot;
  const char *data_dir;
  const char *client_address;
  gboolean is_demo;
} GateNodeConfigInput;

/**
 * gate_node_config_check:
 *
 * Refuses what the configuration knows and this version does not do yet: a key that is silently without effect would be a
 * lie.
 */
gboolean gate_node_config_check (const GateConfig  *config,
                                 GError           **error);

/** gate_node_config_send: sends record `config` to a worker of @role. */
void gate_node_config_send (const GateNodeConfigInput  *input,
                            guint                       index,
                            Gate__Link__V1__WorkerRole  role,
                            GateLink                   *link);

/** gate_node_config_open_geo: (transfer full) (nullable): @ret_geo: what `geo.database` names; FALSE: it cannot be had. */
gboolean gate_node_config_open_geo (const GateConfig  *config,
                                    GateGeo          **ret_geo,
                                    GError           **error);

/** gate_node_config_make_core: (transfer full): a core with the settings of @config. @geo: (nullable): outlives it */
GateCore *gate_node_config_make_core (const GateConfig *config,
                                      const GateKeys   *keys,
                                      GateGeo          *geo,
                                      const GateRemote *remote,
                                      GateStore        *store);

/** gate_node_config_reload_core: gives a core that runs the settings of @config. */
void gate_node_config_reload_core (const GateConfig *config,
                                   const GateKeys   *keys,
                                   GateGeo          *geo,
                                   GateCore         *core);

G_END_DECLS
