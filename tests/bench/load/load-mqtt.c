/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MQTT 3.1.1 as much of it as publishing with QoS 1 needs: CONNECT, PUBLISH, PUBACK (OASIS MQTT 3.1.1, 3.1 to 3.4). */
#include "load-scenario.h"

#include <string.h>

#define CONNECT 0x10u
#define CONNACK 0x20u
#define PUBLISH 0x32u /* QoS 1 */
#define PUBACK  0x40u

static void
append_length (WireBuffer *out,
               gsize       n_bytes)
{
  for (; n_bytes >= 0x80; n_bytes >>= 7)
    wire_buffer_append_byte (out, (guint8) (n_bytes | 0x80));
  wire_buffer_append_byte (out, (guint8) n_bytes);
}

static void
append_u16 (WireBuffer *out,
            guint       value)
{
  wire_buffer_append_byte (out, (guint8) (value >> 8));
  wire_buffer_append_byte (out, (guint8) value);
}

static void
append_text (WireBuffer *out,
             const char *text)
{
  append_u16 (out, (guint) strlen (text));
  wire_buffer_append_text (out, text);
}

void
load_mqtt_greet (LoadClient *self)
{
  static const guint8 variable[] = {
    0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0
  }; /* clean session, no keep-alive */
  char name[16];

  g_snprintf (name, sizeof name, "load-%u", self->number);
  wire_buffer_append_byte (&self->out, CONNECT);
  append_length (&self->out, sizeof variable + 2 + strlen (name));
  wire_buffer_append (&self->out, variable, sizeof variable);
  append_text (&self->out, name);
  load_client_touch (self);
}

static void
publish_act (LoadClient *client)
{
  static const char text[4096];
  guint n_bytes = client->worker->options->message_bytes;
  char topic[24];

  g_snprintf (topic, sizeof topic, "chat/%u", client->number);
  wire_buffer_append_byte (&client->out, PUBLISH);
  append_length (&client->out, 2 + strlen (topic) + 2 + n_bytes);
  append_text (&client->out, topic);
  append_u16 (&client->out, 1 + client->n_sent % 65535);
  wire_buffer_append (&client->out, text, n_bytes);
  load_client_touch (client);
}

static void
take_packet (LoadClient   *self,
             const guint8 *packet)
{
  if (packet[0] == CONNACK && packet[3] == 0) {
    load_client_is_ready (self);
  } else if (packet[0] == PUBACK) {
    if ((guint) (packet[2] << 8 | packet[3]) != 1 + self->n_done % 65535)
      load_worker_count (self->worker, LOAD_COUNT_MISMATCH);
    load_schedule_done (self);
  } else {
    load_client_fail (self, LOAD_COUNT_BROKEN);
  }
}

/* Both packets that come have four bytes. */
gboolean
load_mqtt_take (LoadClient *self,
                WireSpan   *in)
{
  guint8 packet[4];

  wire_buffer_append (&self->partial, in->data, in->n_bytes);
  while (self->fd >= 0 && self->partial.n_bytes >= sizeof packet) {
    memcpy (packet, self->partial.data, sizeof packet);
    wire_buffer_consume (&self->partial, sizeof packet);
    take_packet (self, packet);
  }
  return self->fd >= 0;
}

const LoadScenario load_scenario_publish = {
  .name = "publish",
  .help = "--protocol mqtt: lines with QoS 1, acknowledged by the broker",
  .needs_codec = 1u << LOAD_CODEC_MQTT,
  .begin = load_schedule_begin,
  .act = publish_act,
};
