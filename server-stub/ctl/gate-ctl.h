/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Exit codes; `usherctl help` lists them. */
enum {
  GATE_CTL_OK = 0,
  GATE_CTL_FAILED = 1, /* said why on stderr */
  GATE_CTL_USAGE = 2,  /* the command line was wrong */
  GATE_CTL_LOST = 3,   /* demo: something acknowledged was lost, doubled or out of order */
};

/** GateCtlCommand: `usherctl GROUP VERB …`; @verb is NULL for commands of one word. */
typedef struct {
  const char *group;
  const char *verb;
  const char *arguments; /* for the help: "LOGIN" */
  const char *summary;
  int (*run) (const char *program, char **arguments); /* what is behind GROUP VERB */
} GateCtlCommand;

/** gate_ctl_run: finds the command and runs it; @arguments begin with the program's name. Returns: the exit code */
int gate_ctl_run (char **arguments);

/**
 * gate_ctl_parse:
 * @program: "usherctl agent add"
 * @arguments: (inout): what is left are the positional ones
 * @options: the command's own, or %NULL
 * @data: (out) (nullable): where `--data` goes, with the default of usher-gate; %NULL: there is no such option
 * @n_positional: how many must be left
 *
 * Returns: %FALSE when usherctl must end with @ret_code: help was asked for, or a mistake was explained
 */
gboolean gate_ctl_parse (const char           *program,
                         char               ***arguments,
                         const char           *summary,
                         const GOptionEntry   *options,
                         char                **data,
                         int                   n_positional,
                         int                  *ret_code) G_GNUC_WARN_UNUSED_RESULT;

/** gate_ctl_fail: says @error on stderr. Returns: %GATE_CTL_FAILED */
int gate_ctl_fail (const GError *error);

/** gate_ctl_dup_default_data: (transfer full): the data folder usher-gate takes without `--data` */
char *gate_ctl_dup_default_data (void);

/** gate_ctl_append_json: @text as a JSON string with its quotes */
void gate_ctl_append_json (GString    *to,
                           const char *text);

/* The commands, each in the file of its group. */
int gate_ctl_agent_add (const char  *program,
                        char       **arguments);
int gate_ctl_agent_list (const char  *program,
                         char       **arguments);
int gate_ctl_agent_passwd (const char  *program,
                           char       **arguments);
int gate_ctl_agent_disable (const char  *program,
                            char       **arguments);
int gate_ctl_agent_enable (const char  *program,
                           char       **arguments);
int gate_ctl_app_add (const char  *program,
                      char       **arguments);
int gate_ctl_app_list (const char  *program,
                       char       **arguments);
int gate_ctl_backup (const char  *program,
                     char       **arguments);
int gate_ctl_restore (const char  *program,
                      char       **arguments);
int gate_ctl_demo (const char  *program,
                   char       **arguments);
int gate_ctl_doctor (const char  *program,
                     char       **arguments);

G_END_DECLS
