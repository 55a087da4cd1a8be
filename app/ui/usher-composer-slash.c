/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "usher-actions.h"
#include "usher-colleague.h"
#include "usher-composer-private.h"
#include "usher-text.h"
#include "usher-widget.h"

/* What a slash at the beginning of a line finds below the canned replies: macros, and the commands that one gives while writing; and how
 * all that is found looks. */

/* Letters that only stand somewhere in the name, in order, are too little for what Enter does at once. */
#define MIN_MATCH     60
#define PREVIEW_CHARS 80

static const struct {
  const char *word; /* typed behind the slash, in any language */
  const char *action;
} commands[] = {
  { "transfer", "conversation.transfer" }, { "close", "conversation.close" },
  { "snooze", "conversation.snooze" },     { "label", "conversation.edit-labels" },
  { "note", "composer.toggle-note" },
};

static gboolean
is_same (const char *text,
         const char *folded)
{
  g_autofree char *other = g_utf8_casefold (text, -1);

  return g_str_equal (other, folded);
}

static void
add_macros (UsherComposer *self,
            const char    *folded,
            GPtrArray     *found,
            guint         *exact)
{
  g_autoptr (GPtrArray) macros = usher_macro_list_find (self->macros, folded);

  for (guint i = 0; i < macros->len; i++) {
    UsherMacro *macro = g_ptr_array_index (macros, i);

    if (*folded != '\0' && usher_palette_match (usher_macro_get_name (macro), folded) < MIN_MATCH)
      continue;
    if (is_same (usher_macro_get_name (macro), folded))
      *exact = found->len;
    g_ptr_array_add (found, usher_palette_entry_for_macro (macro, self->session));
  }
}

static void
add_commands (const char *folded,
              GPtrArray  *found,
              guint      *exact)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
    const char *title = usher_actions_get_title (commands[i].action);
    g_autofree char *shown = g_strdup_printf ("/%s · %s", commands[i].word, title);

    if (*folded != '\0' && !g_str_has_prefix (commands[i].word, folded) &&
        usher_palette_match (title, folded) < MIN_MATCH)
      continue;
    if (is_same (commands[i].word, folded))
      *exact = found->len;
    g_ptr_array_add (found, usher_palette_entry_for_command (shown, commands[i].action));
  }
}

guint
usher_composer_add_commands (UsherComposer *self,
                             const char    *typed,
                             GPtrArray     *found)
{
  g_autofree char *folded = g_utf8_casefold (typed, -1);
  gpointer first = found->len > 0 ? g_ptr_array_index (found, 0) : NULL;
  guint exact = 0;

  if (self->macros != NULL)
    add_macros (self, folded, found, &exact);
  add_commands (folded, found, &exact);
  /* A canned reply whose shortcut it is goes before a command of that name. */
  return first != NULL && is_same (usher_canned_get_shortcut (first), folded) ? 0 : exact;
}

void
usher_composer_run_entry (UsherComposer     *self,
                          UsherPaletteEntry *entry)
{
  g_autoptr (GVariant) target = NULL;
  g_autofree char *name = NULL;

  usher_composer_clear_typed (self);
  if (!g_action_parse_detailed_name (usher_palette_entry_get_command (entry), &name, &target,
                                     NULL) ||
      !gtk_widget_activate_action_variant (GTK_WIDGET (self), name, target))
    usher_composer_report (self, _ ("That cannot be done with this chat now."));
}

/* --- Rows -------------------------------------------------------------------------------------------------- */

static GtkWidget *
add_label (GtkWidget  *box,
           const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

void
usher_composer_canned_setup_cb (UsherComposer *self,
                                GtkListItem   *item)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  gtk_widget_set_valign (row, GTK_ALIGN_CENTER);
  add_label (row, NULL);
  gtk_widget_add_css_class (add_label (row, "dim-label"), "caption");
  gtk_list_item_set_child (item, row);
}

static char *
describe_canned (UsherCanned *canned)
{
  g_autofree char *place = usher_canned_list_dup_place (canned);

  return g_strdup_printf ("/%s · %s%s%s", usher_canned_get_shortcut (canned),
                          usher_canned_get_title (canned), *place != '\0' ? " · " : "", place);
}

static char *
describe_entry (UsherPaletteEntry *entry)
{
  const char *key = usher_palette_entry_get_aside (entry);

  return key == NULL
           ? g_strdup (usher_palette_entry_get_title (entry))
           : g_strdup_printf (_ ("%1$s (%2$s)"), usher_palette_entry_get_title (entry), key);
}

static char *
dup_head (gpointer object)
{
  if (USHER_IS_CANNED (object))
    return describe_canned (object);
  if (USHER_IS_PALETTE_ENTRY (object))
    return describe_entry (object);
  return usher_text_to_line (usher_colleague_get_name (object), PREVIEW_CHARS);
}

static char *
dup_preview (gpointer object)
{
  if (USHER_IS_CANNED (object))
    return usher_text_to_line (usher_canned_get_text (object), PREVIEW_CHARS);
  return g_strdup (USHER_IS_PALETTE_ENTRY (object) ? usher_palette_entry_get_subtitle (object)
                                                   : "");
}

void
usher_composer_canned_bind_cb (UsherComposer *self,
                               GtkListItem   *item)
{
  gpointer object = gtk_list_item_get_item (item);
  GtkWidget *title = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *subtitle = gtk_widget_get_next_sibling (title);
  g_autofree char *head = dup_head (object);
  g_autofree char *preview = dup_preview (object);

  gtk_label_set_text (GTK_LABEL (title), head);
  usher_widget_set_row_spoken (gtk_list_item_get_child (item), head, preview);
  gtk_label_set_text (GTK_LABEL (subtitle), preview);
  gtk_widget_set_visible (subtitle, USHER_IS_CANNED (object) || *preview != '\0');
}

void
usher_composer_set_macros (UsherComposer  *self,
                           UsherMacroList *macros)
{
  g_return_if_fail (USHER_IS_COMPOSER (self));
  g_set_object (&self->macros, macros);
}
