/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-suspend"
#include "config.h"

#include "usher-suspend.h"

#include <gio/gunixfdlist.h>
#include <unistd.h>

#include "usher-idle.h"

#define LOGIND_NAME         "org.freedesktop.login1"
#define LOGIND_PATH         "/org/freedesktop/login1"
#define LOGIND_MANAGER      "org.freedesktop.login1.Manager"
#define LOGIND_SESSION      "org.freedesktop.login1.Session"
#define LOGIND_SESSION_PATH "/org/freedesktop/login1/session/auto"

struct _UsherSuspend {
  GObject parent_instance;

  GDBusConnection *bus;
  GCancellable *cancellable;
  guint sleep_id;
  guint session_id;
  int inhibitor_fd; /* closing it releases */
  UsherIdle *idle;
  guint idle_minutes;
  gboolean is_hinted_idle; /* by logind */
  gboolean is_locked;
  gboolean is_away;
};

enum {
  PROP_IS_AWAY = 1,
  N_PROPS,
};

enum {
  SIGNAL_ABOUT_TO_SLEEP,
  SIGNAL_WOKE,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherSuspend, usher_suspend, G_TYPE_OBJECT)

/* The desktop's own hint comes after a time of its own: it counts only where nothing is measured. */
static gboolean
is_idle (UsherSuspend *self)
{
  if (self->idle_minutes == 0)
    return FALSE;
  return usher_idle_get_is_measured (self->idle) ? usher_idle_get_is_idle (self->idle)
                                                 : self->is_hinted_idle;
}

static void
update_is_away (UsherSuspend *self)
{
  gboolean is_away = self->is_locked || is_idle (self);

  if (self->is_away == is_away)
    return;
  self->is_away = is_away;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_AWAY]);
}

static void
inhibited_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &fds, result,
                                                     &error);
  UsherSuspend *self;
  gint32 index = 0;

  if (reply == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_debug ("no inhibitor: %s", error->message);
    return;
  }
  self = user_data; /* alive: not cancelled */
  g_variant_get (reply, "(h)", &index);
  usher_suspend_release (self);
  if (fds != NULL)
    self->inhibitor_fd = g_unix_fd_list_get (fds, index, NULL);
}

static void
inhibit (UsherSuspend *self)
{
  g_dbus_connection_call_with_unix_fd_list (self->bus, LOGIND_NAME, LOGIND_PATH, LOGIND_MANAGER,
                                            "Inhibit",
                                            g_variant_new ("(ssss)", "sleep", "Usher",
                                                           "Tells the gateway that nobody is here",
                                                           "delay"),
                                            G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NONE, -1,
                                            NULL, self->cancellable, inhibited_cb, self);
}

static void
prepare_for_sleep_cb (GDBusConnection *bus,
                      const char      *sender,
                      const char      *path,
                      const char      *interface,
                      const char      *signal,
                      GVariant        *parameters,
                      gpointer         user_data)
{
  UsherSuspend *self = user_data;
  gboolean is_before = FALSE;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;
  g_variant_get (parameters, "(b)", &is_before);
  if (is_before) {
    g_signal_emit (self, signals[SIGNAL_ABOUT_TO_SLEEP], 0);
    return;
  }
  inhibit (self);
  g_signal_emit (self, signals[SIGNAL_WOKE], 0);
}

static void
take_hints (UsherSuspend *self,
            GVariant     *values)
{
  g_variant_lookup (values, "IdleHint", "b", &self->is_hinted_idle);
  g_variant_lookup (values, "LockedHint", "b", &self->is_locked);
  update_is_away (self);
}

static void
session_changed_cb (GDBusConnection *bus,
                    const char      *sender,
                    const char      *path,
                    const char      *interface,
                    const char      *signal,
                    GVariant        *parameters,
                    gpointer         user_data)
{
  g_autoptr (GVariant) values = NULL;
  const char *changed;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  g_variant_get (parameters, "(&s@a{sv}as)", &changed, &values, NULL);
  if (g_str_equal (changed, LOGIND_SESSION))
    take_hints (user_data, values);
}

static void
session_read_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GVariant) values = NULL;
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (reply == NULL)
    return; /* no session of logind, or cancelled: nobody is ever away */
  g_variant_get (reply, "(@a{sv})", &values);
  take_hints (user_data, values);
}

/* “auto” names our own session in calls; its signals come from the real path, so any path is taken. */
static void
watch (UsherSuspend *self)
{
  self->sleep_id =
    g_dbus_connection_signal_subscribe (self->bus, LOGIND_NAME, LOGIND_MANAGER, "PrepareForSleep",
                                        LOGIND_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                        prepare_for_sleep_cb, self, NULL);
  self->session_id =
    g_dbus_connection_signal_subscribe (self->bus, LOGIND_NAME, "org.freedesktop.DBus.Properties",
                                        "PropertiesChanged", NULL, LOGIND_SESSION,
                                        G_DBUS_SIGNAL_FLAGS_NONE, session_changed_cb, self, NULL);
  g_dbus_connection_call (self->bus, LOGIND_NAME, LOGIND_SESSION_PATH,
                          "org.freedesktop.DBus.Properties", "GetAll",
                          g_variant_new ("(s)", LOGIND_SESSION), G_VARIANT_TYPE ("(a{sv})"),
                          G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, session_read_cb, self);
  inhibit (self);
}

static void
bus_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_bus_get_finish (result, &error);
  UsherSuspend *self;

  if (bus == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_debug ("no system bus: %s", error->message);
    return;
  }
  self = user_data; /* alive: not cancelled */
  self->bus = bus;
  watch (self);
}

static void
usher_suspend_dispose (GObject *object)
{
  UsherSuspend *self = USHER_SUSPEND (object);

  g_cancellable_cancel (self->cancellable);
  if (self->sleep_id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->sleep_id);
  if (self->session_id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->session_id);
  self->sleep_id = 0;
  self->session_id = 0;
  usher_suspend_release (self);
  g_clear_object (&self->bus);
  if (self->idle != NULL)
    g_signal_handlers_disconnect_by_data (self->idle, self);
  g_clear_object (&self->idle);

  G_OBJECT_CLASS (usher_suspend_parent_class)->dispose (object);
}

static void
usher_suspend_finalize (GObject *object)
{
  UsherSuspend *self = USHER_SUSPEND (object);

  g_object_unref (self->cancellable);

  G_OBJECT_CLASS (usher_suspend_parent_class)->finalize (object);
}

static void
usher_suspend_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  UsherSuspend *self = USHER_SUSPEND (object);

  switch (prop_id) {
  case PROP_IS_AWAY:
    g_value_set_boolean (value, self->is_away);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
usher_suspend_class_init (UsherSuspendClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = usher_suspend_dispose;
  object_class->finalize = usher_suspend_finalize;
  object_class->get_property = usher_suspend_get_property;

  props[PROP_IS_AWAY] =
    g_param_spec_boolean ("is-away", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_ABOUT_TO_SLEEP] =
    g_signal_new ("about-to-sleep", USHER_TYPE_SUSPEND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
  signals[SIGNAL_WOKE] = g_signal_new ("woke", USHER_TYPE_SUSPEND, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 0);
}

static void
usher_suspend_init (UsherSuspend *self)
{
  self->inhibitor_fd = -1;
  self->cancellable = g_cancellable_new ();
  self->idle = usher_idle_new ();
  g_signal_connect_swapped (self->idle, "notify", G_CALLBACK (update_is_away), self);
}

UsherSuspend *
usher_suspend_new (void)
{
  UsherSuspend *self = g_object_new (USHER_TYPE_SUSPEND, NULL);

  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, bus_cb, self);
  return self;
}

gboolean
usher_suspend_get_is_away (UsherSuspend *self)
{
  g_return_val_if_fail (USHER_IS_SUSPEND (self), FALSE);

  return self->is_away;
}

void
usher_suspend_set_idle_minutes (UsherSuspend *self,
                                guint         idle_minutes)
{
  g_return_if_fail (USHER_IS_SUSPEND (self));

  self->idle_minutes = idle_minutes;
  usher_idle_set_limit_ms (self->idle, idle_minutes * 60 * 1000);
  update_is_away (self);
}

void
usher_suspend_release (UsherSuspend *self)
{
  g_return_if_fail (USHER_IS_SUSPEND (self));

  if (self->inhibitor_fd >= 0)
    close (self->inhibitor_fd);
  self->inhibitor_fd = -1;
}

gboolean
usher_suspend_get_is_inhibiting (UsherSuspend *self)
{
  g_return_val_if_fail (USHER_IS_SUSPEND (self), FALSE);

  return self->inhibitor_fd >= 0;
}
