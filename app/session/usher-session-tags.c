/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include "usher-session-private.h"
#include "wire-frame.h"

/* Labels: what they say does not depend on what state the conversation is in, so they are changed whatever its epoch. */

typedef struct {
  UsherSession *session; /* borrowed: it owns the dispatcher that owns this */
  guint64 conv;
  char **add;
  char **remove;
} Change;

static void
change_free (Change *change)
{
  g_strfreev (change->add);
  g_strfreev (change->remove);
  g_free (change);
}

static void
fill_update (Gate__V1__ConvUpdate  *update,
             guint64                conv,
             char                 **add,
             char                 **remove)
{
  gate__v1__conv_update__init (update);
  update->conv = conv;
  update->tags_add = add;
  update->n_tags_add = add == NULL ? 0 : g_strv_length (add);
  update->tags_del = remove;
  update->n_tags_del = remove == NULL ? 0 : g_strv_length (remove);
}

static void
change_here (UsherSession  *self,
             guint64        conv,
             char         **add,
             char         **remove)
{
  UsherHolding *holding = usher_session_peek_holding (self, conv);
  Gate__V1__ConvUpdate update;

  if (holding == NULL)
    return;
  fill_update (&update, conv, add, remove);
  usher_session_change_tags_of (holding->conversation, &update);
  usher_session_touch (self, holding);
}

static void
changed_cb (const Gate__V1__Frame *answer,
            gpointer               user_data)
{
  Change *change = user_data;

  if (answer == NULL || answer->body_case != GATE__V1__FRAME__BODY_ERROR)
    return; /* unanswered: the next list says how it stands */
  change_here (change->session, change->conv, change->remove, change->add);
  usher_session_notice (change->session, USHER_NOTICE_WARNING,
                        usher_text_of_slug (answer->error->slug), answer->error->slug);
}

void
usher_session_change_tags (UsherSession      *self,
                           UsherConversation *conversation,
                           const char *const *add,
                           const char *const *remove)
{
  Gate__V1__ConvUpdate update;
  Gate__V1__Frame frame;
  Change *change;

  g_return_if_fail (USHER_IS_SESSION (self));
  g_return_if_fail (USHER_IS_CONVERSATION (conversation));

  change = g_new (Change, 1);
  *change = (Change){ self, usher_conversation_get_conv (conversation), g_strdupv ((char **) add),
                      g_strdupv ((char **) remove) };
  fill_update (&update, change->conv, change->add, change->remove);
  frame = wire_frame_for (&update.base);
  if (usher_session_ask (self, &frame, changed_cb, change, (GDestroyNotify) change_free))
    change_here (self, update.conv, (char **) add, (char **) remove);
  else
    usher_session_notice_offline (self);
}

/* --- Which labels there are ----------------------------------------------------------------------------- */

static void
count_tags (GHashTable        *counts,
            UsherConversation *conversation)
{
  const char *const *tags = usher_conversation_get_tags (conversation);

  for (guint i = 0; tags != NULL && tags[i] != NULL; i++) {
    guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, tags[i]));

    g_hash_table_insert (counts, g_strdup (tags[i]), GUINT_TO_POINTER (n + 1));
  }
}

static int
compare_tags (gconstpointer a,
              gconstpointer b,
              gpointer      counts)
{
  const char *first = *(const char *const *) a;
  const char *second = *(const char *const *) b;
  guint n_first = GPOINTER_TO_UINT (g_hash_table_lookup (counts, first));
  guint n_second = GPOINTER_TO_UINT (g_hash_table_lookup (counts, second));

  return n_first != n_second ? (n_first > n_second ? -1 : 1) : g_utf8_collate (first, second);
}

char **
usher_session_dup_known_tags (UsherSession *self)
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree gpointer *keys = NULL;
  GHashTableIter iter;
  gpointer holding;
  guint n_keys;

  g_return_val_if_fail (USHER_IS_SESSION (self), NULL);

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, &holding))
    count_tags (counts, ((UsherHolding *) holding)->conversation);
  keys = g_hash_table_get_keys_as_array (counts, &n_keys);
  g_qsort_with_data (keys, (int) n_keys, sizeof (gpointer), compare_tags, counts);
  return g_strdupv ((char **) keys);
}
