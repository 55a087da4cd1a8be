/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gate-successor"

#include "config.h"

#include "gate-successor.h"

#include "gate-listen.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <unistd.h>

#define N_SOCKETS     2
#define FIRST_FREE_FD (GATE_LISTEN_FIRST_FD + N_SOCKETS)
#define DELETED \
  " (deleted)" /* proc(5): what the kernel adds when another file took the place of ours */

static char *
find_program (void)
{
  char *path = g_file_read_link ("/proc/self/exe", NULL);

  if (path != NULL && g_str_has_suffix (path, DELETED))
    path[strlen (path) - strlen (DELETED)] = '\0';
  return path;
}

static char **
make_environment (void)
{
  g_autofree char *parent = g_strdup_printf ("%d", (int) getpid ());
  char **environment = g_environ_unsetenv (g_get_environ (), "LISTEN_PID");

  environment = g_environ_setenv (environment, GATE_LISTEN_PARENT, parent, TRUE);
  environment = g_environ_setenv (environment, "LISTEN_FDS", G_STRINGIFY (N_SOCKETS), TRUE);
  return g_environ_setenv (environment, "LISTEN_FDNAMES", "client:ops", TRUE);
}

/* It inherits nothing of ours but its sockets: our signals are blocked for a signalfd it does not have. */
static pid_t
spawn (const char  *program,
       char       **argv,
       const int   *sockets)
{
  g_auto (GStrv) environment = make_environment ();
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, pipe_only;
  pid_t pid = -1;

  sigemptyset (&none);
  sigemptyset (&pipe_only);
  sigaddset (&pipe_only, SIGPIPE);
  posix_spawnattr_init (&attributes);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setsigmask (&attributes, &none);
  posix_spawnattr_setsigdefault (&attributes, &pipe_only);
  posix_spawn_file_actions_init (&actions);
  for (int i = 0; i < N_SOCKETS; i++)
    posix_spawn_file_actions_adddup2 (&actions, sockets[i], GATE_LISTEN_FIRST_FD + i);
  errno = posix_spawn (&pid, program, &actions, &attributes, argv, environment);
  posix_spawn_file_actions_destroy (&actions);
  posix_spawnattr_destroy (&attributes);
  return errno == 0 ? pid : -1;
}

pid_t
gate_successor_start (char **argv,
                      int    client_fd,
                      int    ops_fd)
{
  g_autofree char *program = find_program ();
  /* Above their goals, so that neither is overwritten before it was copied. */
  int sockets[N_SOCKETS] = { fcntl (client_fd, F_DUPFD_CLOEXEC, FIRST_FREE_FD),
                             fcntl (ops_fd, F_DUPFD_CLOEXEC, FIRST_FREE_FD) };
  pid_t pid = -1;

  if (program != NULL && sockets[0] >= 0 && sockets[1] >= 0)
    pid = spawn (program, argv, sockets);
  for (int i = 0; i < N_SOCKETS; i++)
    if (sockets[i] >= 0)
      close (sockets[i]);
  return pid;
}
