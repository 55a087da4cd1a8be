/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GATE_WHEEL_LEVELS    5
#define GATE_WHEEL_SLOT_BITS 6
#define GATE_WHEEL_SLOTS     (1 << GATE_WHEEL_SLOT_BITS)

#define GATE_WHEEL_NEVER G_MAXUINT64

typedef struct _GateTimer GateTimer;

/** GateTimer: embedded and intrusive; zero-initialise it, then set @fired. 32 bytes. */
struct _GateTimer {
  GateTimer *next;  /* private */
  GateTimer **link; /* private; NULL while not armed */
  guint64 due_tick; /* private */
  void (*fired) (GateTimer *timer);
};

/**
 * GateWheel:
 *
 * A hierarchical timing wheel that counts ticks and knows no clock: who owns it says how long a tick is
 * and advances it. Five levels of 64 slots reach 2^30 ticks (3.4 years of 100 ms); what lies further waits in
 * the last level. Arming and disarming touch one slot; a timer is moved at most four times on its way down.
 * Timers of one tick fire in no particular order.
 */
typedef struct {
  guint64 now_tick;
  guint64 occupied[GATE_WHEEL_LEVELS]; /* one bit for each slot that holds a timer */
  GateTimer *slots[GATE_WHEEL_LEVELS][GATE_WHEEL_SLOTS];
} GateWheel;

void gate_wheel_init (GateWheel *self,
                      guint64    now_tick);

/** gate_wheel_arm: (re)arms @timer for @due_tick, at the earliest the tick after the wheel's own. */
void gate_wheel_arm (GateWheel *self,
                     GateTimer *timer,
                     guint64    due_tick);
void gate_wheel_disarm (GateWheel *self,
                        GateTimer *timer);

/** gate_wheel_advance: fires what is due up to and including @to_tick; timers may be armed and disarmed inside. */
void gate_wheel_advance (GateWheel *self,
                         guint64    to_tick);

/**
 * gate_wheel_get_next_tick: the next tick at which the wheel has work, %GATE_WHEEL_NEVER when it is empty. It may
 * come before the first timer is due: a tick at which timers move down a level is work too.
 */
guint64 gate_wheel_get_next_tick (const GateWheel *self);

G_END_DECLS
