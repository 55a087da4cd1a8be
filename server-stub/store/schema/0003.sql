-- usher.db, version 3: what a transfer tells whoever takes the conversation, until somebody has.

ALTER TABLE conv ADD COLUMN brief TEXT NOT NULL DEFAULT '';

PRAGMA user_version = 3;
