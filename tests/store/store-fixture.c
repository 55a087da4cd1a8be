/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store-fixture.h"

#include "gate.pb-c.h"

#include <glib/gstdio.h>
#include <string.h>

char *
store_make_dir (void)
{
  g_autoptr (GError) error = NULL;
  char *dir = g_dir_make_tmp ("usher-store-XXXXXX", &error);

  g_assert_no_error (error);
  return dir;
}

void
store_remove_dir (const char *dir)
{
  g_autoptr (GDir) files = g_dir_open (dir, 0, NULL);
  const char *name;

  while (files != NULL && (name = g_dir_read_name (files)) != NULL) {
    g_autofree char *path = g_build_filename (dir, name, NULL);

    if (g_unlink (path) != 0)
      store_remove_dir (path);
  }
  g_rmdir (dir);
}

void
store_fixture_open (StoreFixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gate_store_dir_prepare (self->dir, &error));
  self->db = gate_store_db_open (self->dir, GATE_DB_WRITE, &error);
  g_assert_no_error (error);
  self->writer = gate_writer_new (self->db, &error);
  g_assert_no_error (error);
  self->behind_db = gate_store_db_open (self->dir, GATE_DB_BEHIND, &error);
  g_assert_no_error (error);
  self->search_db = gate_store_search_open (self->dir, &error);
  g_assert_no_error (error);
  self->index = gate_index_new (self->behind_db, self->search_db, &error);
  g_assert_no_error (error);
  self->read_db = gate_store_db_open (self->dir, GATE_DB_READ, &error);
  g_assert_no_error (error);
  g_assert_true (gate_store_search_attach (self->read_db, self->dir, &error));
  self->finder = gate_finder_new (self->read_db, &error);
  g_assert_no_error (error);
}

void
store_fixture_close (StoreFixture *self)
{
  gate_finder_free (self->finder);
  g_assert_cmpint (sqlite3_close (self->read_db), ==, SQLITE_OK);
  gate_index_free (self->index);
  g_assert_cmpint (sqlite3_close (self->search_db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (self->behind_db), ==, SQLITE_OK);
  gate_writer_free (self->writer);
  g_assert_cmpint (sqlite3_close (self->db), ==, SQLITE_OK);
}

void
store_fixture_set_up (StoreFixture *self)
{
  self->dir = store_make_dir ();
  store_fixture_open (self);
}

void
store_fixture_tear_down (StoreFixture *self)
{
  store_fixture_close (self);
  store_remove_dir (self->dir);
  g_free (self->dir);
}

void
store_fixture_reopen (StoreFixture *self)
{
  store_fixture_close (self);
  store_fixture_open (self);
}

guint
store_fixture_index (StoreFixture *self)
{
  g_autoptr (GError) error = NULL;
  guint n_all = 0;
  int n;

  while ((n = gate_index_feed (self->index, 500, &error)) > 0)
    n_all += (guint) n;
  g_assert_no_error (error);
  return n_all;
}

gint64
store_count (StoreFixture *self,
             const char   *sql)
{
  sqlite3_stmt *statement = NULL;
  gint64 value;

  g_assert_cmpint (sqlite3_prepare_v2 (self->read_db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return value;
}

/* --- Batches -------------------------------------------------------------------------------------- */

GateConvRow *
store_add_conv (GateBatch *batch,
                guint64    conv,
                guint64    visitor,
                guint32    epoch,
                guint8     state)
{
  GateConvRow *row = &gate_batch_add (batch, GATE_WRITE_CONV)->row.conv;

  row->conv = conv;
  row->visitor = visitor;
  row->epoch = epoch;
  row->state = state;
  row->app = "demo";
  row->visitor_name = "Mei";
  row->queue = "default";
  row->tags = "[]";
  row->opened_at = 1000;
  return row;
}

static void
set_body (GateBatch      *batch,
          GateMessageRow *row)
{
  Gate__V1__Message message = GATE__V1__MESSAGE__INIT;
  guint8 *body;

  if (row->text == NULL)
    return;
  message.content_case = GATE__V1__MESSAGE__CONTENT_TEXT;
  message.text = (char *) row->text;
  row->body_bytes = gate__v1__message__get_packed_size (&message);
  body = wire_arena_alloc (batch->arena, MAX (row->body_bytes, 1));
  gate__v1__message__pack (&message, body);
  row->body = body;
}

GateWrite *
store_add_message (GateBatch  *batch,
                   guint64     conv,
                   guint64     cid,
                   guint64     ts,
                   guint8      role,
                   guint64     sender,
                   const char *text)
{
  GateWrite *write = gate_batch_add (batch, GATE_WRITE_MESSAGE);
  GateMessageRow *row = &write->row.message;

  row->conv = conv;
  row->cid = cid;
  row->ts = ts;
  row->role = role;
  row->sender = sender;
  row->text = wire_arena_strdup (batch->arena, text);
  set_body (batch, row);
  return write;
}

GateWrite *
store_add_note (GateBatch  *batch,
                guint64     conv,
                guint64     cid,
                const char *text)
{
  GateWrite *write = gate_batch_add (batch, GATE_WRITE_NOTE);
  GateNoteRow *row = &write->row.note;

  row->conv = conv;
  row->cid = cid;
  row->ts = 5000;
  row->role = GATE__V1__ROLE__AGENT;
  row->author = 42;
  row->text = wire_arena_strdup (batch->arena, text);
  return write;
}

void
store_make_edit (GateWrite *write,
                 guint64    seq,
                 guint32    flag)
{
  write->row.message.replaces = seq;
  write->row.message.flags = flag;
}

void
store_apply (StoreFixture *self,
             GateBatch    *batch)
{
  gate_writer_apply (self->writer, batch);
  if (batch->status != GATE_STORE_OK)
    g_error ("batch failed: %s", gate_writer_get_error (self->writer));
  gate_batch_free (batch);
}

guint64
store_say (StoreFixture *self,
           guint64       conv,
           guint8        role,
           const char   *text)
{
  static guint64 ts = 1000000;
  GateBatch *batch = gate_batch_new ();
  GateWrite *write =
    store_add_message (batch, conv, 0, ++ts, role, role == GATE__V1__ROLE__AGENT ? 42 : 0, text);
  guint64 seq;

  gate_writer_apply (self->writer, batch);
  g_assert_cmpint (batch->status, ==, GATE_STORE_OK);
  seq = write->row.message.seq;
  gate_batch_free (batch);
  return seq;
}

GateQuery *
store_page (StoreFixture *self,
            guint64       conv,
            guint64       before,
            guint64       after,
            guint         limit,
            gboolean      for_visitor)
{
  GateQuery *query = gate_query_new (GATE_QUERY_HISTORY);

  query->conv = conv;
  query->before = before;
  query->after = after;
  query->limit = limit;
  query->for_visitor = for_visitor;
  query->with_events = TRUE;
  gate_finder_run (self->finder, query);
  g_assert_cmpint (query->status, ==, GATE_STORE_OK);
  return query;
}

GateQuery *
store_search (StoreFixture *self,
              const char   *text)
{
  GateQuery *query = gate_query_new (GATE_QUERY_SEARCH);

  query->text = wire_arena_strdup (query->arena, text);
  gate_finder_run (self->finder, query);
  if (query->status != GATE_STORE_OK)
    g_error ("search failed: %s", gate_finder_get_error (self->finder));
  return query;
}

char *
store_body_text (const guint8 *body,
                 gsize         n_bytes)
{
  Gate__V1__Message *message = gate__v1__message__unpack (NULL, n_bytes, body);
  char *text = NULL;

  g_assert_nonnull (message);
  if (message->content_case == GATE__V1__MESSAGE__CONTENT_TEXT)
    text = g_strdup (message->text);
  gate__v1__message__free_unpacked (message, NULL);
  return text;
}
