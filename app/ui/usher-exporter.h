/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "usher-session.h"

G_BEGIN_DECLS

/**
 * UsherExporter:
 *
 * What the agent takes along, while it is being written and after. It belongs to the session and not to a window: preferences may be closed
 * meanwhile.
 *
 * Properties (read-only, notify): is-busy (gboolean) · fraction (gdouble) · outcome (nullable; a sentence about the last one)
 */
#define USHER_TYPE_EXPORTER (usher_exporter_get_type ())
G_DECLARE_FINAL_TYPE (UsherExporter, usher_exporter, USHER, EXPORTER, GObject)

/** usher_exporter_of: (transfer none): that of @session, made at the first call. */
UsherExporter *usher_exporter_of (UsherSession *session);

/** usher_exporter_start: into a new folder in @folder, @settings along. */
void usher_exporter_start (UsherExporter *self,
                           GSettings     *settings,
                           const char    *folder);
void usher_exporter_cancel (UsherExporter *self);

G_END_DECLS
