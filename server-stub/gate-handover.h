/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-loop.h"

#include <sys/types.h>

G_BEGIN_DECLS

/**
 * GateHandover:
 *
 * How a running gateway gives the data folder to the next one. There can be one writer. The one that leaves keeps its clients'
 * sockets until the moment each of them was told, but lets go of the folder as soon as another process waits for it: so who
 * moves early is served early, and they do not all come at once.
 */
typedef struct {
  void (*succeeded) (pid_t successor); /* the one we started waits for the folder: drain */
  gboolean (*is_quiet) (void);         /* what was begun is committed and told */
  void (*let_go) (void);
} GateHandoverHandler;

typedef struct {
  GateTimer timer;
  GateLoop *loop;       /* borrowed */
  const char *data_dir; /* borrowed */
  GateHandoverHandler handler;
  pid_t successor; /* started by us; 0 = none */
  gint64 due_us;
  gboolean is_draining;
  gboolean is_begun;
} GateHandover;

void gate_handover_init (GateHandover              *self,
                         GateLoop                  *loop,
                         const char                *data_dir,
                         const GateHandoverHandler *handler);

/**
 * gate_handover_start_successor:
 *
 * Starts what is now installed in this program's place; see gate_successor_start(). Nothing else happens until it waits for the
 * folder; if it ends before, or takes longer than 30 s, that is logged and nothing has changed.
 */
void gate_handover_start_successor (GateHandover  *self,
                                    char         **argv,
                                    int            client_fd,
                                    int            ops_fd);
gboolean gate_handover_has_successor (const GateHandover *self);

/** gate_handover_let_go_early: this process drains: whoever waits for the folder, now or later, is to have it. */
void gate_handover_let_go_early (GateHandover *self);

/** gate_handover_is_begun: another waits: nothing new may be begun, because it could no longer be kept. */
gboolean gate_handover_is_begun (const GateHandover *self);

G_END_DECLS
