/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-db-schema.h"

/* One entry for each version, oldest first; an entry that was released is never changed. `user_version` counts them. Notes have a
 * table of their own, as everywhere: no statement about messages can meet one. */
static const char *const schema[] = {
  "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
  "CREATE TABLE conversation ("
  "  conv INTEGER PRIMARY KEY, state INTEGER, epoch INTEGER, channel INTEGER, visitor INTEGER, name TEXT, queue TEXT,"
  "  agent INTEGER, agent_name TEXT, priority INTEGER, last_seq INTEGER, last_text TEXT, last_role INTEGER, last_ts INTEGER,"
  "  waiting_since INTEGER, unread INTEGER, opened_at INTEGER, enqueued_at INTEGER, subject TEXT, tags TEXT,"
  "  floor_seq INTEGER, held_seq INTEGER, held_note INTEGER, read_seq INTEGER, visitor_read INTEGER,"
  "  visitor_received INTEGER);"
  "CREATE TABLE message ("
  "  conv INTEGER, seq INTEGER, cid INTEGER, ts INTEGER, role INTEGER, sender INTEGER, kind INTEGER, text TEXT, url TEXT,"
  "  mime TEXT, name TEXT, size INTEGER, width INTEGER, height INTEGER, reply_to INTEGER, edited INTEGER,"
  "  recalled INTEGER, PRIMARY KEY (conv, seq)) WITHOUT ROWID;"
  "CREATE TABLE note ("
  "  conv INTEGER, n INTEGER, cid INTEGER, ts INTEGER, role INTEGER, author INTEGER, text TEXT,"
  "  PRIMARY KEY (conv, n)) WITHOUT ROWID;"
  "CREATE INDEX note_by_time ON note (conv, ts);"
  "CREATE TABLE outbox ("
  "  place INTEGER PRIMARY KEY AUTOINCREMENT, conv INTEGER, cid INTEGER UNIQUE, kind INTEGER, text TEXT, seen INTEGER,"
  "  reply_to INTEGER, path TEXT, mime TEXT, name TEXT, size INTEGER, width INTEGER, height INTEGER, queued_at INTEGER,"
  "  fail_slug TEXT);"
  "CREATE TABLE draft (conv INTEGER, is_note INTEGER, text TEXT, PRIMARY KEY (conv, is_note)) WITHOUT ROWID;",

  /* Lines that search.db does not know yet, or not with the text they have now. */
  "CREATE TABLE unindexed (conv INTEGER, is_note INTEGER, seq INTEGER, PRIMARY KEY (conv, is_note, seq)) WITHOUT ROWID;"
  "CREATE TRIGGER message_put AFTER INSERT ON message BEGIN"
  "  INSERT OR IGNORE INTO unindexed VALUES (new.conv, 0, new.seq); END;"
  "CREATE TRIGGER message_edited AFTER UPDATE OF text ON message BEGIN"
  "  INSERT OR IGNORE INTO unindexed VALUES (new.conv, 0, new.seq); END;"
  "CREATE TRIGGER note_put AFTER INSERT ON note BEGIN"
  "  INSERT OR IGNORE INTO unindexed VALUES (new.conv, 1, new.n); END;",

  "ALTER TABLE outbox ADD COLUMN mentions TEXT;",

  "ALTER TABLE outbox ADD COLUMN not_before INTEGER;"
  "ALTER TABLE outbox ADD COLUMN replaces INTEGER;"
  "ALTER TABLE outbox ADD COLUMN recalls INTEGER;",
};

/* search.db holds nothing that cache.db does not: whatever is wrong with it, it is made anew. The id of an entry begins with the time of
 * its line, so newest first is the order FTS5 walks anyway, and a span of time is a span of ids. An entry of conv 0 is of a text
 * that is no longer. */
static const char search_schema[] =
  "CREATE TABLE search.entry (id INTEGER PRIMARY KEY, conv INTEGER, is_note INTEGER, seq INTEGER, hash INTEGER);"
  "CREATE VIRTUAL TABLE search.line USING fts5 (text, content = '', columnsize = 0, tokenize = 'usher');"
  "PRAGMA search.user_version = 1;";

const char *
usher_db_schema_search (void)
{
  return search_schema;
}

const char *
usher_db_schema_step (guint version)
{
  return version < G_N_ELEMENTS (schema) ? schema[version] : NULL;
}

guint
usher_db_schema_version (void)
{
  return G_N_ELEMENTS (schema);
}
