/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherAttributeEditor:
 *
 * What the shop's page and staff say of a visitor beyond name and address: a row each, written in place, taken away by its button, and
 * one row in which “name: value” makes a new one.
 *
 * Signal `undoable` (const char *text, GClosure *undo): what was done can be taken back
 */
#define USHER_TYPE_ATTRIBUTE_EDITOR (usher_attribute_editor_get_type ())
G_DECLARE_FINAL_TYPE (UsherAttributeEditor,
                      usher_attribute_editor,
                      USHER,
                      ATTRIBUTE_EDITOR,
                      GtkWidget)

/** usher_attribute_editor_set: all of them or none */
void usher_attribute_editor_set (UsherAttributeEditor *self,
                                 UsherSession         *session,
                                 UsherContact         *contact,
                                 UsherConversation    *conversation);

G_END_DECLS
