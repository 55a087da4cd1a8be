/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-spelling"
#include "config.h"

#include "usher-shelf.h"

#include <string.h>

/* --- Which languages ---------------------------------------------------------------------------------------- */

/* “de” of “de_AT.UTF-8”. */
static gsize
language_length (const char *name)
{
  return strcspn (name, "_.@-");
}

/* The dictionary of this very name, or else, for a bare language, its first. */
static const char *
find_installed (const char *const *installed,
                const char        *name)
{
  gsize n = language_length (name);

  if (g_strv_contains (installed, name))
    return name;
  for (guint i = 0; name[n] == '\0' && installed[i] != NULL; i++)
    if (language_length (installed[i]) == n && strncmp (installed[i], name, n) == 0)
      return installed[i];
  return NULL;
}

static gboolean
has_language (GPtrArray  *chosen,
              const char *name)
{
  gsize n = language_length (name);

  for (guint i = 0; i < chosen->len; i++)
    if (language_length (chosen->pdata[i]) == n && strncmp (chosen->pdata[i], name, n) == 0)
      return TRUE;
  return FALSE;
}

char **
usher_shelf_choose (const char *const *installed,
                    const char *const *wanted,
                    const char *const *desktop)
{
  g_autoptr (GPtrArray) chosen = g_ptr_array_new_null_terminated (4, g_free, TRUE);

  for (guint i = 0; wanted[i] != NULL; i++)
    if (g_strv_contains (installed, wanted[i]) &&
        !g_ptr_array_find_with_equal_func (chosen, wanted[i], g_str_equal, NULL))
      g_ptr_array_add (chosen, g_strdup (wanted[i]));
  for (guint i = 0; wanted[0] == NULL && desktop[i] != NULL; i++) {
    const char *found = find_installed (installed, desktop[i]);

    if (found != NULL && !has_language (chosen, found))
      g_ptr_array_add (chosen, g_strdup (found));
  }
  return (char **) g_ptr_array_free (g_steal_pointer (&chosen), FALSE);
}

#ifdef HAVE_ENCHANT

#  include <enchant.h>

struct _UsherShelf {
  char **languages;
  EnchantBroker *broker;
  GPtrArray *dicts; /* EnchantDict, of the broker */
};

/* --- What is installed --------------------------------------------------------------------------------------- */

static void
list_cb (const char *language,
         const char *provider_name,
         const char *provider_description,
         const char *provider_file,
         void       *user_data)
{
  g_ptr_array_add (user_data, g_strdup (language));
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Several providers may have one language. */
static char **
list_languages (EnchantBroker *broker)
{
  g_autoptr (GPtrArray) languages = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *last = "";

  enchant_broker_list_dicts (broker, list_cb, languages);
  g_ptr_array_sort (languages, compare_names);
  for (guint i = 0; i < languages->len; i++) {
    if (!g_str_equal (languages->pdata[i], last))
      g_strv_builder_add (builder, languages->pdata[i]);
    last = languages->pdata[i];
  }
  return g_strv_builder_end (builder);
}

char **
usher_shelf_dup_installed (void)
{
  EnchantBroker *broker = enchant_broker_init ();
  char **languages = list_languages (broker);

  enchant_broker_free (broker);
  return languages;
}

/* --- A shelf --------------------------------------------------------------------------------------------------- */

UsherShelf *
usher_shelf_new (const char *const *wanted,
                 const char *const *desktop)
{
  UsherShelf *self = g_new0 (UsherShelf, 1);
  g_auto (GStrv) installed = NULL;

  self->broker = enchant_broker_init ();
  self->dicts = g_ptr_array_new ();
  installed = list_languages (self->broker);
  self->languages = usher_shelf_choose ((const char *const *) installed, wanted, desktop);
  for (guint i = 0; self->languages[i] != NULL; i++) {
    EnchantDict *dict = enchant_broker_request_dict (self->broker, self->languages[i]);

    if (dict != NULL)
      g_ptr_array_add (self->dicts, dict);
    else
      g_debug ("no dictionary of %s: %s", self->languages[i],
               enchant_broker_get_error (self->broker));
  }
  return self;
}

void
usher_shelf_free (UsherShelf *self)
{
  for (guint i = 0; i < self->dicts->len; i++)
    enchant_broker_free_dict (self->broker, self->dicts->pdata[i]);
  g_ptr_array_unref (self->dicts);
  enchant_broker_free (self->broker);
  g_strfreev (self->languages);
  g_free (self);
}

const char *const *
usher_shelf_get_languages (UsherShelf *self)
{
  return (const char *const *) self->languages;
}

gboolean
usher_shelf_knows (UsherShelf *self,
                   const char *word)
{
  for (guint i = 0; i < self->dicts->len; i++)
    if (enchant_dict_check (self->dicts->pdata[i], word, -1) <=
        0) /* below 0: it failed, and calls nothing wrong */
      return TRUE;
  return self->dicts->len == 0;
}

/* (element-type GPtrArray of char *): what each dictionary says */
static GPtrArray *
ask_all (UsherShelf *self,
         const char *word)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; i < self->dicts->len; i++) {
    EnchantDict *dict = self->dicts->pdata[i];
    GPtrArray *found = g_ptr_array_new_with_free_func (g_free);
    gsize n = 0;
    char **words = enchant_dict_suggest (dict, word, -1, &n);

    for (gsize j = 0; words != NULL && j < n; j++)
      if (g_utf8_validate (words[j], -1, NULL))
        g_ptr_array_add (found, g_strdup (words[j]));
    if (words != NULL)
      enchant_dict_free_string_list (dict, words);
    g_ptr_array_add (all, found);
  }
  return all;
}

char **
usher_shelf_suggest (UsherShelf *self,
                     const char *word)
{
  g_autoptr (GPtrArray) all = ask_all (self, word);
  g_autoptr (GPtrArray) merged = g_ptr_array_new_null_terminated (8, g_free, TRUE);
  guint n_longest = 0;

  for (guint i = 0; i < all->len; i++)
    n_longest = MAX (n_longest, ((GPtrArray *) all->pdata[i])->len);
  for (guint rank = 0; rank < n_longest; rank++)
    for (guint i = 0; i < all->len; i++) {
      GPtrArray *found = all->pdata[i];

      if (rank < found->len &&
          !g_ptr_array_find_with_equal_func (merged, found->pdata[rank], g_str_equal, NULL))
        g_ptr_array_add (merged, g_strdup (found->pdata[rank]));
    }
  return (char **) g_ptr_array_free (g_steal_pointer (&merged), FALSE);
}

void
usher_shelf_add (UsherShelf *self,
                 const char *word)
{
  if (self->dicts->len > 0)
    enchant_dict_add (self->dicts->pdata[0], word, -1);
}

#else

struct _UsherShelf {
  char *languages[1];
};

char **
usher_shelf_dup_installed (void)
{
  return g_new0 (char *, 1);
}

UsherShelf *
usher_shelf_new (const char *const *wanted,
                 const char *const *desktop)
{
  return g_new0 (UsherShelf, 1);
}

void
usher_shelf_free (UsherShelf *self)
{
  g_free (self);
}

const char *const *
usher_shelf_get_languages (UsherShelf *self)
{
  return (const char *const *) self->languages;
}

gboolean
usher_shelf_knows (UsherShelf *self,
                   const char *word)
{
  return TRUE;
}

char **
usher_shelf_suggest (UsherShelf *self,
                     const char *word)
{
  return g_new0 (char *, 1);
}

void
usher_shelf_add (UsherShelf *self,
                 const char *word)
{
}

#endif
