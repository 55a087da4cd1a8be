/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * usher_thumbnails_make:
 * @mime: as the header says
 * @ret_width: @ret_height: of what is returned, at most the area of the box
 *
 * Has one picture decoded to fit into the box, by a process of its own that can do nothing else. Whatever becomes of that process is an
 * error here and no more. Blocks, ten seconds at the longest: for a thread.
 *
 * Returns: (transfer full): red, green, blue, alpha, a byte each, rows without gaps
 */
GBytes *usher_thumbnails_make (GBytes      *bytes,
                               const char  *mime,
                               int          box_width,
                               int          box_height,
                               int         *ret_width,
                               int         *ret_height,
                               GError     **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
