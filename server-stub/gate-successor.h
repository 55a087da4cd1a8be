/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/**
 * gate_successor_start:
 * @argv: the arguments this process was started with
 * @client_fd: the listening socket for clients
 * @ops_fd: the one for operators
 *
 * Starts what is now installed in this program's place, with the same arguments and these very sockets, so that no
 * connection is refused between this process and that one. It is told of them as a service manager would tell it
 * (sd_listen_fds(3)), but by its parent's number, as nobody knows its own before it runs.
 *
 * Returns: its process, to be reaped; -1 with errno set
 */
pid_t gate_successor_start (char **argv,
                            int    client_fd,
                            int    ops_fd);

G_END_DECLS
