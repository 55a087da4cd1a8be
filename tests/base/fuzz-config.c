/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server.yaml from bytes. Whatever they are: errors name the file, and what is loaded can be printed. */
#include "gate-config.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static GateConfig *config; /* one for all: a later file goes over an earlier one anyway */
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *printed = NULL;

  /* "${file:…}" would read whatever path comes up. */
  if (memmem (data, size, "${", 2) != NULL)
    return 0;
  if (config == NULL)
    config = gate_config_new ();
  gate_config_load_text (config, "f", (const char *) data, size, errors);
  for (guint i = 0; i < errors->len; i++)
    g_assert_true (g_str_has_prefix (g_ptr_array_index (errors, i), "f:"));
  if (errors->len == 0)
    printed = gate_config_print (config);
  return 0;
}
