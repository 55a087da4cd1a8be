/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-session"
#include "config.h"

#include <glib/gi18n-lib.h>

#include "usher-session-private.h"

/*
 * What a chat may be closed with: the queue's own codes, as the gateway's operator wrote them; where there are none, those below.
 */

static const UsherDisposition plain[] = {
  { "solved", N_ ("Solved") },
  { "question_answered", N_ ("Question answered") },
  { "order_status", N_ ("Order status") },
  { "refund", N_ ("Refund") },
  { "complaint", N_ ("Complaint") },
  { "spam", N_ ("Spam") },
  { "other", N_ ("Other") },
};

static void
clear_disposition (gpointer data)
{
  UsherDisposition *disposition = data;

  g_free ((char *) disposition->code);
  g_free ((char *) disposition->title);
}

static GArray *
list_of (UsherSession *self,
         const char   *queue)
{
  GArray *list = g_hash_table_lookup (self->dispositions, queue);

  if (list != NULL)
    return list;
  list = g_array_new (FALSE, FALSE, sizeof (UsherDisposition));
  g_array_set_clear_func (list, clear_disposition);
  g_hash_table_insert (self->dispositions, g_strdup (queue), list);
  return list;
}

void
usher_session_load_dispositions (UsherSession *self,
                                 const char   *text)
{
  g_autoptr (GPtrArray) rows = usher_rest_list_split (text, 3);

  g_hash_table_remove_all (self->dispositions);
  for (guint i = 0; i < rows->len; i++) {
    char **fields = rows->pdata[i];
    UsherDisposition disposition = { g_strdup (fields[1]), g_strdup (fields[2]) };

    g_array_append_val (list_of (self, fields[0]), disposition);
  }
}

static const UsherDisposition *
get_plain (guint *ret_n)
{
  static UsherDisposition translated[G_N_ELEMENTS (plain)];

  /* Each time: the language is set after the first call in tests, and it is seven pointers. */
  for (gsize i = 0; i < G_N_ELEMENTS (plain); i++)
    translated[i] = (UsherDisposition){ plain[i].code, _ (plain[i].title) };
  *ret_n = G_N_ELEMENTS (plain);
  return translated;
}

const UsherDisposition *
usher_session_get_dispositions (UsherSession      *self,
                                UsherConversation *conversation,
                                guint             *ret_n)
{
  const char *queue = usher_conversation_get_queue (conversation);
  GArray *own = queue == NULL ? NULL : g_hash_table_lookup (self->dispositions, queue);

  if (own == NULL)
    return get_plain (ret_n);
  *ret_n = own->len;
  return (const UsherDisposition *) (gpointer) own->data;
}

static const char *
find_title (const UsherDisposition *list,
            guint                   n,
            const char             *code)
{
  for (guint i = 0; i < n; i++)
    if (g_str_equal (list[i].code, code))
      return list[i].title;
  return NULL;
}

static void
add_codes (GArray                 *all,
           const UsherDisposition *list,
           guint                   n)
{
  for (guint i = 0; i < n; i++) {
    UsherDisposition copy = { g_strdup (list[i].code), g_strdup (list[i].title) };

    if (find_title ((const UsherDisposition *) (gpointer) all->data, all->len, copy.code) == NULL)
      g_array_append_val (all, copy);
    else
      clear_disposition (&copy);
  }
}

GArray *
usher_session_dup_dispositions (UsherSession *self)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (UsherDisposition));
  GHashTableIter iter;
  gpointer value;
  guint n;
  const UsherDisposition *known = get_plain (&n);

  g_array_set_clear_func (all, clear_disposition);
  g_hash_table_iter_init (&iter, self->dispositions);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    GArray *list = value;

    add_codes (all, (const UsherDisposition *) (gpointer) list->data, list->len);
  }
  add_codes (all, known, n);
  return all;
}

const char *
usher_session_title_of_code (UsherSession *self,
                             const char   *code)
{
  GHashTableIter iter;
  gpointer value;
  guint n;
  const UsherDisposition *known = get_plain (&n);
  const char *title = NULL;

  g_hash_table_iter_init (&iter, self->dispositions);
  while (title == NULL && g_hash_table_iter_next (&iter, NULL, &value)) {
    GArray *list = value;

    title = find_title ((const UsherDisposition *) (gpointer) list->data, list->len, code);
  }
  return title != NULL ? title : find_title (known, n, code);
}
