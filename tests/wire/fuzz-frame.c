/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A frame from a stranger through everything that is done with one: decode, copy, strip for a visitor, write as JSON, pack. */
#include "config.h"

#include "wire-frame.h"
#include "wire-json.h"
#include "wire-visitor.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

static void
use (WireArena             *arena,
     const Gate__V1__Frame *frame)
{
  g_auto (WireBuffer) json = WIRE_BUFFER_INIT;
  g_auto (WireBuffer) packed = WIRE_BUFFER_INIT;
  Gate__V1__Frame *copy = wire_frame_dup (arena, frame);
  const Gate__V1__Frame *stripped = wire_visitor_strip (arena, frame);

  g_assert_true (wire_message_equal (&frame->base, &copy->base));
  g_assert_true ((stripped != NULL) <= wire_visitor_may_receive (frame->body_case));
  wire_json_write_frame (&json, copy);
  g_assert_cmpint (wire_json_scan_object ((const char *) json.data, json.n_bytes, 32), ==, WIRE_OK);
  wire_frame_pack (copy, &packed);
  g_assert_cmpint (wire_frame_check (packed.data, packed.n_bytes, packed.n_bytes), ==, WIRE_OK);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_autoptr (WireArena) arena = wire_arena_new (2048);
  Gate__V1__Frame *frame = NULL;
  WireStatus status = wire_frame_unpack (arena, data, n_bytes, 4096, &frame);

  wire_frame_peek_id (data, n_bytes);
  g_assert_cmpuint (wire_arena_used_bytes (arena), <=, 16 * 4096);
  if (status == WIRE_OK)
    use (arena, frame);
  else if (status != WIRE_TOO_LARGE)
    g_assert_cmpint (wire_frame_check (data, n_bytes, 4096), ==, status);
  return 0;
}
