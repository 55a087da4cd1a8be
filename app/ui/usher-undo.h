/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/** usher_undo_new: (transfer full): for the signals `undoable`: calls @func with @data, which @destroy frees. */
static inline GClosure *
usher_undo_new (GCallback      func,
                gpointer       data,
                GClosureNotify destroy)
{
  GClosure *closure = g_cclosure_new_swap (func, data, destroy);

  g_closure_ref (closure);
  g_closure_sink (closure);
  g_closure_set_marshal (closure, g_cclosure_marshal_VOID__VOID);
  return closure;
}

G_END_DECLS
