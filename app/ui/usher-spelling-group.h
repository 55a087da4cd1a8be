/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** UsherSpellingGroup: in the preferences: whether misspelled words are marked, and by which dictionaries. */
#define USHER_TYPE_SPELLING_GROUP (usher_spelling_group_get_type ())
G_DECLARE_FINAL_TYPE (UsherSpellingGroup,
                      usher_spelling_group,
                      USHER,
                      SPELLING_GROUP,
                      AdwPreferencesGroup)

/** usher_spelling_group_set: @installed: languages there are dictionaries of */
void usher_spelling_group_set (UsherSpellingGroup *self,
                               GSettings          *settings,
                               const char *const  *installed);

/** usher_spelling_group_dup_name: (transfer full): “English (US)” of "en_US"; the code itself where we know no name */
char *usher_spelling_group_dup_name (const char *language) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
