/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-macro.h"

G_BEGIN_DECLS

/**
 * UsherMacroList:
 *
 * A GListModel of UsherMacro, kept in the setting `macros`: what is changed here is kept at once, what another window changes appears.
 */
#define USHER_TYPE_MACRO_LIST (usher_macro_list_get_type ())
G_DECLARE_FINAL_TYPE (UsherMacroList, usher_macro_list, USHER, MACRO_LIST, GObject)

UsherMacroList *usher_macro_list_new (GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

/** usher_macro_list_add: at the end; one that was removed may come again */
void usher_macro_list_add (UsherMacroList *self,
                           UsherMacro     *macro);
void usher_macro_list_remove (UsherMacroList *self,
                              UsherMacro     *macro);

/** usher_macro_list_get: (transfer none) (nullable) */
UsherMacro *usher_macro_list_get (UsherMacroList *self,
                                  const char     *id);

/** usher_macro_list_find: (transfer full) (element-type UsherMacro): those whose name fits @typed, best first */
GPtrArray *
usher_macro_list_find (UsherMacroList *self, const char *typed) G_GNUC_WARN_UNUSED_RESULT;

/** usher_macro_list_find_key: (transfer none) (nullable): the macro that has @accel */
UsherMacro *usher_macro_list_find_key (UsherMacroList *self,
                                       const char     *accel);

/** usher_macro_list_apply_keys: gives the macros their keys. What is a command's stays the command's: a later version, or a reset, may have taken it. */
void usher_macro_list_apply_keys (UsherMacroList *self,
                                  GtkApplication *application);

G_END_DECLS
