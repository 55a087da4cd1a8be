/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-connection.h"
#include "usher-dispatcher.h"
#include "usher-types.h"

G_BEGIN_DECLS

/**
 * UsherOutboxItem:
 *
 * One own line on its way to the gateway. It keeps its `cid` for life, so that sending it again is always safe. The row in the
 * local store is the truth; this is its shadow in memory.
 */
typedef struct {
  guint64 conv;
  guint64 cid;
  UsherMessageKind kind; /* text, image, file, voice or note */
  char *text;            /* (nullable): of a text or a note */
  guint64 seen;          /* last seq the writer was looking at; 0 = no guard */
  guint64 reply_to;
  gint64 not_before_us; /* wall clock: it is held until then; 0: it goes at once */
  guint64 replaces;     /* it changes that line; 0: it is a line */
  gboolean is_recall;   /* and leaves nothing of it */
  guint64 *mentions;    /* (nullable): of a note: who is to see it */
  guint n_mentions;
  char *path; /* (nullable): local file of a picture or file */
  char *url;  /* (nullable): of what has been uploaded */
  char *mime;
  char *name;
  guint size;
  guint width;
  guint height;
  UsherDelivery delivery;
} UsherOutboxItem;

UsherOutboxItem *
usher_outbox_item_new (guint64 conv, guint64 cid, UsherMessageKind kind) G_GNUC_WARN_UNUSED_RESULT;
void usher_outbox_item_free (UsherOutboxItem *item);

/**
 * UsherOutbox:
 *
 * The queue towards the gateway. Each conversation has a line of its own: one item is on the wire at a time and the next follows
 * its Ack, so what was written first is stored first, whatever happens between. Works without a network; never gives up by
 * itself.
 *
 * Signals (the item is good during the emission):
 *   moved (UsherOutboxItem *): `delivery` is another one: held, queued or on the wire
 *   stored (UsherOutboxItem *, guint64 seq, gint64 ts_us): acknowledged; the item is gone from here afterwards
 *   failed (UsherOutboxItem *, guint code, const char *slug, guint64 head): refused for good until usher_outbox_retry()
 *   upload (UsherOutboxItem *): a file is first in its line and has no url: answer with usher_outbox_set_url()
 */
#define USHER_TYPE_OUTBOX (usher_outbox_get_type ())
G_DECLARE_FINAL_TYPE (UsherOutbox, usher_outbox, USHER, OUTBOX, GObject)

/** usher_outbox_new: @dispatcher: (transfer none): must live longer than what is returned. */
UsherOutbox *usher_outbox_new (UsherConnection *connection,
                               UsherDispatcher *dispatcher) G_GNUC_WARN_UNUSED_RESULT;

/** usher_outbox_set_retry_ms: @least_ms to @most_ms between two tries of a line the gateway could not take just now. */
void usher_outbox_set_retry_ms (UsherOutbox *self,
                                guint        least_ms,
                                guint        most_ms);

/** usher_outbox_push: @item: (transfer full): to the end of its conversation's line. */
void usher_outbox_push (UsherOutbox     *self,
                        UsherOutboxItem *item);

/** usher_outbox_find: (transfer none) (nullable) */
const UsherOutboxItem *usher_outbox_find (UsherOutbox *self,
                                          guint64      cid);

/** usher_outbox_retry: sends a failed item again with @seen, at its old place. */
void usher_outbox_retry (UsherOutbox *self,
                         guint64      cid,
                         guint64      seen);
gboolean usher_outbox_discard (UsherOutbox *self,
                               guint64      cid);

/** usher_outbox_hurry: what is held in @conv goes now. */
void usher_outbox_hurry (UsherOutbox *self,
                         guint64      conv);

/** usher_outbox_n_waiting: how many lines of @conv are neither stored nor refused. */
guint usher_outbox_n_waiting (UsherOutbox *self,
                              guint64      conv);

/** usher_outbox_settle: the line @cid came back by another way (a page of history): it is stored as @seq. */
void usher_outbox_settle (UsherOutbox *self,
                          guint64      cid,
                          guint64      seq,
                          gint64       ts_us);
void usher_outbox_set_url (UsherOutbox *self,
                           guint64      cid,
                           const char  *url);

/**
 * usher_outbox_upload_failed: the upload did not work.
 * @is_final: %FALSE to try again by and by; %TRUE fails the item with @slug
 */
void
usher_outbox_upload_failed (UsherOutbox *self, guint64 cid, gboolean is_final, const char *slug);

/** usher_outbox_set_is_ready: whether lines may leave: %FALSE from a lost connection until it is caught up. */
void usher_outbox_set_is_ready (UsherOutbox *self,
                                gboolean     is_ready);
void usher_outbox_clear (UsherOutbox *self);
guint usher_outbox_n_items (UsherOutbox *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UsherOutboxItem, usher_outbox_item_free)

G_END_DECLS
