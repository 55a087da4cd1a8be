/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "usher-canned.h"

#include <string.h>

#define KEY  "canned-replies"
#define TYPE "a(ssssu)"

/* --- One ------------------------------------------------------------------------------------------------- */

struct _UsherCanned {
  GObject parent_instance;

  char *texts[4]; /* shortcut, title, text, folder */
  guint uses;
};

enum {
  PROP_0,
  PROP_SHORTCUT,
  PROP_TITLE,
  PROP_TEXT,
  PROP_FOLDER,
  PROP_USES,
  N_PROPS,
};

static GParamSpec *pspecs[N_PROPS];

G_DEFINE_FINAL_TYPE (UsherCanned, usher_canned, G_TYPE_OBJECT)

static void
usher_canned_get_property (GObject    *object,
                           guint       prop,
                           GValue     *value,
                           GParamSpec *pspec)
{
  UsherCanned *self = USHER_CANNED (object);

  if (prop == PROP_USES)
    g_value_set_uint (value, self->uses);
  else
    g_value_set_string (value, self->texts[prop - PROP_SHORTCUT]);
}

static void
usher_canned_set_property (GObject      *object,
                           guint         prop,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  UsherCanned *self = USHER_CANNED (object);
  char **text;

  if (prop == PROP_USES) {
    self->uses = g_value_get_uint (value);
    g_object_notify_by_pspec (object, pspec);
    return;
  }
  text = &self->texts[prop - PROP_SHORTCUT];
  if (g_strcmp0 (*text, g_value_get_string (value)) == 0)
    return;
  g_free (*text);
  *text = g_value_dup_string (value);
  g_object_notify_by_pspec (object, pspec);
}

static void
usher_canned_finalize (GObject *object)
{
  UsherCanned *self = USHER_CANNED (object);

  for (gsize i = 0; i < G_N_ELEMENTS (self->texts); i++)
    g_free (self->texts[i]);
  G_OBJECT_CLASS (usher_canned_parent_class)->finalize (object);
}

static void
usher_canned_class_init (UsherCannedClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = usher_canned_get_property;
  object_class->set_property = usher_canned_set_property;
  object_class->finalize = usher_canned_finalize;
  pspecs[PROP_SHORTCUT] = g_param_spec_string ("shortcut", NULL, NULL, NULL, flags);
  pspecs[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  pspecs[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  pspecs[PROP_FOLDER] = g_param_spec_string ("folder", NULL, NULL, NULL, flags);
  pspecs[PROP_USES] = g_param_spec_uint ("uses", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, pspecs);
}

static void
usher_canned_init (UsherCanned *self)
{
}

const char *
usher_canned_get_shortcut (UsherCanned *self)
{
  return self->texts[0];
}

const char *
usher_canned_get_title (UsherCanned *self)
{
  return self->texts[1];
}

const char *
usher_canned_get_text (UsherCanned *self)
{
  return self->texts[2];
}

const char *
usher_canned_get_folder (UsherCanned *self)
{
  return self->texts[3];
}

guint
usher_canned_get_uses (UsherCanned *self)
{
  return self->uses;
}

/* --- All of them ------------------------------------------------------------------------------------------ */

struct _UsherCannedList {
  GObject parent_instance;

  GSettings *settings;
  GListStore *store;
  gboolean is_saving; /* the change of the setting is our own */
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (UsherCannedList,
                               usher_canned_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GType
get_item_type (GListModel *model)
{
  return USHER_TYPE_CANNED;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (USHER_CANNED_LIST (model)->store));
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  return g_list_model_get_item (G_LIST_MODEL (USHER_CANNED_LIST (model)->store), position);
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
save (UsherCannedList *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (TYPE));
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++) {
    g_autoptr (UsherCanned) canned = get_item (G_LIST_MODEL (self), i);

    g_variant_builder_add (&builder, "(ssssu)", usher_canned_get_shortcut (canned),
                           usher_canned_get_title (canned), usher_canned_get_text (canned),
                           usher_canned_get_folder (canned), usher_canned_get_uses (canned));
  }
  self->is_saving = TRUE;
  g_settings_set_value (self->settings, KEY, g_variant_builder_end (&builder));
  self->is_saving = FALSE;
}

static UsherCanned *
canned_new (UsherCannedList *self,
            const char      *shortcut,
            const char      *title,
            const char      *text,
            const char      *folder,
            guint            uses)
{
  UsherCanned *canned = g_object_new (USHER_TYPE_CANNED, "shortcut", shortcut, "title", title,
                                      "text", text, "folder", folder, "uses", uses, NULL);

  g_signal_connect_object (canned, "notify", G_CALLBACK (save), self, G_CONNECT_SWAPPED);
  return canned;
}

static void
load (UsherCannedList *self)
{
  g_autoptr (GVariant) value = g_settings_get_value (self->settings, KEY);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  const char *shortcut, *title, *text, *folder;
  GVariantIter iter;
  guint uses;

  if (self->is_saving)
    return;
  g_variant_iter_init (&iter, value);
  while (g_variant_iter_next (&iter, "(&s&s&s&su)", &shortcut, &title, &text, &folder, &uses))
    g_ptr_array_add (all, canned_new (self, shortcut, title, text, folder, uses));
  g_list_store_splice (self->store, 0, get_n_items (G_LIST_MODEL (self)), all->pdata, all->len);
}

static void
items_changed_cb (UsherCannedList *self,
                  guint            position,
                  guint            n_removed,
                  guint            n_added)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

UsherCannedList *
usher_canned_list_new (GSettings *settings)
{
  UsherCannedList *self = g_object_new (USHER_TYPE_CANNED_LIST, NULL);

  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed::" KEY, G_CALLBACK (load), self, G_CONNECT_SWAPPED);
  load (self);
  return self;
}

UsherCanned *
usher_canned_list_add (UsherCannedList *self,
                       const char      *shortcut,
                       const char      *title,
                       const char      *text,
                       const char      *folder)
{
  g_autoptr (UsherCanned) canned = canned_new (self, shortcut, title, text, folder, 0);

  g_list_store_append (self->store, canned);
  save (self);
  return canned; /* the store holds it */
}

void
usher_canned_list_remove (UsherCannedList *self,
                          UsherCanned     *canned)
{
  guint position;

  if (!g_list_store_find (self->store, canned, &position))
    return;
  g_list_store_remove (self->store, position);
  save (self);
}

void
usher_canned_list_count_use (UsherCannedList *self,
                             UsherCanned     *canned)
{
  g_object_set (canned, "uses", usher_canned_get_uses (canned) + 1, NULL);
}

/* --- Finding ---------------------------------------------------------------------------------------------- */

static gboolean
contains (const char *text,
          const char *folded)
{
  g_autofree char *in = g_utf8_casefold (text, -1);

  return strstr (in, folded) != NULL;
}

static guint
fit (UsherCanned *canned,
     const char  *folded)
{
  g_autofree char *shortcut = g_utf8_casefold (usher_canned_get_shortcut (canned), -1);

  if (g_str_equal (shortcut, folded))
    return 5;
  if (g_str_has_prefix (shortcut, folded))
    return 4;
  if (contains (usher_canned_get_title (canned), folded))
    return 3;
  if (contains (usher_canned_get_folder (canned), folded))
    return 2;
  return contains (usher_canned_get_text (canned), folded) ? 1 : 0;
}

static int
best_first (gconstpointer a,
            gconstpointer b,
            gpointer      folded)
{
  UsherCanned *one = *(UsherCanned *const *) a, *two = *(UsherCanned *const *) b;
  guint fit_one = fit (one, folded), fit_two = fit (two, folded);

  if (fit_one != fit_two)
    return fit_one > fit_two ? -1 : 1;
  if (usher_canned_get_uses (one) != usher_canned_get_uses (two))
    return usher_canned_get_uses (one) > usher_canned_get_uses (two) ? -1 : 1;
  return g_utf8_collate (usher_canned_get_title (one), usher_canned_get_title (two));
}

GPtrArray *
usher_canned_list_find (UsherCannedList *self,
                        const char      *typed)
{
  g_autofree char *folded = g_utf8_casefold (typed, -1);
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++) {
    g_autoptr (UsherCanned) canned = get_item (G_LIST_MODEL (self), i);

    if (fit (canned, folded) > 0)
      g_ptr_array_add (found, g_steal_pointer (&canned));
  }
  g_ptr_array_sort_with_data (found, best_first, folded);
  return found;
}

static void
usher_canned_list_finalize (GObject *object)
{
  UsherCannedList *self = USHER_CANNED_LIST (object);

  g_object_unref (self->store);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (usher_canned_list_parent_class)->finalize (object);
}

static void
usher_canned_list_class_init (UsherCannedListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = usher_canned_list_finalize;
}

static void
usher_canned_list_init (UsherCannedList *self)
{
  self->store = g_list_store_new (USHER_TYPE_CANNED);
  g_signal_connect_object (self->store, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
}
