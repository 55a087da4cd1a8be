/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "keyring-daemon.h"

#include <glib/gstdio.h>

#define NAME "org.freedesktop.secrets"
#define PATH "/org/freedesktop/secrets"

gboolean
keyring_daemon_is_installed (void)
{
  g_autofree char *path = g_find_program_in_path ("gnome-keyring-daemon");

  return path != NULL;
}

static gboolean
has_owner (GDBusConnection *bus)
{
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/", "org.freedesktop.DBus",
                                 "NameHasOwner", g_variant_new ("(s)", NAME), NULL,
                                 G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  gboolean result = FALSE;

  if (reply != NULL)
    g_variant_get (reply, "(b)", &result);
  return result;
}

static void
wait_for_name (void)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  gint64 until_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (!has_owner (bus) && g_get_monotonic_time () < until_us)
    g_usleep (5000); /* somebody else's program: nothing of ours to wait for */
  g_assert_true (has_owner (bus));
}

static void
start (KeyringDaemon     *self,
       const char *const *argv)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GError) error = NULL;
  GOutputStream *input;

  launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                               G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  self->dir = g_dir_make_tmp ("usher-keyring-XXXXXX", NULL);
  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", self->dir, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_RUNTIME_DIR", self->dir, TRUE);
  g_subprocess_launcher_setenv (launcher, "HOME", self->dir, TRUE);
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG"); /* its warnings are its own affair */
  self->daemon = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  input = g_subprocess_get_stdin_pipe (self->daemon);
  g_output_stream_write (input, "\n", 1, NULL, NULL);
  g_output_stream_close (input, NULL, NULL);
  wait_for_name ();
}

void
keyring_daemon_start (KeyringDaemon *self)
{
  static const char *const argv[] = { "gnome-keyring-daemon", "--foreground", "--unlock",
                                      "--components=secrets", NULL };

  start (self, argv);
}

void
keyring_daemon_start_bare (KeyringDaemon *self)
{
  static const char *const argv[] = { "gnome-keyring-daemon", "--foreground",
                                      "--components=secrets", NULL };

  start (self, argv);
}

void
keyring_daemon_lock (KeyringDaemon *self)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;
  const char *const paths[] = { "/org/freedesktop/secrets/collection/login", NULL };

  reply = g_dbus_connection_call_sync (bus, NAME, PATH, "org.freedesktop.Secret.Service", "Lock",
                                       g_variant_new ("(^ao)", paths), NULL, G_DBUS_CALL_FLAGS_NONE,
                                       -1, NULL, &error);
  g_assert_no_error (error);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

void
keyring_daemon_stop (KeyringDaemon *self)
{
  g_subprocess_send_signal (self->daemon, 15);
  g_subprocess_wait (self->daemon, NULL, NULL);
  g_clear_object (&self->daemon);
  remove_tree (self->dir);
  g_free (self->dir);
}

void
keyring_daemon_leave_bus (void)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);

  if (bus != NULL)
    g_dbus_connection_set_exit_on_close (bus, FALSE);
}
