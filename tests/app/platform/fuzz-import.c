/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of somebody else's settings: it is taken or refused, and what was taken can be written and is not taken twice. */
#include "config.h"

#include <string.h>

#include "usher-settings.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  static GSettings *settings;
  g_autofree char *text = NULL;
  guint n_added;

  if (settings == NULL)
    settings = usher_settings_new (NULL);
  usher_settings_forget (settings);
  if (!usher_settings_take_lists (settings, (const char *) data, n_bytes, &n_added, NULL))
    return 0;
  text = usher_settings_to_json (settings);
  g_assert_true (usher_settings_take_lists (settings, text, strlen (text), &n_added, NULL));
  g_assert_cmpuint (n_added, ==, 0);
  return 0;
}
