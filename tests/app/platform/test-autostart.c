/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gdesktopappinfo.h>
#include <glib/gstdio.h>

#include "fake-bus.h"
#include "usher-autostart.h"
#include "usher-settings.h"

/* Starting with the desktop: the file that a desktop reads and obeys, and the portal, which lives in this program. */

static const char portal_xml[] =
  "<node><interface name='org.freedesktop.portal.Background'>"
  "<method name='RequestBackground'><arg type='s' direction='in'/><arg type='a{sv}' direction='in'/>"
  "<arg type='o' direction='out'/></method></interface></node>";

static int is_granting; /* atomic */

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
set (UsherAutostart  *autostart,
     gboolean         is_enabled,
     GError         **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  usher_autostart_set_async (autostart, is_enabled, NULL, result_cb, &result);
  WAIT_UNTIL (result != NULL);
  return usher_autostart_set_finish (autostart, result, error);
}

/* A program whose name holds all that a desktop file has to escape; it leaves its arguments beside itself. */
static char *
make_program (const char *dir)
{
  char *path = g_build_filename (dir, "us her$HOME`x`\"y\"\\", NULL);

  g_mkdir_with_parents (dir, 0700);
  g_file_set_contents (path,
                       "#!/bin/sh\nprintf '%s\\n' \"$@\" >\"$0.args.new\"\n"
                       "mv \"$0.args.new\" \"$0.args\"\n",
                       -1, NULL);
  g_chmod (path, 0700);
  return path;
}

static void
test_file (void)
{
  g_autoptr (GSettings) settings = usher_settings_new (NULL);
  g_autoptr (UsherAutostart) autostart = NULL;
  g_autoptr (GDesktopAppInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *program = make_program (g_get_user_data_dir ());
  g_autofree char *args_path = g_strconcat (program, ".args", NULL);
  g_autofree char *path = g_build_filename (g_get_user_config_dir (), "autostart",
                                            "io.github.usher_desk.Usher.desktop", NULL);
  const char *const command[] = { program, "--background", "--profile", "a 100%f b", NULL };
  g_autofree char *args = NULL;

  autostart = usher_autostart_new (settings, command, FALSE);
  g_assert_false (usher_autostart_get_is_enabled (autostart));
  g_assert_true (set (autostart, FALSE, &error));
  g_assert_true (set (autostart, TRUE, &error));
  g_assert_no_error (error);
  g_assert_true (usher_autostart_get_is_enabled (autostart));
  info = g_desktop_app_info_new_from_filename (path);
  g_assert_nonnull (info);
  g_assert_true (g_app_info_launch (G_APP_INFO (info), NULL, NULL, &error));
  g_assert_no_error (error);
  WAIT_UNTIL (g_file_test (args_path, G_FILE_TEST_EXISTS));
  g_file_get_contents (args_path, &args, NULL, NULL);
  g_assert_cmpstr (args, ==, "--background\n--profile\na 100%f b\n");
  g_assert_true (set (autostart, FALSE, &error));
  g_assert_false (usher_autostart_get_is_enabled (autostart));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* What was switched off in the settings of the desktop is off. */
static void
test_elsewhere (void)
{
  static const char *const command[] = { "/usr/bin/usher", "--background", NULL };
  g_autoptr (GSettings) settings = usher_settings_new (NULL);
  g_autoptr (UsherAutostart) autostart = usher_autostart_new (settings, command, FALSE);
  g_autofree char *dir = g_build_filename (g_get_user_config_dir (), "autostart", NULL);
  g_autofree char *path = g_build_filename (dir, "io.github.usher_desk.Usher.desktop", NULL);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (dir, 0700);
  g_file_set_contents (path, "[Desktop Entry]\nType=Application\nExec=usher\nHidden=true\n", -1,
                       NULL);
  g_assert_false (usher_autostart_get_is_enabled (autostart));
  g_assert_true (set (autostart, TRUE, &error));
  g_assert_true (usher_autostart_get_is_enabled (autostart));
  /* A folder that is a file. */
  g_unlink (path);
  g_rmdir (dir);
  g_file_set_contents (dir, "", 0, NULL);
  g_assert_false (set (autostart, TRUE, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, dir));
  g_assert_false (usher_autostart_get_is_enabled (autostart));
}

static void
portal_cb (GDBusConnection       *bus,
           const char            *sender,
           const char            *path,
           const char            *interface,
           const char            *method,
           GVariant              *parameters,
           GDBusMethodInvocation *invocation,
           gpointer               user_data)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autofree char *name = g_strdelimit (g_strdup (sender + 1), ".", '_');
  g_autofree char *request = NULL;
  gboolean is_granted = g_atomic_int_get (&is_granting);
  gboolean is_wanted = FALSE;
  const char *token = NULL;
  GVariantBuilder results;

  g_variant_lookup (options, "handle_token", "&s", &token);
  g_variant_lookup (options, "autostart", "b", &is_wanted);
  request = g_strdup_printf ("/org/freedesktop/portal/desktop/request/%s/%s", name, token);
  g_variant_builder_init (&results, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&results, "{sv}", "autostart",
                         g_variant_new_boolean (is_granted && is_wanted));
  /* As fast as a portal can be that has asked before: the answer overtakes the reply. */
  g_dbus_connection_emit_signal (bus, sender, request, "org.freedesktop.portal.Request", "Response",
                                 g_variant_new ("(ua{sv})", is_granted ? 0 : 1, &results), NULL);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", request));
  fake_bus_note (user_data, method, parameters);
}

static void
test_portal (void)
{
  static const char *const command[] = { "usher", "--background", NULL };
  g_autoptr (GTestDBus) test_bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr (GSettings) settings = usher_settings_new (NULL);
  g_autoptr (UsherAutostart) autostart = usher_autostart_new (settings, command, TRUE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) call = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autofree const char **started = NULL;
  FakeBus portal = { .name = "org.freedesktop.portal.Desktop",
                     .path = "/org/freedesktop/portal/desktop",
                     .xml = portal_xml,
                     .answer = portal_cb };

  g_test_dbus_up (test_bus);
  /* A desktop without one. */
  g_assert_false (set (autostart, TRUE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);

  fake_bus_start (&portal);
  g_assert_false (set (autostart, TRUE, &error)); /* the person says no */
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_clear_error (&error);
  g_assert_false (usher_autostart_get_is_enabled (autostart));
  g_atomic_int_set (&is_granting, TRUE);
  g_assert_true (set (autostart, TRUE, &error));
  g_assert_no_error (error);
  g_assert_true (usher_autostart_get_is_enabled (autostart));
  g_variant_unref (fake_bus_wait (&portal, "RequestBackground"));
  call = fake_bus_wait (&portal, "RequestBackground");
  options = g_variant_get_child_value (call, 1);
  g_assert_true (g_variant_lookup (options, "commandline", "^a&s", &started));
  g_assert_cmpstr (started[0], ==, "usher");
  g_assert_cmpstr (started[1], ==, "--background");
  g_assert_true (set (autostart, FALSE, &error));
  g_assert_false (usher_autostart_get_is_enabled (autostart));
  fake_bus_stop (&portal);
  g_test_dbus_stop (test_bus);
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

int
main (int    argc,
      char **argv)
{
  g_autofree char *home = g_dir_make_tmp ("usher-autostart-XXXXXX", NULL);
  int status;

  g_setenv ("XDG_CONFIG_HOME", home, TRUE);
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/autostart/file", test_file);
  g_test_add_func ("/autostart/elsewhere", test_elsewhere);
  g_test_add_func ("/autostart/portal", test_portal);
  status = g_test_run ();
  remove_tree (home);
  return status;
}
