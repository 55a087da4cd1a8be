/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-types.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UsherMessageList:
 *
 * A #GListModel of #UsherMessage: the bounded window on one conversation. Order: stored lines by `seq`, notes and changes of state among them by
 * time (and among themselves by number), own lines that are not stored yet last, as written. Every line stands once: a second object
 * with the same `seq` (or number of its kind) is refused, and the stored form of a line takes the place of the pending one with its `cid`.
 *
 * Properties: `n-items`, `conv`, `has-older`, `has-newer` (writable: whether the store or the gateway knows more on that side).
 */
#define USHER_TYPE_MESSAGE_LIST (usher_message_list_get_type ())
G_DECLARE_FINAL_TYPE (UsherMessageList, usher_message_list, USHER, MESSAGE_LIST, GObject)

/** The most rows a window holds: each is a widget's worth of memory in the view, and GTK's cost grows with them. */
#define USHER_MESSAGE_LIST_MAX_ROWS 400

/** UsherListEnd: the side at which rows arrived; when the window is full, rows leave on the other. */
typedef enum {
  USHER_LIST_OLDER,
  USHER_LIST_NEWER,
} UsherListEnd;

UsherMessageList *usher_message_list_new (guint64 conv) G_GNUC_WARN_UNUSED_RESULT;

guint64 usher_message_list_get_conv (UsherMessageList *self);
guint usher_message_list_get_n_items (UsherMessageList *self);
gboolean usher_message_list_get_has_older (UsherMessageList *self);
void usher_message_list_set_has_older (UsherMessageList *self,
                                       gboolean          value);
gboolean usher_message_list_get_has_newer (UsherMessageList *self);
void usher_message_list_set_has_newer (UsherMessageList *self,
                                       gboolean          value);

/** usher_message_list_peek: (transfer none) (nullable): the row at @position. */
UsherMessage *usher_message_list_peek (UsherMessageList *self,
                                       guint             position);

/** usher_message_list_find: (transfer none) (nullable): the stored line @seq. Notes have numbers of their own. */
UsherMessage *usher_message_list_find (UsherMessageList *self,
                                       guint64           seq);
UsherMessage *usher_message_list_find_note (UsherMessageList *self,
                                            guint64           n);
UsherMessage *usher_message_list_find_cid (UsherMessageList *self,
                                           guint64           cid);

/** usher_message_list_get_first_seq: lowest `seq` (not of what stands by time) in the window, 0 when it is empty. */
guint64 usher_message_list_get_first_seq (UsherMessageList *self);
guint64 usher_message_list_get_last_seq (UsherMessageList *self);

/**
 * usher_message_list_insert:
 *
 * A line that has just been written or has just arrived. While `has-newer` is set a stored line behind the window is not taken in: there
 * is a gap before it, and it comes with its page.
 *
 * Returns: whether @message stands in the list now
 */
gboolean usher_message_list_insert (UsherMessageList *self,
                                    UsherMessage     *message);

/** usher_message_list_insert_page: a page of history in any order, with one `items-changed` (and one more for rows that leave). */
void usher_message_list_insert_page (UsherMessageList    *self,
                                     UsherMessage *const *messages,
                                     gsize                n_messages,
                                     UsherListEnd         end);

/** usher_message_list_replace: the window moves somewhere else; pending lines stay. */
void usher_message_list_replace (UsherMessageList    *self,
                                 UsherMessage *const *messages,
                                 gsize                n_messages);

/** usher_message_list_settle: call after setting `seq` of a pending line: it goes to its place. */
void usher_message_list_settle (UsherMessageList *self,
                                UsherMessage     *message);
gboolean usher_message_list_remove (UsherMessageList *self,
                                    UsherMessage     *message);

G_END_DECLS
