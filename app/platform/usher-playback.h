/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UsherPlayback:
 *
 * One voice message that is being heard, on a thread of its own from the first moment.
 *
 * Signals, on the main context of whoever made it:
 *   moved (guint): so many milliseconds have been heard
 *   over (const char *, nullable): all was heard, or why it was not; never after usher_playback_stop()
 */
#define USHER_TYPE_PLAYBACK (usher_playback_get_type ())
G_DECLARE_FINAL_TYPE (UsherPlayback, usher_playback, USHER, PLAYBACK, GObject)

/**
 * usher_playback_new:
 * @voice: a whole file, as it came from a stranger
 *
 * Returns: (nullable): %NULL with @error when it is no voice message
 */
UsherPlayback *usher_playback_new (GBytes  *voice,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** usher_playback_stop: nothing is heard or said from now on. */
void usher_playback_stop (UsherPlayback *self);

G_END_DECLS
