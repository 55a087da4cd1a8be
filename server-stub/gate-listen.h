/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * gate_listen:
 * @address: "HOST:PORT"; HOST an IPv4 or bracketed IPv6 address; port 0 lets the kernel choose
 * @name: "client" or "ops": taken from the service manager instead when it passed a socket of that name
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
