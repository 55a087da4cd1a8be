/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loop keeps no memory for a watch or a timer: both live in what owns them. The kernel hands the watch's
 * address back with each event, so a watch that is removed while its event already waits in this turn's array must
 * be struck out of the array; that is the one thing gate_loop_remove() does beside epoll_ctl().
 */
#include "config.h"

#include "gate-loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_PER_TURN 256 /* enough to gather work, few enough that timers are not late */
#define TICK_US         ((gint64) GATE_LOOP_TICK_MS * 1000)

struct _GateLoop {
  int epoll_fd;
  gboolean is_running;
  gint64 now_us;
  gint64 origin_us; /* tick 0 */
  gint64 wall_ms;
  gint64 busy_us;
  guint64 n_turns;
  int n_events; /* of this turn, while it is served */
  int next_event;
  GateTurnEnd *turn_end_first;
  GateTurnEnd **turn_end_last;
  GateWheel wheel;
  struct epoll_event events[EVENTS_PER_TURN];
};

static gint64
read_clock (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
refresh_clock (GateLoop *self)
{
  self->now_us = read_clock (CLOCK_MONOTONIC);
  self->wall_ms = read_clock (CLOCK_REALTIME) / 1000;
}

/* Rounded up: a timer may be late, never early. */
static guint64
tick_at (const GateLoop *self,
         gint64          time_us)
{
  return (guint64) ((time_us - self->origin_us + TICK_US - 1) / TICK_US);
}

static int
get_wait_ms (const GateLoop *self,
             int             max_wait_ms)
{
  guint64 next_tick = gate_wheel_get_next_tick (&self->wheel);
  gint64 wait_us;
  int wait_ms;

  if (self->turn_end_first != NULL)
    return 0;
  if (next_tick == GATE_WHEEL_NEVER)
    return max_wait_ms;
  wait_us = self->origin_us + (gint64) next_tick * TICK_US - read_clock (CLOCK_MONOTONIC);
  wait_ms = (int) CLAMP ((wait_us + 999) / 1000, 0, G_MAXINT);
  return max_wait_ms < 0 ? wait_ms : MIN (wait_ms, max_wait_ms);
}

static void
serve_watches (GateLoop *self,
               int       n_events)
{
  self->n_events = n_events;
  for (self->next_event = 0; self->next_event < self->n_events;) {
    struct epoll_event *event = &self->events[self->next_event++];
    GateWatch *watch = event->data.ptr;

    if (watch != NULL)
      watch->ready (watch, event->events);
  }
  self->n_events = 0;
}

/* What hooks schedule while they run belongs to this turn too: a write queued by a turn-end hook must not wait. */
static void
serve_turn_ends (GateLoop *self)
{
  while (self->turn_end_first != NULL) {
    GateTurnEnd *turn_end = self->turn_end_first;

    gate_loop_cancel_turn_end (self, turn_end);
    turn_end->run (turn_end);
  }
}

GateLoop *
gate_loop_new (void)
{
  GateLoop *self = g_new0 (GateLoop, 1);

  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd < 0)
    g_error ("epoll_create1: %s", g_strerror (errno));
  self->turn_end_last = &self->turn_end_first;
  refresh_clock (self);
  self->origin_us = self->now_us;
  gate_wheel_init (&self->wheel, 0);
  return self;
}

void
gate_loop_free (GateLoop *self)
{
  if (self == NULL)
    return;
  close (self->epoll_fd);
  g_free (self);
}

void
gate_loop_turn (GateLoop *self,
                int       max_wait_ms)
{
  int n_events =
    epoll_wait (self->epoll_fd, self->events, EVENTS_PER_TURN, get_wait_ms (self, max_wait_ms));

  if (n_events < 0 && errno != EINTR)
    g_error ("epoll_wait: %s", g_strerror (errno));
  refresh_clock (self);
  serve_watches (self, MAX (n_events, 0));
  gate_wheel_advance (&self->wheel, (guint64) ((self->now_us - self->origin_us) / TICK_US));
  serve_turn_ends (self);
  self->n_turns++;
  self->busy_us += read_clock (CLOCK_MONOTONIC) - self->now_us;
}

void
gate_loop_run (GateLoop *self)
{
  self->is_running = TRUE;
  while (self->is_running)
    gate_loop_turn (self, -1);
}

void
gate_loop_quit (GateLoop *self)
{
  self->is_running = FALSE;
}

gint64
gate_loop_get_now_us (const GateLoop *self)
{
  return self->now_us;
}

gint64
gate_loop_get_wall_ms (const GateLoop *self)
{
  return self->wall_ms;
}

guint64
gate_loop_get_turns (const GateLoop *self)
{
  return self->n_turns;
}

gint64
gate_loop_get_busy_us (const GateLoop *self)
{
  return self->busy_us;
}

int
gate_loop_get_fd (const GateLoop *self)
{
  return self->epoll_fd;
}

gboolean
gate_loop_add (GateLoop  *self,
               GateWatch *watch)
{
  struct epoll_event event = { .events = watch->events, .data.ptr = watch };

  g_assert (watch->ready != NULL);
  return epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, watch->fd, &event) == 0;
}

void
gate_loop_modify (GateLoop  *self,
                  GateWatch *watch,
                  guint32    events)
{
  struct epoll_event event = { .events = events, .data.ptr = watch };

  if (watch->events == events)
    return;
  watch->events = events;
  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event) != 0)
    g_error ("epoll_ctl: %s", g_strerror (errno));
}

void
gate_loop_remove (GateLoop  *self,
                  GateWatch *watch)
{
  /* The descriptor may be gone already, and with it the kernel's entry. */
  (void) epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
  for (int i = self->next_event; i < self->n_events; i++)
    if (self->events[i].data.ptr == watch)
      self->events[i].data.ptr = NULL;
}

void
gate_loop_arm (GateLoop  *self,
               GateTimer *timer,
               guint64    delay_ms)
{
  gint64 delay_us = (gint64) MIN (delay_ms, (guint64) G_MAXINT64 / 4000) * 1000;

  gate_wheel_arm (&self->wheel, timer, tick_at (self, self->now_us + delay_us));
}

void
gate_loop_disarm (GateLoop  *self,
                  GateTimer *timer)
{
  gate_wheel_disarm (&self->wheel, timer);
}

gboolean
gate_timer_is_armed (const GateTimer *self)
{
  return self->link != NULL;
}

gint64
gate_loop_get_lateness_us (const GateLoop  *self,
                           const GateTimer *timer)
{
  gint64 due_us = self->origin_us + (gint64) timer->due_tick * TICK_US;

  return MAX (read_clock (CLOCK_MONOTONIC) - due_us, 0);
}

void
gate_loop_at_turn_end (GateLoop    *self,
                       GateTurnEnd *turn_end)
{
  if (turn_end->is_scheduled)
    return;
  g_assert (turn_end->run != NULL);
  turn_end->is_scheduled = TRUE;
  turn_end->next = NULL;
  *self->turn_end_last = turn_end;
  self->turn_end_last = &turn_end->next;
}

void
gate_loop_cancel_turn_end (GateLoop    *self,
                           GateTurnEnd *turn_end)
{
  GateTurnEnd **link = &self->turn_end_first;

  if (!turn_end->is_scheduled)
    return;
  while (*link != turn_end)
    link = &(*link)->next;
  *link = turn_end->next;
  if (self->turn_end_last == &turn_end->next)
    self->turn_end_last = link;
  turn_end->is_scheduled = FALSE;
  turn_end->next = NULL;
}
