/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-spelling.h"

G_BEGIN_DECLS

/**
 * UsherSpellCheck:
 *
 * Underlines in a text buffer what the spelling does not know. What changed is looked at again, word by word, never longer than a
 * fraction of a frame at once; not the word that is being typed, and nothing while an input method composes.
 */
#define USHER_TYPE_SPELL_CHECK (usher_spell_check_get_type ())
G_DECLARE_FINAL_TYPE (UsherSpellCheck, usher_spell_check, USHER, SPELL_CHECK, GObject)

UsherSpellCheck *
usher_spell_check_new (GtkTextBuffer *buffer, UsherSpelling *spelling) G_GNUC_WARN_UNUSED_RESULT;
UsherSpelling *usher_spell_check_get_spelling (UsherSpellCheck *self);

/** usher_spell_check_set_preedit: an input method is in the middle of a word, or no longer. */
void usher_spell_check_set_preedit (UsherSpellCheck *self,
                                    gboolean         has_preedit);

/** usher_spell_check_find: the underlined word at @at, or that ends there. */
gboolean usher_spell_check_find (UsherSpellCheck   *self,
                                 const GtkTextIter *at,
                                 GtkTextIter       *ret_begin,
                                 GtkTextIter       *ret_end);

/** usher_spell_check_find_near: as above; else the last before @at, else the first behind it. */
gboolean usher_spell_check_find_near (UsherSpellCheck   *self,
                                      const GtkTextIter *at,
                                      GtkTextIter       *ret_begin,
                                      GtkTextIter       *ret_end);

/** usher_spell_check_get_is_busy: something is still to be looked at, and will be. */
gboolean usher_spell_check_get_is_busy (UsherSpellCheck *self);

/** usher_spell_check_get_n_asked: how many words the spelling was asked about so far. */
guint usher_spell_check_get_n_asked (UsherSpellCheck *self);

G_END_DECLS
