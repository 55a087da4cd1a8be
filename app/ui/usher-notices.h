/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * UsherNotices: what a window says in passing, at the bottom of an overlay: sentences, and offers to take back what was just done. Signal `said` (text):
 * for those who do not see it.
 *
 * Not AdwToastOverlay: that of libadwaita 1.2 uses memory it has freed when a toast goes that came in the place of another less than a fifth of a second
 * ago, and it takes Esc, which leads back to the composer.
 */
#define USHER_TYPE_NOTICES (usher_notices_get_type ())
G_DECLARE_FINAL_TYPE (UsherNotices, usher_notices, USHER, NOTICES, GObject)

/** usher_notices_new: @overlay: outlives it, or takes it along */
UsherNotices *usher_notices_new (GtkOverlay *overlay) G_GNUC_WARN_UNUSED_RESULT;

/**
 * usher_notices_say:
 * @level: as of the session's signal `notice`
 *
 * A few seconds; an alarm or a warning at once and longer, anything else when what is said now has been there long enough to be read. What was just said
 * is not said again.
 */
void usher_notices_say (UsherNotices *self,
                        guint         level,
                        const char   *text);

/** usher_notices_offer_undo: at once; @undo: run when the agent takes it back; kept until the next offer, or until nobody can see it any more */
void usher_notices_offer_undo (UsherNotices *self,
                               const char   *text,
                               GClosure     *undo);

/** usher_notices_undo: the last offer, if it is still shown. */
void usher_notices_undo (UsherNotices *self);

G_END_DECLS
