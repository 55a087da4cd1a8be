/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-rest"
#include "config.h"

#include "usher-rest-private.h"

#include <string.h>

/* Lists of the operator's (PROTOCOLS.md 2e.2), as text that a cache can keep: a row a line, its fields parted by tabs. What is odd is left out. */

#define MAX_ANSWER_BYTES ((gsize) 1024 * 1024)
#define MAX_FIELDS       5

typedef enum {
  FIELD_NONE,
  FIELD_WORD,  /* must be there, in one line */
  FIELD_WORDS, /* in one line, may be absent */
  FIELD_TEXT,  /* must be there */
  FIELD_NAMES, /* an array of words, joined by commas */
} FieldKind;

typedef struct {
  const char *path;
  struct {
    const char *name;
    FieldKind kind;
  } fields[MAX_FIELDS];
} ListKind;

static const ListKind kinds[USHER_REST_N_LISTS] = {
  [USHER_REST_DISPOSITIONS] = { "/api/v1/dispositions",
                                { { "queue", FIELD_WORD },
                                  { "code", FIELD_WORD },
                                  { "title", FIELD_WORD } } },
  [USHER_REST_CANNED] = { "/api/v1/canned",
                          { { "shortcut", FIELD_WORD },
                            { "title", FIELD_WORD },
                            { "text", FIELD_TEXT },
                            { "folder", FIELD_WORDS },
                            { "queues", FIELD_NAMES } } },
};

/* --- The answer as text ----------------------------------------------------------------------------------------- */

static gboolean
is_one_line (const char *text)
{
  return strpbrk (text, "\t\n\r") == NULL;
}

/* (nullable): %NULL when there is anything but words without commas */
static char *
dup_names (JsonObject *row,
           const char *member)
{
  JsonNode *node = json_object_get_member (row, member);
  JsonArray *names =
    node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autoptr (GString) joined = g_string_new (NULL);

  for (guint i = 0; names != NULL && i < json_array_get_length (names); i++) {
    JsonNode *name = json_array_get_element (names, i);
    const char *text =
      json_node_get_value_type (name) == G_TYPE_STRING ? json_node_get_string (name) : NULL;

    if (text == NULL || *text == '\0' || strchr (text, ',') != NULL || !is_one_line (text))
      return NULL;
    g_string_append_printf (joined, "%s%s", joined->len > 0 ? "," : "", text);
  }
  return g_string_free (g_steal_pointer (&joined), FALSE);
}

/* (nullable) */
static char *
dup_field (JsonObject *row,
           const char *name,
           FieldKind   kind)
{
  g_autofree char *text = NULL;

  if (kind == FIELD_NAMES)
    return dup_names (row, name);
  text = usher_rest_dup_string (row, name);
  if (text == NULL && kind == FIELD_WORDS)
    return g_strdup ("");
  if (text == NULL || (*text == '\0' && kind != FIELD_WORDS) ||
      (kind != FIELD_TEXT && !is_one_line (text)))
    return NULL;
  return g_steal_pointer (&text);
}

/* What g_strcompress() reads. */
static void
append_escaped (GString    *line,
                const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    switch (*p) {
    case '\\':
      g_string_append (line, "\\\\");
      break;
    case '\t':
      g_string_append (line, "\\t");
      break;
    case '\n':
      g_string_append (line, "\\n");
      break;
    default:
      g_string_append_c (line, *p);
    }
}

static void
append_row (GString        *text,
            const ListKind *kind,
            JsonObject     *row)
{
  gsize n_before = text->len;

  for (guint i = 0; i < MAX_FIELDS && kind->fields[i].kind != FIELD_NONE; i++) {
    g_autofree char *field = dup_field (row, kind->fields[i].name, kind->fields[i].kind);

    if (field == NULL) {
      g_string_truncate (text, n_before);
      return;
    }
    if (i > 0)
      g_string_append_c (text, '\t');
    append_escaped (text, field);
  }
  g_string_append_c (text, '\n');
}

static char *
read_rows (const ListKind *kind,
           JsonObject     *object)
{
  g_autoptr (GString) text = g_string_new (NULL);
  JsonNode *node = json_object_get_member (object, "data");
  JsonArray *rows =
    node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; rows != NULL && i < json_array_get_length (rows); i++) {
    JsonNode *row = json_array_get_element (rows, i);

    if (JSON_NODE_HOLDS_OBJECT (row))
      append_row (text, kind, json_node_get_object (row));
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

GPtrArray *
usher_rest_list_split (const char *text,
                       guint       n_fields)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    char **fields = g_strsplit (lines[i], "\t", -1);

    if (g_strv_length (fields) != n_fields) {
      g_strfreev (fields);
      continue;
    }
    for (guint j = 0; j < n_fields; j++) {
      char *escaped = fields[j];

      fields[j] = g_strcompress (escaped);
      g_free (escaped);
    }
    g_ptr_array_add (rows, fields);
  }
  return rows;
}

/* --- Asking ------------------------------------------------------------------------------------------------------ */

typedef struct {
  const ListKind *kind;
  SoupMessage *message;
  char *tag; /* (nullable): of the answer */
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->message);
  g_free (question->tag);
  g_free (question);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Question *question = g_task_get_task_data (task);
  g_autoptr (JsonObject) object = NULL;
  GError *error = NULL;
  g_autoptr (GBytes) body = usher_rest_call_finish (USHER_REST (source), result, &error);

  if (body != NULL)
    object = usher_rest_parse (body, &error);
  if (object == NULL) {
    g_task_return_error (task, error);
    return;
  }
  question->tag = g_strdup (
    soup_message_headers_get_one (soup_message_get_response_headers (question->message), "ETag"));
  g_task_return_pointer (task, read_rows (question->kind, object), g_free);
}

void
usher_rest_list_async (UsherRest           *self,
                       UsherRestList        list,
                       const char          *known_tag,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  SoupMessage *message;
  Question *question;

  g_return_if_fail (USHER_IS_REST (self));
  g_return_if_fail (list < USHER_REST_N_LISTS);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, usher_rest_list_async);
  message = usher_rest_message (self, SOUP_METHOD_GET, kinds[list].path, TRUE);
  if (message == NULL) {
    g_task_return_new_error (task, USHER_REST_ERROR, USHER_REST_ERROR_UNREACHABLE,
                             "Not an address: %s", self->gateway_url);
    return;
  }
  if (known_tag != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (message), "If-None-Match",
                                  known_tag);
  question = g_new0 (Question, 1);
  *question = (Question){ &kinds[list], message, NULL };
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  usher_rest_call_async (self, message, MAX_ANSWER_BYTES, cancellable, answered_cb,
                         g_steal_pointer (&task));
}

char *
usher_rest_list_finish (UsherRest     *self,
                        GAsyncResult  *result,
                        char         **ret_tag,
                        GError       **error)
{
  Question *question;
  char *text;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  text = g_task_propagate_pointer (G_TASK (result), error);
  question = g_task_get_task_data (G_TASK (result));
  if (text != NULL)
    *ret_tag = g_steal_pointer (&question->tag);
  return text;
}
