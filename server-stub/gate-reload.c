/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "gate-node"

#include "config.h"

#include "gate-reload.h"

#include "gate-node-config.h"

static gboolean
has_errors (GPtrArray  *errors,
            GError    **error)
{
  g_autofree char *all = NULL;

  if (errors->len == 0)
    return FALSE;
  g_ptr_array_add (errors, NULL);
  all = g_strjoinv ("; ", (char **) errors->pdata);
  g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, all);
  return TRUE;
}

static gboolean
needs_restart (const GateConfig  *before,
               const GateConfig  *after,
               GError           **error)
{
  g_auto (GStrv) keys = gate_config_dup_restart_keys (before, after);
  g_autofree char *all = g_strjoinv (", ", keys);

  if (keys[0] == NULL)
    return FALSE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
               "only a restart can change %s; restart, or take it back and reload", all);
  return TRUE;
}

GateConfig *
gate_reload_try (GateConfigLoader   load,
                 gpointer           user_data,
                 const GateConfig  *before,
                 GateNodeTls       *tls,
                 GError           **error)
{
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GateConfig) after = load (user_data, errors);

  /* The certificate last: it is the only step that changes something. */
  if (has_errors (errors, error) || needs_restart (before, after, error) ||
      !gate_node_config_check (after, error) || !gate_node_tls_load (tls, after, error))
    return NULL;
  return g_steal_pointer (&after);
}
