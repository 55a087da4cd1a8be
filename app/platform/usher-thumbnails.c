/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-thumbnails.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "usher-thumbnailer.h"

/* Twice what it may compute: on a busy machine. */
#define MAX_WAIT_MS 10000
/* Above the two it is given; they must not be overwritten while they are moved there. */
#define FIRST_FREE_FD 16

static gboolean
failed (GError     **error,
        const char  *what)
{
  int number = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "%s: %s", what,
               g_strerror (number));
  return FALSE;
}

/* --- Memory --------------------------------------------------------------------------------------------------- */

static int
make_memory (gsize    n_bytes,
             GError **error)
{
  int made = memfd_create ("usher-picture", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  int fd = made < 0 ? -1 : fcntl (made, F_DUPFD_CLOEXEC, FIRST_FREE_FD);

  if (made >= 0)
    g_close (made, NULL);
  if (fd < 0 || ftruncate (fd, (off_t) n_bytes) != 0) {
    failed (error, "memfd");
    if (fd >= 0)
      g_close (fd, NULL);
    return -1;
  }
  return fd;
}

static gboolean
write_all (int            fd,
           const guint8  *data,
           gsize          n_bytes,
           GError       **error)
{
  for (gsize at = 0; at < n_bytes;) {
    ssize_t n = pwrite (fd, data + at, n_bytes - at, (off_t) at);

    if (n < 0 && errno != EINTR)
      return failed (error, "memfd");
    at += n > 0 ? (gsize) n : 0;
  }
  return TRUE;
}

/* --- The process ----------------------------------------------------------------------------------------------- */

/* Beside the console where that is not installed. */
static char *
find_helper (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self == NULL ? NULL : g_path_get_dirname (self);
  g_autofree char *beside =
    folder == NULL ? NULL : g_build_filename (folder, "usher-thumbnailer", NULL);
  const char *named = g_getenv ("USHER_THUMBNAILER");

  if (named != NULL)
    return g_strdup (named);
  if (beside != NULL && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);
  return g_strdup (USHER_LIBEXEC_DIR "/usher-thumbnailer");
}

/* Nothing of ours but where the decoders are: no display, no bus, no proxy. */
static char **
dup_environment (void)
{
  const char *modules = g_getenv ("GDK_PIXBUF_MODULE_FILE");
  char **environment = g_environ_setenv (NULL, "LC_ALL", "C", TRUE);

  return modules == NULL ? environment
                         : g_environ_setenv (environment, "GDK_PIXBUF_MODULE_FILE", modules, TRUE);
}

static gboolean
spawn (char   **argv,
       int      in,
       int      out,
       pid_t   *ret_pid,
       GError **error)
{
  g_auto (GStrv) environment = dup_environment ();
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none;

  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_addopen (&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen (&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen (&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2 (&actions, in, USHER_THUMBNAILER_IN);
  posix_spawn_file_actions_adddup2 (&actions, out, USHER_THUMBNAILER_OUT);
  posix_spawn_file_actions_addclosefrom_np (&actions, USHER_THUMBNAILER_OUT + 1);
  posix_spawnattr_init (&attributes);
  sigemptyset (&none);
  posix_spawnattr_setsigmask (&attributes, &none);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSIGMASK);
  errno = posix_spawn (ret_pid, argv[0], &actions, &attributes, argv, environment);
  posix_spawn_file_actions_destroy (&actions);
  posix_spawnattr_destroy (&attributes);
  return errno == 0 || failed (error, argv[0]);
}

/* Until it has ended; one that does not is ended. */
static int
wait_for_end (pid_t pid)
{
  int fd = (int) syscall (SYS_pidfd_open, pid, 0);
  struct pollfd watched = { fd, POLLIN, 0 };
  gint64 end_us = g_get_monotonic_time () + MAX_WAIT_MS * G_TIME_SPAN_MILLISECOND;
  gint64 left_us = end_us - g_get_monotonic_time ();
  int status = -1;

  while (fd >= 0 && left_us > 0 && poll (&watched, 1, (int) (left_us / 1000) + 1) < 0 &&
         errno == EINTR)
    left_us = end_us - g_get_monotonic_time ();
  if (fd >= 0 && (watched.revents & POLLIN) == 0)
    kill (pid, SIGKILL);
  while (waitpid (pid, &status, 0) < 0 && errno == EINTR)
    continue;
  if (fd >= 0)
    g_close (fd, NULL);
  return status;
}

static gboolean
run (const char  *mime,
     int          box_width,
     int          box_height,
     int          in,
     int          out,
     GError     **error)
{
  g_autofree char *helper = find_helper ();
  g_autofree char *width = g_strdup_printf ("%d", box_width);
  g_autofree char *height = g_strdup_printf ("%d", box_height);
  char *argv[] = { helper, (char *) mime, width, height, NULL };
  pid_t pid = 0;
  int status;

  if (!spawn (argv, in, out, &pid, error))
    return FALSE;
  status = wait_for_end (pid);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               WIFSIGNALED (status) ? _ ("The picture could not be read: signal %d.")
                                    : _ ("The picture could not be read: status %d."),
               WIFSIGNALED (status) ? WTERMSIG (status) : WEXITSTATUS (status));
  return FALSE;
}

/* --- What came of it --------------------------------------------------------------------------------------------- */

typedef struct {
  gpointer memory;
  gsize n_bytes;
} Mapping;

static void
unmap (gpointer data)
{
  Mapping *mapping = data;

  munmap (mapping->memory, mapping->n_bytes);
  g_free (mapping);
}

/* Who wrote it has ended: it does not change any more, and is believed as little as the picture was. */
static GBytes *
take_pixels (int      out,
             gsize    out_bytes,
             int     *ret_width,
             int     *ret_height,
             GError **error)
{
  guint8 *memory = mmap (NULL, out_bytes, PROT_READ, MAP_SHARED, out, 0);
  Mapping *mapping;
  UsherThumbnailHead head;
  guint64 n_bytes;

  if (memory == MAP_FAILED) {
    failed (error, "mmap");
    return NULL;
  }
  memcpy (&head, memory, sizeof head);
  n_bytes = head.width > G_MAXINT16 || head.height > G_MAXINT16
              ? 0
              : (guint64) 4 * head.width * head.height;
  if (n_bytes == 0 || n_bytes > out_bytes - sizeof head) {
    munmap (memory, out_bytes);
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "no pixels");
    return NULL;
  }
  *ret_width = (int) head.width;
  *ret_height = (int) head.height;
  mapping = g_new (Mapping, 1);
  *mapping = (Mapping){ memory, out_bytes };
  return g_bytes_new_with_free_func (memory + sizeof head, (gsize) n_bytes, unmap, mapping);
}

GBytes *
usher_thumbnails_make (GBytes      *bytes,
                       const char  *mime,
                       int          box_width,
                       int          box_height,
                       int         *ret_width,
                       int         *ret_height,
                       GError     **error)
{
  gsize in_bytes;
  const guint8 *data;
  gsize out_bytes;
  GBytes *pixels = NULL;
  int in, out;

  g_return_val_if_fail (box_width > 0 && box_height > 0, NULL);

  data = g_bytes_get_data (bytes, &in_bytes);
  out_bytes = usher_thumbnailer_out_bytes (box_width, box_height);
  in = make_memory (in_bytes, error);
  out = in < 0 ? -1 : make_memory (out_bytes, error);
  if (out >= 0 && write_all (in, data, in_bytes, error) &&
      (fcntl (out, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0 ||
       failed (error, "memfd")) &&
      run (mime, box_width, box_height, in, out, error))
    pixels = take_pixels (out, out_bytes, ret_width, ret_height, error);
  if (in >= 0)
    g_close (in, NULL);
  if (out >= 0)
    g_close (out, NULL);
  return pixels;
}
