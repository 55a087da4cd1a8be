/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include <glib/gstdio.h>

#include "ui-test.h"
#include "usher-attachment.h"
#include "usher-canned-list.h"
#include "usher-canned-text.h"
#include "usher-canned-window.h"
#include "usher-colleague.h"
#include "usher-composer.h"
#include "usher-suggestion-bar.h"

typedef struct {
  GtkWidget *window;
  UsherComposer *composer;
  GtkTextView *view;
  GtkTextBuffer *buffer;
  UsherSession *session;
  UsherConversation *first;
  UsherConversation *second;
  guint n_next;
  char *problem; /* of the last file */
} Fixture;

static void
count_cb (guint *n)
{
  (*n)++;
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->session = fake_session_new ();
  f->first = fake_session_add (f->session, "mine", 1, "Anna", 0);
  f->second = fake_session_add (f->session, "mine", 2, "Ben", 0);
  f->composer = USHER_COMPOSER (usher_composer_new ());
  f->window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->composer));
  usher_composer_set_session (f->composer, f->session);
  usher_composer_set_conversation (f->composer, f->first);
  g_signal_connect_swapped (f->composer, "next", G_CALLBACK (count_cb), &f->n_next);
  f->view = GTK_TEXT_VIEW (ui_test_find (GTK_WIDGET (f->composer), GTK_TYPE_TEXT_VIEW, NULL));
  f->buffer = gtk_text_view_get_buffer (f->view);
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
  g_free (f->problem);
}

static void
type (Fixture    *f,
      const char *text)
{
  gtk_text_buffer_insert_at_cursor (f->buffer, text, -1);
}

static char *
dup_text (Fixture *f)
{
  char *text;

  g_object_get (f->buffer, "text", &text, NULL);
  return text;
}

static void
assert_text (Fixture    *f,
             const char *expected)
{
  g_autofree char *text = dup_text (f);

  g_assert_cmpstr (text, ==, expected);
}

/* --- Enter ---------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *name;
  GdkModifierType state;
  gboolean enter_sends;
  gboolean has_preedit;
  UsherEnter expected;
} EnterCase;

static const EnterCase enter_cases[] = {
  { "sends", 0, TRUE, FALSE, USHER_ENTER_SEND },
  { "shift-breaks", GDK_SHIFT_MASK, TRUE, FALSE, USHER_ENTER_NEW_LINE },
  { "ctrl-sends-too", GDK_CONTROL_MASK, TRUE, FALSE, USHER_ENTER_SEND },
  { "ctrl-shift-goes-on", GDK_CONTROL_MASK | GDK_SHIFT_MASK, TRUE, FALSE,
    USHER_ENTER_SEND_AND_NEXT },
  { "off-breaks", 0, FALSE, FALSE, USHER_ENTER_NEW_LINE },
  { "off-ctrl-sends", GDK_CONTROL_MASK, FALSE, FALSE, USHER_ENTER_SEND },
  { "caps-lock-does-not-matter", GDK_LOCK_MASK, TRUE, FALSE, USHER_ENTER_SEND },
  { "preedit-first", 0, TRUE, TRUE, USHER_ENTER_COMMIT },
  { "preedit-first-with-ctrl", GDK_CONTROL_MASK, TRUE, TRUE, USHER_ENTER_COMMIT },
  { "preedit-first-when-off", 0, FALSE, TRUE, USHER_ENTER_COMMIT },
};

static void
test_decide (gconstpointer data)
{
  const EnterCase *test = data;

  g_assert_cmpint (usher_composer_decide_enter (test->state, test->enter_sends, test->has_preedit),
                   ==, test->expected);
}

static void
test_enter (Fixture       *f,
            gconstpointer  data)
{
  type (f, "hello");
  g_free (fake_session_take_calls (f->session));
  g_assert_true (ui_test_press (GTK_WIDGET (f->view), GDK_KEY_Return, GDK_SHIFT_MASK));
  type (f, "there");
  assert_text (f, "hello\nthere");
  g_assert_true (ui_test_press (GTK_WIDGET (f->view), GDK_KEY_KP_Enter, 0));
  assert_text (f, "");
  ASSERT_CALLS (f->session, "send-text 1 hello\nthere\ntyping 1 0");
  g_assert_false (ui_test_press (GTK_WIDGET (f->view), GDK_KEY_a, 0));
  type (f, "on we go");
  g_free (fake_session_take_calls (f->session));
  ui_test_press (GTK_WIDGET (f->view), GDK_KEY_Return, GDK_CONTROL_MASK | GDK_SHIFT_MASK);
  ASSERT_CALLS (f->session, "send-text 1 on we go\ntyping 1 0");
  g_assert_cmpuint (f->n_next, ==, 1);
}

/* The candidate belongs to the input method: Enter that confirms it sends nothing, in whatever order preedit and commit end. */
static void
test_preedit (Fixture       *f,
              gconstpointer  data)
{
  g_signal_emit_by_name (f->view, "preedit-changed", "ni hao");
  g_assert_true (ui_test_press (GTK_WIDGET (f->view), GDK_KEY_Return, 0));
  type (f, "你好"); /* the commit, before the preedit ends */
  g_free (fake_session_take_calls (f->session));
  g_assert_true (ui_test_press (GTK_WIDGET (f->view), GDK_KEY_Return, 0));
  ASSERT_CALLS (f->session, "");
  g_signal_emit_by_name (f->view, "preedit-changed", "");
  ui_test_press (GTK_WIDGET (f->view), GDK_KEY_Return, 0);
  ASSERT_CALLS (f->session, "send-text 1 你好\ntyping 1 0");
}

static void
test_nothing_to_send (Fixture       *f,
                      gconstpointer  data)
{
  GtkWidget *send = ui_test_find (GTK_WIDGET (f->composer), GTK_TYPE_BUTTON, "Send");

  g_assert_false (gtk_widget_get_sensitive (send));
  g_assert_false (usher_composer_send (f->composer));
  type (f, "   \n ");
  g_assert_false (usher_composer_send (f->composer));
  type (f, "x");
  g_assert_true (gtk_widget_get_sensitive (send));
  g_signal_emit_by_name (send, "clicked");
  assert_text (f, "");
}

/* --- Notes ---------------------------------------------------------------------------------------------------------- */

static void
test_note_mode (Fixture       *f,
                gconstpointer  data)
{
  GtkWidget *composer = GTK_WIDGET (f->composer);

  g_assert_true (gtk_widget_has_css_class (composer, "reply"));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (f->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Message");
  usher_composer_set_is_note (f->composer, TRUE);
  g_assert_true (gtk_widget_has_css_class (composer, "note"));
  g_assert_false (gtk_widget_has_css_class (composer, "reply"));
  g_assert_nonnull (ui_test_find (composer, GTK_TYPE_BUTTON, "Add Note"));
  g_assert_null (ui_test_find (composer, GTK_TYPE_BUTTON, "Send"));
  g_assert_nonnull (ui_test_find (composer, GTK_TYPE_LABEL, "The visitor never sees this"));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (f->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Note");
  g_free (fake_session_take_calls (f->session));
  type (f, "difficult");
  ui_test_press (GTK_WIDGET (f->view), GDK_KEY_Return, 0);
  /* A note, and not even a typing notice to the visitor. */
  ASSERT_CALLS (f->session, "send-note 1 difficult");
}

/* What was begun as a note never becomes a reply by a change of mode, of chat or of state. */
static void
test_note_stays_note (Fixture       *f,
                      gconstpointer  data)
{
  type (f, "to the visitor");
  usher_composer_set_is_note (f->composer, TRUE);
  assert_text (f, "");
  type (f, "to staff");
  usher_composer_set_is_note (f->composer, FALSE);
  assert_text (f, "to the visitor");
  usher_composer_set_is_note (f->composer, TRUE);
  assert_text (f, "to staff");
  usher_composer_set_conversation (f->composer, f->second);
  g_assert_false (usher_composer_get_is_note (f->composer));
  usher_composer_set_can_reply (f->composer, FALSE);
  g_assert_true (usher_composer_get_is_note (f->composer));
  usher_composer_set_is_note (f->composer, FALSE);
  g_assert_true (usher_composer_get_is_note (f->composer));
  type (f, "a note");
  usher_composer_set_can_reply (f->composer, TRUE);
  g_assert_true (usher_composer_get_is_note (f->composer));
  assert_text (f, "a note");
}

static void
test_drafts (Fixture       *f,
             gconstpointer  data)
{
  type (f, "half a line");
  usher_composer_set_conversation (f->composer, f->second);
  assert_text (f, "");
  g_assert_cmpstr (usher_conversation_get_draft (f->first), ==, "half a line");
  type (f, "another");
  usher_composer_set_conversation (f->composer, f->first);
  assert_text (f, "half a line");
  g_assert_false (gtk_text_buffer_get_can_undo (f->buffer));
  /* Without leaving the chat it is saved a moment after the last key. */
  type (f, "!");
  WAIT_UNTIL (g_strcmp0 (usher_session_get_draft (f->session, f->first, FALSE), "half a line!") ==
              0);
  usher_composer_send (f->composer);
  g_assert_null (usher_session_get_draft (f->session, f->first, FALSE));
}

static void
test_typing (Fixture       *f,
             gconstpointer  data)
{
  type (f, "h");
  type (f, "i");
  ASSERT_CALLS (f->session, "typing 1 1"); /* once, not with each key */
  gtk_text_buffer_set_text (f->buffer, "", 0);
  ASSERT_CALLS (f->session, "typing 1 0");
}

/* --- Pictures -------------------------------------------------------------------------------------------------------- */

static void
drop_picture (Fixture *f)
{
  static const guint8 pixels[4 * 4 * 4] = { 255 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (pixels, sizeof pixels);
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (4, 4, GDK_MEMORY_R8G8B8A8, bytes, 16);
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, GDK_TYPE_TEXTURE);
  g_value_set_object (&value, texture);
  usher_composer_drop (f->composer, &value);
}

static void
test_pictures (Fixture       *f,
               gconstpointer  data)
{
  drop_picture (f);
  drop_picture (f);
  g_assert_nonnull (
    ui_test_find (GTK_WIDGET (f->composer), GTK_TYPE_BUTTON, "Do not send this picture"));
  g_signal_emit_by_name (ui_test_find (GTK_WIDGET (f->composer), GTK_TYPE_BUTTON,
                                       "Do not send this picture"),
                         "clicked");
  /* They wait with their chat, like a draft. */
  usher_composer_set_conversation (f->composer, f->second);
  g_assert_null (
    ui_test_find (GTK_WIDGET (f->composer), GTK_TYPE_BUTTON, "Do not send this picture"));
  usher_composer_set_conversation (f->composer, f->first);
  g_free (fake_session_take_calls (f->session));
  g_assert_true (usher_composer_send (f->composer));
  ASSERT_CALLS (f->session, "send-image 1 image/png 4x4");
  g_assert_false (usher_composer_send (f->composer));

  /* Nor do they go into a note. */
  usher_composer_set_is_note (f->composer, TRUE);
  drop_picture (f);
  g_assert_false (usher_composer_send (f->composer));
  ui_test_settle ();
}

static void
problem_cb (char       **problem,
            const char  *text)
{
  g_free (*problem);
  *problem = g_strdup (text);
}

static guint
count_chips (Fixture *f)
{
  GtkWidget *chips = ui_test_find (GTK_WIDGET (f->composer), GTK_TYPE_FLOW_BOX, NULL);
  guint n = 0;

  if (chips == NULL)
    return 0;
  for (GtkWidget *child = gtk_widget_get_first_child (chips); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n++;
  return n;
}

static void
drop_file (Fixture    *f,
           const char *name,
           const char *data,
           gsize       n_bytes)
{
  g_autofree char *folder = g_dir_make_tmp (NULL, NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GSList) files = g_slist_prepend (NULL, file);
  g_autofree char *problem = NULL;
  g_auto (GValue) value = G_VALUE_INIT;
  gulong id;
  guint n_chips;

  g_assert_true (g_file_set_contents (path, data, (gssize) n_bytes, NULL));
  id = g_signal_connect_swapped (f->composer, "problem", G_CALLBACK (problem_cb), &problem);
  n_chips = count_chips (f);
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_set_boxed (&value, files);
  usher_composer_drop (f->composer, &value);
  WAIT_UNTIL (problem != NULL || count_chips (f) > n_chips);
  g_signal_handler_disconnect (f->composer, id);
  g_free (f->problem);
  f->problem = g_steal_pointer (&problem);
  g_remove (path);
  g_rmdir (folder);
}

static void
test_not_a_picture (Fixture       *f,
                    gconstpointer  data)
{
  drop_file (f, "not-a-picture.png", "<svg onload='x'/>", 17);
  g_assert_cmpstr (f->problem, ==, "This is no PNG, JPEG, GIF or WebP picture.");
}

static void
test_files (Fixture       *f,
            gconstpointer  data)
{
  drop_file (f, "退款.pdf", "%PDF-1.7", 8);
  g_assert_null (f->problem);
  drop_file (f, "orders.xlsx", "PK\003\004", 4);
  g_assert_null (f->problem);
  drop_file (f, "run", "\177ELF\1", 5);
  g_assert_cmpstr (f->problem, ==,
                   "Such files are not taken: pictures, PDF, text, office and zip files are. "
                   "A zip file may hold it.");
  drop_file (f, "empty.txt", "", 0);
  g_assert_nonnull (f->problem);
  g_free (fake_session_take_calls (f->session));
  g_assert_true (usher_composer_send (f->composer));
  ASSERT_CALLS (f->session, "send-file 1 application/pdf 退款.pdf 8\n"
                            "send-file 1 application/vnd.openxmlformats-officedocument."
                            "spreadsheetml.sheet orders.xlsx 4");
  g_assert_cmpuint (count_chips (f), ==, 0);
}

/* What waits in all chats together is bounded. */
static void
test_files_are_bounded (Fixture       *f,
                        gconstpointer  data)
{
  const gsize n_bytes = 20 * 1024 * 1024;
  g_autofree char *big = g_strnfill (n_bytes + 1, 'x');

  for (guint i = 0; i < 3; i++) {
    drop_file (f, "big.txt", big, n_bytes);
    g_assert_null (f->problem);
  }
  usher_composer_set_conversation (f->composer, f->second);
  drop_file (f, "big.txt", big, n_bytes);
  g_assert_cmpstr (f->problem, ==, "The files that wait are large; send these first.");
  drop_file (f, "too-big.txt", big, n_bytes + 1);
  g_assert_cmpstr (f->problem, ==, "A file may have 20 MiB at most.");
}

#define ADD(name, function) \
  g_test_add ("/ui/composer/" name, Fixture, NULL, set_up, function, tear_down)

/* --- Canned replies -------------------------------------------------------------------------------------------- */

static UsherCannedList *
use_canned (Fixture *f)
{
  g_autoptr (GSettings) settings = g_settings_new ("io.github.usher_desk.Usher");
  UsherCannedList *list;

  g_settings_reset (settings, "canned-replies");
  list = usher_canned_list_new (settings);
  usher_composer_set_canned (f->composer, list);
  return list;
}

static void
assert_selected (Fixture    *f,
                 const char *expected)
{
  GtkTextIter begin, end;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_selection_bounds (f->buffer, &begin, &end);
  text = gtk_text_iter_get_text (&begin, &end);
  g_assert_cmpstr (text, ==, expected);
}

static void
type_over (Fixture    *f,
           const char *text)
{
  gtk_text_buffer_delete_selection (f->buffer, TRUE, TRUE);
  type (f, text);
}

static gboolean
press (Fixture *f,
       guint    keyval)
{
  return ui_test_press (GTK_WIDGET (f->view), keyval, 0);
}

/* /ref, Enter, a blank, Tab, a blank, Enter: as an agent does it a hundred times a day. */
static void
test_canned (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (UsherCannedList) list = use_canned (f);
  g_autoptr (UsherCanned) refund = g_list_model_get_item (G_LIST_MODEL (list), 1);
  g_autoptr (UsherCannedList) again = NULL;
  g_autoptr (UsherCanned) counted = NULL;
  g_autoptr (GSettings) settings = g_settings_new ("io.github.usher_desk.Usher");

  type (f, "/ref");
  g_assert_true (press (f, GDK_KEY_Return));
  assert_text (
    f,
    "I have asked for the refund of order order number. It reaches your account within five working days.");
  assert_selected (f, "order number");
  g_assert_cmpuint (usher_canned_get_uses (refund), ==, 1);
  again = usher_canned_list_new (settings);
  counted = g_list_model_get_item (G_LIST_MODEL (again), 1);
  g_assert_cmpuint (usher_canned_get_uses (counted), ==, 1);
  type_over (f, "A-1");
  /* The other one is still blank: nothing leaves. */
  g_free (fake_session_take_calls (f->session));
  g_assert_true (press (f, GDK_KEY_Return));
  assert_selected (f, "five");
  g_assert_true (press (f, GDK_KEY_Tab));
  assert_selected (f, "five");
  type_over (f, "three");
  g_free (fake_session_take_calls (f->session));
  press (f, GDK_KEY_Return);
  ASSERT_CALLS (
    f->session,
    "send-text 1 I have asked for the refund of order A-1. It reaches your account within three working days.\n"
    "typing 1 0");
  g_assert_false (press (f, GDK_KEY_Tab)); /* no blanks: Tab moves the focus */
}

static void
test_canned_variables (Fixture       *f,
                       gconstpointer  data)
{
  g_autoptr (UsherCannedList) list G_GNUC_UNUSED = use_canned (f);

  type (f, "/hi");
  press (f, GDK_KEY_Tab);
  assert_text (f, "Hello Anna, this is demo. How can I help?");
  gtk_text_buffer_set_text (f->buffer, "", -1);
  usher_conversation_set_name (f->first, NULL);
  type (f, "Dear visitor,\n/hi");
  press (f, GDK_KEY_Tab);
  assert_text (f, "Dear visitor,\nHello there, this is demo. How can I help?");
  /* Not at the beginning of a line, it is a slash. */
  gtk_text_buffer_set_text (f->buffer, "", -1);
  type (f, "and/hi");
  g_assert_false (press (f, GDK_KEY_Tab));
}

/* A blank is still one after another chat was looked at, and after kill -9: the draft knows. */
static void
test_canned_draft (Fixture       *f,
                   gconstpointer  data)
{
  g_autoptr (UsherCannedList) list G_GNUC_UNUSED = use_canned (f);

  type (f, "/ref");
  press (f, GDK_KEY_Return);
  usher_composer_set_conversation (f->composer, f->second);
  assert_text (f, "");
  usher_composer_set_conversation (f->composer, f->first);
  assert_text (
    f,
    "I have asked for the refund of order order number. It reaches your account within five working days.");
  g_free (fake_session_take_calls (f->session));
  g_assert_false (usher_composer_send (f->composer));
  assert_selected (f, "order number");
  ASSERT_CALLS (f->session, "");
}

static void
test_canned_order (Fixture       *f,
                   gconstpointer  data)
{
  g_autoptr (UsherCannedList) list = use_canned (f);
  g_autoptr (GPtrArray) found = NULL;
  UsherCanned *used = usher_canned_list_add (list, "rev", "Review", "please", "");

  usher_canned_list_add (list, "x", "Later", "nothing about the re-fund", "");
  usher_canned_list_count_use (list, used);
  found = usher_canned_list_find (list, "re", NULL);
  g_assert_cmpuint (found->len, ==, 5);
  g_assert_cmpstr (usher_canned_get_shortcut (found->pdata[0]), ==, "rev");
  g_assert_cmpstr (usher_canned_get_shortcut (found->pdata[1]), ==, "ref");
  g_assert_cmpstr (usher_canned_get_shortcut (found->pdata[2]), ==, "hi"); /* “Greeting” */
  usher_canned_list_remove (list, used);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 4);
}

/* The team's replies are found beside one's own, which stand for them; of a queue only in its chats; counted here. */
static void
test_canned_team (Fixture       *f,
                  gconstpointer  data)
{
  g_autoptr (UsherCannedList) list = use_canned (f);
  g_autoptr (UsherCannedList) again = NULL;
  g_autoptr (GSettings) settings = g_settings_new ("io.github.usher_desk.Usher");
  g_autoptr (GListModel) team = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) elsewhere = NULL;
  g_autofree char *place = NULL;

  fake_session_add_canned (f->session, "HI", "Team greeting", "not this", NULL);
  fake_session_add_canned (f->session, "zzlate", "Late", "It is late, {{visitor|friend}}.", NULL);
  fake_session_add_canned (f->session, "zzsize", "Sizes", "See the table.", "shop");
  g_object_get (f->session, "canned", &team, NULL);
  usher_canned_list_set_team (list, team);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 6);
  g_assert_cmpuint (usher_canned_list_get_n_own (list), ==, 3);
  found = usher_canned_list_find (list, "hi", NULL);
  for (guint i = 0; i < found->len; i++)
    g_assert_false (usher_canned_get_is_team (found->pdata[i]));
  g_assert_cmpstr (usher_canned_get_title (found->pdata[0]), ==, "Greeting");
  g_ptr_array_unref (g_steal_pointer (&found));
  found = usher_canned_list_find (list, "zz", "shop");
  g_assert_cmpuint (found->len, ==, 2);
  place = usher_canned_list_dup_place (found->pdata[0]);
  g_assert_cmpstr (place, ==, "Team");
  elsewhere = usher_canned_list_find (list, "zz", "other");
  g_assert_cmpuint (elsewhere->len, ==, 1);
  type (f, "/zzl");
  g_assert_true (press (f, GDK_KEY_Return));
  assert_text (f, "It is late, Anna.");
  g_assert_cmpuint (usher_canned_get_uses (elsewhere->pdata[0]), ==, 1);
  /* The operator's list came again, or the program was started again: the count is still here. */
  usher_canned_set_uses (elsewhere->pdata[0], 0);
  again = usher_canned_list_new (settings);
  usher_canned_list_set_team (again, team);
  g_assert_cmpuint (usher_canned_get_uses (elsewhere->pdata[0]), ==, 1);
  usher_canned_list_set_team (again, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (again)), ==, 3);
  g_settings_reset (settings, "team-canned-uses");
}

static GtkWidget *
find_row (GtkWidget  *window,
          const char *title)
{
  return ui_test_find (window, ADW_TYPE_ENTRY_ROW, title);
}

/* In the window the team's are read, and copied; one's own are written. */
static void
test_canned_team_window (Fixture       *f,
                         gconstpointer  data)
{
  g_autoptr (UsherCannedList) list = use_canned (f);
  g_autoptr (GListModel) team = NULL;
  UsherCanned *late = fake_session_add_canned (f->session, "late", "Late", "It is late.", NULL);
  GtkWidget *window = usher_canned_window_new (GTK_WINDOW (f->window), list);
  GtkListView *view;
  GtkSingleSelection *selection;
  g_autoptr (UsherCanned) copied = NULL;

  g_object_get (f->session, "canned", &team, NULL);
  usher_canned_list_set_team (list, team);
  gtk_window_present (GTK_WINDOW (window));
  view = GTK_LIST_VIEW (ui_test_find (window, GTK_TYPE_LIST_VIEW, NULL));
  selection = GTK_SINGLE_SELECTION (gtk_list_view_get_model (view));
  g_assert_true (gtk_editable_get_editable (GTK_EDITABLE (find_row (window, "Title"))));
  g_assert_null (ui_test_find (window, GTK_TYPE_BUTTON, "Write My Own"));
  gtk_single_selection_set_selected (selection, 3);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (find_row (window, "Title"))), ==, "Late");
  g_assert_false (gtk_editable_get_editable (GTK_EDITABLE (find_row (window, "Title"))));
  gtk_widget_activate_action (window, "canned.delete", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 4);
  g_assert_nonnull (ui_test_find (window, GTK_TYPE_LABEL, "Team"));
  gtk_widget_activate_action (window, "canned.copy", NULL);
  g_assert_cmpuint (usher_canned_list_get_n_own (list), ==, 4);
  copied = g_list_model_get_item (G_LIST_MODEL (list), 3);
  g_assert_false (usher_canned_get_is_team (copied));
  g_assert_cmpstr (usher_canned_get_text (copied), ==, "It is late.");
  g_assert_true (gtk_editable_get_editable (GTK_EDITABLE (find_row (window, "Title"))));
  gtk_editable_set_text (GTK_EDITABLE (find_row (window, "Title")), "Very late");
  g_assert_cmpstr (usher_canned_get_title (copied), ==, "Very late");
  g_assert_cmpstr (usher_canned_get_title (late), ==, "Late");
  gtk_window_destroy (GTK_WINDOW (window));
}

/* --- Suggested replies ------------------------------------------------------------------------------------------ */

static UsherSuggestionBar *
suggestion_bar (Fixture *f)
{
  return USHER_SUGGESTION_BAR (
    ui_test_find (GTK_WIDGET (f->composer), USHER_TYPE_SUGGESTION_BAR, NULL));
}

static void
suggest_two (Fixture *f)
{
  fake_session_suggest (f->session, f->first, "Yes, we do.", "intent:refund");
  fake_session_suggest (f->session, f->first, "No.", "chat:300/13");
}

/* Nothing where there is none; a key takes one into the text, behind what stands there, and nothing is sent. */
static void
test_suggestions (Fixture       *f,
                  gconstpointer  data)
{
  GtkWidget *row;

  g_assert_null (suggestion_bar (f));
  suggest_two (f);
  g_assert_nonnull (suggestion_bar (f));
  g_assert_nonnull (
    ui_test_find (GTK_WIDGET (suggestion_bar (f)), GTK_TYPE_LABEL, "Learned for “refund” · 87 %"));
  g_assert_nonnull (
    ui_test_find (GTK_WIDGET (suggestion_bar (f)), GTK_TYPE_LABEL, "Said in chat 300/13 · 87 %"));
  g_assert_nonnull (ui_test_find (GTK_WIDGET (suggestion_bar (f)), GTK_TYPE_LABEL, "Shift+F3"));
  row = ui_test_find (GTK_WIDGET (suggestion_bar (f)), GTK_TYPE_LIST_BOX_ROW, NULL);
  gtk_test_accessible_assert_property (row, GTK_ACCESSIBLE_PROPERTY_LABEL, "Yes, we do.");
  type (f, "Hello Anna,");
  usher_composer_take_suggestion (f->composer, 1);
  assert_text (f, "Hello Anna, No.");
  g_assert_null (suggestion_bar (f));
  {
    g_autofree char *calls = fake_session_take_calls (f->session);

    g_assert_nonnull (strstr (calls, "take-suggestion 1 No."));
    g_assert_null (strstr (calls, "send-text"));
  }
  gtk_text_buffer_undo (f->buffer);
  assert_text (f, "Hello Anna,");
  usher_composer_take_suggestion (f->composer, 0); /* none any more */
  assert_text (f, "Hello Anna,");
}

static void
test_suggestions_click (Fixture       *f,
                        gconstpointer  data)
{
  GtkWidget *none;

  suggest_two (f);
  g_signal_emit_by_name (ui_test_find (GTK_WIDGET (f->composer), GTK_TYPE_LIST_BOX_ROW, NULL),
                         "activate");
  assert_text (f, "Yes, we do.");
  suggest_two (f);
  none = ui_test_find (GTK_WIDGET (f->composer), GTK_TYPE_BUTTON, "None of these");
  g_free (fake_session_take_calls (f->session));
  g_signal_emit_by_name (none, "clicked");
  ASSERT_CALLS (f->session, "dismiss-suggestions 1");
  g_assert_null (suggestion_bar (f));
  assert_text (f, "Yes, we do.");
}

/* They are replies to this visitor: not for a note, another chat, or one that takes no reply. */
static void
test_suggestions_elsewhere (Fixture       *f,
                            gconstpointer  data)
{
  suggest_two (f);
  usher_composer_set_is_note (f->composer, TRUE);
  g_assert_null (suggestion_bar (f));
  usher_composer_take_suggestion (f->composer, 0);
  assert_text (f, "");
  usher_composer_set_is_note (f->composer, FALSE);
  g_assert_nonnull (suggestion_bar (f));
  usher_composer_set_conversation (f->composer, f->second);
  g_assert_null (suggestion_bar (f));
  usher_composer_set_conversation (f->composer, f->first);
  g_assert_nonnull (suggestion_bar (f));
  usher_composer_set_can_reply (f->composer, FALSE);
  g_assert_null (suggestion_bar (f));
}

static void
add_colleague (Fixture    *f,
               guint64     agent,
               const char *name)
{
  g_autoptr (UsherColleague) colleague = usher_colleague_new (agent);
  g_autoptr (GListModel) colleagues = NULL;

  usher_colleague_set_name (colleague, name);
  g_object_get (f->session, "colleagues", &colleagues, NULL);
  g_list_store_append (G_LIST_STORE (colleagues), colleague);
}

/* “@” in a note finds colleagues; in a reply it is a character. */
static void
test_mention (Fixture       *f,
              gconstpointer  data)
{
  add_colleague (f, 9, "Marta Nowak");
  type (f, "@mar");
  g_assert_false (press (f, GDK_KEY_Tab));
  usher_composer_set_is_note (f->composer, TRUE);
  type (f, "see @mar");
  g_assert_true (press (f, GDK_KEY_Tab));
  assert_text (f, "see @Marta Nowak ");
  type (f, "and mail@x");
  g_assert_false (press (f, GDK_KEY_Tab));
}

typedef struct {
  const char *text;
  const char *expanded; /* blanks in [ ] */
} ExpandCase;

static const ExpandCase expand_cases[] = {
  { "", "" },
  { "plain", "plain" },
  { "{{a}}", "A" },
  { "{{ a }}{{a|x}}", "AA" },
  { "{{empty|there}}", "there" },
  { "{{empty}}", "[empty]" },
  { "{{empty|}}", "" },
  { "{{order number}}!", "[order number]!" },
  { "退款{{金额|一百}}元", "退款[一百]元" },
  { "{{a", "{{a" },
  { "a}} {{", "a}} {{" },
  { "{{}}", "" },
  { "{{{a}}}", "[{a]}" },
};

static const char *
look_up (const char *name,
         gpointer    user_data)
{
  return g_str_equal (name, "a") ? "A" : g_str_equal (name, "empty") ? "" : NULL;
}

static void
test_expand (gconstpointer data)
{
  const ExpandCase *test = data;
  g_autoptr (GArray) blanks = NULL;
  g_autofree char *text = usher_canned_expand (test->text, look_up, NULL, &blanks);
  GString *marked = g_string_new (text);

  for (guint i = blanks->len; i-- > 0;) {
    const UsherBlank *blank = &g_array_index (blanks, UsherBlank, i);
    const char *begin = g_utf8_offset_to_pointer (text, blank->begin);

    g_string_insert_c (marked, g_utf8_offset_to_pointer (begin, blank->length) - text, ']');
    g_string_insert_c (marked, begin - text, '[');
  }
  g_assert_cmpstr (marked->str, ==, test->expanded);
  g_string_free (marked, TRUE);
}

/* --- What was sent ------------------------------------------------------------------------------------------- */

static UsherMessage *
add_sent (Fixture    *f,
          const char *text,
          guint64     seq,
          gint64      age_s)
{
  UsherMessageList *list = usher_conversation_get_messages (f->first);
  g_autoptr (UsherMessage) message = usher_message_new (1, seq, USHER_MESSAGE_TEXT, text);

  usher_message_set_cid (message, 1000 + seq);
  usher_message_set_role (message, USHER_ROLE_AGENT);
  usher_message_set_is_own (message, TRUE);
  usher_message_set_ts_us (message, g_get_real_time () - age_s * G_USEC_PER_SEC);
  usher_message_set_delivery (message, seq == 0 ? USHER_DELIVERY_HELD : USHER_DELIVERY_STORED);
  usher_message_list_insert (list, message);
  return usher_message_list_peek (list, usher_message_list_get_n_items (list) - 1);
}

static gboolean
press_key (Fixture         *f,
           guint            keyval,
           GdkModifierType  state)
{
  return ui_test_press (GTK_WIDGET (f->view), keyval, state);
}

/* Up in an empty composer: the last line is changed here; the draft of a note waits. */
static void
test_edit (Fixture       *f,
           gconstpointer  data)
{
  UsherMessage *line = add_sent (f, "tomorow", 7, 30);

  type (f, "x");
  g_assert_false (press_key (f, GDK_KEY_Up, 0)); /* something is written: Up moves in it */
  gtk_text_buffer_set_text (f->buffer, "", -1);
  g_assert_true (press_key (f, GDK_KEY_Up, 0));
  assert_text (f, "tomorow");
  g_assert_nonnull (ui_test_find (f->window, GTK_TYPE_BUTTON, "Change"));
  g_assert_nonnull (ui_test_find (f->window, GTK_TYPE_LABEL,
                                  "You are changing a line that was sent. Esc leaves it."));
  gtk_text_buffer_set_text (f->buffer, "tomorrow", -1);
  g_free (fake_session_take_calls (f->session));
  g_assert_true (usher_composer_send (f->composer));
  ASSERT_CALLS (f->session, "edit 7 tomorrow");
  assert_text (f, "");
  g_assert_nonnull (ui_test_find (f->window, GTK_TYPE_BUTTON, "Send"));
  g_assert_true (usher_message_get_is_edited (line));
}

/* What is being changed is no draft, and what was one is there again. */
static void
test_edit_leaves_draft (Fixture       *f,
                        gconstpointer  data)
{
  UsherMessage *line = add_sent (f, "said", 7, 30);

  type (f, "half a thought");
  usher_composer_edit (f->composer, line);
  assert_text (f, "said");
  gtk_text_buffer_set_text (f->buffer, "said otherwise", -1);
  g_assert_cmpstr (usher_session_get_draft (f->session, f->first, FALSE), ==, "half a thought");
  g_assert_true (press_key (f, GDK_KEY_Escape, 0));
  assert_text (f, "half a thought");
  usher_composer_edit (f->composer, line);
  usher_composer_set_conversation (f->composer, f->second);
  assert_text (f, "");
  usher_composer_set_conversation (f->composer, f->first);
  assert_text (f, "half a thought");
  g_assert_cmpstr (usher_message_get_text (line), ==, "said");
}

static void
test_edit_too_late (Fixture       *f,
                    gconstpointer  data)
{
  add_sent (f, "long ago", 7, 300);
  g_assert_true (press_key (f, GDK_KEY_Up, 0));
  assert_text (f, "");
  g_assert_null (ui_test_find (f->window, GTK_TYPE_BUTTON, "Change"));
}

static void
test_recall (Fixture       *f,
             gconstpointer  data)
{
  usher_composer_edit (f->composer, add_sent (f, "oops", 7, 30));
  g_free (fake_session_take_calls (f->session));
  g_signal_emit_by_name (ui_test_find (f->window, GTK_TYPE_BUTTON, "Recall"), "clicked");
  ASSERT_CALLS (f->session, "recall 7");
  assert_text (f, "");
}

/* Ctrl+Z just after sending: what was held comes back unseen, what went is recalled and comes back too. */
static void
test_undo_send (Fixture       *f,
                gconstpointer  data)
{
  add_sent (f, "gone", 7, 2);
  g_free (fake_session_take_calls (f->session));
  g_assert_true (press_key (f, GDK_KEY_z, GDK_CONTROL_MASK));
  assert_text (f, "gone");
  {
    g_autofree char *calls = fake_session_take_calls (f->session);

    g_assert_nonnull (strstr (calls, "recall 7"));
  }
  g_assert_cmpstr (usher_session_get_draft (f->session, f->first, FALSE), ==, "gone");
  g_assert_false (press_key (f, GDK_KEY_z, GDK_CONTROL_MASK)); /* the text's own undo */
  gtk_text_buffer_set_text (f->buffer, "", -1);
  add_sent (f, "waits", 0, 1);
  g_assert_true (press_key (f, GDK_KEY_z, GDK_CONTROL_MASK));
  assert_text (f, "waits");
  {
    g_autofree char *calls = fake_session_take_calls (f->session);

    g_assert_nonnull (strstr (calls, "take-back 1000"));
    g_assert_null (strstr (calls, "recall"));
  }
}

static void
test_undo_send_too_late (Fixture       *f,
                         gconstpointer  data)
{
  add_sent (f, "settled", 7, 30);
  g_free (fake_session_take_calls (f->session));
  g_assert_false (press_key (f, GDK_KEY_z, GDK_CONTROL_MASK));
  ASSERT_CALLS (f->session, "");
}

/* In front of what has been begun meanwhile; a note is not touched. */
/* A reply that was refused comes back above what is being written, and never into a note. */
static void
test_change_refused (Fixture       *f,
                     gconstpointer  data)
{
  UsherMessage *line = fake_session_line (f->first, USHER_ROLE_AGENT, "blind", 0);

  usher_message_set_delivery (line, USHER_DELIVERY_FAILED);
  usher_composer_set_can_reply (f->composer, FALSE);
  g_assert_false (usher_composer_take_back (f->composer, line));
  assert_text (f, "");
  usher_composer_set_can_reply (f->composer, TRUE);
  type (f, "draft");
  g_assert_true (usher_composer_take_back (f->composer, line));
  g_assert_false (usher_composer_get_is_note (f->composer));
  assert_text (f, "blind\ndraft");
}

static void
test_emoji (Fixture       *f,
            gconstpointer  data)
{
  GtkWidget *button = ui_test_find (GTK_WIDGET (f->composer), GTK_TYPE_BUTTON, "Insert an emoji");
  GtkWidget *chooser = NULL;

  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Insert an emoji");
  type (f, "thanks ");
  g_signal_emit_by_name (button, "clicked");
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (f->view)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_EMOJI_CHOOSER (child))
      chooser = child;
  g_assert_nonnull (chooser);
  g_signal_emit_by_name (chooser, "emoji-picked", "🍵");
  assert_text (f, "thanks 🍵");
}

static void
test_take_back (Fixture       *f,
                gconstpointer  data)
{
  UsherMessage *line = add_sent (f, "first", 0, 1);

  type (f, "second");
  usher_composer_set_is_note (f->composer, TRUE);
  type (f, "a note");
  g_assert_true (usher_composer_take_back (f->composer, line));
  g_assert_false (usher_composer_get_is_note (f->composer));
  assert_text (f, "first\nsecond");
  g_assert_cmpstr (usher_session_get_draft (f->session, f->first, TRUE), ==, "a note");
}

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (enter_cases); i++) {
    g_autofree char *path = g_strconcat ("/ui/composer/decide/", enter_cases[i].name, NULL);

    g_test_add_data_func (path, &enter_cases[i], test_decide);
  }
  ADD ("enter", test_enter);
  ADD ("preedit", test_preedit);
  ADD ("nothing-to-send", test_nothing_to_send);
  ADD ("note-mode", test_note_mode);
  ADD ("note-stays-note", test_note_stays_note);
  ADD ("drafts", test_drafts);
  ADD ("typing", test_typing);
  ADD ("pictures", test_pictures);
  ADD ("not-a-picture", test_not_a_picture);
  ADD ("files", test_files);
  ADD ("files-are-bounded", test_files_are_bounded);
  ADD ("canned", test_canned);
  ADD ("canned-variables", test_canned_variables);
  ADD ("canned-draft", test_canned_draft);
  ADD ("canned-order", test_canned_order);
  ADD ("canned-team", test_canned_team);
  ADD ("suggestions", test_suggestions);
  ADD ("suggestions-click", test_suggestions_click);
  ADD ("suggestions-elsewhere", test_suggestions_elsewhere);
  ADD ("canned-team-window", test_canned_team_window);
  ADD ("mention", test_mention);
  ADD ("edit", test_edit);
  ADD ("edit-leaves-draft", test_edit_leaves_draft);
  ADD ("edit-too-late", test_edit_too_late);
  ADD ("recall", test_recall);
  ADD ("undo-send", test_undo_send);
  ADD ("undo-send-too-late", test_undo_send_too_late);
  ADD ("take-back", test_take_back);
  ADD ("change-refused", test_change_refused);
  ADD ("emoji", test_emoji);
  for (gsize i = 0; i < G_N_ELEMENTS (expand_cases); i++) {
    g_autofree char *path = g_strdup_printf ("/ui/composer/expand/%" G_GSIZE_FORMAT, i);

    g_test_add_data_func (path, &expand_cases[i], test_expand);
  }
  return g_test_run ();
}
