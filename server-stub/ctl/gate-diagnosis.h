/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-host.h"

G_BEGIN_DECLS

/* What a visitor costs, measured: docs/performance.md has the commands. */
#define GATE_VISITOR_USER_BYTES   512   /* edge and core */
#define GATE_VISITOR_KERNEL_BYTES 4400  /* the server's end of a TCP connection */
#define GATE_VISITOR_TLS_BYTES    14336 /* on top, with TLS */

/** GateFinding: one thing about the host. */
typedef struct {
  const char *what;       /* "descriptors" */
  char *value;            /* as people read it; owned */
  guint64 holds_visitors; /* so many at most because of it; %GATE_HOST_UNKNOWN: it limits none */
  gboolean is_short;      /* of what was asked for, or of what is good */
  char *advice; /* (nullable) owned: what to change, with the command where there is one */
} GateFinding;

/** GateDiagnosis: what limits a host, what it would hold, what to change. */
typedef struct {
  GPtrArray *findings;    /* GateFinding */
  guint64 clear_visitors; /* it would hold in clear text */
  guint64 tls_visitors;   /* and with TLS */
  const char *limited_by; /* in clear text: a finding's @what */
  gboolean is_short;      /* of @wanted_visitors, or of what is good */
} GateDiagnosis;

/** gate_diagnose: judges @host for @wanted_visitors. Nothing is read here: the same facts give the same words. */
GateDiagnosis *
gate_diagnose (const GateHost *host, guint64 wanted_visitors) G_GNUC_WARN_UNUSED_RESULT;
void gate_diagnosis_free (GateDiagnosis *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GateDiagnosis, gate_diagnosis_free)

G_END_DECLS
