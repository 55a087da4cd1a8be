/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** WireProtocol: what the first bytes of a connection say (`PROTOCOLS.md` 2d.1). */
typedef enum {
  WIRE_PROTOCOL_UNDECIDED, /* more bytes needed */
  WIRE_PROTOCOL_UNKNOWN,   /* none of ours: close without an answer */
  WIRE_PROTOCOL_TLS,
  WIRE_PROTOCOL_PROXY_V1, /* only from a trusted address; then detect again */
  WIRE_PROTOCOL_PROXY_V2,
  WIRE_PROTOCOL_BINARY, /* the preface F9 `GT1` */
  WIRE_PROTOCOL_HTTP,
  WIRE_PROTOCOL_HTTP2, /* prior knowledge: answer 505 */
} WireProtocol;

/** wire_sniff: decides as soon as the bytes allow it; consumes nothing. */
WireProtocol wire_sniff (const guint8 *data,
                         gsize         n_bytes);

G_END_DECLS
