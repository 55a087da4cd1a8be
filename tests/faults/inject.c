/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LD_PRELOADed into a gateway and its workers by tests/faults/inject.py and clock.py: lets the n-th call of a kind fail, and moves the
 * wall clock. What is to happen stands in a page shared with the test, one for each role ($USHER_INJECT/core, /edge, /http), so that a
 * sandboxed worker can be told, too.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
  KIND_OPEN = 1,
  KIND_WRITE = 2, /* to files; no write to a socket or an eventfd fails in these ways */
  KIND_SYNC = 4,
  KIND_MALLOC = 8,   /* of everybody but GLib */
  KIND_G_MALLOC = 16 /* GLib's, which ends the process by design */
};

/* The test writes `kinds` last, and zero before it changes anything. */
typedef struct {
  _Atomic uint32_t kinds;
  _Atomic int32_t countdown;
  _Atomic int32_t error;
  _Atomic uint32_t n_fired;
  _Atomic int32_t clock_s; /* how far the wall clock is off */
} Plan;

/* What the linker would have called. glibc exports its own allocator under these names, which need no dlsym(), which allocates. */
void *__libc_malloc (size_t n_bytes);
void *__libc_calloc (size_t n,
                     size_t n_bytes);
void *__libc_realloc (void   *memory,
                      size_t  n_bytes);

static Plan *plan;
static uintptr_t glib_from, glib_to;
static struct {
  int (*openat) (int folder, const char *path, int flags, ...);
  ssize_t (*write) (int fd, const void *data, size_t n_bytes);
  ssize_t (*pwrite) (int fd, const void *data, size_t n_bytes, off_t at);
  int (*fsync) (int fd);
  int (*fdatasync) (int fd);
  int (*ftruncate) (int fd, off_t n_bytes);
  int (*clock_gettime) (clockid_t clock, struct timespec *time);
} real;

static int
find_glib (struct dl_phdr_info *info,
           size_t               n_bytes,
           void                *data)
{
  if (strstr (info->dlpi_name, "/libglib-2.0.") == NULL)
    return 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW (Phdr) *part = &info->dlpi_phdr[i];

    if (part->p_type == PT_LOAD && (part->p_flags & PF_X) != 0) {
      glib_from = info->dlpi_addr + part->p_vaddr;
      glib_to = glib_from + part->p_memsz;
    }
  }
  return 1;
}

static const char *
find_role (void)
{
  static char line[4096];
  int fd = real.openat (AT_FDCWD, "/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  ssize_t n_bytes = fd >= 0 ? read (fd, line, sizeof line - 1) : 0;

  if (fd >= 0)
    close (fd);
  for (char *word = line; word < line + n_bytes; word += strlen (word) + 1)
    if (strncmp (word, "--worker=", 9) == 0)
      return word + 9;
  return "core";
}

/* POSIX, not C, says that a function's address fits in a pointer to data. */
static void
find_real (void       *ret_function,
           const char *name)
{
  void *found = dlsym (RTLD_NEXT, name);

  memcpy (ret_function, &found, sizeof found);
}

__attribute__ ((constructor)) static void
begin (void)
{
  const char *folder = getenv ("USHER_INJECT");
  char path[4096];
  void *page;
  int fd;

  find_real (&real.openat, "openat");
  find_real (&real.write, "write");
  find_real (&real.pwrite, "pwrite");
  find_real (&real.fsync, "fsync");
  find_real (&real.fdatasync, "fdatasync");
  find_real (&real.ftruncate, "ftruncate");
  find_real (&real.clock_gettime, "clock_gettime");
  if (folder == NULL)
    return;
  dl_iterate_phdr (find_glib, NULL);
  snprintf (path, sizeof path, "%s/%s", folder, find_role ());
  fd = real.openat (AT_FDCWD, path, O_RDWR | O_CLOEXEC);
  page =
    fd >= 0 ? mmap (NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
  if (fd >= 0)
    close (fd);
  if (page != MAP_FAILED)
    plan = page;
}

static bool
fails (uint32_t kind)
{
  if (plan == NULL || (atomic_load (&plan->kinds) & kind) == 0 ||
      atomic_fetch_sub (&plan->countdown, 1) != 1)
    return false;
  atomic_store (&plan->kinds, 0);
  atomic_fetch_add (&plan->n_fired, 1);
  errno = atomic_load (&plan->error);
  return true;
}

/* --- Files ---------------------------------------------------------------------------------------- */

static bool
is_file (int fd)
{
  struct stat info;
  int before = errno;
  bool result = plan != NULL && (atomic_load (&plan->kinds) & (KIND_WRITE | KIND_SYNC)) != 0 &&
                fstat (fd, &info) == 0 && S_ISREG (info.st_mode);

  errno = before;
  return result;
}

static mode_t
mode_of (int     flags,
         va_list arguments)
{
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg (arguments, mode_t)
                                                                    : 0;
}

int
openat (int         folder,
        const char *path,
        int         flags,
        ...)
{
  va_list arguments;
  mode_t mode;

  va_start (arguments, flags);
  mode = mode_of (flags, arguments);
  va_end (arguments);
  return fails (KIND_OPEN) ? -1 : real.openat (folder, path, flags, mode);
}

int
open (const char *path,
      int         flags,
      ...)
{
  va_list arguments;
  mode_t mode;

  va_start (arguments, flags);
  mode = mode_of (flags, arguments);
  va_end (arguments);
  return fails (KIND_OPEN) ? -1 : real.openat (AT_FDCWD, path, flags, mode);
}

ssize_t
write (int         fd,
       const void *data,
       size_t      n_bytes)
{
  return is_file (fd) && fails (KIND_WRITE) ? -1 : real.write (fd, data, n_bytes);
}

ssize_t
pwrite (int         fd,
        const void *data,
        size_t      n_bytes,
        off_t       at)
{
  return is_file (fd) && fails (KIND_WRITE) ? -1 : real.pwrite (fd, data, n_bytes, at);
}

int
ftruncate (int   fd,
           off_t n_bytes)
{
  return is_file (fd) && fails (KIND_WRITE) ? -1 : real.ftruncate (fd, n_bytes);
}

int
fsync (int fd)
{
  return is_file (fd) && fails (KIND_SYNC) ? -1 : real.fsync (fd);
}

int
fdatasync (int fd)
{
  return is_file (fd) && fails (KIND_SYNC) ? -1 : real.fdatasync (fd);
}

/* What programs built for large files call; off_t is as wide here. */
int openat64 (int         folder,
              const char *path,
              int         flags,
              ...) __attribute__ ((alias ("openat")));
int open64 (const char *path,
            int         flags,
            ...) __attribute__ ((alias ("open")));
ssize_t
pwrite64 (int fd, const void *data, size_t n_bytes, off_t at) __attribute__ ((alias ("pwrite")));
int ftruncate64 (int   fd,
                 off_t n_bytes) __attribute__ ((alias ("ftruncate")));

/* --- Memory --------------------------------------------------------------------------------------- */

static uint32_t
kind_of (const void *caller)
{
  uintptr_t at = (uintptr_t) caller;

  return at >= glib_from && at < glib_to ? KIND_G_MALLOC : KIND_MALLOC;
}

void *
malloc (size_t n_bytes)
{
  return fails (kind_of (__builtin_return_address (0))) ? NULL : __libc_malloc (n_bytes);
}

void *
calloc (size_t n,
        size_t n_bytes)
{
  return fails (kind_of (__builtin_return_address (0))) ? NULL : __libc_calloc (n, n_bytes);
}

void *
realloc (void   *memory,
         size_t  n_bytes)
{
  return fails (kind_of (__builtin_return_address (0))) ? NULL : __libc_realloc (memory, n_bytes);
}

/* --- The wall clock ------------------------------------------------------------------------------- */

int
clock_gettime (clockid_t        clock,
               struct timespec *ret_time)
{
  int result;

  /* Some library asks for the time before it is our turn to begin. */
  if (real.clock_gettime == NULL)
    find_real (&real.clock_gettime, "clock_gettime");
  result = real.clock_gettime (clock, ret_time);
  if (plan != NULL && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    ret_time->tv_sec += atomic_load (&plan->clock_s);
  return result;
}

int
gettimeofday (struct timeval *ret_time,
              void           *zone)
{
  struct timespec now;
  int result = clock_gettime (CLOCK_REALTIME, &now);

  *ret_time = (struct timeval){ now.tv_sec, now.tv_nsec / 1000 };
  return result;
}

time_t
time (time_t *ret_time)
{
  struct timespec now;

  (void) clock_gettime (CLOCK_REALTIME, &now);
  if (ret_time != NULL)
    *ret_time = now.tv_sec;
  return now.tv_sec;
}
