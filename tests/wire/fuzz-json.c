/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is read is valid by the scanner, and written and read again it is the same frame. */
#include "config.h"

#include "wire-json.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_autoptr (WireArena) arena = wire_arena_new (2048);
  g_auto (WireBuffer) out = WIRE_BUFFER_INIT;
  const char *text = (const char *) data;
  Gate__V1__Frame *frame = NULL;
  Gate__V1__Frame *again = NULL;
  WireStatus scanned = wire_json_scan (text, n_bytes, 8);

  wire_json_peek_id (text, n_bytes);
  if (wire_json_read_frame (arena, text, n_bytes, 4096, &frame) != WIRE_OK)
    return 0;
  g_assert_cmpint (scanned, ==, WIRE_OK);
  wire_json_write_frame (&out, frame);
  g_assert_cmpint (wire_json_read_frame (arena, (const char *) out.data, out.n_bytes, 1 << 20,
                                         &again),
                   ==, WIRE_OK);
  g_assert_true (wire_message_equal (&frame->base, &again->base));
  return 0;
}
