/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In the place of link/gate-link.c: the core at the other end of the link. It answers hello with a configuration, lifts the
 * limits, and sends each frame back before the next is read, so that an echo stands before the close that an error
 * right behind it brings.
 */
#include "config.h"

#include "gate-client.h"
#include "gate-link.h"

#define MAX_MESSAGE_BYTES (16u * 1024 * 1024)
#define MAX_FRAGMENTS     70000u
#define HELLO_TIMEOUT_MS  (600u * 1000) /* suites open connections and wait */

struct _GateLink {
  const GateLinkHandler *handler;
  gpointer user_data;
  GateTimer hello;
  GateLoop *loop;
};

static Gate__Link__V1__Setting settings[] = {
  { .key = (char *) "log.level", .value = (char *) "warning" },
  { .key = (char *) "io.send_buffer", .value = (char *) "64m" },
  { .key = (char *) "limits.messages_per_s", .value = (char *) "0" },
  { .key = (char *) "limits.frames_per_s", .value = (char *) "0" },
  { .key = (char *) "limits.connections_per_ip", .value = (char *) "0" },
  { .key = (char *) "limits.connects_per_ip_per_s", .value = (char *) "0" },
};

/* What no configuration of a gateway allows, since its core must take it too. */
static void
lift_limits (GateEdge *edge)
{
  edge->settings.max_fragments = MAX_FRAGMENTS;
  edge->settings.hello_timeout_ms = HELLO_TIMEOUT_MS;
  edge->stranger->max_frame_bytes = MAX_MESSAGE_BYTES;
}

static void
send_config (GateTimer *timer)
{
  GateLink *self = (GateLink *) (gpointer) ((guint8 *) timer - G_STRUCT_OFFSET (GateLink, hello));
  Gate__Link__V1__WorkerConfig body = GATE__LINK__V1__WORKER_CONFIG__INIT;
  Gate__Link__V1__Setting *all[G_N_ELEMENTS (settings)];
  g_auto (WireBuffer) packed = WIRE_BUFFER_INIT;
  GateRecord record = { .type = GATE_RECORD_CONFIG, .fd = -1 };

  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++) {
    all[i] = &settings[i];
    all[i]->base.descriptor = &gate__link__v1__setting__descriptor;
  }
  body.n_settings = G_N_ELEMENTS (settings);
  body.settings = all;
  body.node = (char *) "echo";
  record.body_bytes = gate__link__v1__worker_config__get_packed_size (&body);
  record.body = wire_buffer_reserve (&packed, record.body_bytes);
  gate__link__v1__worker_config__pack (&body, packed.data);
  self->handler->record (self, &record, self->user_data);
  lift_limits (self->user_data);
}

GateLink *
gate_link_new (int                    fd,
               const GateLinkHandler *handler,
               gpointer               user_data)
{
  GateLink *self = g_new0 (GateLink, 1);

  self->handler = handler;
  self->user_data = user_data;
  self->hello.fired = send_config;
  return self;
}

void
gate_link_free (GateLink *self)
{
  g_free (self);
}

gboolean
gate_link_attach (GateLink *self,
                  GateLoop *loop)
{
  self->loop = loop;
  gate_loop_arm (loop, &self->hello, 0);
  return TRUE;
}

/* A binary client's bytes come as they were, a text client's packed: echo-codec.c wants both packed. */
gboolean
gate_link_send (GateLink       *self,
                GateRecordType  type,
                guint8          flags,
                guint32         number,
                gconstpointer   body,
                gsize           body_bytes)
{
  GateClient *client = gate_client_find (self->user_data, number);
  g_autoptr (WireArena) arena = wire_arena_new (512);
  GateCodecTools tools = { .arena = arena };
  GatePacked payload = { body, body_bytes };
  Gate__V1__Frame *frame;

  if (client == NULL || type != GATE_RECORD_FRAME)
    return TRUE;
  if (client->codec != GATE_CODEC_PB)
    gate_client_push (client, &payload);
  else if (gate_codecs[GATE_CODEC_PB].decode (&tools, &payload, 0, &frame) == WIRE_OK)
    gate_client_reply (client, frame);
  return TRUE;
}

/* Opened, closed, stats: nobody wants to know. */
gboolean
gate_link_send_message (GateLink               *self,
                        GateRecordType          type,
                        guint8                  flags,
                        guint32                 number,
                        const ProtobufCMessage *body)
{
  return TRUE;
}

/* Without an http worker nobody asks for this. */
gboolean
gate_link_send_descriptor (GateLink               *self,
                           GateRecordType          type,
                           guint32                 number,
                           const ProtobufCMessage *body,
                           int                     fd)
{
  return FALSE;
}

gsize
gate_link_get_queued_bytes (const GateLink *self)
{
  return 0;
}
