/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dialogue.h"

#include "wire-frame.h"

G_BEGIN_DECLS

/*
 * Dialogues wrapped in whole sessions, frame by frame as the gateway and its clients exchange them: signing in, waiting
 * with a position, the offer, its acceptance, lines with typing and read marks and acks, pings, list rows, the end and the
 * rating. From a seed; the same on every machine.
 */

typedef enum {
  SESSION_VISITOR,
  SESSION_AGENT,
  SESSION_N_SIDES,
} SessionSide;

/** SessionFrame: one frame on the link of @side. */
typedef struct {
  SessionSide side;
  gboolean is_up;  /* from the client */
  gboolean is_row; /* a row of a list, or an offer, which holds one: an agent's link only */
  guint64 conv;    /* what it is about, also where the frame leaves it to the connection */
  gint64 at_ms;    /* what has the same left in one turn of the loop */
  const Gate__V1__Frame *frame; /* valid during the call */
} SessionFrame;

typedef void (*SessionTake) (const SessionFrame *frame, gpointer user_data);

/** SessionCast: who takes part, where and when. What it names is in the frames, so a fair test has another cast. */
typedef struct {
  guint64 seed;
  gint64 from_ms;             /* Unix ms */
  gint64 days;                /* sessions begin on any of so many */
  const char *const *agents;  /* names, ended by %NULL */
  const char *const *clients; /* user agents, ended by %NULL */
} SessionCast;

/** session_play: every frame of all @dialogues, each on both links, in order. */
void session_play (const Dialogues   *dialogues,
                   const SessionCast *cast,
                   SessionTake        take,
                   gpointer           user_data);

G_END_DECLS
