/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "ui-test.h"
#include "usher-colleague.h"
#include "usher-handover-item.h"
#include "usher-handover-row.h"
#include "usher-handover-window.h"
#include "usher-queue.h"
#include "usher-window-private.h"

/* The page on which a shift is handed over. */

typedef struct {
  UsherWindow *window;
  UsherSession *session;
  GSettings *settings;
  GListModel *items;
} Fixture;

static void
act (Fixture    *f,
     const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), action, NULL));
}

static GtkWidget *
open_page (Fixture *f)
{
  act (f, "session.hand-over");
  gtk_test_widget_wait_for_draw (f->window->handover);
  g_free (fake_session_take_calls (f->session));
  return f->window->handover;
}

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
  gtk_window_present (GTK_WINDOW (f->window));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (f->window));
  g_object_get (f->session, "handover", &f->items, NULL);
  g_free (fake_session_take_calls (f->session));
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  ui_test_settle ();
  g_object_unref (f->items);
  g_object_unref (f->session);
  g_object_unref (f->settings);
}

static UsherHandoverItem *
nth_item (Fixture *f,
          guint    n)
{
  g_autoptr (UsherHandoverItem) item = g_list_model_get_item (f->items, n);

  return item; /* the list holds it */
}

/* The n-th widget of @type below @root, in the order in which they are drawn. */
static GtkWidget *
find_nth (GtkWidget *root,
          GType      type,
          guint     *n)
{
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found;

    if (g_type_is_a (G_OBJECT_TYPE (child), type) && (*n)-- == 0)
      return child;
    found = find_nth (child, type, n);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static GtkWidget *
nth (GtkWidget *root,
     GType      type,
     guint      n)
{
  return find_nth (root, type, &n);
}

static void
choose (GtkWidget  *drop_down,
        const char *name)
{
  GListModel *targets = gtk_drop_down_get_model (GTK_DROP_DOWN (drop_down));

  for (guint i = 1; i < g_list_model_get_n_items (targets); i++) {
    g_autoptr (GObject) target = g_list_model_get_item (targets, i);
    const char *title = USHER_IS_COLLEAGUE (target)
                          ? usher_colleague_get_name (USHER_COLLEAGUE (target))
                          : usher_queue_get_title (USHER_QUEUE (target));

    if (g_str_equal (title, name)) {
      gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), i);
      return;
    }
  }
  g_assert_not_reached ();
}

static gboolean
says (GtkWidget  *page,
      const char *text)
{
  return ui_test_find (page, GTK_TYPE_LABEL, text) != NULL;
}

/* --- Tests --------------------------------------------------------------------------------------------------- */

/* Every open chat with its brief; one choice for all, another for one; and it goes. */
static void
test_everyone (Fixture       *f,
               gconstpointer  data)
{
  GtkWidget *page = open_page (f);
  GtkWidget *row = nth (page, USHER_TYPE_HANDOVER_ROW, 0);
  GtkWidget *brief = nth (row, GTK_TYPE_TEXT_VIEW, 0);
  GtkTextBuffer *text = gtk_text_view_get_buffer (GTK_TEXT_VIEW (brief));

  g_assert_cmpuint (g_list_model_get_n_items (f->items), ==, 3);
  g_assert_true (says (row, "Anna Larsson"));
  g_assert_true (says (row, "Still with you"));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (brief), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Brief about Anna Larsson");
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_ROLE_GROUP);
  /* Nobody has been chosen: nothing can go. */
  g_assert_false (gtk_widget_get_sensitive (ui_test_find (page, GTK_TYPE_BUTTON, "Hand Over")));
  gtk_text_buffer_set_text (text, "wants it on Friday", -1);
  g_assert_cmpstr (usher_handover_item_get_brief (nth_item (f, 0)), ==, "wants it on Friday");
  choose (nth (page, GTK_TYPE_DROP_DOWN, 0), "Li Wei");
  choose (nth (nth (page, USHER_TYPE_HANDOVER_ROW, 1), GTK_TYPE_DROP_DOWN, 0), "Shop");
  g_assert_true (USHER_IS_COLLEAGUE (usher_handover_item_get_target (nth_item (f, 0))));
  g_assert_true (USHER_IS_QUEUE (usher_handover_item_get_target (nth_item (f, 1))));
  g_assert_true (USHER_IS_COLLEAGUE (usher_handover_item_get_target (nth_item (f, 2))));
  g_assert_true (gtk_widget_get_sensitive (ui_test_find (page, GTK_TYPE_BUTTON, "Hand Over")));
  g_free (fake_session_take_calls (f->session));
  gtk_widget_activate_action (page, "handover.start", NULL);
  ASSERT_CALLS (f->session, "start-handover");
}

/* Whom a chat can go to are those who are there, and not I. */
static void
test_targets (Fixture       *f,
              gconstpointer  data)
{
  GtkWidget *page = open_page (f);
  GListModel *targets = gtk_drop_down_get_model (GTK_DROP_DOWN (nth (page, GTK_TYPE_DROP_DOWN, 0)));
  GtkWidget *drop_down = nth (nth (page, USHER_TYPE_HANDOVER_ROW, 0), GTK_TYPE_DROP_DOWN, 0);
  g_autoptr (GListModel) colleagues = NULL;
  g_autoptr (UsherColleague) again = usher_colleague_new (8);

  g_assert_cmpuint (g_list_model_get_n_items (targets), ==, 5); /* nobody, Li, Marta, two queues */
  choose (drop_down, "Li Wei");
  g_object_get (f->session, "colleagues", &colleagues, NULL);
  /* All were told anew: who was chosen stays chosen. */
  g_list_store_remove_all (G_LIST_STORE (colleagues));
  usher_colleague_set_name (again, "Li Wei");
  usher_colleague_set_status (again, USHER_AGENT_ONLINE);
  g_list_store_append (G_LIST_STORE (colleagues), again);
  g_object_notify (G_OBJECT (page), "is-active");
  if (gtk_window_is_active (GTK_WINDOW (page)))
    g_assert_cmpuint (gtk_drop_down_get_selected (GTK_DROP_DOWN (drop_down)), ==, 1);
  g_assert_cmpuint (usher_colleague_get_agent (
                      USHER_COLLEAGUE (usher_handover_item_get_target (nth_item (f, 0)))),
                    ==, 8);
}

/* Each row says how far its chat is; what is on its way is not changed any more. */
static void
test_progress (Fixture       *f,
               gconstpointer  data)
{
  GtkWidget *page = open_page (f);
  GtkWidget *rows[3];

  choose (nth (page, GTK_TYPE_DROP_DOWN, 0), "Li Wei");
  gtk_widget_activate_action (page, "handover.start", NULL);
  for (guint i = 0; i < 3; i++) {
    rows[i] = nth (page, USHER_TYPE_HANDOVER_ROW, i);
    usher_handover_item_set_who (nth_item (f, i), "Li Wei");
  }
  usher_handover_item_set_state (nth_item (f, 0), USHER_HANDOVER_OFFERED);
  usher_handover_item_set_state (nth_item (f, 1), USHER_HANDOVER_TURN);
  g_assert_true (says (rows[0], "Waiting for Li Wei to accept"));
  g_assert_true (says (rows[1], "Next for Li Wei"));
  g_assert_false (gtk_widget_get_visible (nth (rows[0], GTK_TYPE_DROP_DOWN, 0)));
  g_assert_false (
    gtk_text_view_get_editable (GTK_TEXT_VIEW (nth (rows[0], GTK_TYPE_TEXT_VIEW, 0))));
  usher_handover_item_set_state (nth_item (f, 0), USHER_HANDOVER_TAKEN);
  usher_handover_item_set_state (nth_item (f, 1), USHER_HANDOVER_PASSED);
  usher_handover_item_fail (nth_item (f, 2), "This colleague has no free place now.");
  g_assert_true (says (rows[0], "Accepted by Li Wei"));
  g_assert_true (says (rows[1], "Li Wei has not taken it. It waits in its queue: choose again"));
  g_assert_true (says (rows[2], "This colleague has no free place now."));
  g_assert_true (gtk_widget_get_visible (nth (rows[1], GTK_TYPE_DROP_DOWN, 0)));
  g_assert_true (says (page, "1 of 3 chats are handed over. You may close this page: it goes on, "
                             "and chats that nobody accepts are shown here."));
  /* Closed and opened again: nothing is lost. */
  gtk_window_close (GTK_WINDOW (page));
  ui_test_settle ();
  g_assert_null (f->window->handover);
  page = open_page (f);
  g_assert_true (says (page, "Accepted by Li Wei"));
  g_assert_nonnull (ui_test_find (page, GTK_TYPE_BUTTON, "Hand Over"));
}

static void
test_done (Fixture       *f,
           gconstpointer  data)
{
  GtkWidget *page = open_page (f);

  choose (nth (page, GTK_TYPE_DROP_DOWN, 0), "Shop");
  usher_handover_item_set_state (nth_item (f, 0), USHER_HANDOVER_TAKEN);
  usher_handover_item_set_state (nth_item (f, 1), USHER_HANDOVER_TAKEN);
  usher_handover_item_set_state (nth_item (f, 2), USHER_HANDOVER_QUEUED);
  g_assert_true (says (page, "Waits in the queue “Shop” for whoever is free"));
  fake_session_set_handover_stage (f->session, USHER_HANDOVER_DONE);
  g_assert_true (
    says (page, "Everything is handed over. 1 chat waits in a queue for whoever is free."));
  g_assert_nonnull (ui_test_find (page, GTK_TYPE_BUTTON, "Sign _Out"));
  g_free (fake_session_take_calls (f->session));
  gtk_widget_activate_action (page, "handover.end", NULL);
  ASSERT_CALLS (f->session, "end-handover\nleave-handover");
}

/* With its page closed, the window says that it is done. */
static void
test_done_elsewhere (Fixture       *f,
                     gconstpointer  data)
{
  gtk_window_close (GTK_WINDOW (open_page (f)));
  ui_test_settle ();
  ASSERT_CALLS (f->session, "leave-handover");
  fake_session_set_handover_stage (f->session, USHER_HANDOVER_UNDER_WAY);
  g_assert_cmpstr (gtk_widget_get_tooltip_text (GTK_WIDGET (f->window->accepting)), ==,
                   "You are handing over your shift: nothing new is offered to you (Shift+Ctrl+A)");
  fake_session_set_handover_stage (f->session, USHER_HANDOVER_DONE);
  ui_test_settle ();
  g_assert_nonnull (
    ui_test_find (GTK_WIDGET (f->window), GTK_TYPE_LABEL, "Everything is handed over."));
}

/* Nobody has anything to hand over: it says so. */
static void
test_nothing (Fixture       *f,
              gconstpointer  data)
{
  GtkWidget *page;

  usher_conversation_list_remove_all (fake_session_get_list (f->session, "mine"));
  page = open_page (f);
  g_assert_true (
    says (page, "You have no open chats. Nothing new is offered to you while this page is open."));
  g_assert_nonnull (ui_test_find (page, GTK_TYPE_BUTTON, "Sign _Out"));
}

/* Only what is in sight is made, and it goes narrow. */
static void
test_many (Fixture       *f,
           gconstpointer  data)
{
  GtkWidget *page;
  int width;

  for (guint i = 0; i < 500; i++)
    fake_session_line (fake_session_add (f->session, "mine", 500 + i, "Visitor", 10),
                       USHER_ROLE_VISITOR, "where is my parcel, and when will it come?", 10);
  page = open_page (f);
  g_assert_cmpuint (g_list_model_get_n_items (f->items), ==, 503);
  g_assert_null (nth (page, USHER_TYPE_HANDOVER_ROW, 300)); /* GTK 4.8 keeps two hundred */
  gtk_widget_measure (page, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  g_assert_cmpint (width, <=, 400);
}

#define ADD(path, func) g_test_add ("/ui/handover/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
  ADD ("everyone", test_everyone);
  ADD ("targets", test_targets);
  ADD ("progress", test_progress);
  ADD ("done", test_done);
  ADD ("done-elsewhere", test_done_elsewhere);
  ADD ("nothing", test_nothing);
  ADD ("many", test_many);
  return g_test_run ();
}
