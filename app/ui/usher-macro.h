/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-macro-step.h"

G_BEGIN_DECLS

/** More steps than this nobody oversees. */
#define USHER_MACRO_MAX_STEPS 20

/**
 * UsherMacro: several steps that are run as one: `name` `key` (an accelerator, or "": none of its own) (strings, writable).
 *
 * Signal `changed`: its name, its key, or one of its steps.
 */
#define USHER_TYPE_MACRO (usher_macro_get_type ())
G_DECLARE_FINAL_TYPE (UsherMacro, usher_macro, USHER, MACRO, GObject)

/** usher_macro_new: @id: (nullable): stays the same whatever becomes of the macro; %NULL: a new one */
UsherMacro *
usher_macro_new (const char *id, const char *name, const char *key) G_GNUC_WARN_UNUSED_RESULT;
const char *usher_macro_get_id (UsherMacro *self);
const char *usher_macro_get_name (UsherMacro *self);
const char *usher_macro_get_key (UsherMacro *self);

/** usher_macro_get_steps: (transfer none): of #UsherMacroStep, in order */
GListModel *usher_macro_get_steps (UsherMacro *self);

/** usher_macro_insert_step: %FALSE when it has as many as it may have */
gboolean usher_macro_insert_step (UsherMacro     *self,
                                  guint           position,
                                  UsherMacroStep *step);

/** usher_macro_add_step: a new one, at the end; %FALSE as above */
gboolean usher_macro_add_step (UsherMacro *self,
                               const char *name,
                               const char *argument);
void usher_macro_remove_step (UsherMacro     *self,
                              UsherMacroStep *step);

/** usher_macro_move_step: @delta: -1 to be done earlier, 1 later */
void usher_macro_move_step (UsherMacro     *self,
                            UsherMacroStep *step,
                            int             delta);

/** usher_macro_dup_action: (transfer full): the detailed action that runs it */
char *usher_macro_dup_action (UsherMacro *self) G_GNUC_WARN_UNUSED_RESULT;

/** usher_macro_dup_summary: (transfer full): its steps in a line */
char *usher_macro_dup_summary (UsherMacro *self,
                               /* (nullable) */ UsherSession *session) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
