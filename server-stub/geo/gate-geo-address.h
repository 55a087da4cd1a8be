/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/**
 * gate_geo_address_parse:
 * @text: (nullable): an IPv4 or IPv6 address, without a port
 *
 * FALSE: it is none, or one of this machine or of a private network, which is nowhere. An IPv4 address that is written as IPv6
 * (`::ffff:192.0.2.1`) is the IPv4 address.
 */
gboolean gate_geo_address_parse (const char              *text,
                                 struct sockaddr_storage *ret_address);

G_END_DECLS
