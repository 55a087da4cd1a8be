/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "ui-test.h"
#include "usher-contact-editor.h"
#include "usher-close-dialog.h"
#include "usher-message-row.h"
#include "usher-section-row.h"
#include "usher-transfer-dialog.h"
#include "usher-waiting-clock.h"
#include "usher-window-private.h"
#include "usher-wrapup-clock.h"

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
  g_free (fake_session_take_calls (f->session));
}

static void
act (Fixture    *f,
     const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), action, NULL));
}

static GtkWidget *
find (Fixture    *f,
      GType       type,
      const char *text)
{
  return ui_test_find (GTK_WIDGET (f->window), type, text);
}

/* A dialog of the window, other than the window itself. */
static GtkWidget *
find_dialog (GType type)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (g_type_is_a (G_OBJECT_TYPE (l->data), type))
      return l->data;
  return NULL;
}

/* --- What a screen reader finds -------------------------------------------------------------------------------- */

typedef struct {
  GType (*type) (void);
  const char *tooltip;
  const char *label;
} NamedButton;

static const NamedButton named_buttons[] = {
  { gtk_menu_button_get_type, "Menu (F10)", "Menu" },
  { gtk_button_get_type, "Transfer this chat (Ctrl+T)", "Transfer this chat" },
  { gtk_button_get_type, "Close this chat (Ctrl+D)", "Close this chat" },
  { gtk_toggle_button_get_type, "About the visitor (F9)", "About the visitor" },
  { gtk_button_get_type, "Attach files (Ctrl+U)", "Attach files" },
};

static void
test_names (Fixture       *f,
            gconstpointer  data)
{
  GtkWidget *list;

  choose (f, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (named_buttons); i++) {
    GtkWidget *button = find (f, named_buttons[i].type (), named_buttons[i].tooltip);

    g_assert_nonnull (button);
    gtk_test_accessible_assert_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                         named_buttons[i].label);
  }
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (f->window->step), GTK_ACCESSIBLE_ROLE_STATUS);
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (f->window->offer_bar),
                                   GTK_ACCESSIBLE_ROLE_ALERT);
  list = ui_test_find (GTK_WIDGET (f->window->sidebar), GTK_TYPE_LIST_VIEW, NULL);
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_ROLE_LIST);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Conversations");
  list = ui_test_find (GTK_WIDGET (f->window->view), GTK_TYPE_LIST_VIEW, NULL);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Messages");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (f->window->accepting),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Accepting chats");
}

/* Every button that shows no word must have a tooltip or it cannot be found. */
static void
check_buttons (GtkWidget *root)
{
  if (!gtk_widget_get_visible (root))
    return;
  if (G_OBJECT_TYPE (root) == GTK_TYPE_BUTTON &&
      gtk_button_get_icon_name (GTK_BUTTON (root)) != NULL &&
      !GTK_IS_WINDOW_CONTROLS (gtk_widget_get_parent (root)) &&
      !GTK_IS_MENU_BUTTON (gtk_widget_get_parent (root)))
    g_assert_nonnull (gtk_widget_get_tooltip_text (root));
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_buttons (child);
}

static void
test_icon_buttons (Fixture       *f,
                   gconstpointer  data)
{
  choose (f, 1);
  check_buttons (GTK_WIDGET (f->window));
}

static void
test_clock (void)
{
  UsherWaitingClock *clock = g_object_ref_sink (USHER_WAITING_CLOCK (usher_waiting_clock_new ()));
  const gint64 target_us = 100 * G_USEC_PER_SEC;

  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (clock)));
  usher_waiting_clock_set (clock, 49 * G_USEC_PER_SEC, target_us);
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (clock), "plain"));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (clock), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Waiting for 0:49");
  usher_waiting_clock_set (clock, 50 * G_USEC_PER_SEC, target_us);
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (clock), "soon"));
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (clock), "plain"));
  usher_waiting_clock_set (clock, 80 * G_USEC_PER_SEC, target_us);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (clock), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Waiting for 1:20, late");
  usher_waiting_clock_set (clock, -1, target_us);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (clock)));
  g_object_unref (clock);
}

/* --- Lists ------------------------------------------------------------------------------------------------------- */

static void
test_order (Fixture       *f,
            gconstpointer  data)
{
  UsherSidebar *sidebar = f->window->sidebar;

  /* Anna waits 110 s, 陈晓明 45 s, Jonas not at all. */
  g_assert_true (usher_sidebar_get_nth_mine (sidebar, 0) == get (f, 1));
  g_assert_true (usher_sidebar_get_nth_mine (sidebar, 1) == get (f, 2));
  g_assert_true (usher_sidebar_get_nth_mine (sidebar, 2) == get (f, 3));
  usher_conversation_set_waiting_since_us (get (f, 3),
                                           g_get_real_time () - 500 * (gint64) G_USEC_PER_SEC);
  usher_conversation_set_waiting_since_us (get (f, 1), 0);
  g_assert_true (usher_sidebar_get_nth_mine (sidebar, 0) ==
                 get (f, 1)); /* not while it may be pointed at */
  usher_sidebar_sort_now (sidebar);
  g_assert_true (usher_sidebar_get_nth_mine (sidebar, 0) == get (f, 3));
  g_assert_true (usher_sidebar_get_nth_mine (sidebar, 2) == get (f, 1));
}

static void
test_selection_stays (Fixture       *f,
                      gconstpointer  data)
{
  UsherSidebar *sidebar = f->window->sidebar;

  choose (f, 2);
  usher_conversation_set_waiting_since_us (get (f, 2), 0);
  usher_sidebar_sort_now (sidebar);
  ui_test_settle ();
  g_assert_true (usher_sidebar_get_conversation (sidebar) == get (f, 2));
  /* From Mine to Closed: another section, another model. */
  usher_session_wrap_up (f->session, get (f, 2), "other", "solved", "", FALSE);
  ui_test_settle ();
  g_assert_true (usher_sidebar_get_conversation (sidebar) == get (f, 2));
  g_assert_true (f->window->conversation == get (f, 2));
  g_assert_nonnull (find (f, GTK_TYPE_BUTTON, "Reopen"));
}

static void
test_next_waiting (Fixture       *f,
                   gconstpointer  data)
{
  act (f, "conversation.next-waiting");
  g_assert_true (f->window->conversation == get (f, 1));
  act (f, "conversation.next-waiting");
  g_assert_true (f->window->conversation == get (f, 2));
  usher_conversation_set_waiting_since_us (get (f, 1), 0);
  act (f, "conversation.next-waiting"); /* nobody else: stays */
  g_assert_true (f->window->conversation == get (f, 2));
  act (f, "conversation.select-last");
  g_assert_true (f->window->conversation == get (f, 1));
  act (f, "conversation.select-next");
  g_assert_false (f->window->conversation == get (f, 1));
  act (f, "conversation.select-previous");
  g_assert_true (f->window->conversation == get (f, 1));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "conversation.go-to-mine", "i", 2);
  g_assert_true (f->window->conversation == get (f, 3));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "conversation.go-to-mine", "i", 8);
  g_assert_true (f->window->conversation == get (f, 3));
}

/* --- Offers --------------------------------------------------------------------------------------------------------- */

static void
test_offer (Fixture       *f,
            gconstpointer  data)
{
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Mireille Dubois · Web"));
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "You have a free slot and have waited longest"));
  choose (f, 1);
  act (f, "offer.accept");
  {
    g_autofree char *calls = fake_session_take_calls (f->session);

    g_assert_true (g_strstr_len (calls, -1, "accept 4") != NULL);
  }
  ui_test_settle ();
  g_assert_true (f->window->conversation == get (f, 4));
  g_assert_null (usher_offer_bar_get_conversation (f->window->offer_bar));
  g_assert_nonnull (find (f, GTK_TYPE_BUTTON, "Send"));
}

static void
test_pass (Fixture       *f,
           gconstpointer  data)
{
  act (f, "offer.pass");
  ASSERT_CALLS (f->session, "pass 4 busy");
  g_assert_null (usher_offer_bar_get_conversation (f->window->offer_bar));
  act (f, "offer.pass"); /* disabled now: nothing */
  ASSERT_CALLS (f->session, "");
}

/* --- What can be done ------------------------------------------------------------------------------------------------- */

static void
test_states (Fixture       *f,
             gconstpointer  data)
{
  choose (f, 10);
  g_assert_null (find (f, GTK_TYPE_TEXT_VIEW, NULL));
  g_signal_emit_by_name (find (f, GTK_TYPE_BUTTON, "Take It"), "clicked");
  ASSERT_CALLS (f->session, "claim 10");
  ui_test_settle ();
  g_assert_nonnull (find (f, GTK_TYPE_TEXT_VIEW, NULL));
  usher_conversation_set_agent_name (get (f, 10), "Li <b>Wei</b>");
  usher_conversation_set_is_mine (get (f, 10), FALSE);
  g_assert_null (find (f, GTK_TYPE_TEXT_VIEW, NULL));
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Li <b>Wei</b> answers this chat."));
}

static void
test_close (Fixture       *f,
            gconstpointer  data)
{
  GtkWidget *dialog, *summary;

  choose (f, 3);
  act (f, "conversation.close");
  dialog = find_dialog (USHER_TYPE_CLOSE_DIALOG);
  g_assert_nonnull (dialog);
  summary = ui_test_find (dialog, ADW_TYPE_ENTRY_ROW, "Summary");
  gtk_editable_set_text (GTK_EDITABLE (summary), "voucher sent ");
  adw_combo_row_set_selected (ADW_COMBO_ROW (ui_test_find (dialog, ADW_TYPE_COMBO_ROW, "Result")),
                              2);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "close");
  ASSERT_CALLS (f->session, "close 3\nwrap-up 3 order follow_up “voucher sent” 0");
  ui_test_settle ();

  choose (f, 1);
  act (f, "conversation.close");
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (find_dialog (USHER_TYPE_CLOSE_DIALOG)),
                               "cancel");
  ASSERT_CALLS (f->session, "");
}

/* The clock below @root, with so many seconds left: told just now, for it is a real one. */
static GtkWidget *
find_clock (Fixture    *f,
            GtkWidget  *root,
            int         left_s,
            const char *time)
{
  GtkWidget *label;

  usher_conversation_set_wrapup_until_us (get (f, 3), g_get_real_time () + left_s * G_USEC_PER_SEC);
  label = ui_test_find (root, GTK_TYPE_LABEL, time);
  return label == NULL ? NULL : gtk_widget_get_ancestor (label, USHER_TYPE_WRAPUP_CLOCK);
}

/* How long there is for the form, in the chat and in the form; what becomes of it when that is over. */
static void
test_wrapup_clock (Fixture       *f,
                   gconstpointer  data)
{
  GtkWidget *view = GTK_WIDGET (f->window->view);
  GtkWidget *dialog, *clock;

  choose (f, 3);
  usher_conversation_set_state (get (f, 3), USHER_STATE_WRAPUP);
  g_assert_null (ui_test_find (view, USHER_TYPE_WRAPUP_CLOCK, NULL));
  clock = find_clock (f, view, 42, "0:42");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (clock), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "The chat closes by itself within 50 seconds");
  g_assert_true (gtk_widget_has_css_class (clock, "plain"));
  act (f, "conversation.close");
  dialog = find_dialog (USHER_TYPE_CLOSE_DIALOG);
  g_assert_nonnull (find_clock (f, dialog, 25, "0:25"));
  g_assert_nonnull (ui_test_find (dialog, GTK_TYPE_LABEL,
                                  "When this time is over, the chat closes without a reason."));
  clock = find_clock (f, dialog, 9, "0:09");
  g_assert_true (gtk_widget_has_css_class (clock, "late"));
  g_assert_false (gtk_widget_has_css_class (clock, "soon"));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (clock), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "The chat closes by itself within 10 seconds");
  /* Over: what was written is not lost, and nothing is closed a second time. */
  usher_conversation_set_state (get (f, 3), USHER_STATE_CLOSED);
  usher_conversation_set_wrapup_until_us (get (f, 3), 0);
  g_assert_false (gtk_widget_get_visible (clock));
  g_assert_nonnull (ui_test_find (dialog, GTK_TYPE_LABEL,
                                  "The time is over: the chat was closed without a reason. What "
                                  "you choose here can still be saved, once."));
  g_free (fake_session_take_calls (f->session));
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "close");
  ASSERT_CALLS (f->session, "wrap-up 3 order solved “” 0");
}

static void
test_transfer (Fixture       *f,
               gconstpointer  data)
{
  GtkWidget *dialog, *button, *search;

  choose (f, 1);
  act (f, "conversation.transfer");
  dialog = find_dialog (USHER_TYPE_TRANSFER_DIALOG);
  button = ui_test_find (dialog, GTK_TYPE_BUTTON, "Transfer");
  g_assert_false (gtk_widget_get_sensitive (button));
  gtk_test_widget_wait_for_draw (dialog);
  g_assert_null (ui_test_find (dialog, GTK_TYPE_LABEL, "Tom Baker")); /* is offline */
  g_assert_null (ui_test_find (dialog, GTK_TYPE_LABEL, "Wang Fang")); /* is me */
  g_assert_nonnull (ui_test_find (dialog, GTK_TYPE_LABEL, "Busy · 5 of 5 chats"));
  search = ui_test_find (dialog, GTK_TYPE_SEARCH_ENTRY, NULL);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (search), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Colleague or queue");
  gtk_editable_set_text (GTK_EDITABLE (search), "li w");
  g_assert_true (gtk_widget_get_sensitive (button)); /* at once: Enter may be the next key */
  g_assert_true (ui_test_press (search, GDK_KEY_Up, 0));
  g_assert_true (
    ui_test_press (search, GDK_KEY_Tab, 0)); /* to the note, not through all colleagues */
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (dialog)),
                                         ui_test_find (dialog, ADW_TYPE_ENTRY_ROW, NULL)));
  gtk_editable_set_text (GTK_EDITABLE (ui_test_find (dialog, ADW_TYPE_ENTRY_ROW, NULL)),
                         "knows the parcel");
  g_free (
    fake_session_take_calls (f->session)); /* “show”, as the window is no longer the active one */
  g_signal_emit_by_name (button, "clicked");
  ASSERT_CALLS (f->session, "transfer 1 8 - knows the parcel");
  ui_test_settle ();
}

static void
test_accepting (Fixture       *f,
                gconstpointer  data)
{
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "3/5"));
  act (f, "session.toggle-accepting");
  ASSERT_CALLS (f->session, "set-is-accepting 0");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (f->window->accepting),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Not accepting chats");
}

static void
test_link (Fixture       *f,
           gconstpointer  data)
{
  fake_session_set_link (f->session, USHER_LINK_OFFLINE);
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Offline"));
  fake_session_set_link (f->session, USHER_LINK_CATCHING_UP);
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Catching up…"));
  fake_session_set_link (f->session, USHER_LINK_IN_STEP);
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "In step · 0.0 s"));
}

/* Three facts, each for itself: none of them hides behind another. */
static void
test_presence (Fixture       *f,
               gconstpointer  data)
{
  GtkWidget *popover = GTK_WIDGET (f->window->presence);

  act (f, "session.show-presence");
  WAIT_UNTIL (gtk_widget_get_mapped (popover));
  g_assert_nonnull (ui_test_find (popover, GTK_TYPE_LABEL, "In step"));
  g_assert_nonnull (ui_test_find (popover, GTK_TYPE_LABEL, "You are here"));
  g_assert_nonnull (ui_test_find (popover, GTK_TYPE_LABEL, "Accepting chats: 3 of 5"));
  g_assert_nonnull (
    ui_test_find (popover, GTK_TYPE_LABEL, "Chats are offered to you while you have a place."));
  fake_session_set_is_away (f->session, TRUE);
  g_assert_nonnull (ui_test_find (popover, GTK_TYPE_LABEL, "You are away"));
  g_assert_nonnull (ui_test_find (popover, GTK_TYPE_LABEL, "Accepting chats: 3 of 5"));
  g_assert_nonnull (
    ui_test_find (popover, GTK_TYPE_LABEL, "Nothing is offered to you before you are back."));
  fake_session_set_link (f->session, USHER_LINK_OFFLINE);
  g_assert_nonnull (ui_test_find (popover, GTK_TYPE_LABEL, "Offline"));
  g_free (fake_session_take_calls (f->session));
  gtk_switch_set_active (GTK_SWITCH (ui_test_find (popover, GTK_TYPE_SWITCH, NULL)), FALSE);
  {
    g_autofree char *calls = fake_session_take_calls (f->session);

    g_assert_nonnull (strstr (calls, "set-is-accepting 0"));
  }
  g_assert_nonnull (ui_test_find (popover, GTK_TYPE_LABEL, "Not accepting chats"));
}

static void
test_note_key (Fixture       *f,
               gconstpointer  data)
{
  choose (f, 1);
  act (f, "composer.toggle-note");
  g_assert_nonnull (find (f, GTK_TYPE_BUTTON, "Add Note"));
  act (f, "composer.toggle-note");
  g_assert_nonnull (find (f, GTK_TYPE_BUTTON, "Send"));
}

/* --- The visitor --------------------------------------------------------------------------------------------------------- */

static void
clipboard_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  *(char **) user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
test_visitor_pane (Fixture       *f,
                   gconstpointer  data)
{
  GtkWidget *pane = GTK_WIDGET (f->window->visitor_pane);
  UsherContact *contact = usher_session_get_contact (f->session, get (f, 1));
  g_autofree char *copied = NULL;

  choose (f, 1);
  WAIT_UNTIL (ui_test_find (pane, GTK_TYPE_LABEL, "Verified") != NULL);
  g_assert_nonnull (ui_test_find (pane, GTK_TYPE_LABEL, "Now on page"));
  g_assert_nonnull (ui_test_find (pane, GTK_TYPE_LABEL, "Came from"));
  g_assert_nonnull (ui_test_find (pane, GTK_TYPE_LABEL, "Pages of this visit"));
  g_assert_nonnull (ui_test_find (pane, GTK_TYPE_LABEL, "Teapots from Japan"));
  g_signal_emit_by_name (ui_test_find (pane, GTK_TYPE_BUTTON, "Copy the phone number"), "clicked");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (pane), NULL, clipboard_cb, &copied);
  WAIT_UNTIL (copied != NULL);
  g_assert_cmpstr (copied, ==, "+46 40 123 456");
  /* Gone, and not vouched for: said in words. */
  usher_conversation_set_is_visitor_online (get (f, 1), FALSE);
  usher_contact_set_is_verified (contact, FALSE);
  WAIT_UNTIL (ui_test_find (pane, GTK_TYPE_LABEL, "Last on page") != NULL);
  g_assert_nonnull (ui_test_find (pane, GTK_TYPE_LABEL, "Not verified"));
  g_assert_null (ui_test_find (pane, GTK_TYPE_LABEL, "Now on page"));
}

static GtkWidget *
find_row (Fixture    *f,
          const char *title)
{
  return ui_test_find (GTK_WIDGET (f->window->visitor_pane), ADW_TYPE_ENTRY_ROW, title);
}

static gboolean
has_asked (Fixture    *f,
           const char *call)
{
  g_autofree char *calls = fake_session_take_calls (f->session);

  return strstr (calls, call) != NULL;
}

static gboolean
is_in_composer (Fixture *f)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (f->window));

  return focus != NULL && gtk_widget_get_ancestor (focus, USHER_TYPE_COMPOSER) != NULL;
}

/* Written in place, kept by Enter, taken back by the toast; Esc leaves it as it was. */
static void
test_contact_edit (Fixture       *f,
                   gconstpointer  data)
{
  GtkWidget *pane = GTK_WIDGET (f->window->visitor_pane);
  GtkWidget *row;

  choose (f, 1);
  WAIT_UNTIL (ui_test_find (pane, GTK_TYPE_LABEL, "Verified") != NULL);
  row = find_row (f, "E-mail");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (row)), ==, "anna.larsson@example.com");
  g_free (fake_session_take_calls (f->session));
  gtk_widget_grab_focus (row);
  gtk_editable_set_text (GTK_EDITABLE (row), " anna@example.com ");
  g_signal_emit_by_name (row, "apply");
  g_assert_true (has_asked (f, "edit-contact 1 1 anna@example.com"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), "window.undo", NULL));
  g_assert_true (has_asked (f, "edit-contact 1 1 anna.larsson@example.com"));
  /* Esc: nothing of it is said. */
  row = find_row (f, "Note, for staff only");
  gtk_widget_grab_focus (row);
  gtk_editable_set_text (GTK_EDITABLE (row), "begun");
  g_assert_true (
    ui_test_press (gtk_widget_get_ancestor (row, USHER_TYPE_CONTACT_EDITOR), GDK_KEY_Escape, 0));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (row)), ==, "");
  g_assert_false (has_asked (f, "edit-contact"));
  WAIT_UNTIL (is_in_composer (f));
  /* A colleague's chat is not ours to say something about. */
  choose (f, 32);
  WAIT_UNTIL (!gtk_editable_get_editable (GTK_EDITABLE (find_row (f, "E-mail"))));
}

static void
test_block (Fixture       *f,
            gconstpointer  data)
{
  GtkWidget *pane = GTK_WIDGET (f->window->visitor_pane);
  GtkWidget *editor;

  choose (f, 1);
  WAIT_UNTIL (ui_test_find (pane, GTK_TYPE_LABEL, "The visitor can write") != NULL);
  editor = ui_test_find (pane, USHER_TYPE_CONTACT_EDITOR, NULL);
  g_assert_true (gtk_widget_activate_action (editor, "contact.block", "i", 0));
  g_assert_true (has_asked (f, "block 1 for good"));
  g_assert_nonnull (ui_test_find (pane, GTK_TYPE_LABEL, "Blocked for good"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->window), "window.undo", NULL));
  g_assert_true (has_asked (f, "block 1 no longer"));
  g_assert_true (gtk_widget_activate_action (editor, "contact.block", "i", 3600));
  g_assert_true (has_asked (f, "block 1 until"));
  g_signal_emit_by_name (ui_test_find (pane, GTK_TYPE_BUTTON, "_Unblock"), "clicked");
  g_assert_true (has_asked (f, "block 1 no longer"));
}

/* Also where a label that can be selected has the focus, which keeps the key for itself. */
static void
test_escape_in_pane (Fixture       *f,
                     gconstpointer  data)
{
  GtkWidget *pane = GTK_WIDGET (f->window->visitor_pane);
  GtkWidget *label;

  choose (f, 1);
  WAIT_UNTIL ((label = ui_test_find (pane, GTK_TYPE_LABEL, "Malmö, Sweden")) != NULL);
  g_assert_true (gtk_widget_grab_focus (label));
  g_assert_true (ui_test_press (pane, GDK_KEY_Escape, 0));
  WAIT_UNTIL (is_in_composer (f));
}

/* --- Narrow ------------------------------------------------------------------------------------------------------------ */

static void
test_narrow (Fixture       *f,
             gconstpointer  data)
{
  AdwLeaflet *leaflet = f->window->leaflet;

  gtk_window_set_default_size (GTK_WINDOW (f->window), 400, 700);
  WAIT_UNTIL (adw_leaflet_get_folded (leaflet));
  choose (f, 1);
  WAIT_UNTIL (adw_flap_get_folded (f->window->flap));
  g_assert_true (adw_leaflet_get_visible_child (leaflet) == f->window->chat_pane);
  g_assert_nonnull (find (f, GTK_TYPE_TEXT_VIEW, NULL));
  act (f, "pane.back");
  g_assert_true (adw_leaflet_get_visible_child (leaflet) == f->window->list_pane);
  g_assert_null (f->window->conversation); /* what is out of sight is not being read */
  /* A size that the window takes while its panes slide comes back from the display and would undo the next one. */
  WAIT_UNTIL (!adw_leaflet_get_child_transition_running (leaflet));
  gdk_display_sync (gtk_widget_get_display (GTK_WIDGET (f->window)));
  ui_test_settle ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1200, 760);
  WAIT_UNTIL (!adw_leaflet_get_folded (leaflet));
}

static void
test_sign_in_page (Fixture       *f,
                   gconstpointer  data)
{
  UsherSignIn *page = usher_window_show_sign_in (f->window);
  GtkWidget *submit;

  usher_sign_in_set_defaults (page, "http://127.0.0.1:8000", "demo");
  submit = gtk_widget_get_ancestor (ui_test_find (GTK_WIDGET (page), GTK_TYPE_LABEL, "Sign In"),
                                    GTK_TYPE_BUTTON);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (submit), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Sign In");
  g_signal_emit_by_name (submit, "clicked");
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Type your password."));
  usher_sign_in_ask_new_password (page);
  g_assert_nonnull (find (f, GTK_TYPE_LABEL, "Choose a Password"));
  usher_sign_in_reset (page);
  g_assert_null (find (f, GTK_TYPE_LABEL, "Choose a Password"));
  usher_window_show_desk (f->window);
}

/* Another session, or none: nothing of the old one stays on screen. */
static void
test_session_goes (Fixture       *f,
                   gconstpointer  data)
{
  g_autoptr (UsherSession) other = fake_session_new ();

  choose (f, 1);
  usher_window_set_session (f->window, other);
  ui_test_settle ();
  g_assert_null (f->window->conversation);
  g_assert_null (find (f, GTK_TYPE_LABEL, "Anna Larsson"));
  g_assert_null (find (f, USHER_TYPE_MESSAGE_ROW, NULL));
}

#define ADD(name, function) \
  g_test_add ("/ui/window/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/waiting-clock", test_clock);
  ADD ("names", test_names);
  ADD ("icon-buttons", test_icon_buttons);
  ADD ("order", test_order);
  ADD ("selection-stays", test_selection_stays);
  ADD ("next-waiting", test_next_waiting);
  ADD ("offer", test_offer);
  ADD ("pass", test_pass);
  ADD ("states", test_states);
  ADD ("close", test_close);
  ADD ("wrapup-clock", test_wrapup_clock);
  ADD ("transfer", test_transfer);
  ADD ("accepting", test_accepting);
  ADD ("link", test_link);
  ADD ("presence", test_presence);
  ADD ("note-key", test_note_key);
  ADD ("narrow", test_narrow);
  ADD ("visitor-pane", test_visitor_pane);
  ADD ("contact-edit", test_contact_edit);
  ADD ("block", test_block);
  ADD ("escape-in-pane", test_escape_in_pane);
  ADD ("sign-in-page", test_sign_in_page);
  ADD ("session-goes", test_session_goes);
  return g_test_run ();
}
