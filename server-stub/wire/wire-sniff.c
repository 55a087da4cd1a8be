/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-sniff"

#include "config.h"

#include "wire-sniff.h"

#include <string.h>

typedef struct {
  WireProtocol protocol;
  guint n_bytes;
  const char *bytes;
} Signature;

/* `PROTOCOLS.md` 2d.1. TLS has three bytes here: any version that begins with 3; its own library judges the rest. */
static const Signature signatures[] = {
  { WIRE_PROTOCOL_TLS, 2, "\x16\x03" },    { WIRE_PROTOCOL_PROXY_V2, 12, "\r\n\r\n\0\r\nQUIT\n" },
  { WIRE_PROTOCOL_PROXY_V1, 6, "PROXY " }, { WIRE_PROTOCOL_BINARY, 4, "\xF9GT1" },
  { WIRE_PROTOCOL_HTTP, 4, "GET " },       { WIRE_PROTOCOL_HTTP, 4, "POST" },
  { WIRE_PROTOCOL_HTTP, 4, "PUT " },       { WIRE_PROTOCOL_HTTP, 4, "HEAD" },
  { WIRE_PROTOCOL_HTTP, 4, "DELE" },       { WIRE_PROTOCOL_HTTP, 4, "OPTI" },
  { WIRE_PROTOCOL_HTTP, 4, "PATC" },       { WIRE_PROTOCOL_HTTP2, 12, "PRI * HTTP/2" },
};

/* The third byte of a TLS record is the version's lower half: 00 to 04. */
static WireProtocol
settle_tls (const guint8 *data,
            gsize         n_bytes)
{
  if (n_bytes < 3)
    return WIRE_PROTOCOL_UNDECIDED;
  return data[2] <= 4 ? WIRE_PROTOCOL_TLS : WIRE_PROTOCOL_UNKNOWN;
}

WireProtocol
wire_sniff (const guint8 *data,
            gsize         n_bytes)
{
  gboolean is_open = n_bytes == 0;

  for (gsize i = 0; i < G_N_ELEMENTS (signatures) && n_bytes > 0; i++) {
    const Signature *signature = &signatures[i];

    if (memcmp (data, signature->bytes, MIN (n_bytes, signature->n_bytes)) != 0)
      continue;
    if (n_bytes < signature->n_bytes)
      is_open = TRUE;
    else if (signature->protocol == WIRE_PROTOCOL_TLS)
      return settle_tls (data, n_bytes);
    else
      return signature->protocol;
  }
  return is_open ? WIRE_PROTOCOL_UNDECIDED : WIRE_PROTOCOL_UNKNOWN;
}
