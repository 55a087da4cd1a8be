/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was decided from some bytes, more bytes do not change; and twelve are always enough. */
#include "config.h"

#include "wire-sniff.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  WireProtocol decided = WIRE_PROTOCOL_UNDECIDED;

  for (gsize n = 0; n <= n_bytes && n < 64; n++) {
    WireProtocol protocol = wire_sniff (data, n);

    g_assert_true (decided == WIRE_PROTOCOL_UNDECIDED || protocol == decided);
    g_assert_true (n < 12 || protocol != WIRE_PROTOCOL_UNDECIDED);
    decided = protocol;
  }
  return 0;
}
