/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-suggestion-bar.h"

#include <glib/gi18n.h>
#include <string.h>

#include "usher-keys.h"
#include "usher-suggestion.h"
#include "usher-text.h"
#include "usher-widget.h"

#define MAX_TEXT_CHARS   400
#define MAX_SOURCE_CHARS 60

struct _UsherSuggestionBar {
  GtkWidget parent_instance;

  GtkListBox *list;

  GListModel *model; /* (nullable) */
};

enum {
  SIGNAL_TAKEN,
  SIGNAL_DISMISSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UsherSuggestionBar, usher_suggestion_bar, GTK_TYPE_WIDGET)

/* --- Rows --------------------------------------------------------------------------------------------------------- */

/* The words of PROTOCOLS.md for where a suggestion is from: kind, colon, which. */
static char *
dup_source (UsherSuggestion *suggestion)
{
  const char *source = usher_suggestion_get_source (suggestion);
  const char *which = source != NULL ? strchr (source, ':') : NULL;
  g_autofree char *name = which != NULL ? usher_text_to_line (which + 1, MAX_SOURCE_CHARS) : NULL;

  if (name == NULL)
    return NULL;
  if (g_str_has_prefix (source, "intent:"))
    /* Translators: %s is what a visitor wanted, such as “refund” */
    return g_strdup_printf (_ ("Learned for “%s”"), name);
  if (g_str_has_prefix (source, "faq:"))
    return g_strdup_printf (_ ("From the questions and answers, %s"), name);
  if (g_str_has_prefix (source, "chat:"))
    /* Translators: %s is the number of a chat and of a line in it */
    return g_strdup_printf (_ ("Said in chat %s"), name);
  return NULL;
}

static char *
dup_caption (UsherSuggestion *suggestion)
{
  g_autofree char *source = dup_source (suggestion);
  guint percent = usher_suggestion_get_percent (suggestion);

  if (percent == 0)
    return g_steal_pointer (&source);
  /* Translators: where a suggested reply is from, and how sure it is */
  return source != NULL ? g_strdup_printf (_ ("%s · %u %%"), source, percent)
                        : g_strdup_printf (_ ("%u %%"), percent);
}

static GtkWidget *
label_new (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  return label;
}

static GtkWidget *
texts_new (const char *text,
           const char *caption)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *label = label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_lines (GTK_LABEL (label), 2);
  gtk_box_append (GTK_BOX (box), label);
  if (caption != NULL) {
    label = label_new (caption);
    gtk_widget_add_css_class (label, "caption");
    gtk_widget_add_css_class (label, "dim-label");
    gtk_box_append (GTK_BOX (box), label);
  }
  gtk_widget_set_hexpand (box, TRUE);
  return box;
}

static guint
position_of (UsherSuggestionBar *self,
             gpointer            suggestion)
{
  guint i = 0;

  for (; i < g_list_model_get_n_items (self->model); i++) {
    g_autoptr (GObject) item = g_list_model_get_item (self->model, i);

    if (item == suggestion)
      break;
  }
  return i;
}

static void
append_key (GtkBox *row,
            guint   position)
{
  g_autofree char *action = g_strdup_printf ("composer.take-suggestion(%u)", position);
  g_autofree char *key = usher_keys_dup_label (action);
  GtkWidget *label;

  if (key == NULL)
    return;
  label = gtk_label_new (key);
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (row, label);
}

static GtkWidget *
row_new (gpointer item,
         gpointer user_data)
{
  UsherSuggestionBar *self = user_data;
  UsherSuggestion *suggestion = item;
  gboolean is_cut;
  g_autofree char *text =
    usher_text_sanitize (usher_suggestion_get_text (suggestion), MAX_TEXT_CHARS, &is_cut);
  g_autofree char *caption = dup_caption (suggestion);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  gtk_box_append (GTK_BOX (box), texts_new (text, caption));
  append_key (GTK_BOX (box), position_of (self, item));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_tooltip_text (row, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  caption != NULL ? caption : "", -1);
  return row;
}

static void
row_activated_cb (UsherSuggestionBar *self,
                  GtkListBoxRow      *row)
{
  g_autoptr (GObject) suggestion =
    g_list_model_get_item (self->model, (guint) gtk_list_box_row_get_index (row));

  g_signal_emit (self, signals[SIGNAL_TAKEN], 0, suggestion);
}

static void
dismiss_clicked_cb (UsherSuggestionBar *self)
{
  g_signal_emit (self, signals[SIGNAL_DISMISSED], 0);
}

/* --- Widget -------------------------------------------------------------------------------------------------------- */

static void
update (UsherSuggestionBar *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self),
                          self->model != NULL && g_list_model_get_n_items (self->model) > 0);
}

static void
usher_suggestion_bar_dispose (GObject *object)
{
  UsherSuggestionBar *self = USHER_SUGGESTION_BAR (object);

  if (self->model != NULL)
    usher_suggestion_bar_set_model (self, NULL);
  usher_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_SUGGESTION_BAR);
  G_OBJECT_CLASS (usher_suggestion_bar_parent_class)->dispose (object);
}

static void
usher_suggestion_bar_class_init (UsherSuggestionBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_suggestion_bar_dispose;
  signals[SIGNAL_TAKEN] = g_signal_new ("taken", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, USHER_TYPE_SUGGESTION);
  signals[SIGNAL_DISMISSED] =
    g_signal_new ("dismissed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-suggestion-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherSuggestionBar, list);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, dismiss_clicked_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
usher_suggestion_bar_init (UsherSuggestionBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
usher_suggestion_bar_set_model (UsherSuggestionBar *self,
                                GListModel         *model)
{
  g_return_if_fail (USHER_IS_SUGGESTION_BAR (self));

  if (self->model == model)
    return;
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_func (self->model, update, self);
  gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  g_set_object (&self->model, model);
  if (model != NULL) {
    gtk_list_box_bind_model (self->list, model, row_new, self, NULL);
    g_signal_connect_object (model, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  }
  update (self);
}

GListModel *
usher_suggestion_bar_get_model (UsherSuggestionBar *self)
{
  g_return_val_if_fail (USHER_IS_SUGGESTION_BAR (self), NULL);

  return self->model;
}
