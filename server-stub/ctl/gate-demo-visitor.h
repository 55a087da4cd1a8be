/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-caller.h"
#include "gate-demo-log.h"

G_BEGIN_DECLS

typedef enum {
  GATE_DEMO_TALK,   /* say lines */
  GATE_DEMO_SETTLE, /* only get acknowledged what was said */
  GATE_DEMO_VERIFY, /* read the history back */
} GateDemoPhase;

/** GateDemo: what all visitors share. */
typedef struct {
  GateGateway gateway;
  GRand *random;
  const char *app;
  GateDemoPhase phase;
  double line_s; /* between two lines of one visitor; 0 = they are silent */
  double drop_s; /* mean time between two pulls at a visitor's cable; 0 = never */
  guint haste;   /* all pauses of reconnecting are divided by it */

  /* counted */
  guint64 sent;    /* lines, each once */
  guint64 retried; /* lines sent again */
  guint64 acked;
  guint64 refused;  /* answered with an error that trying again does not help */
  guint64 received; /* lines of others, each once */
  guint64 reconnects, resumed;
  guint n_open;
  guint64 n_welcomed;   /* visitors that ever got in */
  guint64 n_given_up;   /* told to stop */
  GArray *latencies_us; /* guint32, of acknowledged lines, from the first try */
  GateDemoFaults faults;
} GateDemo;

typedef struct _GateDemoVisitor GateDemoVisitor;

GateDemoVisitor *gate_demo_visitor_new (GateDemo *demo,
                                        guint32   number);
void gate_demo_visitor_free (GateDemoVisitor *self);

/** gate_demo_visitor_start: calls after @delay_ms */
void gate_demo_visitor_start (GateDemoVisitor *self,
                              guint64          delay_ms);

/** gate_demo_visitor_verify: begins to read the histories of all its conversations */
void gate_demo_visitor_verify (GateDemoVisitor *self);

/** gate_demo_visitor_get_pending: lines said that nobody acknowledged */
guint gate_demo_visitor_get_pending (const GateDemoVisitor *self);

/** gate_demo_visitor_is_verified: all of its histories were read to the end */
gboolean gate_demo_visitor_is_verified (const GateDemoVisitor *self);

G_END_DECLS
