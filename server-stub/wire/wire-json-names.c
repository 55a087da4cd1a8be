/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-json"

#include "config.h"

#include "wire-json-names.h"

#include <string.h>

#include "gate.pb-c.h"
#include "link.pb-c.h"

typedef struct {
  const char *proto;
  const char *json;
} ShortName;

/* `PROTOCOLS.md` 2d.4: how `t` names a body where it is not the field's own name. */
static const ShortName frame_names[] = {
  { "agent_status", "status" }, { "assignment", "assign" }, { "contact_req", "who" },
  { "conv_update", "conv" },    { "go_away", "bye" },       { "history_page", "page" },
  { "history_req", "history" }, { "message", "msg" },       { "offer_answer", "answer" },
  { "rating", "rate" },         { "search_page", "found" }, { "search_req", "search" },
  { "subscribe", "sub" },       { "upload_req", "upload" }, { "upload_ticket", "ticket" },
};

/* The same section: short keys, in every message that has the field. */
static const ShortName field_names[] = {
  { "agent_name", "name" }, { "app_key", "app" },       { "capacity", "cap" },
  { "channel", "ch" },      { "delay_ms", "delay" },    { "device", "dev" },
  { "duration_ms", "dur" }, { "epoch", "ep" },          { "eta_s", "eta" },
  { "height", "h" },        { "idle_s", "idle" },       { "last_seen", "last" },
  { "locale", "loc" },      { "max_frame", "max" },     { "ping_s", "ping" },
  { "position", "pos" },    { "queue", "q" },           { "reply_to", "re" },
  { "resume_token", "rt" }, { "resume_ttl_s", "rttl" }, { "retry_after_ms", "retry" },
  { "scale", "of" },        { "sender", "from" },       { "session", "sid" },
  { "signature", "sig" },   { "to_agent", "agent" },    { "to_queue", "q" },
  { "user_agent", "ua" },   { "version", "v" },         { "visitor_key", "visitor" },
  { "width", "w" },
};

/* The link's messages are never JSON; they stand here for the names of their enumerations. */
static const ProtobufCMessageDescriptor *const roots[] = {
  &gate__v1__frame__descriptor,
  &gate__link__v1__worker_hello__descriptor,
  &gate__link__v1__opened__descriptor,
  &gate__link__v1__descriptor__descriptor,
};

typedef struct {
  GPtrArray *types;
  GPtrArray *enums;
} Tables;

static const Tables *tables; /* set once, by get_tables() */

static const char *
name_in (const ShortName *names,
         gsize            n_names,
         const char      *proto)
{
  for (gsize i = 0; i < n_names; i++)
    if (strcmp (names[i].proto, proto) == 0)
      return names[i].json;
  return proto;
}

static const char *
field_name (const ProtobufCMessageDescriptor *descriptor,
            const ProtobufCFieldDescriptor   *field)
{
  if (descriptor == &gate__v1__frame__descriptor)
    return name_in (frame_names, G_N_ELEMENTS (frame_names), field->name);
  return name_in (field_names, G_N_ELEMENTS (field_names), field->name);
}

static const WireJsonEnum *
find_enum (const Tables                  *self,
           const ProtobufCEnumDescriptor *descriptor)
{
  for (guint i = 0; i < self->enums->len; i++) {
    const WireJsonEnum *names = g_ptr_array_index (self->enums, i);

    if (names->descriptor == descriptor)
      return names;
  }
  return NULL;
}

static const WireJsonEnum *
add_enum (Tables                        *self,
          const ProtobufCEnumDescriptor *descriptor)
{
  WireJsonEnum *names = (WireJsonEnum *) find_enum (self, descriptor);

  if (names != NULL)
    return names;
  names = g_new0 (WireJsonEnum, 1);
  names->descriptor = descriptor;
  names->n_values = descriptor->n_values;
  names->values = g_new0 (WireJsonEnumValue, descriptor->n_values);
  for (unsigned i = 0; i < descriptor->n_values; i++) {
    const char *underscore = strchr (descriptor->values[i].name, '_');
    const char *name = underscore != NULL ? underscore + 1 : descriptor->values[i].name;

    names->values[i].value = descriptor->values[i].value;
    names->values[i].name = g_ascii_strdown (name, -1);
    names->values[i].n_chars = (guint) strlen (name);
  }
  g_ptr_array_add (self->enums, names);
  return names;
}

/* A kind of field that the schema does not use yet needs a form in JSON first. */
static void
assert_has_form (const ProtobufCFieldDescriptor *field)
{
  switch ((guint) field->type) {
  case PROTOBUF_C_TYPE_SINT32:
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_FIXED64:
  case PROTOBUF_C_TYPE_BOOL:
  case PROTOBUF_C_TYPE_ENUM:
  case PROTOBUF_C_TYPE_STRING:
  case PROTOBUF_C_TYPE_BYTES:
  case PROTOBUF_C_TYPE_MESSAGE:
    break;
  default:
    g_error ("field “%s” has a type without a JSON form", field->name);
  }
}

static const WireJsonType *add_type (Tables                           *self,
                                     const ProtobufCMessageDescriptor *descriptor);

static void
fill_field (Tables                           *self,
            const ProtobufCMessageDescriptor *descriptor,
            const ProtobufCFieldDescriptor   *field,
            WireJsonField                    *ret_field)
{
  const char *name = field_name (descriptor, field);

  assert_has_form (field);
  ret_field->field = field;
  ret_field->key = g_strdup_printf ("\"%s\":", name);
  ret_field->n_chars = (guint) strlen (name);
  if (field->type == PROTOBUF_C_TYPE_BYTES)
    ret_field->form = wire_schema_bytes_form (field);
  else if (field->type == PROTOBUF_C_TYPE_ENUM)
    ret_field->values = add_enum (self, field->descriptor);
  else if (field->type == PROTOBUF_C_TYPE_MESSAGE)
    ret_field->type = add_type (self, field->descriptor);
}

static const WireJsonType *
add_type (Tables                           *self,
          const ProtobufCMessageDescriptor *descriptor)
{
  WireJsonType *type;

  for (guint i = 0; i < self->types->len; i++) {
    type = g_ptr_array_index (self->types, i);
    if (type->descriptor == descriptor)
      return type;
  }
  type = g_new0 (WireJsonType, 1);
  type->descriptor = descriptor;
  type->n_fields = descriptor->n_fields;
  type->fields = g_new0 (WireJsonField, descriptor->n_fields);
  /* Before its fields: a Batch holds Frames. */
  g_ptr_array_add (self->types, type);
  for (unsigned i = 0; i < descriptor->n_fields; i++)
    fill_field (self, descriptor, &descriptor->fields[i], &type->fields[i]);
  return type;
}

static const Tables *
get_tables (void)
{
  if (g_once_init_enter (&tables)) {
    Tables *self = g_new0 (Tables, 1);

    self->types = g_ptr_array_new ();
    self->enums = g_ptr_array_new ();
    for (gsize i = 0; i < G_N_ELEMENTS (roots); i++)
      add_type (self, roots[i]);
    g_once_init_leave (&tables, self);
  }
  return tables;
}

const WireJsonType *
wire_json_frame_type (void)
{
  return g_ptr_array_index (get_tables ()->types, 0);
}

const WireJsonEnum *
wire_json_enum_for (const ProtobufCEnumDescriptor *descriptor)
{
  const WireJsonEnum *names = find_enum (get_tables (), descriptor);

  g_assert (names != NULL);
  return names;
}

const WireJsonField *
wire_json_find_field (const WireJsonType *type,
                      WireText            name,
                      guint              *hint)
{
  guint at = *hint;

  /* Keys mostly come in the order of the fields: one comparison then, whatever the message's size. */
  for (guint n = 0; n < type->n_fields; n++, at++) {
    const WireJsonField *field;

    if (at >= type->n_fields)
      at = 0;
    field = &type->fields[at];
    if (field->n_chars == name.n_bytes && memcmp (field->key + 1, name.data, name.n_bytes) == 0) {
      *hint = at + 1;
      return field;
    }
  }
  return NULL;
}
