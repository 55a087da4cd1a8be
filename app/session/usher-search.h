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

/** usher_search_set_text: @text: see UsherSearchTerms for what it may hold */
void usher_search_set_text (UsherSearch *self,
                            const char  *text);

/** usher_search_get_hits: (transfer none) */
GListModel *usher_search_get_hits (UsherSearch *self);

/** usher_search_get_status: (transfer none) (nullable) */
const char *usher_search_get_status (UsherSearch *self);
gboolean usher_search_get_is_busy (UsherSearch *self);

G_END_DECLS
