/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-config-private.h"

G_BEGIN_DECLS

/**
 * GateReader: reads one list of records. What is wrong is reported with its place, and reading goes on.
 */
typedef struct {
  const char *name; /* of the file */
  GPtrArray *errors;
  const char *key;  /* such as "queues" */
  const char *what; /* one of them: "queue" */
  const char *const *fields;
} GateReader;

gboolean gate_reader_check_list (const GateReader *reader,
                                 const GateYaml   *list);

/** gate_reader_check: %FALSE: it is no record. A field that is not known is reported. */
gboolean gate_reader_check (const GateReader *reader,
                            const GateYaml   *record);

/** gate_reader_take_text: (transfer full) (nullable) */
char *gate_reader_take_text (const GateReader *reader,
                             const GateYaml   *record,
                             const char       *field) G_GNUC_WARN_UNUSED_RESULT;

/** gate_reader_take_name: (transfer full) (nullable): text that may go into addresses, logs and metric labels. */
char *gate_reader_take_name (const GateReader *reader,
                             const GateYaml   *record,
                             const char       *field) G_GNUC_WARN_UNUSED_RESULT;

/** gate_reader_take_list: (transfer full) (array zero-terminated=1): empty when absent */
char **gate_reader_take_list (const GateReader *reader,
                              const GateYaml   *record,
                              const char       *field) G_GNUC_WARN_UNUSED_RESULT;

void gate_reader_report_twice (const GateReader *reader,
                               const GateYaml   *record,
                               const char       *name);

G_END_DECLS
