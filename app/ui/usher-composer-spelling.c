/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "usher-composer-private.h"

/* What can be done about an underlined word: at the end of the text's own menu, and in a menu of its own beside the word (usher_composer_correct()). */

#define MAX_SUGGESTIONS 6u

static gboolean
get_word (UsherComposer *self,
          GtkTextIter   *ret_begin,
          GtkTextIter   *ret_end)
{
  if (self->word_begin == NULL)
    return FALSE;
  gtk_text_buffer_get_iter_at_mark (self->buffer, ret_begin, self->word_begin);
  gtk_text_buffer_get_iter_at_mark (self->buffer, ret_end, self->word_end);
  return !gtk_text_iter_equal (ret_begin, ret_end);
}

/* (nullable) */
static char *
dup_word (UsherComposer *self)
{
  GtkTextIter begin, end;

  return get_word (self, &begin, &end) ? gtk_text_iter_get_text (&begin, &end) : NULL;
}

void
usher_composer_forget_word (UsherComposer *self)
{
  gtk_popover_popdown (GTK_POPOVER (self->word_popover));
  if (self->word_begin == NULL)
    return;
  gtk_text_buffer_delete_mark (self->buffer, self->word_begin);
  gtk_text_buffer_delete_mark (self->buffer, self->word_end);
  self->word_begin = self->word_end = NULL;
}

/* --- The menu ----------------------------------------------------------------------------------------------------- */

static void
append_item (GMenu      *menu,
             const char *label,
             const char *action,
             const char *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (NULL, NULL);

  g_menu_item_set_attribute (item, G_MENU_ATTRIBUTE_LABEL, "s", label);
  if (target != NULL)
    g_menu_item_set_action_and_target (item, action, "s", target);
  else
    g_menu_item_set_action_and_target (item, action, NULL);
  g_menu_append_item (menu, item);
}

/* An underscore in a label would be taken for a mnemonic; no dictionary has one. */
static GMenuModel *
suggestions_new (UsherComposer *self,
                 const char    *word)
{
  UsherSpelling *spelling = usher_spell_check_get_spelling (self->spell_check);
  g_auto (GStrv) words = usher_spelling_suggest (spelling, word);
  GMenu *menu = g_menu_new ();

  for (guint i = 0; i < MAX_SUGGESTIONS && words[i] != NULL; i++)
    append_item (menu, words[i], "spelling.replace", words[i]);
  if (words[0] == NULL) /* an action that there is not: it cannot be chosen */
    append_item (menu, _ ("No suggestion"), "spelling.none", NULL);
  return G_MENU_MODEL (menu);
}

static GMenuModel *
menu_new (UsherComposer *self,
          const char    *word)
{
  g_autoptr (GMenuModel) suggestions = suggestions_new (self, word);
  g_autoptr (GMenu) others = g_menu_new ();
  GMenu *menu = g_menu_new ();

  append_item (others, _ ("_Add to Dictionary"), "spelling.add", NULL);
  append_item (others, _ ("_Ignore"), "spelling.ignore", NULL);
  g_menu_append_section (menu, NULL, suggestions);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (others));
  return G_MENU_MODEL (menu);
}

/* The menus are about the word at @at, or about none. Another model each time: GTK 4.8 loses count of one that changes under the text's menu. */
static void
fill_menu (UsherComposer     *self,
           const GtkTextIter *at)
{
  g_autoptr (GMenuModel) menu = NULL;
  g_autofree char *word = NULL;
  GtkTextIter begin, end;

  usher_composer_forget_word (self);
  if (self->spell_check != NULL && usher_spell_check_find (self->spell_check, at, &begin, &end)) {
    self->word_begin = gtk_text_buffer_create_mark (self->buffer, NULL, &begin, TRUE);
    self->word_end = gtk_text_buffer_create_mark (self->buffer, NULL, &end, FALSE);
    word = gtk_text_iter_get_text (&begin, &end);
    menu = menu_new (self, word);
  }
  gtk_text_view_set_extra_menu (self->view, menu);
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->word_popover), menu);
}

/* In front of the text's own handler, which shows the menu. */
static void
pressed_cb (UsherComposer *self,
            int            n_press,
            double         x,
            double         y)
{
  GtkTextIter at;
  int buffer_x, buffer_y;

  gtk_text_view_window_to_buffer_coords (self->view, GTK_TEXT_WINDOW_WIDGET, (int) x, (int) y,
                                         &buffer_x, &buffer_y);
  gtk_text_view_get_iter_at_location (self->view, &at, buffer_x, buffer_y);
  fill_menu (self, &at);
}

void
usher_composer_prepare_menu (UsherComposer   *self,
                             guint            keyval,
                             GdkModifierType  state)
{
  GtkTextIter cursor;

  if (keyval != GDK_KEY_Menu && !(keyval == GDK_KEY_F10 && (state & GDK_SHIFT_MASK) != 0))
    return;
  gtk_text_buffer_get_iter_at_mark (self->buffer, &cursor,
                                    gtk_text_buffer_get_insert (self->buffer));
  fill_menu (self, &cursor);
}

/* --- What is chosen ------------------------------------------------------------------------------------------------ */

static void
replace (GSimpleAction *action,
         GVariant      *target,
         gpointer       user_data)
{
  UsherComposer *self = user_data;
  GtkTextIter begin, end;

  if (!get_word (self, &begin, &end))
    return;
  gtk_text_buffer_begin_user_action (self->buffer);
  gtk_text_buffer_delete (self->buffer, &begin, &end);
  gtk_text_buffer_insert (self->buffer, &begin, g_variant_get_string (target, NULL), -1);
  gtk_text_buffer_end_user_action (self->buffer);
  gtk_text_buffer_place_cursor (self->buffer, &begin);
  usher_composer_forget_word (self);
}

static void
add (GSimpleAction *action,
     GVariant      *target,
     gpointer       user_data)
{
  UsherComposer *self = user_data;
  g_autofree char *word = dup_word (self);

  usher_composer_forget_word (self);
  if (word != NULL)
    usher_spelling_add (usher_spell_check_get_spelling (self->spell_check), word);
}

static void
ignore (GSimpleAction *action,
        GVariant      *target,
        gpointer       user_data)
{
  UsherComposer *self = user_data;
  g_autofree char *word = dup_word (self);

  usher_composer_forget_word (self);
  if (word != NULL)
    usher_spelling_ignore (usher_spell_check_get_spelling (self->spell_check), word);
}

static const GActionEntry entries[] = {
  { "replace", replace, "s", NULL, NULL, { 0 } },
  { "add", add, NULL, NULL, NULL, { 0 } },
  { "ignore", ignore, NULL, NULL, NULL, { 0 } },
};

static void
point_at (UsherComposer     *self,
          const GtkTextIter *begin,
          const GtkTextIter *end)
{
  GdkRectangle first, last;
  double x, y;

  gtk_text_view_get_iter_location (self->view, begin, &first);
  gtk_text_view_get_iter_location (self->view, end, &last);
  gtk_text_view_buffer_to_window_coords (self->view, GTK_TEXT_WINDOW_WIDGET, first.x, first.y,
                                         &first.x, &first.y);
  gtk_text_view_buffer_to_window_coords (self->view, GTK_TEXT_WINDOW_WIDGET, last.x, last.y,
                                         &last.x, &last.y);
  gtk_widget_translate_coordinates (GTK_WIDGET (self->view), GTK_WIDGET (self), first.x, first.y,
                                    &x, &y);
  first = (GdkRectangle){ (int) x, (int) y, MAX (last.x - first.x, 1), first.height };
  gtk_popover_set_pointing_to (GTK_POPOVER (self->word_popover), &first);
}

void
usher_composer_correct (UsherComposer *self)
{
  GtkTextIter cursor, begin, end;

  g_return_if_fail (USHER_IS_COMPOSER (self));

  gtk_text_buffer_get_iter_at_mark (self->buffer, &cursor,
                                    gtk_text_buffer_get_insert (self->buffer));
  if (self->spell_check == NULL ||
      !usher_spell_check_find_near (self->spell_check, &cursor, &begin, &end)) {
    usher_composer_report (self, _ ("No word looks misspelled."));
    return;
  }
  gtk_text_buffer_place_cursor (self->buffer, &end);
  gtk_text_view_scroll_mark_onscreen (self->view, gtk_text_buffer_get_insert (self->buffer));
  fill_menu (self, &begin);
  point_at (self, &begin, &end);
  gtk_popover_popup (GTK_POPOVER (self->word_popover));
}

/* --- Set up ------------------------------------------------------------------------------------------------------- */

void
usher_composer_spelling_init (UsherComposer *self)
{
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "spelling", G_ACTION_GROUP (actions));
  self->word_popover = gtk_popover_menu_new_from_model (NULL);
  gtk_popover_set_position (GTK_POPOVER (self->word_popover), GTK_POS_TOP);
  gtk_widget_set_parent (self->word_popover, GTK_WIDGET (self));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect_object (click, "pressed", G_CALLBACK (pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->view), GTK_EVENT_CONTROLLER (click));
}

void
usher_composer_set_spelling (UsherComposer *self,
                             UsherSpelling *spelling)
{
  g_return_if_fail (USHER_IS_COMPOSER (self));
  g_return_if_fail (self->spell_check == NULL);

  self->spell_check = usher_spell_check_new (self->buffer, spelling);
}
