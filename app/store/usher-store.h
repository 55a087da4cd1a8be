/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-rows.h"
#include "usher-store-error.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UsherStore:
 *
 * The local cache of one profile: what the gateway has told, and what the agent has written and the gateway does not hold yet. One
 * SQLite file (0600) in a folder of its own (0700), written by a thread of its own. What waits when a batch begins becomes one
 * transaction; callbacks come on the main context after its commit, so a line called queued or a draft called kept survives
 * kill -9 and a power cut.
 *
 * Jobs run in the order in which they were given.
 *
 * Signal: fault (GError *): a write that nobody waits for has failed; the cache may be behind, what the gateway holds is not lost.
 */
#define USHER_TYPE_STORE (usher_store_get_type ())
G_DECLARE_FINAL_TYPE (UsherStore, usher_store, USHER, STORE, GObject)

/**
 * usher_store_open:
 * @profile_dir: made with 0700 where it is missing
 * @ret_snapshot: (out) (transfer full): what is needed to show the first window
 *
 * Opens and reads the rows of the lists, not the lines. Blocks; for the start of the program, before the main loop.
 * A broken cache is put aside and a new one begun.
 */
UsherStore *usher_store_open (const char     *profile_dir,
                              UsherSnapshot **ret_snapshot,
                              GError        **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * usher_store_close: runs what was asked for, then lets go of the profile. Blocks for as long as that takes; nothing may be asked
 * for afterwards. Callbacks still come. Disposing the last reference does the same.
 */
void usher_store_close (UsherStore *self);

/** usher_store_dup_picture_path: (transfer full): the path of the picture @name, which has no slash. */
char *usher_store_dup_picture_path (UsherStore *self,
                                    const char *name);

/* --- What the gateway told: nobody waits ------------------------------------------------------------- */

/** usher_store_put_conversation: @row: (transfer full) */
void usher_store_put_conversation (UsherStore           *self,
                                   UsherConversationRow *row);

/** usher_store_put_messages: @rows: (transfer full) (element-type UsherMessageRow): lines and notes of one conversation. */
void usher_store_put_messages (UsherStore *self,
                               GPtrArray  *rows);

/** usher_store_edit_message: @row: (transfer full): the line `seq` has another content now; its time and sender stay. */
void usher_store_edit_message (UsherStore      *self,
                               UsherMessageRow *row);
void usher_store_forget_conversation (UsherStore *self,
                                      guint64     conv);
void usher_store_set_meta (UsherStore *self,
                           const char *key,
                           const char *value);

/** usher_store_drop_cache: the gateway is another one: what it can tell again goes; the outbox and the drafts stay. */
void usher_store_drop_cache (UsherStore *self);

/** usher_store_drop_all: signed out: everything but the number of this device goes, pictures too. */
void usher_store_drop_all (UsherStore *self);

/** usher_store_forget: when it is closed, nothing of the profile is left but its empty folder. */
void usher_store_forget (UsherStore *self);

/* --- What exists only here --------------------------------------------------------------------------- */

/**
 * usher_store_put_outbox_async:
 * @row: (transfer full): a new line, or one whose `seen` or `fail_slug` is another
 * @file: (nullable): what becomes the file `path` of the line, synced before the line is kept
 * @clears_draft: whether the draft this line was written as goes in the same transaction
 *
 * Finish with usher_store_write_finish(): after it the line is on the disk.
 */
void usher_store_put_outbox_async (UsherStore          *self,
                                   UsherOutboxRow      *row,
                                   GBytes              *file,
                                   gboolean             clears_draft,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data);

/** usher_store_remove_outbox: acknowledged or discarded. */
void usher_store_remove_outbox (UsherStore *self,
                                guint64     cid);

/** usher_store_put_draft_async: @text: %NULL or empty: none any longer. Finish with usher_store_write_finish(). */
void usher_store_put_draft_async (UsherStore          *self,
                                  guint64              conv,
                                  gboolean             is_note,
                                  const char          *text,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data);

/**
 * usher_store_put_file_async: writes @bytes as a file (0600) into the profile and syncs it.
 * @name: without a slash
 *
 * Finish with usher_store_put_file_finish().
 */
void usher_store_put_file_async (UsherStore          *self,
                                 const char          *name,
                                 GBytes              *bytes,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data);

/** usher_store_put_file_finish: (transfer full): the path. */
char *usher_store_put_file_finish (UsherStore    *self,
                                   GAsyncResult  *result,
                                   GError       **error);
gboolean usher_store_write_finish (UsherStore    *self,
                                   GAsyncResult  *result,
                                   GError       **error);

/* --- Reading ----------------------------------------------------------------------------------------- */

/** UsherPage: some lines of one conversation and the notes that stand between them, each in its own order. */
typedef struct {
  GPtrArray *messages; /* UsherMessageRow, by seq */
  GPtrArray *notes;    /* UsherMessageRow, by time */
} UsherPage;

void usher_page_free (UsherPage *page);

/**
 * usher_store_load_page_async:
 * @after: 0, or only lines above it, upwards from there
 * @before: only lines below it; G_MAXINT64 for no bound
 * @limit: most lines; 1 to 400
 *
 * With @after 0 the newest lines below @before. Finish with usher_store_load_page_finish().
 */
void usher_store_load_page_async (UsherStore          *self,
                                  guint64              conv,
                                  guint64              after,
                                  guint64              before,
                                  guint                limit,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data);

/** usher_store_load_page_at_async: the lines about the time @at_us, half of @limit on either side. Finish as above. */
void usher_store_load_page_at_async (UsherStore          *self,
                                     guint64              conv,
                                     gint64               at_us,
                                     guint                limit,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data);

/** usher_store_load_page_finish: (transfer full) */
UsherPage *usher_store_load_page_finish (UsherStore    *self,
                                         GAsyncResult  *result,
                                         GError       **error);

/**
 * usher_store_search_async:
 * @limit: most hits; 1 to 400
 *
 * The lines held here, newest first. Takes at most a tenth of a second of the store's time: then it says that it looked no
 * further back. Finish with usher_store_search_finish().
 */
void usher_store_search_async (UsherStore             *self,
                               const UsherSearchQuery *query,
                               guint                   limit,
                               GCancellable           *cancellable,
                               GAsyncReadyCallback     callback,
                               gpointer                user_data);

/** usher_store_search_finish: (transfer full) */
UsherHits *usher_store_search_finish (UsherStore    *self,
                                      GAsyncResult  *result,
                                      GError       **error);

/* --- Taking it along ---------------------------------------------------------------------------------- */

/** UsherExportProgress: on the main context, some times a second: how much of it is written, 0 to 1 */
typedef void (*UsherExportProgress) (double fraction, gpointer user_data);

/**
 * usher_store_export_async: all that is held, into a new folder in @folder; on a thread and a connection of its own, so that everything
 * else goes on. A second one ends the first.
 * @settings: JSON text that goes along
 * @progress: is not called after @callback
 *
 * Finish with usher_store_export_finish(). When the store is closed before, it is cancelled, and nothing is left behind.
 */
void usher_store_export_async (UsherStore          *self,
                               const char          *folder,
                               const char          *settings,
                               GCancellable        *cancellable,
                               UsherExportProgress  progress,
                               gpointer             progress_data,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data);

/** usher_store_export_finish: (transfer full): the path of the folder. Errors are of %G_IO_ERROR or %USHER_STORE_ERROR. */
char *usher_store_export_finish (GAsyncResult  *result,
                                 GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UsherPage, usher_page_free)

G_END_DECLS
