/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the core and the http worker say to an edge: one function for each record of `PROTOCOLS.md` 2d.8. */
#include "config.h"

#include "gate-client.h"
#include "gate-pump.h"

#include "gate-log.h"

#include <unistd.h>

/* What may wait for http to take it, some 500 connections, or 128 that bring the beginning of a body along: when it is behind, more
 * are told to come back. */
#define HTTP_QUEUE_BYTES ((gsize) 256 * 1024)

/* The body of a record; both ends are the same build, so one that cannot be read is a bug of ours. */
static gpointer
unpack (GateEdge                         *edge,
        const ProtobufCMessageDescriptor *descriptor,
        const GateRecord                 *record)
{
  gpointer body = protobuf_c_message_unpack (descriptor, wire_arena_allocator (edge->arena),
                                             record->body_bytes, record->body);

  if (body == NULL)
    gate_log (GATE_LOG_ERROR, "edge_bad_record", "type", "u", (guint64) record->type, NULL);
  return body;
}

static void
take_frame (GateEdge         *edge,
            const GateRecord *record)
{
  GateClient *client = gate_client_find (edge, record->number);

  if (client != NULL)
    gate_client_push (client, &(GatePacked){ record->body, record->body_bytes });
}

static void
count_signed_in (GateClient *client)
{
  GateMetrics *metrics = client->edge->metrics;
  guint transport =
    client->framing == GATE_FRAMING_RECORD ? GATE_TRANSPORT_LABEL_TCP : GATE_TRANSPORT_LABEL_WS;
  guint role =
    client->limits->role == GATE__V1__ROLE__AGENT ? GATE_ROLE_LABEL_AGENT : GATE_ROLE_LABEL_VISITOR;

  gate_metrics_add (metrics, GATE_METRIC_CONNECTIONS_OPENED, GATE_LABEL_OPENED (transport, role),
                    1);
  gate_metrics_observe (metrics, GATE_METRIC_HANDSHAKE_DURATION, 0,
                        (guint64) (gate_edge_now_ms (client->edge) - client->accepted_ms) * 1000);
}

/* What is queued stays plain; Welcome, which says that we speak zd1, is still to come. */
static void
start_zd1 (GateClient *client)
{
  gate_client_frame_all (client);
  client->codec =
    (guint8) gate_codec_with_zd1 (&client->edge->codec_tools, (GateCodecId) client->codec);
}

static void
take_limits (GateEdge         *edge,
             const GateRecord *record)
{
  GateClient *client = gate_client_find (edge, record->number);
  const Gate__Link__V1__Limits *body = unpack (edge, &gate__link__v1__limits__descriptor, record);
  GateClientLimits limits;
  gboolean was_signed_in;

  if (client == NULL || body == NULL || client->stage == GATE_CLIENT_CLOSING)
    return;
  was_signed_in = client->limits->is_signed_in;
  limits = (GateClientLimits){
    .role = body->role,
    .is_signed_in = body->signed_in,
    .max_frame_bytes =
      body->max_frame_bytes > 0 ? body->max_frame_bytes : edge->settings.max_frame_bytes,
    .messages_per_s = body->messages_per_s,
    .messages_burst = body->messages_burst,
    .frames_per_s = body->frames_per_s,
    .send_buffer_bytes = body->send_buffer_bytes,
    .has_batch = body->batch,
  };
  edge->n_visitors -= gate_client_is_visitor (client);
  gate_edge_unuse_limits (edge, client->limits);
  client->limits = gate_edge_use_limits (edge, &limits);
  edge->n_visitors += gate_client_is_visitor (client);
  if (body->zd1)
    start_zd1 (client);
  gate_client_count (client);
  if (limits.is_signed_in && !was_signed_in)
    count_signed_in (client);
  if (client->stage == GATE_CLIENT_STRANGER)
    gate_client_enter_stage (client, GATE_CLIENT_SIGNED_IN);
}

static void
take_close (GateEdge         *edge,
            const GateRecord *record)
{
  GateClient *client = gate_client_find (edge, record->number);
  const Gate__Link__V1__CloseThis *body =
    unpack (edge, &gate__link__v1__close_this__descriptor, record);

  if (client != NULL && body != NULL)
    gate_client_close (client, body->code != 0 ? body->code : 1000, body->reason);
}

static void
take_config (GateEdge         *edge,
             const GateRecord *record)
{
  const Gate__Link__V1__WorkerConfig *body =
    unpack (edge, &gate__link__v1__worker_config__descriptor, record);

  if (body == NULL)
    return;
  gate_edge_load_config (edge, body);
  edge->is_configured = TRUE;
  if (edge->clients != NULL)
    gate_listener_update (&edge->listener);
}

/* --- The http worker -------------------------------------------------------------------------------- */

/* A kept-alive connection that asks for an upgrade comes back with the request it read. */
static void
take_client_back (GateEdge *edge,
                  int       fd,
                  WireSpan  read)
{
  struct sockaddr_storage address = { 0 };
  socklen_t address_bytes = sizeof address;
  GateAddressLimits any = { 0 };
  guint64 key;
  GateClient *client;

  (void) getpeername (fd, (struct sockaddr *) &address, &address_bytes);
  key = gate_addresses_key (&address);
  /* It was admitted when it was accepted; here it is only counted again. Its place may be somebody else's by now. */
  if (!gate_edge_has_place (edge) ||
      !gate_addresses_admit (edge->addresses, key, &any, gate_loop_get_now_us (edge->loop))) {
    close (fd);
    return;
  }
  client = gate_client_new (edge, fd, key);
  if (client != NULL && read.n_bytes > 0)
    gate_client_process (client, read);
}

static void
http_record (GateLink         *link,
             const GateRecord *record,
             gpointer          user_data)
{
  GateEdge *edge = user_data;
  g_autoptr (WireArena) arena = wire_arena_new (4096);
  Gate__Link__V1__Descriptor *body;

  if (record->type != GATE_RECORD_DESCRIPTOR || record->fd < 0)
    return;
  /* An arena of its own: what it carries is decoded further while this body is still read. */
  body = gate__link__v1__descriptor__unpack (wire_arena_allocator (arena), record->body_bytes,
                                             record->body);
  if (body == NULL)
    close (record->fd);
  else if (body->tls)
    gate_pump_take_back (edge, record->fd, (WireSpan){ body->read.data, body->read.len });
  else
    take_client_back (edge, record->fd, (WireSpan){ body->read.data, body->read.len });
}

void
gate_edge_lose_http (GateEdge *self)
{
  g_clear_pointer (&self->http, gate_link_free);
}

static void
http_closed (GateLink *link,
             gpointer  user_data)
{
  GateEdge *edge = user_data;

  gate_log (GATE_LOG_INFO, "edge_http_gone", NULL);
  gate_edge_lose_http (edge);
}

static const GateLinkHandler http_handler = { http_record, http_closed, NULL };

static void
take_peer (GateEdge         *edge,
           const GateRecord *record)
{
  if (record->fd < 0)
    return;
  gate_edge_lose_http (edge);
  edge->http = gate_link_new (record->fd, &http_handler, edge);
  if (!gate_link_attach (edge->http, edge->loop))
    gate_edge_lose_http (edge);
}

gboolean
gate_edge_hand_over (GateEdge   *self,
                     GateClient *client,
                     WireSpan    read)
{
  const GateTransport *transport = &gate_transports[client->transport];
  Gate__Link__V1__Descriptor body = GATE__LINK__V1__DESCRIPTOR__INIT;
  char peer[46];
  int fd;

  if (self->http == NULL || gate_link_get_queued_bytes (self->http) > HTTP_QUEUE_BYTES)
    return FALSE;
  fd = transport->detach (client);
  if (fd < 0)
    return FALSE;
  gate_client_dup_peer (client, peer);
  body.kind = GATE__LINK__V1__DESCRIPTOR_KIND__DK_HTTP_CONNECTION;
  body.peer = peer;
  body.tls = transport->is_tls;
  body.read = (ProtobufCBinaryData){ read.n_bytes, read.data };
  body.index = self->index;
  (void) gate_link_send_descriptor (self->http, GATE_RECORD_DESCRIPTOR, 0, &body.base, fd);
  return TRUE;
}

/* --- The core --------------------------------------------------------------------------------------- */

static void
take_stop (GateEdge         *edge,
           const GateRecord *record)
{
  const Gate__Link__V1__Stop *body = unpack (edge, &gate__link__v1__stop__descriptor, record);

  if (body != NULL)
    gate_edge_stop (edge, body->drain_ms);
}

static void
link_record (GateLink         *link,
             const GateRecord *record,
             gpointer          user_data)
{
  GateEdge *edge = user_data;

  switch (record->type) {
  case GATE_RECORD_FRAME:
    take_frame (edge, record);
    return; /* the arena is not used for it */
  case GATE_RECORD_LIMITS:
    take_limits (edge, record);
    break;
  case GATE_RECORD_CLOSE:
    take_close (edge, record);
    break;
  case GATE_RECORD_CONFIG:
    take_config (edge, record);
    break;
  case GATE_RECORD_DESCRIPTOR:
    take_peer (edge, record);
    break;
  case GATE_RECORD_STOP:
    take_stop (edge, record);
    break;
  case GATE_RECORD_HELLO:
  case GATE_RECORD_OPENED:
  case GATE_RECORD_CLOSED:
  case GATE_RECORD_REQUEST:
  case GATE_RECORD_REPLY:
  case GATE_RECORD_STATS:
  default:
    break;
  }
  wire_arena_reset (edge->arena);
}

/* Without the core there is nothing to serve: clients reconnect to the next edge and resume. */
static void
link_closed (GateLink *link,
             gpointer  user_data)
{
  GateEdge *edge = user_data;

  gate_log (GATE_LOG_WARNING, "edge_core_gone", NULL);
  gate_edge_quit (edge, EXIT_FAILURE);
}

static void
link_drained (GateLink *link,
              gpointer  user_data)
{
  gate_edge_resume_reading (user_data);
}

const GateLinkHandler gate_edge_link_handler = { link_record, link_closed, link_drained };
