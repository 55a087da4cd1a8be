/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-macro-chooser.h"

#include <glib/gi18n.h>

#include "usher-keys.h"
#include "usher-text.h"

#define NAME_CHARS    60
#define SUMMARY_CHARS 120

/* Below the header bar of a window, over the first rows of the list. */
#define FROM_TOP 44

struct _UsherMacroChooser {
  GtkPopover parent_instance;

  GtkEditable *entry;
  GtkListView *list;
  GtkSingleSelection *selection;
  GtkLabel *status;
  GListStore *found;

  UsherMacroList *macros;
  UsherSession *session;
  GtkWidget *focus_before; /* (nullable): weak */
};

enum {
  SIGNAL_CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherMacroChooser, usher_macro_chooser, GTK_TYPE_POPOVER)

static void
update (UsherMacroChooser *self)
{
  g_autofree char *typed = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));
  g_autoptr (GPtrArray) found = usher_macro_list_find (self->macros, typed);

  g_list_store_splice (self->found, 0, g_list_model_get_n_items (G_LIST_MODEL (self->found)),
                       found->pdata, found->len);
  gtk_single_selection_set_selected (self->selection, 0);
  gtk_label_set_text (self->status,
                      *typed == '\0' ? _ ("There are no macros yet.") : _ ("No macro fits."));
  gtk_widget_set_visible (GTK_WIDGET (self->status), found->len == 0);
}

/* --- Choosing ------------------------------------------------------------------------------------------------------------ */

/* Closed first: what is run may want the focus. */
static void
activate_cb (UsherMacroChooser *self,
             guint              position)
{
  g_autoptr (UsherMacroChooser) alive = g_object_ref (self);
  g_autoptr (UsherMacro) macro = g_list_model_get_item (G_LIST_MODEL (self->found), position);

  if (macro == NULL)
    return;
  gtk_popover_popdown (GTK_POPOVER (alive));
  g_signal_emit (alive, signals[SIGNAL_CHOSEN], 0, macro);
}

static void
entry_activate_cb (UsherMacroChooser *self)
{
  activate_cb (self, gtk_single_selection_get_selected (self->selection));
}

static gboolean
key_cb (UsherMacroChooser *self,
        guint              keyval,
        guint              keycode,
        GdkModifierType    state)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->found));
  guint step = keyval == GDK_KEY_Down ? 1 : n - 1;
  guint next;

  if ((keyval != GDK_KEY_Down && keyval != GDK_KEY_Up) || n == 0)
    return GDK_EVENT_PROPAGATE;
  next = (gtk_single_selection_get_selected (self->selection) + step) % n;
  gtk_single_selection_set_selected (self->selection, next);
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", next);
  return GDK_EVENT_STOP;
}

static void
edit_cb (UsherMacroChooser *self)
{
  g_autoptr (UsherMacroChooser) alive = g_object_ref (self);

  gtk_popover_popdown (GTK_POPOVER (alive));
  gtk_widget_activate_action (GTK_WIDGET (alive), "composer.show-macros", NULL);
}

/* --- Rows ----------------------------------------------------------------------------------------------------------------- */

static GtkWidget *
label_new (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
setup_cb (UsherMacroChooser *self,
          GtkListItem       *item)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *summary = label_new ("dim-label");

  gtk_widget_add_css_class (summary, "caption");
  gtk_box_append (GTK_BOX (lines), label_new (NULL));
  gtk_box_append (GTK_BOX (lines), summary);
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_box_append (GTK_BOX (row), lines);
  gtk_box_append (GTK_BOX (row), label_new ("palette-aside"));
  gtk_list_item_set_child (item, row);
}

static void
bind_cb (UsherMacroChooser *self,
         GtkListItem       *item)
{
  UsherMacro *macro = gtk_list_item_get_item (item);
  GtkWidget *lines = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *title = gtk_widget_get_first_child (lines);
  g_autofree char *name = usher_text_to_line (usher_macro_get_name (macro), NAME_CHARS);
  g_autofree char *steps = usher_macro_dup_summary (macro, self->session);
  g_autofree char *summary = usher_text_to_line (steps, SUMMARY_CHARS);
  g_autofree char *key = usher_keys_format (usher_macro_get_key (macro));

  gtk_label_set_text (GTK_LABEL (title), name);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (title)), summary);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (lines)), key);
}

/* --- Popover -------------------------------------------------------------------------------------------------------------- */

static void
usher_macro_chooser_dispose (GObject *object)
{
  UsherMacroChooser *self = USHER_MACRO_CHOOSER (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_MACRO_CHOOSER);
  g_clear_object (&self->macros);
  g_clear_object (&self->session);
  g_clear_weak_pointer (&self->focus_before);
  G_OBJECT_CLASS (usher_macro_chooser_parent_class)->dispose (object);
}

static void
usher_macro_chooser_class_init (UsherMacroChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_macro_chooser_dispose;
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, USHER_TYPE_MACRO);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-macro-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherMacroChooser, entry);
  gtk_widget_class_bind_template_child (widget_class, UsherMacroChooser, list);
  gtk_widget_class_bind_template_child (widget_class, UsherMacroChooser, selection);
  gtk_widget_class_bind_template_child (widget_class, UsherMacroChooser, status);
  gtk_widget_class_bind_template_child (widget_class, UsherMacroChooser, found);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_cb);
  gtk_widget_class_bind_template_callback (widget_class, edit_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
}

static void
usher_macro_chooser_init (UsherMacroChooser *self)
{
  g_type_ensure (USHER_TYPE_MACRO);
  gtk_widget_init_template (GTK_WIDGET (self));
}

static gboolean
unparent_cb (gpointer popover)
{
  if (gtk_widget_get_parent (popover) != NULL)
    gtk_widget_unparent (popover);
  return G_SOURCE_REMOVE;
}

/* Who was writing goes on writing. It is not let go while it is still being closed. */
static void
closed_cb (GtkWidget *popover)
{
  UsherMacroChooser *self = USHER_MACRO_CHOOSER (popover);

  if (self->focus_before != NULL)
    gtk_widget_grab_focus (self->focus_before);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, unparent_cb, g_object_ref (popover), g_object_unref);
}

UsherMacroChooser *
usher_macro_chooser_popup (GtkWidget      *origin,
                           UsherMacroList *macros,
                           UsherSession   *session)
{
  UsherMacroChooser *self = g_object_new (USHER_TYPE_MACRO_CHOOSER, NULL);

  self->macros = g_object_ref (macros);
  self->session = g_object_ref (session);
  g_set_weak_pointer (&self->focus_before, gtk_root_get_focus (gtk_widget_get_root (origin)));
  gtk_widget_set_parent (GTK_WIDGET (self), origin);
  gtk_popover_set_pointing_to (GTK_POPOVER (self),
                               &(GdkRectangle){ gtk_widget_get_width (origin) / 2, FROM_TOP, 1,
                                                1 });
  g_signal_connect (self, "closed", G_CALLBACK (closed_cb), NULL);
  update (self);
  gtk_popover_popup (GTK_POPOVER (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  return self;
}
