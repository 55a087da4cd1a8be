/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui-test.h"
#include "usher-conversation-actions.h"
#include "usher-conversation-row.h"
#include "usher-filter-bar.h"
#include "usher-label-editor.h"
#include "usher-list-filter.h"
#include "usher-snooze-dialog.h"
#include "usher-snooze.h"
#include "usher-transfer-dialog.h"
#include "usher-window-private.h"

/* The left list and what is done with its rows, on models that the test fills. */

typedef struct {
  UsherSession *session;
  GSettings *settings;
  UsherWindow *window;
} Fixture;

static void
setup (Fixture       *f,
       gconstpointer  data)
{
  g_autoptr (GSettings) state = NULL;

  f->session = fake_session_new ();
  f->settings = g_settings_new ("io.github.usher_desk.Usher");
  state = g_settings_get_child (f->settings, "state");
  g_settings_reset (state, "folded-sections");
  f->window = USHER_WINDOW (g_object_ref_sink (usher_window_new (NULL, f->settings)));
  usher_window_set_session (f->window, f->session);
  usher_window_show_desk (f->window);
  fake_session_add (f->session, "mine", 1, "Anna", 110);
  fake_session_add (f->session, "mine", 2, "Bo", 45);
  fake_session_add (f->session, "mine", 3, "Cy", 0);
  fake_session_add (f->session, "bot", 4, "Dee", 0);
  fake_session_add (f->session, "watching", 5, "Eva", 0);
  fake_session_add (f->session, "queue", 6, "Finn", 20);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1200, 900);
  gtk_window_present (GTK_WINDOW (f->window));
  ui_test_settle ();
}

static void
teardown (Fixture       *f,
          gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_object_unref (f->window);
  ui_test_settle ();
  g_object_unref (f->settings);
  g_object_unref (f->session);
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
  usher_window_select (f->window, get (f, conv));
  ui_test_settle ();
  g_free (fake_session_take_calls (f->session));
}

static gboolean
act (Fixture    *f,
     const char *action)
{
  return gtk_widget_activate_action (GTK_WIDGET (f->window), action, NULL);
}

static gboolean
is_enabled (Fixture    *f,
            const char *name)
{
  return g_action_group_get_action_enabled (usher_conversation_actions_get_group (
                                              f->window->actions),
                                            name);
}

static GtkWidget *
find (Fixture    *f,
      GType       type,
      const char *text)
{
  return ui_test_find (GTK_WIDGET (f->window), type, text);
}

/* --- Sections ------------------------------------------------------------------------------------------------ */

static void
test_sections (Fixture       *f,
               gconstpointer  data)
{
  static const char *const titles[] = { "Mine", "Queue", "Bot", "Snoozed", "Watching", "Closed" };

  for (gsize i = 0; i < G_N_ELEMENTS (titles); i++)
    g_assert_nonnull (find (f, GTK_TYPE_LABEL, titles[i]));
  g_assert_null (find (f, GTK_TYPE_LABEL, "Offered")); /* it announces itself */
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Eva"));
  g_assert_null (find (f, GTK_TYPE_LABEL, "Dee")); /* folded at first */
  usher_sidebar_expand_all (f->window->sidebar);
  ui_test_settle ();
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Dee"));
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Nothing sleeps."));
  fake_session_add (f->session, "snoozed", 7, "Gus", 0);
  ui_test_settle ();
  g_assert_null (find (f, GTK_TYPE_LABEL, "Nothing sleeps."));
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Gus"));
}

/* What has the focus says what it is: the heading's button, and the rows, which have no text of their own. */
static void
test_spoken (Fixture       *f,
             gconstpointer  data)
{
  GtkWidget *heading =
    gtk_widget_get_ancestor (find (f, GTK_TYPE_LABEL, "Mine"), GTK_TYPE_TOGGLE_BUTTON);
  GtkWidget *row =
    gtk_widget_get_ancestor (find (f, GTK_TYPE_LABEL, "Eva"), USHER_TYPE_CONVERSATION_ROW);

  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (heading), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Mine");
  fake_session_line (usher_session_find (f->session, 5), USHER_ROLE_VISITOR, "Is it open?", 1);
  ui_test_settle ();
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (gtk_widget_get_parent (row)),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Eva: Is it open?");
}

/* --- Commands ------------------------------------------------------------------------------------------------ */

static void
test_snooze (Fixture       *f,
             gconstpointer  data)
{
  choose (f, 1);
  g_assert_true (act (f, "conversation.snooze"));
  ASSERT_CALLS (f->session, "snooze 1");
  ui_test_settle ();
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Snoozed until the visitor writes"));
  g_assert_true (usher_sidebar_get_conversation (f->window->sidebar) == get (f, 1));
  g_assert_false (is_enabled (f, "snooze"));
  g_assert_true (is_enabled (f, "wake"));
  g_signal_emit_by_name (find (f, GTK_TYPE_BUTTON, "_Undo"), "clicked");
  ASSERT_CALLS (f->session, "wake 1");
  g_assert_true (is_enabled (f, "snooze"));
}

/* The composer goes away under the hands of who types: no button gets the keys. */
static void
test_composer_goes (Fixture       *f,
                    gconstpointer  data)
{
  GtkWidget *focus;

  choose (f, 1);
  fake_session_line (get (f, 1), USHER_ROLE_VISITOR, "hello", 10);
  act (f, "composer.focus");
  ui_test_settle ();
  act (f, "conversation.snooze");
  ui_test_settle ();
  focus = gtk_window_get_focus (GTK_WINDOW (f->window));
  g_assert_nonnull (focus);
  g_assert_false (GTK_IS_BUTTON (focus));
  g_assert_true (gtk_widget_is_ancestor (focus, GTK_WIDGET (f->window->view)));
}

/* The key undoes what the toast offers, once. */
static void
test_undo_by_key (Fixture       *f,
                  gconstpointer  data)
{
  choose (f, 1);
  act (f, "conversation.snooze-tomorrow");
  g_assert_cmpint (usher_conversation_get_until_us (get (f, 1)), >, g_get_real_time ());
  g_free (fake_session_take_calls (f->session));
  act (f, "window.undo");
  act (f, "window.undo");
  ASSERT_CALLS (f->session, "wake 1");
}

/* The visitor has written meanwhile: there is nothing to take back. */
static void
test_undo_too_late (Fixture       *f,
                    gconstpointer  data)
{
  choose (f, 1);
  act (f, "conversation.snooze");
  usher_conversation_set_state (get (f, 1), USHER_STATE_QUEUED);
  g_free (fake_session_take_calls (f->session));
  act (f, "window.undo");
  ASSERT_CALLS (f->session, "");
}

static void
test_pick (Fixture       *f,
           gconstpointer  data)
{
  g_autoptr (GDateTime) past = g_date_time_new_local (2020, 5, 4, 9, 5, 0);
  g_autoptr (GDateTime) future = g_date_time_new_local (2999, 5, 4, 9, 5, 0);
  GtkWidget *dialog = usher_snooze_dialog_new (GTK_WINDOW (f->window));
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  g_assert_true (adw_message_dialog_get_response_enabled (message, "snooze"));
  usher_snooze_dialog_set_time (USHER_SNOOZE_DIALOG (dialog), past);
  g_assert_false (adw_message_dialog_get_response_enabled (message, "snooze"));
  usher_snooze_dialog_set_time (USHER_SNOOZE_DIALOG (dialog), future);
  g_assert_true (adw_message_dialog_get_response_enabled (message, "snooze"));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_snooze_times (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Asia/Shanghai");
  g_autoptr (GDateTime) morning = g_date_time_new (zone, 2026, 2, 28, 10, 30, 0);
  g_autoptr (GDateTime) evening = g_date_time_new (zone, 2026, 2, 28, 14, 0, 0);
  g_autoptr (GDateTime) tomorrow = g_date_time_new (zone, 2026, 3, 1, 9, 0, 0);
  g_autoptr (GDateTime) two = g_date_time_new (zone, 2026, 2, 28, 14, 0, 0);

  g_assert_cmpint (usher_snooze_until (USHER_SNOOZE_HOUR, morning), ==,
                   (g_date_time_to_unix (morning) + 3600) * G_USEC_PER_SEC);
  g_assert_cmpint (usher_snooze_until (USHER_SNOOZE_AFTERNOON, morning), ==,
                   g_date_time_to_unix (two) * G_USEC_PER_SEC);
  g_assert_cmpint (usher_snooze_until (USHER_SNOOZE_AFTERNOON, evening), ==, 0);
  g_assert_cmpint (usher_snooze_until (USHER_SNOOZE_TOMORROW, evening), ==,
                   g_date_time_to_unix (tomorrow) * G_USEC_PER_SEC);
}

static void
test_hold (Fixture       *f,
           gconstpointer  data)
{
  choose (f, 1);
  act (f, "conversation.toggle-hold");
  ASSERT_CALLS (f->session, "hold 1 1");
  ui_test_settle ();
  g_assert_nonnull (find (f, GTK_TYPE_BUTTON, "Resume"));
  act (f, "conversation.toggle-hold");
  ASSERT_CALLS (f->session, "hold 1 0");
}

/* What an agent may do with which chat, and what only a supervisor may. */
typedef struct {
  const char *action;
  guint64 conv;
  gboolean agent;
  gboolean supervisor;
} RightCase;

static const RightCase rights[] = {
  { "claim", 4, TRUE, TRUE },          { "claim", 6, TRUE, TRUE },
  { "claim", 1, FALSE, FALSE },        { "join", 5, FALSE, TRUE },
  { "join", 1, FALSE, FALSE },         { "take-over", 5, FALSE, TRUE },
  { "take-over", 4, FALSE, FALSE },    { "toggle-watch", 4, TRUE, TRUE },
  { "toggle-watch", 1, FALSE, FALSE }, { "edit-labels", 1, TRUE, TRUE },
  { "edit-labels", 5, FALSE, TRUE },   { "snooze", 1, TRUE, TRUE },
  { "snooze", 5, FALSE, FALSE },       { "transfer", 1, TRUE, TRUE },
  { "transfer", 5, FALSE, TRUE },      { "wake", 1, FALSE, FALSE },
  { "close", 1, TRUE, TRUE },          { "close", 5, FALSE, FALSE },
};

static void
test_rights (Fixture       *f,
             gconstpointer  data)
{
  usher_sidebar_expand_all (f->window->sidebar);
  for (gsize i = 0; i < G_N_ELEMENTS (rights); i++) {
    g_test_message ("%s %u", rights[i].action, (guint) rights[i].conv);
    for (int is_supervisor = 0; is_supervisor < 2; is_supervisor++) {
      fake_session_set_supervises (f->session, is_supervisor);
      choose (f, rights[i].conv);
      usher_conversation_actions_update (f->window->actions);
      g_assert_cmpint (is_enabled (f, rights[i].action), ==,
                       is_supervisor ? rights[i].supervisor : rights[i].agent);
    }
  }
}

/* Beside a colleague both write; the bar says so. */
static void
test_join (Fixture       *f,
           gconstpointer  data)
{
  fake_session_set_supervises (f->session, TRUE);
  usher_conversation_set_agent_name (get (f, 5), "Li Wei");
  choose (f, 5);
  g_assert_false (
    gtk_widget_get_visible (GTK_WIDGET (usher_conversation_view_get_composer (f->window->view))));
  g_signal_emit_by_name (find (f, GTK_TYPE_BUTTON, "Join"), "clicked");
  ui_test_settle ();
  ASSERT_CALLS (f->session, "join 5");
  g_assert_true (
    gtk_widget_get_visible (GTK_WIDGET (usher_conversation_view_get_composer (f->window->view))));
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Li Wei answers this chat; you have joined."));
  act (f, "conversation.take-over");
  ASSERT_CALLS (f->session, "take-over 5");
}

/* --- Who else is there --------------------------------------------------------------------------------------- */

static void
test_inside (Fixture       *f,
             gconstpointer  data)
{
  static const char *const two[] = { "Li Wei", "Marta", NULL };
  static const char *const one[] = { "Marta", NULL };

  choose (f, 1);
  usher_conversation_set_viewers (get (f, 1), two);
  ui_test_settle ();
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Li Wei, Marta are viewing"));
  g_assert_nonnull (find (f, GTK_TYPE_IMAGE, "Li Wei, Marta are viewing")); /* on the row */
  usher_conversation_set_writers (get (f, 1), one);
  ui_test_settle ();
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Marta is writing…"));
  g_assert_nonnull (find (f, GTK_TYPE_IMAGE, "Marta is writing…"));
  usher_conversation_set_writers (get (f, 1), NULL);
  usher_conversation_set_viewers (get (f, 1), NULL);
  ui_test_settle ();
  g_assert_null (find (f, GTK_TYPE_IMAGE, "Marta is writing…"));
}

/* --- Labels ---------------------------------------------------------------------------------------------------- */

static UsherLabelEditor *
open_editor (Fixture   *f,
             GPtrArray *conversations)
{
  UsherLabelEditor *editor =
    usher_label_editor_popup (GTK_WIDGET (f->window->sidebar), f->session, conversations);

  ui_test_settle ();
  g_free (fake_session_take_calls (f->session));
  return editor;
}

static void
type_label (UsherLabelEditor *editor,
            const char       *text)
{
  GtkWidget *entry = ui_test_find (GTK_WIDGET (editor), GTK_TYPE_ENTRY, NULL);

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  g_signal_emit_by_name (entry, "activate");
  ui_test_settle ();
}

static void
test_labels (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  UsherLabelEditor *editor;
  GtkWidget *entry;

  choose (f, 1);
  g_ptr_array_add (one, get (f, 1));
  editor = open_editor (f, one);
  entry = ui_test_find (GTK_WIDGET (editor), GTK_TYPE_ENTRY, NULL);
  type_label (editor, "REF"); /* completes to the one that is known */
  ASSERT_CALLS (f->session, "tags 1 +refund -");
  type_label (editor, "brand new");
  ASSERT_CALLS (f->session, "tags 1 +brand new -");
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "brand new")); /* a chip */
  type_label (editor, "refund");
  ASSERT_CALLS (f->session, "tags 1 + -refund");
  g_assert_true (ui_test_press (entry, GDK_KEY_BackSpace, 0));
  ASSERT_CALLS (f->session, "tags 1 + -brand new");
  g_assert_true (ui_test_press (entry, GDK_KEY_Down, 0));
  g_assert_true (ui_test_press (entry, GDK_KEY_Down, 0));
  g_signal_emit_by_name (entry, "activate");
  ASSERT_CALLS (f->session, "tags 1 +vip -");
  gtk_popover_popdown (GTK_POPOVER (editor));
  ui_test_settle ();
}

/* On several: those that have it already are left alone. */
static void
test_labels_of_several (Fixture       *f,
                        gconstpointer  data)
{
  static const char *const vip[] = { "vip", NULL };
  g_autoptr (GPtrArray) two = g_ptr_array_new ();
  UsherLabelEditor *editor;

  usher_conversation_set_tags (get (f, 1), vip);
  g_ptr_array_add (two, get (f, 1));
  g_ptr_array_add (two, get (f, 2));
  editor = open_editor (f, two);
  type_label (editor, "vip");
  ASSERT_CALLS (f->session, "tags 2 +vip -");
  type_label (editor, "vip");
  ASSERT_CALLS (f->session, "tags 1 + -vip\ntags 2 + -vip");
  gtk_popover_popdown (GTK_POPOVER (editor));
  ui_test_settle ();
}

/* --- Several rows ------------------------------------------------------------------------------------------------ */

static GtkSelectionModel *
selection_of (Fixture *f)
{
  GtkWidget *list = ui_test_find (GTK_WIDGET (f->window->sidebar), GTK_TYPE_LIST_VIEW, NULL);

  return gtk_list_view_get_model (GTK_LIST_VIEW (list));
}

static void
also_choose (Fixture *f,
             guint64  conv)
{
  GtkSelectionModel *selection = selection_of (f);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (selection));

  for (guint i = 0; i < n; i++) {
    g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (selection), i);

    if (item == (gpointer) get (f, conv))
      gtk_selection_model_select_item (selection, i, FALSE);
  }
  ui_test_settle ();
}

static void
press (Fixture    *f,
       const char *tooltip)
{
  g_signal_emit_by_name (ui_test_find (GTK_WIDGET (f->window->sidebar), GTK_TYPE_BUTTON, tooltip),
                         "clicked");
  ui_test_settle ();
}

/* Whatever the bar of chosen rows offers, the list is not wider for it. */
static void
test_width (Fixture       *f,
            gconstpointer  data)
{
  int minimum;

  gtk_widget_measure (GTK_WIDGET (f->window->sidebar), GTK_ORIENTATION_HORIZONTAL, -1, &minimum,
                      NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 320);
}

static void
test_several (Fixture       *f,
              gconstpointer  data)
{
  choose (f, 1);
  also_choose (f, 2);
  also_choose (f, 3);
  g_assert_true (usher_sidebar_get_conversation (f->window->sidebar) == get (f, 1));
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "3 chosen"));
  press (f, "Snooze the chosen chats until their visitors write");
  ASSERT_CALLS (f->session, "snooze 1\nsnooze 2\nsnooze 3");
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "3 chats snoozed until their visitors write"));
  g_signal_emit_by_name (find (f, GTK_TYPE_BUTTON, "_Undo"), "clicked");
  ASSERT_CALLS (f->session, "wake 1\nwake 2\nwake 3");
}

static guint
position_of (Fixture *f,
             guint64  conv)
{
  GListModel *rows = G_LIST_MODEL (selection_of (f));
  guint n = g_list_model_get_n_items (rows);

  for (guint i = 0; i < n; i++) {
    g_autoptr (GObject) item = g_list_model_get_item (rows, i);

    if (item == (gpointer) get (f, conv))
      return i;
  }
  g_assert_not_reached ();
}

/* Shift extends from the chat that is shown, however it came to be shown; over a heading too. */
static void
test_extend (Fixture       *f,
             gconstpointer  data)
{
  GtkWidget *list = ui_test_find (GTK_WIDGET (f->window->sidebar), GTK_TYPE_LIST_VIEW, NULL);

  choose (f, 2);
  gtk_widget_activate_action (list, "list.select-item", "(ubb)", position_of (f, 6), FALSE, TRUE);
  ui_test_settle ();
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "3 chosen")); /* 2, 3 and 6 */
  g_assert_true (usher_sidebar_get_conversation (f->window->sidebar) == get (f, 2));
}

/* Only those that can be closed are: the one in the queue stays as it is. */
static void
test_close_several (Fixture       *f,
                    gconstpointer  data)
{
  choose (f, 1);
  also_choose (f, 2);
  also_choose (f, 6);
  press (f, "Close the chosen chats");
  ASSERT_CALLS (f->session, "close 1\nclose 2");
  act (f, "window.undo");
  ASSERT_CALLS (f->session, "reopen 1\nreopen 2");
}

/* The list is reached by keys alone, and its first stop is the chat that is shown. */
static void
test_focus (Fixture       *f,
            gconstpointer  data)
{
  static const guint64 convs[] = { 2, 6 }; /* with a composer, and without */

  for (gsize i = 0; i < G_N_ELEMENTS (convs); i++) {
    GtkWidget *focus;

    choose (f, convs[i]);
    gtk_window_set_focus (GTK_WINDOW (f->window), NULL);
    act (f, "composer.focus");
    act (f, "pane.previous");
    ui_test_settle ();
    focus = gtk_widget_get_first_child (gtk_window_get_focus (GTK_WINDOW (f->window)));
    g_assert_true (USHER_IS_CONVERSATION_ROW (focus));
    g_assert_true (usher_conversation_row_get_conversation (USHER_CONVERSATION_ROW (focus)) ==
                   get (f, convs[i]));
  }
}

/* The arrows come from the first row to the last over headings and hints. */
static void
test_arrows (Fixture       *f,
             gconstpointer  data)
{
  GtkWidget *list = ui_test_find (GTK_WIDGET (f->window->sidebar), GTK_TYPE_LIST_VIEW, NULL);
  guint n;

  usher_sidebar_expand_all (f->window->sidebar);
  n = g_list_model_get_n_items (G_LIST_MODEL (selection_of (f)));
  choose (f, 1);
  ui_test_settle ();
  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row), n--) {
    g_test_message ("%s: %s", G_OBJECT_TYPE_NAME (row),
                    G_OBJECT_TYPE_NAME (gtk_widget_get_first_child (row)));
    g_assert_true (gtk_widget_grab_focus (row));
  }
  g_assert_cmpuint (n, ==, 0);
}

/* Of the queue and of the bot; what is mine already is left alone. */
static void
test_take_several (Fixture       *f,
                   gconstpointer  data)
{
  usher_sidebar_expand_all (f->window->sidebar);
  choose (f, 1);
  also_choose (f, 6);
  also_choose (f, 4);
  press (f, "Take the chosen chats");
  ASSERT_CALLS (f->session, "claim 6\nclaim 4");
}

/* Select all takes headings along; nothing is done with them. */
static void
test_select_all (Fixture       *f,
                 gconstpointer  data)
{
  choose (f, 1);
  gtk_selection_model_select_all (selection_of (f));
  ui_test_settle ();
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "5 chosen"));
  press (f, "Choose one chat again");
  g_assert_null (find (f, GTK_TYPE_LABEL, "5 chosen"));
  g_assert_true (usher_sidebar_get_conversation (f->window->sidebar) == get (f, 1));
}

/* One of several leaves: what is shown is not exchanged for the one that stays. */
static void
test_several_leave (Fixture       *f,
                    gconstpointer  data)
{
  choose (f, 1);
  also_choose (f, 2);
  usher_conversation_list_remove (fake_session_get_list (f->session, "mine"), get (f, 1));
  ui_test_settle ();
  g_assert_cmpuint (usher_conversation_get_conv (
                      usher_sidebar_get_conversation (f->window->sidebar)),
                    ==, 1);
}

/* Menu key on a focused row: the menu is about that row, whatever is shown. */
static void
test_row_menu (Fixture       *f,
               gconstpointer  data)
{
  GtkWidget *list = ui_test_find (GTK_WIDGET (f->window->sidebar), GTK_TYPE_LIST_VIEW, NULL);
  GtkWidget *row = ui_test_find (list, GTK_TYPE_LABEL, "Bo");
  GtkWidget *menu;

  choose (f, 1);
  row = gtk_widget_get_ancestor (row, USHER_TYPE_CONVERSATION_ROW);
  gtk_widget_grab_focus (gtk_widget_get_parent (row));
  gtk_widget_activate_action (list, "menu.popup", NULL);
  ui_test_settle ();
  menu = ui_test_find (GTK_WIDGET (f->window->sidebar), GTK_TYPE_POPOVER_MENU, NULL);
  g_assert_true (gtk_widget_get_mapped (menu));
  g_free (fake_session_take_calls (f->session));
  gtk_widget_activate_action (menu, "conversation.snooze", NULL);
  ASSERT_CALLS (f->session, "snooze 2");
  gtk_popover_popdown (GTK_POPOVER (menu));
  ui_test_settle ();
}

/* --- Filters ------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *query;
  gboolean is_match; /* of the conversation in test_filter() */
} FilterCase;

static const FilterCase filters[] = {
  { "queue:shop", TRUE },
  { "queue:SHOP", TRUE },
  { "queue:returns", FALSE },
  { "queue:returns queue:shop", TRUE }, /* one of them */
  { "channel:web", TRUE },
  { "channel:wechat", FALSE },
  { "tag:vip", TRUE },
  { "tag:\"brand new\"", TRUE },
  { "tag:vip tag:refund", FALSE }, /* all of them */
  { "is:unread", TRUE },
  { "is:late", TRUE },
  { "anna", TRUE },
  { "退货", TRUE },
  { "\"可以退货\" anna", TRUE },
  { "nobody", FALSE },
  { "tag:vip is:unread nobody", FALSE },
};

static void
test_filter (void)
{
  static const char *const tags[] = { "vip", "brand new", NULL };
  g_autoptr (UsherConversation) conversation = usher_conversation_new (1);
  g_autoptr (UsherListFilter) late = NULL;
  const gint64 now_us = 1000 * (gint64) G_USEC_PER_SEC, target_us = 120 * (gint64) G_USEC_PER_SEC;

  usher_conversation_set_name (conversation, "Anna");
  usher_conversation_set_last_text (conversation, "请问可以退货吗?");
  usher_conversation_set_queue (conversation, "shop");
  usher_conversation_set_channel (conversation, 1);
  usher_conversation_set_tags (conversation, tags);
  usher_conversation_set_unread (conversation, 2);
  usher_conversation_set_waiting_since_us (conversation, now_us - target_us);
  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++) {
    g_autoptr (UsherListFilter) filter = usher_list_filter_new (filters[i].query);

    g_test_message ("%s", filters[i].query);
    g_assert_nonnull (filter);
    g_assert_cmpint (usher_list_filter_matches (filter, conversation, now_us, target_us), ==,
                     filters[i].is_match);
  }
  usher_conversation_set_waiting_since_us (conversation, now_us - target_us + 1);
  late = usher_list_filter_new ("is:late");
  g_assert_false (usher_list_filter_matches (late, conversation, now_us, target_us));
}

/* What is half typed asks for nothing yet. */
static void
test_no_filter (void)
{
  static const char *const queries[] = { "", "  ", "tag:", "is:", "is:unr", "queue:" };

  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
    g_assert_null (usher_list_filter_new (queries[i]));
}

static void
test_toggle_term (void)
{
  g_autofree char *term = usher_list_filter_term ("tag", "brand new");
  g_autofree char *with = usher_list_filter_toggle ("is:unread", term);
  g_autofree char *without = usher_list_filter_toggle (with, term);

  g_assert_cmpstr (with, ==, "is:unread tag:\"brand new\"");
  g_assert_true (usher_list_filter_has_term (with, term));
  g_assert_cmpstr (without, ==, "is:unread");
}

static UsherFilterBar *
get_bar (Fixture *f)
{
  return USHER_FILTER_BAR (
    ui_test_find (GTK_WIDGET (f->window->sidebar), USHER_TYPE_FILTER_BAR, NULL));
}

/* Rows are hidden, but who waits is still next: a filter is for looking, not for forgetting. */
static void
test_filter_lists (Fixture       *f,
                   gconstpointer  data)
{
  choose (f, 3);
  act (f, "pane.filter");
  usher_filter_bar_set_query (get_bar (f), "finn");
  ui_test_settle ();
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Finn"));
  g_assert_null (ui_test_find (GTK_WIDGET (f->window->sidebar), GTK_TYPE_LABEL, "Bo"));
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Nothing matches the filter."));
  g_assert_true (usher_sidebar_get_conversation (f->window->sidebar) == get (f, 3));
  act (f, "conversation.next-waiting");
  g_assert_true (usher_sidebar_get_conversation (f->window->sidebar) == get (f, 1));
  usher_filter_bar_set_query (get_bar (f), "");
  ui_test_settle ();
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Bo"));
  g_assert_null (find (f, GTK_TYPE_LABEL, "Nothing matches the filter."));
}

static void
test_views (Fixture       *f,
            gconstpointer  data)
{
  UsherFilterBar *bar = get_bar (f);
  g_auto (GStrv) saved = NULL;

  g_settings_reset (f->settings, "views");
  gtk_widget_activate_action (GTK_WIDGET (bar), "filter.toggle", "s", "is:unread");
  gtk_widget_activate_action (GTK_WIDGET (bar), "filter.toggle", "s", "queue:shop");
  g_assert_cmpstr (usher_filter_bar_get_query (bar), ==, "is:unread queue:shop");
  gtk_widget_activate_action (GTK_WIDGET (bar), "filter.save-view", NULL);
  saved = g_settings_get_strv (f->settings, "views");
  g_assert_cmpstr (saved[0], ==, "is:unread queue:shop");
  usher_filter_bar_set_query (bar, "");
  gtk_widget_activate_action (GTK_WIDGET (bar), "filter.show", "s", saved[0]);
  g_assert_cmpstr (usher_filter_bar_get_query (bar), ==, saved[0]);
  gtk_widget_activate_action (GTK_WIDGET (bar), "filter.save-view", NULL); /* forgets it again */
  g_strfreev (saved);
  saved = g_settings_get_strv (f->settings, "views");
  g_assert_null (saved[0]);
}

/* What was folded is folded at the next start. */
static void
test_folds_are_kept (Fixture       *f,
                     gconstpointer  data)
{
  g_autoptr (GSettings) state = g_settings_get_child (f->settings, "state");
  g_auto (GStrv) folded = NULL;

  usher_sidebar_expand_all (f->window->sidebar);
  folded = g_settings_get_strv (state, "folded-sections");
  g_assert_null (folded[0]);
}

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
#define ADD(path, test) g_test_add ("/ui/lists/" path, Fixture, NULL, setup, test, teardown)
  ADD ("sections", test_sections);
  ADD ("spoken", test_spoken);
  ADD ("snooze", test_snooze);
  ADD ("composer-goes", test_composer_goes);
  ADD ("undo-by-key", test_undo_by_key);
  ADD ("undo-too-late", test_undo_too_late);
  ADD ("pick", test_pick);
  g_test_add_func ("/ui/lists/snooze-times", test_snooze_times);
  ADD ("hold", test_hold);
  ADD ("rights", test_rights);
  ADD ("join", test_join);
  ADD ("inside", test_inside);
  ADD ("labels", test_labels);
  ADD ("labels-of-several", test_labels_of_several);
  ADD ("width", test_width);
  ADD ("several", test_several);
  ADD ("extend", test_extend);
  ADD ("close-several", test_close_several);
  ADD ("take-several", test_take_several);
  ADD ("select-all", test_select_all);
  ADD ("focus", test_focus);
  ADD ("arrows", test_arrows);
  ADD ("several-leave", test_several_leave);
  ADD ("row-menu", test_row_menu);
  g_test_add_func ("/ui/lists/filter", test_filter);
  g_test_add_func ("/ui/lists/no-filter", test_no_filter);
  g_test_add_func ("/ui/lists/toggle-term", test_toggle_term);
  ADD ("filter-lists", test_filter_lists);
  ADD ("views", test_views);
  ADD ("folds-are-kept", test_folds_are_kept);
  return g_test_run ();
}
