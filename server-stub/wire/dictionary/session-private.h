/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session.h"

G_BEGIN_DECLS

/** Link: what one client of the play remembers. */
typedef struct {
  guint32 next_id;
  guint32 n_pings;
  gint64 ping_due_ms;
} Link;

/** Play: one dialogue on its way. */
typedef struct {
  const SessionCast *cast;
  SessionTake take;
  gpointer user_data;
  guint64 random;
  gint64 now_ms;
  Link links[SESSION_N_SIDES];
  const char *queue;
  char app_key[16];
  const char *agent_name;
  guint64 agent;
  guint64 visitor;
  guint64 conv;
  guint64 seq;
  guint32 epoch;
  gboolean is_accepted;
  GPtrArray *lines; /* of Gate__V1__Message, in the arena: what there is to read back */
  WireArena *arena;
  Gate__V1__ConvRow row; /* as the agents' lists show it */
} Play;

/* --- session.c: the clock, the dice and the links --------------------------------------------------- */

/* One call an expression: the order of two is the compiler's choice. */
guint64 play_random (Play *self);

/** play_between: @low to @high, both included. */
guint play_between (Play  *self,
                    guint  low,
                    guint  high);

/** play_wait: lets time pass; clients whose time has come ping. */
void play_wait (Play   *self,
                gint64  ms);

/** play_ask: a frame from a client that wants an answer; returns its id. */
guint32 play_ask (Play             *self,
                  SessionSide       side,
                  ProtobufCMessage *body);

/** play_tell: a frame from a client that wants none. */
void play_tell (Play             *self,
                SessionSide       side,
                ProtobufCMessage *body);

/** play_send: a frame from the gateway; @id is that of the question, or 0. */
void play_send (Play             *self,
                SessionSide       side,
                guint32           id,
                ProtobufCMessage *body);

/* --- session-open.c --------------------------------------------------------------------------------- */
void play_agent_signs_in (Play *self);
void play_visitor_signs_in (Play *self);

/** play_begin: after the first line: waiting, offer, acceptance. */
void play_wait_for_agent (Play *self);
void play_accept (Play *self);

/* --- session-talk.c --------------------------------------------------------------------------------- */
void play_say (Play               *self,
               const DialogueLine *line);

/* --- session-close.c -------------------------------------------------------------------------------- */
void play_close (Play *self);

/** play_show_row: the row as it is now, on the agent's list. */
void play_show_row (Play               *self,
                    Gate__V1__ListKind  list);

G_END_DECLS
