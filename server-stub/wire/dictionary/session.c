/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session-private.h"

#define PING_MS        30000 /* `PROTOCOLS.md` 2d.5 point 2 */
#define CHATS_AT_ONCE  3     /* an agent's ping serves all of them */
#define CHATS_A_SIGNIN 10
#define DAY_MS         ((gint64) 24 * 3600 * 1000)

/* splitmix64: the same numbers everywhere, which no library promises. */
guint64
play_random (Play *self)
{
  guint64 z = (self->random += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

guint
play_between (Play  *self,
              guint  low,
              guint  high)
{
  return low + (guint) (play_random (self) % (high - low + 1));
}

static void
emit (Play             *self,
      SessionSide       side,
      gboolean          is_up,
      guint32           id,
      ProtobufCMessage *body)
{
  Gate__V1__Frame frame = wire_frame_for (body);
  gboolean is_row =
    frame.body_case == GATE__V1__FRAME__BODY_LIST || frame.body_case == GATE__V1__FRAME__BODY_OFFER;
  SessionFrame out = { side, is_up, is_row, self->conv, self->now_ms, &frame };

  frame.id = id;
  self->take (&out, self->user_data);
}

guint32
play_ask (Play             *self,
          SessionSide       side,
          ProtobufCMessage *body)
{
  guint32 id = ++self->links[side].next_id;

  emit (self, side, TRUE, id, body);
  return id;
}

void
play_tell (Play             *self,
           SessionSide       side,
           ProtobufCMessage *body)
{
  emit (self, side, TRUE, 0, body);
}

void
play_send (Play             *self,
           SessionSide       side,
           guint32           id,
           ProtobufCMessage *body)
{
  emit (self, side, FALSE, id, body);
}

static void
ping (Play        *self,
      SessionSide  side)
{
  Link *link = &self->links[side];
  Gate__V1__Ping up = GATE__V1__PING__INIT;
  Gate__V1__Pong down = GATE__V1__PONG__INIT;
  gint64 chats = side == SESSION_AGENT ? CHATS_AT_ONCE : 1;

  up.n = down.n = ++link->n_pings;
  play_tell (self, side, &up.base);
  play_send (self, side, 0, &down.base);
  link->ping_due_ms += chats * play_between (self, PING_MS * 9 / 10, PING_MS * 11 / 10);
}

void
play_wait (Play   *self,
           gint64  ms)
{
  self->now_ms += ms;
  for (guint side = 0; side < SESSION_N_SIDES; side++) {
    while (self->links[side].ping_due_ms <= self->now_ms)
      ping (self, (SessionSide) side);
  }
}

static const char *
pick (Play              *self,
      const char *const *words)
{
  return words[play_random (self) % g_strv_length ((char **) words)];
}

/* One shift after the other, each with another agent of another shop. */
static void
begin_shift (Play *self)
{
  gint64 day = (gint64) (play_random (self) % (guint64) self->cast->days);

  self->now_ms = self->cast->from_ms + day * DAY_MS + play_between (self, 0, 8 * 3600 * 1000);
  self->agent_name = pick (self, self->cast->agents);
  self->agent = play_between (self, 2, 60);
  self->links[SESSION_AGENT] = (Link){ 0, 0, self->now_ms + PING_MS };
  self->links[SESSION_VISITOR].ping_due_ms = G_MAXINT64;
  g_snprintf (self->app_key, sizeof self->app_key, "ak_%08x", (guint) play_random (self));
  play_agent_signs_in (self);
}

static void
begin_dialogue (Play           *self,
                const Dialogue *dialogue)
{
  play_wait (self, play_between (self, 5000, 60000));
  self->queue = dialogue->queue;
  self->visitor = play_random (self) >> 11;
  self->conv = play_between (self, 300, 60000);
  self->seq = 0;
  self->epoch = 0;
  self->is_accepted = FALSE;
  self->links[SESSION_VISITOR] = (Link){ 0, 0, self->now_ms + PING_MS };
  wire_arena_reset (self->arena);
  g_ptr_array_set_size (self->lines, 0);
}

static void
play_dialogue (Play           *self,
               const Dialogue *dialogue)
{
  begin_dialogue (self, dialogue);
  play_visitor_signs_in (self);
  for (guint i = 0; i < dialogue->lines->len; i++) {
    const DialogueLine *line = &g_array_index (dialogue->lines, DialogueLine, i);

    if (!line->is_visitor && !self->is_accepted)
      play_accept (self);
    play_say (self, line);
    if (i == 0)
      play_wait_for_agent (self);
  }
  play_close (self);
  self->links[SESSION_VISITOR].ping_due_ms = G_MAXINT64;
}

void
session_play (const Dialogues   *dialogues,
              const SessionCast *cast,
              SessionTake        take,
              gpointer           user_data)
{
  Play self = { .cast = cast, .take = take, .user_data = user_data, .random = cast->seed };

  self.arena = wire_arena_new (16384);
  self.lines = g_ptr_array_new ();
  for (guint i = 0; i < dialogues->items->len; i++) {
    if (i % CHATS_A_SIGNIN == 0)
      begin_shift (&self);
    play_dialogue (&self, g_ptr_array_index (dialogues->items, i));
  }
  g_ptr_array_unref (self.lines);
  wire_arena_free (self.arena);
}
