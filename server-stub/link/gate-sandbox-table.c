/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a worker may ask of the kernel, in one table. It stands after everything is open: so no socket, no connect, no
 * exec, no new process, no executable memory, and files for writing only where media is stored.
 */
#include "config.h"

#include "gate-sandbox-table.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define EDGE GATE_SANDBOX_BIT (GATE_SANDBOX_EDGE)
#define HTTP GATE_SANDBOX_BIT (GATE_SANDBOX_HTTP)
#define ALL  (EDGE | HTTP)

#define THREAD_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)

#define CALL(roles, name)                                  \
  {                                                        \
    SCMP_SYS (name), (roles), 0, GATE_SANDBOX_ANY, 0, 0, 0 \
  }
#define CALL_IF(roles, name, argument, mask, value)                                 \
  {                                                                                 \
    SCMP_SYS (name), (roles), 0, GATE_SANDBOX_MASKED, (argument), (guint64) (mask), \
      (guint64) (value)                                                             \
  }
#define CALL_IS(roles, name, argument, value) CALL_IF (roles, name, argument, G_MAXUINT32, value)
#define REFUSE(roles, name, number)                               \
  {                                                               \
    SCMP_SYS (name), (roles), (number), GATE_SANDBOX_ANY, 0, 0, 0 \
  }
#define REFUSE_IF(name, argument, mask, value, number)                               \
  {                                                                                  \
    SCMP_SYS (name), 0, (number), GATE_SANDBOX_MASKED, (argument), (guint64) (mask), \
      (guint64) (value)                                                              \
  }

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#  define HAS_SANITIZER 1
#elif defined(__has_feature)
#  if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(undefined_behavior_sanitizer)
#    define HAS_SANITIZER 1
#  endif
#endif

/* clang-format off */
const GateSandboxRow gate_sandbox_rows[] = {
  /* Sockets that are open or are accepted. */
  CALL (ALL, read),             CALL (ALL, readv),            CALL (ALL, recvfrom),
  CALL (ALL, recvmsg),          CALL (ALL, write),            CALL (ALL, writev),
  CALL (ALL, sendto),           CALL (ALL, sendmsg),          CALL (ALL, accept4),
  CALL (ALL, accept),           CALL (ALL, shutdown),         CALL (ALL, close),
  CALL (ALL, getsockopt),       CALL (ALL, setsockopt),       CALL (ALL, getsockname),
  CALL (ALL, getpeername),      CALL (ALL, fcntl),            CALL (ALL, dup),
  CALL (ALL, dup3),             CALL (ALL, eventfd2),
  CALL_IS (ALL, ioctl, 1, FIONREAD), CALL_IS (ALL, ioctl, 1, FIONBIO),
  CALL_IS (ALL, ioctl, 1, TIOCOUTQ), CALL_IS (ALL, ioctl, 1, TCGETS),

  /* edge: one end for http, one to pump into: HTTP over TLS. It leads nowhere else. */
  CALL_IS (EDGE, socketpair, 0, AF_UNIX),

  /* Waiting and time. */
  CALL (ALL, epoll_create1),    CALL (ALL, epoll_ctl),        CALL (ALL, epoll_wait),
  CALL (ALL, epoll_pwait),      CALL (ALL, poll),             CALL (ALL, ppoll),
  CALL (ALL, clock_gettime),    CALL (ALL, clock_getres),     CALL (ALL, clock_nanosleep),
  CALL (ALL, gettimeofday),     CALL (ALL, time),             CALL (ALL, nanosleep),
  CALL (ALL, restart_syscall),  CALL (ALL, sched_yield),      CALL (ALL, futex),

  /* Memory, never executable. */
  CALL_IF (ALL, mmap, 2, PROT_EXEC, 0),
  CALL_IF (ALL, mprotect, 2, PROT_EXEC, 0),
  CALL (ALL, munmap),           CALL (ALL, mremap),           CALL (ALL, madvise),
  CALL (ALL, brk),              CALL (ALL, getrandom),

  /* Itself. */
  CALL (ALL, exit),             CALL (ALL, exit_group),       CALL (ALL, rt_sigaction),
  CALL (ALL, rt_sigprocmask),   CALL (ALL, rt_sigreturn),     CALL (ALL, sigaltstack),
  CALL (ALL, tgkill),           CALL (ALL, getpid),           CALL (ALL, gettid),
  CALL (ALL, getuid),           CALL (ALL, geteuid),          CALL (ALL, getgid),
  CALL (ALL, getegid),          CALL (ALL, getrusage),        CALL (ALL, times),
  CALL (ALL, uname),            CALL (ALL, sysinfo),          CALL (ALL, sched_getaffinity),
  CALL (ALL, getcpu),           CALL (ALL, rseq),             CALL (ALL, set_robust_list),
  CALL_IS (ALL, prctl, 0, PR_SET_NAME),
  CALL_IS (ALL, prlimit64, 2, 0), /* reads only: the new limit is NULL */

  /* Files: reading what the user may read (/proc/self, the time zone). */
  CALL_IF (ALL, openat, 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY),
  CALL (ALL, fstat),            CALL (ALL, newfstatat),       CALL (ALL, statx),
  CALL (ALL, lseek),            CALL (ALL, pread64),          CALL (ALL, getdents64),
  CALL (ALL, readlink),         CALL (ALL, readlinkat),       CALL (ALL, access),
  CALL (ALL, faccessat),        CALL (ALL, faccessat2),       CALL (ALL, getcwd),

  /* http: media files below the folder that it holds open; the thread that syncs them. */
  CALL_IF (HTTP, openat, 2, O_ACCMODE, O_WRONLY),
  CALL_IF (HTTP, openat, 2, O_ACCMODE, O_RDWR),
  CALL (HTTP, openat2),         CALL (HTTP, mkdirat),         CALL (HTTP, unlinkat),
  CALL (HTTP, renameat),        CALL (HTTP, renameat2),       CALL (HTTP, ftruncate),
  CALL (HTTP, fsync),           CALL (HTTP, fdatasync),       CALL (HTTP, syncfs),
  CALL (HTTP, pwrite64),        CALL (HTTP, pwritev),         CALL (HTTP, fstatfs),
  CALL_IF (HTTP, clone, 0, THREAD_FLAGS, THREAD_FLAGS),

  /* Tried by the C library or GLib, which then do without. */
  REFUSE (ALL, clone3, ENOSYS),
  REFUSE (ALL, sched_setattr, EPERM),
  REFUSE (ALL, sched_getattr, ENOSYS),
  REFUSE (ALL, membarrier, ENOSYS),

#ifdef HAS_SANITIZER
  /* What the run-time of a sanitizer does, and the leak checker at exit. Only in a build made with one. */
  CALL (ALL, ptrace),           CALL (ALL, wait4),            CALL (ALL, clone),
  CALL (ALL, prctl),            CALL (ALL, mmap),             CALL (ALL, mprotect),
  CALL (ALL, kill),             CALL (ALL, openat),           CALL (ALL, process_vm_readv),
  CALL (ALL, getppid),          CALL (ALL, pipe2),            CALL (ALL, sched_getaffinity),
  CALL (ALL, mincore),          CALL (ALL, getrlimit),        CALL (ALL, arch_prctl),
  CALL (ALL, open),             CALL (ALL, stat),             CALL (ALL, getdents),
  CALL (ALL, pipe),             CALL (ALL, msync),            CALL (ALL, prlimit64),
#endif
#ifdef GATE_SANDBOX_COVERAGE
  /* gcov writes its counters at exit. */
  CALL (ALL, openat),           CALL (ALL, mkdir),            CALL (ALL, ftruncate),
#endif
};
/* clang-format on */

const guint gate_n_sandbox_rows = G_N_ELEMENTS (gate_sandbox_rows);

/* What neither the core nor anything it starts ever asks: other processes' memory, the kernel itself, what a file system looks
 * like, rings that go past every filter, and memory that is written and then run.
 */
/* clang-format off */
const GateSandboxRow gate_forbidden_rows[] = {
  CALL (0, process_vm_writev),  CALL (0, pidfd_getfd),        CALL (0, kcmp),
  CALL (0, bpf),                CALL (0, perf_event_open),    CALL (0, userfaultfd),
  CALL (0, io_uring_setup),     CALL (0, io_uring_enter),     CALL (0, io_uring_register),
  CALL (0, init_module),        CALL (0, finit_module),       CALL (0, delete_module),
  CALL (0, kexec_load),         CALL (0, kexec_file_load),    CALL (0, reboot),
  CALL (0, mount),              CALL (0, umount2),            CALL (0, pivot_root),
  CALL (0, move_mount),         CALL (0, open_tree),          CALL (0, fsopen),
  CALL (0, chroot),             CALL (0, setns),              CALL (0, open_by_handle_at),
  CALL (0, swapon),             CALL (0, swapoff),            CALL (0, acct),
  CALL (0, quotactl),           CALL (0, mknod),              CALL (0, mknodat),
  CALL (0, add_key),            CALL (0, request_key),        CALL (0, keyctl),
  CALL (0, clock_settime),      CALL (0, settimeofday),       CALL (0, clock_adjtime),
  CALL (0, adjtimex),           CALL (0, sethostname),        CALL (0, setdomainname),
  CALL (0, iopl),               CALL (0, ioperm),             CALL (0, modify_ldt),
  CALL_IS (0, socket, 0, AF_PACKET), CALL_IS (0, socket, 0, AF_ALG),

  /* Libraries try these and do without: a resolver looks for addresses, an expression compiler for memory. */
  REFUSE_IF (socket, 0, G_MAXUINT32, AF_NETLINK, EAFNOSUPPORT),
  REFUSE_IF (mmap, 2, PROT_WRITE | PROT_EXEC, PROT_WRITE | PROT_EXEC, EPERM),
  REFUSE_IF (mprotect, 2, PROT_WRITE | PROT_EXEC, PROT_WRITE | PROT_EXEC, EPERM),
#ifndef HAS_SANITIZER /* the leak checker looks into its own process */
  CALL (0, ptrace),             CALL (0, process_vm_readv),
#endif
};
/* clang-format on */

const guint gate_n_forbidden_rows = G_N_ELEMENTS (gate_forbidden_rows);

/* Neither opens a connection of its own today: an empty network is enough. The sockets they were given stay usable. */
int
gate_sandbox_namespaces (GateSandbox sandbox)
{
  return CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC;
}
