/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-process.h"

#include "gate-link.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_FREE_FD (GATE_METRICS_FD + 1)
#define EXEC_FAILED   127

/* Everything the child needs between fork and exec, made before: after fork in a program with threads only
 * async-signal-safe calls are allowed.
 */
typedef struct {
  pid_t parent;
  int fds[3]; /* for descriptors 3, 4, 5; -1 = none */
  char *argv[4];
} Plan;

/* Lifts the descriptors above their goals first, so that no dup2 hits one that is still needed. */
static void
place_fds (const Plan *plan)
{
  int lifted[G_N_ELEMENTS (plan->fds)];

  for (guint i = 0; i < G_N_ELEMENTS (plan->fds); i++)
    lifted[i] = plan->fds[i] < 0 ? -1 : fcntl (plan->fds[i], F_DUPFD, FIRST_FREE_FD);
  for (guint i = 0; i < G_N_ELEMENTS (plan->fds); i++) {
    int goal = GATE_LINK_FD + (int) i;

    if (lifted[i] < 0)
      (void) close (goal);
    else if (dup2 (lifted[i], goal) < 0)
      _exit (EXEC_FAILED);
  }
}

static void
reset_signals (void)
{
  sigset_t none;

  for (int number = 1; number < NSIG; number++)
    (void) signal (number, SIG_DFL);
  /* Ctrl+C reaches the whole foreground group, but it is the core that decides when a worker stops: it drains first. */
  (void) signal (SIGINT, SIG_IGN);
  (void) signal (SIGTERM, SIG_IGN);
  sigemptyset (&none);
  (void) sigprocmask (SIG_SETMASK, &none, NULL);
}

static void G_GNUC_NORETURN
become_worker (const Plan *plan)
{
  reset_signals ();
  /* The parent may be gone already: then nobody would ever kill us. */
  if (prctl (PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid () != plan->parent)
    _exit (EXEC_FAILED);
  place_fds (plan);
  (void) syscall (SYS_close_range, FIRST_FREE_FD, ~0U, 0);
  execve ("/proc/self/exe", plan->argv, environ);
  _exit (EXEC_FAILED);
}

static int
open_pid_fd (pid_t pid)
{
  return (int) syscall (SYS_pidfd_open, pid, 0);
}

gboolean
gate_process_start (const char  *role,
                    guint        index,
                    int          listen_fd,
                    int          metrics_fd,
                    GateProcess *ret_process)
{
  g_autofree char *role_argument = g_strdup_printf ("--worker=%s", role);
  g_autofree char *index_argument = g_strdup_printf ("--index=%u", index);
  Plan plan = {
    .parent = getpid (),
    .argv = { program_invocation_name, role_argument, index_argument, NULL },
  };
  int pair[2];
  pid_t pid;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
    return FALSE;
  plan.fds[0] = pair[1];
  plan.fds[1] = listen_fd;
  plan.fds[2] = metrics_fd;
  pid = fork ();
  if (pid == 0)
    become_worker (&plan);
  (void) close (pair[1]);
  if (pid < 0) {
    (void) close (pair[0]);
    return FALSE;
  }
  *ret_process = (GateProcess){ .pid = pid, .pid_fd = open_pid_fd (pid), .link_fd = pair[0] };
  return TRUE;
}

gboolean
gate_process_reap (GateProcess *self,
                   int         *ret_status)
{
  if (waitpid (self->pid, ret_status, WNOHANG) != self->pid)
    return FALSE;
  if (self->pid_fd >= 0)
    (void) close (self->pid_fd);
  self->pid = 0;
  self->pid_fd = -1;
  return TRUE;
}

void
gate_process_kill (const GateProcess *self)
{
  if (self->pid > 0)
    (void) kill (self->pid, SIGKILL);
}
