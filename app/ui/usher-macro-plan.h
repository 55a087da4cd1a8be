/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-canned-list.h"
#include "usher-macro.h"

G_BEGIN_DECLS

/** UsherMacroDeed: one step, worked out for one chat. What of it means something depends on the kind. */
typedef struct {
  UsherStepKind kind;              /* SEND of a text with a blank has become INSERT */
  UsherConversation *conversation; /* NULL with NEXT */
  UsherCanned *canned;             /* (nullable): whose text it is */
  gboolean is_note;                /* of INSERT: into the note */
  char *text;                      /* with its values in place; the label; the code */
  GArray *blanks;                  /* (nullable): of UsherBlank */
  guint64 to_agent;
  char *to_queue; /* (nullable) */
  gint64 until_us;
} UsherMacroDeed;

void usher_macro_deed_free (UsherMacroDeed *deed);

/** What a plan is made from. */
typedef struct {
  UsherSession *session;
  UsherCannedList *canned;
  UsherConversation *shown; /* (nullable): the one chat that text can be put into */
  GDateTime *now;
} UsherMacroCircumstances;

/**
 * usher_macro_plan:
 * @conversations: of #UsherConversation
 * @ret_problem: (out) (transfer full): why not, as a sentence that names the step
 *
 * Works out what the macro would do, step by step, in one chat after the other, and does nothing. A step that is impossible in one of
 * them makes the whole impossible.
 *
 * Returns: (transfer full) (nullable) (element-type UsherMacroDeed): in order
 */
GPtrArray *usher_macro_plan (UsherMacro                     *macro,
                             const UsherMacroCircumstances  *circumstances,
                             GPtrArray                      *conversations,
                             char                          **ret_problem) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
