/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "usher-conversation.h"
#include "usher-message.h"

G_BEGIN_DECLS

/**
 * UsherThread:
 *
 * The lines of one conversation, and above them those of earlier conversations with the same visitor, as far as they have been unfolded:
 * one list model, whose windows stay bounded each for itself. Signals: `changed`: what is still folded is different; `lines-changed`: other
 * lines, or as many others in the same places.
 */
#define USHER_TYPE_THREAD (usher_thread_get_type ())
G_DECLARE_FINAL_TYPE (UsherThread, usher_thread, USHER, THREAD, GObject)

/** So many earlier conversations are unfolded at most; each may hold a whole window. More are for the search. */
#define USHER_THREAD_MAX_UNFOLDED 5

UsherThread *usher_thread_new (void) G_GNUC_WARN_UNUSED_RESULT;

/** usher_thread_get_model: (transfer none): of UsherSlot with an UsherMessage each; the same for the whole life. */
GListModel *usher_thread_get_model (UsherThread *self);

/** usher_thread_set_conversation: @n_lines: so many of its last lines are enough for the first frame */
void
usher_thread_set_conversation (UsherThread *self, UsherConversation *conversation, guint n_lines);

/** usher_thread_set_earlier: @earlier: (nullable): of UsherConversation, in any order; those behind the one shown are left out. */
void usher_thread_set_earlier (UsherThread *self,
                               GListModel  *earlier);
/** usher_thread_reveal: of a conversation only the last lines are there at first: some more. Returns: whether there are others. */
gboolean usher_thread_reveal (UsherThread *self);

/** usher_thread_is_whole: whether all lines in memory are there. */
gboolean usher_thread_is_whole (UsherThread *self);

/** usher_thread_reveal_all: before something is looked for, or shown above them. */
void usher_thread_reveal_all (UsherThread *self);
guint usher_thread_get_n_items (UsherThread *self);

/** usher_thread_peek: (transfer none) (nullable) */
UsherMessage *usher_thread_peek (UsherThread *self,
                                 guint        position);

/** usher_thread_get_first: (transfer none) (nullable): the conversation whose lines stand first. */
UsherConversation *usher_thread_get_first (UsherThread *self);

/** usher_thread_unfold: (transfer none) (nullable): the next earlier conversation, whose lines stand first now. */
UsherConversation *usher_thread_unfold (UsherThread *self);

/** usher_thread_dup_folded: (transfer full) (nullable): what is still folded, as a sentence. */
char *usher_thread_dup_folded (UsherThread *self) G_GNUC_WARN_UNUSED_RESULT;

/**
 * usher_thread_dup_text:
 * @ret_n_lines: how many lines it holds
 *
 * What was said and is in memory, a line each with time and name, a day each above. What is for staff only is left out: it is meant to be
 * pasted elsewhere.
 */
char *usher_thread_dup_text (UsherThread *self,
                             guint       *ret_n_lines) G_GNUC_WARN_UNUSED_RESULT;

/** usher_thread_dup_heading: (transfer full) (nullable): where more than one stand here: which one begins with @message. */
char *usher_thread_dup_heading (UsherThread  *self,
                                UsherMessage *message) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
