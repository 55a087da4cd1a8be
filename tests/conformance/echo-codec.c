/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In the place of edge/gate-codec.c: a message of any bytes is a frame whose `sealed` content they are. */
#include "config.h"

#include "gate-codec.h"

#include <string.h>

static WireStatus
decode (GateCodecTools   *tools,
        GatePacked       *payload,
        gsize             max_bytes,
        Gate__V1__Frame **ret_frame)
{
  Gate__V1__Frame *frame = wire_arena_alloc (tools->arena, sizeof *frame);
  Gate__V1__Message *message = wire_arena_alloc (tools->arena, sizeof *message);

  gate__v1__frame__init (frame);
  gate__v1__message__init (message);
  frame->body_case = GATE__V1__FRAME__BODY_MESSAGE;
  frame->message = message;
  message->content_case = GATE__V1__MESSAGE__CONTENT_SEALED;
  message->sealed = (ProtobufCBinaryData){ payload->n_bytes, (guint8 *) payload->bytes };
  *ret_frame = frame;
  return WIRE_OK;
}

static guint32
peek_id (const guint8 *data,
         gsize         n_bytes)
{
  return 0;
}

static const guint8 *
skip_varint (const guint8 *at)
{
  while (*at >= 0x80)
    at++;
  return at + 1;
}

/* Frame.message, its length, Message.sealed (two bytes of tag), its length: the rest are the bytes. It was packed here. */
static void
encode (GateCodecTools   *tools,
        const GatePacked *frame,
        WireBuffer       *out)
{
  const guint8 *at = skip_varint (skip_varint (frame->bytes));

  at = skip_varint (skip_varint (at));
  wire_buffer_append (out, at, frame->n_bytes - (gsize) (at - frame->bytes));
}

static void
encode_own (const Gate__V1__Frame *frame,
            WireBuffer            *out)
{
  wire_buffer_append (out, frame->message->sealed.data, frame->message->sealed.len);
}

void
gate_packed_peek (const GatePacked          *frame,
                  guint32                   *ret_id,
                  Gate__V1__Frame__BodyCase *ret_body)
{
  *ret_id = 0;
  *ret_body = GATE__V1__FRAME__BODY_MESSAGE;
}

void
gate_codec_tools_clear (GateCodecTools *self)
{
}

GateCodecId
gate_codec_with_zd1 (GateCodecTools *tools,
                     GateCodecId     codec)
{
  return codec;
}

/* Nobody here has the capability `batch` or `zd1`. */
const GateCodec gate_codecs[GATE_N_CODECS] = {
  [GATE_CODEC_UNDECIDED] = { .name = "none" },
  [GATE_CODEC_PB] = { "binary", FALSE, 1, decode, peek_id, encode, encode_own, NULL },
  [GATE_CODEC_JSON] = { "text", TRUE, 1, decode, peek_id, encode, encode_own, NULL },
};
