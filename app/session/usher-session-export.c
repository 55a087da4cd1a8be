/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include <glib/gi18n-lib.h>

#include "usher-session-private.h"

/* The store writes it; here it gets its words. */

static char *
dup_problem (const GError *error,
             const char   *folder)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    /* Translators: %s is a folder */
    return g_strdup_printf (_ ("The disk is full: nothing was left in “%s”, and nothing here is "
                               "lost. Make room, or choose another disk."),
                            folder);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY))
    return g_strdup_printf (_ ("Nothing may be written to “%s”. Choose another folder."), folder);
  /* Translators: %1$s is a folder, %2$s why */
  return g_strdup_printf (
    _ ("The export into “%1$s” did not work: %2$s. Nothing was left there, and "
       "nothing here is lost."),
    folder, error->message);
}

static void
exported_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  UsherSession *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = usher_store_export_finish (result, &error);
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (path == NULL) {
    text = dup_problem (error, g_task_get_task_data (task));
    usher_session_notice (self, USHER_NOTICE_WARNING, text, "export");
    g_task_return_new_error (task, USHER_SESSION_ERROR, USHER_SESSION_ERROR_FAILED, "%s", text);
    return;
  }
  /* Translators: %s is a folder */
  text = g_strdup_printf (_ ("Your data is in “%s”."), path);
  usher_session_notice (self, USHER_NOTICE_INFO, text, "export");
  g_task_return_pointer (task, g_steal_pointer (&text), g_free);
}

void
usher_session_export_async (UsherSession         *self,
                            const char           *folder,
                            const char           *settings,
                            GCancellable         *cancellable,
                            UsherSessionProgress  progress,
                            gpointer              progress_data,
                            GAsyncReadyCallback   callback,
                            gpointer              user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (USHER_IS_SESSION (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, usher_session_export_async);
  g_task_set_task_data (task, g_strdup (folder), g_free);
  usher_session_flush (self);
  usher_store_export_async (self->store, folder, settings, cancellable, progress, progress_data,
                            exported_cb, g_steal_pointer (&task));
}

char *
usher_session_export_finish (UsherSession  *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
