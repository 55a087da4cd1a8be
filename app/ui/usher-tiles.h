/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-conversation-view.h"

G_BEGIN_DECLS

/** Nobody follows more than four chats at a time. */
#define USHER_TILES_MAX 4

/**
 * UsherTiles:
 *
 * One to four chats side by side, each with its own draft and place in the lines. One of them is the current one: keys, lists, header and
 * visitor pane speak of it, and only in it what comes is read. Where there is no room for all, only the current one is shown.
 *
 * Signals:
 *   changed: another tile is the current one, or it shows another chat
 *   view-added (UsherConversationView *): it needs a session and its settings
 */
#define USHER_TYPE_TILES (usher_tiles_get_type ())
G_DECLARE_FINAL_TYPE (UsherTiles, usher_tiles, USHER, TILES, GtkWidget)

GtkWidget *usher_tiles_new (void);

/** usher_tiles_get_n: how many there are, from 1. */
guint usher_tiles_get_n (UsherTiles *self);

/** usher_tiles_get_view: (transfer none): of the current tile */
UsherConversationView *usher_tiles_get_view (UsherTiles *self);

/** usher_tiles_get_nth_view: (transfer none): of the @n-th tile, from 0 */
UsherConversationView *usher_tiles_get_nth_view (UsherTiles *self,
                                                 guint       n);

/** usher_tiles_get_conversation: (transfer none) (nullable): of the current tile */
UsherConversation *usher_tiles_get_conversation (UsherTiles *self);

/** usher_tiles_has: whether one of them shows @conversation. */
gboolean usher_tiles_has (UsherTiles        *self,
                          UsherConversation *conversation);

/** usher_tiles_show: the tile that has @conversation (nullable) becomes the current one; if none has, the current one shows it. */
void usher_tiles_show (UsherTiles        *self,
                       UsherConversation *conversation,
                       gboolean           is_elsewhere);

/** usher_tiles_set_is_elsewhere: @conversation has got a window of its own, or has none any more. */
void usher_tiles_set_is_elsewhere (UsherTiles        *self,
                                   UsherConversation *conversation,
                                   gboolean           is_elsewhere);

/** usher_tiles_split: one more, with @conversation (nullable), which becomes the current one. Returns: %FALSE when there are enough. */
gboolean usher_tiles_split (UsherTiles        *self,
                            UsherConversation *conversation);

/** usher_tiles_close_current: the tile, never the chat. Returns: %FALSE when it is the only one. */
gboolean usher_tiles_close_current (UsherTiles *self);

/** usher_tiles_reset: one tile, with nothing in it. */
void usher_tiles_reset (UsherTiles *self);
void usher_tiles_set_reply_target (UsherTiles *self,
                                   guint       target_s);
void usher_tiles_focus (UsherTiles *self);

/** usher_tiles_focus_by: to the tile that is @step further. Returns: %FALSE at the end of the row. */
gboolean usher_tiles_focus_by (UsherTiles *self,
                               int         step);

/** usher_tiles_make_current: the first or the last of them, as one comes from outside. */
void usher_tiles_make_current (UsherTiles *self,
                               gboolean    is_last);

G_END_DECLS
