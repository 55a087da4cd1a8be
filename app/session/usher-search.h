/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherSearch:
 *
 * Looks for lines as somebody types: at once in what is held on this computer, a moment later at the gateway, which knows everything
 * the agent may see. Both come into one list, newest first, each line once.
 *
 * Properties (read-only, notify): `hits` (GListModel of UsherHit) · `status` (translated: what was found and where was looked, or
 * what is wrong with the text; %NULL: nothing is asked for) · `is-busy` (gboolean)
 */
#define USHER_TYPE_SEARCH (usher_search_get_type ())
G_DECLARE_FINAL_TYPE (UsherSearch, usher_search, USHER, SEARCH, GObject)

UsherSearch *usher_search_new (UsherSession *session) G_GNUC_WARN_UNUSED_RESULT;

/** usher_search_set_conv: @conv: only lines of this conversation, and four times as many; 0 (at first): of all. What was asked for is forgotten. */
void usher_search_set_conv (UsherSearch *self,
                            guint64      conv);

/** usher_search_set_text: @text: see UsherSearchTerms for what it may hold */
void usher_search_set_text (UsherSearch *self,
                            const char  *text);

/** usher_search_get_hits: (transfer none) */
GListModel *usher_search_get_hits (UsherSearch *self);

/** usher_search_get_status: (transfer none) (nullable) */
const char *usher_search_get_status (UsherSearch *self);
gboolean usher_search_get_is_busy (UsherSearch *self);

/** usher_search_get_is_cut: whether there may be more hits than are held. */
gboolean usher_search_get_is_cut (UsherSearch *self);

/** So many places of one line are marked at most. */
#define USHER_SEARCH_MAX_MARKS 32

/**
 * usher_search_mark:
 * @text: valid UTF-8, as it is shown
 * @ret_marks: begin, end pairs in bytes of @text, rising
 *
 * Returns: how many pairs: where in @text the words stand that are looked for
 */
guint usher_search_mark (UsherSearch *self,
                         const char  *text,
                         gsize        ret_marks[2 *USHER_SEARCH_MAX_MARKS]);

G_END_DECLS
