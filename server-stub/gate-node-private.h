/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core.h"
#include "gate-geo.h"
#include "gate-handover.h"
#include "gate-hash.h"
#include "gate-keys.h"
#include "gate-loop.h"
#include "gate-metrics.h"
#include "gate-node-tls.h"
#include "gate-node.h"
#include "gate-notify.h"
#include "gate-pool.h"
#include "gate-vitals.h"
#include "gate-workers.h"

G_BEGIN_DECLS

/* The core process in one struct. Its files: gate-node.c starts and ends it, -events carries between links, store and core,
 * -workers has the workers, -store opens the data folder, -change does what an operator asks while it runs.
 */
typedef struct {
  const GateNodeOptions *options;
  GateConfig *config; /* in force */
  GateLoop *loop;
  GateMetrics *metrics;
  GateVitals *vitals;
  GateNotify *notify;
  GateStore *store;
  GateHasher *hasher;
  GateWorkers *workers;
  GateCore *core;
  WireArena *scratch; /* what one record decodes to; reset after each */
  GateKeys keys;
  GateNodeTls tls;
  GateGeo *geo;           /* (nullable) */
  GateSnapshot *snapshot; /* the last one loaded; for the workers' share of the configuration */
  char *client_address;
  char *ops_address;
  int client_fd;
  int ops_fd;
  int metrics_fd;
  guint http_index;
  GatePool pool;
  gboolean is_ready;
  gboolean is_stopping;
  GateTimer core_timer;
  GateTimer watchdog_timer;
  GateTimer ticket_timer;
  GateHandover handover;
  GateTurnEnd turn_end;
  GateWatch signals;
} GateNode;

extern GateNode gate_node; /* one a process: callbacks of intrusive members find it here */

/* --- gate-node-events.c -------------------------------------------------------------------------------- */

/** gate_node_enter_core: before each event: sets the core's clocks; the turn's end hands the store its batch. */
void gate_node_enter_core (void);
void gate_node_start_core (void);

/** gate_node_close_core: what the core submitted is committed before anybody else may have the folder. */
void gate_node_close_core (void);
void gate_node_record_cb (guint                       index,
                          Gate__Link__V1__WorkerRole  role,
                          const GateRecord           *record,
                          gpointer                    user_data);
extern const GateStoreDone gate_node_store_done;

/* --- gate-node-workers.c ------------------------------------------------------------------------------- */

void gate_node_start_workers (void);

/** gate_node_send_configs: to every worker that is up. */
void gate_node_send_configs (void);

/** gate_node_tell_everybody: (transfer full): @snapshot is what the store has now, for the core and the workers. */
void gate_node_tell_everybody (GateSnapshot *snapshot);
void gate_node_stats_arrived (guint                        index,
                              const Gate__Link__V1__Stats *stats);

/* --- gate-node-store.c --------------------------------------------------------------------------------- */

/** gate_node_open_store: waits for whoever has the folder; makes the first administrator where there is nobody. */
gboolean gate_node_open_store (GError **error);

/** gate_node_take_snapshot: (transfer full) (nullable) */
void gate_node_take_snapshot (GateSnapshot *snapshot);

/* --- gate-node-change.c -------------------------------------------------------------------------------- */

void gate_node_log_configuration (void);
void gate_node_count_loaded (void);

/** gate_node_reload: configuration, certificate and administration anew; all or nothing. */
void gate_node_reload (void);

/** gate_node_stop: drains, then ends; asked twice, ends. */
void gate_node_stop (void);

/** gate_node_upgrade: starts what is installed now, which takes over. */
void gate_node_upgrade (void);
void gate_node_start_changes (void);

G_END_DECLS
