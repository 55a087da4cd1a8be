/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * UsherKeysPage: of the preferences: every command with its keys. Enter on a row, then the new keys; Backspace takes them away, Esc leaves them as
 * they are. Keys that another command has are taken from it, and given back by Undo.
 */
#define USHER_TYPE_KEYS_PAGE (usher_keys_page_get_type ())
G_DECLARE_FINAL_TYPE (UsherKeysPage, usher_keys_page, USHER, KEYS_PAGE, AdwPreferencesPage)

void usher_keys_page_set (UsherKeysPage *self,
                          GSettings     *settings);

/** usher_keys_page_listen: as if the agent had gone to the row of @action and pressed Enter. */
void usher_keys_page_listen (UsherKeysPage *self,
                             const char    *action);

G_END_DECLS
