/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-autostart"
#include "config.h"

#include "usher-autostart.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#define APPLICATION_ID "io.github.usher_desk.Usher"
#define SETTING        "autostart"

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"

struct _UsherAutostart {
  GObject parent_instance;

  GSettings *settings;
  char **command;
  gboolean is_sandboxed;
  guint n_requests;
};

/* One question to the portal. */
typedef struct {
  GDBusConnection *bus;
  gboolean is_enabled;
  guint response_id;
} Request;

G_DEFINE_FINAL_TYPE (UsherAutostart, usher_autostart, G_TYPE_OBJECT)

gboolean
usher_autostart_is_sandboxed (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

/* --- A file ------------------------------------------------------------------------------------------ */

static char *
dup_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "autostart", APPLICATION_ID ".desktop", NULL);
}

/* As the Desktop Entry Specification wants an argument of Exec; the escaping of the file itself comes on top of it. */
static void
append_quoted (GString    *line,
               const char *argument)
{
  if (line->len > 0)
    g_string_append_c (line, ' ');
  g_string_append_c (line, '"');
  for (const char *at = argument; *at != '\0'; at++) {
    if (strchr ("\"`$\\", *at) != NULL)
      g_string_append_c (line, '\\');
    if (*at == '%')
      g_string_append_c (line, '%');
    g_string_append_c (line, *at);
  }
  g_string_append_c (line, '"');
}

static gboolean
write_file (UsherAutostart  *self,
            const char      *path,
            GError         **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *dir = g_path_get_dirname (path);

  for (guint i = 0; self->command[i] != NULL; i++)
    append_quoted (line, self->command[i]);
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, "Type", "Application");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, "Name", "Usher");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, "Icon", APPLICATION_ID);
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, "TryExec", self->command[0]);
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, "Exec", line->str);
  g_key_file_set_boolean (file, G_KEY_FILE_DESKTOP_GROUP, "X-GNOME-Autostart-enabled", TRUE);
  if (g_mkdir_with_parents (dir, 0700) != 0) {
    int saved_errno = errno;

    /* Translators: %1$s is a folder, %2$s why */
    g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (saved_errno),
                 _ ("The folder %1$s cannot be made: %2$s"), dir, g_strerror (saved_errno));
    return FALSE;
  }
  return g_key_file_save_to_file (file, path, error);
}

static gboolean
remove_file (const char  *path,
             GError     **error)
{
  int saved_errno;

  if (g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;
  saved_errno = errno;
  /* Translators: %1$s is a file, %2$s why */
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (saved_errno),
               _ ("The file %1$s cannot be removed: %2$s"), path, g_strerror (saved_errno));
  return FALSE;
}

static gboolean
is_true (GKeyFile   *file,
         const char *key,
         gboolean    otherwise)
{
  g_autoptr (GError) error = NULL;
  gboolean value = g_key_file_get_boolean (file, G_KEY_FILE_DESKTOP_GROUP, key, &error);

  return error == NULL ? value : otherwise;
}

static gboolean
has_file (void)
{
  g_autofree char *path = dup_path ();
  g_autoptr (GKeyFile) file = g_key_file_new ();

  return g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL) &&
         !is_true (file, G_KEY_FILE_DESKTOP_KEY_HIDDEN, FALSE) &&
         is_true (file, "X-GNOME-Autostart-enabled", TRUE);
}

static void
set_file (UsherAutostart *self,
          gboolean        is_enabled,
          GTask          *task)
{
  g_autofree char *path = dup_path ();
  GError *error = NULL;
  gboolean is_done = is_enabled ? write_file (self, path, &error) : remove_file (path, &error);

  if (is_done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* --- The portal -------------------------------------------------------------------------------------- */

static void
request_free (gpointer data)
{
  Request *request = data;

  g_clear_object (&request->bus);
  g_free (request);
}

/* Who listens holds the task. */
static void
stop_listening (Request *request)
{
  g_dbus_connection_signal_unsubscribe (request->bus, request->response_id);
}

static void
response_cb (GDBusConnection *bus,
             const char      *sender,
             const char      *path,
             const char      *interface,
             const char      *signal,
             GVariant        *parameters,
             gpointer         user_data)
{
  GTask *task = user_data;
  UsherAutostart *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  g_autoptr (GVariant) results = NULL;
  gboolean is_granted = FALSE;
  guint response;

  if (g_task_get_completed (task) ||
      !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  g_variant_lookup (results, "autostart", "b", &is_granted);
  if (response == 0 && is_granted == request->is_enabled) {
    g_settings_set_boolean (self->settings, SETTING, is_granted);
    g_task_return_boolean (task, TRUE);
  } else {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                             _ ("The desktop did not allow it. Its settings list what may run in "
                                "the background."));
  }
  stop_listening (request);
}

static void
asked_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL || g_task_get_completed (task))
    return;
  g_debug ("no background portal: %s", error->message);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           _ (
                             "This desktop has no service that starts programs out of a sandbox."));
  stop_listening (g_task_get_task_data (task));
}

/* The path on which the answer will come, so that it is listened for before it is asked. */
static char *
dup_request_path (GDBusConnection *bus,
                  const char      *token)
{
  g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (bus) + 1);

  g_strdelimit (sender, ".", '_');
  return g_strdup_printf (PORTAL_PATH "/request/%s/%s", sender, token);
}

static GVariant *
options_new (UsherAutostart *self,
             const char     *token,
             gboolean        is_enabled)
{
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add (&options, "{sv}", "reason",
                         g_variant_new_string (_ ("Chats are offered to you from the start.")));
  g_variant_builder_add (&options, "{sv}", "autostart", g_variant_new_boolean (is_enabled));
  g_variant_builder_add (&options, "{sv}", "commandline",
                         g_variant_new_strv ((const char *const *) self->command, -1));
  return g_variant_builder_end (&options);
}

static void
bus_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  UsherAutostart *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  g_autofree char *token = g_strdup_printf ("usher%u", ++self->n_requests);
  g_autofree char *path = NULL;
  GError *error = NULL;

  request->bus = g_bus_get_finish (result, &error);
  if (request->bus == NULL) {
    g_task_return_error (task, error);
    return;
  }
  path = dup_request_path (request->bus, token);
  request->response_id =
    g_dbus_connection_signal_subscribe (request->bus, PORTAL_NAME, "org.freedesktop.portal.Request",
                                        "Response", path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                        response_cb, g_object_ref (task), g_object_unref);
  g_dbus_connection_call (request->bus, PORTAL_NAME, PORTAL_PATH,
                          "org.freedesktop.portal.Background", "RequestBackground",
                          g_variant_new ("(s@a{sv})", "",
                                         options_new (self, token, request->is_enabled)),
                          NULL, G_DBUS_CALL_FLAGS_NONE, -1, g_task_get_cancellable (task), asked_cb,
                          g_object_ref (task));
}

static void
ask_portal (gboolean  is_enabled,
            GTask    *task)
{
  Request *request = g_new0 (Request, 1);

  request->is_enabled = is_enabled;
  g_task_set_task_data (task, request, request_free);
  g_bus_get (G_BUS_TYPE_SESSION, g_task_get_cancellable (task), bus_cb, g_object_ref (task));
}

/* --- Object ------------------------------------------------------------------------------------------ */

gboolean
usher_autostart_get_is_enabled (UsherAutostart *self)
{
  g_return_val_if_fail (USHER_IS_AUTOSTART (self), FALSE);

  return self->is_sandboxed ? g_settings_get_boolean (self->settings, SETTING) : has_file ();
}

void
usher_autostart_set_async (UsherAutostart      *self,
                           gboolean             is_enabled,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (USHER_IS_AUTOSTART (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, usher_autostart_set_async);
  if (self->is_sandboxed)
    ask_portal (is_enabled, task);
  else
    set_file (self, is_enabled, task);
}

gboolean
usher_autostart_set_finish (UsherAutostart  *self,
                            GAsyncResult    *result,
                            GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
usher_autostart_finalize (GObject *object)
{
  UsherAutostart *self = USHER_AUTOSTART (object);

  g_object_unref (self->settings);
  g_strfreev (self->command);

  G_OBJECT_CLASS (usher_autostart_parent_class)->finalize (object);
}

static void
usher_autostart_class_init (UsherAutostartClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = usher_autostart_finalize;
}

static void
usher_autostart_init (UsherAutostart *self)
{
}

UsherAutostart *
usher_autostart_new (GSettings         *settings,
                     const char *const *command,
                     gboolean           is_sandboxed)
{
  UsherAutostart *self = g_object_new (USHER_TYPE_AUTOSTART, NULL);

  self->settings = g_object_ref (settings);
  self->command = g_strdupv ((char **) command);
  self->is_sandboxed = is_sandboxed;
  return self;
}
