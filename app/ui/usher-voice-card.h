/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-message.h"

G_BEGIN_DECLS

/**
 * UsherVoiceCard:
 *
 * A voice message: a button that plays it or stops (the action `line.play` of the row), how much of it was heard, how long it lasts, and a
 * button that saves it (`line.save`).
 */
#define USHER_TYPE_VOICE_CARD (usher_voice_card_get_type ())
G_DECLARE_FINAL_TYPE (UsherVoiceCard, usher_voice_card, USHER, VOICE_CARD, GtkWidget)

GtkWidget *usher_voice_card_new (void);
void usher_voice_card_set_message (UsherVoiceCard *self,
                                   UsherMessage   *message);

/** usher_voice_card_set_heard: whether it is heard now, and how far that is. */
void usher_voice_card_set_heard (UsherVoiceCard *self,
                                 gboolean        is_playing,
                                 guint           heard_ms);

/** usher_voice_format_clock: (transfer full): such as “1:07” */
char *usher_voice_format_clock (guint ms);

G_END_DECLS
