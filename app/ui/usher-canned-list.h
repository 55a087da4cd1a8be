/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-canned.h"

G_BEGIN_DECLS

/**
 * UsherCannedList:
 *
 * A GListModel of UsherCanned: one's own, then the team's. One's own are kept in the setting `canned-replies`: what is changed here is kept at once, what another
 * window changes appears. How often the team's were used here is kept in `team-canned-uses`.
 */
#define USHER_TYPE_CANNED_LIST (usher_canned_list_get_type ())
G_DECLARE_FINAL_TYPE (UsherCannedList, usher_canned_list, USHER, CANNED_LIST, GObject)

UsherCannedList *usher_canned_list_new (GSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

/** usher_canned_list_set_team: @team: (nullable): GListModel of UsherCanned that are not one's own */
void usher_canned_list_set_team (UsherCannedList *self,
                                 GListModel      *team);

/** usher_canned_list_get_n_own: they stand first. */
guint usher_canned_list_get_n_own (UsherCannedList *self);

/** usher_canned_list_add: (transfer none): a new one of one's own, behind the others */
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

/**
 * usher_canned_list_find:
 * @queue: (nullable): of the conversation: replies for others are left out
 *
 * One's own stand for the team's of the same shortcut.
 *
 * Returns: (transfer full) (element-type UsherCanned): those that fit @typed, best first: by shortcut, by title, by text; among equals the most used
 */
GPtrArray *usher_canned_list_find (UsherCannedList *self,
                                   const char      *typed,
                                   const char      *queue) G_GNUC_WARN_UNUSED_RESULT;

/** usher_canned_list_dup_place: (transfer full): where @canned is, for people: its folder, “Team” or both; "" for neither */
char *usher_canned_list_dup_place (UsherCanned *canned) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
