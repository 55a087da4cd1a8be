/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "usher-session-private.h"
#include "wire-voice.h"

/* What a frame says, as a row: the one place where content kinds of the wire become kinds of lines. */

#define FLAG_EDITED   (1u << 1)
#define FLAG_RECALLED (1u << 2)

#define SUMMARY_CHARACTERS 120

/* What is no voice message of ours (`wire-voice.h`) can be saved, not played. */
static UsherMessageKind
kind_of (const Gate__V1__Media *media)
{
  if (media->kind == GATE__V1__MEDIA_KIND__MK_IMAGE ||
      media->kind == GATE__V1__MEDIA_KIND__MK_STICKER)
    return USHER_MESSAGE_IMAGE;
  if (media->kind == GATE__V1__MEDIA_KIND__MK_VOICE && g_str_equal (media->mime, WIRE_VOICE_MIME))
    return USHER_MESSAGE_VOICE;
  return USHER_MESSAGE_FILE;
}

static void
take_media (UsherMessageRow       *row,
            const Gate__V1__Media *media)
{
  row->kind = kind_of (media);
  row->url = g_strdup (media->url);
  row->mime = g_strdup (media->mime);
  row->name = g_strdup (media->name);
  row->size = media->size;
  row->width = media->width;
  row->height = media->height;
}

static char *
join_lines (const char *const *parts)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; parts[i] != NULL; i++) {
    if (*parts[i] == '\0')
      continue;
    if (text->len > 0)
      g_string_append_c (text, '\n');
    g_string_append (text, parts[i]);
  }
  return g_string_free (text, FALSE);
}

static char *
text_of_card (const Gate__V1__Card *card)
{
  const char *parts[] = { card->title, card->body, card->url, NULL };

  return join_lines (parts);
}

static char *
text_of_choices (const Gate__V1__Choices *choices)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (parts, g_strdup (choices->head));
  for (gsize i = 0; i < choices->n_items; i++)
    g_ptr_array_add (parts,
                     g_strdup_printf ("%" G_GSIZE_FORMAT ". %s", i + 1, choices->items[i]->label));
  g_ptr_array_add (parts, g_strdup (choices->tail));
  g_ptr_array_add (parts, NULL);
  return join_lines ((const char *const *) parts->pdata);
}

static void
take_content (UsherMessageRow         *row,
              const Gate__V1__Message *message)
{
  switch ((int) message->content_case) {
  case GATE__V1__MESSAGE__CONTENT_TEXT:
    row->text = g_strdup (message->text);
    break;
  case GATE__V1__MESSAGE__CONTENT_MEDIA:
    take_media (row, message->media);
    break;
  case GATE__V1__MESSAGE__CONTENT_CARD:
    row->kind = USHER_MESSAGE_CARD;
    row->text = text_of_card (message->card);
    row->url = g_strdup (message->card->url);
    break;
  case GATE__V1__MESSAGE__CONTENT_EVENT:
    row->kind = USHER_MESSAGE_EVENT;
    row->text = usher_text_of_event (message->event->name);
    break;
  case GATE__V1__MESSAGE__CONTENT_CHOICES:
    row->kind = USHER_MESSAGE_CHOICES;
    row->text = text_of_choices (message->choices);
    break;
  case GATE__V1__MESSAGE__CONTENT_LOCATION:
    row->text = g_strdup (message->location->label);
    break;
  case GATE__V1__MESSAGE__CONTENT_SEALED:
    row->kind = USHER_MESSAGE_EVENT;
    row->text = g_strdup (_ ("A sealed message this console cannot open"));
    break;
  default:
    /* A recalled line has no content. */
    row->text = g_strdup ("");
    break;
  }
}

UsherMessageRow *
usher_line_from_message (const Gate__V1__Message *message)
{
  UsherMessageRow *row = g_new0 (UsherMessageRow, 1);

  row->conv = message->conv;
  row->seq = message->seq;
  row->cid = message->cid;
  row->ts_us = (gint64) message->ts * 1000;
  row->role = (UsherRole) message->role;
  row->sender = message->sender;
  row->kind = USHER_MESSAGE_TEXT;
  row->reply_to = message->reply_to;
  row->is_edited = (message->flags & FLAG_EDITED) != 0;
  row->is_recalled = (message->flags & FLAG_RECALLED) != 0;
  take_content (row, message);
  return row;
}

UsherMessageRow *
usher_line_from_note (const Gate__V1__Note *note)
{
  UsherMessageRow *row = g_new0 (UsherMessageRow, 1);

  row->conv = note->conv;
  row->seq = note->n;
  row->cid = note->cid;
  row->ts_us = (gint64) note->ts * 1000;
  row->role = (UsherRole) note->role;
  row->sender = note->author;
  row->kind = USHER_MESSAGE_NOTE;
  row->text = g_strdup (note->text);
  return row;
}

UsherMessageRow *
usher_line_from_item (const UsherOutboxItem *item,
                      guint64                agent,
                      guint64                seq,
                      gint64                 ts_us)
{
  UsherMessageRow *row = g_new0 (UsherMessageRow, 1);

  row->conv = item->conv;
  row->seq = seq;
  row->cid = item->cid;
  row->ts_us = ts_us;
  row->role = USHER_ROLE_AGENT;
  row->sender = agent;
  row->kind = item->kind;
  row->text = g_strdup (item->text);
  row->url = g_strdup (item->url);
  row->mime = g_strdup (item->mime);
  row->name = g_strdup (item->name);
  row->size = item->size;
  row->width = item->width;
  row->height = item->height;
  row->reply_to = item->reply_to;
  return row;
}

static const char *
summary_text (const UsherMessageRow *row)
{
  if (row->is_recalled)
    return _ ("Recalled");
  if (row->kind == USHER_MESSAGE_IMAGE)
    return _ ("Picture");
  if (row->kind == USHER_MESSAGE_VOICE)
    return _ ("Voice message");
  if (row->kind == USHER_MESSAGE_FILE)
    return row->name != NULL && *row->name != '\0' ? row->name : _ ("File");
  return row->text != NULL ? row->text : "";
}

char *
usher_line_summary (const UsherMessageRow *row)
{
  const char *text = summary_text (row);
  g_autofree char *head = g_utf8_strlen (text, -1) > SUMMARY_CHARACTERS
                            ? g_utf8_substring (text, 0, SUMMARY_CHARACTERS)
                            : g_strdup (text);

  return g_strdelimit (g_steal_pointer (&head), "\r\n\t", ' ');
}
