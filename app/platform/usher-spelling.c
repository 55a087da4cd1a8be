/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-spelling.h"

#include <string.h>

/* No word of any language is longer; what is, some dictionaries take very long over. */
#define MAX_WORD_BYTES 200

G_DEFINE_INTERFACE (UsherSpelling, usher_spelling, G_TYPE_OBJECT)

static guint changed_signal;

static void
usher_spelling_default_init (UsherSpellingInterface *iface)
{
  changed_signal = g_signal_new ("changed", USHER_TYPE_SPELLING, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static gboolean
is_word (const char *word)
{
  gsize n_bytes = strlen (word);

  return n_bytes > 0 && n_bytes <= MAX_WORD_BYTES;
}

gboolean
usher_spelling_knows (UsherSpelling *self,
                      const char    *word)
{
  g_return_val_if_fail (USHER_IS_SPELLING (self), TRUE);

  return !is_word (word) || USHER_SPELLING_GET_IFACE (self)->knows (self, word);
}

char **
usher_spelling_suggest (UsherSpelling *self,
                        const char    *word)
{
  g_return_val_if_fail (USHER_IS_SPELLING (self), NULL);

  return is_word (word) ? USHER_SPELLING_GET_IFACE (self)->suggest (self, word)
                        : g_new0 (char *, 1);
}

void
usher_spelling_add (UsherSpelling *self,
                    const char    *word)
{
  g_return_if_fail (USHER_IS_SPELLING (self));

  if (!is_word (word))
    return;
  USHER_SPELLING_GET_IFACE (self)->add (self, word);
  usher_spelling_changed (self);
}

void
usher_spelling_ignore (UsherSpelling *self,
                       const char    *word)
{
  g_return_if_fail (USHER_IS_SPELLING (self));

  if (!is_word (word))
    return;
  USHER_SPELLING_GET_IFACE (self)->ignore (self, word);
  usher_spelling_changed (self);
}

void
usher_spelling_changed (UsherSpelling *self)
{
  g_signal_emit (self, changed_signal, 0);
}
