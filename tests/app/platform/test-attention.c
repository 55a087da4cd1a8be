/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fake-bus.h"
#include "usher-launcher.h"
#include "usher-sound.h"

/* The count at the launcher, and sounds: through the real library with its silent driver. */

static void
update_cb (GDBusConnection *bus,
           const char      *sender,
           const char      *path,
           const char      *interface,
           const char      *signal,
           GVariant        *parameters,
           gpointer         user_data)
{
  *(GVariant **) user_data = g_variant_ref (parameters);
}

static void
test_launcher (void)
{
  g_autoptr (GTestDBus) test_bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr (GVariant) update = NULL;
  g_autoptr (GVariant) values = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  const char *uri;
  gint64 count;
  gboolean is_urgent;

  g_test_dbus_up (test_bus);
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_dbus_connection_signal_subscribe (bus, NULL, "com.canonical.Unity.LauncherEntry", "Update",
                                      NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, update_cb, &update,
                                      NULL);
  usher_launcher_set_count (NULL, 7, FALSE);
  usher_launcher_set_count (bus, 3, TRUE);
  WAIT_UNTIL (update != NULL);
  g_variant_get (update, "(&s@a{sv})", &uri, &values);
  g_assert_cmpstr (uri, ==, "application://io.github.usher_desk.Usher.desktop");
  g_assert_true (g_variant_lookup (values, "count", "x", &count));
  g_assert_true (g_variant_lookup (values, "urgent", "b", &is_urgent));
  g_assert_cmpint (count, ==, 3);
  g_assert_true (is_urgent);
  g_clear_object (&bus);
  g_test_dbus_down (test_bus);
}

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
play (const char  *name,
      GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  usher_sound_play_async (name, NULL, result_cb, &result);
  WAIT_UNTIL (result != NULL);
  return usher_sound_play_finish (result, error);
}

static void
test_sound (void)
{
  g_autoptr (GError) error = NULL;
  static const char *const names[] = { "badge", "notice", "urgent", "alarm" };

#ifdef HAVE_GSOUND
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *file = g_strconcat (names[i], ".wav", NULL);
    g_autofree char *path = g_build_filename (g_getenv ("USHER_SOUND_DIR"), file, NULL);
    g_autofree char *content = NULL;
    gsize size;

    g_assert_true (g_file_get_contents (path, &content, &size, NULL));
    g_assert_cmpmem (content, 4, "RIFF", 4);
    g_assert_cmpuint (size, <, 64 * 1024);
    g_assert_true (play (names[i], &error));
    g_assert_no_error (error);
  }
#else
  g_assert_false (play (names[0], &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
#endif
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attention/sound", test_sound);
  g_test_add_func ("/attention/launcher", test_launcher);
  return g_test_run ();
}
