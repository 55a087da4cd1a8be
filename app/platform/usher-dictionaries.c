/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "usher-spelling"
#include "config.h"

#include "usher-dictionaries.h"

#include "usher-shelf.h"

#define KEY_ON        "spell-check"
#define KEY_LANGUAGES "spell-languages"

struct _UsherDictionaries {
  GObject parent_instance;

  GSettings *settings;
  gboolean is_on;
  GCancellable *cancellable; /* of the reading that runs, or has ended */
  UsherShelf *shelf;         /* (nullable) */
  GHashTable *ignored;       /* char * */
};

static void spelling_iface_init (UsherSpellingInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (UsherDictionaries,
                               usher_dictionaries,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (USHER_TYPE_SPELLING, spelling_iface_init))

/* --- Reading them -------------------------------------------------------------------------------------------- */

static void
take (UsherDictionaries *self,
      UsherShelf        *shelf)
{
  g_clear_pointer (&self->shelf, usher_shelf_free);
  self->shelf = shelf;
  usher_spelling_changed (USHER_SPELLING (self));
}

static void
read_in_thread (GTask        *task,
                gpointer      source,
                gpointer      wanted,
                GCancellable *cancellable)
{
  g_task_return_pointer (task, usher_shelf_new (wanted, g_get_language_names ()),
                         (GDestroyNotify) usher_shelf_free);
}

/* Cancelled, other languages are wanted by now, or @user_data is gone: the task does not hold it, for its last reference may end on the thread. */
static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  UsherShelf *shelf = g_task_propagate_pointer (G_TASK (result), NULL);

  if (shelf != NULL)
    take (USHER_DICTIONARIES (user_data), shelf);
}

static void
read_dictionaries (UsherDictionaries *self)
{
  g_autoptr (GTask) task = NULL;

  self->cancellable = g_cancellable_new ();
  task = g_task_new (NULL, self->cancellable, read_cb, self);
  g_task_set_source_tag (task, read_dictionaries);
  g_task_set_task_data (task, g_settings_get_strv (self->settings, KEY_LANGUAGES),
                        (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, read_in_thread);
}

/* Not at the start of the program, which has more urgent things to do, and some never write in a language of theirs. */
static void
read_first (UsherDictionaries *self)
{
  if (self->is_on && self->cancellable == NULL)
    read_dictionaries (self);
}

static void
settings_changed_cb (UsherDictionaries *self)
{
  gboolean is_wanted = self->shelf != NULL || self->cancellable != NULL;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->is_on = g_settings_get_boolean (self->settings, KEY_ON);
  if (self->is_on && is_wanted)
    read_dictionaries (self);
  else
    take (self, NULL);
}

/* --- Words ------------------------------------------------------------------------------------------------------ */

static gboolean
knows (UsherSpelling *spelling,
       const char    *word)
{
  UsherDictionaries *self = USHER_DICTIONARIES (spelling);

  if (self->shelf == NULL)
    read_first (self);
  return self->shelf == NULL || g_hash_table_contains (self->ignored, word) ||
         usher_shelf_knows (self->shelf, word);
}

static char **
suggest (UsherSpelling *spelling,
         const char    *word)
{
  UsherDictionaries *self = USHER_DICTIONARIES (spelling);

  return self->shelf != NULL ? usher_shelf_suggest (self->shelf, word) : g_new0 (char *, 1);
}

static void
add (UsherSpelling *spelling,
     const char    *word)
{
  UsherDictionaries *self = USHER_DICTIONARIES (spelling);

  if (self->shelf != NULL)
    usher_shelf_add (self->shelf, word);
}

static void
ignore (UsherSpelling *spelling,
        const char    *word)
{
  g_hash_table_add (USHER_DICTIONARIES (spelling)->ignored, g_strdup (word));
}

static void
spelling_iface_init (UsherSpellingInterface *iface)
{
  iface->knows = knows;
  iface->suggest = suggest;
  iface->add = add;
  iface->ignore = ignore;
}

/* --- Object ---------------------------------------------------------------------------------------------------- */

static void
usher_dictionaries_dispose (GObject *object)
{
  UsherDictionaries *self = USHER_DICTIONARIES (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (usher_dictionaries_parent_class)->dispose (object);
}

static void
usher_dictionaries_finalize (GObject *object)
{
  UsherDictionaries *self = USHER_DICTIONARIES (object);

  g_clear_pointer (&self->shelf, usher_shelf_free);
  g_hash_table_unref (self->ignored);
  G_OBJECT_CLASS (usher_dictionaries_parent_class)->finalize (object);
}

static void
usher_dictionaries_class_init (UsherDictionariesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = usher_dictionaries_dispose;
  G_OBJECT_CLASS (klass)->finalize = usher_dictionaries_finalize;
}

static void
usher_dictionaries_init (UsherDictionaries *self)
{
  self->ignored = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

UsherDictionaries *
usher_dictionaries_new (GSettings *settings)
{
  UsherDictionaries *self = g_object_new (USHER_TYPE_DICTIONARIES, NULL);

  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed::" KEY_ON, G_CALLBACK (settings_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::" KEY_LANGUAGES, G_CALLBACK (settings_changed_cb),
                           self, G_CONNECT_SWAPPED);
  self->is_on = g_settings_get_boolean (settings, KEY_ON);
  return self;
}

const char *const *
usher_dictionaries_get_languages (UsherDictionaries *self)
{
  static const char *const none[] = { NULL };

  g_return_val_if_fail (USHER_IS_DICTIONARIES (self), none);

  return self->shelf != NULL ? usher_shelf_get_languages (self->shelf) : none;
}
