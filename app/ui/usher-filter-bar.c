/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-filter-bar.h"

#include <glib/gi18n.h>

#include "usher-closures.h"
#include "usher-list-filter.h"
#include "usher-queue.h"
#include "usher-text.h"
#include "usher-widget.h"

#define LABEL_CHARS 40
#define MOST_LABELS 20
#define N_CHANNELS  11

struct _UsherFilterBar {
  GtkWidget parent_instance;

  GtkSearchBar *bar;
  GtkEditable *entry;
  GtkMenuButton *button;

  GSettings *settings;
  UsherSession *session;
  char *query;
};

enum {
  PROP_0,
  PROP_QUERY,
  N_PROPS,
};

static GParamSpec *pspecs[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherFilterBar, usher_filter_bar, GTK_TYPE_WIDGET)

static void
take_query (UsherFilterBar *self,
            const char     *query)
{
  if (g_str_equal (self->query, query))
    return;
  g_free (self->query);
  self->query = g_strdup (query);
  g_object_notify_by_pspec (G_OBJECT (self), pspecs[PROP_QUERY]);
}

/* --- Views that were saved ------------------------------------------------------------------------------------------ */

/* Queries in the order in which they were saved: what a view is called is what it shows. */
static GPtrArray *
dup_views (UsherFilterBar *self)
{
  GPtrArray *views = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) saved =
    self->settings == NULL ? NULL : g_settings_get_strv (self->settings, "views");

  for (guint i = 0; saved != NULL && saved[i] != NULL; i++)
    g_ptr_array_add (views, g_strdup (saved[i]));
  return views;
}

static void
toggle_view (UsherFilterBar *self)
{
  g_autoptr (GPtrArray) views = dup_views (self);
  guint index;

  if (g_ptr_array_find_with_equal_func (views, self->query, g_str_equal, &index))
    g_ptr_array_remove_index (views, index);
  else
    g_ptr_array_add (views, g_strdup (self->query));
  g_ptr_array_add (views, NULL);
  g_settings_set_strv (self->settings, "views", (const char *const *) views->pdata);
}

static void
save_view (GtkWidget  *widget,
           const char *name,
           GVariant   *target)
{
  UsherFilterBar *self = USHER_FILTER_BAR (widget);

  if (self->settings != NULL && *self->query != '\0')
    toggle_view (self);
}

/* --- The menu ----------------------------------------------------------------------------------------------------------- */

static void
append (GMenu      *menu,
        const char *label,
        const char *action,
        const char *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (NULL, NULL);
  g_autofree char *text = usher_text_to_line (label, LABEL_CHARS);
  g_auto (GStrv) parts = g_strsplit (text, "_", 0);
  g_autofree char *shown = g_strjoinv ("__", parts); /* not a mnemonic */

  g_menu_item_set_label (item, shown);
  g_menu_item_set_action_and_target (item, action, "s", target);
  g_menu_append_item (menu, item);
}

/* A term that is on is marked. */
static void
append_term (UsherFilterBar *self,
             GMenu          *menu,
             const char     *label,
             const char     *term)
{
  gboolean is_on = usher_list_filter_has_term (self->query, term);
  g_autofree char *marked = g_strdup_printf ("✓ %s", label);

  append (menu, is_on ? marked : label, "filter.toggle", term);
}

static GMenu *
queues_menu (UsherFilterBar *self)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GListModel) queues = NULL;

  if (self->session != NULL)
    g_object_get (self->session, "queues", &queues, NULL);
  for (guint i = 0; queues != NULL && i < g_list_model_get_n_items (queues); i++) {
    g_autoptr (UsherQueue) queue = g_list_model_get_item (queues, i);
    g_autofree char *term = usher_list_filter_term ("queue", usher_queue_get_name (queue));

    append_term (self, menu, usher_queue_get_title (queue), term);
  }
  return menu;
}

static GMenu *
channels_menu (UsherFilterBar *self)
{
  GMenu *menu = g_menu_new ();

  for (guint channel = 1; channel < N_CHANNELS; channel++) {
    g_autofree char *term =
      usher_list_filter_term ("channel", usher_list_filter_channel_name (channel));

    append_term (self, menu, usher_format_channel (channel), term);
  }
  return menu;
}

static GMenu *
labels_menu (UsherFilterBar *self)
{
  GMenu *menu = g_menu_new ();
  g_auto (GStrv) tags = self->session == NULL ? NULL : usher_session_dup_known_tags (self->session);

  for (guint i = 0; tags != NULL && tags[i] != NULL && i < MOST_LABELS; i++) {
    g_autofree char *term = usher_list_filter_term ("tag", tags[i]);

    append_term (self, menu, tags[i], term);
  }
  return menu;
}

static GMenu *
views_menu (UsherFilterBar *self)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GPtrArray) views = dup_views (self);
  gboolean is_saved = g_ptr_array_find_with_equal_func (views, self->query, g_str_equal, NULL);

  for (guint i = 0; i < views->len; i++)
    append (menu, g_ptr_array_index (views, i), "filter.show", g_ptr_array_index (views, i));
  if (*self->query != '\0')
    g_menu_append (menu, is_saved ? _ ("_Forget This View") : _ ("_Save This View"),
                   "filter.save-view");
  return menu;
}

static void
append_submenu (GMenu      *menu,
                const char *label,
                GMenu      *submenu)
{
  if (g_menu_model_get_n_items (G_MENU_MODEL (submenu)) > 0)
    g_menu_append_submenu (menu, label, G_MENU_MODEL (submenu));
  g_object_unref (submenu);
}

/* Made when it is opened: queues and labels come and go. */
static void
create_menu_cb (GtkMenuButton *button,
                gpointer       user_data)
{
  UsherFilterBar *self = user_data;
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) first = g_menu_new ();
  g_autoptr (GMenu) views = views_menu (self);

  append_term (self, first, _ ("Unread"), "is:unread");
  append_term (self, first, _ ("Waiting Too Long"), "is:late");
  append_submenu (first, _ ("Queue"), queues_menu (self));
  append_submenu (first, _ ("Channel"), channels_menu (self));
  append_submenu (first, _ ("Label"), labels_menu (self));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));
  g_menu_append_section (menu, _ ("Saved Views"), G_MENU_MODEL (views));
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static void
toggle_term (GtkWidget  *widget,
             const char *name,
             GVariant   *target)
{
  UsherFilterBar *self = USHER_FILTER_BAR (widget);
  g_autofree char *query =
    usher_list_filter_toggle (self->query, g_variant_get_string (target, NULL));

  usher_filter_bar_set_query (self, query);
}

static void
show_view (GtkWidget  *widget,
           const char *name,
           GVariant   *target)
{
  usher_filter_bar_set_query (USHER_FILTER_BAR (widget), g_variant_get_string (target, NULL));
}

/* --- The field ------------------------------------------------------------------------------------------------------------ */

static void
changed_cb (UsherFilterBar *self)
{
  take_query (self, gtk_editable_get_text (self->entry));
}

static void
stop_cb (UsherFilterBar *self)
{
  gtk_search_bar_set_search_mode (self->bar, FALSE);
}

/* What is hidden hides nothing. */
static void
mode_cb (UsherFilterBar *self)
{
  if (gtk_search_bar_get_search_mode (self->bar))
    return;
  gtk_editable_set_text (self->entry, "");
  take_query (self, "");
}

static void
usher_filter_bar_get_property (GObject    *object,
                               guint       prop,
                               GValue     *value,
                               GParamSpec *pspec)
{
  g_value_set_string (value, USHER_FILTER_BAR (object)->query);
}

static void
usher_filter_bar_set_property (GObject      *object,
                               guint         prop,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  usher_filter_bar_set_query (USHER_FILTER_BAR (object), g_value_get_string (value));
}

static void
usher_filter_bar_dispose (GObject *object)
{
  UsherFilterBar *self = USHER_FILTER_BAR (object);

  g_clear_object (&self->settings);
  g_clear_object (&self->session);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_FILTER_BAR);
  G_OBJECT_CLASS (usher_filter_bar_parent_class)->dispose (object);
}

static void
usher_filter_bar_finalize (GObject *object)
{
  g_free (USHER_FILTER_BAR (object)->query);
  G_OBJECT_CLASS (usher_filter_bar_parent_class)->finalize (object);
}

static void
usher_filter_bar_class_init (UsherFilterBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = usher_filter_bar_get_property;
  object_class->set_property = usher_filter_bar_set_property;
  object_class->dispose = usher_filter_bar_dispose;
  object_class->finalize = usher_filter_bar_finalize;
  pspecs[PROP_QUERY] =
    g_param_spec_string ("query", NULL, NULL, "",
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, pspecs);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-filter-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherFilterBar, bar);
  gtk_widget_class_bind_template_child (widget_class, UsherFilterBar, entry);
  gtk_widget_class_bind_template_child (widget_class, UsherFilterBar, button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, mode_cb);
  gtk_widget_class_install_action (widget_class, "filter.toggle", "s", toggle_term);
  gtk_widget_class_install_action (widget_class, "filter.show", "s", show_view);
  gtk_widget_class_install_action (widget_class, "filter.save-view", NULL, save_view);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
usher_filter_bar_init (UsherFilterBar *self)
{
  self->query = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->bar, self->entry);
  gtk_menu_button_set_create_popup_func (self->button, create_menu_cb, self, NULL);
}

void
usher_filter_bar_set_settings (UsherFilterBar *self,
                               GSettings      *settings)
{
  g_return_if_fail (USHER_IS_FILTER_BAR (self));
  g_set_object (&self->settings, settings);
}

void
usher_filter_bar_set_session (UsherFilterBar *self,
                              UsherSession   *session)
{
  g_return_if_fail (USHER_IS_FILTER_BAR (self));
  g_set_object (&self->session, session);
}

const char *
usher_filter_bar_get_query (UsherFilterBar *self)
{
  g_return_val_if_fail (USHER_IS_FILTER_BAR (self), NULL);
  return self->query;
}

void
usher_filter_bar_set_query (UsherFilterBar *self,
                            const char     *query)
{
  g_return_if_fail (USHER_IS_FILTER_BAR (self));
  gtk_search_bar_set_search_mode (self->bar, *query != '\0');
  gtk_editable_set_text (self->entry, query);
  take_query (self, query);
}

void
usher_filter_bar_open (UsherFilterBar *self)
{
  g_return_if_fail (USHER_IS_FILTER_BAR (self));
  gtk_search_bar_set_search_mode (self->bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}
