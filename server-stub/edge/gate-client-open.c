/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the first byte to a protocol: `PROTOCOLS.md` 2d.1. What is undecided is gathered in the reader's buffer, at most one
 * head; everything else is decided on the bytes where they lie.
 */
#include "config.h"

#include "gate-client.h"

#include "gate-log.h"
#include "gate-tls.h"
#include "wire-http.h"
#include "wire-origin.h"
#include "wire-record.h"
#include "wire-sniff.h"

#include <string.h>

#define APP_KEY_MAX_BYTES 64

void
gate_client_opening_free (GateClientOpening *opening)
{
  g_free (opening->origin);
  g_free (opening->user_agent);
  g_free (opening->app);
  g_free (opening);
}

static void
count_rejected (GateClient        *self,
                GateRejectedLabel  why)
{
  gate_metrics_add (self->edge->metrics, GATE_METRIC_FRAMES_REJECTED, why, 1);
}

static void
refuse_with (GateClient        *self,
             guint              status,
             GateRejectedLabel  rejected,
             GateClosedLabel    closed)
{
  g_auto (WireBuffer) answer = WIRE_BUFFER_INIT;

  count_rejected (self, rejected);
  wire_http_write_refusal (&answer, status);
  gate_client_refuse (self, &answer, closed);
}

/* @in is all that was read; with the first @n_taken bytes the connection became one that carries frames. */
static void
begin_frames (GateClient    *self,
              GateFramingId  framing,
              GateCodecId    codec,
              WireSpan       in,
              gsize          n_taken)
{
  self->framing = (guint8) framing;
  self->codec = (guint8) codec;
  gate_client_count (self);
  gate_client_enter_stage (self, GATE_CLIENT_STRANGER);
  if (in.n_bytes > n_taken)
    gate_client_take_frames (self, (WireSpan){ in.data + n_taken, in.n_bytes - n_taken });
}

/* The Origin is held against the app that the address names; the core repeats it at Hello. */
static gboolean
is_origin_allowed (GateClient         *self,
                   const WireHttpHead *head,
                   const WireUpgrade  *upgrade,
                   char                app_key[APP_KEY_MAX_BYTES + 1])
{
  const GateEdgeApp *app;

  app_key[0] = '\0';
  if (head->query.data == NULL || !wire_http_query (head, "app", app_key, APP_KEY_MAX_BYTES + 1))
    return TRUE;
  app = gate_edge_find_app (self->edge, app_key);
  return app != NULL &&
         (upgrade->origin.data == NULL ||
          wire_origin_is_allowed (upgrade->origin, (const char *const *) app->origins));
}

static void
upgrade (GateClient         *self,
         const WireHttpHead *head,
         WireSpan            in)
{
  static const GateCodecId codecs[] = {
    [WIRE_SUBPROTOCOL_NONE] = GATE_CODEC_UNDECIDED,
    [WIRE_SUBPROTOCOL_PB] = GATE_CODEC_PB,
    [WIRE_SUBPROTOCOL_JSON] = GATE_CODEC_JSON,
  };
  g_auto (WireBuffer) answer = WIRE_BUFFER_INIT;
  char app_key[APP_KEY_MAX_BYTES + 1];
  WireUpgrade request;
  guint status = wire_http_upgrade (head, &request);

  if (status != 101) {
    refuse_with (self, status, GATE_REJECTED_HEAD, GATE_CLOSED_PROTOCOL);
    return;
  }
  if (!is_origin_allowed (self, head, &request, app_key)) {
    refuse_with (self, 403, GATE_REJECTED_ORIGIN, GATE_CLOSED_POLICY);
    return;
  }
  self->opening = g_new0 (GateClientOpening, 1);
  self->opening->origin = wire_text_dup (request.origin);
  self->opening->user_agent = wire_text_dup (request.user_agent);
  self->opening->app = g_strdup (app_key);
  wire_http_write_upgrade (&answer, &request);
  gate_client_push_bytes (self, answer.data, answer.n_bytes);
  begin_frames (self, GATE_FRAMING_WEBSOCKET, codecs[request.subprotocol], in, head->head_bytes);
}

static void
hand_over (GateClient *self,
           WireSpan    in)
{
  if (!gate_edge_hand_over (self->edge, self, in)) {
    refuse_with (self, 503, GATE_REJECTED_CONNECTION_LIMIT, GATE_CLOSED_OVERLOAD);
    return;
  }
  gate_metrics_add (self->edge->metrics, GATE_METRIC_CONNECTIONS_CLOSED, GATE_CLOSED_HTTP, 1);
  gate_client_forget (self);
}

static WireStatus
open_http (GateClient *self,
           WireSpan    in)
{
  WireHttpHead head;
  WireStatus status = wire_http_parse (in.data, in.n_bytes, &head);

  if (status == WIRE_NEED_MORE)
    return status;
  if (status != WIRE_OK)
    refuse_with (self, wire_http_refusal (status), GATE_REJECTED_HEAD, GATE_CLOSED_PROTOCOL);
  else if (head.is_websocket && wire_text_equals (head.path, "/ws"))
    upgrade (self, &head, in);
  else
    hand_over (self, in);
  return WIRE_OK;
}

static void
refuse_protocol (GateClient *self)
{
  count_rejected (self, GATE_REJECTED_PROTOCOL);
  gate_client_refuse (self, NULL, GATE_CLOSED_PROTOCOL);
}

/* What it decrypts to comes here again, with the deadline of the whole opening still running. */
static void
begin_tls (GateClient *self,
           WireSpan    in)
{
  GateTls *tls = self->edge->tls;

  if (tls == NULL || gate_transports[self->transport].is_tls || !gate_tls_begin (tls, self, in))
    refuse_protocol (self);
}

/* WIRE_NEED_MORE: nothing is decided yet. */
static WireStatus
try_open (GateClient *self,
          WireSpan    in)
{
  switch (wire_sniff (in.data, in.n_bytes)) {
  case WIRE_PROTOCOL_UNDECIDED:
    return WIRE_NEED_MORE;
  case WIRE_PROTOCOL_BINARY:
    begin_frames (self, GATE_FRAMING_RECORD, GATE_CODEC_PB, in, WIRE_RECORD_PREFACE_BYTES);
    return WIRE_OK;
  case WIRE_PROTOCOL_HTTP:
    return open_http (self, in);
  case WIRE_PROTOCOL_HTTP2:
    refuse_with (self, 505, GATE_REJECTED_PROTOCOL, GATE_CLOSED_PROTOCOL);
    return WIRE_OK;
  case WIRE_PROTOCOL_TLS:
    begin_tls (self, in);
    return WIRE_OK;
  case WIRE_PROTOCOL_PROXY_V1: /* from nobody who is trusted */
  case WIRE_PROTOCOL_PROXY_V2:
  case WIRE_PROTOCOL_UNKNOWN:
  default:
    refuse_protocol (self);
    return WIRE_OK;
  }
}

void
gate_client_open_with (GateClient *self,
                       WireSpan    in)
{
  g_auto (WireBuffer) gathered = self->reader.partial;

  /* From here on the reader's buffer belongs to the framing that may begin. */
  self->reader.partial = (WireBuffer) WIRE_BUFFER_INIT;
  if (gathered.n_bytes > 0) {
    wire_buffer_append (&gathered, in.data, in.n_bytes);
    in = (WireSpan){ gathered.data, gathered.n_bytes };
  }
  if (try_open (self, in) != WIRE_NEED_MORE)
    return;
  /* The parser says "need more" for less than one head only, so this is at most that. */
  if (gathered.n_bytes == 0)
    wire_buffer_append (&gathered, in.data, in.n_bytes);
  self->reader.partial = gathered;
  gathered = (WireBuffer) WIRE_BUFFER_INIT;
}
