/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "usher-macro-list.h"
#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherPalette:
 *
 * One field that goes anywhere: chats, colleagues, commands and macros with their keys, and what was said. Typing finds, arrows choose, Enter does
 * it, Escape leaves everything as it was. It is no dialog that must be answered: it closes when the window behind it is used.
 *
 * Signals:
 *   chosen-conversation (UsherConversation *)
 *   chosen-command (const char *detailed action)
 *   chosen-line (UsherHit *)
 */
#define USHER_TYPE_PALETTE (usher_palette_get_type ())
G_DECLARE_FINAL_TYPE (UsherPalette, usher_palette, USHER, PALETTE, AdwWindow)

typedef enum {
  USHER_PALETTE_ALL,
  USHER_PALETTE_LINES, /* only what was said: the search */
} UsherPaletteScope;

GtkWidget *usher_palette_new (GtkWindow         *parent,
                              UsherSession      *session,
                              UsherMacroList    *macros,
                              UsherPaletteScope  scope);

/** usher_palette_set_text: as if it had been typed. */
void usher_palette_set_text (UsherPalette *self,
                             const char   *text);

G_END_DECLS
