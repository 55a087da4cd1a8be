/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * WireUtf8:
 *
 * Where an incremental validator stands: which continuation bytes are due. %WIRE_UTF8_START between two
 * characters. Text is invalid as soon as a byte cannot continue it, not only at its end.
 *
 * Source: RFC 3629 section 4 (no surrogates, nothing above U+10FFFF, no overlong forms).
 */
typedef guint8 WireUtf8;

#define WIRE_UTF8_START 0

/** wire_utf8_feed: %FALSE when @data cannot continue what was fed before; @self is then useless. */
gboolean wire_utf8_feed (WireUtf8     *self,
                         const guint8 *data,
                         gsize         n_bytes);

/** wire_utf8_is_valid: whether @data is complete, valid UTF-8; NUL counts as a character. */
gboolean wire_utf8_is_valid (const void *data,
                             gsize       n_bytes);

/** wire_utf8_count: number of characters (code points) of valid UTF-8. */
gsize wire_utf8_count (const void *data,
                       gsize       n_bytes);

G_END_DECLS
