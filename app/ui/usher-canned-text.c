/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-canned-text.h"

#include <string.h>

typedef struct {
  GString *text;
  guint n_chars;
  GArray *blanks;
  UsherCannedLookup lookup;
  gpointer user_data;
} Expansion;

static void
append (Expansion  *self,
        const char *text,
        gsize       n_bytes)
{
  g_string_append_len (self->text, text, (gssize) n_bytes);
  self->n_chars += (guint) g_utf8_strlen (text, (gssize) n_bytes);
}

static void
append_blank (Expansion  *self,
              const char *label)
{
  UsherBlank blank = { self->n_chars, (guint) g_utf8_strlen (label, -1) };

  append (self, label, strlen (label));
  if (blank.length > 0)
    g_array_append_val (self->blanks, blank);
}

/* What stands between the braces. */
static void
append_placeholder (Expansion *self,
                    char      *inside)
{
  char *bar = strchr (inside, '|');
  const char *fallback = bar != NULL ? g_strstrip (bar + 1) : NULL;
  const char *name, *value;

  if (bar != NULL)
    *bar = '\0';
  name = g_strstrip (inside);
  value = self->lookup (name, self->user_data);
  if (value != NULL && *value != '\0')
    append (self, value, strlen (value));
  else if (value != NULL && fallback != NULL)
    append (self, fallback, strlen (fallback));
  else
    append_blank (self, fallback != NULL && *fallback != '\0' ? fallback : name);
}

char *
usher_canned_expand (const char         *text,
                     UsherCannedLookup   lookup,
                     gpointer            user_data,
                     GArray            **ret_blanks)
{
  Expansion self = { g_string_new (NULL), 0, g_array_new (FALSE, FALSE, sizeof (UsherBlank)),
                     lookup, user_data };
  const char *open, *close;

  while ((open = strstr (text, "{{")) != NULL && (close = strstr (open + 2, "}}")) != NULL) {
    g_autofree char *inside = g_strndup (open + 2, (gsize) (close - open) - 2);

    append (&self, text, (gsize) (open - text));
    append_placeholder (&self, inside);
    text = close + 2;
  }
  append (&self, text, strlen (text));
  *ret_blanks = self.blanks;
  return g_string_free (self.text, FALSE);
}
