/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Record locks and not flock(): workers that are forked must not keep one when the core dies. Two files and not two ranges of
 * one: a process loses its record locks of a file when it closes any descriptor of it.
 */
#include "config.h"

#include "gate-store-lock.h"

#include "gate-store-db.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define HELD_NAME "usher.lock"
#define NEXT_NAME "usher.next"

static int
open_lock (const char  *dir,
           const char  *name,
           GError     **error)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd >= 0)
    gate_store_give_to_owner (fd, dir);
  else
    g_set_error (error, GATE_STORE_ERROR, GATE_STORE_ERROR_OPEN, "Cannot open “%s”: %s", path,
                 g_strerror (errno));
  return fd;
}

static pid_t
get_holder (int fd)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

  return fcntl (fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? lock.l_pid : 0;
}

static int
take (const char  *dir,
      const char  *name,
      const char  *refusal,
      GError     **error)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  int fd = open_lock (dir, name, error);

  if (fd < 0 || fcntl (fd, F_SETLK, &lock) == 0)
    return fd;
  g_set_error (error, GATE_STORE_ERROR, GATE_STORE_ERROR_LOCKED,
               "The data folder “%s” is %s another gateway (process %d)", dir, refusal,
               (int) get_holder (fd));
  close (fd);
  return -1;
}

int
gate_store_dir_lock (const char  *dir,
                     GError     **error)
{
  return take (dir, HELD_NAME, "in use by", error);
}

int
gate_store_dir_queue (const char  *dir,
                      GError     **error)
{
  return take (dir, NEXT_NAME, "awaited by", error);
}

pid_t
gate_store_dir_get_next (const char *dir)
{
  int fd = open_lock (dir, NEXT_NAME, NULL);
  pid_t pid = fd >= 0 ? get_holder (fd) : 0;

  if (fd >= 0)
    close (fd);
  return pid;
}
