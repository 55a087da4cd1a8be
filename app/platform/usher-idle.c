/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-idle"
#include "config.h"

#include "usher-idle.h"

#define MUTTER_NAME      "org.gnome.Mutter.IdleMonitor"
#define MUTTER_PATH      "/org/gnome/Mutter/IdleMonitor/Core"
#define MUTTER_INTERFACE "org.gnome.Mutter.IdleMonitor"

#define SAVER_NAME      "org.freedesktop.ScreenSaver"
#define SAVER_PATH      "/org/freedesktop/ScreenSaver"
#define SAVER_INTERFACE "org.freedesktop.ScreenSaver"

/* KDE's screen saver has this name too, and counts milliseconds where the others count seconds. */
#define KDE_NAME "org.kde.screensaver"

/* A screen saver is asked so often whether an idle person is back. */
#define BACK_MS 5000

/* And never more often than that. */
#define LEAST_MS 20

struct _UsherIdle {
  GObject parent_instance;

  GDBusConnection *bus;
  GCancellable *finding;     /* of what is there */
  GCancellable *cancellable; /* of calls about the present limit */
  guint limit_ms;
  gboolean is_idle;

  guint mutter_id; /* watches the name */
  guint fired_id;
  gboolean has_mutter;
  guint idle_watch; /* Mutter's numbers; 0: none */
  guint active_watch;

  guint saver_id;
  gboolean has_saver;
  char *saver_owner;
  gboolean counts_ms;
  guint look_id; /* source: the screen saver is asked */
};

enum {
  PROP_IS_IDLE = 1,
  PROP_IS_MEASURED,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherIdle, usher_idle, G_TYPE_OBJECT)

static void
set_is_idle (UsherIdle *self,
             gboolean   is_idle)
{
  if (self->is_idle == is_idle)
    return;
  self->is_idle = is_idle;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_IDLE]);
}

static void
set_has (UsherIdle *self,
         gboolean  *has,
         gboolean   is_there)
{
  if (*has == is_there)
    return;
  *has = is_there;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_MEASURED]);
}

/* --- Mutter ------------------------------------------------------------------------------------------ */

static void
call_mutter (UsherIdle           *self,
             const char          *method,
             GVariant            *parameters,
             GAsyncReadyCallback  callback)
{
  g_dbus_connection_call (self->bus, MUTTER_NAME, MUTTER_PATH, MUTTER_INTERFACE, method, parameters,
                          NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->cancellable, callback,
                          self);
}

/* The number of a watch that was asked for; 0: nobody waits for it any longer, or there is none. */
static guint
take_watch (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  guint watch = 0;

  if (reply != NULL && g_variant_is_of_type (reply, G_VARIANT_TYPE ("(u)")))
    g_variant_get (reply, "(u)", &watch);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("no watch: %s", error != NULL ? error->message : "nonsense");
  return watch;
}

static void
idle_watch_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  guint watch = take_watch (source, result, user_data);

  if (watch != 0)
    ((UsherIdle *) user_data)->idle_watch = watch; /* alive: not cancelled */
}

static void
active_watch_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  guint watch = take_watch (source, result, user_data);

  if (watch != 0)
    ((UsherIdle *) user_data)->active_watch = watch; /* alive: not cancelled */
}

/* A watch for idleness fires each time; one for its end fires once. */
static void
fired_cb (GDBusConnection *bus,
          const char      *sender,
          const char      *path,
          const char      *interface,
          const char      *signal,
          GVariant        *parameters,
          gpointer         user_data)
{
  UsherIdle *self = user_data;
  guint watch;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(u)")))
    return;
  g_variant_get (parameters, "(u)", &watch);
  if (watch == 0)
    return;
  if (watch == self->idle_watch) {
    call_mutter (self, "AddUserActiveWatch", NULL, active_watch_cb);
    set_is_idle (self, TRUE);
  } else if (watch == self->active_watch) {
    self->active_watch = 0;
    set_is_idle (self, FALSE);
  }
}

static void
remove_watch (UsherIdle *self,
              guint     *watch)
{
  if (*watch != 0 && self->has_mutter)
    g_dbus_connection_call (self->bus, MUTTER_NAME, MUTTER_PATH, MUTTER_INTERFACE, "RemoveWatch",
                            g_variant_new ("(u)", *watch), NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
                            -1, NULL, NULL, NULL);
  *watch = 0;
}

/* --- A screen saver ---------------------------------------------------------------------------------- */

static void look_cb (gpointer user_data);

static void
look_in (UsherIdle *self,
         guint64    wait_ms)
{
  g_clear_handle_id (&self->look_id, g_source_remove);
  self->look_id =
    g_timeout_add_once ((guint) CLAMP (wait_ms, LEAST_MS, (guint64) self->limit_ms), look_cb, self);
}

/* Desktops that have the name but do not measure say so, or nothing; they are not asked again. */
static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  UsherIdle *self;
  guint64 idle_ms;
  guint idle;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = user_data; /* alive: not cancelled */
  if (reply == NULL) {
    g_debug ("the screen saver does not measure: %s", error->message);
    set_has (self, &self->has_saver, FALSE);
    set_is_idle (self, FALSE);
    return;
  }
  g_variant_get (reply, "(u)", &idle);
  idle_ms = self->counts_ms ? idle : (guint64) idle * 1000;
  set_has (self, &self->has_saver, TRUE);
  set_is_idle (self, idle_ms >= self->limit_ms);
  look_in (self, self->is_idle ? BACK_MS : self->limit_ms - idle_ms);
}

static void
look (UsherIdle *self)
{
  g_dbus_connection_call (self->bus, SAVER_NAME, SAVER_PATH, SAVER_INTERFACE, "GetSessionIdleTime",
                          NULL, G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                          self->cancellable, looked_cb, self);
}

static void
look_cb (gpointer user_data)
{
  UsherIdle *self = user_data;

  self->look_id = 0;
  look (self);
}

/* --- Which of them ------------------------------------------------------------------------------------ */

/* From the beginning: with another limit, or another desktop. */
static void
measure (UsherIdle *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  remove_watch (self, &self->idle_watch);
  remove_watch (self, &self->active_watch);
  g_clear_handle_id (&self->look_id, g_source_remove);
  set_is_idle (self, FALSE);
  if (self->limit_ms == 0)
    return;
  if (self->has_mutter)
    call_mutter (self, "AddIdleWatch", g_variant_new ("(t)", (guint64) self->limit_ms),
                 idle_watch_cb);
  else if (self->has_saver)
    look (self);
}

static void
mutter_appeared_cb (GDBusConnection *bus,
                    const char      *name,
                    const char      *owner,
                    gpointer         user_data)
{
  UsherIdle *self = user_data;

  set_has (self, &self->has_mutter, TRUE);
  measure (self);
}

/* Its watches went with it. */
static void
mutter_vanished_cb (GDBusConnection *bus,
                    const char      *name,
                    gpointer         user_data)
{
  UsherIdle *self = user_data;

  if (!self->has_mutter)
    return;
  set_has (self, &self->has_mutter, FALSE);
  measure (self);
}

/* Whoever has both names is KDE. */
static void
kde_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  const char *owner = NULL;
  UsherIdle *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = user_data; /* alive: not cancelled */
  if (reply != NULL)
    g_variant_get (reply, "(&s)", &owner);
  self->counts_ms = g_strcmp0 (owner, self->saver_owner) == 0;
  set_has (self, &self->has_saver, TRUE);
  measure (self);
}

static void
saver_appeared_cb (GDBusConnection *bus,
                   const char      *name,
                   const char      *owner,
                   gpointer         user_data)
{
  UsherIdle *self = user_data;

  g_free (self->saver_owner);
  self->saver_owner = g_strdup (owner);
  g_dbus_connection_call (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", "GetNameOwner", g_variant_new ("(s)", KDE_NAME),
                          G_VARIANT_TYPE ("(s)"), G_DBUS_CALL_FLAGS_NONE, -1, self->finding, kde_cb,
                          self);
}

static void
saver_vanished_cb (GDBusConnection *bus,
                   const char      *name,
                   gpointer         user_data)
{
  UsherIdle *self = user_data;

  if (!self->has_saver)
    return;
  set_has (self, &self->has_saver, FALSE);
  measure (self);
}

static void
watch (UsherIdle *self)
{
  self->fired_id =
    g_dbus_connection_signal_subscribe (self->bus, MUTTER_NAME, MUTTER_INTERFACE, "WatchFired",
                                        MUTTER_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, fired_cb, self,
                                        NULL);
  self->mutter_id =
    g_bus_watch_name_on_connection (self->bus, MUTTER_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                    mutter_appeared_cb, mutter_vanished_cb, self, NULL);
  self->saver_id =
    g_bus_watch_name_on_connection (self->bus, SAVER_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                    saver_appeared_cb, saver_vanished_cb, self, NULL);
}

static void
bus_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_bus_get_finish (result, &error);
  UsherIdle *self;

  if (bus == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_debug ("no session bus: %s", error->message);
    return;
  }
  self = user_data; /* alive: not cancelled */
  self->bus = bus;
  watch (self);
}

/* --- Object ------------------------------------------------------------------------------------------ */

static void
usher_idle_dispose (GObject *object)
{
  UsherIdle *self = USHER_IDLE (object);

  g_cancellable_cancel (self->finding);
  g_cancellable_cancel (self->cancellable);
  remove_watch (self, &self->idle_watch);
  remove_watch (self, &self->active_watch);
  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_handle_id (&self->mutter_id, g_bus_unwatch_name);
  g_clear_handle_id (&self->saver_id, g_bus_unwatch_name);
  if (self->fired_id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->fired_id);
  self->fired_id = 0;
  g_clear_object (&self->bus);

  G_OBJECT_CLASS (usher_idle_parent_class)->dispose (object);
}

static void
usher_idle_finalize (GObject *object)
{
  UsherIdle *self = USHER_IDLE (object);

  g_object_unref (self->finding);
  g_object_unref (self->cancellable);
  g_free (self->saver_owner);

  G_OBJECT_CLASS (usher_idle_parent_class)->finalize (object);
}

static void
usher_idle_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  UsherIdle *self = USHER_IDLE (object);

  switch (prop_id) {
  case PROP_IS_IDLE:
    g_value_set_boolean (value, self->is_idle);
    break;
  case PROP_IS_MEASURED:
    g_value_set_boolean (value, usher_idle_get_is_measured (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
usher_idle_class_init (UsherIdleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = usher_idle_dispose;
  object_class->finalize = usher_idle_finalize;
  object_class->get_property = usher_idle_get_property;

  props[PROP_IS_IDLE] = g_param_spec_boolean ("is-idle", NULL, NULL, FALSE, flags);
  props[PROP_IS_MEASURED] = g_param_spec_boolean ("is-measured", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
usher_idle_init (UsherIdle *self)
{
  self->finding = g_cancellable_new ();
  self->cancellable = g_cancellable_new ();
}

UsherIdle *
usher_idle_new (void)
{
  UsherIdle *self = g_object_new (USHER_TYPE_IDLE, NULL);

  g_bus_get (G_BUS_TYPE_SESSION, self->finding, bus_cb, self);
  return self;
}

void
usher_idle_set_limit_ms (UsherIdle *self,
                         guint      limit_ms)
{
  g_return_if_fail (USHER_IS_IDLE (self));

  if (self->limit_ms == limit_ms)
    return;
  self->limit_ms = limit_ms;
  measure (self);
}

gboolean
usher_idle_get_is_idle (UsherIdle *self)
{
  g_return_val_if_fail (USHER_IS_IDLE (self), FALSE);

  return self->is_idle;
}

gboolean
usher_idle_get_is_measured (UsherIdle *self)
{
  g_return_val_if_fail (USHER_IS_IDLE (self), FALSE);

  return self->has_mutter || self->has_saver;
}
