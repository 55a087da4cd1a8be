/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-store.h"

G_BEGIN_DECLS

/**
 * MemoryStore:
 *
 * A GateStore in memory that means what the real one means. Nothing completes by itself: whoever drives it says when a
 * batch is committed or a query answered, and whether it fails. It outlives the core: that is what a crash test is.
 */
typedef struct _MemoryStore MemoryStore;

MemoryStore *memory_store_new (guint64 log) G_GNUC_WARN_UNUSED_RESULT;
void memory_store_free (MemoryStore *self);
GateStore *memory_store_get (MemoryStore *self);

/** memory_store_connect: who hears of results from now on. */
void memory_store_connect (MemoryStore         *self,
                           const GateStoreDone *done,
                           gpointer             user_data);

/** memory_store_load_batch: (transfer full): rows as if they had been committed before. */
void memory_store_load_batch (MemoryStore *self,
                              GateBatch   *batch);

/** memory_store_has_batch, memory_store_n_queries: what waits to be completed. */
gboolean memory_store_has_batch (const MemoryStore *self);
guint memory_store_n_queries (const MemoryStore *self);

/** memory_store_commit: the batch that is out, with this result. */
void memory_store_commit (MemoryStore     *self,
                          GateStoreStatus  status);

/** memory_store_answer: one of the queries that are out (@which modulo their number). */
void memory_store_answer (MemoryStore     *self,
                          guint            which,
                          GateStoreStatus  status);

/** memory_store_run: completes everything, also what that leads to. */
void memory_store_run (MemoryStore *self);

/** memory_store_crash: what is out is lost; a batch may have been committed all the same. */
void memory_store_crash (MemoryStore *self,
                         gboolean     is_committed);

/* --- For setting up and looking at it --------------------------------------------------------------- */

guint64 memory_store_add_agent (MemoryStore *self,
                                const char  *login,
                                const char  *role,
                                guint        capacity,
                                const char  *queues);

/** memory_store_add_access: a token row for an access token of this text. */
void memory_store_add_access (MemoryStore *self,
                              guint64      agent,
                              const char  *token,
                              guint64      family,
                              guint64      expires);
void memory_store_add_media (MemoryStore *self,
                             const char  *path,
                             guint8       role,
                             guint64      uploader);

typedef struct {
  GateMessageRow row;
  guint64 present; /* seq of the row whose content it shows; 0 = itself */
} MemoryMessage;

typedef struct {
  GateConvRow row;
  guint64 last_shown;
  guint32 first_epoch; /* events up to here are not known */
  GArray *messages;    /* of MemoryMessage, by seq */
  GArray *notes;       /* of GateNoteRow, by n */
  GArray *events;      /* of GateEventRow */
} MemoryConv;

const MemoryConv *memory_store_conv (const MemoryStore *self,
                                     guint64            conv);
guint memory_store_n_convs (const MemoryStore *self);
guint64 memory_store_nth_conv (const MemoryStore *self,
                               guint              n);
/** memory_store_merges: of GateMergeRow, in order. */
const GArray *memory_store_merges (const MemoryStore *self);
guint64 memory_store_n_messages (const MemoryStore *self);

/** memory_store_n_kind: how many rows of a kind were written. */
guint64 memory_store_n_writes (const MemoryStore *self,
                               GateWriteKind      kind);

G_END_DECLS
