/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-composer.h"
#include "usher-session.h"
#include "usher-transcript.h"

G_BEGIN_DECLS

/**
 * UsherConversationView:
 *
 * The centre: transcript, typing line, what can be done in this state, composer. Signals: `problem` (const char *), `next`: as of the
 * composer.
 */
#define USHER_TYPE_CONVERSATION_VIEW (usher_conversation_view_get_type ())
G_DECLARE_FINAL_TYPE (UsherConversationView,
                      usher_conversation_view,
                      USHER,
                      CONVERSATION_VIEW,
                      GtkWidget)

GtkWidget *usher_conversation_view_new (void);
void usher_conversation_view_set_session (UsherConversationView *self,
                                          UsherSession          *session);
void usher_conversation_view_set_conversation (UsherConversationView *self,
                                               UsherConversation     *conversation);

/** usher_conversation_view_set_is_current: whether the agent is at it, of several that are on the screen; what comes is read only then. */
void usher_conversation_view_set_is_current (UsherConversationView *self,
                                             gboolean               is_current);

void usher_conversation_view_unfold_earlier (UsherConversationView *self);

/** usher_conversation_view_find: opens the bar that finds words in this chat. */
void usher_conversation_view_find (UsherConversationView *self);

/** usher_conversation_view_find_next: @step: 1: the next older line that was found, -1: the next newer */
void usher_conversation_view_find_next (UsherConversationView *self,
                                        int                    step);

/** usher_conversation_view_go_to_date: asks which day, and shows the first line of it. */
void usher_conversation_view_go_to_date (UsherConversationView *self);

/** usher_conversation_view_copy: what was said, with names and times, to the clipboard; returns how many lines. */
guint usher_conversation_view_copy (UsherConversationView *self);
UsherConversation *usher_conversation_view_get_conversation (UsherConversationView *self);
UsherComposer *usher_conversation_view_get_composer (UsherConversationView *self);

/** usher_conversation_view_focus: the composer where there is one, else what can be done. */
void usher_conversation_view_focus (UsherConversationView *self);

G_END_DECLS
