/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Our JSON against json-glib's: what we write it must read as the same values, and what it writes of the same
 * values, its keys in any order, we must read as the same frame. The values are worked out here from the
 * descriptors a second time, with names typed from the specification, so that an error would have to be made twice.
 */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "wire-json.h"
#include "wire-random.h"

typedef struct {
  const char *proto;
  const char *json;
} Name;

static const Name kinds_named[] = {
  { "message", "msg" },          { "assignment", "assign" },
  { "history_req", "history" },  { "history_page", "page" },
  { "conv_update", "conv" },     { "rating", "rate" },
  { "agent_status", "status" },  { "upload_req", "upload" },
  { "upload_ticket", "ticket" }, { "go_away", "bye" },
  { "offer_answer", "answer" },  { "subscribe", "sub" },
  { "search_req", "search" },    { "search_page", "found" },
  { "contact_req", "who" },      { NULL, NULL },
};

static const Name keys_named[] = {
  { "version", "v" },
  { "channel", "ch" },
  { "app_key", "app" },
  { "device", "dev" },
  { "locale", "loc" },
  { "user_agent", "ua" },
  { "visitor_key", "visitor" },
  { "signature", "sig" },
  { "session", "sid" },
  { "resume_token", "rt" },
  { "resume_ttl_s", "rttl" },
  { "ping_s", "ping" },
  { "idle_s", "idle" },
  { "max_frame", "max" },
  { "epoch", "ep" },
  { "sender", "from" },
  { "reply_to", "re" },
  { "position", "pos" },
  { "eta_s", "eta" },
  { "queue", "q" },
  { "to_queue", "q" },
  { "agent_name", "name" },
  { "to_agent", "agent" },
  { "capacity", "cap" },
  { "retry_after_ms", "retry" },
  { "delay_ms", "delay" },
  { "scale", "of" },
  { "width", "w" },
  { "height", "h" },
  { "duration_ms", "dur" },
  { "last_seen", "last" },
  { NULL, NULL },
};

static const char *
name_of (const Name *names,
         const char *proto)
{
  for (; names->proto != NULL; names++)
    if (strcmp (names->proto, proto) == 0)
      return names->json;
  return proto;
}

static gpointer
at (const ProtobufCMessage *message,
    guint                   offset)
{
  return (char *) message + offset;
}

static JsonNode *node_of_message (const ProtobufCMessage *message,
                                  GRand                  *rand);

static JsonNode *
node_of_bytes (const ProtobufCFieldDescriptor *field,
               const ProtobufCBinaryData      *bytes)
{
  g_autofree char *base64 = NULL;
  g_autoptr (GString) hex = g_string_new (NULL);
  JsonNode *node = json_node_new (JSON_NODE_VALUE);

  if (strstr (" ext profile context attrs form data ", field->name) != NULL) {
    g_autofree char *text = g_strndup ((const char *) bytes->data, bytes->len);

    json_node_unref (node);
    return json_from_string (text, NULL);
  }
  for (gsize i = 0; i < bytes->len; i++)
    g_string_append_printf (hex, "%02x", bytes->data[i]);
  base64 =
    g_strdelimit (g_strdelimit (g_base64_encode (bytes->data, bytes->len), "+", '-'), "/", '_');
  if (strchr (base64, '=') != NULL)
    *strchr (base64, '=') = '\0';
  json_node_set_string (node,
                        strstr (" signature sha256 ", field->name) != NULL ? hex->str : base64);
  return node;
}

static JsonNode *
node_of_enum (const ProtobufCEnumDescriptor *descriptor,
              int                            value)
{
  const ProtobufCEnumValue *named = protobuf_c_enum_descriptor_get_value (descriptor, value);
  JsonNode *node = json_node_new (JSON_NODE_VALUE);

  if (named != NULL) {
    const char *underscore = strchr (named->name, '_');
    g_autofree char *name = g_ascii_strdown (underscore != NULL ? underscore + 1 : named->name, -1);

    json_node_set_string (node, name);
  } else {
    json_node_set_int (node, value);
  }
  return node;
}

static JsonNode *
node_of_number (gint64 value)
{
  return json_node_init_int (json_node_alloc (), value);
}

static JsonNode *
node_of_value (const ProtobufCFieldDescriptor *field,
               gconstpointer                   value,
               GRand                          *rand)
{
  char hex[17];

  switch ((guint) field->type) {
  case PROTOBUF_C_TYPE_UINT32:
    return node_of_number (*(const guint32 *) value);
  case PROTOBUF_C_TYPE_SINT32:
    return node_of_number (*(const gint32 *) value);
  case PROTOBUF_C_TYPE_UINT64:
    return node_of_number ((gint64) * (const guint64 *) value);
  case PROTOBUF_C_TYPE_FIXED64:
    g_snprintf (hex, sizeof hex, "%016" G_GINT64_MODIFIER "x", *(const guint64 *) value);
    return json_node_init_string (json_node_alloc (), hex);
  case PROTOBUF_C_TYPE_BOOL:
    return json_node_init_boolean (json_node_alloc (), *(const int *) value);
  case PROTOBUF_C_TYPE_ENUM:
    return node_of_enum (field->descriptor, *(const int *) value);
  case PROTOBUF_C_TYPE_STRING:
    return json_node_init_string (json_node_alloc (), *(char *const *) value);
  case PROTOBUF_C_TYPE_BYTES:
    return node_of_bytes (field, value);
  default:
    return node_of_message (*(ProtobufCMessage *const *) value, rand);
  }
}

static gsize
value_bytes (ProtobufCType type)
{
  if (type == PROTOBUF_C_TYPE_BYTES)
    return sizeof (ProtobufCBinaryData);
  if (type == PROTOBUF_C_TYPE_STRING || type == PROTOBUF_C_TYPE_MESSAGE ||
      type == PROTOBUF_C_TYPE_UINT64 || type == PROTOBUF_C_TYPE_FIXED64)
    return 8;
  return 4;
}

static JsonNode *
node_of_array (const ProtobufCMessage         *message,
               const ProtobufCFieldDescriptor *field,
               GRand                          *rand)
{
  gsize n_items = *(size_t *) at (message, field->quantifier_offset);
  const char *items = *(char **) at (message, field->offset);
  JsonArray *array = json_array_new ();
  JsonNode *node = json_node_init_array (json_node_alloc (), array);

  for (gsize i = 0; i < n_items; i++)
    json_array_add_element (array,
                            node_of_value (field, items + i * value_bytes (field->type), rand));
  json_array_unref (array);
  return node;
}

static gboolean
is_there (const ProtobufCMessage         *message,
          const ProtobufCFieldDescriptor *field)
{
  static const char zeros[16];

  if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
    return *(guint32 *) at (message, field->quantifier_offset) == field->id;
  if (field->label == PROTOBUF_C_LABEL_REPEATED)
    return *(size_t *) at (message, field->quantifier_offset) > 0;
  if (field->type == PROTOBUF_C_TYPE_STRING)
    return **(char **) at (message, field->offset) != '\0';
  return memcmp (at (message, field->offset), zeros, value_bytes (field->type)) != 0;
}

/* Members in a random order: json-glib writes them in the order they were added. */
static void
shuffle (GPtrArray *names,
         GRand     *rand)
{
  for (guint i = names->len; i > 1; i--) {
    guint k = (guint) g_rand_int_range (rand, 0, (int) i);
    gpointer name = names->pdata[i - 1];

    names->pdata[i - 1] = names->pdata[k];
    names->pdata[k] = name;
  }
}

static JsonNode *
shuffled (JsonObject *members,
          GRand      *rand)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_init_object (json_node_alloc (), object);
  g_autoptr (GList) list = json_object_get_members (members);

  for (GList *l = list; l != NULL; l = l->next)
    g_ptr_array_add (names, l->data);
  shuffle (names, rand);
  for (guint i = 0; i < names->len; i++)
    json_object_set_member (object, names->pdata[i],
                            json_object_dup_member (members, names->pdata[i]));
  json_object_unref (object);
  return node;
}

static void
add_fields (JsonObject             *object,
            const ProtobufCMessage *message,
            GRand                  *rand)
{
  for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
    const char *name = name_of (keys_named, field->name);

    if (!is_there (message, field))
      continue;
    g_assert_false (json_object_has_member (object, name));
    json_object_set_member (object, name,
                            field->label == PROTOBUF_C_LABEL_REPEATED
                              ? node_of_array (message, field, rand)
                              : node_of_value (field, at (message, field->offset), rand));
  }
}

static JsonNode *
node_of_message (const ProtobufCMessage *message,
                 GRand                  *rand)
{
  g_autoptr (JsonObject) object = json_object_new ();

  if (message->descriptor == &gate__v1__frame__descriptor) {
    const Gate__V1__Frame *frame = (const Gate__V1__Frame *) message;

    json_object_set_string_member (object, "t",
                                   name_of (kinds_named, wire_body_name (frame->body_case)));
    if (frame->id != 0)
      json_object_set_int_member (object, "id", frame->id);
    message = wire_frame_body (frame);
  }
  add_fields (object, message, rand);
  return shuffled (object, rand);
}

static void
test_differential (void)
{
  guint n_kinds;
  const Gate__V1__Frame__BodyCase *kinds = wire_random_kinds (&n_kinds);
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260103);

  g_test_message ("seed 20260103");
  for (guint i = 0; i < n_kinds * 20; i++) {
    g_autoptr (WireArena) arena = wire_arena_new (8192);
    g_auto (WireBuffer) ours = WIRE_BUFFER_INIT;
    Gate__V1__Frame *frame = wire_random_frame (arena, rand, kinds[i % n_kinds]);
    g_autoptr (JsonNode) expected = node_of_message (&frame->base, rand);
    g_autofree char *theirs = json_to_string (expected, i % 2 == 0);
    g_autoptr (JsonParser) parser = json_parser_new ();
    g_autoptr (JsonNode) again = NULL;
    g_autoptr (GError) error = NULL;
    Gate__V1__Frame *read = NULL;

    wire_json_write_frame (&ours, frame);
    json_parser_load_from_data (parser, (const char *) ours.data, (gssize) ours.n_bytes, &error);
    g_assert_no_error (error);
    if (!json_node_equal (json_parser_get_root (parser), expected))
      g_error ("ours: %.*s\ntheirs: %s", (int) ours.n_bytes, (const char *) ours.data, theirs);
    if (wire_json_read_frame (arena, theirs, strlen (theirs), 1 << 20, &read) != WIRE_OK)
      g_error ("refused: %s", theirs);
    /* As values, because fields that hold JSON keep their blanks. */
    again = node_of_message (&read->base, rand);
    if (!json_node_equal (again, expected))
      g_error ("not read back: %s", theirs);
  }
}

/* What the scanner lets through, json-glib parses; what it does not, it may do what it likes with. */
static void
test_scan_is_stricter (void)
{
  static const char *const seeds[] = {
    "{\"a\":[1,-0.5e+3,true,false,null,\"\\u00e9\\n\"],\"b\":{\"c\":{}}}",
    "[[[[1]]],\"\",{}]",
    "\"text\"",
    "-12.75",
    "{\"键\":\"值\"}",
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260104);
  guint n_accepted = 0;

  g_test_message ("seed 20260104");
  for (guint i = 0; i < 8000; i++) {
    g_autofree char *text = g_strdup (seeds[g_rand_int_range (rand, 0, G_N_ELEMENTS (seeds))]);
    g_autoptr (JsonParser) parser = json_parser_new ();
    gsize n_bytes = strlen (text);
    static const char letters[] = "{}[]\",:\\0123456789.eE+-ntfalsu \n\x01\x80\xc3";

    for (int k = g_rand_int_range (rand, 1, 4); k > 0; k--)
      text[g_rand_int_range (rand, 0, (int) n_bytes)] =
        letters[g_rand_int_range (rand, 0, sizeof letters - 1)];
    if (wire_json_scan (text, n_bytes, WIRE_JSON_MAX_SCAN_DEPTH) != WIRE_OK)
      continue;
    n_accepted++;
    if (!json_parser_load_from_data (parser, text, (gssize) n_bytes, NULL) ||
        json_parser_get_root (parser) == NULL)
      g_error ("let through, but refused by json-glib: %s", text);
  }
  g_test_message ("%u of 8000 let through", n_accepted);
  g_assert_cmpuint (n_accepted, >, 500);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/json-glib/differential", test_differential);
  g_test_add_func ("/wire/json-glib/scan-is-stricter", test_scan_is_stricter);
  return g_test_run ();
}
