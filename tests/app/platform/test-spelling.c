/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>

#include "usher-dictionaries.h"
#include "usher-settings.h"
#include "usher-shelf.h"

/* --- Which dictionaries ------------------------------------------------------------------------------------------- */

typedef struct {
  const char *name;
  const char *installed;
  const char *wanted;
  const char *desktop;
  const char *chosen;
} ChooseCase;

static const ChooseCase choose_cases[] = {
  { "desktop", "de_AT de_DE en_US", "", "de_DE.UTF-8 de_DE de C", "de_DE" },
  { "bare-language", "de_AT de_DE en_US", "", "de_CH.UTF-8 de_CH de C", "de_AT" },
  { "several-of-desktop", "de_DE en_GB en_US", "", "de_DE de en_US en C", "de_DE en_US" },
  { "one-of-a-language", "en_GB en_US", "", "en_US en C", "en_US" },
  { "none-for-desktop", "en_US", "", "zh_CN.UTF-8 zh_CN zh C", "" },
  { "wanted", "de_DE en_US fr_FR", "fr_FR en_US", "de_DE de C", "fr_FR en_US" },
  { "wanted-twice", "de_DE", "de_DE de_DE", "C", "de_DE" },
  { "wanted-not-there", "de_DE en_US", "pl_PL", "de_DE de C", "" },
  { "no-dictionary", "", "", "de_DE de C", "" },
  { "prefix-is-no-language", "eng en_US", "", "en C", "en_US" },
};

static char **
words_of (const char *text)
{
  return *text == '\0' ? g_new0 (char *, 1) : g_strsplit (text, " ", -1);
}

static void
test_choose (gconstpointer data)
{
  const ChooseCase *test = data;
  g_auto (GStrv) installed = words_of (test->installed);
  g_auto (GStrv) wanted = words_of (test->wanted);
  g_auto (GStrv) desktop = words_of (test->desktop);
  g_auto (GStrv) chosen =
    usher_shelf_choose ((const char *const *) installed, (const char *const *) wanted,
                        (const char *const *) desktop);
  g_autofree char *joined = g_strjoinv (" ", chosen);

  g_assert_cmpstr (joined, ==, test->chosen);
}

/* --- A real one ----------------------------------------------------------------------------------------------------- */

static gboolean
is_installed (const char *language)
{
  g_auto (GStrv) installed = usher_shelf_dup_installed ();
  g_autofree char *reason = NULL;

  if (g_strv_contains ((const char *const *) installed, language))
    return TRUE;
  reason = g_strdup_printf ("no dictionary of %s here, or built without enchant", language);
  g_test_skip (reason);
  return FALSE;
}

static void
count_cb (guint *n)
{
  (*n)++;
}

typedef struct {
  GSettings *settings;
  UsherDictionaries *dictionaries;
  UsherSpelling *spelling; /* the same */
  guint n_changed;
} Fixture;

static void
wait_changed (Fixture *f,
              guint    n)
{
  while (f->n_changed < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
start (Fixture    *f,
       const char *language)
{
  const char *languages[] = { language, NULL };

  f->settings = usher_settings_new (NULL);
  g_settings_reset (f->settings, "spell-check");
  g_settings_set_strv (f->settings, "spell-languages", languages);
  f->dictionaries = usher_dictionaries_new (f->settings);
  f->spelling = USHER_SPELLING (f->dictionaries);
  g_signal_connect_swapped (f->dictionaries, "changed", G_CALLBACK (count_cb), &f->n_changed);
  g_assert_true (usher_spelling_knows (f->spelling, "recieve")); /* not read yet */
}

static void
finish (Fixture *f)
{
  g_assert_finalize_object (f->dictionaries);
  g_object_unref (f->settings);
}

static void
test_real (void)
{
  Fixture f = { 0 };
  g_auto (GStrv) suggestions = NULL;
  g_autofree char *endless = g_strnfill (5000, 'a');

  if (!is_installed ("en_US"))
    return;
  start (&f, "en_US");
  wait_changed (&f, 1);
  g_assert_cmpstr (usher_dictionaries_get_languages (f.dictionaries)[0], ==, "en_US");
  g_assert_true (usher_spelling_knows (f.spelling, "receive"));
  g_assert_true (usher_spelling_knows (f.spelling, "customer's"));
  g_assert_true (usher_spelling_knows (f.spelling, "don’t"));
  g_assert_false (usher_spelling_knows (f.spelling, "recieve"));
  g_assert_true (usher_spelling_knows (f.spelling, endless));
  suggestions = usher_spelling_suggest (f.spelling, "recieve");
  g_assert_true (g_strv_contains ((const char *const *) suggestions, "receive"));
  g_settings_set_boolean (f.settings, "spell-check", FALSE);
  g_assert_cmpuint (f.n_changed, ==, 2);
  g_assert_true (usher_spelling_knows (f.spelling, "recieve"));
  g_settings_set_boolean (f.settings, "spell-check", TRUE);
  g_assert_true (usher_spelling_knows (f.spelling, "recieve"));
  wait_changed (&f, 4); /* on, and read */
  g_assert_false (usher_spelling_knows (f.spelling, "recieve"));
  finish (&f);
}

static void
test_own_words (void)
{
  Fixture f = { 0 };

  if (!is_installed ("en_US"))
    return;
  start (&f, "en_US");
  wait_changed (&f, 1);
  g_assert_false (usher_spelling_knows (f.spelling, "zwibbel"));
  usher_spelling_ignore (f.spelling, "zwibbel");
  g_assert_true (usher_spelling_knows (f.spelling, "zwibbel"));
  usher_spelling_add (f.spelling, "blorptag");
  g_assert_true (usher_spelling_knows (f.spelling, "blorptag"));
  g_assert_cmpuint (f.n_changed, ==, 3);
  finish (&f);
  /* The next start knows what was added, not what was ignored. */
  f = (Fixture){ 0 };
  start (&f, "en_US");
  wait_changed (&f, 1);
  g_assert_false (usher_spelling_knows (f.spelling, "zwibbel"));
  g_assert_true (usher_spelling_knows (f.spelling, "blorptag"));
  finish (&f);
}

/* A word is right when one of the languages has it; suggestions come from all. */
static void
test_two (void)
{
  static const char *const both[] = { "en_US", "de_DE", NULL };
  Fixture f = { 0 };

  if (!is_installed ("en_US") || !is_installed ("de_DE"))
    return;
  start (&f, "en_US");
  wait_changed (&f, 1);
  g_assert_false (usher_spelling_knows (f.spelling, "Bestellung"));
  g_settings_set_strv (f.settings, "spell-languages", both);
  wait_changed (&f, 2);
  g_assert_true (usher_spelling_knows (f.spelling, "Bestellung"));
  g_assert_true (usher_spelling_knows (f.spelling, "receive"));
  g_assert_false (usher_spelling_knows (f.spelling, "recieve"));
  finish (&f);
}

/* Changed while it is being read: the last choice counts. */
static void
test_overtaken (void)
{
  Fixture f = { 0 };

  start (&f, "en_US");
  g_settings_set_strv (f.settings, "spell-languages", (const char *const[]){ "xx_XX", NULL });
  wait_changed (&f, 1);
  g_assert_null (usher_dictionaries_get_languages (f.dictionaries)[0]);
  g_assert_true (usher_spelling_knows (f.spelling, "recieve"));
  g_assert_cmpuint (f.n_changed, ==, 1);
  finish (&f);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);

    g_assert_no_errno (g_remove (file));
  }
  g_assert_no_errno (g_rmdir (path));
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("usher-spelling-XXXXXX", NULL);
  int result;

  g_setenv ("ENCHANT_CONFIG_DIR", folder, TRUE); /* nothing of whoever runs the test */
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (choose_cases); i++) {
    g_autofree char *path = g_strconcat ("/spelling/choose/", choose_cases[i].name, NULL);

    g_test_add_data_func (path, &choose_cases[i], test_choose);
  }
  g_test_add_func ("/spelling/real", test_real);
  g_test_add_func ("/spelling/own-words", test_own_words);
  g_test_add_func ("/spelling/two", test_two);
  g_test_add_func ("/spelling/overtaken", test_overtaken);
  result = g_test_run ();
  remove_folder (folder);
  return result;
}
