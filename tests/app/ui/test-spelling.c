/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "ui-test.h"
#include "usher-canned-list.h"
#include "usher-composer.h"
#include "usher-spell-check.h"
#include "usher-spelling-group.h"
#include "usher-words.h"

/* --- Words -------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *name;
  const char *text;
  const char *words; /* joined by "|" */
} WordCase;

static const WordCase word_cases[] = {
  { "plain", "Hello there, world!", "Hello|there|world" },
  { "apostrophe", "don't 'quote' customer’s o'", "don't|quote|customer’s|o" },
  { "hyphen", "well-known e-mail", "well|known|e|mail" },
  { "chinese", "请用 PayPal 付款,谢谢thanks谢谢", "PayPal|thanks" },
  { "japanese", "注文をcancelしました。カード", "cancel" },
  { "korean", "주문 order 취소", "order" },
  { "thai", "สวัสดี hello", "hello" },
  { "full-width", "（refund），ok。", "refund|ok" },
  { "url", "see https://shop.example/a?b=c#d now", "see|now" },
  { "www", "www.shop.example or shop.example.", "or" },
  { "url-in-chinese", "请看www.shop.example谢谢", "" },
  { "e-mail", "write to wei@shop.example please", "write|to|please" },
  { "numbers", "12 3.50 1,000 20:15", "" },
  { "digits-in-word", "A12 order4you x_y 3rd", "" },
  { "mention", "@wei look", "look" },
  { "shortcut", "/ref", "" },
  { "no-shortcut", "a /ref", "a|ref" },
  { "file", "open list.pdf then", "open|then" },
  { "marks", "nai\xcc\x88ve", "nai\xcc\x88ve" },
  { "cyrillic", "Привет мир", "Привет|мир" },
  { "braces", "{{order number}}", "order|number" },
  { "nothing", "  ... --- 😀 ", "" },
};

static void
test_words (gconstpointer data)
{
  const WordCase *test = data;
  g_autoptr (GString) words = g_string_new (NULL);
  UsherWord word;
  gsize at = 0;

  while (usher_words_next (test->text, TRUE, &at, &word)) {
    if (words->len > 0)
      g_string_append_c (words, '|');
    g_string_append_len (words, test->text + word.begin, (gssize) word.n_bytes);
  }
  g_assert_cmpstr (words->str, ==, test->words);
}

/* --- A spelling that a test makes up ------------------------------------------------------------------------------- */

#define FAKE_TYPE_SPELLING (fake_spelling_get_type ())
G_DECLARE_FINAL_TYPE (FakeSpelling, fake_spelling, FAKE, SPELLING, GObject)

struct _FakeSpelling {
  GObject parent_instance;

  GHashTable *right; /* besides: whatever has no "x" in it */
  GString *asked;
};

static void fake_spelling_iface_init (UsherSpellingInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeSpelling,
                               fake_spelling,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (USHER_TYPE_SPELLING,
                                                      fake_spelling_iface_init))

static gboolean
fake_knows (UsherSpelling *spelling,
            const char    *word)
{
  FakeSpelling *self = FAKE_SPELLING (spelling);

  g_string_append_printf (self->asked, "%s%s", self->asked->len > 0 ? " " : "", word);
  return strchr (word, 'x') == NULL || g_hash_table_contains (self->right, word);
}

static char **
fake_suggest (UsherSpelling *spelling,
              const char    *word)
{
  static const char *const some[] = { "one", "two", "three", "four", "five", "six", "seven", NULL };
  static const char *const none[] = { NULL };

  return g_strdupv ((char **) (strcmp (word, "xx") == 0 ? none : some));
}

static void
fake_learn (UsherSpelling *spelling,
            const char    *word)
{
  g_hash_table_add (FAKE_SPELLING (spelling)->right, g_strdup (word));
}

static void
fake_spelling_iface_init (UsherSpellingInterface *iface)
{
  iface->knows = fake_knows;
  iface->suggest = fake_suggest;
  iface->add = fake_learn;
  iface->ignore = fake_learn;
}

static void
fake_spelling_finalize (GObject *object)
{
  FakeSpelling *self = FAKE_SPELLING (object);

  g_hash_table_unref (self->right);
  g_string_free (self->asked, TRUE);
  G_OBJECT_CLASS (fake_spelling_parent_class)->finalize (object);
}

static void
fake_spelling_class_init (FakeSpellingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_spelling_finalize;
}

static void
fake_spelling_init (FakeSpelling *self)
{
  self->right = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->asked = g_string_new (NULL);
}

/* --- Underlines ------------------------------------------------------------------------------------------------------ */

typedef struct {
  FakeSpelling *spelling;
  GtkTextBuffer *buffer;
  UsherSpellCheck *check;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->spelling = g_object_new (FAKE_TYPE_SPELLING, NULL);
  f->buffer = gtk_text_buffer_new (NULL);
  f->check = usher_spell_check_new (f->buffer, USHER_SPELLING (f->spelling));
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  g_assert_finalize_object (f->check);
  g_object_unref (f->buffer);
  g_assert_finalize_object (f->spelling);
}

static void
finish (Fixture *f)
{
  WAIT_UNTIL (!usher_spell_check_get_is_busy (f->check));
}

static void
paste (Fixture    *f,
       const char *text)
{
  gtk_text_buffer_insert_at_cursor (f->buffer, text, -1);
}

static void
type (Fixture    *f,
      const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gtk_text_buffer_insert_at_cursor (f->buffer, p, (int) (g_utf8_next_char (p) - p));
    finish (f);
  }
}

/* The text with each underlined word in brackets. */
static char *
dup_marked (GtkTextBuffer   *buffer,
            UsherSpellCheck *check)
{
  GString *marked = g_string_new (NULL);
  GtkTextIter at, begin, end, last;

  gtk_text_buffer_get_bounds (buffer, &at, &last);
  begin = at;
  while (!gtk_text_iter_is_end (&at)) {
    gboolean is_wrong =
      usher_spell_check_find (check, &at, &begin, &end) && gtk_text_iter_equal (&begin, &at);
    g_autofree char *text = NULL;

    if (!is_wrong) {
      end = at;
      gtk_text_iter_forward_char (&end);
    }
    text = gtk_text_iter_get_text (&at, &end);
    g_string_append_printf (marked, is_wrong ? "[%s]" : "%s", text);
    at = end;
  }
  return g_string_free (marked, FALSE);
}

static void
assert_marked (Fixture    *f,
               const char *expected)
{
  g_autofree char *marked = NULL;

  finish (f);
  marked = dup_marked (f->buffer, f->check);
  g_assert_cmpstr (marked, ==, expected);
}

static void
place (Fixture *f,
       int      offset)
{
  GtkTextIter at;

  gtk_text_buffer_get_iter_at_offset (f->buffer, &at, offset);
  gtk_text_buffer_place_cursor (f->buffer, &at);
}

static void
assert_asked (Fixture    *f,
              const char *expected)
{
  finish (f);
  g_assert_cmpstr (f->spelling->asked->str, ==, expected);
  g_string_truncate (f->spelling->asked, 0);
}

static void
test_typing (Fixture       *f,
             gconstpointer  data)
{
  type (f, "txe");
  assert_marked (f, "txe"); /* it is being written */
  assert_asked (f, "");
  type (f, ",");
  assert_marked (f, "[txe],");
  type (f, " sxme");
  assert_marked (f, "[txe], sxme");
  type (f, " ");
  assert_marked (f, "[txe], [sxme] ");
  assert_asked (f, "txe txe sxme"); /* with each piece of text that grew */
  /* The cursor goes into a word: it stays as it is; what is typed there takes the line away. */
  place (f, 2);
  assert_marked (f, "[txe], [sxme] ");
  type (f, "b");
  assert_marked (f, "txbe, [sxme] ");
  place (f, 0);
  assert_marked (f, "[txbe], [sxme] ");
  assert_asked (f, "txbe");
}

static void
test_changes (Fixture       *f,
              gconstpointer  data)
{
  GtkTextIter begin, end;

  paste (f, "one box two fox three");
  assert_marked (f, "one [box] two [fox] three");
  /* Joined by what is deleted between them, and parted again. */
  gtk_text_buffer_get_iter_at_offset (f->buffer, &begin, 7);
  gtk_text_buffer_get_iter_at_offset (f->buffer, &end, 8);
  gtk_text_buffer_delete (f->buffer, &begin, &end);
  place (f, 0);
  assert_marked (f, "one [boxtwo] [fox] three");
  gtk_text_buffer_get_iter_at_offset (f->buffer, &begin, 7);
  gtk_text_buffer_insert (f->buffer, &begin, " ", 1);
  assert_marked (f, "one [box] two [fox] three");
  gtk_text_buffer_set_text (f->buffer, "", -1);
  assert_marked (f, "");
}

/* An address stops being words, and the other way round. */
static void
test_addresses (Fixture       *f,
                gconstpointer  data)
{
  GtkTextIter begin, end;

  type (f, "xa xb.example ");
  assert_marked (f, "[xa] xb.example ");
  place (f, 2);
  type (f, "@b");
  assert_marked (f, "xa@b xb.example ");
  gtk_text_buffer_get_iter_at_offset (f->buffer, &begin, 2);
  gtk_text_buffer_get_iter_at_offset (f->buffer, &end, 3);
  gtk_text_buffer_delete (f->buffer, &begin, &end);
  place (f, 0);
  assert_marked (f, "[xab] xb.example ");
}

static void
test_preedit (Fixture       *f,
              gconstpointer  data)
{
  usher_spell_check_set_preedit (f->check, TRUE);
  type (f, "txe sxme ");
  assert_marked (f, "txe sxme ");
  assert_asked (f, "");
  usher_spell_check_set_preedit (f->check, FALSE);
  assert_marked (f, "[txe] [sxme] ");
}

static void
test_learning (Fixture       *f,
               gconstpointer  data)
{
  type (f, "txe box txe ");
  assert_marked (f, "[txe] [box] [txe] ");
  usher_spelling_ignore (USHER_SPELLING (f->spelling), "txe");
  assert_marked (f, "txe [box] txe ");
  usher_spelling_add (USHER_SPELLING (f->spelling), "box");
  assert_marked (f, "txe box txe ");
}

static void
test_undo (Fixture       *f,
           gconstpointer  data)
{
  gtk_text_buffer_begin_user_action (f->buffer);
  paste (f, "txe ");
  gtk_text_buffer_end_user_action (f->buffer);
  assert_marked (f, "[txe] ");
  gtk_text_buffer_undo (f->buffer);
  assert_marked (f, ""); /* one step: underlining is none */
  gtk_text_buffer_redo (f->buffer);
  place (f, 0);
  assert_marked (f, "[txe] ");
}

static void
tell_cost (gint64 before_us,
           guint  n_keys)
{
  g_test_message ("%.1f microseconds a key",
                  (double) (g_get_monotonic_time () - before_us) / n_keys);
}

/* A draft of 2,000 characters, and a letter more: one word is looked at, not three hundred. */
static void
test_long (Fixture       *f,
           gconstpointer  data)
{
  g_autoptr (GString) draft = g_string_new (NULL);
  gint64 before_us;
  guint n_before;

  while (draft->len < 2000)
    g_string_append (draft, "seven ");
  paste (f, draft->str);
  finish (f);
  g_assert_cmpuint (usher_spell_check_get_n_asked (f->check), ==, draft->len / 6);
  place (f, 1002);
  n_before = usher_spell_check_get_n_asked (f->check);
  before_us = g_get_monotonic_time ();
  for (guint i = 0; i < 50; i++)
    type (f, i % 10 == 9 ? " " : "y");
  tell_cost (before_us, 50);
  /* Five words were ended; each was asked about, and the rest of the one they were typed into. */
  g_assert_cmpuint (usher_spell_check_get_n_asked (f->check) - n_before, <=, 11);
}

/* No spaces at all: Chinese, and letters without an end. Neither is walked through for each key. */
static void
test_no_spaces (Fixture       *f,
                gconstpointer  data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gint64 before_us;

  while (text->len < 30000)
    g_string_append (text, "退货地址");
  for (guint i = 0; i < 5000; i++)
    g_string_append_c (text, 'x');
  paste (f, text->str);
  finish (f);
  place (f, 5000);
  before_us = g_get_monotonic_time ();
  for (guint i = 0; i < 200; i++)
    type (f, "订");
  finish (f);
  place (f, gtk_text_buffer_get_char_count (f->buffer) - 2000);
  for (guint i = 0; i < 200; i++)
    type (f, "x");
  finish (f);
  tell_cost (before_us, 400);
}

/* --- In the composer ----------------------------------------------------------------------------------------------- */

typedef struct {
  FakeSpelling *spelling;
  UsherSession *session;
  UsherConversation *conversation;
  UsherComposer *composer;
  GtkWidget *window;
  GtkTextView *view;
  GtkTextBuffer *buffer;
  char *problem;
} Composed;

static void
problem_cb (Composed   *f,
            const char *text)
{
  g_free (f->problem);
  f->problem = g_strdup (text);
}

static void
compose (Composed      *f,
         gconstpointer  data)
{
  f->spelling = g_object_new (FAKE_TYPE_SPELLING, NULL);
  f->session = fake_session_new ();
  f->conversation = fake_session_add (f->session, "mine", 1, "Anna", 0);
  f->composer = USHER_COMPOSER (usher_composer_new ());
  f->window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->composer));
  usher_composer_set_session (f->composer, f->session);
  usher_composer_set_spelling (f->composer, USHER_SPELLING (f->spelling));
  usher_composer_set_conversation (f->composer, f->conversation);
  g_signal_connect_swapped (f->composer, "problem", G_CALLBACK (problem_cb), f);
  f->view = GTK_TEXT_VIEW (ui_test_find (GTK_WIDGET (f->composer), GTK_TYPE_TEXT_VIEW, NULL));
  f->buffer = gtk_text_view_get_buffer (f->view);
  gtk_window_present (GTK_WINDOW (f->window));
  gtk_test_widget_wait_for_draw (f->window);
}

static void
decompose (Composed      *f,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  ui_test_settle ();
  g_object_unref (f->session);
  g_assert_finalize_object (f->spelling);
  g_free (f->problem);
}

static void
write_text (Composed   *f,
            const char *text)
{
  gtk_text_buffer_set_text (f->buffer, "", -1);
  gtk_text_buffer_insert_at_cursor (f->buffer, text, -1);
  ui_test_settle ();
}

static void
assert_written (Composed   *f,
                const char *expected)
{
  g_autofree char *text = NULL;

  g_object_get (f->buffer, "text", &text, NULL);
  g_assert_cmpstr (text, ==, expected);
}

/* The labels of the menu, joined by "|". */
static char *
dup_menu (Composed *f)
{
  GMenuModel *menu = gtk_text_view_get_extra_menu (f->view);
  GString *labels = g_string_new (NULL);

  for (int i = 0; menu != NULL && i < g_menu_model_get_n_items (menu); i++) {
    g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);

    for (int j = 0; j < g_menu_model_get_n_items (section); j++) {
      g_autofree char *label = NULL;

      g_menu_model_get_item_attribute (section, j, G_MENU_ATTRIBUTE_LABEL, "s", &label);
      g_string_append_printf (labels, "%s%s", labels->len > 0 ? "|" : "", label);
    }
  }
  return g_string_free (labels, FALSE);
}

static void
assert_menu (Composed   *f,
             const char *expected)
{
  g_autofree char *labels = dup_menu (f);

  g_assert_cmpstr (labels, ==, expected);
}

static void
choose (Composed   *f,
        const char *action,
        const char *target)
{
  g_assert_true (
    gtk_widget_activate_action (GTK_WIDGET (f->view), action, target != NULL ? "s" : NULL, target));
}

static void
test_correct (Composed      *f,
              gconstpointer  data)
{
  write_text (f, "one txe two bxx ok ");
  usher_composer_correct (f->composer); /* the nearest before the cursor */
  assert_menu (f, "one|two|three|four|five|six|_Add to Dictionary|_Ignore");
  choose (f, "spelling.replace", "box");
  assert_written (f, "one txe two box ok ");
  g_clear_pointer (&f->problem, g_free);
  usher_composer_correct (f->composer);
  choose (f, "spelling.replace", "the");
  assert_written (f, "one the two box ok ");
  /* One step back each, as whatever else was typed. */
  gtk_text_buffer_undo (f->buffer);
  assert_written (f, "one txe two box ok ");
}

static void
test_learn (Composed      *f,
            gconstpointer  data)
{
  write_text (f, "xx ok ");
  usher_composer_correct (f->composer);
  assert_menu (f, "No suggestion|_Add to Dictionary|_Ignore");
  choose (f, "spelling.add", NULL);
  ui_test_settle ();
  g_assert_true (g_hash_table_contains (f->spelling->right, "xx"));
  usher_composer_correct (f->composer);
  g_assert_cmpstr (f->problem, ==, "No word looks misspelled.");
  assert_written (f, "xx ok ");
}

/* The text's own menu, by its key; elsewhere than on such a word nothing is added to it. */
static void
test_menu_key (Composed      *f,
               gconstpointer  data)
{
  GtkTextIter at;

  write_text (f, "ok txe ok ");
  ui_test_press (GTK_WIDGET (f->view), GDK_KEY_Menu, 0);
  assert_menu (f, "");
  gtk_text_buffer_get_iter_at_offset (f->buffer, &at, 4);
  gtk_text_buffer_place_cursor (f->buffer, &at);
  ui_test_press (GTK_WIDGET (f->view), GDK_KEY_F10, GDK_SHIFT_MASK);
  assert_menu (f, "one|two|three|four|five|six|_Add to Dictionary|_Ignore");
  choose (f, "spelling.ignore", NULL);
  g_assert_true (g_hash_table_contains (f->spelling->right, "txe"));
}

/* A menu that is still open when the chat changes must not write into the other's text. */
static void
test_other_chat (Composed      *f,
                 gconstpointer  data)
{
  UsherConversation *other = fake_session_add (f->session, "mine", 2, "Ben", 0);

  write_text (f, "txe is here ");
  usher_composer_correct (f->composer);
  usher_composer_set_conversation (f->composer, other);
  gtk_text_buffer_set_text (f->buffer, "another text", -1);
  choose (f, "spelling.replace", "box");
  assert_written (f, "another text");
}

/* A note is checked as a reply is; what is sent has no marks. */
static void
test_note (Composed      *f,
           gconstpointer  data)
{
  usher_composer_set_is_note (f->composer, TRUE);
  write_text (f, "txe note ");
  usher_composer_correct (f->composer);
  choose (f, "spelling.replace", "the");
  g_free (fake_session_take_calls (f->session));
  usher_composer_send (f->composer);
  {
    g_autofree char *calls = fake_session_take_calls (f->session);

    g_assert_true (strstr (calls, "send-note 1 the note") != NULL);
  }
}

/* Blanks of a canned reply are still found, filled and kept, whatever is underlined in and around them. */
static void
test_blanks (Composed      *f,
             gconstpointer  data)
{
  g_autoptr (GSettings) settings = g_settings_new ("io.github.usher_desk.Usher");
  g_autoptr (UsherCannedList) list = usher_canned_list_new (settings);
  GtkTextIter begin, end;
  g_autofree char *selected = NULL;

  usher_canned_list_add (list, "zz", "Test", "Txe {{axb}} and {{cxd}} xnd", "");
  usher_composer_set_canned (f->composer, list);
  gtk_text_buffer_insert_at_cursor (f->buffer, "/zz", -1);
  ui_test_press (GTK_WIDGET (f->view), GDK_KEY_Return, 0);
  ui_test_settle ();
  assert_written (f, "Txe axb and cxd xnd");
  gtk_text_buffer_delete_selection (f->buffer, TRUE, TRUE);
  gtk_text_buffer_insert_at_cursor (f->buffer, "filled", -1);
  ui_test_settle ();
  g_assert_true (ui_test_press (GTK_WIDGET (f->view), GDK_KEY_Tab, 0));
  gtk_text_buffer_get_selection_bounds (f->buffer, &begin, &end);
  selected = gtk_text_iter_get_text (&begin, &end);
  g_assert_cmpstr (selected, ==, "cxd");
  usher_composer_set_is_note (f->composer, TRUE);
  g_assert_cmpstr (usher_session_get_draft (f->session, f->conversation, FALSE), ==,
                   "Txe filled and {{cxd}} xnd");
  usher_composer_set_is_note (f->composer, FALSE);
  ui_test_settle ();
  assert_written (f, "Txe filled and cxd xnd");
  g_assert_false (usher_composer_send (f->composer));
  g_settings_reset (settings, "canned-replies");
}

/* --- Preferences --------------------------------------------------------------------------------------------------- */

static void
test_group (void)
{
  static const char *const installed[] = { "de_DE", "en_US", "xx", NULL };
  g_autoptr (GSettings) settings = g_settings_new ("io.github.usher_desk.Usher");
  GtkWidget *window = gtk_window_new ();
  UsherSpellingGroup *group = g_object_new (USHER_TYPE_SPELLING_GROUP, NULL);
  g_auto (GStrv) chosen = NULL;
  AdwExpanderRow *languages;
  GtkWidget *row;

  g_settings_set_strv (settings, "spell-languages", (const char *const[]){ "pl_PL", NULL });
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (group));
  usher_spelling_group_set (group, settings, installed);
  gtk_window_present (GTK_WINDOW (window));
  languages =
    ADW_EXPANDER_ROW (ui_test_find (GTK_WIDGET (group), ADW_TYPE_EXPANDER_ROW, "Languages"));
  g_assert_cmpstr (adw_expander_row_get_subtitle (languages), ==, "Those of your desktop");
  row = ui_test_find (GTK_WIDGET (languages), ADW_TYPE_ACTION_ROW, "English (US)");
  adw_action_row_activate (ADW_ACTION_ROW (row));
  chosen = g_settings_get_strv (settings, "spell-languages");
  g_assert_cmpstr (chosen[0], ==, "pl_PL");
  g_assert_cmpstr (chosen[1], ==, "en_US");
  g_assert_cmpstr (adw_expander_row_get_subtitle (languages), ==, "English (US)");
  g_assert_nonnull (ui_test_find (GTK_WIDGET (languages), ADW_TYPE_ACTION_ROW, "xx"));
  g_settings_reset (settings, "spell-languages");
  g_assert_cmpstr (adw_expander_row_get_subtitle (languages), ==, "Those of your desktop");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_group_none (void)
{
  static const char *const none[] = { NULL };
  g_autoptr (GSettings) settings = g_settings_new ("io.github.usher_desk.Usher");
  GtkWidget *window = gtk_window_new ();
  UsherSpellingGroup *group = g_object_new (USHER_TYPE_SPELLING_GROUP, NULL);
  GtkWidget *row;

  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (group));
  usher_spelling_group_set (group, settings, none);
  gtk_window_present (GTK_WINDOW (window));
  g_assert_null (ui_test_find (GTK_WIDGET (group), ADW_TYPE_EXPANDER_ROW, NULL));
  row = ui_test_find (GTK_WIDGET (group), ADW_TYPE_ACTION_ROW, "Mark misspelled words");
  g_assert_false (gtk_widget_get_sensitive (row));
  g_assert_true (g_str_has_prefix (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)),
                                   "No dictionary is installed."));
  gtk_window_destroy (GTK_WINDOW (window));
}

#define ADD(name, function) \
  g_test_add ("/ui/spelling/" name, Fixture, NULL, set_up, function, tear_down)
#define COMPOSE(name, function) \
  g_test_add ("/ui/spelling/" name, Composed, NULL, compose, function, decompose)

int
main (int    argc,
      char **argv)
{
  ui_test_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (word_cases); i++) {
    g_autofree char *path = g_strconcat ("/ui/spelling/words/", word_cases[i].name, NULL);

    g_test_add_data_func (path, &word_cases[i], test_words);
  }
  ADD ("typing", test_typing);
  ADD ("changes", test_changes);
  ADD ("addresses", test_addresses);
  ADD ("preedit", test_preedit);
  ADD ("learning", test_learning);
  ADD ("undo", test_undo);
  ADD ("long", test_long);
  ADD ("no-spaces", test_no_spaces);
  COMPOSE ("correct", test_correct);
  COMPOSE ("learn", test_learn);
  COMPOSE ("menu-key", test_menu_key);
  COMPOSE ("other-chat", test_other_chat);
  COMPOSE ("note", test_note);
  COMPOSE ("blanks", test_blanks);
  g_test_add_func ("/ui/spelling/group", test_group);
  g_test_add_func ("/ui/spelling/group-none", test_group_none);
  return g_test_run ();
}
