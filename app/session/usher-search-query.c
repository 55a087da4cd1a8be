/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-search-query.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
  UsherSearchTerms *terms;
  GString *words;
  GDateTime *now;
  char *problem;
} Parse;

/* --- Days ------------------------------------------------------------------------------------------- */

static GDateTime *
midnight (GDateTime *of)
{
  return g_date_time_new (g_date_time_get_timezone (of), g_date_time_get_year (of),
                          g_date_time_get_month (of), g_date_time_get_day_of_month (of), 0, 0, 0);
}

static GDateTime *
days_ago (GDateTime *now,
          int        n_days)
{
  g_autoptr (GDateTime) today = midnight (now);

  return g_date_time_add_days (today, -n_days);
}

static gboolean
parse_number (const char *text,
              guint       n_digits,
              int        *ret_number)
{
  guint64 number;

  if (strlen (text) > n_digits || !g_ascii_string_to_unsigned (text, 10, 0, 9999, &number, NULL))
    return FALSE;
  *ret_number = (int) number;
  return TRUE;
}

/* 2026-05-12, 2026-05, 2026. */
static GDateTime *
parse_date (GDateTime  *now,
            const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "-", -1);
  guint n_parts = g_strv_length (parts);
  int year = 0, month = 1, day = 1;

  if (n_parts < 1 || n_parts > 3 || strlen (parts[0]) != 4 || !parse_number (parts[0], 4, &year) ||
      (n_parts > 1 && !parse_number (parts[1], 2, &month)) ||
      (n_parts > 2 && !parse_number (parts[2], 2, &day)))
    return NULL;
  return g_date_time_new (g_date_time_get_timezone (now), year, month, day, 0, 0, 0);
}

/* A date, today, yesterday, or 7d. */
static GDateTime *
parse_day (GDateTime  *now,
           const char *text)
{
  g_autofree char *number = g_strdup (text);
  int n_days;

  if (g_ascii_strcasecmp (text, "today") == 0)
    return days_ago (now, 0);
  if (g_ascii_strcasecmp (text, "yesterday") == 0)
    return days_ago (now, 1);
  if (!g_str_has_suffix (text, "d"))
    return parse_date (now, text);
  number[strlen (number) - 1] = '\0';
  return parse_number (number, 4, &n_days) ? days_ago (now, n_days) : NULL;
}

static gint64
take_day (Parse      *parse,
          const char *key,
          const char *value)
{
  g_autoptr (GDateTime) day = parse_day (parse->now, value);

  if (day != NULL)
    return g_date_time_to_unix (day) * G_USEC_PER_SEC;
  /* Translators: the first %s is before or after, the second what was typed. Do not translate today, yesterday and 7d. */
  parse->problem = g_strdup_printf (
    _ ("“%s:%s” is no day. Write 2026-05-12, 2026-05, today, yesterday, or 7d for seven days ago."),
    key, value);
  return 0;
}

/* --- One word ---------------------------------------------------------------------------------------- */

static void
add_word (Parse      *parse,
          const char *word)
{
  if (parse->words->len > 0)
    g_string_append_c (parse->words, ' ');
  g_string_append (parse->words, word);
}

static void
take_from (Parse      *parse,
           const char *value)
{
  g_free (parse->terms->from);
  parse->terms->from = g_strdup (value);
}

static void
take_tag (Parse      *parse,
          const char *value)
{
  g_free (parse->terms->tag);
  parse->terms->tag = g_strdup (value);
}

static void
take_before (Parse      *parse,
             const char *value)
{
  parse->terms->before_us = take_day (parse, "before", value);
}

static void
take_after (Parse      *parse,
            const char *value)
{
  parse->terms->after_us = take_day (parse, "after", value);
}

static void
take_has (Parse      *parse,
          const char *value)
{
  if (g_ascii_strcasecmp (value, "file") == 0)
    parse->terms->has_file = TRUE;
  else
    /* Translators: do not translate has: and has:file. */
    parse->problem = g_strdup_printf (_ ("“has:%s” is not known. Write has:file."), value);
}

static const struct {
  const char *key;
  void (*take) (Parse *parse, const char *value);
} filters[] = {
  { "from", take_from },   { "tag", take_tag }, { "before", take_before },
  { "after", take_after }, { "has", take_has },
};

/* The filter whose key are the first @n_key bytes of @token, or -1. */
static int
find_filter (const char *token,
             gsize       n_key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++) {
    if (n_key == strlen (filters[i].key) && g_ascii_strncasecmp (token, filters[i].key, n_key) == 0)
      return (int) i;
  }
  return -1;
}

static void
take (Parse      *parse,
      const char *token)
{
  gsize n_key = strcspn (token, ":");
  int filter = token[n_key] == ':' ? find_filter (token, n_key) : -1;

  if (filter < 0)
    add_word (parse, token);
  else if (token[n_key + 1] != '\0') /* else it is being typed */
    filters[filter].take (parse, token + n_key + 1);
}

/* Up to the next space that stands in no quotes; the quotes themselves go. */
static const char *
next_token (const char *at,
            GString    *token)
{
  gboolean is_quoted = FALSE;

  g_string_truncate (token, 0);
  while (g_unichar_isspace (g_utf8_get_char (at)))
    at = g_utf8_next_char (at);
  while (*at != '\0') {
    gunichar c = g_utf8_get_char (at);

    if (c == '"')
      is_quoted = !is_quoted;
    else if (!is_quoted && g_unichar_isspace (c))
      break;
    else
      g_string_append_unichar (token, c == 0xFF1A
                                        ? ':'
                                        : c); /* the full-width colon of a Chinese keyboard */
    at = g_utf8_next_char (at);
  }
  return at;
}

UsherSearchTerms *
usher_search_terms_parse (const char  *text,
                          GDateTime   *now,
                          char       **ret_problem)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (UsherSearchTerms) terms = g_new0 (UsherSearchTerms, 1);
  g_autoptr (GString) token = g_string_new (NULL);
  Parse parse = { terms, g_string_new (NULL), now, NULL };
  const char *at = valid;

  while (*(at = next_token (at, token)) != '\0' || token->len > 0) {
    if (token->len > 0 && parse.problem == NULL)
      take (&parse, token->str);
    if (*at == '\0')
      break;
  }
  /* A space behind the last word says that it is whole. */
  if (parse.words->len > 0 && g_str_has_suffix (valid, " "))
    g_string_append_c (parse.words, ' ');
  terms->words = g_string_free (parse.words, FALSE);
  *ret_problem = parse.problem;
  return parse.problem == NULL ? g_steal_pointer (&terms) : NULL;
}

void
usher_search_terms_free (UsherSearchTerms *terms)
{
  g_free (terms->words);
  g_free (terms->from);
  g_free (terms->tag);
  g_free (terms);
}

gboolean
usher_search_terms_is_empty (const UsherSearchTerms *terms)
{
  return *terms->words == '\0' && terms->from == NULL && terms->tag == NULL &&
         terms->before_us == 0 && terms->after_us == 0 && !terms->has_file;
}
