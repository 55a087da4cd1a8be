-- search.db, version 1: can be deleted at any time; the index thread makes it again from usher.db.

CREATE TABLE progress (
  log        INTEGER NOT NULL, -- the usher.db it was made from
  last_id    INTEGER NOT NULL, -- of message and note, whatever is newer
  indexed_to INTEGER NOT NULL  -- ts of that row
) STRICT;

-- No content and no column sizes are kept: text is in usher.db, order is by age, not by rank.
CREATE VIRTUAL TABLE line USING fts5 (text, content = '', columnsize = 0, tokenize = 'usher');

PRAGMA user_version = 1;
