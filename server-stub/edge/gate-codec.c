/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-codec.h"

#include "wire-json.h"

#define TAG_ID    0x08 /* Frame.id, a varint */
#define TAG_BATCH 0x62 /* Frame.batch, length-delimited */
#define TAG_FRAME 0x0a /* Batch.frames, length-delimited */

static gsize
varint_bytes (gsize value)
{
  gsize n = 1;

  while (value >= 0x80) {
    value >>= 7;
    n++;
  }
  return n;
}

static void
append_varint (WireBuffer *out,
               gsize       value)
{
  while (value >= 0x80) {
    wire_buffer_append_byte (out, (guint8) (value | 0x80));
    value >>= 7;
  }
  wire_buffer_append_byte (out, (guint8) value);
}

static gboolean
read_varint (const guint8 **at,
             const guint8  *end,
             guint64       *ret_value)
{
  guint64 value = 0;

  for (guint shift = 0; *at < end && shift < 64; shift += 7) {
    guint8 byte = *(*at)++;

    value |= (guint64) (byte & 0x7f) << shift;
    if (byte < 0x80) {
      *ret_value = value;
      return TRUE;
    }
  }
  return FALSE;
}

/* Our own packer writes the id first and then one body, so two tags say everything. */
void
gate_packed_peek (const GatePacked          *frame,
                  guint32                   *ret_id,
                  Gate__V1__Frame__BodyCase *ret_body)
{
  const guint8 *at = frame->bytes;
  const guint8 *end = at + frame->n_bytes;
  guint64 tag = 0;
  guint64 id = 0;

  *ret_id = 0;
  *ret_body = GATE__V1__FRAME__BODY__NOT_SET;
  if (at < end && *at == TAG_ID) {
    at++;
    if (!read_varint (&at, end, &id))
      return;
    *ret_id = (guint32) id;
  }
  if (read_varint (&at, end, &tag))
    *ret_body = (Gate__V1__Frame__BodyCase) (tag >> 3);
}

static WireStatus
pb_decode (GateCodecTools   *tools,
           GatePacked       *payload,
           gsize             max_bytes,
           Gate__V1__Frame **ret_frame)
{
  return wire_frame_unpack (tools->arena, payload->bytes, payload->n_bytes, max_bytes, ret_frame);
}

static void
pb_encode (GateCodecTools   *tools,
           const GatePacked *frame,
           WireBuffer       *out)
{
  wire_buffer_append (out, frame->bytes, frame->n_bytes);
}

/* For zd1 too: what an edge has to say is too short for compression to gain anything. */
static void
pb_encode_own (const Gate__V1__Frame *frame,
               WireBuffer            *out)
{
  wire_frame_pack (frame, out);
}

/* A Batch is its frames one behind the other, each with a tag and a length: nothing is unpacked for it. */
static void
pb_encode_batch (GateCodecTools   *tools,
                 const GatePacked *frames,
                 guint             n_frames,
                 WireBuffer       *out)
{
  gsize n_bytes = 0;

  for (guint i = 0; i < n_frames; i++)
    n_bytes += 1 + varint_bytes (frames[i].n_bytes) + frames[i].n_bytes;
  wire_buffer_append_byte (out, TAG_BATCH);
  append_varint (out, n_bytes);
  for (guint i = 0; i < n_frames; i++) {
    wire_buffer_append_byte (out, TAG_FRAME);
    append_varint (out, frames[i].n_bytes);
    wire_buffer_append (out, frames[i].bytes, frames[i].n_bytes);
  }
}

/* --- zd1 -------------------------------------------------------------------------------------------- */

static WireStatus
zd1_decode (GateCodecTools   *tools,
            GatePacked       *payload,
            gsize             max_bytes,
            Gate__V1__Frame **ret_frame)
{
  WireSpan plain;

  if (wire_zd1_is_compressed (payload->bytes, payload->n_bytes)) {
    WIRE_TRY (wire_zd1_expand (tools->zd1, payload->bytes, payload->n_bytes, max_bytes, &plain));
    *payload = (GatePacked){ plain.data, plain.n_bytes };
  }
  return pb_decode (tools, payload, max_bytes, ret_frame);
}

/* Welcome says that we speak zd1, so it must be readable without; and it holds tokens, which never share a compressed frame
 * with what somebody else wrote: its length would tell about them.
 */
static gboolean
has_welcome (const GatePacked *frames,
             guint             n_frames)
{
  Gate__V1__Frame__BodyCase body;
  guint32 id;

  for (guint i = 0; i < n_frames; i++) {
    gate_packed_peek (&frames[i], &id, &body);
    if (body == GATE__V1__FRAME__BODY_WELCOME)
      return TRUE;
  }
  return FALSE;
}

static void
zd1_encode (GateCodecTools   *tools,
            const GatePacked *frame,
            WireBuffer       *out)
{
  if (has_welcome (frame, 1))
    pb_encode (tools, frame, out);
  else
    wire_zd1_compress (tools->zd1, frame->bytes, frame->n_bytes, out);
}

static void
zd1_encode_batch (GateCodecTools   *tools,
                  const GatePacked *frames,
                  guint             n_frames,
                  WireBuffer       *out)
{
  if (has_welcome (frames, n_frames)) {
    pb_encode_batch (tools, frames, n_frames, out);
    return;
  }
  tools->batch.n_bytes = 0;
  pb_encode_batch (tools, frames, n_frames, &tools->batch);
  wire_zd1_compress (tools->zd1, tools->batch.data, tools->batch.n_bytes, out);
}

/* --- JSON ------------------------------------------------------------------------------------------- */

static WireStatus
json_decode (GateCodecTools   *tools,
             GatePacked       *payload,
             gsize             max_bytes,
             Gate__V1__Frame **ret_frame)
{
  return wire_json_read_frame (tools->arena, (const char *) payload->bytes, payload->n_bytes,
                               max_bytes, ret_frame);
}

static guint32
json_peek_id (const guint8 *data,
              gsize         n_bytes)
{
  return wire_json_peek_id ((const char *) data, n_bytes);
}

static void
json_encode (GateCodecTools   *tools,
             const GatePacked *frame,
             WireBuffer       *out)
{
  Gate__V1__Frame *unpacked =
    gate__v1__frame__unpack (wire_arena_allocator (tools->arena), frame->n_bytes, frame->bytes);

  /* It was packed by the core or by us. */
  g_assert (unpacked != NULL);
  wire_json_write_frame (out, unpacked);
  wire_arena_reset (tools->arena);
}

static void
json_encode_own (const Gate__V1__Frame *frame,
                 WireBuffer            *out)
{
  wire_json_write_frame (out, frame);
}

static void
json_encode_batch (GateCodecTools   *tools,
                   const GatePacked *frames,
                   guint             n_frames,
                   WireBuffer       *out)
{
  wire_buffer_append_text (out, "{\"t\":\"batch\",\"frames\":[");
  for (guint i = 0; i < n_frames; i++) {
    if (i > 0)
      wire_buffer_append_byte (out, ',');
    json_encode (tools, &frames[i], out);
  }
  wire_buffer_append_text (out, "]}");
}

const GateCodec gate_codecs[GATE_N_CODECS] = {
  [GATE_CODEC_UNDECIDED] = { .name = "none" },
  [GATE_CODEC_PB] = { "pb", FALSE, 1, pb_decode, wire_frame_peek_id, pb_encode, pb_encode_own,
                      pb_encode_batch },
  [GATE_CODEC_JSON] = { "json", TRUE, 8, json_decode, json_peek_id, json_encode, json_encode_own,
                        json_encode_batch },
  [GATE_CODEC_ZD1] = { "zd1", FALSE, 1, zd1_decode, wire_frame_peek_id, zd1_encode, pb_encode_own,
                       zd1_encode_batch },
};

GateCodecId
gate_codec_with_zd1 (GateCodecTools *tools,
                     GateCodecId     codec)
{
  if (codec != GATE_CODEC_PB)
    return codec;
  if (tools->zd1 == NULL)
    tools->zd1 = wire_zd1_new ();
  return GATE_CODEC_ZD1;
}

void
gate_codec_tools_clear (GateCodecTools *self)
{
  g_clear_pointer (&self->zd1, wire_zd1_free);
  wire_buffer_clear (&self->batch);
}
