/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-link.h"
#include "gate-metrics.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct _GateAsks GateAsks;
typedef struct _GateConns GateConns;
typedef struct _GateHttpConfig GateHttpConfig;
typedef struct _GateMediaStore GateMediaStore;
typedef struct _GateWhoCache GateWhoCache;

/** GateHttp: what the parts of the worker share. One a process; lives as long as the process. */
typedef struct {
  guint index;
  GMainLoop *main_loop;
  GateLink *core;
  GateAsks *asks;
  GateConns *conns;
  SoupServer *server;
  GateHttpConfig *config; /* the newest; replaced as a whole */
  GateMediaStore *media;  /* NULL without a data folder */
  GateWhoCache *who;
  GateMetrics *metrics; /* (nullable) */
  gint64 heard_us;      /* when the core last spoke, monotonic: its loop turned */
  gboolean is_started;  /* the core was ready once */
  gboolean is_draining;
} GateHttp;

G_END_DECLS
