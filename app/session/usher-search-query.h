/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * UsherSearchTerms:
 *
 * What a person typed into a search field, taken apart: words, and `from:` `tag:` `before:` `after:` `has:file`. A value may stand in
 * quotes. What only looks like a filter (http://…, 12:30) is a word.
 */
typedef struct {
  char *words;      /* never %NULL */
  char *from;       /* (nullable): visitor, agent, bot, me, or a name */
  char *tag;        /* (nullable) */
  gint64 before_us; /* wall clock; 0: none. The day itself is not in it */
  gint64 after_us;  /* the day itself is in it */
  gboolean has_file;
} UsherSearchTerms;

/**
 * usher_search_terms_parse:
 * @now: today, and the zone in which days begin
 * @ret_problem: (out) (nullable) (transfer full): translated: what is wrong and what would be right
 *
 * Returns: (transfer full) (nullable): %NULL with a problem
 */
UsherSearchTerms *usher_search_terms_parse (const char  *text,
                                            GDateTime   *now,
                                            char       **ret_problem) G_GNUC_WARN_UNUSED_RESULT;
void usher_search_terms_free (UsherSearchTerms *terms);

/** usher_search_terms_is_empty: nothing is asked for. */
gboolean usher_search_terms_is_empty (const UsherSearchTerms *terms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UsherSearchTerms, usher_search_terms_free)

G_END_DECLS
