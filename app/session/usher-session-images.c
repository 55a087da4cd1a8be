/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include <glib/gstdio.h>

#include "usher-session-private.h"

/* Pictures: bytes on the disk before the line is queued, uploaded when its turn comes, and afterwards one of the cache. The cache's
 * name of a picture is the hash of its path at the gateway, without the signature, which changes. */

typedef struct {
  UsherSession *session; /* a reference */
  guint64 cid;
} Upload;

static void
upload_free (Upload *upload)
{
  g_object_unref (upload->session);
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

static UsherOutboxRow *
image_row (UsherSession      *self,
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
  row->kind = USHER_MESSAGE_IMAGE;
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
usher_session_send_image (UsherSession      *self,
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

  row = image_row (self, conversation, bytes, mime, name, width, height);
  message = usher_session_message_from_pending (self, row);
  g_object_set_data_full (G_OBJECT (message), USHER_IMAGE_BYTES, g_bytes_ref (bytes),
                          (GDestroyNotify) g_bytes_unref);
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

static void
uploaded_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Upload) upload = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = usher_rest_upload_finish (USHER_REST (source), result, &error);
  UsherSession *self = upload->session;

  if (url != NULL) {
    usher_outbox_set_url (self->outbox, upload->cid, url);
    return;
  }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_message ("a picture was not uploaded: %s", error->message);
  if (g_error_matches (error, USHER_REST_ERROR, USHER_REST_ERROR_TOKEN))
    usher_session_renew_token (self);
  usher_outbox_upload_failed (self->outbox, upload->cid, is_final (error), error->message);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Upload) upload = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_file_load_bytes_finish (G_FILE (source), result, NULL, &error);
  UsherSession *self = upload->session;
  const UsherOutboxItem *item = usher_outbox_find (self->outbox, upload->cid);

  if (item == NULL)
    return;
  if (bytes == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      usher_outbox_upload_failed (self->outbox, upload->cid, TRUE, "file_lost");
    return;
  }
  usher_rest_upload_async (self->rest, bytes, item->mime, item->name, self->cancellable, NULL, NULL,
                           uploaded_cb, g_steal_pointer (&upload));
}

void
usher_session_upload (UsherSession          *self,
                      const UsherOutboxItem *item)
{
  g_autoptr (GFile) file = g_file_new_for_path (item->path != NULL ? item->path : "");
  Upload *upload = g_new0 (Upload, 1);

  upload->session = g_object_ref (self);
  upload->cid = item->cid;
  g_file_load_bytes_async (file, self->cancellable, read_cb, upload);
}

/* From now on it is a picture of the gateway's that happens to be here already. */
void
usher_session_keep_image (UsherSession          *self,
                          const UsherOutboxItem *item)
{
  UsherHolding *holding = usher_session_peek_holding (self, item->conv);
  UsherMessageList *list =
    holding != NULL ? usher_conversation_peek_messages (holding->conversation) : NULL;
  UsherMessage *message = list != NULL ? usher_message_list_find_cid (list, item->cid) : NULL;
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
                             "The picture has no file");
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
