/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "ui-test.h"

#if defined(__has_feature)
#  if __has_feature(address_sanitizer)
#    define HAS_LEAK_CHECK 1
#  endif
#endif

#ifdef HAS_LEAK_CHECK
#  include <link.h>
#  include <sanitizer/allocator_interface.h>
#  include <sanitizer/lsan_interface.h>

/* GLib keeps the names of its quarks in blocks of 2048, and on purpose leaks the old array when one more is needed, so that lookups need
 * no lock. A whole console has more than 2048 by now. The array has no name on its stack by which it could be suppressed. */
#  define QUARK_ARRAY_BYTES (2048 * sizeof (char *))

static void
ignore_quarks_in (const void *const *words,
                  gsize              n_words)
{
  for (gsize i = 0; i < n_words; i++) {
    if (__sanitizer_get_ownership (words[i]) &&
        __sanitizer_get_allocated_size (words[i]) == QUARK_ARRAY_BYTES)
      __lsan_ignore_object (words[i]);
  }
}

static int
ignore_quarks (struct dl_phdr_info *info,
               size_t               n_bytes,
               void                *user_data)
{
  for (int i = 0; strstr (info->dlpi_name, "libglib-2.0") != NULL && i < info->dlpi_phnum; i++) {
    const ElfW (Phdr) *segment = &info->dlpi_phdr[i];

    if (segment->p_type == PT_LOAD && (segment->p_flags & PF_W) != 0)
      ignore_quarks_in ((const void *const *) (((info->dlpi_addr + segment->p_vaddr) + 7) &
                                               ~(ElfW (Addr)) 7),
                        (segment->p_memsz - 8) / sizeof (void *));
  }
  return 0;
}
#endif

void
ui_test_init (int    *argc,
              char ***argv)
{
  g_autoptr (GtkCssProvider) style = NULL;

#ifdef HAS_LEAK_CHECK
  dl_iterate_phdr (ignore_quarks, NULL);
#endif
  gtk_test_init (argc, argv, NULL);
  adw_init ();
  style = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (style, "/io/github/usher_desk/Usher/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/io/github/usher_desk/Usher/icons");
  /* No animation: what a test waits for is there at once. */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
}

void
ui_test_settle (void)
{
  for (guint i = 0; i < 400 && g_main_context_iteration (NULL, FALSE); i++)
    continue;
}

static const char *
get_text (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return gtk_label_get_text (GTK_LABEL (widget));
  if (GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)) != NULL)
    return gtk_button_get_label (GTK_BUTTON (widget));
  if (ADW_IS_PREFERENCES_ROW (widget))
    return adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget));
  return gtk_widget_get_tooltip_text (widget);
}

GtkWidget *
ui_test_find (GtkWidget  *root,
              GType       type,
              const char *text)
{
  if (!gtk_widget_get_visible (root))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (root), type) &&
      (text == NULL || g_strcmp0 (get_text (root), text) == 0))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = ui_test_find (child, type, text);

    if (found != NULL)
      return found;
  }
  return NULL;
}

gboolean
ui_test_press (GtkWidget       *widget,
               guint            keyval,
               GdkModifierType  state)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  gboolean is_taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers) && !is_taken; i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_EVENT_CONTROLLER_KEY (controller) &&
        gtk_event_controller_get_propagation_phase (controller) == GTK_PHASE_CAPTURE)
      g_signal_emit_by_name (controller, "key-pressed", keyval, 0, state, &is_taken);
  }
  return is_taken;
}
