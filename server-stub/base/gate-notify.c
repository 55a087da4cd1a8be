/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct _GateNotify {
  int fd;
  guint watchdog_ms;
  socklen_t address_bytes;
  struct sockaddr_un address;
};

/* "@name" is the abstract name space. Any other form of address is not for us. */
static gboolean
set_address (GateNotify *self,
             const char *path)
{
  gsize path_bytes = strlen (path);

  if ((path[0] != '/' && path[0] != '@') || path_bytes >= sizeof self->address.sun_path)
    return FALSE;
  self->address.sun_family = AF_UNIX;
  memcpy (self->address.sun_path, path, path_bytes);
  if (path[0] == '@')
    self->address.sun_path[0] = '\0';
  self->address_bytes = (socklen_t) (offsetof (struct sockaddr_un, sun_path) + path_bytes);
  return TRUE;
}

static guint
read_watchdog_ms (void)
{
  const char *period_us = g_getenv ("WATCHDOG_USEC");
  const char *pid = g_getenv ("WATCHDOG_PID");

  if (period_us == NULL || (pid != NULL && g_ascii_strtoll (pid, NULL, 10) != getpid ()))
    return 0;
  return (guint) MIN (g_ascii_strtoull (period_us, NULL, 10) / 2000, G_MAXUINT);
}

GateNotify *
gate_notify_new (void)
{
  GateNotify *self = g_new0 (GateNotify, 1);
  const char *path = g_getenv ("NOTIFY_SOCKET");

  self->fd = -1;
  if (path != NULL && set_address (self, path)) {
    self->fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    self->watchdog_ms = read_watchdog_ms ();
  }
  return self;
}

void
gate_notify_free (GateNotify *self)
{
  if (self == NULL)
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

gboolean
gate_notify_send (GateNotify *self,
                  const char *state)
{
  return self->fd >= 0 && sendto (self->fd, state, strlen (state), MSG_NOSIGNAL,
                                  (struct sockaddr *) &self->address, self->address_bytes) >= 0;
}

guint
gate_notify_get_watchdog_ms (const GateNotify *self)
{
  return self->watchdog_ms;
}
