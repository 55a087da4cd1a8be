/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "encodings.h"

#include "gate-codec.h"
#include "verbose-json.h"
#include "wire-record.h"
#include "wire-websocket.h"

#define ZDICT_STATIC_LINKING_ONLY
#include <gio/gio.h>
#include <string.h>
#include <zdict.h>
#include <zstd.h>

#define MASK_BYTES   4 /* of what a client sends over WebSocket */
#define MAGIC_BYTES  4 /* of a zstd frame, left away as in zd1 */
#define MAX_BYTES    65536
#define BATCH_FRAMES 64
#define N_RUNS       25

const char *const encoding_names[N_ENCODINGS] = {
  [ENCODING_VERBOSE] = "verbose JSON, WebSocket",
  [ENCODING_VERBOSE_ALONE] = "verbose JSON + permessage-deflate, no takeover",
  [ENCODING_VERBOSE_TAKEOVER] = "verbose JSON + permessage-deflate, takeover",
  [ENCODING_COMPACT] = "compact JSON, WebSocket",
  [ENCODING_COMPACT_ALONE] = "compact JSON + permessage-deflate, no takeover",
  [ENCODING_COMPACT_TAKEOVER] = "compact JSON + permessage-deflate, takeover",
  [ENCODING_COMPACT_ZSTD] = "compact JSON + zstd dictionary",
  [ENCODING_PB] = "protobuf, WebSocket",
  [ENCODING_PB_TCP] = "protobuf, raw TCP",
  [ENCODING_ZD1] = "protobuf + zd1, WebSocket",
  [ENCODING_ZD1_TCP] = "protobuf + zd1, raw TCP",
  [ENCODING_BATCH] = "protobuf + batch + zd1, WebSocket",
  [ENCODING_BATCH_TCP] = "protobuf + batch + zd1, raw TCP",
};

typedef enum {
  TEXT_VERBOSE,
  TEXT_COMPACT,
  N_TEXTS,
} TextId;

struct _Encodings {
  GateCodecTools tools;
  ZSTD_CCtx *compact_zstd;
  GConverter
    *deflate[SESSION_N_SIDES][2][N_TEXTS]; /* with takeover: a context for each direction */
  GConverter *deflate_alone;
  WireBuffer texts[N_TEXTS];
  WireBuffer packed;
  WireBuffer out;
  GPtrArray *waiting[SESSION_N_SIDES]; /* GBytes: packed frames of one moment */
  GPtrArray *all;                      /* GBytes: every packed frame that zd1 tries */
};

/* --- Compressors ------------------------------------------------------------------------------------- */

/* RFC 7692, 7.2.1: deflate, flush, leave the last four bytes away. */
static gsize
deflated_bytes (GConverter       *converter,
                const WireBuffer *text)
{
  static guint8 out[2 * MAX_BYTES];
  gsize n_read;
  gsize n_written;
  GError *error = NULL;

  g_assert_cmpuint (text->n_bytes, <=, MAX_BYTES);
  (void) g_converter_convert (converter, text->data, text->n_bytes, out, sizeof out,
                              G_CONVERTER_FLUSH, &n_read, &n_written, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_read, ==, text->n_bytes);
  g_assert_true (n_written > 4 && memcmp (out + n_written - 4, "\x00\x00\xff\xff", 4) == 0);
  return n_written - 4;
}

/* Without takeover a message that does not become shorter may go as it is. */
static gsize
deflated_alone_bytes (Encodings        *self,
                      const WireBuffer *text)
{
  gsize n_bytes;

  g_converter_reset (self->deflate_alone);
  n_bytes = deflated_bytes (self->deflate_alone, text);
  return MIN (n_bytes, text->n_bytes);
}

static GConverter *
new_deflate (void)
{
  return G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, -1));
}

static gsize
zstd_bytes (Encodings        *self,
            const WireBuffer *text)
{
  static guint8 out[2 * MAX_BYTES];
  gsize made = ZSTD_compress2 (self->compact_zstd, out, sizeof out, text->data, text->n_bytes);

  g_assert_false (ZSTD_isError (made));
  return MIN (made - MAGIC_BYTES + 1, text->n_bytes);
}

typedef struct {
  GateCodecTools tools;
  GByteArray *bytes;
  GArray *sizes;
} Samples;

static void
write_compact (GateCodecTools        *tools,
               const Gate__V1__Frame *frame,
               WireBuffer            *packed,
               WireBuffer            *out)
{
  GatePacked whole = { NULL, 0 };

  packed->n_bytes = out->n_bytes = 0;
  whole.n_bytes = wire_frame_pack (frame, packed);
  whole.bytes = packed->data;
  gate_codecs[GATE_CODEC_JSON].encode (tools, &whole, out);
}

static void
take_sample (const SessionFrame *frame,
             gpointer            user_data)
{
  Samples *self = user_data;
  g_auto (WireBuffer) packed = WIRE_BUFFER_INIT;
  g_auto (WireBuffer) text = WIRE_BUFFER_INIT;

  write_compact (&self->tools, frame->frame, &packed, &text);
  g_byte_array_append (self->bytes, text.data, (guint) text.n_bytes);
  g_array_append_val (self->sizes, text.n_bytes);
}

/* The same training for compact JSON as dictionary 1 had for protobuf. */
static ZSTD_CCtx *
new_compact_zstd (const Dialogues *dialogues,
                  WireArena       *arena)
{
  static const char *const agents[] = { "小美", "阿杰", "静静", "Lily", "Tom", "晓雯", NULL };
  static const char *const clients[] = { "Shop/1.0 (Android)", "Shop/1.0 (iOS)", NULL };
  static guint8 dictionary[WIRE_ZD1_DICTIONARY_BYTES];
  SessionCast cast = { 1, G_GINT64_CONSTANT (1767225600000), 730, agents, clients };
  Samples samples = { { .arena = arena },
                      g_byte_array_new (),
                      g_array_new (FALSE, FALSE, sizeof (gsize)) };
  ZDICT_cover_params_t how = { .k = 50, .d = 6, .zParams = { .compressionLevel = 19 } };
  ZSTD_CCtx *context = ZSTD_createCCtx ();
  gsize n_bytes;

  session_play (dialogues, &cast, take_sample, &samples);
  n_bytes = ZDICT_trainFromBuffer_cover (dictionary, sizeof dictionary, samples.bytes->data,
                                         (const gsize *) (gconstpointer) samples.sizes->data,
                                         samples.sizes->len, how);
  g_assert_false (ZDICT_isError (n_bytes));
  ZSTD_CCtx_setParameter (context, ZSTD_c_compressionLevel, 2);
  ZSTD_CCtx_setParameter (context, ZSTD_c_contentSizeFlag, 0);
  ZSTD_CCtx_setParameter (context, ZSTD_c_dictIDFlag, 0);
  ZSTD_CCtx_loadDictionary (context, dictionary, n_bytes);
  g_byte_array_unref (samples.bytes);
  g_array_unref (samples.sizes);
  return context;
}

/* --- Frames ------------------------------------------------------------------------------------------ */

static gsize
websocket_bytes (const SessionFrame *frame,
                 gboolean            is_text,
                 gsize               payload_bytes)
{
  guint8 header[WIRE_WEBSOCKET_MAX_HEADER_BYTES];

  return wire_websocket_write_header (header, is_text ? WIRE_WEBSOCKET_TEXT : WIRE_WEBSOCKET_BINARY,
                                      payload_bytes) +
         (frame->is_up ? MASK_BYTES : 0) + payload_bytes;
}

static gsize
record_bytes (gsize payload_bytes)
{
  guint8 header[WIRE_RECORD_MAX_HEADER_BYTES];

  return wire_record_write_header (header, payload_bytes) + payload_bytes;
}

static void
begin_connection (Encodings   *self,
                  SessionSide  side)
{
  for (guint i = 0; i < 2; i++) {
    for (guint text = 0; text < N_TEXTS; text++)
      g_converter_reset (self->deflate[side][i][text]);
  }
}

static void
add_texts (Encodings          *self,
           const SessionFrame *frame,
           gsize              *ret_bytes)
{
  for (guint i = 0; i < N_TEXTS; i++) {
    GConverter *takeover = self->deflate[frame->side][frame->is_up][i];
    const WireBuffer *text = &self->texts[i];
    gsize *row = &ret_bytes[i == TEXT_VERBOSE ? ENCODING_VERBOSE : ENCODING_COMPACT];

    row[0] = websocket_bytes (frame, TRUE, text->n_bytes);
    row[1] = websocket_bytes (frame, TRUE, deflated_alone_bytes (self, text));
    row[2] = websocket_bytes (frame, TRUE, deflated_bytes (takeover, text));
  }
  ret_bytes[ENCODING_COMPACT_ZSTD] =
    websocket_bytes (frame, FALSE, zstd_bytes (self, &self->texts[TEXT_COMPACT]));
}

/* Nothing is compressed before Welcome has said that it may be, nor Welcome itself. */
static gboolean
is_before_zd1 (const SessionFrame *frame)
{
  Gate__V1__Frame__BodyCase body = frame->frame->body_case;

  return body == GATE__V1__FRAME__BODY_HELLO || body == GATE__V1__FRAME__BODY_AUTH ||
         body == GATE__V1__FRAME__BODY_WELCOME;
}

static void
add_packed (Encodings          *self,
            const SessionFrame *frame,
            gsize              *ret_bytes)
{
  GatePacked packed = { self->packed.data, self->packed.n_bytes };
  GateCodecId codec = is_before_zd1 (frame) ? GATE_CODEC_PB : GATE_CODEC_ZD1;

  ret_bytes[ENCODING_PB] = websocket_bytes (frame, FALSE, packed.n_bytes);
  ret_bytes[ENCODING_PB_TCP] = record_bytes (packed.n_bytes);
  self->out.n_bytes = 0;
  gate_codecs[codec].encode (&self->tools, &packed, &self->out);
  ret_bytes[ENCODING_ZD1] = websocket_bytes (frame, FALSE, self->out.n_bytes);
  ret_bytes[ENCODING_ZD1_TCP] = record_bytes (self->out.n_bytes);
  if (codec == GATE_CODEC_ZD1 && packed.n_bytes >= WIRE_ZD1_MIN_BYTES)
    g_ptr_array_add (self->all, g_bytes_new (packed.bytes, packed.n_bytes));
}

void
encodings_add (Encodings          *self,
               const SessionFrame *frame,
               gsize               ret_bytes[N_FRAME_ENCODINGS])
{
  if (frame->frame->body_case == GATE__V1__FRAME__BODY_HELLO)
    begin_connection (self, frame->side);
  write_compact (&self->tools, frame->frame, &self->packed, &self->texts[TEXT_COMPACT]);
  self->texts[TEXT_VERBOSE].n_bytes = 0;
  verbose_json_write (frame, &self->texts[TEXT_VERBOSE]);
  add_texts (self, frame, ret_bytes);
  add_packed (self, frame, ret_bytes);
  if (!frame->is_up)
    g_ptr_array_add (self->waiting[frame->side],
                     g_bytes_new (self->packed.data, self->packed.n_bytes));
}

void
encodings_flush (Encodings   *self,
                 SessionSide  side,
                 gsize        ret_bytes[2])
{
  static const SessionFrame down = { 0 };
  GPtrArray *waiting = self->waiting[side];
  GatePacked frames[BATCH_FRAMES];

  ret_bytes[0] = ret_bytes[1] = 0;
  if (waiting->len == 0)
    return;
  g_assert_cmpuint (waiting->len, <=, BATCH_FRAMES);
  for (guint i = 0; i < waiting->len; i++)
    frames[i].bytes = g_bytes_get_data (g_ptr_array_index (waiting, i), &frames[i].n_bytes);
  self->out.n_bytes = 0;
  if (waiting->len == 1)
    gate_codecs[GATE_CODEC_ZD1].encode (&self->tools, frames, &self->out);
  else
    gate_codecs[GATE_CODEC_ZD1].encode_batch (&self->tools, frames, waiting->len, &self->out);
  ret_bytes[0] = websocket_bytes (&down, FALSE, self->out.n_bytes);
  ret_bytes[1] = record_bytes (self->out.n_bytes);
  g_ptr_array_set_size (waiting, 0);
}

/* --- Time ------------------------------------------------------------------------------------------------ */

static double
ns_a_frame (Encodings *self,
            GPtrArray *payloads,
            gboolean   is_compress)
{
  gint64 best_us = G_MAXINT64;

  for (guint run = 0; run < N_RUNS; run++) {
    gint64 begin_us = g_get_monotonic_time ();

    for (guint i = 0; i < payloads->len; i++) {
      gsize n_bytes;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (payloads, i), &n_bytes);
      WireSpan plain;

      self->out.n_bytes = 0;
      if (is_compress)
        wire_zd1_compress (self->tools.zd1, data, n_bytes, &self->out);
      else
        g_assert_cmpint (wire_zd1_expand (self->tools.zd1, data, n_bytes, MAX_BYTES, &plain), ==,
                         WIRE_OK);
    }
    best_us = MIN (best_us, g_get_monotonic_time () - begin_us);
  }
  return (double) best_us * 1000 / MAX (payloads->len, 1);
}

void
encodings_measure (Encodings *self,
                   double    *ret_compress_ns,
                   double    *ret_expand_ns)
{
  g_autoptr (GPtrArray) compressed =
    g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < self->all->len; i++) {
    gsize n_bytes;
    const guint8 *data = g_bytes_get_data (g_ptr_array_index (self->all, i), &n_bytes);

    self->out.n_bytes = 0;
    wire_zd1_compress (self->tools.zd1, data, n_bytes, &self->out);
    if (wire_zd1_is_compressed (self->out.data, self->out.n_bytes))
      g_ptr_array_add (compressed, g_bytes_new (self->out.data, self->out.n_bytes));
  }
  *ret_compress_ns = ns_a_frame (self, self->all, TRUE);
  *ret_expand_ns = ns_a_frame (self, compressed, FALSE);
}

/* --- Life ------------------------------------------------------------------------------------------------ */

Encodings *
encodings_new (const Dialogues *dialogues)
{
  Encodings *self = g_new0 (Encodings, 1);

  self->tools.arena = wire_arena_new (65536);
  (void) gate_codec_with_zd1 (&self->tools, GATE_CODEC_PB);
  self->compact_zstd = new_compact_zstd (dialogues, self->tools.arena);
  self->deflate_alone = new_deflate ();
  self->all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint side = 0; side < SESSION_N_SIDES; side++) {
    self->waiting[side] = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    for (guint i = 0; i < 2 * N_TEXTS; i++)
      self->deflate[side][i / N_TEXTS][i % N_TEXTS] = new_deflate ();
  }
  return self;
}

void
encodings_free (Encodings *self)
{
  for (guint side = 0; side < SESSION_N_SIDES; side++) {
    g_ptr_array_unref (self->waiting[side]);
    for (guint i = 0; i < 2 * N_TEXTS; i++)
      g_object_unref (self->deflate[side][i / N_TEXTS][i % N_TEXTS]);
  }
  g_object_unref (self->deflate_alone);
  ZSTD_freeCCtx (self->compact_zstd);
  g_ptr_array_unref (self->all);
  for (guint i = 0; i < N_TEXTS; i++)
    wire_buffer_clear (&self->texts[i]);
  wire_buffer_clear (&self->packed);
  wire_buffer_clear (&self->out);
  wire_arena_free (self->tools.arena);
  gate_codec_tools_clear (&self->tools);
  g_free (self);
}
