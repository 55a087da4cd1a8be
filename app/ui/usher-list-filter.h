/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-types.h"

G_BEGIN_DECLS

/**
 * UsherListFilter:
 *
 * Which conversations of the left list are shown, as words an agent can type and keep: `queue:shop`, `channel:web`, `tag:vip` or
 * `tag:"brand new"`, `is:unread`, `is:late` (waits longer than the target), and words that stand in the name or the last line. All of them
 * must hold.
 */
typedef struct _UsherListFilter UsherListFilter;

/** usher_list_filter_new: (transfer full) (nullable): %NULL when @query asks for nothing */
UsherListFilter *usher_list_filter_new (const char *query) G_GNUC_WARN_UNUSED_RESULT;
void usher_list_filter_free (UsherListFilter *self);

/** usher_list_filter_matches: @now_us: wall clock */
gboolean usher_list_filter_matches (const UsherListFilter *self,
                                    UsherConversation     *conversation,
                                    gint64                 now_us,
                                    gint64                 target_us);

/** usher_list_filter_term: (transfer full): one word of a query, quoted if it must be: @key `tag` and @value `brand new` */
char *usher_list_filter_term (const char *key,
                              const char *value) G_GNUC_WARN_UNUSED_RESULT;

/** usher_list_filter_has_term: whether @term stands in @query. */
gboolean usher_list_filter_has_term (const char *query,
                                     const char *term);

/** usher_list_filter_toggle: (transfer full): @query with @term, or without it if it was there */
char *usher_list_filter_toggle (const char *query,
                                const char *term) G_GNUC_WARN_UNUSED_RESULT;

/** usher_list_filter_channel_name: what a query calls a channel of gate.v1; %NULL when there is none of that number. */
const char *usher_list_filter_channel_name (guint channel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UsherListFilter, usher_list_filter_free)

G_END_DECLS
