/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-types.h"

G_BEGIN_DECLS

/** UsherCanned: a reply to be inserted by its shortcut: one's own, or the team's. `text`: see `app/ui/usher-canned-text.h`. */
#define USHER_TYPE_CANNED (usher_canned_get_type ())
G_DECLARE_FINAL_TYPE (UsherCanned, usher_canned, USHER, CANNED, GObject)

UsherCanned *usher_canned_new (void) G_GNUC_WARN_UNUSED_RESULT;

const char *usher_canned_get_shortcut (UsherCanned *self);
void usher_canned_set_shortcut (UsherCanned *self,
                                const char  *value);
const char *usher_canned_get_title (UsherCanned *self);
void usher_canned_set_title (UsherCanned *self,
                             const char  *value);
const char *usher_canned_get_text (UsherCanned *self);
void usher_canned_set_text (UsherCanned *self,
                            const char  *value);
const char *usher_canned_get_folder (UsherCanned *self);
void usher_canned_set_folder (UsherCanned *self,
                              const char  *value);

/** usher_canned_get_queues: (nullable): for conversations of these alone; %NULL or empty: of all */
const char *const *usher_canned_get_queues (UsherCanned *self);
void usher_canned_set_queues (UsherCanned       *self,
                              const char *const *value);
guint usher_canned_get_uses (UsherCanned *self);
void usher_canned_set_uses (UsherCanned *self,
                            guint        value);
gboolean usher_canned_get_is_team (UsherCanned *self);
void usher_canned_set_is_team (UsherCanned *self,
                               gboolean     value);

G_END_DECLS
