/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "usher-canned-text.h"
#include "usher-canned-values.h"
#include "usher-colleague.h"
#include "usher-composer-private.h"
#include "usher-conversation.h"

/* A slash at the beginning of a line, and what is typed behind it, finds canned replies, macros and commands; an “@” in a note finds
 * colleagues. The blanks of replies are tagged in the text: Tab goes from one to the next, typing replaces the one that is selected, and
 * nothing is sent while one is left. */

#define MAX_SHOWN 50

/* --- Blanks ----------------------------------------------------------------------------------------------- */

static GtkTextTag *
get_blank_tag (UsherComposer *self)
{
  GtkTextTagTable *table = gtk_text_buffer_get_tag_table (self->buffer);
  GtkTextTag *tag = gtk_text_tag_table_lookup (table, "blank");

  /* Underlined besides, for colour is not the only cue. */
  if (tag == NULL)
    tag = gtk_text_buffer_create_tag (self->buffer, "blank", "background", "#f8e45c", "foreground",
                                      "#241f31", "underline", PANGO_UNDERLINE_SINGLE, NULL);
  return tag;
}

/* The next blank at or behind @from, or the first in the text. */
static gboolean
find_blank (UsherComposer     *self,
            const GtkTextIter *from,
            GtkTextIter       *ret_begin,
            GtkTextIter       *ret_end)
{
  GtkTextTag *tag = get_blank_tag (self);

  *ret_begin = *from;
  if (!gtk_text_iter_starts_tag (ret_begin, tag) &&
      (!gtk_text_iter_forward_to_tag_toggle (ret_begin, tag) ||
       !gtk_text_iter_starts_tag (ret_begin, tag))) {
    gtk_text_buffer_get_start_iter (self->buffer, ret_begin);
    if (!gtk_text_iter_starts_tag (ret_begin, tag) &&
        !gtk_text_iter_forward_to_tag_toggle (ret_begin, tag))
      return FALSE;
  }
  *ret_end = *ret_begin;
  return gtk_text_iter_forward_to_tag_toggle (ret_end, tag);
}

static gboolean
find_blank_before (UsherComposer     *self,
                   const GtkTextIter *from,
                   GtkTextIter       *ret_begin,
                   GtkTextIter       *ret_end)
{
  GtkTextTag *tag = get_blank_tag (self);

  *ret_end = *from;
  if (!gtk_text_iter_backward_to_tag_toggle (ret_end, tag) ||
      !gtk_text_iter_ends_tag (ret_end, tag)) {
    gtk_text_buffer_get_end_iter (self->buffer, ret_end);
    if (!gtk_text_iter_ends_tag (ret_end, tag) &&
        !gtk_text_iter_backward_to_tag_toggle (ret_end, tag))
      return FALSE;
  }
  *ret_begin = *ret_end;
  return gtk_text_iter_backward_to_tag_toggle (ret_begin, tag);
}

static gboolean
select_blank (UsherComposer *self,
              gboolean       is_forward)
{
  GtkTextIter selected_begin, selected_end, begin, end;

  gtk_text_buffer_get_selection_bounds (self->buffer, &selected_begin, &selected_end);
  if (is_forward ? !find_blank (self, &selected_end, &begin, &end)
                 : !find_blank_before (self, &selected_begin, &begin, &end))
    return FALSE;
  gtk_text_buffer_select_range (self->buffer, &begin, &end);
  gtk_text_view_scroll_mark_onscreen (self->view, gtk_text_buffer_get_insert (self->buffer));
  return TRUE;
}

gboolean
usher_composer_has_blank (UsherComposer *self)
{
  g_autofree char *label = NULL;
  g_autofree char *problem = NULL;
  GtkTextIter start, begin, end;

  gtk_text_buffer_get_start_iter (self->buffer, &start);
  if (!find_blank (self, &start, &begin, &end))
    return FALSE;
  label = gtk_text_iter_get_text (&begin, &end);
  /* Translators: %s is a blank of a canned reply, such as “order number” */
  problem =
    g_strdup_printf (_ ("“%s” is still to be filled in, or deleted. Nothing was sent."), label);
  gtk_text_buffer_select_range (self->buffer, &begin, &end);
  usher_composer_report (self, problem);
  return TRUE;
}

static void
tag_blanks (UsherComposer *self,
            int            at,
            GArray        *blanks)
{
  for (guint i = 0; i < blanks->len; i++) {
    const UsherBlank *blank = &g_array_index (blanks, UsherBlank, i);
    GtkTextIter begin, end;

    gtk_text_buffer_get_iter_at_offset (self->buffer, &begin, at + (int) blank->begin);
    gtk_text_buffer_get_iter_at_offset (self->buffer, &end,
                                        at + (int) (blank->begin + blank->length));
    gtk_text_buffer_apply_tag (self->buffer, get_blank_tag (self), &begin, &end);
  }
}

/* A draft is plain text: there a blank stands in its braces again. */
char *
usher_composer_dup_draft (UsherComposer *self)
{
  GtkTextTag *tag = get_blank_tag (self);
  GString *draft = g_string_new (NULL);
  GtkTextIter at, next;

  gtk_text_buffer_get_start_iter (self->buffer, &at);
  while (!gtk_text_iter_is_end (&at)) {
    gboolean is_blank = gtk_text_iter_has_tag (&at, tag);
    g_autofree char *piece = NULL;

    next = at;
    if (!gtk_text_iter_forward_to_tag_toggle (&next, tag))
      gtk_text_buffer_get_end_iter (self->buffer, &next);
    piece = gtk_text_iter_get_text (&at, &next);
    g_string_append_printf (draft, is_blank ? "{{%s}}" : "%s", piece);
    at = next;
  }
  return g_string_free (draft, FALSE);
}

static const char *
know_nothing (const char *name,
              gpointer    user_data)
{
  return NULL;
}

void
usher_composer_show_draft (UsherComposer *self,
                           const char    *draft)
{
  g_autoptr (GArray) blanks = NULL;
  g_autofree char *text = usher_canned_expand (draft, know_nothing, NULL, &blanks);

  gtk_text_buffer_set_text (self->buffer, text, -1);
  tag_blanks (self, 0, blanks);
}

/* --- Inserting -------------------------------------------------------------------------------------------- */

void
usher_composer_insert_expanded (UsherComposer *self,
                                const char    *text,
                                GArray        *blanks)
{
  GtkTextIter cursor;
  int at;

  gtk_text_buffer_get_iter_at_mark (self->buffer, &cursor,
                                    gtk_text_buffer_get_insert (self->buffer));
  at = gtk_text_iter_get_offset (&cursor);
  gtk_text_buffer_insert (self->buffer, &cursor, text, -1);
  gtk_text_buffer_place_cursor (self->buffer, &cursor);
  tag_blanks (self, at, blanks);
  if (blanks->len > 0) {
    gtk_text_buffer_get_iter_at_offset (self->buffer, &cursor, at);
    gtk_text_buffer_place_cursor (self->buffer, &cursor);
    select_blank (self, TRUE);
  }
}

void
usher_composer_clear_typed (UsherComposer *self)
{
  GtkTextIter cursor, begin;

  gtk_text_buffer_get_iter_at_mark (self->buffer, &cursor,
                                    gtk_text_buffer_get_insert (self->buffer));
  begin = cursor;
  gtk_text_iter_set_line_offset (&begin, 0);
  if (gtk_text_iter_get_char (&begin) == '/')
    gtk_text_buffer_delete (self->buffer, &begin, &cursor);
}

void
usher_composer_insert_canned (UsherComposer *self,
                              UsherCanned   *canned)
{
  g_autoptr (GArray) blanks = NULL;
  g_autofree char *text = NULL;

  if (self->conversation == NULL || self->session == NULL)
    return;
  text = usher_canned_expand_for (usher_canned_get_text (canned), self->session, self->conversation,
                                  &blanks);
  gtk_text_buffer_begin_user_action (self->buffer);
  usher_composer_clear_typed (self);
  usher_composer_insert_expanded (self, text, blanks);
  gtk_text_buffer_end_user_action (self->buffer);
  usher_canned_list_count_use (self->canned, canned);
}

/* --- The list above the text -------------------------------------------------------------------------------- */

/* The “@” of a note that the cursor stands behind, with nothing but letters between; FALSE when there is none. */
static gboolean
find_mention (UsherComposer *self,
              GtkTextIter   *ret_begin,
              GtkTextIter   *ret_end)
{
  gtk_text_buffer_get_iter_at_mark (self->buffer, ret_end,
                                    gtk_text_buffer_get_insert (self->buffer));
  *ret_begin = *ret_end;
  while (self->is_note && gtk_text_iter_backward_char (ret_begin)) {
    gunichar c = gtk_text_iter_get_char (ret_begin);

    if (c == '@')
      return TRUE;
    if (!g_unichar_isalnum (c))
      return FALSE;
  }
  return FALSE;
}

static GPtrArray *
find_colleagues (UsherComposer *self,
                 const char    *typed)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *folded = g_utf8_casefold (typed, -1);
  g_autoptr (GListModel) colleagues = NULL;
  guint64 own;

  g_object_get (self->session, "colleagues", &colleagues, "agent", &own, NULL);
  for (guint i = 0; i < g_list_model_get_n_items (colleagues); i++) {
    g_autoptr (UsherColleague) colleague = g_list_model_get_item (colleagues, i);
    const char *name = usher_colleague_get_name (colleague);
    g_autofree char *folded_name = g_utf8_casefold (name != NULL ? name : "", -1);

    if (usher_colleague_get_agent (colleague) != own && strstr (folded_name, folded) != NULL)
      g_ptr_array_add (found, g_steal_pointer (&colleague));
  }
  return found;
}

static void
insert_mention (UsherComposer  *self,
                UsherColleague *colleague)
{
  g_autofree char *name = g_strconcat (usher_colleague_get_name (colleague), " ", NULL);
  GtkTextIter begin, end;

  if (!find_mention (self, &begin, &end))
    return;
  gtk_text_iter_forward_char (&begin);
  gtk_text_buffer_begin_user_action (self->buffer);
  gtk_text_buffer_delete (self->buffer, &begin, &end);
  gtk_text_buffer_insert (self->buffer, &begin, name, -1);
  gtk_text_buffer_end_user_action (self->buffer);
}

/* What stands between the slash that begins the line and the cursor; %NULL when there is none. */
static char *
dup_typed (UsherComposer *self)
{
  GtkTextIter cursor, begin;

  gtk_text_buffer_get_iter_at_mark (self->buffer, &cursor,
                                    gtk_text_buffer_get_insert (self->buffer));
  begin = cursor;
  gtk_text_iter_set_line_offset (&begin, 0);
  if (gtk_text_iter_equal (&begin, &cursor) || gtk_text_iter_get_char (&begin) != '/')
    return NULL;
  gtk_text_iter_forward_char (&begin);
  return gtk_text_iter_get_text (&begin, &cursor);
}

static void
show_found (UsherComposer *self,
            GPtrArray     *found,
            guint          selected)
{
  GtkTextIter cursor;
  GdkRectangle at;
  double x, y;

  g_list_store_splice (self->canned_found, 0,
                       g_list_model_get_n_items (G_LIST_MODEL (self->canned_found)), found->pdata,
                       found->len);
  gtk_single_selection_set_selected (self->canned_selection, selected);
  gtk_text_buffer_get_iter_at_mark (self->buffer, &cursor,
                                    gtk_text_buffer_get_insert (self->buffer));
  gtk_text_iter_set_line_offset (&cursor, 0);
  gtk_text_view_get_iter_location (self->view, &cursor, &at);
  gtk_text_view_buffer_to_window_coords (self->view, GTK_TEXT_WINDOW_WIDGET, at.x, at.y, &at.x,
                                         &at.y);
  gtk_widget_translate_coordinates (GTK_WIDGET (self->view), GTK_WIDGET (self), at.x, at.y, &x, &y);
  at.x = (int) x;
  at.y = (int) y;
  gtk_popover_set_pointing_to (self->canned_popover, &at);
  gtk_popover_popup (self->canned_popover);
}

static GPtrArray *
find_slash (UsherComposer *self,
            const char    *typed,
            guint         *ret_selected)
{
  GPtrArray *found =
    usher_canned_list_find (self->canned, typed, usher_conversation_get_queue (self->conversation));

  if (found->len > MAX_SHOWN)
    g_ptr_array_set_size (found, MAX_SHOWN);
  *ret_selected = usher_composer_add_commands (self, typed, found);
  return found;
}

/* (nullable) */
static GPtrArray *
find_typed (UsherComposer *self,
            guint         *ret_selected)
{
  g_autofree char *canned = self->canned != NULL ? dup_typed (self) : NULL;
  g_autofree char *mention = NULL;
  GtkTextIter begin, end;

  *ret_selected = 0;
  if (canned != NULL)
    return find_slash (self, canned, ret_selected);
  if (!find_mention (self, &begin, &end))
    return NULL;
  gtk_text_iter_forward_char (&begin);
  mention = gtk_text_iter_get_text (&begin, &end);
  return find_colleagues (self, mention);
}

void
usher_composer_update_canned (UsherComposer *self)
{
  g_autoptr (GPtrArray) found = NULL;
  guint selected = 0;

  if (self->session == NULL || self->is_loading || self->conversation == NULL ||
      !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  found = self->has_preedit ? NULL : find_typed (self, &selected);
  if (found != NULL && found->len > 0)
    show_found (self, found, selected);
  else
    gtk_popover_popdown (self->canned_popover);
}

/* Returns: whether the agent goes on writing. */
static gboolean
insert_selected (UsherComposer *self)
{
  GObject *chosen = gtk_single_selection_get_selected_item (self->canned_selection);
  g_autoptr (GObject) alive = chosen != NULL ? g_object_ref (chosen) : NULL;

  gtk_popover_popdown (self->canned_popover);
  if (USHER_IS_COLLEAGUE (alive))
    insert_mention (self, USHER_COLLEAGUE (alive));
  else if (USHER_IS_PALETTE_ENTRY (alive))
    usher_composer_run_entry (self, USHER_PALETTE_ENTRY (alive));
  else if (alive != NULL)
    usher_composer_insert_canned (self, USHER_CANNED (alive));
  return !USHER_IS_PALETTE_ENTRY (alive);
}

void
usher_composer_canned_activated_cb (UsherComposer *self,
                                    guint          position)
{
  gtk_single_selection_set_selected (self->canned_selection, position);
  if (insert_selected (self))
    usher_composer_focus (self);
}

static void
move (UsherComposer *self,
      int            delta)
{
  int n = (int) g_list_model_get_n_items (G_LIST_MODEL (self->canned_found));
  int to =
    CLAMP ((int) gtk_single_selection_get_selected (self->canned_selection) + delta, 0, n - 1);

  gtk_single_selection_set_selected (self->canned_selection, (guint) to);
  gtk_widget_activate_action (GTK_WIDGET (self->canned_list), "list.scroll-to-item", "u",
                              (guint) to);
}

static gboolean
take_list_key (UsherComposer *self,
               guint          keyval)
{
  switch (keyval) {
  case GDK_KEY_Down:
    move (self, 1);
    return TRUE;
  case GDK_KEY_Up:
    move (self, -1);
    return TRUE;
  case GDK_KEY_Escape:
    gtk_popover_popdown (self->canned_popover);
    return TRUE;
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
  case GDK_KEY_Tab:
    insert_selected (self);
    return TRUE;
  default:
    return FALSE;
  }
}

gboolean
usher_composer_take_canned_key (UsherComposer   *self,
                                guint            keyval,
                                GdkModifierType  state)
{
  if (self->has_preedit || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return FALSE;
  if (self->canned_popover != NULL && gtk_widget_get_visible (GTK_WIDGET (self->canned_popover)))
    return take_list_key (self, keyval);
  if (keyval == GDK_KEY_Tab)
    return select_blank (self, TRUE);
  return keyval == GDK_KEY_ISO_Left_Tab && select_blank (self, FALSE);
}

void
usher_composer_set_canned (UsherComposer   *self,
                           UsherCannedList *canned)
{
  g_return_if_fail (USHER_IS_COMPOSER (self));
  g_set_object (&self->canned, canned);
}
