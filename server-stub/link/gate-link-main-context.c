/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A link on GLib's main loop: the end of the worker that runs libsoup. What is sent while an iteration runs is written
 * by the next one, which does not wait for it.
 */
#include "config.h"

#include "gate-link-private.h"

typedef struct {
  GSource source;
  GateLink *link;
  gpointer fd_tag;
} LinkSource;

#define READ_EVENTS (G_IO_IN | G_IO_HUP | G_IO_ERR)

static gboolean
source_dispatch (GSource     *source,
                 GSourceFunc  callback,
                 gpointer     user_data)
{
  LinkSource *self = (LinkSource *) source;
  GateLink *link = self->link;
  GIOCondition events = g_source_query_unix_fd (source, self->fd_tag);

  g_source_set_ready_time (source, -1);
  gate_link_enter (link);
  if ((events & READ_EVENTS) != 0)
    gate_link_read (link);
  gate_link_flush (link);
  gate_link_leave (link);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .dispatch = source_dispatch,
};

static void
context_schedule (GateLink *link)
{
  g_source_set_ready_time (link->driver_data, 0);
}

static void
context_want_write (GateLink *link,
                    gboolean  wanted)
{
  LinkSource *source = link->driver_data;

  g_source_modify_unix_fd (&source->source, source->fd_tag,
                           wanted ? READ_EVENTS | G_IO_OUT : READ_EVENTS);
}

static void
context_detach (GateLink *link)
{
  GSource *source = link->driver_data;

  link->driver_data = NULL;
  g_source_destroy (source);
  g_source_unref (source);
}

static const GateLinkDriver context_driver = {
  .schedule = context_schedule,
  .want_write = context_want_write,
  .detach = context_detach,
};

void
gate_link_attach_main_context (GateLink *self)
{
  GSource *source = g_source_new (&source_funcs, sizeof (LinkSource));
  LinkSource *link_source = (LinkSource *) source;

  link_source->link = self;
  link_source->fd_tag = g_source_add_unix_fd (source, self->fd, READ_EVENTS);
  g_source_set_name (source, "gate-link");
  g_source_attach (source, g_main_context_get_thread_default ());
  gate_link_attached (self, &context_driver, source);
}
