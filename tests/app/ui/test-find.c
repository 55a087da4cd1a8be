/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "ui-test.h"
#include "usher-conversation-view.h"
#include "usher-date-popover.h"
#include "usher-find-bar.h"
#include "usher-message-row.h"

typedef struct {
  GtkWidget *window;
  UsherConversationView *view;
  UsherSession *session;
  UsherConversation *conversation;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->session = fake_session_new ();
  f->conversation = fake_session_add (f->session, "mine", 1, "Anna", 0);
  fake_session_line (f->conversation, USHER_ROLE_VISITOR, "我想退茶壶", 30);
  fake_session_line (f->conversation, USHER_ROLE_AGENT, "Which one?", 20);
  fake_session_line (f->conversation, USHER_ROLE_VISITOR, "茶壶,红色的茶壶", 10);
  fake_session_line (fake_session_add (f->session, "mine", 2, "Jonas", 0), USHER_ROLE_VISITOR,
                     "茶壶 too", 5);
  f->view = USHER_CONVERSATION_VIEW (usher_conversation_view_new ());
  usher_conversation_view_set_session (f->view, f->session);
  usher_conversation_view_set_conversation (f->view, f->conversation);
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), 600, 500);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->view));
  gtk_window_present (GTK_WINDOW (f->window));
  gtk_test_widget_wait_for_draw (f->window);
  g_free (fake_session_take_calls (f->session));
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  ui_test_settle ();
  g_object_unref (f->session);
}

static GtkWidget *
find (Fixture    *f,
      GType       type,
      const char *text)
{
  return ui_test_find (GTK_WIDGET (f->view), type, text);
}

static GtkWidget *
get_entry (Fixture *f)
{
  return find (f, GTK_TYPE_SEARCH_ENTRY, NULL);
}

static void
look_for (Fixture    *f,
          const char *text)
{
  usher_conversation_view_find (f->view);
  gtk_editable_set_text (GTK_EDITABLE (get_entry (f)), text);
  ui_test_settle ();
}

static UsherMessageRow *
get_row (Fixture    *f,
         const char *text)
{
  return USHER_MESSAGE_ROW (
    gtk_widget_get_ancestor (find (f, GTK_TYPE_LABEL, text), USHER_TYPE_MESSAGE_ROW));
}

/* How many places of @text have a background. */
static guint
count_marks (Fixture    *f,
             const char *text)
{
  PangoAttrList *attributes = gtk_label_get_attributes (GTK_LABEL (find (f, GTK_TYPE_LABEL, text)));
  GSList *all = attributes == NULL ? NULL : pango_attr_list_get_attributes (attributes);
  guint n = 0;

  for (GSList *l = all; l != NULL; l = l->next)
    if (pango_attribute_as_color (l->data) != NULL &&
        ((PangoAttribute *) l->data)->klass->type == PANGO_ATTR_BACKGROUND)
      n++;
  g_slist_free_full (all, (GDestroyNotify) pango_attribute_destroy);
  return n;
}

static gboolean
is_found (Fixture    *f,
          const char *text)
{
  return gtk_widget_has_css_class (GTK_WIDGET (get_row (f, text)), "found");
}

static gboolean
has_focus (Fixture   *f,
           GtkWidget *widget)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (f->window));

  return focus != NULL && (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

/* The newest line first, then older ones, and around; only of this chat. */
static void
test_move (Fixture       *f,
           gconstpointer  data)
{
  look_for (f, "茶壶");
  WAIT_UNTIL (find (f, GTK_TYPE_LABEL, "1 of 2") != NULL);
  ASSERT_CALLS (f->session, "show-line 1 3");
  g_signal_emit_by_name (get_entry (f), "activate");
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "2 of 2"));
  ASSERT_CALLS (f->session, "show-line 1 1");
  usher_conversation_view_find_next (f->view, 1);
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "1 of 2"));
  ASSERT_CALLS (f->session, "show-line 1 3");
  g_assert_true (ui_test_press (get_entry (f), GDK_KEY_Return, GDK_SHIFT_MASK));
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "2 of 2"));
  ASSERT_CALLS (f->session, "show-line 1 1");
  usher_conversation_view_find_next (f->view, -1);
  ASSERT_CALLS (f->session, "show-line 1 3");
  g_assert_false (ui_test_press (get_entry (f), GDK_KEY_Return, 0));
}

static void
test_marks (Fixture       *f,
            gconstpointer  data)
{
  g_assert_cmpuint (count_marks (f, "茶壶,红色的茶壶"), ==, 0);
  look_for (f, "茶壶");
  WAIT_UNTIL (find (f, GTK_TYPE_LABEL, "1 of 2") != NULL);
  fake_session_tell_line_shown (f->session);
  WAIT_UNTIL (is_found (f, "茶壶,红色的茶壶"));
  g_assert_cmpuint (count_marks (f, "茶壶,红色的茶壶"), ==, 2);
  g_assert_cmpuint (count_marks (f, "我想退茶壶"), ==, 1);
  g_assert_cmpuint (count_marks (f, "Which one?"), ==, 0);
  /* A line that comes in meanwhile. */
  fake_session_line (f->conversation, USHER_ROLE_VISITOR, "白茶壶", 1);
  WAIT_UNTIL (find (f, GTK_TYPE_LABEL, "白茶壶") != NULL);
  g_assert_cmpuint (count_marks (f, "白茶壶"), ==, 1);
  look_for (f, "one");
  WAIT_UNTIL (count_marks (f, "Which one?") == 1);
  g_assert_cmpuint (count_marks (f, "茶壶,红色的茶壶"), ==, 0);
}

/* Back to the composer, and nothing stays marked. */
static void
test_escape (Fixture       *f,
             gconstpointer  data)
{
  look_for (f, "茶壶");
  WAIT_UNTIL (find (f, GTK_TYPE_LABEL, "1 of 2") != NULL);
  fake_session_tell_line_shown (f->session);
  g_assert_true (has_focus (f, get_entry (f)));
  g_signal_emit_by_name (get_entry (f), "stop-search");
  ui_test_settle ();
  g_assert_true (has_focus (f, GTK_WIDGET (usher_conversation_view_get_composer (f->view))));
  g_assert_cmpuint (count_marks (f, "茶壶,红色的茶壶"), ==, 0);
  g_assert_false (is_found (f, "茶壶,红色的茶壶"));
  /* What was looked for is still there. */
  usher_conversation_view_find_next (f->view, 1);
  g_assert_true (has_focus (f, get_entry (f)));
  WAIT_UNTIL (find (f, GTK_TYPE_LABEL, "1 of 2") != NULL);
}

static void
test_nothing (Fixture       *f,
              gconstpointer  data)
{
  look_for (f, "absent");
  WAIT_UNTIL (find (f, GTK_TYPE_LABEL, "0 found") != NULL);
  g_assert_true (gtk_widget_has_css_class (get_entry (f), "error"));
  ASSERT_CALLS (f->session, "");
  look_for (f, "one");
  WAIT_UNTIL (find (f, GTK_TYPE_LABEL, "1 of 1") != NULL);
  g_assert_false (gtk_widget_has_css_class (get_entry (f), "error"));
  g_assert_false (gtk_widget_get_sensitive (find (f, GTK_TYPE_BUTTON, "The next older line")));
}

static void
test_other_chat (Fixture       *f,
                 gconstpointer  data)
{
  look_for (f, "茶壶");
  WAIT_UNTIL (find (f, GTK_TYPE_LABEL, "1 of 2") != NULL);
  usher_conversation_view_set_conversation (f->view, usher_session_find (f->session, 2));
  WAIT_UNTIL (find (f, GTK_TYPE_LABEL, "茶壶 too") != NULL);
  g_assert_cmpuint (count_marks (f, "茶壶 too"), ==, 0);
  usher_conversation_view_find (f->view);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (get_entry (f))), ==, "");
}

static void
press (GtkWidget *widget,
       guint      keyval)
{
  g_assert_true (ui_test_press (widget, keyval, 0));
  ui_test_settle ();
}

/* By keys alone: from the first line of the window back by a month, a week and a day. */
static void
test_date (Fixture       *f,
           gconstpointer  data)
{
  g_autoptr (GDateTime) first = g_date_time_new_local (2026, 5, 20, 13, 7, 0);
  UsherMessage *line =
    usher_message_list_peek (usher_conversation_get_messages (f->conversation), 0);
  g_autofree char *calls = NULL;
  GtkWidget *popover, *calendar;

  usher_message_set_ts_us (line, g_date_time_to_unix (first) * G_USEC_PER_SEC);
  usher_conversation_view_go_to_date (f->view);
  ui_test_settle ();
  popover = find (f, USHER_TYPE_DATE_POPOVER, NULL);
  calendar = ui_test_find (popover, GTK_TYPE_CALENDAR, NULL);
  g_assert_true (has_focus (f, calendar));
  press (calendar, GDK_KEY_Page_Up);
  press (calendar, GDK_KEY_Up);
  press (calendar, GDK_KEY_Left);
  g_assert_false (ui_test_press (calendar, GDK_KEY_a, 0));
  press (calendar, GDK_KEY_Return);
  calls = fake_session_take_calls (f->session);
  g_assert_nonnull (strstr (calls, "show-day 1 2026-04-12 00:00:00"));
  WAIT_UNTIL (find (f, USHER_TYPE_DATE_POPOVER, NULL) == NULL);
}

#define ADD(name, function) \
  g_test_add ("/ui/find/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
  ADD ("move", test_move);
  ADD ("marks", test_marks);
  ADD ("escape", test_escape);
  ADD ("nothing", test_nothing);
  ADD ("other-chat", test_other_chat);
  ADD ("date", test_date);
  return g_test_run ();
}
