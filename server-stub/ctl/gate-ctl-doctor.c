/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-ctl.h"
#include "gate-diagnosis.h"

#include <sys/resource.h>

#define DEFAULT_VISITORS 10000
#define N_SYNCS          100

static guint64
get_descriptors (void)
{
  struct rlimit limit = { 0 };

  return getrlimit (RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max != RLIM_INFINITY
           ? (guint64) limit.rlim_max
           : GATE_HOST_UNKNOWN;
}

static void
print_finding (const GateFinding *finding)
{
  g_print ("%-6s %-24s %s\n", finding->is_short ? "SHORT" : "ok", finding->what, finding->value);
  if (finding->advice != NULL)
    g_print ("       %-24s → %s\n", "", finding->advice);
}

static void
print_text (const GateDiagnosis *diagnosis,
            guint64              n_wanted)
{
  for (guint i = 0; i < diagnosis->findings->len; i++)
    print_finding (g_ptr_array_index (diagnosis->findings, i));
  if (diagnosis->clear_visitors != GATE_HOST_UNKNOWN)
    g_print ("This host would hold %" G_GUINT64_FORMAT " visitors in clear text, %" G_GUINT64_FORMAT
             " with TLS (limited by: %s).\n",
             diagnosis->clear_visitors, diagnosis->tls_visitors, diagnosis->limited_by);
  g_print (diagnosis->is_short ? "For %" G_GUINT64_FORMAT
                                 " visitors, change what is marked SHORT.\n"
                               : "It is fit for %" G_GUINT64_FORMAT " visitors.\n",
           n_wanted);
}

static void
append_number (GString    *json,
               const char *key,
               guint64     number)
{
  if (number == GATE_HOST_UNKNOWN)
    g_string_append_printf (json, ",\"%s\":null", key);
  else
    g_string_append_printf (json, ",\"%s\":%" G_GUINT64_FORMAT, key, number);
}

static void
append_finding (GString           *json,
                const GateFinding *finding)
{
  g_string_append (json, "{\"what\":");
  gate_ctl_append_json (json, finding->what);
  g_string_append (json, ",\"value\":");
  gate_ctl_append_json (json, finding->value);
  append_number (json, "holds_visitors", finding->holds_visitors);
  g_string_append_printf (json, ",\"short\":%s", finding->is_short ? "true" : "false");
  if (finding->advice != NULL) {
    g_string_append (json, ",\"advice\":");
    gate_ctl_append_json (json, finding->advice);
  }
  g_string_append_c (json, '}');
}

static void
print_json (const GateDiagnosis *diagnosis,
            guint64              n_wanted)
{
  g_autoptr (GString) json = g_string_new ("{\"findings\":[");

  for (guint i = 0; i < diagnosis->findings->len; i++) {
    if (i > 0)
      g_string_append_c (json, ',');
    append_finding (json, g_ptr_array_index (diagnosis->findings, i));
  }
  g_string_append_c (json, ']');
  append_number (json, "wanted_visitors", n_wanted);
  append_number (json, "clear_visitors", diagnosis->clear_visitors);
  append_number (json, "tls_visitors", diagnosis->tls_visitors);
  g_string_append_printf (json, ",\"short\":%s}", diagnosis->is_short ? "true" : "false");
  g_print ("%s\n", json->str);
}

/* The folder may not be there yet: then its parent's disk is the one it will be on. */
static char *
dup_nearest_folder (const char *path)
{
  char *folder = g_strdup (path);

  while (!g_file_test (folder, G_FILE_TEST_IS_DIR)) {
    char *parent = g_path_get_dirname (folder);

    g_free (folder);
    folder = parent;
  }
  return folder;
}

int
gate_ctl_doctor (const char  *program,
                 char       **arguments)
{
  int n_visitors = DEFAULT_VISITORS;
  gboolean is_json = FALSE;
  const GOptionEntry entries[] = {
    { "visitors", 0, 0, G_OPTION_ARG_INT, &n_visitors,
      "How many this host should hold (default: 10000)", "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &is_json, "Answer in JSON", NULL },
    { NULL },
  };
  g_autofree char *data = NULL;
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GateDiagnosis) diagnosis = NULL;
  GateHost host;
  int code;

  if (!gate_ctl_parse (program, &arguments,
                       "Says what limits this host, what it would hold and what to change.",
                       entries, &data, 0, &code))
    return code;
  if (n_visitors < 1) {
    g_printerr ("%s: --visitors needs a number from 1 on\n", program);
    return GATE_CTL_USAGE;
  }
  gate_host_read (&host, "", get_descriptors ());
  folder = dup_nearest_folder (data);
  if (!gate_host_time_syncs (&host, folder, N_SYNCS, &error))
    return gate_ctl_fail (error);
  diagnosis = gate_diagnose (&host, (guint64) n_visitors);
  if (is_json)
    print_json (diagnosis, (guint64) n_visitors);
  else
    print_text (diagnosis, (guint64) n_visitors);
  return diagnosis->is_short ? GATE_CTL_FAILED : GATE_CTL_OK;
}
