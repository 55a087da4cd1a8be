/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Matching costs a few comparisons and, for each word, one pass over name and last line: ten thousand rows in about two milliseconds. */
#include "config.h"

#include "usher-list-filter.h"

#include <string.h>

#include "usher-conversation.h"

struct _UsherListFilter {
  GPtrArray *queues; /* each of these arrays: char *; one of them must be it */
  GPtrArray *channels;
  GPtrArray *tags; /* all of them */
  GPtrArray *words;
  gboolean is_unread;
  gboolean is_late;
};

/* By the numbers of gate.v1.Channel. */
static const char *const channels[] = { NULL,     "web",      "app",      "wechat-mini",
                                        "wechat", "whatsapp", "telegram", "dingtalk",
                                        "feishu", "api",      "console" };

const char *
usher_list_filter_channel_name (guint channel)
{
  return channel < G_N_ELEMENTS (channels) ? channels[channel] : NULL;
}

/* --- Words -------------------------------------------------------------------------------------------------------- */

/* Spaces separate, but not between quotes. The words keep their quotes. */
static GPtrArray *
split (const char *query)
{
  GPtrArray *terms = g_ptr_array_new_with_free_func (g_free);
  const char *from = query;

  while (*from != '\0') {
    const char *to = from;
    gboolean is_quoted = FALSE;

    for (; *to != '\0' && (is_quoted || *to != ' '); to++)
      is_quoted ^= *to == '"';
    if (to > from)
      g_ptr_array_add (terms, g_strndup (from, (gsize) (to - from)));
    from = *to == '\0' ? to : to + 1;
  }
  return terms;
}

static char *
unquote (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "\"", 0);

  return g_strjoinv ("", parts);
}

char *
usher_list_filter_term (const char *key,
                        const char *value)
{
  g_autofree char *plain = unquote (value);

  return strchr (plain, ' ') != NULL ? g_strdup_printf ("%s:\"%s\"", key, plain)
                                     : g_strdup_printf ("%s:%s", key, plain);
}

gboolean
usher_list_filter_has_term (const char *query,
                            const char *term)
{
  g_autoptr (GPtrArray) terms = split (query);

  return g_ptr_array_find_with_equal_func (terms, term, g_str_equal, NULL);
}

char *
usher_list_filter_toggle (const char *query,
                          const char *term)
{
  g_autoptr (GPtrArray) terms = split (query);
  guint index;

  if (g_ptr_array_find_with_equal_func (terms, term, g_str_equal, &index))
    g_ptr_array_remove_index (terms, index);
  else
    g_ptr_array_add (terms, g_strdup (term));
  g_ptr_array_add (terms, NULL);
  return g_strjoinv (" ", (char **) terms->pdata);
}

/* --- A query --------------------------------------------------------------------------------------------------------- */

static void
take_term (UsherListFilter *self,
           const char      *term)
{
  const struct {
    const char *key;
    GPtrArray *values;
  } keys[] = { { "queue:", self->queues }, { "channel:", self->channels }, { "tag:", self->tags } };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    if (g_str_has_prefix (term, keys[i].key)) {
      if (term[strlen (keys[i].key)] != '\0') /* half typed: not asked for yet */
        g_ptr_array_add (keys[i].values, unquote (term + strlen (keys[i].key)));
      return;
    }
  }
  if (g_str_equal (term, "is:unread"))
    self->is_unread = TRUE;
  else if (g_str_equal (term, "is:late"))
    self->is_late = TRUE;
  else if (!g_str_has_prefix (term, "is:"))
    g_ptr_array_add (self->words, unquote (term));
}

static gboolean
is_empty (const UsherListFilter *self)
{
  return self->queues->len + self->channels->len + self->tags->len + self->words->len == 0 &&
         !self->is_unread && !self->is_late;
}

UsherListFilter *
usher_list_filter_new (const char *query)
{
  g_autoptr (UsherListFilter) self = g_new0 (UsherListFilter, 1);
  g_autoptr (GPtrArray) terms = split (query);

  self->queues = g_ptr_array_new_with_free_func (g_free);
  self->channels = g_ptr_array_new_with_free_func (g_free);
  self->tags = g_ptr_array_new_with_free_func (g_free);
  self->words = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < terms->len; i++)
    take_term (self, g_ptr_array_index (terms, i));
  return is_empty (self) ? NULL : g_steal_pointer (&self);
}

void
usher_list_filter_free (UsherListFilter *self)
{
  g_ptr_array_unref (self->queues);
  g_ptr_array_unref (self->channels);
  g_ptr_array_unref (self->tags);
  g_ptr_array_unref (self->words);
  g_free (self);
}

/* --- Matching ---------------------------------------------------------------------------------------------------------- */

/* Case of ASCII letters does not count; folding all of Unicode for each row would cost ten times as much. */
static gboolean
contains (const char *text,
          const char *word)
{
  return text != NULL && strcasestr (text, word) != NULL;
}

static gboolean
is_one_of (GPtrArray  *values,
           const char *value)
{
  if (values->len == 0)
    return TRUE;
  for (guint i = 0; value != NULL && i < values->len; i++)
    if (g_ascii_strcasecmp (g_ptr_array_index (values, i), value) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
has_tags (GPtrArray         *wanted,
          UsherConversation *conversation)
{
  const char *const *tags = usher_conversation_get_tags (conversation);

  for (guint i = 0; i < wanted->len; i++)
    if (tags == NULL || !g_strv_contains (tags, g_ptr_array_index (wanted, i)))
      return FALSE;
  return TRUE;
}

static gboolean
has_words (GPtrArray         *words,
           UsherConversation *conversation)
{
  for (guint i = 0; i < words->len; i++) {
    const char *word = g_ptr_array_index (words, i);

    if (!contains (usher_conversation_get_name (conversation), word) &&
        !contains (usher_conversation_get_last_text (conversation), word))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_late (UsherConversation *conversation,
         gint64             now_us,
         gint64             target_us)
{
  gint64 since_us = usher_conversation_get_waits_since_us (conversation);

  return since_us > 0 && now_us - since_us >= target_us;
}

gboolean
usher_list_filter_matches (const UsherListFilter *self,
                           UsherConversation     *conversation,
                           gint64                 now_us,
                           gint64                 target_us)
{
  if (self->is_unread && usher_conversation_get_unread (conversation) == 0)
    return FALSE;
  if (self->is_late && !is_late (conversation, now_us, target_us))
    return FALSE;
  return is_one_of (self->queues, usher_conversation_get_queue (conversation)) &&
         is_one_of (self->channels, usher_list_filter_channel_name (
                                      usher_conversation_get_channel (conversation))) &&
         has_tags (self->tags, conversation) && has_words (self->words, conversation);
}
