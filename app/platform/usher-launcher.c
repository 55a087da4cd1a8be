/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-launcher.h"

#define PATH "/io/github/usher_desk/Usher"
#define URI  "application://io.github.usher_desk.Usher.desktop"

void
usher_launcher_set_count (GDBusConnection *bus,
                          guint            count,
                          gboolean         is_urgent)
{
  g_auto (GVariantBuilder) values = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (bus == NULL)
    return;
  g_variant_builder_add (&values, "{sv}", "count", g_variant_new_int64 (count));
  g_variant_builder_add (&values, "{sv}", "count-visible", g_variant_new_boolean (count > 0));
  g_variant_builder_add (&values, "{sv}", "urgent", g_variant_new_boolean (is_urgent));
  g_dbus_connection_emit_signal (bus, NULL, PATH, "com.canonical.Unity.LauncherEntry", "Update",
                                 g_variant_new ("(sa{sv})", URI, &values), NULL);
}
