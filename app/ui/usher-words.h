/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Which runs of letters in a text are words that a dictionary may be asked about. Not: Chinese, Japanese, Korean and other scripts without spaces;
 * addresses of pages and people, names of files, “@Li”, “/shortcut” at the beginning of a line; numbers, and letters that touch a digit or an underscore.
 */

/** UsherWord: a place in a text, in bytes. */
typedef struct {
  gsize begin;
  gsize n_bytes;
} UsherWord;

/** usher_words_is_border: whether @c stands between two pieces of text that can be looked at one without the other: a space, or a character of a script without spaces. */
gboolean usher_words_is_border (gunichar c);

/**
 * usher_words_next:
 * @text: one line or a part of it that begins and ends at borders; @is_line_start: it begins a line
 * @at: (inout): where to go on, in bytes; 0 at first
 *
 * Returns: %FALSE: there is none any more
 */
gboolean
usher_words_next (const char *text, gboolean is_line_start, gsize *at, UsherWord *ret_word);

G_END_DECLS
