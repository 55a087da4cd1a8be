/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-store"
#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>

#include "usher-db-schema.h"
#include "usher-db.h"

/* Feeds search.db. Triggers note which lines wait; a chunk of them is indexed in one transaction of search.db, then they are struck off
 * in one of the cache: killed in between, the chunk is indexed once more, which changes nothing. */

#define CHUNK_LINES 256
#define HASH_BITS   20

typedef struct {
  guint64 conv;
  guint64 seq;
  gboolean is_note;
} Line;

static guint64
get_number (UsherDb     *db,
            const char  *sql,
            GError     **error)
{
  sqlite3_stmt *statement = usher_db_query (db, error, sql, NULL);
  guint64 number = 0;

  if (statement == NULL)
    return 0;
  if (usher_db_next (db, statement, error))
    number = usher_db_id (statement, 0);
  usher_db_end (statement);
  return number;
}

static gboolean
attach (UsherDb     *db,
        const char  *path,
        GError     **error)
{
  return usher_db_run (db, error, "ATTACH ? AS search", "t", path) &&
         usher_db_execute (db,
                           "PRAGMA search.journal_mode = WAL; PRAGMA search.synchronous = FULL;"
                           "PRAGMA search.cache_size = -2048;",
                           error);
}

/* A new index knows nothing: every line waits. */
static gboolean
begin_anew (UsherDb  *db,
            GError  **error)
{
  return usher_db_begin (db, error) && usher_db_execute (db, usher_db_schema_search (), error) &&
         usher_db_execute (db,
                           "INSERT OR IGNORE INTO unindexed SELECT conv, 0, seq FROM message;"
                           "INSERT OR IGNORE INTO unindexed SELECT conv, 1, n FROM note;",
                           error) &&
         usher_db_commit (db, error);
}

static gboolean
is_sound (UsherDb *db)
{
  g_autoptr (GError) error = NULL;

  get_number (db, "SELECT max (id) FROM search.entry", &error);
  if (error == NULL)
    get_number (db, "SELECT rowid FROM search.line WHERE line MATCH 'usher' LIMIT 1", &error);
  return error == NULL;
}

static gboolean
try_open (UsherDb     *db,
          const char  *path,
          GError     **error)
{
  if (!attach (db, path, error))
    return FALSE;
  if (get_number (db, "PRAGMA search.user_version", NULL) == 1 && is_sound (db))
    return TRUE;
  return get_number (db, "SELECT count (*) FROM search.sqlite_schema", NULL) == 0 &&
         begin_anew (db, error);
}

static void
remove_index (const char *path)
{
  static const char *const endings[] = { "", "-wal", "-shm" };

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *name = g_strconcat (path, endings[i], NULL);

    g_unlink (name);
  }
}

/* Made here: SQLite's own mode would follow the umask. */
static void
make_private (const char *path)
{
  int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd >= 0)
    g_close (fd, NULL);
}

gboolean
usher_db_open_index (UsherDb     *db,
                     const char  *path,
                     GError     **error)
{
  make_private (path);
  if (try_open (db, path, NULL))
    return TRUE;
  usher_db_execute (db, "DETACH search", NULL);
  remove_index (path);
  make_private (path);
  return try_open (db, path, error);
}

gboolean
usher_db_clear_index (UsherDb  *db,
                      GError  **error)
{
  return usher_db_run (db, error, "DELETE FROM unindexed", NULL) &&
         usher_db_run (db, error, "DELETE FROM search.entry", NULL) &&
         usher_db_run (db, error, "INSERT INTO search.line (line) VALUES ('delete-all')", NULL);
}

gboolean
usher_db_is_index_due (UsherDb *db)
{
  return get_number (db, "SELECT 1 FROM unindexed LIMIT 1 OFFSET " G_STRINGIFY (CHUNK_LINES),
                     NULL) != 0;
}

/* --- One line --------------------------------------------------------------------------------------- */

static guint64
mix (guint64 number)
{
  number ^= number >> 31;
  number *= G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  return number ^ number >> 29;
}

static guint64
first_id (const Line *line,
          gint64      ts_us)
{
  guint64 hash = mix (mix (line->conv) + 2 * line->seq + (line->is_note ? 1 : 0));

  return (guint64) (MAX (ts_us, 0) / 1000) << HASH_BITS | (hash & ((1u << HASH_BITS) - 1));
}

typedef enum {
  PLACE_FREE,
  PLACE_SAME,  /* it stands there with this text */
  PLACE_OLD,   /* it stands there with another one */
  PLACE_TAKEN, /* by another line */
} Place;

static Place
look_at (UsherDb     *db,
         const Line  *line,
         guint64      id,
         guint        hash,
         GError     **error)
{
  sqlite3_stmt *s =
    usher_db_query (db, error, "SELECT conv, is_note, seq, hash FROM search.entry WHERE id = ?",
                    "i", id);
  Place place = PLACE_FREE;

  if (s == NULL)
    return PLACE_FREE;
  if (usher_db_next (db, s, error)) {
    gboolean is_it = usher_db_id (s, 0) == line->conv &&
                     (usher_db_id (s, 1) != 0) == line->is_note && usher_db_id (s, 2) == line->seq;

    place = !is_it ? PLACE_TAKEN : usher_db_id (s, 3) == hash ? PLACE_SAME : PLACE_OLD;
  }
  usher_db_end (s);
  return place;
}

static gboolean
add (UsherDb     *db,
     const Line  *line,
     guint64      id,
     const char  *text,
     guint        hash,
     GError     **error)
{
  return usher_db_run (db, error, "INSERT INTO search.line (rowid, text) VALUES (?,?)", "it", id,
                       text) &&
         usher_db_run (db, error,
                       "INSERT INTO search.entry (id, conv, is_note, seq, hash) VALUES (?,?,?,?,?)",
                       "iiiii", id, line->conv, (guint64) line->is_note, line->seq, (guint64) hash);
}

/* From the place its time gives it upwards: the first that is free, past its own earlier texts. */
static gboolean
put (UsherDb     *db,
     const Line  *line,
     gint64       ts_us,
     const char  *text,
     GError     **error)
{
  guint hash = text != NULL ? g_str_hash (text) : 0;
  guint64 id = first_id (line, ts_us);
  GError *fault = NULL;
  Place place;

  while ((place = look_at (db, line, id, hash, &fault)) == PLACE_TAKEN || place == PLACE_OLD) {
    if (place == PLACE_OLD &&
        !usher_db_run (db, &fault, "UPDATE search.entry SET conv = 0 WHERE id = ?", "i", id))
      break;
    id++;
  }
  if (fault != NULL) {
    g_propagate_error (error, fault);
    return FALSE;
  }
  return place == PLACE_SAME || text == NULL || *text == '\0' ||
         add (db, line, id, text, hash, error);
}

static gboolean
index_line (UsherDb     *db,
            const Line  *line,
            GError     **error)
{
  sqlite3_stmt *s =
    line->is_note
      ? usher_db_query (db, error, "SELECT ts, text FROM note WHERE conv = ? AND n = ?", "ii",
                        line->conv, line->seq)
      : usher_db_query (
          db, error,
          "SELECT ts, iif (recalled, NULL, ifnull (text, name)) FROM message WHERE conv = ? AND seq = ?",
          "ii", line->conv, line->seq);
  gboolean is_good = s != NULL;

  if (is_good && usher_db_next (db, s, NULL))
    is_good =
      put (db, line, sqlite3_column_int64 (s, 0), (const char *) sqlite3_column_text (s, 1), error);
  if (s != NULL)
    usher_db_end (s);
  return is_good;
}

/* --- A chunk ---------------------------------------------------------------------------------------- */

static GArray *
load_waiting (UsherDb  *db,
              GError  **error)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (Line));
  sqlite3_stmt *s =
    usher_db_query (db, error,
                    "SELECT conv, is_note, seq FROM unindexed LIMIT " G_STRINGIFY (CHUNK_LINES),
                    NULL);

  while (s != NULL && usher_db_next (db, s, NULL)) {
    Line line = { usher_db_id (s, 0), usher_db_id (s, 2), usher_db_id (s, 1) != 0 };

    g_array_append_val (lines, line);
  }
  if (s != NULL)
    usher_db_end (s);
  return lines;
}

static gboolean
for_each (UsherDb  *db,
          GArray   *lines,
          gboolean (*func) (UsherDb *, const Line *, GError **),
          GError  **error)
{
  if (!usher_db_begin (db, error))
    return FALSE;
  for (guint i = 0; i < lines->len; i++) {
    if (!func (db, &g_array_index (lines, Line, i), error)) {
      usher_db_execute (db, "ROLLBACK", NULL);
      return FALSE;
    }
  }
  return usher_db_commit (db, error);
}

static gboolean
strike_off (UsherDb     *db,
            const Line  *line,
            GError     **error)
{
  return usher_db_run (db, error,
                       "DELETE FROM unindexed WHERE conv = ? AND is_note = ? AND seq = ?", "iii",
                       line->conv, (guint64) line->is_note, line->seq);
}

gboolean
usher_db_index_some (UsherDb  *db,
                     GError  **error)
{
  g_autoptr (GArray) lines = load_waiting (db, error);

  if (lines->len == 0)
    return FALSE;
  return for_each (db, lines, index_line, error) && for_each (db, lines, strike_off, error) &&
         lines->len == CHUNK_LINES;
}
