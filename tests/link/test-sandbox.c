/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each case is a child of its own that enters the sandbox and then does one thing. */
#include "gate-log.h"
#include "gate-workers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#  define HAS_SANITIZER 1
#elif defined(__has_feature)
#  if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#    define HAS_SANITIZER 1
#  endif
#endif

typedef struct {
  const char *name;
  void (*act) (void);
  gboolean edge_may;
  gboolean http_may;
} Case;

static int media_fd = -1; /* a folder that was open before */

static void
open_socket (void)
{
  (void) socket (AF_INET, SOCK_STREAM, 0);
}

static void
connect_out (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (9) };

  (void) connect (media_fd, (struct sockaddr *) &address, sizeof (address));
}

static void
execute (void)
{
  char *argv[] = { (char *) "/bin/true", NULL };

  (void) execv (argv[0], argv);
}

static void
do_fork (void)
{
  (void) syscall (SYS_fork);
}

static void
do_ptrace (void)
{
  (void) syscall (SYS_ptrace, 16 /* PTRACE_ATTACH */, getppid (), 0, 0);
}

static void
map_executable (void)
{
  (void) mmap (NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
write_file (void)
{
  int fd = openat (media_fd, "stored", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd < 0 || write (fd, "x", 1) != 1 || fsync (fd) != 0)
    _exit (3);
}

static void *
thread_main (void *data)
{
  return data;
}

static void
make_thread (void)
{
  pthread_t thread;

  if (pthread_create (&thread, NULL, thread_main, NULL) != 0)
    _exit (3);
  pthread_join (thread, NULL);
}

static void
kill_parent (void)
{
  (void) kill (getppid (), 0);
}

static void
become_root (void)
{
  (void) syscall (SYS_setuid, 0);
}

static void
new_namespace (void)
{
  (void) syscall (SYS_unshare, 0x10000000 /* CLONE_NEWUSER */);
}

static void
live (void)
{
  char byte;
  int fd = open ("/proc/self/stat", O_RDONLY | O_CLOEXEC);

  if (fd < 0 || read (fd, &byte, 1) != 1 || prctl (PR_SET_NAME, "sandboxed") != 0)
    _exit (3);
  g_free (g_malloc0 (4 * 1024 * 1024));
}

static void
has_no_privileges (void)
{
  int fd = open ("/proc/self/status", O_RDONLY | O_CLOEXEC);
  char status[4096] = "";

  if (geteuid () == 0 || read (fd, status, sizeof (status) - 1) <= 0)
    _exit (3);
  if (g_strstr_len (status, -1, "NoNewPrivs:\t1") == NULL ||
      g_strstr_len (status, -1, "Seccomp:\t2") == NULL ||
      g_strstr_len (status, -1, "CapEff:\t0000000000000000") == NULL)
    _exit (4);
}

/* clang-format off */
static const Case cases[] = {
  { "live",              live,              TRUE,  TRUE },
  { "has-no-privileges", has_no_privileges, TRUE,  TRUE },
  { "socket",            open_socket,       FALSE, FALSE },
  { "connect",           connect_out,       FALSE, FALSE },
  { "exec",              execute,           FALSE, FALSE },
  { "fork",              do_fork,           FALSE, FALSE },
  { "map-executable",    map_executable,    FALSE, FALSE },
  { "setuid",            become_root,       FALSE, FALSE },
  { "unshare",           new_namespace,     FALSE, FALSE },
  { "kill",              kill_parent,       FALSE, FALSE },
  { "ptrace",            do_ptrace,         FALSE, FALSE },
  { "write-file",        write_file,        FALSE, TRUE },
  { "thread",            make_thread,       FALSE, TRUE },
};
/* clang-format on */

static void G_GNUC_NORETURN
run_child (GateSandbox  sandbox,
           const Case  *test)
{
  g_autoptr (GError) error = NULL;

  if (!gate_sandbox_enter (sandbox, &error)) {
    g_printerr ("%s\n", error->message);
    _exit (2);
  }
  test->act ();
  _exit (0);
}

static int
run_case (GateSandbox  sandbox,
          const Case  *test)
{
  int status;
  pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    run_child (sandbox, test);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  return status;
}

/* A build with a sanitizer lets its run-time do more: there only what stays forbidden is looked at. */
static gboolean
is_opened_for_sanitizers (const char *name)
{
#ifdef HAS_SANITIZER
  static const char *const opened[] = { "map-executable", "kill",   "ptrace",
                                        "write-file",     "thread", NULL };

  return g_strv_contains (opened, name);
#else
  return FALSE;
#endif
}

static void
check (GateSandbox  sandbox,
       const Case  *test,
       gboolean     may)
{
  int status = run_case (sandbox, test);

  (void) unlinkat (media_fd, "stored", 0);
  if (may) {
    g_assert_true (WIFEXITED (status));
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
    return;
  }
  if (is_opened_for_sanitizers (test->name))
    return;
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGSYS);
}

/* The core: what it does every day, and what nobody does. */

static void
mount_something (void)
{
  (void) syscall (SYS_mount, "none", "/", "tmpfs", 0, NULL);
}

static void
make_ring (void)
{
  (void) syscall (SYS_io_uring_setup, 1, NULL);
}

static void
open_packet (void)
{
  (void) socket (AF_PACKET, SOCK_RAW, 0);
}

/* What libraries try and do without fails, and nobody dies. */
static void
be_refused (void)
{
  if (socket (AF_NETLINK, SOCK_RAW, 0) >= 0 || errno != EAFNOSUPPORT)
    _exit (3);
  if (mmap (NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
        MAP_FAILED ||
      errno != EPERM)
    _exit (4);
}

static void
start_a_program (void)
{
  char *argv[] = { (char *) "true", NULL };

  make_thread ();
  open_socket ();
  if (!g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL))
    _exit (3);
}

/* A worker's own sandbox fits into what it inherits. */
static void
become_edge (void)
{
  if (!gate_sandbox_enter (GATE_SANDBOX_EDGE, NULL))
    _exit (3);
  live ();
}

/* clang-format off */
static const Case core_cases[] = {
  { "start-a-program", start_a_program, TRUE,  TRUE },
  { "become-edge",     become_edge,     TRUE,  TRUE },
  { "mount",           mount_something, FALSE, FALSE },
  { "ring",            make_ring,       FALSE, FALSE },
  { "packet",          open_packet,     FALSE, FALSE },
  { "refused",         be_refused,      TRUE,  TRUE },
  { "ptrace",          do_ptrace,       FALSE, FALSE },
};
/* clang-format on */

static void
test_core (gconstpointer data)
{
  const Case *test = data;
  int status;
  pid_t pid;

  /* Not even tried: it would stop us, its parent, for good. */
  if (is_opened_for_sanitizers (test->name))
    return;
  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0) {
    if (!gate_sandbox_forbid (NULL))
      _exit (2);
    test->act ();
    _exit (0);
  }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (test->edge_may, ==, WIFEXITED (status) && WEXITSTATUS (status) == 0);
  g_assert_cmpint (!test->edge_may, ==, WIFSIGNALED (status) && WTERMSIG (status) == SIGSYS);
}

static void
test_edge (gconstpointer data)
{
  const Case *test = data;

  check (GATE_SANDBOX_EDGE, test, test->edge_may);
}

static void
test_http (gconstpointer data)
{
  const Case *test = data;

  check (GATE_SANDBOX_HTTP, test, test->http_may);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *folder = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  gate_log_init ("test", GATE_LOG_ERROR, FALSE);
  folder = g_dir_make_tmp ("sandbox-XXXXXX", NULL);
  media_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (geteuid () == 0)
    g_assert_cmpint (fchown (media_fd, 65534, 65534), ==,
                     0); /* as the worker does before it enters */
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *edge = g_strdup_printf ("/link/sandbox/edge/%s", cases[i].name);
    g_autofree char *http = g_strdup_printf ("/link/sandbox/http/%s", cases[i].name);

    g_test_add_data_func (edge, &cases[i], test_edge);
    g_test_add_data_func (http, &cases[i], test_http);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (core_cases); i++) {
    g_autofree char *core = g_strdup_printf ("/link/sandbox/core/%s", core_cases[i].name);

    g_test_add_data_func (core, &core_cases[i], test_core);
  }
  result = g_test_run ();
  close (media_fd);
  rmdir (folder);
  return result;
}
