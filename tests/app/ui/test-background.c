/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>

#include "usher-keyring.h"

/*
 * test-background USHER: the real program, started as the desktop starts it when a person signs in: no window while there is nothing to
 * ask, one program only, a window when a person starts it. Run it under with-display, whose keyring is open.
 */

#define NAME    "io.github.usher_desk.Usher"
#define GATEWAY "http://127.0.0.1:9" /* nobody listens there: what was known last would be shown */

static const char *usher;

#define WAIT_UNTIL(condition)                                         \
  G_STMT_START                                                        \
  {                                                                   \
    gint64 until_us_ = g_get_monotonic_time () + 20 * G_USEC_PER_SEC; \
    while (!(condition) && g_get_monotonic_time () < until_us_) {     \
      while (g_main_context_iteration (NULL, FALSE))                  \
        continue;                                                     \
      g_usleep (20000);                                               \
    }                                                                 \
    g_assert_true (condition);                                        \
  }                                                                   \
  G_STMT_END

static gboolean
has_window (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) search =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                      "xdotool", "search", "--onlyvisible", "--name", "Usher", NULL);

  g_assert_no_error (error);
  g_subprocess_wait (search, NULL, NULL);
  return g_subprocess_get_successful (search);
}

static gboolean
call (const char *name,
      const char *path,
      const char *interface,
      const char *method,
      GVariant   *parameters)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_sync (bus, name, path, interface, method, parameters, NULL,
                                 G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL);
  gboolean answer = reply != NULL;

  if (reply != NULL && g_variant_is_of_type (reply, G_VARIANT_TYPE ("(b)")))
    g_variant_get (reply, "(b)", &answer);
  return answer;
}

static gboolean
is_running (void)
{
  return call ("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "NameHasOwner",
               g_variant_new ("(s)", NAME));
}

static GSubprocess *
start (const char *option)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG"); /* libnotify warns where nobody notifies */
  g_subprocess_launcher_setenv (launcher, "GTK_A11Y", "none", TRUE);
  /* The whole program has more than 2,048 quarks; GLib leaves their first table behind on purpose, and it has no name to suppress. */
  g_subprocess_launcher_setenv (launcher, "ASAN_OPTIONS", "detect_leaks=0:exitcode=23", TRUE);
  process =
    g_subprocess_launcher_spawn (launcher, &error, usher, "--gateway", GATEWAY, option, NULL);
  g_assert_no_error (error);
  return process;
}

static void
quit (GSubprocess *process)
{
  g_assert_true (call (NAME, "/io/github/usher_desk/Usher", "org.gtk.Actions", "Activate",
                       g_variant_new ("(sava{sv})", "quit", NULL, NULL)));
  g_subprocess_wait (process, NULL, NULL);
  g_assert_true (g_subprocess_get_successful (process));
}

static void
keep_token (void)
{
  g_autofree char *profile = g_build_filename (g_get_user_data_dir (), "usher", NULL);
  g_autoptr (UsherKeyring) keyring = usher_keyring_new (GATEWAY, profile);
  gpointer weak = keyring;

  usher_keyring_store (keyring, "gr_of_yesterday");
  g_object_add_weak_pointer (G_OBJECT (keyring), &weak);
  g_object_unref (g_steal_pointer (&keyring));
  WAIT_UNTIL (weak == NULL); /* whoever stores holds it */
}

static void
test_hidden (void)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GSubprocess) second = NULL;
  g_autoptr (GSubprocess) third = NULL;

  keep_token ();
  process = start ("--background");
  WAIT_UNTIL (is_running ());
  second = start ("--background");
  g_subprocess_wait (second, NULL, NULL);
  g_assert_true (g_subprocess_get_successful (second));
  /* It answers when it has been activated. */
  g_assert_true (call (NAME, "/io/github/usher_desk/Usher", "org.gtk.Actions", "List", NULL));
  g_assert_false (has_window ());
  third = start (NULL);
  g_subprocess_wait (third, NULL, NULL);
  g_assert_true (g_subprocess_get_successful (third));
  WAIT_UNTIL (has_window ());
  quit (process);
}

/* Without a token nobody would be offered anything, and nobody would know. */
static void
test_asks (void)
{
  g_autofree char *profile = g_build_filename (g_get_user_data_dir (), "usher", NULL);
  g_autoptr (UsherKeyring) keyring = usher_keyring_new (GATEWAY, profile);
  g_autoptr (GSubprocess) process = NULL;
  gpointer weak = keyring;

  usher_keyring_clear (keyring);
  g_object_add_weak_pointer (G_OBJECT (keyring), &weak);
  g_object_unref (g_steal_pointer (&keyring));
  WAIT_UNTIL (weak == NULL);
  process = start ("--background");
  WAIT_UNTIL (has_window ());
  quit (process);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  usher = argv[1];
  g_test_add_func ("/background/hidden", test_hidden);
  g_test_add_func ("/background/asks", test_asks);
  return g_test_run ();
}
