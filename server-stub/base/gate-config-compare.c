/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "gate-config-private.h"

#include <string.h>

static gboolean
is_same_queue (const GateConfigQueue *a,
               const GateConfigQueue *b)
{
  return g_strcmp0 (a->name, b->name) == 0 && g_strcmp0 (a->title, b->title) == 0 &&
         a->priority == b->priority &&
         g_strv_equal ((const char *const *) a->agents, (const char *const *) b->agents) &&
         g_strv_equal ((const char *const *) a->codes, (const char *const *) b->codes);
}

static gboolean
are_same_queues (const GPtrArray *a,
                 const GPtrArray *b)
{
  gboolean is_same = a->len == b->len;

  for (guint i = 0; is_same && i < a->len; i++)
    is_same = is_same_queue (g_ptr_array_index (a, i), g_ptr_array_index (b, i));
  return is_same;
}

char **
gate_config_dup_restart_keys (const GateConfig *before,
                              const GateConfig *after)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_null_terminated (0, g_free, TRUE);

  for (guint i = 0; i < gate_config_n_keys; i++)
    if (gate_config_keys[i].reload == GATE_RELOAD_RESTART &&
        strcmp (before->values[i].text, after->values[i].text) != 0)
      g_ptr_array_add (keys, g_strdup (gate_config_keys[i].path));
  if (!are_same_queues (before->queues, after->queues))
    g_ptr_array_add (keys, g_strdup ("queues"));
  return (char **) g_ptr_array_free (g_steal_pointer (&keys), FALSE);
}
