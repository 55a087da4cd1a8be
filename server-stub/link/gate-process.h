/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/** GateProcess: a child that is this executable again. */
typedef struct {
  pid_t pid; /* 0 = none */
  int
    pid_fd; /* -1 where the kernel has none: then gate_process_reap() must be asked now and then */
  int link_fd; /* the parent's end of the link; the caller takes it */
} GateProcess;

/**
 * gate_process_start:
 * @role: as in `--worker=ROLE`
 * @index: as in `--index=N`
 * @listen_fd: descriptor 4 of the child, or -1
 * @metrics_fd: descriptor 5 of the child, or -1
 * @ret_process: the child
 *
 * Forks and executes; nothing else is inherited. The child dies with the calling thread.
 *
 * Returns: %FALSE with errno set when there are no more descriptors or processes
 */
gboolean gate_process_start (const char  *role,
                             guint        index,
                             int          listen_fd,
                             int          metrics_fd,
                             GateProcess *ret_process) G_GNUC_WARN_UNUSED_RESULT;

/** gate_process_reap: %FALSE while it lives; else @ret_status is that of waitpid() and the process is forgotten. */
gboolean gate_process_reap (GateProcess *self,
                            int         *ret_status) G_GNUC_WARN_UNUSED_RESULT;
void gate_process_kill (const GateProcess *self);

G_END_DECLS
