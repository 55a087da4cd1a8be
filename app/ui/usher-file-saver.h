/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherFileSaver:
 *
 * Asks where a line's file goes, fetches and writes it. One at a time is asked about.
 *
 * Signals: `said` (const char *: a sentence for the agent: where it is now, or why it is not).
 */
#define USHER_TYPE_FILE_SAVER (usher_file_saver_get_type ())
G_DECLARE_FINAL_TYPE (UsherFileSaver, usher_file_saver, USHER, FILE_SAVER, GObject)

UsherFileSaver *usher_file_saver_new (void) G_GNUC_WARN_UNUSED_RESULT;

/** usher_file_saver_ask: @widget: whose window the question belongs to */
void usher_file_saver_ask (UsherFileSaver *self,
                           GtkWidget      *widget,
                           UsherSession   *session,
                           UsherMessage   *message);
void usher_file_saver_save (UsherFileSaver *self,
                            UsherSession   *session,
                            UsherMessage   *message,
                            GFile          *to);

G_END_DECLS
