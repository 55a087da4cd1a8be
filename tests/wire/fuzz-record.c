/* SPDX-License-Identifier: GPL-3.0-or-later */
/* However the bytes are cut: the same records, the same end. The first byte of the input says how. */
#include "config.h"

#include "wire-record.h"

#define MAX_BYTES 20000u

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

typedef struct {
  WireStatus status;
  guint hash;
} Result;

static Result
read_all (const guint8 *data,
          gsize         n_bytes,
          gsize         chunk_bytes)
{
  g_auto (WireBuffer) partial = WIRE_BUFFER_INIT;
  Result result = { WIRE_NEED_MORE };

  for (gsize at = 0; at < n_bytes && result.status == WIRE_NEED_MORE; at += chunk_bytes) {
    gsize n = MIN (chunk_bytes, n_bytes - at);
    g_autofree guint8 *copy = g_memdup2 (data + at, n);
    WireSpan in = { copy, n };
    WireSpan record;

    while ((result.status = wire_record_next (&partial, MAX_BYTES, &in, &record)) == WIRE_OK) {
      g_assert_true (record.n_bytes > 0 && record.n_bytes <= MAX_BYTES);
      for (gsize i = 0; i < record.n_bytes; i++)
        result.hash = result.hash * 31 + record.data[i];
      result.hash = result.hash * 31 + (guint) record.n_bytes;
    }
    g_assert_cmpuint (partial.n_bytes, <=, MAX_BYTES + 3);
  }
  return result;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  Result whole;
  Result cut;

  if (n_bytes < 2)
    return 0;
  whole = read_all (data + 1, n_bytes - 1, n_bytes);
  cut = read_all (data + 1, n_bytes - 1, 1 + data[0] % 32);
  g_assert_cmpint (whole.status, ==, cut.status);
  g_assert_cmpuint (whole.hash, ==, cut.hash);
  return 0;
}
