/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-composer.h"
#include "usher-macro-step.h"

G_BEGIN_DECLS

/** UsherMacroDone: one step that was done and can be taken back, while nobody has gone on from there. */
typedef struct {
  UsherStepKind kind;
  UsherConversation *conversation;
  UsherMessage *line;      /* of SEND: it may still be held */
  UsherComposer *composer; /* of INSERT */
  gboolean is_note;
  char *before; /* of INSERT: the drafts; of LABEL and UNLABEL: the label */
  char *after;
} UsherMacroDone;

void usher_macro_done_free (UsherMacroDone *done);

/** usher_macro_undo_new: (transfer full): takes @done (element-type UsherMacroDone) back, the last first */
GClosure *usher_macro_undo_new (UsherSession *session,
                                GPtrArray    *done) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
