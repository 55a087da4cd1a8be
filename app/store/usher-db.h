/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-rows.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * UsherDb:
 *
 * The SQLite handle and its prepared statements. One thread at a time; everything here blocks. Only `store` sees it.
 */
typedef struct _UsherDb UsherDb;

/** usher_db_open: opens or makes @path (0600) and brings its schema up to date. Errors are of %USHER_STORE_ERROR. */
UsherDb *usher_db_open (const char  *path,
                        GError     **error) G_GNUC_WARN_UNUSED_RESULT;

/** usher_db_open_reader: a second handle, which writes nothing and keeps nobody from writing. */
UsherDb *usher_db_open_reader (const char  *path,
                               GError     **error) G_GNUC_WARN_UNUSED_RESULT;
void usher_db_close (UsherDb *db);

/* usher_db_begin … usher_db_commit hold one batch. After a failed commit nothing of the batch is kept. */
gboolean usher_db_begin (UsherDb  *db,
                         GError  **error);
gboolean usher_db_commit (UsherDb  *db,
                          GError  **error);

/**
 * usher_db_run: one statement.
 * @sql: a literal; the prepared statement is found by its address
 * @format: (nullable): one letter for each parameter: `i` guint64, `t` const char * (nullable)
 */
gboolean usher_db_run (UsherDb     *db,
                       GError     **error,
                       const char  *sql,
                       const char  *format,
                       ...);

/** usher_db_query: like usher_db_run(), bound and ready for sqlite3_step(); to be ended by usher_db_end(). */
sqlite3_stmt *
usher_db_query (UsherDb *db, GError **error, const char *sql, const char *format, ...);

/** usher_db_next: whether there is a row. @error is set when the answer is no because of a fault. */
gboolean usher_db_next (UsherDb       *db,
                        sqlite3_stmt  *statement,
                        GError       **error);
void usher_db_end (sqlite3_stmt *statement);
guint64 usher_db_id (sqlite3_stmt *statement,
                     int           column);
char *usher_db_text (sqlite3_stmt *statement,
                     int           column);

/* -conversations.c */
gboolean usher_db_put_conversation (UsherDb                     *db,
                                    const UsherConversationRow  *row,
                                    GError                     **error);
gboolean usher_db_forget_conversation (UsherDb  *db,
                                       guint64   conv,
                                       GError  **error);
GPtrArray *usher_db_load_conversations (UsherDb  *db,
                                        GError  **error);

/* -messages.c */
gboolean usher_db_put_message (UsherDb                *db,
                               const UsherMessageRow  *row,
                               GError                **error);
gboolean usher_db_edit_message (UsherDb                *db,
                                const UsherMessageRow  *row,
                                GError                **error);
GPtrArray *usher_db_load_messages (UsherDb  *db,
                                   guint64   conv,
                                   guint64   after,
                                   guint64   before,
                                   guint     limit,
                                   GError  **error);

/** UsherDbLineFunc: returns whether to go on. */
typedef gboolean (*UsherDbLineFunc) (const UsherMessageRow *line, gpointer user_data);

/** usher_db_each_message: the lines of @conv in order, one at a time. %FALSE: @func had enough, or @error is set. */
gboolean usher_db_each_message (UsherDb          *db,
                                guint64           conv,
                                UsherDbLineFunc   func,
                                gpointer          user_data,
                                GError          **error);
gboolean usher_db_each_note (UsherDb          *db,
                             guint64           conv,
                             UsherDbLineFunc   func,
                             gpointer          user_data,
                             GError          **error);

/** usher_db_count_lines: messages and notes of all conversations. */
gboolean usher_db_count_lines (UsherDb  *db,
                               guint64  *ret_n_lines,
                               GError  **error);

/** usher_db_find_seq_at: the last line not after @ts_us, or the first one. */
guint64 usher_db_find_seq_at (UsherDb  *db,
                              guint64   conv,
                              gint64    ts_us,
                              GError  **error);
GPtrArray *usher_db_load_notes (UsherDb  *db,
                                guint64   conv,
                                gint64    from_us,
                                gint64    to_us,
                                guint     limit,
                                GError  **error);

/* -own.c: what is only here until the gateway has it */
gboolean usher_db_put_outbox (UsherDb               *db,
                              const UsherOutboxRow  *row,
                              GError               **error);
gboolean usher_db_put_draft (UsherDb              *db,
                             const UsherDraftRow  *row,
                             GError              **error);
GPtrArray *usher_db_load_outbox (UsherDb  *db,
                                 GError  **error);
GPtrArray *usher_db_load_drafts (UsherDb  *db,
                                 GError  **error);
GHashTable *usher_db_load_meta (UsherDb  *db,
                                GError  **error);

/** usher_db_drop_cache: everything the gateway can tell again; the outbox and the drafts stay. */
gboolean usher_db_drop_cache (UsherDb  *db,
                              GError  **error);
gboolean usher_db_drop_all (UsherDb  *db,
                            GError  **error);

/* -index.c: search.db beside the cache; it can be made anew from it at any time */

/** usher_db_open_index: attaches @path as `search`; what is broken is removed and begun again. */
gboolean usher_db_open_index (UsherDb     *db,
                              const char  *path,
                              GError     **error);

/** usher_db_is_index_due: whether so many lines wait to be indexed that it is worth a commit. */
gboolean usher_db_is_index_due (UsherDb *db);

/** usher_db_index_some: takes up to a chunk of the lines that wait, in transactions of its own. Returns: whether there were as many. */
gboolean usher_db_index_some (UsherDb  *db,
                              GError  **error);
gboolean usher_db_clear_index (UsherDb  *db,
                               GError  **error);

/* -search.c */

/** usher_db_search: (transfer full): at most @limit lines, newest first, of as far back as @limit_us allows. */
UsherHits *usher_db_search (UsherDb                 *db,
                            const UsherSearchQuery  *query,
                            guint                    limit,
                            gint64                   limit_us,
                            GError                 **error);

/** usher_db_limit_time: what runs is interrupted at @deadline_us of the monotonic clock; 0: it is not. */
void usher_db_limit_time (UsherDb *db,
                          gint64   deadline_us);

/** usher_db_execute: literals only, several statements. */
gboolean usher_db_execute (UsherDb     *db,
                           const char  *sql,
                           GError     **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UsherDb, usher_db_close)

G_END_DECLS
