/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dictionary 1 of zd1, for clients that do not bring it (`PROTOCOLS.md` 2d.2). */
#include "config.h"

#include "gate-serve.h"

#include "wire-zd1.h"

void
gate_serve_dictionary (GateExchange *exchange)
{
  g_autoptr (GBytes) bytes =
    g_bytes_new_static (wire_zd1_get_dictionary (), WIRE_ZD1_DICTIONARY_BYTES);

  /* Any site may have it, for ever: another dictionary would have another number. */
  gate_exchange_set_header (exchange, "Cache-Control", "public, max-age=31536000, immutable");
  gate_exchange_set_header (exchange, "Access-Control-Allow-Origin", "*");
  gate_exchange_set_header (exchange, "Cross-Origin-Resource-Policy", "cross-origin");
  gate_exchange_bytes (exchange, SOUP_STATUS_OK, "application/octet-stream", bytes);
}
