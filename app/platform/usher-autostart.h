/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UsherAutostart:
 *
 * Whether this program starts when a person signs in to the computer. In a sandbox the background portal is asked, which may ask the
 * person; it cannot be asked what it granted, so that is kept in the setting `autostart`. Elsewhere it is a file in the autostart folder,
 * which the desktop's own settings may change too.
 */
#define USHER_TYPE_AUTOSTART (usher_autostart_get_type ())
G_DECLARE_FINAL_TYPE (UsherAutostart, usher_autostart, USHER, AUTOSTART, GObject)

/** usher_autostart_new: @command: (array zero-terminated=1): what is started, with its arguments */
UsherAutostart *usher_autostart_new (GSettings         *settings,
                                     const char *const *command,
                                     gboolean           is_sandboxed) G_GNUC_WARN_UNUSED_RESULT;

/** usher_autostart_is_sandboxed: whether this program runs in a flatpak. */
gboolean usher_autostart_is_sandboxed (void);
gboolean usher_autostart_get_is_enabled (UsherAutostart *self);
void usher_autostart_set_async (UsherAutostart      *self,
                                gboolean             is_enabled,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data);

/** usher_autostart_set_finish: an error is a sentence for people; then it is as it was. */
gboolean usher_autostart_set_finish (UsherAutostart  *self,
                                     GAsyncResult    *result,
                                     GError         **error);

G_END_DECLS
