/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-ctl.h"

#include <locale.h>
#include <string.h>
#include <unistd.h>

#define SERVICE_DATA "/var/lib/usher"

/* clang-format off */
static const GateCtlCommand commands[] = {
  { "agent", "add", "LOGIN", "Add an agent; prints a one-time password", gate_ctl_agent_add },
  { "agent", "list", "", "List the agents", gate_ctl_agent_list },
  { "agent", "passwd", "LOGIN", "Give an agent a new password", gate_ctl_agent_passwd },
  { "agent", "disable", "LOGIN", "Close an agent's sessions and let them in no more", gate_ctl_agent_disable },
  { "agent", "enable", "LOGIN", "Let a disabled agent in again", gate_ctl_agent_enable },
  { "app", "add", "NAME", "Allow the widget on a site; prints its key and snippet", gate_ctl_app_add },
  { "app", "list", "", "List the sites", gate_ctl_app_list },
  { "backup", NULL, "FILE", "Copy all data to a new file while the gateway runs", gate_ctl_backup },
  { "restore", NULL, "FILE", "Make a data folder from a backup", gate_ctl_restore },
  { "demo", NULL, "", "Simulate visitors who talk", gate_ctl_demo },
  { "doctor", NULL, "", "Say what limits this host, what it would hold and what to change", gate_ctl_doctor },
};
/* clang-format on */

static void
print_help (void)
{
  g_print ("Usage: usherctl COMMAND [OPTION…] [ARGUMENT]\n\nCommands:\n");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_autofree char *words =
      g_strdup_printf ("%s%s%s %s", commands[i].group, commands[i].verb != NULL ? " " : "",
                       commands[i].verb != NULL ? commands[i].verb : "", commands[i].arguments);

    g_print ("  %-22s %s\n", words, commands[i].summary);
  }
  g_print (
    "\n“usherctl COMMAND --help” explains the options of one.\n"
    "Exit codes: 0 done; 1 failed, the reason is on stderr; 2 wrong usage; 3 demo only: a message was\n"
    "lost, doubled or out of order.\n");
}

static const GateCtlCommand *
find_command (char **words)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
    const GateCtlCommand *command = &commands[i];

    if (g_strcmp0 (words[0], command->group) == 0 &&
        (command->verb == NULL || g_strcmp0 (words[1], command->verb) == 0))
      return command;
  }
  return NULL;
}

static int
complain (char **words)
{
  g_printerr ("usherctl: there is no command “%s%s%s”. “usherctl help” lists them.\n", words[0],
              words[1] != NULL ? " " : "", words[1] != NULL ? words[1] : "");
  return GATE_CTL_USAGE;
}

int
gate_ctl_run (char **arguments)
{
  char **words = arguments + 1;
  const GateCtlCommand *command;
  g_autofree char *program = NULL;

  if (words[0] == NULL || g_strcmp0 (words[0], "help") == 0 ||
      g_strcmp0 (words[0], "--help") == 0 || g_strcmp0 (words[0], "-h") == 0) {
    print_help ();
    return words[0] == NULL ? GATE_CTL_USAGE : GATE_CTL_OK;
  }
  if (g_strcmp0 (words[0], "--version") == 0) {
    g_print ("usherctl %s\n", USHER_VERSION);
    return GATE_CTL_OK;
  }
  command = find_command (words);
  if (command == NULL)
    return complain (words);
  program = g_strdup_printf ("usherctl %s%s%s", command->group, command->verb != NULL ? " " : "",
                             command->verb != NULL ? command->verb : "");
  return command->run (program, words + (command->verb != NULL ? 2 : 1));
}

char *
gate_ctl_dup_default_data (void)
{
  if (geteuid () == 0 && g_file_test (SERVICE_DATA, G_FILE_TEST_IS_DIR))
    return g_strdup (SERVICE_DATA);
  return g_build_filename (g_get_user_data_dir (), "usher-gate", NULL);
}

int
gate_ctl_fail (const GError *error)
{
  g_printerr ("usherctl: %s\n", error->message);
  return GATE_CTL_FAILED;
}

/* GOption takes the program's name from the first argument, so one is put in front. */
static char **
with_program (const char  *program,
              char       **arguments)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_add (builder, program);
  for (gsize i = 0; arguments[i] != NULL; i++)
    g_strv_builder_add (builder, arguments[i]);
  return g_strv_builder_end (builder);
}

static void
add_options (GOptionContext      *context,
             const GOptionEntry  *options,
             char               **data)
{
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, data,
      "Data folder of the gateway (default: " SERVICE_DATA
      " for root where it exists, else usher-gate in the user's data folder)",
      "DIR" },
    { NULL },
  };

  if (options != NULL)
    g_option_context_add_main_entries (context, options, NULL);
  if (data != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
}

gboolean
gate_ctl_parse (const char           *program,
                char               ***arguments,
                const char           *summary,
                const GOptionEntry   *options,
                char                **data,
                int                   n_positional,
                int                  *ret_code)
{
  static const char *const shapes[] = { "", "ARGUMENT" };
  g_autoptr (GOptionContext) context = g_option_context_new (shapes[n_positional]);
  g_autoptr (GError) error = NULL;
  char **all = with_program (program, *arguments);

  g_option_context_set_summary (context, summary);
  add_options (context, options, data);
  *ret_code = GATE_CTL_USAGE;
  if (!g_option_context_parse_strv (context, &all, &error)) {
    g_printerr ("%s: %s. “%s --help” explains.\n", program, error->message, program);
    g_strfreev (all);
    return FALSE;
  }
  if ((int) g_strv_length (all) - 1 != n_positional) {
    g_printerr ("%s: %s. “%s --help” explains.\n", program,
                n_positional == 0 ? "too many arguments" : "exactly one argument is needed",
                program);
    g_strfreev (all);
    return FALSE;
  }
  if (data != NULL && *data == NULL)
    *data = gate_ctl_dup_default_data ();
  *arguments = all;
  return TRUE;
}

void
gate_ctl_append_json (GString    *to,
                      const char *text)
{
  g_string_append_c (to, '"');
  for (; *text != '\0'; text++)
    if (*text == '"' || *text == '\\')
      g_string_append_printf (to, "\\%c", *text);
    else if ((guchar) *text < ' ')
      g_string_append_printf (to, "\\u%04x", (guint) (guchar) *text);
    else
      g_string_append_c (to, *text);
  g_string_append_c (to, '"');
}
