/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-ctl.h"

#include "gate-password.h"
#include "gate-store-admin.h"
#include "gate-store-db.h"
#include "gate-store-sqlite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_LOGIN_CHARACTERS 64
#define MAX_CAPACITY         100
#define DEFAULT_CAPACITY     5

/* --- Checking --------------------------------------------------------------------------------------- */

static gboolean
usage (const char *program,
       const char *what)
{
  g_printerr ("%s: %s. “%s --help” explains.\n", program, what, program);
  return FALSE;
}

static gboolean
is_login (const char *text)
{
  gsize n = strlen (text);

  if (n == 0 || n > MAX_LOGIN_CHARACTERS)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isalnum (text[i]) && strchr ("._@+-", text[i]) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
is_role (const char *text)
{
  static const char *const roles[] = { "agent", "supervisor", "auditor", "admin", NULL };

  return g_strv_contains (roles, text);
}

/* "a,b" to ["a","b"]; nothing is every queue. */
static char *
dup_queues (const char *text)
{
  g_auto (GStrv) names = g_strsplit (text != NULL ? text : "", ",", -1);
  GString *json = g_string_new ("[");

  for (gsize i = 0; names[i] != NULL; i++) {
    const char *name = g_strstrip (names[i]);

    if (name[0] == '\0')
      continue;
    if (json->len > 1)
      g_string_append_c (json, ',');
    gate_ctl_append_json (json, name);
  }
  g_string_append_c (json, ']');
  return g_string_free (json, FALSE);
}

/* --- agent add, agent passwd ------------------------------------------------------------------------ */

typedef struct {
  char *password;
  char *hash;
  gboolean is_one_time;
} Secret;

static void
secret_clear (Secret *self)
{
  gate_password_free (self->password);
  g_free (self->hash);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Secret, secret_clear)

static gboolean
get_secret (Secret    *self,
            gboolean   is_from_stdin,
            GError   **error)
{
  self->is_one_time = !is_from_stdin;
  self->password = is_from_stdin ? gate_password_read (STDIN_FILENO, error) : gate_password_new ();
  if (self->password == NULL)
    return FALSE;
  self->hash = gate_password_hash (self->password);
  if (self->hash != NULL)
    return TRUE;
  g_set_error (error, GATE_STORE_ERROR, GATE_STORE_ERROR_OPEN,
               "Hashing a password needs 64 MiB of memory, which are not free");
  return FALSE;
}

static void
say_secret (const Secret *secret,
            const char   *login)
{
  if (secret->is_one_time)
    g_print ("One-time password of %s: %s\nIt is shown only here and must be changed at the first "
             "sign-in.\n",
             login, secret->password);
}

typedef struct {
  char *data, *name, *role, *queues;
  int capacity;
  gboolean is_from_stdin;
} AddOptions;

static void
add_options_clear (AddOptions *self)
{
  g_free (self->data);
  g_free (self->name);
  g_free (self->role);
  g_free (self->queues);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AddOptions, add_options_clear)

static gboolean
check_add (const char       *program,
           const AddOptions *options,
           const char       *login)
{
  if (!is_login (login))
    return usage (program, "a login has 1 to 64 letters, digits and . _ @ + -");
  if (options->name == NULL || options->name[0] == '\0')
    return usage (program, "--name is needed: what visitors see");
  if (options->role != NULL && !is_role (options->role))
    return usage (program, "--role is one of agent, supervisor, auditor, admin");
  if (options->capacity < 1 || options->capacity > MAX_CAPACITY)
    return usage (program, "--capacity is 1 to 100 chats at a time");
  return TRUE;
}

static int
add_agent (const AddOptions *options,
           const char       *login)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GateAdmin) admin = NULL;
  g_auto (Secret) secret = { NULL, NULL, FALSE };
  g_autofree char *queues = dup_queues (options->queues);
  GateAgentRow row = {
    .login = login,
    .name = options->name,
    .role = options->role != NULL ? options->role : "agent",
    .queues = queues,
    .skills = "[]",
    .capacity = (guint32) options->capacity,
    .created_at = (guint64) g_get_real_time () / 1000,
  };

  if (!get_secret (&secret, options->is_from_stdin, &error))
    return gate_ctl_fail (error);
  admin = gate_admin_open (options->data, &error);
  if (admin == NULL)
    return gate_ctl_fail (error);
  row.password = secret.hash;
  row.must_change = secret.is_one_time;
  if (!gate_admin_add_agent (admin, &row, &error))
    return gate_ctl_fail (error);
  g_print ("Added %s “%s”, number %" G_GUINT64_FORMAT ".\n", row.role, login, row.agent);
  say_secret (&secret, login);
  return GATE_CTL_OK;
}

int
gate_ctl_agent_add (const char  *program,
                    char       **arguments)
{
  g_auto (AddOptions) options = { .capacity = DEFAULT_CAPACITY };
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, "Name that visitors see (needed)", "NAME" },
    { "role", 0, 0, G_OPTION_ARG_STRING, &options.role,
      "agent (default), supervisor, auditor or admin", "ROLE" },
    { "queues", 0, 0, G_OPTION_ARG_STRING, &options.queues, "Queues they serve (default: all)",
      "A,B" },
    { "capacity", 0, 0, G_OPTION_ARG_INT, &options.capacity, "Chats at a time (default: 5)", "N" },
    { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &options.is_from_stdin,
      "Read the password from the first line of standard input", NULL },
    { NULL },
  };
  int code;

  if (!gate_ctl_parse (program, &arguments, "Adds an agent. Works while the gateway runs.", entries,
                       &options.data, 1, &code))
    return code;
  code = check_add (program, &options, arguments[1]) ? add_agent (&options, arguments[1])
                                                     : GATE_CTL_USAGE;
  g_strfreev (arguments);
  return code;
}

static int
set_password (const char *data,
              const char *login,
              gboolean    is_from_stdin)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GateAdmin) admin = NULL;
  g_auto (Secret) secret = { NULL, NULL, FALSE };

  if (!get_secret (&secret, is_from_stdin, &error))
    return gate_ctl_fail (error);
  admin = gate_admin_open (data, &error);
  if (admin == NULL ||
      !gate_admin_set_password (admin, login, secret.hash, secret.is_one_time, &error))
    return gate_ctl_fail (error);
  g_print ("Changed the password of “%s”; their sessions end.\n", login);
  say_secret (&secret, login);
  return GATE_CTL_OK;
}

int
gate_ctl_agent_passwd (const char  *program,
                       char       **arguments)
{
  g_autofree char *data = NULL;
  gboolean is_from_stdin = FALSE;
  const GOptionEntry entries[] = {
    { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &is_from_stdin,
      "Read the password from the first line of standard input", NULL },
    { NULL },
  };
  int code;

  if (!gate_ctl_parse (program, &arguments,
                       "Gives an agent a new password, one-time unless read from standard input, "
                       "and ends their sessions.",
                       entries, &data, 1, &code))
    return code;
  code = set_password (data, arguments[1], is_from_stdin);
  g_strfreev (arguments);
  return code;
}

/* --- agent disable, agent enable --------------------------------------------------------------------- */

static int
set_disabled (const char  *program,
              char       **arguments,
              const char  *summary,
              gboolean     is_disabled)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GateAdmin) admin = NULL;
  int code;

  if (!gate_ctl_parse (program, &arguments, summary, NULL, &data, 1, &code))
    return code;
  admin = gate_admin_open (data, &error);
  if (admin != NULL && gate_admin_set_disabled (admin, arguments[1], is_disabled, &error)) {
    g_print ("%s “%s”.\n", is_disabled ? "Disabled" : "Enabled", arguments[1]);
    code = GATE_CTL_OK;
  } else {
    code = gate_ctl_fail (error);
  }
  g_strfreev (arguments);
  return code;
}

int
gate_ctl_agent_disable (const char  *program,
                        char       **arguments)
{
  return set_disabled (program, arguments, "Ends an agent's sessions and lets them in no more.",
                       TRUE);
}

int
gate_ctl_agent_enable (const char  *program,
                       char       **arguments)
{
  return set_disabled (program, arguments, "Lets a disabled agent in again.", FALSE);
}

/* --- agent list ------------------------------------------------------------------------------------- */

static void
append_agent_json (GString            *to,
                   const GateAgentRow *row)
{
  g_string_append_printf (to, "  {\"id\": %" G_GUINT64_FORMAT ", \"login\": ", row->agent);
  gate_ctl_append_json (to, row->login);
  g_string_append (to, ", \"name\": ");
  gate_ctl_append_json (to, row->name);
  g_string_append (to, ", \"role\": ");
  gate_ctl_append_json (to, row->role);
  g_string_append_printf (
    to, ", \"queues\": %s, \"capacity\": %u, \"must_change\": %s, \"disabled\": %s}", row->queues,
    row->capacity, row->must_change ? "true" : "false", row->is_disabled ? "true" : "false");
}

static void
print_json (const GateSnapshot *snapshot)
{
  g_autoptr (GString) text = g_string_new ("[\n");

  for (guint i = 0; i < snapshot->n_agents; i++) {
    if (i > 0)
      g_string_append (text, ",\n");
    append_agent_json (text, &snapshot->agents[i]);
  }
  /* Not g_print(): JSON is UTF-8 in every locale. */
  printf ("%s\n]\n", text->str);
}

static void
print_table (const GateSnapshot *snapshot)
{
  g_print ("%-20s %-20s %-11s %-8s %s\n", "LOGIN", "NAME", "ROLE", "CAPACITY", "STATE");
  for (guint i = 0; i < snapshot->n_agents; i++) {
    const GateAgentRow *row = &snapshot->agents[i];
    const char *state = row->is_disabled ? "disabled" : row->must_change ? "one-time password" : "";

    g_print ("%-20s %-20s %-11s %-8u %s\n", row->login, row->name, row->role, row->capacity, state);
  }
}

int
gate_ctl_agent_list (const char  *program,
                     char       **arguments)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GateAdmin) admin = NULL;
  gboolean is_json = FALSE;
  GateSnapshot *snapshot = NULL;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &is_json, "Print a JSON array", NULL },
    { NULL },
  };
  int code;

  if (!gate_ctl_parse (program, &arguments, "Lists the agents.", entries, &data, 0, &code))
    return code;
  g_strfreev (arguments);
  admin = gate_admin_open (data, &error);
  if (admin != NULL)
    snapshot = gate_admin_load (admin, &error);
  if (snapshot == NULL)
    return gate_ctl_fail (error);
  if (is_json)
    print_json (snapshot);
  else
    print_table (snapshot);
  gate_store_snapshot_free (snapshot);
  return GATE_CTL_OK;
}
