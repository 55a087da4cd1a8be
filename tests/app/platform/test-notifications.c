/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fake-bus.h"
#include "usher-notifications.h"

/* Notifications against a daemon in this program: what it is told, and what its buttons do. */

#define NAME "org.freedesktop.Notifications"
#define PATH "/org/freedesktop/Notifications"

static const char xml[] =
  "<node><interface name='org.freedesktop.Notifications'>"
  "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
  "<method name='GetServerInformation'><arg type='s' direction='out'/><arg type='s' direction='out'/>"
  "<arg type='s' direction='out'/><arg type='s' direction='out'/></method>"
  "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>"
  "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/>"
  "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/><arg type='u' direction='out'/></method>"
  "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
  "<signal name='ActionInvoked'><arg type='u'/><arg type='s'/></signal>"
  "<signal name='NotificationClosed'><arg type='u'/><arg type='u'/></signal></interface></node>";

typedef struct {
  GTestDBus *test_bus;
  FakeBus daemon;
  UsherNotifications *notifications;
  guint64 accepted;
  guint64 passed;
  guint64 activated;
  char *reply;
  gboolean is_seen;
} Fixture;

static const char *const capabilities[] = { "body", "actions", "body-markup", "inline-reply",
                                            NULL };

static gint is_broken; /* atomic: the daemon answers nothing but errors */

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
  static guint last_id;
  guint replaces = 0;

  if (g_atomic_int_get (&is_broken)) {
    g_dbus_method_invocation_return_error_literal (invocation, G_IO_ERROR, G_IO_ERROR_FAILED, "!");
  } else if (g_str_equal (method, "GetCapabilities")) {
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(^as)", capabilities));
  } else if (g_str_equal (method, "GetServerInformation")) {
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(ssss)", "fake", "test", "1", "1.2"));
  } else if (g_str_equal (method, "Notify")) {
    g_variant_get_child (parameters, 1, "u", &replaces);
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(u)",
                                                          replaces != 0 ? replaces : ++last_id));
    fake_bus_note (user_data, method,
                   g_variant_new ("(uv)", replaces != 0 ? replaces : last_id, parameters));
  } else {
    g_dbus_method_invocation_return_value (invocation, NULL);
    fake_bus_note (user_data, method, parameters);
  }
}

static void
take (UsherNotifications *notifications,
      guint64             conv,
      guint64            *ret_conv)
{
  *ret_conv = conv;
}

static void
take_reply (UsherNotifications *notifications,
            guint64             conv,
            const char         *text,
            Fixture            *f)
{
  f->reply = g_strdup_printf ("%" G_GUINT64_FORMAT " %s", conv, text);
}

static void
take_seen (Fixture *f)
{
  f->is_seen = TRUE;
}

static void
setup (Fixture       *f,
       gconstpointer  data)
{
  f->test_bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->test_bus);
  f->daemon.name = NAME;
  f->daemon.path = PATH;
  f->daemon.xml = xml;
  f->daemon.answer = answer_cb;
  fake_bus_start (&f->daemon);
  f->notifications = usher_notifications_new ("Usher");
  g_signal_connect (f->notifications, "accept", G_CALLBACK (take), &f->accepted);
  g_signal_connect (f->notifications, "pass", G_CALLBACK (take), &f->passed);
  g_signal_connect (f->notifications, "activate", G_CALLBACK (take), &f->activated);
  g_signal_connect (f->notifications, "reply", G_CALLBACK (take_reply), f);
  g_signal_connect_swapped (f->notifications, "seen", G_CALLBACK (take_seen), f);
}

static void
teardown (Fixture       *f,
          gconstpointer  data)
{
  g_assert_finalize_object (f->notifications);
  fake_bus_stop (&f->daemon);
  g_free (f->reply);
  g_test_dbus_stop (f->test_bus);
  g_object_unref (f->test_bus);
}

typedef struct {
  guint id;
  char *summary;
  char *body;
  char **actions;
} Shown;

static void
shown_clear (Shown *shown)
{
  g_free (shown->summary);
  g_free (shown->body);
  g_strfreev (shown->actions);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Shown, shown_clear)

static Shown
wait_shown (Fixture *f)
{
  g_autoptr (GVariant) call = fake_bus_wait (&f->daemon, "Notify");
  g_autoptr (GVariant) parameters = NULL;
  Shown shown;

  g_variant_get (call, "(uv)", &shown.id, &parameters);
  g_variant_get (parameters, "(susss^asa{sv}i)", NULL, NULL, NULL, &shown.summary, &shown.body,
                 &shown.actions, NULL, NULL);
  return shown;
}

static void
invoke (Fixture    *f,
        guint       id,
        const char *action)
{
  g_dbus_connection_emit_signal (f->daemon.bus, NULL, PATH, NAME, "ActionInvoked",
                                 g_variant_new ("(us)", id, action), NULL);
}

static void
test_offer (Fixture       *f,
            gconstpointer  data)
{
  g_auto (Shown) shown = { 0 };

  usher_notifications_show_offer (f->notifications, 300, "Grace", "is <b>this</b> in stock?");
  shown = wait_shown (f);
  g_assert_cmpstr (shown.summary, ==, "New chat: Grace");
  g_assert_cmpstr (shown.body, ==, "is &lt;b&gt;this&lt;/b&gt; in stock?");
  g_assert_true (g_strv_contains ((const char *const *) shown.actions, "accept"));
  g_assert_true (g_strv_contains ((const char *const *) shown.actions, "pass"));
  g_assert_true (g_strv_contains ((const char *const *) shown.actions, "default"));
  invoke (f, shown.id, "accept");
  WAIT_UNTIL (f->accepted == 300);
  g_assert_cmpuint (f->passed, ==, 0);
}

static void
test_pass (Fixture       *f,
           gconstpointer  data)
{
  g_auto (Shown) shown = { 0 };

  usher_notifications_show_offer (f->notifications, 301, "Grace", NULL);
  shown = wait_shown (f);
  invoke (f, shown.id, "pass");
  WAIT_UNTIL (f->passed == 301);
}

/* One for each conversation, and a click leads to it. */
static void
test_lines (Fixture       *f,
            gconstpointer  data)
{
  g_auto (Shown) first = { 0 };
  g_auto (Shown) second = { 0 };
  g_auto (Shown) other = { 0 };

  usher_notifications_show_line (f->notifications, 300, "Grace", "one", FALSE);
  first = wait_shown (f);
  usher_notifications_show_line (f->notifications, 300, "Grace", "two", FALSE);
  second = wait_shown (f);
  usher_notifications_show_line (f->notifications, 302, "Alan", "three", FALSE);
  other = wait_shown (f);
  g_assert_cmpuint (first.id, ==, second.id);
  g_assert_cmpuint (other.id, !=, first.id);
  g_assert_false (g_strv_contains ((const char *const *) second.actions, "accept"));
  invoke (f, other.id, "default");
  WAIT_UNTIL (f->activated == 302);
}

static void
test_withdraw (Fixture       *f,
               gconstpointer  data)
{
  g_auto (Shown) shown = { 0 };
  g_autoptr (GVariant) closed = NULL;
  guint id;

  usher_notifications_show_offer (f->notifications, 300, "Grace", NULL);
  shown = wait_shown (f);
  usher_notifications_withdraw (f->notifications, 300);
  closed = fake_bus_wait (&f->daemon, "CloseNotification");
  g_variant_get (closed, "(u)", &id);
  g_assert_cmpuint (id, ==, shown.id);
}

/* KDE's daemon lets one answer in the notification itself. */
static void
test_reply (Fixture       *f,
            gconstpointer  data)
{
  g_auto (Shown) offer = { 0 };
  g_auto (Shown) line = { 0 };

  usher_notifications_show_offer (f->notifications, 300, "Grace", NULL);
  offer = wait_shown (f);
  g_assert_false (g_strv_contains ((const char *const *) offer.actions, "inline-reply"));
  usher_notifications_show_line (f->notifications, 301, "Alan", "hello?", FALSE);
  line = wait_shown (f);
  g_assert_true (g_strv_contains ((const char *const *) line.actions, "inline-reply"));
  g_dbus_connection_emit_signal (f->daemon.bus, NULL, PATH, NAME, "NotificationReplied",
                                 g_variant_new ("(us)", line.id, "coming"), NULL);
  WAIT_UNTIL (f->reply != NULL);
  g_assert_cmpstr (f->reply, ==, "301 coming");
}

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* The proof: what the daemon says, and that it was seen. */
static void
test_proof (Fixture       *f,
            gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *server = NULL;
  g_auto (Shown) shown = { 0 };

  usher_notifications_test_async (f->notifications, NULL, result_cb, &result);
  shown = wait_shown (f);
  WAIT_UNTIL (result != NULL);
  server = usher_notifications_test_finish (result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (server, ==, "fake 1");
  g_assert_false (f->is_seen);
  invoke (f, shown.id, "seen");
  WAIT_UNTIL (f->is_seen);
}

/* The proof fails, and says so. */
static void
test_no_proof (Fixture       *f,
               gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Shown) before = { 0 };

  usher_notifications_show_line (f->notifications, 300, "Grace", "it works so far", FALSE);
  before = wait_shown (f);
  g_atomic_int_set (&is_broken, TRUE);
  usher_notifications_test_async (f->notifications, NULL, result_cb, &result);
  WAIT_UNTIL (result != NULL);
  g_atomic_int_set (&is_broken, FALSE);
  g_assert_null (usher_notifications_test_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

#define ADD(path, func) g_test_add ("/notifications/" path, Fixture, NULL, setup, func, teardown)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("offer", test_offer);
  ADD ("pass", test_pass);
  ADD ("lines", test_lines);
  ADD ("withdraw", test_withdraw);
  ADD ("reply", test_reply);
  ADD ("proof", test_proof);
  ADD ("no-proof", test_no_proof);
  return g_test_run ();
}
