/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * UsherRecorder:
 *
 * A voice message that is being recorded: how long it is, whether the microphone hears anything, Send, and a way (Esc too) to throw it
 * away. Hidden while nothing is.
 *
 * Signals: `finished` (GBytes *, nullable): it is to be sent, or not; `problem` (const char *: a sentence for the agent: why no more is heard).
 */
#define USHER_TYPE_RECORDER (usher_recorder_get_type ())
G_DECLARE_FINAL_TYPE (UsherRecorder, usher_recorder, USHER, RECORDER, GtkWidget)

/** usher_recorder_start: the microphone is on from now; what was recorded before is gone. */
void usher_recorder_start (UsherRecorder *self);

/** usher_recorder_finish: (transfer full) (nullable): what was said until now; the signal is not emitted. */
GBytes *usher_recorder_finish (UsherRecorder *self);

/** usher_recorder_get_is_recording: until it is sent or thrown away, also when no more is heard. */
gboolean usher_recorder_get_is_recording (UsherRecorder *self);

G_END_DECLS
