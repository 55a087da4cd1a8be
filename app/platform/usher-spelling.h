/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * UsherSpelling:
 *
 * Whoever knows how words are written. Signal `changed`: some words are right now that were not, or the other way round.
 */
#define USHER_TYPE_SPELLING (usher_spelling_get_type ())
G_DECLARE_INTERFACE (UsherSpelling, usher_spelling, USHER, SPELLING, GObject)

struct _UsherSpellingInterface {
  GTypeInterface parent_iface;

  gboolean (*knows) (UsherSpelling *self, const char *word);
  char **(*suggest) (UsherSpelling *self, const char *word);
  void (*add) (UsherSpelling *self, const char *word);
  void (*ignore) (UsherSpelling *self, const char *word);
};

/** usher_spelling_knows: microseconds; what is longer than a word can be is never wrong. */
gboolean usher_spelling_knows (UsherSpelling *self,
                               const char    *word);

/** usher_spelling_suggest: (transfer full) (array zero-terminated=1): best first, maybe none. Milliseconds: only when somebody asks. */
char **usher_spelling_suggest (UsherSpelling *self,
                               const char    *word) G_GNUC_WARN_UNUSED_RESULT;

/** usher_spelling_add: right from now on, in the agent's own dictionary. */
void usher_spelling_add (UsherSpelling *self,
                         const char    *word);

/** usher_spelling_ignore: right until the program ends. */
void usher_spelling_ignore (UsherSpelling *self,
                            const char    *word);

/** usher_spelling_changed: for those who implement it. */
void usher_spelling_changed (UsherSpelling *self);

G_END_DECLS
