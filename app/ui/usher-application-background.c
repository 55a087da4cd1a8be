/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-application"
#include "config.h"

#include <string.h>

#include "usher-application-private.h"

/* Without a window: how it is started so, by itself when a person signs in to the computer. */

/* One that runs already has a window or has none: both are right. Returns: the status to end with; below 0: it goes on. */
int
usher_application_start_hidden (UsherApplication *self)
{
  g_autoptr (GError) error = NULL;

  self->starts_hidden = TRUE;
  if (!g_application_register (G_APPLICATION (self), NULL, &error)) {
    g_warning ("%s", error->message);
    return 1;
  }
  return g_application_get_is_remote (G_APPLICATION (self)) ? 0 : -1;
}

static gboolean
has_own_profile (UsherApplication *self)
{
  return (g_application_get_flags (G_APPLICATION (self)) & G_APPLICATION_NON_UNIQUE) != 0;
}

/* The file this program came from, or what took its place when it was updated while it ran. */
static char *
dup_program (void)
{
  static const char gone[] = " (deleted)";
  char *path = g_file_read_link ("/proc/self/exe", NULL);

  if (path != NULL && g_str_has_suffix (path, gone))
    path[strlen (path) - strlen (gone)] = '\0';
  return path;
}

/* With what tells this console from another one. */
static char **
dup_command (UsherApplication *self,
             gboolean          is_sandboxed)
{
  g_autoptr (GStrvBuilder) command = g_strv_builder_new ();
  g_autofree char *path = is_sandboxed ? NULL : dup_program ();

  g_strv_builder_add (command, path != NULL ? path : "usher");
  g_strv_builder_add (command, "--background");
  if (has_own_profile (self)) {
    g_strv_builder_add (command, "--profile");
    g_strv_builder_add (command, self->profile_dir);
  }
  if (self->gateway_url != NULL) {
    g_strv_builder_add (command, "--gateway");
    g_strv_builder_add (command, self->gateway_url);
  }
  return g_strv_builder_end (command);
}

UsherAutostart *
usher_application_make_autostart (UsherApplication *self)
{
  gboolean is_sandboxed = usher_autostart_is_sandboxed ();
  g_auto (GStrv) command = dup_command (self, is_sandboxed);

  return usher_autostart_new (self->settings, (const char *const *) command, is_sandboxed);
}

void
usher_application_stop_autostart (UsherApplication *self)
{
  g_autoptr (UsherAutostart) autostart = usher_application_make_autostart (self);

  if (usher_autostart_get_is_enabled (autostart))
    usher_autostart_set_async (autostart, FALSE, NULL, NULL, NULL);
}
