/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usher-thumbnailer: decodes one picture of a stranger where a decoder that is led astray can do nothing. See usher-thumbnailer.h. */
#include "config.h"

#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "usher-thumbnailer.h"

enum {
  EXIT_USAGE = 2,
  EXIT_NO_SANDBOX,
  EXIT_DAMAGED,
};

typedef struct {
  int width, height;
} Box;

static gboolean
limit (int     resource,
       guint64 most)
{
  struct rlimit limit = { most, most };

  return setrlimit (resource, &limit) == 0;
}

/* Neither files nor the net, neither programs nor other processes: memory, and what was opened before. */
static gboolean
close_the_door (void)
{
  static const int allowed[] = {
    SCMP_SYS (read),
    SCMP_SYS (write),
    SCMP_SYS (munmap),
    SCMP_SYS (mremap),
    SCMP_SYS (brk),
    SCMP_SYS (madvise),
    SCMP_SYS (futex),
    SCMP_SYS (exit),
    SCMP_SYS (exit_group),
    SCMP_SYS (rt_sigreturn),
    SCMP_SYS (rt_sigprocmask),
    SCMP_SYS (rt_sigaction),
    SCMP_SYS (clock_gettime),
    SCMP_SYS (gettimeofday),
    SCMP_SYS (getrandom),
    SCMP_SYS (getpid),
    SCMP_SYS (gettid),
    SCMP_SYS (tgkill),
    SCMP_SYS (sched_yield),
    SCMP_SYS (close),
    SCMP_SYS (fstat),
  };
  static const int mapping[] = { SCMP_SYS (mmap), SCMP_SYS (mprotect) };
  /* Whatever else is asked for is refused, not punished: libraries try things they can do without. */
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ERRNO (EPERM));
  int result = filter == NULL ? -ENOMEM : 0;

  for (gsize i = 0; i < G_N_ELEMENTS (allowed) && result == 0; i++)
    result = seccomp_rule_add (filter, SCMP_ACT_ALLOW, allowed[i], 0);
  /* Nothing that was written becomes code. */
  for (gsize i = 0; i < G_N_ELEMENTS (mapping) && result == 0; i++)
    result = seccomp_rule_add (filter, SCMP_ACT_ALLOW, mapping[i], 1,
                               SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  if (result == 0)
    result = seccomp_load (filter);
  if (filter != NULL)
    seccomp_release (filter);
  return result == 0;
}

static gpointer
map (int    fd,
     int    protection,
     gsize *ret_bytes)
{
  struct stat status;
  gpointer memory;

  if (fstat (fd, &status) != 0 || status.st_size <= 0)
    return NULL;
  *ret_bytes = (gsize) status.st_size;
  memory = mmap (NULL, *ret_bytes, protection, MAP_SHARED, fd, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

static void
size_prepared_cb (GdkPixbufLoader *loader,
                  int              width,
                  int              height,
                  const Box       *box)
{
  double scale =
    MIN (1.0, MIN ((double) box->width / MAX (width, 1), (double) box->height / MAX (height, 1)));

  gdk_pixbuf_loader_set_size (loader, MAX (1, (int) (width * scale + 0.5)),
                              MAX (1, (int) (height * scale + 0.5)));
}

static gboolean
put (GdkPixbuf *pixbuf,
     guint8    *out,
     gsize      out_bytes)
{
  UsherThumbnailHead head = { (guint32) gdk_pixbuf_get_width (pixbuf),
                              (guint32) gdk_pixbuf_get_height (pixbuf) };
  gsize row_bytes = (gsize) 4 * head.width;

  if (gdk_pixbuf_get_n_channels (pixbuf) != 4 || gdk_pixbuf_get_bits_per_sample (pixbuf) != 8 ||
      sizeof head + row_bytes * head.height > out_bytes)
    return FALSE;
  memcpy (out, &head, sizeof head);
  for (guint y = 0; y < head.height; y++)
    memcpy (out + sizeof head + row_bytes * y,
            gdk_pixbuf_read_pixels (pixbuf) + (gsize) gdk_pixbuf_get_rowstride (pixbuf) * y,
            row_bytes);
  return TRUE;
}

static gboolean
decode (GdkPixbufLoader *loader,
        const guint8    *in,
        gsize            in_bytes,
        guint8          *out,
        gsize            out_bytes)
{
  g_autoptr (GdkPixbuf) upright = NULL;
  g_autoptr (GdkPixbuf) pixels = NULL;
  gboolean is_whole = gdk_pixbuf_loader_write (loader, in, in_bytes, NULL);

  if (!gdk_pixbuf_loader_close (loader, NULL) || !is_whole ||
      gdk_pixbuf_loader_get_pixbuf (loader) == NULL)
    return FALSE;
  upright = gdk_pixbuf_apply_embedded_orientation (gdk_pixbuf_loader_get_pixbuf (loader));
  if (upright != NULL)
    pixels = gdk_pixbuf_get_has_alpha (upright) ? g_object_ref (upright)
                                                : gdk_pixbuf_add_alpha (upright, FALSE, 0, 0, 0);
  return pixels != NULL && put (pixels, out, out_bytes);
}

/* 0: not a size. */
static int
read_size (const char *text)
{
  guint64 size = 0;

  return g_ascii_string_to_unsigned (text, 10, 1, 1 << 20, &size, NULL) ? (int) size : 0;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GdkPixbufLoader) loader = NULL;
  gsize in_bytes = 0, out_bytes = 0;
  guint8 *in, *out;
  Box box;

  if (argc != 4)
    return EXIT_USAGE;
  box = (Box){ read_size (argv[2]), read_size (argv[3]) };
  in = map (USHER_THUMBNAILER_IN, PROT_READ, &in_bytes);
  out = map (USHER_THUMBNAILER_OUT, PROT_READ | PROT_WRITE, &out_bytes);
  if (in == NULL || out == NULL || box.width <= 0 || box.height <= 0)
    return EXIT_USAGE;
  /* Not longer than who asks. */
  if (prctl (PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      !limit (RLIMIT_AS, USHER_THUMBNAILER_MEMORY_BYTES) ||
      !limit (RLIMIT_CPU, USHER_THUMBNAILER_CPU_S) || !limit (RLIMIT_CORE, 0))
    return EXIT_NO_SANDBOX;
  /* What decodes this kind is loaded while files can be opened. */
  loader = gdk_pixbuf_loader_new_with_mime_type (argv[1], NULL);
  if (loader == NULL)
    return EXIT_DAMAGED;
  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), &box);
  if (!close_the_door ())
    return EXIT_NO_SANDBOX;
  return decode (loader, in, in_bytes, out, out_bytes) ? EXIT_SUCCESS : EXIT_DAMAGED;
}
