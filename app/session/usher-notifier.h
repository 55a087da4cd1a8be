/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherNotifier:
 *
 * Turns what happens in a session into desktop notifications, and their buttons into what the session does: an offer is announced until it
 * is gone, a visitor's line until the conversation is looked at. A line of the conversation on screen is not announced.
 *
 * Property: is-enabled (gboolean, readable and writable)
 *
 * Signal: activate (UsherConversation *): a notification was clicked: bring the window up with this conversation. It is emitted for
 *   Accept, too.
 */
#define USHER_TYPE_NOTIFIER (usher_notifier_get_type ())
G_DECLARE_FINAL_TYPE (UsherNotifier, usher_notifier, USHER, NOTIFIER, GObject)

UsherNotifier *usher_notifier_new (UsherSession *session) G_GNUC_WARN_UNUSED_RESULT;

/** usher_notifier_seen: the agent looks at @conversation: nothing about it need stay on the screen. */
void usher_notifier_seen (UsherNotifier     *self,
                          UsherConversation *conversation);

G_END_DECLS
