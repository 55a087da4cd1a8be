/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a stranger can put before the UI: text, attributes, picture headers. */
#include "config.h"

#include <string.h>

#include <glib.h>

#include "usher-attributes.h"
#include "usher-image.h"
#include "usher-text.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_autofree char *text = g_strndup ((const char *) data, n_bytes);
  g_autofree char *clean = usher_text_sanitize (text, USHER_TEXT_SHOWN_BYTES, NULL);
  g_autofree char *line = usher_text_to_line (text, 40);
  g_auto (GStrv) links = usher_text_find_links (clean, 3);
  g_autoptr (GPtrArray) attributes = usher_attributes_parse (text);
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, n_bytes);
  UsherImageInfo info;

  g_assert_true (g_utf8_validate (clean, -1, NULL));
  g_assert_cmpuint (strlen (clean), <=, USHER_TEXT_SHOWN_BYTES);
  g_assert_true (g_utf8_validate (line, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (line, -1), <=, 40);
  usher_text_needs_char_wrap (clean);
  for (guint i = 0; links[i] != NULL; i++)
    g_assert_true (g_str_has_prefix (links[i], "http://") ||
                   g_str_has_prefix (links[i], "https://"));
  g_assert_cmpuint (attributes->len, <=, USHER_ATTRIBUTES_MAX);
  for (guint i = 0; i < attributes->len; i++) {
    const UsherAttribute *attribute = g_ptr_array_index (attributes, i);

    g_assert_true (g_utf8_validate (attribute->name, -1, NULL));
    g_assert_true (g_utf8_validate (attribute->value, -1, NULL));
  }
  if (usher_image_probe (bytes, &info, NULL))
    g_assert_cmpuint ((guint64) info.width * info.height, <=, USHER_IMAGE_MAX_PIXELS);
  return 0;
}
