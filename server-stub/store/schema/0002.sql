-- usher.db, version 2: what staff writes about a visitor, and until when somebody is kept out.

ALTER TABLE visitor ADD COLUMN note          TEXT    NOT NULL DEFAULT '';
ALTER TABLE visitor ADD COLUMN edited        INTEGER NOT NULL DEFAULT 0; -- bits of ContactEdit.fields: what staff has set stays
ALTER TABLE visitor ADD COLUMN blocked_until INTEGER NOT NULL DEFAULT 0;

CREATE INDEX visitor_blocked ON visitor (blocked_until) WHERE blocked_until > 0;

PRAGMA user_version = 2;
