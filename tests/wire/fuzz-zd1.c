/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What expands does so within the limit and, sent again, comes out the same; any bytes at all survive being sent. */
#include "config.h"

#include <string.h>

#include "wire-zd1.h"

#define MAX_BYTES 20000u

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

static void
send_and_compare (WireZd1      *zd1,
                  const guint8 *data,
                  gsize         n_bytes)
{
  g_auto (WireBuffer) payload = WIRE_BUFFER_INIT;
  g_autofree guint8 *copy = g_memdup2 (data, MAX (n_bytes, 1));
  WireSpan back;

  wire_zd1_compress (zd1, copy, n_bytes, &payload);
  g_assert_cmpuint (payload.n_bytes, <=, n_bytes);
  if (payload.n_bytes == n_bytes) {
    g_assert_cmpmem (payload.data, payload.n_bytes, copy, n_bytes);
    return;
  }
  g_assert_cmpint (wire_zd1_expand (zd1, payload.data, payload.n_bytes, n_bytes, &back), ==,
                   WIRE_OK);
  g_assert_cmpmem (back.data, back.n_bytes, copy, n_bytes);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  static WireZd1 *zd1;
  WireSpan plain;

  if (zd1 == NULL)
    zd1 = wire_zd1_new ();
  if (wire_zd1_expand (zd1, data, n_bytes, MAX_BYTES, &plain) == WIRE_OK) {
    g_assert_cmpuint (plain.n_bytes, <=, MAX_BYTES);
    send_and_compare (zd1, plain.data, plain.n_bytes);
  }
  send_and_compare (zd1, data, n_bytes);
  return 0;
}
