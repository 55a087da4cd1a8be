/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-rest"
#include "config.h"

#include "usher-rest-private.h"

/* PROTOCOLS.md 2e.5. */

#define MAX_ANSWER_BYTES ((gsize) 256 * 1024)

void
usher_signed_in_free (UsherSignedIn *signed_in)
{
  g_free (signed_in->access_token);
  g_free (signed_in->refresh_token);
  g_free (signed_in->login);
  g_free (signed_in->name);
  g_free (signed_in->role);
  g_strfreev (signed_in->rights);
  g_strfreev (signed_in->queues);
  g_free (signed_in);
}

/* RFC 3339 → microseconds; 0 when there is none. */
static gint64
read_time_us (JsonObject *object,
              const char *member)
{
  g_autofree char *text = usher_rest_dup_string (object, member);
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;

  if (time == NULL)
    return 0;
  return g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
}

static char **
read_strings (JsonObject *object,
              const char *member)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonNode *node = json_object_get_member (object, member);
  JsonArray *array =
    node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    JsonNode *item = json_array_get_element (array, i);

    if (json_node_get_value_type (item) == G_TYPE_STRING)
      g_strv_builder_add (builder, json_node_get_string (item));
  }
  return g_strv_builder_end (builder);
}

/* Ids are strings in the HTTP API. */
static guint64
read_id (JsonObject *object,
         const char *member)
{
  g_autofree char *text = usher_rest_dup_string (object, member);
  guint64 id = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &id, NULL))
    return 0;
  return id;
}

static UsherSignedIn *
read_signed_in (GBytes  *body,
                GError **error)
{
  g_autoptr (JsonObject) object = usher_rest_parse (body, error);
  g_autoptr (UsherSignedIn) signed_in = g_new0 (UsherSignedIn, 1);
  JsonNode *node;

  if (object == NULL)
    return NULL;
  signed_in->access_token = usher_rest_dup_string (object, "access_token");
  signed_in->refresh_token = usher_rest_dup_string (object, "refresh_token");
  signed_in->access_expires_us = read_time_us (object, "access_expires_at");
  node = json_object_get_member (object, "agent");
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *agent = json_node_get_object (node);

    signed_in->agent = read_id (agent, "id");
    signed_in->login = usher_rest_dup_string (agent, "login");
    signed_in->name = usher_rest_dup_string (agent, "name");
    signed_in->role = usher_rest_dup_string (agent, "role");
    signed_in->rights = read_strings (agent, "rights");
    signed_in->queues = read_strings (agent, "queues");
  }
  if (signed_in->access_token == NULL || signed_in->agent == 0) {
    g_set_error_literal (error, USHER_REST_ERROR, USHER_REST_ERROR_NONSENSE,
                         "The gateway's answer lacks what a sign-in answers");
    return NULL;
  }
  return g_steal_pointer (&signed_in);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GBytes) body = NULL;
  GError *error = NULL;
  UsherSignedIn *signed_in = NULL;

  body = usher_rest_call_finish (USHER_REST (source), result, &error);
  if (body != NULL)
    signed_in = read_signed_in (body, &error);
  if (signed_in == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, signed_in, (GDestroyNotify) usher_signed_in_free);
}

static void
post (UsherRest           *self,
      const char          *path,
      gboolean             with_token,
      JsonBuilder         *body,
      gpointer             tag,
      GCancellable        *cancellable,
      GAsyncReadyCallback  callback,
      gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (SoupMessage) message = usher_rest_message (self, SOUP_METHOD_POST, path, with_token);

  g_task_set_source_tag (task, tag);
  if (message == NULL) {
    g_object_unref (body);
    g_task_return_new_error (task, USHER_REST_ERROR, USHER_REST_ERROR_UNREACHABLE,
                             "Not an address: %s", self->gateway_url);
    return;
  }
  usher_rest_set_json (message, body);
  usher_rest_call_async (self, message, MAX_ANSWER_BYTES, cancellable, answered_cb,
                         g_steal_pointer (&task));
}

static void
add_string (JsonBuilder *builder,
            const char  *member,
            const char  *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (builder, member);
  json_builder_add_string_value (builder, value);
}

void
usher_rest_sign_in_async (UsherRest           *self,
                          const char          *login,
                          const char          *password,
                          const char          *device,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  JsonBuilder *body = json_builder_new ();

  g_return_if_fail (USHER_IS_REST (self));

  json_builder_begin_object (body);
  add_string (body, "login", login);
  add_string (body, "password", password);
  add_string (body, "device", device);
  add_string (body, "device_name", g_get_host_name ());
  json_builder_end_object (body);
  post (self, "/api/v1/auth/sign-in", FALSE, body, usher_rest_sign_in_async, cancellable, callback,
        user_data);
}

void
usher_rest_refresh_async (UsherRest           *self,
                          const char          *refresh_token,
                          const char          *device,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  JsonBuilder *body = json_builder_new ();

  g_return_if_fail (USHER_IS_REST (self));

  json_builder_begin_object (body);
  add_string (body, "refresh_token", refresh_token);
  add_string (body, "device", device); /* the token is bound to it */
  json_builder_end_object (body);
  post (self, "/api/v1/auth/refresh", FALSE, body, usher_rest_refresh_async, cancellable, callback,
        user_data);
}

void
usher_rest_password_async (UsherRest           *self,
                           const char          *login,
                           const char          *old_password,
                           const char          *new_password,
                           const char          *device,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  JsonBuilder *body = json_builder_new ();

  g_return_if_fail (USHER_IS_REST (self));

  json_builder_begin_object (body);
  add_string (body, "login", login);
  add_string (body, "old", old_password);
  add_string (body, "new", new_password);
  add_string (body, "device", device); /* the new tokens are bound to it */
  add_string (body, "device_name", g_get_host_name ());
  json_builder_end_object (body);
  post (self, "/api/v1/auth/password", login == NULL, body, usher_rest_password_async, cancellable,
        callback, user_data);
}

UsherSignedIn *
usher_rest_signed_in_finish (UsherRest     *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The task keeps @self alive until the gateway has heard, or the timeout says that it will not. */
void
usher_rest_sign_out (UsherRest *self,
                     gboolean   is_everywhere)
{
  g_autoptr (SoupMessage) message = NULL;
  const char *path = is_everywhere ? "/api/v1/auth/sign-out?all=true" : "/api/v1/auth/sign-out";

  g_return_if_fail (USHER_IS_REST (self));

  message = usher_rest_message (self, SOUP_METHOD_POST, path, TRUE);
  if (message != NULL && self->access_token != NULL)
    usher_rest_call_async (self, message, MAX_ANSWER_BYTES, self->cancellable, NULL, NULL);
}
