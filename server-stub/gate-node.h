/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-reload.h"

G_BEGIN_DECLS

/**
 * GateNode:
 *
 * The core process: it opens the sockets and the store, starts the workers, and carries events between links, store,
 * hasher and the core. The only place, with main.c, that knows everyone; it decides nothing.
 */
typedef struct {
  GateConfig *config;    /* (transfer full) */
  GateConfigLoader load; /* reads it anew when a SIGHUP comes */
  gpointer load_data;
  char *data_dir;
  gboolean is_demo;
  char **argv; /* what the process was started with; for the one that takes over from it */
} GateNodeOptions;

/** gate_node_run: until a signal ends it. Returns: the exit status. */
int gate_node_run (const GateNodeOptions *options);

G_END_DECLS
