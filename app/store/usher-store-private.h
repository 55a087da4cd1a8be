/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-db.h"
#include "usher-store.h"

G_BEGIN_DECLS

typedef struct _UsherJob UsherJob;

/** UsherJobFunc: runs on the store's thread; sees values and the database, never an object of the main thread. */
typedef gboolean (*UsherJobFunc) (UsherJob *job, UsherDb *db, GError **error);

/**
 * UsherJob:
 *
 * One thing to do. The task, and with it the reference to the store, is touched on the main thread only: a thread that dropped
 * the last reference would finalize the store on itself.
 */
struct _UsherJob {
  UsherJobFunc run;
  gboolean is_write;
  gboolean is_search; /* lines that wait to be indexed go first */
  guint64 conv;
  guint64 number;
  guint64 other;
  guint limit;
  gboolean flag;
  char *text;
  char *path;
  GBytes *file;
  gpointer value; /* row or rows */
  GDestroyNotify value_free;
  gpointer result;
  GDestroyNotify result_free;
  GError *error;
  GTask *task; /* (nullable) */
};

UsherJob *usher_job_new (UsherJobFunc run,
                         gboolean     is_write) G_GNUC_WARN_UNUSED_RESULT;

/** usher_store_push: @job: (transfer full) */
void usher_store_push (UsherStore *self,
                       UsherJob   *job);

/** usher_store_push_for: the same, and somebody waits for it. */
void usher_store_push_for (UsherStore          *self,
                           UsherJob            *job,
                           gpointer             tag,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data);

/** usher_store_set_export: (transfer full) (nullable): a thread that is cancelled and waited for before the next one, and before the store closes. */
void usher_store_set_export (UsherStore   *self,
                             GThread      *thread,
                             GCancellable *cancellable);

/** usher_store_dup_cache_path: (transfer full): where the database is. */
char *usher_store_dup_cache_path (UsherStore *self);

/** usher_store_dup_pictures_dir: (transfer full): where the files are. */
char *usher_store_dup_pictures_dir (UsherStore *self);

G_END_DECLS
