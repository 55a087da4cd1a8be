/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** UsherCanned: a canned reply of one's own: `shortcut` `title` `text` (see usher-canned-text.h) `folder` (strings, writable) `uses` (guint) */
#define USHER_TYPE_CANNED (usher_canned_get_type ())
G_DECLARE_FINAL_TYPE (UsherCanned, usher_canned, USHER, CANNED, GObject)

const char *usher_canned_get_shortcut (UsherCanned *self);
const char *usher_canned_get_title (UsherCanned *self);
const char *usher_canned_get_text (UsherCanned *self);
const char *usher_canned_get_folder (UsherCanned *self);
guint usher_canned_get_uses (UsherCanned *self);

/**
 * UsherCannedList:
 *
 * A GListModel of UsherCanned, kept in the setting `canned-replies`: what is changed here is kept at once, what another window
 * changes appears.
 */
#define USHER_TYPE_CANNED_LIST (usher_canned_list_get_type ())
G_DECLARE_FINAL_TYPE (UsherCannedList, usher_canned_list, USHER, CANNED_LIST, GObject)

UsherCannedList *usher_canned_list_new (GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

/** usher_canned_list_add: (transfer none): a new one, at the end */
UsherCanned *usher_canned_list_add (UsherCannedList *self,
                                    const char      *shortcut,
                                    const char      *title,
                                    const char      *text,
                                    const char      *folder);
void usher_canned_list_remove (UsherCannedList *self,
                               UsherCanned     *canned);

/** usher_canned_list_count_use: it was inserted once more. */
void usher_canned_list_count_use (UsherCannedList *self,
                                  UsherCanned     *canned);

/** usher_canned_list_find: (transfer full) (element-type UsherCanned): those that fit @typed, best first: by shortcut, by title, by text; among equals the most used */
GPtrArray *
usher_canned_list_find (UsherCannedList *self, const char *typed) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
