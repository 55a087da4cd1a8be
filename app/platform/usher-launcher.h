/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * usher_launcher_set_count:
 * @bus: (nullable): the session bus
 *
 * The count beside the program's icon, where the desktop's dock listens (KDE, Ubuntu, Dash to Dock: `com.canonical.Unity.LauncherEntry`). Others
 * do not hear it; the title of the window says the same.
 */
void usher_launcher_set_count (GDBusConnection *bus,
                               guint            count,
                               gboolean         is_urgent);

G_END_DECLS
