/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * UsherShelf:
 *
 * Dictionaries of some languages, read from disk. Making one takes some tenths of a second, so that is for a thread; who has it then uses it
 * alone. In a build without enchant it is empty.
 */
typedef struct _UsherShelf UsherShelf;

/** usher_shelf_new: @wanted, @desktop: see usher_shelf_choose() */
UsherShelf *
usher_shelf_new (const char *const *wanted, const char *const *desktop) G_GNUC_WARN_UNUSED_RESULT;
void usher_shelf_free (UsherShelf *self);

/** usher_shelf_get_languages: (array zero-terminated=1): such as "en_US" */
const char *const *usher_shelf_get_languages (UsherShelf *self);

/** usher_shelf_knows: whether any dictionary has @word; an empty shelf finds nothing wrong. */
gboolean usher_shelf_knows (UsherShelf *self,
                            const char *word);

/** usher_shelf_suggest: (transfer full) (array zero-terminated=1): the best of each language before the second best of any */
char **usher_shelf_suggest (UsherShelf *self,
                            const char *word) G_GNUC_WARN_UNUSED_RESULT;

/** usher_shelf_add: to the agent's own words of the first language, for good. */
void usher_shelf_add (UsherShelf *self,
                      const char *word);

/** usher_shelf_dup_installed: (transfer full) (array zero-terminated=1): languages this machine has a dictionary of, in order */
char **usher_shelf_dup_installed (void) G_GNUC_WARN_UNUSED_RESULT;

/**
 * usher_shelf_choose:
 * @installed: in order
 * @wanted: the agent's choice; when empty, @desktop counts
 * @desktop: languages of the desktop, the preferred one first, such as "de_AT.UTF-8", "de_AT", "de", "en"
 *
 * Returns: (transfer full) (array zero-terminated=1): of @installed; of the desktop's, one for each language
 */
char **usher_shelf_choose (const char *const *installed,
                           const char *const *wanted,
                           const char *const *desktop) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UsherShelf, usher_shelf_free)

G_END_DECLS
