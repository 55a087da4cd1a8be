/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one frame costs in each form, beside what json-glib costs for the same text in the same run. One JSON line:
 *
 *   bench-wire [seconds per figure, 0.3]
 *
 * The frame is a line of chat as a visitor receives it, 59 bytes as protobuf. Every figure is the best of five
 * runs, because what disturbs a run only ever makes it longer.
 */
#include "config.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire-frame.h"
#include "wire-json.h"
#include "wire-utf8.h"
#include "wire-websocket.h"

#define N_RUNS       5
#define STREAM_BYTES (256u * 1024)

static const char line[] =
  "{\"t\":\"msg\",\"conv\":300,\"seq\":13,\"ts\":1767225605000,\"role\":\"agent\",\"from\":42,"
  "\"text\":\"您好，这件商品今天下单明天就能发货。\"}";

typedef struct {
  WireArena *arena;
  Gate__V1__Frame *frame;
  WireBuffer packed;
  WireBuffer out;
  WireBuffer stream; /* client frames, masked */
  WireBuffer scratch;
  gsize n_stream_frames;
} Bench;

typedef void (*Step) (Bench *self);

static void
unpack (Bench *self)
{
  Gate__V1__Frame *frame = NULL;

  wire_arena_reset (self->arena);
  if (wire_frame_unpack (self->arena, self->packed.data, self->packed.n_bytes, 65536, &frame) !=
      WIRE_OK)
    abort ();
}

static void
unpack_library_only (Bench *self)
{
  wire_arena_reset (self->arena);
  if (gate__v1__frame__unpack (wire_arena_allocator (self->arena), self->packed.n_bytes,
                               self->packed.data) == NULL)
    abort ();
}

static void
check_only (Bench *self)
{
  if (wire_frame_check (self->packed.data, self->packed.n_bytes, 65536) != WIRE_OK)
    abort ();
}

static void
pack (Bench *self)
{
  self->out.n_bytes = 0;
  wire_frame_pack (self->frame, &self->out);
}

static void
json_read (Bench *self)
{
  Gate__V1__Frame *frame = NULL;

  wire_arena_reset (self->arena);
  if (wire_json_read_frame (self->arena, line, sizeof line - 1, 65536, &frame) != WIRE_OK)
    abort ();
}

static void
json_write (Bench *self)
{
  self->out.n_bytes = 0;
  wire_json_write_frame (&self->out, self->frame);
}

static void
json_scan (Bench *self)
{
  if (wire_json_scan (line, sizeof line - 1, 32) != WIRE_OK)
    abort ();
}

static void
json_glib_parse (Bench *self)
{
  JsonParser *parser = json_parser_new ();

  if (!json_parser_load_from_data (parser, line, sizeof line - 1, NULL))
    abort ();
  g_object_unref (parser);
}

/* Header, unmask and UTF-8 of text frames, where they lie. */
static void
websocket_read (Bench *self)
{
  static const WireWebsocketLimits limits = { 65536, 128, TRUE };
  WireBuffer partial = WIRE_BUFFER_INIT;
  WireWebsocket websocket = { 0 };
  WireWebsocketMessage message;
  WireSpan in = { self->scratch.data, self->scratch.n_bytes };
  gsize n_frames = 0;

  memcpy (self->scratch.data, self->stream.data, self->stream.n_bytes);
  while (wire_websocket_next (&websocket, &limits, &partial, &in, &message) == WIRE_OK)
    n_frames++;
  if (n_frames != self->n_stream_frames)
    abort ();
}

static void
fill_stream (Bench *self,
             gsize  payload_bytes)
{
  static const guint8 mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
  g_autoptr (GString) payload = g_string_new (NULL);

  while (payload->len + 3 <= payload_bytes)
    g_string_append (payload, payload->len % 2 == 0 ? "a" : "款");
  self->stream.n_bytes = 0;
  self->n_stream_frames = 0;
  while (self->stream.n_bytes < STREAM_BYTES) {
    wire_websocket_write_client (&self->stream, WIRE_WEBSOCKET_TEXT, TRUE, mask, payload->str,
                                 payload->len);
    self->n_stream_frames++;
  }
  self->scratch.n_bytes = 0;
  wire_buffer_append (&self->scratch, self->stream.data, self->stream.n_bytes);
}

/* Nanoseconds a step, the best of N_RUNS. */
static double
measure (Bench  *self,
         Step    step,
         double  seconds)
{
  double best_ns = 1e18;

  for (guint run = 0; run < N_RUNS; run++) {
    gint64 end_us = g_get_monotonic_time () + (gint64) (seconds * 1e6 / N_RUNS);
    gint64 start_us = g_get_monotonic_time ();
    gint64 now_us;
    guint64 n_steps = 0;

    do {
      for (guint i = 0; i < 16; i++)
        step (self);
      n_steps += 16;
      now_us = g_get_monotonic_time ();
    } while (now_us < end_us);
    best_ns = MIN (best_ns, (double) (now_us - start_us) * 1e3 / (double) n_steps);
  }
  return best_ns;
}

static double
measure_stream (Bench  *self,
                gsize   payload_bytes,
                double  seconds)
{
  fill_stream (self, payload_bytes);
  return (double) self->stream.n_bytes * 1e3 / measure (self, websocket_read, seconds);
}

int
main (int    argc,
      char **argv)
{
  double seconds = argc > 1 ? g_ascii_strtod (argv[1], NULL) : 0.3;
  WireArena *keep = wire_arena_new (4096);
  Bench self = { .arena = wire_arena_new (4096) };

  if (wire_json_read_frame (keep, line, sizeof line - 1, 65536, &self.frame) != WIRE_OK)
    abort ();
  wire_frame_pack (self.frame, &self.packed);
  printf (
    "{\"bench\":\"wire\",\"protobuf_bytes\":%zu,\"json_bytes\":%zu,"
    "\"unpack_ns\":%.0f,\"unpack_library_ns\":%.0f,\"check_ns\":%.0f,\"pack_ns\":%.0f,"
    "\"json_read_ns\":%.0f,\"json_write_ns\":%.0f,\"json_scan_ns\":%.0f,\"json_glib_parse_ns\":%.0f,",
    self.packed.n_bytes, sizeof line - 1, measure (&self, unpack, seconds),
    measure (&self, unpack_library_only, seconds), measure (&self, check_only, seconds),
    measure (&self, pack, seconds), measure (&self, json_read, seconds),
    measure (&self, json_write, seconds), measure (&self, json_scan, seconds),
    measure (&self, json_glib_parse, seconds));
  printf ("\"websocket_60_byte_text_mb_s\":%.0f,\"websocket_4_kib_text_mb_s\":%.0f}\n",
          measure_stream (&self, 60, seconds), measure_stream (&self, 4096, seconds));
  wire_buffer_clear (&self.packed);
  wire_buffer_clear (&self.out);
  wire_buffer_clear (&self.stream);
  wire_buffer_clear (&self.scratch);
  wire_arena_free (self.arena);
  wire_arena_free (keep);
  return 0;
}
