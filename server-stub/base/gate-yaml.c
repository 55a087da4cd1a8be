/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libyaml's events to a small tree. What makes YAML surprising (anchors, tags, merge keys, duplicate keys) is refused
 * here, so that the configuration proper sees only maps, lists and text.
 */
#include "config.h"

#include "gate-yaml.h"

#include <string.h>
#include <yaml.h>

typedef struct {
  yaml_parser_t parser;
  const char *name;
  GPtrArray *errors;
  guint n_nodes;
  guint depth;
} Reader;

static void
  G_GNUC_PRINTF (4, 5) report (Reader *reader, guint line, guint column, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (reader->errors,
                   g_strdup_printf ("%s:%u:%u: %s", reader->name, line, column, text));
}

static void
report_at (Reader             *reader,
           const yaml_event_t *event,
           const char         *text)
{
  report (reader, (guint) event->start_mark.line + 1, (guint) event->start_mark.column + 1, "%s",
          text);
}

static gboolean
next_event (Reader       *reader,
            yaml_event_t *ret_event)
{
  const yaml_mark_t *mark = &reader->parser.problem_mark;

  if (yaml_parser_parse (&reader->parser, ret_event) != 0)
    return TRUE;
  report (reader, (guint) mark->line + 1, (guint) mark->column + 1, "%s",
          reader->parser.problem != NULL ? reader->parser.problem : "not YAML");
  return FALSE;
}

static GateYaml *
node_new (GateYamlKind        kind,
          const yaml_event_t *event)
{
  GateYaml *self = g_new0 (GateYaml, 1);

  self->kind = kind;
  self->line = (guint) event->start_mark.line + 1;
  self->column = (guint) event->start_mark.column + 1;
  if (kind != GATE_YAML_SCALAR)
    self->children = g_ptr_array_new_with_free_func ((GDestroyNotify) gate_yaml_free);
  return self;
}

static GateYaml *read_node (Reader             *reader,
                            const yaml_event_t *event);

static GateYaml *
read_scalar (Reader             *reader,
             const yaml_event_t *event)
{
  GateYaml *self = node_new (GATE_YAML_SCALAR, event);
  const char *text = (const char *) event->data.scalar.value;

  if (event->data.scalar.anchor != NULL)
    report_at (reader, event, "anchors are not allowed");
  if (event->data.scalar.tag != NULL)
    report_at (reader, event, "tags are not allowed");
  if (strlen (text) != event->data.scalar.length)
    report_at (reader, event, "a NUL character is not allowed");
  self->text = g_strdup (text);
  self->is_quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
  return self;
}

static gboolean
read_list (Reader   *reader,
           GateYaml *self)
{
  for (;;) {
    yaml_event_t event;
    GateYaml *child;

    if (!next_event (reader, &event))
      return FALSE;
    if (event.type == YAML_SEQUENCE_END_EVENT) {
      yaml_event_delete (&event);
      return TRUE;
    }
    child = read_node (reader, &event);
    yaml_event_delete (&event);
    if (child == NULL)
      return FALSE;
    g_ptr_array_add (self->children, child);
  }
}

static gboolean
has_key (const GateYaml *self,
         const char     *key)
{
  for (guint i = 0; i < self->children->len; i++) {
    const GateYaml *child = g_ptr_array_index (self->children, i);

    if (g_strcmp0 (child->key, key) == 0)
      return TRUE;
  }
  return FALSE;
}

/* One "key: value". FALSE ends the reading; a member that is refused is read over and left out. */
static gboolean
read_member (Reader   *reader,
             GateYaml *self,
             GateYaml *key)
{
  yaml_event_t event;
  GateYaml *child;

  if (!next_event (reader, &event))
    return FALSE;
  child = read_node (reader, &event);
  yaml_event_delete (&event);
  if (child == NULL)
    return FALSE;
  child->key = g_strdup (key->text != NULL ? key->text : "");
  child->key_line = key->line;
  child->key_column = key->column;
  if (key->kind != GATE_YAML_SCALAR)
    report (reader, key->line, key->column, "a key must be a plain word");
  else if (g_strcmp0 (key->text, "<<") == 0)
    report (reader, key->line, key->column, "merge keys are not allowed");
  else if (has_key (self, key->text))
    report (reader, key->line, key->column, "duplicate key \"%s\"", key->text);
  else
    g_ptr_array_add (self->children, g_steal_pointer (&child));
  gate_yaml_free (child);
  return TRUE;
}

static gboolean
read_map (Reader   *reader,
          GateYaml *self)
{
  for (;;) {
    g_autoptr (GateYaml) key = NULL;
    yaml_event_t event;

    if (!next_event (reader, &event))
      return FALSE;
    if (event.type == YAML_MAPPING_END_EVENT) {
      yaml_event_delete (&event);
      return TRUE;
    }
    key = read_node (reader, &event);
    yaml_event_delete (&event);
    if (key == NULL || !read_member (reader, self, key))
      return FALSE;
  }
}

static GateYaml *
read_collection (Reader             *reader,
                 const yaml_event_t *event)
{
  gboolean is_map = event->type == YAML_MAPPING_START_EVENT;
  g_autoptr (GateYaml) self = node_new (is_map ? GATE_YAML_MAP : GATE_YAML_LIST, event);
  const yaml_char_t *anchor =
    is_map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
  const yaml_char_t *tag = is_map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
  gboolean is_whole;

  if (anchor != NULL)
    report_at (reader, event, "anchors are not allowed");
  if (tag != NULL)
    report_at (reader, event, "tags are not allowed");
  reader->depth++;
  is_whole = is_map ? read_map (reader, self) : read_list (reader, self);
  reader->depth--;
  return is_whole ? g_steal_pointer (&self)
                  : NULL; /* NOLINT(clang-analyzer-unix.Malloc): it does not see g_autoptr */
}

static GateYaml *
read_node (Reader             *reader,
           const yaml_event_t *event)
{
  if (++reader->n_nodes > GATE_YAML_MAX_NODES) {
    report_at (reader, event, "too many values");
    return NULL;
  }
  if (event->type == YAML_SCALAR_EVENT)
    return read_scalar (reader, event);
  if (event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT) {
    if (reader->depth < GATE_YAML_MAX_DEPTH)
      return read_collection (reader, event);
    report_at (reader, event, "nested too deeply");
    return NULL;
  }
  if (event->type == YAML_ALIAS_EVENT)
    report_at (reader, event, "aliases are not allowed");
  else
    report_at (reader, event, "a value is missing here");
  return NULL;
}

/* STREAM-START, then for each document DOCUMENT-START, one node, DOCUMENT-END. */
static GateYaml *
read_stream (Reader *reader)
{
  g_autoptr (GateYaml) root = NULL;
  gboolean is_over = FALSE;
  guint n_documents = 0;

  while (!is_over) {
    yaml_event_t event;

    if (!next_event (reader, &event))
      return NULL; /* NOLINT(clang-analyzer-unix.Malloc): the same */
    is_over = event.type == YAML_STREAM_END_EVENT;
    if (event.type == YAML_DOCUMENT_START_EVENT && ++n_documents > 1) {
      report_at (reader, &event, "more than one document");
      is_over = TRUE;
    }
    if (event.type == YAML_SCALAR_EVENT || event.type == YAML_ALIAS_EVENT ||
        event.type == YAML_SEQUENCE_START_EVENT || event.type == YAML_MAPPING_START_EVENT) {
      root = read_node (reader, &event);
      is_over = root == NULL;
    }
    if (is_over && root == NULL && n_documents == 0)
      root = node_new (GATE_YAML_MAP, &event);
    yaml_event_delete (&event);
  }
  return g_steal_pointer (&root);
}

static gboolean
check_tabs (Reader     *reader,
            const char *text,
            gsize       n_bytes)
{
  const char *end = text + n_bytes;
  gboolean is_clean = TRUE;
  guint line = 1;

  for (const char *at = text; at < end; line++) {
    const char *newline = memchr (at, '\n', (gsize) (end - at));
    const char *c = at;

    while (c < end && *c == ' ')
      c++;
    if (c < end && *c == '\t') {
      report (reader, line, (guint) (c - at) + 1, "tabs are not allowed in indentation");
      is_clean = FALSE;
    }
    at = newline != NULL ? newline + 1 : end;
  }
  return is_clean;
}

GateYaml *
gate_yaml_parse (const char *name,
                 const char *text,
                 gsize       n_bytes,
                 GPtrArray  *errors)
{
  Reader reader = { .name = name, .errors = errors };
  GateYaml *root;

  if (n_bytes > GATE_YAML_MAX_BYTES) {
    report (&reader, 1, 1, "larger than %u bytes", GATE_YAML_MAX_BYTES);
    return NULL;
  }
  if (!check_tabs (&reader, text, n_bytes))
    return NULL;
  if (yaml_parser_initialize (&reader.parser) == 0)
    g_error ("libyaml: out of memory");
  yaml_parser_set_encoding (&reader.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string (&reader.parser, (const unsigned char *) text, n_bytes);
  root = read_stream (&reader);
  yaml_parser_delete (&reader.parser);
  return root;
}

void
gate_yaml_free (GateYaml *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_free (self->key);
  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_free (self);
}
