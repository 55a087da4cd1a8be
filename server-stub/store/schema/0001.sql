-- usher.db, version 1. A schema file is never changed once released: the next change is 0002.sql.
-- Times are Unix milliseconds; '' means none in text columns; 0 means none in numbers.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a conversation. The upper part is the core's; the lower is kept with each message, note and mark.
CREATE TABLE conv (
  conv             INTEGER PRIMARY KEY,
  visitor          INTEGER NOT NULL,
  visitor_digest   BLOB    NOT NULL,
  app              TEXT    NOT NULL,
  visitor_name     TEXT    NOT NULL,
  locale           TEXT    NOT NULL,
  channel          INTEGER NOT NULL,
  state            INTEGER NOT NULL,
  why              INTEGER NOT NULL,
  close_reason     INTEGER NOT NULL,
  epoch            INTEGER NOT NULL,
  agent            INTEGER NOT NULL,
  last_agent       INTEGER NOT NULL,
  queue            TEXT    NOT NULL,
  priority         INTEGER NOT NULL,
  opened_at        INTEGER NOT NULL,
  enqueued_at      INTEGER NOT NULL,
  offered_at       INTEGER NOT NULL,
  accepted_at      INTEGER NOT NULL,
  closed_at        INTEGER NOT NULL,
  due              INTEGER NOT NULL,
  subject          TEXT    NOT NULL,
  tags             TEXT    NOT NULL,
  attrs            TEXT    NOT NULL,
  disposition      TEXT    NOT NULL,
  result           TEXT    NOT NULL,
  summary          TEXT    NOT NULL,
  rating_score     INTEGER NOT NULL,
  rating_scale     INTEGER NOT NULL,
  rating_comment   TEXT    NOT NULL,
  previous         INTEGER NOT NULL,

  last_seq         INTEGER NOT NULL DEFAULT 0,
  last_note        INTEGER NOT NULL DEFAULT 0,
  last_ts          INTEGER NOT NULL DEFAULT 0,
  last_text        TEXT    NOT NULL DEFAULT '',
  last_role        INTEGER NOT NULL DEFAULT 0,
  last_shown       INTEGER NOT NULL DEFAULT 0, -- newest seq that is a line of its own: no edit, no recall
  staff_seq        INTEGER NOT NULL DEFAULT 0,
  staff_sender     INTEGER NOT NULL DEFAULT 0,
  waiting_since    INTEGER NOT NULL DEFAULT 0,
  visitor_read     INTEGER NOT NULL DEFAULT 0,
  visitor_received INTEGER NOT NULL DEFAULT 0,
  staff_read       INTEGER NOT NULL DEFAULT 0,
  staff_received   INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX conv_visitor ON conv (visitor, conv);
CREATE INDEX conv_open    ON conv (conv) WHERE state <> 5;
CREATE INDEX conv_closed  ON conv (last_ts, conv) WHERE state = 5;
CREATE INDEX conv_closed_agent ON conv (last_agent, last_ts, conv) WHERE state = 5;

-- `id` is drawn from one sequence with note.id: the order in which things were committed, which is the order
-- the index thread reads them in and search gives them back. Rows are never changed but for `present`.
CREATE TABLE message (
  id       INTEGER PRIMARY KEY,
  conv     INTEGER NOT NULL,
  seq      INTEGER NOT NULL,
  cid      INTEGER NOT NULL,
  ts       INTEGER NOT NULL,
  role     INTEGER NOT NULL,
  sender   INTEGER NOT NULL,
  flags    INTEGER NOT NULL,
  replaces INTEGER NOT NULL,           -- the seq of the line that this row edits or recalls
  present  INTEGER NOT NULL DEFAULT 0, -- the seq of the row that holds this line's content now; 0 = itself
  content  INTEGER NOT NULL,           -- which content of gate.v1.Message: its field number
  text     TEXT,
  body     BLOB    NOT NULL
) STRICT;

CREATE UNIQUE INDEX message_seq ON message (conv, seq);
CREATE UNIQUE INDEX message_cid ON message (conv, cid) WHERE cid <> 0;
CREATE INDEX message_replaces   ON message (conv, replaces) WHERE replaces <> 0;

-- Apart from messages, so that no query for a visitor can reach one.
CREATE TABLE note (
  id         INTEGER PRIMARY KEY,
  conv       INTEGER NOT NULL,
  n          INTEGER NOT NULL,
  cid        INTEGER NOT NULL,
  ts         INTEGER NOT NULL,
  role       INTEGER NOT NULL,
  author     INTEGER NOT NULL,
  is_whisper INTEGER NOT NULL,
  text       TEXT    NOT NULL,
  body       BLOB    NOT NULL
) STRICT;

CREATE UNIQUE INDEX note_n   ON note (conv, n);
CREATE UNIQUE INDEX note_cid ON note (conv, cid) WHERE cid <> 0;

CREATE TABLE event (
  id         INTEGER PRIMARY KEY,
  conv       INTEGER NOT NULL,
  epoch      INTEGER NOT NULL,
  ts         INTEGER NOT NULL,
  from_state INTEGER NOT NULL,
  to_state   INTEGER NOT NULL,
  name       TEXT    NOT NULL,
  actor      INTEGER NOT NULL,
  actor_role INTEGER NOT NULL,
  queue      TEXT    NOT NULL,
  agent      INTEGER NOT NULL,
  reason     TEXT    NOT NULL
) STRICT;

CREATE INDEX event_conv ON event (conv, id);

CREATE TABLE visitor (
  visitor     INTEGER PRIMARY KEY,
  digest      BLOB    NOT NULL,
  app         TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  email       TEXT    NOT NULL,
  phone       TEXT    NOT NULL,
  locale      TEXT    NOT NULL,
  tz          TEXT    NOT NULL,
  user_agent  TEXT    NOT NULL,
  place       TEXT    NOT NULL,
  attrs       TEXT    NOT NULL,
  is_verified INTEGER NOT NULL,
  visits      INTEGER NOT NULL,
  first_seen  INTEGER NOT NULL,
  last_seen   INTEGER NOT NULL
) STRICT;

CREATE TABLE agent (
  agent       INTEGER PRIMARY KEY,
  login       TEXT    NOT NULL COLLATE NOCASE UNIQUE,
  name        TEXT    NOT NULL,
  role        TEXT    NOT NULL,
  password    TEXT    NOT NULL,
  queues      TEXT    NOT NULL,
  skills      TEXT    NOT NULL,
  avatar      TEXT    NOT NULL,
  capacity    INTEGER NOT NULL,
  must_change INTEGER NOT NULL,
  is_disabled INTEGER NOT NULL,
  created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE token (
  hash        BLOB    PRIMARY KEY,
  kind        INTEGER NOT NULL,
  family      INTEGER NOT NULL,
  agent       INTEGER NOT NULL,
  device      TEXT    NOT NULL,
  device_name TEXT    NOT NULL,
  expires     INTEGER NOT NULL,
  is_used     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX token_family ON token (family);
CREATE INDEX token_agent  ON token (agent);

CREATE TABLE media (
  id         TEXT    PRIMARY KEY,
  path       TEXT    NOT NULL UNIQUE,
  mime       TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  size       INTEGER NOT NULL,
  width      INTEGER NOT NULL,
  height     INTEGER NOT NULL,
  sha256     BLOB    NOT NULL,
  role       INTEGER NOT NULL,
  uploader   INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX media_sha256 ON media (sha256, role, uploader);

CREATE TABLE app (
  key     TEXT PRIMARY KEY,
  name    TEXT NOT NULL,
  origins TEXT NOT NULL,
  secret  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  id     INTEGER PRIMARY KEY,
  ts     INTEGER NOT NULL,
  actor  INTEGER NOT NULL,
  action TEXT    NOT NULL,
  detail TEXT    NOT NULL
) STRICT;

-- Raised by usherctl with each change of agents and apps: how the running gateway notices.
INSERT INTO meta VALUES ('admin_changes', 0);

PRAGMA user_version = 1;
