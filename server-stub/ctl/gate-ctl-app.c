/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-ctl.h"

#include "gate-store-admin.h"
#include "gate-store-sqlite.h"
#include "wire-origin.h"

#include <sodium.h>
#include <string.h>

#define KEY_BYTES    12
#define SECRET_BYTES 32

typedef struct {
  char *data, *gateway;
  char **origins;
} AddOptions;

static void
add_options_clear (AddOptions *self)
{
  g_free (self->data);
  g_free (self->gateway);
  g_strfreev (self->origins);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AddOptions, add_options_clear)

static gboolean
check_origins (const char  *program,
               char       **origins)
{
  if (origins == NULL) {
    g_printerr ("%s: at least one --origin is needed, such as --origin https://shop.example\n",
                program);
    return FALSE;
  }
  for (gsize i = 0; origins[i] != NULL; i++) {
    if (wire_origin_pattern_is_valid (origins[i]))
      continue;
    g_printerr ("%s: “%s” is no origin: it is scheme, host and maybe port, such as "
                "https://shop.example or http://127.0.0.1:*\n",
                program, origins[i]);
    return FALSE;
  }
  return TRUE;
}

static char *
dup_json (char **texts)
{
  GString *json = g_string_new ("[");

  for (gsize i = 0; texts[i] != NULL; i++) {
    if (i > 0)
      g_string_append_c (json, ',');
    gate_ctl_append_json (json, texts[i]);
  }
  g_string_append_c (json, ']');
  return g_string_free (json, FALSE);
}

static char *
dup_random (const char *prefix,
            gsize       n_bytes)
{
  guint8 bytes[SECRET_BYTES];
  char text[sodium_base64_ENCODED_LEN (SECRET_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];

  g_assert (n_bytes <= sizeof bytes && sodium_init () >= 0);
  randombytes_buf (bytes, n_bytes);
  sodium_bin2base64 (text, sizeof text, bytes, n_bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return g_strconcat (prefix, text, NULL);
}

static int
add_app (const AddOptions *options,
         const char       *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GateAdmin) admin = gate_admin_open (options->data, &error);
  g_autofree char *origins = dup_json (options->origins);
  g_autofree char *key = dup_random ("app_", KEY_BYTES);
  g_autofree char *secret = dup_random ("", SECRET_BYTES);
  const GateAppRow row = { key, name, origins, secret };

  if (admin == NULL || !gate_admin_add_app (admin, &row, &error))
    return gate_ctl_fail (error);
  g_print ("Added “%s”.\nKey: %s\nSecret, to sign visitors' identities with; keep it on the "
           "server: %s\nSnippet for the pages:\n"
           "<script async src=\"%s/widget.js\" data-app=\"%s\"></script>\n",
           name, key, secret, options->gateway != NULL ? options->gateway : "https://GATEWAY", key);
  return GATE_CTL_OK;
}

int
gate_ctl_app_add (const char  *program,
                  char       **arguments)
{
  g_auto (AddOptions) options = { NULL };
  const GOptionEntry entries[] = {
    { "origin", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.origins,
      "Where the widget may stand, such as https://shop.example; may be repeated", "URL" },
    { "gateway", 0, 0, G_OPTION_ARG_STRING, &options.gateway,
      "Public address of the gateway, for the snippet", "URL" },
    { NULL },
  };
  int code;

  if (!gate_ctl_parse (program, &arguments,
                       "Allows the widget on a site. Works while the gateway runs.", entries,
                       &options.data, 1, &code))
    return code;
  code =
    check_origins (program, options.origins) ? add_app (&options, arguments[1]) : GATE_CTL_USAGE;
  g_strfreev (arguments);
  return code;
}

int
gate_ctl_app_list (const char  *program,
                   char       **arguments)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GateAdmin) admin = NULL;
  GateSnapshot *snapshot = NULL;
  int code;

  if (!gate_ctl_parse (program, &arguments, "Lists the sites that may show the widget.", NULL,
                       &data, 0, &code))
    return code;
  g_strfreev (arguments);
  admin = gate_admin_open (data, &error);
  if (admin != NULL)
    snapshot = gate_admin_load (admin, &error);
  if (snapshot == NULL)
    return gate_ctl_fail (error);
  g_print ("%-24s %-20s %s\n", "KEY", "NAME", "ORIGINS");
  for (guint i = 0; i < snapshot->n_apps; i++)
    g_print ("%-24s %-20s %s\n", snapshot->apps[i].key, snapshot->apps[i].name,
             snapshot->apps[i].origins);
  gate_store_snapshot_free (snapshot);
  return GATE_CTL_OK;
}
