/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gate-diagnosis.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

static void
put (const char *root,
     const char *path,
     const char *content)
{
  g_autofree char *full = g_strconcat (root, path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (full, content, -1, NULL));
}

static char *
make_root (void)
{
  char *root = g_dir_make_tmp ("usher-host-XXXXXX", NULL);

  g_assert_nonnull (root);
  put (root, "/proc/meminfo", "MemTotal:  25165824 kB\nMemAvailable:   20971520 kB\n");
  put (root, "/proc/sys/fs/nr_open", "1048576\n");
  put (root, "/proc/sys/fs/file-max", "2000000\n");
  put (root, "/proc/sys/fs/file-nr", "1000\t0\t2000000\n");
  put (root, "/proc/sys/net/core/somaxconn", "4096\n");
  put (root, "/proc/sys/user/max_user_namespaces", "1000\n");
  return root;
}

static void
drop_root (char *root)
{
  const char *argv[] = { "rm", "-rf", root, NULL };

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
  g_free (root);
}

static void
test_read (void)
{
  char *root = make_root ();
  GateHost host;

  gate_host_read (&host, root, 20000);
  g_assert_cmpuint (host.descriptors, ==, 20000);
  g_assert_cmpuint (host.files_free, ==, 1999000);
  g_assert_cmpuint (host.memory_bytes, ==, (guint64) 20 << 30);
  g_assert_cmpuint (host.somaxconn, ==, 4096);
  g_assert_true (host.has_user_namespaces);
  /* What it does not say is unknown, not nothing. */
  g_assert_cmpuint (host.syn_backlog, ==, GATE_HOST_UNKNOWN);
  g_assert_cmpuint (host.conntrack_max, ==, GATE_HOST_UNKNOWN);
  g_assert_cmpuint (host.processes_free, ==, GATE_HOST_UNKNOWN);
  drop_root (root);
}

/* A service's group may have less than its host has; "max" is no limit. */
static void
test_read_groups (void)
{
  char *root = make_root ();
  GateHost host;

  put (root, "/proc/self/cgroup", "0::/system.slice/usher-gate.service\n");
  put (root, "/sys/fs/cgroup/system.slice/usher-gate.service/memory.max", "1073741824\n");
  put (root, "/sys/fs/cgroup/system.slice/usher-gate.service/memory.current", "73741824\n");
  put (root, "/sys/fs/cgroup/system.slice/usher-gate.service/pids.max", "max\n");
  gate_host_read (&host, root, GATE_HOST_UNKNOWN);
  g_assert_cmpuint (host.memory_bytes, ==, 1000000000);
  g_assert_cmpuint (host.processes_free, ==, GATE_HOST_UNKNOWN);
  g_assert_cmpuint (host.descriptors, ==, 1048576);

  put (root, "/proc/self/cgroup", "8:pids:/box\n4:memory:/box\n");
  put (root, "/sys/fs/cgroup/pids/box/pids.max", "100\n");
  put (root, "/sys/fs/cgroup/pids/box/pids.current", "40\n");
  put (root, "/sys/fs/cgroup/memory/box/memory.limit_in_bytes", "2000000000\n");
  put (root, "/sys/fs/cgroup/memory/box/memory.usage_in_bytes", "500000000\n");
  gate_host_read (&host, root, GATE_HOST_UNKNOWN);
  g_assert_cmpuint (host.processes_free, ==, 60);
  g_assert_cmpuint (host.memory_bytes, ==, 1500000000);
  drop_root (root);
}

static const GateHost good_host = {
  .n_cores = 2,
  .descriptors = 20000,
  .files_free = 2400000,
  .processes_free = GATE_HOST_UNKNOWN,
  .memory_bytes = (guint64) 20 << 30,
  .somaxconn = 4096,
  .syn_backlog = 2048,
  .conntrack_max = GATE_HOST_UNKNOWN,
  .sync_p50_us = 400,
  .sync_p99_us = 5000,
  .has_user_namespaces = TRUE,
};

static const GateFinding *
find (const GateDiagnosis *diagnosis,
      const char          *what)
{
  for (guint i = 0; i < diagnosis->findings->len; i++) {
    const GateFinding *finding = g_ptr_array_index (diagnosis->findings, i);

    if (strcmp (finding->what, what) == 0)
      return finding;
  }
  g_error ("no finding about %s", what);
}

static void
test_good (void)
{
  g_autoptr (GateDiagnosis) diagnosis = gate_diagnose (&good_host, 1000000);

  g_assert_false (diagnosis->is_short);
  g_assert_cmpuint (diagnosis->clear_visitors, ==, 78 * (20000 - 64));
  g_assert_cmpstr (diagnosis->limited_by, ==, "descriptors");
  /* TLS costs memory, so that is what limits it. */
  g_assert_cmpuint (diagnosis->tls_visitors, >, 1000000);
  g_assert_cmpuint (diagnosis->tls_visitors, <, diagnosis->clear_visitors);
}

typedef struct {
  const char *what;
  gsize offset;
  guint64 value;
  const char *advice;
} ShortCase;

static const ShortCase short_cases[] = {
  { "descriptors", G_STRUCT_OFFSET (GateHost, descriptors), 1024, "LimitNOFILE" },
  { "open files of the host", G_STRUCT_OFFSET (GateHost, files_free), 100000, "fs.file-max" },
  { "processes", G_STRUCT_OFFSET (GateHost, processes_free), 20, "TasksMax" },
  { "memory", G_STRUCT_OFFSET (GateHost, memory_bytes), (guint64) 1 << 30, "GiB are needed" },
  { "connection tracking", G_STRUCT_OFFSET (GateHost, conntrack_max), 262144, "nf_conntrack_max" },
  { "accept queue", G_STRUCT_OFFSET (GateHost, somaxconn), 128, "net.core.somaxconn" },
  { "half-open queue", G_STRUCT_OFFSET (GateHost, syn_backlog), 128, "tcp_max_syn_backlog" },
  { "disk", G_STRUCT_OFFSET (GateHost, sync_p50_us), 40000, "faster disk" },
  { "sandbox", G_STRUCT_OFFSET (GateHost, has_user_namespaces), 0, "max_user_namespaces" },
};

/* One thing is short: that finding says so and what to change, and no other does. */
static void
test_short (gconstpointer data)
{
  const ShortCase *c = data;
  GateHost host = good_host;
  g_autoptr (GateDiagnosis) diagnosis = NULL;

  if (strcmp (c->what, "sandbox") == 0)
    host.has_user_namespaces = FALSE;
  else
    G_STRUCT_MEMBER (guint64, &host, c->offset) = c->value;
  diagnosis = gate_diagnose (&host, 1000000);
  g_assert_true (diagnosis->is_short);
  for (guint i = 0; i < diagnosis->findings->len; i++) {
    const GateFinding *finding = g_ptr_array_index (diagnosis->findings, i);

    g_assert_cmpint (finding->is_short, ==, strcmp (finding->what, c->what) == 0);
  }
  g_assert_nonnull (strstr (find (diagnosis, c->what)->advice, c->advice));
}

/* Following the advice is enough. */
static void
test_advice_is_enough (void)
{
  GateHost host = good_host;
  g_autoptr (GateDiagnosis) before = NULL;
  g_autoptr (GateDiagnosis) after = NULL;

  host.descriptors = 1024;
  before = gate_diagnose (&host, 1000000);
  host.descriptors =
    g_ascii_strtoull (strstr (find (before, "descriptors")->advice, " to ") + 4, NULL, 10);
  after = gate_diagnose (&host, 1000000);
  g_assert_false (after->is_short);
}

static void
test_disk (void)
{
  GateHost host = { 0 };
  g_autofree char *folder = g_dir_make_tmp ("usher-disk-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (gate_host_time_syncs (&host, folder, 5, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (host.sync_p50_us, <=, host.sync_p99_us);
  g_assert_cmpint (g_rmdir (folder), ==, 0); /* nothing was left there */
  g_assert_false (gate_host_time_syncs (&host, folder, 5, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/doctor/read", test_read);
  g_test_add_func ("/ctl/doctor/read-groups", test_read_groups);
  g_test_add_func ("/ctl/doctor/good", test_good);
  for (gsize i = 0; i < G_N_ELEMENTS (short_cases); i++) {
    g_autofree char *path = g_strdup_printf ("/ctl/doctor/short/%s", short_cases[i].what);

    g_test_add_data_func (path, &short_cases[i], test_short);
  }
  g_test_add_func ("/ctl/doctor/advice-is-enough", test_advice_is_enough);
  g_test_add_func ("/ctl/doctor/disk", test_disk);
  return g_test_run ();
}
