/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets by reference, and guesses at what a mistyped key was meant to be. */
#include "config.h"

#include "gate-config-private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SECRET_MAX_BYTES 65536

/* No more than may be, whatever @path is: it may have no end. */
static char *
read_secret_file (const char  *path,
                  char       **ret_problem)
{
  char text[SECRET_MAX_BYTES + 2];
  FILE *file = fopen (path, "re");
  gsize n_bytes = 0;
  int error = errno;

  if (file != NULL) {
    n_bytes = fread (text, 1, SECRET_MAX_BYTES + 1, file);
    error = ferror (file) ? errno : 0;
    (void) fclose (file);
  }
  if (file == NULL || error != 0) {
    *ret_problem = g_strdup_printf ("cannot read the secret %s: %s", path, g_strerror (error));
    return NULL;
  }
  text[n_bytes] = '\0';
  if (n_bytes > SECRET_MAX_BYTES || strlen (text) != n_bytes) {
    *ret_problem =
      g_strdup_printf ("%s is no text or larger than %d bytes", path, SECRET_MAX_BYTES);
    return NULL;
  }
  /* What an editor adds at the end is not part of a password. */
  if (n_bytes > 0 && text[n_bytes - 1] == '\n')
    text[n_bytes - 1] = '\0';
  return g_strdup (text);
}

static char *
resolve (const char  *reference,
         char       **ret_problem)
{
  if (g_str_has_prefix (reference, "env:")) {
    const char *value = g_getenv (reference + 4);

    if (value == NULL)
      *ret_problem = g_strdup_printf ("the environment has no %s", reference + 4);
    return g_strdup (value);
  }
  if (g_str_has_prefix (reference, "file:"))
    return read_secret_file (reference + 5, ret_problem);
  *ret_problem =
    g_strdup_printf ("\"${%s}\": only ${env:NAME} and ${file:/path} are known", reference);
  return NULL;
}

char *
gate_config_expand (const char  *text,
                    char       **ret_problem)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const char *open;

  while ((open = strstr (text, "${")) != NULL) {
    const char *close = strchr (open, '}');
    g_autofree char *reference = NULL;
    g_autofree char *value = NULL;

    if (close == NULL) {
      *ret_problem = g_strdup ("\"${\" without \"}\"");
      return NULL;
    }
    reference = g_strndup (open + 2, (gsize) (close - open - 2));
    value = resolve (reference, ret_problem);
    if (value == NULL)
      return NULL;
    g_string_append_len (out, text, open - text);
    g_string_append (out, value);
    text = close + 1;
  }
  g_string_append (out, text);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Levenshtein distance with swaps of neighbours; words longer than the table are never alike. */
static guint
distance (const char *a,
          const char *b)
{
  enum {
    MAX_CHARS = 40
  };
  guint table[MAX_CHARS + 1][MAX_CHARS + 1];
  gsize a_chars = strlen (a);
  gsize b_chars = strlen (b);

  if (a_chars > MAX_CHARS || b_chars > MAX_CHARS)
    return G_MAXUINT;
  for (guint i = 0; i <= a_chars; i++)
    for (guint j = 0; j <= b_chars; j++) {
      if (i == 0 || j == 0) {
        table[i][j] = i + j;
        continue;
      }
      table[i][j] = MIN (MIN (table[i - 1][j], table[i][j - 1]) + 1,
                         table[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        table[i][j] = MIN (table[i][j], table[i - 2][j - 2] + 1);
    }
  return table[a_chars][b_chars];
}

const char *
gate_config_suggest (const char *word,
                     GPtrArray  *candidates)
{
  const char *best = NULL;
  guint best_distance = MAX (2, (guint) MIN (strlen (word), 100) / 4) + 1;

  for (guint i = 0; i < candidates->len; i++) {
    const char *candidate = g_ptr_array_index (candidates, i);
    guint d = distance (word, candidate);

    if (d < best_distance && d < strlen (candidate)) {
      best = candidate;
      best_distance = d;
    }
  }
  return best;
}
