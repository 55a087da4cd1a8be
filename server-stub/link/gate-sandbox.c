/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Order matters: give up root while that is allowed, enter namespaces while unshare is allowed, drop the capabilities that a
 * user namespace brings, and close the door with seccomp.
 */
#include "config.h"

#include "gate-log.h"
#include "gate-sandbox-table.h"
#include "gate-workers.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY 65534u /* the kernel's own overflow id, and Debian's nobody */

static gboolean
failed (GError     **error,
        const char  *what,
        int          number)
{
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number),
               "Cannot enter the sandbox: %s: %s", what, g_strerror (number));
  return FALSE;
}

static gboolean
drop_root (GError **error)
{
  if (geteuid () != 0)
    return TRUE;
  if (setgroups (0, NULL) != 0)
    return failed (error, "setgroups", errno);
  if (setresgid (NOBODY, NOBODY, NOBODY) != 0)
    return failed (error, "setresgid", errno);
  if (setresuid (NOBODY, NOBODY, NOBODY) != 0)
    return failed (error, "setresuid", errno);
  /* A change of user forgets who is to kill us when the core dies. */
  if (prctl (PR_SET_PDEATHSIG, SIGKILL) != 0)
    return failed (error, "prctl", errno);
  return TRUE;
}

/* Where the host allows none the worker lives without: seccomp stands in any case. */
static void
enter_namespaces (GateSandbox sandbox)
{
  if (unshare (gate_sandbox_namespaces (sandbox)) != 0)
    gate_log (GATE_LOG_INFO, "sandbox_without_namespace", "err", "s", g_strerror (errno), NULL);
}

static gboolean
drop_capabilities (GError **error)
{
  struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct none[2] = { 0 };

  if (syscall (SYS_capset, &head, none) != 0)
    return failed (error, "capset", errno);
  return TRUE;
}

/* @otherwise, unless the row says that it is to be refused. */
static int
add_row (scmp_filter_ctx       filter,
         const GateSandboxRow *row,
         guint32               otherwise)
{
  guint32 action = row->refuse != 0 ? SCMP_ACT_ERRNO ((guint16) row->refuse) : otherwise;
  struct scmp_arg_cmp check = { row->argument, SCMP_CMP_MASKED_EQ, row->mask, row->value };

  if (row->check == GATE_SANDBOX_ANY)
    return seccomp_rule_add (filter, action, row->number, 0);
  return seccomp_rule_add_array (filter, action, row->number, 1, &check);
}

static int
allow (scmp_filter_ctx filter,
       GateSandbox     sandbox)
{
  int result = 0;

  for (guint i = 0; i < gate_n_sandbox_rows && result == 0; i++)
    if ((gate_sandbox_rows[i].roles & GATE_SANDBOX_BIT (sandbox)) != 0)
      result = add_row (filter, &gate_sandbox_rows[i], SCMP_ACT_ALLOW);
  return result;
}

static int
forbid (scmp_filter_ctx filter)
{
  int result = 0;

  for (guint i = 0; i < gate_n_forbidden_rows && result == 0; i++)
    result = add_row (filter, &gate_forbidden_rows[i], SCMP_ACT_KILL_PROCESS);
  return result;
}

/* (transfer full) (nullable) */
static scmp_filter_ctx
make_filter (guint32 otherwise)
{
  scmp_filter_ctx filter = seccomp_init (otherwise);

  if (filter != NULL &&
      seccomp_attr_set (filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) != 0)
    g_clear_pointer (&filter, seccomp_release);
  return filter;
}

/* (transfer full): @filter; @result is what filling it came to. */
static gboolean
close_the_door (scmp_filter_ctx   filter,
                int               result,
                GError          **error)
{
  if (result == 0)
    result = seccomp_load (filter);
  seccomp_release (filter);
  return result == 0 || failed (error, "seccomp", -result);
}

gboolean
gate_sandbox_enter (GateSandbox   sandbox,
                    GError      **error)
{
  scmp_filter_ctx filter;

  if (!drop_root (error))
    return FALSE;
  enter_namespaces (sandbox);
  if (!drop_capabilities (error))
    return FALSE;
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return failed (error, "no-new-privs", errno);
  filter = make_filter (SCMP_ACT_KILL_PROCESS);
  if (filter == NULL)
    return failed (error, "seccomp_init", ENOMEM);
  return close_the_door (filter, allow (filter, sandbox), error);
}

gboolean
gate_sandbox_forbid (GError **error)
{
  scmp_filter_ctx filter;

  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return failed (error, "no-new-privs", errno);
  filter = make_filter (SCMP_ACT_ALLOW);
  if (filter == NULL)
    return failed (error, "seccomp_init", ENOMEM);
  return close_the_door (filter, forbid (filter), error);
}
