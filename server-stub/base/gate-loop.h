/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-wheel.h"

G_BEGIN_DECLS

#define GATE_LOOP_TICK_MS 100

/**
 * GateLoop:
 *
 * One epoll loop, one thread. A turn is: wait, refresh the clock, call the watches that are ready, run the
 * timers that are due, call the turn-end hooks (where gathered writes happen). Descriptors are watched
 * level-triggered unless `EPOLLET` is asked for.
 */
typedef struct _GateLoop GateLoop;
typedef struct _GateWatch GateWatch;
typedef struct _GateTurnEnd GateTurnEnd;

/** GateWatch: embed it in what owns the descriptor; the loop keeps no memory of its own for it. */
struct _GateWatch {
  int fd;
  guint32 events; /* the EPOLL* bits asked for; owned by the loop between add and remove */
  void (*ready) (GateWatch *watch, guint32 events);
};

/** GateTurnEnd: called at the end of the turn in which it was scheduled, once. */
struct _GateTurnEnd {
  GateTurnEnd *next;     /* private */
  gboolean is_scheduled; /* private */
  void (*run) (GateTurnEnd *turn_end);
};

GateLoop *gate_loop_new (void) G_GNUC_WARN_UNUSED_RESULT;
void gate_loop_free (GateLoop *self);
void gate_loop_run (GateLoop *self);

/** gate_loop_turn: waits at most @max_wait_ms (-1 = until something happens) and runs one turn. */
void gate_loop_turn (GateLoop *self,
                     int       max_wait_ms);
void gate_loop_quit (GateLoop *self);

/** gate_loop_get_now_us: monotonic time in microseconds, refreshed once a turn. */
gint64 gate_loop_get_now_us (const GateLoop *self);

/** gate_loop_get_wall_ms: Unix time in milliseconds, refreshed once a turn. For display and storage only. */
gint64 gate_loop_get_wall_ms (const GateLoop *self);

gboolean gate_loop_add (GateLoop  *self,
                        GateWatch *watch) G_GNUC_WARN_UNUSED_RESULT;
void gate_loop_modify (GateLoop  *self,
                       GateWatch *watch,
                       guint32    events);

/** gate_loop_remove: safe inside any callback of the same turn: no further call reaches @watch. */
void gate_loop_remove (GateLoop  *self,
                       GateWatch *watch);

/** gate_loop_arm: (re)arms @timer to fire once, @delay_ms from the turn's clock. O(1); resolution 100 ms. */
void gate_loop_arm (GateLoop  *self,
                    GateTimer *timer,
                    guint64    delay_ms);
void gate_loop_disarm (GateLoop  *self,
                       GateTimer *timer);
gboolean gate_timer_is_armed (const GateTimer *self);

void gate_loop_at_turn_end (GateLoop    *self,
                            GateTurnEnd *turn_end);
void gate_loop_cancel_turn_end (GateLoop    *self,
                                GateTurnEnd *turn_end);

/** gate_loop_get_turns: how many turns were run; what the watchdog and /livez look at. */
guint64 gate_loop_get_turns (const GateLoop *self);

/** gate_loop_get_lateness_us: how long after its due time @timer fires; only inside its own @fired. */
gint64 gate_loop_get_lateness_us (const GateLoop  *self,
                                  const GateTimer *timer);

/** gate_loop_get_busy_us: the time spent inside turns since the loop was made, waiting left out. */
gint64 gate_loop_get_busy_us (const GateLoop *self);

/** gate_loop_get_fd: the epoll descriptor, for a loop that is itself served by another (GLib's, a test's). */
int gate_loop_get_fd (const GateLoop *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GateLoop, gate_loop_free)

G_END_DECLS
