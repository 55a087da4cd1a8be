/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-macro.h"
#include "usher-types.h"

G_BEGIN_DECLS

typedef enum {
  USHER_ENTRY_CONVERSATION,
  USHER_ENTRY_COMMAND,
  USHER_ENTRY_COLLEAGUE, /* what somebody wrote */
  USHER_ENTRY_SEARCH,    /* the text, in everything that was said */
  USHER_ENTRY_LINE,
} UsherEntryKind;

/**
 * UsherPaletteEntry: one row of the palette. `title`, `subtitle` and `aside` (a key, a date, a kind) are ready to be shown; `object` is what it
 * stands for; `command` the detailed action of a command, or the text to search for.
 */
#define USHER_TYPE_PALETTE_ENTRY (usher_palette_entry_get_type ())
G_DECLARE_FINAL_TYPE (UsherPaletteEntry, usher_palette_entry, USHER, PALETTE_ENTRY, GObject)

UsherPaletteEntry *
usher_palette_entry_for_conversation (UsherConversation *conversation) G_GNUC_WARN_UNUSED_RESULT;
UsherPaletteEntry *
usher_palette_entry_for_colleague (UsherColleague *colleague) G_GNUC_WARN_UNUSED_RESULT;
UsherPaletteEntry *usher_palette_entry_for_hit (UsherHit *hit) G_GNUC_WARN_UNUSED_RESULT;

UsherPaletteEntry *
usher_palette_entry_for_command (const char *title, const char *action) G_GNUC_WARN_UNUSED_RESULT;
UsherPaletteEntry *
usher_palette_entry_for_macro (UsherMacro *macro, UsherSession *session) G_GNUC_WARN_UNUSED_RESULT;
UsherPaletteEntry *usher_palette_entry_for_search (const char *text) G_GNUC_WARN_UNUSED_RESULT;

UsherEntryKind usher_palette_entry_get_kind (UsherPaletteEntry *self);
const char *usher_palette_entry_get_title (UsherPaletteEntry *self);
const char *usher_palette_entry_get_subtitle (UsherPaletteEntry *self);
const char *usher_palette_entry_get_aside (UsherPaletteEntry *self);
const char *usher_palette_entry_get_icon_name (UsherPaletteEntry *self);
const char *usher_palette_entry_get_command (UsherPaletteEntry *self);

/** usher_palette_entry_get_object: (transfer none) (nullable) */
gpointer usher_palette_entry_get_object (UsherPaletteEntry *self);

/** usher_palette_entry_dup_subtitle_attributes: (transfer full) (nullable): what was looked for stands out. */
PangoAttrList *usher_palette_entry_dup_subtitle_attributes (UsherPaletteEntry *self);

/**
 * usher_palette_match:
 * @folded_needle: g_utf8_casefold()ed
 *
 * How well @text fits: 0 not at all; the letters of the needle stand in it in order, better together, best at the beginning of a word.
 */
guint usher_palette_match (const char *text,
                           const char *folded_needle);

G_END_DECLS
