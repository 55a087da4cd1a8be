/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-session.h"

G_BEGIN_DECLS

typedef enum {
  USHER_STEP_UNKNOWN, /* of a later version: kept as it is, never run */
  USHER_STEP_SEND, /* text, or /shortcut of a canned reply; with a blank in it, it is only inserted */
  USHER_STEP_INSERT,   /* the same, never sent */
  USHER_STEP_LABEL,    /* a label */
  USHER_STEP_UNLABEL,  /* a label */
  USHER_STEP_NOTE,     /* text, or /shortcut */
  USHER_STEP_TRANSFER, /* queue:NAME or agent:NUMBER */
  USHER_STEP_SNOOZE,   /* nothing: until the visitor writes; hour, afternoon, tomorrow */
  USHER_STEP_CLOSE,    /* a code, or nothing */
  USHER_STEP_NEXT,     /* to the next chat that waits */
  USHER_N_STEPS,
} UsherStepKind;

/** UsherMacroStep: one step of a macro: what is done, and `argument` (string, writable): with what. */
#define USHER_TYPE_MACRO_STEP (usher_macro_step_get_type ())
G_DECLARE_FINAL_TYPE (UsherMacroStep, usher_macro_step, USHER, MACRO_STEP, GObject)

/** usher_macro_step_new: @name: of the kind, as it is kept in the settings */
UsherMacroStep *
usher_macro_step_new (const char *name, const char *argument) G_GNUC_WARN_UNUSED_RESULT;
UsherStepKind usher_macro_step_get_kind (UsherMacroStep *self);
const char *usher_macro_step_get_name (UsherMacroStep *self);
const char *usher_macro_step_get_argument (UsherMacroStep *self);
void usher_macro_step_set_argument (UsherMacroStep *self,
                                    const char     *argument);

/** usher_macro_step_dup_title: (transfer full): in a few words, with the names that @session knows: Transfer to Shop */
char *usher_macro_step_dup_title (UsherMacroStep *self,
                                  /* (nullable) */ UsherSession *session) G_GNUC_WARN_UNUSED_RESULT;

/** usher_macro_step_get_target: whom a transfer names. Returns: %FALSE when it names nobody */
gboolean
usher_macro_step_get_target (UsherMacroStep *self, guint64 *ret_agent, const char **ret_queue);

/** usher_step_kind_get_name: as it is kept in the settings */
const char *usher_step_kind_get_name (UsherStepKind kind);

/** usher_step_kind_get_title: translated, without its argument: Add a label */
const char *usher_step_kind_get_title (UsherStepKind kind);

G_END_DECLS
