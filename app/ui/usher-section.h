/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-types.h"

G_BEGIN_DECLS

typedef enum {
  USHER_SECTION_OFFERED,
  USHER_SECTION_MINE,
  USHER_SECTION_QUEUE,
  USHER_SECTION_BOT,
  USHER_SECTION_SNOOZED,
  USHER_SECTION_WATCHING,
  USHER_SECTION_CLOSED,
  USHER_N_SECTIONS,
} UsherSectionKind;

/**
 * UsherSection:
 *
 * One section of the left list: the session's conversations of one kind, sorted by who waits longest, under a heading that folds.
 * Empty and unfolded it says so in one row (a #GtkStringObject). Properties: `title`, `n-items` (of all, folded or not), `is-expanded`.
 *
 * The order follows changes only when usher_section_sort() is called, so that no row moves under the pointer.
 */
#define USHER_TYPE_SECTION (usher_section_get_type ())
G_DECLARE_FINAL_TYPE (UsherSection, usher_section, USHER, SECTION, GObject)

UsherSection *usher_section_new (UsherSectionKind kind) G_GNUC_WARN_UNUSED_RESULT;
UsherSectionKind usher_section_get_kind (UsherSection *self);
const char *usher_section_get_title (UsherSection *self);

/** usher_section_get_name: never translated; what the settings call it. */
const char *usher_section_get_name (UsherSection *self);
guint usher_section_get_n_items (UsherSection *self);
gboolean usher_section_get_is_expanded (UsherSection *self);
void usher_section_set_is_expanded (UsherSection *self,
                                    gboolean      is_expanded);

/** usher_section_set_source: @model: (nullable): of #UsherConversation, not sorted */
void usher_section_set_source (UsherSection *self,
                               GListModel   *model);

/** usher_section_set_filter: @filter: (nullable): only conversations that match have rows and are counted; %NULL: all */
void usher_section_set_filter (UsherSection *self,
                               GtkFilter    *filter);

/** usher_section_get_sorted: (transfer none): all conversations in order, whatever the filter. */
GListModel *usher_section_get_sorted (UsherSection *self);

/** usher_section_get_rows: (transfer none): the heading (this object), then the conversations unless folded. */
GListModel *usher_section_get_rows (UsherSection *self);

/** usher_section_sort: if something has changed since the last time. */
void usher_section_sort (UsherSection *self);

G_END_DECLS
