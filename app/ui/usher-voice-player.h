/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherVoicePlayer:
 *
 * Voice messages of a transcript, one of which may be heard. Wherever one starts, what another window plays stops.
 *
 * Signals:
 *   changed (UsherMessage *): the line began to be heard, goes on, or ended
 *   said (const char *): a sentence for the agent: why it is not heard
 */
#define USHER_TYPE_VOICE_PLAYER (usher_voice_player_get_type ())
G_DECLARE_FINAL_TYPE (UsherVoicePlayer, usher_voice_player, USHER, VOICE_PLAYER, GObject)

UsherVoicePlayer *usher_voice_player_new (void) G_GNUC_WARN_UNUSED_RESULT;

/** usher_voice_player_toggle: it is fetched and heard; or, when it is heard already, no longer. */
void
usher_voice_player_toggle (UsherVoicePlayer *self, UsherSession *session, UsherMessage *message);
void usher_voice_player_stop (UsherVoicePlayer *self);

/** usher_voice_player_get_message: (transfer none) (nullable): which is heard, or on its way here to be. */
UsherMessage *usher_voice_player_get_message (UsherVoicePlayer *self);

/** usher_voice_player_get_heard_ms: how much of it. */
guint usher_voice_player_get_heard_ms (UsherVoicePlayer *self);

G_END_DECLS
