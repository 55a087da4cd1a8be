/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gate-store-apply.h"
#include "gate-store-db.h"
#include "gate-store-find.h"
#include "gate-store-index.h"

#include <glib.h>

G_BEGIN_DECLS

/* A store in a folder of its own, without threads: what is applied is there when the call returns. */
typedef struct {
  char *dir;
  sqlite3 *db, *behind_db, *search_db, *read_db;
  GateWriter *writer;
  GateIndex *index;
  GateFinder *finder;
} StoreFixture;

void store_fixture_set_up (StoreFixture *self);

/* The same in the folder self->dir, which tear_down removes. */
void store_fixture_open (StoreFixture *self);
void store_fixture_close (StoreFixture *self);
void store_fixture_tear_down (StoreFixture *self);

/* Closes all handles and opens them again: what a restart does. */
void store_fixture_reopen (StoreFixture *self);

/* Feeds the index to its end; how many rows. */
guint store_fixture_index (StoreFixture *self);

char *store_make_dir (void);
void store_remove_dir (const char *dir);

/* A number, of one row of one column. @sql is a literal of the test. */
gint64 store_count (StoreFixture *self,
                    const char   *sql);

/* --- Batches: strings are copied to the batch. ---------------------------------------------------- */

GateConvRow *
store_add_conv (GateBatch *batch, guint64 conv, guint64 visitor, guint32 epoch, guint8 state);
GateWrite *store_add_message (GateBatch  *batch,
                              guint64     conv,
                              guint64     cid,
                              guint64     ts,
                              guint8      role,
                              guint64     sender,
                              const char *text);
GateWrite *store_add_note (GateBatch  *batch,
                           guint64     conv,
                           guint64     cid,
                           const char *text);

/* Makes @write an edit (flag 2) or a recall (flag 4) of @seq. */
void store_make_edit (GateWrite *write,
                      guint64    seq,
                      guint32    flag);

/* Applies and frees @batch; the status must be OK. */
void store_apply (StoreFixture *self,
                  GateBatch    *batch);

/* Applies one message and gives its seq. */
guint64 store_say (StoreFixture *self,
                   guint64       conv,
                   guint8        role,
                   const char   *text);

GateQuery *store_page (StoreFixture *self,
                       guint64       conv,
                       guint64       before,
                       guint64       after,
                       guint         limit,
                       gboolean      for_visitor);
GateQuery *store_search (StoreFixture *self,
                         const char   *text);

/* The text in a packed gate.v1.Message; g_free(). NULL when there is no content. */
char *store_body_text (const guint8 *body,
                       gsize         n_bytes);

G_END_DECLS
