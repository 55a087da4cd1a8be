/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UsherNotifications:
 *
 * What the desktop tells an agent who looks elsewhere: an offer with Accept and Pass, a new line. One notification for each
 * conversation: a newer one takes its place. Text from visitors is shown as text, never as markup. Without a daemon nothing
 * happens, and the console still works.
 *
 * Signals (guint64 conv): accept, pass, activate (the notification itself was clicked)
 *   reply (guint64 conv, const char *text): written into the notification, where the desktop can
 *   seen: the test was clicked
 */
#define USHER_TYPE_NOTIFICATIONS (usher_notifications_get_type ())
G_DECLARE_FINAL_TYPE (UsherNotifications, usher_notifications, USHER, NOTIFICATIONS, GObject)

/** usher_notifications_new: @app_name: translated; looks for the daemon by itself, without blocking. */
UsherNotifications *usher_notifications_new (const char *app_name) G_GNUC_WARN_UNUSED_RESULT;

/** usher_notifications_show_offer: @who: the visitor; @text: (nullable): first line; urgent, stays until it is over. */
void usher_notifications_show_offer (UsherNotifications *self,
                                     guint64             conv,
                                     const char         *who,
                                     const char         *text);
void usher_notifications_show_line (UsherNotifications *self,
                                    guint64             conv,
                                    const char         *who,
                                    const char         *text,
                                    gboolean            is_urgent);

/** usher_notifications_withdraw: the offer is gone, or the agent is looking at the conversation. */
void usher_notifications_withdraw (UsherNotifications *self,
                                   guint64             conv);

/** usher_notifications_get_has_actions: whether the desktop shows buttons. */
gboolean usher_notifications_get_has_actions (UsherNotifications *self);

/** usher_notifications_test_async: shows one, and waits for what the desktop answers. */
void usher_notifications_test_async (UsherNotifications  *self,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data);

/** usher_notifications_test_finish: (transfer full): who took it, such as “gnome-shell 43.9”. */
char *usher_notifications_test_finish (GAsyncResult  *result,
                                       GError       **error);

G_END_DECLS
