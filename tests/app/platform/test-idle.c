/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fake-bus.h"
#include "usher-idle.h"

/* Idleness as desktops measure it, against desktops in this program. */

static const char mutter_xml[] =
  "<node><interface name='org.gnome.Mutter.IdleMonitor'>"
  "<method name='AddIdleWatch'><arg type='t' direction='in'/><arg type='u' direction='out'/></method>"
  "<method name='AddUserActiveWatch'><arg type='u' direction='out'/></method>"
  "<method name='RemoveWatch'><arg type='u' direction='in'/></method>"
  "<signal name='WatchFired'><arg type='u'/></signal></interface></node>";

static const char saver_xml[] =
  "<node><interface name='org.freedesktop.ScreenSaver'>"
  "<method name='GetSessionIdleTime'><arg type='u' direction='out'/></method></interface></node>";

enum {
  IDLE_WATCH = 7,
  ACTIVE_WATCH = 8,
};

static GTestDBus *test_bus;
static int saver_answer; /* atomic; below 0: it does not measure */

static void
mutter_cb (GDBusConnection       *bus,
           const char            *sender,
           const char            *path,
           const char            *interface,
           const char            *method,
           GVariant              *parameters,
           GDBusMethodInvocation *invocation,
           gpointer               user_data)
{
  GVariant *answer = NULL;

  if (g_str_equal (method, "AddIdleWatch"))
    answer = g_variant_new ("(u)", IDLE_WATCH);
  else if (g_str_equal (method, "AddUserActiveWatch"))
    answer = g_variant_new ("(u)", ACTIVE_WATCH);
  g_dbus_method_invocation_return_value (invocation, answer);
  fake_bus_note (user_data, method, parameters);
}

static void
saver_cb (GDBusConnection       *bus,
          const char            *sender,
          const char            *path,
          const char            *interface,
          const char            *method,
          GVariant              *parameters,
          GDBusMethodInvocation *invocation,
          gpointer               user_data)
{
  int answer = g_atomic_int_get (&saver_answer);

  if (answer >= 0)
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", (guint) answer));
  else
    g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR, G_DBUS_ERROR_NOT_SUPPORTED,
                                           "This desktop does not measure");
}

static void
fire (FakeBus *mutter,
      guint    watch)
{
  g_dbus_connection_emit_signal (mutter->bus, NULL, mutter->path, mutter->name, "WatchFired",
                                 g_variant_new ("(u)", watch), NULL);
}

/* (transfer full): the parameters of the next call, which the main loop has yet to make. */
static GVariant *
wait_for (FakeBus    *fake,
          const char *method)
{
  WAIT_UNTIL (g_async_queue_length (fake->calls) > 0);
  return fake_bus_wait (fake, method);
}

static void
test_mutter (void)
{
  FakeBus mutter = { .name = "org.gnome.Mutter.IdleMonitor",
                     .path = "/org/gnome/Mutter/IdleMonitor/Core",
                     .xml = mutter_xml,
                     .answer = mutter_cb };
  UsherIdle *idle;
  guint64 interval_ms;
  guint removed;
  GVariant *call;

  fake_bus_start (&mutter);
  idle = usher_idle_new ();
  usher_idle_set_limit_ms (idle, 300000);
  call = wait_for (&mutter, "AddIdleWatch");
  g_variant_get (call, "(t)", &interval_ms);
  g_variant_unref (call);
  g_assert_cmpuint (interval_ms, ==, 300000);
  g_assert_true (usher_idle_get_is_measured (idle));
  for (guint i = 0; i < 2; i++) {
    fire (&mutter, IDLE_WATCH);
    WAIT_UNTIL (usher_idle_get_is_idle (idle));
    g_variant_unref (wait_for (&mutter, "AddUserActiveWatch"));
    fire (&mutter, ACTIVE_WATCH);
    WAIT_UNTIL (!usher_idle_get_is_idle (idle));
  }
  usher_idle_set_limit_ms (idle, 0);
  call = wait_for (&mutter, "RemoveWatch");
  g_variant_get (call, "(u)", &removed);
  g_variant_unref (call);
  g_assert_cmpuint (removed, ==, IDLE_WATCH);
  fire (&mutter, IDLE_WATCH);
  g_assert_finalize_object (idle);
  fake_bus_stop (&mutter);
}

/* The desktop's shell is started anew: what was asked of the old one is asked of the new one. */
static void
test_restart (void)
{
  FakeBus mutter = { .name = "org.gnome.Mutter.IdleMonitor",
                     .path = "/org/gnome/Mutter/IdleMonitor/Core",
                     .xml = mutter_xml,
                     .answer = mutter_cb };
  UsherIdle *idle;

  fake_bus_start (&mutter);
  idle = usher_idle_new ();
  usher_idle_set_limit_ms (idle, 300000);
  g_variant_unref (wait_for (&mutter, "AddIdleWatch"));
  fire (&mutter, IDLE_WATCH);
  WAIT_UNTIL (usher_idle_get_is_idle (idle));
  fake_bus_stop (&mutter);
  WAIT_UNTIL (!usher_idle_get_is_measured (idle));
  g_assert_false (usher_idle_get_is_idle (idle));
  fake_bus_start (&mutter);
  g_variant_unref (wait_for (&mutter, "AddIdleWatch"));
  g_assert_finalize_object (idle);
  fake_bus_stop (&mutter);
}

static FakeBus saver = { .name = "org.freedesktop.ScreenSaver",
                         .path = "/org/freedesktop/ScreenSaver",
                         .xml = saver_xml,
                         .answer = saver_cb };

static void
come_and_go (guint limit_ms,
             int   here,
             int   gone)
{
  UsherIdle *idle = usher_idle_new ();

  g_atomic_int_set (&saver_answer, here);
  usher_idle_set_limit_ms (idle, limit_ms);
  WAIT_UNTIL (usher_idle_get_is_measured (idle));
  g_assert_false (usher_idle_get_is_idle (idle));
  g_atomic_int_set (&saver_answer, gone);
  WAIT_UNTIL (usher_idle_get_is_idle (idle));
  g_atomic_int_set (&saver_answer, here);
  WAIT_UNTIL (!usher_idle_get_is_idle (idle));
  g_assert_finalize_object (idle);
}

static void
test_screen_saver (void)
{
  fake_bus_start (&saver);
  come_and_go (100, 0, 1); /* seconds */
  fake_bus_stop (&saver);
}

static void
test_kde (void)
{
  g_autoptr (GVariant) owned = NULL;

  fake_bus_start (&saver);
  owned =
    g_dbus_connection_call_sync (saver.bus, "org.freedesktop.DBus", "/", "org.freedesktop.DBus",
                                 "RequestName", g_variant_new ("(su)", "org.kde.screensaver", 4),
                                 NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (owned);
  come_and_go (100, 99, 100); /* milliseconds */
  fake_bus_stop (&saver);
}

/* It has the name and does not measure: as if it were not there. */
static void
test_unmeasured (void)
{
  UsherIdle *idle;

  g_atomic_int_set (&saver_answer, 0);
  fake_bus_start (&saver);
  idle = usher_idle_new ();
  usher_idle_set_limit_ms (idle, 60);
  WAIT_UNTIL (usher_idle_get_is_measured (idle));
  g_atomic_int_set (&saver_answer, -1);
  WAIT_UNTIL (!usher_idle_get_is_measured (idle));
  g_assert_false (usher_idle_get_is_idle (idle));
  g_assert_finalize_object (idle);
  fake_bus_stop (&saver);
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  test_bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (test_bus);
  g_test_add_func ("/idle/mutter", test_mutter);
  g_test_add_func ("/idle/restart", test_restart);
  g_test_add_func ("/idle/screen-saver", test_screen_saver);
  g_test_add_func ("/idle/kde", test_kde);
  g_test_add_func ("/idle/unmeasured", test_unmeasured);
  status = g_test_run ();
  g_test_dbus_stop (test_bus);
  g_object_unref (test_bus);
  return status;
}
