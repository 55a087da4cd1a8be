/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "ui-test.h"
#include "usher-attribute-editor.h"
#include "usher-merge-dialog.h"
#include "usher-merged-contacts.h"
#include "usher-window-private.h"

/* Contacts that are one person, and what is said of a visitor beyond name and address. */

typedef struct {
  UsherWindow *window;
  UsherSession *session;
  GSettings *settings;
  GtkWidget *pane;
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
  usher_window_show_conversation (f->window, usher_session_find (f->session, 1));
  f->pane = GTK_WIDGET (f->window->visitor_pane);
  WAIT_UNTIL (ui_test_find (f->pane, GTK_TYPE_LABEL, "Verified") != NULL);
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

static gboolean
has_asked (Fixture    *f,
           const char *call)
{
  g_autofree char *calls = fake_session_take_calls (f->session);

  return strstr (calls, call) != NULL;
}

static UsherContact *
own (Fixture *f)
{
  return usher_session_get_contact (f->session, usher_session_find (f->session, 1));
}

/* --- Merging ---------------------------------------------------------------------------------------------------- */

static GtkWidget *
open_dialog (Fixture *f)
{
  g_autoptr (GList) windows = NULL;

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), "conversation.merge", NULL));
  windows = gtk_window_list_toplevels ();
  for (GList *l = windows; l != NULL; l = l->next)
    if (USHER_IS_MERGE_DIALOG (l->data)) {
      gtk_test_widget_wait_for_draw (l->data);
      return l->data;
    }
  g_assert_not_reached ();
}

static GtkWidget *
get_search (GtkWidget *dialog)
{
  return ui_test_find (dialog, GTK_TYPE_SEARCH_ENTRY, NULL);
}

static gboolean
may_merge (GtkWidget *dialog)
{
  return gtk_widget_get_sensitive (ui_test_find (dialog, GTK_TYPE_BUTTON, "_Merge"));
}

/* Who has the same address is offered, and not chosen; the arrow chooses, what will stand is shown, Enter does it, and the toast undoes it. */
static void
test_same_person (Fixture       *f,
                  gconstpointer  data)
{
  GtkWidget *dialog = open_dialog (f);

  g_assert_false (gtk_window_get_modal (GTK_WINDOW (dialog)));
  g_assert_true (has_asked (f, "find-contacts 1 "));
  g_assert_nonnull (ui_test_find (dialog, GTK_TYPE_LABEL, "Anna at work"));
  g_assert_nonnull (
    ui_test_find (dialog, GTK_TYPE_LABEL, "Perhaps the same person: same e-mail or phone"));
  g_assert_null (ui_test_find (dialog, GTK_TYPE_LABEL, "Anders Berg"));
  g_assert_false (may_merge (dialog));
  g_assert_true (ui_test_press (get_search (dialog), GDK_KEY_Down, 0));
  g_assert_true (may_merge (dialog));
  g_assert_nonnull (ui_test_find (dialog, GTK_TYPE_LABEL, "prefers green tea"));
  g_assert_nonnull (ui_test_find (dialog, GTK_TYPE_LABEL, "Tea club"));
  g_assert_nonnull (ui_test_find (dialog, GTK_TYPE_LABEL, "size"));
  /* Anna is signed in at the shop: there is nothing to choose. */
  g_assert_null (
    ui_test_find (dialog, GTK_TYPE_CHECK_BUTTON, "Where both have one, the _other’s stands"));
  g_signal_emit_by_name (get_search (dialog), "activate");
  g_assert_true (has_asked (f, "merge 1 71"));
  ui_test_settle ();
  g_assert_nonnull (ui_test_find (f->pane, ADW_TYPE_ACTION_ROW, "Anna at work"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), "window.undo", NULL));
  g_assert_true (has_asked (f, "unmerge 1 71"));
  ui_test_settle ();
  g_assert_null (ui_test_find (f->pane, ADW_TYPE_ACTION_ROW, "Anna at work"));
}

/* A few letters and Enter; the one that matches, not the one that has the same address. The other's values are kept where that is wanted. */
static void
test_letters (Fixture       *f,
              gconstpointer  data)
{
  GtkWidget *dialog, *keep;

  usher_contact_set_is_verified (own (f), FALSE);
  dialog = open_dialog (f);
  g_free (fake_session_take_calls (f->session));
  gtk_editable_set_text (GTK_EDITABLE (get_search (dialog)), "Ande");
  WAIT_UNTIL (may_merge (dialog));
  g_assert_nonnull (ui_test_find (dialog, GTK_TYPE_LABEL, "Anders Berg"));
  keep = ui_test_find (dialog, GTK_TYPE_CHECK_BUTTON, NULL);
  g_assert_nonnull (keep);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (keep), TRUE);
  g_signal_emit_by_name (get_search (dialog), "activate");
  g_assert_true (has_asked (f, "merge 1 72 kept"));
  /* It is the visitor of this chat who was merged, so it is they who are taken out again. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), "window.undo", NULL));
  {
    g_autofree char *call =
      g_strdup_printf ("unmerge 1 %" G_GUINT64_FORMAT, usher_contact_get_contact (own (f)));

    g_assert_true (has_asked (f, call));
  }
}

/* Why not is said in the window, and Enter does nothing. */
static void
test_refused (Fixture       *f,
              gconstpointer  data)
{
  GtkWidget *dialog = open_dialog (f);

  gtk_editable_set_text (GTK_EDITABLE (get_search (dialog)), "nobody");
  WAIT_UNTIL (ui_test_find (dialog, GTK_TYPE_LABEL, "Anders Berg") == NULL);
  fake_session_refuse_merges (f->session, "They stay two.");
  gtk_editable_set_text (GTK_EDITABLE (get_search (dialog)), "Anders");
  WAIT_UNTIL (ui_test_find (dialog, GTK_TYPE_LABEL, "They stay two.") != NULL);
  g_assert_false (may_merge (dialog));
  g_free (fake_session_take_calls (f->session));
  g_signal_emit_by_name (get_search (dialog), "activate");
  g_assert_false (has_asked (f, "merge"));
  gtk_window_close (GTK_WINDOW (dialog));
  ui_test_settle ();
}

/* In the pane: who stands in the contact, taken apart by a button, together again by the toast. */
static void
test_separate (Fixture       *f,
               gconstpointer  data)
{
  GtkWidget *merge = ui_test_find (f->pane, ADW_TYPE_ACTION_ROW, "Mer_ge with Another Contact…");

  g_assert_nonnull (merge);
  usher_session_merge (f->session, usher_session_find (f->session, 1), 71, FALSE);
  ui_test_settle ();
  g_signal_emit_by_name (ui_test_find (f->pane, GTK_TYPE_BUTTON, "Separate “Anna at work” again"),
                         "clicked");
  g_assert_true (has_asked (f, "unmerge 1 71"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), "window.undo", NULL));
  g_assert_true (has_asked (f, "merge 1 71"));
  /* A gateway that knows no merging, and a chat that is a colleague's. */
  usher_contact_set_contact (own (f), 0);
  g_assert_false (gtk_widget_get_visible (merge));
  usher_window_show_conversation (f->window, usher_session_find (f->session, 32));
  ui_test_settle ();
  g_assert_null (ui_test_find (f->pane, GTK_TYPE_BUTTON, "Separate “Anna at work” again"));
}

/* What the chats of both devices were labelled with stands together; of one that goes on, that it does. */
static void
test_both_devices (Fixture       *f,
                   gconstpointer  data)
{
  const char *const tags[][3] = { { "vip", "tea", NULL }, { "tea", "returns", NULL } };
  GListModel *earlier = G_LIST_MODEL (usher_contact_get_earlier (own (f)));

  for (guint i = 0; i < 2; i++) {
    g_autoptr (UsherConversation) conversation = g_list_model_get_item (earlier, i);

    usher_conversation_set_tags (conversation, tags[i]);
    usher_conversation_set_state (conversation, i == 0 ? USHER_STATE_ACTIVE : USHER_STATE_CLOSED);
    usher_conversation_set_opened_at_us (conversation, g_get_real_time ());
  }
  usher_contact_set_visits (own (f), 9); /* as its answer does */
  WAIT_UNTIL (ui_test_find (f->pane, GTK_TYPE_LABEL, "vip · tea · returns") != NULL);
  g_assert_nonnull (ui_test_find (f->pane, ADW_TYPE_ACTION_ROW, "Today · Active"));
  g_assert_nonnull (ui_test_find (f->pane, ADW_TYPE_ACTION_ROW, "Today"));
}

/* --- Attributes -------------------------------------------------------------------------------------------------- */

static GtkWidget *
find_row (Fixture    *f,
          const char *title)
{
  return ui_test_find (f->pane, ADW_TYPE_ENTRY_ROW, title);
}

static void
write_row (GtkWidget  *row,
           const char *text)
{
  gtk_widget_grab_focus (row);
  gtk_editable_set_text (GTK_EDITABLE (row), text);
  g_signal_emit_by_name (row, "apply");
}

static void
test_attributes (Fixture       *f,
                 gconstpointer  data)
{
  GtkWidget *add = find_row (f, "Add, as “name: value”");
  GtkWidget *plan = find_row (f, "plan");

  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (plan)), ==, "Tea club");
  write_row (plan, " Gold ");
  g_assert_true (has_asked (f, "set-attribute 1 plan \"Gold\""));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), "window.undo", NULL));
  g_assert_true (has_asked (f, "set-attribute 1 plan \"Tea club\""));
  /* A number is taken back as the number it was. */
  g_signal_emit_by_name (ui_test_find (f->pane, GTK_TYPE_BUTTON, "Remove “customer since”"),
                         "clicked");
  g_assert_true (has_asked (f, "set-attribute 1 customer since gone"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), "window.undo", NULL));
  g_assert_true (has_asked (f, "set-attribute 1 customer since 2021"));
  write_row (add, "size：XL: wide");
  g_assert_true (has_asked (f, "set-attribute 1 size \"XL: wide\""));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (add)), ==, "");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), "window.undo", NULL));
  g_assert_true (has_asked (f, "set-attribute 1 size gone"));
}

/* What cannot be is said at the row; what would be lost cannot be written over; who may not, sees and cannot. */
static void
test_attribute_bounds (Fixture       *f,
                       gconstpointer  data)
{
  GtkWidget *add = find_row (f, "Add, as “name: value”");
  g_autofree char *many = g_strnfill (401, 'x');

  write_row (add, "no colon");
  g_assert_nonnull (find_row (f, "A colon is missing: “name: value”"));
  gtk_editable_set_text (GTK_EDITABLE (add), "a:");
  g_assert_nonnull (find_row (f, "Add, as “name: value”"));
  g_signal_emit_by_name (add, "apply");
  g_assert_nonnull (find_row (f, "Name or value is empty or too long"));
  write_row (find_row (f, "plan"), many);
  g_assert_true (gtk_widget_has_css_class (find_row (f, "plan"), "error"));
  g_assert_false (has_asked (f, "set-attribute"));
  /* Esc leaves everything as it was. */
  g_assert_true (
    ui_test_press (gtk_widget_get_ancestor (add, USHER_TYPE_ATTRIBUTE_EDITOR), GDK_KEY_Escape, 0));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (find_row (f, "plan"))), ==, "Tea club");
  /* While somebody writes, what comes in goes past their row. */
  gtk_widget_grab_focus (find_row (f, "plan"));
  gtk_editable_set_text (GTK_EDITABLE (find_row (f, "plan")), "Go");
  usher_contact_set_attrs (own (f),
                           "{\"order\":\"B-1\",\"customer since\":2021,\"plan\":\"Silver\"}");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (find_row (f, "plan"))), ==, "Go");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (find_row (f, "order"))), ==, "B-1");
  usher_contact_set_attrs (own (f), "{\"cart\":{\"n\":[1,2]},\"plan\":\"Silver\"}");
  g_assert_false (gtk_editable_get_editable (GTK_EDITABLE (find_row (f, "cart"))));
  g_assert_nonnull (ui_test_find (f->pane, GTK_TYPE_BUTTON, "Remove “cart”"));
  usher_window_show_conversation (f->window, usher_session_find (f->session, 32));
  usher_contact_set_attrs (usher_session_get_contact (f->session,
                                                      usher_session_find (f->session, 32)),
                           "{\"plan\":\"Silver\"}");
  ui_test_settle ();
  g_assert_false (gtk_editable_get_editable (GTK_EDITABLE (find_row (f, "plan"))));
  g_assert_null (ui_test_find (f->pane, GTK_TYPE_BUTTON, "Remove “plan”"));
  g_assert_null (find_row (f, "Add, as “name: value”"));
}

#define ADD(name, func) g_test_add ("/ui/merge/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
  ADD ("same-person", test_same_person);
  ADD ("letters", test_letters);
  ADD ("refused", test_refused);
  ADD ("separate", test_separate);
  ADD ("both-devices", test_both_devices);
  ADD ("attributes", test_attributes);
  ADD ("attribute-bounds", test_attribute_bounds);
  return g_test_run ();
}
