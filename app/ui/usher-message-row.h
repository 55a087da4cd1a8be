/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-search.h"

G_BEGIN_DECLS

/**
 * UsherMessageRow:
 *
 * One line of a conversation: bubble, note or event, with the day or “unread” divider above it where one belongs.
 *
 * Signals: `retry`, `discard` (a failed line, or one whose file is on its way), `take-back` (one that is held, or failed), `edit`, `recall` (an own
 * one), `open-image`, `retry-image` (one that could not be shown), `save` (its file), `play` (its voice message, or stop).
 */
#define USHER_TYPE_MESSAGE_ROW (usher_message_row_get_type ())
G_DECLARE_FINAL_TYPE (UsherMessageRow, usher_message_row, USHER, MESSAGE_ROW, GtkWidget)

/** The box a picture is shown in, in pixels of the window. */
#define USHER_PICTURE_BOX_WIDTH  320
#define USHER_PICTURE_BOX_HEIGHT 240

GtkWidget *usher_message_row_new (void);

/** usher_message_row_set_message: @message: (nullable) */
void usher_message_row_set_message (UsherMessageRow *self,
                                    UsherMessage    *message);
UsherMessage *usher_message_row_get_message (UsherMessageRow *self);

/** usher_message_row_set_context: what stands above it: @previous (nullable), and whether unread lines begin here. */
void usher_message_row_set_context (UsherMessageRow *self,
                                    UsherMessage    *previous,
                                    gboolean         is_first_unread);

/** usher_message_row_set_is_found: the line that somebody looked for stands out. */
void usher_message_row_set_is_found (UsherMessageRow *self,
                                     gboolean         is_found);

/** usher_message_row_set_search: @search: (nullable): its words are marked in the text. To be called again when it looks for others. */
void usher_message_row_set_search (UsherMessageRow *self,
                                   UsherSearch     *search);

/** usher_message_row_set_texture: @texture: (nullable): the picture, once it is there; @problem: (nullable): why there is none. */
void
usher_message_row_set_texture (UsherMessageRow *self, GdkTexture *texture, const char *problem);

/** usher_message_row_set_heard: whether its voice message is heard now, and how far that is. */
void usher_message_row_set_heard (UsherMessageRow *self,
                                  gboolean         is_playing,
                                  guint            heard_ms);

/** usher_message_row_set_heading: (nullable) both: which conversation begins here; what is folded above it (signal `unfold`). */
void usher_message_row_set_heading (UsherMessageRow *self,
                                    const char      *heading,
                                    const char      *folded);

G_END_DECLS
