/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-text.h"

#include <string.h>

/* Below this a URL wraps well and the quadratic cost is under 0.1 ms. */
#define LONG_WORD_CHARS 200

static gboolean
is_shown (gunichar c)
{
  if (c == '\n' || c == '\t')
    return TRUE;
  if (c < 0x20 || (c >= 0x7f && c < 0xa0))
    return FALSE;
  if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
    return FALSE;
  return c != 0x2028 && c != 0x2029 && c != 0xfeff;
}

char *
usher_text_sanitize (const char *text,
                     gsize       max_bytes,
                     gboolean   *ret_is_cut)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const char *p = text == NULL ? "" : text;
  gboolean is_cut = FALSE;

  while (*p != '\0') {
    gunichar c = g_utf8_get_char_validated (p, -1);
    gboolean is_valid = c != (gunichar) -1 && c != (gunichar) -2;

    if (!is_valid)
      c = 0xfffd;
    if (out->len + (gsize) g_unichar_to_utf8 (c, NULL) > max_bytes) {
      is_cut = TRUE;
      break;
    }
    if (is_shown (c))
      g_string_append_unichar (out, c);
    p = is_valid ? g_utf8_next_char (p) : p + 1;
  }
  if (ret_is_cut != NULL)
    *ret_is_cut = is_cut;
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
usher_text_to_line (const char *text,
                    guint       max_chars)
{
  g_autofree char *clean = usher_text_sanitize (text, (gsize) max_chars * 4, NULL);
  char *end = clean;

  for (guint n = 0; *end != '\0' && n < max_chars; n++) {
    if (*end == '\n' || *end == '\t')
      *end = ' ';
    end = g_utf8_next_char (end);
  }
  *end = '\0';
  return g_strdup (g_strstrip (clean));
}

gboolean
usher_text_needs_char_wrap (const char *text)
{
  guint n_run = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    /* Chinese breaks at every character. */
    n_run = g_unichar_isspace (c) || g_unichar_iswide (c) ? 0 : n_run + 1;
    if (n_run > LONG_WORD_CHARS)
      return TRUE;
  }
  return FALSE;
}

static const char *
find_link_end (const char *link)
{
  const char *end = link;

  /* Only what may stand in an address unescaped: a Chinese full stop or a bracket after it is not part of it. */
  while (*end > 0x20 && *end < 0x7f && strchr ("<>\"{}|\\^`", *end) == NULL)
    end++;
  while (end > link && strchr (".,;:!?)]'", end[-1]) != NULL)
    end--;
  return end;
}

static const char *
find_link (const char *text)
{
  for (const char *p = strstr (text, "http"); p != NULL; p = strstr (p + 4, "http"))
    if ((g_str_has_prefix (p, "http://") || g_str_has_prefix (p, "https://")) &&
        (p == text || !g_ascii_isalnum (p[-1])))
      return p;
  return NULL;
}

char **
usher_text_find_links (const char *text,
                       guint       max_links)
{
  g_autoptr (GStrvBuilder) links = g_strv_builder_new ();
  const char *link = find_link (text);

  for (guint n = 0; link != NULL && n < max_links; link = find_link (link)) {
    const char *end = find_link_end (link);
    g_autofree char *url = g_strndup (link, (gsize) (end - link));

    if (g_uri_is_valid (url, G_URI_FLAGS_NONE, NULL)) {
      g_strv_builder_add (links, url);
      n++;
    }
    link = end;
  }
  return g_strv_builder_end (links);
}
