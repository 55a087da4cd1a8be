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
 * Above single events stands the alert ladder (`model/usher-alert.h`): it says how each is told, and grows louder while somebody waits.
 *
 * Properties: is-enabled (gboolean, readable and writable: notifications at all) · n-waiting (guint: who waits for this agent, 0 when
 *   the agent wants no count) · late (UsherConversation, nullable: whom the bar across the window is about)
 *
 * Signal: seen: the notification of the test was clicked
 *
 * Signal: activate (UsherConversation *): a notification was clicked: bring the window up with this conversation. It is emitted for
 *   Accept, too.
 */
#define USHER_TYPE_NOTIFIER (usher_notifier_get_type ())
G_DECLARE_FINAL_TYPE (UsherNotifier, usher_notifier, USHER, NOTIFIER, GObject)

UsherNotifier *
usher_notifier_new (UsherSession *session, GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

/** usher_notifier_seen: the agent looks at @conversation: nothing about it need stay on the screen. */
void usher_notifier_seen (UsherNotifier     *self,
                          UsherConversation *conversation);

/** usher_notifier_hush: the alarm is silent and its bar away for five minutes; everything else goes on. */
void usher_notifier_hush (UsherNotifier *self);

/** usher_notifier_test_async: proves that a notification appears here. */
void usher_notifier_test_async (UsherNotifier       *self,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data);

/** usher_notifier_test_finish: (transfer full): which service took it. */
char *usher_notifier_test_finish (UsherNotifier  *self,
                                  GAsyncResult   *result,
                                  GError        **error);

G_END_DECLS
