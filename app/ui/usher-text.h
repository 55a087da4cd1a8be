/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What strangers wrote, made fit to be shown (SECURITY 2.14 of the design: never markup, no direction overrides, a bound on layout
 * cost). Everything a peer can choose goes through here before a label sees it: lines, names, page titles, attributes.
 */

/** Shown of one line before “more” is pressed; and the most that is ever shown. */
#define USHER_TEXT_SHOWN_BYTES 4096
#define USHER_TEXT_MAX_BYTES   65536

/**
 * usher_text_sanitize:
 * @text: (nullable): UTF-8, or what claims to be
 * @max_bytes: the result is cut at a character before this
 * @ret_is_cut: (out) (optional): whether it was cut
 *
 * Drops control characters but line feed and tab, and the direction overrides U+202A–E and U+2066–9.
 *
 * Returns: (transfer full): valid UTF-8
 */
char *usher_text_sanitize (const char *text,
                           gsize       max_bytes,
                           gboolean   *ret_is_cut) G_GNUC_WARN_UNUSED_RESULT;

/** usher_text_to_line: one line of at most @max_chars characters, line breaks shown as spaces, for rows and titles. */
char *usher_text_to_line (const char *text,
                          guint       max_chars) G_GNUC_WARN_UNUSED_RESULT;

/**
 * usher_text_needs_char_wrap:
 *
 * Pango looks for word boundaries in time quadratic in the length of a word (4 KiB of “x” in a label: 780 ms, against 26 ms when it may
 * break anywhere). Returns: whether @text has a word so long that it must be wrapped by characters.
 */
gboolean usher_text_needs_char_wrap (const char *text);

/** usher_text_find_links: (transfer full): up to @max_links http and https addresses in @text, as written. */
char **usher_text_find_links (const char *text,
                              guint       max_links) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
