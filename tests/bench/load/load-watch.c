/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load-watch.h"

#include <string.h>
#include <unistd.h>

static char *
read_proc (guint       pid,
           const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%u/%s", pid, name);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

/* utime and stime are fields 14 and 15; the second may hold spaces and brackets (proc(5)), so what follows is counted. */
static double
read_cpu_s (guint pid)
{
  g_autofree char *text = read_proc (pid, "stat");
  const char *rest = text != NULL ? strrchr (text, ')') : NULL;
  g_auto (GStrv) fields = g_strsplit (rest != NULL ? rest + 2 : "", " ", -1);
  guint64 ticks;

  if (g_strv_length (fields) < 13)
    return 0;
  ticks = g_ascii_strtoull (fields[11], NULL, 10) + g_ascii_strtoull (fields[12], NULL, 10);
  return (double) ticks / (double) sysconf (_SC_CLK_TCK);
}

static guint64
line_kib (const char *text,
          const char *name)
{
  const char *line = strstr (text, name);

  return line != NULL ? g_ascii_strtoull (line + strlen (name), NULL, 10) : 0;
}

/* Without code and other files: of those more pages are touched under load, but not more for each connection. */
static guint64
read_own_kib (guint pid)
{
  g_autofree char *text = read_proc (pid, "smaps_rollup");

  return text != NULL ? line_kib (text, "\nPss_Anon:") + line_kib (text, "\nPss_Shmem:") : 0;
}

void
load_watch_sample (const LoadOptions *options,
                   gboolean           with_memory,
                   LoadSample        *ret_sample)
{
  for (guint i = 0; i < options->n_watches; i++) {
    ret_sample->cpu_s[i] = read_cpu_s (options->watches[i]);
    ret_sample->own_kib[i] = with_memory ? read_own_kib (options->watches[i]) : 0;
  }
}

double
load_watch_cpu_s (const LoadOptions *options,
                  const LoadSample  *from,
                  const LoadSample  *to)
{
  double sum_s = 0;

  for (guint i = 0; i < options->n_watches; i++)
    sum_s += to->cpu_s[i] - from->cpu_s[i];
  return sum_s;
}
