/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UsherCapture:
 *
 * A voice message that is being recorded, on a thread of its own from the first moment, two minutes at most.
 *
 * Signals, on the main context of whoever made it; never after usher_capture_finish() or _stop():
 *   heard (guint, double): so many milliseconds are held; how loud the last of them were, 0 to 1
 *   over (const char *, nullable): no more is heard: the two minutes are full, or why not. What was heard is still held.
 */
#define USHER_TYPE_CAPTURE (usher_capture_get_type ())
G_DECLARE_FINAL_TYPE (UsherCapture, usher_capture, USHER, CAPTURE, GObject)

UsherCapture *usher_capture_new (void) G_GNUC_WARN_UNUSED_RESULT;

/** usher_capture_finish: (transfer full) (nullable): what was heard, as a voice message; %NULL when nothing was. */
GBytes *usher_capture_finish (UsherCapture *self);

/** usher_capture_stop: the microphone is given back. */
void usher_capture_stop (UsherCapture *self);

G_END_DECLS
