/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-store-columns.h"

#include <stddef.h>
#include <string.h>

#define U64(Row, field)                              \
  {                                                  \
#    field, GATE_COLUMN_U64, offsetof(Row, field), 0 \
  }
#define U32(Row, field)                              \
  {                                                  \
#    field, GATE_COLUMN_U32, offsetof(Row, field), 0 \
  }
#define I32(Row, field)                              \
  {                                                  \
#    field, GATE_COLUMN_I32, offsetof(Row, field), 0 \
  }
#define U8(Row, field)                              \
  {                                                 \
#    field, GATE_COLUMN_U8, offsetof(Row, field), 0 \
  }
#define BOOL(Row, field)                              \
  {                                                   \
#    field, GATE_COLUMN_BOOL, offsetof(Row, field), 0 \
  }
#define TEXT(Row, field)                              \
  {                                                   \
#    field, GATE_COLUMN_TEXT, offsetof(Row, field), 0 \
  }
#define BYTES(Row, field)                                                          \
  {                                                                                \
#    field, GATE_COLUMN_BYTES, offsetof(Row, field), sizeof(((Row *) NULL)->field) \
  }
#define BLOB(Row, field)                                                         \
  {                                                                              \
#    field, GATE_COLUMN_BLOB, offsetof(Row, field), offsetof(Row, field##_bytes) \
  }
#define TABLE(name, columns)              \
  {                                       \
    name, columns, G_N_ELEMENTS (columns) \
  }

/* clang-format off */
static const GateColumn conv_columns[] = {
  U64 (GateConvRow, conv),
  U64 (GateConvRow, visitor),
  BYTES (GateConvRow, visitor_digest),
  TEXT (GateConvRow, app),
  TEXT (GateConvRow, visitor_name),
  TEXT (GateConvRow, locale),
  U8 (GateConvRow, channel),
  U8 (GateConvRow, state),
  U8 (GateConvRow, why),
  U8 (GateConvRow, close_reason),
  U32 (GateConvRow, epoch),
  U64 (GateConvRow, agent),
  U64 (GateConvRow, last_agent),
  TEXT (GateConvRow, queue),
  I32 (GateConvRow, priority),
  U64 (GateConvRow, opened_at),
  U64 (GateConvRow, enqueued_at),
  U64 (GateConvRow, offered_at),
  U64 (GateConvRow, accepted_at),
  U64 (GateConvRow, closed_at),
  U64 (GateConvRow, due),
  TEXT (GateConvRow, subject),
  TEXT (GateConvRow, tags),
  TEXT (GateConvRow, attrs),
  TEXT (GateConvRow, disposition),
  TEXT (GateConvRow, result),
  TEXT (GateConvRow, summary),
  U32 (GateConvRow, rating_score),
  U32 (GateConvRow, rating_scale),
  TEXT (GateConvRow, rating_comment),
  TEXT (GateConvRow, brief),
  U64 (GateConvRow, previous),
};
static const GateColumn conv_kept_columns[] = {
  U64 (GateConvRow, last_seq),
  U64 (GateConvRow, last_note),
  U64 (GateConvRow, last_ts),
  TEXT (GateConvRow, last_text),
  U8 (GateConvRow, last_role),
  U64 (GateConvRow, staff_seq),
  U64 (GateConvRow, staff_sender),
  U64 (GateConvRow, waiting_since),
  U64 (GateConvRow, visitor_read),
  U64 (GateConvRow, visitor_received),
  U64 (GateConvRow, staff_read),
  U64 (GateConvRow, staff_received),
};
static const GateColumn message_columns[] = {
  U64 (GateMessageRow, conv),
  U64 (GateMessageRow, seq),
  U64 (GateMessageRow, cid),
  U64 (GateMessageRow, ts),
  U8 (GateMessageRow, role),
  U64 (GateMessageRow, sender),
  U32 (GateMessageRow, flags),
  U64 (GateMessageRow, replaces),
  { "text", GATE_COLUMN_NULLABLE_TEXT, offsetof (GateMessageRow, text), 0 },
  BLOB (GateMessageRow, body),
};
static const GateColumn note_columns[] = {
  U64 (GateNoteRow, conv),
  U64 (GateNoteRow, n),
  U64 (GateNoteRow, cid),
  U64 (GateNoteRow, ts),
  U8 (GateNoteRow, role),
  U64 (GateNoteRow, author),
  BOOL (GateNoteRow, is_whisper),
  TEXT (GateNoteRow, text),
  BLOB (GateNoteRow, body),
};
static const GateColumn event_columns[] = {
  U64 (GateEventRow, conv),
  U32 (GateEventRow, epoch),
  U64 (GateEventRow, ts),
  { "from_state", GATE_COLUMN_U8, offsetof (GateEventRow, from), 0 },
  { "to_state", GATE_COLUMN_U8, offsetof (GateEventRow, to), 0 },
  TEXT (GateEventRow, name),
  U64 (GateEventRow, actor),
  U8 (GateEventRow, actor_role),
  TEXT (GateEventRow, queue),
  U64 (GateEventRow, agent),
  TEXT (GateEventRow, reason),
};
static const GateColumn visitor_columns[] = {
  U64 (GateVisitorRow, visitor),
  BYTES (GateVisitorRow, digest),
  TEXT (GateVisitorRow, app),
  TEXT (GateVisitorRow, name),
  TEXT (GateVisitorRow, email),
  TEXT (GateVisitorRow, phone),
  TEXT (GateVisitorRow, locale),
  TEXT (GateVisitorRow, tz),
  TEXT (GateVisitorRow, user_agent),
  TEXT (GateVisitorRow, place),
  TEXT (GateVisitorRow, attrs),
  BOOL (GateVisitorRow, is_verified),
  U32 (GateVisitorRow, visits),
  U64 (GateVisitorRow, first_seen),
  U64 (GateVisitorRow, last_seen),
  TEXT (GateVisitorRow, note),
  U32 (GateVisitorRow, edited),
  U64 (GateVisitorRow, blocked_until),
  TEXT (GateVisitorRow, staff_keys),
};
static const GateColumn block_columns[] = {
  U64 (GateBlockRow, visitor),
  { "blocked_until", GATE_COLUMN_U64, offsetof (GateBlockRow, until), 0 },
};
static const GateColumn merge_columns[] = {
  U64 (GateMergeRow, visitor),
  { "into_visitor", GATE_COLUMN_U64, offsetof (GateMergeRow, into), 0 },
  U64 (GateMergeRow, agent),
  U64 (GateMergeRow, ts),
  BOOL (GateMergeRow, is_note_told),
};
static const GateColumn name_columns[] = {
  U64 (GateNameRow, visitor),
  TEXT (GateNameRow, name),
  U32 (GateNameRow, edited),
};
static const GateColumn agent_columns[] = {
  U64 (GateAgentRow, agent),
  TEXT (GateAgentRow, login),
  TEXT (GateAgentRow, name),
  TEXT (GateAgentRow, role),
  TEXT (GateAgentRow, password),
  TEXT (GateAgentRow, queues),
  TEXT (GateAgentRow, skills),
  TEXT (GateAgentRow, avatar),
  U32 (GateAgentRow, capacity),
  BOOL (GateAgentRow, must_change),
  BOOL (GateAgentRow, is_disabled),
  U64 (GateAgentRow, created_at),
};
static const GateColumn token_columns[] = {
  BYTES (GateTokenRow, hash),
  U8 (GateTokenRow, kind),
  U64 (GateTokenRow, family),
  U64 (GateTokenRow, agent),
  TEXT (GateTokenRow, device),
  TEXT (GateTokenRow, device_name),
  U64 (GateTokenRow, expires),
  BOOL (GateTokenRow, is_used),
};
static const GateColumn media_columns[] = {
  TEXT (GateMediaRow, id),
  TEXT (GateMediaRow, path),
  TEXT (GateMediaRow, mime),
  TEXT (GateMediaRow, name),
  U32 (GateMediaRow, size),
  U32 (GateMediaRow, width),
  U32 (GateMediaRow, height),
  BYTES (GateMediaRow, sha256),
  U8 (GateMediaRow, role),
  U64 (GateMediaRow, uploader),
  U64 (GateMediaRow, created_at),
};
static const GateColumn app_columns[] = {
  TEXT (GateAppRow, key),
  TEXT (GateAppRow, name),
  TEXT (GateAppRow, origins),
  TEXT (GateAppRow, secret),
};
static const GateColumn audit_columns[] = {
  U64 (GateAuditRow, ts),
  U64 (GateAuditRow, actor),
  TEXT (GateAuditRow, action),
  TEXT (GateAuditRow, detail),
};

const GateTable gate_table_conv = TABLE ("conv", conv_columns);
const GateTable gate_table_conv_kept = TABLE ("conv", conv_kept_columns);
const GateTable gate_table_message = TABLE ("message", message_columns);
const GateTable gate_table_note = TABLE ("note", note_columns);
const GateTable gate_table_event = TABLE ("event", event_columns);
const GateTable gate_table_visitor = TABLE ("visitor", visitor_columns);
const GateTable gate_table_block = TABLE ("visitor", block_columns);
const GateTable gate_table_merge = TABLE ("merged", merge_columns);
const GateTable gate_table_name = TABLE ("visitor", name_columns);
const GateTable gate_table_agent = TABLE ("agent", agent_columns);
const GateTable gate_table_token = TABLE ("token", token_columns);
const GateTable gate_table_media = TABLE ("media", media_columns);
const GateTable gate_table_app = TABLE ("app", app_columns);
const GateTable gate_table_audit = TABLE ("audit", audit_columns);
/* clang-format on */

void
gate_table_append_names (const GateTable *self,
                         GString         *sql,
                         const char      *prefix)
{
  for (int i = 0; i < self->n_columns; i++)
    g_string_append_printf (sql, "%s%s%s", i > 0 ? ", " : "", prefix, self->columns[i].name);
}

static GString *
insert_new (const GateTable *self)
{
  GString *sql = g_string_new ("INSERT INTO ");

  g_string_append_printf (sql, "%s (", self->name);
  gate_table_append_names (self, sql, "");
  g_string_append (sql, ") VALUES (");
  for (int i = 0; i < self->n_columns; i++)
    g_string_append (sql, i > 0 ? ", ?" : "?");
  g_string_append_c (sql, ')');
  return sql;
}

char *
gate_table_dup_insert (const GateTable *self)
{
  return g_string_free (insert_new (self), FALSE);
}

char *
gate_table_dup_upsert (const GateTable *self,
                       const char      *key,
                       const char      *guard)
{
  GString *sql = insert_new (self);
  const char *separator = "";

  g_string_append_printf (sql, " ON CONFLICT (%s) DO UPDATE SET ", key);
  for (int i = 0; i < self->n_columns; i++) {
    const char *name = self->columns[i].name;

    if (strcmp (name, key) == 0)
      continue;
    g_string_append_printf (sql, "%s%s = excluded.%s", separator, name, name);
    separator = ", ";
  }
  if (guard != NULL)
    g_string_append_printf (sql, " WHERE %s", guard);
  return g_string_free (sql, FALSE);
}

char *
gate_table_dup_select (const GateTable *self,
                       const char      *tail)
{
  GString *sql = g_string_new ("SELECT ");

  gate_table_append_names (self, sql, "");
  g_string_append_printf (sql, " FROM %s %s", self->name, tail);
  return g_string_free (sql, FALSE);
}

static gconstpointer
member (gconstpointer row,
        guint16       offset)
{
  return (const guint8 *) row + offset;
}

static gpointer
member_to_set (gpointer row,
               guint16  offset)
{
  return (guint8 *) row + offset;
}

static void
bind_blob (sqlite3_stmt     *statement,
           int               number,
           const GateColumn *column,
           gconstpointer     row)
{
  const guint8 *data = *(const guint8 *const *) member (row, column->offset);
  gsize n_bytes = *(const gsize *) member (row, column->extra);

  /* An empty blob must not become NULL. */
  sqlite3_bind_blob64 (statement, number, data != NULL ? data : (const guint8 *) "", n_bytes,
                       SQLITE_STATIC);
}

static void
bind_column (sqlite3_stmt     *statement,
             int               number,
             const GateColumn *column,
             gconstpointer     row)
{
  gconstpointer at = member (row, column->offset);
  const char *text;

  switch (column->type) {
  case GATE_COLUMN_U64:
    sqlite3_bind_int64 (statement, number, (gint64) * (const guint64 *) at);
    break;
  case GATE_COLUMN_U32:
    sqlite3_bind_int64 (statement, number, *(const guint32 *) at);
    break;
  case GATE_COLUMN_I32:
    sqlite3_bind_int64 (statement, number, *(const gint32 *) at);
    break;
  case GATE_COLUMN_U8:
    sqlite3_bind_int64 (statement, number, *(const guint8 *) at);
    break;
  case GATE_COLUMN_BOOL:
    sqlite3_bind_int64 (statement, number, *(const gboolean *) at != FALSE);
    break;
  case GATE_COLUMN_TEXT:
  case GATE_COLUMN_NULLABLE_TEXT:
    text = *(const char *const *) at;
    if (text == NULL && column->type == GATE_COLUMN_TEXT)
      text = "";
    sqlite3_bind_text (statement, number, text, -1, SQLITE_STATIC);
    break;
  case GATE_COLUMN_BYTES:
    sqlite3_bind_blob (statement, number, at, column->extra, SQLITE_STATIC);
    break;
  case GATE_COLUMN_BLOB:
    bind_blob (statement, number, column, row);
    break;
  default:
    g_assert_not_reached ();
  }
}

void
gate_table_bind (const GateTable *self,
                 sqlite3_stmt    *statement,
                 int              first,
                 gconstpointer    row)
{
  for (int i = 0; i < self->n_columns; i++)
    bind_column (statement, first + i, &self->columns[i], row);
}

static const char *
read_text (sqlite3_stmt *statement,
           int           number,
           WireArena    *arena)
{
  const char *text = (const char *) sqlite3_column_text (statement, number);

  return text != NULL ? wire_arena_strdup (arena, text) : NULL;
}

static void
read_bytes (sqlite3_stmt     *statement,
            int               number,
            const GateColumn *column,
            gpointer          at)
{
  gsize n_bytes = (gsize) sqlite3_column_bytes (statement, number);

  if (n_bytes > 0)
    memcpy (at, sqlite3_column_blob (statement, number), MIN (n_bytes, column->extra));
}

static void
read_blob (sqlite3_stmt     *statement,
           int               number,
           const GateColumn *column,
           WireArena        *arena,
           gpointer          row)
{
  gsize n_bytes = (gsize) sqlite3_column_bytes (statement, number);

  *(gsize *) member_to_set (row, column->extra) = n_bytes;
  *(const guint8 **) member_to_set (row, column->offset) = NULL;
  if (n_bytes > 0)
    *(const guint8 **) member_to_set (row, column->offset) =
      wire_arena_memdup (arena, sqlite3_column_blob (statement, number), n_bytes);
}

static void
read_column (sqlite3_stmt     *statement,
             int               number,
             const GateColumn *column,
             WireArena        *arena,
             gpointer          row)
{
  gpointer at = member_to_set (row, column->offset);
  const char *text;

  switch (column->type) {
  case GATE_COLUMN_U64:
    *(guint64 *) at = (guint64) sqlite3_column_int64 (statement, number);
    break;
  case GATE_COLUMN_U32:
    *(guint32 *) at = (guint32) sqlite3_column_int64 (statement, number);
    break;
  case GATE_COLUMN_I32:
    *(gint32 *) at = (gint32) sqlite3_column_int64 (statement, number);
    break;
  case GATE_COLUMN_U8:
    *(guint8 *) at = (guint8) sqlite3_column_int64 (statement, number);
    break;
  case GATE_COLUMN_BOOL:
    *(gboolean *) at = sqlite3_column_int64 (statement, number) != 0;
    break;
  case GATE_COLUMN_TEXT:
  case GATE_COLUMN_NULLABLE_TEXT:
    text = read_text (statement, number, arena);
    *(const char **) at = text == NULL && column->type == GATE_COLUMN_TEXT ? "" : text;
    break;
  case GATE_COLUMN_BYTES:
    read_bytes (statement, number, column, at);
    break;
  case GATE_COLUMN_BLOB:
    read_blob (statement, number, column, arena, row);
    break;
  default:
    g_assert_not_reached ();
  }
}

void
gate_table_read (const GateTable *self,
                 sqlite3_stmt    *statement,
                 int              first,
                 WireArena       *arena,
                 gpointer         row)
{
  for (int i = 0; i < self->n_columns; i++)
    read_column (statement, first + i, &self->columns[i], arena, row);
}
