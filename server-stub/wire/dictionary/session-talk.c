/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line: typed, sent, acknowledged, delivered, read. */
#include "config.h"

#include "session-private.h"

#include <string.h>

#define TYPING_MS 3000 /* `PROTOCOLS.md` 2d.5 point 9 */
#define MS_A_BYTE 90   /* of somebody who types */

static SessionSide
other_side (SessionSide side)
{
  return side == SESSION_VISITOR ? SESSION_AGENT : SESSION_VISITOR;
}

static Gate__V1__Role
role_of (SessionSide side)
{
  return side == SESSION_VISITOR ? GATE__V1__ROLE__VISITOR : GATE__V1__ROLE__AGENT;
}

static void
tell_typing (Play        *self,
             SessionSide  from,
             gboolean     is_on)
{
  Gate__V1__Typing typing = GATE__V1__TYPING__INIT;

  typing.on = is_on;
  typing.conv = from == SESSION_AGENT ? self->conv : 0;
  play_tell (self, from, &typing.base);
  if (!self->is_accepted)
    return;
  typing.conv = self->conv;
  typing.role = role_of (from);
  play_send (self, other_side (from), 0, &typing.base);
}

static void
type (Play        *self,
      SessionSide  from,
      const char  *text)
{
  gint64 left_ms = (gint64) strlen (text) * MS_A_BYTE;

  play_wait (self, play_between (self, 500, 6000));
  for (; left_ms > TYPING_MS; left_ms -= TYPING_MS) {
    tell_typing (self, from, TRUE);
    play_wait (self, TYPING_MS + play_between (self, 0, 400));
  }
  tell_typing (self, from, TRUE);
  play_wait (self, left_ms);
  if (play_between (self, 0, 3) == 0) { /* hesitates */
    tell_typing (self, from, FALSE);
    play_wait (self, play_between (self, 1000, 8000));
  }
}

/* The reader's client says that it came and, when it is on the screen, the same again as seen. */
static void
mark_read (Play        *self,
           SessionSide  reader)
{
  Gate__V1__Read read = GATE__V1__READ__INIT;
  gboolean is_looking = play_between (self, 0, 3) > 0;
  guint n_marks = is_looking ? 1 : 2;

  for (guint i = 0; i < n_marks; i++) {
    play_wait (self, play_between (self, 200, 1500));
    read.conv = reader == SESSION_AGENT ? self->conv : 0;
    read.role = GATE__V1__ROLE__VISITOR; /* what the client leaves out */
    read.received = self->seq;
    read.seq = i + 1 == n_marks ? self->seq : self->seq - 1;
    play_tell (self, reader, &read.base);
    read.conv = self->conv;
    read.role = role_of (reader);
    play_send (self, other_side (reader), 0, &read.base);
  }
}

static void
update_row (Play              *self,
            Gate__V1__Message *line)
{
  gboolean is_visitor = line->role == GATE__V1__ROLE__VISITOR;

  self->row.last_seq = line->seq;
  self->row.last_text = line->text;
  self->row.last_ts = line->ts;
  self->row.last_role = line->role;
  self->row.waiting_since = is_visitor ? line->ts : 0;
  self->row.unread = is_visitor ? 1 : 0;
}

static void
deliver (Play              *self,
         SessionSide        from,
         Gate__V1__Message *line)
{
  update_row (self, line);
  if (!self->is_accepted)
    return;
  play_send (self, other_side (from), 0, &line->base);
  play_show_row (self, GATE__V1__LIST_KIND__LI_MINE);
  mark_read (self, other_side (from));
  if (self->row.unread > 0) {
    self->row.unread = 0;
    play_show_row (self, GATE__V1__LIST_KIND__LI_MINE);
  }
}

static Gate__V1__Message *
store (Play                    *self,
       SessionSide              from,
       const Gate__V1__Message *sent)
{
  Gate__V1__Message *line = (Gate__V1__Message *) wire_message_dup (self->arena, &sent->base);

  line->conv = self->conv;
  line->seq = ++self->seq;
  line->ts = (guint64) self->now_ms;
  line->role = role_of (from);
  line->sender = from == SESSION_AGENT ? self->agent : 0;
  line->seen = 0;
  g_ptr_array_add (self->lines, line);
  return line;
}

void
play_say (Play               *self,
          const DialogueLine *said)
{
  SessionSide from = said->is_visitor ? SESSION_VISITOR : SESSION_AGENT;
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;
  Gate__V1__Message *line;
  guint32 id;

  type (self, from, said->text);
  message.cid = play_random (self);
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) said->text;
  if (from == SESSION_AGENT) {
    message.conv = self->conv;
    message.seen = self->seq;
  }
  id = play_ask (self, from, &message.base);
  play_wait (self, play_between (self, 2, 12));
  line = store (self, from, &message);
  ack.conv = self->conv;
  ack.seq = line->seq;
  ack.cid = line->cid;
  ack.ts = line->ts;
  play_send (self, from, id, &ack.base);
  deliver (self, from, line);
}
