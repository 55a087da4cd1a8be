/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** UsherCommand: one command of the window: its action and its keys. All of them stand in one table. */
typedef struct {
  const char *action;    /* detailed: with its target, if it has one */
  const char *accels[3]; /* NULL-terminated; usher_keys_dup() knows those of today */
  const char *
    title; /* (nullable): as in the shortcuts window, msgid of context "shortcuts"; %NULL: not offered by name */
  gboolean
    is_last_resort; /* only where nobody nearer to the focus wants the key (Esc closes a menu first) */
} UsherCommand;

/** usher_actions_get_commands: (array length=ret_n) */
const UsherCommand *usher_actions_get_commands (guint *ret_n);

/** usher_actions_get_title: translated; of a command that is offered by name */
const char *usher_actions_get_title (const char *action);

G_END_DECLS
