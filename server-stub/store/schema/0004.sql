-- usher.db, version 4: which attributes of a visitor are staff's.

-- JSON: a null for each attribute that staff has set or taken away. What page and staff said was not kept apart before.
ALTER TABLE visitor ADD COLUMN staff_keys TEXT NOT NULL DEFAULT '';
UPDATE visitor SET edited = edited & ~16 WHERE edited & 16;

PRAGMA user_version = 4;
