/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-search.h"

G_BEGIN_DECLS

/**
 * UsherTranscript:
 *
 * The lines of one conversation, newest at the bottom. It follows new lines while the bottom is in sight, keeps its place while older lines come
 * in above, asks for more at either end, and offers a way back down.
 *
 * Signals: `take-back`, `edit` (UsherMessage *): the agent wants the line in the composer again, before it went or after;
 * `said` (const char *): a sentence for the agent.
 */
#define USHER_TYPE_TRANSCRIPT (usher_transcript_get_type ())
G_DECLARE_FINAL_TYPE (UsherTranscript, usher_transcript, USHER, TRANSCRIPT, GtkWidget)

GtkWidget *usher_transcript_new (void);
void usher_transcript_set_session (UsherTranscript *self,
                                   UsherSession    *session);

/** usher_transcript_set_conversation: @n_unread: how many lines by the visitor are new; the divider stands above the first of them. */
void usher_transcript_set_conversation (UsherTranscript   *self,
                                        UsherConversation *conversation,
                                        guint              n_unread);

/** usher_transcript_set_earlier: @earlier: (nullable): conversations with the same visitor; they stand folded above the first line. */
void usher_transcript_set_earlier (UsherTranscript *self,
                                   GListModel      *earlier);

/** usher_transcript_unfold_earlier: the next earlier conversation, in place; nothing when there is none, or lines between are not loaded. */
void usher_transcript_unfold_earlier (UsherTranscript *self);

/** usher_transcript_copy: what was said, with names and times, to the clipboard; returns how many lines. */
guint usher_transcript_copy (UsherTranscript *self);

/** usher_transcript_set_search: @search: (nullable): its words are marked, and the line it has found is pointed at as long as it is set. */
void usher_transcript_set_search (UsherTranscript *self,
                                  UsherSearch     *search);

/** usher_transcript_get_time_us: when the first line was said that is in memory; 0: there is none. */
gint64 usher_transcript_get_time_us (UsherTranscript *self);

/** usher_transcript_set_is_seen: whether somebody is in front of it: the divider stands above the first line that came while nobody was. */
void usher_transcript_set_is_seen (UsherTranscript *self,
                                   gboolean         is_seen);

/** usher_transcript_jump_to_newest: also after writing: the own line must be in sight. */
void usher_transcript_jump_to_newest (UsherTranscript *self);
gboolean usher_transcript_get_is_at_bottom (UsherTranscript *self);

G_END_DECLS
