/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "usher-session-private.h"

/*
 * What whoever takes a chat should know, as far as it can be known: what the visitor asks, and the labels. What was promised only the agent
 * knows: its line is there to be completed.
 */

#define MAX_ASKS 3

/* The gateway takes no longer note. */
#define MAX_CHARS 2000

/* The visitor's lines that nobody has answered, oldest first; where all are answered, their last one. */
static GPtrArray *
find_asks (GPtrArray *rows)
{
  GPtrArray *asks = g_ptr_array_new ();

  for (guint i = rows->len; i > 0 && asks->len < MAX_ASKS; i--) {
    UsherMessageRow *row = g_ptr_array_index (rows, i - 1);

    if (row->kind == USHER_MESSAGE_EVENT || row->is_recalled)
      continue;
    if (row->role == USHER_ROLE_VISITOR)
      g_ptr_array_insert (asks, 0, row);
    else if (asks->len > 0)
      break;
  }
  return asks;
}

static void
append_asks (GString           *brief,
             UsherConversation *conversation,
             GPtrArray         *rows)
{
  g_autoptr (GPtrArray) asks = rows != NULL ? find_asks (rows) : g_ptr_array_new ();
  g_autoptr (GString) said = g_string_new (NULL);

  for (guint i = 0; i < asks->len; i++) {
    g_autofree char *line = usher_line_summary (g_ptr_array_index (asks, i));

    g_string_append_printf (said, i == 0 ? "%s" : " / %s", line);
  }
  if (said->len == 0 && usher_conversation_get_last_role (conversation) == USHER_ROLE_VISITOR &&
      usher_conversation_get_last_text (conversation) != NULL)
    g_string_append (said, usher_conversation_get_last_text (conversation));
  if (said->len == 0)
    return;
  /* Translators: %s is what the visitor said last */
  g_string_append_printf (brief, _ ("Asks: %s"), said->str);
  g_string_append_c (brief, '\n');
}

static void
append_labels (GString           *brief,
               UsherConversation *conversation)
{
  const char *const *tags = usher_conversation_get_tags (conversation);
  g_autofree char *labels = NULL;

  if (tags == NULL || tags[0] == NULL)
    return;
  labels = g_strjoinv (", ", (char **) tags);
  /* Translators: %s are labels such as refund, vip */
  g_string_append_printf (brief, _ ("Labels: %s"), labels);
  g_string_append_c (brief, '\n');
}

char *
usher_brief_new (UsherConversation *conversation,
                 GPtrArray         *rows)
{
  GString *brief = g_string_new (NULL);

  append_asks (brief, conversation, rows);
  append_labels (brief, conversation);
  /* Translators: the beginning of a line that the agent completes: what they have promised the visitor */
  g_string_append (brief, _ ("Promised:"));
  g_string_append_c (brief, ' ');
  return g_string_free (brief, FALSE);
}

/* A line that was not completed says nothing. */
char *
usher_brief_dup_note (const char *brief)
{
  g_autofree char *text = g_strchomp (g_strdup (brief != NULL ? brief : ""));
  const char *unfinished = _ ("Promised:");

  if (g_str_has_suffix (text, unfinished)) {
    gsize rest = strlen (text) - strlen (unfinished);

    if (rest == 0 || text[rest - 1] == '\n')
      text[rest] = '\0';
  }
  g_strstrip (text);
  return g_utf8_strlen (text, -1) > MAX_CHARS ? g_utf8_substring (text, 0, MAX_CHARS)
                                              : g_steal_pointer (&text);
}
