/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Our own short sounds, through the desktop's event sounds (GSound). They never hold anybody up: the sound server is asked on a thread.
 * A build without GSound is silent, and says so when asked.
 */

/** usher_sound_play_async: @name: of a file in the sounds' folder, such as "notice". */
void usher_sound_play_async (const char          *name,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data);

/** usher_sound_play_finish: %TRUE: the sound server has taken it. */
gboolean usher_sound_play_finish (GAsyncResult  *result,
                                  GError       **error);

/** usher_sound_play: the same for those who need not know. */
void usher_sound_play (const char *name);

G_END_DECLS
