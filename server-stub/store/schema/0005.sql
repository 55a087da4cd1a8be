-- usher.db, version 5: which visitors are one person.

-- An agent has merged the contact of `visitor` into that of `into_visitor`, who may be merged into another in turn. Nothing else is
-- changed by it, so that without this row everything is as it was.
CREATE TABLE merged (
  visitor      INTEGER PRIMARY KEY,
  into_visitor INTEGER NOT NULL,
  agent        INTEGER NOT NULL,
  ts           INTEGER NOT NULL,
  is_note_told INTEGER NOT NULL -- staff has written the contact's note anew since: theirs is in it, or not wanted
) STRICT;

CREATE INDEX visitor_email ON visitor (email COLLATE NOCASE) WHERE email <> '';
CREATE INDEX visitor_phone ON visitor (replace (replace (phone, ' ', ''), '-', '')) WHERE phone <> '';

PRAGMA user_version = 5;
