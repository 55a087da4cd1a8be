/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui-test.h"
#include "usher-chat-window.h"
#include "usher-tile.h"
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
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1500, 800);
  gtk_window_present (GTK_WINDOW (f->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (f->window));
  WAIT_UNTIL (gtk_window_is_active (GTK_WINDOW (f->window)));
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

static UsherConversation *
get (Fixture *f,
     guint64  conv)
{
  return usher_session_find (f->session, conv);
}

static void
choose (Fixture *f,
        guint64  conv)
{
  usher_window_show_conversation (f->window, get (f, conv));
  ui_test_settle ();
}

static void
act (Fixture    *f,
     const char *action)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), action, NULL);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (f->window));
  ui_test_settle ();
}

static UsherConversationView *
view_of (Fixture *f,
         guint    n)
{
  return usher_tiles_get_nth_view (f->window->tiles, n);
}

static UsherConversation *
shown_in (Fixture *f,
          guint    n)
{
  return usher_conversation_view_get_conversation (view_of (f, n));
}

static GtkTextBuffer *
text_of (UsherConversationView *view)
{
  GtkWidget *text = ui_test_find (GTK_WIDGET (view), GTK_TYPE_TEXT_VIEW, NULL);

  g_assert_nonnull (text);
  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (text));
}

static char *
dup_text (UsherConversationView *view)
{
  char *text;

  g_object_get (text_of (view), "text", &text, NULL);
  return text;
}

static UsherChatWindow *
get_torn (Fixture *f)
{
  return f->window->torn->len == 0 ? NULL : g_ptr_array_index (f->window->torn, 0);
}

/* --- Beside each other ------------------------------------------------------------------------------------------- */

/* Anna (1) waits longest, 陈晓明 (2) after her. */
static void
test_split (Fixture       *f,
            gconstpointer  data)
{
  choose (f, 1);
  g_free (fake_session_take_calls (f->session));
  act (f, "tile.split");
  g_assert_cmpuint (usher_tiles_get_n (f->window->tiles), ==, 2);
  g_assert_true (shown_in (f, 0) == get (f, 1));
  g_assert_true (shown_in (f, 1) == get (f, 2));
  g_assert_true (f->window->conversation == get (f, 2));
  g_assert_true (usher_sidebar_get_conversation (f->window->sidebar) == get (f, 2));
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (view_of (f, 0))));
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (view_of (f, 1))));
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (
                                     gtk_widget_get_ancestor (GTK_WIDGET (view_of (f, 0)),
                                                              USHER_TYPE_TILE)),
                                   GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (
                                         gtk_widget_get_ancestor (GTK_WIDGET (view_of (f, 0)),
                                                                  USHER_TYPE_TILE)),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Chat with Anna Larsson");
}

/* What comes is read in the tile the agent is at, and not in the one beside it. */
static void
test_read_in_current (Fixture       *f,
                      gconstpointer  data)
{
  choose (f, 1);
  g_free (fake_session_take_calls (f->session));
  act (f, "tile.split");
  {
    g_autofree char *calls = fake_session_take_calls (f->session);

    g_assert_nonnull (g_strstr_len (calls, -1, "show 1 0"));
    g_assert_nonnull (g_strstr_len (calls, -1, "show 2 1"));
    g_assert_null (g_strstr_len (calls, -1, "hide 1"));
  }
  usher_conversation_view_focus (view_of (f, 0));
  ui_test_settle ();
  g_assert_true (f->window->conversation == get (f, 1));
  {
    g_autofree char *calls = fake_session_take_calls (f->session);

    g_assert_nonnull (g_strstr_len (calls, -1, "show 2 0"));
    g_assert_nonnull (g_strstr_len (calls, -1, "show 1 1"));
  }
}

static void
test_unread_in_strip (Fixture       *f,
                      gconstpointer  data)
{
  GtkWidget *tile, *badge;

  choose (f, 1);
  act (f, "tile.split");
  tile = gtk_widget_get_ancestor (GTK_WIDGET (view_of (f, 0)), USHER_TYPE_TILE);
  usher_conversation_set_unread (get (f, 1), 3);
  badge = ui_test_find (tile, GTK_TYPE_LABEL, "3");
  g_assert_nonnull (badge);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (badge), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "3 unread lines");
  usher_conversation_set_unread (get (f, 1), 0);
  g_assert_null (ui_test_find (tile, GTK_TYPE_LABEL, "3"));
}

/* A chat has one place: going to it goes to its tile. */
static void
test_no_chat_twice (Fixture       *f,
                    gconstpointer  data)
{
  choose (f, 1);
  act (f, "tile.split");
  choose (f, 1);
  g_assert_true (f->window->view == view_of (f, 0));
  g_assert_true (shown_in (f, 1) == get (f, 2));
  choose (f, 3);
  g_assert_true (shown_in (f, 0) == get (f, 3));
  g_assert_true (shown_in (f, 1) == get (f, 2));
}

/* Nothing to put beside it: the list is asked, and no key goes to the chat that was left. */
static void
test_empty (Fixture       *f,
            gconstpointer  data)
{
  GtkWidget *focus;

  usher_conversation_set_waiting_since_us (get (f, 1), 0);
  usher_conversation_set_waiting_since_us (get (f, 2), 0);
  choose (f, 1);
  act (f, "tile.split");
  g_assert_null (f->window->conversation);
  focus = gtk_window_get_focus (GTK_WINDOW (f->window));
  g_assert_true (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (f->window->sidebar)));
  usher_tiles_focus_by (f->window->tiles, -1);
  usher_tiles_focus_by (f->window->tiles, 1);
  g_assert_null (gtk_window_get_focus (GTK_WINDOW (f->window)));
  choose (f, 3);
  g_assert_true (shown_in (f, 0) == get (f, 1));
  g_assert_true (shown_in (f, 1) == get (f, 3));
}

static void
test_own_drafts (Fixture       *f,
                 gconstpointer  data)
{
  g_autofree char *left = NULL;
  g_autofree char *right = NULL;

  choose (f, 1);
  act (f, "tile.split");
  gtk_text_buffer_set_text (text_of (view_of (f, 0)), "to Anna", -1);
  gtk_text_buffer_set_text (text_of (view_of (f, 1)), "to Chen", -1);
  act (f, "pane.next");
  left = dup_text (view_of (f, 0));
  right = dup_text (view_of (f, 1));
  g_assert_cmpstr (left, ==, "to Anna");
  g_assert_cmpstr (right, ==, "to Chen");
}

/* F6 goes list, left, right, visitor. */
static void
test_panes (Fixture       *f,
            gconstpointer  data)
{
  choose (f, 1);
  act (f, "tile.split");
  act (f, "pane.previous");
  g_assert_true (f->window->view == view_of (f, 0));
  act (f, "pane.next");
  g_assert_true (f->window->view == view_of (f, 1));
  act (f, "pane.next");
  act (f, "pane.next"); /* over the visitor, or past the pane where nothing takes the focus */
  act (f, "pane.next");
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (f->window)) != NULL);
}

static void
test_close_tile (Fixture       *f,
                 gconstpointer  data)
{
  choose (f, 1);
  act (f, "tile.close"); /* the only one: stays */
  g_assert_true (f->window->conversation == get (f, 1));
  act (f, "tile.split");
  g_free (fake_session_take_calls (f->session));
  act (f, "tile.close");
  g_assert_cmpuint (usher_tiles_get_n (f->window->tiles), ==, 1);
  g_assert_true (f->window->conversation == get (f, 1));
  g_assert_cmpint (usher_conversation_get_state (get (f, 2)), ==, USHER_STATE_ACTIVE);
  {
    g_autofree char *calls = fake_session_take_calls (f->session);

    g_assert_nonnull (g_strstr_len (calls, -1, "hide 2"));
    g_assert_null (g_strstr_len (calls, -1, "close"));
  }
}

static void
test_four (Fixture       *f,
           gconstpointer  data)
{
  choose (f, 1);
  for (int i = 0; i < 5; i++)
    act (f, "tile.split");
  g_assert_cmpuint (usher_tiles_get_n (f->window->tiles), ==, 4);
  g_assert_nonnull (ui_test_find (GTK_WIDGET (f->window), GTK_TYPE_LABEL,
                                  "Four chats are as many as fit. Close a tile first."));
  for (guint i = 0; i < 4; i++) {
    graphene_rect_t bounds;

    g_assert_true (
      gtk_widget_compute_bounds (gtk_widget_get_parent (
                                   gtk_widget_get_ancestor (GTK_WIDGET (view_of (f, i)),
                                                            USHER_TYPE_TILE)),
                                 GTK_WIDGET (f->window), &bounds));
    g_assert_cmpfloat (bounds.size.width, >, 300);
  }
}

/* Where there is no room for two, the current one is shown and the other is not being read. */
static void
test_narrow (Fixture       *f,
             gconstpointer  data)
{
  choose (f, 1);
  act (f, "tile.split");
  gtk_window_set_default_size (GTK_WINDOW (f->window), 420, 420);
  WAIT_UNTIL (!gtk_widget_get_mapped (GTK_WIDGET (view_of (f, 0))));
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (view_of (f, 1))));
  {
    g_autofree char *calls = fake_session_take_calls (f->session);

    g_assert_nonnull (g_strstr_len (calls, -1, "hide 1"));
  }
  usher_tiles_focus_by (f->window->tiles, -1);
  WAIT_UNTIL (gtk_widget_get_mapped (GTK_WIDGET (view_of (f, 0))));
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (view_of (f, 1))));
}

/* --- In windows of their own --------------------------------------------------------------------------------------- */

static void
test_tear_off (Fixture       *f,
               gconstpointer  data)
{
  UsherChatWindow *torn;

  choose (f, 1);
  gtk_text_buffer_set_text (text_of (view_of (f, 0)), "half a sentence", -1);
  g_free (fake_session_take_calls (f->session));
  act (f, "tile.tear-off");
  torn = get_torn (f);
  g_assert_nonnull (torn);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (torn));
  g_assert_true (usher_chat_window_get_conversation (torn) == get (f, 1));
  g_assert_null (shown_in (f, 0));
  g_assert_nonnull (ui_test_find (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, "_Bring It Back"));
  {
    g_autofree char *calls = fake_session_take_calls (f->session);
    const char *hide = g_strstr_len (calls, -1, "hide 1");

    /* Let go of before it is taken. */
    g_assert_nonnull (hide);
    g_assert_nonnull (g_strstr_len (hide, -1, "show 1"));
  }
  {
    g_autofree char *text = dup_text (usher_chat_window_get_view (torn));

    g_assert_cmpstr (text, ==, "half a sentence");
  }
  /* Its commands speak of its chat, the desk's of the desk's. */
  choose (f, 2);
  g_assert_true (shown_in (f, 0) == get (f, 2));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (torn), "composer.toggle-note", NULL));
  g_assert_true (usher_composer_get_is_note (
    usher_conversation_view_get_composer (usher_chat_window_get_view (torn))));
  g_assert_false (
    usher_composer_get_is_note (usher_conversation_view_get_composer (view_of (f, 0))));
  /* Going to it goes to its window; the desk stays as it is. */
  choose (f, 1);
  g_assert_true (f->window->conversation == get (f, 2));
  WAIT_UNTIL (gtk_window_is_active (GTK_WINDOW (torn)));
  /* Chosen in the list, the tile points there. */
  usher_sidebar_set_conversation (f->window->sidebar, get (f, 1));
  ui_test_settle ();
  g_assert_nonnull (ui_test_find (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, "_Go There"));
  gtk_window_close (GTK_WINDOW (torn));
  ui_test_settle ();
  g_assert_null (get_torn (f));
  g_assert_true (shown_in (f, 0) == get (f, 1));
  g_assert_cmpint (usher_conversation_get_state (get (f, 1)), ==, USHER_STATE_ACTIVE);
}

static void
test_bring_back (Fixture       *f,
                 gconstpointer  data)
{
  choose (f, 1);
  act (f, "tile.split");
  act (f, "tile.tear-off"); /* 2: its tile is of no use any more */
  g_assert_cmpuint (usher_tiles_get_n (f->window->tiles), ==, 1);
  g_assert_true (f->window->conversation == get (f, 1));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (get_torn (f)), "tile.tear-off", NULL));
  ui_test_settle ();
  g_assert_null (get_torn (f));
  g_assert_true (f->window->conversation == get (f, 2));
  g_assert_true (shown_in (f, 0) == get (f, 2));
}

/* The next chat is the desk's business. */
static void
test_torn_asks_desk (Fixture       *f,
                     gconstpointer  data)
{
  choose (f, 2);
  act (f, "tile.tear-off");
  choose (f, 3);
  g_assert_true (
    gtk_widget_activate_action (GTK_WIDGET (get_torn (f)), "conversation.next-waiting", NULL));
  ui_test_settle ();
  g_assert_true (f->window->conversation == get (f, 1));
}

/* Another session, or none: nothing of the old one stays on screen. */
static void
test_session_goes (Fixture       *f,
                   gconstpointer  data)
{
  g_autoptr (UsherSession) other = fake_session_new ();

  choose (f, 1);
  act (f, "tile.tear-off");
  choose (f, 2);
  act (f, "tile.split");
  usher_window_set_session (f->window, other);
  ui_test_settle ();
  g_assert_null (get_torn (f));
  g_assert_cmpuint (usher_tiles_get_n (f->window->tiles), ==, 1);
  g_assert_null (f->window->conversation);
}

#define ADD(name, function) \
  g_test_add ("/ui/tiles/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
  ADD ("split", test_split);
  ADD ("read-in-current", test_read_in_current);
  ADD ("unread-in-strip", test_unread_in_strip);
  ADD ("no-chat-twice", test_no_chat_twice);
  ADD ("empty", test_empty);
  ADD ("own-drafts", test_own_drafts);
  ADD ("panes", test_panes);
  ADD ("close-tile", test_close_tile);
  ADD ("four", test_four);
  ADD ("narrow", test_narrow);
  ADD ("tear-off", test_tear_off);
  ADD ("bring-back", test_bring_back);
  ADD ("torn-asks-desk", test_torn_asks_desk);
  ADD ("session-goes", test_session_goes);
  return g_test_run ();
}
