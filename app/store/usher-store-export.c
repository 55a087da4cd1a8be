/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-store"
#include "config.h"

#include "usher-export-run.h"
#include "usher-store-private.h"

/* An export beside everything else: a thread of its own, which knows values only. */

typedef struct {
  char *cache_path;
  char *folder;
  char *settings;
  GCancellable *cancellable; /* when the store closes, or the caller's is cancelled */
  UsherExportProgress progress;
  gpointer progress_data;
} Errand;

typedef struct {
  UsherExportProgress progress;
  gpointer progress_data;
  double fraction;
} News;

static void
errand_free (gpointer data)
{
  Errand *errand = data;

  g_clear_object (&errand->cancellable);
  g_free (errand->cache_path);
  g_free (errand->folder);
  g_free (errand->settings);
  g_free (errand);
}

static gboolean
news_cb (gpointer user_data)
{
  News *news = user_data;

  news->progress (news->fraction, news->progress_data);
  return G_SOURCE_REMOVE;
}

static void
tell (guint64  done,
      guint64  total,
      gpointer user_data)
{
  GTask *task = user_data;
  Errand *errand = g_task_get_task_data (task);
  News *news = g_new (News, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  news->progress = errand->progress;
  news->progress_data = errand->progress_data;
  news->fraction = (double) done / (double) MAX (total, 1);
  /* In order with the result, which comes with the same priority. */
  g_source_set_priority (source, g_task_get_priority (task));
  g_source_set_callback (source, news_cb, news, g_free);
  g_source_attach (source, g_task_get_context (task));
}

static gpointer
work (gpointer data)
{
  g_autoptr (GTask) task = data;
  Errand *errand = g_task_get_task_data (task);
  GError *error = NULL;
  char *path = usher_export_run (errand->cache_path, errand->folder, errand->settings,
                                 errand->cancellable, tell, task, &error);

  if (path != NULL)
    g_task_return_pointer (task, path, g_free);
  else
    g_task_return_error (task, error);
  return NULL;
}

static void
cancel_cb (GCancellable *outer,
           gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

/* No source object: the thread may hold the last reference to the task. What was written in spite of a late cancel is told as written. */
void
usher_store_export_async (UsherStore          *self,
                          const char          *folder,
                          const char          *settings,
                          GCancellable        *cancellable,
                          UsherExportProgress  progress,
                          gpointer             progress_data,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Errand *errand;

  g_return_if_fail (USHER_IS_STORE (self));

  task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (task, usher_store_export_async);
  errand = g_new0 (Errand, 1);
  errand->cache_path = usher_store_dup_cache_path (self);
  errand->folder = g_strdup (folder);
  errand->settings = g_strdup (settings);
  errand->cancellable = g_cancellable_new ();
  errand->progress = progress;
  errand->progress_data = progress_data;
  g_task_set_task_data (task, errand, errand_free);
  if (cancellable != NULL)
    g_cancellable_connect (cancellable, G_CALLBACK (cancel_cb), g_object_ref (errand->cancellable),
                           g_object_unref);
  usher_store_set_export (self, NULL, NULL);
  usher_store_set_export (self, g_thread_new ("usher-export", work, g_object_ref (task)),
                          g_object_ref (errand->cancellable));
}

char *
usher_store_export_finish (GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
