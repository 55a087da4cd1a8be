/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-json-frames.h"

#include "gate-problem.h"

static void
add_text (JsonBuilder *json,
          const char  *name,
          const char  *value)
{
  if (value == NULL || value[0] == '\0')
    return;
  json_builder_set_member_name (json, name);
  json_builder_add_string_value (json, value);
}

static void
add_id (JsonBuilder *json,
        const char  *name,
        guint64      id)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, id);

  if (id != 0)
    add_text (json, name, text);
}

static void
add_cid (JsonBuilder *json,
         guint64      cid)
{
  g_autofree char *text = g_strdup_printf ("%016" G_GINT64_MODIFIER "x", cid);

  if (cid != 0)
    add_text (json, "cid", text);
}

static void
add_number (JsonBuilder *json,
            const char  *name,
            guint64      value)
{
  if (value == 0)
    return;
  json_builder_set_member_name (json, name);
  json_builder_add_int_value (json, (gint64) value);
}

static void
add_flag (JsonBuilder *json,
          const char  *name,
          gboolean     value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_boolean_value (json, value);
}

static void
add_time (JsonBuilder *json,
          const char  *name,
          guint64      unix_ms)
{
  char text[32];

  if (unix_ms == 0)
    return;
  gate_time_write (unix_ms, text);
  add_text (json, name, text);
}

/* The value's name in lower case, without the prefix up to the first `_` (`PROTOCOLS.md` 2d.4). */
static void
add_enum (JsonBuilder                   *json,
          const char                    *name,
          const ProtobufCEnumDescriptor *descriptor,
          int                            value,
          gboolean                       has_prefix)
{
  const ProtobufCEnumValue *entry = protobuf_c_enum_descriptor_get_value (descriptor, value);
  const char *text = entry != NULL ? entry->name : NULL;
  g_autofree char *lower = NULL;

  if (text == NULL)
    return;
  if (has_prefix && strchr (text, '_') != NULL)
    text = strchr (text, '_') + 1;
  lower = g_ascii_strdown (text, -1);
  add_text (json, name, lower);
}

static void
add_role (JsonBuilder    *json,
          Gate__V1__Role  role)
{
  add_enum (json, "role", &gate__v1__role__descriptor, (int) role, FALSE);
}

static void
add_media (JsonBuilder           *json,
           const Gate__V1__Media *media)
{
  json_builder_set_member_name (json, "media");
  json_builder_begin_object (json);
  add_enum (json, "kind", &gate__v1__media_kind__descriptor, (int) media->kind, TRUE);
  add_text (json, "url", media->url);
  add_text (json, "mime", media->mime);
  add_text (json, "name", media->name);
  add_number (json, "size", media->size);
  add_number (json, "width", media->width);
  add_number (json, "height", media->height);
  add_number (json, "duration_ms", media->duration_ms);
  json_builder_end_object (json);
}

static void
add_message (JsonBuilder             *json,
             guint64                  conv,
             const Gate__V1__Message *message)
{
  json_builder_begin_object (json);
  add_id (json, "conversation", message->conv != 0 ? message->conv : conv);
  add_number (json, "seq", message->seq);
  add_cid (json, message->cid);
  add_role (json, message->role);
  add_id (json, "sender", message->sender);
  if (message->content_case == GATE__V1__MESSAGE__CONTENT_TEXT)
    add_text (json, "text", message->text);
  if (message->content_case == GATE__V1__MESSAGE__CONTENT_MEDIA)
    add_media (json, message->media);
  if (message->content_case == GATE__V1__MESSAGE__CONTENT_EVENT)
    add_text (json, "event", message->event->name);
  add_number (json, "reply_to_seq", message->reply_to);
  add_number (json, "replaces_seq", message->replaces);
  add_number (json, "flags", message->flags);
  add_time (json, "created_at", message->ts);
  json_builder_end_object (json);
}

static void
add_note (JsonBuilder          *json,
          guint64               conv,
          const Gate__V1__Note *note)
{
  json_builder_begin_object (json);
  add_id (json, "conversation", note->conv != 0 ? note->conv : conv);
  add_number (json, "n", note->n);
  add_id (json, "author", note->author);
  add_role (json, note->role);
  add_text (json, "text", note->text);
  add_flag (json, "whisper", note->whisper);
  add_time (json, "created_at", note->ts);
  json_builder_end_object (json);
}

JsonBuilder *
gate_json_history (const Gate__V1__HistoryPage *page)
{
  JsonBuilder *json = json_builder_new ();

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "data");
  json_builder_begin_array (json);
  for (gsize i = 0; i < page->n_messages; i++)
    add_message (json, page->conv, page->messages[i]);
  json_builder_end_array (json);
  if (page->n_notes > 0) {
    json_builder_set_member_name (json, "notes");
    json_builder_begin_array (json);
    for (gsize i = 0; i < page->n_notes; i++)
      add_note (json, page->conv, page->notes[i]);
    json_builder_end_array (json);
  }
  add_flag (json, "has_more", page->more);
  json_builder_set_member_name (json, "head");
  json_builder_add_int_value (json, (gint64) page->head);
  json_builder_end_object (json);
  return json;
}

static void
add_hit (JsonBuilder         *json,
         const Gate__V1__Hit *hit)
{
  json_builder_begin_object (json);
  add_id (json, "conversation", hit->conv);
  add_number (json, "seq", hit->seq);
  add_number (json, "note", hit->note);
  add_role (json, hit->role);
  add_text (json, "name", hit->name);
  add_text (json, "snippet", hit->snippet);
  json_builder_set_member_name (json, "marks");
  json_builder_begin_array (json);
  for (gsize i = 0; i < hit->n_marks; i++)
    json_builder_add_int_value (json, hit->marks[i]);
  json_builder_end_array (json);
  add_time (json, "created_at", hit->ts);
  json_builder_end_object (json);
}

JsonBuilder *
gate_json_search (const Gate__V1__SearchPage *page)
{
  JsonBuilder *json = json_builder_new ();

  json_builder_begin_object (json);
  json_builder_set_member_name (json, "data");
  json_builder_begin_array (json);
  for (gsize i = 0; i < page->n_hits; i++)
    add_hit (json, page->hits[i]);
  json_builder_end_array (json);
  add_flag (json, "has_more", page->more);
  add_text (json, "next_cursor", page->cursor);
  add_time (json, "indexed_to", page->indexed_to);
  json_builder_end_object (json);
  return json;
}

JsonBuilder *
gate_json_ticket (const Gate__V1__UploadTicket *ticket)
{
  JsonBuilder *json = json_builder_new ();

  json_builder_begin_object (json);
  add_text (json, "put_url", ticket->put_url);
  add_text (json, "token", ticket->token);
  add_text (json, "url", ticket->url);
  add_time (json, "expires_at", ticket->expires);
  add_flag (json, "already", ticket->already);
  json_builder_end_object (json);
  return json;
}
