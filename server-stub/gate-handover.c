/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gate-handover"

#include "config.h"

#include "gate-handover.h"

#include "gate-log.h"
#include "gate-store-lock.h"
#include "gate-successor.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#define LOOK_MS 100 /* how often the one that leaves looks for the one that comes */
#define QUIET_WITHIN_MS \
  2000 /* for what was begun to be committed; a full disk must not hold the next one up */
#define SUCCESSOR_MS 30000 /* for a successor to come as far as the folder */

static gboolean
is_due (const GateHandover *self)
{
  return gate_loop_get_now_us (self->loop) >= self->due_us;
}

static void
set_due (GateHandover *self,
         guint         within_ms)
{
  self->due_us = gate_loop_get_now_us (self->loop) + (gint64) within_ms * 1000;
}

/* These two return whether to look again. */
static gboolean
hand_over (GateHandover *self)
{
  if (!self->is_begun) {
    self->is_begun = gate_store_dir_get_next (self->data_dir) != 0;
    set_due (self, QUIET_WITHIN_MS);
    return TRUE;
  }
  if (!self->handler.is_quiet () && !is_due (self))
    return TRUE;
  self->handler.let_go ();
  gate_log (GATE_LOG_INFO, "handed_over", NULL);
  return FALSE;
}

static gboolean
watch_successor (GateHandover *self)
{
  int status = 0;

  if (waitpid (self->successor, &status, WNOHANG) == self->successor) {
    gate_log (GATE_LOG_ERROR, "upgrade_failed", "msg", "s",
              "the new gateway ended; this one goes on", "status", "i", (gint64) status, NULL);
    self->successor = 0;
    return FALSE;
  }
  if (gate_store_dir_get_next (self->data_dir) == self->successor)
    self->handler.succeeded (self->successor);
  else if (is_due (self))
    (void) kill (self->successor, SIGKILL); /* the next look reaps it */
  return TRUE;
}

static void
look_cb (GateTimer *timer)
{
  GateHandover *self =
    (GateHandover *) (gpointer) ((guint8 *) timer - G_STRUCT_OFFSET (GateHandover, timer));

  if (self->is_draining ? hand_over (self) : watch_successor (self))
    gate_loop_arm (self->loop, timer, LOOK_MS);
}

void
gate_handover_init (GateHandover              *self,
                    GateLoop                  *loop,
                    const char                *data_dir,
                    const GateHandoverHandler *handler)
{
  *self = (GateHandover){ .loop = loop, .data_dir = data_dir, .handler = *handler };
  self->timer.fired = look_cb;
}

void
gate_handover_start_successor (GateHandover  *self,
                               char         **argv,
                               int            client_fd,
                               int            ops_fd)
{
  pid_t pid;

  if (self->successor != 0)
    return;
  pid = gate_successor_start (argv, client_fd, ops_fd);
  if (pid < 0) {
    gate_log (GATE_LOG_ERROR, "upgrade_failed", "err", "s", g_strerror (errno), NULL);
    return;
  }
  self->successor = pid;
  gate_log (GATE_LOG_INFO, "upgrading", "pid", "i", (gint64) pid, NULL);
  set_due (self, SUCCESSOR_MS);
  gate_loop_arm (self->loop, &self->timer, LOOK_MS);
}

gboolean
gate_handover_has_successor (const GateHandover *self)
{
  return self->successor != 0;
}

void
gate_handover_let_go_early (GateHandover *self)
{
  self->is_draining = TRUE;
  gate_loop_arm (self->loop, &self->timer, LOOK_MS);
}

gboolean
gate_handover_is_begun (const GateHandover *self)
{
  return self->is_begun;
}
