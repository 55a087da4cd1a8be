/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-spelling-group.h"

#include <glib/gi18n.h>
#include <string.h>

#define KEY_ON        "spell-check"
#define KEY_LANGUAGES "spell-languages"

struct _UsherSpellingGroup {
  AdwPreferencesGroup parent_instance;

  AdwActionRow *row;
  GtkSwitch *spell_check;
  AdwExpanderRow *languages;

  GSettings *settings;
  GHashTable *checks; /* char * language → borrowed GtkCheckButton */
  gboolean is_showing;
};

G_DEFINE_FINAL_TYPE (UsherSpellingGroup, usher_spelling_group, ADW_TYPE_PREFERENCES_GROUP)

/* --- Names ------------------------------------------------------------------------------------------------------ */

static const struct {
  const char *code;
  const char *name;
} names[] = {
  { "ar", NC_ ("language", "Arabic") },     { "bg", NC_ ("language", "Bulgarian") },
  { "ca", NC_ ("language", "Catalan") },    { "cs", NC_ ("language", "Czech") },
  { "da", NC_ ("language", "Danish") },     { "de", NC_ ("language", "German") },
  { "el", NC_ ("language", "Greek") },      { "en", NC_ ("language", "English") },
  { "es", NC_ ("language", "Spanish") },    { "et", NC_ ("language", "Estonian") },
  { "fi", NC_ ("language", "Finnish") },    { "fr", NC_ ("language", "French") },
  { "he", NC_ ("language", "Hebrew") },     { "hr", NC_ ("language", "Croatian") },
  { "hu", NC_ ("language", "Hungarian") },  { "id", NC_ ("language", "Indonesian") },
  { "it", NC_ ("language", "Italian") },    { "lt", NC_ ("language", "Lithuanian") },
  { "lv", NC_ ("language", "Latvian") },    { "nb", NC_ ("language", "Norwegian") },
  { "nl", NC_ ("language", "Dutch") },      { "pl", NC_ ("language", "Polish") },
  { "pt", NC_ ("language", "Portuguese") }, { "ro", NC_ ("language", "Romanian") },
  { "ru", NC_ ("language", "Russian") },    { "sk", NC_ ("language", "Slovak") },
  { "sl", NC_ ("language", "Slovenian") },  { "sv", NC_ ("language", "Swedish") },
  { "tr", NC_ ("language", "Turkish") },    { "uk", NC_ ("language", "Ukrainian") },
  { "vi", NC_ ("language", "Vietnamese") },
};

char *
usher_spelling_group_dup_name (const char *language)
{
  gsize n = strcspn (language, "_");

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strlen (names[i].code) == n && strncmp (names[i].code, language, n) == 0)
      return language[n] == '\0'
               ? g_strdup (g_dpgettext2 (NULL, "language", names[i].name))
               : g_strdup_printf ("%s (%s)", g_dpgettext2 (NULL, "language", names[i].name),
                                  language + n + 1);
  return g_strdup (language);
}

/* --- Rows ------------------------------------------------------------------------------------------------------- */

static void
show_subtitle (UsherSpellingGroup *self,
               const char *const  *chosen)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_null_terminated (4, g_free, TRUE);
  g_autofree char *text = NULL;

  for (guint i = 0; chosen[i] != NULL; i++)
    if (g_hash_table_contains (self->checks, chosen[i]))
      g_ptr_array_add (words, usher_spelling_group_dup_name (chosen[i]));
  /* Translators: between the languages of a list */
  text = g_strjoinv (_ (", "), (char **) words->pdata);
  adw_expander_row_set_subtitle (self->languages,
                                 words->len > 0 ? text : _ ("Those of your desktop"));
}

static void
show_choice (UsherSpellingGroup *self)
{
  g_auto (GStrv) chosen = g_settings_get_strv (self->settings, KEY_LANGUAGES);
  GHashTableIter iter;
  gpointer language, check;

  self->is_showing = TRUE;
  g_hash_table_iter_init (&iter, self->checks);
  while (g_hash_table_iter_next (&iter, &language, &check))
    gtk_check_button_set_active (check, g_strv_contains ((const char *const *) chosen, language));
  self->is_showing = FALSE;
  show_subtitle (self, (const char *const *) chosen);
}

/* What is chosen and not installed here stays chosen: the settings may be those of several machines. */
static void
toggled_cb (UsherSpellingGroup *self,
            GtkCheckButton     *check)
{
  const char *language = g_object_get_data (G_OBJECT (check), KEY_LANGUAGES);
  g_auto (GStrv) before = g_settings_get_strv (self->settings, KEY_LANGUAGES);
  g_autoptr (GStrvBuilder) after = g_strv_builder_new ();
  g_auto (GStrv) chosen = NULL;

  if (self->is_showing)
    return;
  for (guint i = 0; before[i] != NULL; i++)
    if (!g_str_equal (before[i], language))
      g_strv_builder_add (after, before[i]);
  if (gtk_check_button_get_active (check))
    g_strv_builder_add (after, language);
  chosen = g_strv_builder_end (after);
  g_settings_set_strv (self->settings, KEY_LANGUAGES, (const char *const *) chosen);
}

static void
add_language (UsherSpellingGroup *self,
              const char         *language)
{
  g_autofree char *name = usher_spelling_group_dup_name (language);
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_check_button_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (check), KEY_LANGUAGES, g_strdup (language), g_free);
  g_signal_connect_object (check, "toggled", G_CALLBACK (toggled_cb), self, G_CONNECT_SWAPPED);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  adw_expander_row_add_row (self->languages, row);
  g_hash_table_insert (self->checks, g_strdup (language), check);
}

static void
usher_spelling_group_dispose (GObject *object)
{
  UsherSpellingGroup *self = USHER_SPELLING_GROUP (object);

  g_clear_object (&self->settings);
  gtk_widget_dispose_template (GTK_WIDGET (object), USHER_TYPE_SPELLING_GROUP);
  G_OBJECT_CLASS (usher_spelling_group_parent_class)->dispose (object);
}

static void
usher_spelling_group_finalize (GObject *object)
{
  g_hash_table_unref (USHER_SPELLING_GROUP (object)->checks);
  G_OBJECT_CLASS (usher_spelling_group_parent_class)->finalize (object);
}

static void
usher_spelling_group_class_init (UsherSpellingGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = usher_spelling_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = usher_spelling_group_finalize;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/usher_desk/Usher/ui/usher-spelling-group.ui");
  gtk_widget_class_bind_template_child (widget_class, UsherSpellingGroup, row);
  gtk_widget_class_bind_template_child (widget_class, UsherSpellingGroup, spell_check);
  gtk_widget_class_bind_template_child (widget_class, UsherSpellingGroup, languages);
}

static void
usher_spelling_group_init (UsherSpellingGroup *self)
{
  self->checks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
usher_spelling_group_set (UsherSpellingGroup *self,
                          GSettings          *settings,
                          const char *const  *installed)
{
  g_return_if_fail (USHER_IS_SPELLING_GROUP (self));

  g_set_object (&self->settings, settings);
  for (guint i = 0; installed[i] != NULL; i++)
    add_language (self, installed[i]);
  gtk_widget_set_visible (GTK_WIDGET (self->languages), installed[0] != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->row), installed[0] != NULL);
  adw_action_row_set_subtitle (
    self->row,
    installed[0] != NULL
      ? _ ("The word’s menu offers how it may be written.")
      : _ (
          "No dictionary is installed. Install one, such as hunspell-en-us, and start Usher again."));
  g_settings_bind (settings, KEY_ON, self->spell_check, "active", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (settings, "changed::" KEY_LANGUAGES, G_CALLBACK (show_choice), self,
                           G_CONNECT_SWAPPED);
  show_choice (self);
}
