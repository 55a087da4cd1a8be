/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-rest"
#include "config.h"

#include "usher-rest-private.h"

#include "wire-json.h"

#include <string.h>

#define TIMEOUT_S                15
#define STATUS_TOO_MANY_REQUESTS 429 /* RFC 6585; libsoup has no name for it */
#define MAX_ERROR_BYTES          (64 * 1024)
#define CHUNK_BYTES              ((gsize) 64 * 1024)

G_DEFINE_QUARK (usher_rest_error_quark, usher_rest_error)
G_DEFINE_FINAL_TYPE (UsherRest, usher_rest, G_TYPE_OBJECT)

typedef struct {
  SoupMessage *message;
  GByteArray *body;
  gsize max_bytes;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_object_unref (call->message);
  g_byte_array_unref (call->body);
  g_free (call);
}

SoupMessage *
usher_rest_message (UsherRest  *self,
                    const char *method,
                    const char *path,
                    gboolean    with_token)
{
  g_autofree char *url = g_strconcat (self->gateway_url, path, NULL);
  SoupMessage *message = soup_message_new (method, url);

  if (message == NULL)
    return NULL;
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  if (with_token && self->access_token != NULL) {
    g_autofree char *bearer = g_strconcat ("Bearer ", self->access_token, NULL);

    soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                  bearer);
  }
  return message;
}

void
usher_rest_set_json (SoupMessage *message,
                     JsonBuilder *body)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (body);
  g_autoptr (GBytes) bytes = NULL;
  gsize n_bytes;
  char *text;

  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, &n_bytes);
  bytes = g_bytes_new_take (text, n_bytes);
  soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  g_object_unref (body);
}

JsonObject *
usher_rest_parse (GBytes  *body,
                  GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize n_bytes;
  const char *text = g_bytes_get_data (body, &n_bytes);

  if (n_bytes == 0 || wire_json_scan_object (text, n_bytes, WIRE_JSON_MAX_SCAN_DEPTH) != WIRE_OK ||
      !json_parser_load_from_data (parser, text, (gssize) n_bytes, NULL)) {
    g_set_error_literal (error, USHER_REST_ERROR, USHER_REST_ERROR_NONSENSE,
                         "The gateway's answer is not JSON");
    return NULL;
  }
  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

char *
usher_rest_dup_string (JsonObject *object,
                       const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return g_strdup (json_node_get_string (node));
}

static UsherRestError
error_of_status (guint       status,
                 const char *slug)
{
  if (g_strcmp0 (slug, "bad_credentials") == 0 || g_strcmp0 (slug, "totp_required") == 0)
    return USHER_REST_ERROR_BAD_CREDENTIALS;
  if (g_strcmp0 (slug, "password_change_required") == 0)
    return USHER_REST_ERROR_PASSWORD_CHANGE;
  if (status == SOUP_STATUS_UNAUTHORIZED)
    return USHER_REST_ERROR_TOKEN;
  if (status == STATUS_TOO_MANY_REQUESTS)
    return USHER_REST_ERROR_TOO_MANY_TRIES;
  if (status == SOUP_STATUS_NOT_MODIFIED)
    return USHER_REST_ERROR_UNCHANGED;
  return status >= 500 ? USHER_REST_ERROR_TRY_LATER : USHER_REST_ERROR_REFUSED;
}

/* `application/problem+json` (RFC 9457): its `code` is the slug; its `detail` is for a log, not for a person. */
static void
set_problem (Call    *call,
             GError **error)
{
  g_autoptr (GBytes) body = g_bytes_new (call->body->data, MIN (call->body->len, MAX_ERROR_BYTES));
  g_autoptr (JsonObject) problem = usher_rest_parse (body, NULL);
  g_autofree char *slug = problem != NULL ? usher_rest_dup_string (problem, "code") : NULL;
  guint status = soup_message_get_status (call->message);

  g_set_error (error, USHER_REST_ERROR, (int) error_of_status (status, slug), "%s",
               slug != NULL ? slug : soup_status_get_phrase (status));
}

static void
set_transport_error (GError **error,
                     GError  *cause)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_propagate_error (error, g_error_copy (cause));
    return;
  }
  g_set_error (error, USHER_REST_ERROR, USHER_REST_ERROR_UNREACHABLE, "%s", cause->message);
}

static void
return_transport_error (GTask  *task,
                        GError *cause)
{
  GError *error = NULL;

  set_transport_error (&error, cause);
  g_task_return_error (task, error);
}

static void
return_body (GTask *task)
{
  Call *call = g_task_get_task_data (task);
  GError *error = NULL;

  if (SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (call->message))) {
    g_task_return_pointer (task, g_bytes_new (call->body->data, call->body->len),
                           (GDestroyNotify) g_bytes_unref);
    return;
  }
  set_problem (call, &error);
  g_task_return_error (task, error);
}

static void
chunk_read_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) chunk =
    g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  Call *call = g_task_get_task_data (task);

  if (chunk == NULL) {
    return_transport_error (task, error);
    return;
  }
  if (g_bytes_get_size (chunk) == 0) {
    return_body (task);
    return;
  }
  if (call->body->len + g_bytes_get_size (chunk) > call->max_bytes) {
    g_task_return_new_error (task, USHER_REST_ERROR, USHER_REST_ERROR_NONSENSE,
                             "The answer is too long");
    return;
  }
  g_byte_array_append (call->body, g_bytes_get_data (chunk, NULL),
                       (guint) g_bytes_get_size (chunk));
  g_input_stream_read_bytes_async (G_INPUT_STREAM (source), CHUNK_BYTES, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), chunk_read_cb,
                                   g_object_ref (task));
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream =
    soup_session_send_finish (SOUP_SESSION (source), result, &error);

  if (stream == NULL) {
    return_transport_error (task, error);
    return;
  }
  g_input_stream_read_bytes_async (stream, CHUNK_BYTES, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), chunk_read_cb,
                                   g_object_ref (task));
}

void
usher_rest_call_async (UsherRest           *self,
                       SoupMessage         *message,
                       gsize                max_bytes,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Call *call = g_new0 (Call, 1);

  g_task_set_source_tag (task, usher_rest_call_async);
  call->message = g_object_ref (message);
  call->body = g_byte_array_new ();
  call->max_bytes = max_bytes;
  g_task_set_task_data (task, call, call_free);
  soup_session_send_async (self->http, message, G_PRIORITY_DEFAULT, cancellable, answered_cb,
                           g_steal_pointer (&task));
}

GBytes *
usher_rest_call_finish (UsherRest     *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
usher_rest_dispose (GObject *object)
{
  UsherRest *self = USHER_REST (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (usher_rest_parent_class)->dispose (object);
}

static void
usher_rest_finalize (GObject *object)
{
  UsherRest *self = USHER_REST (object);

  g_object_unref (self->cancellable);
  g_free (self->gateway_url);
  g_free (self->access_token);

  G_OBJECT_CLASS (usher_rest_parent_class)->finalize (object);
}

static void
usher_rest_class_init (UsherRestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = usher_rest_dispose;
  object_class->finalize = usher_rest_finalize;
}

static void
usher_rest_init (UsherRest *self)
{
  self->cancellable = g_cancellable_new ();
  self->http = soup_session_new_with_options ("timeout", TIMEOUT_S, "user-agent",
                                              "usher/" USHER_VERSION, NULL);
}

UsherRest *
usher_rest_new (const char *gateway_url)
{
  UsherRest *self = g_object_new (USHER_TYPE_REST, NULL);
  gsize length;

  self->gateway_url = g_strdup (gateway_url);
  for (length = strlen (gateway_url); length > 0 && gateway_url[length - 1] == '/'; length--)
    self->gateway_url[length - 1] = '\0';
  return self;
}

void
usher_rest_set_access_token (UsherRest  *self,
                             const char *token)
{
  g_return_if_fail (USHER_IS_REST (self));

  g_free (self->access_token);
  self->access_token = g_strdup (token);
}

void
usher_rest_set_timeout_s (UsherRest *self,
                          guint      timeout_s)
{
  g_return_if_fail (USHER_IS_REST (self));

  soup_session_set_timeout (self->http, timeout_s);
}
