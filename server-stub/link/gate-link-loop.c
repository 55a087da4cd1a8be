/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A link on a GateLoop: the core's and the edges' end. */
#include "config.h"

#include "gate-link-private.h"

#include <stddef.h>
#include <sys/epoll.h>

typedef struct {
  GateWatch watch;
  GateTurnEnd turn_end;
  GateLoop *loop;
  GateLink *link;
} LoopDriver;

#define DRIVER_OF(member_pointer, member) \
  ((LoopDriver *) (gpointer) ((guint8 *) (member_pointer) -offsetof (LoopDriver, member)))

static void
watch_ready (GateWatch *watch,
             guint32    events)
{
  LoopDriver *driver = DRIVER_OF (watch, watch);
  GateLink *link = driver->link;

  gate_link_enter (link);
  if ((events & EPOLLOUT) != 0)
    gate_link_flush (link);
  if ((events & ~(guint32) EPOLLOUT) != 0)
    gate_link_read (link);
  gate_link_leave (link);
}

static void
turn_ended (GateTurnEnd *turn_end)
{
  gate_link_flush (DRIVER_OF (turn_end, turn_end)->link);
}

static void
loop_schedule (GateLink *link)
{
  LoopDriver *driver = link->driver_data;

  gate_loop_at_turn_end (driver->loop, &driver->turn_end);
}

static void
loop_want_write (GateLink *link,
                 gboolean  wanted)
{
  LoopDriver *driver = link->driver_data;

  gate_loop_modify (driver->loop, &driver->watch, wanted ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void
loop_detach (GateLink *link)
{
  LoopDriver *driver = link->driver_data;

  gate_loop_remove (driver->loop, &driver->watch);
  gate_loop_cancel_turn_end (driver->loop, &driver->turn_end);
  link->driver_data = NULL;
  g_free (driver);
}

static const GateLinkDriver loop_driver = {
  .schedule = loop_schedule,
  .want_write = loop_want_write,
  .detach = loop_detach,
};

gboolean
gate_link_attach (GateLink *self,
                  GateLoop *loop)
{
  LoopDriver *driver = g_new0 (LoopDriver, 1);

  driver->watch.fd = self->fd;
  driver->watch.events = EPOLLIN;
  driver->watch.ready = watch_ready;
  driver->turn_end.run = turn_ended;
  driver->loop = loop;
  driver->link = self;
  if (!gate_loop_add (loop, &driver->watch)) {
    g_free (driver);
    return FALSE;
  }
  gate_link_attached (self, &loop_driver, driver);
  return TRUE;
}
