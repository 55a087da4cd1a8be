/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "usher-session-private.h"

/* A note that says “@Li Wei” is brought to Li Wei. Who is meant is settled when it is written, and kept with the line: after a restart
 * the colleagues are not known yet when it is sent. */

/* “@Li” does not mean Lina: behind the name a word must end. Chinese is written without spaces. */
static gsize
match_name (const char *at,
            const char *name)
{
  gsize n_bytes = name != NULL ? strlen (name) : 0;
  gunichar next;

  if (n_bytes == 0 || strncmp (at, name, n_bytes) != 0)
    return 0;
  next = g_utf8_get_char (at + n_bytes);
  return next == 0 || !g_unichar_isalnum (next) || g_unichar_iswide (next) ? n_bytes : 0;
}

/* Of “Li” and “Li Wei” the longer one. 0: nobody. */
static guint64
find_named (UsherSession *self,
            const char   *at)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->colleagues));
  gsize longest = 0;
  guint64 agent = 0;

  for (guint i = 0; i < n_items; i++) {
    g_autoptr (UsherColleague) colleague =
      g_list_model_get_item (G_LIST_MODEL (self->colleagues), i);
    gsize n_bytes = match_name (at, usher_colleague_get_name (colleague));

    if (n_bytes <= longest)
      continue;
    longest = n_bytes;
    agent = usher_colleague_get_agent (colleague);
  }
  return agent;
}

char *
usher_session_dup_mentions (UsherSession *self,
                            const char   *text)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GString *mentions = g_string_new (NULL);

  for (const char *at = strchr (text, '@'); at != NULL; at = strchr (at + 1, '@')) {
    guint64 agent = find_named (self, at + 1);

    if (agent == 0 || agent == self->agent ||
        !g_hash_table_add (seen, g_memdup2 (&agent, sizeof agent)))
      continue;
    g_string_append_printf (mentions, "%s%" G_GUINT64_FORMAT, mentions->len > 0 ? "," : "", agent);
  }
  return g_string_free (mentions, mentions->len == 0);
}

static const char *
name_of (UsherSession *self,
         guint64       agent)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->colleagues)); i++) {
    g_autoptr (UsherColleague) colleague =
      g_list_model_get_item (G_LIST_MODEL (self->colleagues), i);

    if (usher_colleague_get_agent (colleague) == agent)
      return usher_colleague_get_name (colleague); /* the store holds it */
  }
  return _ ("A colleague");
}

void
usher_session_take_mention (UsherSession         *self,
                            UsherHolding         *holding,
                            const Gate__V1__Note *note)
{
  const char *visitor = usher_conversation_get_name (holding->conversation);
  g_autofree char *text = NULL;

  for (gsize i = 0; i < note->n_mentions; i++) {
    if (note->mentions[i] != self->agent || note->author == self->agent)
      continue;
    /* Translators: %1$s is a colleague, %2$s the visitor the chat is with */
    text = g_strdup_printf (_ ("%1$s mentioned you in the chat with %2$s."),
                            name_of (self, note->author),
                            visitor != NULL && *visitor != '\0' ? visitor : _ ("Visitor"));
    usher_session_notice (self, USHER_NOTICE_INFO, text, "mentioned");
    usher_session_emit_mentioned (self, holding->conversation, text);
    return;
  }
}
