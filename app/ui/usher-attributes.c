/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A reader for exactly one thing: showing the flat attributes of a visitor. A JSON library would build a tree of whatever a stranger
 * nests; this one copies at most 64 pairs and skips what is nested by counting brackets.
 */
#include "config.h"

#include "usher-attributes.h"

#include <string.h>

static void
attribute_free (gpointer data)
{
  UsherAttribute *attribute = data;

  g_free (attribute->name);
  g_free (attribute->value);
  g_free (attribute->json);
  g_free (attribute);
}

static const char *
skip_space (const char *p)
{
  return p + strspn (p, " \t\r\n");
}

static gboolean
read_hex4 (const char *p,
           gunichar   *ret_value)
{
  gunichar value = 0;

  for (guint i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value (p[i]);

    if (digit < 0)
      return FALSE;
    value = value << 4 | (gunichar) digit;
  }
  *ret_value = value;
  return TRUE;
}

/* After “\u”. Returns the first byte behind it, NULL when it is no character. */
static const char *
read_unicode_escape (const char *p,
                     GString    *out)
{
  gunichar c, low;

  if (!read_hex4 (p, &c))
    return NULL;
  p += 4;
  if (c >= 0xd800 && c < 0xdc00) {
    if (p[0] != '\\' || p[1] != 'u' || !read_hex4 (p + 2, &low) || low < 0xdc00 || low > 0xdfff)
      return NULL;
    c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    p += 6;
  }
  if (c == 0 || (c >= 0xd800 && c < 0xe000))
    return NULL;
  g_string_append_unichar (out, c);
  return p;
}

static const char *
read_escape (const char *p,
             GString    *out)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  const char *found;

  if (*p == 'u')
    return read_unicode_escape (p + 1, out);
  found = *p == '\0' ? NULL : strchr (from, *p);
  if (found == NULL)
    return NULL;
  g_string_append_c (out, to[found - from]);
  return p + 1;
}

/* From the opening quote. What is beyond the bound is read but not kept. */
static const char *
read_string (const char  *p,
             char       **ret_text)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (p++; *p != '"';) {
    if (*p == '\0' || (guchar) *p < 0x20)
      return NULL;
    if (*p == '\\')
      p = read_escape (p + 1, out);
    else
      g_string_append_c (out, *p++);
    if (p == NULL)
      return NULL;
    if (out->len > USHER_ATTRIBUTE_MAX_BYTES)
      g_string_truncate (out, USHER_ATTRIBUTE_MAX_BYTES);
  }
  *ret_text = g_utf8_make_valid (out->str, (gssize) out->len);
  return p + 1;
}

static const char *
skip_string (const char *p)
{
  for (p++; *p != '"'; p++)
    if (*p == '\0' || (*p == '\\' && *++p == '\0'))
      return NULL;
  return p + 1;
}

/* An object, array, number or word: to the comma or bracket that ends it. */
static const char *
skip_value (const char *p)
{
  gsize depth = 0;

  while (*p != '\0') {
    if (*p == '"') {
      p = skip_string (p);
      if (p == NULL)
        return NULL;
      continue;
    }
    if (depth == 0 && (*p == ',' || *p == '}'))
      return p;
    if (*p == '{' || *p == '[')
      depth++;
    else if (*p == '}' || *p == ']')
      depth--;
    p++;
  }
  return NULL;
}

static const char *
read_value (const char  *p,
            char       **ret_text)
{
  const char *end;
  g_autofree char *raw = NULL;

  if (*p == '"')
    return read_string (p, ret_text);
  end = skip_value (p);
  if (end == NULL || end == p)
    return NULL;
  raw = g_strchomp (g_strndup (p, MIN ((gsize) (end - p), USHER_ATTRIBUTE_MAX_BYTES)));
  *ret_text = g_utf8_make_valid (raw, -1);
  return end;
}

static const char *
read_member (const char     *p,
             UsherAttribute *attribute)
{
  const char *begin;

  if (*p != '"' || (p = read_string (p, &attribute->name)) == NULL)
    return NULL;
  p = skip_space (p);
  if (*p != ':')
    return NULL;
  begin = skip_space (p + 1);
  p = read_value (begin, &attribute->value);
  if (p == NULL)
    return NULL;
  attribute->json = g_strchomp (g_strndup (begin, (gsize) (p - begin)));
  attribute->is_whole = strlen (attribute->name) < USHER_ATTRIBUTE_MAX_BYTES &&
                        strlen (attribute->value) < USHER_ATTRIBUTE_MAX_BYTES;
  attribute->is_plain = attribute->is_whole && *begin != '{' && *begin != '[';
  return p;
}

GPtrArray *
usher_attributes_parse (const char *json)
{
  g_autoptr (GPtrArray) attributes = g_ptr_array_new_with_free_func (attribute_free);
  const char *p = skip_space (json == NULL ? "" : json);

  if (*p != '{')
    return g_steal_pointer (&attributes);
  do {
    UsherAttribute *attribute = g_new0 (UsherAttribute, 1);

    p = read_member (skip_space (p + 1), attribute);
    if (p == NULL || attribute->value == NULL) {
      attribute_free (attribute);
      break;
    }
    g_ptr_array_add (attributes, attribute);
    p = skip_space (p);
  } while (*p == ',' && attributes->len < USHER_ATTRIBUTES_MAX);
  return g_steal_pointer (&attributes);
}
