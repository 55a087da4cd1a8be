/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "wire-http"

#include "config.h"

#include <string.h>

#include "wire-http.h"
#include "wire-utf8.h"

/* The value of parameter @name; @ret_n_found counts how often it is given. */
static WireText
find_parameter (WireText    query,
                const char *name,
                guint      *ret_n_found)
{
  gsize name_bytes = strlen (name);
  const char *at = query.data;
  const char *end = at + query.n_bytes;
  WireText found = { NULL, 0 };

  *ret_n_found = 0;
  while (at < end) {
    const char *ampersand = memchr (at, '&', (gsize) (end - at));
    const char *item_end = ampersand != NULL ? ampersand : end;

    if ((gsize) (item_end - at) > name_bytes && at[name_bytes] == '=' &&
        memcmp (at, name, name_bytes) == 0) {
      found = (WireText){ at + name_bytes + 1, (gsize) (item_end - at) - name_bytes - 1 };
      ++*ret_n_found;
    }
    at = item_end + 1;
  }
  return found;
}

/* The parser has let through only whole escapes, none of them %00. */
static gboolean
decode (WireText  text,
        char     *ret_value,
        gsize     size)
{
  gsize n_bytes = 0;

  for (gsize i = 0; i < text.n_bytes; i++) {
    char byte = text.data[i];

    if (n_bytes + 1 >= size)
      return FALSE;
    if (byte == '%') {
      byte = (char) (g_ascii_xdigit_value (text.data[i + 1]) << 4 |
                     g_ascii_xdigit_value (text.data[i + 2]));
      i += 2;
    } else if (byte == '+') {
      byte = ' ';
    }
    ret_value[n_bytes++] = byte;
  }
  ret_value[n_bytes] = '\0';
  return wire_utf8_is_valid (ret_value, n_bytes);
}

gboolean
wire_http_query (const WireHttpHead *head,
                 const char         *name,
                 char               *ret_value,
                 gsize               size)
{
  guint n_found = 0;
  WireText value = { NULL, 0 };

  g_assert (size > 0);
  if (head->query.data != NULL)
    value = find_parameter (head->query, name, &n_found);
  return n_found == 1 && decode (value, ret_value, size);
}
