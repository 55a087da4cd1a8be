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
};

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
