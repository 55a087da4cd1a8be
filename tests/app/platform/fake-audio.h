/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A microphone and a speaker that are the test: neither moves before it is told to. */

void fake_audio_install (void);

/** fake_audio_remove: from now on as in a build without sound. */
void fake_audio_remove (void);

/** fake_audio_let: so many milliseconds more are said into the microphone, or heard from the speaker, at @level of full. */
void fake_audio_let (guint  ms,
                     double level);

/** fake_audio_fail: the next that is opened, or that goes on, fails. */
void fake_audio_fail (const char *problem);

/** fake_audio_wait_open: waits until @n streams are open. */
void fake_audio_wait_open (guint n);

/** fake_audio_count_written: bytes of samples the speaker has got since the beginning. */
guint fake_audio_count_written (void);

G_END_DECLS
