/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fake-bus.h"
#include "keyring-daemon.h"
#include "usher-keyring.h"

/* The keyring: a real one, a locked one, a desktop that has never had one, one that hangs, and none. Each case is a run of its own: libsecret keeps the bus it has seen
 * first for the life of the process. */

static GTestDBus *test_bus; /* goes with the process */

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static char *
lookup (UsherKeyring *keyring)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *token;

  usher_keyring_lookup_async (keyring, NULL, result_cb, &result);
  WAIT_UNTIL (result != NULL);
  token = usher_keyring_lookup_finish (keyring, result, &error);
  g_assert_no_error (error);
  return token;
}

static gboolean
holds (UsherKeyring *keyring,
       const char   *expected)
{
  g_autofree char *token = lookup (keyring);

  return g_strcmp0 (token, expected) == 0;
}

/* Nobody told us to wait: the daemon is another program. */
static void
wait_until_holds (UsherKeyring *keyring,
                  const char   *expected)
{
  gint64 until_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (!holds (keyring, expected) && g_get_monotonic_time () < until_us)
    continue;
  g_assert_true (holds (keyring, expected));
}

static void
test_real (void)
{
  KeyringDaemon daemon = { 0 };
  UsherKeyring *keyring;
  UsherKeyring *other;

  if (!keyring_daemon_is_installed ()) {
    g_test_skip ("gnome-keyring-daemon is not installed");
    return;
  }
  keyring_daemon_start (&daemon);
  keyring = usher_keyring_new ("http://127.0.0.1:8000", "/profile");
  other = usher_keyring_new ("http://127.0.0.1:8000", "/another");
  g_assert_true (holds (keyring, NULL));
  /* Given at once, the last one stays. */
  usher_keyring_store (keyring, "gr_1");
  usher_keyring_store (keyring, "gr_2");
  usher_keyring_store (keyring, "gr_3");
  wait_until_holds (keyring, "gr_3");
  g_assert_true (holds (other, NULL));
  g_assert_true (usher_keyring_get_is_kept (keyring));
  /* Locked: an answer at once, and it is no. */
  keyring_daemon_lock (&daemon);
  {
    gint64 began_us = g_get_monotonic_time ();

    g_assert_true (holds (keyring, NULL));
    g_assert_cmpint (g_get_monotonic_time () - began_us, <, 4 * (gint64) G_USEC_PER_SEC);
  }
  usher_keyring_store (keyring, "gr_4");
  WAIT_UNTIL (!usher_keyring_get_is_kept (keyring));
  g_object_unref (keyring);
  g_object_unref (other);
  keyring_daemon_stop (&daemon);
}

/* The window in which the desktop asks. It is dismissed. */
static void
prompter_cb (GDBusConnection       *bus,
             const char            *sender,
             const char            *path,
             const char            *interface,
             const char            *method,
             GVariant              *parameters,
             GDBusMethodInvocation *invocation,
             gpointer               user_data)
{
  fake_bus_note (user_data, method, parameters);
  g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR, G_DBUS_ERROR_FAILED,
                                         "Nobody wants to be asked");
}

/* A desktop that has never had a keyring: nobody is asked to make one before they want it. */
static void
test_bare (void)
{
  static const char xml[] =
    "<node><interface name='org.gnome.keyring.internal.Prompter'>"
    "<method name='BeginPrompting'><arg type='o' direction='in'/></method>"
    "<method name='PerformPrompt'><arg type='o' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='s' direction='in'/></method>"
    "<method name='StopPrompting'><arg type='o' direction='in'/></method>"
    "</interface></node>";
  FakeBus prompter = { .name = "org.gnome.keyring.SystemPrompter",
                       .path = "/org/gnome/keyring/Prompter",
                       .xml = xml,
                       .answer = prompter_cb };
  KeyringDaemon daemon = { 0 };
  UsherKeyring *keyring;

  if (!keyring_daemon_is_installed ()) {
    g_test_skip ("gnome-keyring-daemon is not installed");
    return;
  }
  fake_bus_start (&prompter);
  keyring_daemon_start_bare (&daemon);
  keyring = usher_keyring_new ("http://127.0.0.1:8000", "/profile");
  g_assert_true (holds (keyring, NULL));
  usher_keyring_store (keyring, "gr_1");
  WAIT_UNTIL (!usher_keyring_get_is_kept (keyring));
  g_assert_cmpint (g_async_queue_length (prompter.calls), ==, 0);
  g_assert_true (holds (keyring, NULL));
  /* Asked for. */
  usher_keyring_store_asking (keyring, "gr_1");
  WAIT_UNTIL (g_async_queue_length (prompter.calls) > 0);
  g_variant_unref (fake_bus_wait (&prompter, "BeginPrompting"));
  g_object_unref (keyring);
  keyring_daemon_stop (&daemon);
  fake_bus_stop (&prompter);
}

static void
silent_cb (GDBusConnection       *bus,
           const char            *sender,
           const char            *path,
           const char            *interface,
           const char            *method,
           GVariant              *parameters,
           GDBusMethodInvocation *invocation,
           gpointer               user_data)
{
  /* For ever: it is what a prompt that nobody sees looks like from here. */
  fake_bus_note (user_data, method, parameters);
  g_object_unref (invocation);
}

static void
test_hanging (void)
{
  static const char xml[] =
    "<node><interface name='org.freedesktop.Secret.Service'>"
    "<method name='OpenSession'><arg type='s' direction='in'/><arg type='v' direction='in'/>"
    "<arg type='v' direction='out'/><arg type='o' direction='out'/></method>"
    "<method name='SearchItems'><arg type='a{ss}' direction='in'/>"
    "<arg type='ao' direction='out'/><arg type='ao' direction='out'/></method>"
    "</interface></node>";
  FakeBus fake = { .name = "org.freedesktop.secrets",
                   .path = "/org/freedesktop/secrets",
                   .xml = xml };
  UsherKeyring *keyring;

  fake.answer = silent_cb;
  fake_bus_start (&fake);
  keyring = usher_keyring_new ("http://127.0.0.1:8000", "/profile");
  usher_keyring_set_timeout_ms (keyring, 100);
  g_assert_true (holds (keyring, NULL));
  usher_keyring_store (keyring, "gr_1");
  WAIT_UNTIL (!usher_keyring_get_is_kept (keyring));
  g_object_unref (keyring);
  fake_bus_stop (&fake);
}

static void
test_none (void)
{
  UsherKeyring *keyring;

  keyring = usher_keyring_new ("http://127.0.0.1:8000", "/profile");
  g_assert_true (holds (keyring, NULL));
  usher_keyring_store (keyring, "gr_1");
  WAIT_UNTIL (!usher_keyring_get_is_kept (keyring));
  g_object_unref (keyring);
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  test_bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (test_bus);
  g_test_add_func ("/keyring/real", test_real);
  g_test_add_func ("/keyring/bare", test_bare);
  g_test_add_func ("/keyring/hanging", test_hanging);
  g_test_add_func ("/keyring/none", test_none);
  status = g_test_run ();
  keyring_daemon_leave_bus ();
  g_test_dbus_stop (test_bus);
  return status;
}
