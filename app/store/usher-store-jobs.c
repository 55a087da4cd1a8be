/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-store"
#include "config.h"

#include "usher-store.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "usher-store-private.h"

/* Each public call beside what it does on the store's thread. */

/* Most notes that stand between the lines of one page. */
#define MAX_PAGE_NOTES 200

/* A search that finds little looks at everything; nobody waits longer for the page or the draft behind it. */
#define SEARCH_LIMIT_US ((gint64) 100 * 1000)

static gboolean
run_put_conversation (UsherJob  *job,
                      UsherDb   *db,
                      GError   **error)
{
  return usher_db_put_conversation (db, job->value, error);
}

void
usher_store_put_conversation (UsherStore           *self,
                              UsherConversationRow *row)
{
  UsherJob *job = usher_job_new (run_put_conversation, TRUE);

  job->value = row;
  job->value_free = (GDestroyNotify) usher_conversation_row_free;
  usher_store_push (self, job);
}

static gboolean
run_put_messages (UsherJob  *job,
                  UsherDb   *db,
                  GError   **error)
{
  GPtrArray *rows = job->value;

  for (guint i = 0; i < rows->len; i++) {
    if (!usher_db_put_message (db, g_ptr_array_index (rows, i), error))
      return FALSE;
  }
  return TRUE;
}

void
usher_store_put_messages (UsherStore *self,
                          GPtrArray  *rows)
{
  UsherJob *job = usher_job_new (run_put_messages, TRUE);

  job->value = rows;
  job->value_free = (GDestroyNotify) g_ptr_array_unref;
  usher_store_push (self, job);
}

static gboolean
run_edit_message (UsherJob  *job,
                  UsherDb   *db,
                  GError   **error)
{
  return usher_db_edit_message (db, job->value, error);
}

void
usher_store_edit_message (UsherStore      *self,
                          UsherMessageRow *row)
{
  UsherJob *job = usher_job_new (run_edit_message, TRUE);

  job->value = row;
  job->value_free = (GDestroyNotify) usher_message_row_free;
  usher_store_push (self, job);
}

static gboolean
run_forget_conversation (UsherJob  *job,
                         UsherDb   *db,
                         GError   **error)
{
  return usher_db_forget_conversation (db, job->conv, error);
}

void
usher_store_forget_conversation (UsherStore *self,
                                 guint64     conv)
{
  UsherJob *job = usher_job_new (run_forget_conversation, TRUE);

  job->conv = conv;
  usher_store_push (self, job);
}

static gboolean
run_set_meta (UsherJob  *job,
              UsherDb   *db,
              GError   **error)
{
  return usher_db_run (db, error, "INSERT OR REPLACE INTO meta (key, value) VALUES (?,?)", "tt",
                       job->path, job->text);
}

void
usher_store_set_meta (UsherStore *self,
                      const char *key,
                      const char *value)
{
  UsherJob *job = usher_job_new (run_set_meta, TRUE);

  job->path = g_strdup (key);
  job->text = g_strdup (value);
  usher_store_push (self, job);
}

static gboolean
run_drop_cache (UsherJob  *job,
                UsherDb   *db,
                GError   **error)
{
  return usher_db_drop_cache (db, error) && usher_db_clear_index (db, error);
}

void
usher_store_drop_cache (UsherStore *self)
{
  usher_store_push (self, usher_job_new (run_drop_cache, TRUE));
}

static void
remove_files (const char *dir)
{
  g_autoptr (GDir) files = g_dir_open (dir, 0, NULL);
  const char *name;

  while (files != NULL && (name = g_dir_read_name (files)) != NULL) {
    g_autofree char *path = g_build_filename (dir, name, NULL);

    g_unlink (path);
  }
}

static gboolean
run_drop_all (UsherJob  *job,
              UsherDb   *db,
              GError   **error)
{
  remove_files (job->path);
  return usher_db_drop_all (db, error) && usher_db_clear_index (db, error);
}

void
usher_store_drop_all (UsherStore *self)
{
  UsherJob *job = usher_job_new (run_drop_all, TRUE);

  job->path = usher_store_dup_pictures_dir (self);
  usher_store_push (self, job);
}

static gboolean
write_and_sync (int      fd,
                GBytes  *bytes,
                GError **error)
{
  gsize left;
  const guint8 *at = g_bytes_get_data (bytes, &left);

  while (left > 0) {
    gssize written = write (fd, at, left);

    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      g_set_error (error, USHER_STORE_ERROR,
                   errno == ENOSPC ? USHER_STORE_ERROR_FULL : USHER_STORE_ERROR_FAILED, "%s",
                   g_strerror (errno));
      return FALSE;
    }
    at += written;
    left -= (gsize) written;
  }
  if (fsync (fd) == 0)
    return TRUE;
  g_set_error (error, USHER_STORE_ERROR, USHER_STORE_ERROR_FAILED, "%s", g_strerror (errno));
  return FALSE;
}

static gboolean
put_file (const char  *path,
          GBytes      *bytes,
          GError     **error)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  gboolean is_written;

  if (fd < 0) {
    g_set_error (error, USHER_STORE_ERROR, USHER_STORE_ERROR_FAILED, "%s", g_strerror (errno));
    return FALSE;
  }
  is_written = write_and_sync (fd, bytes, error);
  close (fd);
  if (!is_written)
    g_unlink (path);
  return is_written;
}

static gboolean
clear_draft (UsherDb               *db,
             const UsherOutboxRow  *row,
             GError               **error)
{
  UsherDraftRow none = { row->conv, row->kind == USHER_MESSAGE_NOTE, NULL };

  return usher_db_put_draft (db, &none, error);
}

static gboolean
run_put_outbox (UsherJob  *job,
                UsherDb   *db,
                GError   **error)
{
  const UsherOutboxRow *row = job->value;

  return (job->file == NULL || put_file (row->path, job->file, error)) &&
         usher_db_put_outbox (db, row, error) && (!job->flag || clear_draft (db, row, error));
}

void
usher_store_put_outbox_async (UsherStore          *self,
                              UsherOutboxRow      *row,
                              GBytes              *file,
                              gboolean             clears_draft,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  UsherJob *job = usher_job_new (run_put_outbox, TRUE);

  job->value = row;
  job->value_free = (GDestroyNotify) usher_outbox_row_free;
  job->file = file != NULL ? g_bytes_ref (file) : NULL;
  job->flag = clears_draft;
  usher_store_push_for (self, job, usher_store_put_outbox_async, cancellable, callback, user_data);
}

static gboolean
run_remove_outbox (UsherJob  *job,
                   UsherDb   *db,
                   GError   **error)
{
  return usher_db_run (db, error, "DELETE FROM outbox WHERE cid = ?", "i", job->number);
}

void
usher_store_remove_outbox (UsherStore *self,
                           guint64     cid)
{
  UsherJob *job = usher_job_new (run_remove_outbox, TRUE);

  job->number = cid;
  usher_store_push (self, job);
}

static gboolean
run_put_draft (UsherJob  *job,
               UsherDb   *db,
               GError   **error)
{
  UsherDraftRow row = { job->conv, job->flag, job->text };

  return usher_db_put_draft (db, &row, error);
}

void
usher_store_put_draft_async (UsherStore          *self,
                             guint64              conv,
                             gboolean             is_note,
                             const char          *text,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  UsherJob *job = usher_job_new (run_put_draft, TRUE);

  job->conv = conv;
  job->flag = is_note;
  job->text = g_strdup (text);
  usher_store_push_for (self, job, usher_store_put_draft_async, cancellable, callback, user_data);
}

static gboolean
run_put_file (UsherJob  *job,
              UsherDb   *db,
              GError   **error)
{
  if (!put_file (job->path, job->file, error))
    return FALSE;
  job->result = g_steal_pointer (&job->path);
  return TRUE;
}

void
usher_store_put_file_async (UsherStore          *self,
                            const char          *name,
                            GBytes              *bytes,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  UsherJob *job = usher_job_new (run_put_file, FALSE);

  job->path = usher_store_dup_picture_path (self, name);
  job->file = g_bytes_ref (bytes);
  job->result_free = g_free;
  usher_store_push_for (self, job, usher_store_put_file_async, cancellable, callback, user_data);
}

char *
usher_store_put_file_finish (UsherStore    *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
usher_store_write_finish (UsherStore    *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
usher_page_free (UsherPage *page)
{
  g_clear_pointer (&page->messages, g_ptr_array_unref);
  g_clear_pointer (&page->notes, g_ptr_array_unref);
  g_free (page);
}

static gint64
time_of (GPtrArray *rows,
         guint      i)
{
  return ((UsherMessageRow *) g_ptr_array_index (rows, i))->ts_us;
}

/* The notes of a page stand between its first and its last line; those after the newest line belong to the newest page. */
static gboolean
run_load_page (UsherJob  *job,
               UsherDb   *db,
               GError   **error)
{
  g_autoptr (UsherPage) page = g_new0 (UsherPage, 1);
  gboolean is_newest = job->number == 0 && job->other == G_MAXINT64;
  gint64 from_us = 0;
  gint64 to_us = G_MAXINT64;

  page->messages =
    usher_db_load_messages (db, job->conv, job->number, job->other, job->limit, error);
  if (page->messages == NULL)
    return FALSE;
  if (page->messages->len == job->limit || job->number != 0)
    from_us = page->messages->len > 0 ? time_of (page->messages, 0) : G_MAXINT64;
  if (!is_newest && page->messages->len > 0)
    to_us = time_of (page->messages, page->messages->len - 1);
  page->notes = usher_db_load_notes (db, job->conv, from_us, to_us, MAX_PAGE_NOTES, error);
  if (page->notes == NULL)
    return FALSE;
  job->result = g_steal_pointer (&page);
  return TRUE;
}

void
usher_store_load_page_async (UsherStore          *self,
                             guint64              conv,
                             guint64              after,
                             guint64              before,
                             guint                limit,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  UsherJob *job = usher_job_new (run_load_page, FALSE);

  job->conv = conv;
  job->number = after;
  job->other = before;
  job->limit = CLAMP (limit, 1, 400);
  job->result_free = (GDestroyNotify) usher_page_free;
  usher_store_push_for (self, job, usher_store_load_page_async, cancellable, callback, user_data);
}

static gboolean
run_load_page_at (UsherJob  *job,
                  UsherDb   *db,
                  GError   **error)
{
  guint64 seq = usher_db_find_seq_at (db, job->conv, (gint64) job->other, error);
  guint64 half = job->limit / 2;

  job->number = seq > half ? seq - half : 0;
  job->other = seq + half;
  /* From the first line on; without a lower bound the newest would come. */
  if (job->number == 0)
    job->limit = (guint) (seq + half);
  return run_load_page (job, db, error);
}

void
usher_store_load_page_at_async (UsherStore          *self,
                                guint64              conv,
                                gint64               at_us,
                                guint                limit,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  UsherJob *job = usher_job_new (run_load_page_at, FALSE);

  job->conv = conv;
  job->other = (guint64) at_us;
  job->limit = CLAMP (limit, 2, 400);
  job->result_free = (GDestroyNotify) usher_page_free;
  usher_store_push_for (self, job, usher_store_load_page_async, cancellable, callback, user_data);
}

UsherPage *
usher_store_load_page_finish (UsherStore    *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Search ------------------------------------------------------------------------------------------ */

static gboolean
run_search (UsherJob  *job,
            UsherDb   *db,
            GError   **error)
{
  UsherHits *hits = usher_db_search (db, job->value, job->limit, SEARCH_LIMIT_US, error);

  if (hits == NULL)
    return FALSE;
  hits->is_index_behind = usher_db_is_index_due (db);
  job->result = hits;
  return TRUE;
}

void
usher_store_search_async (UsherStore             *self,
                          const UsherSearchQuery *query,
                          guint                   limit,
                          GCancellable           *cancellable,
                          GAsyncReadyCallback     callback,
                          gpointer                user_data)
{
  UsherJob *job = usher_job_new (run_search, FALSE);

  job->is_search = TRUE;
  job->value = usher_search_query_copy (query);
  job->value_free = (GDestroyNotify) usher_search_query_free;
  job->limit = CLAMP (limit, 1, 400);
  job->result_free = (GDestroyNotify) usher_hits_free;
  usher_store_push_for (self, job, usher_store_search_async, cancellable, callback, user_data);
}

UsherHits *
usher_store_search_finish (UsherStore    *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
