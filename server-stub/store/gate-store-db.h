/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

#define GATE_STORE_ERROR (gate_store_error_quark ())
GQuark gate_store_error_quark (void);

typedef enum {
  GATE_STORE_ERROR_OPEN,      /* cannot be opened or made */
  GATE_STORE_ERROR_EXPOSED,   /* other users of the machine may read it */
  GATE_STORE_ERROR_LOCKED,    /* another gateway works on it */
  GATE_STORE_ERROR_NEWER,     /* written by a newer version of Usher */
  GATE_STORE_ERROR_SQL,       /* SQLite says no */
  GATE_STORE_ERROR_EXISTS,    /* what should be made is there already */
  GATE_STORE_ERROR_NOT_FOUND, /* what should be changed is not there */
} GateStoreErrorCode;

typedef enum {
  GATE_DB_WRITE, /* makes the file and brings its schema up to date */
  GATE_DB_ADMIN, /* writes too, beside a gateway that may be running (usherctl): nothing is brought up to date */
  GATE_DB_READ,   /* queries only */
  GATE_DB_BEHIND, /* checkpoints, and reading for the index */
} GateDbMode;

/**
 * gate_store_dir_prepare:
 *
 * Makes the data folder with mode 0700 where it is missing; refuses one, or database files in it, that other users
 * may read. Source: `SECURITY.md` 2.25.
 */
gboolean gate_store_dir_prepare (const char  *dir,
                                 GError     **error) G_GNUC_WARN_UNUSED_RESULT;

/** gate_store_give_to_owner: usherctl as root must not leave files behind that the gateway's own user cannot open. */
void gate_store_give_to_owner (int         fd,
                               const char *dir);

/** gate_store_db_open: (transfer full): usher.db in @dir, set up for its use; for one thread at a time */
sqlite3 *
gate_store_db_open (const char *dir, GateDbMode mode, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** gate_store_search_open: (transfer full): search.db in @dir for writing; made anew when it is not one of ours */
sqlite3 *gate_store_search_open (const char  *dir,
                                 GError     **error) G_GNUC_WARN_UNUSED_RESULT;

/** gate_store_search_attach: search.db in @dir as schema `search` of @db, to read */
gboolean
gate_store_search_attach (sqlite3 *db, const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** gate_store_db_get_log: the incarnation of the database; 0 when it cannot be read */
guint64 gate_store_db_get_log (sqlite3 *db);

/** gate_store_db_new_log: draws a new incarnation, after which every client reads all again */
gboolean gate_store_db_new_log (sqlite3  *db,
                                GError  **error) G_GNUC_WARN_UNUSED_RESULT;

/** gate_store_db_prepare: (transfer full): a statement that is kept; @sql is never made from what peers sent */
sqlite3_stmt *
gate_store_db_prepare (sqlite3 *db, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** gate_store_db_set_error: @error from the last failure of @db, behind @what */
void gate_store_db_set_error (sqlite3     *db,
                              const char  *what,
                              GError     **error);

G_END_DECLS
