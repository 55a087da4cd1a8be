/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "usher-spelling.h"

G_BEGIN_DECLS

/**
 * UsherDictionaries:
 *
 * The dictionaries of this machine (enchant), those of the languages that the settings `spell-check` and `spell-languages` name: a word is right when
 * one of them has it. They are read on a thread, as soon as a word is asked about; before that, and in a build without enchant, no word is wrong.
 */
#define USHER_TYPE_DICTIONARIES (usher_dictionaries_get_type ())
G_DECLARE_FINAL_TYPE (UsherDictionaries, usher_dictionaries, USHER, DICTIONARIES, GObject)

UsherDictionaries *usher_dictionaries_new (GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

/** usher_dictionaries_get_languages: (array zero-terminated=1): those that are asked now, such as "en_US" */
const char *const *usher_dictionaries_get_languages (UsherDictionaries *self);

G_END_DECLS
