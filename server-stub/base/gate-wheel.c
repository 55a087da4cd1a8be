/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a wheel and not a heap: an edge holds one timer for each connection and touches it for each frame. A heap
 * costs O(log n) and 8 bytes of index for each touch; here arming is two pointer writes. Better still is not to
 * touch it at all, and that is how idle deadlines use it: activity only stores the tick in the connection, and when
 * the timer fires it is armed again for what is left (lazy re-arming). A connection that talks for hours so costs
 * one timer event every three minutes.
 *
 * Level l holds timers that are 64^l to 64^(l+1) ticks away, in slot (due >> 6l) & 63. When the tick count enters
 * that slot its timers are placed again, one level further down. One bit for each slot makes the next tick with
 * work a few instructions, so an idle loop sleeps until then and a clock that jumps costs nothing.
 */
#include "config.h"

#include "gate-wheel.h"

#define LEVEL_SHIFT(level) ((level) *GATE_WHEEL_SLOT_BITS)
#define SLOT_MASK          ((guint64) GATE_WHEEL_SLOTS - 1)
#define REACH_TICKS        ((guint64) 1 << LEVEL_SHIFT (GATE_WHEEL_LEVELS))

static void
push (GateTimer **head,
      GateTimer  *timer)
{
  timer->next = *head;
  timer->link = head;
  if (timer->next != NULL)
    timer->next->link = &timer->next;
  *head = timer;
}

static void
pull (GateTimer *timer)
{
  *timer->link = timer->next;
  if (timer->next != NULL)
    timer->next->link = timer->link;
  timer->next = NULL;
  timer->link = NULL;
}

/* Takes a whole slot: its timers hang on @head from then on and can be disarmed there. */
static void
detach (GateWheel  *self,
        guint       level,
        guint       slot,
        GateTimer **head)
{
  *head = self->slots[level][slot];
  if (*head != NULL)
    (*head)->link = head;
  self->slots[level][slot] = NULL;
  self->occupied[level] &= ~((guint64) 1 << slot);
}

static guint
level_for (guint64 ticks_away)
{
  guint level = 0;

  while (ticks_away >= (guint64) GATE_WHEEL_SLOTS << LEVEL_SHIFT (level))
    level++;
  return level;
}

static void
place (GateWheel *self,
       GateTimer *timer)
{
  guint64 tick = MIN (timer->due_tick, self->now_tick + REACH_TICKS - 1);
  guint level = level_for (tick - self->now_tick);
  guint slot = (guint) ((tick >> LEVEL_SHIFT (level)) & SLOT_MASK);

  push (&self->slots[level][slot], timer);
  self->occupied[level] |= (guint64) 1 << slot;
}

static void
cascade (GateWheel *self,
         guint      level)
{
  guint slot = (guint) ((self->now_tick >> LEVEL_SHIFT (level)) & SLOT_MASK);
  GateTimer *list;

  detach (self, level, slot, &list);
  while (list != NULL) {
    GateTimer *timer = list;

    pull (timer);
    place (self, timer);
  }
}

static void
fire (GateWheel *self)
{
  GateTimer *list;

  detach (self, 0, (guint) (self->now_tick & SLOT_MASK), &list);
  while (list != NULL) {
    GateTimer *timer = list;

    pull (timer);
    timer->fired (timer);
  }
}

void
gate_wheel_init (GateWheel *self,
                 guint64    now_tick)
{
  *self = (GateWheel){ .now_tick = now_tick };
}

void
gate_wheel_arm (GateWheel *self,
                GateTimer *timer,
                guint64    due_tick)
{
  g_assert (timer->fired != NULL);
  gate_wheel_disarm (self, timer);
  timer->due_tick = MAX (due_tick, self->now_tick + 1);
  place (self, timer);
}

void
gate_wheel_disarm (GateWheel *self,
                   GateTimer *timer)
{
  GateTimer **link = timer->link;
  GateTimer **first = &self->slots[0][0];
  gsize index;

  if (link == NULL)
    return;
  pull (timer);
  index = (gsize) ((guintptr) link - (guintptr) first) / sizeof *first;
  if (*link == NULL && index < (gsize) GATE_WHEEL_LEVELS * GATE_WHEEL_SLOTS)
    self->occupied[index / GATE_WHEEL_SLOTS] &= ~((guint64) 1 << index % GATE_WHEEL_SLOTS);
}

guint64
gate_wheel_get_next_tick (const GateWheel *self)
{
  guint64 next_tick = GATE_WHEEL_NEVER;

  for (guint level = 0; level < GATE_WHEEL_LEVELS; level++) {
    guint64 here = self->now_tick >> LEVEL_SHIFT (level);
    guint turn = (guint) ((here + 1) & SLOT_MASK);
    guint64 occupied = self->occupied[level];

    if (occupied == 0)
      continue;
    occupied = (occupied >> turn) | (occupied << ((GATE_WHEEL_SLOTS - turn) & SLOT_MASK));
    next_tick =
      MIN (next_tick, (here + 1 + (guint64) __builtin_ctzll (occupied)) << LEVEL_SHIFT (level));
  }
  return next_tick;
}

void
gate_wheel_advance (GateWheel *self,
                    guint64    to_tick)
{
  guint64 next_tick;

  while ((next_tick = gate_wheel_get_next_tick (self)) <= to_tick) {
    self->now_tick = next_tick;
    for (guint level = GATE_WHEEL_LEVELS - 1; level > 0; level--)
      if ((next_tick & (((guint64) 1 << LEVEL_SHIFT (level)) - 1)) == 0)
        cascade (self, level);
    fire (self);
  }
  self->now_tick = MAX (self->now_tick, to_tick);
}
