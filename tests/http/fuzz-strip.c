/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The walkers: every piece lies in the file or is small and ours, and a result is a file that passes again. */
#include "gate-strip.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static GByteArray *
run (const guint8  *data,
     gsize          size,
     WireImageKind  kind,
     WireStatus    *ret_status)
{
  GByteArray *out = g_byte_array_new ();
  GateStrip strip;

  gate_strip_init (&strip, data, size);
  *ret_status = gate_strip_run (&strip, kind);
  for (guint i = 0; *ret_status == WIRE_OK && i < strip.pieces->len; i++) {
    const GatePiece *piece = &g_array_index (strip.pieces, GatePiece, i);

    g_byte_array_append (out, piece->data, (guint) piece->n_bytes);
  }
  gate_strip_done (&strip);
  return out;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  WireImageKind kind = wire_image_sniff (data, size);
  g_autoptr (GByteArray) once = NULL;
  g_autoptr (GByteArray) twice = NULL;
  WireStatus status;

  if (kind == WIRE_IMAGE_NONE)
    return 0;
  once = run (data, size, kind, &status);
  if (status != WIRE_OK)
    return 0;
  twice = run (once->data, once->len, kind, &status);
  g_assert_cmpint (status, ==, WIRE_OK);
  g_assert_cmpmem (once->data, once->len, twice->data, twice->len);
  return 0;
}
