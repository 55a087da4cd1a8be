/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <poll.h>
#include <unistd.h>

#include "fake-bus.h"
#include "usher-suspend.h"

/* The lid, against a logind in this program. The private session bus plays the system bus. */

#define NAME "org.freedesktop.login1"
#define PATH "/org/freedesktop/login1"

static const char xml[] =
  "<node><interface name='org.freedesktop.login1.Manager'>"
  "<method name='Inhibit'><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
  "<arg type='s' direction='in'/><arg type='h' direction='out'/></method>"
  "<signal name='PrepareForSleep'><arg type='b'/></signal></interface></node>";

typedef struct {
  GTestDBus *test_bus;
  FakeBus logind;
  UsherSuspend *suspend;
  guint n_sleeps;
  guint n_wakes;
} Fixture;

static int inhibitor_fd =
  -1; /* our end of the newest inhibitor: it ends when the other is closed */

static void
answer_cb (GDBusConnection       *bus,
           const char            *sender,
           const char            *path,
           const char            *interface,
           const char            *method,
           GVariant              *parameters,
           GDBusMethodInvocation *invocation,
           gpointer               user_data)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  int ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);
  if (inhibitor_fd >= 0)
    close (inhibitor_fd);
  inhibitor_fd = ends[0];
  g_unix_fd_list_append (fds, ends[1], NULL);
  close (ends[1]);
  g_dbus_method_invocation_return_value_with_unix_fd_list (invocation, g_variant_new ("(h)", 0),
                                                           fds);
  fake_bus_note (user_data, method, parameters);
}

static gboolean
is_released (void)
{
  struct pollfd poll_fd = { inhibitor_fd, POLLIN, 0 };

  return poll (&poll_fd, 1, 0) == 1 && (poll_fd.revents & POLLHUP) != 0;
}

static void
count (UsherSuspend *suspend,
       guint        *n)
{
  (*n)++;
}

static void
setup (Fixture       *f,
       gconstpointer  data)
{
  f->test_bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->test_bus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (f->test_bus), TRUE);
  f->logind.name = NAME;
  f->logind.path = PATH;
  f->logind.xml = xml;
  f->logind.answer = answer_cb;
  fake_bus_start (&f->logind);
  f->suspend = usher_suspend_new ();
  g_signal_connect (f->suspend, "about-to-sleep", G_CALLBACK (count), &f->n_sleeps);
  g_signal_connect (f->suspend, "woke", G_CALLBACK (count), &f->n_wakes);
}

/* GTestDBus tames only the session bus; of a system bus that goes away GIO makes a SIGTERM to ourselves. */
static void
survive_system_bus (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);

  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (bus, FALSE);
}

static void
teardown (Fixture       *f,
          gconstpointer  data)
{
  survive_system_bus ();
  g_assert_finalize_object (f->suspend);
  WAIT_UNTIL (is_released ());
  fake_bus_stop (&f->logind);
  g_test_dbus_stop (f->test_bus);
  g_object_unref (f->test_bus);
}

static void
prepare_for_sleep (Fixture  *f,
                   gboolean  is_before)
{
  g_dbus_connection_emit_signal (f->logind.bus, NULL, PATH, "org.freedesktop.login1.Manager",
                                 "PrepareForSleep", g_variant_new ("(b)", is_before), NULL);
}

static void
test_lid (Fixture       *f,
          gconstpointer  data)
{
  g_autoptr (GVariant) inhibit = NULL;
  const char *what;
  const char *mode;

  WAIT_UNTIL (usher_suspend_get_is_inhibiting (f->suspend));
  inhibit = fake_bus_wait (&f->logind, "Inhibit");
  g_variant_get (inhibit, "(&sss&s)", &what, NULL, NULL, &mode);
  g_assert_cmpstr (what, ==, "sleep");
  g_assert_cmpstr (mode, ==, "delay");
  prepare_for_sleep (f, TRUE);
  WAIT_UNTIL (f->n_sleeps == 1);
  g_assert_false (is_released ()); /* until everything has been said */
  usher_suspend_release (f->suspend);
  WAIT_UNTIL (is_released ());
  prepare_for_sleep (f, FALSE);
  WAIT_UNTIL (f->n_wakes == 1);
  WAIT_UNTIL (usher_suspend_get_is_inhibiting (f->suspend)); /* for the next time */
}

static void
tell (Fixture    *f,
      const char *hint,
      gboolean    is_set)
{
  GVariantBuilder values;

  g_variant_builder_init (&values, G_VARIANT_TYPE ("a{sv}"));
  g_variant_builder_add (&values, "{sv}", hint, g_variant_new_boolean (is_set));
  g_dbus_connection_emit_signal (f->logind.bus, NULL, "/org/freedesktop/login1/session/_31",
                                 "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                 g_variant_new ("(sa{sv}as)", "org.freedesktop.login1.Session",
                                                &values, NULL),
                                 NULL);
}

static void
test_away (Fixture       *f,
           gconstpointer  data)
{
  WAIT_UNTIL (usher_suspend_get_is_inhibiting (f->suspend));
  g_assert_false (usher_suspend_get_is_away (f->suspend));
  tell (f, "LockedHint", TRUE);
  WAIT_UNTIL (usher_suspend_get_is_away (f->suspend));
}

/* Where nothing measures, logind's word is taken, but by those who want only the lock to count. */
static void
test_idle (Fixture       *f,
           gconstpointer  data)
{
  WAIT_UNTIL (usher_suspend_get_is_inhibiting (f->suspend));
  tell (f, "IdleHint", TRUE);
  tell (f, "LockedHint", TRUE);
  WAIT_UNTIL (usher_suspend_get_is_away (f->suspend));
  tell (f, "LockedHint", FALSE);
  WAIT_UNTIL (!usher_suspend_get_is_away (f->suspend));
  usher_suspend_set_idle_minutes (f->suspend, 5);
  g_assert_true (usher_suspend_get_is_away (f->suspend));
  tell (f, "IdleHint", FALSE);
  WAIT_UNTIL (!usher_suspend_get_is_away (f->suspend));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/suspend/lid", Fixture, NULL, setup, test_lid, teardown);
  g_test_add ("/suspend/away", Fixture, NULL, setup, test_away, teardown);
  g_test_add ("/suspend/idle", Fixture, NULL, setup, test_idle, teardown);
  return g_test_run ();
}
