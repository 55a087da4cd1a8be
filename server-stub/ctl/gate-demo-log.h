/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GateDemoLog:
 *
 * What one simulated visitor knows of one conversation: which of its lines were acknowledged where, and which lines it
 * has seen. In the end the gateway's own history is held against it.
 */
typedef struct _GateDemoLog GateDemoLog;

typedef struct {
  guint64 lost;       /* acknowledged, but not in the history, or not as it was sent */
  guint64 duplicates; /* one line of ours twice in the history */
  guint64 gaps;       /* numbers missing in the history */
  guint64 disorders;  /* a number that says another thing than when it was first seen */
} GateDemoFaults;

GateDemoLog *gate_demo_log_new (guint64 conv);
void gate_demo_log_free (GateDemoLog *self);
guint64 gate_demo_log_get_conv (const GateDemoLog *self);

/** gate_demo_log_acked: our line @cid has @seq; @text lives as long as the log. FALSE: it had another number before */
gboolean gate_demo_log_acked (GateDemoLog *self,
                              guint64      seq,
                              guint64      cid,
                              const char  *text);

/** gate_demo_log_seen: a line arrived. FALSE: it was known */
gboolean gate_demo_log_seen (GateDemoLog *self,
                             guint64      seq,
                             guint64      cid);

/** gate_demo_log_get_known: up to which number nothing is missing */
guint64 gate_demo_log_get_known (const GateDemoLog *self);

/* The history, from the first line: each row in turn, then the end. */
void gate_demo_log_check_row (GateDemoLog    *self,
                              guint64         seq,
                              guint64         cid,
                              const char     *text,
                              GateDemoFaults *faults);
void gate_demo_log_check_end (GateDemoLog    *self,
                              GateDemoFaults *faults);

/** gate_demo_log_get_checked: the last number that was checked */
guint64 gate_demo_log_get_checked (const GateDemoLog *self);

G_END_DECLS
