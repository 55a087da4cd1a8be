/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-store"
#include "config.h"

#include "usher-store.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "usher-store-private.h"

/* Not g_task_run_in_thread(): its pool runs jobs out of order and lets a worker drop the last reference of the source object
 * (seen in four of ten runs). Here a thread of our own hands the finished jobs of a batch back to the main context. */

#define MAX_BATCH 256

struct _UsherStore {
  GObject parent_instance;

  char *dir;
  int lock_fd;
  gboolean is_forgotten;
  GThread *export; /* (nullable) */
  GCancellable *export_cancellable;
  GThread *thread;
  GAsyncQueue *jobs; /* of UsherJob; shared with the thread */
  GMainContext *context;
};

/* What the thread knows. It holds no reference to the store. */
typedef struct {
  UsherDb *db;
  GAsyncQueue *jobs;
  GMainContext *context;
  GWeakRef *store; /* looked into on the main thread only */
} Worker;

typedef struct {
  GPtrArray *jobs;
  GWeakRef *store;
} Batch;

enum {
  SIGNAL_FAULT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Its address in the queue ends the thread. */
static UsherJob last_job;

G_DEFINE_FINAL_TYPE (UsherStore, usher_store, G_TYPE_OBJECT)

UsherJob *
usher_job_new (UsherJobFunc run,
               gboolean     is_write)
{
  UsherJob *job = g_new0 (UsherJob, 1);

  job->run = run;
  job->is_write = is_write;
  return job;
}

static void
job_free (gpointer data)
{
  UsherJob *job = data;

  if (job->value_free != NULL)
    g_clear_pointer (&job->value, job->value_free);
  if (job->result_free != NULL)
    g_clear_pointer (&job->result, job->result_free);
  g_clear_error (&job->error);
  g_clear_object (&job->task);
  g_clear_pointer (&job->file, g_bytes_unref);
  g_free (job->text);
  g_free (job->path);
  g_free (job);
}

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
}

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_ptr_array_unref (batch->jobs);
  g_atomic_rc_box_release_full (batch->store, weak_ref_free);
  g_free (batch);
}

static void
return_job (UsherStore *self,
            UsherJob   *job)
{
  if (job->task == NULL) {
    if (job->error != NULL && self != NULL)
      g_signal_emit (self, signals[SIGNAL_FAULT], 0, job->error);
    return;
  }
  if (job->error != NULL)
    g_task_return_error (job->task, g_steal_pointer (&job->error));
  else if (job->result_free != NULL)
    g_task_return_pointer (job->task, g_steal_pointer (&job->result), job->result_free);
  else
    g_task_return_boolean (job->task, TRUE);
}

static gboolean
batch_done_cb (gpointer user_data)
{
  Batch *batch = user_data;
  g_autoptr (UsherStore) self = g_weak_ref_get (batch->store);

  for (guint i = 0; i < batch->jobs->len; i++)
    return_job (self, g_ptr_array_index (batch->jobs, i));
  return G_SOURCE_REMOVE;
}

static void
fail_writes (GPtrArray *jobs,
             GError    *error)
{
  for (guint i = 0; i < jobs->len; i++) {
    UsherJob *job = g_ptr_array_index (jobs, i);

    if (job->is_write && job->error == NULL)
      job->error = g_error_copy (error);
  }
}

static gboolean
has_writes (GPtrArray *jobs)
{
  for (guint i = 0; i < jobs->len; i++) {
    if (((UsherJob *) g_ptr_array_index (jobs, i))->is_write)
      return TRUE;
  }
  return FALSE;
}

/* A job that fails fails alone; a commit that fails fails all that wrote. */
static void
run_batch (UsherDb   *db,
           GPtrArray *jobs)
{
  g_autoptr (GError) error = NULL;
  gboolean is_write = has_writes (jobs);

  if (is_write && !usher_db_begin (db, &error)) {
    fail_writes (jobs, error);
    is_write = FALSE;
  }
  for (guint i = 0; i < jobs->len; i++) {
    UsherJob *job = g_ptr_array_index (jobs, i);

    if (job->error == NULL)
      job->run (job, db, &job->error);
  }
  if (is_write && !usher_db_commit (db, &error))
    fail_writes (jobs, error);
}

static void
hand_back (Worker    *worker,
           GPtrArray *jobs)
{
  Batch *batch = g_new (Batch, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  batch->jobs = jobs;
  batch->store = g_atomic_rc_box_acquire (worker->store);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, batch_done_cb, batch, batch_free);
  g_source_attach (source, worker->context);
}

/* While nothing is asked for, lines that have come in go into the search index, a chunk at a time. */
static UsherJob *
wait_for_job (Worker *worker)
{
  g_autoptr (GError) error = NULL;
  UsherJob *job;

  while ((job = g_async_queue_try_pop (worker->jobs)) == NULL) {
    if (!usher_db_is_index_due (worker->db))
      return g_async_queue_pop (worker->jobs);
    usher_db_index_some (worker->db, &error);
    if (error != NULL) {
      g_warning ("cannot feed the search index: %s", error->message);
      return g_async_queue_pop (worker->jobs);
    }
  }
  return job;
}

/* The first job is waited for; what has gathered meanwhile comes along, but for a search, which is a batch of its own: what was put
 * before it can only be indexed once it is committed. Returns whether to go on. */
static gboolean
collect (Worker    *worker,
         GPtrArray *jobs)
{
  UsherJob *job = wait_for_job (worker);

  while (job != NULL && job != &last_job) {
    if (job->is_search && jobs->len > 0) {
      g_async_queue_push_front (worker->jobs, job);
      return TRUE;
    }
    g_ptr_array_add (jobs, job);
    job = jobs->len < MAX_BATCH && !job->is_search ? g_async_queue_try_pop (worker->jobs) : NULL;
  }
  return job != &last_job;
}

/* What came in a moment ago is found too. A long backlog is not waited for. */
static void
index_before_search (UsherDb *db)
{
  g_autoptr (GError) error = NULL;

  usher_db_index_some (db, &error);
  if (error != NULL)
    g_warning ("cannot feed the search index: %s", error->message);
}

static gpointer
work (gpointer data)
{
  Worker *worker = data;
  gboolean goes_on = TRUE;

  while (goes_on) {
    GPtrArray *jobs = g_ptr_array_new_with_free_func (job_free);

    goes_on = collect (worker, jobs);
    if (jobs->len > 0 && ((UsherJob *) g_ptr_array_index (jobs, 0))->is_search)
      index_before_search (worker->db);
    run_batch (worker->db, jobs);
    hand_back (worker, jobs);
  }
  usher_db_close (worker->db);
  g_async_queue_unref (worker->jobs);
  g_main_context_unref (worker->context);
  g_atomic_rc_box_release_full (worker->store, weak_ref_free);
  g_free (worker);
  return NULL;
}

void
usher_store_push (UsherStore *self,
                  UsherJob   *job)
{
  g_return_if_fail (self->thread != NULL);

  g_async_queue_push (self->jobs, job);
}

void
usher_store_push_for (UsherStore          *self,
                      UsherJob            *job,
                      gpointer             tag,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  job->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (job->task, tag);
  usher_store_push (self, job);
}

static UsherSnapshot *
take_snapshot (UsherDb  *db,
               GError  **error)
{
  g_autoptr (UsherSnapshot) snapshot = g_new0 (UsherSnapshot, 1);

  if ((snapshot->meta = usher_db_load_meta (db, error)) == NULL ||
      (snapshot->conversations = usher_db_load_conversations (db, error)) == NULL ||
      (snapshot->outbox = usher_db_load_outbox (db, error)) == NULL ||
      (snapshot->drafts = usher_db_load_drafts (db, error)) == NULL)
    return NULL;
  return g_steal_pointer (&snapshot);
}

static UsherDb *
open_and_read (const char     *path,
               UsherSnapshot **ret_snapshot,
               GError        **error)
{
  g_autoptr (UsherDb) db = usher_db_open (path, error);
  g_autoptr (UsherSnapshot) snapshot = NULL;

  if (db == NULL || (snapshot = take_snapshot (db, error)) == NULL)
    return NULL;
  *ret_snapshot = g_steal_pointer (&snapshot);
  return g_steal_pointer (&db);
}

/* The old one is kept for a person to look into: drafts may be in it. */
static void
put_aside (const char *path)
{
  static const char *const endings[] = { "", "-wal", "-shm" };

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *from = g_strconcat (path, endings[i], NULL);
    g_autofree char *to = g_strconcat (path, ".broken", endings[i], NULL);

    g_rename (from, to);
  }
  g_warning ("the cache was broken; it is kept as “%s.broken” and a new one begun", path);
}

static int
take_lock (const char  *dir,
           GError     **error)
{
  g_autofree char *path = g_build_filename (dir, "lock", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0) {
    g_set_error (error, USHER_STORE_ERROR, USHER_STORE_ERROR_FAILED, "Cannot open “%s”: %s", path,
                 g_strerror (errno));
    return -1;
  }
  if (flock (fd, LOCK_EX | LOCK_NB) != 0) {
    g_set_error (error, USHER_STORE_ERROR, USHER_STORE_ERROR_IN_USE, "The profile “%s” is in use",
                 dir);
    close (fd);
    return -1;
  }
  return fd;
}

static gboolean
make_dirs (UsherStore  *self,
           GError     **error)
{
  g_autofree char *pictures = usher_store_dup_pictures_dir (self);

  if (g_mkdir_with_parents (pictures, 0700) == 0 && g_chmod (self->dir, 0700) == 0)
    return TRUE;
  g_set_error (error, USHER_STORE_ERROR, USHER_STORE_ERROR_FAILED, "Cannot make “%s”: %s",
               self->dir, g_strerror (errno));
  return FALSE;
}

static void
start_thread (UsherStore *self,
              UsherDb    *db)
{
  Worker *worker = g_new0 (Worker, 1);

  self->context = g_main_context_ref_thread_default ();
  worker->db = db;
  worker->jobs = g_async_queue_ref (self->jobs);
  worker->context = g_main_context_ref (self->context);
  worker->store = g_atomic_rc_box_new0 (GWeakRef);
  g_weak_ref_init (worker->store, self);
  self->thread = g_thread_new ("usher-store", work, worker);
}

UsherStore *
usher_store_open (const char     *profile_dir,
                  UsherSnapshot **ret_snapshot,
                  GError        **error)
{
  g_autoptr (UsherStore) self = g_object_new (USHER_TYPE_STORE, NULL);
  g_autoptr (GError) fault = NULL;
  g_autofree char *path = NULL;
  g_autofree char *index_path = g_build_filename (profile_dir, "search.db", NULL);
  UsherDb *db;

  self->dir = g_strdup (profile_dir);
  path = usher_store_dup_cache_path (self);
  if (!make_dirs (self, error) || (self->lock_fd = take_lock (self->dir, error)) < 0)
    return NULL;
  db = open_and_read (path, ret_snapshot, &fault);
  if (db == NULL && g_error_matches (fault, USHER_STORE_ERROR, USHER_STORE_ERROR_CORRUPT)) {
    g_clear_error (&fault);
    put_aside (path);
    db = open_and_read (path, ret_snapshot, &fault);
  }
  if (db == NULL) {
    g_propagate_error (error, g_steal_pointer (&fault));
    return NULL;
  }
  if (!usher_db_open_index (db, index_path, &fault))
    g_warning ("there will be no search: %s", fault->message);
  start_thread (self, db);
  return g_steal_pointer (&self);
}

char *
usher_store_dup_picture_path (UsherStore *self,
                              const char *name)
{
  g_return_val_if_fail (USHER_IS_STORE (self), NULL);
  g_return_val_if_fail (strchr (name, '/') == NULL, NULL);

  return g_build_filename (self->dir, "pictures", name, NULL);
}

char *
usher_store_dup_cache_path (UsherStore *self)
{
  return g_build_filename (self->dir, "cache.db", NULL);
}

void
usher_store_set_export (UsherStore   *self,
                        GThread      *thread,
                        GCancellable *cancellable)
{
  g_cancellable_cancel (self->export_cancellable);
  g_clear_pointer (&self->export, g_thread_join);
  g_clear_object (&self->export_cancellable);
  self->export = thread;
  self->export_cancellable = cancellable;
}

char *
usher_store_dup_pictures_dir (UsherStore *self)
{
  return g_build_filename (self->dir, "pictures", NULL);
}

void
usher_store_forget (UsherStore *self)
{
  g_return_if_fail (USHER_IS_STORE (self));

  self->is_forgotten = TRUE;
}

/* Rows that are deleted stay readable in the pages of a database for a while; a file that is gone does not. */
static void
remove_files (UsherStore *self)
{
  static const char *const names[] = { "cache.db",           "cache.db-wal",
                                       "cache.db-shm",       "search.db",
                                       "search.db-wal",      "search.db-shm",
                                       "cache.db.broken",    "cache.db.broken-wal",
                                       "cache.db.broken-shm" };
  g_autofree char *pictures = usher_store_dup_pictures_dir (self);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (self->dir, names[i], NULL);

    if (g_unlink (path) != 0 && errno != ENOENT)
      g_warning ("cannot remove “%s”: %s", path, g_strerror (errno));
  }
  g_rmdir (pictures); /* emptied with the rows */
}

void
usher_store_close (UsherStore *self)
{
  g_return_if_fail (USHER_IS_STORE (self));

  usher_store_set_export (self, NULL, NULL);
  if (self->thread != NULL) {
    g_async_queue_push (self->jobs, &last_job);
    g_thread_join (g_steal_pointer (&self->thread));
    if (self->is_forgotten)
      remove_files (self);
  }
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  self->lock_fd = -1;
}

static void
usher_store_finalize (GObject *object)
{
  UsherStore *self = USHER_STORE (object);

  usher_store_close (self);
  g_async_queue_unref (self->jobs);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self->dir);

  G_OBJECT_CLASS (usher_store_parent_class)->finalize (object);
}

static void
usher_store_class_init (UsherStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = usher_store_finalize;

  signals[SIGNAL_FAULT] =
    g_signal_new ("fault", USHER_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                  G_TYPE_ERROR | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
usher_store_init (UsherStore *self)
{
  self->lock_fd = -1;
  self->jobs = g_async_queue_new ();
}
