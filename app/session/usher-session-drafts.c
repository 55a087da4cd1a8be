/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include "usher-session-private.h"

/* Drafts: one for the visitor and one for colleagues in each conversation, never mixed up. On the disk at once; what the composer
 * shows is the text in memory, so that a slow disk cannot bring back an older one. */

static char *
key_of (guint64  conv,
        gboolean is_note)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT "%s", conv, is_note ? " note" : "");
}

static const char *
find_draft (UsherSession *self,
            guint64       conv,
            gboolean      is_note)
{
  g_autofree char *key = key_of (conv, is_note);

  return g_hash_table_lookup (self->drafts, key);
}

/* The list shows one of them: the reply before the note. */
static void
show_draft (UsherSession *self,
            guint64       conv)
{
  UsherHolding *holding = usher_session_peek_holding (self, conv);
  const char *reply = find_draft (self, conv, FALSE);
  const char *note = find_draft (self, conv, TRUE);
  g_autofree char *marked =
    reply == NULL && note != NULL ? g_strconcat (USHER_DRAFT_NOTE_MARK, note, NULL) : NULL;

  if (holding != NULL)
    usher_conversation_set_draft (holding->conversation, reply != NULL ? reply : marked);
}

static void
keep (UsherSession *self,
      guint64       conv,
      gboolean      is_note,
      const char   *text)
{
  g_autofree char *key = key_of (conv, is_note);

  if (text != NULL && *text != '\0')
    g_hash_table_replace (self->drafts, g_steal_pointer (&key), g_strdup (text));
  else
    g_hash_table_remove (self->drafts, key);
}

void
usher_session_load_drafts (UsherSession *self,
                           GPtrArray    *rows)
{
  for (guint i = 0; i < rows->len; i++) {
    const UsherDraftRow *row = g_ptr_array_index (rows, i);

    keep (self, row->conv, row->is_note, row->text);
    show_draft (self, row->conv);
  }
}

void
usher_session_forget_draft (UsherSession *self,
                            guint64       conv,
                            gboolean      is_note)
{
  keep (self, conv, is_note, NULL);
  show_draft (self, conv);
}

static void
kept_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (UsherSession) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!usher_store_write_finish (USHER_STORE (source), result, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    usher_session_notice (self, USHER_NOTICE_WARNING, usher_text_of_slug ("draft_not_kept"),
                          "draft_not_kept");
}

void
usher_session_set_draft (UsherSession      *self,
                         UsherConversation *conversation,
                         const char        *text,
                         gboolean           is_note)
{
  UsherHolding *holding;
  guint64 conv;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  conv = usher_conversation_get_conv (conversation);
  holding = usher_session_peek_holding (self, conv);
  if (holding != NULL && !is_note && (text == NULL || *text == '\0'))
    usher_session_put_suggestion_back (self, holding);
  if (g_strcmp0 (find_draft (self, conv, is_note), text != NULL && *text != '\0' ? text : NULL) ==
      0)
    return;
  keep (self, conv, is_note, text);
  show_draft (self, conv);
  usher_store_put_draft_async (self->store, conv, is_note, text, self->cancellable, kept_cb,
                               g_object_ref (self));
}

const char *
usher_session_get_draft (UsherSession      *self,
                         UsherConversation *conversation,
                         gboolean           is_note)
{
  g_return_val_if_fail (USHER_IS_SESSION (self), NULL);
  g_return_val_if_fail (USHER_IS_CONVERSATION (conversation), NULL);

  return find_draft (self, usher_conversation_get_conv (conversation), is_note);
}
