/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "ui-test.h"
#include "usher-message-row.h"
#include "usher-palette-entry.h"
#include "usher-palette.h"
#include "usher-window-private.h"

typedef struct {
  UsherWindow *window;
  UsherSession *session;
  GSettings *settings;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->settings = g_settings_new ("io.github.usher_desk.Usher");
  f->session = fake_session_new ();
  fake_session_fill_demo (f->session);
  f->window = USHER_WINDOW (usher_window_new (NULL, f->settings));
  usher_window_set_session (f->window, f->session);
  usher_window_show_desk (f->window);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1200, 760);
  gtk_window_present (GTK_WINDOW (f->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (f->window));
  g_free (fake_session_take_calls (f->session));
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  ui_test_settle ();
  g_object_unref (f->session);
  g_object_unref (f->settings);
}

/* Among whatever the windows' coming and going has asked. */
static void
assert_called (Fixture    *f,
               const char *call)
{
  g_autofree char *calls = fake_session_take_calls (f->session);

  g_assert_nonnull (strstr (calls, call));
}

static UsherPalette *
get_palette (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (USHER_IS_PALETTE (l->data))
      return l->data;
  return NULL;
}

static UsherPalette *
open_palette (Fixture    *f,
              const char *action,
              const char *text)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), action, NULL));
  ui_test_settle ();
  usher_palette_set_text (get_palette (), text);
  ui_test_settle ();
  return get_palette ();
}

static GtkSelectionModel *
get_model (UsherPalette *palette)
{
  GtkWidget *list = ui_test_find (GTK_WIDGET (palette), GTK_TYPE_LIST_VIEW, NULL);

  return gtk_list_view_get_model (GTK_LIST_VIEW (list));
}

static const char *
title_at (UsherPalette *palette,
          guint         i)
{
  g_autoptr (UsherPaletteEntry) entry =
    g_list_model_get_item (G_LIST_MODEL (get_model (palette)), i);

  return entry != NULL ? usher_palette_entry_get_title (entry) : NULL; /* the model holds it */
}

static void
press (UsherPalette *palette,
       guint         keyval)
{
  ui_test_press (GTK_WIDGET (palette), keyval, 0);
  ui_test_settle ();
}

static void
enter (UsherPalette *palette)
{
  GtkWidget *entry = ui_test_find (GTK_WIDGET (palette), GTK_TYPE_SEARCH_ENTRY, NULL);

  g_signal_emit_by_name (entry, "activate");
  ui_test_settle ();
}

/* --- Matching ------------------------------------------------------------------------------------------------- */

static void
test_match (void)
{
  g_assert_cmpuint (usher_palette_match ("Anna Larsson", "anna"), >,
                    usher_palette_match ("Anna Larsson", "lars"));
  g_assert_cmpuint (usher_palette_match ("Anna Larsson", "lars"), >,
                    usher_palette_match ("Anna Larsson", "arss"));
  g_assert_cmpuint (usher_palette_match ("Anna Larsson", "arss"), >,
                    usher_palette_match ("Anna Larsson", "anls"));
  g_assert_cmpuint (usher_palette_match ("Anna Larsson", "anls"), >, 0);
  g_assert_cmpuint (usher_palette_match ("Anna Larsson", "xyz"), ==, 0);
  g_assert_cmpuint (usher_palette_match ("Anna Larsson", "an"), >, 0);
  g_assert_cmpuint (usher_palette_match ("Ruled", "rd"), ==, 0);
  g_assert_cmpuint (usher_palette_match ("陈晓明", "晓明"), >, 0);
  g_assert_cmpuint (usher_palette_match ("ÅNGSTRÖM", "ång"), >, 0);
  g_assert_cmpuint (usher_palette_match ("", "a"), ==, 0);
  g_assert_cmpuint (usher_palette_match ("", ""), >, 0);
}

/* --- Going ---------------------------------------------------------------------------------------------------- */

static void
test_go_to_chat (Fixture       *f,
                 gconstpointer  data)
{
  UsherPalette *palette = open_palette (f, "palette.open", "陈");

  g_assert_cmpstr (title_at (palette, 0), ==, "陈晓明");
  enter (palette);
  g_assert_null (get_palette ());
  g_assert_true (f->window->conversation == usher_session_find (f->session, 2));
}

/* Nothing typed: my own chats come first. A closed chat is found by its name, behind those that live. */
static void
test_order (Fixture       *f,
            gconstpointer  data)
{
  UsherPalette *palette = open_palette (f, "palette.open", "");

  g_assert_cmpstr (title_at (palette, 0), ==, "Anna Larsson");
  usher_palette_set_text (palette, "sv");
  ui_test_settle ();
  g_assert_cmpstr (title_at (palette, 0), ==, "Sven");
  usher_palette_set_text (palette, "o");
  ui_test_settle ();
  g_assert_cmpstr (title_at (palette, 0), ==, "O. Sullivan");
}

static void
test_command (Fixture       *f,
              gconstpointer  data)
{
  UsherPalette *palette = open_palette (f, "palette.open", "accept chats");

  g_assert_cmpstr (title_at (palette, 0), ==, "Accept chats, or stop");
  enter (palette);
  g_assert_null (get_palette ());
  assert_called (f, "set-is-accepting 0");
}

/* Arrows choose, and what comes in later leaves the choice. */
static void
test_arrows (Fixture       *f,
             gconstpointer  data)
{
  UsherPalette *palette = open_palette (f, "palette.open", "");
  GtkSingleSelection *model = GTK_SINGLE_SELECTION (get_model (palette));
  UsherPaletteEntry *chosen;

  press (palette, GDK_KEY_Down);
  press (palette, GDK_KEY_Down);
  press (palette, GDK_KEY_Up);
  g_assert_cmpuint (gtk_single_selection_get_selected (model), ==, 1);
  press (palette, GDK_KEY_Page_Up);
  g_assert_cmpuint (gtk_single_selection_get_selected (model), ==, 0);
  press (palette, GDK_KEY_Down);
  chosen = gtk_single_selection_get_selected_item (model);
  g_assert_cmpstr (usher_palette_entry_get_title (chosen), ==, title_at (palette, 1));
  enter (palette);
  g_assert_true (f->window->conversation == usher_session_find (f->session, 2));
}

/* --- What was said -------------------------------------------------------------------------------------------- */

static UsherMessageRow *
find_found (GtkWidget *root)
{
  UsherMessageRow *row = NULL;

  if (USHER_IS_MESSAGE_ROW (root) && gtk_widget_has_css_class (root, "found"))
    return USHER_MESSAGE_ROW (root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && row == NULL;
       child = gtk_widget_get_next_sibling (child))
    row = find_found (child);
  return row;
}

static void
test_line (Fixture       *f,
           gconstpointer  data)
{
  UsherPalette *palette = open_palette (f, "palette.search", "茶壶");

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (get_model (palette))), ==, 1);
  g_assert_nonnull (ui_test_find (GTK_WIDGET (palette), GTK_TYPE_LABEL, "1 found"));
  g_assert_cmpstr (title_at (palette, 0), ==, "陈晓明");
  enter (palette);
  assert_called (f, "show-line 2 1");
  g_assert_true (f->window->conversation == usher_session_find (f->session, 2));
  fake_session_tell_line_shown (f->session);
  ui_test_settle ();
  WAIT_UNTIL (find_found (GTK_WIDGET (f->window)) != NULL);
  g_assert_cmpuint (usher_message_get_seq (
                      usher_message_row_get_message (find_found (GTK_WIDGET (f->window)))),
                    ==, 1);
}

/* From the first field into the second: the last row takes what was typed along, a colleague what he wrote. */
static void
test_into_search (Fixture       *f,
                  gconstpointer  data)
{
  UsherPalette *palette = open_palette (f, "palette.open", "teapot");
  GtkWidget *entry = ui_test_find (GTK_WIDGET (palette), GTK_TYPE_SEARCH_ENTRY, NULL);

  g_assert_cmpstr (title_at (palette, 0), ==, "Search everything for “teapot”");
  enter (palette);
  g_assert_true (palette == get_palette ());
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (palette)), ==, "Search");
  g_assert_cmpstr (title_at (palette, 0), ==, "Mireille Dubois");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Search what was said");
  gtk_window_close (GTK_WINDOW (palette));
  ui_test_settle ();
  palette = open_palette (f, "palette.open", "marta");
  enter (palette);
  entry = ui_test_find (GTK_WIDGET (palette), GTK_TYPE_SEARCH_ENTRY, NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "from:\"Marta Nowak\" ");
}

/* A thousand letters a second would still be slower than this: ten thousand closed chats are looked through for each. */
static void
test_many (Fixture       *f,
           gconstpointer  data)
{
  UsherConversationList *closed = fake_session_get_list (f->session, "closed");
  UsherPalette *palette;

  for (guint i = 0; i < 10000; i++) {
    g_autofree char *name = g_strdup_printf ("Visitor %u", i);
    g_autoptr (UsherConversation) c = usher_conversation_new (100000 + i);

    usher_conversation_set_name (c, name);
    usher_conversation_set_state (c, USHER_STATE_CLOSED);
    usher_conversation_list_add (closed, c);
  }
  palette = open_palette (f, "palette.open", "visitor 7777");
  g_assert_cmpstr (title_at (palette, 0), ==, "Visitor 7777");
  usher_palette_set_text (palette, "visitor");
  ui_test_settle ();
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (get_model (palette))), <, 100);
}

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/palette/match", test_match);
#define ADD(path, func) g_test_add ("/ui/palette/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("go-to-chat", test_go_to_chat);
  ADD ("order", test_order);
  ADD ("command", test_command);
  ADD ("arrows", test_arrows);
  ADD ("line", test_line);
  ADD ("into-search", test_into_search);
  ADD ("many", test_many);
  return g_test_run ();
}
