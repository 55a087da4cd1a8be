/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-rest"
#include "config.h"

#include "usher-rest-private.h"

/* `GET /dispositions` (PROTOCOLS.md 2e.2), as text that a cache can keep: what is odd in it is left out. */

#define MAX_ANSWER_BYTES ((gsize) 256 * 1024)

static gboolean
is_clean (const char *text)
{
  return text != NULL && *text != '\0' && strpbrk (text, "\t\n\r") == NULL;
}

static void
append_row (GString    *text,
            JsonObject *row)
{
  g_autofree char *queue = usher_rest_dup_string (row, "queue");
  g_autofree char *code = usher_rest_dup_string (row, "code");
  g_autofree char *title = usher_rest_dup_string (row, "title");

  if (is_clean (queue) && is_clean (code) && is_clean (title))
    g_string_append_printf (text, "%s\t%s\t%s\n", queue, code, title);
}

static char *
read_rows (JsonObject *object)
{
  g_autoptr (GString) text = g_string_new (NULL);
  JsonNode *node = json_object_get_member (object, "data");
  JsonArray *rows =
    node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; rows != NULL && i < json_array_get_length (rows); i++) {
    JsonNode *row = json_array_get_element (rows, i);

    if (JSON_NODE_HOLDS_OBJECT (row))
      append_row (text, json_node_get_object (row));
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (JsonObject) object = NULL;
  GError *error = NULL;
  g_autoptr (GBytes) body = usher_rest_call_finish (USHER_REST (source), result, &error);

  if (body != NULL)
    object = usher_rest_parse (body, &error);
  if (object == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, read_rows (object), g_free);
}

void
usher_rest_dispositions_async (UsherRest           *self,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (SoupMessage) message = NULL;

  g_return_if_fail (USHER_IS_REST (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, usher_rest_dispositions_async);
  message = usher_rest_message (self, SOUP_METHOD_GET, "/api/v1/dispositions", TRUE);
  if (message == NULL)
    g_task_return_new_error (task, USHER_REST_ERROR, USHER_REST_ERROR_UNREACHABLE,
                             "Not an address: %s", self->gateway_url);
  else
    usher_rest_call_async (self, message, MAX_ANSWER_BYTES, cancellable, answered_cb,
                           g_steal_pointer (&task));
}

char *
usher_rest_dispositions_finish (UsherRest     *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
