/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** DialogueLine: what one side wrote. */
typedef struct {
  gboolean is_visitor;
  const char *text; /* borrowed; of the dialogue's file */
} DialogueLine;

/** Dialogue: what a visitor and an agent wrote to each other, and the queue it waited in. */
typedef struct {
  const char *queue; /* borrowed; of the file */
  GArray *lines;     /* DialogueLine */
} Dialogue;

/** Dialogues: a file of them. */
typedef struct {
  char *text;       /* the file, cut into lines */
  GPtrArray *items; /* Dialogue */
} Dialogues;

/**
 * dialogues_load:
 * @path: `@ queue` begins a dialogue, `v text` and `a text` are its lines, `#` a comment
 *
 * Returns: (transfer full) (nullable): %NULL with @error set, which names the line
 */
Dialogues *dialogues_load (const char  *path,
                           GError     **error) G_GNUC_WARN_UNUSED_RESULT;
void dialogues_free (Dialogues *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Dialogues, dialogues_free)

G_END_DECLS
