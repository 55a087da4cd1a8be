/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UsherIdle:
 *
 * Whether nobody has touched keyboard or pointer for a while, as the desktop itself measures it: Mutter's idle monitor calls when it is
 * so and when it is over; a screen saver (org.freedesktop.ScreenSaver) is asked when it could be so. On a desktop that has neither nobody
 * is ever idle here.
 *
 * Properties (read-only): is-idle (gboolean) · is-measured (gboolean): the desktop has one of the two
 */
#define USHER_TYPE_IDLE (usher_idle_get_type ())
G_DECLARE_FINAL_TYPE (UsherIdle, usher_idle, USHER, IDLE, GObject)

/** usher_idle_new: looks for the session bus by itself. */
UsherIdle *usher_idle_new (void) G_GNUC_WARN_UNUSED_RESULT;

/** usher_idle_set_limit_ms: how long a while is; 0 (as at first): nobody is ever idle. */
void usher_idle_set_limit_ms (UsherIdle *self,
                              guint      limit_ms);
gboolean usher_idle_get_is_idle (UsherIdle *self);
gboolean usher_idle_get_is_measured (UsherIdle *self);

G_END_DECLS
