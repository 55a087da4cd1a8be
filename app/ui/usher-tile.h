/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-conversation-view.h"

G_BEGIN_DECLS

/**
 * UsherTile:
 *
 * A place for one chat: its view, or a word on why there is none. Beside others it wears a strip with the name, the clock and what is
 * unread.
 *
 * Signals: `entered`: the agent went to it, by key or pointer; `close-asked`: by the button of the strip.
 */
#define USHER_TYPE_TILE (usher_tile_get_type ())
G_DECLARE_FINAL_TYPE (UsherTile, usher_tile, USHER, TILE, GtkWidget)

GtkWidget *usher_tile_new (void);

/** usher_tile_set_conversation: @conversation: (nullable); @is_elsewhere: it has a window of its own, to which the tile points */
void usher_tile_set_conversation (UsherTile         *self,
                                  UsherConversation *conversation,
                                  gboolean           is_elsewhere);

/** usher_tile_get_conversation: (transfer none) (nullable): also one that is elsewhere */
UsherConversation *usher_tile_get_conversation (UsherTile *self);

/** usher_tile_get_view: (transfer none) */
UsherConversationView *usher_tile_get_view (UsherTile *self);

/** usher_tile_set_is_current: of several, the one that keys and lists speak to. */
void usher_tile_set_is_current (UsherTile *self,
                                gboolean   is_current);

/** usher_tile_set_has_strip: whether it stands beside others. */
void usher_tile_set_has_strip (UsherTile *self,
                               gboolean   has_strip);
void usher_tile_set_reply_target (UsherTile *self,
                                  guint      target_s);
void usher_tile_focus (UsherTile *self);

G_END_DECLS
