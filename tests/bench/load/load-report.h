/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "load-histogram.h"

#include <glib.h>

G_BEGIN_DECLS

#define LOAD_MAX_ERROR_CODE 1000u

typedef enum {
  LOAD_COUNT_READY,     /* connected, signed in, prepared */
  LOAD_COUNT_GIVEN_UP,  /* failed before that */
  LOAD_COUNT_ALL_BEGUN, /* 1 when the process has begun everything that was due before the end */
  LOAD_COUNT_OPEN,      /* operations that are due and not done */
  LOAD_COUNT_DONE_IN_WINDOW, /* done while it was measured */
  LOAD_COUNT_BEGUN_ANEW,     /* signed in where there was nothing to resume */
  LOAD_COUNT_DELIVERED,      /* lines and typing that reached an agent */
  LOAD_COUNT_BEATS,
  LOAD_COUNT_BEATS_ANSWERED,
  LOAD_COUNT_BYTES_IN, /* of the sockets, in the measured window */
  LOAD_COUNT_BYTES_OUT,
  /* What may not happen: */
  LOAD_COUNT_CONNECT_FAILED,
  LOAD_COUNT_REFUSED,  /* the upgrade */
  LOAD_COUNT_CLOSED,   /* by the server, unasked */
  LOAD_COUNT_BROKEN,   /* bytes that are no frame */
  LOAD_COUNT_MISMATCH, /* an answer to something else than was asked */
  LOAD_COUNT_NOT_RESUMED,
  LOAD_COUNT_UPLOAD_FAILED,
  LOAD_COUNT_TIMEOUT, /* not done at the end; in the percentiles with the time they waited */
  LOAD_N_COUNTS,
} LoadCount;

#define LOAD_FIRST_ERROR LOAD_COUNT_CONNECT_FAILED

typedef enum {
  LOAD_TIME_CONNECT,  /* socket to ready */
  LOAD_TIME_LATENCY,  /* of operations, from when they were meant to begin */
  LOAD_TIME_AWAY,     /* from the end of a connection until its client is ready again */
  LOAD_TIME_DELIVERY, /* line of a visitor, from when it was meant to begin, to an agent */
  LOAD_N_TIMES,
} LoadTime;

/** LoadReport: what one process counts, in memory it shares with its parent. Only that process writes. */
typedef struct {
  guint64 counts[LOAD_N_COUNTS];
  guint64 error_codes[LOAD_MAX_ERROR_CODE]; /* Error frames, by code */
  LoadHistogram times[LOAD_N_TIMES];
  gint64 first_us, last_ready_us; /* of connecting; of resuming in a storm */
} LoadReport;

static inline guint64
load_report_get (const LoadReport *self,
                 LoadCount         count)
{
  return __atomic_load_n (&self->counts[count], __ATOMIC_RELAXED);
}

static inline void
load_report_add (LoadReport *self,
                 LoadCount   count,
                 gint64      n)
{
  __atomic_store_n (&self->counts[count], self->counts[count] + (guint64) n, __ATOMIC_RELAXED);
}

/** load_report_merge: adds @other, of a process that has ended or is asked for its counts only. */
void load_report_merge (LoadReport       *self,
                        const LoadReport *other);

guint64 load_report_n_errors (const LoadReport *self);

/** load_report_append_json: `"counts":{…},"errors":{…},"connect":{…},"latency":{…},"delivery":{…}` */
void load_report_append_json (const LoadReport *self,
                              GString          *out);

G_END_DECLS
