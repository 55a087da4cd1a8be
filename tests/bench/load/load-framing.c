/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load-scenario.h"
#include "load-worker.h"

#include "wire-record.h"

#include <string.h>

#define MAX_HEAD_BYTES 4096
#define RESUME_AT_ONCE 4010

static const WireWebsocketLimits limits = {
  .max_message_bytes = LOAD_MAX_FRAME_BYTES,
  .max_fragments = WIRE_WEBSOCKET_MAX_FRAGMENTS,
  .expects_masked = FALSE,
};

static const char *
subprotocol_of (LoadCodec codec)
{
  static const char *const lines[] = {
    [LOAD_CODEC_JSON] = "Sec-WebSocket-Protocol: gate.v1.json\r\n",
    [LOAD_CODEC_PB] = "Sec-WebSocket-Protocol: gate.v1.pb\r\n",
    [LOAD_CODEC_BYTES] = "",
    [LOAD_CODEC_MQTT] = "",
  };

  return lines[codec];
}

/* --- Writing ------------------------------------------------------------------------------------------ */

void
load_framing_write (LoadClient    *self,
                    gconstpointer  data,
                    gsize          n_bytes)
{
  const LoadOptions *options = self->worker->options;
  guint64 random = load_worker_random (self->worker);
  guint8 header[WIRE_RECORD_MAX_HEADER_BYTES];

  switch (options->framing) {
  case LOAD_FRAMING_WEBSOCKET:
    wire_websocket_write_client (&self->out,
                                 options->codec == LOAD_CODEC_JSON ? WIRE_WEBSOCKET_TEXT
                                                                   : WIRE_WEBSOCKET_BINARY,
                                 TRUE, (const guint8 *) &random, data, n_bytes);
    break;
  case LOAD_FRAMING_RECORD:
    wire_buffer_append (&self->out, header, wire_record_write_header (header, n_bytes));
    wire_buffer_append (&self->out, data, n_bytes);
    break;
  case LOAD_FRAMING_RAW:
  case LOAD_FRAMING_MQTT:
  default:
    wire_buffer_append (&self->out, data, n_bytes);
    break;
  }
  load_client_touch (self);
}

/* --- Opening ------------------------------------------------------------------------------------------ */

static void
append_path (LoadClient *self)
{
  const char *path = self->worker->options->path;
  const char *mark = strstr (path, "%u");

  if (mark == NULL) {
    wire_buffer_append_text (&self->out, path);
    return;
  }
  wire_buffer_append (&self->out, path, (gsize) (mark - path));
  wire_buffer_append_printf (&self->out, "%u%s", self->number, mark + 2);
}

/* The key is the example of RFC 6455: nothing here depends on its being random. */
static void
request_upgrade (LoadClient *self)
{
  const LoadOptions *options = self->worker->options;

  wire_buffer_append_text (&self->out, "GET ");
  append_path (self);
  wire_buffer_append_printf (
    &self->out,
    " HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n%sOrigin: %s\r\n\r\n",
    options->host, subprotocol_of (options->codec), options->origin);
}

void
load_framing_open (LoadClient *self)
{
  if (self->worker->options->framing == LOAD_FRAMING_WEBSOCKET) {
    request_upgrade (self);
  } else {
    if (self->worker->options->framing == LOAD_FRAMING_RECORD)
      wire_buffer_append (&self->out, WIRE_RECORD_PREFACE, WIRE_RECORD_PREFACE_BYTES);
    load_framing_opened (self);
  }
  load_client_touch (self);
}

void
load_framing_opened (LoadClient *self)
{
  self->stage = LOAD_STAGE_SIGNING_IN;
  if (self->worker->options->codec == LOAD_CODEC_BYTES)
    load_client_is_ready (self);
  else if (self->worker->options->codec == LOAD_CODEC_MQTT)
    load_mqtt_greet (self);
  else
    load_gate_greet (self);
}

/* What stands behind the head are messages already. */
static gboolean
take_head (LoadClient *self,
           WireSpan   *in)
{
  gsize before = self->partial.n_bytes;
  const guint8 *end;
  gsize head_bytes;

  wire_buffer_append (&self->partial, in->data, MIN (in->n_bytes, MAX_HEAD_BYTES - before));
  end = memmem (self->partial.data, self->partial.n_bytes, "\r\n\r\n", 4);
  if (end == NULL) {
    in->n_bytes = 0;
    return self->partial.n_bytes < MAX_HEAD_BYTES;
  }
  if (self->partial.n_bytes < 12 || memcmp (self->partial.data, "HTTP/1.1 101", 12) != 0) {
    load_client_fail (self, LOAD_COUNT_REFUSED);
    return FALSE;
  }
  head_bytes = (gsize) (end - self->partial.data) + 4 - before;
  in->data += head_bytes;
  in->n_bytes -= head_bytes;
  wire_buffer_clear (&self->partial);
  load_framing_opened (self);
  return TRUE;
}

/* --- Reading ------------------------------------------------------------------------------------------ */

static gboolean
take_payload (LoadClient   *self,
              const guint8 *data,
              gsize         n_bytes)
{
  if (self->worker->options->codec != LOAD_CODEC_BYTES)
    return load_gate_take (self, data, n_bytes);
  if (n_bytes != self->worker->options->message_bytes)
    load_worker_count (self->worker, LOAD_COUNT_MISMATCH);
  load_schedule_done (self);
  return TRUE;
}

/* 4010: this gateway has handed over to another, where everything goes on. Any other code is counted as a connection lost. */
static void
take_close (LoadClient                 *self,
            const WireWebsocketMessage *message)
{
  WireText reason;
  guint code;

  wire_websocket_parse_close (message, &code, &reason);
  if (code == RESUME_AT_ONCE && self->worker->options->scenario->is_reconnecting)
    load_client_drop (self, FALSE);
}

static gboolean
take_websocket (LoadClient *self,
                WireSpan   *in)
{
  WireWebsocketMessage message;
  WireStatus status = WIRE_NEED_MORE;

  while (self->fd >= 0 && (status = wire_websocket_next (&self->websocket, &limits, &self->partial,
                                                         in, &message)) == WIRE_OK) {
    if (message.opcode == WIRE_WEBSOCKET_CLOSE) {
      take_close (self, &message);
      return FALSE;
    }
    if (message.opcode != WIRE_WEBSOCKET_PING && message.opcode != WIRE_WEBSOCKET_PONG &&
        !take_payload (self, message.payload, message.n_bytes))
      return FALSE;
  }
  return status == WIRE_NEED_MORE;
}

static gboolean
take_records (LoadClient *self,
              WireSpan   *in)
{
  WireStatus status = WIRE_NEED_MORE;
  WireSpan record;

  while (self->fd >= 0 &&
         (status = wire_record_next (&self->partial, LOAD_MAX_FRAME_BYTES, in, &record)) == WIRE_OK)
    if (!take_payload (self, record.data, record.n_bytes))
      return FALSE;
  return status == WIRE_NEED_MORE;
}

/* Messages of one size: only their number counts; `partial.n_bytes` is what came of the next. */
static gboolean
take_raw (LoadClient *self,
          WireSpan   *in)
{
  gsize n_bytes = self->partial.n_bytes + in->n_bytes;
  gsize message_bytes = self->worker->options->message_bytes;

  self->partial.n_bytes = n_bytes % message_bytes;
  for (gsize i = 0; i < n_bytes / message_bytes; i++)
    load_schedule_done (self);
  return TRUE;
}

gboolean
load_framing_take (LoadClient *self,
                   WireSpan    in)
{
  static gboolean (*const takers[]) (LoadClient *, WireSpan *) = {
    [LOAD_FRAMING_WEBSOCKET] = take_websocket,
    [LOAD_FRAMING_RECORD] = take_records,
    [LOAD_FRAMING_RAW] = take_raw,
    [LOAD_FRAMING_MQTT] = load_mqtt_take,
  };
  LoadFraming framing = self->worker->options->framing;
  gboolean is_good;

  if (self->stage == LOAD_STAGE_UPGRADING && !take_head (self, &in))
    return FALSE;
  if (self->stage <= LOAD_STAGE_UPGRADING)
    return TRUE;
  is_good = takers[framing](self, &in);
  /* `raw` counts in it, and owns no memory there. */
  if (framing != LOAD_FRAMING_RAW && self->partial.n_bytes == 0)
    wire_buffer_clear (&self->partial);
  return is_good;
}
