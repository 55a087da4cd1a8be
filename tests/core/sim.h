/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-core.h"
#include "memory-store.h"

G_BEGIN_DECLS

/**
 * Sim:
 *
 * Whole days of a busy shop from one seed: visitors with several devices, agents with theirs, a store that takes its time
 * and sometimes fails, and kills of everything at any step. Each client keeps what it was told, and whatever does not fit
 * together ends the run with its tail. The same seed runs the same way twice.
 */
typedef struct _Sim Sim;

typedef struct {
  guint64 seed;
  guint64 n_events; /* stop after so many; 0 = no limit */
  double n_days;    /* stop after so much simulated time; 0 = no limit */
  guint n_visitors, n_agents;
  guint kill_every;  /* steps between two kills, on average; 0 = never */
  guint fail_every;  /* steps between two failures of the store; 0 = never */
  guint check_every; /* steps between two full checks */
  gboolean is_verbose;
} SimOptions;

typedef struct {
  guint64 n_events; /* handed to the core: frames, connections, results, ticks that were due */
  guint64 n_messages, n_convs, n_notes;
  guint64 n_kills, n_resumes, n_signins, n_duplicates, n_failures, n_gaps, n_refused, n_offers,
    n_merges;
  double n_days;
  guint64 digest; /* of everything that was sent, in order */
} SimResult;

#define SIM_OPTIONS_DEFAULT                                                               \
  {                                                                                       \
    .seed = 1, .n_events = 200000, .n_visitors = 150, .n_agents = 12, .kill_every = 8000, \
    .fail_every = 6000, .check_every = 1000                                               \
  }

/** sim_run: aborts with the tail of the run when anything is wrong. */
SimResult sim_run (const SimOptions *options);

G_END_DECLS
