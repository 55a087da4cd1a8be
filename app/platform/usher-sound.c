/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-sound"
#include "config.h"

#include "usher-sound.h"

#include <glib/gi18n-lib.h>

#ifdef HAVE_GSOUND

#  include <gsound.h>

/* One context for the program; the library is slow to connect, so only the thread that plays makes it. */
static GMutex mutex;
static GSoundContext *context; /* under the mutex */

static char *
dup_path (const char *name)
{
  const char *folder = g_getenv ("USHER_SOUND_DIR");
  g_autofree char *file = g_strconcat (name, ".wav", NULL);

  return g_build_filename (folder != NULL ? folder : USHER_SOUND_DIR, file, NULL);
}

static gboolean
play (const char    *name,
      GCancellable  *cancellable,
      GError       **error)
{
  g_autofree char *path = dup_path (name);
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&mutex);

  if (context == NULL)
    context = gsound_context_new (NULL, error);
  return context != NULL &&
         gsound_context_play_simple (context, cancellable, error, GSOUND_ATTR_MEDIA_FILENAME, path,
                                     GSOUND_ATTR_MEDIA_ROLE, "event", GSOUND_ATTR_EVENT_DESCRIPTION,
                                     _ ("Somebody waits"), NULL);
}

#else

static gboolean
play (const char    *name,
      GCancellable  *cancellable,
      GError       **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       _ ("This Usher was built without sound."));
  return FALSE;
}

#endif

static void
play_in_thread (GTask        *task,
                gpointer      source,
                gpointer      name,
                GCancellable *cancellable)
{
  GError *error = NULL;

  if (play (name, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
usher_sound_play_async (const char          *name,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, usher_sound_play_async);
  g_task_set_task_data (task, g_strdup (name), g_free);
  g_task_run_in_thread (task, play_in_thread);
}

gboolean
usher_sound_play_finish (GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
played_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!usher_sound_play_finish (result, &error))
    g_debug ("not heard: %s", error->message);
}

void
usher_sound_play (const char *name)
{
  usher_sound_play_async (name, NULL, played_cb, NULL);
}
