/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <locale.h>
#include <glib/gi18n.h>

#include "usher-application.h"

int
main (int    argc,
      char **argv)
{
  g_autoptr (UsherApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("USHER_LOCALE_DIR") != NULL
                                     ? g_getenv ("USHER_LOCALE_DIR")
                                     : USHER_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  /* The name on the accessibility bus. */
  g_set_prgname ("usher");
  application = usher_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
