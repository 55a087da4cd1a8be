/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-workers.h"

G_BEGIN_DECLS

#define GATE_SANDBOX_BIT(sandbox) (1u << (sandbox))

/** GateSandboxCheck: what one argument of an allowed call must be. */
typedef enum {
  GATE_SANDBOX_ANY,
  GATE_SANDBOX_MASKED, /* argument & mask == value */
} GateSandboxCheck;

/** GateSandboxRow: one system call some role may make. A call in no row of a role kills its process. */
typedef struct {
  int number;  /* SCMP_SYS */
  guint roles; /* GATE_SANDBOX_BIT of each that may */
  int refuse; /* 0, or the errno it gets instead: for calls that libraries try and can do without */
  GateSandboxCheck check;
  guint argument;
  guint64 mask;
  guint64 value;
} GateSandboxRow;

extern const GateSandboxRow gate_sandbox_rows[];
extern const guint gate_n_sandbox_rows;

/** gate_forbidden_rows: what ends any process of the gateway, or is refused to it; `roles` means nothing here. */
extern const GateSandboxRow gate_forbidden_rows[];
extern const guint gate_n_forbidden_rows;

/** gate_sandbox_namespaces: the CLONE_NEW* bits of a role. */
int gate_sandbox_namespaces (GateSandbox sandbox);

G_END_DECLS
