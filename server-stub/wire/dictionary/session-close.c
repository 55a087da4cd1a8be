/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of a conversation, the rating, and the rows of lists. */
#include "config.h"

#include "session-private.h"

void
play_show_row (Play               *self,
               Gate__V1__ListKind  kind)
{
  Gate__V1__List list = GATE__V1__LIST__INIT;
  Gate__V1__ConvRow *row = &self->row;

  list.list = kind;
  list.convs = &row;
  list.n_convs = 1;
  play_send (self, SESSION_AGENT, 0, &list.base);
}

static void
tell_state (Play            *self,
            SessionSide      side,
            Gate__V1__State  state)
{
  Gate__V1__ConvUpdate update = GATE__V1__CONV_UPDATE__INIT;

  update.conv = self->conv;
  update.state = state;
  update.epoch = self->epoch;
  if (side == SESSION_AGENT) {
    update.queue = (char *) self->queue;
    update.priority = 2;
  }
  play_send (self, side, 0, &update.base);
}

static void
acknowledge (Play        *self,
             SessionSide  side,
             guint32      id,
             guint32      epoch)
{
  Gate__V1__Ack ack = GATE__V1__ACK__INIT;

  ack.conv = self->conv;
  ack.epoch = epoch;
  play_send (self, side, id, &ack.base);
}

static void
close_chat (Play *self)
{
  Gate__V1__Close close = GATE__V1__CLOSE__INIT;
  guint32 id;

  close.conv = self->conv;
  close.epoch = self->epoch;
  close.reason = GATE__V1__CLOSE_REASON__CR_SOLVED;
  id = play_ask (self, SESSION_AGENT, &close.base);
  self->epoch++;
  tell_state (self, SESSION_VISITOR, GATE__V1__STATE__ST_CLOSED);
  tell_state (self, SESSION_AGENT, GATE__V1__STATE__ST_WRAPUP);
  acknowledge (self, SESSION_AGENT, id, self->epoch);
  self->row.state = GATE__V1__STATE__ST_WRAPUP;
  self->row.epoch = self->epoch;
  self->row.due = (guint64) self->now_ms + 60000;
  play_show_row (self, GATE__V1__LIST_KIND__LI_MINE);
}

static void
rate (Play *self)
{
  Gate__V1__Rating rating = GATE__V1__RATING__INIT;
  guint32 id;

  if (play_between (self, 0, 2) == 0) /* not everybody does */
    return;
  play_wait (self, play_between (self, 3000, 15000));
  rating.score = play_between (self, 3, 5);
  rating.scale = 5;
  id = play_ask (self, SESSION_VISITOR, &rating.base);
  acknowledge (self, SESSION_VISITOR, id, 0);
}

static void
wrap_up (Play *self)
{
  static const char *const codes[] = { "presale", "refund", "delivery", "exchange", "other" };
  Gate__V1__Wrapup wrapup = GATE__V1__WRAPUP__INIT;
  Gate__V1__List list = GATE__V1__LIST__INIT;
  guint32 id;

  wrapup.conv = self->conv;
  wrapup.epoch = self->epoch;
  wrapup.code = (char *) codes[play_between (self, 0, G_N_ELEMENTS (codes) - 1)];
  wrapup.result = (char *) "solved";
  id = play_ask (self, SESSION_AGENT, &wrapup.base);
  self->epoch++;
  tell_state (self, SESSION_AGENT, GATE__V1__STATE__ST_CLOSED);
  acknowledge (self, SESSION_AGENT, id, self->epoch);
  list.list = GATE__V1__LIST_KIND__LI_MINE;
  list.gone = &self->conv;
  list.n_gone = 1;
  play_send (self, SESSION_AGENT, 0, &list.base);
}

void
play_close (Play *self)
{
  play_wait (self, play_between (self, 5000, 40000));
  close_chat (self);
  rate (self);
  play_wait (self, play_between (self, 2000, 10000));
  wrap_up (self);
}
