/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dialogue.h"

#include <string.h>

static void
dialogue_free (Dialogue *self)
{
  g_array_unref (self->lines);
  g_free (self);
}

static void
add_dialogue (Dialogues  *self,
              const char *queue)
{
  Dialogue *dialogue = g_new (Dialogue, 1);

  dialogue->queue = queue;
  dialogue->lines = g_array_new (FALSE, FALSE, sizeof (DialogueLine));
  g_ptr_array_add (self->items, dialogue);
}

/* FALSE for a line that is none of those the format has. */
static gboolean
take_line (Dialogues *self,
           char      *line)
{
  DialogueLine said = { line[0] == 'v', line + 2 };
  Dialogue *dialogue;

  if (line[0] == '#' || line[0] == '\0')
    return TRUE;
  if (strlen (line) < 3 || line[1] != ' ' || !g_utf8_validate (line, -1, NULL))
    return FALSE;
  if (line[0] == '@') {
    add_dialogue (self, line + 2);
    return TRUE;
  }
  if (self->items->len == 0 || (line[0] != 'v' && line[0] != 'a'))
    return FALSE;
  dialogue = g_ptr_array_index (self->items, self->items->len - 1);
  g_array_append_val (dialogue->lines, said);
  return TRUE;
}

Dialogues *
dialogues_load (const char  *path,
                GError     **error)
{
  g_autoptr (Dialogues) self = g_new0 (Dialogues, 1);
  guint number = 0;

  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) dialogue_free);
  if (!g_file_get_contents (path, &self->text, NULL, error))
    return NULL;
  for (char *line = self->text, *next; line != NULL; line = next) {
    next = strchr (line, '\n');
    if (next != NULL)
      *next++ = '\0';
    number++;
    if (!take_line (self, line)) {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   "%s:%u: write “@ queue”, “v text”, “a text” or “# comment”", path, number);
      return NULL;
    }
  }
  return g_steal_pointer (&self);
}

void
dialogues_free (Dialogues *self)
{
  g_ptr_array_unref (self->items);
  g_free (self->text);
  g_free (self);
}
