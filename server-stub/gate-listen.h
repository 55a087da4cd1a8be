/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GATE_LISTEN_FIRST_FD 3 /* sd_listen_fds(3) */

/* Like LISTEN_PID, but names the parent: set by a gateway for the one that takes over from it. */
#define GATE_LISTEN_PARENT "USHER_LISTEN_PARENT"

/**
 * gate_listen:
 * @address: "HOST:PORT"; HOST an IPv4 or bracketed IPv6 address; port 0 lets the kernel choose
 * @name: "client" or "ops": taken from the service manager, or the gateway before this one, when it passed a socket of that name
 * @backlog: of the listening socket
 * @ret_address: (transfer full): what was really bound
 *
 * Returns: a non-blocking, close-on-exec listening socket, or -1 with @error set
 */
int gate_listen (const char  *address,
                 const char  *name,
                 int          backlog,
                 char       **ret_address,
                 GError     **error);

G_END_DECLS
