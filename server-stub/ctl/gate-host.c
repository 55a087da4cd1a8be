/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-host.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SYNC_BYTES 4096

static char *
dup_content (const char *root,
             const char *path)
{
  g_autofree char *full = g_strconcat (root, path, NULL);
  char *content = NULL;

  return g_file_get_contents (full, &content, NULL, NULL) ? content : NULL;
}

/* The number at place @nth of a file of numbers; "max" and nonsense are no limit. */
static guint64
read_number (const char *root,
             const char *path,
             guint       nth)
{
  g_autofree char *content = dup_content (root, path);
  char *at = content;
  char *end = NULL;
  guint64 number = GATE_HOST_UNKNOWN;

  for (guint i = 0; at != NULL && i <= nth; i++, at = end) {
    number = g_ascii_strtoull (at, &end, 10);
    if (end == at)
      return GATE_HOST_UNKNOWN;
  }
  return number;
}

static guint64
read_memory_available (const char *root)
{
  g_autofree char *content = dup_content (root, "/proc/meminfo");
  const char *line = content != NULL ? strstr (content, "MemAvailable:") : NULL;

  return line != NULL ? g_ascii_strtoull (line + strlen ("MemAvailable:"), NULL, 10) * 1024
                      : GATE_HOST_UNKNOWN;
}

/* The folder of our control group under @controller; "" is that of version 2. */
static char *
dup_group (const char *root,
           const char *controller)
{
  g_autofree char *content = dup_content (root, "/proc/self/cgroup");
  g_auto (GStrv) lines = g_strsplit (content != NULL ? content : "", "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) parts = g_strsplit (lines[i], ":", 3);

    if (g_strv_length (parts) == 3 && strcmp (parts[1], controller) == 0)
      return g_strdup (strcmp (parts[2], "/") == 0 ? "" : parts[2]);
  }
  return g_strdup ("");
}

static guint64
less (guint64 limit,
      guint64 used)
{
  if (limit == GATE_HOST_UNKNOWN || used == GATE_HOST_UNKNOWN)
    return limit;
  return limit > used ? limit - used : 0;
}

static guint64
read_in_group (const char *root,
               const char *folder,
               const char *limit,
               const char *used)
{
  g_autofree char *limit_path = g_strconcat ("/sys/fs/cgroup", folder, "/", limit, NULL);
  g_autofree char *used_path = g_strconcat ("/sys/fs/cgroup", folder, "/", used, NULL);

  return less (read_number (root, limit_path, 0), read_number (root, used_path, 0));
}

/* A container or a service may have less than its host. Both versions of control groups are asked: one answers. */
static guint64
read_group (const char *root,
            const char *controller,
            const char *limit_and_used_v2[2],
            const char *limit_and_used_v1[2])
{
  g_autofree char *v2 = dup_group (root, "");
  g_autofree char *v1 = dup_group (root, controller);
  g_autofree char *v1_folder = g_strconcat ("/", controller, v1, NULL);

  return MIN (read_in_group (root, v2, limit_and_used_v2[0], limit_and_used_v2[1]),
              read_in_group (root, v1_folder, limit_and_used_v1[0], limit_and_used_v1[1]));
}

static gboolean
may_make_user_namespaces (const char *root)
{
  guint64 most = read_number (root, "/proc/sys/user/max_user_namespaces", 0);
  guint64 unprivileged = read_number (root, "/proc/sys/kernel/unprivileged_userns_clone", 0);

  return most != GATE_HOST_UNKNOWN && most > 0 && unprivileged != 0;
}

void
gate_host_read (GateHost   *self,
                const char *root,
                guint64     descriptors)
{
  const char *memory_v2[] = { "memory.max", "memory.current" };
  const char *memory_v1[] = { "memory.limit_in_bytes", "memory.usage_in_bytes" };
  const char *processes[] = { "pids.max", "pids.current" };

  *self = (GateHost){
    .n_cores = g_get_num_processors (),
    .descriptors = MIN (descriptors, read_number (root, "/proc/sys/fs/nr_open", 0)),
    .files_free = less (read_number (root, "/proc/sys/fs/file-max", 0),
                        read_number (root, "/proc/sys/fs/file-nr", 0)),
    .processes_free = read_group (root, "pids", processes, processes),
    .memory_bytes =
      MIN (read_memory_available (root), read_group (root, "memory", memory_v2, memory_v1)),
    .somaxconn = read_number (root, "/proc/sys/net/core/somaxconn", 0),
    .syn_backlog = read_number (root, "/proc/sys/net/ipv4/tcp_max_syn_backlog", 0),
    .conntrack_max = read_number (root, "/proc/sys/net/netfilter/nf_conntrack_max", 0),
    .sync_p50_us = GATE_HOST_UNKNOWN,
    .sync_p99_us = GATE_HOST_UNKNOWN,
    .has_user_namespaces = may_make_user_namespaces (root),
  };
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  const guint64 *x = a;
  const guint64 *y = b;

  return (*x > *y) - (*x < *y);
}

static gboolean
time_syncs (int     fd,
            GArray *times_us,
            guint   n_syncs)
{
  static const guint8 block[SYNC_BYTES] = { 1 };

  for (guint i = 0; i < n_syncs; i++) {
    gint64 began_us = g_get_monotonic_time ();
    guint64 took_us;

    if (write (fd, block, sizeof block) != (gssize) sizeof block || fdatasync (fd) != 0)
      return FALSE;
    took_us = (guint64) (g_get_monotonic_time () - began_us);
    g_array_append_val (times_us, took_us);
  }
  return TRUE;
}

gboolean
gate_host_time_syncs (GateHost    *self,
                      const char  *folder,
                      guint        n_syncs,
                      GError     **error)
{
  g_autofree char *path = g_build_filename (folder, ".doctor-XXXXXX", NULL);
  g_autoptr (GArray) times_us = g_array_new (FALSE, FALSE, sizeof (guint64));
  int fd = g_mkstemp (path);
  gboolean is_timed = fd >= 0 && time_syncs (fd, times_us, n_syncs);
  int saved_errno = errno;

  if (fd >= 0) {
    (void) unlink (path);
    (void) close (fd);
  }
  if (!is_timed) {
    g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (saved_errno),
                 "Cannot write in %s: %s", folder, g_strerror (saved_errno));
    return FALSE;
  }
  g_array_sort (times_us, compare_times);
  self->sync_p50_us = g_array_index (times_us, guint64, n_syncs / 2);
  self->sync_p99_us = g_array_index (times_us, guint64, n_syncs * 99 / 100);
  return TRUE;
}
