/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * UsherNotices: what a window says in passing, on its toast overlay: sentences, and offers to take back what was just done. Signal `said` (text): for
 * those who do not see it.
 */
#define USHER_TYPE_NOTICES (usher_notices_get_type ())
G_DECLARE_FINAL_TYPE (UsherNotices, usher_notices, USHER, NOTICES, GObject)

/** usher_notices_new: @overlay: outlives it, or takes it along */
UsherNotices *usher_notices_new (AdwToastOverlay *overlay) G_GNUC_WARN_UNUSED_RESULT;

/** usher_notices_say: one line for a few seconds; @level as of the session's signal `notice`. What was just said is not said again. */
void usher_notices_say (UsherNotices *self,
                        guint         level,
                        const char   *text);

/** usher_notices_offer_undo: @undo: run when the agent takes it back; kept until the next offer, or until nobody can see it any more */
void usher_notices_offer_undo (UsherNotices *self,
                               const char   *text,
                               GClosure     *undo);

/** usher_notices_undo: the last offer, if it is still shown. */
void usher_notices_undo (UsherNotices *self);

G_END_DECLS
