/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherContactEditor:
 *
 * What an agent may say of a visitor, in rows that are written in place: Enter keeps it, Esc leaves it as it was and goes back to the
 * composer. And whether the visitor is blocked.
 *
 * Signal `undoable` (const char *text, GClosure *undo): what was done can be taken back
 */
#define USHER_TYPE_CONTACT_EDITOR (usher_contact_editor_get_type ())
G_DECLARE_FINAL_TYPE (UsherContactEditor, usher_contact_editor, USHER, CONTACT_EDITOR, GtkWidget)

/** usher_contact_editor_set: all of them or none */
void usher_contact_editor_set (UsherContactEditor *self,
                               UsherSession       *session,
                               UsherContact       *contact,
                               UsherConversation  *conversation);

/** usher_contact_editor_may_edit: whether the agent may say something of the visitor of @conversation. */
gboolean usher_contact_editor_may_edit (UsherSession      *session,
                                        UsherConversation *conversation);

G_END_DECLS
