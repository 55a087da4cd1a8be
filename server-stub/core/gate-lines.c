/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-conversation.h"

#include "gate-commit.h"
#include "gate-lists.h"
#include "gate-metric-table.h"
#include "gate-outgoing.h"

#include "wire-token.h"
#include "wire-utf8.h"

/*
 * The log of a conversation. A line gets its number from the store, in the transaction; until then it is held here. What
 * the store keeps in the conversation's row with each line is kept in the same way in memory once it is committed.
 */

#define LAST_TEXT_CHARS 120

/* --- What the other side is told ------------------------------------------------------------------------- */

char *
gate_media_sign (GateCore   *core,
                 WireArena  *arena,
                 const char *path)
{
  gint64 expires_s = (core->wall_ms + core->settings.url_ttl_ms) / 1000;
  g_autofree char *url = wire_media_url (core->settings.media_secret,
                                         sizeof core->settings.media_secret, path, expires_s);

  return wire_arena_strdup (arena, url);
}

Gate__V1__Message *
gate_message_sign (GateCore          *core,
                   WireArena         *arena,
                   Gate__V1__Message *message)
{
  Gate__V1__Message *copy;

  if (message->content_case != GATE__V1__MESSAGE__CONTENT_MEDIA)
    return message;
  copy = wire_arena_memdup (arena, message, sizeof *message);
  copy->media = wire_arena_memdup (arena, message->media, sizeof *message->media);
  copy->media->url = gate_media_sign (core, arena, message->media->url);
  if (!gate_text_is_empty (message->media->thumb))
    copy->media->thumb = gate_media_sign (core, arena, message->media->thumb);
  return copy;
}

/* --- Messages ----------------------------------------------------------------------------------------------- */

typedef struct {
  GateEffect effect;
  GateConversation *conv;
  GateWrite *write;
  GateAsker asker;
  Gate__V1__Message *message; /* as it goes out */
  gint64 decided_ms;
} LineEffect;

/* The beginning of a line, for lists: on one line, as the store keeps it. */
static void
keep_text (GateConversation *conv,
           const char       *text)
{
  g_autofree char *excerpt = NULL;

  if (text == NULL)
    text = "";
  excerpt = gate_text_is_longer (text, LAST_TEXT_CHARS)
              ? g_utf8_substring (text, 0, LAST_TEXT_CHARS)
              : g_strdup (text);
  g_strdelimit (excerpt, "\t\r\n", ' ');
  gate_text_set (&conv->shown.last_text, excerpt);
}

static void
keep (GateConversation     *conv,
      const GateMessageRow *row)
{
  gate_conv_row_keep_message (&conv->shown, row);
  gate_conv_row_keep_message (&conv->row, row);
  if (gate_message_row_is_line (row))
    conv->last_line = row->seq;
  if (gate_message_row_is_line (row) || row->replaces == conv->last_line)
    keep_text (conv, row->text);
}

static void
observe_gap (GateCore             *core,
             GateConversation     *conv,
             const GateMessageRow *row)
{
  guint64 since = conv->shown.waiting_since;
  gboolean is_staff = row->role == GATE__V1__ROLE__AGENT || row->role == GATE__V1__ROLE__BOT;

  gate_core_count (core, GATE_METRIC_MESSAGES,
                   GATE_LABEL_MESSAGE (GATE_DIRECTION_IN, row->role, conv->row.channel));
  if (!is_staff || since == 0 || row->ts < since)
    return;
  gate_core_observe (core,
                     conv->shown.staff_seq == 0 ? GATE_METRIC_FIRST_RESPONSE
                                                : GATE_METRIC_REPLY_GAP,
                     0, (row->ts - since) * 1000);
}

static void
deliver (GateCore   *core,
         LineEffect *self)
{
  Gate__V1__Message *message = gate_message_sign (core, core->scratch, self->message);

  gate_tell_visitor (core, self->conv, self->asker.conn, &message->base);
  gate_tell_staff (core, self->conv, self->asker.conn, 0, &message->base);
}

static void
line_release (GateCore   *core,
              GateEffect *effect)
{
  LineEffect *self = (LineEffect *) effect;
  const GateMessageRow *row = &self->write->row.message;
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;
  gboolean is_staff = row->role == GATE__V1__ROLE__AGENT || row->role == GATE__V1__ROLE__BOT;

  if (is_staff)
    self->conv->n_pending_staff--;
  ack.conv = row->conv;
  ack.seq = row->seq;
  ack.cid = row->cid;
  ack.ts = row->ts;
  ack.duplicate = self->write->is_duplicate;
  if (self->write->is_duplicate) {
    gate_core_count (core, GATE_METRIC_MESSAGE_DUPLICATES, 0);
    gate_answer (core, &self->asker, &ack.base);
    return;
  }
  observe_gap (core, self->conv, row);
  keep (self->conv, row);
  self->message->seq = row->seq;
  gate_answer (core, &self->asker, &ack.base);
  deliver (core, self);
  gate_core_observe (core, GATE_METRIC_MESSAGE_DELIVERY, 0,
                     (guint64) (core->now_ms - self->decided_ms) * 1000);
  gate_lists_mark (core, self->conv);
}

static void
line_refuse (GateCore        *core,
             GateEffect      *effect,
             GateStoreStatus  status)
{
  gate_refuse_status (core, &((LineEffect *) effect)->asker, status);
}

/* What goes out, and (packed) what is stored: the content with the answered line and the extras. */
static Gate__V1__Message *
copy_content (const Gate__V1__Message *from,
              WireArena               *arena)
{
  Gate__V1__Message shallow = GATE__V1__MESSAGE__INIT;

  shallow.content_case = from->content_case;
  if (from->content_case == GATE__V1__MESSAGE__CONTENT_SEALED)
    shallow.sealed = from->sealed;
  else
    shallow.text = from->text; /* every other content is one pointer */
  shallow.reply_to = from->reply_to;
  shallow.ext = from->ext;
  return (Gate__V1__Message *) wire_message_dup (arena, &shallow.base);
}

static void
fill_row (GateCore          *core,
          GateConversation  *conv,
          const GateLine    *line,
          Gate__V1__Message *message,
          GateMessageRow    *row)
{
  WireArena *arena = gate_commit_arena (core);

  row->conv = conv->row.conv;
  row->cid = line->message->cid;
  row->ts = (guint64) core->wall_ms;
  row->role = (guint8) line->role;
  row->sender = line->sender;
  row->flags = line->message->flags;
  row->replaces = line->message->replaces;
  row->text = line->text != NULL ? wire_arena_strdup (arena, line->text) : NULL;
  row->body_bytes = gate__v1__message__get_packed_size (message);
  row->body = wire_arena_alloc (arena, MAX (row->body_bytes, 1));
  gate__v1__message__pack (message, (guint8 *) row->body);
}

void
gate_line_append (GateCore         *core,
                  GateConversation *conv,
                  const GateLine   *line)
{
  Gate__V1__Message *message = copy_content (line->message, gate_commit_arena (core));
  GateWrite *write = gate_conversation_write (core, conv, GATE_WRITE_MESSAGE);
  LineEffect *self = gate_commit_effect (core, sizeof (LineEffect), line_release, line_refuse);

  fill_row (core, conv, line, message, &write->row.message);
  message->conv = conv->row.conv;
  message->cid = line->message->cid;
  message->ts = (guint64) core->wall_ms;
  message->role = line->role;
  message->sender = line->sender;
  message->flags = line->message->flags;
  message->replaces = line->message->replaces;
  self->conv = conv;
  self->write = write;
  self->asker = line->asker;
  self->message = message;
  self->decided_ms = core->now_ms;
  if (line->role == GATE__V1__ROLE__AGENT || line->role == GATE__V1__ROLE__BOT) {
    conv->n_pending_staff++;
    conv->pending_staff = line->sender;
  }
  if (conv->is_idle)
    gate_conversation_set_idle (core, conv, FALSE);
}

void
gate_line_append_event (GateCore         *core,
                        GateConversation *conv,
                        const char       *name)
{
  Gate__V1__Event event = GATE__V1__EVENT__INIT;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  GateLine line = { .role = GATE__V1__ROLE__SYSTEM, .message = &message };

  event.name = (char *) name;
  message.content_case = GATE__V1__MESSAGE__CONTENT_EVENT;
  message.event = &event;
  gate_line_append (core, conv, &line);
}

/* --- Notes: another row, another frame, never towards a visitor ------------------------------------------------- */

typedef struct {
  GateEffect effect;
  GateConversation *conv;
  GateWrite *write;
  GateAsker asker;
  Gate__V1__Note *note;
} NoteEffect;

static void
tell_note (GateCore   *core,
           NoteEffect *self)
{
  /* A rating mostly comes when nobody has the chat any more: who had it hears of it. */
  guint64 also = self->note->role == GATE__V1__ROLE__SYSTEM ? self->conv->shown.last_agent : 0;

  gate_tell_staff (core, self->conv, self->asker.conn, also, &self->note->base);
  for (gsize i = 0; i < self->note->n_mentions; i++) {
    guint64 agent = self->note->mentions[i];

    if (agent != self->conv->shown.agent && !gate_conversation_has_joined (self->conv, agent))
      gate_tell_agent (core, agent, self->asker.conn, &self->note->base);
  }
}

static void
note_release (GateCore   *core,
              GateEffect *effect)
{
  NoteEffect *self = (NoteEffect *) effect;
  const GateNoteRow *row = &self->write->row.note;
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;

  ack.conv = row->conv;
  ack.seq = row->n;
  ack.cid = row->cid;
  ack.ts = row->ts;
  ack.duplicate = self->write->is_duplicate;
  gate_answer (core, &self->asker, &ack.base);
  if (self->write->is_duplicate)
    return;
  self->conv->shown.last_note = self->conv->row.last_note = row->n;
  self->note->n = row->n;
  tell_note (core, self);
  gate_lists_mark (core, self->conv);
}

static void
note_refuse (GateCore        *core,
             GateEffect      *effect,
             GateStoreStatus  status)
{
  gate_refuse_status (core, &((NoteEffect *) effect)->asker, status);
}

static void
fill_note_row (GateCore       *core,
               GateNoteRow    *row,
               Gate__V1__Note *note)
{
  WireArena *arena = gate_commit_arena (core);
  Gate__V1__Note body = GATE__V1__NOTE__INIT;

  body.n_mentions = note->n_mentions;
  body.mentions = note->mentions;
  body.media = note->media;
  row->conv = note->conv;
  row->cid = note->cid;
  row->ts = note->ts;
  row->role = (guint8) note->role;
  row->author = note->author;
  row->is_whisper = note->whisper;
  row->text = note->text;
  row->body_bytes = gate__v1__note__get_packed_size (&body);
  row->body = wire_arena_alloc (arena, MAX (row->body_bytes, 1));
  gate__v1__note__pack (&body, (guint8 *) row->body);
}

void
gate_note_append (GateCore         *core,
                  GateConversation *conv,
                  const GateNote   *note)
{
  Gate__V1__Note *copy =
    (Gate__V1__Note *) wire_message_dup (gate_commit_arena (core), &note->note->base);
  GateWrite *write = gate_conversation_write (core, conv, GATE_WRITE_NOTE);
  NoteEffect *self = gate_commit_effect (core, sizeof (NoteEffect), note_release, note_refuse);

  copy->conv = conv->row.conv;
  copy->n = 0;
  copy->ts = (guint64) core->wall_ms;
  copy->author = note->author;
  copy->role = note->role;
  fill_note_row (core, &write->row.note, copy);
  self->conv = conv;
  self->write = write;
  self->asker = note->asker;
  self->note = copy;
}

/* --- Read marks --------------------------------------------------------------------------------------------------- */

typedef struct {
  GateEffect effect;
  GateConversation *conv;
  Gate__V1__Read read;
  GateConnId except;
} MarkEffect;

static void
mark_release (GateCore   *core,
              GateEffect *effect)
{
  MarkEffect *self = (MarkEffect *) effect;
  GateConvRow *shown = &self->conv->shown;
  gboolean is_visitor = self->read.role == GATE__V1__ROLE__VISITOR;
  guint64 *read = is_visitor ? &shown->visitor_read : &shown->staff_read;
  guint64 *received = is_visitor ? &shown->visitor_received : &shown->staff_received;

  *read = MAX (*read, self->read.seq);
  *received = MAX (*received, self->read.received);
  gate_tell_visitor (core, self->conv, self->except, &self->read.base);
  gate_tell_staff (core, self->conv, self->except, 0, &self->read.base);
  gate_lists_mark (core, self->conv);
}

/* One row a batch and conversation, however often both sides say what they have seen. */
static GateMarkRow *
mark_row (GateCore         *core,
          GateConversation *conv)
{
  guint64 batch = gate_commit_number (core);

  if (conv->open_mark == NULL || conv->open_mark_batch != batch) {
    conv->open_mark = gate_conversation_write (core, conv, GATE_WRITE_MARK);
    conv->open_mark_batch = batch;
    conv->open_mark->row.mark.conv = conv->row.conv;
  }
  return &conv->open_mark->row.mark;
}

void
gate_mark_read (GateCore         *core,
                GateConversation *conv,
                Gate__V1__Role    role,
                guint64           agent,
                guint64           read,
                guint64           received,
                GateConnId        except)
{
  gboolean is_visitor = role == GATE__V1__ROLE__VISITOR;
  GateConvRow *row = &conv->row;
  guint64 *had_read = is_visitor ? &row->visitor_read : &row->staff_read;
  guint64 *had_received = is_visitor ? &row->visitor_received : &row->staff_received;
  GateMarkRow *mark;
  MarkEffect *self;

  read = MIN (read, conv->shown.last_seq);
  received = MIN (MAX (received, read), conv->shown.last_seq);
  if (read <= *had_read && received <= *had_received)
    return;
  *had_read = MAX (*had_read, read);
  *had_received = MAX (*had_received, received);
  mark = mark_row (core, conv);
  *(is_visitor ? &mark->visitor_read : &mark->staff_read) = *had_read;
  *(is_visitor ? &mark->visitor_received : &mark->staff_received) = *had_received;
  self = gate_commit_effect (core, sizeof (MarkEffect), mark_release, NULL);
  gate__v1__read__init (&self->read);
  self->conv = conv;
  self->read.conv = row->conv;
  self->read.role = role;
  self->read.seq = *had_read;
  self->read.received = *had_received;
  self->except = except;
}
