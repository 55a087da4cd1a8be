/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Upwards: bytes → framing → codec → limits → link. */
#include "config.h"

#include "gate-client.h"

#include <string.h>

#define MAX_STRIKES    100 /* refused frames, forgiven at the rate below */
#define FORGIVEN_PER_S 10

static void
count_rejected (GateClient        *self,
                GateRejectedLabel  why)
{
  gate_metrics_add (self->edge->metrics, GATE_METRIC_FRAMES_REJECTED, why, 1);
}

static GateRejectedLabel
label_of_status (WireStatus status)
{
  if (status == WIRE_TOO_LARGE)
    return GATE_REJECTED_TOO_LARGE;
  return status == WIRE_BAD_UTF8 ? GATE_REJECTED_BAD_UTF8 : GATE_REJECTED_BAD_FRAME;
}

/* Refusing is cheap but not free: who goes on in spite of it is sent away. */
static void
strike (GateClient *self)
{
  guint16 now_s = (guint16) (gate_edge_now_ms (self->edge) / 1000);
  guint forgiven = (guint) (guint16) (now_s - self->strike_s) * FORGIVEN_PER_S;

  self->strike_s = now_s;
  self->strikes = (guint8) (self->strikes > forgiven ? self->strikes - forgiven : 0);
  if (++self->strikes > MAX_STRIKES)
    gate_client_close (self, 4006, "rate limit abused");
}

static void
send_to_core (GateClient     *self,
              GateRecordType  type,
              const guint8   *body,
              gsize           body_bytes)
{
  GateEdge *edge = self->edge;

  edge->is_link_over |= !gate_link_send (edge->link, type, 0, self->number, body, body_bytes);
}

/* The core learns of a connection with its first frame: what never says a word costs it nothing. */
static void
tell_opened (GateClient *self)
{
  Gate__Link__V1__Opened body = GATE__LINK__V1__OPENED__INIT;
  GateClientOpening none = { 0 };
  const GateClientOpening *opening = self->opening != NULL ? self->opening : &none;
  char peer[46];

  gate_client_dup_peer (self, peer);
  body.transport = self->framing == GATE_FRAMING_RECORD ? GATE__LINK__V1__TRANSPORT__TR_TCP
                                                        : GATE__LINK__V1__TRANSPORT__TR_WS;
  body.codec =
    self->codec == GATE_CODEC_JSON ? GATE__LINK__V1__CODEC__CO_JSON : GATE__LINK__V1__CODEC__CO_PB;
  body.peer = peer;
  body.tls = gate_transports[self->transport].is_tls;
  body.origin = opening->origin != NULL ? opening->origin : (char *) "";
  body.user_agent = opening->user_agent != NULL ? opening->user_agent : (char *) "";
  body.app = opening->app != NULL ? opening->app : (char *) "";
  self->edge->is_link_over |=
    !gate_link_send_message (self->edge->link, GATE_RECORD_OPENED, 0, self->number, &body.base);
  g_clear_pointer (&self->opening, gate_client_opening_free);
  self->is_opened = TRUE;
}

static gboolean
is_message (const Gate__V1__Frame *frame)
{
  return frame->body_case == GATE__V1__FRAME__BODY_MESSAGE ||
         frame->body_case == GATE__V1__FRAME__BODY_OPEN ||
         frame->body_case == GATE__V1__FRAME__BODY_NOTE;
}

static gboolean
is_within_rates (GateClient            *self,
                 const Gate__V1__Frame *frame,
                 guint32               *ret_wait_ms)
{
  const GateClientLimits *limits = self->limits;
  gint64 now_us = gate_loop_get_now_us (self->edge->loop);
  guint frames_burst = limits->frames_per_s + limits->messages_burst;

  if (!gate_bucket_take (&self->frames, limits->frames_per_s, frames_burst, now_us, ret_wait_ms))
    return FALSE;
  return !is_message (frame) || gate_bucket_take (&self->messages, limits->messages_per_s,
                                                  limits->messages_burst, now_us, ret_wait_ms);
}

static void
refuse_for_rate (GateClient *self,
                 guint32     id,
                 guint32     wait_ms)
{
  count_rejected (self, GATE_REJECTED_RATE_LIMITED);
  gate_client_push_error (self, id, 429, "rate_limited", wait_ms);
  strike (self);
}

static void
answer_ping (GateClient           *self,
             const Gate__V1__Ping *ping)
{
  Gate__V1__Pong pong = GATE__V1__PONG__INIT;
  Gate__V1__Frame frame = WIRE_FRAME (PONG, pong, &pong);

  pong.n = ping->n;
  gate_client_reply (self, &frame);
}

/* @packed (nullable): the bytes of exactly this frame, so that it need not be packed again. */
static void
take_frame (GateClient            *self,
            const Gate__V1__Frame *frame,
            const GatePacked      *packed)
{
  WireBuffer *out = &self->edge->encoded;
  guint32 wait_ms;

  if (!is_within_rates (self, frame, &wait_ms)) {
    refuse_for_rate (self, frame->id, wait_ms);
    return;
  }
  if (frame->body_case == GATE__V1__FRAME__BODY_PING) {
    answer_ping (self, frame->ping);
    return;
  }
  if (!self->is_opened && !gate_edge_takes (self->edge, frame)) {
    count_rejected (self, GATE_REJECTED_CONNECTION_LIMIT);
    gate_client_close (self, 1013, "overloaded");
    return;
  }
  if (!self->is_opened)
    tell_opened (self);
  if (packed != NULL) {
    send_to_core (self, GATE_RECORD_FRAME, packed->bytes, packed->n_bytes);
    return;
  }
  out->n_bytes = 0;
  wire_frame_pack (frame, out);
  send_to_core (self, GATE_RECORD_FRAME, out->data, out->n_bytes);
}

static void
refuse_frame (GateClient       *self,
              WireStatus        status,
              const GatePacked *payload)
{
  guint32 id = gate_codecs[self->codec].peek_id (payload->bytes, payload->n_bytes);

  count_rejected (self, label_of_status (status));
  if (status == WIRE_TOO_LARGE)
    gate_client_push_error (self, id, 413, "too_large", 0);
  else
    gate_client_push_error (self, id, 400, "bad_frame", 0);
  strike (self);
}

static void
take_unpacked (GateClient            *self,
               const Gate__V1__Frame *frame,
               const GatePacked      *payload)
{
  if (frame->body_case != GATE__V1__FRAME__BODY_BATCH) {
    take_frame (self, frame, gate_codecs[self->codec].is_text ? NULL : payload);
    return;
  }
  for (gsize i = 0; i < frame->batch->n_frames && self->stage != GATE_CLIENT_CLOSING; i++)
    take_frame (self, frame->batch->frames[i], NULL);
}

static gboolean
decide_codec (GateClient         *self,
              const GateIncoming *incoming)
{
  if (self->codec == GATE_CODEC_UNDECIDED) {
    self->codec = incoming->is_text ? GATE_CODEC_JSON : GATE_CODEC_PB;
    gate_client_count (self);
  }
  return gate_codecs[self->codec].is_text == incoming->is_text;
}

static void
take_payload (GateClient         *self,
              const GateIncoming *incoming)
{
  GatePacked payload = { incoming->payload, incoming->n_bytes };
  Gate__V1__Frame *frame;
  WireStatus status;

  if (!decide_codec (self, incoming)) {
    count_rejected (self, GATE_REJECTED_PROTOCOL);
    gate_client_close (self, 1003, "wrong opcode");
    return;
  }
  status = gate_codecs[self->codec].decode (&self->edge->codec_tools, &payload,
                                            self->limits->max_frame_bytes, &frame);
  if (status == WIRE_OK)
    take_unpacked (self, frame, &payload);
  else
    refuse_frame (self, status, &payload);
  wire_arena_reset (self->edge->arena);
}

static void
take_close (GateClient         *self,
            const GateIncoming *incoming)
{
  WireWebsocketMessage message = { WIRE_WEBSOCKET_CLOSE, incoming->payload, incoming->n_bytes };
  WireText reason;
  guint code;

  wire_websocket_parse_close (&message, &code, &reason);
  gate_client_close (self, code, NULL);
}

/* Only WebSocket has control frames; answered before what is queued, as RFC 6455 5.5.2 wants it soon. */
static void
answer_control_ping (GateClient         *self,
                     const GateIncoming *incoming)
{
  guint8 bytes[WIRE_WEBSOCKET_MAX_HEADER_BYTES + WIRE_WEBSOCKET_MAX_CONTROL_BYTES];
  gsize n_header = wire_websocket_write_header (bytes, WIRE_WEBSOCKET_PONG, incoming->n_bytes);
  guint32 wait_ms;

  if (!gate_bucket_take (&self->frames, self->limits->frames_per_s,
                         self->limits->frames_per_s + self->limits->messages_burst,
                         gate_loop_get_now_us (self->edge->loop), &wait_ms)) {
    count_rejected (self, GATE_REJECTED_RATE_LIMITED);
    strike (self);
    return;
  }
  memcpy (bytes + n_header, incoming->payload, incoming->n_bytes);
  gate_client_reply_bytes (self, bytes, n_header + incoming->n_bytes);
}

static void
take_incoming (GateClient         *self,
               const GateIncoming *incoming)
{
  switch (incoming->kind) {
  case GATE_INCOMING_FRAME:
    take_payload (self, incoming);
    break;
  case GATE_INCOMING_PING:
    answer_control_ping (self, incoming);
    break;
  case GATE_INCOMING_CLOSE:
    take_close (self, incoming);
    break;
  case GATE_INCOMING_PONG:
  default:
    break;
  }
}

void
gate_client_take_frames (GateClient *self,
                         WireSpan    in)
{
  const GateFraming *framing = &gate_framings[self->framing];
  WireStatus status = WIRE_OK;
  GateIncoming incoming;

  while (status == WIRE_OK && !self->is_dead && self->stage != GATE_CLIENT_CLOSING) {
    /* Anew for each frame: the one before may have changed what this client may send. */
    GateFramingLimits limits = { self->limits->max_frame_bytes,
                                 self->edge->settings.max_fragments };

    status = framing->next (&self->reader, &limits, &in, &incoming);
    if (status == WIRE_OK)
      take_incoming (self, &incoming);
  }
  if (self->is_dead)
    return;
  if (status != WIRE_OK && status != WIRE_NEED_MORE) {
    count_rejected (self, label_of_status (status));
    gate_client_close (self, framing->close_code (status), wire_status_name (status));
  }
  if (self->reader.partial.n_bytes == 0)
    wire_buffer_clear (&self->reader.partial);
}
