/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * The text of a canned reply. {{name|fallback}} stands for something:
 *  - a variable that is known becomes its value, or the fallback when the value is empty;
 *  - anything else is a blank for the agent to fill in, and the fallback, or else its name, is what stands there until then.
 * What is not closed is text.
 */

/** UsherBlank: a place to be filled in, in characters of the expanded text. */
typedef struct {
  guint begin;
  guint length;
} UsherBlank;

/** UsherCannedLookup: the value of variable @name; "" when it is empty, %NULL when there is no such variable. */
typedef const char *(*UsherCannedLookup) (const char *name, gpointer user_data);

/**
 * usher_canned_expand:
 * @ret_blanks: (out) (transfer full) (element-type UsherBlank): in order
 *
 * Returns: (transfer full)
 */
char *usher_canned_expand (const char         *text,
                           UsherCannedLookup   lookup,
                           gpointer            user_data,
                           GArray            **ret_blanks) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
