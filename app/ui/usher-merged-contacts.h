/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherMergedContacts:
 *
 * Who stands in the visitor's contact because a colleague has said that they are one person, each with a button that takes it back; and
 * the way to merge another.
 *
 * Signal `undoable` (const char *text, GClosure *undo): what was done can be taken back
 */
#define USHER_TYPE_MERGED_CONTACTS (usher_merged_contacts_get_type ())
G_DECLARE_FINAL_TYPE (UsherMergedContacts, usher_merged_contacts, USHER, MERGED_CONTACTS, GtkWidget)

/** usher_merged_contacts_set: all of them or none */
void usher_merged_contacts_set (UsherMergedContacts *self,
                                UsherSession        *session,
                                UsherContact        *contact,
                                UsherConversation   *conversation);

G_END_DECLS
