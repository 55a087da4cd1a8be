/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include <glib/gstdio.h>

#include "usher-session-private.h"
#include "wire-voice.h"

/* Pictures, voice messages and other files: bytes on the disk before the line is queued, uploaded when its turn comes, and afterwards one of the
 * cache. The cache's name of a file is the hash of its path at the gateway, without the signature, which changes. */

/* Each is in memory while it goes: 40 MiB, however many chats have something to send. */
#define MAX_UPLOADS 2

typedef struct {
  UsherSession *session; /* a reference */
  guint64 cid;
  guint64 conv;
  GCancellable *cancellable;
} Upload;

static void
upload_free (Upload *upload)
{
  g_object_unref (upload->session);
  g_object_unref (upload->cancellable);
  g_free (upload);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Upload, upload_free)

/* A url of another host is not followed: a frame cannot make the console call somebody. */
static const char *
path_of_url (const char *url)
{
  const char *path = strstr (url, "/media/");

  return path != NULL ? path : url;
}

static char *
cache_name (const char *url)
{
  const char *path = path_of_url (url);

  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) path,
                                      strcspn (path, "?"));
}

static char *
cache_path (UsherSession *self,
            const char   *url)
{
  g_autofree char *name = cache_name (url);

  return usher_store_dup_picture_path (self->store, name);
}

/* --- Sending ----------------------------------------------------------------------------------------- */

static UsherMessageKind
kind_of (const char *mime,
         guint       width)
{
  if (g_str_equal (mime, WIRE_VOICE_MIME))
    return USHER_MESSAGE_VOICE;
  return width > 0 ? USHER_MESSAGE_IMAGE : USHER_MESSAGE_FILE;
}

static UsherOutboxRow *
file_row (UsherSession      *self,
          UsherConversation *conversation,
          GBytes            *bytes,
          const char        *mime,
          const char        *name,
          guint              width,
          guint              height)
{
  UsherHolding *holding = usher_session_holding_of (self, conversation);
  UsherOutboxRow *row = g_new0 (UsherOutboxRow, 1);

  row->conv = usher_conversation_get_conv (conversation);
  row->cid = (guint64) g_random_int () << 32 | g_random_int () | 1;
  row->kind = kind_of (mime, width);
  row->mime = g_strdup (mime);
  row->name = g_strdup (name);
  row->size = g_bytes_get_size (bytes);
  row->width = width;
  row->height = height;
  row->seen = holding != NULL ? usher_session_seen_by_writer (holding) : 0;
  row->queued_at_us = g_get_real_time ();
  return row;
}

void
usher_session_send_file (UsherSession      *self,
                         UsherConversation *conversation,
                         GBytes            *bytes,
                         const char        *mime,
                         const char        *name,
                         guint              width,
                         guint              height)
{
  g_autoptr (UsherMessage) message = NULL;
  g_autofree char *file = NULL;
  UsherOutboxRow *row;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));
  g_return_if_fail (bytes != NULL && mime != NULL);

  row = file_row (self, conversation, bytes, mime, name, width, height);
  message = usher_session_message_from_pending (self, row);
  g_object_set_data_full (G_OBJECT (message), USHER_IMAGE_BYTES, g_bytes_ref (bytes),
                          (GDestroyNotify) g_bytes_unref); /* until queued_cb */
  usher_message_list_insert (usher_conversation_get_messages (conversation), message);

  file = g_strdup_printf ("own-%016" G_GINT64_MODIFIER "x", row->cid);
  row->path = usher_store_dup_picture_path (self->store, file);
  usher_session_queue_row (self, row, bytes, FALSE);
}

static gboolean
is_final (const GError *error)
{
  return g_error_matches (error, USHER_REST_ERROR, USHER_REST_ERROR_REFUSED) ||
         g_error_matches (error, USHER_REST_ERROR, USHER_REST_ERROR_NONSENSE);
}

static void start_next (UsherSession *self);

/* Whatever became of it: room for another. */
static void
upload_over (Upload *upload)
{
  UsherSession *self = upload->session;
  UsherMessage *message = usher_session_find_own (self, upload->conv, upload->cid);

  if (message != NULL)
    usher_message_set_progress (message, 0);
  if (g_hash_table_lookup (self->uploads, &upload->cid) == upload->cancellable)
    g_hash_table_remove (self->uploads, &upload->cid);
  start_next (self);
}

static void
uploaded_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Upload) upload = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = usher_rest_upload_finish (USHER_REST (source), result, &error);
  UsherSession *self = upload->session;

  upload_over (upload);
  if (g_cancellable_is_cancelled (upload->cancellable))
    return;
  if (url != NULL) {
    usher_outbox_set_url (self->outbox, upload->cid, url);
    return;
  }
  g_message ("a file was not uploaded: %s", error->message);
  if (g_error_matches (error, USHER_REST_ERROR, USHER_REST_ERROR_TOKEN))
    usher_session_renew_token (self);
  usher_outbox_upload_failed (self->outbox, upload->cid, is_final (error), error->message);
}

static void
progress_cb (guint64  done,
             guint64  total,
             gpointer user_data)
{
  Upload *upload = user_data;
  UsherMessage *message = usher_session_find_own (upload->session, upload->conv, upload->cid);
  guint percent = total > 0 ? (guint) (done * 100 / total) : 0;

  if (message != NULL && usher_message_get_progress (message) != percent)
    usher_message_set_progress (message, percent);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Upload) upload = user_data;
  g_autoptr (GBytes) bytes = g_file_load_bytes_finish (G_FILE (source), result, NULL, NULL);
  UsherSession *self = upload->session;
  const UsherOutboxItem *item = NULL;

  if (!g_cancellable_is_cancelled (upload->cancellable))
    item = usher_outbox_find (self->outbox, upload->cid);
  if (item == NULL || bytes == NULL) {
    upload_over (upload);
    if (item != NULL)
      usher_outbox_upload_failed (self->outbox, upload->cid, TRUE, "file_lost");
    return;
  }
  usher_rest_upload_async (self->rest, bytes, item->mime, item->name, upload->cancellable,
                           progress_cb, upload, uploaded_cb, upload);
  g_steal_pointer (&upload);
}

static void
start (UsherSession          *self,
       const UsherOutboxItem *item)
{
  g_autoptr (GFile) file = g_file_new_for_path (item->path != NULL ? item->path : "");
  Upload *upload = g_new0 (Upload, 1);

  *upload = (Upload){ g_object_ref (self), item->cid, item->conv, g_cancellable_new () };
  g_hash_table_replace (self->uploads, g_memdup2 (&item->cid, sizeof item->cid),
                        g_object_ref (upload->cancellable));
  g_file_load_bytes_async (file, upload->cancellable, read_cb, upload);
}

static void
start_next (UsherSession *self)
{
  while (self->outbox != NULL && g_hash_table_size (self->uploads) < MAX_UPLOADS &&
         !g_queue_is_empty (&self->uploads_waiting)) {
    g_autofree guint64 *cid = g_queue_pop_head (&self->uploads_waiting);
    const UsherOutboxItem *item = usher_outbox_find (self->outbox, *cid);

    if (item != NULL)
      start (self, item);
  }
}

void
usher_session_upload (UsherSession          *self,
                      const UsherOutboxItem *item)
{
  g_queue_push_tail (&self->uploads_waiting, g_memdup2 (&item->cid, sizeof item->cid));
  start_next (self);
}

void
usher_session_cancel_upload (UsherSession *self,
                             guint64       cid)
{
  GCancellable *cancellable = g_hash_table_lookup (self->uploads, &cid);
  const UsherOutboxRow *row = g_hash_table_lookup (self->pending, &cid);

  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  if (row != NULL && row->path != NULL)
    (void) g_unlink (row->path);
}

void
usher_session_stop_uploads (UsherSession *self)
{
  GHashTableIter iter;
  gpointer value;

  g_queue_clear_full (&self->uploads_waiting, g_free);
  g_hash_table_iter_init (&iter, self->uploads);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_cancellable_cancel (value);
}

/* From now on it is a file of the gateway's that happens to be here already. */
void
usher_session_keep_file (UsherSession          *self,
                         const UsherOutboxItem *item)
{
  UsherMessage *message = usher_session_find_own (self, item->conv, item->cid);
  g_autofree char *to = NULL;

  if (item->path == NULL || item->url == NULL)
    return;
  to = cache_path (self, item->url);
  if (g_rename (item->path, to) == 0 && message != NULL)
    usher_message_set_path (message, to);
}

/* --- Showing ----------------------------------------------------------------------------------------- */

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = usher_store_put_file_finish (USHER_STORE (source), result, &error);

  if (path == NULL)
    g_debug ("a picture is not cached: %s", error->message);
}

static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autofree char *name = NULL;
  UsherSession *self = g_task_get_source_object (task);
  GError *error = NULL;
  GBytes *bytes = usher_rest_media_finish (USHER_REST (source), result, &error);

  if (bytes == NULL) {
    g_task_return_error (task, error);
    return;
  }
  name = cache_name (usher_message_get_url (g_task_get_task_data (task)));
  usher_store_put_file_async (self->store, name, bytes, NULL, written_cb, NULL);
  g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
}

static void
fetch (GTask *task)
{
  UsherSession *self = g_task_get_source_object (task);
  const char *url = usher_message_get_url (g_task_get_task_data (task));

  if (url == NULL || *url == '\0') {
    g_task_return_new_error (task, USHER_SESSION_ERROR, USHER_SESSION_ERROR_FAILED,
                             "The line has no file");
    return;
  }
  usher_rest_media_async (self->rest, path_of_url (url), g_task_get_cancellable (task), fetched_cb,
                          g_object_ref (task));
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GBytes *bytes = g_file_load_bytes_finish (G_FILE (source), result, NULL, NULL);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    fetch (task);
}

void
usher_session_load_image_async (UsherSession        *self,
                                UsherMessage        *message,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;
  GBytes *bytes;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_MESSAGE (message));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, usher_session_load_image_async);
  g_task_set_task_data (task, g_object_ref (message), g_object_unref);
  path = g_strdup (usher_message_get_path (message));
  bytes = g_object_get_data (G_OBJECT (message), USHER_IMAGE_BYTES);
  if (bytes != NULL) {
    g_task_return_pointer (task, g_bytes_ref (bytes), (GDestroyNotify) g_bytes_unref);
    return;
  }
  if (path == NULL && usher_message_get_url (message) != NULL)
    path = cache_path (self, usher_message_get_url (message));
  if (path == NULL) {
    fetch (task);
    return;
  }
  file = g_file_new_for_path (path);
  g_file_load_bytes_async (file, cancellable, loaded_cb, g_steal_pointer (&task));
}

GBytes *
usher_session_load_image_finish (UsherSession  *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
