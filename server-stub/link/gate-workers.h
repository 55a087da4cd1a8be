/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-link.h"
#include "link.pb-c.h"

#include <sys/types.h>

G_BEGIN_DECLS

/**
 * GateWorkers:
 *
 * Starts, watches and restarts the processes of a node (core side). A worker is this executable again with
 * `--worker=edge --index=N`, its link on descriptor 3. When one dies it is started again after 0, 0.1, 0.2,
 * 0.4 … 5 s (back to 0 after a minute of life). A worker silent for 10 s is killed. `index` counts over all
 * workers of a node and is stable over restarts.
 */
typedef struct _GateWorkers GateWorkers;

typedef struct {
  /* The worker said hello with our build; send it its configuration now. */
  void (*started) (guint index,
                   Gate__Link__V1__WorkerRole role,
                   GateLink *link,
                   gpointer user_data);
  void (*record) (guint index,
                  Gate__Link__V1__WorkerRole role,
                  const GateRecord *record,
                  gpointer user_data);

  /* It died or was killed; its link is gone and everything it held with it. */
  void (*gone) (guint index, Gate__Link__V1__WorkerRole role, gpointer user_data);
  void (*drained) (guint index, gpointer user_data);
} GateWorkersHandler;

GateWorkers *gate_workers_new (GateLoop                 *loop,
                               const char               *build,
                               const GateWorkersHandler *handler,
                               gpointer                  user_data) G_GNUC_WARN_UNUSED_RESULT;

/** gate_workers_free: kills what still lives. */
void gate_workers_free (GateWorkers *self);

/** gate_workers_add: @listen_fd and @metrics_fd are inherited as descriptors 4 and 5 (-1 = none). */
guint gate_workers_add (GateWorkers                *self,
                        Gate__Link__V1__WorkerRole  role,
                        int                         listen_fd,
                        int                         metrics_fd);

/** gate_workers_get_link: (nullable): the link of a worker that is up. */
GateLink *gate_workers_get_link (GateWorkers *self,
                                 guint        index);
guint gate_workers_get_n_up (GateWorkers                *self,
                             Gate__Link__V1__WorkerRole  role);
guint gate_workers_get_restarts (GateWorkers *self,
                                 guint        index);

/** gate_workers_get_pid: of the process that lives now; 0 = none. */
pid_t gate_workers_get_pid (GateWorkers *self,
                            guint        index);

/** gate_workers_get_exit_status: how the last process ended, as waitpid() tells it; 0 before any did. */
int gate_workers_get_exit_status (GateWorkers *self,
                                  guint        index);

/**
 * gate_workers_join: makes a socket pair and gives either end to one of two workers that are up (record 10, %DK_PEER,
 * `index` = the other's). Call it for each edge and `http` when one of them has started.
 *
 * Returns: %FALSE when one of them is not up or there are no descriptors
 */
gboolean gate_workers_join (GateWorkers *self,
                            guint        a,
                            guint        b);

/** gate_workers_stop: sends `stop` to all, no restart any more; @all_gone is called when the last went. */
void gate_workers_stop (GateWorkers *self,
                        guint        drain_ms,
                        void (*all_gone) (gpointer user_data));

/* --- The worker's side ---------------------------------------------------------------------------- */

typedef enum {
  GATE_SANDBOX_EDGE,
  GATE_SANDBOX_HTTP,
} GateSandbox;

/**
 * gate_sandbox_enter:
 * @sandbox: which list of system calls; one table in gate-sandbox.c
 * @error: return location
 *
 * No-new-privileges and seccomp always; a user namespace where the host allows it; another user where the process is root
 * (`nobody`, keeping access to descriptors that are open). Call after everything that needs rights is open and before the
 * first foreign byte. A forbidden call kills the process (SIGSYS).
 */
gboolean gate_sandbox_enter (GateSandbox   sandbox,
                             GError      **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * gate_sandbox_forbid:
 *
 * The core's own filter, which what it starts inherits: no-new-privileges, and death for what no part of a gateway ever
 * asks. A list of what is forbidden, not of what is allowed: a newer gateway that takes over by an upgrade lives under it too.
 * Call before the first thread.
 */
gboolean gate_sandbox_forbid (GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
