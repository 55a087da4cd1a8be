/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-new-password.h"

#include <glib/gi18n.h>

/* The gateway refuses shorter ones; asking it would only cost a round trip. */
#define MIN_PASSWORD_CHARS 10

char *
usher_new_password_dup_problem (GtkEditable *first,
                                GtkEditable *again)
{
  const char *password = gtk_editable_get_text (first);

  if (g_utf8_strlen (password, -1) < MIN_PASSWORD_CHARS) {
    gtk_widget_grab_focus (GTK_WIDGET (first));
    return g_strdup_printf (ngettext ("The new password needs at least %d character.",
                                      "The new password needs at least %d characters.",
                                      MIN_PASSWORD_CHARS),
                            MIN_PASSWORD_CHARS);
  }
  if (g_str_equal (password, gtk_editable_get_text (again)))
    return NULL;
  gtk_widget_grab_focus (GTK_WIDGET (again));
  return g_strdup (_ ("The two new passwords differ. Type the same one twice."));
}
