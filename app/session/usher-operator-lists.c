/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include "usher-session-private.h"

/*
 * What the gateway's operator lists for agents: codes to close with (usher-dispositions.c) and replies of the team. Asked for with every Welcome and every renewal
 * of the token, for they may have changed; answered once while they have not. The last known ones are kept for when there is no connection.
 */

static void load_team_canned (UsherSession *self,
                              const char   *text);

static const struct {
  const char *meta; /* key in the store */
  void (*load) (UsherSession *self, const char *text);
} lists[USHER_REST_N_LISTS] = {
  [USHER_REST_DISPOSITIONS] = { "dispositions", usher_session_load_dispositions },
  [USHER_REST_CANNED] = { "canned", load_team_canned },
};

/* --- Replies of the team -------------------------------------------------------------------------------------------- */

static UsherCanned *
canned_from_row (char **fields)
{
  UsherCanned *canned = usher_canned_new ();
  g_auto (GStrv) queues = g_strsplit (fields[4], ",", -1);

  usher_canned_set_shortcut (canned, fields[0]);
  usher_canned_set_title (canned, fields[1]);
  usher_canned_set_text (canned, fields[2]);
  usher_canned_set_folder (canned, fields[3]);
  usher_canned_set_queues (canned, (const char *const *) queues);
  usher_canned_set_is_team (canned, TRUE);
  return canned;
}

static void
load_team_canned (UsherSession *self,
                  const char   *text)
{
  g_autoptr (GPtrArray) rows = usher_rest_list_split (text, 5);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (all, canned_from_row (rows->pdata[i]));
  g_list_store_splice (self->team_canned, 0,
                       g_list_model_get_n_items (G_LIST_MODEL (self->team_canned)), all->pdata,
                       all->len);
}

/* --- All of them ------------------------------------------------------------------------------------------------------ */

void
usher_session_load_operator_lists (UsherSession *self,
                                   GHashTable   *meta)
{
  for (guint i = 0; i < USHER_REST_N_LISTS; i++)
    lists[i].load (self, g_hash_table_lookup (meta, lists[i].meta));
}

void
usher_session_forget_operator_lists (UsherSession *self)
{
  for (guint i = 0; i < USHER_REST_N_LISTS; i++) {
    lists[i].load (self, NULL);
    g_clear_pointer (&self->list_tags[i], g_free);
  }
}

typedef struct {
  UsherSession *session;
  UsherRestList list;
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->session);
  g_free (question);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
came_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Question) question = user_data;
  UsherSession *self = question->session;
  g_autoptr (GError) error = NULL;
  char *tag = NULL;
  g_autofree char *text = usher_rest_list_finish (USHER_REST (source), result, &tag, &error);

  if (text == NULL) {
    g_debug ("%s stay as they are: %s", lists[question->list].meta, error->message);
    return;
  }
  g_free (self->list_tags[question->list]);
  self->list_tags[question->list] = tag;
  lists[question->list].load (self, text);
  usher_store_set_meta (self->store, lists[question->list].meta, text);
}

void
usher_session_ask_operator_lists (UsherSession *self)
{
  for (guint i = 0; i < USHER_REST_N_LISTS; i++) {
    Question *question = g_new (Question, 1);

    *question = (Question){ g_object_ref (self), (UsherRestList) i };
    usher_rest_list_async (self->rest, question->list, self->list_tags[i], self->cancellable,
                           came_cb, question);
  }
}
