/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "verbose-json.h"

#include "wire-json.h"

#include <string.h>

typedef enum {
  FORM_PLAIN,
  FORM_UUID,
  FORM_TIME,
} Form;

typedef struct {
  const char *proto;
  const char *json;
  Form form;
} Field;

/* What is not here is written under its own name in camel case. */
static const Field fields[] = {
  { "conv", "conversationId", FORM_UUID },
  { "cid", "clientMessageId", FORM_UUID },
  { "session", "sessionId", FORM_UUID },
  { "self", "participantId", FORM_UUID },
  { "sender", "senderId", FORM_UUID },
  { "agent", "agentId", FORM_UUID },
  { "visitor", "visitorId", FORM_UUID },
  { "log", "logId", FORM_UUID },
  { "gone", "removedConversationIds", FORM_UUID },
  { "device", "deviceId", FORM_PLAIN },
  { "seq", "messageId", FORM_UUID },
  { "received", "receivedMessageId", FORM_UUID },
  { "last_seq", "lastMessageId", FORM_UUID },
  { "seen", "seenMessageId", FORM_UUID },
  { "head", "newestMessageId", FORM_UUID },
  { "caps", "capabilities", FORM_PLAIN },
  { "tz", "timeZone", FORM_PLAIN },
  { "eta_s", "etaSeconds", FORM_PLAIN },
  { "ping_s", "pingIntervalSeconds", FORM_PLAIN },
  { "idle_s", "idleTimeoutSeconds", FORM_PLAIN },
  { "resume_ttl_s", "resumeTtlSeconds", FORM_PLAIN },
  { "max_frame", "maxFrameBytes", FORM_PLAIN },
  { "convs", "conversations", FORM_PLAIN },
  { "ts", "timestamp", FORM_TIME },
  { "since", "since", FORM_TIME },
  { "last_ts", "lastMessageAt", FORM_TIME },
  { "waiting_since", "waitingSince", FORM_TIME },
  { "opened_at", "openedAt", FORM_TIME },
  { "enqueued_at", "enqueuedAt", FORM_TIME },
  { "due", "dueAt", FORM_TIME },
  { "deadline", "deadline", FORM_TIME },
};

static void write_message (WireBuffer             *out,
                           const ProtobufCMessage *message);

static const Field *
find_field (const char *proto)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++) {
    if (strcmp (fields[i].proto, proto) == 0)
      return &fields[i];
  }
  return NULL;
}

static void
write_name (WireBuffer *out,
            const char *proto)
{
  const Field *field = find_field (proto);
  gboolean is_upper = FALSE;

  wire_buffer_append_byte (out, '"');
  for (const char *at = field != NULL ? field->json : proto; *at != '\0'; at++) {
    if (*at != '_')
      wire_buffer_append_byte (out, (guint8) (is_upper ? g_ascii_toupper (*at) : *at));
    is_upper = *at == '_';
  }
  wire_buffer_append_text (out, "\":");
}

/* Of the number's hash, so that it is as hard to compress as a real one. */
static void
write_uuid (WireBuffer *out,
            guint64     value)
{
  g_autofree char *hex =
    g_compute_checksum_for_data (G_CHECKSUM_MD5, (const guint8 *) &value, sizeof value);

  wire_buffer_append_printf (out, "\"%.8s-%.4s-4%.3s-a%.3s-%.12s\"", hex, hex + 8, hex + 13,
                             hex + 17, hex + 20);
}

static void
write_time (WireBuffer *out,
            guint64     ms)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc ((gint64) (ms / 1000));
  g_autofree char *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");

  wire_buffer_append_printf (out, "\"%s.%03uZ\"", text, (guint) (ms % 1000));
}

static void
write_integer (WireBuffer *out,
               const char *proto,
               guint64     value)
{
  const Field *field = find_field (proto);

  if (field != NULL && field->form == FORM_UUID)
    write_uuid (out, value);
  else if (field != NULL && field->form == FORM_TIME)
    write_time (out, value);
  else
    wire_buffer_append_printf (out, "%" G_GUINT64_FORMAT, value);
}

static void
write_value (WireBuffer                     *out,
             const ProtobufCFieldDescriptor *field,
             gconstpointer                   at)
{
  const char *text;

  switch ((guint) field->type) {
  case PROTOBUF_C_TYPE_STRING:
    text = *(char *const *) at;
    wire_json_write_string (out, text, strlen (text));
    break;
  case PROTOBUF_C_TYPE_MESSAGE:
    write_message (out, *(ProtobufCMessage *const *) at);
    break;
  case PROTOBUF_C_TYPE_ENUM:
    wire_buffer_append_printf (out, "\"%s\"",
                               wire_enum_name (field->descriptor, *(const int *) at));
    break;
  case PROTOBUF_C_TYPE_BOOL:
    wire_buffer_append_text (out, *(const protobuf_c_boolean *) at ? "true" : "false");
    break;
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_FIXED64:
    write_integer (out, field->name, *(const guint64 *) at);
    break;
  case PROTOBUF_C_TYPE_UINT32:
    write_integer (out, field->name, *(const guint32 *) at);
    break;
  default: /* the sessions hold no other kind */
    g_assert_not_reached ();
  }
}

static gsize
value_bytes (const ProtobufCFieldDescriptor *field)
{
  switch ((guint) field->type) {
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_FIXED64:
    return sizeof (guint64);
  default:
    return sizeof (gpointer); /* no list of the schema holds anything smaller */
  }
}

static gboolean
is_zero (const ProtobufCFieldDescriptor *field,
         gconstpointer                   at)
{
  const char *const *text = at;

  switch ((guint) field->type) {
  case PROTOBUF_C_TYPE_STRING:
    return *text == NULL || (*text)[0] == '\0';
  case PROTOBUF_C_TYPE_MESSAGE:
    return *(ProtobufCMessage *const *) at == NULL;
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_FIXED64:
    return *(const guint64 *) at == 0;
  case PROTOBUF_C_TYPE_BYTES:
    return ((const ProtobufCBinaryData *) at)->len == 0;
  default:
    return *(const guint32 *) at == 0;
  }
}

static void
write_list (WireBuffer                     *out,
            const ProtobufCFieldDescriptor *field,
            gconstpointer                   items,
            gsize                           n_items)
{
  for (gsize i = 0; i < n_items; i++) {
    wire_buffer_append_byte (out, i == 0 ? '[' : ',');
    write_value (out, field, (const guint8 *) items + i * value_bytes (field));
  }
  wire_buffer_append_byte (out, ']');
}

static gboolean
is_there (const ProtobufCMessage         *message,
          const ProtobufCFieldDescriptor *field)
{
  const guint8 *base = (const guint8 *) message;
  guint32 quantifier = *(const guint32 *) (gconstpointer) (base + field->quantifier_offset);

  if (field->label == PROTOBUF_C_LABEL_REPEATED)
    return *(const gsize *) (gconstpointer) (base + field->quantifier_offset) > 0;
  if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
    return quantifier == field->id;
  /* Whoever writes by hand says who and whether in any case. */
  return strcmp (field->name, "role") == 0 || field->type == PROTOBUF_C_TYPE_BOOL ||
         !is_zero (field, base + field->offset);
}

static void
write_field (WireBuffer                     *out,
             const ProtobufCMessage         *message,
             const ProtobufCFieldDescriptor *field)
{
  const guint8 *base = (const guint8 *) message;
  gconstpointer at = base + field->offset;

  write_name (out, field->name);
  if (field->label == PROTOBUF_C_LABEL_REPEATED)
    write_list (out, field, *(gconstpointer const *) at,
                *(const gsize *) (gconstpointer) (base + field->quantifier_offset));
  else
    write_value (out, field, at);
}

/* @left_out (nullable): a field that stands elsewhere */
static void
write_fields (WireBuffer             *out,
              const ProtobufCMessage *message,
              const char             *left_out)
{
  const char *separator = "";

  wire_buffer_append_byte (out, '{');
  for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];

    if (!is_there (message, field) || g_strcmp0 (field->name, left_out) == 0)
      continue;
    wire_buffer_append_text (out, separator);
    write_field (out, message, field);
    separator = ",";
  }
  wire_buffer_append_byte (out, '}');
}

static void
write_message (WireBuffer             *out,
               const ProtobufCMessage *message)
{
  write_fields (out, message, NULL);
}

void
verbose_json_write (const SessionFrame *frame,
                    WireBuffer         *out)
{
  const ProtobufCMessage *body = wire_frame_body (frame->frame);

  wire_buffer_append_printf (out, "{\"type\":\"%s\",", wire_body_name (frame->frame->body_case));
  if (frame->frame->id != 0) {
    wire_buffer_append_text (out, "\"requestId\":");
    write_uuid (out, (guint64) frame->frame->id << 32);
    wire_buffer_append_byte (out, ',');
  }
  if (protobuf_c_message_descriptor_get_field_by_name (body->descriptor, "conv") != NULL) {
    wire_buffer_append_text (out, "\"conversationId\":");
    write_uuid (out, frame->conv);
    wire_buffer_append_byte (out, ',');
  }
  wire_buffer_append_text (out, "\"data\":");
  write_fields (out, body, "conv");
  wire_buffer_append_byte (out, '}');
}
