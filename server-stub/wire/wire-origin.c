/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-origin"

#include "config.h"

#include "wire-origin.h"

#include <string.h>

#define ANY_PORT ":*"

static gboolean
is_port (WireText text)
{
  guint port = 0;

  if (text.n_bytes == 0 || text.n_bytes > 5 || text.data[0] == '0')
    return FALSE;
  for (gsize i = 0; i < text.n_bytes; i++) {
    if (!g_ascii_isdigit (text.data[i]))
      return FALSE;
    port = port * 10 + (guint) g_ascii_digit_value (text.data[i]);
  }
  return port <= G_MAXUINT16;
}

gboolean
wire_origin_matches (WireText    origin,
                     const char *pattern)
{
  gsize fixed_bytes;
  WireText rest;

  if (origin.data == NULL || !wire_origin_pattern_is_valid (pattern))
    return FALSE;
  if (!g_str_has_suffix (pattern, ANY_PORT))
    return wire_text_equals (origin, pattern);
  fixed_bytes = strlen (pattern) - strlen (ANY_PORT);
  if (origin.n_bytes < fixed_bytes || memcmp (origin.data, pattern, fixed_bytes) != 0)
    return FALSE;
  rest = (WireText){ origin.data + fixed_bytes, origin.n_bytes - fixed_bytes };
  if (rest.n_bytes == 0)
    return TRUE;
  return rest.data[0] == ':' && is_port ((WireText){ rest.data + 1, rest.n_bytes - 1 });
}

gboolean
wire_origin_is_allowed (WireText           origin,
                        const char *const *patterns)
{
  for (gsize i = 0; patterns != NULL && patterns[i] != NULL; i++)
    if (wire_origin_matches (origin, patterns[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_host_byte (char byte)
{
  return g_ascii_islower (byte) || g_ascii_isdigit (byte) || byte == '.' || byte == '-';
}

/* A name or IPv4 address, or an IPv6 address in brackets; returns what follows, %NULL when it is neither. */
static const char *
skip_host (const char *at)
{
  const char *start = at;

  if (*at == '[') {
    at += 1 + strspn (at + 1, "0123456789abcdef:.");
    return *at == ']' && at > start + 1 ? at + 1 : NULL;
  }
  while (is_host_byte (*at))
    at++;
  return at > start ? at : NULL;
}

gboolean
wire_origin_pattern_is_valid (const char *pattern)
{
  const char *at;

  if (g_str_has_prefix (pattern, "http://"))
    at = pattern + strlen ("http://");
  else if (g_str_has_prefix (pattern, "https://"))
    at = pattern + strlen ("https://");
  else
    return FALSE;
  at = skip_host (at);
  if (at == NULL)
    return FALSE;
  if (*at == '\0' || strcmp (at, ANY_PORT) == 0)
    return TRUE;
  return *at == ':' && is_port ((WireText){ at + 1, strlen (at + 1) });
}
