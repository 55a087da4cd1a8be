/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "load-options.h"

#include <glib.h>

G_BEGIN_DECLS

/** LoadSample: the server's processes at one moment, in the order of LoadOptions.watches. */
typedef struct {
  double cpu_s[LOAD_MAX_WATCHES];    /* user and system, all threads */
  guint64 own_kib[LOAD_MAX_WATCHES]; /* anonymous and shared memory, as PSS counts it */
} LoadSample;

/** load_watch_sample: @with_memory: own_kib too, whose reading walks the process's page tables: not while it is measured. */
void load_watch_sample (const LoadOptions *options,
                        gboolean           with_memory,
                        LoadSample        *ret_sample);

/** load_watch_cpu_s: what all processes used between two samples. */
double load_watch_cpu_s (const LoadOptions *options,
                         const LoadSample  *from,
                         const LoadSample  *to);

G_END_DECLS
