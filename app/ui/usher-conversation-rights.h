/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-session.h"

G_BEGIN_DECLS

/* What is possible with a conversation, by its state and by right. The gateway decides; this says what is offered. */

gboolean usher_may_claim (UsherSession      *session,
                          UsherConversation *conversation);
gboolean usher_may_transfer (UsherSession      *session,
                             UsherConversation *conversation);
gboolean usher_may_close (UsherSession      *session,
                          UsherConversation *conversation);
gboolean usher_may_reopen (UsherSession      *session,
                           UsherConversation *conversation);
gboolean usher_may_snooze (UsherSession      *session,
                           UsherConversation *conversation);
gboolean usher_may_wake (UsherSession      *session,
                         UsherConversation *conversation);
gboolean usher_may_hold (UsherSession      *session,
                         UsherConversation *conversation);
gboolean usher_may_join (UsherSession      *session,
                         UsherConversation *conversation);
gboolean usher_may_take_over (UsherSession      *session,
                              UsherConversation *conversation);
gboolean usher_may_watch (UsherSession      *session,
                          UsherConversation *conversation);
gboolean usher_may_label (UsherSession      *session,
                          UsherConversation *conversation);
gboolean usher_may_reply (UsherSession      *session,
                          UsherConversation *conversation);

/** usher_may_note: a note can still be written while the form of a closed chat is open. */
gboolean usher_may_note (UsherSession      *session,
                         UsherConversation *conversation);

/** usher_is_closed_by_me: so that closing it can be taken back. */
gboolean usher_is_closed_by_me (UsherSession      *session,
                                UsherConversation *conversation);

G_END_DECLS
