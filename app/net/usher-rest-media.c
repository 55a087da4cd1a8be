/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-rest"
#include "config.h"

#include "usher-rest-private.h"

/* Pictures: a ticket, a PUT, and later a GET with the agent's token (PROTOCOLS.md 2e.2). */

#define MAX_TICKET_BYTES ((gsize) 64 * 1024)
#define MAX_MEDIA_BYTES  ((gsize) 20 * 1024 * 1024)

typedef struct {
  GBytes *bytes;
  char *mime;
  char *name;
  char *url;
  guint64 n_done;
  UsherProgressFunc progress;
  gpointer progress_data;
} Upload;

static void
upload_free (gpointer data)
{
  Upload *upload = data;

  g_bytes_unref (upload->bytes);
  g_free (upload->mime);
  g_free (upload->name);
  g_free (upload->url);
  g_free (upload);
}

static void
put_done_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GBytes) body = NULL;
  Upload *upload = g_task_get_task_data (task);
  GError *error = NULL;

  body = usher_rest_call_finish (USHER_REST (source), result, &error);
  if (body == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&upload->url), g_free);
}

static void
wrote_cb (SoupMessage *message,
          guint        chunk_bytes,
          gpointer     user_data)
{
  Upload *upload = g_task_get_task_data (user_data);

  upload->n_done += chunk_bytes;
  if (upload->progress != NULL && !g_task_get_completed (user_data))
    upload->progress (upload->n_done, g_bytes_get_size (upload->bytes), upload->progress_data);
}

/* `put_url` may be a path under the gateway or the address of an object store. */
static SoupMessage *
put_message (UsherRest  *self,
             const char *put_url)
{
  if (*put_url == '/')
    return usher_rest_message (self, SOUP_METHOD_PUT, put_url, FALSE);
  return soup_message_new (SOUP_METHOD_PUT, put_url);
}

static void
put (GTask      *task,
     const char *put_url,
     const char *token)
{
  UsherRest *self = g_task_get_source_object (task);
  Upload *upload = g_task_get_task_data (task);
  g_autoptr (SoupMessage) message = put_message (self, put_url);

  if (message == NULL) {
    g_task_return_new_error (task, USHER_REST_ERROR, USHER_REST_ERROR_NONSENSE,
                             "The ticket has no address");
    return;
  }
  if (token != NULL && *token != '\0') {
    g_autofree char *bearer = g_strconcat ("Bearer ", token, NULL);

    soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                  bearer);
  }
  soup_message_set_request_body_from_bytes (message, upload->mime, upload->bytes);
  g_signal_connect_object (message, "wrote-body-data", G_CALLBACK (wrote_cb), task, 0);
  usher_rest_call_async (self, message, MAX_TICKET_BYTES, g_task_get_cancellable (task),
                         put_done_cb, g_object_ref (task));
}

static void
ticket_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (JsonObject) ticket = NULL;
  g_autofree char *put_url = NULL;
  g_autofree char *token = NULL;
  Upload *upload = g_task_get_task_data (task);
  GError *error = NULL;

  body = usher_rest_call_finish (USHER_REST (source), result, &error);
  if (body != NULL)
    ticket = usher_rest_parse (body, &error);
  if (ticket == NULL) {
    g_task_return_error (task, error);
    return;
  }
  put_url = usher_rest_dup_string (ticket, "put_url");
  token = usher_rest_dup_string (ticket, "token");
  upload->url = usher_rest_dup_string (ticket, "url");
  if (upload->url == NULL)
    g_task_return_new_error (task, USHER_REST_ERROR, USHER_REST_ERROR_NONSENSE,
                             "The ticket has no url");
  else if (json_object_get_boolean_member_with_default (ticket, "already", FALSE) ||
           put_url == NULL)
    g_task_return_pointer (task, g_steal_pointer (&upload->url), g_free);
  else
    put (task, put_url, token);
}

static JsonBuilder *
ticket_request (Upload     *upload,
                const char *sha256)
{
  JsonBuilder *body = json_builder_new ();

  json_builder_begin_object (body);
  json_builder_set_member_name (body, "mime");
  json_builder_add_string_value (body, upload->mime);
  json_builder_set_member_name (body, "size");
  json_builder_add_int_value (body, (gint64) g_bytes_get_size (upload->bytes));
  json_builder_set_member_name (body, "sha256");
  json_builder_add_string_value (body, sha256);
  json_builder_set_member_name (body, "name");
  json_builder_add_string_value (body, upload->name != NULL ? upload->name : "");
  json_builder_end_object (body);
  return body;
}

static void
hashed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autofree char *sha256 = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autoptr (SoupMessage) message = NULL;
  UsherRest *self = g_task_get_source_object (task);

  if (g_task_return_error_if_cancelled (task))
    return;
  message = usher_rest_message (self, SOUP_METHOD_POST, "/api/v1/uploads", TRUE);
  if (message == NULL) {
    g_task_return_new_error (task, USHER_REST_ERROR, USHER_REST_ERROR_UNREACHABLE,
                             "Not an address: %s", self->gateway_url);
    return;
  }
  usher_rest_set_json (message, ticket_request (g_task_get_task_data (task), sha256));
  usher_rest_call_async (self, message, MAX_TICKET_BYTES, g_task_get_cancellable (task), ticket_cb,
                         g_object_ref (task));
}

static void
hash (GTask        *task,
      gpointer      source,
      gpointer      task_data,
      GCancellable *cancellable)
{
  g_task_return_pointer (task, g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, task_data), g_free);
}

/* Twenty megabytes take a tenth of a second: not on the main loop. The thread sees the bytes and no object of ours. */
static void
start_hash (GTask  *task,
            GBytes *bytes)
{
  g_autoptr (GTask) hashing = g_task_new (NULL, NULL, hashed_cb, g_object_ref (task));

  g_task_set_source_tag (hashing, start_hash);
  g_task_set_task_data (hashing, g_bytes_ref (bytes), (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (hashing, hash);
}

void
usher_rest_upload_async (UsherRest           *self,
                         GBytes              *bytes,
                         const char          *mime,
                         const char          *name,
                         GCancellable        *cancellable,
                         UsherProgressFunc    progress,
                         gpointer             progress_data,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Upload *upload;

  g_return_if_fail (USHER_IS_REST (self));
  g_return_if_fail (bytes != NULL && mime != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, usher_rest_upload_async);
  upload = g_new0 (Upload, 1);
  upload->bytes = g_bytes_ref (bytes);
  upload->mime = g_strdup (mime);
  upload->name = g_strdup (name);
  upload->progress = progress;
  upload->progress_data = progress_data;
  g_task_set_task_data (task, upload, upload_free);
  start_hash (task, bytes);
}

char *
usher_rest_upload_finish (UsherRest     *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
usher_rest_media_async (UsherRest           *self,
                        const char          *path,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr (SoupMessage) message = NULL;

  g_return_if_fail (USHER_IS_REST (self));
  g_return_if_fail (path != NULL);

  /* The token goes to the gateway and to nobody else: what is not a path of its own is not fetched. */
  if (g_str_has_prefix (path, "/media/"))
    message = usher_rest_message (self, SOUP_METHOD_GET, path, TRUE);
  if (message == NULL) {
    g_task_report_new_error (self, callback, user_data, usher_rest_media_async, USHER_REST_ERROR,
                             USHER_REST_ERROR_REFUSED, "Not a file of this gateway");
    return;
  }
  usher_rest_call_async (self, message, MAX_MEDIA_BYTES, cancellable, callback, user_data);
}

GBytes *
usher_rest_media_finish (UsherRest     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
