/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherLabelEditor:
 *
 * A popover in which the labels of one conversation or several are set: type a few letters, Enter puts the label on or takes it off, the
 * arrows choose another, Backspace in the empty field takes off the last one, Esc closes. What is set changes at once.
 */
#define USHER_TYPE_LABEL_EDITOR (usher_label_editor_get_type ())
G_DECLARE_FINAL_TYPE (UsherLabelEditor, usher_label_editor, USHER, LABEL_EDITOR, GtkPopover)

/** usher_label_editor_popup: (transfer none): at @origin, which holds it until it is closed. @conversations: of #UsherConversation */
UsherLabelEditor *
usher_label_editor_popup (GtkWidget *origin, UsherSession *session, GPtrArray *conversations);

G_END_DECLS
