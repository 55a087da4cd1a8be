/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Small files of each kind, made byte by byte, with everything in them that must not be stored. */

#define MEDIA_SECRET_TEXT \
  "GPS-31.2304N-121.4737E" /* stands in each part that tells about the picture */

GByteArray *media_jpeg (
  guint orientation); /* JFIF, EXIF, XMP, IPTC, a comment, a profile, and a zip behind its end */
GByteArray *media_png (guint32 width,
                       guint32 height,
                       guint   orientation);
GByteArray *media_gif (guint n_frames);
GByteArray *media_webp (guint orientation);

/** media_webp_animation: each of its @n_frames holds one chunk @name; where that is %NULL it ends in its own head. */
GByteArray *media_webp_animation (guint       n_frames,
                                  const char *name);
GByteArray *media_text (void);

/** media_voice: a voice note of silence. */
GByteArray *media_voice (guint32 n_samples);

/** media_upload_url: a ticket as the core writes it, good for ten minutes. */
char *media_upload_url (const char *id,
                        const char *mime,
                        guint64     size);

/** media_contains: whether @text stands anywhere in @bytes. */
gboolean media_contains (const guint8 *bytes,
                         gsize         n_bytes,
                         const char   *text);

G_END_DECLS
